"""What is written beside marks and in their list."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import SUV, Measurement, Quantity, Shape
from reviewer_app.domain.opinion import Citation
from reviewer_app.ui.viewer.marks_state import MarkRow

_SHORT = {"Standard deviation": "SD", "Minimum": "min", "Maximum": "max", "Mean": "mean", "Median": "median"}
_BASES = {
    SpacingBasis.PATIENT: "pixel spacing",
    SpacingBasis.UNKNOWN: "no spacing known",
}


def basis(measurement: Measurement) -> str:
    """What its lengths rest on; empty where it has none."""
    if measurement.span is not None:
        return f"reformatted from {measurement.span.slices}"
    return _BASES.get(measurement.basis, measurement.basis.value) if measurement.lengthy else ""


def label(measurement: Measurement, *, brief: bool = False) -> tuple[str, ...]:
    """The lines beside a mark: values, basis, problem, words.

    Args:
        brief: Of statistics the mean only, and no basis where millimetres are plainly those of the patient.
    """
    if measurement.shape.worded:
        return (measurement.text,) if measurement.text else ()
    geometry = [value for value in measurement.values if value.name not in _SHORT and value.name != "Pixels"]
    grey = [value for name in _SHORT if (value := measurement.value(name)) is not None]
    spread = measurement.value("Standard deviation")
    lines = [measurement.text]
    lines += [_first(value.name, value.shown) for value in geometry]
    if grey and spread is not None:
        suv = "SUV " if spread.unit == SUV else ""
        ends = " to ".join(_end(value) for value in grey if value.name in ("Minimum", "Maximum"))
        wanted = ("Mean",) if brief else ("Mean", "Median")
        middle = ", ".join(f"{_SHORT[value.name]} {value.shown}" for value in grey if value.name in wanted)
        lines += [suv + middle] if brief else [suv + middle, f"SD {spread.shown}, {ends}"]
    plain = brief and measurement.basis is SpacingBasis.PATIENT
    lines += ["" if plain else basis(measurement), measurement.problem]
    return tuple(line for line in lines if line)


def _end(value: Quantity) -> str:
    return f"{value.value:.2f}" if value.unit == SUV else f"{value.value:g}"


def _first(name: str, shown: str) -> str:
    return shown if name in ("Length", "Angle", "Value", "Area") else f"{name.lower()} {shown}"


def name(shape: Shape, text: str) -> str:
    """What it is called in the list."""
    return f"{shape.shown}: {text}" if text and not shape.worded else shape.shown


def row(measurement: Measurement, citations: Sequence[Citation], *, selected: bool) -> MarkRow:
    """A measurement in the list."""
    return MarkRow(
        measurement.id,
        name(measurement.shape, measurement.text),
        measurement.shown,
        basis(measurement),
        measurement.where,
        cited_in(measurement, citations),
        selected,
    )


def cited_in(measurement: Measurement, citations: Sequence[Citation]) -> str:
    """Numbers of the citations that show a measurement."""
    numbers = [
        str(number)
        for number, citation in enumerate(citations, start=1)
        if citation.image is not None and measurement.id in citation.image.marks
    ]
    return ", ".join(numbers)
