"""Whether a citation leads somewhere: the place in the opinion where it stands, and the place in the record it names.

That what is cited belongs to the case is made sure in `opinions`.
"""

from __future__ import annotations

import math

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion, Section, answer_anchor, section_anchor
from reviewer_app.domain.places import ImagePlace, RecordPlace
from reviewer_app.domain.rows import TABLES, rows_of
from reviewer_app.errors import BadInput
from reviewer_app.services.session import Session

_ALONE = ("in-person", "call")
"""Parts of the letter that are one place."""
_LISTED = frozenset({"record"})
"""Rows that name records themselves and take no citations."""


def anchors(opinion: Opinion) -> tuple[str, ...]:
    """Every place of an opinion that takes a citation, in the order of the letter."""
    rows = [f"{family}:{row.id}" for family in TABLES if family not in _LISTED for row in rows_of(opinion, family)]
    return (
        *(section_anchor(section) for section in Section),
        *(answer_anchor(question.id) for question in opinion.questions),
        *rows,
        *_ALONE,
    )


def require_anchor(opinion: Opinion, anchor: str) -> None:
    """Make sure that a citation stands at a place that the letter prints.

    Raises:
        BadInput: The opinion has no such section, question or row; the advice names what it has.
    """
    possible = anchors(opinion)
    if anchor not in possible:
        raise BadInput(f"The opinion has no place “{anchor}”.", f"Places are: {', '.join(possible)}.")


def require_page(session: Session, case_id: CaseId, place: RecordPlace) -> None:
    """Make sure that a cited page is one of a document on this machine; page 0 is the record as a whole.

    Raises:
        BadInput: It is not; the advice says which pages there are.
    """
    if place.page == 0:
        return
    from reviewer_app.services import documents

    view = documents.describe(session, case_id, place.record, place.attachment)
    if view.kind == "unknown":
        raise BadInput(
            f"No page of this record can be cited: {view.problem.rstrip('.')}.", "Cite the record as a whole: page 0."
        )
    last = view.pages if view.kind == "pages" else 1
    if not 1 <= place.page <= last:
        has = f"Its pages are 1 to {last}" if last > 1 else "It has one page"
        raise BadInput(f"The document has no page {place.page}.", f"{has}; 0 cites the record as a whole.")


def require_window(place: ImagePlace) -> None:
    """Make sure that a picture can be drawn with the window it is cited with.

    Raises:
        BadInput: Centre or width is no finite number, or the width is not above zero.
    """
    if place.window is not None and not (all(map(math.isfinite, place.window)) and place.window[1] > 0):
        raise BadInput("A window has a finite centre and a width above zero.", "Write it as 40,400.")
