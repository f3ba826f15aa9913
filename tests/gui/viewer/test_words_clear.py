"""Words beside marks and outlines never cover one another."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from reviewer_app.ui.viewer.labels import clear_of


def test_words_move_to_the_nearest_free_place_and_stay_in_view():
    wanted = QRectF(100, 50, 80, 20)
    assert clear_of(wanted, [], 300) == wanted
    taken = [QRectF(90, 45, 80, 20)]
    assert clear_of(wanted, taken, 300).top() == 66
    taken.append(QRectF(90, 66, 80, 40))
    assert clear_of(wanted, taken, 300).top() == 24  # above is nearer by now
    assert clear_of(wanted, taken, 300).left() == wanted.left()
    low = QRectF(100, 275, 80, 20)
    assert clear_of(low, [QRectF(100, 270, 80, 20)], 300).bottom() <= 300


def test_where_there_is_no_room_at_all_words_stand_where_they_belong():
    wanted = QRectF(0, 0, 50, 20)
    assert clear_of(wanted, [QRectF(0, 0, 50, 20)], 22) == wanted


def test_no_two_of_many_marks_in_one_place_cover_each_others_words():
    taken: list[QRectF] = []
    for step in range(10):
        taken.append(clear_of(QRectF(100 + step, 150 + step, 90, 24), taken, 400))
    assert not any(one.intersects(other) for one in taken for other in taken if one is not other)
