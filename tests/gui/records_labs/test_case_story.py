"""Summary, timeline and search over real cases: what matters first, what is missing, where words stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewer_app.domain.case import Consent, FirstOpinion, Question
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.ids import QuestionId, RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.summary import summary as summed
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.services import labs, search, summary


def known(bench):
    """The case as a sync leaves it: with consent, questions, and a contact just now."""
    vault = bench.session.vault
    vault.cases.put(
        replace(
            vault.cases.get(bench.case.id),
            consent=Consent("Consent/c", "active", PartialDate("2026-01-01"), PartialDate("2099-01-01")),
            questions=(Question(QuestionId("q1"), 1, "Operate?"),),
            first_opinion=FirstOpinion("Diabetic nephropathy"),
            decision_by=PartialDate("2099-02-01"),
        )
    )
    vault.cursors.contact("s1", now(), now())
    return bench


def section(found, title):
    return next(one for one in found.sections if one.title == title)


def test_problems_medications_and_allergies_come_first(filled):
    bench = known(filled("case-03"))
    found = summary.summary(bench.session, bench.case.id)
    assert [one.title for one in found.sections[:3]] == ["Problems", "Medications", "Allergies"]
    assert len(section(found, "Medications").lines) == 10
    assert any("etformin" in line.text for line in section(found, "Medications").lines)
    assert found.questions[0].text == "Operate?"
    assert found.first_opinion.diagnosis == "Diabetic nephropathy"


def test_a_section_without_records_does_not_say_that_there_is_none(filled):
    bench = known(filled("case-04"))
    found = summary.summary(bench.session, bench.case.id)
    assert section(found, "Allergies").lines == ()
    assert "does not mean" in section(found, "Allergies").empty
    assert any(gap.words == "No allergies came with this case." for gap in found.gaps)


def test_what_ended_stands_below_what_is_active(filled):
    bench = known(filled("case-01"))
    past = [line.past for line in section(summary.summary(bench.session, bench.case.id), "Medications").lines]
    assert past == sorted(past)
    assert any(past)


def test_values_out_of_range_are_listed_as_received_and_lead_to_their_trend(filled):
    bench = known(filled("case-03"))
    lines = section(summary.summary(bench.session, bench.case.id), "Results out of range").lines
    creatinine = next(line for line in lines if line.text == "Creatinine")
    assert creatinine.detail.startswith("3.48 mg/dL  H")
    assert creatinine.target == "trend:analyte:creatinine"


def test_what_is_missing_or_old_is_said(filled):
    bench = known(filled("case-05"))
    session, case_id = bench.session, bench.case.id
    records = session.vault.records.all(case_id)
    later = datetime(2027, 11, 22, tzinfo=UTC)
    gaps = [gap.words for gap in summed(bench.case, records, labs.sheet(session, case_id), (), later).gaps]
    assert any(gap.startswith("The newest laboratory result is of 2026-11") and "12 months ago" in gap for gap in gaps)
    fresh = [gap.words for gap in summary.summary(session, case_id).gaps]
    assert any("not on this machine yet" in gap for gap in fresh)


def test_the_timeline_holds_every_dated_record_and_names_the_others(filled):
    bench = known(filled("case-03"))
    line = summary.timeline(bench.session, bench.case.id)
    medications = [event for event in line.events if event.record_class is RecordClass.MEDICATION]
    assert len(medications) == 10
    assert any(event.until is None for event in medications)
    results = [event for event in line.events if event.record_class is RecordClass.RESULT]
    observations = [r for r in bench.session.vault.records.all(bench.case.id) if r.record_class is RecordClass.RESULT]
    dated = [record for record in observations if record.when.valid]
    assert sum(event.count for event in results) == len(dated)
    assert [one.name for one in line.key_dates] == ["Decision by"]
    moments = [event.when.sort_key for event in line.events]
    assert moments == sorted(moments)


def test_words_are_found_in_records_and_in_documents_with_their_page(filled):
    bench = known(filled("case-02"))
    session, case_id = bench.session, bench.case.id
    assert search.find(session, "multiple", case_id).hits == ()
    search.catch_up(session, case_id, Job())
    answer = search.find(session, "multiple sclerosis")
    assert answer.hits
    documents = [hit for hit in search.find(session, "lesion*").hits if hit.attachment >= 0]
    assert documents
    assert all(hit.page >= 1 for hit in documents)
    assert all(word.casefold().startswith("lesion") for hit in documents for word in hit.excerpt.words)
    session.close()


def test_a_case_that_may_not_be_opened_is_not_searched(filled):
    bench = known(filled("case-02"))
    session, case_id = bench.session, bench.case.id
    search.catch_up(session, case_id, Job())
    session.vault.cases.put(replace(session.vault.cases.get(case_id), consent=None))
    answer = search.find(session, "sclerosis")
    assert (answer.hits, answer.barred) == ((), 1)
    session.close()


def test_a_broken_document_hides_neither_itself_nor_the_others(bench):
    known(bench)
    vault, case_id = bench.session.vault, bench.case.id
    for name, content in (("broken", b"%PDF-1.7 nothing"), ("sound", b"plain words")):
        kind = "application/pdf" if name == "broken" else "text/plain"
        record = Record(RecordId(f"DocumentReference/{name}"), "1", RecordClass.DOCUMENT, f"A {name} one",
                        attachments=(Attachment(kind, url="Binary/1"),))  # fmt: skip
        vault.records.put(case_id, record, b"{}")
        vault.records.hold(case_id, record.id, 0, content)
    search.catch_up(bench.session, case_id, Job())
    assert [hit.record.title for hit in search.find(bench.session, "plain").hits] == ["A sound one"]
    assert [hit.record.title for hit in search.find(bench.session, "broken").hits] == ["A broken one"]
    assert search.catch_up(bench.session, case_id, Job()) == 0
    bench.session.close()


def test_indexing_can_be_stopped(filled):
    bench = known(filled("case-01"))
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        search.catch_up(bench.session, bench.case.id, job)
