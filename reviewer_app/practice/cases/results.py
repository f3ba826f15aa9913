"""Laboratory results and vital signs from tables of the story: one row a test, one column a day."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from reviewer_app.practice.cases.chart import HL7, LOINC, Chart, Resource, concept, hl7, quantity, to

_NAMES = {"H": "High", "L": "Low", "N": "Normal", "HH": "Critical high", "LL": "Critical low"}


def write_labs(chart: Chart, table: str, laboratory: str) -> int:
    """Put an Observation down for every filled cell.

    Args:
        table: CSV with the columns test, loinc, unit, ucum, low, high and then days from today such as -365;
            a cell is a number as the laboratory prints it, or one with a comparator such as `<0.5`.

    Returns:
        How many were written.
    """
    rows = list(csv.reader(io.StringIO(table)))
    days = [int(day) for day in rows[0][6:]]
    written = 0
    for column, day in enumerate(days):
        for row in rows[1:]:
            cell = row[6 + column].strip() if len(row) > 6 + column else ""
            if cell:
                _write(chart, row[:6], cell, day, laboratory)
                written += 1
    return written


def _write(chart: Chart, test: Sequence[str], cell: str, day: int, laboratory: str) -> None:
    name, loinc, unit, ucum, low, high = test
    comparator = cell[0] if cell[0] in "<>" else ""
    value = float(cell.lstrip("<>"))
    measured = quantity(int(value) if value.is_integer() and "." not in cell else value, unit, ucum)
    if comparator:
        measured["comparator"] = comparator
    taken = chart.days.at(day, "07:40")
    body: Resource = {
        "status": "final",
        "category": [hl7("observation-category", "laboratory", "Laboratory")],
        "code": concept(name, (LOINC, loinc)),
        "subject": to(chart.patient),
        "effectiveDateTime": taken,
        "issued": chart.days.at(day, "11:05"),
        "performer": [to(laboratory)],
        "valueQuantity": measured,
    }
    limits = {side: quantity(float(text), unit, ucum) for side, text in (("low", low), ("high", high)) if text}
    if limits:
        body["referenceRange"] = [limits]
        flag = _flag(value, low, high)
        body["interpretation"] = [hl7("v3-ObservationInterpretation", flag, _NAMES[flag])]
    chart.add("Observation", body)


def _flag(value: float, low: str, high: str) -> str:
    if high and value > float(high):
        return "H"
    if low and value < float(low):
        return "L"
    return "N"


def write_vitals(
    chart: Chart, days: Sequence[int], rows: Sequence[tuple[int, int, int, float, int]], height: int
) -> None:
    """Blood pressure, pulse, weight, height and oxygen saturation of some days.

    Args:
        rows: (systolic, diastolic, pulse, weight in kg, saturation in %), one for each day.
    """
    for day, (systolic, diastolic, pulse, weight, saturation) in zip(days, rows, strict=True):
        _vital(chart, day, "Heart rate", "8867-4", quantity(pulse, "/min", "/min"))
        _vital(chart, day, "Body weight", "29463-7", quantity(weight, "kg", "kg"))
        _vital(chart, day, "Oxygen saturation", "59408-5", quantity(saturation, "%", "%"))
        _vital(
            chart, day, "Body mass index", "39156-5", quantity(round(weight / (height / 100) ** 2, 1), "kg/m2", "kg/m2")
        )
        pressure = _vital(chart, day, "Blood pressure", "85354-9", None)
        pressure["component"] = [
            {
                "code": concept("Systolic blood pressure", (LOINC, "8480-6")),
                "valueQuantity": quantity(systolic, "mmHg", "mm[Hg]"),
            },
            {
                "code": concept("Diastolic blood pressure", (LOINC, "8462-4")),
                "valueQuantity": quantity(diastolic, "mmHg", "mm[Hg]"),
            },
        ]
    _vital(chart, days[0], "Body height", "8302-2", quantity(height, "cm", "cm"))


def _vital(chart: Chart, day: int, name: str, loinc: str, value: Resource | None) -> Resource:
    body: Resource = {
        "status": "final",
        "category": [
            {"coding": [{"system": f"{HL7}/observation-category", "code": "vital-signs", "display": "Vital Signs"}]}
        ],
        "code": concept(name, (LOINC, loinc)),
        "subject": to(chart.patient),
        "effectiveDateTime": chart.days.at(day, "08:45"),
    }
    if value is not None:
        body["valueQuantity"] = value
    chart.add("Observation", body)
    return chart.resources[-1]
