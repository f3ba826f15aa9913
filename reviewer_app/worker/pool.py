"""The workers as the program sees them: one method per thing that may be parsed, any thread, typed answers.

Three kinds of process are kept apart, so that each loads only what it needs before it is locked up: `decode` (pixel
codecs), `index` (DICOM headers) and `pages` (PDF, raster pictures, text).  They are started when first used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.imaging import Instance, PixelFormat
from reviewer_app.domain.record import Page


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One decoded frame.

    Attributes:
        pixels: (rows, columns) stored values as the codec and the header say, masked and sign-extended; or uint32
            0xffRRGGBB where `colour`.
        warnings: Where the compressed stream contradicts the header, in sentences.
    """

    pixels: np.ndarray
    colour: bool
    warnings: tuple[str, ...] = ()


class WorkerPool:
    """Jailed processes, started lazily and replaced when they die.

    Every method may be called from any thread but the main one and blocks until the answer is there.  All raise
    Unreadable with the reason in one sentence when the bytes cannot be read, when the process died on them, or when
    it took too long.
    """

    def __init__(self, size: int = 2) -> None:
        raise NotImplementedError

    def index(self, part10: Octets) -> Instance:
        """What a DICOM file says, for the index.

        Args:
            part10: The whole file as received, with or without preamble.

        Returns:
            The instance; `value_offset` counts from the start of the file.  A file whose data set is readable but
            whose pixels are not has `problem` set and is still returned.
        """
        raise NotImplementedError

    def decode(self, pixel: PixelFormat, data: Octets, *, frame: int = 0, out: np.ndarray | None = None) -> Decoded:
        """Decode one compressed frame.

        Args:
            data: The fragments of the frame joined.
            frame: Index of the frame, needed for deflated files (whose data is the whole file).
            out: Array of the right shape and type to receive the pixels, or None for a new one.
        """
        raise NotImplementedError

    def pdf_info(self, pdf: Octets) -> int:
        """Number of pages."""
        raise NotImplementedError

    def pdf_page(self, pdf: Octets, index: int, width_px: int) -> Page:
        """Render page `index` (from 0) `width_px` wide, with its text layer."""
        raise NotImplementedError

    def raster(self, data: Octets, content_type: str, width_px: int, page: int = 0) -> Page:
        """Render a JPEG, PNG or TIFF picture, at most `width_px` wide; TIFF may have several pages."""
        raise NotImplementedError

    def text(self, data: Octets, content_type: str) -> str:
        """Readable text of plain text, RTF, HTML or a C-CDA document, reduced by an allow-list."""
        raise NotImplementedError

    def close(self) -> None:
        """End all processes; idempotent."""
        raise NotImplementedError


