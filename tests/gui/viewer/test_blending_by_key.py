"""A presentation state that blends PET into CT is stepped to by key, cited, brought back, printed and left again."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt

from reviewer_app.services import picturing
from tests.desks import CASE_ID
from tests.image_panes import Pane

BREAST = "data/cases/case-01-breast-staging"
SHIFT = Qt.KeyboardModifier.ShiftModifier


def item(position: str, headers: list[Dataset], center: float, width: float) -> Dataset:
    made, over, voi = Dataset(), Dataset(), Dataset()
    images = [Dataset() for _ in headers]
    for image, header in zip(images, headers, strict=True):
        image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = header.SOPClassUID, header.SOPInstanceUID
    over.SeriesInstanceUID, over.ReferencedImageSequence = headers[0].SeriesInstanceUID, Sequence(images)
    voi.WindowCenter, voi.WindowWidth = center, width
    made.BlendingPosition, made.StudyInstanceUID = position, headers[0].StudyInstanceUID
    made.ReferencedSeriesSequence, made.SoftcopyVOILUTSequence = Sequence([over]), Sequence([voi])
    made.RescaleSlope, made.RescaleIntercept = headers[0].RescaleSlope, headers[0].RescaleIntercept
    return made


@pytest.fixture
def pane(qtbot, shared, tmp_path):
    folder = shared / BREAST
    ct, pt = (sorted((folder / "dicom").rglob(pattern)) for pattern in ("CT_*[048].dcm", "PT_*.dcm"))
    below, above = ([pydicom.dcmread(file, stop_before_pixels=True) for file in files] for files in (ct, pt))
    state = pydicom.dcmread(shared / "data/dicom/presentation_states/1.2.276.0.7230010.3.200.4.0.1")
    state.SOPClassUID = state.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.11.4"
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"):
        setattr(state, keyword, getattr(below[0], keyword))
    for keyword in ("ReferencedSeriesSequence", "DisplayedAreaSelectionSequence"):
        delattr(state, keyword)
    state.BlendingSequence = Sequence([item("UNDERLYING", below, 40, 400), item("SUPERIMPOSED", above, 7000, 14000)])
    state.RelativeOpacity, state.ContentDescription = 0.5, "PET in red"
    ramp = np.arange(256, dtype="<u2") * 257
    for name, entries in (("Red", ramp), ("Green", ramp * 0), ("Blue", ramp * 0)):
        state.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableDescriptor"), "US", [256, 0, 16])
        state.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableData"), "OW", entries.astype("<u2").tobytes())
    state.save_as(tmp_path / "blending.dcm")
    made = Pane(qtbot, folder, tmp_path / "home", files=[*ct, *pt, tmp_path / "blending.dcm"])
    made.settle_all()
    made.do("images.single")
    yield made
    made.close()


def test_the_state_lays_the_pet_over_is_cited_with_it_and_taken_away_with_it(pane):
    tile = pane.presenter.tile
    pane.bot.waitUntil(lambda: bool(pane.presenter._drawn.offered(tile.frame.instance, 0)), timeout=20_000)
    pane.press(Qt.Key.Key_P, SHIFT)
    pane.bot.waitUntil(lambda: tile.fusion is not None, timeout=30_000)
    assert "PT  50 %" in pane.viewport.state.texts.window
    blended = pane.painted()
    place = pane.presenter.selection().image
    assert place.overlaid.state == place.presentation != ""
    pane.do("images.fuse_more")
    assert "says how it is laid over" in pane.notices[-1]
    assert tile.fusion.blending.opacity == 0.5
    kept = np.frombuffer(picturing.picture(pane.session, CASE_ID, place, 512).pixels, np.uint32)
    assert ((kept >> 16 & 0xFF).astype(int) - (kept >> 8 & 0xFF) > 40).any()  # the uptake is red in the letter, too
    pane.press(Qt.Key.Key_P, SHIFT)
    assert tile.fusion is None
    assert "stored" in pane.notices[-1]
    pane.presenter._bring(place)
    pane.bot.waitUntil(lambda: tile.fusion is not None, timeout=30_000)
    assert (pane.painted() == blended).mean() > 0.99
