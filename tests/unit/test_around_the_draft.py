"""Around a draft: requests, messages, versions, blind-first, snippets, spelling, late records, later letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.asking import Answered, Wanted
from reviewer_app.domain.case import Message
from reviewer_app.domain.circumstances import AmendmentKind
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.delivery import OutboxKind, OutboxState
from reviewer_app.domain.differences import Change, differences
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import CitationId, InstanceUid, RecordId, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.opinion import Citable, ImagePlace, Section
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.errors import BadInput, DraftConflict, NotAllowed, NotFound
from reviewer_app.services import (
    acts,
    amending,
    asking,
    checking,
    opinions,
    spelling,
    templates,
    versions,
    worklist,
)
from reviewer_app.services.reviewed import reviewed
from reviewer_app.ui.opinion.watching import news
from tests.desks import CASE_ID, REPORT, at_noon, case, open_session


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    yield session
    session.close()


def draft(session, **texts):
    opinion = opinions.open(session, CASE_ID)
    for name, text in texts.items():
        opinion = opinion.with_text(Section[name], text)
    return opinions.save(session, opinion)


def rules(session) -> set[str]:
    return {finding.rule for finding in opinions.findings(session, CASE_ID)}


def test_a_request_waits_in_the_outbox_and_must_be_named_in_the_limitations(session):
    asking.ask(session, CASE_ID, Wanted.PRIOR_IMAGING, "CT chest of May 2026", by="2026-11-30")
    assert [entry.kind for entry in session.vault.outbox.all(CASE_ID)] == [OutboxKind.INFORMATION]
    (known,) = asking.standing(session, CASE_ID)
    assert known.answered is Answered.QUEUED
    assert "L1" in rules(session)
    draft(session, LIMITATIONS="The CT chest of May 2026 was not available.")
    assert "L1" not in rules(session)


def test_a_supplied_request_needs_no_mention(session):
    request = asking.ask(session, CASE_ID, Wanted.LABORATORY, "Ferritin")
    (entry,) = session.vault.outbox.all(CASE_ID)
    session.vault.outbox.set(entry.id, OutboxState.VERIFIED)
    assert asking.standing(session, CASE_ID)[0].answered is Answered.ASKED
    body = (
        f'{{"resourceType":"Task","id":"t9","status":"completed","identifier":[{{"value":"urn:uuid:{request.id}"}}]}}'
    )
    task = Record(RecordId("Task/t9"), "1", RecordClass.REQUEST, "Request", PartialDate("2026-11-22"))
    session.vault.records.put(CASE_ID, task, body.encode())
    assert asking.standing(session, CASE_ID)[0].answered is Answered.SUPPLIED
    assert "L1" not in rules(session)


def test_a_blocking_request_stops_the_clock_and_the_text_can_still_be_written(session):
    asking.ask(session, CASE_ID, Wanted.PATHOLOGY, "Slides", blocking=True)
    assert session.vault.cases.get(CASE_ID).state is CaseState.AWAITING_INFO
    draft(session, HISTORY="Meanwhile.")
    asking.resume(session, CASE_ID)
    assert session.vault.cases.get(CASE_ID).state is CaseState.IN_REVIEW
    with pytest.raises(NotAllowed):
        asking.resume(session, CASE_ID)


def test_a_request_not_sent_yet_is_withdrawn_for_good(session):
    request = asking.ask(session, CASE_ID, Wanted.REPORT, "Operation report")
    asking.withdraw(session, CASE_ID, request.id[:6])
    assert [entry.state for entry in session.vault.outbox.all(CASE_ID)] == [OutboxState.RECALLED]
    assert asking.standing(session, CASE_ID)[0].answered is Answered.CANCELLED
    assert "L1" not in rules(session)
    with pytest.raises(NotAllowed):
        asking.withdraw(session, CASE_ID, request.id)
    with pytest.raises(NotFound):
        asking.withdraw(session, CASE_ID, "none")


def test_a_request_that_was_sent_is_withdrawn_at_the_server_unless_it_was_answered(session):
    request = asking.ask(session, CASE_ID, Wanted.REPORT, "Operation report")
    session.vault.outbox.set(session.vault.outbox.all(CASE_ID)[0].id, OutboxState.VERIFIED)
    asking.withdraw(session, CASE_ID, request.id)
    act = session.vault.outbox.all(CASE_ID)[-1]
    assert (act.kind, act.state) == (OutboxKind.WITHDRAWAL, OutboxState.QUEUED)
    (known,) = asking.standing(session, CASE_ID)
    assert known.answered is Answered.CANCELLED
    assert known.since.instant is not None
    body = (
        f'{{"resourceType":"Task","id":"t9","status":"completed","lastModified":"2026-11-21T10:00:00Z",'
        f'"identifier":[{{"value":"urn:uuid:{request.id}"}}]}}'
    )
    task = Record(RecordId("Task/t9"), "1", RecordClass.REQUEST, "Request", PartialDate("2026-11-21"))
    session.vault.records.put(CASE_ID, task, body.encode())
    (answered,) = asking.standing(session, CASE_ID)
    assert answered.answered is Answered.SUPPLIED
    assert answered.since.day == "2026-11-21"


def test_an_answer_and_a_message_are_noticed_when_they_come(session):
    request = asking.ask(session, CASE_ID, Wanted.REPORT, "Operation report")
    before = Surroundings(requests=asking.standing(session, CASE_ID))
    asked = replace(before.requests[0], answered=Answered.ASKED)
    assert news(before, replace(before, requests=(asked,))) == ""
    gone = replace(asked, answered=Answered.UNOBTAINABLE, why="destroyed in 2024")
    said = news(replace(before, requests=(asked,)), replace(before, requests=(gone,)))
    assert request.words in said
    assert "destroyed in 2024" in said
    note = Message("Communication/1", PartialDate("2026-11-22"), "Case manager", "Please call.")
    assert news(before, replace(before, thread=(note,))) == "New message from Case manager."


@pytest.mark.parametrize(("words", "by"), [(" ", ""), ("CT", "soon")])
def test_a_request_without_words_or_with_no_day_is_refused(session, words, by):
    with pytest.raises(BadInput):
        asking.ask(session, CASE_ID, Wanted.OTHER, words, by=by)
    assert session.vault.outbox.all(CASE_ID) == ()


def test_a_message_stands_in_the_thread_as_waiting_until_it_is_sent(session):
    asking.write(session, CASE_ID, "Please call me.")
    assert [(one.text, one.ref) for one in asking.thread(session, CASE_ID)] == [("Please call me.", "")]
    assert asking.messages_pending(session, CASE_ID)
    (entry,) = session.vault.outbox.all(CASE_ID)
    session.vault.outbox.set(entry.id, OutboxState.VERIFIED)
    assert asking.thread(session, CASE_ID) == ()
    assert not asking.messages_pending(session, CASE_ID)


def test_a_record_that_came_after_drafting_began_must_be_opened(session):
    draft(session, HISTORY="Begun.")
    assert "L4" not in rules(session)
    late = Record(RecordId("DiagnosticReport/late"), "1", RecordClass.REPORT, "Assay", PartialDate("2026-11-22"))
    session.vault.records.put(CASE_ID, late, b"{}")
    assert "L4" in rules(session)
    session.vault.views.viewed(CASE_ID, f"record:{late.id}", now())
    assert "L4" not in rules(session)


def test_an_edit_of_the_list_of_records_is_marked(session):
    edited = opinions.open(session, CASE_ID)
    edited = set_field(set_field(edited, "record.1.record", REPORT), "record.1.why", "illegible")
    lists = reviewed(session, CASE_ID, edited.record_edits)
    assert [one.said for one in lists.not_reviewed if "Pathology" in one.what] == [
        f"{now().date().isoformat()}  Document  Pathology report (listed by the author: illegible)"
    ]
    words = set_field(edited, "record.2.record", "Slides")
    words = set_field(set_field(words, "record.2.reviewed", "yes"), "record.2.why", "at the clinic")
    assert reviewed(session, CASE_ID, words.record_edits).reviewed[-1].what == "Slides"


def test_differences_name_what_came_and_what_went():
    before = set_field(opinions.words.begin("o", case(), at_noon()), "section.history", "Operated on the left side.")
    after = set_field(before, "section.history", "Operated on the right side.")
    (found,) = differences(before, after)
    assert found.name == "section.history"
    changed = [(run.change, run.text) for run in found.runs if run.change is not Change.SAME]
    assert changed == [(Change.REMOVED, "left"), (Change.ADDED, "right")]
    assert "".join(run.text for run in found.runs if run.change is not Change.REMOVED) == found.after
    assert differences(after, after) == ()


def test_a_lost_citation_is_a_difference():
    before = opinions.words.begin("o", case(), at_noon())
    cited = before.with_citation(Citable("A paper", reference="A").as_citation("c1", "section:history", at_noon()))
    assert [found.title for found in differences(cited, before)] == ["Citations"]


def test_an_older_version_can_be_the_draft_again_and_nothing_is_lost(session):
    first = draft(session, HISTORY="First.")
    draft(session, HISTORY="Second.")
    assert [found.after for found in versions.compared(session, CASE_ID, first.revision)] == ["Second."]
    opinions.save(session, versions.restored(session, CASE_ID, first.revision))
    assert opinions.open(session, CASE_ID).text(Section.HISTORY) == "First."
    kept = {
        session.vault.opinions.at(CASE_ID, one.revision).text(Section.HISTORY)
        for one in versions.listing(session, CASE_ID)
    }
    assert kept == {"First.", "Second."}


def test_of_two_texts_written_apart_a_person_chooses_and_evidence_of_both_stays(session):
    base = draft(session, HISTORY="Base.")
    opinions.save(session, opinions.with_citation(session, base, "section:history", Citable("P", reference="P")))
    mine = base.with_text(Section.HISTORY, "Mine.")
    mine = opinions.with_citation(session, mine, "section:history", Citable("Q", reference="Q"))
    with pytest.raises(DraftConflict):
        opinions.save(session, mine)
    apart = versions.apart(session, mine)
    assert [(one.key, one.mine, one.other, one.theirs) for one in apart.choices] == [
        ("section:history", "Mine.", "Base.", False)
    ]
    chosen = opinions.save(session, apart.merged(()))
    assert chosen.text(Section.HISTORY) == "Mine."
    assert {one.label for one in chosen.citations} == {"P", "Q"}
    assert [one.aside for one in versions.listing(session, CASE_ID)].count(True) == 1


def test_snippets_fit_their_fields_and_own_ones_come_first(session):
    templates.keep(session, "Mine", "My own words.")
    offered = templates.offered(session, replace(case(), specialty="Medical oncology"))
    assert offered[0].keyword == "mine"
    assert any(one.keyword == "stage" for one in offered)
    assert not any(one.keyword == "stage" for one in templates.offered(session, replace(case(), specialty="Neurology")))
    priors = next(one for one in offered if one.keyword == "priors")
    assert priors.fits("section.limitations")
    assert not priors.fits("section.history")
    templates.drop(session, "mine")
    assert templates.own(session) == ()
    with pytest.raises(BadInput):
        templates.keep(session, "two words", "x")


def test_every_gap_in_a_template_is_a_placeholder_that_blocks_signing(session):
    text = next(
        one.text for one in templates.offered(session, replace(case(), specialty="oncology")) if "[...]" in one.text
    )
    draft(session, HISTORY=text)
    assert any("[...]" in finding.message for finding in opinions.findings(session, CASE_ID) if finding.rule == "F1")


def test_the_slice_thickness_that_names_a_series_contradicts_no_measurement_but_its_side_does(session):
    series = Series(SeriesUid("1.1"), StudyUid("1"), "CT", 2, "Left chest venous 3.0 mm", expected=1)
    session.vault.images.expect(CASE_ID, Study(StudyUid("1"), series=(series,)), {series.uid: [InstanceUid("1.1.1")]})
    seen = Citable("CT", image=ImagePlace(StudyUid("1"), series.uid, InstanceUid("1.1.1")))
    opinion = draft(session, DIAGNOSIS="A nodule of 14 mm in the right upper lobe.").with_citation(
        seen.as_citation(CitationId("i"), "section:diagnosis", at_noon())
    )
    said = [found.message for found in opinions.findings(session, CASE_ID, opinion) if found.rule == "E7"]
    assert len(said) == 1
    assert "side" in said[0]


def test_misspelt_words_are_found_and_names_drugs_and_terms_are_not(session):
    text = "Hartmann recieved letrozole; the axillary lymphadenopathy regressed. CA15-3, HER2 and pT2N1."
    opinion = set_field(opinions.open(session, CASE_ID), "section.history", text)
    assert spelling.misspelt(session, CASE_ID, opinion) == {"recieved"}
    assert "received" in spelling.suggestions(session, "recieved")
    spelling.learn(session, "recieved")
    assert spelling.misspelt(session, CASE_ID, opinion) == frozenset()


def test_american_spelling_is_right_where_it_is_chosen(session):
    opinion = set_field(opinions.open(session, CASE_ID), "section.history", "The color of the tumor.")
    assert spelling.misspelt(session, CASE_ID, opinion) == {"color", "tumor"}
    session.settings.set("spelling", "en_US")
    assert spelling.misspelt(session, CASE_ID, opinion) == frozenset()
    session.settings.set("spelling", "off")
    assert spelling.misspelt(session, CASE_ID, set_field(opinion, "section.history", "Xqzt")) == frozenset()


def signed(session):
    made = draft(session, HISTORY="As signed.")
    entry = session.vault.opinions.sign(made.id, CASE_ID, made.revision, now(), "Dr. M", b"%PDF-1.7 signed")
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=CaseState.RELEASED))
    return made, entry


def test_an_addendum_begins_with_the_signed_text_and_names_what_it_follows(session):
    made, original = signed(session)
    opened = amending.begin(session, CASE_ID, AmendmentKind.ADDENDUM)
    assert opened.text(Section.HISTORY) == "As signed."
    assert opened.id != made.id
    assert (opened.amends.original, opened.amends.sha256) == (original.opinion, original.sha256)
    assert session.vault.cases.get(CASE_ID).state is CaseState.ADDENDUM_OPEN
    assert "A1" in rules(session)
    told = set_field(set_field(opened, "amends.reason", "Assay came"), "amends.sections", "history")
    opinions.save(session, told)
    assert "A1" not in rules(session)
    assert checking.desk(session, CASE_ID, told).original == (original.opinion, original.sha256)


def test_an_abandoned_addendum_leaves_the_released_letter(session):
    _, original = signed(session)
    amending.begin(session, CASE_ID, AmendmentKind.CORRECTION)
    amending.abandon(session, CASE_ID)
    assert session.vault.cases.get(CASE_ID).state is CaseState.RELEASED
    assert session.vault.opinions.signed(CASE_ID) == original


def test_a_later_letter_is_not_shown_as_delivered_because_an_earlier_one_was(session):
    made, original = signed(session)
    vault = session.vault
    entry = acts.queue_delivery(session, vault.cases.get(CASE_ID), original)
    vault.outbox.set(entry.id, OutboxState.VERIFIED)
    assert worklist.entries(session)[0].delivered is not None
    opened = amending.begin(session, CASE_ID, AmendmentKind.ADDENDUM)
    later = vault.opinions.sign(opened.id, CASE_ID, opened.revision, now(), "Dr. M", b"%PDF-1.7 later")
    acts.queue_delivery(session, vault.cases.get(CASE_ID), later)
    assert worklist.entries(session)[0].delivered is None
    assert acts.delivered_at(vault.outbox.all(CASE_ID), later) is None
    assert acts.delivered_at(vault.outbox.all(CASE_ID), original) is not None
    assert made.revision < opened.revision


def test_a_returned_case_is_in_review_again_once_it_is_opened(session):
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=CaseState.RETURNED))
    assert worklist.open_case(session, CASE_ID).state is CaseState.IN_REVIEW
    assert may_move(session.vault.cases.get(CASE_ID).state, CaseState.SIGNED)


def test_nothing_is_amended_before_release_or_while_the_letter_waits(session):
    draft(session, HISTORY="x")
    session.vault.opinions.sign("o", CASE_ID, 1, now(), "Dr. M", b"%PDF-1.7 signed")
    with pytest.raises(NotAllowed):
        amending.begin(session, CASE_ID, AmendmentKind.ADDENDUM)
    session.vault.cases.put(replace(session.vault.cases.get(CASE_ID), state=CaseState.RELEASED))
    session.vault.outbox.put(CASE_ID, OutboxKind.OPINION, "{}", "1")
    with pytest.raises(NotAllowed):
        amending.begin(session, CASE_ID, AmendmentKind.ADDENDUM)


def test_the_server_does_not_close_an_addendum_it_knows_nothing_of():
    writing = case(CaseState.ADDENDUM_OPEN)
    assert amending.is_open(writing, CaseState.RELEASED)
    assert not amending.is_open(writing, CaseState.RETRACTED)
    assert not amending.is_open(case(CaseState.IN_REVIEW), CaseState.RELEASED)


def test_recalling_an_addendum_lets_the_original_stand(session):
    _, original = signed(session)
    second = amending.begin(session, CASE_ID, AmendmentKind.ADDENDUM)
    session.vault.opinions.sign(second.id, CASE_ID, second.revision, now(), "Dr. M", b"%PDF-1.7 second")
    session.vault.opinions.recall(CASE_ID)
    assert session.vault.opinions.signed(CASE_ID) == original


def test_what_the_desk_delivered_itself_is_not_unread_when_it_comes_back(session):
    from reviewer_app.services import own_records

    draft(session, HISTORY="Begun.")
    mine = Record(RecordId("Composition/mine"), "1", RecordClass.DOCUMENT, "Remote second opinion", PartialDate("2026"))
    session.vault.records.put(CASE_ID, mine, b"{}")
    assert {"L4", "E2"} <= rules(session)
    session.vault.views.viewed(CASE_ID, f"record:{REPORT}", now())
    own_records.note(session, CASE_ID, ["Composition/mine"])
    assert {"L4", "E2"}.isdisjoint(rules(session))
    lists = reviewed(session, CASE_ID)
    assert not [one for one in (*lists.reviewed, *lists.not_reviewed) if one.what == "Remote second opinion"]
