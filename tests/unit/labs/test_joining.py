"""Results of one analyte brought together; nothing is lost, changed or joined that must not be."""

from __future__ import annotations

from itertools import count

import pytest

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.joining import sheet as join
from reviewer_app.domain.lab import LOINC, Coding, ReferenceRange, Result, Value
from reviewer_app.services import analytes

_numbers = count(1)


def result(text: str, unit: str, loinc: str = "2160-0", when: str = "2026-01-02T08:00:00Z", **more) -> Result:
    value = Value(text, more.pop("comparator", ""), unit, more.pop("ucum", unit), more.pop("numeric", True))
    codes = (Coding(LOINC, loinc),) if loinc else ()
    return Result(RecordId(f"Observation/{next(_numbers)}"), more.pop("name", "Creatinine"), codes, PartialDate(when),
                  value, **more)  # fmt: skip


def sheet(*results: Result, system: System = System.SI) -> Sheet:
    return join(results, analytes.catalogue(), system, analytes.scale)


def test_mass_and_amount_of_one_analyte_make_one_line_and_say_how():
    first, second = result("1.0", "mg/dL"), result("97", "umol/L", "14682-9", "2026-02-02")
    found = sheet(first, second)
    (trend,) = found.trends
    assert [(line.unit, len(line.points)) for line in trend.lines] == [("µmol/L", 2)]
    assert found.other(first).value.shown == "88 µmol/L"
    assert found.other(first).how == "\u00d7 88.4 (113.12 g/mol)"
    assert found.other(second) is None
    assert "2160-0" in trend.joined[0]
    assert "14682-9" in trend.joined[0]


def test_what_was_received_is_not_touched_by_a_conversion():
    received = result("1.00", "mg/dL", ranges=(ReferenceRange("0.6", "1.1", "mg/dL"),))
    (trend,) = sheet(received).trends
    assert trend.lines[0].points == (received,)


def test_as_received_nothing_is_converted_and_units_stay_apart():
    found = sheet(result("1.0", "mg/dL"), result("97", "umol/L", "14682-9"), system=System.RECEIVED)
    assert not found.converted
    assert [line.unit for line in found.trends[0].lines] == ["mg/dL", "umol/L"]


def test_a_comparator_stays_with_its_value_on_the_other_scale():
    received = result("0.3", "mg/dL", comparator="<")
    assert sheet(received).other(received).value.shown == "<27 µmol/L"


def test_a_converted_value_is_never_coarser_than_the_one_received():
    received = result("9.4", "mg/dL", "17861-6", name="Calcium")
    assert sheet(received).other(received).value.text == "2.35"
    tripled = result("9.412", "mg/dL", "17861-6", name="Calcium")
    assert sheet(tripled).other(tripled).value.text == "2.3484"


def test_ranges_go_with_their_values_and_those_of_another_unit_stay_behind():
    ranges = (ReferenceRange("0.6", "1.1", "mg/dL"), ReferenceRange("53", "97", "umol/L"))
    received = result("1.0", "mg/dL", ranges=ranges)
    assert [one.shown for one in sheet(received).other(received).ranges] == ["53 \u2013 97 µmol/L"]


def test_words_titres_and_ranges_are_never_converted():
    words = [result(text, "mg/dL", numeric=False) for text in ("positive", "1:320", "5-10")]
    found = sheet(*words)
    assert not found.converted
    assert found.trends[0].texts == tuple(words)


def test_what_cannot_be_converted_stands_apart_with_the_reason():
    found = sheet(result("1.0", "mg/dL"), result("1.1", "arb", ucum="arb"))
    first, second = found.trends[0].lines
    assert (first.unit, len(first.points)) == ("µmol/L", 1)
    assert "not a unit" in second.apart


def test_one_unit_in_two_spellings_makes_one_line_with_both_as_received():
    first, second = result("1.0", "mg/dL"), result("1.4", "mg/dl", ucum="", when="2026-02-02")
    for system in (System.RECEIVED, System.CONVENTIONAL):
        (trend,) = sheet(first, second, system=system).trends
        assert [line.points for line in trend.lines] == [(first, second)]
    assert [point.value.unit for point in trend.lines[0].points] == ["mg/dL", "mg/dl"]


