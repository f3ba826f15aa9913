"""What the viewport paints, pixel for pixel."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton

from reviewer_app.domain.orientation import Edges
from reviewer_app.ui.viewer import raster
from reviewer_app.ui.viewer.placement import Placement, Pose
from reviewer_app.ui.viewer.raster import Picture
from reviewer_app.ui.viewer.state import Texts, TileState
from reviewer_app.ui.viewer.viewport import Viewport

CORNER = 60
"""Pixels at the lower right that hold the zoom."""


def grabbed(widget) -> np.ndarray:
    """What the widget paints, as 0xffRRGGBB."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


def grey(values: np.ndarray) -> np.ndarray:
    return values.astype(np.uint32) * 0x010101 | 0xFF000000


@pytest.fixture
def viewport(qtbot):
    made = Viewport()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


@pytest.fixture
def noise():
    """A 12-bit frame and a table that no rounding could hide behind."""
    rng = np.random.default_rng(7)
    codes = rng.integers(0, 4096, (201, 301), dtype=np.uint16)
    return Picture(codes, grey(rng.permutation(65536) % 256))


def actual(picture: Picture, pose: Pose, widget: Viewport) -> Pose:
    return Placement(
        picture.columns, picture.rows, picture.aspect, widget.width(), widget.height(), pose
    ).actual()  # fmt: skip


