"""Whom to believe: certificates a verifier trusts, and what their issuers say about revocation.

Lists of revoked certificates (CRL, RFC 5280) and answers of the issuer's responder (OCSP, RFC 6960) come from the
verifier or lie in the letter itself (ISO 32000-2, 12.8.4.3).  Nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from asn1crypto import crl, ocsp, pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from reviewer_app.errors import BadInput
from reviewer_app.report.revisions import at

T = TypeVar("T")

_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_UNTRUSTED = {
    "NO_CERTIFICATE_CHAIN_FOUND": "does not lead to a certificate you trust",
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": "does not lead to a certificate you trust",
    "OUT_OF_BOUNDS_NO_POE": "is not valid at this time, and no time stamp says that it was when signing",
    "OUT_OF_BOUNDS_NOT_REVOKED": "is not valid at this time",
    "REVOKED": "was revoked",
    "REVOKED_NO_POE": "was revoked",
    "CHAIN_CONSTRAINTS_FAILURE": "may not be used for signing documents",
}


@dataclass(frozen=True, slots=True)
class Trust:
    """What a verifier brings.

    Attributes:
        lists: Lists of revoked certificates.
        answers: Answers of responders on single certificates.
        others: Certificates that may lie between a signer's and a trusted one.
    """

    roots: Sequence[x509.Certificate]
    lists: Sequence[crl.CertificateList] = ()
    answers: Sequence[ocsp.OCSPResponse] = ()
    others: Sequence[x509.Certificate] = ()

    def with_letter(self, reader: PdfFileReader) -> Trust:
        """With the revocation data that were put into a letter."""
        store = at(reader.root, "/DSS", {})
        lists, answers = (
            [load(one.get_object().data) for one in at(store, key, ())]
            for key, load in (("/CRLs", crl.CertificateList.load), ("/OCSPs", ocsp.OCSPResponse.load))
        )
        return replace(self, lists=[*self.lists, *lists], answers=[*self.answers, *answers])

    def status(self, signature: EmbeddedPdfSignature) -> Any:
        """Judgement by pyHanko: now, or where the certificate has expired, for the time a trusted stamp vouches for."""
        now = self._context()
        status = validate_pdf_signature(signature, now, key_usage_settings=_USAGE)
        stamp = status.timestamp_validity
        expired = getattr(status.trust_problem_indic, "name", "").startswith("OUT_OF_BOUNDS")
        if not expired or stamp is None or not (stamp.valid and stamp.trusted):
            return status
        then = self._context(moment=stamp.timestamp, retroactive_revinfo=True)
        lasting = validate_pdf_signature(signature, then, now, key_usage_settings=_USAGE)
        return lasting if lasting.trusted else status

    def revoked(self, signature: EmbeddedPdfSignature) -> bool:
        """Whether a list or an answer names a certificate of the signature.

        pyHanko asks only the lists that a certificate itself points to; one that is brought counts for all.
        """
        named = {(one.issuer.hashable, one.serial_number) for one in (signature.signer_cert, *_beside(signature))}
        listed = {
            (one.issuer.hashable, entry["user_certificate"].native)
            for one in self.lists
            for entry in one["tbs_cert_list"]["revoked_certificates"] or ()
        }
        told = {
            entry["cert_id"]["serial_number"].native
            for one in self.answers
            if one["response_status"].native == "successful"
            for entry in one.response_data["responses"]
            if entry["cert_status"].name == "revoked"
        }
        return bool(named & listed) or bool({serial for _, serial in named} & told)

    def checked(self, signature: EmbeddedPdfSignature) -> bool:
        """Whether issuers say of every certificate of a signature and its time stamp that it was not revoked."""
        if not (self.lists or self.answers):
            return False
        for moment in (datetime.now(UTC), signature.self_reported_timestamp):
            try:
                context = self._context(moment=moment, retroactive_revinfo=True, revocation_mode="hard-fail")
                status = validate_pdf_signature(signature, context, key_usage_settings=_USAGE, skip_diff=True)
            except (PdfError, ValueError):
                continue
            if status.trusted and (status.timestamp_validity is None or status.timestamp_validity.trusted):
                return True
        return False

    def _context(self, **options: Any) -> ValidationContext:
        return ValidationContext(
            trust_roots=list(self.roots), other_certs=list(self.others), crls=list(self.lists),
            ocsps=list(self.answers), allow_fetching=False, **options,
        )  # fmt: skip

    def distrust(self, signature: EmbeddedPdfSignature, name: str) -> str:
        """Why the certificate of a signer is not trusted, in one sentence."""
        if not self.roots:
            return f"No certificate to trust was given, so nobody vouches that {name} is who signed."
        if self.revoked(signature):
            return f"The certificate of {name} was revoked."
        problem = self.status(signature).trust_problem_indic
        why = _UNTRUSTED.get(getattr(problem, "name", ""), "does not lead to a certificate you trust")
        return f"The certificate of {name} {why}."


def _beside(signature: EmbeddedPdfSignature) -> list[x509.Certificate]:
    """The certificates that a signature carries besides its signer's."""
    return [one for one in signature.other_embedded_certs if isinstance(one, x509.Certificate)]


def brought(trust: Sequence[bytes], revoked: Sequence[bytes] = ()) -> Trust:
    """What a verifier brings as files.

    Args:
        trust: Certificates, PEM (one or more in each) or DER.
        revoked: Lists of revoked certificates (CRL), PEM or DER.

    Raises:
        BadInput: A certificate or list cannot be read.
    """
    roots = [certificate for content in trust for certificate in certificates(content)]
    return Trust(roots, [_revocation_list(content) for content in revoked])


def certificates(content: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM or DER file.

    Raises:
        BadInput: There is none.
    """
    found = _parsed(
        lambda: [x509.Certificate.load(block, strict=True) for block in _certificate_blocks(content)],
        "A certificate to trust cannot be read.",
    )
    if not found:
        raise BadInput("The file to trust holds no certificate.", "Give it as PEM or DER.")
    return found


def _certificate_blocks(content: bytes) -> list[bytes]:
    if not pem.detect(content):
        return [content]
    return [der for kind, _, der in pem.unarmor(content, multiple=True) if kind == "CERTIFICATE"]


def _revocation_list(content: bytes) -> crl.CertificateList:
    (found,) = _parsed(
        lambda: [crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content, strict=True)],
        "A list of revoked certificates cannot be read.",
    )
    return found


def _parsed(load: Callable[[], list[T]], problem: str) -> list[T]:
    try:
        found = load()
        for one in found:
            one.native  # type: ignore[attr-defined]  # noqa: B018 - asn1crypto parses when asked
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(problem, "Give it as PEM or DER.") from error
    return found
