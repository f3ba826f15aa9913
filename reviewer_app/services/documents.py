"""Attachments of records as something to look at: pages, or readable text.

All parsing happens in the worker; this module says which reader a document needs and keeps none of its contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.record import Page

if TYPE_CHECKING:
    from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class DocumentView:
    """How an attachment can be shown.

    Attributes:
        kind: "pages" for PDF and pictures, "text" for everything reduced to text, "unknown" for what cannot be shown.
        pages: Number of pages of kind "pages".
        text: The whole text of kind "text".
        problem: Why it cannot be shown, in one sentence; empty if it can.
    """

    kind: Literal["pages", "text", "unknown"]
    pages: int = 0
    text: str = ""
    problem: str = ""


def describe(session: Session, case_id: CaseId, record_id: RecordId, index: int = 0) -> DocumentView:
    """How attachment `index` of a record can be shown; never raises for unreadable contents."""
    raise NotImplementedError


def page(session: Session, case_id: CaseId, record_id: RecordId, index: int, page: int, width_px: int) -> Page:
    """Page `page` (from 0) of an attachment, rendered `width_px` wide, with its text layer.

    Raises:
        Unreadable: The document or this page cannot be read.
        NotFound: The attachment is not held.
    """
    raise NotImplementedError
