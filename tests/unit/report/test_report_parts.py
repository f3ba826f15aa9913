"""No word written into any part of an opinion is left out of its letter."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime

import pytest

from reviewer_app import report
from reviewer_app.domain.circumstances import (
    Amendment,
    AmendmentKind,
    CallMinutes,
    CallResult,
    InPersonNeed,
    Provisional,
)
from reviewer_app.domain.tables import AddedSpecialty, RecordEdit, TreatmentOption, Trial, UrgentFinding
from tests.printed import pages_of
from tests.unit.report.test_report_conformance import failures

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NOT_PRINTED = {"id", "original_id", "kind", "result", "method", "at"}


def worded(kind, prefix, /, **given):
    """A value of a class in which every text says its own name."""
    texts = {
        field.name: f"{prefix}-{field.name.replace('_', '-')}-text"
        for field in fields(kind)
        if field.type in ("str", str) and field.name not in NOT_PRINTED
    }
    return kind(**texts, **given)


@pytest.fixture
def full(letter):
    """A letter with every conditional part, and all the words that must stand in it."""
    parts = {
        "options": (worded(TreatmentOption, "option", id="o1", invasive=True, new=True, off_label=True, trial=True),),
        "urgent": (worded(UrgentFinding, "urgent", id="u1", method="phone", read_back=True),),
        "trials": (worded(Trial, "trial", id="t1"),),
        "specialties": (worded(AddedSpecialty, "specialty", id="p1"),),
        "record_edits": (worded(RecordEdit, "edit", id="r1", reviewed=True),),
        "in_person": worded(InPersonNeed, "person", needed=True),
        "call": worded(CallMinutes, "call", consultant_present=True, result=CallResult.PARTIAL),
        "provisional": worded(Provisional, "provisional", at=AT),
        "amends": worded(Amendment, "amends", kind=AmendmentKind.CORRECTION),
        "own_diagnosis": "own-diagnosis-text",
        "own_code": "C61",
    }
    words = [word for part in parts.values() for word in words_of(part)]
    return replace(letter, opinion=replace(letter.opinion, **parts)), words


def words_of(value):
    if isinstance(value, str):
        return [value] if value.endswith("-text") else []
    if isinstance(value, tuple):
        return [word for one in value for word in words_of(one)]
    if is_dataclass(value):
        return [word for field in fields(value) for word in words_of(getattr(value, field.name))]
    return []


def test_every_text_of_every_part_stands_in_the_letter(full):
    letter, words = full
    assert len(words) > 35
    printed = re.sub(r"\s+", "", "".join(pages_of(report.build(letter))))
    assert [word for word in words if word not in printed] == []
    for word in ("invasiveorlong-term", "off-label", "inatrial", "readback", "phone", "partial", "thereferringdoctor",
                 "2026-11-2009:30", "(C61)"):  # fmt: skip
        assert word in printed


@pytest.mark.parametrize("kind", AmendmentKind)
def test_what_a_letter_does_to_an_earlier_one_stands_on_its_first_page(letter, kind):
    amends = Amendment(kind, "The slides came.", "diagnosis", "0f8fad5b", "ab" * 32, "Dr Second")
    first = pages_of(report.build(replace(letter, opinion=replace(letter.opinion, amends=amends))))[0]
    assert kind.value.upper() in first
    for word in ("The slides came.", "0f8fad5b", "ab" * 32, "Dr Second"):
        assert re.sub(r"\s", "", word) in re.sub(r"\s", "", first)


def test_a_letter_with_every_part_is_archival_and_accessible(full):
    assert failures(report.build(full[0])) == []


def test_what_is_coded_as_not_given_is_said(letter):
    opinion = replace(letter.opinion, prognosis_not_given="too early", no_trial="none recruits")
    opinion = replace(opinion, options=(TreatmentOption("o1", "Surgery", benefit="x", no_alternative=True),))
    text = " ".join(pages_of(report.build(replace(letter, opinion=opinion))))
    for words in ("Not given: too early", "None named: none recruits", "None reasonable"):
        assert words in text
