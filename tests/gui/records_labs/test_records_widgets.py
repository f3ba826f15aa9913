"""The widgets of the records pane: pages, passages of text, the list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from reviewer_app.domain.blocks import Block, BlockKind
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Page, RecordClass
from reviewer_app.ui import theme
from reviewer_app.ui.records.outline import Outline
from reviewer_app.ui.records.pages import PagesView
from reviewer_app.ui.records.record_list import RecordList
from reviewer_app.ui.records.state import (
    Allergies,
    Fact,
    Group,
    Kind,
    ListRow,
    Phase,
    ReaderState,
    RecordsState,
    Slot,
    Tab,
)
from reviewer_app.ui.records.story_state import Page as StoryPage
from reviewer_app.ui.records.texts import ReadingText
from reviewer_app.ui.records.view import RecordsView


@pytest.fixture(autouse=True)
def dressed(qapp):
    theme.apply(QApplication.instance(), "dark")


@pytest.fixture
def pages(qtbot):
    view = PagesView()
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.show()
    return view


def page(index: int, width: int = 300, height: int = 424) -> Page:
    return Page(index, 5, width, height, width * 4, b"\xff\x00\x00\xff" * (width * height))


def test_the_second_reader_comes_when_something_is_kept_beside_and_hides_when_it_is_closed(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.show_state(RecordsState())
    assert Slot.BESIDE not in view.readers
    beside = view.add_beside()
    view.show_state(RecordsState(beside=True))
    assert beside.isVisibleTo(view)
    view.show_state(RecordsState())
    assert not beside.isVisibleTo(view)


def test_two_readers_of_a_narrow_pane_stand_one_above_the_other_and_the_second_can_be_closed(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(320, 800)
    view.show()
    beside = view.add_beside()
    chosen = RecordId("DocumentReference/1")
    view.show_state(RecordsState(chosen=chosen, beside=True))
    for reader in view.readers.values():
        reader.show_state(ReaderState(chosen, "Letter", kind=Kind.TEXT, text="words"))
    main = view.readers[Slot.MAIN]
    qtbot.waitUntil(lambda: beside.y() > main.y() and min(beside.width(), main.width()) > 300)
    assert min(beside.height(), main.height()) > 200
    closing = next(one for one in beside.findChildren(QToolButton) if one.accessibleName() == "Close this reader")
    assert closing.isVisible()
    with qtbot.waitSignal(beside.beside_wanted):
        closing.setFocus()
        qtbot.keyClick(closing, Qt.Key.Key_Return)
    view.resize(620, 800)
    qtbot.waitUntil(lambda: beside.x() > main.x())


def test_in_a_narrow_pane_no_allergy_and_no_title_is_cut(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(250, 560)
    view.show()
    chosen, words = RecordId("DocumentReference/1"), "Amoxicillin, Iodinated contrast media, Penicillin (unconfirmed)"
    view.show_state(RecordsState(phase=Phase.READY, chosen=chosen, allergies=Allergies(words, alarming=True)))
    view.readers[Slot.MAIN].show_state(
        ReaderState(chosen, "Nephrology report in Portuguese of the outpatient clinic", "Documents  \u00b7  2026-11-05",
                    tabs=(Tab(0, "letter.pdf"), Tab(-1, "Details")), kind=Kind.TEXT, text="words " * 2000)
    )  # fmt: skip
    shown = [one for one in view.findChildren(QLabel) if one.isVisible()]
    said = [next(one for one in shown if one.text().startswith(begins)) for begins in ("Allergies: ", "Nephrology")]
    qtbot.waitUntil(lambda: all(one.height() >= one.heightForWidth(one.width()) for one in said))
    assert said[0].text() == f"Allergies: {words}"


def test_the_list_has_all_the_room_until_a_record_is_chosen(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    view.show_state(RecordsState())
    assert not view.readers[Slot.MAIN].isVisible()
    view.show_state(RecordsState(chosen=RecordId("DocumentReference/1")))
    assert view.readers[Slot.MAIN].isVisible()
    qtbot.waitUntil(lambda: view.readers[Slot.MAIN].height() > 200)


def test_list_and_reader_share_a_narrow_pane_and_a_hand_decides_otherwise_for_good(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(300, 800)
    view.show()
    view.show_state(RecordsState(chosen=RecordId("DocumentReference/1")))
    reader = view.readers[Slot.MAIN]
    qtbot.waitUntil(lambda: 0.33 <= view.list.height() / (view.list.height() + reader.height()) <= 0.45)
    view._outer.moveSplitter(300, 1)
    moved = view.list.height()
    view.show_state(RecordsState(chosen=RecordId("DocumentReference/1"), page=StoryPage.SUMMARY))
    view.show_state(RecordsState(chosen=RecordId("DocumentReference/1")))
    qtbot.waitUntil(lambda: abs(view.list.height() - moved) <= 2)


def test_the_summary_has_the_room_of_the_list_in_a_narrow_pane(qtbot):
    view = RecordsView()
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    view.show_state(RecordsState(page=StoryPage.SUMMARY))
    assert not view.list.isVisible()
    qtbot.waitUntil(lambda: view.story.height() > 330)
    view.show_state(RecordsState())
    assert view.list.isVisible()
    view.resize(900, 500)
    view.show_state(RecordsState(page=StoryPage.SUMMARY))
    assert view.list.isVisible()


def test_only_pages_in_view_are_asked_for(pages, qtbot):
    with qtbot.waitSignal(pages.wanted) as asked:
        pages.begin(40)
    indices, width = asked.args
    assert indices[0] == 0
    assert len(indices) <= 3
    assert width > 300


def test_going_to_a_page_brings_it_into_view_and_says_so(pages, qtbot):
    pages.begin(5)
    with qtbot.waitSignal(pages.turned) as turned:
        pages.go_to(4)
    assert turned.args == [4]
    assert pages.current == 4


def test_the_page_in_view_stays_when_the_pane_changes_its_width(pages, qtbot):
    pages.begin(5)
    pages.go_to(3)
    pages.resize(700, 500)
    assert pages.current == 3
    pages.set_zoom(2.0)
    assert pages.current == 3


def test_a_page_as_tall_as_the_pane_does_not_ask_for_ever(pages, qtbot):
    asked = []
    pages.wanted.connect(lambda indices, width: asked.append(width))
    pages.resize(362, 500)
    pages.begin(1)
    for height in range(480, 520, 2):
        pages.resize(362, height)
        qtbot.wait(1)
    assert len(asked) < 50
    assert len(set(asked)) <= 2


def test_a_rendered_page_is_painted_where_it_belongs(pages):
    pages.begin(1)
    pages.show_page(page(0))
    assert pages.viewport().grab().toImage().pixelColor(200, 200).blue() == 255


def test_why_a_page_cannot_be_drawn_is_said_in_its_place(pages):
    pages.begin(1)
    pages.show_problem(0, "The page is damaged.")
    assert not pages._images
    pages.wanted.connect(lambda *_: pytest.fail("a page that cannot be drawn is not asked for again"))
    pages.resize(500, 500)


def test_text_is_never_taken_for_markup(qtbot):
    text = ReadingText()
    qtbot.addWidget(text)
    text.show_text("<b>bold</b> <img src='http://example.org/x.png'>")
    assert text.toPlainText() == "<b>bold</b> <img src='http://example.org/x.png'>"
    text.show_facts((Fact("Author", "<i>x</i>"),), "<script>")
    assert text.toPlainText() == "<script>\n\nAuthor   <i>x</i>"


def test_text_after_a_document_that_began_with_a_heading_is_not_set_as_a_heading(qtbot):
    text = ReadingText()
    qtbot.addWidget(text)
    text.show_blocks((Block(BlockKind.HEADING, "Referral note", 1), Block(BlockKind.TEXT, "Dear colleague")))
    text.show_text("plain words")
    cursor = text.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    assert not cursor.charFormat().font().bold()
    assert cursor.blockFormat().headingLevel() == 0


def test_a_passage_is_found_across_line_ends_and_nothing_is_selected_where_it_is_not(qtbot):
    text = ReadingText()
    qtbot.addWidget(text)
    text.show_text("invasive carcinoma,\nno special   type. invasive ductal")
    assert text.select("carcinoma, no special type.")
    assert text.textCursor().selectedText().replace("\u2029", "\n") == "carcinoma,\nno special   type."
    assert not text.select("invasive lobular")


def test_selected_words_are_announced(qtbot):
    text = ReadingText()
    qtbot.addWidget(text)
    text.show_text("No new lesion.")
    with qtbot.waitSignal(text.quoted) as quoted:
        text.select("new lesion")
    assert quoted.args == ["new lesion"]


def test_headings_items_and_tables_are_set_as_such_and_never_taken_for_markup(qtbot):
    text = ReadingText()
    qtbot.addWidget(text)
    text.resize(500, 80)
    text.show()
    table = Block(BlockKind.TABLE, rows=(("Test", "Value"), ("<b>Hb</b>", "9.1")), heads=1)
    blocks = [Block(BlockKind.HEADING, "Title"), *[Block(BlockKind.TEXT, f"line {n}") for n in range(30)],
              Block(BlockKind.HEADING, "Results", 2), table, Block(BlockKind.ITEM, "<i>item</i>")]  # fmt: skip
    text.show_blocks(blocks)
    said = text.toPlainText()
    assert all(words in said for words in ("Title\n", "Results\n", "<b>Hb</b>", "\u2022 <i>item</i>"))
    assert not said.startswith("\n")
    (frame,) = text.document().rootFrame().childFrames()
    assert (frame.rows(), frame.columns()) == (2, 2)
    assert text.select("<b>Hb</b> 9.1")
    text.go_to_heading(1)
    assert text.verticalScrollBar().value() > 100
    text.show_text("plain again")
    assert text.toPlainText() == "plain again"


def test_sections_are_listed_where_there_are_several(qtbot):
    outline = Outline()
    qtbot.addWidget(outline)
    outline.show_blocks((Block(BlockKind.HEADING, "One"),))
    assert not outline.needed
    outline.show_blocks(
        (Block(BlockKind.HEADING, "One"), Block(BlockKind.TEXT, "x"), Block(BlockKind.HEADING, "Two", 2))
    )
    assert outline.needed
    with qtbot.waitSignal(outline.chose) as chose:
        outline.activated.emit(2)
    assert chose.args == [1]


def test_a_folded_class_shows_only_its_heading(qtbot):
    listed = RecordList()
    qtbot.addWidget(listed)
    rows = tuple(ListRow(RecordId(f"Observation/{n}"), f"r{n}", "2026-01-01") for n in range(3))
    listed.fill((Group(RecordClass.RESULT, rows, 3, 3, open=False),), None)
    assert listed.model().rowCount() == 1
    with qtbot.waitSignal(listed.folded) as folded:
        listed.setCurrentIndex(listed.model().index(0, 0))
        qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert folded.args == [RecordClass.RESULT]


def test_ten_thousand_lines_ask_for_no_widget_each(qtbot):
    listed = RecordList()
    qtbot.addWidget(listed)
    rows = tuple(ListRow(RecordId(f"Observation/{n}"), f"r{n}", "2026-01-01") for n in range(10_000))
    listed.fill((Group(RecordClass.RESULT, rows, 10_000, 0),), RecordId("Observation/9999"))
    assert listed.currentIndex().row() == 10_000
    assert len(listed.viewport().children()) < 10
