"""Words over a picture stay legible: a dark plate lies under them where the picture is bright, coloured or lettered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from reviewer_app.domain.drawn import Drawn, Graphic, GraphicKind
from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.measurement import Shape
from reviewer_app.ui.viewer.drawn_state import TileDrawing
from reviewer_app.ui.viewer.ground import DIM, Ground
from reviewer_app.ui.viewer.marks_state import MarkState, TileMarks
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.raster import Picture
from reviewer_app.ui.viewer.state import Texts, TileState
from reviewer_app.ui.viewer.viewport import Viewport

GREY, WHITE, BLACK, RED = 0xFF606060, 0xFFFFFFFF, 0xFF000000, 0xFFFF2010
SIZE = 400
NAMED = TileState(texts=Texts(patient=("HARTMANN, Elisabeth",), brief_patient=("HARTMANN, Elisabeth",)))


def filled(colour: int) -> np.ndarray:
    return np.full((SIZE, SIZE), colour, np.uint32)


def lettered() -> np.ndarray:
    """White strokes two pixels wide on black, as machines burn letters in."""
    picture = filled(BLACK)
    for start in range(0, SIZE, 9):
        picture[:, start : start + 2] = WHITE
    return picture


def noisy() -> np.ndarray:
    """Tissue of a CT in its usual window."""
    shade = np.clip(np.random.default_rng(3).normal(110, 14, (SIZE, SIZE)), 0, 255).astype(np.uint32)
    return shade * 0x010101 | 0xFF000000


@pytest.fixture
def viewport(qtbot):
    made = Viewport()
    qtbot.addWidget(made)
    made.resize(SIZE, SIZE)
    made.show()
    return made


def painted(widget: Viewport) -> np.ndarray:
    """Greys of what the widget paints."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return (rows[:, : image.width()] >> 8 & 0xFF).astype(int)


@pytest.mark.parametrize(
    ("picture", "needed"),
    [(filled(WHITE), True), (filled(RED), True), (lettered(), True), (filled(GREY), False), (noisy(), False)],
)
def test_a_plate_is_needed_on_white_on_colours_and_on_letters_but_not_on_tissue(picture, needed):
    ground = Ground(picture, QRectF(0, 0, SIZE, SIZE))
    assert ground.unquiet(QRectF(10, 10, 150, 20)) is needed
    assert ground.unquiet(QRectF(10, 10, 150, 20), DIM)  # words in colours are lost on any grey
    assert ground.unquiet(QRectF(-300, 10, 150, 20)) is False


def test_the_edge_of_the_skin_under_one_letter_asks_for_no_plate_but_burned_in_letters_do():
    skin = filled(BLACK)
    skin[:, 20:] = 0xFF787878
    one_letter = QRectF(10, 10, 20, 27)
    assert not Ground(skin, QRectF(0, 0, SIZE, SIZE)).unquiet(one_letter)
    assert Ground(lettered(), QRectF(0, 0, SIZE, SIZE)).unquiet(one_letter)


