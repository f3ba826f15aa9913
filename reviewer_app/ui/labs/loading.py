"""What the laboratory pane needs of a case, read and prepared on the vault lane; drawing is the view's matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.domain.analyte import System
from reviewer_app.domain.briefs import FirstLook
from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.jobs import Job
from reviewer_app.services import analytes, labs
from reviewer_app.ui.labs import growth, panels, reading, reports
from reviewer_app.ui.labs.growth import Child
from reviewer_app.ui.labs.state import AnalyteRow, Lane, PointId

if TYPE_CHECKING:
    from reviewer_app.services.session import Session


@dataclass(frozen=True, slots=True)
class Loaded:
    """Results of a case, and what stands around them.

    Attributes:
        sheet: Every analyte; where it is not `whole`, the first of the list only.
        versions: Of the records behind the sheet.
        rows: The list, always of every analyte.
        span: From the first result to the last, in seconds since 1970 UTC.
        places: The trend and the result of every point in the sheet, also of those withdrawn.
        left_out: How many results could not be read.
        child: Who is compared with growth curves; None where nobody is.
    """

    sheet: Sheet
    versions: dict[RecordId, str]
    rows: tuple[AnalyteRow, ...]
    span: tuple[float, float]
    places: dict[PointId, tuple[Trend, Result]]
    lanes: tuple[Lane, ...]
    left_out: int
    child: Child | None
    whole: bool = True


def load_first(session: Session, case: Case, system: System, job: Job) -> Loaded:
    """Read what is looked at first of a case; all of it where that is not known."""
    first = labs.first_look(session, case.id, system)
    if first is None:
        return load(session, case, system, job)
    return _around(
        session, case, first, first.sheet, dict(first.versions), whole=len(first.briefs) == len(first.trends)
    )


def load(session: Session, case: Case, system: System, job: Job) -> Loaded:
    """Read results, medications and imaging of a case in the units wanted."""
    found = labs.read(session, case.id, system)
    job.check()
    return _around(session, case, found.first, found.sheet, found.versions, whole=True)


def _around(
    session: Session, case: Case, first: FirstLook, sheet: Sheet, versions: dict[RecordId, str], *, whole: bool
) -> Loaded:
    rows = (*reading.analyte_rows(first.briefs), *reports.rows(sheet.reports))
    trends = (*(one.trend for one in sheet.reports), *sheet.trends)
    places = {reading.point_id(r): (trend, r) for trend in trends for r in (*trend.retracted, *trend.results)}
    records, studies = labs.surroundings(session, case.id)
    lanes = list(panels.medication_lanes(records, first.span))
    imaging = panels.imaging_lane(studies, records)
    lanes += [imaging] if imaging.marks else []
    child = growth.child(case.patient, first.span[0], analytes.growth_charts, analytes.catalogue)
    return Loaded(sheet, versions, rows, first.span, places, tuple(lanes), first.left_out, child, whole)
