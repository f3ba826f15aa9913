"""Pages of the letter: frame, running header with the patient, `page x of y`, and where the signature fields lie."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from reviewer_app.report import fonts
from reviewer_app.report.canvas import LetterCanvas
from reviewer_app.report.letter import Letter
from reviewer_app.report.styles import ACCENT, BOTTOM, INK, LEFT, LINE, MUTED, RIGHT, SIZES, TOP
from reviewer_app.report.tags import Element

_TOTAL = "PageTotal"
_HEAD, _FOOT = 8.2, 7.4
_PAGES = 90.0
"""Points at the foot that `page x of y` may take."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature field lies.

    Attributes:
        page: Index from 0.
        box: Left, bottom, right, top in points.
        element: What the structure of the document says of it.
    """

    field: str
    tooltip: str
    page: int
    box: tuple[float, float, float, float]
    element: Element


class NumberedCanvas(LetterCanvas):
    """A canvas that knows at its end how many pages there are."""

    def save(self) -> None:
        """Draw the total that every page refers to, then finish."""
        if len(self._code):
            self.showPage()
        total = str(self.getPageNumber() - 1)
        self.beginForm(_TOTAL, 0, -3, 30, 10)
        self.setFont(fonts.TEXT, _FOOT)
        self.setFillColor(MUTED)
        self.drawString(0, 0, total)
        self.endForm()
        super().save()


class LetterTemplate(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """The page frame; collects where signature fields were placed."""

    def __init__(self, buffer: io.BytesIO, letter: Letter, title: str) -> None:
        size = SIZES[letter.paper]
        super().__init__(
            buffer, pagesize=size, leftMargin=LEFT, rightMargin=RIGHT, topMargin=TOP, bottomMargin=BOTTOM,
            title=title, author=fonts.printable(letter.author.name), lang="en", invariant=1,
            initialFontName=fonts.TEXT,
        )  # fmt: skip
        self.places: list[Place] = []
        self._banner = patient_line(letter)
        self._case = f"Second opinion, case {fonts.printable(letter.case.number)}"
        frame = Frame(LEFT, BOTTOM, size[0] - LEFT - RIGHT, size[1] - TOP - BOTTOM, 0, 0, 0, 0, id="text")
        self.addPageTemplates(PageTemplate(id="page", frames=[frame], onPage=self._decorate))

    def _decorate(self, canvas: LetterCanvas, _template: Any) -> None:
        with canvas.marked(None):
            self._frame_page(canvas)

    def _frame_page(self, canvas: LetterCanvas) -> None:
        width, height = self.pagesize
        canvas.saveState()
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, height - TOP + 14, width - RIGHT, height - TOP + 14)
        canvas.line(LEFT, BOTTOM - 12, width - RIGHT, BOTTOM - 12)
        canvas.setFillColor(INK)
        _fitted(canvas, self._banner, fonts.BOLD, _HEAD, (LEFT, height - TOP + 20), width - LEFT - RIGHT)
        canvas.setFillColor(MUTED)
        page = f"page {canvas.getPageNumber()} of"
        room = width - LEFT - RIGHT - _PAGES
        case = min(fonts.width(self._case, fonts.TEXT, _FOOT), room)
        _fitted(canvas, self._case, fonts.TEXT, _FOOT, (width - RIGHT - case, BOTTOM - 23), room)
        draw_line(canvas, page, fonts.TEXT, _FOOT, LEFT, BOTTOM - 23)
        canvas.translate(LEFT + fonts.width(page, fonts.TEXT, _FOOT) + 2, BOTTOM - 23)
        canvas.doForm(_TOTAL)
        canvas.restoreState()


class SignaturePlace(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Two framed places side by side: the specialist signs the one, the medical director may sign the other."""

    _BOX = 62.0

    def __init__(self, places: list[Place]) -> None:
        super().__init__()
        self._places = places

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Full width, fixed height."""
        self._width = width
        return width, self._BOX + 16

    def draw(self) -> None:
        """Draw the frames and remember where they are."""
        half = (self._width - 14) / 2
        fields = (
            ("Specialist", "Signature of the specialist", "Specialist"),
            ("Director", "Signature of the medical director at release", "Medical director, at release"),
        )
        for index, (field, tooltip, words) in enumerate(fields):
            left = index * (half + 14)
            with self.canv.marked(None):
                self.canv.setStrokeColor(ACCENT if index == 0 else LINE)
                self.canv.setLineWidth(0.7)
                self.canv.rect(left, 14, half, self._BOX)
            with self.canv.marked(Element("P")):
                self.canv.setFillColor(MUTED)
                draw_line(self.canv, words, fonts.TEXT, _FOOT, left, 3)
            x, y = self.canv.absolutePosition(left + 1, 15)
            box = (round(x, 2), round(y, 2), round(x + half - 2, 2), round(y + self._BOX - 2, 2))
            element = Element("Form", alternative=tooltip)
            element.place(self.canv.root)
            self._places.append(Place(field, tooltip, self.canv.getPageNumber() - 1, box, element))


def patient_line(letter: Letter) -> str:
    """The line that identifies the patient: name, sex, birth date with age, every identifier."""
    patient = letter.case.patient
    age = patient.age(letter.made_at)
    born = f"born {patient.birth_date.shown or 'at an unknown date'}{f' (age {age})' if age is not None else ''}"
    identifiers = " / ".join(patient.identifiers) or "no identifier"
    return fonts.printable(f"{patient.name.shown}  \u00b7  {patient.sex}  \u00b7  {born}  \u00b7  {identifiers}")


def draw_line(canvas: LetterCanvas, text: str, font: str, size: float, x: float, y: float) -> None:
    """Draw one line, each piece in the font that has its characters."""
    for name, piece in fonts.runs(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, piece)
        x += canvas.stringWidth(piece, name, size)


def _fitted(canvas: LetterCanvas, text: str, font: str, size: float, at: tuple[float, float], room: float) -> None:
    """Draw a line as small as it must be to fit, on two lines rather than unreadably small; nothing is cut."""
    needed = fonts.width(text, font, size)
    if needed <= room:
        draw_line(canvas, text, font, size, *at)
        return
    small = max(size * room / needed, 6.4)
    lines = _wrapped(text, font, small, room)
    small = min(small, *(small * room / max(fonts.width(line, font, small), 1) for line in lines))
    for index, line in enumerate(reversed(lines)):
        draw_line(canvas, line, font, small, at[0], at[1] + index * (small + 1.4))


def _wrapped(text: str, font: str, size: float, room: float) -> Sequence[str]:
    """At most three lines, broken at spaces; the last takes what is left."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if fonts.width(longer, font, size) <= room or not lines[-1] or len(lines) == 3:  # noqa: PLR2004 - the header has room for three
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
