"""What does not belong, cannot be read, or changes while it is read."""

from __future__ import annotations

import json
import threading

import httpx2
import pytest

from reviewer_app.jobs import Job
from reviewer_app.services import sync, templates
from tests.integration.fault_proxy import Fault, Kind, always

pytestmark = pytest.mark.servers
PATIENT = "case-05-lung-nodules-patient"


@pytest.fixture(scope="module")
def own_clinic(make_clinic):
    """A clinic that the tests of this module may spoil."""
    return make_clinic("case-05-lung-nodules")


@pytest.fixture
def desk(desk_of, own_clinic):
    return desk_of(own_clinic)


def observation(number: str, patient: str = PATIENT, **more: object) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "id": number,
        "status": "final",
        "code": {"text": "Marker"},
        "subject": {"reference": f"Patient/{patient}"},
        **more,
    }


def held(desk) -> dict[str, str]:
    return {str(one.id): one.unreadable for one in desk.session.vault.records.all(desk.case("CASE-05").id)}


def test_a_record_of_another_patient_among_the_answers_is_kept_apart(desk):
    stranger = observation("stranger", "somebody-else", valueString="secret")
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": stranger}]}
    desk.fhir.rules = [always(Fault(Kind.REPLACE, body=json.dumps(bundle).encode()), "/Observation?")]
    desk.sync()
    assert held(desk)["Observation/stranger"] == "it belongs to another patient"
    assert desk.session.vault.results.all(desk.case("CASE-05").id) == ()


def test_a_server_that_ignores_the_patient_brings_nobody_elses_records(desk):
    link = [{"relation": "self", "url": "http://x/fhir/Condition?_count=200"}]
    bundle = {
        "resourceType": "Bundle", "type": "searchset", "link": link,
        "entry": [{"resource": {"resourceType": "Condition", "id": "c9", "subject": {"reference": "Patient/other"}}}],
    }  # fmt: skip
    desk.fhir.rules = [always(Fault(Kind.REPLACE, body=json.dumps(bundle).encode()), "/Condition?")]
    desk.sync()
    assert "Condition/c9" not in held(desk)


def test_a_request_about_another_patient_stops_the_case_and_says_so(desk):
    other = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order",
             "subject": {"reference": "Patient/other"}}  # fmt: skip
    desk.fhir.rules = [always(Fault(Kind.REPLACE, body=json.dumps(other).encode()), "/ServiceRequest/")]
    report = desk.sync()
    assert any("another patient" in problem for problem in report.problems)
    assert desk.session.vault.cases.all() == ()


def test_one_record_that_is_no_json_never_hides_the_others(desk):
    broken = b'{"resourceType":"Observation","id":"case-05-lung-nodules-observation-3","valueQuantity":{"value":NaN}}'
    whole_list = b'{"resourceType":"Bundle","type":"searchset","entry":[{"resource":' + broken + b"}]}"

    def rule(how, path):
        if "/Observation?" in path and "_elements" not in path:
            return Fault(Kind.REPLACE, body=whole_list)
        return Fault(Kind.REPLACE, body=broken) if path.endswith("/case-05-lung-nodules-observation-3") else None

    desk.fhir.rules = [rule]
    assert desk.sync().problems == ()
    case = desk.case("CASE-05")
    assert "cannot be understood" in held(desk)["Observation/case-05-lung-nodules-observation-3"]
    assert desk.session.vault.records.raw(case.id, "Observation/case-05-lung-nodules-observation-3") == broken
    readable = {one.record for one in desk.session.vault.results.all(case.id)}
    assert len([record for record in readable if "case-05" in record]) == 93


