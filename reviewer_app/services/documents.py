"""Attachments of records as something to look at: pages, or readable text.

All parsing happens in the worker; this module says which reader a document needs and keeps none of its contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reviewer_app.domain.blocks import Block, plain
from reviewer_app.domain.case import FIRST_KEPT_BACK
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.record import Page, PlacedWord
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.services import blind
from reviewer_app.services.session import Session

_PDF = "application/pdf"
_RASTERS = frozenset({"image/jpeg", "image/png", "image/tiff", "image/gif", "image/bmp"})
_TEXTS = frozenset(
    {
        "text/plain",
        "text/html",
        "text/rtf",
        "application/rtf",
        "text/xml",
        "application/xml",
        "text/markdown",
        "text/csv",
    }
)
_BEGINNINGS = (
    (b"%PDF-", _PDF),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"{\\rtf", "text/rtf"),
    (b"<?xml", "application/xml"),
    (b"<ClinicalDocument", "application/xml"),
)
_SMALL, _LONGEST_TYPE = 64, 100
_ANY = "application/octet-stream"
_NOT_READ = "Nothing tells what kind of file this is, so it cannot be shown."
_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class DocumentView:
    """How an attachment can be shown.

    Attributes:
        kind: "pages" for PDF and pictures, "text" for everything reduced to text, "unknown" for what cannot be shown.
        pages: Number of pages of kind "pages".
        text: The whole text of kind "text".
        blocks: The same as headings, paragraphs, items and tables.
        problem: Why it cannot be shown, in one sentence; empty if it can.
    """

    kind: Literal["pages", "text", "unknown"]
    pages: int = 0
    text: str = ""
    blocks: tuple[Block, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Document:
    content_type: str
    data: bytes


def foreign(content_type: str) -> str:
    """Why a document of this type is only listed and kept, unless its first bytes say that it is of another type."""
    said = content_type.split(";", maxsplit=1)[0].strip().casefold()
    known = said in (_PDF, _ANY, *_RASTERS, *_TEXTS) or said.startswith("text/") or said.endswith("xml")
    return "" if known else f"Files of type {said[:_LONGEST_TYPE] or '(none)'} cannot be shown."


def describe(session: Session, case_id: CaseId, record_id: RecordId, index: int = 0) -> DocumentView:
    """How attachment `index` of a record can be shown; never raises for unreadable contents."""
    try:
        document = _document(session, case_id, record_id, index)
        if document.content_type == _PDF:
            return DocumentView("pages", session.workers.pdf_info(document.data))
        if document.content_type in _RASTERS:
            return DocumentView("pages", session.workers.raster(document.data, document.content_type, _SMALL).count)
        if document.content_type in _TEXTS:
            blocks = session.workers.blocks(document.data, document.content_type)
            return DocumentView("text", text=plain(blocks), blocks=blocks)
    except (Unreadable, NotFound) as error:
        return DocumentView("unknown", problem=error.message)
    return DocumentView("unknown", problem=foreign(document.content_type) or _NOT_READ)


def page(session: Session, case_id: CaseId, record_id: RecordId, index: int, page: int, width_px: int) -> Page:
    """Page `page` (from 0) of an attachment, rendered `width_px` wide, with its text layer.

    Raises:
        Unreadable: The document or this page cannot be read.
        NotFound: The attachment is not held.
    """
    document = _document(session, case_id, record_id, index)
    if document.content_type == _PDF:
        return session.workers.pdf_page(document.data, page, width_px)
    if document.content_type in _RASTERS:
        return session.workers.raster(document.data, document.content_type, width_px, page)
    raise Unreadable("This document has no pages.", "Open it as text.")


def words(
    session: Session, case_id: CaseId, record_id: RecordId, index: int, first: int, count: int = 1
) -> tuple[tuple[PlacedWord, ...], ...]:
    """Words of so many pages of an attachment from page `first` (from 0) on, with their places; none of pictures.

    Raises:
        Unreadable: The document cannot be read.
        NotFound: The attachment is not held.
    """
    document = _document(session, case_id, record_id, index)
    if document.content_type != _PDF:
        return ((),) * count
    return session.workers.pdf_words(document.data, first, count)


def _document(session: Session, case_id: CaseId, record_id: RecordId, index: int) -> _Document:
    """The attachment, or what it wraps, with the type its first bytes say."""
    record = session.vault.records.get(case_id, record_id)
    if record_id in blind.withheld(session, case_id):
        raise NotFound(FIRST_KEPT_BACK, "Save your provisional diagnosis, then look.")
    if not 0 <= index < len(record.attachments):
        raise NotFound("This record has no such attachment.", "Look at the record again.")
    attachment = record.attachments[index]
    if attachment.held is None:
        raise NotFound(attachment.problem or "This document has not arrived yet.", "Sync to fetch it.")
    data = session.vault.records.content(case_id, record_id, index)
    content_type = _kind(data, attachment.content_type)
    if content_type.endswith("/xml"):
        inner, content = session.workers.embedded(data)
        if content:
            return _Document(_kind(content, inner), content)
    return _Document(content_type, data)


def _kind(data: bytes, said: str) -> str:
    start = data[:_SMALL].removeprefix(b"\xef\xbb\xbf").lstrip()
    said = said.split(";", maxsplit=1)[0].strip().casefold()
    if said in _HTML and start.startswith(b"<"):  # XHTML may begin as any XML does
        return "text/html"
    for beginning, content_type in _BEGINNINGS:
        if start.startswith(beginning):
            return content_type
    return "text/plain" if said.startswith("text/") and said not in _TEXTS else said
