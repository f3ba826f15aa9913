"""What is printed in a PDF, as a reader of its text layer gets it."""

from __future__ import annotations

from contextlib import closing

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_text_of(document, index) for index in range(len(document))]


def _text_of(document: pypdfium2.PdfDocument, index: int) -> str:
    with closing(document[index]) as page, closing(page.get_textpage()) as layer:
        return str(layer.get_text_range())
