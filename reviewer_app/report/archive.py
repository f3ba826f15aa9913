"""From reportlab's PDF to PDF/A-3 (ISO 19005-3) and PDF/UA-1 (ISO 14289-1).

Output intent, metadata, attached manifest, signature fields, structure, embedded glyphs of shaped scripts.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from reviewer_app import __version__
from reviewer_app.report import glyphs, tags
from reviewer_app.report.glyphs import Used
from reviewer_app.report.pages import Place
from reviewer_app.report.tags import Element

MANIFEST = "evidence-manifest.json"
"""Name of the attachment."""
PATIENT_PAGE = "patient-page"
"""Name of the place where the page for the patient begins."""
_ICC = Path(__file__).resolve().parents[2] / "resources" / "icc" / "sRGB.icc"
_PRODUCER = f"Consilium {__version__}"
_UNUSED = re.compile(rb"(<[0-9A-Fa-f]{2}> )<0000>")
_LINE_ENDS = (b"\n", b"\r")
_PACKED = (Name.FlateDecode, Array([Name.FlateDecode]))
_WORTH_PACKING = 64
_PRINT = 4
"""Annotation flag Print, which PDF/A asks for (ISO 32000-1, table 165)."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the metadata say; no patient data."""

    title: str
    author: str
    when: datetime
    subject: str = "Second opinion to the treating doctor"


@dataclass(frozen=True, slots=True)
class Pages:
    """The letter as reportlab made it.

    Attributes:
        places: Where the empty signature fields lie.
        root: Structure of the document.
        used: Glyphs drawn of the shaped scripts.
        patient_page: Index of the first page for the patient, or None.
    """

    pdf: bytes
    places: tuple[Place, ...]
    root: Element
    used: Used
    patient_page: int | None = None


def archived(pages: Pages, manifest: bytes, about: Description) -> bytes:
    """PDF/A-3a made of reportlab's pages; deterministic.

    Args:
        manifest: Attached as `evidence-manifest.json`.
    """
    with pikepdf.open(io.BytesIO(pages.pdf)) as pdf:
        _colour(pdf)
        _describe(pdf, about)
        _attach(pdf, manifest, about)
        for page in pdf.pages:
            for annotation in page.get("/Annots", Array()):  # links of the citation numbers
                annotation.F = _PRINT
        glyphs.embed(pdf, pages.used)
        mend_unicode(pdf)
        _fields(pdf, pages.places)
        tags.write(pdf, pages.root)
        if pages.patient_page is not None:
            aim = Array([pdf.pages[pages.patient_page].obj, Name.Fit])
            pdf.Root.Names.Dests = Dictionary(Names=Array([String(PATIENT_PAGE), aim]))
        _settle(pdf)
        out = io.BytesIO()
        pdf.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable, min_version="1.7",
            compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none, fix_metadata_version=False,
        )  # fmt: skip
    return out.getvalue()


def patient_pages(letter: bytes) -> bytes | None:
    """The pages for the patient alone, without signature; None where the letter has none."""
    with pikepdf.open(io.BytesIO(letter)) as whole, pikepdf.new() as alone:
        if "/Dests" not in whole.Root.Names:
            return None
        first = whole.Root.Names.Dests.Names[1][0]
        start = next(index for index, page in enumerate(whole.pages) if page.obj.objgen == first.objgen)
        for page in whole.pages[start:]:
            alone.pages.append(page)
            del alone.pages[-1].obj.StructParents  # the structure stays with the letter
        alone.Root.Lang = String("en")
        out = io.BytesIO()
        alone.save(out, deterministic_id=True)
    return out.getvalue()


