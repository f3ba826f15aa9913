"""Growth curves against published numbers, and their ends."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.growth import OUTER
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import LOINC, Coding, Result, Value
from reviewer_app.domain.patient import Patient
from reviewer_app.services import analytes
from reviewer_app.ui.labs import growth


@pytest.mark.parametrize(
    ("measure", "sex", "days", "published"),
    [  # WHO Child Growth Standards 2006, simplified field tables: 3rd, 50th and 97th percentile
        ("weight", "male", 0, ("2.5", "3.3", "4.3")),
        ("weight", "male", 365, ("7.8", "9.6", "11.8")),
        ("head", "female", 0, ("31.7", "33.9", "36.1")),
        ("height", "male", 6940, ("162.8", "176.5", "190.3")),  # WHO Reference 2007
    ],
)
def test_the_curves_are_the_published_ones(measure, sex, days, published):
    chart = analytes.growth_charts()[measure, sex]
    curves = [chart.value(days, z) for z in (-OUTER, 0, OUTER)]
    assert curves == pytest.approx([float(text) for text in published], abs=0.06)


@pytest.mark.parametrize(
    ("measure", "sex", "days", "value", "z"),
    [  # what WHO Anthro says of children in its sample survey
        ("weight", "female", 683, 10.4, -0.57), ("height", "female", 683, 84.8, -0.07),
        ("bmi", "female", 683, 14.462, -0.79), ("weight", "male", 1364, 15.9, 0.04),
        ("height", "male", 1364, 97.1, -1.08), ("bmi", "male", 1364, 16.863, 1.11),
        ("weight", "female", 206, 5.7, -2.36), ("head", "female", 206, 39.4, -2.51),
    ],
)  # fmt: skip
def test_a_child_of_the_sample_survey_stands_where_its_publisher_says(measure, sex, days, value, z):
    said = analytes.growth_charts()[measure, sex].percentile(days, value)
    assert float(said.removeprefix("percentile ")) == pytest.approx(50 * (1 + math.erf(z / math.sqrt(2))), abs=1.2)


def test_every_curve_covers_its_ages_without_a_gap_and_percentiles_never_cross():
    charts = analytes.growth_charts()
    assert {measure for measure, _ in charts} == {"weight", "height", "head", "bmi"}
    for chart in charts.values():
        assert chart.days[0] == 0
        assert all(0 < later - earlier < 40 for earlier, later in pairwise(chart.days))
        for day in range(0, chart.days[-1], 30):
            low, middle, high = (chart.value(day, z) for z in (-OUTER, 0, OUTER))
            assert low < middle < high


def test_beyond_the_curves_only_that_is_said():
    chart = analytes.growth_charts()["weight", "female"]
    assert chart.percentile(365, 2.0) == "below percentile 0.1"
    assert chart.percentile(365, 40.0) == "above percentile 99.9"
    assert chart.percentile(12 * 365, 40.0) == ""
    assert chart.percentile(-5, 3.0) == ""


@pytest.mark.parametrize(("born", "sex"), [("2020", "female"), ("2020-02-30", "female"), ("2020-02-01", "unknown")])
def test_without_sex_or_birth_date_no_child_is_compared(born, sex):
    patient = Patient("Patient/p", birth_date=PartialDate(born), sex=sex)
    assert growth.child(patient, 1.7e9, analytes.growth_charts, analytes.catalogue) is None


def test_an_adult_is_not_compared_and_costs_no_reading_of_curves():
    adult = Patient("Patient/p", birth_date=PartialDate("1968-03-14"), sex="female")
    assert growth.child(adult, 1.7e9, lambda: pytest.fail("read"), analytes.catalogue) is None


def test_a_weight_whose_unit_contradicts_its_code_has_no_percentile():
    whose = growth.Child("male", 1.5e9, analytes.growth_charts(), analytes.catalogue())
    codes, when = (Coding(LOINC, "29463-7"),), PartialDate("2018-10-20")
    weights = [
        Result(RecordId("Observation/w"), "Body weight", codes, when, Value("12", unit=unit, ucum="kg", numeric=True))
        for unit in ("kg", "lb")
    ]
    assert growth.percentile(weights[0], Sheet(), whose)
    assert not growth.percentile(weights[1], Sheet(), whose)
