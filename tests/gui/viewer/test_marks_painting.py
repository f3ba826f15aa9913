"""Marks on the screen: where they are painted, and what they leave alone."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from reviewer_app.domain.ids import MeasurementId
from reviewer_app.domain.measurement import Shape
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.marks_hit import hit, nudge, to_image, to_view
from reviewer_app.ui.viewer.marks_state import MarkState, TileMarks
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.raster import Picture
from reviewer_app.ui.viewer.state import TileState
from reviewer_app.ui.viewer.viewport import Viewport

GREY = 0xFF404040
POSES = [Pose(rotation=turn, flipped=flip) for turn, flip in itertools.product((0, 90, 180, 270), (False, True))]


def mark(shape: Shape, *points, **more) -> MarkState:
    return MarkState(MeasurementId("m1"), shape, tuple(points), **more)


def grabbed(widget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


@pytest.fixture
def viewport(qtbot):
    made = Viewport()
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.show()
    picture = Picture(np.zeros((100, 100), np.uint16), np.full(1 << 16, GREY, np.uint32))

    def show(*marks: MarkState, pose: Pose = POSES[0], aspect: float = 1.0) -> np.ndarray:
        made.show_picture(replace(picture, aspect=aspect), TileState(pose=pose, marked=TileMarks(marks)))
        return grabbed(made)

    made.paint_of = show
    return made


def colour(token: str) -> np.ndarray:
    shade = QColor(getattr(theme.DARK, token))
    return np.array([shade.red(), shade.green(), shade.blue()])


def at(seen: np.ndarray, x: float, y: float) -> np.ndarray:
    """Brightest painted colour within a pixel of a point of the viewport."""
    part = seen[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].reshape(-1)
    channels = np.stack([(part >> shift) & 255 for shift in (16, 8, 0)], axis=-1)
    return channels[channels.sum(axis=1).argmax()]


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("aspect", [1.0, 2.0])
def test_a_line_is_painted_over_the_pixels_it_was_drawn_on(viewport, pose, aspect):
    seen = viewport.paint_of(mark(Shape.LENGTH, (20.0, 30.0), (70.0, 30.0)), pose=pose, aspect=aspect)
    for x in (25, 45, 65):
        spot = to_view(viewport.placement, (x, 30))
        assert np.abs(at(seen, *spot) - colour("good")).max() < 60
        away = to_view(viewport.placement, (x, 38))
        assert (at(seen, *away) == 0x40).all()


def test_golden_lines(viewport):
    """A horizontal and a vertical line at one to four: every pixel beyond halo and line is that of the picture."""
    seen = viewport.paint_of(
        mark(Shape.RECTANGLE, (25.0, 25.0), (75.0, 75.0)), mark(Shape.PROBE, (10.0, 10.0)), pose=Pose()
    )
    touched = seen != GREY
    touched[-60:, -110:] = False  # the zoom is said there
    rows, columns = np.nonzero(touched)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (32, 301, 32, 301)
    inside = touched[104:297, 104:297]
    assert not inside.any()
    assert touched[98:103, 120].any()
    assert touched[298:303, 280].any()
    assert not touched[60:90, 60:300].any()


def test_an_ellipse_touches_its_box_in_the_middle_of_each_side_only(viewport):
    seen = viewport.paint_of(mark(Shape.ELLIPSE, (20.0, 30.0), (80.0, 70.0)))
    for point in ((20, 50), (80, 50), (50, 30), (50, 70)):
        assert np.abs(at(seen, *to_view(viewport.placement, point)) - colour("good")).max() < 60
    for point in ((20, 30), (80, 70), (50, 50)):
        assert (at(seen, *to_view(viewport.placement, point)) == 0x40).all()


def test_marks_kept_rendered_look_like_fresh_ones(viewport):
    marks = [mark(Shape.LENGTH, (20.0, 30.0), (70.0, 55.0), lines=("12.3 mm", "in the patient"))]
    first = viewport.paint_of(*marks)
    viewport.paint_of()
    assert (viewport.paint_of(*marks) == first).all()
    viewport._marks._kept.clear()
    assert (viewport.paint_of(*marks) == first).all()


def test_without_marks_nothing_is_painted_over_the_picture(viewport):
    clean = viewport.paint_of()
    viewport.paint_of(mark(Shape.LENGTH, (20.0, 30.0), (70.0, 55.0)))
    viewport.show_marks(TileMarks())
    assert (grabbed(viewport) == clean).all()


def test_the_selected_mark_shows_where_it_can_be_taken(viewport):
    chosen = mark(Shape.RECTANGLE, (25.0, 25.0), (75.0, 75.0), selected=True, handle=1)
    seen = viewport.paint_of(chosen)
    assert (at(seen, *to_view(viewport.placement, (75, 75))) == colour("accent")).all()
    middle = seen[tuple(round(part) for part in reversed(to_view(viewport.placement, (25, 75))))]
    assert middle & 0xFFFFFF == 0


def test_a_mark_beyond_the_edge_costs_nothing_and_breaks_nothing(viewport):
    seen = viewport.paint_of(mark(Shape.LENGTH, (900.0, 900.0), (950.0, 990.0)))
    assert (seen == viewport.paint_of()).all()


@pytest.mark.parametrize("pose", POSES)
def test_what_is_under_the_pointer_is_found_however_the_picture_is_turned(viewport, pose):
    drawn = mark(Shape.POLYGON, (20.0, 20.0), (80.0, 20.0), (50.0, 70.0))
    viewport.paint_of(drawn, pose=pose)
    placed = viewport.placement
    assert hit([drawn], placed, *to_view(placed, (80, 20))).handle == 1
    assert hit([drawn], placed, *to_view(placed, (50, 20))).handle is None
    assert hit([drawn], placed, *to_view(placed, (50, 40))) is None
    x, y = to_view(placed, (33.25, 61.5))
    assert to_image(placed, x, y) == (pytest.approx(33.25), pytest.approx(61.5))


def test_of_marks_on_top_of_each_other_the_selected_one_is_taken_then_the_newest(viewport):
    old = mark(Shape.LENGTH, (20.0, 20.0), (80.0, 20.0))
    new = replace(old, id=MeasurementId("m2"))
    viewport.paint_of(old, new)
    spot = to_view(viewport.placement, (50, 20))
    assert hit([old, new], viewport.placement, *spot).id == "m2"
    assert hit([replace(old, selected=True), new], viewport.placement, *spot).id == "m1"


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("aspect", [1.0, 0.5, 3.0])
def test_an_arrow_key_is_one_whole_pixel_of_the_image(viewport, pose, aspect):
    viewport.paint_of(pose=pose, aspect=aspect)
    for step in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        assert sorted(abs(part) for part in nudge(viewport.placement, *step)) == [0.0, 1.0]
