"""Any resource becomes a line of the list; what cannot be understood or is somebody else's says so and no more."""

from __future__ import annotations

import json

import pytest

from reviewer_app.domain.record import RecordClass
from reviewer_app.errors import BrokenAnswer
from reviewer_app.fhir import decode
from reviewer_app.fhir.attachments import attachments, inline
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.narrative import plain
from reviewer_app.fhir.records import record


def resource(**content: object) -> decode.Resource:
    return decode.resource(json.dumps({"id": "x1", **content}).encode())


def listed(**content: object):
    own = {"subject": {"reference": "Patient/p1"}}
    return record(resource(**(own | content)), "Patient/p1", {"Practitioner/d1": "Dr. Vogel"})


def bundles(shared):
    return sorted((shared / "data" / "cases").glob("*/bundle*.json"))


def test_every_resource_of_the_public_cases_is_listed_with_a_title(shared):
    for path in bundles(shared):
        for body in decode.page(path.read_bytes()).resources:
            made = decode.resource(body)
            patient = next(
                (
                    str(made.content[name]["reference"])
                    for name in ("subject", "patient", "for")
                    if name in made.content
                ),
                str(made.ref),
            )
            kept = record(made, patient, {})
            assert not kept.unreadable, (path.parent.name, kept.id, kept.unreadable)
            assert kept.title


def test_every_example_of_the_standard_is_listed_or_named_as_unreadable(shared):
    unreadable = []
    for path in sorted((shared / "data" / "fhir" / "hl7_r4_examples").glob("*.json")):
        made = decode.resource(path.read_bytes())
        kept = record(made, "", {})
        if kept.unreadable and "another patient" not in kept.unreadable:
            unreadable.append((path.name, kept.unreadable))
    assert unreadable == []


def test_a_finding_that_names_no_patient_is_never_shown_as_this_ones():
    kept = listed(resourceType="Observation", code={"text": "Secret"}, subject=None)
    assert kept.unreadable == "it does not say whose it is"


def test_a_record_of_another_patient_is_never_shown_as_this_one():
    kept = listed(resourceType="Condition", code={"text": "Secret"}, subject={"reference": "Patient/p2"})
    assert kept.unreadable == "it belongs to another patient"
    assert "Secret" not in json.dumps([kept.title, kept.body])


@pytest.mark.parametrize(
    "reference", ["Patient/p1", "https://hospital.example/fhir/Patient/p1", "Patient/p1/_history/3"]
)
def test_the_patient_is_known_in_every_form_of_reference(reference):
    assert not listed(resourceType="Condition", subject={"reference": reference}).unreadable


def test_elements_of_a_wrong_type_make_a_record_unreadable_with_the_reason():
    kept = listed(resourceType="Condition", code="glucose", subject={"reference": "Patient/p1"})
    assert kept.unreadable == "it cannot be understood: code is no element"


def test_an_unknown_type_of_resource_is_listed_among_others():
    kept = listed(resourceType="SpaceShip", subject={"reference": "Patient/p1"})
    assert (kept.record_class, kept.title, kept.unreadable) == (RecordClass.OTHER, "Space ship", "")


def test_a_refuted_or_erroneous_condition_does_not_look_active():
    verification = {"coding": [{"code": "entered-in-error"}]}
    kept = listed(
        resourceType="Condition", clinicalStatus={"coding": [{"code": "active"}]}, verificationStatus=verification
    )
    assert kept.retracted


def test_a_superseded_document_says_what_replaces_what():
    relation = [{"code": "replaces", "target": {"reference": "DocumentReference/old"}}]
    kept = listed(resourceType="DocumentReference", status="current", docStatus="amended", relatesTo=relation)
    assert (kept.status, kept.links) == ("amended", ("replaces:DocumentReference/old",))


def test_authors_are_named_by_people_and_not_by_ids():
    assert listed(resourceType="DocumentReference", author=[{"reference": "Practitioner/d1"}]).author == "Dr. Vogel"
    assert listed(resourceType="DocumentReference", author=[{"reference": "Practitioner/zz"}]).author == ""


def test_a_medication_says_dose_reason_and_why_it_ended():
    kept = listed(
        resourceType="MedicationRequest",
        status="stopped",
        medicationCodeableConcept={"text": "Ibuprofen"},
        dosageInstruction=[{"text": "400 mg as needed"}],
        statusReason={"text": "before surgery"},
        dispenseRequest={"validityPeriod": {"start": "2025-11-01", "end": "2026-05-20"}},
    )
    assert kept.body.splitlines() == ["400 mg as needed", "Stopped because: before surgery"]
    assert (kept.when.shown, kept.until.shown) == ("2025-11-01", "2026-05-20")


def test_files_inside_a_resource_are_taken_out_byte_for_byte():
    form = {"contentType": "text/plain", "data": "aGVsbG8=", "title": "note"}
    made = resource(resourceType="DiagnosticReport", presentedForm=[form])
    assert inline(made, 0) == b"hello"
    assert attachments(made)[0].url == ""


def test_a_file_in_a_contained_resource_is_found():
    made = resource(
        resourceType="DocumentReference",
        contained=[{"resourceType": "Binary", "id": "b", "data": "aGVsbG8="}],
        content=[{"attachment": {"url": "#b", "contentType": "text/plain"}}],
    )
    assert inline(made, 0) == b"hello"


def test_damaged_base64_is_refused():
    with pytest.raises(Malformed):
        inline(resource(resourceType="DiagnosticReport", presentedForm=[{"data": "!!!"}]), 0)


def test_a_narrative_becomes_text_and_nothing_else():
    text = plain(
        '<div><script>steal()</script><p>One &amp; two<br/>three</p><iframe src="file:///etc/passwd"/><p>end</p></div>'
    )
    assert text == "One & two\nthree\n\nend"


@pytest.mark.parametrize("name", ["deep_json", "truncated", "nan", "not_a_bundle", "empty"])
def test_hostile_lists_are_refused(shared, name):
    with pytest.raises(BrokenAnswer):
        decode.page((shared / "data" / "hostile" / "fhir" / f"{name}.json").read_bytes())


def test_an_id_that_is_a_path_is_refused(shared):
    (body,) = decode.page((shared / "data" / "hostile" / "fhir" / "path_ids.json").read_bytes()).resources
    with pytest.raises(Malformed):
        decode.resource(body)


def test_each_resource_of_a_list_keeps_its_own_bytes():
    body = b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType": "Basic",  "id":"1", "x":1.00}}]}'
    assert decode.page(body).resources == (b'{"resourceType": "Basic",  "id":"1", "x":1.00}',)


def test_an_edited_resource_keeps_the_digits_it_had():
    assert decode.encode(decode.editable(b'{"a":1.00,"b":[2,3.10]}')) == b'{"a":1.00,"b":[2,3.10]}'


def test_outcomes_and_failed_entries_are_told_apart_from_resources():
    outcome = '{"resourceType":"OperationOutcome","issue":[{"severity":"error","diagnostics":"boom"}]}'
    body = (
        f'{{"resourceType":"Bundle","entry":[{{"search":{{"mode":"outcome"}},"resource":{outcome}}},'
        '{"response":{"status":"404 Not Found"}},{"resource":{"resourceType":"Basic","id":"1"}}]}'
    ).encode()
    page = decode.page(body)
    assert (len(page.resources), page.failures) == (1, ("boom", "entry status 404"))
