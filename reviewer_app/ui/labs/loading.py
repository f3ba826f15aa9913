"""What the laboratory pane needs of a case, read and prepared on the vault lane; drawing is the view's matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.domain.analyte import System
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
    """All results of a case, and what stands around them.

    Attributes:
        span: From the first result to the last, in seconds since 1970 UTC.
        places: The trend and the result of every point, also of those withdrawn.
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


def load(session: Session, case: Case, system: System, job: Job) -> Loaded:
    """Read results, medications and imaging of a case in the units wanted."""
    sheet = labs.sheet(session, case.id, system)
    job.check()
    rows = (*reading.analyte_rows(sheet, labs.panels()), *reports.rows(sheet.reports))
    trends = (*(one.trend for one in sheet.reports), *sheet.trends)
    places = {reading.point_id(r): (trend, r) for trend in trends for r in (*trend.retracted, *trend.results)}
    span = reading.case_span(sheet.trends)
    records, studies = labs.surroundings(session, case.id)
    lanes = list(panels.medication_lanes(records, span))
    imaging = panels.imaging_lane(studies, records)
    lanes += [imaging] if imaging.marks else []
    missing = len(labs.left_out(session, case.id))
    child = growth.child(case.patient, span[0], analytes.growth_charts, analytes.catalogue())
    return Loaded(sheet, labs.versions(session, case.id), rows, span, places, tuple(lanes), missing, child)
