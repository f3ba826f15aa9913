"""Writing without a window: every edit is a snapshot, undo goes over the whole opinion, citations stay in the case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import InstanceUid, OpinionId, RecordId, SeriesUid, StudyUid
from reviewer_app.domain.opinion import Citable, ImagePlace, RecordPlace, Section, begin
from reviewer_app.domain.rows import add_row, remove_row
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BadInput, NotAllowed, NotFound, WrongPatient
from reviewer_app.services import opinions
from reviewer_app.ui.opinion.draft import Draft
from tests.desks import CASE_ID, REPORT, at_noon, case, open_session


@pytest.fixture
def session(tmp_path):
    session = open_session(tmp_path / "home")
    yield session
    session.close()


def empty():
    return begin(OpinionId("o"), case(), at_noon())


def test_a_saved_draft_is_what_the_next_session_opens(session):
    saved = opinions.save(session, opinions.open(session, CASE_ID).with_text(Section.DIAGNOSIS, "Confirmed."))
    assert opinions.open(session, CASE_ID) == saved
    assert saved.revision == 1


def test_two_windows_never_overwrite_each_other(session):
    first = opinions.save(session, opinions.open(session, CASE_ID))
    opinions.save(session, first.with_text(Section.DIAGNOSIS, "From one window."))
    with pytest.raises(BadInput):
        opinions.save(session, first.with_text(Section.DIAGNOSIS, "From the other window."))
    kept = [session.vault.opinions.at(CASE_ID, revision) for revision, _ in session.vault.opinions.history(CASE_ID)]
    assert {"From one window.", "From the other window."} <= {opinion.text(Section.DIAGNOSIS) for opinion in kept}


def test_a_signed_opinion_cannot_be_written(tmp_path):
    session = open_session(tmp_path / "signed", CaseState.SIGNED)
    with pytest.raises(NotAllowed):
        opinions.save(session, empty())
    session.close()


def test_a_citation_of_a_record_of_the_case_is_taken(session):
    made = opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Pathology", record=RecordPlace(REPORT, "1")))
    assert [citation.label for citation in opinions.open(session, CASE_ID).citations] == ["Pathology"]
    assert made.numbers() == {made.citations[0].id: 1}


def test_what_is_cited_again_keeps_its_number(session):
    for anchor, quote in (("section:diagnosis", "R1"), ("answer:q1", ""), ("answer:q2", "R1")):
        place = RecordPlace(REPORT, "1", quote=quote)
        made = opinions.cite(session, CASE_ID, anchor, Citable("Pathology", record=place))
    assert list(made.numbers().values()) == [1, 2, 1]
    assert [citation.record.quote for citation in made.sources()] == ["R1", ""]


def test_a_record_or_image_that_is_not_in_the_case_cannot_be_cited(session):
    elsewhere = Citable("Other", record=RecordPlace(RecordId("DocumentReference/other"), "1"))
    image = Citable("Image", image=ImagePlace(StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1")))
    for citable in (elsewhere, image):
        with pytest.raises(NotFound):
            opinions.cite(session, CASE_ID, "section:diagnosis", citable)
    assert opinions.open(session, CASE_ID).citations == ()


def test_an_unreadable_record_cannot_be_cited(session):
    broken = replace(session.vault.records.get(CASE_ID, REPORT), unreadable="It belongs to another patient.")
    session.vault.records.put(CASE_ID, broken, b"{}")
    with pytest.raises(WrongPatient):
        opinions.cite(session, CASE_ID, "section:diagnosis", Citable("Pathology", record=RecordPlace(REPORT, "1")))


def test_undo_goes_over_the_whole_opinion_and_back():
    draft = Draft(empty(), empty())
    draft.edit(set_field(draft.opinion, "section.diagnosis", "a"), "section.diagnosis")
    draft.edit(set_field(draft.opinion, "section.diagnosis", "ab"), "section.diagnosis")
    draft.edit(set_field(draft.opinion, "outcome.treatment", "same"), "outcome.treatment")
    draft.undo()
    assert draft.opinion.outcome.treatment is None
    assert draft.opinion.text(Section.DIAGNOSIS) == "ab"
    draft.undo()
    assert draft.opinion.text(Section.DIAGNOSIS) == ""
    assert draft.can_undo is False
    draft.redo()
    draft.redo()
    assert draft.opinion.outcome.treatment is not None


def test_what_was_typed_while_a_snapshot_was_written_stays_unsaved():
    draft = Draft(empty(), empty())
    draft.edit(set_field(draft.opinion, "section.diagnosis", "first"), "section.diagnosis")
    sent = draft.opinion
    draft.edit(set_field(draft.opinion, "section.diagnosis", "first and more"), "section.diagnosis")
    draft.was_saved(sent, replace(sent, revision=7))
    assert draft.dirty
    assert draft.opinion.revision == 7
    draft.was_saved(draft.opinion, replace(draft.opinion, revision=8))
    assert not draft.dirty


def test_a_row_goes_with_the_citations_beside_it():
    opinion = add_row(add_row(empty(), "option"), "option")
    assert [row.id for row in opinion.options] == ["o1", "o2"]
    cited = Citable("x", reference="A paper").as_citation("c1", "option:o1", at_noon())
    opinion = remove_row(opinion.with_citation(cited), "option.o1")
    assert [row.id for row in opinion.options] == ["o2"]
    assert opinion.citations == ()
    assert [row.id for row in add_row(opinion, "option").options] == ["o2", "o1"]


def test_a_draft_that_could_not_be_read_again_is_never_saved(session):
    kept = opinions.save(session, opinions.open(session, CASE_ID).with_text(Section.DIAGNOSIS, "Confirmed."))
    place = ImagePlace(StudyUid("1"), SeriesUid("1.1"), InstanceUid("1.1.1"), window=(float("nan"), 40.0))
    broken = kept.with_citation(Citable("Image", image=place).as_citation("c1", "section:diagnosis", at_noon()))
    with pytest.raises(BadInput):
        opinions.save(session, broken)
    assert opinions.open(session, CASE_ID) == kept


def test_a_damaged_newest_draft_gives_way_to_the_one_before(session):
    first = opinions.save(session, opinions.open(session, CASE_ID).with_text(Section.DIAGNOSIS, "Confirmed."))
    second = opinions.save(session, first.with_text(Section.DIAGNOSIS, "Confirmed again."))
    with session.vault.transaction():
        session.vault.opinions._database.execute(
            "UPDATE snapshots SET body = ? WHERE revision = ?", b"{}", second.revision
        )
    opened = opinions.open(session, CASE_ID)
    assert opened.text(Section.DIAGNOSIS) == "Confirmed."
    assert opinions.save(session, opened).revision > second.revision
