"""Embedding the glyphs that were drawn: one Type 0 font a face, cut down to them (ISO 32000-1, 9.7)."""

from __future__ import annotations

from collections.abc import Mapping

import pikepdf
import uharfbuzz as harfbuzz
from pikepdf import Array, Dictionary, Name, String

from reviewer_app.report import faces

_SYMBOLIC = 4
_NO_TEXT = "\ufffd"
Used = Mapping[str, Mapping[int, str]]
"""For each face the glyphs drawn and what each stands for."""


def resource(key: str) -> str:
    """Name of a face in content streams."""
    return f"Letter-{key}"


def embed(pdf: pikepdf.Pdf, used: Used) -> None:
    """Put the faces into the resources of every page."""
    made = {f"/{resource(key)}": _font(pdf, key, glyphs) for key, glyphs in sorted(used.items())}
    for page in pdf.pages:
        resources = page.obj.Resources
        if "/Font" not in resources:
            resources.Font = Dictionary()
        for name, font in made.items():
            resources.Font[name] = font


def _font(pdf: pikepdf.Pdf, key: str, glyphs: Mapping[int, str]) -> pikepdf.Object:
    name = Name(f"/{_tag(key)}+{faces.path(key).stem}")
    program = pdf.make_stream(_cut(key, glyphs))
    program.Length1 = len(program.read_bytes())
    extents = faces.font(key).get_font_extents("ltr")
    scale = 1000 / float(faces.face(key).upem)
    top, bottom = round(extents.ascender * scale), round(extents.descender * scale)
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor, FontName=name, Flags=_SYMBOLIC, FontBBox=Array([-1000, bottom, 2000, top]),
            ItalicAngle=0, Ascent=top, Descent=bottom, CapHeight=top, StemV=80, FontFile2=program,
        )
    )  # fmt: skip
    widths = Array([])
    for glyph in sorted(glyphs):
        widths.append(glyph)
        widths.append(Array([round(faces.advance(key, glyph), 3)]))
    system = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDSystemInfo=system, FontDescriptor=descriptor,
        DW=1000, W=widths, CIDToGIDMap=Name.Identity,
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(below)]), ToUnicode=pdf.make_stream(_to_unicode(glyphs)),
        )
    )  # fmt: skip


def _cut(key: str, glyphs: Mapping[int, str]) -> bytes:
    wanted = harfbuzz.SubsetInput()
    wanted.flags = harfbuzz.SubsetFlags.RETAIN_GIDS | harfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in (b"GSUB", b"GPOS", b"GDEF"))
    return bytes(harfbuzz.subset(faces.face(key), wanted).blob.data)


def _tag(key: str) -> str:
    """Six capital letters that mark a subset (ISO 32000-1, 9.6.4)."""
    return f"LTR{key.upper():A<3}"[:6]


def _to_unicode(glyphs: Mapping[int, str]) -> bytes:
    lines = [
        f"<{glyph:04X}> <{(said or _NO_TEXT).encode('utf-16-be').hex()}>" for glyph, said in sorted(glyphs.items())
    ]
    groups = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    body = "\n".join(f"{len(group)} beginbfchar\n" + "\n".join(group) + "\nendbfchar" for group in groups)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()
