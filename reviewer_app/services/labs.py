"""Laboratory results and vital signs of a case as trends, as received or in one system of units."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from io import StringIO
from pathlib import Path

from reviewer_app.domain.analyte import System
from reviewer_app.domain.briefs import FirstLook
from reviewer_app.domain.briefs import first_look as looked_at_first
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.joining import Sheet, key_of
from reviewer_app.domain.joining import sheet as join
from reviewer_app.domain.lab import Result
from reviewer_app.domain.lab_reports import DISCIPLINES, is_of_discipline, reports
from reviewer_app.domain.record import Record
from reviewer_app.errors import DiskFull, ReviewerError
from reviewer_app.services import analytes
from reviewer_app.services.session import Session

_RULES = {
    "resources.labs": ("analytes.csv", "written_units.csv", "scales.csv"),
    "reviewer_app.domain": ("analyte.py", "briefs.py", "joining.py", "lab.py", "lab_reports.py", "placing.py"),
    "reviewer_app.services": ("analytes.py", "labs.py", "units.py"),
}
"""What decides how results are joined and put in brief: a first look kept under other rules is made anew."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """All results of a case in some units.

    Attributes:
        versions: meta.versionId of every record, which a citation of a result keeps.
    """

    sheet: Sheet
    first: FirstLook
    versions: dict[RecordId, str]


def read(session: Session, case_id: CaseId, system: System) -> Laboratory:
    """Every result of a case; what is looked at first is kept for `first_look`."""
    vault = session.vault
    changes = vault.results.changes(case_id)
    made, versions = sheet(session, case_id, system), vault.records.versions(case_id)
    first = looked_at_first(made, panels(), len(left_out(session, case_id)), versions)
    if not vault.read_only and first_look(session, case_id, system) != first:
        with suppress(ReviewerError):  # a full disk must not keep anybody from reading
            vault.results.keep_first_look(case_id, _stamp(system), changes, first)
    return Laboratory(made, first, versions)


def first_look(session: Session, case_id: CaseId, system: System) -> FirstLook | None:
    """What is looked at first of the results as they are now, without reading them; None where it is not known."""
    return session.vault.results.first_look(case_id, _stamp(system))


def prepare(session: Session, case_id: CaseId) -> None:
    """Let the next opening of a case know what is looked at first, in the units this profile shows."""
    shown = system(session)
    with suppress(ReviewerError):  # whoever opens the case is told
        if not session.vault.results.has_first_look(case_id, _stamp(shown)):
            read(session, case_id, shown)


def _stamp(system: System) -> str:
    return f"{system.value} {_edition()}"


@cache
def _edition() -> str:
    """What a first look rests on besides the results."""
    every = [files(package) / name for package, names in _RULES.items() for name in names]
    return sha256(b"\0".join(one.read_bytes() for one in every)).hexdigest()


def sheet(session: Session, case_id: CaseId, system: System = System.RECEIVED) -> Sheet:
    """Every analyte of a case, joined by LOINC code or exact name, in the units asked for, and its reports."""
    held, results = session.vault.records, session.vault.results.all(case_id)
    papers = [one for one in held.of_types(case_id, "DiagnosticReport") if is_of_discipline(one)]
    findings = {result.record for result in results if result.category in DISCIPLINES}
    panels = (*held.without_results(case_id, "Observation"), *held.of(case_id, findings)) if papers or findings else ()
    found, drawn = reports(results, papers, panels)
    return replace(join(drawn, analytes.catalogue(), system, analytes.scale), reports=found)


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


def opened(session: Session, case_id: CaseId, keys: Iterable[str]) -> None:
    """Remember that the specialist looked at trends."""
    with session.vault.transaction():
        for key in keys:
            session.vault.views.viewed(case_id, f"trend:{key}", now())


_MEDICATIONS = ("MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement")


def surroundings(session: Session, case_id: CaseId) -> tuple[tuple[Record, ...], tuple[Study, ...]]:
    """What is shown below the trends on the same time axis: medications and imaging."""
    records = session.vault.records.of_types(case_id, *_MEDICATIONS, "ImagingStudy")
    return records, session.vault.images.studies(case_id)


def left_out(session: Session, case_id: CaseId) -> tuple[Record, ...]:
    """Results that came with the case and are in no trend: they cannot be understood, or name another patient."""
    return tuple(one for one in session.vault.records.without_results(case_id, "Observation") if one.unreadable)


_COLUMNS = (
    "analyte", "code", "date", "comparator", "value", "unit", "range", "flag", "status", "laboratory", "note",
    "converted", "converted unit", "how", "meaning", "check", "record",
)  # fmt: skip


def export(session: Session, case_id: CaseId, path: Path, shown: Sheet) -> int:
    """Write every result as a row of a CSV file, which is not encrypted; the audit keeps that it was done.

    Returns:
        How many results were written.

    Raises:
        DiskFull: The file could not be written.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    named = [(report.title, finding.result) for report in shown.reports for finding in report.findings]
    named += [(trend.name, one) for trend in shown.trends for one in (*trend.results, *trend.retracted)]
    doubts = {key_of(one): doubt.words for trend in shown.trends for doubt in trend.doubts for one in doubt.results}
    rows = {  # what is in both is written once
        key_of(result): _cells(name, result, shown, doubts.get(key_of(result), "")) for name, result in named
    }
    writer.writerows(rows.values())
    session.vault.audit.append("exported", case_id, "labs")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            file.write(text.getvalue())
    except OSError as error:
        raise DiskFull("The file could not be written.", "Choose another folder, or free some space.") from error
    return len(rows)


def _cells(name: str, result: Result, shown: Sheet, doubt: str) -> list[str]:
    value, other = result.value, shown.other(result)
    converted = other.value.text if other else ""
    numbers = ("", converted, value.text if value and value.number is not None else "")
    words = value.text if value else result.absent
    cells = (
        name, result.key, result.when.text, value.comparator if value else "", words, value.unit if value else "",
        "; ".join(one.shown for one in result.ranges), result.judged.value, result.status, result.performer,
        result.note, converted, other.value.unit if other else "", other.how if other else "", result.meaning, doubt,
        result.record,
    )  # fmt: skip
    return [cell if cell in numbers else _inert(cell) for cell in cells]


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
