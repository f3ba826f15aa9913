"""A presentation state of blending lays a series over another in its own window and palette, or says why not."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from reviewer_app.dicom.presentation_states import presentation_state
from reviewer_app.domain.presentation import PresentationState
from reviewer_app.domain.space import sheet_of
from reviewer_app.errors import Unreadable
from reviewer_app.services import image_files
from reviewer_app.services.fusing import Blending, Fusion
from tests.phantoms import slice_of
from tests.pictured import frame_of, indexed
from tests.unit.viewer.test_fused_pictures import ct, pet

__all__ = ["ct"]
KIND = "1.2.840.10008.5.1.4.1.1.11.4"
IMAGE = "1.2.3.1"


def item(position: str, series: str, center: float, width: float) -> Dataset:
    made, over, image, voi = Dataset(), Dataset(), Dataset(), Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", IMAGE
    over.SeriesInstanceUID, over.ReferencedImageSequence = series, Sequence([image])
    voi.WindowCenter, voi.WindowWidth = center, width
    made.BlendingPosition, made.StudyInstanceUID = position, "1.2.3"
    made.ReferencedSeriesSequence, made.SoftcopyVOILUTSequence = Sequence([over]), Sequence([voi])
    made.RescaleSlope, made.RescaleIntercept = 1, -1024
    return made


@pytest.fixture
def data(shared):
    found = pydicom.dcmread(shared / "data/dicom/presentation_states/1.2.276.0.7230010.3.200.4.0.1")
    found.SOPClassUID = found.file_meta.MediaStorageSOPClassUID = KIND
    for keyword in ("ReferencedSeriesSequence", "SoftcopyVOILUTSequence", "PresentationLUTShape"):
        if keyword in found:
            delattr(found, keyword)
    found.BlendingSequence = Sequence(
        [item("UNDERLYING", "1.2.3.4", 40, 400), item("SUPERIMPOSED", "1.2.3.5", 5000, 10000)]
    )
    found.RelativeOpacity = 0.25
    ramp = np.arange(256, dtype="<u2") * 257
    for name, entries in (("Red", ramp), ("Green", ramp * 0), ("Blue", ramp[::-1])):
        found.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableDescriptor"), "US", [256, 0, 16])
        found.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableData"), "OW", entries.astype("<u2").tobytes())
    return found


def read(data: pydicom.Dataset) -> PresentationState:
    file = io.BytesIO()
    data.save_as(file)
    return presentation_state(file.getvalue())


def test_it_applies_to_the_images_below_by_their_own_window(data):
    state = read(data)
    assert state.problem == ""
    assert state.applies(IMAGE, 0)
    assert state.rescale == (1.0, -1024.0)
    assert [(window.center, window.width) for voi in state.vois for window in voi.windows] == [(40.0, 400.0)]
    assert (state.superimposed.series, state.superimposed.opacity) == ("1.2.3.5", 0.25)
    assert state.superimposed.window.width == 10000


def test_every_pixel_is_mixed_by_the_opacity_of_the_state_in_its_palette(data, ct):
    state = read(data)
    fusion = Fusion(*pet(), Blending(opacity=0.25, state=(state.uid, state.superimposed)))
    shown = fusion.laid_over(np.full((64, 64), 0xFF808080, np.uint32), ct)

    def mixed(value: float) -> list[int]:
        level = np.clip((value - 4999.5) / 9999 + 0.5, 0, 1)  # PS3.3 C.11.2.1.2.1
        over = (np.floor(level * 255), 0, 255 - np.floor(level * 255))
        return [round(0x80 * 0.75 + channel * 0.25) for channel in over]

    for column, value in ((20, 0.0), (58, 8000.0)):
        found = [int(shown[32, column]) >> shift & 0xFF for shift in (16, 8, 0)]
        assert found == pytest.approx(mixed(value), abs=2)
    assert fusion.said == "PT  25 %"
    assert fusion.place.state == state.uid


def test_beyond_the_series_laid_over_the_picture_stays_as_it_is(data):
    state, base = read(data), np.full((64, 128), 0xFF808080, np.uint32)
    wide = replace(sheet_of(slice_of(1, (0.0, 0.0, 10.0), size=(64, 64)), 0), columns=128)
    shown = Fusion(*pet(), Blending(opacity=0.25, state=(state.uid, state.superimposed))).laid_over(base, wide)
    assert (shown[:, 66:] == 0xFF808080).all()
    assert (shown[:, :60] != 0xFF808080).all()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: data.BlendingSequence.pop(), "no two series"),
        (lambda data: setattr(data, "ReferencedSpatialRegistrationSequence", Sequence([Dataset()])), "registration"),
        (lambda data: setattr(data, "RelativeOpacity", 7), "opacity"),
        (lambda data: delattr(data, "RedPaletteColorLookupTableData"), "palette"),
        (lambda data: data.BlendingSequence[1].SoftcopyVOILUTSequence.clear(), "one window"),
    ],
)
def test_what_cannot_be_shown_as_meant_is_named_with_the_reason(data, spoil, why):
    spoil(data)
    state = read(data)
    assert "is not applied" in state.problem
    assert why in state.problem
    assert state.applies(IMAGE, 0)  # so that it is said on the images that it is about


def test_a_single_file_is_not_shown_by_a_state_that_needs_two_series(data, shared):
    file = shared / "data/dicom/presentation_states/1.2.276.0.7230010.3.200.4.1.1"
    opened = image_files.ImageFile(indexed(file), None, file.read_bytes())
    with pytest.raises(Unreadable, match="lays another series"):
        image_files.by_state(opened, frame_of(file), read(data))
