"""On real servers: a missing record is asked for and answered, a released letter is corrected, then retracted."""

from __future__ import annotations

import httpx2
import pytest

from tests.end2end.stories import OneProcess, resources, server_get, write_opinion

CASE = "case-05-lung-nodules"
NUMBER = "SO-CASE-05-LUNG-NODULES"
SYSTEMS = "https://second-opinion.example.org/fhir"
FORM = f"{SYSTEMS}/Questionnaire/own-form"


@pytest.fixture
def terminal(tmp_path, clinic) -> OneProcess:
    return OneProcess(tmp_path / "home", clinic[0])


def answer(facts, task: dict) -> None:
    """What a case manager does: the record cannot be had."""
    unobtainable = {"type": {"coding": [{"code": "unobtainable:i1"}]}, "valueString": "The laboratory closed."}
    content = {**task, "status": "completed", "output": [unobtainable]}
    login = (facts["user"], facts["password"])
    httpx2.put(f"{facts['fhir_url']}/Task/{task['id']}", json=content, auth=login, timeout=30).raise_for_status()


def confirm(facts, task: dict, owner: dict) -> None:
    """Complete the Task of a retraction as this person."""
    content = {**task, "status": "completed", "owner": owner, "lastModified": "2026-11-22T15:00:00Z"}
    login = (facts["user"], facts["password"])
    httpx2.put(f"{facts['fhir_url']}/Task/{task['id']}", json=content, auth=login, timeout=30).raise_for_status()


def offer_form(facts) -> None:
    """The programme asks something of its own beside the letter."""
    login, base = (facts["user"], facts["password"]), facts["fhir_url"]
    form = {
        "resourceType": "Questionnaire", "id": "own-form", "url": FORM, "version": "1", "status": "active",
        "title": "Tumour board sheet",
        "item": [{"linkId": "fit", "text": "Fit for surgery?", "type": "boolean", "required": True}],
    }  # fmt: skip
    (task,) = coded(facts)["fulfill"]
    kind = {
        "coding": [{"system": "https://second-opinion.example.org/fhir/CodeSystem/task-input", "code": "opinion-form"}]
    }
    asked = {**task, "input": [*task["input"], {"type": kind, "valueCanonical": f"{FORM}|1"}]}
    for ref, content in (("Questionnaire/own-form", form), (f"Task/{task['id']}", asked)):
        httpx2.put(f"{base}/{ref}", json=content, auth=login, timeout=30).raise_for_status()


def reach_review(terminal, facts, shared) -> None:
    """A profile with the case, accepted."""
    terminal.clinic_run("load", str(shared / "data" / "cases" / CASE))
    offer_form(facts)
    terminal.create_vault()
    terminal.profile()
    terminal.run("identity", "practice")
    terminal.enrol(facts)
    terminal.run("sync")
    terminal.run("case", "accept", NUMBER, "--attest")


def rules(terminal) -> set[str]:
    return {finding["rule"] for finding in terminal.run("opinion", "lint", NUMBER, code=None)["findings"]}


def coded(facts) -> dict[str, list[dict]]:
    """Tasks of the server by code."""
    found: dict[str, list[dict]] = {}
    for task in resources(facts, "Task?_count=50"):
        found.setdefault(task["code"]["coding"][0]["code"], []).append(task)
    return found


def sign_and_deliver(terminal) -> str:
    advice = {
        f["rule"] for f in terminal.run("opinion", "lint", NUMBER, code=None)["findings"] if f["severity"] == "warn"
    }
    if advice:
        terminal.run("opinion", "acknowledge", NUMBER, *sorted(advice))
    digest = terminal.sign(NUMBER)["sha256"]
    terminal.run("sync")
    assert terminal.run("worklist")[0]["state"] == "released"
    return str(digest)


