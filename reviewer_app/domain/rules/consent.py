"""C rules: the right patient, consent and lease, independence, licence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reviewer_app.domain.rules.findings import Desk, Finding, Rule


def same_patient(desk: Desk) -> Iterator[Finding]:
    """C1: the patient of the case is the patient of every cited record and image."""
    known = {record.id for record in desk.records if not record.unreadable}
    mismatched = {series.uid for study in desk.studies for series in study.series if series.mismatch}
    for citation in desk.opinion.citations:
        cited = citation.record or citation.result
        if cited is not None and cited.record not in known and cited.record not in desk.results:
            yield desk.block(
                "C1", f"Remove the citation “{citation.label}”: it is not a record of this case.", citation.anchor
            )
        if citation.image is not None and citation.image.series in mismatched:
            yield desk.block(
                "C1",
                f"Remove the citation “{citation.label}”: the image is not shown to be this patient's.",
                citation.anchor,
            )


def consent(desk: Desk) -> Iterator[Finding]:
    """C2: consent is active and the last contact lies within the lease."""
    if desk.case.consent is None:
        yield desk.block("C2", "No consent came with the case: ask the case manager to add it, then sync.", "sync")
    elif problem := desk.case.consent.problem(desk.now):
        yield desk.block("C2", f"The opinion cannot be signed: {problem}. Ask the case manager, then sync.", "sync")
    if desk.contact is None or desk.now - desk.contact > timedelta(days=desk.lease_days):
        yield desk.block(
            "C2", f"Sync before signing: the last contact is more than {desk.lease_days} days ago.", "sync"
        )


def independence(desk: Desk) -> Iterator[Finding]:
    """C3: independence and conflict of interest were attested."""
    if desk.attestation is None or not desk.attestation.complete:
        yield desk.block("C3", "Confirm independence, competence and time by accepting the case.", "decision")


def licence(desk: Desk) -> Iterator[Finding]:
    """C4: the author is named and the licence is valid on the day of signing."""
    author = desk.author
    if not author.name or not author.licence:
        yield desk.block("C4", "Enter your name and licence in the profile.", "profile")
    elif author.licence_ends and author.licence_ends.day < desk.now.date().isoformat():
        yield desk.block(
            "C4", f"The licence ended on {author.licence_ends.shown}: enter the renewed one in the profile.", "profile"
        )


RULES: tuple[Rule, ...] = (same_patient, consent, independence, licence)
