"""PAdES B-B signature over a built letter, as an incremental update: the letter stays the first bytes of the file.

Certified so that afterwards only forms may be filled and the director may sign (DocMDP, ISO 32000-1 12.8.2.2).
The hole of the signature is larger than needed, so that a time-stamp token can be put into it later (B-T, ETSI EN
319 142-1).
"""

from __future__ import annotations

import io
import logging
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reviewer_app.errors import SigningProblem
from reviewer_app.report.identity import Identity
from reviewer_app.report.stamp import Stamp, drawn

RESERVED = 24576
"""Hex digits: room for the signature with its chain and for a time-stamp token."""
SPECIALIST, DIRECTOR = "Specialist", "Director"
"""Names of the two signature fields."""
_HASH = "sha256"
_FILLED = SimpleBoxLayoutRule(
    AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN, inner_content_scaling=InnerScaling.NO_SCALING
)


logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it would log names of signers


def signed(letter: bytes, identity: Identity, at: datetime, field: str = SPECIALIST) -> bytes:
    """The letter with a signature appended.

    Args:
        letter: As `build` made it, or signed by the specialist; the result begins with exactly these bytes.
        at: Signing time by the local clock.
        field: `SPECIALIST`, or `DIRECTOR` after the specialist.

    Raises:
        SigningProblem: The signature could not be made.
    """
    return signed_by(letter, _KeySigner(identity), (identity.name, identity.issuer), at, field)


def signed_by(
    letter: bytes, key: signers.Signer, names: tuple[str, str], at: datetime, field: str = SPECIALIST
) -> bytes:
    """As `signed`, by any signer of pyHanko.

    Args:
        names: Of the signer and of who issued the certificate, for the stamp.
    """
    out = io.BytesIO()
    try:
        writer = Appending(io.BytesIO(letter))
        width, height = _field_size(writer, field)
        stamp = drawn(Stamp(*names, at), width, height)
        style = StaticStampStyle(
            background=_Drawn(stamp), border_width=0, background_opacity=1.0, background_layout=_FILLED
        )
        signer = _ClockedSigner(at, _metadata(field), signer=key, stamp_style=style)
        signer.sign_pdf(writer, existing_fields_only=True, bytes_reserved=RESERVED, output=out)
    except (PdfError, ValueError) as error:
        raise SigningProblem("The letter could not be signed.", "Import your signing certificate again.") from error
    return out.getvalue()


class Appending(IncrementalPdfFileWriter):
    """An incremental writer that leaves the metadata as they are: PDF/A wants Info and XMP to agree."""

    def _update_meta(self) -> None:
        """Nothing."""


class _ClockedSigner(signers.PdfSigner):
    """A signer whose signing time is given, so that signature and stamp say the same."""

    def __init__(self, at: datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._at = at

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        """The session, at the given time."""
        session = super().init_signing_session(*args, **options)
        session.system_time = self._at
        return session


class _Drawn(PdfContent):
    """The first page of a PDF in memory; pyHanko's own class reads a file."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Import the page and say how to draw it."""
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)), page_ix=0)
        self.resources.xobject["/Stamp"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Stamp Do"


def _metadata(field: str) -> signers.PdfSignatureMetadata:
    """The specialist certifies the letter against changes; the director signs what is certified."""
    author = field == SPECIALIST
    return signers.PdfSignatureMetadata(
        field_name=field, md_algorithm=_HASH, subfilter=fields.SigSeedSubFilter.PADES, certify=author,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        reason="Second opinion" if author else "Released",
    )  # fmt: skip


class _KeySigner(signers.Signer):
    """Signs with a key as it is: it is neither written out nor checked once more, which takes RSA most of its time."""

    def __init__(self, identity: Identity) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko left it untyped
        # self-signed ones stay out: a verifier must bring its own, and what nothing signs could be altered unseen
        registry.register_multiple([_asn1(one) for one in identity.chain if one.subject != one.issuer])
        super().__init__(signing_cert=_asn1(identity.certificate), cert_registry=registry)
        self._key = identity.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002 - pyHanko's
        """The bare signature of bytes."""
        if digest_algorithm != _HASH:
            raise ValueError(digest_algorithm)
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ECDSA(hashes.SHA256()))


def _asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _field_size(writer: IncrementalPdfFileWriter, name: str) -> tuple[float, float]:
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field.get("/T") == name:
            left, bottom, right, top = (float(side) for side in field["/Rect"])
            return right - left, top - bottom
    raise SigningProblem("The letter has no place for a signature.", "Make the preview again.")
