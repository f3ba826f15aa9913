"""Stored value to grey level, by the formulas of PS3.3 C.11 worked out by hand."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from reviewer_app.dicom import native, pixels
from reviewer_app.domain.imaging import FrameInfo, Instance, LookupTable, PixelFormat, VoiFunction, Window
from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.services import images
from reviewer_app.services.frames import drawable

CT = PixelFormat(2, 2, 1, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", transfer_syntax="1.2.840.10008.1.2.1")
INFO = FrameInfo(0, 8)
IMAGE = Instance("1.2", "1.2", "1", "1", 1, ImageIdentity(), CT, (INFO,))


def level(value: float, window: Window, image: Instance = IMAGE, inverted: bool = False) -> int:
    table = pixels.grey_table(np.dtype("i2"), image, image.frames[0], window, inverted=inverted)
    return int(table[int(value) & 0xFFFF] & 0xFF)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-160, 0), (-159, 1), (40, 128), (239, 255), (240, 255), (-1000, 0), (3000, 255)],
)
def test_a_linear_window_covers_whole_grey_levels(value: int, expected: int):
    """PS3.3 C.11.2.1.2.1: y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255; by hand for c 40, w 400."""
    assert level(value, Window(40, 400)) == expected


def test_a_linear_window_of_width_one_is_a_threshold():
    window = Window(40, 1)
    assert [level(value, window) for value in (39, 40)] == [0, 255]


def test_linear_exact_has_no_half_pixel():
    """C.11.2.1.3.2: y = (x - c) / w + 0.5."""
    window = Window(0, 510, function=VoiFunction.LINEAR_EXACT)
    assert [level(value, window) for value in (-255, -253, 0, 255)] == [0, 1, 128, 255]


def test_sigmoid_is_half_at_its_center_and_never_clips():
    """C.11.2.1.3.1: y = 1 / (1 + exp(-4 (x - c) / w))."""
    window = Window(100, 50, function=VoiFunction.SIGMOID)
    assert [level(value, window) for value in (100, 125, 75)] == [128, 225, 30]


def test_widths_below_one_are_kept_for_small_units():
    suv = replace(IMAGE, frames=(replace(INFO, slope=0.001),))
    assert [level(value, Window(0.5, 0.4), suv) for value in (300, 500, 700)] == [0, 128, 255]


def test_monochrome1_and_presentation_inverse_mean_one_inversion_not_two():
    mono1 = replace(IMAGE, pixels=replace(CT, photometric="MONOCHROME1"))
    both = replace(mono1, presentation_inverse=True)
    window = Window(40, 400)
    assert [level(-160, window, image) for image in (IMAGE, mono1, both)] == [0, 255, 255]
    assert level(-160, window, mono1, inverted=True) == 0


def test_rescale_is_applied_per_frame():
    frames = (replace(INFO, slope=2.0, intercept=-100.0), INFO)
    image = replace(IMAGE, frames=frames)
    values = [pixels.modality_values(np.array([50]), image, frame)[0] for frame in frames]
    assert values == [0.0, 50.0]


def test_a_modality_table_takes_its_ends_for_values_outside():
    lut = LookupTable(-2, 16, struct.pack("<4H", 10, 20, 30, 40))
    image = replace(IMAGE, modality_luts=(lut,))
    found = pixels.modality_values(np.array([-100, -2, -1, 0, 1, 100]), image, INFO)
    assert found.tolist() == [10, 10, 20, 30, 40, 40]


def test_voi_table_output_spans_its_bits_not_its_entries():
    lut = LookupTable(0, 12, struct.pack("<2H", 0, 2048))
    image = replace(IMAGE, voi_luts=(lut,))
    assert level(1, Window(1, 2, voi_lut=0), image) == round(2048 / 4095 * 255)


@pytest.mark.parametrize(
    ("signed", "stored", "expected"),
    [(False, 0xF123, 0x123), (True, 0xF7FF, 2047), (True, 0x0800, -2048), (True, 0xFFFF, -1)],
)
def test_bits_above_high_bit_are_dropped_and_the_sign_extended(signed: bool, stored: int, expected: int):
    form = replace(CT, signed=signed)
    found = native.native_frame(form, struct.pack("<4H", stored, 0, 0, 0))
    assert found[0, 0] == expected


def test_values_that_do_not_start_at_bit_zero_are_shifted_down():
    form = replace(CT, bits_stored=8, high_bit=11)
    assert native.native_frame(form, struct.pack("<4H", 0xFAB7, 0, 0, 0))[0, 0] == 0xAB


def test_padding_does_not_widen_the_full_range():
    values = np.array([[-2000, 0], [10, 20]], np.int16)
    image = replace(IMAGE, padding=(-2000, -2000))
    window = pixels.full_range(pixels.value_range(values, image), image, INFO)
    assert (window.center - window.width / 2, window.center + window.width / 2) == (0, 20)


def test_the_files_windows_come_first_and_the_first_is_the_default():
    own = (Window(50, 350, "MEDIASTINUM"), Window(-500, 1400, "LUNG"))
    image = replace(IMAGE, frames=(replace(INFO, windows=own),), modality="CT")
    frame = drawable(image, 0, np.zeros((2, 2), np.uint16))
    names = [window.name for window in images.presets(frame)]
    assert names[:4] == ["MEDIASTINUM", "LUNG", "Full range", "Soft tissue"]


def test_a_table_is_looked_up_by_the_bit_pattern_of_a_signed_value():
    frame = drawable(IMAGE, 0, np.array([[-1000, 40], [39, 3000]], np.int16))
    table = images.table(frame, Window(40, 400))
    picture = np.take(table, frame.codes)
    assert picture.dtype == np.uint32
    assert [hex(value) for value in picture.ravel()] == ["0xff000000", "0xff808080", "0xff7f7f7f", "0xffffffff"]
