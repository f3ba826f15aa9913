"""A child's growth beside that of other children: curves behind the trend, and the percentile of a value.

Pure functions without Qt.  Where sex or birth date are not known, or the age is beyond the tables, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewer_app.domain.analyte import Catalogue
from reviewer_app.domain.growth import OUTER, SOURCE, Chart, Charts
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Result
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.placing import moment, number_of, padded
from reviewer_app.ui.labs.panels import scaled
from reviewer_app.ui.labs.state import Panel, Scaling

_DAY = 86400.0
_GROWN_UP = 20 * 365.25 * _DAY
_STEPS = 40
_WHOLE_DATE = len("2026-11-22")
_MEASURES = ("weight", "height", "head", "bmi")


@dataclass(frozen=True, slots=True)
class Child:
    """Whose growth it is, and what it is compared with."""

    sex: str
    born: float
    charts: Charts
    catalogue: Catalogue

    def chart(self, result: Result, sheet: Sheet) -> Chart | None:
        """The curves for a result; None where it is no measure of growth, or stands in a unit of its own."""
        analyte = self.catalogue.by_code.get(result.loinc) or self.catalogue.named(result)
        if analyte is None or analyte.id not in _MEASURES or self.catalogue.torn(result):
            return None
        other = sheet.other(result)
        value = other.value if other else result.value
        if value is None or value.comparator or self.catalogue.ucum(value) != analyte.si:
            return None
        return self.charts.get((analyte.id, self.sex))


def child(
    patient: Patient, since: float, charts: Callable[[], Charts], catalogue: Callable[[], Catalogue]
) -> Child | None:
    """Who is compared; None where sex or birth date are not known, and for who was grown up at the first result.

    Args:
        since: Time of the first result, in seconds since 1970 UTC.
        charts: Read for children only, as is `catalogue`.
    """
    born = patient.birth_date.instant
    if born is None or len(patient.birth_date.text) < _WHOLE_DATE or patient.sex not in ("female", "male"):
        return None
    if since - born.timestamp() > _GROWN_UP:
        return None
    return Child(patient.sex, born.timestamp(), charts(), catalogue())


def with_curves(panel: Panel, results: tuple[Result, ...], sheet: Sheet, whose: Child | None) -> Panel:
    """The panel with the 3rd, 50th and 97th percentile behind its line, where the values are a child's growth."""
    chart = next((found for one in results if whose and (found := whose.chart(one, sheet)) is not None), None)
    if whose is None or chart is None or not panel.dots or panel.scaling is Scaling.CHANGE:
        return panel
    first, last = max(panel.dots[0].x - 30 * _DAY, whose.born), panel.dots[-1].x + 30 * _DAY
    curves = []
    for z in (-OUTER, 0.0, OUTER):
        places = []
        for step in range(_STEPS + 1):
            x = first + (last - first) * step / _STEPS
            expected = chart.value((x - whose.born) / _DAY, z)
            y = None if expected is None else scaled(expected, panel.scaling, 0.0)
            if y is not None:
                places.append((x, y))
        curves.append(tuple(places))
    ys = [*(y for curve in curves for _, y in curve), *(dot.y for dot in panel.dots)]
    if not any(curves):
        return panel
    remark = "WHO percentiles 3, 50, 97"
    return replace(panel, curves=tuple(curves), span=padded(min(ys), max(ys)), remarks=(remark, *panel.remarks))


def percentile(result: Result, sheet: Sheet, whose: Child | None) -> str:
    """`   percentile 34 for age (WHO ...; not corrected for prematurity)`, or nothing."""
    chart = whose.chart(result, sheet) if whose else None
    at, number = moment(result), number_of(result, sheet)
    if whose is None or chart is None or at is None or number is None:
        return ""
    said = chart.percentile((at - whose.born) / _DAY, number)
    return f"   {said} for age ({SOURCE}; not corrected for prematurity)" if said else ""
