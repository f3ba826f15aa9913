"""Rows about files that are damaged or lie: what each is, as its maker says, and what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from reviewer_app.errors import ReviewerError
from reviewer_app.worker import WorkerPool
from tests.golden.made import Looking
from tests.golden.row import Row

_REFUSED = {
    "corrupt_jpeg": ("a JPEG of garbage", "damaged"),
    "deflate_bomb": ("398 KB that inflate to 400 MB", "inflates to far more"),
    "dimension_bomb": ("65535 x 65535 pixels of 8 KB", "65535 x 65535"),
    "empty": ("no byte at all", "empty"),
    "frames_missing": ("1 of 20 frames", "1 of 20 frames"),
    "nested_sequences": ("1200 nested sequences", "nested too deeply"),
    "only_preamble": ("nothing behind the preamble", "not a DICOM image"),
    "pixeldata_too_short": ("100 of 8192 bytes", "100 of 8192"),
    "really_a_png": ("a PNG by another name", "not a DICOM file"),
    "truncated_in_pixeldata": ("a file that ends within its pixels", "ends after"),
    "uids_with_paths": ("identifiers that are paths", "not a valid identifier"),
    "unknown_transfer_syntax": ("a transfer syntax of its own", "not supported"),
    "zero_rows": ("no rows", "64 x 0"),
}
_SHOWN = {
    "control_ok": "a sound file",
    "huge_vl": "a length of 4 GB, where the bytes of the picture are there",
    "invalid_utf8_name": "a name that is no UTF-8",
    "markup_and_bidi_in_text": "markup and turned directions in texts",
    "polyglot_mz": "a program's header in the preamble",
    "polyglot_tiff": "a TIFF in the preamble",
    "very_long_values": "a name of 60000 characters",
}
_GROUP, _SOURCE = "Bad input", "SOURCES.md: what was done to the file"


def rows(data: Path) -> Iterator[Row]:
    """All rows; one worker reads all files, so that a file that ended it would be noticed by the next one."""
    folder = data.parent / "hostile" / "dicom"
    with closing(WorkerPool(1)) as pool:
        see = Looking(pool)
        for name, (what, word) in _REFUSED.items():
            said = _answer(see, folder / f"{name}.dcm")
            yield Row(_GROUP, f"{name}: {what}", f"refused in a sentence that says “{word}”", _SOURCE, said,
                      word in said and said.endswith("."))  # fmt: skip
        for name, what in _SHOWN.items():
            said = _answer(see, folder / f"{name}.dcm")
            yield Row(_GROUP, f"{name}: {what}", "shown", _SOURCE, said, said == "shown")
        warned = see.facts((folder / "nan_zero_numbers.dcm").read_bytes())
        said = f"{len(warned.warnings)} warnings; {warned.spacing.basis.value}; {warned.problem or 'shown'}"
        yield Row(_GROUP, "nan_zero_numbers: no usable window, rescale and spacing", "shown, each left out and said",
                  _SOURCE, said, said == "3 warnings; pixels; shown")  # fmt: skip


def _answer(see: Looking, file: Path) -> str:
    try:
        return see.facts(file.read_bytes()).problem or "shown"
    except ReviewerError as error:
        return error.message
