"""E and D rules: conclusions cite what was seen, and what was cited is here and was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reviewer_app.domain.opinion import Section, answer_anchor, section_anchor
from reviewer_app.domain.parts import doubted
from reviewer_app.domain.record import RecordClass
from reviewer_app.domain.rules.findings import Desk, Finding, Rule

_OLD = timedelta(days=92)
READ_ONE_BY_ONE = frozenset({RecordClass.DOCUMENT, RecordClass.REPORT})
"""Classes whose records count as read only when each was opened."""


def cited(desk: Desk) -> Iterator[Finding]:
    """E1: each diagnosis, answer and option cites at least one item."""
    opinion = desk.opinion
    places = []
    if opinion.text(Section.DIAGNOSIS).strip():
        places.append((section_anchor(Section.DIAGNOSIS), "the diagnosis"))
    places += [
        (answer_anchor(question.id), f"the answer to question {question.number}")
        for question in opinion.questions
        if opinion.answer(question.id).text.strip()
    ]
    places += [
        (f"option:{option.id}", f"the option “{option.name}”") for option in opinion.options if option.name.strip()
    ]
    for anchor, words in places:
        if not opinion.cited_at(anchor):
            yield desk.block("E1", f"Cite at least one record, result, image or reference for {words}.", anchor)


def opened(desk: Desk) -> Iterator[Finding]:
    """E2: every document and report was opened, or moved to "not reviewed" by hand."""
    moved = {edit.record for edit in desk.opinion.record_edits if not edit.reviewed}
    unopened = [
        record
        for record in desk.records
        if record.record_class in READ_ONE_BY_ONE
        and not record.retracted
        and f"record:{record.id}" not in desk.viewed
        and record.id not in moved
    ]
    if unopened:
        many = f"{len(unopened)} documents or reports were" if len(unopened) > 1 else "One document or report was"
        yield desk.warn("E2", f"{many} never opened: open them, or they are listed as not reviewed.", "records")


def listed(desk: Desk) -> Iterator[Finding]:
    """E3: the list of records comes from what was opened; every edit of it names its record and its reason."""
    for edit in desk.opinion.record_edits:
        anchor = f"record:{edit.id}"
        if not edit.record.strip():
            yield desk.block(
                "E3", "Name the record whose place in the list you changed, or take the edit away.", anchor
            )
        elif not edit.why.strip():
            yield desk.block("E3", "Say why the list of records differs from what was opened here.", anchor)


def viewed(desk: Desk) -> Iterator[Finding]:
    """E4: each cited image was looked at by the author."""
    for citation in desk.opinion.citations:
        image = citation.image
        if image is not None and f"series:{image.series}" not in desk.viewed and image.personally_viewed:
            yield desk.block("E4", f"Open the images of “{citation.label}” before signing.", citation.anchor)


def complete(desk: Desk) -> Iterator[Finding]:
    """E5: cited studies are complete on this machine, or a reason is given."""
    studies = {citation.image.study for citation in desk.opinion.citations if citation.image}
    held = sum(series.held for study in desk.studies if study.uid in studies for series in study.series)
    listed = sum(series.expected for study in desk.studies if study.uid in studies for series in study.series)
    if held < listed and not desk.opinion.incomplete_studies_reason.strip():
        yield desk.block(
            "E5",
            f"A cited study is incomplete here ({held} of {listed} images): sync, or say why it suffices.",
            "incomplete-studies",
        )


def recent(desk: Desk) -> Iterator[Finding]:
    """E6: the newest key record is not older than three months."""
    keys = (RecordClass.DOCUMENT, RecordClass.REPORT, RecordClass.IMAGING)
    dated = [record.when.instant for record in desk.records if record.record_class in keys and record.when.instant]
    if dated and desk.now - max(dated) > _OLD:
        yield desk.warn("E6", f"The newest document or report is of {max(dated).date().isoformat()}.", "records")


def differential(desk: Desk) -> Iterator[Finding]:
    """D1: two candidates with evidence for and against, where the diagnosis is in doubt."""
    rows = [row for row in desk.opinion.differential if row.diagnosis and row.evidence_for and row.evidence_against]
    if doubted(desk.case, desk.opinion) and len(rows) < 2:  # noqa: PLR2004 - a differential needs two
        yield desk.block("D1", "Weigh two diagnoses, each with evidence for and against.", "differential")


RULES: tuple[Rule, ...] = (cited, opened, listed, viewed, complete, recent, differential)