@pytest.mark.timeout(600)
def test_a_request_is_answered_by_sync_and_a_released_letter_is_corrected(terminal, clinic, shared):
    facts = clinic[1]
    reach_review(terminal, facts, shared)
    asked = terminal.run("opinion", "ask", NUMBER, "CT chest of May 2026", "--kind", "imaging-prior")
    assert asked[0]["answered"] == "waits to be sent"
    terminal.run("opinion", "message", NUMBER, "Please look for it soon.")
    terminal.run("sync")
    terminal.run("sync")
    (task,) = coded(facts)["request-information"]
    assert task["input"][0]["valueString"] == "CT chest of May 2026"
    said = [one["payload"][0]["contentString"] for one in resources(facts, "Communication?_count=50")]
    assert said.count("Please look for it soon.") == 1
    assert "Please look for it soon." in [message["text"] for message in terminal.run("opinion", "message", NUMBER)]
    answer(facts, task)
    terminal.run("opinion", "ask", NUMBER, "Slides of the biopsy", "--kind", "pathology-slides")
    terminal.run("sync")
    slides = terminal.run("opinion", "ask", NUMBER)[-1]["request"]["id"]
    withdrawn = terminal.run("opinion", "withdraw", NUMBER, slides)[-1]
    assert withdrawn["answered"] == "withdrawn"
    terminal.run("sync")
    assert [one["status"] for one in coded(facts)["request-information"]].count("cancelled") == 1
    standing = terminal.run("opinion", "ask", NUMBER)
    assert [(one["answered"], one["why"]) for one in standing][:1] == [("cannot be had", "The laboratory closed.")]
    assert standing[1]["answered"] == "withdrawn"

    write_opinion(terminal, NUMBER)
    assert {"L1", "F1"} <= rules(terminal)
    terminal.run("opinion", "set", NUMBER, "form.fit=no")
    terminal.run("opinion", "set", NUMBER, "section.limitations=The CT chest of May 2026 could not be had.")
    first = sign_and_deliver(terminal)
    responses = resources(facts, "QuestionnaireResponse?_count=50")
    (structured,) = [one for one in responses if one.get("questionnaire") == f"{FORM}|1"]
    assert [one["answer"] for one in structured["item"] if one["linkId"] == "fit"] == [[{"valueBoolean": False}]]

    terminal.run("opinion", "amend", NUMBER, "--kind", "correction")
    terminal.run("sync")
    assert terminal.run("worklist")[0]["state"] == "addendum-open"
    assert "A1" in rules(terminal)
    fields = (
        "amends.reason=The side was wrong.",
        "amends.sections=history",
        "section.history=The right lung is meant.",
    )
    terminal.run("opinion", "set", NUMBER, *fields)
    assert sign_and_deliver(terminal) != first

    (correction,) = coded(facts)["correction"]
    outputs = {one["type"]["coding"][0]["code"]: one["valueReference"]["reference"] for one in correction["output"]}
    composition = server_get(facts, outputs["opinion"])
    assert composition["relatesTo"][0]["code"] == "replaces"
    original = server_get(facts, composition["relatesTo"][0]["targetReference"]["reference"])
    assert "right lung" not in str(original)
    assert "right lung" in str(composition)
    assert coded(facts)["fulfill"][0]["status"] == "completed"
    retract(terminal, facts)


def retract(terminal, facts) -> None:
    """The author asks for it, cannot confirm it as well, and a second person does."""
    terminal.run("opinion", "amend", NUMBER, "--kind", "retraction")
    fields = ("amends.reason=Another patient's biopsy.", "amends.sections=all", "amends.second-person=Dr. Lind")
    terminal.run("opinion", "set", NUMBER, *fields)
    sign_and_deliver(terminal)
    (retraction,) = coded(facts)["retraction"]
    assert retraction["status"] == "requested"
    confirm(facts, retraction, retraction["requester"])
    terminal.run("sync")
    assert terminal.run("worklist")[0]["state"] == "released"
    confirm(facts, retraction, retraction["owner"])
    terminal.run("sync")
    assert terminal.run("worklist")[0]["state"] == "retracted"
    terminal.run("sync")
    assert terminal.run("worklist")[0]["state"] == "retracted"
