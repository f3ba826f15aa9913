"""Results exactly as received, joined only where code and unit agree."""

from __future__ import annotations

import pytest

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import LOINC, Coding, Flag, ReferenceRange, Result, Value, course, trends


def result(text, day="2026-01-01", *, unit="g/dL", loinc="718-7", flag=Flag.NONE, ranges=(), comparator="", **more):
    value = Value(text, comparator, unit, unit, numeric=text.replace(".", "", 1).isdigit())
    codes = (Coding(LOINC, loinc, "Hb"),) if loinc else ()
    return Result(
        RecordId(f"Observation/{day}{text}"), "Haemoglobin", codes, PartialDate(day), value, ranges, flag, **more
    )


def test_a_value_is_shown_with_the_digits_it_was_sent_with():
    assert result("1.00").value.shown == "1.00 g/dL"
    assert result("0.01", comparator="<").value.shown == "<0.01 g/dL"


def test_a_ratio_is_shown_without_a_unit_and_keeps_the_one_it_was_sent_with():
    inr = result("1.0", unit="1", ranges=(ReferenceRange("0.8", "1.2", "1"),))
    assert (inr.value.shown, inr.ranges[0].shown) == ("1.0", "0.8 \u2013 1.2")
    assert inr.value.unit == "1"
    assert course([inr, result("1.1", "2026-02-01", unit="1")]).endswith(", 1.0 to 1.1")


def test_two_units_are_never_joined_by_a_line():
    (trend,) = trends([result("13.1"), result("8.1", "2026-02-01", unit="mmol/L"), result("12.9", "2026-03-01")])
    assert [(line.unit, len(line.points)) for line in trend.lines] == [("g/dL", 2), ("mmol/L", 1)]


def test_two_codes_are_two_trends_even_under_one_name():
    assert len(trends([result("13.1"), result("13.2", loinc="20509-6")])) == 2


def test_a_result_entered_in_error_is_kept_apart():
    (trend,) = trends([result("13.1"), result("230", status="entered-in-error")])
    assert [point.value.text for point in trend.results] == ["13.1"]
    assert len(trend.retracted) == 1


def test_words_are_listed_and_not_drawn():
    (trend,) = trends([result("positive"), result("13.1", "2026-02-01")])
    assert [text.value.text for text in trend.texts] == ["positive"]
    assert trend.latest.value.text == "13.1"


def test_the_laboratorys_own_range_judges_where_it_sent_no_flag():
    expected = (ReferenceRange("12.0", "15.5", "g/dL"),)
    assert result("11.9", ranges=expected).judged is Flag.LOW
    assert result("15.6", ranges=expected).judged is Flag.HIGH
    assert result("15.5", ranges=expected).judged is Flag.NORMAL
    assert result("11.9", ranges=expected, flag=Flag.CRITICAL_LOW).judged is Flag.CRITICAL_LOW


def test_a_range_in_another_unit_judges_nothing():
    assert result("11.9", ranges=(ReferenceRange("7.4", "9.6", "mmol/L"),)).judged is Flag.NONE


def test_below_a_limit_is_not_called_low():
    assert result("15.6", comparator="<", ranges=(ReferenceRange("", "15.5", "g/dL"),)).judged is Flag.NONE
    assert result("20", comparator=">", ranges=(ReferenceRange("", "15.5", "g/dL"),)).judged is Flag.HIGH


def test_a_missing_range_is_not_invented():
    assert result("11.9").judged is Flag.NONE


def test_the_course_of_an_analyte_says_how_many_when_and_between_what_as_received():
    withdrawn = result("99.9", "2026-02-02", status="entered-in-error")
    values = [result("13.10", "2026-03-01"), result("9.0"), withdrawn, result("12.9", "2026-02-01", comparator=">")]
    assert course(values) == "3 results 2026-01-01 to 2026-03-01, 9.0 to 13.10 g/dL"
    assert course(values[1:2]) == "1 result 2026-01-01, 9.0 g/dL"
    assert course([*values, result("8.1", "2026-04-01", unit="mmol/L")]) == "4 results 2026-01-01 to 2026-04-01"
    assert course([*values, result("positive", "2026-04-01")]) == "4 results 2026-01-01 to 2026-04-01"


@pytest.mark.parametrize(
    ("of_value", "of_range", "flag"),
    [
        ("mg/dL", "mg/dl", Flag.HIGH),
        ("\u00b5mol/L", "umol/l", Flag.HIGH),
        ("\u03bcmol/L", "\u00b5mol/L", Flag.HIGH),
        ("mg/dL", "", Flag.HIGH),
        ("mg/dL", "mg/L", Flag.NONE),
        ("g/L", "G/L", Flag.NONE),
        ("mmol/L", "mol/L", Flag.NONE),
    ],
)
def test_a_range_judges_a_value_in_the_same_unit_however_it_is_spelt_and_in_no_other(of_value, of_range, flag):
    value = Value("9", unit=of_value, numeric=True)
    when = PartialDate("2026-01-01")
    found = Result(RecordId("Observation/1"), "X", (), when, value, (ReferenceRange("1", "5", of_range),))
    assert found.judged is flag
