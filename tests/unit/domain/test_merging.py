"""Two drafts written apart become one, place by place, and nothing that was evidence is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.differences import differences
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.merging import choices, merged, set_apart
from reviewer_app.domain.opinion import Citation, Opinion, begin
from reviewer_app.domain.rows import remove_row
from tests.desks import COMPLETE_FIELDS, at_noon, case

EVERY_PLACE = {
    "section.history": "Operated in June.",
    "answer.q1": "Yes.",
    "outcome.diagnosis": "refined",
    "first.plan": "Chemotherapy",
    "own.code": "C50.4",
    "prognosis-not-given": "Not asked",
    "no-trial": "None recruits",
    "incomplete-studies-reason": "Scout only",
    "in-person.where": "Heidelberg",
    "call.minutes": "Agreed.",
    "amends.reason": "A slip",
    "option.1.name": "Surgery",
    "change.1.after": "Endocrine therapy",
    "differential.1.diagnosis": "Sarcoidosis",
    "step.1.what": "Assay",
    "trial.1.name": "A trial",
    "urgent.1.finding": "Embolism",
    "specialty.1.specialty": "Radiology",
    "record.1.record": "Slides",
}


def draft(**fields: str) -> Opinion:
    return written(begin("o", case(), at_noon()), **fields)


def written(opinion: Opinion, **fields: str) -> Opinion:
    for name, text in fields.items():
        opinion = set_field(opinion, name, text)
    return opinion


def cited(opinion: Opinion, identifier: str, anchor: str) -> Opinion:
    return opinion.with_citation(Citation(CitationId(identifier), anchor, identifier, at_noon(), reference="A paper"))


@pytest.mark.parametrize(("name", "text"), EVERY_PLACE.items())
def test_what_either_of_two_wrote_can_be_kept_or_left(name, text):
    base = draft()
    other = written(base, **{name: text})
    (choice,) = choices(base, base, other)
    assert (choice.contested, choice.theirs, choice.mine) == (False, True, "")
    assert choice.other
    assert merged(base, other, frozenset({choice.key})) == other
    assert merged(base, other, frozenset()) == base
    (choice,) = choices(base, other, base)
    assert (choice.contested, choice.theirs) == (False, False)


def test_a_whole_draft_taken_place_by_place_is_that_draft():
    base = draft()
    other = written(base, **{**COMPLETE_FIELDS, **EVERY_PLACE})
    taken = frozenset(choice.key for choice in choices(base, base, other))
    assert merged(base, other, taken) == other


def test_what_both_wrote_is_contested_and_mine_is_proposed():
    base = draft(**{"section.history": "Begun."})
    mine, other = (written(base, **{"section.history": text}) for text in ("Mine.", "Theirs."))
    (choice,) = choices(base, mine, other)
    assert (choice.mine, choice.other, choice.contested, choice.theirs) == ("Mine.", "Theirs.", True, False)
    (unknown,) = choices(None, base, other)
    assert unknown.contested


def test_rows_both_added_under_one_id_are_both_kept_with_their_citations():
    base = draft()
    mine = cited(written(base, **{"option.1.name": "Surgery"}), "mine", "option:o1")
    other = cited(written(base, **{"option.1.name": "Watchful waiting"}), "theirs", "option:o1")
    mine = set_apart(base, mine, other)
    assert [choice.key for choice in choices(base, mine, other)] == ["option:o2", "option:o1"]
    made = merged(mine, other, frozenset({"option:o1"}))
    assert {row.id: row.name for row in made.options} == {"o1": "Watchful waiting", "o2": "Surgery"}
    assert {one.id: one.anchor for one in made.citations} == {"mine": "option:o2", "theirs": "option:o1"}


def test_a_row_the_other_took_away_goes_only_where_that_is_chosen():
    base = cited(draft(**{"option.1.name": "Surgery"}), "c", "option:o1")
    other = remove_row(base, "option.o1")
    (choice,) = choices(base, base, other)
    assert (choice.theirs, choice.other) == (True, "")
    assert merged(base, other, frozenset()).options == base.options
    gone = merged(base, other, frozenset({choice.key}))
    assert (gone.options, gone.citations) == ((), ())


def test_the_next_revision_follows_the_newest_of_both():
    base = draft()
    assert merged(replace(base, revision=3), replace(base, revision=5), frozenset()).revision == 5


FACTS = {
    "option.1.recommended": "yes", "own.code": "C50.4", "first.author": "Dr. Vogel", "first.date": "2026-11-10",
    "in-person.needed": "yes", "call.result": "partial", "answer.q1.confidence": "high", "certainty": "low",
    "amends.kind": "correction", "urgent.1.method": "phone",
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), {**EVERY_PLACE, **FACTS}.items())
def test_whatever_was_changed_is_a_difference_between_versions(name, text):
    before = draft()
    found = differences(before, written(before, **{name: text}))
    assert len([one for one in found if not one.before and one.after]) == 1
    assert differences(before, before) == ()
