"""Questions, deadline, consent, messages: what a Task and its surroundings say."""

from __future__ import annotations

import json

import pytest

from reviewer_app.domain.case import Priority
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.states import CaseState
from reviewer_app.fhir import assignment, decode, tasks
from reviewer_app.fhir.assignment import Around
from reviewer_app.fhir.imaging import listed_study

CASE = CaseId("0" * 32)


def resource(kind: str, **content: object) -> decode.Resource:
    return decode.resource(json.dumps({"resourceType": kind, "id": "t1", **content}).encode())


def case(task: decode.Resource, **around: object):
    return assignment.case_of(task, CASE, "s1", CaseState.ASSIGNED, Around(Patient("Patient/p1"), **around))


def example(shared, name: str) -> decode.Resource:
    return decode.resource((shared / "spec" / "fhir-examples" / f"{name}.json").read_bytes())


def asked(*texts: str) -> list[dict[str, object]]:
    return [{"type": {"coding": [{"code": "question"}]}, "valueString": text} for text in texts]


def test_questions_in_the_task_are_numbered_in_their_order():
    found = case(resource("Task", input=asked("First?", "Second?")))
    assert [(one.number, one.id, one.text) for one in found.questions] == [(1, "q1", "First?"), (2, "q2", "Second?")]
    assert found.question_source == "Task.input"


def test_questions_of_a_questionnaire_are_read_in_place_of_the_link(shared):
    task = example(shared, "Task-t1")
    link = assignment.questionnaire_link(task)
    assert link == "https://example.org/second-opinion/Questionnaire/case1-questions|2"
    found = case(task, questionnaire=example(shared, "Questionnaire-q-case1"))
    assert [one.text for one in found.questions] == ["Is the diagnosis of X correct?", "Is surgery needed now?"]
    assert found.question_source == link


def test_an_opinion_form_is_not_taken_for_the_questions():
    form = {"type": {"coding": [{"code": "opinion-form"}]}, "valueCanonical": "https://x/Questionnaire/opinion"}
    assert assignment.questionnaire_link(resource("Task", input=[form])) == ""


def test_notes_of_the_request_are_read_only_where_the_task_asks_nothing():
    request = resource("ServiceRequest", note=[{"text": "Question 1: From the note?"}, {"text": "Call me."}])
    assert [one.text for one in case(resource("Task"), request=request).questions] == ["From the note?"]
    task = resource("Task", input=asked("From the task?"))
    assert [one.text for one in case(task, request=request).questions] == ["From the task?"]


def test_deadline_decision_priority_and_number_come_from_the_example(shared):
    found = case(example(shared, "Task-t1"), request=example(shared, "ServiceRequest-case1"))
    assert (found.number, found.priority) == ("SO-2026-000123", Priority.URGENT)
    assert (found.deadline.text, found.decision_by.text) == ("2026-11-24T17:00:00Z", "2026-11-28")
    assert found.reasons == ("Invasive surgery proposed", "Diagnosis unclear")
    assert assignment.consent_link(example(shared, "Task-t1"), None) == "Consent/c1"


def test_a_consent_keeps_its_period_and_its_refusal(shared):
    found = assignment.consent_of(example(shared, "Consent-c1"))
    assert (found.status, found.begins.text, found.ends.text, found.permits) == (
        "active",
        "2026-11-09",
        "2027-02-09",
        True,
    )
    denied = resource("Consent", status="active", provision={"type": "deny"})
    assert not assignment.consent_of(denied).permits


def test_the_state_follows_business_status_and_falls_back_to_the_status():
    told = resource("Task", status="in-progress", businessStatus={"coding": [{"code": "returned-for-amendment"}]})
    assert assignment.state(told) is CaseState.RETURNED
    assert (
        assignment.state(resource("Task", status="requested", businessStatus={"text": "waiting"})) is CaseState.ASSIGNED
    )


def test_moving_a_task_changes_only_what_is_ours():
    content = {"resourceType": "Task", "id": "t1", "status": "requested", "priority": "stat", "input": [1]}
    moved = tasks.moved(
        content, CaseState.DECLINED, now(), author="Practitioner/x", reason="conflict", note="I know her."
    )
    assert tasks.carries(moved, CaseState.DECLINED)
    assert (moved["priority"], moved["input"]) == ("stat", [1])
    assert moved["statusReason"]["coding"][0]["code"] == "conflict"
    again = tasks.moved(
        moved, CaseState.DECLINED, now(), author="Practitioner/x", reason="conflict", note="I know her."
    )
    assert len(again["note"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"status": "cancelled", "owner": {"reference": "Practitioner/me"}}, "cancelled"),
        ({"status": "in-progress", "owner": {"reference": "Practitioner/other"}}, "somebody else"),
        ({"status": "completed", "owner": {"reference": "Practitioner/me"}}, "closed"),
    ],
)
def test_a_task_that_is_not_ours_any_more_is_never_edited(content, said):
    assert said in tasks.problem(content, "Practitioner/me")


def test_outputs_replace_ours_and_keep_those_of_others():
    content = {"output": [{"type": {"text": "theirs"}, "valueString": "x"}]}
    once = tasks.with_outputs(content, {"signed-pdf": "DocumentReference/1"})
    twice = tasks.with_outputs(once, {"signed-pdf": "DocumentReference/2"})
    assert len(twice["output"]) == 2
    assert tasks.output(twice, "signed-pdf") == "DocumentReference/2"


def test_the_record_may_list_more_images_than_it_names(shared):
    path = shared / "data" / "cases" / "case-05-lung-nodules" / "bundle.json"
    found = []
    for body in decode.page(path.read_bytes()).resources:
        made = decode.resource(body)
        if made.type == "ImagingStudy":
            found.append(listed_study(made.content))
    counts = sorted((one.expected, len(study.instances[one.uid])) for study in found for one in study.study.series)
    assert counts == [(1, 1), (214, 1)]
