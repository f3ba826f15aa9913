"""Summary, timeline and search over real cases: what matters first, what is missing, where words stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from reviewer_app.domain.case import Consent, FirstOpinion, Question
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.ids import QuestionId, RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.summary import summary as summed
from reviewer_app.jobs import Cancelled, Job
from reviewer_app.services import labs, records, search, summary
from reviewer_app.ui.records import reading
from reviewer_app.ui.records.state import Slot
from reviewer_app.ui.records.story_reading import WIDENED, found_rows
from reviewer_app.ui.records.story_state import Page
from reviewer_app.ui.records.timeline_view import TimelineView
from reviewer_app.ui.shell.case_desk import _PANE_OF_LINK


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
    every = session.vault.records.all(case_id)
    later = datetime(2027, 11, 22, tzinfo=UTC)
    gaps = [gap.words for gap in summed(bench.case, every, labs.sheet(session, case_id), (), later).gaps]
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


def test_a_word_that_is_only_begun_is_found_and_said_to_be_so(filled):
    bench = known(filled("case-02"))
    session, case_id = bench.session, bench.case.id
    search.catch_up(session, case_id, Job())
    begun, whole = search.find(session, "scleros", case_id), search.find(session, "sclerosis", case_id)
    assert (begun.widened, whole.widened) == (True, False)
    assert {hit.record.id for hit in whole.hits} <= {hit.record.id for hit in begun.hits}
    assert WIDENED in [row.text for row in found_rows(begun, "scleros", waiting=False)]
    assert not search.find(session, '"scleros"', case_id).hits
    assert not search.find(session, "xyzzyx", case_id).widened
    session.close()


def test_results_of_one_analyte_are_one_place_that_shows_the_newest_and_leads_to_the_trend(filled):
    bench = known(filled("case-02"))
    session, case_id = bench.session, bench.case.id
    search.catch_up(session, case_id, Job())
    answer = search.find(session, "creatinine", case_id)
    results = [hit for hit in answer.hits if hit.record.record_class is RecordClass.RESULT]
    (row,) = [row for row in found_rows(answer, "creatinine", waiting=False) if row.target.startswith("trend:")]
    newest = max(results, key=lambda hit: hit.record.when.sort_key)
    assert row.mark == f"{len(results)} results, newest"
    assert (row.date, row.target) == (newest.record.when.day, f"trend:{newest.record.id}")
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


class TestPages:
    """Summary, timeline and search beside the list."""

    @pytest.fixture
    def presenter(self, filled, recorder):
        from reviewer_app.ui.records.presenter import RecordsPresenter

        bench = known(filled("case-01"))
        view = recorder()
        view.readers = {slot: recorder() for slot in Slot}
        view.story = recorder()
        made = RecordsPresenter(view, bench.context, bench.case)
        made.start()
        yield made
        bench.session.close()

    def test_the_summary_leads_to_its_records_and_back(self, presenter):
        presenter.story.show(Page.SUMMARY)
        assert presenter.state.page is Page.SUMMARY
        target = next(row.target for row in presenter.story.state.summary if row.text == "Letrozole")
        presenter.open_target(target)
        assert presenter.state.page is Page.READERS
        assert presenter.readers[Slot.MAIN].state.title == "Letrozole"

    def test_a_page_shown_again_goes_back_to_the_records(self, presenter):
        presenter.story.show(Page.TIMELINE)
        presenter.story.show(Page.TIMELINE)
        assert presenter.state.page is Page.READERS

    def test_a_class_can_be_taken_off_the_timeline(self, presenter):
        presenter.story.show(Page.TIMELINE)
        presenter.story.toggle(RecordClass.RESULT)
        assert presenter.story.state.timeline.hidden == {RecordClass.RESULT}
        presenter.story.toggle(RecordClass.RESULT)
        assert not presenter.story.state.timeline.hidden

    def test_words_that_were_searched_do_not_empty_the_list_of_records(self, presenter):
        presenter.filter("axillary", None, False)
        everything = sum(group.total for group in presenter.state.groups)
        presenter.search("axillary")
        assert sum(group.total for group in presenter.state.groups) > everything
        assert presenter.state.filter == "axillary"
        presenter.filter("axillar", None, False)
        assert sum(group.total for group in presenter.state.groups) == everything

    def test_a_place_that_was_found_opens_with_its_words_marked(self, presenter):
        presenter.story.find("lymph*")
        target = next(row.target for row in presenter.story.state.found if row.target.startswith("found:"))
        presenter.open_target(target)
        found = presenter.readers[Slot.MAIN].state.found
        assert found
        assert all(word.casefold().startswith("lymph") for word in found)

    def test_searching_for_nothing_known_says_so(self, presenter):
        presenter.story.find("xyzzyx")
        assert "No record and no document" in presenter.story.state.found[0].text

    def test_a_value_of_the_summary_leads_to_its_trend(self, presenter):
        left = []
        presenter.on_link = left.append
        presenter.story.show(Page.SUMMARY)
        presenter.open_target(next(row.target for row in presenter.story.state.summary if row.text == "CA 15-3"))
        assert left == ["trend:loinc:6875-9"]

    def test_every_way_out_of_a_record_leads_to_a_pane(self, presenter):
        left = []
        presenter.on_link = left.append
        for record in tuple(presenter._records.values()):
            for link in reading.links(record):
                presenter.follow(link.target)
        kinds = {link.partition(":")[0] for link in left}
        assert {"study", "therapy"} <= kinds
        assert kinds <= set(_PANE_OF_LINK)

    def test_what_changed_since_it_was_read_is_new_again_and_says_what(self, presenter):
        vault, case_id = presenter._context.session.vault, presenter._case.id
        report = next(record for record in vault.records.all(case_id) if record.record_class is RecordClass.REPORT)
        records.opened(presenter._context.session, case_id, report.id)
        newer = replace(report, version="99", status="amended", body="Other words")
        vault.records.put(case_id, newer, b"newer")
        presenter._load()
        row = next(row for group in presenter.state.groups for row in group.rows if row.id == report.id)
        assert row.unread
        assert row.marks[0].word == "changed since read"
        assert "status was final, is amended; text changed" in row.words
        records.opened(presenter._context.session, case_id, report.id)
        assert records.changed(presenter._context.session, case_id) == {}


def test_found_words_are_marked_in_the_text(qtbot):
    from PySide6.QtWidgets import QApplication

    from reviewer_app.ui import theme
    from reviewer_app.ui.records.texts import ReadingText

    theme.apply(QApplication.instance(), "dark")
    text = ReadingText()
    qtbot.addWidget(text)
    text.show_text("Node. A node, and nodes.")
    text.mark_found(("node",))
    assert [mark.cursor.selectedText() for mark in text.extraSelections()] == ["Node", "node", "node"]
    text.mark_found(())
    assert text.extraSelections() == []


def test_a_click_on_the_timeline_opens_what_it_hit(qtbot):
    from PySide6.QtWidgets import QApplication

    from reviewer_app.ui import theme
    from reviewer_app.ui.records.story_state import Happening, TimelineState

    theme.apply(QApplication.instance(), "dark")
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 300)
    events = (
        Happening(RecordClass.MEDICATION, 1.6e9, None, "Letrozole", "Letrozole", "record:MedicationRequest/1"),
        Happening(RecordClass.PROCEDURE, 1.65e9, 1.65e9, "Lumpectomy", "Lumpectomy", "record:Procedure/1"),
    )
    classes = ((RecordClass.PROCEDURE, 1), (RecordClass.MEDICATION, 1))
    view.show_state(TimelineState(events, (), (1.59e9, 1.7e9), classes))
    view.show()
    view.grab()
    for target in ("record:MedicationRequest/1", "record:Procedure/1"):
        place = view.place_of(target).center().toPoint()
        with qtbot.waitSignal(view.opened) as opened:
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        assert opened.args == [target]


def test_imaging_without_its_images_is_missing(filled):
    bench = known(filled("case-03"))
    gaps = [gap.words for gap in summary.summary(bench.session, bench.case.id).gaps]
    assert any("its images are not here" in gap for gap in gaps)


def test_questions_are_never_cut(qtbot):
    from PySide6.QtWidgets import QApplication

    from reviewer_app.ui import theme
    from reviewer_app.ui.records.story_list import StoryList
    from reviewer_app.ui.records.story_state import Row, RowKind

    theme.apply(QApplication.instance(), "dark")
    rows = StoryList("Summary")
    qtbot.addWidget(rows)
    rows.resize(300, 400)
    rows.show()
    rows.fill((Row(RowKind.LINE, "Short?", whole=True), Row(RowKind.LINE, "Long words? " * 20, whole=True)))
    short, long = (rows.sizeHintForIndex(rows.model().index(number, 0)).height() for number in (0, 1))
    assert long >= 4 * short // 2