def _settle(pdf: pikepdf.Pdf) -> None:
    """Compress every stream so that it does not end like a line.

    qpdf would then write no line end before `endstream`, and the length no longer be that of the content (ISO 19005-3,
    6.1.7.1).
    """
    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream):
            if found.get("/Filter") in _PACKED and not found.read_raw_bytes().endswith(_LINE_ENDS):
                continue
            content = found.read_bytes()
            plain = len(content) < _WORTH_PACKING or found.get("/Type") == Name.Metadata  # found by any program
            if plain and not content.endswith(_LINE_ENDS):
                found.write(content)
                continue
            packed = zlib.compress(content)
            if packed.endswith(_LINE_ENDS):
                found.write(base64.a85encode(packed) + b"~>", filter=Array([Name.ASCII85Decode, Name.FlateDecode]))
            else:
                found.write(packed, filter=Name.FlateDecode)


@cache
def _profile() -> bytes:
    return _ICC.read_bytes()


def _colour(pdf: pikepdf.Pdf) -> None:
    icc = pdf.make_stream(_profile())
    icc.N = 3
    icc.Alternate = Name.DeviceRGB
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"), DestOutputProfile=icc,
    )  # fmt: skip
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _describe(pdf: pikepdf.Pdf, about: Description) -> None:
    date = _pdf_date(about.when)
    pdf.docinfo = pdf.make_indirect(
        Dictionary(
            Title=String(about.title), Author=String(about.author), Subject=String(about.subject),
            Producer=String(_PRODUCER), CreationDate=String(date), ModDate=String(date),
        )
    )  # fmt: skip
    words = {
        "title": about.title,
        "author": about.author,
        "subject": about.subject,
        "producer": _PRODUCER,
        "date": about.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    }
    packet = pdf.make_stream(_XMP.format(**{key: escape(text) for key, text in words.items()}).encode())
    packet.Type = Name.Metadata
    packet.Subtype = Name.XML
    pdf.Root.Metadata = packet
    pdf.Root.Lang = String("en")
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _attach(pdf: pikepdf.Pdf, manifest: bytes, about: Description) -> None:
    content = pdf.make_stream(manifest)
    content.Type = Name.EmbeddedFile
    content.Subtype = Name("/application/json")
    checksum = hashlib.md5(manifest, usedforsecurity=False).digest()  # the format's own field, ISO 32000-1 table 46
    content.Params = Dictionary(ModDate=String(_pdf_date(about.when)), Size=len(manifest), CheckSum=String(checksum))
    file = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec, F=String(MANIFEST), UF=String(MANIFEST), AFRelationship=Name.Source,
            Desc=String("Evidence manifest: what is cited, with digests"), EF=Dictionary(F=content, UF=content),
        )
    )  # fmt: skip
    pdf.Root.AF = Array([file])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(MANIFEST), file])))


def _fields(pdf: pikepdf.Pdf, places: Sequence[Place]) -> None:
    fields = Array()
    for place in places:
        page = pdf.pages[place.page].obj
        left, bottom, right, top = place.box
        look = pdf.make_stream(b"")
        look.Type = Name.XObject
        look.Subtype = Name.Form
        look.BBox = Array([0, 0, round(right - left, 2), round(top - bottom, 2)])
        look.Resources = Dictionary()
        widget = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String(place.field), TU=String(place.tooltip),
                Rect=Array([left, bottom, right, top]), F=_PRINT, P=page, AP=Dictionary(N=look),
            )
        )  # fmt: skip
        if "/Annots" not in page:
            page.Annots = pdf.make_indirect(Array())
        place.element.kids.append(tags.Annotation(place.page, len(page.Annots)))
        page.Annots.append(widget)
        fields.append(widget)
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=fields, SigFlags=0))


def mend_unicode(pdf: pikepdf.Pdf) -> None:
    """Mend what reportlab says of codes it does not use: U+0000, which neither PDF/A-3a nor PDF/UA allow."""
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == Name.Font and "/ToUnicode" in found:
            said = found.ToUnicode.read_bytes()
            found.ToUnicode.write(_UNUSED.sub(rb"\1<FFFD>", said))


def _pdf_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
