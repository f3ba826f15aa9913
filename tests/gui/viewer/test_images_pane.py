"""The images pane with real images in a real vault, driven by keys and mouse."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.jobs import Lane
from reviewer_app.services import images
from reviewer_app.ui.actions import COMMANDS, When
from reviewer_app.ui.viewer import overlays
from reviewer_app.ui.viewer.rail import Card
from tests.desks import CASE_ID
from tests.image_panes import Pane, filled

LUNG = "data/cases/case-05-lung-nodules"
HEART = "data/cases/case-04-coronary-surgery"


@pytest.fixture
def panes(qtbot, tmp_path, shared):
    opened = []

    def make(folder: str, **more) -> Pane:
        opened.append(Pane(qtbot, shared / folder, tmp_path / f"home{len(opened)}", **more))
        return opened[-1]

    yield make
    for pane in opened:
        pane.close()


def test_at_actual_pixels_the_screen_shows_the_stored_values_through_their_table(panes):
    pane = panes(LUNG)
    pane.press(Qt.Key.Key_A)
    frame = pane.presenter.tile.frame
    expected = images.table(frame, images.presets(frame)[0])[frame.codes]
    left, top, _, _ = (int(value) for value in pane.viewport.placement.target)
    seen = pane.painted()[250:450, 250:650]
    assert frame.codes.shape == (512, 512)
    assert (seen == expected[250 - top : 450 - top, 250 - left : 650 - left]).all()


def test_every_series_of_the_case_has_a_card_with_a_picture(panes, qtbot):
    pane = panes(HEART)
    cards = pane.view.findChildren(Card)
    assert {card.accessibleName().split(",")[0] for card in cards} == {"XA RCA LAO", "US A4C cine", "resting ECG"}
    viewable = [card for card in cards if "ECG" not in card.accessibleName()]
    qtbot.waitUntil(lambda: all(card._thumbnail is not None for card in viewable), timeout=20_000)
    assert all("complete offline" in card.accessibleName() for card in cards)


def test_a_switch_that_did_nothing_is_not_shown_as_switched_on(panes):
    pane = panes(LUNG)
    action = pane.view._actions["images.fuse"]
    action.trigger()
    assert pane.notices[-1].startswith("There is no PET, NM or dose series")
    assert not action.isChecked()


def test_keys_go_through_frames_and_series(panes):
    pane = panes(HEART)
    pane.press(Qt.Key.Key_Down)
    pane.press(Qt.Key.Key_PageDown)
    assert pane.viewport.state.texts.place[-1] == "frame 12 / 96"
    pane.press(Qt.Key.Key_Right)
    assert pane.viewport.state.texts.place[-1] == "frame 1 / 30"
    assert pane.presenter.tile.frame.colour


def test_a_series_does_not_wait_for_long_reads_of_the_vault(panes):
    pane = panes(HEART)
    read = threading.Event()
    pane.runner.scope().run(Lane.VAULT, lambda _job: read.wait(60), lambda _done: None)
    try:
        pane.press(Qt.Key.Key_Right)
        assert pane.viewport.state.texts.place[-1] == "frame 1 / 30"
    finally:
        read.set()


def test_a_colour_frame_is_painted_as_decoded(panes):
    pane = panes(HEART)
    pane.press(Qt.Key.Key_Right)
    pane.press(Qt.Key.Key_A)
    left, top, _, _ = (int(value) for value in pane.viewport.placement.target)
    codes = pane.presenter.tile.frame.codes
    assert (pane.painted()[top + 50 : top + 200, left + 20 : left + 280] == codes[50:200, 20:280]).all()


def test_cine_plays_and_pauses_by_key(panes, qtbot):
    pane = panes(HEART)
    pane.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane.viewport.state.index >= 3, timeout=20_000)
    assert overlays.place_lines(pane.viewport.state)[0].text.endswith("frames/s")
    pane.press(Qt.Key.Key_Space)
    here = pane.viewport.state.index
    qtbot.wait(250)
    assert pane.viewport.state.index == here


def test_what_is_cited_comes_back_on_another_day(panes):
    pane = panes(LUNG)
    for key in (Qt.Key.Key_4, Qt.Key.Key_R, Qt.Key.Key_H, Qt.Key.Key_Plus, Qt.Key.Key_I):
        pane.press(key)
    pane.press(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    cited = pane.presenter.selection()
    before = pane.painted()[80:560]
    pane.press(Qt.Key.Key_0)
    pane.press(Qt.Key.Key_Right)
    pane.presenter.show_place(cited.as_citation(CitationId("c1"), "section:diagnosis", now()))
    pane.settle()
    assert pane.presenter.selection() == cited
    assert (pane.painted()[80:560] == before).all()


def test_a_stranger_is_shown_only_after_asking_and_then_under_a_red_strip(panes, shared, qtbot):
    pane = panes(LUNG, files=sorted((shared / HEART / "dicom").rglob("*.dcm")))
    assert pane.viewport.state.banner
    assert pane.presenter.selection() is None
    pane.viewport.findChild(QPushButton).click()
    qtbot.waitUntil(lambda: pane.viewport.placement is not None, timeout=20_000)
    assert pane.viewport.state.stranger
    assert pane.presenter.selection() is None
    assert (pane.painted()[4, 880] & 0xFFFFFF) == 0xF5827B


def test_no_picture_of_a_stranger_is_on_the_rail(qtbot, tmp_path, shared):
    session = filled(shared / LUNG, tmp_path / "home", sorted((shared / LUNG / "dicom").rglob("*.dcm")))
    stranger, mine = (study.series[0].uid for study in images.studies(session, CASE_ID))
    session.vault.images.mismatch(CASE_ID, stranger, "its name is another")
    pane = Pane(qtbot, shared / LUNG, session=session)
    qtbot.waitUntil(lambda: mine in pane.view._rail._thumbnails, timeout=20_000)
    assert stranger not in pane.view._rail._thumbnails
    assert stranger not in pane.presenter._pictured
    pane.close()
    session.close()


def test_a_damaged_image_says_why_in_its_tile_and_others_are_unaffected(panes, shared, tmp_path):
    (sound,) = (shared / LUNG / "dicom/ct_key_image").glob("*.dcm")
    data = bytearray(sound.read_bytes())
    start = data.index(b"\xff\x4f\xff\x51")
    data[start + 2 : start + 60] = bytes(58)
    damaged = tmp_path / "damaged.dcm"
    damaged.write_bytes(data)
    pane = panes(LUNG, files=[damaged, *(shared / LUNG / "dicom/chest_radiograph").glob("*.dcm")])
    assert pane.viewport.state.problem
    assert pane.viewport.state.texts.patient
    assert pane.presenter.selection() is None
    assert (pane.painted()[300:500] & 0xFFFFFF).any()
    pane.press(Qt.Key.Key_Right)
    assert not pane.viewport.state.problem
    assert pane.presenter.selection() is not None


def test_missing_images_are_said_on_the_card_and_over_the_picture(panes, shared):
    pane = panes(LUNG)
    study = next(s for s in images.studies(pane.session, CASE_ID) if s.series[0].modality == "CT")
    series = study.series[0]
    more = [images.display_set(pane.session, CASE_ID, series.uid).images[0][0].uid, "1.2.3.4", "1.2.3.5"]
    pane.session.vault.images.expect(CASE_ID, replace(study, series=study.series), {series.uid: more})
    pane.bus.announce(Changed(frozenset({Kind.IMAGES}), CASE_ID))
    card = next(card for card in pane.view.findChildren(Card) if card.accessibleName().startswith("CT"))
    pane.bot.waitUntil(lambda: "2 missing" in card.accessibleName(), timeout=10_000)
    pane.presenter.show_series(series.uid)
    pane.settle()
    assert "Only 1 of 3 images are on this machine." in pane.viewport.state.notes


def test_two_tiles_show_two_series_and_keys_go_to_the_active_one(panes, qtbot):
    pane = panes(HEART)
    pane.press(Qt.Key.Key_F3)
    second = pane.view.viewport(1)
    qtbot.waitUntil(lambda: bool(second.state.texts.patient), timeout=20_000)
    first = pane.view.viewport(0).state
    pane.press(Qt.Key.Key_T)
    pane.press(Qt.Key.Key_Down)
    assert second.state.index == 1
    assert pane.view.viewport(0).state == first


def test_a_card_with_the_focus_is_chosen_by_return(panes, qtbot):
    pane = panes(HEART)
    card = next(card for card in pane.view.findChildren(Card) if card.accessibleName().startswith("US"))
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    pane.settle()
    assert pane.presenter.tile.frame.colour


def test_closing_the_pane_lets_go_of_all_pixels(panes):
    pane = panes(HEART)
    stack = pane.presenter.tile.stack
    pane.presenter.close()
    pane.presenter.close()
    assert stack.frame(0) is None
    assert pane.presenter.tile.stack is None


def test_every_command_of_the_pane_is_carried_out(panes):
    pane = panes(LUNG)
    offered = {known.id for known in COMMANDS if known.when is When.IMAGES}
    assert set(pane.presenter._commands) == offered
    for identifier in sorted(offered):
        pane.presenter.do(identifier)


def test_the_button_of_windows_names_the_one_in_use(panes):
    pane = panes(LUNG)
    pane.press(Qt.Key.Key_3)
    assert pane.view._window_button.text() == f"{images.presets(pane.presenter.tile.frame)[2].name} ▾"
    pane.press(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert pane.view._window_button.text() == "Window ▾"


def test_the_rail_gives_way_in_a_low_pane(panes, qtbot):
    pane = panes(LUNG)
    pane.view.resize(330, 240)
    qtbot.waitUntil(lambda: not pane.view._rail.isVisible())
    assert pane.viewport.height() > 150
