"""Laboratory results and vital signs of a case as trends, as received or in one system of units."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.joining import sheet as join
from reviewer_app.domain.lab import Trend
from reviewer_app.domain.lab import trends as group
from reviewer_app.services import analytes
from reviewer_app.services.session import Session


def sheet(session: Session, case_id: CaseId, system: System = System.RECEIVED) -> Sheet:
    """Every analyte of a case, joined by LOINC code or exact name, in the units asked for."""
    return join(session.vault.results.all(case_id), analytes.catalogue(), system, analytes.scale)


def trends(session: Session, case_id: CaseId) -> tuple[Trend, ...]:
    """Every code of a case with its results as received, as the letter prints them."""
    return group(session.vault.results.all(case_id))


def panels() -> tuple[str, ...]:
    """Groups of analytes in the order of a laboratory sheet."""
    return analytes.catalogue().panels


def system(session: Session) -> System:
    """The units this profile shows results in."""
    kept = session.settings.text("lab_units")
    return next((one for one in System if one.value == kept), System.RECEIVED)


def choose_system(session: Session, chosen: System) -> None:
    """Show results in other units from now on.

    Raises:
        DiskFull: The preference could not be kept.
    """
    session.settings.set("lab_units", chosen.value)


def versions(session: Session, case_id: CaseId) -> dict[RecordId, str]:
    """meta.versionId of every record, which a citation of a result keeps."""
    return session.vault.records.versions(case_id)


def opened(session: Session, case_id: CaseId, keys: Iterable[str]) -> None:
    """Remember that the specialist looked at trends."""
    with session.vault.transaction():
        for key in keys:
            session.vault.views.viewed(case_id, f"trend:{key}", now())
