"""What came with the images: presentation states, overlays, reports, waveforms, documents and headers, in the pane."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer_app.services import images, picturing
from reviewer_app.ui.viewer.reading_pane import ReadingPane, Sheet
from tests.desks import CASE_ID
from tests.image_panes import Pane
from tests.vaulted_images import ingest

HEART = "data/cases/case-04-coronary-surgery"
SHUTTER = ("11.0.1", "11.1.1")
STATES = "data/dicom/presentation_states/1.2.276.0.7230010.3.200."


@pytest.fixture
def panes(qtbot, tmp_path, shared):
    opened = []

    def make(*files: Path) -> Pane:
        folder = shared / HEART
        mine = [as_patient(file, folder, tmp_path) for file in files]
        opened.append(Pane(qtbot, folder, tmp_path / f"home{len(opened)}", files=mine))
        return opened[-1]

    yield make
    for pane in opened:
        pane.close()


def as_patient(file: Path, folder: Path, scratch: Path) -> Path:
    """A copy of a test file that names the patient of a case."""
    said = json.loads((folder / "expected.json").read_text("utf-8"))["patient"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(file)
        data.SpecificCharacterSet = "ISO_IR 192"
        data.PatientName = f"{said['fam']}^{' '.join(said['giv'])}"
        data.PatientID, data.PatientBirthDate, data.PatientSex = said["id"], said["dob"].replace("-", ""), said["sex"]
        target = scratch / f"{file.stem[-40:]}.dcm"
        data.save_as(target)
    return target


def state_and_image(shared: Path, state: str, image: str) -> tuple[Path, Path]:
    return shared / f"{STATES}{state}", shared / f"{STATES}{image}"


def companions_known(pane: Pane) -> None:
    series = pane.presenter.tile.frame.instance.series_uid
    pane.bot.waitUntil(lambda: series in pane.presenter._drawn._companions, timeout=20_000)


def test_a_presentation_state_that_came_with_an_image_is_offered_and_applied_by_key(panes, shared):
    pane = panes(*state_and_image(shared, "11.0.1", "11.1.1"))
    companions_known(pane)
    assert any("presentation state" in note for note in pane.viewport.state.notes)
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    pane.bot.waitUntil(lambda: pane.viewport.state.drawing.veil is not None, timeout=20_000)
    veil = pane.viewport.state.drawing.veil
    assert veil[0, 0] == 0xFF000000  # outside the circle nothing is to be seen
    assert veil[256, 256] == 0
    assert any("Shown as the presentation state" in note for note in pane.viewport.state.notes)
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert pane.viewport.state.drawing.veil is None


def test_a_picture_cited_by_a_presentation_state_comes_back_and_prints_by_it(panes, shared):
    pane = panes(*state_and_image(shared, "7.0.10", "7.10.1"))
    companions_known(pane)
    stored = pane.presenter.selection().image
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    cited = pane.presenter.selection().image
    assert cited.rotation == 180
    assert cited.presentation
    assert not stored.presentation
    page = picturing.picture(pane.session, CASE_ID, cited, 1024)
    assert (page.width, page.height) != (0, 0)
    pane.press(Qt.Key.Key_0)
    assert pane.presenter.selection().image.presentation == ""


YELLOW = 0xFFFFD84D


def printed(pane: Pane) -> np.ndarray:
    """The picture on screen as the letter shows it."""
    page = picturing.picture(pane.session, CASE_ID, pane.presenter.selection().image, 1024)
    return np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width)


@pytest.mark.parametrize(("state", "image", "drawn"), [("9.0.1", "9.1.1", "graphic"), ("10.0.1", "10.1.1", "words")])
def test_annotations_of_a_presentation_state_print_where_it_was_cited_and_not_as_stored(
    panes, shared, state: str, image: str, drawn: str
):
    pane = panes(*state_and_image(shared, state, image))
    companions_known(pane)
    stored = printed(pane)
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    pane.bot.waitUntil(lambda: not pane.viewport.state.drawing.empty, timeout=20_000)
    shown = printed(pane)
    assert not (stored == YELLOW).any()
    if drawn == "graphic":
        assert (shown == YELLOW).sum() > 50
    else:
        assert (shown != stored).sum() > 50
    pane.press(Qt.Key.Key_D)
    pane.bot.waitUntil(lambda: pane.viewport.state.drawing.empty, timeout=20_000)
    bare = pane.presenter.selection().image
    assert bare.bare
    assert not (printed(pane) == YELLOW).any()
    pane.press(Qt.Key.Key_D)
    assert not pane.presenter.selection().image.bare


def test_what_a_shutter_hides_is_hidden_in_print(panes, shared):
    pane = panes(*state_and_image(shared, "11.0.1", "11.1.1"))
    companions_known(pane)
    assert printed(pane)[5, 5] != 0xFF000000
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert printed(pane)[5, 5] == 0xFF000000


def test_overlays_in_unused_bits_are_drawn_and_can_be_hidden(panes, shared):
    (file,) = (shared / "data/dicom/display_consistency/overlay").glob("*1107.5.1.4.1003*")
    pane = panes(file)
    pane.bot.waitUntil(lambda: pane.viewport.state.drawing.veil is not None, timeout=20_000)
    wanted = np.frombuffer(pydicom.dcmread(file).PixelData, "<u2").reshape(512, 512) >> 12 & 1
    assert np.array_equal(pane.viewport.state.drawing.veil != 0, wanted.astype(bool))
    pane.press(Qt.Key.Key_D)
    pane.bot.waitUntil(lambda: any("hidden" in note for note in pane.viewport.state.notes), timeout=20_000)
    assert pane.viewport.state.drawing.veil is None


def open_objects(pane: Pane, modality: str) -> ReadingPane:
    (uid,) = (s.uid for study in images.studies(pane.session, CASE_ID) for s in study.series if s.modality == modality)
    pane.presenter.show_series(uid)
    pane.bot.waitUntil(lambda: pane.viewport.state.reading is not None, timeout=30_000)
    return pane.viewport.findChild(ReadingPane)


def test_an_ecg_is_shown_as_a_strip_of_its_leads(panes, shared):
    folder = shared / HEART / "dicom"
    pane = panes(*folder.glob("echo/*.dcm"), *folder.glob("ecg/*.dcm"))
    open_objects(pane, "ECG")
    rhythm = pane.viewport.state.reading.waveforms[0]
    assert len(rhythm.leads) == 12
    assert rhythm.seconds == pytest.approx(10, abs=0.1)
    assert pane.viewport.findChild(ReadingPane).isVisible()


def test_the_arrow_goes_through_waveforms_as_well_and_other_keys_scroll_what_is_read(panes, shared):
    folder = shared / HEART / "dicom"
    pane = panes(*folder.glob("echo/*.dcm"), *folder.glob("ecg/*.dcm"))
    pane.view.focus_images()
    echo = pane.presenter.tile.frame.instance.uid
    rail = [series.modality for study in images.studies(pane.session, CASE_ID) for series in study.series]
    away, back = (Qt.Key.Key_Right, Qt.Key.Key_Left) if rail == ["US", "ECG"] else (Qt.Key.Key_Left, Qt.Key.Key_Right)
    pane.bot.keyClick(QApplication.focusWidget(), away)
    pane.bot.waitUntil(lambda: pane.viewport.state.reading is not None, timeout=30_000)
    reader = pane.viewport.findChild(ReadingPane)
    bar = reader._room.verticalScrollBar()
    pane.bot.waitUntil(lambda: bar.maximum() > 0)
    pane.bot.keyClick(QApplication.focusWidget(), Qt.Key.Key_PageDown)
    assert bar.value() > 0
    pane.bot.keyClick(QApplication.focusWidget(), back)
    pane.bot.waitUntil(lambda: pane.presenter.tile.frame is not None, timeout=20_000)
    assert pane.presenter.tile.frame.instance.uid == echo
    assert QApplication.focusWidget() is pane.viewport


def test_a_report_about_somebody_else_is_not_shown(panes, shared, tmp_path):
    pane = panes(*(shared / HEART / "dicom").glob("echo/*.dcm"))
    ingest(pane.session, [shared / "data/dicom/objects/reportsi.dcm"])
    (uid,) = (s.uid for study in images.studies(pane.session, CASE_ID) for s in study.series if s.modality == "SR")
    pane.presenter.show_series(uid)
    pane.bot.waitUntil(lambda: "cannot be taken" in pane.viewport.state.message, timeout=20_000)
    assert pane.viewport.state.reading is None


def test_whom_it_is_about_stands_over_everything_that_is_read(panes, shared):
    pane = panes(*(shared / HEART / "dicom").glob("ecg/*.dcm"), *(shared / HEART / "dicom").glob("echo/*.dcm"))
    reader = open_objects(pane, "ECG")
    assert "KOWALCZYK, Zbigniew" in reader._title.text()


def test_a_structured_report_is_shown_as_readable_text_that_can_be_searched(panes, shared):
    pane = panes(*(shared / HEART / "dicom").glob("echo/*.dcm"), shared / "data/dicom/objects/reportsi.dcm")
    reader = open_objects(pane, "SR")
    whole = reader.shown_text
    assert len(whole.splitlines()) >= 9
    reader.search("no such words")
    assert reader.shown_text == "Nothing in it holds these words."


def test_an_encapsulated_document_is_shown_page_by_page(panes, shared):
    (document,) = (shared / "data/dicom/display_consistency/pdf").glob("*.dcm")
    pane = panes(*(shared / HEART / "dicom").glob("echo/*.dcm"), document)
    modality = str(pydicom.dcmread(document, stop_before_pixels=True).Modality)
    reader = open_objects(pane, modality)
    (sheet, *_) = reader.findChildren(Sheet)
    page = pane.viewport.state.reading.pages[0]
    for wide in (500, 1400):  # a narrow pane shows the whole width, a wide one does not enlarge
        pane.view.resize(wide, 700)
        pane.bot.waitUntil(lambda: sheet.width() <= reader._room.viewport().width())
        drawn = min(sheet.width(), page.width)
        assert sheet.height() == pytest.approx(drawn * page.height / page.width, abs=1)
    assert drawn == page.width


def test_a_pseudo_colour_state_is_stepped_to_cited_and_keeps_its_colours(panes, shared, tmp_path):
    state = pydicom.dcmread(shared / f"{STATES}4.0.1")
    state.SOPClassUID = state.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.11.3"
    ramp = np.arange(256, dtype="<u2") * 257
    for name, entries in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", ramp // 2)):
        state.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableDescriptor"), "US", [256, 0, 16])
        state.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableData"), "OW", entries.astype("<u2").tobytes())
    state.save_as(tmp_path / "pseudo.dcm")
    pane = panes(tmp_path / "pseudo.dcm", shared / f"{STATES}4.1.1")
    companions_known(pane)
    pane.press(Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert "presentation state" in pane.notices[-1]
    seen = pane.painted()[300:500, 350:550]
    assert ((seen >> 16 & 0xFF) != (seen >> 8 & 0xFF)).mean() > 0.5
    pane.press(Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    assert "colours of its own" in pane.notices[-1]
    place = pane.presenter.selection().image
    page = picturing.picture(pane.session, CASE_ID, place, 512)
    kept = np.frombuffer(page.pixels, np.uint32)
    assert ((kept >> 16 & 0xFF) != (kept >> 8 & 0xFF)).mean() > 0.3


def test_the_header_of_a_picture_is_shown_searched_and_closed_by_keys(panes, shared):
    pane = panes(*(shared / HEART / "dicom").glob("echo/*.dcm"))
    pane.press(Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    pane.bot.waitUntil(lambda: pane.viewport.state.reading is not None, timeout=20_000)
    reader = pane.viewport.findChild(ReadingPane)
    typed_into = QApplication.focusWidget()
    assert typed_into is reader._search  # letters would be commands of the pane otherwise
    QTest.keyClicks(typed_into, "photometric")
    assert reader.shown_text.strip().startswith("(0028,0004)")
    QTest.keyClick(reader, Qt.Key.Key_Escape)
    assert pane.viewport.state.reading is None
    assert not reader.isVisible()


def test_key_images_that_somebody_marked_are_starred_in_the_rail_and_named_on_the_picture(panes, shared, tmp_path):
    echo = next((shared / HEART / "dicom").glob("echo/*.dcm"))
    selection = pydicom.dcmread(shared / f"{STATES.rpartition('/')[0]}/2.25.233264940140993415200268000968453086368")
    shown = pydicom.dcmread(echo, stop_before_pixels=True)
    (study,) = selection.CurrentRequestedProcedureEvidenceSequence
    image = study.ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    image.ReferencedSOPInstanceUID, image.ReferencedSOPClassUID = shown.SOPInstanceUID, shown.SOPClassUID
    marked = tmp_path / "marked.dcm"
    selection.save_as(marked)
    pane = panes(echo, marked)
    companions_known(pane)
    pane.bot.waitUntil(lambda: any("Of Interest" in note for note in pane.viewport.state.notes), timeout=20_000)
    cards = [card for group in pane.view._rail._groups for card in group.cards]
    assert [card.modality for card in cards if "★ 1" in card.count] == ["US"]
