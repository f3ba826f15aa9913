"""Rows about transfer syntaxes and colour: our pixels against those of other decoders."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK

from tests.golden.row import Row, measured
from tests.pictured import channels, frame_of, modality

_ONLY_PYDICOM = ("CT0012.fragmented_no_bot_jpeg_ls.80", "parametric_map", "SC_rgb_rle_16bit", "SC_rgb_rle_32bit")
"""SimpleITK refuses them, or joins the bytes of run-length encoded deep colours the wrong way round."""
_STORED = "rtdose"
"""SimpleITK does not scale them to a dose."""
_DEEP_COLOUR = {"SC_rgb_16bit_2frame": 8, "SC_rgb_rle_16bit_2frame": 8, "SC_rgb_rle_32bit": 24}
"""Bits that are left out so that 8 remain."""
_WITHOUT_REFERENCE = {"gdcm-US-ALOKA-16"}
"""The other decoders hand out raw indices, or 16-bit colours of a palette that holds 8 bits."""
_LOSSY_CT = {"4.50_": 20.0, "4.51_": 5.0, "4.53_": 5.0, "4.55_": 5.0, "4.81_": 1.0, "4.91_": 1.0}


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    for folder, group in (
        ("transfer_syntaxes", "Transfer syntaxes"),
        ("transfer_syntaxes/htj2k_synthetic", "Transfer syntaxes"),
        ("multiframe", "Multi-frame"),
        ("photometric_and_luts", "Photometric interpretations"),
    ):
        for file in sorted((data / folder).iterdir()):
            if file.is_file() and file.suffix != ".md" and file.stem not in _WITHOUT_REFERENCE:
                yield _against_others(group, file)
    yield from _against_original(data / "transfer_syntaxes")
    yield from _same_pattern(data / "photometric_and_luts")


def _against_others(group: str, file: Path) -> Row:
    frame = frame_of(file)
    if file.stem.startswith(_ONLY_PYDICOM):
        source = "pydicom"
        stored = pydicom.dcmread(file).pixel_array
        frames = int(frame.instance.pixels.frames) if frame.instance.pixels else 1
        reference = stored[0] if frames > 1 else stored
        found = channels(frame) if frame.colour else frame.pixels
    else:
        source = "SimpleITK (GDCM)"
        reference = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(file)))[0]
        stored = file.stem.startswith(_STORED)
        found = channels(frame) if frame.colour else frame.pixels if stored else modality(frame)
    shift = _DEEP_COLOUR.get(file.stem, 0)
    reference = reference >> shift if shift else reference
    if reference.shape != found.shape:
        return Row(group, file.name[:44], f"{reference.shape}", source, f"{found.shape}", passed=False)
    lossy_colour = frame.colour and frame.instance.lossy_ratio > 0
    limit = 1 if lossy_colour else 0
    expected = "the same colours; one level of rounding" if lossy_colour else "every value the same"
    difference = float(np.abs(reference.astype(np.float64) - found.astype(np.float64)).max())
    return measured(group, file.name[:44], expected, source, difference, "<=", limit)


def _against_original(folder: Path) -> Iterator[Row]:
    """One CT slice in many syntaxes against its uncompressed original."""
    (original,) = folder.glob("ct_1.2.840.10008.1.2.1_*")
    header = pydicom.dcmread(original)
    stored = header.pixel_array
    units = stored * float(header.RescaleSlope) + float(header.RescaleIntercept)
    for file in sorted(folder.glob("ct_*.dcm")):
        frame = frame_of(file)
        lossy = next((limit for name, limit in _LOSSY_CT.items() if name in file.name), None)
        source = "the uncompressed original by pydicom"
        if lossy is None:
            difference = float(np.abs(frame.pixels.astype(int) - stored).max())
            yield measured("Transfer syntaxes", file.name[:44], "bit for bit", source, difference, "<=", 0)
        else:
            body = units > -1500  # the padding around the circle cannot be kept in 8 and 12 bits
            mean = float(np.abs(modality(frame) - units)[body].mean())
            yield measured(
                "Transfer syntaxes", file.name[:44], "near in Hounsfield units (mean)", source, mean, "<=", lossy
            )
            yield measured("Transfer syntaxes", file.name[:44], "marked lossy with its ratio",
                           "it was compressed lossily", frame.instance.lossy_ratio, ">=", 3)  # fmt: skip


def _same_pattern(folder: Path) -> Iterator[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = pydicom.dcmread(folder / "TestPattern_RGB.dcm").pixel_array.astype(np.int16)
    limits = {"TestPattern_JPEG-Baseline_YBR422": 4.0, "TestPattern_JPEG-Baseline_YBRFull": 3.0}
    for file in sorted(folder.glob("TestPattern_*.dcm")):
        if "Palette" in file.name:
            continue  # made from another drawing
        if "Near" in file.stem:
            worst = float(np.abs(channels(frame_of(file)) - reference).max())
            yield measured("Photometric interpretations", file.name[:44], "no value off by more than NEAR, which is 2",
                           "ISO 14495-1; TestPattern_RGB by pydicom", worst, "<=", 2)  # fmt: skip
            continue
        mean = float(np.abs(channels(frame_of(file)) - reference).mean())
        limit = limits.get(file.stem, 0.0)
        yield measured("Photometric interpretations", file.name[:44], "the colour pattern (mean difference)",
                       "TestPattern_RGB by pydicom", mean, "<=", limit)  # fmt: skip
