"""Whether a signed letter is what was signed: every signature, everything added after it, the attached manifest.

pyHanko parses the file in Python, so that no native code sees it, and limits what its streams may grow to.  Its
difference analysis finds shadow attacks, which plain checks of the digest call valid.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Sequence
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from reviewer_app.errors import Unreadable
from reviewer_app.report.archive import MANIFEST
from reviewer_app.report.evidence import Checked, check
from reviewer_app.report.hole import tampered
from reviewer_app.report.revisions import changed
from reviewer_app.report.seal import SPECIALIST
from reviewer_app.report.trust import Trust, brought
from reviewer_app.report.verdict import Revision, Signer, Verdict

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it would log names of signers
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)  # as above


def verified(pdf: bytes, trust: Sequence[bytes], revoked: Sequence[bytes] = ()) -> Verdict:
    """What can be said about a letter.

    Args:
        trust: Certificates to trust, PEM (one or more in each) or DER.
        revoked: Lists of revoked certificates (CRL), PEM or DER, besides those in the letter.

    Raises:
        BadInput: A certificate or list cannot be read.
    """
    roots = brought(trust, revoked)
    try:
        return _verdict(pdf, roots)
    except Exception:  # noqa: BLE001 - pyHanko raises many kinds on damaged files, and each means: not valid
        return Verdict(
            intact=False, trusted=False, problems=("The file is damaged: it cannot be read as a signed PDF.",)
        )


def _verdict(pdf: bytes, given: Trust) -> Verdict:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = reader.embedded_regular_signatures
    if not signatures:
        return Verdict(intact=False, trusted=False, problems=("The file carries no signature.",))
    trust = given.with_letter(reader)
    problems: list[str] = []
    signers = [_signer(pdf, signature, trust, problems) for signature in signatures]
    problems += _whole(reader, signatures)
    manifest = _manifest(reader, signatures[0])
    intact = all(signer.intact for signer in signers) and not problems and not manifest.problems
    for signer, signature in zip(signers, signatures, strict=True):
        if signer.intact and not signer.trusted:
            problems.append(trust.distrust(signature, signer.name))
    return Verdict(
        intact, all(signer.trusted for signer in signers), tuple(signers), manifest.evidence,
        (*problems, *manifest.problems), revisions=_revisions(reader, signatures),
    )  # fmt: skip


def _revisions(reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature]) -> tuple[Revision, ...]:
    """What came after the first signature, revision by revision."""
    made = []
    for index in range(signatures[0].signed_revision + 1, reader.total_revisions):
        signed = tuple(str(one.field_name) for one in signatures if one.signed_revision == index)
        try:
            told = changed(reader, index)
        except Exception:  # noqa: BLE001 - pyHanko raises many kinds on damaged files; the verdict is reached without
            told = ("What it changed cannot be told: the file is damaged.",)
        made.append(Revision(index + 1, signed, told))
    return tuple(made)


def _signer(pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust, problems: list[str]) -> Signer:
    status = trust.status(signature)
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
    trusted = bool(status.trusted) and not trust.revoked(signature)
    return Signer(
        field, name, issuer, status.signer_reported_dt, stamped, not said, trusted,
        trusted and trust.checked(signature), signature.signed_revision + 1, signature.reader.total_revisions,
    )  # fmt: skip


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


def _common_name(name: x509.Name) -> str:
    found = name.native.get("common_name", name.human_friendly)
    return str(found[0] if isinstance(found, list) else found)
