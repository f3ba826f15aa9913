"""Words on the picture of a page: found with their boxes, gone through, selected with the mouse, cited."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import RecordPlace
from reviewer_app.domain.record import Attachment, Page, PlacedWord, Record, RecordClass
from reviewer_app.ui import theme
from reviewer_app.ui.records import placed
from reviewer_app.ui.records.finding import PageFinder
from reviewer_app.ui.records.reader import ReaderView
from reviewer_app.ui.records.reader_presenter import LOST, ReaderPresenter
from reviewer_app.ui.records.state import Kind, Lit, ReaderState
from reviewer_app.worker import WorkerPool

NOTE = RecordId("DocumentReference/note")


def word(text: str, left: float, top: float, *, spaced: bool = True) -> PlacedWord:
    return PlacedWord(text, left, top, left + 0.1, top + 0.02, spaced)


WORDS = (
    word("Invasive", 0.1, 0.1), word("ductal", 0.25, 0.1), word("carcinoma,", 0.4, 0.1),
    word("no", 0.1, 0.15), word("special", 0.25, 0.15), word("t\u00ffpe", 0.4, 0.15),
)  # fmt: skip


class TestPlaces:
    def test_a_place_between_two_words_of_a_line_means_the_nearer_one(self):
        assert placed.nearest(WORDS, 0.36, 0.11) == 1
        assert placed.word_at(WORDS, 0.9, 0.11) is None

    def test_a_passage_over_two_lines_is_one_box_a_line_and_reads_as_one_text(self):
        found = placed.passage(WORDS, "ductal carcinoma,\n no")
        assert found == (1, 3)
        assert placed.boxes(WORDS, found) == (
            (0.25, 0.1, 0.5, pytest.approx(0.12)),
            (0.1, 0.15, 0.2, 0.16999999999999998),
        )
        assert placed.said(WORDS, found) == "ductal carcinoma, no"

    def test_case_and_accents_do_not_matter_and_words_apart_are_not_one_word(self):
        assert placed.places(WORDS, "DUCTAL carc") == ((1, 2),)
        assert placed.places(WORDS, "TYPE") == ((5, 5),)
        assert placed.places(WORDS, "nospecial") == ()
        assert placed.places(WORDS, "  ") == ()

    def test_scripts_without_spaces_are_found_across_their_letters(self):
        letters = tuple(word(letter, 0.1 * n, 0.1, spaced=False) for n, letter in enumerate("\u809d\u7d30\u80de\u764c"))
        assert placed.places(letters, "\u7d30\u80de") == ((1, 2),)
        assert placed.said(letters, (0, 3)) == "\u809d\u7d30\u80de\u764c"


def test_every_word_of_a_page_has_a_box_inside_the_page_where_it_is_printed(shared: Path):
    import numpy as np

    pdf = (shared / "data/cases/case-01-breast-staging/documents/pathology_2026-06-22.pdf").read_bytes()
    workers = WorkerPool(1)
    (words,) = workers.pdf_words(pdf, 0, 1)
    page = workers.pdf_page(pdf, 0, 1000)
    workers.close()
    grey = np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.width, 4)[..., 1]
    assert " ".join(page.text.split()) == placed.said(words, (0, len(words) - 1))
    for one in words:
        assert 0 <= one.left < one.right <= 1
        box = grey[
            int(one.top * page.height) : int(one.bottom * page.height) + 1,
            int(one.left * page.width) : int(one.right * page.width) + 1,
        ]
        assert box.min() < 160, f"nothing is printed where {one.text} is said to be"


@pytest.fixture
def reader(bench, recorder, shared: Path):
    """A reader with a note of three pages open in it."""
    record = Record(NOTE, "1", RecordClass.DOCUMENT, "Note", attachments=(Attachment("application/pdf"),))
    bench.session.vault.records.put(bench.case.id, record, b"{}")
    pdf = (shared / "data/cases/case-02-multiple-sclerosis/documents/neurology_note.pdf").read_bytes()
    bench.session.vault.records.hold(bench.case.id, NOTE, 0, pdf)
    made = ReaderPresenter(recorder(), bench.context, bench.case, bench.runner.scope())
    made.start()
    made.open(bench.session.vault.records.get(bench.case.id, NOTE), None)
    return made


def text_of(reader, bench, page: int) -> list[str]:
    from reviewer_app.services import documents

    (words,) = documents.words(bench.session, bench.case.id, NOTE, 0, page)
    return [one.text for one in words]


def test_words_are_found_on_every_page_and_gone_through_round_the_end(reader):
    reader.look(wanted=True)
    reader.find("page")
    pages = [lit.page for lit in reader.state.lit]
    assert pages == sorted(pages)
    assert {0, 1, 2} <= set(pages)
    assert (reader.state.hit, reader.state.hits) == (1, len(pages))
    reader.step(-1)
    assert reader.state.hit == len(pages)
    assert [lit.current for lit in reader.state.lit][-1]
    reader.step(1)
    assert reader.state.hit == 1


def test_what_is_not_there_is_not_found_and_closing_unmarks_everything(reader):
    reader.find("xylophone")
    assert (reader.state.hits, reader.state.lit) == (0, ())
    reader.find("page")
    reader.look(wanted=False)
    assert (reader.state.find, reader.state.found, reader.state.lit) == (None, (), ())


def test_a_passage_selected_on_a_page_is_cited_with_that_page_wherever_the_view_is(reader, bench):
    reader.draw((1,), 200)
    reader.pick(1, (3, 6))
    reader.turn(3)
    cited = reader.selection().record
    assert cited.quote == " ".join(text_of(reader, bench, 1)[3:7])
    assert cited.page == 2


def test_a_cited_passage_comes_back_as_the_same_words_on_the_same_page(reader, bench):
    quote = " ".join(text_of(reader, bench, 1)[3:7])
    reader.open(reader.record, None, RecordPlace(NOTE, "1", 0, 2, quote))
    (lit,) = reader.state.lit
    assert (reader.state.kind, reader.state.page, lit.page, lit.passage) == (Kind.PAGES, 2, 1, True)
    assert reader.selection().record.quote == quote


def test_a_cited_passage_that_is_not_on_its_page_is_said_to_be_lost(reader):
    reader.open(reader.record, None, RecordPlace(NOTE, "1", 0, 2, "words nobody wrote"))
    assert LOST in reader.state.banner
    assert (reader.state.quote, reader.state.lit) == ("", ())


@pytest.fixture
def view(qtbot):
    theme.apply(QApplication.instance(), "dark")
    made = ReaderView()
    qtbot.addWidget(made)
    made.resize(600, 700)
    made.show()
    made.show_state(ReaderState(NOTE, "Note", kind=Kind.PAGES, pages=1, page=1, citable=True))
    made.show_page(Page(0, 1, 300, 424, 1200, b"\xff\xff\xff\xff" * (300 * 424)))
    made.show_words(0, WORDS)
    return made


def at(view, x: float, y: float) -> QPoint:
    box = view.pages._box(0)
    return QPoint(int(box.left() + x * box.width()), int(box.top() + y * box.height()))


def test_dragging_over_words_selects_them_from_the_first_to_the_last(view):
    picked = []
    view.picked.connect(lambda page, stretch: picked.append((page, stretch)))
    canvas = view.pages.viewport()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=at(view, 0.3, 0.11))
    QTest.mouseMove(canvas, at(view, 0.28, 0.16))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=at(view, 0.28, 0.16))
    assert picked[-1] == (0, (1, 4))
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(view, 0.9, 0.9))
    assert picked[-1] == (0, None)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=at(view, 0.3, 0.11))
    assert picked[-1] == (0, (1, 1))


def test_what_was_found_is_painted_over_the_page(view):
    before = view.pages.viewport().grab().toImage().pixelColor(at(view, 0.3, 0.11))
    lit = Lit(0, placed.boxes(WORDS, (1, 1)), current=True)
    view.show_state(
        ReaderState(NOTE, "Note", kind=Kind.PAGES, pages=1, page=1, find="ductal", hits=1, hit=1, lit=(lit,))
    )
    assert view.pages.viewport().grab().toImage().pixelColor(at(view, 0.3, 0.11)) != before


def test_the_first_place_that_is_found_comes_into_view_by_itself(view, qtbot):
    low = Lit(0, ((0.2, 0.9, 0.4, 0.93),), current=True)
    looking = ReaderState(NOTE, "Note", kind=Kind.PAGES, pages=1, page=1, find="ductal", found=("ductal",), hit=1)
    view.resize(600, 320)
    view.show_state(looking)
    assert view.pages.verticalScrollBar().value() == 0
    view.show_state(replace(looking, hits=1, lit=(low,)))
    box = view.pages._over(0, low.boxes[0])
    assert 0 < box.top() < box.bottom() < view.pages.viewport().height()


def test_selected_words_of_a_page_are_copied(view):
    state = ReaderState(NOTE, "Note", kind=Kind.PAGES, pages=1, page=1, quote="ductal carcinoma", citable=True)
    view.show_state(state)
    view.pages.setFocus()
    QTest.keySequence(view.pages, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QGuiApplication.clipboard().text() == "ductal carcinoma"
    QGuiApplication.clipboard().clear()


def test_places_in_a_text_are_counted_and_gone_through(view, qtbot):
    counted = []
    view.counted.connect(counted.append)
    state = ReaderState(
        NOTE, "Note", kind=Kind.TEXT, text="node one, node two, node three", find="node", found=("node",)
    )
    view.show_state(state)
    assert counted == [3]
    marks = view.text.extraSelections()
    assert [mark.format.fontUnderline() for mark in marks] == [True, False, False]


def test_a_page_without_words_is_not_read_again_and_long_documents_are_read_in_few_goes(bench):
    asked = []

    def read(first: int, count: int):
        asked.append((first, count))
        return tuple(() if page == 3 else WORDS for page in range(first, min(first + count, 44)))

    finder = PageFinder(bench.runner.scope(), read, 45)
    finder.find(("ductal",), 10, lambda: None)
    assert asked == [(0, 20), (20, 20), (40, 5)]
    assert len(finder.hits) == 43
    assert finder.hits[finder.at][0] == 10
    finder.find(("special",), 0, lambda: None)
    assert len(asked) == 3
