"""The rail of series in every size of text."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.rail import Card, Rail
from reviewer_app.ui.viewer.state import SeriesCard, StudyGroup

KNOWN = SeriesCard(SeriesUid("1.2"), "CT", "Abdomen portal venous 3.0 mm", "96 images", offline=True)


@pytest.fixture(params=[1.0, 1.5, 2.0])
def scale(request, qapp: QApplication):
    theme.apply(qapp, "dark", request.param)
    yield request.param
    theme.apply(qapp, "dark")


def needed() -> int:
    """Pixels of two lines of a title and two lines below."""
    title, below = (QFontMetrics(theme.font(size)).height() for size in (theme.BODY, theme.SMALL))
    return 2 * title + 2 * below


def test_a_card_has_room_for_its_four_lines(qtbot, scale):
    card = Card(KNOWN)
    qtbot.addWidget(card)
    assert card.height() >= needed()


def test_cards_and_rail_follow_a_size_of_text_that_is_chosen_while_they_are_there(qtbot, qapp):
    rail = Rail()
    qtbot.addWidget(rail)
    rail.show_groups((StudyGroup("2026-11-05   CT abdomen", (KNOWN,)),))
    rail.show()
    try:
        theme.apply(qapp, "dark", 2.0)
        (card,) = rail.findChildren(Card)
        assert card.height() >= needed()
        assert rail.height() > card.height()
    finally:
        theme.apply(qapp, "dark")