def test_only_what_lies_under_the_words_counts_wherever_the_picture_is():
    picture = filled(BLACK)
    picture[:, SIZE // 2 :] = WHITE
    ground = Ground(picture, QRectF(100, 0, SIZE / 2, SIZE / 2))
    assert not ground.unquiet(QRectF(100, 50, 95, 20))
    assert ground.unquiet(QRectF(205, 50, 95, 20))


def test_where_a_part_of_the_words_would_be_lost_all_of_them_get_a_plate():
    picture = filled(BLACK)
    picture[:, :60] = GREY
    ground = Ground(picture, QRectF(0, 0, SIZE, SIZE))
    assert ground.unquiet(QRectF(10, 10, 150, 20), DIM)
    assert not ground.unquiet(QRectF(10, 10, 150, 20))
    assert not ground.unquiet(QRectF(50, 10, 150, 20), DIM)


def test_over_burned_in_letters_the_name_stands_on_a_dark_plate(viewport):
    viewport.show_picture(Picture(lettered(), None), NAMED)
    name = painted(viewport)[6:18, 6:110]
    plain = painted(viewport)[100:112, 6:110]
    assert np.median(plain[plain > 100]) == 255  # the strokes of the picture itself
    between = np.sort(name.reshape(-1))[: name.size // 2]
    assert between.max() < 90  # beside the letters of the name nothing bright is left


def test_on_tissue_no_plate_hides_the_picture(viewport):
    viewport.show_picture(Picture(filled(GREY), None), NAMED)
    row = painted(viewport)[2:22, 250:300]
    viewport.show_picture(Picture(filled(GREY), None), TileState())
    assert (painted(viewport)[2:22, 250:300] == row).all()
    assert (row == 0x60).all()


def test_a_plate_stays_while_the_stack_is_scrolled_and_goes_with_the_view(viewport):
    viewport.show_picture(Picture(filled(WHITE), None), NAMED)
    viewport.show_picture(Picture(filled(GREY), None), NAMED)
    assert painted(viewport)[6:18, 6:100].min() < 0x40  # else it would flicker between slices
    moved = TileState(texts=NAMED.texts, pose=Pose(zoom=2.0))
    viewport.show_picture(Picture(filled(GREY), None), moved)
    assert np.median(painted(viewport)[6:18, 6:100]) >= 0x40


def test_in_a_small_tile_a_mark_says_the_short_form_until_it_is_selected(viewport):
    long = ("12.3 mm²", "mean 4 HU, median 3 HU", "SD 1 HU, 0 to 9", "pixel spacing")
    corners = ((100.0, 150.0), (150.0, 200.0))

    def lines(width: int, *, selected: bool) -> int:
        viewport.resize(width, width)
        mark = MarkState(MeasurementId("m"), Shape.ELLIPSE, corners, long, ("12.3 mm²", "pixel spacing"), selected)
        viewport.show_picture(Picture(filled(BLACK), None), TileState(marked=TileMarks((mark,))))
        (sprite,) = (known for (state, _), known in viewport._marks._kept.items() if state == mark)
        viewport._marks._kept.clear()
        return len(sprite.words)

    assert lines(300, selected=False) == 2
    assert lines(300, selected=True) == 4
    assert lines(600, selected=False) == 4


def test_words_of_marks_names_of_outlines_and_the_value_under_the_mouse_keep_clear_of_each_other(viewport):
    corners = ((100.0, 150.0), (150.0, 200.0), (100.0, 150.0))
    outline = Graphic(GraphicKind.POLYLINE, ((260.0, 165.0), (300.0, 180.0), (260.0, 200.0)), name="Tumour bed block")
    mark = MarkState(MeasurementId("m"), Shape.ELLIPSE, corners[:2], ("12.3 mm²", "mean 4 HU", "pixel spacing"))
    state = TileState(marked=TileMarks((mark,)), drawing=TileDrawing(Drawn((outline,))))
    viewport.resize(600, 600)
    viewport.show_picture(Picture(filled(BLACK), None), state)
    viewport.grab()
    (words,), (name,) = viewport._marks.areas, viewport._drawings.areas
    assert not words.intersects(name)
    alone = TileState(marked=state.marked)
    viewport.show_picture(Picture(filled(BLACK), None), alone)
    viewport.grab()
    assert viewport._marks.areas[0].intersects(name)  # it had to give way


def test_words_of_marks_make_room_for_words_that_stand_elsewhere_now(viewport, qtbot):
    mark = MarkState(MeasurementId("m"), Shape.PROBE, ((10.0, 380.0),), ("12.3 mm", "pixel spacing"))
    plain = TileState(marked=TileMarks((mark,)))
    viewport.show_picture(Picture(filled(BLACK), None), plain)
    qtbot.waitUntil(lambda: len(viewport._marks.areas) == 1)
    told = replace(plain, texts=Texts(place=("A 250.1 mm", "plane 256 / 512")))
    viewport.show_picture(Picture(filled(BLACK), None), told)
    qtbot.waitUntil(lambda: not viewport._marks.covered(viewport._overlay.areas))
