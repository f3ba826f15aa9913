"""Time stamps and revocation data put into a signed letter later, when a network is there again.

The token of a time-stamp authority (RFC 3161) goes into the space that signing left free, as an unsigned attribute
(PAdES B-T); lists of revoked certificates and answers of OCSP responders follow as an incremental update that the
certification allows (B-LT, ETSI EN 319 142-1).  Nothing here opens a connection: whoever calls brings the answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, crl, ocsp, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.ocsp import OCSPRequestBuilder
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from reviewer_app.errors import SigningProblem
from reviewer_app.report.hole import TIME_STAMP
from reviewer_app.report.seal import SPECIALIST, Appending
from reviewer_app.report.trust import Trust, certificates

Ask = Callable[[bytes], bytes]
"""Sends a request (application/timestamp-query) and brings the answer."""
_HASH = "sha256"


def is_stamped(pdf: bytes) -> bool:
    """Whether the specialist's signature carries a time stamp.

    Raises:
        SigningProblem: The letter is not signed.
    """
    return any(one["type"].native == TIME_STAMP for one in _signer(_signature(pdf))["unsigned_attrs"] or ())


def stamped(pdf: bytes, ask: Ask) -> bytes:
    """The letter with a time stamp in the space left for it; no other byte changes.

    Raises:
        SigningProblem: Somebody signed after the specialist, the authority refused, or its answer does not fit.
    """
    signature = _signature(pdf)
    _, first, second, rest = (int(number) for number in signature.byte_range)
    if second + rest != len(pdf):
        raise SigningProblem("The letter was signed again since: no time stamp can be added.", "Keep it as it is.")
    info = cms.ContentInfo.load(bytes(signature.pkcs7_content), strict=False)
    signer = info["content"]["signer_infos"][0]
    token = _token(hashlib.sha256(signer["signature"].native).digest(), ask)
    signer["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": TIME_STAMP, "values": [token]})])
    room = second - first - 2
    digits = info.dump().hex().encode()
    if len(digits) > room:
        raise SigningProblem("The time stamp is larger than the space left for it.", "Use another time-stamp service.")
    return b"".join((pdf[: first + 1], digits.ljust(room, b"0"), pdf[second - 1 :]))


@dataclass(frozen=True, slots=True)
class Question:
    """What an issuer is asked about one certificate in a letter, by either way.

    Attributes:
        responder: Address of the OCSP responder; empty where there is none.
        request: For it, application/ocsp-request.
        lists: Where lists of revoked certificates are published.
    """

    responder: str
    request: bytes
    lists: tuple[str, ...]


def questions(pdf: bytes, trust: Iterable[bytes]) -> tuple[Question, ...]:
    """What the issuers of the certificates in a letter must be asked so that it lasts.

    Args:
        trust: Certificates on top of the signer's and the time-stamp authority's.
    """
    known = [*_certificates(pdf), *(one for content in trust for one in certificates(content))]
    found: dict[Question, None] = {}
    for certificate in known:
        lists = tuple(point.url for point in certificate.crl_distribution_points if point.url)
        issuers = [one for one in known if one.subject == certificate.issuer and one.ca]
        responder = certificate.ocsp_urls[0] if certificate.ocsp_urls and issuers else ""
        request = _request(certificate, issuers[0]) if responder else b""
        if responder or lists:
            found[Question(responder, request, lists)] = None
    return tuple(found)


def with_revocation_data(pdf: bytes, lists: Iterable[bytes], answers: Iterable[bytes], trust: Iterable[bytes]) -> bytes:
    """The letter with everything a verifier needs later to see that no certificate was revoked.

    Args:
        lists: Of revoked certificates (CRL), DER.
        answers: Of responders (OCSP), DER.
        trust: Certificates on top of the signer's and the time-stamp authority's, as far as the letter lacks them.

    Raises:
        SigningProblem: The data are not of the certificates in the letter, or one of these was revoked.
    """
    try:
        known = list(_certificates(pdf))
        tops = [one for content in trust for one in certificates(content)]
        tops += [one for one in known if one.self_issued or one.ca]
        given = Trust(
            tops, [crl.CertificateList.load(content, strict=True) for content in lists],
            [ocsp.OCSPResponse.load(content, strict=True) for content in answers], known,
        )  # fmt: skip
        signature = _signature(pdf)
        if given.revoked(signature) or not given.checked(signature):
            raise SigningProblem("The revocation data do not fit the letter.", "It stays as it was signed.")
        writer = Appending(io.BytesIO(pdf))
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, certs=[*known, *tops], crls=given.lists, ocsps=given.answers
        )
        out = io.BytesIO()
        writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko left it untyped
    except (PdfError, ValueError) as error:
        raise SigningProblem("The revocation data do not fit the letter.", "It stays as it was signed.") from error
    return out.getvalue()


def _request(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """An OCSP request (RFC 6960) without a nonce: responders may answer from stock."""
    subject, above = (load_der_x509_certificate(one.dump()) for one in (certificate, issuer))
    # SHA-1 names the issuer here and protects nothing; responders need not know another (RFC 5019)
    built = OCSPRequestBuilder().add_certificate(subject, above, hashes.SHA1()).build()  # noqa: S303 - as said
    return built.public_bytes(Encoding.DER)


def _signature(pdf: bytes) -> Any:
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    except (PdfError, ValueError) as error:
        raise SigningProblem("The signed letter cannot be read.", "Restore the vault from a backup.") from error
    match = [one for one in found if one.field_name == SPECIALIST]
    if not match:
        raise SigningProblem("The letter is not signed by a specialist.", "Sign it first.")
    return match[0]


def _signer(signature: Any) -> Any:
    return signature.signed_data["signer_infos"][0]


def _token(digest: bytes, ask: Ask) -> cms.ContentInfo:
    try:
        token = asyncio.run(_Service(ask).async_timestamp(digest, _HASH))
        said = token["content"]["encap_content_info"]["content"].parsed
        imprint = said["message_imprint"]
        fits = imprint["hashed_message"].native == digest and imprint["hash_algorithm"]["algorithm"].native == _HASH
    except Exception as error:  # what a foreign answer can break in asn1crypto and pyHanko is without number
        if isinstance(error, OSError) or hasattr(error, "advice"):
            raise
        raise SigningProblem("The time-stamp service sent no usable time stamp.", "It is asked again.") from error
    if not fits:
        raise SigningProblem("The time stamp is of something else.", "Use another time-stamp service.")
    return token


class _Service(TimeStamper):
    """pyHanko's time stamper over a given connection."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko left it untyped
        self._ask = ask

    async def async_request_tsa_response(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer of the authority."""
        return tsp.TimeStampResp.load(self._ask(request.dump()), strict=True)


def _certificates(pdf: bytes) -> Iterator[x509.Certificate]:
    """Certificates in the signature and in its time stamp."""
    data = _signature(pdf).signed_data
    yield from _chosen(data["certificates"])
    for attribute in data["signer_infos"][0]["unsigned_attrs"] or ():
        for token in attribute["values"]:
            yield from _chosen(token["content"]["certificates"])


def _chosen(certificates: Sequence[Any]) -> Iterator[x509.Certificate]:
    yield from (one.chosen for one in certificates or () if isinstance(one.chosen, x509.Certificate))
