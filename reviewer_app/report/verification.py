"""Whether a signed letter is what was signed: every signature, everything added after it, the attached manifest.

pyHanko parses the file in Python, so that no native code sees it, and limits what its streams may grow to.  Its
difference analysis finds shadow attacks, which plain checks of the digest call valid.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import crl, pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from reviewer_app.errors import BadInput, Unreadable
from reviewer_app.report.archive import MANIFEST
from reviewer_app.report.evidence import Checked, check
from reviewer_app.report.hole import tampered
from reviewer_app.report.seal import SPECIALIST
from reviewer_app.report.verdict import Signer, Verdict

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it would log names of signers
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)  # as above

USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
_UNTRUSTED = {
    "NO_CERTIFICATE_CHAIN_FOUND": "does not lead to a certificate you trust",
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE": "does not lead to a certificate you trust",
    "OUT_OF_BOUNDS_NO_POE": "is not valid at this time, and no time stamp says that it was when signing",
    "OUT_OF_BOUNDS_NOT_REVOKED": "is not valid at this time",
    "REVOKED": "was revoked",
    "REVOKED_NO_POE": "was revoked",
    "CHAIN_CONSTRAINTS_FAILURE": "may not be used for signing documents",
}


def verified(pdf: bytes, trust: Sequence[bytes], revoked: Sequence[bytes] = ()) -> Verdict:
    """What can be said about a letter.

    Args:
        trust: Certificates to trust, PEM (one or more in each) or DER.
        revoked: Lists of revoked certificates (CRL), PEM or DER, besides those in the letter.

    Raises:
        BadInput: A certificate or list cannot be read.
    """
    roots = [certificate for content in trust for certificate in certificates(content)]
    lists = [_revocation_list(content) for content in revoked]
    try:
        return _verdict(pdf, _Trust(roots, lists))
    except Exception:  # noqa: BLE001 - pyHanko raises many kinds on damaged files, and each means: not valid
        return Verdict(
            intact=False, trusted=False, problems=("The file is damaged: it cannot be read as a signed PDF.",)
        )


def certificates(content: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM or DER file.

    Raises:
        BadInput: There is none.
    """
    try:
        if pem.detect(content):
            blocks = [der for kind, _, der in pem.unarmor(content, multiple=True) if kind == "CERTIFICATE"]
        else:
            blocks = [content]
        found = [x509.Certificate.load(block, strict=True) for block in blocks]
        for certificate in found:
            certificate.native  # noqa: B018 - asn1crypto parses when asked
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("A certificate to trust cannot be read.", "Give it as PEM or DER.") from error
    if not found:
        raise BadInput("The file to trust holds no certificate.", "Give it as PEM or DER.")
    return found


@dataclass(frozen=True, slots=True)
class _Trust:
    """What a verifier brings."""

    roots: Sequence[x509.Certificate]
    lists: Sequence[crl.CertificateList]


def _revocation_list(content: bytes) -> crl.CertificateList:
    try:
        found = crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content, strict=True)
        found.native  # noqa: B018 - asn1crypto parses when asked
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput("A list of revoked certificates cannot be read.", "Give it as PEM or DER.") from error
    return found


def _verdict(pdf: bytes, roots: _Trust) -> Verdict:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = reader.embedded_regular_signatures
    roots = _Trust(roots.roots, [*roots.lists, *_lists_within(reader)])
    if not signatures:
        return Verdict(intact=False, trusted=False, problems=("The file carries no signature.",))
    problems: list[str] = []
    signers = [_signer(pdf, signature, roots, problems) for signature in signatures]
    problems += _whole(reader, signatures)
    manifest = _manifest(reader, signatures[0])
    intact = all(signer.intact for signer in signers) and not problems and not manifest.problems
    for signer, signature in zip(signers, signatures, strict=True):
        if signer.intact and not signer.trusted:
            problems.append(_distrust(signature, roots, signer.name))
    return Verdict(
        intact, all(signer.trusted for signer in signers), tuple(signers), manifest.evidence,
        (*problems, *manifest.problems),
    )  # fmt: skip