def test_a_record_deleted_on_the_server_leaves_the_list_at_the_census_and_only_then(desk):
    desk.server_put(observation("short-lived", valueString="x"))
    desk.sync()
    auth = (desk.clinic.user, desk.clinic.password)
    httpx2.delete(f"{desk.clinic.fhir_url}/Observation/short-lived", auth=auth, timeout=30).raise_for_status()
    desk.sync()
    assert "Observation/short-lived" in held(desk)
    case = desk.case("CASE-05")
    desk.session.vault.cursors.set("s1", f"census:{case.id}", "2020-01-01T00:00:00Z")
    desk.sync()
    assert "Observation/short-lived" not in held(desk)
    assert len(held(desk)) > 100


def test_records_written_while_a_sync_runs_are_never_lost(desk):
    desk.sync()
    stop, made = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            number = f"live-{len(made)}"
            desk.server_put(observation(number, valueString="x"))
            made.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(4):
            desk.sync()
    finally:
        stop.set()
        writer.join()
    desk.sync()
    assert made
    assert {f"Observation/{number}" for number in made} <= set(held(desk))


def test_a_changed_record_replaces_the_old_one_and_the_old_one_stays_in_the_history(desk):
    desk.server_put(observation("amended", valueString="first"))
    desk.sync()
    case = desk.case("CASE-05")
    before = desk.session.vault.records.get(case.id, "Observation/amended").version
    desk.server_put(observation("amended", valueString="second"))
    assert desk.sync().records >= 1
    results = [one for one in desk.session.vault.results.all(case.id) if one.record == "Observation/amended"]
    assert [one.value.text for one in results] == ["second"]
    assert b"first" in desk.session.vault.records.raw(case.id, "Observation/amended", before)


def test_progress_says_records_ready_before_the_images_come(desk):
    said = []
    sync.run(desk.session, Job(lambda progress: said.append(progress.step)))
    ready = said.index(next(step for step in said if step.endswith("records ready")))
    assert ready < said.index(next(step for step in said if step.endswith(": images")))


def test_questions_in_a_questionnaire_are_read_on_the_server_by_their_address(desk, shared):
    form = json.loads((shared / "spec/fhir-examples/Questionnaire-q-case1.json").read_bytes())
    desk.server_put(form)
    task = desk.server_get("Task/case-05-lung-nodules-task")
    link = {"type": {"coding": [{"code": "questions"}]}, "valueCanonical": f"{form['url']}|2"}
    desk.server_put({**task, "input": [link]})
    try:
        desk.sync()
        case = desk.case("CASE-05")
        assert [one.text for one in case.questions] == ["Is the diagnosis of X correct?", "Is surgery needed now?"]
    finally:
        desk.server_put(task)


def test_a_list_of_answers_that_the_form_only_names_is_received_with_it(desk):
    sites, board = "https://example.org/ValueSet/sites", "https://example.org/Questionnaire/board"
    item = {"linkId": "site", "text": "Site", "type": "choice", "answerValueSet": sites}
    absent = {"linkId": "stage", "text": "Stage", "type": "choice", "answerValueSet": f"{sites}-none"}
    names = {"include": [{"system": "urn:site", "concept": [{"code": "b", "display": "Breast"}, {"code": "l"}]}]}
    desk.server_put({"resourceType": "Questionnaire", "id": "board", "url": board, "version": "1", "status": "active",
                     "item": [item, absent]})  # fmt: skip
    desk.server_put({"resourceType": "ValueSet", "id": "sites", "url": sites, "status": "active", "compose": names})
    task = desk.server_get("Task/case-05-lung-nodules-task")
    link = {"type": {"coding": [{"code": "opinion-form"}]}, "valueCanonical": f"{board}|1"}
    desk.server_put({**task, "input": [*task.get("input", []), link]})
    try:
        desk.sync()
        form = templates.form(desk.session, desk.case("CASE-05"))
        assert [one.words for one in form.items[0].choices] == ["Breast", "l"]
        assert form.items[1].note.startswith("its list of answers did not come")
        desk.sync()
        kept = list(desk.session.vault.records.of_types(desk.case("CASE-05").id, "ValueSet"))
        assert len(kept) == 1
    finally:
        desk.server_put(task)
