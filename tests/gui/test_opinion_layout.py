"""The opinion pane at the widths it is used at: nothing that is read is cut, evidence stands beside its section."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.rules import Finding, Severity
from reviewer_app.ui import theme
from reviewer_app.ui.opinion.assist import Assist
from reviewer_app.ui.opinion.chips import chip_widget
from reviewer_app.ui.opinion.finding_line import FindingLine
from reviewer_app.ui.opinion.pairs import Pair
from reviewer_app.ui.opinion.prose import Prose
from reviewer_app.ui.opinion.state import Block, Chip, OpinionState, Stage
from reviewer_app.ui.opinion.view import OpinionView

HINT = "Confirmed, refined or changed; how certain; the reasoning, with citations."


@pytest.fixture(params=[1.0, 1.5])
def scale(request):
    theme.apply(QApplication.instance(), "light", request.param)
    yield request.param
    theme.apply(QApplication.instance(), "dark", 1.0)


def shown(qtbot, widget: QWidget, width: int) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, 600)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.mark.parametrize("width", [340, 700])
def test_a_hint_is_read_as_a_whole_and_gives_way_to_the_text(qtbot, scale, width):
    prose = Prose("section.diagnosis", Assist())
    prose.setPlaceholderText(HINT)
    shown(qtbot, prose, width)
    lines = prose.fontMetrics().horizontalAdvance(HINT) / prose.viewport().width()
    assert prose.height() >= (int(lines) + 1) * prose.fontMetrics().lineSpacing()
    tall = prose.height()
    prose.setPlainText("Yes.")
    assert prose.height() <= tall
    assert prose.height() < 2.5 * prose.fontMetrics().lineSpacing()


def test_a_chip_shows_the_value_at_its_end_however_narrow_it_is(qtbot, scale):
    label = "Haemoglobin in venous blood 2026-10-01: 11.90 g/dL"
    holder = chip_widget(Chip(CitationId("c1"), 3, label), lambda _id: None, lambda _id: None)
    shown(qtbot, holder, 260)
    text = holder.layout().itemAt(0).widget().text()
    assert text.startswith("[3] ")
    assert text.endswith("g/dL")
    holder.resize(900, 40)
    qtbot.waitUntil(lambda: holder.layout().itemAt(0).widget().text() == f"[3] {label}")


def test_a_finding_takes_its_own_line_where_it_is_narrow(qtbot):
    finding = Finding("E2", Severity.WARN, "One document was never opened: open it, or list it.", "records")
    went = []
    line = shown(qtbot, FindingLine(finding, went.append, went.append), 340)
    qtbot.waitUntil(lambda: line._said.width() > 0.9 * line.width())
    line.resize(900, 60)
    qtbot.waitUntil(lambda: line._said.y() < line._word.geometry().bottom())


def test_two_fields_share_a_row_only_where_both_can_be_read(qtbot):
    pair = Pair(20)
    pair.add(QPlainTextEdit())
    pair.add(QPlainTextEdit())
    assert pair.full
    shown(qtbot, pair, 900)
    first, second = (pair.layout().itemAt(n).widget() for n in (0, 1))
    qtbot.waitUntil(lambda: first.y() == second.y() and first.x() < second.x())
    pair.resize(150, 600)
    qtbot.waitUntil(lambda: first.y() < second.y())


def test_citations_and_rules_stand_beside_their_section_on_a_wide_page(qtbot):
    finding = Finding("E1", Severity.BLOCK, "Cite at least one item.", "section:history")
    chips = (Chip(CitationId("c1"), 1, "Report, p. 2"),)
    blocks = tuple(Block(f"section:{name}", name, chips=chips, findings=(finding,)) for name in ("history", "imaging"))
    view = shown(qtbot, OpinionView(), 700)
    view.show_state(OpinionState(stage=Stage.WRITING, blocks=blocks))
    box = view._boxes["section:history"]
    qtbot.waitUntil(lambda: box._beside.y() > box._title.y())
    view.resize(1500, 700)
    qtbot.waitUntil(lambda: box._beside.x() > box._title.geometry().right())
    assert view._boxes["section:imaging"]._beside.x() == box._beside.x()
    view.resize(700, 700)
    qtbot.waitUntil(lambda: box._beside.x() < box._title.geometry().right())


def test_a_finding_that_is_mended_on_another_page_asks_to_go_there(qtbot):
    view = OpinionView()
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.elsewhere) as gone:
        view.go_to("profile")
    assert gone.args == ["profile"]