def _lists_within(reader: PdfFileReader) -> list[crl.CertificateList]:
    """Lists of revoked certificates that were put into the letter (ISO 32000-2, 12.8.4.3)."""
    if "/DSS" not in reader.root or "/CRLs" not in reader.root["/DSS"]:
        return []
    return [crl.CertificateList.load(one.get_object().data) for one in reader.root["/DSS"]["/CRLs"]]


def _status(signature: EmbeddedPdfSignature, roots: _Trust) -> Any:
    context = ValidationContext(trust_roots=list(roots.roots), crls=list(roots.lists), allow_fetching=False)
    return validate_pdf_signature(signature, context, key_usage_settings=USAGE)


def _signer(pdf: bytes, signature: EmbeddedPdfSignature, roots: _Trust, problems: list[str]) -> Signer:
    status = _status(signature, roots)
    name, issuer = _common_name(status.signing_cert.subject), _common_name(status.signing_cert.issuer)
    field = signature.field_name
    said = []
    if not (status.intact and status.valid):
        said.append(f"The signature {field} does not fit: the signed part was changed.")
    elif status.coverage is SignatureCoverageLevel.UNCLEAR:
        said.append(f"The signature {field} leaves parts of the file uncovered.")
    elif status.modification_level is ModificationLevel.OTHER or status.docmdp_ok is False:
        said.append(f"The file was changed after the signature {field} in a way that it forbids.")
    if reason := tampered(pdf, signature):
        said.append(f"The signature {field} was tampered with: {reason}.")
    problems += said
    vouched = status.timestamp_validity
    stamped = vouched.timestamp if vouched is not None and vouched.valid and vouched.trusted else None
    return Signer(field, name, issuer, status.signer_reported_dt, stamped, not said, bool(status.trusted))


def _whole(reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature]) -> list[str]:
    """What is wrong with the file as a whole."""
    said = []
    last = reader.embedded_signatures[-1]
    last.compute_integrity_info()
    known = last.diff_result.modification_level if isinstance(last.diff_result, DiffResult) else None
    if last.coverage is not SignatureCoverageLevel.ENTIRE_FILE and known is not ModificationLevel.LTA_UPDATES:
        said.append("Something was added to the file after the last signature.")
    first = signatures[0]
    if first.field_name != SPECIALIST:
        said.append("The specialist's signature is missing.")
    elif first.docmdp_level is None:
        said.append("The specialist's signature does not certify the letter against changes.")
    return said


def _manifest(reader: PdfFileReader, first: EmbeddedPdfSignature) -> Checked:
    try:
        signed = _attached(reader.get_historical_root(first.signed_revision))
        present = _attached(reader.root)
    except (KeyError, IndexError, TypeError, ValueError):
        return Checked(None, ("The evidence manifest is missing.",))
    if signed != present:
        return Checked(None, ("The evidence manifest was exchanged after signing.",))
    return check(signed)


def attached_manifest(pdf: bytes) -> bytes:
    """The evidence manifest attached to a letter.

    Raises:
        Unreadable: There is none.
    """
    try:
        return _attached(PdfFileReader(io.BytesIO(pdf)).root)
    except (PdfError, zlib.error, KeyError, IndexError, TypeError, ValueError) as error:
        raise Unreadable("The letter carries no evidence manifest.", "Ask its author for the original.") from error


def _attached(root: Any) -> bytes:
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    found = [names[at + 1] for at in range(0, len(names), 2) if str(names[at]) == MANIFEST]
    if len(found) != 1:
        raise KeyError(MANIFEST)
    return bytes(found[0]["/EF"]["/F"].data)


def _distrust(signature: EmbeddedPdfSignature, roots: _Trust, name: str) -> str:
    if not roots.roots:
        return f"No certificate to trust was given, so nobody vouches that {name} is who signed."
    problem = _status(signature, roots).trust_problem_indic
    why = _UNTRUSTED.get(getattr(problem, "name", ""), "does not lead to a certificate you trust")
    return f"The certificate of {name} {why}."


def _common_name(name: x509.Name) -> str:
    found = name.native.get("common_name", name.human_friendly)
    return str(found[0] if isinstance(found, list) else found)
