"""What the last sync changed is said: in one line, beside each record, on the timeline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.services import news, own_records, summary
from reviewer_app.ui.records import reading, story_reading

MORNING, NOON = datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 22, 12, tzinfo=UTC)


def report(number: int, version: str = "1") -> Record:
    return Record(RecordId(f"DiagnosticReport/{number}"), version, RecordClass.REPORT, f"Report {number}",
                  PartialDate("2026-11-01"))  # fmt: skip


@pytest.fixture
def synced(bench):
    """Three reports from before; then a sync that brings one, changes one and misses one."""
    vault = bench.session.vault
    for number in (1, 2, 3):
        vault.records.put(bench.case.id, report(number), b"{}")
    held = news.before(bench.session)
    vault.records.put(bench.case.id, report(2, "2"), b"{}")
    vault.records.put(bench.case.id, report(4), b"{}")
    vault.records.put(bench.case.id, replace(report(5), id=RecordId("Task/t"), record_class=RecordClass.REQUEST), b"{}")
    vault.records.remove(bench.case.id, report(3).id)
    news.note(bench.session, held, NOON)
    return bench


def test_one_line_says_what_is_new_changed_and_withdrawn(synced):
    said = news.last(synced.session, synced.case.id).shown
    assert said.startswith("Sync of 2026-11-22 ")
    assert said.endswith(": 1 new, 1 changed, 1 withdrawn (Report 3).")


def test_each_record_says_so_in_the_list_and_on_the_timeline(synced):
    session, case_id = synced.session, synced.case.id
    last = news.last(session, case_id)
    (group, *_) = reading.groups(session.vault.records.all(case_id), (), None, last)
    marks = {row.title: [mark.word for mark in row.marks] for row in group.rows}
    assert marks == {"Report 4": ["new 2026-11-22"], "Report 2": ["changed 2026-11-22"], "Report 1": []}
    events = story_reading.timeline_state(summary.timeline(session, case_id), last).events
    assert {event.text: event.fresh for event in events} == {"Report 1": False, "Report 2": True, "Report 4": True}


def test_the_first_sync_and_a_sync_that_changes_nothing_are_no_news(bench):
    held = news.before(bench.session)
    bench.session.vault.records.put(bench.case.id, report(1), b"{}")
    news.note(bench.session, held, MORNING)
    assert news.last(bench.session, bench.case.id).shown == ""
    news.note(bench.session, news.before(bench.session), NOON)
    assert news.last(bench.session, bench.case.id).shown == ""


def test_a_later_sync_without_changes_leaves_the_news_and_one_with_changes_replaces_them(synced):
    session, case_id = synced.session, synced.case.id
    news.note(session, news.before(session), datetime(2026, 11, 23, tzinfo=UTC))
    assert "1 new" in news.last(session, case_id).shown
    held = news.before(session)
    session.vault.records.put(case_id, report(1, "9"), b"{}")
    news.note(session, held, datetime(2026, 11, 24, tzinfo=UTC))
    assert news.last(session, case_id).shown.endswith(": 1 changed.")


def test_what_this_desk_delivered_itself_is_no_news(synced):
    own_records.note(synced.session, synced.case.id, [str(report(4).id)])
    assert "1 new" not in news.last(synced.session, synced.case.id).shown
