"""Tasks of page workers: PDF and raster pictures to pages, everything else to readable text."""

from __future__ import annotations

import codecs

import msgspec

from reviewer_app.worker import pdf, raster, reading
from reviewer_app.worker.messages import Answer, Output, Request, Task

_CHARACTER_SETS = (
    "utf-8", "utf-8-sig", "utf-16", "latin-1", "ascii", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9",
    "iso8859-15", "cp437", "cp850", "cp874", "cp932", "cp936", "cp949", "cp950", "cp1250", "cp1251", "cp1252",
    "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "koi8-r", "mac-roman", "gb18030", "big5", "euc-jp",
    "euc-kr", "shift_jis",
)  # fmt: skip
"""Character sets of letters: nothing can be imported behind the lock."""


WHITE = 255
_NO_FONT = (
    "This page uses fonts that the document does not bring with it: its words are in the text, not in the picture."
)


def page_tasks() -> dict[str, Task]:
    """The tasks, their readers loaded."""
    for name in _CHARACTER_SETS:
        codecs.lookup(name)
    pdf.preload()
    raster.preload()
    reading.preload()
    msgspec.json.encode((pdf.placed_words(memoryview(pdf.SAMPLE), 0, 1), reading.reduced(b"<p>a</p>", "text/html")))
    return {
        "pdf_info": _pdf_info, "pdf_page": _pdf_page, "pdf_words": _pdf_words, "raster": _raster, "blocks": _blocks,
        "embedded": _embedded,
    }  # fmt: skip


def _pdf_info(_: Request, data: memoryview) -> Output:
    return Answer(count=pdf.page_count(data)), memoryview(b"")


def _pdf_page(request: Request, data: memoryview) -> Output:
    page = pdf.render(data, request.number, request.width)
    blank = bool(page.text.strip()) and bool((page.pixels == WHITE).all())
    notes = (_NO_FONT,) if blank else ()
    answer = Answer(shape=page.pixels.shape[:2], count=page.count, text=page.text, warnings=notes)
    return answer, page.pixels.data


def _pdf_words(request: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(pdf.placed_words(data, request.number, request.width)))


def _raster(request: Request, data: memoryview) -> Output:
    pixels, count = raster.render(data, request.number, request.width)
    return Answer(shape=pixels.shape[:2], count=count), pixels.data


def _blocks(request: Request, data: memoryview) -> Output:
    return Answer(), memoryview(msgspec.json.encode(reading.reduced(bytes(data), request.content_type)))


def _embedded(_: Request, data: memoryview) -> Output:
    content_type, content = reading.embedded(bytes(data))
    return Answer(text=content_type), memoryview(content)