def test_values_of_one_moment_contradict_each_other_also_in_two_spellings_of_the_unit():
    (trend,) = sheet(result("1.0", "mg/dL"), result("2.4", "mg/dl", ucum=""), system=System.RECEIVED).trends
    assert "Different values" in trend.doubts[0].words


@pytest.mark.parametrize(
    ("loinc", "unit", "text", "shown"),
    [
        ("2160-0", "mg/dL", "1.0", "88 \u00b5mol/L"), ("777-3", "K/uL", "210", "210 10\u2079/L"),
        ("6690-2", "Tsd/\u00b5l", "6.1", "6.1 10\u2079/L"), ("3016-3", "\u00b5U/mL", "2.50", "2.50 mIU/L"),
        ("718-7", "g/dl", "11.9", "119 g/L"),
    ],
)  # fmt: skip
def test_a_unit_that_was_sent_without_its_code_is_known_by_how_it_is_written(loinc, unit, text, shown):
    received = result(text, unit, loinc, ucum="")
    assert sheet(received).other(received).value.shown == shown


def test_a_unit_that_means_something_else_for_another_analyte_is_not_taken_for_it():
    albumin = result("42", "G/L", "1751-7", ucum="", name="Albumin")
    found = sheet(albumin)
    assert found.other(albumin) is None
    assert "cannot be measured in G/L" in found.trends[0].doubts[0].words


def test_a_missing_unit_is_never_guessed():
    (trend,) = sheet(result("1.0", "mg/dL"), result("1.1", "")).trends
    assert [line.apart for line in trend.lines] == ["", "no unit was sent"]


def test_results_without_code_are_joined_by_exact_name_and_unit_and_it_is_said():
    (trend,) = sheet(result("1.0", "mg/dL"), result("1.2", "mg/dl", "", ucum="", name="Serum  Creatinine")).trends
    assert len(trend.results) == 2
    assert "1 result without a LOINC code joined by name and unit" in trend.joined[0]


def test_a_name_alone_does_not_join_a_value_in_a_unit_of_something_else():
    assert len(sheet(result("1.0", "mg/dL"), result("3.2", "mm", "", name="Creatinine")).trends) == 2


def test_another_code_of_the_same_name_is_not_joined():
    assert len(sheet(result("1.0", "mg/dL"), result("90", "mg/dL", "2161-8")).trends) == 2


def test_different_values_for_one_moment_contradict_each_other():
    found = sheet(result("1.0", "mg/dL"), result("1.9", "mg/dL"))
    assert [doubt.words for doubt in found.trends[0].doubts] == ["Different values were sent for one moment."]
    assert len(found.trends[0].doubts[0].results) == 2


def test_the_same_value_in_two_units_is_no_contradiction():
    assert sheet(result("1.00", "mg/dL"), result("88.4", "umol/L", "14682-9")).trends[0].doubts == ()


def test_a_unit_that_cannot_be_is_said_and_the_value_kept():
    found = sheet(result("70", "kg"), system=System.RECEIVED)
    assert "cannot be measured in kg" in found.trends[0].doubts[0].words
    assert found.trends[0].latest.value.shown == "70 kg"


def test_no_result_is_lost_whatever_the_system():
    every = [
        result("1.0", "mg/dL"),
        result("97", "umol/L", "14682-9"),
        result("2", "arb"),
        result("x", "", numeric=False),
        result("9", "mg/dL", status="entered-in-error"),
        result("5", "", ""),
    ]
    for system in System:
        found = sheet(*every, system=system).trends
        assert sum(len(trend.results) + len(trend.retracted) for trend in found) == len(every)


def test_one_code_alone_keeps_its_own_key():
    assert sheet(result("1.0", "mg/dL")).trends[0].key == "loinc:2160-0"
