"""What the palette finds inside the open case: its records and its series."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.imaging import with_modality
from reviewer_app.domain.patient import clean
from reviewer_app.services import records
from reviewer_app.services.session import Session
from reviewer_app.ui.shell.palette import Entry


def entries_of_case(session: Session, case_id: CaseId, follow: Callable[[str], object]) -> list[Entry]:
    """Every record and series of a case; choosing one follows its link. Reads the vault, so it runs on a lane."""
    from reviewer_app.services import images  # brings numpy, for which the worklist need not wait

    found = [
        Entry(
            "Record",
            clean(record.title),
            f"{record.record_class.shown}  {record.when.shown}",
            partial(follow, f"record:{record.id}"),
        )
        for record in records.listing(session, case_id)
    ]
    for study in images.studies(session, case_id):
        found.extend(
            Entry(
                "Series",
                clean(with_modality((series.modality,), series.description or series.body_part or "series")),
                f"{clean(study.description)}  {study.date}",
                partial(follow, f"series:{series.uid}"),
            )
            for series in study.series
        )
    return found
