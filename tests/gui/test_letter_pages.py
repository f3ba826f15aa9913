"""Pages of a letter at every size of the pane: the same proportions, and never an endless change of layout."""

from __future__ import annotations

from reviewer_app.domain.record import Page
from reviewer_app.ui.opinion.letter import LetterPage


def page(index: int, count: int) -> Page:
    return Page(index, count, 90, 127, 360, bytes(360 * 127))


def test_one_page_comes_to_rest_at_every_height(qtbot):
    letter = LetterPage()
    qtbot.addWidget(letter)
    letter.sheets.show_page(page(0, 1))
    letter.show()
    for width in (320, 480, 760):
        for height in range(360, 1300, 7):
            letter.resize(width, height)
            qtbot.wait(0)


def test_a_page_keeps_its_proportions(qtbot):
    letter = LetterPage()
    qtbot.addWidget(letter)
    for index in range(3):
        letter.sheets.show_page(page(index, 3))
    letter.resize(600, 700)
    with qtbot.waitExposed(letter):
        letter.show()
    for sheet in letter.sheets.pages:
        assert abs(sheet.height() / sheet.width() - 127 / 90) < 0.02
