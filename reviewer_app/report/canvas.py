"""reportlab's canvas with what it lacks: tagged content, shaped words, links that say where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reportlab.lib.colors import toColor
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from reviewer_app.report import faces, shaping
from reviewer_app.report.glyphs import resource
from reviewer_app.report.tags import Annotation, Content, Element


class LetterCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that knows what it draws.

    Attributes:
        root: The structure of the document.
        used: Glyphs drawn of each face, with what they stand for.
        patient_page: Index of the first page for the patient, or None.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.root = Element("Document")
        self.used: dict[str, dict[int, str]] = {}
        self.patient_page: int | None = None
        self._marks: dict[int, int] = {}
        self._within = False
        self._element: Element | None = None

    @contextmanager
    def marked(self, element: Element | None) -> Iterator[None]:
        """What is drawn within belongs to an element, or to none: rules, backgrounds, running headers.

        The outermost mark counts.
        """
        if self._within:
            yield
            return
        if element is None:
            self._code.append("/Artifact BMC")
        else:
            page = self.getPageNumber() - 1
            number = self._marks.get(page, 0)
            self._marks[page] = number + 1
            element.place(self.root)
            element.kids.append(Content(page, number))
            self._code.append(f"/{element.tag} <</MCID {number}>> BDC")
        self._within, self._element = True, element
        try:
            yield
        finally:
            self._within, self._element = False, None
            self._code.append("EMC")

    def linkRect(self, _contents: str, destination: str, *args: Any, **options: Any) -> Any:  # noqa: N802 - reportlab's name
        """A link that tells its aim in words, as PDF/UA asks."""
        if self._within and self._element is None:
            return None  # the head of a table, drawn again
        number = len(self._annotationrefs)
        made = super().linkRect(f"Evidence {destination.removeprefix('source')}", destination, *args, **options)
        if self._element is not None:
            link = Element("Link", self._element)
            link.place(self.root)
            link.kids.append(Annotation(self.getPageNumber() - 1, number))
        return made

    def beginText(self, x: float = 0, y: float = 0, direction: str | None = None) -> PDFTextObject:  # noqa: N802 - as above
        """Text that may hold shaped words."""
        return _Text(self, x, y, direction=direction)


_EMBOLDENED = 0.032
"""Width of the outline that makes letters bold, as a share of their size: their fonts come in one weight only."""


class _Text(PDFTextObject):  # type: ignore[misc]  # reportlab has no types
    """Text in which the font of shaped words is written glyph by glyph."""

    def __init__(self, canvas: Any, *args: Any, **options: Any) -> None:
        super().__init__(canvas, *args, **options)
        self._fillColorObj = canvas._fillColorObj  # noqa: SLF001 - reportlab keeps it nowhere else

    def _formatText(self, text: str) -> str:  # noqa: N802 - reportlab's name
        if self._fontname not in (shaping.SHAPED, shaping.SHAPED_BOLD):
            return str(super()._formatText(text))
        code = self._shaped(text)
        if self._fontname == shaping.SHAPED:
            return code
        color = toColor(self._fillColorObj)
        outline = " ".join(fp_str(part) for part in (color.red, color.green, color.blue))
        return f"{outline} RG {fp_str(self._fontsize * _EMBOLDENED)} w 2 Tr {code} 0 Tr"

    def _shaped(self, text: str) -> str:
        writer = _GlyphWriter(self._fontsize, self._rise, self._canvas.used)
        for char in shaping.visual(text):
            found = shaping.word(char)
            if found is None:
                writer.plain(char)
            else:
                writer.word(found)
        self._curSubset = -1
        code = f"{fp_str(self._leading)} TL {writer.code()}"
        words = [found for char in text if (found := shaping.word(char))]
        if not words or any(found.level for found in words):  # readers turn text from the right round by themselves
            return code
        said = "".join(found.text if (found := shaping.word(char)) else char for char in text)
        return f"/Span <</ActualText <FEFF{said.encode('utf-16-be').hex().upper()}>>> BDC {code} EMC"


class _GlyphWriter:
    """Operators that show glyphs one after the other (ISO 32000-1, 9.4.3)."""

    def __init__(self, size: float, rise: float, used: dict[str, dict[int, str]]) -> None:
        self._size, self._rise, self._used = size, rise, used
        self._done: list[str] = []
        self._pending: list[str] = []
        self._face = ""
        self._up = 0.0

    def word(self, found: shaping.Word) -> None:
        """A shaped word."""
        for glyph in found.glyphs:
            self._lifted(glyph.up)
            self._shown(found.face, glyph.number, glyph.said, glyph.advance, glyph.across)
        self._lifted(0.0)

    def plain(self, char: str) -> None:
        """A character that needs no shaping."""
        face, glyph, advance = shaping.plain(char)
        if char.isspace():
            self._move(-advance)
        else:
            self._shown(face, glyph, char, advance, 0.0)

    def code(self) -> str:
        """Everything written."""
        if self._pending and not self._face:  # nothing but spaces
            face, glyph, _ = shaping.plain(" ")
            self._shown(face, glyph, " ", 0.0, 0.0)
        self._flush()
        return " ".join(self._done)

    def _shown(self, face: str, glyph: int, said: str, advance: float, across: float) -> None:
        if face != self._face:
            self._flush()
            self._done.append(f"/{resource(face)} {fp_str(self._size)} Tf")
            self._face = face
        known = self._used.setdefault(face, {})
        known[glyph] = known.get(glyph) or said
        self._move(-across)
        self._pending.append(f"<{glyph:04X}>")
        self._move(faces.advance(face, glyph) + across - advance)

    def _move(self, back: float) -> None:
        if abs(back) > 0.01:  # noqa: PLR2004 - less than can be seen
            self._pending.append(fp_str(back))

    def _lifted(self, up: float) -> None:
        if up != self._up:
            self._flush()
            self._done.append(f"{fp_str(self._rise + up * self._size / 1000)} Ts")
            self._up = up

    def _flush(self) -> None:
        if self._pending and self._face:
            self._done.append(f"[{' '.join(self._pending)}] TJ")
            self._pending = []
