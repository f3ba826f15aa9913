"""Several tiles of real examinations: in step, in three planes, laid over each other, hung by protocol."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.opinion import Citation
from reviewer_app.services import palettes, picturing
from reviewer_app.services.letter import display_words
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.dropping import SERIES
from reviewer_app.ui.viewer.rail import Card
from reviewer_app.ui.viewer.state import Layout
from tests.desks import CASE_ID
from tests.image_panes import Pane, filled

BREAST = "data/cases/case-01-breast-staging"
KIDNEY = "data/cases/case-03-kidney-disease"
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def vaults(shared, tmp_path_factory):
    """One vault a case; the tests do not write."""
    opened = {}

    def vault(folder: str, *patterns: str):
        if folder not in opened:
            files = [file for pattern in patterns for file in sorted((shared / folder / "dicom").rglob(pattern))]
            opened[folder] = filled(shared / folder, tmp_path_factory.mktemp("vault") / "home", files)
        return opened[folder]

    yield vault
    for session in opened.values():
        session.close()


@pytest.fixture
def petct(vaults, qtbot, shared):
    """CT beside PET, as the case opens; three of ten CT slices, so that it is quick."""
    pane = Pane(qtbot, shared / BREAST, session=vaults(BREAST, "CT_*[048].dcm", "PT_*.dcm"))
    pane.settle_all()
    yield pane
    pane.close()


@pytest.fixture
def abdomen(vaults, qtbot, shared):
    pane = Pane(qtbot, shared / KIDNEY, session=vaults(KIDNEY, "*.dcm"))
    yield pane
    pane.close()


def heights(pane) -> list[float]:
    tiles = pane.presenter._tiles
    return [tiles[number].sheet.plane.position[2] for number in range(tiles.layout.tiles)]


def test_a_pet_ct_opens_side_by_side_and_scrolls_by_position(petct):
    assert petct.presenter._tiles.layout is Layout.PAIR
    assert [tile.frame.instance.modality for tile in map(petct.presenter._tiles.__getitem__, (0, 1))] == ["CT", "PT"]
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
        petct.press(key)
        petct.settle_all()
        ct, pt = heights(petct)
        assert ct == pytest.approx(pt, abs=0.01)


def test_apart_only_the_active_tile_scrolls(petct):
    petct.press(Qt.Key.Key_S, SHIFT)
    before = heights(petct)
    petct.press(Qt.Key.Key_Down)
    after = heights(petct)
    petct.press(Qt.Key.Key_S, SHIFT)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_pointing_shows_the_same_place_with_its_value_in_every_tile(petct):
    petct.press(Qt.Key.Key_Home)
    viewport = petct.view.viewport(1)
    at = QPointF(*viewport.placement.view_point((0.5, 0.5)))
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        at,
        viewport.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        SHIFT,
    )
    QApplication.sendEvent(viewport, move)
    petct.settle_all()
    ct, pt = (petct.view.viewport(number)._guides.point for number in (0, 1))
    assert ct.label.endswith(" HU")
    assert pt.label.startswith("SUV ")
    tiles = petct.presenter._tiles
    places = [tiles[0].sheet.point(ct.at), tiles[1].sheet.point(pt.at)]
    assert places[0] == pytest.approx(places[1], abs=0.01)
    petct.do("images.unpoint")
    assert petct.view.viewport(0)._guides.point is None


def test_a_citation_brings_back_what_stood_beside_the_picture(petct):
    tiles = petct.presenter._tiles
    petct.presenter._navigator.linker.on = False
    tiles[1].go(70)
    petct.settle_all()
    cited = petct.presenter.selection().image
    assert [(known.tile, known.series) for known in cited.arranged.beside] == [(1, tiles.series[1])]
    petct.do("images.single", "images.next")
    tiles.open(1, tiles.series[0])
    petct.settle_all()
    petct.presenter.show_place(Citation(CitationId("c1"), "section:summary", "CT", now(), image=cited))
    petct.settle_all()
    assert tiles.layout is Layout.PAIR
    assert petct.presenter.selection().image == cited
    petct.press(Qt.Key.Key_K)  # a key image keeps it too; marks go to their picture and leave the rest alone
    assert tiles[1].shown == 70


def test_other_tiles_are_shown_alike_with_windows_only_where_values_compare(petct):
    tiles = petct.presenter._tiles
    tiles.lay_out(Layout.THREE, fill=False)
    tiles.open(2, tiles.series[0])
    petct.settle_all()
    before = tiles[1].window()
    petct.do("images.preset3", "images.larger", "images.invert", "images.turn", "images.alike")
    assert tiles[2].window() == tiles[0].window()
    assert tiles[2].look.inverted
    assert tiles[1].window() == before
    assert not tiles[1].look.inverted
    assert [tiles[at].look.pose.zoom for at in (1, 2)] == [tiles[0].look.pose.zoom] * 2
    assert tiles[2].look.pose.rotation == 0  # how a picture is turned belongs to it


def test_the_value_under_the_mouse_is_that_of_the_picture_on_screen(petct):
    viewport, tile = petct.view.viewport(0), petct.presenter._tiles[0]
    middle = QPoint(viewport.width() // 2, viewport.height() // 2)

    def expected() -> str:
        across, down = viewport.placement.image_point(middle.x(), middle.y())
        frame = tile.frame
        rows, columns = frame.pixels.shape
        stored = int(frame.pixels[int(down * rows), int(across * columns)])
        return f"{stored * frame.info.slope + frame.info.intercept:.4g} HU"

    QTest.mouseMove(viewport, middle)
    assert viewport._readout.text() == expected()
    for _ in range(3):
        petct.press(Qt.Key.Key_Down)
        petct.settle_all()
        assert viewport._readout.text() == expected()
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert not viewport._readout.isVisible()
    suv = petct.view.viewport(1)
    QTest.mouseMove(suv, QPoint(suv.width() // 2, suv.height() // 2))
    assert suv._readout.text().startswith("SUV ")


def test_the_value_under_the_mouse_covers_no_words_that_always_stand_there(petct):
    petct.press(Qt.Key.Key_F, SHIFT)
    for wide in (900, 620):
        petct.view.resize(wide, 500)
        petct.settle_all()
        viewport = petct.view.viewport(0)
        viewport.grab()
        QTest.mouseMove(viewport, QPoint(viewport.width() // 2 - wide % 7, viewport.height() // 2))
        assert viewport._readout.isVisible()
        assert not any(area.intersects(viewport._readout.geometry()) for area in viewport._overlay.areas)


def test_pet_is_laid_over_ct_and_taken_away_again(petct):
    plain = petct.painted()
    petct.press(Qt.Key.Key_F, SHIFT)
    petct.bot.waitUntil(lambda: petct.presenter.tile.fusion is not None, timeout=20_000)
    fused = petct.painted()
    assert "PT  SUV 0 to 7  60 %" in petct.viewport.state.texts.window
    assert petct.viewport.state.notes[0] == "PT laid over, interpolated."
    assert (fused != plain).any()
    petct.press(Qt.Key.Key_F, SHIFT)
    assert (petct.painted() == plain).all()


def test_a_citation_brings_back_colours_and_what_was_laid_over_and_prints_them(petct):
    petct.press(Qt.Key.Key_F, SHIFT)
    petct.bot.waitUntil(lambda: petct.presenter.tile.fusion is not None, timeout=20_000)
    petct.do("images.fuse_hotter", "images.fuse_more", "images.palette", "images.flip")
    seen, cited = petct.painted(), petct.presenter.selection()
    stored = replace(cited.image, palette="", overlaid=None)
    petct.do("images.fuse", "images.reset", "images.next")
    assert (petct.painted() != seen).any()
    petct.presenter.show_place(Citation(CitationId("c1"), "section:summary", "CT", now(), image=cited.image))
    petct.bot.waitUntil(lambda: petct.presenter.tile.fusion is not None, timeout=20_000)
    assert (petct.painted() == seen).all()
    session = petct.session
    pages = [picturing.picture(session, CASE_ID, place, 512).pixels for place in (cited.image, stored)]
    assert pages[0] != pages[1]
    assert "laid over: PT SUV 0 to 5 70 %" in display_words(cited.image)


def test_what_is_laid_over_is_still_the_stored_image_for_measuring_and_citing(petct):
    petct.press(Qt.Key.Key_F, SHIFT)
    petct.bot.waitUntil(lambda: petct.presenter.tile.fusion is not None, timeout=20_000)
    assert petct.presenter.selection() is not None
    petct.press(Qt.Key.Key_F, SHIFT)


def test_n_goes_through_the_arrangements_of_the_protocol(petct):
    petct.press(Qt.Key.Key_N)
    petct.settle_all()
    assert petct.presenter._tiles.layout is Layout.SINGLE
    assert petct.notices[-1] == "PET/CT: Laid over each other (2 of 4)."
    petct.bot.waitUntil(lambda: petct.presenter.tile.fusion is not None, timeout=20_000)
    petct.press(Qt.Key.Key_N, SHIFT)
    petct.settle_all()
    assert petct.presenter._tiles.layout is Layout.PAIR


def test_the_tools_follow_the_theme(petct, qapp):
    action = petct.view._actions["images.fit"]
    try:
        seen = []
        for name in ("dark", "light"):
            theme.apply(qapp, name)
            qapp.processEvents()
            picture = action.icon().pixmap(16, 16).toImage()
            inks = [picture.pixelColor(x, y) for x in range(16) for y in range(16)]
            seen.append(max(inks, key=lambda ink: ink.alpha()).lightness())
        on_dark, on_light = seen
        assert on_dark > 150
        assert on_light < 100
    finally:
        theme.apply(qapp, "dark")


def test_a_card_dropped_on_a_tile_is_shown_there(petct):
    card = next(card for card in petct.view.findChildren(Card) if card.accessibleName().startswith("PET"))
    viewport = petct.view.viewport(0)
    carried = QMimeData()
    carried.setData(SERIES, b"")

    class Dropped(QDropEvent):
        def source(self):
            return card

    event = Dropped(
        QPointF(5, 5), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    petct.view.viewport(0).findChild(object, "series drops").eventFilter(viewport, event)
    petct.settle_all()
    assert petct.presenter._tiles[0].frame.instance.modality == "PT"


def test_three_planes_meet_in_one_point_and_say_that_they_are_no_stored_pictures(abdomen):
    abdomen.press(Qt.Key.Key_M, SHIFT)
    tiles = abdomen.presenter._tiles
    abdomen.bot.waitUntil(lambda: all(tiles[number].reformat for number in (1, 2, 3)), timeout=30_000)
    abdomen.settle_all()
    states = [abdomen.view.viewport(number).state for number in range(4)]
    assert [state.letters.top for state in states] == ["A", "H", "H", "A"]
    assert states[0].notes == ()
    assert all(state.notes and "eformat" in state.notes[0] for state in states[1:3])
    assert states[3].notes[0].startswith("MIP 20 mm")
    assert [state.texts.technique[1] for state in states[1:]] == ["CORONAL", "SAGITTAL", "AXIAL"]
    assert states[3].texts.technique[2] == "MIP 20 mm"


def test_a_reformat_shows_the_voxels_of_the_stack_in_their_place(abdomen):
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: abdomen.presenter.tile.reformat is not None, timeout=30_000)
    reformat = abdomen.presenter.tile.reformat
    values, volume = reformat.frame().pixels, reformat.volume
    row = round(volume.grid.index(reformat.sheet.centre)[1])
    expected = volume.values[:, row, :]
    assert (values == expected[::-1]).all() or (values == expected).all()
    assert reformat.sheet.plane.column == (0.0, 0.0, -1.0)
    top = reformat.sheet.place(volume.grid.point((len(volume.values) - 1, row, 0)))[1]
    first = values[0] if top < 0.5 else values[-1]
    assert (first == volume.values[-1, row]).all()
    abdomen.do("images.header")
    assert abdomen.notices[-1].startswith("A reformat has no header.")


def test_no_pixel_of_a_reformat_can_be_measured_or_cited(abdomen):
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: abdomen.presenter.tile.reformat is not None, timeout=30_000)
    assert abdomen.presenter.selection() is None
    assert abdomen.presenter.tile.frame is None


def test_shift_d_goes_round_and_comes_back_to_the_stored_slices(abdomen):
    tile = abdomen.presenter.tile
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: tile.reformat is not None, timeout=30_000)
    assert tile.reformat.name == "coronal"
    abdomen.press(Qt.Key.Key_D, SHIFT)
    assert tile.reformat.name == "sagittal"
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: tile.frame is not None, timeout=30_000)
    assert abdomen.viewport.state.notes == ()


def test_tilting_by_keys_makes_an_oblique_plane_that_says_so_and_can_be_scrolled(abdomen):
    tile = abdomen.presenter.tile
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: tile.reformat is not None, timeout=30_000)
    abdomen.press(Qt.Key.Key_Right, ALT)
    abdomen.press(Qt.Key.Key_Up, ALT)
    state = abdomen.viewport.state
    assert state.texts.technique[1] == "OBLIQUE CORONAL"
    assert state.notes[0] == "Interpolated reformat, not the stored picture."
    before = tile.sheet
    abdomen.press(Qt.Key.Key_Down)
    assert tile.sheet.plane.normal == before.plane.normal
    assert tile.sheet.plane.position != before.plane.position


def test_while_a_plane_is_dragged_the_lower_quality_is_said_and_afterwards_it_is_full_again(abdomen):
    tile = abdomen.presenter.tile
    abdomen.press(Qt.Key.Key_D, SHIFT)
    abdomen.bot.waitUntil(lambda: tile.reformat is not None, timeout=30_000)
    abdomen.do("images.tilt")
    viewport, middle = abdomen.viewport, abdomen.viewport.rect().center()
    abdomen.bot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=middle)
    abdomen.bot.mouseMove(viewport, middle + QPoint(40, 15))
    assert abdomen.viewport.state.notes[0] == "Lower quality while it moves."
    abdomen.bot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 15))
    assert abdomen.viewport.state.notes[0] == "Interpolated reformat, not the stored picture."
    abdomen.do("images.scroll")


def test_a_slab_grows_by_key_and_changes_what_it_shows(abdomen):
    tile = abdomen.presenter.tile
    abdomen.press(Qt.Key.Key_PageUp, SHIFT)
    abdomen.bot.waitUntil(lambda: tile.reformat is not None, timeout=30_000)
    assert tile.reformat.slab == "MIP 5 mm"
    most = tile.drawn.pixels.copy()
    abdomen.press(Qt.Key.Key_PageUp, SHIFT)
    assert tile.reformat.slab == "MIP 10 mm"
    assert (tile.drawn.pixels >= most).all()
    abdomen.press(Qt.Key.Key_B, SHIFT)
    assert tile.reformat.slab == "MinIP 10 mm"
    assert (tile.drawn.pixels <= most).all()


def test_guide_lines_show_where_the_active_plane_lies_and_move_with_it(abdomen):
    abdomen.press(Qt.Key.Key_M, SHIFT)
    tiles = abdomen.presenter._tiles
    abdomen.bot.waitUntil(lambda: all(tiles[number].reformat for number in (1, 2, 3)), timeout=30_000)
    abdomen.settle_all()
    coronal = abdomen.view.viewport(1)
    before = coronal._guides.lines[-1]
    assert before.strong
    assert before.start[1] == pytest.approx(before.end[1])
    abdomen.press(Qt.Key.Key_PageDown)
    after = coronal._guides.lines[-1]
    spacing = tiles[0].display_set.spacing_between
    assert abs(after.start[1] - before.start[1]) * tiles[1].sheet.height == pytest.approx(10 * spacing, rel=0.01)
    abdomen.press(Qt.Key.Key_K, SHIFT)
    assert coronal._guides.lines == ()
    abdomen.press(Qt.Key.Key_K, SHIFT)


def test_layouts_up_to_nine_tiles_come_by_key_and_empty_ones_say_what_to_do(abdomen):
    for key, layout in ((Qt.Key.Key_F3, Layout.THREE), (Qt.Key.Key_F6, Layout.SIX), (Qt.Key.Key_F9, Layout.NINE)):
        abdomen.press(key, SHIFT)
        assert abdomen.presenter._tiles.layout is layout
        assert sum(abdomen.view.viewport(number).isVisible() for number in range(9)) == layout.tiles
    assert abdomen.view.viewport(8).state.message == "Choose a series below."


def test_colours_come_by_key_and_are_said(abdomen):
    abdomen.press(Qt.Key.Key_I, SHIFT)
    assert "Hot iron" in abdomen.viewport.state.texts.window
    colours = set(np.unique(abdomen.painted()[300:400, 300:600]).tolist())
    assert len(colours & set(palettes.colours("Hot iron").tolist())) > 3
    for _ in palettes.names():
        abdomen.press(Qt.Key.Key_I, SHIFT)
    assert "Hot iron" not in abdomen.viewport.state.texts.window


def test_what_cannot_be_done_on_a_reformat_is_said_with_what_to_do_instead(abdomen):
    abdomen.do("images.plane")
    abdomen.bot.waitUntil(lambda: abdomen.presenter.tile.reformat is not None, timeout=20_000)
    abdomen.do("images.ellipse")
    QTest.mouseClick(abdomen.viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    assert "only lengths are measured on it" in abdomen.notices[-1]
    abdomen.do("images.key")
    assert "no key image" in abdomen.notices[-1]
