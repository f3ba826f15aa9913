"""A pseudo-colour presentation state shows grey values in the colours of its own palette; values stay as stored."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword

from reviewer_app.dicom.presentation_states import presentation_state
from reviewer_app.domain.imaging import Window
from reviewer_app.domain.presentation import PresentationState
from reviewer_app.services import images, palettes
from reviewer_app.services.frames import Frame
from reviewer_app.services.presentations import presented
from tests.pictured import frame_of

STATES = "data/dicom/presentation_states/1.2.276.0.7230010.3.200."
KIND = "1.2.840.10008.5.1.4.1.1.11.3"


def colours(entries: int) -> np.ndarray:
    """Red, green, blue of each entry, 16 bits, in no order that a grey could have."""
    place = np.arange(entries, dtype=np.int64)
    ramp = place * 65535 // (entries - 1)
    return np.stack([ramp, 65535 - ramp, (place * 40503) % 65536], axis=-1)


def pseudo(shared: Path, entries: int) -> pydicom.Dataset:
    """The state of the window test, turned into one of pseudo-colour."""
    data = pydicom.dcmread(shared / f"{STATES}4.0.1")
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = KIND
    for keyword in ("PresentationLUTSequence", "PresentationLUTShape"):
        if keyword in data:
            delattr(data, keyword)
    for name, channel in zip(("Red", "Green", "Blue"), colours(entries).T, strict=True):
        data.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableDescriptor"), "US", [entries, 0, 16])
        data.add_new(tag_for_keyword(f"{name}PaletteColorLookupTableData"), "OW", channel.astype("<u2").tobytes())
    return data


def read(data: pydicom.Dataset) -> PresentationState:
    file = io.BytesIO()
    data.save_as(file)
    return presentation_state(file.getvalue())


@pytest.fixture
def image(shared: Path) -> Frame:
    return frame_of(shared / f"{STATES}4.1.1")


@pytest.mark.parametrize("entries", [2, 16, 256, 1000])
def test_greys_span_all_entries_of_the_palette(shared, image, entries):
    state = read(pseudo(shared, entries))
    assert state.problem == ""
    window = Window(100.0, 101.0)
    shown = images.table(presented(image, state), window)[image.codes]
    slope, intercept = state.rescale or (1.0, 0.0)
    values = image.pixels * slope + intercept
    shade = np.clip((values - 99.5) / 100.0 + 0.5, 0, 1)  # PS3.3 C.11.2.1.2.1
    wanted = colours(entries)[np.floor(shade * (entries - 1) + 0.5).astype(int)] >> 8
    found = np.stack([shown >> shift & 0xFF for shift in (16, 8, 0)], axis=-1)
    assert (found == wanted).all()
    assert len(np.unique(shown)) > 1


def test_the_colours_of_the_state_are_not_coloured_once_more(shared, image):
    table = images.table(presented(image, read(pseudo(shared, 256))), Window(100.0, 101.0))
    assert palettes.coloured(table, palettes.names()[0]) is table
    greys = images.table(image, Window(100.0, 101.0))
    assert (palettes.coloured(greys, palettes.names()[0]) != greys).any()


def test_a_state_whose_palette_is_damaged_is_named_and_not_applied(shared):
    data = pseudo(shared, 256)
    del data.GreenPaletteColorLookupTableData
    assert "palette is missing or damaged" in read(data).problem
    uneven = pseudo(shared, 256)
    uneven["BluePaletteColorLookupTableDescriptor"].value = [16, 0, 16]
    assert "palette is missing or damaged" in read(uneven).problem


def test_values_are_measured_as_stored_whatever_the_colours(shared, image):
    assert presented(image, read(pseudo(shared, 256))).pixels is image.pixels
