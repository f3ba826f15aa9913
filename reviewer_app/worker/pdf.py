"""PDF pages to pixels and text with pdfium, inside the worker.

pdfium is built without a script engine; links, launch actions and attachments are never followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, c_int
from dataclasses import dataclass

import numpy as np
import pypdfium2
from pypdfium2 import raw

from reviewer_app.domain.record import PlacedWord
from reviewer_app.errors import Unreadable

_MOST_WIDTH = 6000
_MOST_HEIGHT = 20_000
_MOST_PIXELS = 60_000_000
_MOST_TEXT = 1_000_000
_MOST_PAGES = 20_000
_MOST_LETTERS = 60_000
_GRID = 100_000
"""Steps across and down a page in which the places of words are counted."""
_UNSPACED = ((0x0E00, 0x0EFF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
"""Thai, Lao, kana and Han are written without spaces."""
_SOFT_HYPHENS = (0x2, 0xFFFE)
"""What pdfium gives for a hyphen at the end of a line."""
SAMPLE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 32>>stream
BT /F 12 Tf 9 9 Td (words) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


@dataclass(frozen=True, slots=True, eq=False)
class RenderedPage:
    """A page; `pixels` is (rows, columns, 4) uint8 in the order blue, green, red, opaque."""

    pixels: np.ndarray
    count: int
    text: str


def preload() -> None:
    """Draw a page with words, so that everything that loads late is loaded now."""
    render(memoryview(SAMPLE), 0, 50)


def page_count(data: memoryview) -> int:
    """Number of pages."""
    with _opened(data) as document:
        return len(document)


def render(data: memoryview, index: int, width: int) -> RenderedPage:
    """Page `index` drawn `width` pixels wide, forms and annotations included."""
    with _opened(data) as document:
        count = len(document)
        try:
            page = _page_at(document, index)
            across, down = page.get_size()
            if across <= 0 or down <= 0:
                raise Unreadable("This page has no size.")
            scale = _scale(across, down, width)
            bitmap = page.render(scale=scale, may_draw_forms=True, prefer_bgrx=True, optimize_mode="lcd")
            pixels = np.ascontiguousarray(bitmap.to_numpy())
            text = page.get_textpage().get_text_bounded()[:_MOST_TEXT]
        except pypdfium2.PdfiumError as error:
            raise Unreadable("This page of the document is damaged and cannot be shown.") from error
    return RenderedPage(_opaque(pixels), count, text.replace("\r\n", "\n").replace("\0", ""))


def placed_words(data: memoryview, first: int, count: int) -> tuple[tuple[PlacedWord, ...], ...]:
    """The words of so many pages from page `first` on, in the order of their text layers, with the boxes they are in.

    A scan has no words, and neither has a page that is damaged.
    """
    with _opened(data) as document:
        return tuple(_words_at(document, index) for index in range(first, min(first + count, len(document))))


def _words_at(document: pypdfium2.PdfDocument, index: int) -> tuple[PlacedWord, ...]:
    try:
        page = _page_at(document, index)
        return tuple(_words(page, page.get_textpage()))
    except pypdfium2.PdfiumError:
        return ()


def _page_at(document: pypdfium2.PdfDocument, index: int) -> pypdfium2.PdfPage:
    if not 0 <= index < len(document):
        raise Unreadable(f"The document has {len(document)} pages; page {index + 1} is not one of them.")
    return document[index]


def _words(page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> Iterator[PlacedWord]:
    letters, boxes = "", list[tuple[float, float, float, float]]()
    for place in range(min(text.count_chars(), _MOST_LETTERS)):
        code = int(raw.FPDFText_GetUnicode(text, place))
        letter = "-" if code in _SOFT_HYPHENS else chr(code) if code else " "
        blank = letter.isspace()
        alone = any(first <= code <= last for first, last in _UNSPACED)
        if letters and (blank or alone):
            yield _word(page, letters, boxes, spaced=blank)
            letters, boxes = "", []
        if not blank:
            letters += letter
            boxes.append(text.get_charbox(place))
        if alone:
            yield _word(page, letters, boxes, spaced=_blank_after(text, place))
            letters, boxes = "", []
    if letters:
        yield _word(page, letters, boxes, spaced=True)


def _blank_after(text: pypdfium2.PdfTextPage, place: int) -> bool:
    return place + 1 >= text.count_chars() or chr(int(raw.FPDFText_GetUnicode(text, place + 1))).isspace()


def _word(
    page: pypdfium2.PdfPage, letters: str, boxes: list[tuple[float, float, float, float]], *, spaced: bool
) -> PlacedWord:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    corners = [_on_page(page, min(lefts), max(tops)), _on_page(page, max(rights), min(bottoms))]
    (one_x, one_y), (two_x, two_y) = corners
    return PlacedWord(letters, min(one_x, two_x), min(one_y, two_y), max(one_x, two_x), max(one_y, two_y), spaced)


def _on_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Where a point of PDF user space (ISO 32000-1, 8.3.2.3) lies on the page as drawn, turned and cropped."""
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, byref(across), byref(down))
    return across.value / _GRID, down.value / _GRID


def _scale(across: float, down: float, width: int) -> float:
    """So that the page is `width` wide, but never more pixels than a screen can use."""
    scale = min(min(max(width, 1), _MOST_WIDTH) / across, _MOST_HEIGHT / down)
    pixels = across * scale * down * scale
    return scale if pixels <= _MOST_PIXELS else float(scale * (_MOST_PIXELS / pixels) ** 0.5)


def _opaque(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim == 3 and pixels.shape[2] == 4:  # noqa: PLR2004 - blue, green, red, unused
        result = pixels.copy()
    else:
        grey = pixels.reshape(*pixels.shape[:2], -1)
        result = np.empty((*grey.shape[:2], 4), np.uint8)
        result[..., :3] = grey[..., :3] if grey.shape[2] >= 3 else grey[..., :1]  # noqa: PLR2004 - colours
    result[..., 3] = 255
    return result


@contextmanager
def _opened(data: memoryview) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(bytes(data))
        if document.get_formtype():
            document.init_forms()
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable(
                "This PDF is protected by a password.", "Ask the sender for a copy without one."
            ) from error
        raise Unreadable("This is not a PDF, or it is damaged.", "Ask the sender for a sound copy.") from error
    try:
        if not 0 < len(document) <= _MOST_PAGES:
            raise Unreadable("This PDF has no pages that can be shown.", "Ask the sender for a sound copy.")
        yield document
    finally:
        document.close()
