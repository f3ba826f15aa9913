"""PDF pages to pixels and text with pdfium, inside the worker.

pdfium is built without a script engine; links, launch actions and attachments are never followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2

from reviewer_app.errors import Unreadable

_MOST_WIDTH = 6000
_MOST_HEIGHT = 20_000
_MOST_PIXELS = 60_000_000
_MOST_TEXT = 1_000_000
_MOST_PAGES = 20_000
_SAMPLE = b"""%PDF-1.4
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
    render(memoryview(_SAMPLE), 0, 50)


def page_count(data: memoryview) -> int:
    """Number of pages."""
    with _opened(data) as document:
        return len(document)


def render(data: memoryview, index: int, width: int) -> RenderedPage:
    """Page `index` drawn `width` pixels wide, forms and annotations included."""
    with _opened(data) as document:
        count = len(document)
        if not 0 <= index < count:
            raise Unreadable(f"The document has {count} pages; page {index + 1} is not one of them.")
        try:
            page = document[index]
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
