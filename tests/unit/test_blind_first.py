"""Blind-first: the first opinion is nowhere to be seen until a diagnosis of one's own is saved."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reviewer_app.domain.case import FirstOpinion
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import Citable, RecordPlace
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.errors import BadInput, NotAllowed
from reviewer_app.jobs import Job
from reviewer_app.services import (
    blind,
    documents,
    opinions,
    records,
    search,
    signing,
    summary,
    surroundings,
    versions,
    worklist,
)
from reviewer_app.ui.opinion.draft import Draft
from reviewer_app.ui.worklist.preview import preview_of
from tests.desks import CASE_ID, at_noon, open_session

SECRET = "Sarkomatoid"  # a word that stands nowhere but in the first opinion
NOTE, LETTER, OTHER, REQUEST = map(
    RecordId, ("Composition/first", "DocumentReference/first", "DocumentReference/other", "ServiceRequest/r1")
)


def resource(ref: RecordId, **content) -> bytes:
    kind, _, identifier = ref.partition("/")
    return json.dumps({"resourceType": kind, "id": identifier, "meta": {"versionId": "1"}, **content}).encode()


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    vault = session.vault
    first = FirstOpinion(f"{SECRET} carcinoma", f"{SECRET} plan", "Dr First", PartialDate("2026-11-01"))
    vault.cases.put(replace(vault.cases.get(CASE_ID), first_opinion=first, request_ref=REQUEST))
    consult = {"type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]}}
    supporting = [{"reference": ref} for ref in (NOTE, LETTER, OTHER)]
    for ref, content in (
        (NOTE, {}),
        (LETTER, consult),
        (OTHER, {"type": {"coding": [{"system": "http://loinc.org", "code": "11526-1"}]}}),
        (REQUEST, {"supportingInfo": supporting}),
    ):
        held = (Attachment("text/plain", size=40),) if ref in (LETTER, OTHER) else ()
        said = SECRET if ref in (NOTE, LETTER) else "Biopsy"
        kind = RecordClass.REQUEST if ref == REQUEST else RecordClass.DOCUMENT
        record = Record(ref, "1", kind, f"{said} {ref}", PartialDate("2026-11-02"), body=said, attachments=held)
        vault.records.put(CASE_ID, record, resource(ref, **content))
        for index in range(len(held)):
            vault.records.hold(CASE_ID, ref, index, f"{said}, said of {ref}".encode())
    yield session
    session.close()


def everything_shown(session) -> str:
    """All that lists, pages, search, summary, timeline and worklist say about the case."""
    search.catch_up(session, CASE_ID, Job())
    (entry,) = worklist.entries(session)
    return repr(
        (
            records.listing(session, CASE_ID),
            [records.record(session, CASE_ID, ref) for ref in (NOTE, LETTER)],
            [documents.describe(session, CASE_ID, ref) for ref in (LETTER, OTHER)],
            search.find(session, SECRET, CASE_ID),
            summary.summary(session, CASE_ID),
            summary.timeline(session, CASE_ID),
            preview_of(entry, at_noon()),
            worklist.reading(session, CASE_ID),
            surroundings.look(session, CASE_ID, opinions.open(session, CASE_ID), Surroundings()),
        )
    )


def test_the_first_opinion_is_nowhere_until_the_own_diagnosis_is_saved(session):
    assert SECRET in everything_shown(session)  # indexed before the mode was chosen: not found afterwards either
    session.settings.set("blind_first", "on")
    shown = everything_shown(session)
    assert SECRET not in shown
    assert "Kept back until your own diagnosis is saved" in shown
    assert "Biopsy" in shown  # what else the request rests on stays
    for refused in (
        lambda: opinions.cite(session, CASE_ID, "section:history", Citable("x", record=RecordPlace(NOTE, "1"))),
        lambda: signing.preview(session, CASE_ID),
    ):
        with pytest.raises(NotAllowed, match="kept back"):
            refused()
    for ref in (LETTER, OTHER):
        records.opened(session, CASE_ID, ref)
    assert records.viewed(session, CASE_ID) == {OTHER}


def test_words_of_a_first_opinion_kept_back_are_found_once_it_is_shown(session):
    session.settings.set("blind_first", "on")
    search.catch_up(session, CASE_ID, Job())
    assert search.find(session, SECRET, CASE_ID) == search.Answer()
    opinion = set_field(opinions.open(session, CASE_ID), "provisional", "Sarcoidosis")
    opinions.save(session, blind.reveal(session, opinion))
    search.catch_up(session, CASE_ID, Job())
    found = search.find(session, SECRET, CASE_ID)
    assert {hit.record.id for hit in found.hits} == {NOTE, LETTER}
    assert SECRET in everything_shown(session)


def test_looking_needs_a_diagnosis_and_is_noted_for_good(session):
    session.settings.set("blind_first", "on")
    opinion = opinions.open(session, CASE_ID)
    found = {finding.rule for finding in opinions.findings(session, CASE_ID, opinion)}
    assert "B1" in found
    assert "O1" not in found  # it is chosen against a first opinion that was read
    with pytest.raises(BadInput):
        blind.reveal(session, opinion)
    assert blind.hidden(session, CASE_ID)
    before = opinions.save(session, set_field(opinion, "provisional", "Sarcoidosis"))
    seen = blind.reveal(session, before)
    assert not blind.hidden(session, CASE_ID)
    assert session.vault.audit.all()[-1].kind == "first-opinion-shown"
    with pytest.raises(BadInput, match="fixed"):
        set_field(seen, "provisional", "What the first opinion says")

    draft = Draft(before, before)
    draft.edit(seen)
    draft.undo()
    assert draft.opinion.provisional == seen.provisional
    opinions.save(session, seen)
    assert versions.restored(session, CASE_ID, before.revision).provisional == seen.provisional


def test_switching_the_mode_off_on_a_case_is_noted(session):
    session.settings.set("blind_first", "on")
    blind.choose(session, CASE_ID, blind=False)
    assert not blind.hidden(session, CASE_ID)
    assert session.vault.audit.all()[-1].kind == "first-opinion-shown"
