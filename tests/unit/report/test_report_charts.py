"""Charts draw what the laboratory sent: nothing retracted, nothing in another unit, ticks that mean what they say."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app import report
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.lab import ReferenceRange, Value, trends
from reviewer_app.report.axes import number_label, number_ticks, time_ticks
from reviewer_app.report.chart import _bounds, _drawable
from reviewer_app.report.letter import LabChart
from tests.printed import pages_of

DAY = datetime(2026, 11, 22, tzinfo=UTC)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_number_ticks_lie_within_the_axis_evenly_and_are_told_apart(low, span):
    ticks = number_ticks(low, low + span)
    labels = [number_label(value, ticks) for value in ticks]
    assert all(low - span * 1e-6 <= value <= low + span * (1 + 1e-6) for value in ticks)
    assert len(set(labels)) == len(labels)
    assert all(
        math.isclose(float(label), value, rel_tol=1e-9, abs_tol=span * 1e-6)
        for label, value in zip(labels, ticks, strict=True)
    )


@given(st.integers(0, 365 * 60), st.integers(1, 365 * 40))
def test_time_ticks_lie_within_the_axis_in_order_and_are_not_too_many(start, length):
    first = datetime.fromordinal(DAY.toordinal() - start).replace(tzinfo=UTC)
    last = datetime.fromordinal(first.toordinal() + length).replace(tzinfo=UTC)
    ticks = [moment for moment, _ in time_ticks(first, last)]
    assert ticks == sorted(ticks)
    assert all(first <= moment <= last for moment in ticks)
    assert len(ticks) <= 9


def test_a_retracted_value_is_not_drawn(results):
    changed = (replace(results[0], status="entered-in-error"), *results[1:])
    (line,) = trends(changed)[0].lines
    assert len(_drawable(line)) == len(results) - 1


def test_a_range_in_another_unit_is_not_shaded(results):
    assert _bounds(results[0]) == (None, 4.0)
    assert _bounds(replace(results[0], ranges=(ReferenceRange("1", "4", "ug/L"),))) == (None, None)


@pytest.mark.parametrize(
    "days",
    [
        ("2026-11-22",) * 3,
        ("2026", "2026-11", "2026-11-22"),
        ("", "2026-11-22", "x"),
        ("0001-01-01", "9999-12-31", "2026-11-22"),
    ],
)
def test_any_dates_can_be_drawn(letter, results, days):
    some = [replace(result, when=PartialDate(day)) for result, day in zip(results, days, strict=False)]
    chart = LabChart(trends(some)[0], ((some[0], (1,)),))
    assert report.build(replace(letter, charts=(chart,)))


@pytest.mark.parametrize("texts", [("0", "0", "0"), ("1E+30", "-5", "0.000001"), ("5", "5", "5"), ("1e400", "5", "6")])
def test_any_numbers_can_be_drawn(letter, results, texts):
    some = [replace(r, value=Value(text, numeric=True, unit="x")) for r, text in zip(results, texts, strict=False)]
    assert report.build(replace(letter, charts=(LabChart(trends(some)[0], ()),)))


def test_values_in_two_units_make_two_charts_and_words_are_listed(letter, results):
    other = replace(results[1], value=Value("2900", unit="ng/L", ucum="ng/L", numeric=True))
    words = replace(results[2], value=Value("haemolysed"))
    trend = trends((results[0], other, words))[0]
    pdf = report.build(replace(letter, charts=(LabChart(trend, ()),)))
    text = " ".join(pages_of(pdf))
    assert "Prostate specific antigen, ng/mL" in text
    assert "Prostate specific antigen, ng/L" in text
    assert "haemolysed" in text


def words_of(letter, results, *cited, whole=True) -> str:
    chart = LabChart(trends(results)[0], tuple((result, (1,)) for result in cited), whole)
    return "\n".join(pages_of(report.build(replace(letter, charts=(chart,)))))


def test_every_value_of_a_drawn_trend_stands_below_it_as_it_was_sent(letter, results):
    labelled = [replace(result, performer="Laboratory on the Hill") for result in results]
    said = words_of(letter, labelled, labelled[-1])
    for result in labelled:
        assert result.value.shown in said
        assert result.when.shown in said
    assert said.count("Laboratory on the Hill") == 1  # of all of them, so it is said once
    apart = [*labelled[:-1], replace(labelled[-1], performer="Other laboratory")]
    assert "Other laboratory" in words_of(letter, apart, apart[-1])


def test_of_a_long_trend_the_newest_are_printed_and_the_others_counted(letter, results):
    first = results[0]
    many = [
        replace(first, when=PartialDate(f"20{n:02}-01-01"), value=replace(first.value, text=f"{n}.25"))
        for n in range(60)
    ]
    said = words_of(letter, many, many[0])
    assert "59.25" in said
    assert "36.25" in said
    assert "35 earlier values are in the drawing and in the evidence manifest." in said
    assert "2000-01-01" in said  # it is cited


def test_single_values_are_printed_without_a_drawing_that_joins_nothing(letter, results):
    said = words_of(letter, results[:2], results[0], whole=False)
    assert "only what is cited" in said
    assert results[0].value.shown in said
