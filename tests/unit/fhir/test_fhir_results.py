"""Observations become results exactly as received."""

from __future__ import annotations

import json

import pytest

from reviewer_app.domain.lab import Flag
from reviewer_app.fhir import decode
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.results import results


def observation(body: str, **more: object) -> decode.Resource:
    """`body` is JSON text, so that digits stay as written."""
    head = json.dumps(
        {"resourceType": "Observation", "id": "o1", "status": "final", "code": {"text": "Ferritin"}, **more}
    )
    return decode.resource(f"{head[:-1]}, {body}}}".encode())


def only(body: str, **more: object):
    (found,) = results(observation(body, **more), {})
    return found


@pytest.mark.parametrize("digits", ["1.00", "0.10", "1e3", "1E-05", "12345678901234567890123", "7", "-0.50", "0.0"])
def test_digits_of_a_value_stay_as_the_laboratory_wrote_them(digits):
    assert only(f'"valueQuantity": {{"value": {digits}, "unit": "ug/L"}}').value.text == digits


def test_digits_of_a_reference_range_stay_as_written():
    low, high = '"low": {"value": 3.50, "unit": "g/L"}', '"high": {"value": 5.10}'
    (limits,) = only(f'"valueQuantity": {{"value": 4.20}}, "referenceRange": [{{{low}, {high}}}]').ranges
    assert (limits.low, limits.high, limits.unit) == ("3.50", "5.10", "g/L")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('"valueQuantity": {"value": 5, "comparator": "<", "unit": "ng/mL"}', "<5 ng/mL"),
        ('"valueString": "positive, 95 %"', "positive, 95 %"),
        ('"valueCodeableConcept": {"coding": [{"code": "260373001", "display": "Detected"}]}', "Detected"),
        ('"valueInteger": 3', "3"),
        ('"valueBoolean": true', "yes"),
        (
            '"valueRange": {"low": {"value": 2.0, "unit": "mm"}, "high": {"value": 3.0, "unit": "mm"}}',
            "2.0 mm \u2013 3.0 mm",
        ),
        ('"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}', "1:128"),
        ('"valueTime": "10:30:00"', "10:30:00"),
        ('"valueDateTime": "2026-11"', "2026-11"),
    ],
)
def test_every_kind_of_value_is_shown_as_it_was_sent(body, shown):
    assert only(body).value.shown == shown


def test_only_a_quantity_or_integer_counts_as_a_number():
    assert only('"valueString": "5.1"').value.number is None
    assert only('"valueQuantity": {"value": 5.1}').value.number is not None


def test_a_number_sent_as_text_is_refused_and_not_guessed():
    with pytest.raises(Malformed):
        only('"valueQuantity": {"value": "7.4", "unit": "mmol/L"}')


def test_a_reason_why_there_is_no_value_is_kept():
    found = only('"dataAbsentReason": {"text": "haemolysed"}')
    assert (found.value, found.absent) == (None, "haemolysed")


def test_components_become_results_of_their_own_and_a_panel_without_value_none():
    body = (
        '"component": [{"code": {"text": "Systolic"}, "valueQuantity": {"value": 138, "unit": "mmHg"}},'
        '{"code": {"text": "Diastolic"}, "valueQuantity": {"value": 88, "unit": "mmHg"}}]'
    )
    found = results(observation(body), {})
    assert [(one.name, one.component, one.value.text) for one in found] == [
        ("Systolic", "Systolic", "138"),
        ("Diastolic", "Diastolic", "88"),
    ]


def test_components_of_the_same_name_can_be_told_apart():
    body = '"component": [{"code": {"text": "A"}, "valueInteger": 1}, {"code": {"text": "A"}, "valueInteger": 2}]'
    assert [one.component for one in results(observation(body), {})] == ["A", "A (2)"]


@pytest.mark.parametrize(
    ("codes", "flag"),
    [
        (["H"], Flag.HIGH),
        (["HH", "H"], Flag.CRITICAL_HIGH),
        (["N"], Flag.NORMAL),
        (["XYZ"], Flag.NONE),
        (["LL"], Flag.CRITICAL_LOW),
    ],
)
def test_the_most_severe_flag_of_the_laboratory_counts(codes, flag):
    given = [{"coding": [{"code": code}]} for code in codes]
    assert only('"valueInteger": 1', interpretation=given).flag is flag


def test_a_range_for_some_people_only_never_judges_a_value():
    ranges = [
        {"high": {"value": 15}, "appliesTo": [{"text": "female"}]},
        {"high": {"value": 17}, "appliesTo": [{"text": "male"}]},
    ]
    found = only('"valueQuantity": {"value": 16}', referenceRange=ranges)
    assert found.judged is Flag.NONE
    assert "female" in found.ranges[0].shown


def test_a_therapeutic_range_comes_after_the_normal_one():
    therapeutic = {"low": {"value": 2}, "high": {"value": 3}, "type": {"coding": [{"code": "therapeutic"}]}}
    found = only('"valueQuantity": {"value": 2.5}', referenceRange=[therapeutic, {"high": {"value": 1.2}}])
    assert found.judged is Flag.HIGH


def test_a_value_entered_in_error_is_marked_so():
    resource = observation('"valueQuantity": {"value": 230}')
    resource.content["status"] = "entered-in-error"
    assert results(resource, {})[0].retracted


def test_an_annotation_is_no_unit_to_show():
    found = only('"valueQuantity": {"value": 27, "code": "{score}", "system": "http://unitsofmeasure.org"}')
    assert found.value.shown == "27"


def ranges_of(*ranges: dict[str, object]):
    return only(f'"valueQuantity": {{"value": 4.2, "unit": "g/L"}}, "referenceRange": {json.dumps(ranges)}')


def test_of_several_ranges_that_differ_none_judges_the_value():
    found = ranges_of({"high": {"value": 4}, "text": "fasting"}, {"high": {"value": 9}, "text": "after a meal"})
    assert [one.shown for one in found.ranges] == ["\u2264 4 (fasting)", "\u2264 9 (after a meal)"]
    assert found.judged is Flag.NONE


def test_a_range_whose_ends_are_in_two_units_is_given_in_words():
    found = ranges_of({"low": {"value": 350, "unit": "mg/dL"}, "high": {"value": 4, "unit": "g/L"}})
    assert [one.shown for one in found.ranges] == ["350 mg/dL \u2013 4 g/L"]
    assert found.judged is Flag.NONE


@pytest.mark.parametrize(
    ("specimen", "name"),
    [
        ({"display": "Urine"}, "Ferritin (Urine)"),
        ({"reference": "#s"}, "Ferritin (Pleural fluid)"),
        ({"display": "Venous blood"}, "Ferritin"),
        ({"reference": "Specimen/1"}, "Ferritin"),
    ],
)
def test_what_was_examined_stands_with_the_name_where_it_is_not_blood(specimen, name):
    contained = [{"resourceType": "Specimen", "id": "s", "type": {"text": "Pleural fluid"}}]
    found = only('"valueQuantity": {"value": 1, "unit": "ng/mL"}', specimen=specimen, contained=contained)
    assert found.name == name


def test_a_date_of_issue_is_not_passed_off_as_that_of_the_sample():
    issued = only('"valueInteger": 1, "issued": "2026-01-02T08:00:00Z"')
    assert "date is that of the report" in issued.note
    assert not only('"valueInteger": 1, "issued": "2026-01-02T08:00:00Z", "effectiveDateTime": "2026-01-01"').note
