"""Builders: certificate authorities, lists of revoked certificates, and a time-stamp service on loopback."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponderEncoding, OCSPResponseBuilder, load_der_ocsp_request
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

NOW = datetime.now(UTC).replace(microsecond=0)


def _name(words):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def issue(name, public, issuer=None, key=None, *, authority=False, usage=None, published="", responder="", days=700):
    """A certificate; without an issuer it is its own."""
    above = issuer.subject if issuer else _name(name)
    made = (
        x509.CertificateBuilder().subject_name(_name(name)).issuer_name(above).public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30)).not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(not authority, not authority and not usage, False, False, False, authority, authority,
                          False, False), critical=True)
    )  # fmt: skip
    if usage:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    if published:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(published)], None, None, None)
        made = made.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    if responder:
        told = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(responder))
        made = made.add_extension(x509.AuthorityInformationAccess([told]), critical=False)
    return made.sign(key, hashes.SHA256())


class Authority:
    """A root that certifies signers and a time-stamp service, with its list of revoked certificates."""

    def __init__(self, address="", responder=""):
        self.address, self.responder = address, responder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = issue("Test root", self.key.public_key(), key=self.key, authority=True)
        self.revoked, self._issued = [], {}
        self._stamp_key = rsa.generate_private_key(65537, 2048)
        self._stamper = self.certify(
            "Test time stamps", self._stamp_key.public_key(), usage=ExtendedKeyUsageOID.TIME_STAMPING
        )

    def certify(self, name, public, *, usage=None, days=700):
        """A certificate under the root."""
        published = f"{self.address}/root.crl" if self.address else ""
        made = issue(name, public, self.certificate, self.key, usage=usage, published=published,
                     responder=self.responder, days=days)  # fmt: skip
        self._issued[made.serial_number] = made
        return made

    def signer(self, name="Dr Signer", days=700):
        """PKCS#12 with its password, and the certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.certify(name, key.public_key(), days=days)
        sealed = serialization.BestAvailableEncryption(b"pw")
        content = pkcs12.serialize_key_and_certificates(b"s", key, certificate, [self.certificate], sealed)
        return content, "pw", certificate

    @property
    def pem(self):
        """The root."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def list(self):
        """Its list of revoked certificates."""
        made = (
            x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
            .last_update(NOW - timedelta(minutes=5)).next_update(NOW + timedelta(days=30))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )  # fmt: skip
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            made = made.add_revoked_certificate(entry.revocation_date(NOW - timedelta(days=1)).build())
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def answer(self, request: bytes) -> bytes:
        """The answer of its OCSP responder to a request; the root answers itself."""
        certificate = self._issued[load_der_ocsp_request(request).serial_number]
        revoked = certificate.serial_number in self.revoked
        made = OCSPResponseBuilder().add_response(
            cert=certificate, issuer=self.certificate, algorithm=hashes.SHA1(),
            cert_status=OCSPCertStatus.REVOKED if revoked else OCSPCertStatus.GOOD,
            this_update=NOW - timedelta(minutes=5), next_update=NOW + timedelta(days=7),
            revocation_time=NOW - timedelta(days=1) if revoked else None, revocation_reason=None,
        ).responder_id(OCSPResponderEncoding.HASH, self.certificate)  # fmt: skip
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def stamp(self, request: bytes, at=None) -> bytes:
        """The answer of the time-stamp service to a request."""
        key = self._stamp_key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        der = self._stamper.public_bytes(serialization.Encoding.DER)
        service = DummyTimeStamper(asn1.Certificate.load(der), keys.PrivateKeyInfo.load(key), fixed_dt=at)
        answer = service.async_request_tsa_response(tsp.TimeStampReq.load(request))
        try:
            answer.send(None)  # it waits for nothing
        except StopIteration as done:
            return done.value.dump()
        raise AssertionError


@contextmanager
def service(*, responds=False):
    """An authority whose time stamps and lists can be had on loopback: (authority, address of time stamps, asked).

    Args:
        responds: Whether its certificates name its OCSP responder.
    """
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(authority.list(), "application/pkix-crl")

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/ocsp":
                self._answer(authority.answer(body), "application/ocsp-response")
            else:
                self._answer(authority.stamp(body), "application/timestamp-reply")

        def _answer(self, content, kind):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    authority = Authority(address, f"{address}/ocsp" if responds else "")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield authority, f"{authority.address}/tsa", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
