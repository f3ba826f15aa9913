"""Delivering over a line that loses answers: an opinion is there once, and delivered only once it was seen there."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from base64 import b64decode
from dataclasses import replace
from urllib.parse import quote

import pytest

from reviewer_app.domain.case import DeclineReason
from reviewer_app.domain.dates import now
from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.ids import OpinionId
from reviewer_app.domain.opinion import Answer, Confidence, Section, begin
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.states import CaseState
from reviewer_app.fhir.delivery import hash_uri
from reviewer_app.services import acts, worklist
from tests.integration.fault_proxy import Fault, Kind, always, times

pytestmark = pytest.mark.servers
TASK = "Task/case-05-lung-nodules-task"
WRITES = ["/Binary", "/DocumentReference", "/QuestionnaireResponse", "/Composition", "/Provenance", "/Task/"]


@pytest.fixture
def ready(desk, shared):
    """A desk that pulled a case nobody has touched, accepted it and signed an opinion that waits in the outbox."""
    bundle = json.loads((shared / "data/cases/case-05-lung-nodules/bundle.json").read_bytes())
    task = next(one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Task")
    desk.server_put(task)
    server = desk.session.vault.profile.servers()[0]
    desk.session.vault.profile.put_server(replace(server, dicomweb_url=""))  # images have no part in this
    desk.sync()
    sign(desk)
    return desk


def sign(desk) -> None:
    session, case = desk.session, desk.case("CASE-05")
    worklist.accept(session, case.id, worklist.attest(independent=True, competent=True, timely=True))
    case = worklist.open_case(session, case.id)
    opinion = begin(OpinionId(str(uuid.uuid4())), case, now()).with_text(Section.KEY_MESSAGE, "Biopsy <first> & plan.")
    opinion = opinion.with_answer(Answer(case.questions[0].id, "Yes.", Confidence.HIGH))
    opinion = replace(opinion, outcome=Outcome(DiagnosisRelation.SAME, TreatmentRelation.MODIFIED))
    opinion = session.vault.opinions.save(opinion, 0)
    with session.vault.transaction():
        pdf = b"%PDF-1.7 signed " + os.urandom(4000)
        signed = session.vault.opinions.sign(opinion.id, case.id, opinion.revision, now(), "Dr. S", pdf)
        case = replace(case, state=CaseState.SIGNED)
        session.vault.cases.put(case)
        acts.queue_delivery(session, case, signed)


def delivery(desk):
    entries = desk.session.vault.outbox.all(desk.case("CASE-05").id)
    return next(entry for entry in entries if entry.kind is OutboxKind.OPINION)


def documents(desk) -> list[dict[str, object]]:
    """What the server holds under the digest of the signed PDF."""
    signed = desk.session.vault.opinions.signed(desk.case("CASE-05").id)
    query = quote(f"urn:ietf:rfc:3986|{hash_uri(signed.sha256)}", safe="")
    found = desk.server_get(f"DocumentReference?identifier={query}").get("entry", [])
    return [entry["resource"] for entry in found]


def assert_there_once_and_equal(desk) -> None:
    (document,) = documents(desk)
    held = b64decode(desk.server_get(document["content"][0]["attachment"]["url"])["data"])
    signed = desk.session.vault.opinions.signed(desk.case("CASE-05").id)
    assert hashlib.sha256(held).hexdigest() == signed.sha256
    task = desk.server_get(TASK)
    assert task["status"] == "completed"
    outputs = {one["type"]["coding"][0]["code"]: one["valueReference"]["reference"] for one in task["output"]}
    assert set(outputs) == {"answers", "opinion-form", "opinion", "signed-pdf"}
    for reference in outputs.values():
        assert desk.server_get(reference)["resourceType"] == reference.partition("/")[0]


def test_a_delivered_opinion_is_on_the_server_once_and_equals_the_signed_one(ready):
    report = ready.sync()
    assert (report.delivered, report.problems) == (1, ())
    assert_there_once_and_equal(ready)
    assert delivery(ready).state is OutboxState.VERIFIED
    assert ready.case("CASE-05").state is CaseState.RELEASED


@pytest.mark.parametrize("kind", [Kind.LOSE, Kind.TWICE], ids=["answer lost", "sent twice"])
@pytest.mark.parametrize("place", WRITES)
def test_a_lost_or_doubled_write_leaves_one_opinion(ready, place, kind):
    ready.fhir.rules = [times(1, Fault(kind), place, "POST"), times(1, Fault(kind), place, "PUT")]
    ready.sync()
    ready.fhir.rules = []
    ready.sync()
    assert delivery(ready).state is OutboxState.VERIFIED
    assert_there_once_and_equal(ready)


@pytest.mark.parametrize("place", ["/DocumentReference", "/Task/"])
def test_an_opinion_whose_answers_never_come_is_not_shown_as_delivered(ready, place):
    ready.fhir.rules = [always(Fault(Kind.LOSE), place, "POST"), always(Fault(Kind.LOSE), place, "PUT")]
    report = ready.sync()
    assert report.delivered == 0
    assert report.problems
    assert delivery(ready).state is OutboxState.QUEUED
    ready.fhir.rules = []
    ready.sync()
    assert delivery(ready).state is OutboxState.VERIFIED
    assert_there_once_and_equal(ready)


def test_an_opinion_is_not_delivered_before_it_was_read_back(ready):
    ready.fhir.rules = [always(Fault(Kind.STATUS, status=503), "/Binary/", "GET")]
    ready.sync()
    assert delivery(ready).state is not OutboxState.VERIFIED
    assert ready.case("CASE-05").state is CaseState.SIGNED


def test_another_pdf_on_the_server_blocks_and_is_named(ready):
    other = json.dumps({"resourceType": "Binary", "contentType": "application/pdf", "data": "JVBERi0="}).encode()
    ready.fhir.rules = [always(Fault(Kind.REPLACE, body=other), "/Binary/", "GET")]
    ready.sync()
    assert delivery(ready).state is OutboxState.BLOCKED
    assert "not the one that was signed" in delivery(ready).reason


def test_a_refusal_is_shown_in_the_words_of_the_server(ready):
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "Licence unknown"}]}
    refusal = Fault(
        Kind.STATUS, status=403, headers={"Content-Type": "application/fhir+json"}, body=json.dumps(outcome).encode()
    )
    ready.fhir.rules = [always(refusal, "/DocumentReference", "POST")]
    report = ready.sync()
    assert report.blocked == 1
    assert "Licence unknown" in delivery(ready).reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "cancelled"}, "cancelled"),
        ({"owner": {"reference": "Practitioner/case-05-lung-nodules-requester"}}, "somebody else"),
    ],
)
def test_a_case_taken_away_keeps_the_signed_opinion_and_asks_a_person(ready, change, said):
    ready.server_put({**ready.server_get(TASK), **change})
    ready.sync()
    assert said in delivery(ready).reason
    assert "a person decides" in delivery(ready).reason
    assert documents(ready) == []
    assert ready.session.vault.opinions.pdf(ready.session.vault.opinions.signed(ready.case("CASE-05").id))


def test_changes_of_others_are_kept_and_ours_put_on_top(ready):
    ready.server_put({**ready.server_get(TASK), "note": [{"text": "Call the ward first."}]})
    ready.sync()
    assert delivery(ready).state is OutboxState.VERIFIED
    assert ready.server_get(TASK)["note"] == [{"text": "Call the ward first."}]


def test_a_change_in_the_very_moment_of_ours_is_not_overwritten(ready):
    changed = []

    def meanwhile(how, path):
        if how == "PUT" and TASK in path and not changed:
            changed.append(path)
            ready.server_put({**ready.server_get(TASK), "note": [{"text": "In between."}]})

    ready.fhir.rules = [meanwhile]
    ready.sync()
    assert delivery(ready).state is OutboxState.VERIFIED
    assert ready.server_get(TASK)["note"] == [{"text": "In between."}]


def test_what_was_under_way_at_a_crash_is_sent_again(ready):
    ready.session.vault.outbox.set(delivery(ready).id, OutboxState.INFLIGHT)
    ready.sync()
    assert delivery(ready).state is OutboxState.VERIFIED
    assert_there_once_and_equal(ready)


def test_a_blocked_case_does_not_hold_up_another(ready, shared):
    other = ready.case("CASE-04")
    bundle = json.loads((shared / "data/cases/case-04-coronary-surgery/bundle.json").read_bytes())
    number = next(one["resource"]["id"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Task")
    held = ready.server_get(f"Task/{number}")
    ready.server_put({**held, "status": "requested", "businessStatus": {"text": "waiting"}})
    ready.fhir.rules = [always(Fault(Kind.STATUS, status=403), "/DocumentReference", "POST")]
    ready.session.vault.cases.put(replace(other, state=CaseState.ASSIGNED))
    worklist.decline(ready.session, other.id, DeclineReason.OTHER, "On leave until January.")
    ready.sync()
    assert delivery(ready).state is OutboxState.BLOCKED
    task = ready.server_get(f"Task/{number}")
    assert (task["status"], task["statusReason"]["text"]) == ("rejected", "On leave until January.")


def test_under_quality_review_delivery_leaves_the_assignment_in_progress(ready):
    server = ready.session.vault.profile.servers()[0]
    ready.session.vault.profile.put_server(replace(server, quality_review=True))
    assert ready.sync().delivered == 1
    task = ready.server_get(TASK)
    assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == ("in-progress", "in-quality-review")
    assert documents(ready)[0]["docStatus"] == "preliminary"
    assert ready.case("CASE-05").state is CaseState.IN_QUALITY


def test_a_guest_network_keeps_everything_queued(ready):
    ready.fhir.rules = [always(Fault(Kind.PORTAL))]
    ready.sync()
    assert delivery(ready).state is OutboxState.QUEUED
