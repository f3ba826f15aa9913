"""What laboratories really send: units that contradict their codes, names that say too little, numbers beyond all use.

Whatever comes, no result is lost, none is shown twice, and a line never holds two units.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet, key_of
from reviewer_app.domain.joining import sheet as join
from reviewer_app.domain.lab import LOINC, Coding, Result, Value, short_name
from reviewer_app.services import analytes

_numbers = count(1)


def result(text: str, unit: str = "mg/dL", ucum: str | None = None, loinc: str = "", **more) -> Result:
    value = Value(text, more.pop("comparator", ""), unit, unit if ucum is None else ucum, more.pop("numeric", True))
    codes = more.pop("codes", (Coding(LOINC, loinc),) if loinc else ())
    when = PartialDate(more.pop("when", "2026-01-02T08:00:00Z"))
    return Result(RecordId(f"Observation/{next(_numbers)}"), more.pop("name", "Creatinine"), codes, when, value, **more)


def sheet(*results: Result, system: System = System.SI) -> Sheet:
    return join(results, analytes.catalogue(), system, analytes.scale)


@pytest.mark.parametrize("system", list(System))
def test_a_unit_that_contradicts_its_code_is_joined_with_nothing_and_said(system):
    torn = result("5.5", "mmol/L", "mg/dL", "2345-7", name="Glucose")
    plain = result("99", "mg/dL", "mg/dL", "2345-7", name="Glucose", when="2026-02-02T08:00:00Z")
    found = sheet(torn, plain, system=system)
    (trend,) = found.trends
    assert [line.points for line in trend.lines] in ([(torn,), (plain,)], [(plain,), (torn,)])
    assert found.other(torn) is None
    assert [doubt.results for doubt in trend.doubts] == [(torn,)]
    assert "code differ" in trend.doubts[0].words


@pytest.mark.parametrize(
    ("loinc", "unit", "ucum"),
    [
        ("3016-3", "mU/L", "u[IU]/mL"),
        ("1742-6", "IU/L", "U/L"),
        ("2039-6", "ug/L", "ng/mL"),
        ("2951-2", "mEq/L", "mmol/L"),
        ("6690-2", "K/uL", "10*9/L"),
        ("62238-1", "mL/min/1,73 m²", "mL/min/{1.73_m2}"),
        ("2345-7", "Milligramm", "mg/dL"),
    ],
)
def test_another_way_of_writing_the_same_unit_is_no_contradiction(loinc, unit, ucum):
    (trend,) = sheet(result("4.0", unit, ucum, loinc)).trends
    assert not trend.doubts


def test_equivalents_beside_a_code_for_moles_contradict_it_where_the_charge_is_two():
    (trend,) = sheet(result("5.0", "mEq/L", "mmol/L", "2000-8")).trends
    assert trend.doubts


def test_urea_and_urea_nitrogen_in_one_unit_are_never_one_line():
    nitrogen, urea = result("19", loinc="3094-0"), result("40.7", loinc="3091-6", when="2026-02-02")
    received = sheet(nitrogen, urea, system=System.RECEIVED).trends[0]
    assert [line.points for line in received.lines] == [(nitrogen,), (urea,)]
    assert all("different parts" in line.apart for line in received.lines)
    shown = sheet(nitrogen, urea)
    assert {shown.other(one).value.text[:3] for one in (nitrogen, urea)} == {"6.8", "6.7"}
    assert len(shown.trends[0].lines) == 1


def test_what_has_the_name_of_an_analyte_and_is_something_else_hides_no_result():
    taken, other = result("1.0"), result("80", "kg")
    words = result("not done", "", numeric=False)
    found = sheet(taken, other, words)
    assert sorted(one.record for trend in found.trends for one in trend.results) == sorted(
        one.record for one in (taken, other, words)
    )


def test_a_name_under_several_codes_of_the_laboratory_is_not_joined_and_says_so():
    urine, serum = (result("1.2", codes=(Coding("urn:lab", code),)) for code in ("CREA-U", "CREA-S"))
    found = sheet(urine, serum)
    assert [len(trend.results) for trend in found.trends] == [1, 1]
    assert all("several codes" in trend.joined[0] for trend in found.trends)


def test_numbers_beyond_all_use_stay_as_received_and_stop_nothing():
    odd = [result(text, loinc="2345-7") for text in ("1" * 40, "1e400", "1e-400", "-1E999999", "1." + "1" * 50)]
    usual = result("90", loinc="2345-7")
    found = sheet(*odd, usual)
    assert found.other(usual).value.shown == "5.00 mmol/L"
    assert not any(found.other(one) for one in odd)
    assert "too many digits" in found.trends[0].lines[1].apart


def test_a_number_written_with_an_exponent_is_not_taken_for_a_rounded_one():
    received = result("1E3", loinc="2345-7")
    assert sheet(received).other(received).value.shown == "55.51 mmol/L"


@pytest.mark.parametrize(
    ("one", "two", "contradict"),
    [("5", "99", True), ("<5", "99", True), ("<5", "3", False), ("<5", "<3", False), (">200", "150", True),
     (">=200", "<100", True), (">200", "300", False), ("5.0", "5", False)],
)  # fmt: skip
def test_limits_contradict_what_lies_beyond_them(one, two, contradict):
    made = [result(text.lstrip("<>="), comparator=text.rstrip("0123456789."), loinc="2345-7") for text in (one, two)]
    said = [doubt.words for doubt in sheet(*made, system=System.RECEIVED).trends[0].doubts]
    assert any("Different values" in words for words in said) is contradict


def test_a_contradiction_in_two_units_is_found_also_where_nothing_is_converted():
    one, two = result("1.0", loinc="2160-0"), result("190", "umol/L", loinc="14682-9")
    assert sheet(one, two, system=System.RECEIVED).trends[0].doubts
    assert not sheet(one, result("88", "umol/L", loinc="14682-9"), system=System.RECEIVED).trends[0].doubts


def test_findings_in_words_that_contradict_each_other_are_said():
    made = [result(text, "", loinc="5196-1", numeric=False) for text in ("Negative", "Positive")]
    assert "Different findings" in sheet(*made).trends[0].doubts[0].words


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Glucose [Mass/volume] in Urine by Test strip", "Glucose in Urine"),
        ("Creatinine [Mass/volume] in Serum or Plasma", "Creatinine"),
        ("Protein in 24 hour Urine", "Protein in Urine"),
        ("Protein [Mass/volume] in Cerebral spinal fluid", "Protein in Cerebral spinal fluid"),
        ("Cholesterol in HDL", "Cholesterol in HDL"),
        ("Cholesterol in HDL [Mass/volume] in Serum or Plasma", "Cholesterol in HDL"),
        ("INR in Platelet poor plasma by Coagulation assay", "INR"),
    ],
)
def test_a_short_name_is_never_that_of_another_analyte(name, short):
    assert short_name(name)[0] == short


_UNITS = ("mg/dL", "mmol/L", "umol/L", "g/L", "%", "mmol/mol", "kg", "", "U/L", "IU/L", "mEq/L", "G/L", "K/uL", "titre")
_RESULTS = st.builds(
    result,
    st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str), st.sampled_from(("1e30", "0", "1:80"))
    ),
    st.sampled_from(_UNITS),
    st.one_of(st.none(), st.sampled_from(("", "mg/dL", "mmol/L", "umol/L", "10*9/L", "[degF]"))),
    st.sampled_from(("", "2160-0", "14682-9", "3094-0", "3091-6", "4548-4", "6690-2", "99999-9", "2951-2", "1742-6")),
    name=st.sampled_from(("Creatinine", "Glucose", "HbA1c", "Weight", "Anything")),
    comparator=st.sampled_from(("", "", "<", ">=")),
    when=st.sampled_from(("2026-01-02", "2026-01-02T08:00:00Z", "2026-03", "")),
    numeric=st.booleans(),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_RESULTS, max_size=12), st.sampled_from(System))
def test_whatever_is_sent_no_result_is_lost_and_no_line_has_two_units(results, system):
    made = sheet(*results, system=system)
    shown = [key_of(one) for trend in made.trends for one in trend.results]
    assert sorted(shown) == sorted(map(key_of, results))
    catalogue = analytes.catalogue()
    for line in (line for trend in made.trends for line in trend.lines):
        if any(
            made.other(one) or catalogue.same_unit(one) != catalogue.same_unit(line.points[0]) for one in line.points
        ):
            on_scale = {other.value.ucum if (other := made.other(one)) else one.value.ucum for one in line.points}
            assert len(on_scale) == 1
            assert not any(catalogue.torn(one) for one in line.points)


@pytest.mark.parametrize(("unit", "loinc"), [("[degF]", "2160-0"), ("dB", "4548-4"), ("[pH]", "2345-7")])
def test_a_unit_that_is_no_amount_of_anything_stops_nothing(unit, loinc):
    (trend,) = sheet(result("98.6", unit, loinc=loinc)).trends
    assert "cannot be measured" in trend.doubts[0].words


def test_hba1c_as_a_mass_in_a_volume_goes_by_no_equation_of_ratios():
    (trend,) = sheet(result("6.5", loinc="4548-4")).trends
    assert "cannot be measured in mg/dL" in trend.doubts[0].words


@settings(deadline=None, max_examples=60)
@given(st.decimals(min_value="0.01", max_value="5000", places=2), st.sampled_from(("2160-0", "2345-7", "17861-6")))
def test_a_converted_number_is_that_of_the_molar_mass_within_its_own_last_digit(number, loinc):
    grams, times = {"2160-0": ("113.12", 1000), "2345-7": ("180.156", 1), "17861-6": ("40.078", 1)}[loinc]
    received = result(str(number), loinc=loinc)
    other = sheet(received).other(received)
    exact = number * 10 / Decimal(grams) * times
    assert abs(Decimal(other.value.text) - exact) <= Decimal(1).scaleb(other_exponent(other.value.text)) / 2
    assert abs(Decimal(other.number) - exact) <= exact * Decimal("1e-20")


def other_exponent(text: str) -> int:
    return int(Decimal(text).as_tuple().exponent)