@pytest.mark.parametrize(("rotation", "flipped"), list(itertools.product((0, 90, 180, 270), (False, True))))
def test_at_actual_pixels_every_pixel_is_the_table_entry_of_its_stored_value(viewport, noise, rotation, flipped):
    pose = actual(noise, Pose(rotation=rotation, flipped=flipped), viewport)
    viewport.show_picture(noise, TileState(pose=pose))
    expected = noise.table[noise.codes]
    expected = np.rot90(expected, -(rotation // 90))
    expected = expected[:, ::-1] if flipped else expected
    left, top, _wide, _high = viewport.placement.target
    painted = grabbed(viewport)
    rows = slice(max(int(top), 0), min(int(top) + expected.shape[0], 300) - CORNER)
    columns = slice(max(int(left), 0), min(int(left) + expected.shape[1], 400) - CORNER)
    seen = expected[rows.start - int(top) : rows.stop - int(top), columns.start - int(left) : columns.stop - int(left)]
    assert seen.size > 20_000
    assert (painted[rows, columns] == seen).all()


def test_another_window_paints_the_same_codes_through_another_table(viewport, noise):
    pose = actual(noise, Pose(), viewport)
    viewport.show_picture(noise, TileState(pose=pose))
    other = replace(noise, table=grey(np.arange(65536) // 16 % 256))
    viewport.show_picture(other, TileState(pose=pose))
    left, top = (int(value) for value in viewport.placement.target[:2])
    assert (grabbed(viewport)[top : top + 100, left : left + 200] == other.table[noise.codes[:100, :200]]).all()


def test_a_colour_picture_is_painted_as_it_is(viewport):
    colours = np.random.default_rng(1).integers(0, 1 << 24, (100, 120), dtype=np.uint32) | np.uint32(0xFF000000)
    picture = Picture(colours, None)
    viewport.show_picture(picture, TileState(pose=actual(picture, Pose(), viewport)))
    left, top = (int(value) for value in viewport.placement.target[:2])
    assert (grabbed(viewport)[top : top + 100, left : left + 120] == colours).all()


def test_pixels_twice_as_high_as_wide_make_a_square_of_a_flat_image(viewport):
    codes = np.full((50, 100), 200, np.uint8)
    viewport.show_picture(Picture(codes, grey(np.arange(256)), aspect=2.0), TileState())
    painted = grabbed(viewport)[: 300 - CORNER]
    columns = np.flatnonzero((painted == 0xFFC8C8C8).sum(axis=0) > 100)
    assert len(columns) == pytest.approx(300, abs=2)


def test_beside_the_picture_there_is_only_black(viewport):
    codes = np.full((100, 20), 255, np.uint8)
    viewport.show_picture(Picture(codes, grey(np.arange(256))), TileState())
    painted = grabbed(viewport)
    assert (painted[:, :168] == 0xFF000000).all()


def test_only_the_visible_part_of_a_large_image_is_looked_up():
    codes = np.zeros((5120, 4096), np.uint16)
    levels = raster.reduced(codes, codes.view(np.int16), 3)
    placement = Placement(4096, 5120, 1.0, 900, 900, Pose())
    fitted = raster.piece(Picture(codes, None, levels=levels), placement)
    close = raster.piece(Picture(codes, None, levels=levels), replace(placement, pose=placement.actual()))
    assert fitted.codes.size < 1_500_000
    assert close.codes.size <= 903 * 903


def test_reductions_average_signed_values_as_numbers():
    pixels = np.array([[-1, 1], [1, -1]], np.int16)
    (half,) = raster.reduced(pixels.view(np.uint16), pixels, 1)
    assert half.view(np.int16).tolist() == [[0]]


def test_reductions_of_colours_do_not_mix_channels():
    (half,) = raster.reduced(np.array([[0xFFFF0000, 0xFF0000FF]] * 2, np.uint32), np.zeros((2, 2)), 1)
    assert half.tolist() == [[0xFF800080]]


TEXTS = Texts(
    patient=("HARTMANN, Elisabeth Margarethe", "HD-4471902   1968-03-14   F", "2026-08-20 10:05", "CT thorax 3 mm"),
    technique=("CT   series 3", "512 x 512", "pixel 1.07 mm"),
    place=("F 432.5 mm", "image 45 / 98"),
    window=("W 400  L 40",),
    brief_patient=("HARTMANN, Elisabeth Margarethe", "HD-4471902   1968-03-14   F", "2026-08-20  CT thorax 3 mm"),
    brief_technique=("CT",),
)


@pytest.mark.parametrize("size", [(900, 900), (640, 480), (320, 280), (200, 200)])
def test_words_are_painted_over_the_picture_and_never_over_one_another(viewport, size):
    viewport.resize(*size)
    viewport.show_picture(
        Picture(np.zeros((512, 512), np.uint16), grey(np.arange(65536) % 256)),
        TileState(TEXTS, Edges("R", "A", "L", "P"), lossy="LOSSY 12:1", notes=("Gaps between slices.",)),
    )
    viewport.grab()
    areas = viewport._overlay.areas
    assert len(areas) >= 12
    for area in areas:
        assert QRectF(viewport.rect()).contains(area)
    for one, other in itertools.combinations(areas, 2):
        overlap = one.intersected(other)
        assert overlap.width() < 3 or overlap.height() < 3, (one, other)


def test_the_identity_is_said_in_every_size(viewport):
    state = TileState(TEXTS, images=98, index=44)
    for size in ((900, 900), (200, 200)):
        viewport.resize(*size)
        viewport.show_picture(Picture(np.zeros((512, 512), np.uint8), grey(np.arange(256))), state)
        bright = (grabbed(viewport)[:60, :190] & 0xFF) > 150
        assert bright.sum() > 200
    assert "HARTMANN" in viewport.accessibleDescription()


def test_a_frame_that_cannot_be_shown_says_why_and_paints_no_old_picture(viewport, noise):
    viewport.show_picture(noise, TileState())
    viewport.show_picture(None, TileState(TEXTS, problem="The JPEG stream ends early."))
    assert viewport.placement is None
    assert "The JPEG stream ends early." in viewport.accessibleDescription()
    assert (grabbed(viewport)[100:200, 20:380] != 0xFF000000).any()


def test_a_picture_kept_back_is_not_painted_until_asked_for(viewport, noise, qtbot):
    viewport.show_picture(noise, TileState(banner="Its patient id is another."))
    assert viewport.placement is None
    with qtbot.waitSignal(viewport.revealed):
        viewport._banner.findChild(QPushButton).click()


def test_scrolls_that_pile_up_arrive_as_one(viewport, qtbot):
    steps = []
    viewport.scrolled.connect(steps.append)
    for _ in range(20):
        QApplication.sendEvent(viewport, wheel(-120))
    qtbot.waitUntil(lambda: sum(steps) == 20)
    assert len(steps) < 20


def test_the_wheel_with_control_zooms_about_the_mouse(viewport, noise):
    poses = []
    viewport.posed.connect(poses.append)
    viewport.show_picture(noise, TileState())
    QApplication.sendEvent(viewport, wheel(120, Qt.KeyboardModifier.ControlModifier))
    assert poses[0].zoom > 1


def test_the_right_button_drags_the_window(viewport, qtbot):
    drags = []
    viewport.windowed.connect(lambda across, down: drags.append((across, down)))
    qtbot.mousePress(viewport, Qt.MouseButton.RightButton, pos=QPoint(100, 100))
    qtbot.mouseMove(viewport, QPoint(130, 90))
    qtbot.mouseRelease(viewport, Qt.MouseButton.RightButton, pos=QPoint(130, 90))
    assert drags == [(30.0, -10.0)]


def wheel(turned: int, modifiers=Qt.KeyboardModifier.NoModifier) -> QWheelEvent:
    return QWheelEvent(
        QPointF(200, 150), QPointF(200, 150), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
