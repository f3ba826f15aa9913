"""The records pane: everything that was sent is listed, what cannot be read says why, cited pages are found again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CitationId, RecordId
from reviewer_app.domain.opinion import RecordPlace
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.ui.records import reading
from reviewer_app.ui.records.presenter import RecordsPresenter
from reviewer_app.ui.records.state import DETAILS, Slot
from reviewer_app.ui.records.state import Kind as Shown


def record(name: str, **more) -> Record:
    fields = {"version": "1", "record_class": RecordClass.REPORT, "title": name, "when": PartialDate("2026-06-22")}
    return Record(id=RecordId(f"DiagnosticReport/{name}"), **(fields | more))


@pytest.fixture
def view(recorder):
    made = recorder()
    made.readers = {slot: recorder() for slot in Slot}
    made.add_beside = lambda: made.readers[Slot.BESIDE]
    made.story = recorder()
    for reader in made.readers.values():
        reader.pages = recorder()
        reader.pages.show_problem = lambda *_: None
    return made


def started(bench, view) -> RecordsPresenter:
    presenter = RecordsPresenter(view, bench.context, bench.case)
    presenter.start()
    return presenter


def put(bench, *records: Record) -> None:
    for each in records:
        bench.session.vault.records.put(bench.case.id, each, json.dumps({"id": each.id}).encode())


def cited(presenter: RecordsPresenter):
    citable = presenter.selection()
    assert citable is not None
    return citable.as_citation(CitationId("c1"), "section:diagnosis", datetime(2026, 9, 3, tzinfo=UTC))


def by_title(presenter: RecordsPresenter, words: str) -> RecordId:
    rows = [row for group in presenter.state.groups for row in group.rows]
    return next(row.id for row in rows if words in row.title)


@pytest.mark.parametrize("name", ["case-01", "case-03", "case-05"])
def test_every_record_of_a_case_is_listed(filled, view, name):
    bench = filled(name)
    presenter = started(bench, view)
    listed = {row.id for group in presenter.state.groups for row in group.rows}
    assert listed == set(bench.session.vault.records.versions(bench.case.id))


def test_classes_stand_in_their_order_and_the_newest_record_first(filled, view):
    groups = started(filled("case-01"), view).state.groups
    order = list(RecordClass)
    assert [group.record_class for group in groups] == sorted((group.record_class for group in groups), key=order.index)
    for group in groups:
        dates = [row.date for row in group.rows if row.date != "no date"]
        assert dates == sorted(dates, reverse=True)


def test_the_language_of_a_document_stands_below_its_title_and_in_the_list():
    letter = record("letter", attachments=(Attachment("text/rtf", language="de-AT"), Attachment("", language="tlh")))
    assert reading.subtitle(letter).split(reading.APART)[2] == "in German, in tlh"
    assert "RTF in German" in reading.row(letter, unread=True).detail


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word document"),
        ("audio/mpeg", "sound (mpeg)"),
        ("application/hl7-v3+xml; charset=utf-8", "C-CDA"),
        ("application/x-genome", "application/x-genome"),
        ("", "unknown type"),
    ],
)
def test_what_cannot_be_opened_is_named_as_people_name_it(content_type, said):
    assert reading.kind_of(content_type) == said


def test_an_unreadable_record_is_listed_with_its_reason_and_its_contents_stay_hidden(bench, view):
    put(bench, record("odd", unreadable="it belongs to another patient", body="SECRET"))
    presenter = started(bench, view)
    row = presenter.state.groups[0].rows[0]
    assert row.problem == "it belongs to another patient"
    assert row.marks[0].word == "unreadable"
    presenter.open(row.id)
    shown = presenter.readers[Slot.MAIN].state
    assert shown.kind is Shown.PROBLEM
    assert "it belongs to another patient" in shown.banner
    assert presenter.selection() is None
    assert row.id not in bench.session.vault.views.all(bench.case.id)


def test_a_document_that_is_not_held_says_why_and_does_not_count_as_read(bench, view):
    put(
        bench,
        record("waiting", attachments=(Attachment("application/pdf", "a.pdf", "Binary/1"),)),
        record(
            "refused", attachments=(Attachment("application/pdf", "b.pdf", "Binary/2", problem="It is too large."),)
        ),
    )
    presenter = started(bench, view)
    rows = {row.title: row for group in presenter.state.groups for row in group.rows}
    assert rows["waiting"].problem == "not on this machine yet"
    assert rows["refused"].problem == "It is too large."
    presenter.open(rows["refused"].id)
    assert "It is too large" in presenter.readers[Slot.MAIN].state.message
    assert presenter.selection() is None
    assert bench.session.vault.views.all(bench.case.id) == {}


def test_a_withdrawn_record_is_struck_through_with_the_word_and_cannot_be_cited(bench, view):
    put(bench, record("wrong", status="entered-in-error", body="text"))
    presenter = started(bench, view)
    row = presenter.state.groups[0].rows[0]
    assert row.struck
    assert row.marks[0].word == "entered in error"
    presenter.open(row.id)
    assert "cannot be cited" in presenter.readers[Slot.MAIN].state.banner
    assert presenter.selection() is None


@pytest.mark.parametrize("status", ["preliminary", "amended", "superseded"])
def test_a_record_that_is_not_final_says_so(status):
    row = reading.row(record("report", status=status), unread=True)
    assert [(mark.word, mark.loud) for mark in row.marks] == [(status, True)]
    assert reading.row(record("report", status="final"), unread=True).marks == ()


def test_opening_a_record_marks_it_as_read(filled, view):
    bench = filled("case-01")
    presenter = started(bench, view)
    chosen = by_title(presenter, "Bone scintigraphy")
    presenter.open(chosen)
    assert f"record:{chosen}" in bench.session.vault.views.all(bench.case.id)
    rows = {row.id: row for group in presenter.state.groups for row in group.rows}
    assert not rows[chosen].unread
    assert rows[by_title(presenter, "Planning PET")].unread


def test_medications_are_read_as_a_table_with_dose_and_status_active_ones_first(filled, view):
    presenter = started(filled("case-01"), view)
    presenter.open(by_title(presenter, "Letrozole"))
    table = presenter.readers[Slot.MAIN].state.table
    assert table is not None
    assert table.columns == ("Medication", "Dose", "Status", "From", "Until")
    cells = {row.cells[0]: row for row in table.rows}
    assert cells["Letrozole"].cells[1].startswith("2.5 mg once daily")
    assert cells["Letrozole"].cells[2:4] == ("active", "2026-09-14")
    assert [row.muted for row in table.rows] == sorted(row.muted for row in table.rows)


def test_a_table_marks_all_it_shows_as_read(filled, view):
    presenter = started(filled("case-01"), view)
    presenter.open(by_title(presenter, "Letrozole"))
    group = next(group for group in presenter.state.groups if group.record_class is RecordClass.MEDICATION)
    assert group.unread == 0


def test_allergies_stand_above_the_list_and_their_absence_is_said(filled, view):
    assert started(filled("case-01"), view).state.allergies.words == "Penicillin"
    assert reading.allergies(()).words == "none in these records"
    assert not reading.allergies(()).alarming


def test_an_allergy_that_could_not_be_read_is_never_silent():
    odd = record("x", record_class=RecordClass.ALLERGY, unreadable="it cannot be understood")
    assert reading.allergies((odd,)).words == "1 record could not be read"
    assert reading.allergies((odd,)).alarming


def test_a_cited_page_is_found_again_with_its_words(filled, view):
    presenter = started(filled("case-01"), view)
    main = presenter.readers[Slot.MAIN]
    chosen = by_title(presenter, "Histopathology")
    presenter.open(chosen)
    assert main.state.kind is Shown.PAGES
    main.show_text(wanted=True)
    passage = "Lymphovascular invasion present"
    assert passage in main.state.text
    main.quote(passage)
    citation = cited(presenter)
    assert citation.label == "Histopathology lumpectomy 2026-06-22, p. 1"
    assert citation.record == RecordPlace(chosen, citation.record.version, 0, 1, passage)

    presenter.open(by_title(presenter, "Letrozole"))
    presenter.show_place(citation)
    assert (main.state.record, main.state.tab, main.state.page) == (chosen, 0, 1)
    assert (main.state.as_text, main.state.quote) == (False, passage)
    assert [lit.page for lit in main.state.lit if lit.passage] == [0]
    assert presenter.state.chosen == chosen


def test_a_cited_page_of_a_longer_document_is_found_again(bench, view, shared):
    put(bench, record("long", attachments=(Attachment("application/pdf", "long.pdf", "Binary/1"),)))
    bench.session.vault.records.hold(bench.case.id, record("long").id, 0, _two_pages(shared))
    presenter = started(bench, view)
    main = presenter.readers[Slot.MAIN]
    presenter.open(record("long").id)
    assert main.state.pages >= 2
    main.turn(2)
    citation = cited(presenter)
    assert citation.record is not None
    assert citation.record.page == 2
    presenter.readers[Slot.MAIN].close()
    presenter.show_place(citation)
    assert (main.state.kind, main.state.page) == (Shown.PAGES, 2)


def _two_pages(shared) -> bytes:
    """Two pages made of the one-page report, as no document of the cases has more than one."""
    import io

    import pikepdf

    report = next((shared / "data" / "cases").glob("case-01*/documents/pathology*.pdf"))
    with pikepdf.open(report) as pdf:
        pdf.pages.append(pdf.pages[0])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_a_record_that_changed_since_it_was_cited_says_so(filled, view):
    presenter = started(filled("case-01"), view)
    presenter.open(by_title(presenter, "Histopathology"))
    citation = cited(presenter)
    assert citation.record is not None
    presenter.show_place(replace(citation, record=replace(citation.record, version="older")))
    assert "changed since it was cited" in presenter.readers[Slot.MAIN].state.banner


def test_a_cited_record_that_is_gone_is_not_replaced_by_another(filled, view):
    bench = filled("case-01")
    presenter = started(bench, view)
    presenter.open(by_title(presenter, "Histopathology"))
    citation = cited(presenter)
    before = presenter.readers[Slot.MAIN].state.record
    assert citation.record is not None
    presenter.show_place(replace(citation, record=replace(citation.record, record=RecordId("DocumentReference/gone"))))
    assert presenter.readers[Slot.MAIN].state.record == before
    assert bench.bus.notice.sent == [("The cited record is not in this case any more.",)]


def test_words_of_a_record_without_documents_can_be_cited_and_found_again(bench, view):
    put(bench, record("plain", body="Stable disease.\nNo new lesion."))
    presenter = started(bench, view)
    main = presenter.readers[Slot.MAIN]
    presenter.open(record("plain").id)
    main.quote("No new lesion")
    citation = cited(presenter)
    main.close()
    presenter.show_place(citation)
    assert (main.state.tab, main.state.kind, main.state.quote) == (DETAILS, Shown.DETAILS, "No new lesion")


def test_two_documents_are_read_side_by_side(filled, view):
    presenter = started(filled("case-01"), view)
    first, second = by_title(presenter, "Histopathology"), by_title(presenter, "Bone scintigraphy")
    presenter.open(first)
    presenter.keep_beside()
    presenter.open(second)
    assert presenter.state.beside
    assert presenter.readers[Slot.BESIDE].state.record == first
    assert presenter.readers[Slot.MAIN].state.record == second
    presenter.cite(Slot.BESIDE)
    citable = presenter.selection()
    assert citable is not None
    assert citable.record is not None
    assert citable.record.record == first


def test_the_filter_looks_into_the_text_and_unfolds_what_it_finds(filled, view):
    presenter = started(filled("case-01"), view)
    presenter.filter("lymphovascular", None, only_unread=False)
    assert [row.title for group in presenter.state.groups for row in group.rows] == [
        "Pathology: lumpectomy and sentinel nodes"
    ]
    presenter.filter("", RecordClass.RESULT, only_unread=False)
    assert [group.open for group in presenter.state.groups] == [True]
    presenter.filter("no such words", None, only_unread=False)
    assert "No record fits" in presenter.state.message


def test_a_document_of_unknown_type_is_named_with_its_type(bench, view):
    put(bench, record("odd", attachments=(Attachment("application/x-vendor", "scan.vnd", "Binary/1"),)))
    bench.session.vault.records.hold(bench.case.id, record("odd").id, 0, b"\x00\x01")
    presenter = started(bench, view)
    assert presenter.state.groups[0].rows[0].detail == "application/x-vendor"
    presenter.open(record("odd").id)
    assert "application/x-vendor" in presenter.readers[Slot.MAIN].state.message
    assert "kept byte for byte" in presenter.readers[Slot.MAIN].state.message


def test_what_arrives_by_sync_appears_without_opening_the_case_again(bench, view):
    presenter = started(bench, view)
    assert "Sync" in presenter.state.message
    put(bench, record("new", body="text"))
    bench.bus.changed.emit(Changed(frozenset({Kind.RECORDS}), bench.case.id))
    assert [row.title for group in presenter.state.groups for row in group.rows] == ["new"]


def test_a_link_to_images_or_results_leaves_for_their_pane(filled, view):
    bench = filled("case-04")
    presenter = started(bench, view)
    left: list[str] = []
    presenter.on_link = left.append
    study = next(row for group in presenter.state.groups for row in group.rows if "ImagingStudy" in row.id)
    presenter.follow(f"study:{study.id}")
    presenter.follow("result:Observation/1")
    assert left[0].startswith("study:1.2.")
    assert left[1] == "trend:Observation/1"


def test_a_report_is_read_with_its_results_and_keeps_what_is_somebody_elses_out(bench, view):
    found = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Culture"},
             "result": [{"reference": "Observation/own"}, {"reference": "Observation/stranger"}]}  # fmt: skip
    value = {"resourceType": "Observation", "status": "final", "code": {"text": "Organism"}, "valueString": "E. coli"}
    records = bench.session.vault.records
    report = RecordId("DiagnosticReport/r")
    records.put(bench.case.id, Record(report, "1", RecordClass.REPORT, "Culture"), json.dumps(found).encode())
    for name, why in (("own", ""), ("stranger", "it belongs to another patient")):
        kept = Record(RecordId(f"Observation/{name}"), "1", RecordClass.RESULT, "Organism", unreadable=why)
        records.put(bench.case.id, kept, json.dumps({**value, "id": name}).encode())
    presenter = started(bench, view)
    presenter.open(report)
    state = presenter.readers[Slot.MAIN].state
    (table,) = [block for block in state.told if block.rows]
    assert [row[1] for row in table.rows[1:]] == ["E. coli", "not readable: it belongs to another patient"]
    assert state.kind is Shown.DETAILS


def test_words_of_the_results_of_a_report_with_a_document_are_found_again(bench, view):
    found = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "Culture"},
             "result": [{"reference": "Observation/own"}]}  # fmt: skip
    value = {"resourceType": "Observation", "id": "own", "code": {"text": "Organism"}, "valueString": "E. coli"}
    records, report = bench.session.vault.records, RecordId("DiagnosticReport/r")
    text = (Attachment("text/plain", "Report"),)
    whole = Record(report, "1", RecordClass.REPORT, "Culture", attachments=text)
    records.put(bench.case.id, whole, json.dumps(found).encode())
    records.hold(bench.case.id, report, 0, b"See the results.")
    own = Record(RecordId("Observation/own"), "1", RecordClass.RESULT, "Organism")
    records.put(bench.case.id, own, json.dumps(value).encode())
    presenter = started(bench, view)
    main = presenter.readers[Slot.MAIN]
    presenter.open(report)
    main.choose_tab(DETAILS)
    main.quote("E. coli")
    citation = cited(presenter)
    presenter.open(own.id)
    presenter.show_place(citation)
    assert main.state.tab == 0
    main.lose_quote()
    assert (main.state.tab, main.state.quote, main.state.banner) == (DETAILS, "E. coli", "")
