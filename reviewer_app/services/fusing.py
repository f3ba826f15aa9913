"""One series laid over another: its uptake in colours, transparent where there is little.

The values come from `services.volumes`; both are in one frame of reference, which the caller checks.  The window and
the letter lay over by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer_app.dicom import statistics
from reviewer_app.dicom.pseudo_colour import coloured
from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid
from reviewer_app.domain.imaging import DisplaySet, VoiFunction
from reviewer_app.domain.places import Overlaid
from reviewer_app.domain.presentation import Superimposed
from reviewer_app.domain.space import Sheet
from reviewer_app.jobs import Job
from reviewer_app.services import images, measuring, palettes, presentations, volumes
from reviewer_app.services.session import Session
from reviewer_app.services.volumes import Grid, Volume

Colours = np.ndarray
"""(rows, columns) uint32 0xffRRGGBB."""

TOPS = (2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)
"""Upper ends of the colour scale in SUV; without SUV each is a tenth of the range."""
_LEVELS = 256
_CLEAR, _FULL = 0.06, 0.4
"""Shares of the scale up to which there is no overlay, and from which it is as opaque as it gets."""
_ODD, _EVEN = np.uint32(0x00FF00FF), np.uint32(0x0000FF00)
_OPAQUE = np.uint32(0xFF000000)
_EIGHT = np.uint32(8)


@dataclass(frozen=True, slots=True)
class Blending:
    """How an overlay is shown.

    Attributes:
        top: Upper end of the colour scale, see `TOPS`.
        opacity: Of the brightest part, 0 to 1; of all of it where a presentation state says so.
        state: The presentation state that says window and colours instead, with what it says; or None.
    """

    top: float = 7.0
    opacity: float = 0.6
    palette: str = "Hot metal"
    state: tuple[InstanceUid, Superimposed] | None = None


class Fusion:
    """A volume laid over the pictures of a tile.

    Attributes:
        source: The display set that the volume was made of.
    """

    def __init__(self, source: DisplaySet, volume: Volume, blending: Blending | None = None) -> None:
        self.source, self.volume = source, volume
        self.blending = blending if blending is not None else Blending()
        self._factor, self._problem = measuring.uptake(volume.instance)
        self._most = float(volume.values.max()) * volume.info.slope + volume.info.intercept
        self._kept: tuple[Sheet, np.ndarray] | None = None

    @property
    def said(self) -> str:
        """For the corner with the window: `PT  SUV 0 to 7  60 %`."""
        modality, share = self.source.series.modality, f"{self.blending.opacity * 100:.0f} %"
        if self.blending.state is not None:
            return f"{modality}  {share}"
        if self._factor:
            return f"{modality}  SUV 0 to {self.blending.top:g}  {share}"
        return f"{modality}  0 to {self._told(self._top())}  {share}"

    @property
    def place(self) -> Overlaid:
        """What brings it back."""
        state = self.blending.state[0] if self.blending.state is not None else ""
        return Overlaid(self.source.series.uid, self.blending.top, self.blending.opacity, self.said, state)

    def readout(self, sheet: Sheet, at: tuple[float, float]) -> str:
        """What lies over a place of a picture: `SUV 3.21`; empty before it was laid over."""
        if self._kept is None or self._kept[0] != sheet:
            return ""
        rows, columns = self._kept[1].shape
        stored = self._kept[1][min(int(at[1] * rows), rows - 1), min(int(at[0] * columns), columns - 1)]
        info = self.volume.info
        value = float(stored) * info.slope + info.intercept
        return (
            f"SUV {value * self._factor:.2f}" if self._factor else f"{self.source.series.modality} {self._told(value)}"
        )

    def notes(self) -> tuple[str, ...]:
        """What the reader should know, in sentences."""
        said = f"{self.source.series.modality} laid over, interpolated."
        return (said, self._problem) if self._problem and self.source.series.modality == "PT" else (said,)

    def laid_over(self, base: Colours, sheet: Sheet) -> Colours:
        """A picture with the overlay on it.

        Args:
            base: (rows, columns) 0xffRRGGBB.
            sheet: Where that picture lies.
        """
        if self._kept is None or self._kept[0] != sheet:
            self._kept = (sheet, volumes.overlay_values(self.volume, sheet))
        info, (low, high) = self.volume.info, self._ends()
        scale = np.float32((_LEVELS - 1) / (high - low))
        levels = self._kept[1] * (np.float32(info.slope) * scale) + np.float32(info.intercept - low) * scale
        codes = np.clip(levels, 0, _LEVELS - 1, out=levels).astype(np.uint8)
        rest, odd, even = _tables(self.blending)
        keep = rest.take(codes)
        mixed = (((base & _ODD) * keep + odd.take(codes)) >> _EIGHT) & _ODD
        mixed |= (((base & _EVEN) * keep + even.take(codes)) >> _EIGHT) & _EVEN
        mixed |= _OPAQUE
        if self.blending.state is not None:  # its colours would tint what lies outside of the volume, too
            return np.where(_inside(self.volume.grid, sheet), mixed, base)
        return np.asarray(mixed)

    def _ends(self) -> tuple[float, float]:
        """Modality values at the two ends of the colours."""
        if self.blending.state is None:
            return 0.0, self._top()
        window = self.blending.state[1].window
        half = max(window.width - (window.function is VoiFunction.LINEAR), 1e-6) / 2
        middle = window.center - (0.5 if window.function is VoiFunction.LINEAR else 0.0)  # PS3.3 C.11.2.1.2.1
        return middle - half, middle + half

    def _told(self, value: float) -> str:
        return f"{value:.4g} {statistics.grey_unit(self.volume.instance, self.volume.info)}".strip()

    def _top(self) -> float:
        """Upper end of the colour scale in modality values."""
        top = self.blending.top
        return max(top / self._factor if self._factor else self._most * min(top / 10, 1.0), 1e-6)


def volume_of(session: Session, case_id: CaseId, series: SeriesUid, job: Job) -> tuple[DisplaySet, Volume]:
    """A series to be laid over others; blocks until it is decoded.

    Raises:
        Unreadable: It makes no volume, with the reason.
        NotFound: Nothing of it is held.
    """
    display_set = images.display_set(session, case_id, series)
    stack = images.open_stack(session, display_set, lambda _index: None)
    try:
        return display_set, volumes.of_stack(stack, job)
    finally:
        stack.close()


def restored(session: Session, case_id: CaseId, place: Overlaid, job: Job) -> Fusion:
    """An overlay as it was cited; errors as `volume_of`."""
    state = presentations.state_of(session, case_id, place.state)
    said = (state.uid, state.superimposed) if state is not None and state.superimposed is not None else None
    blending = Blending(place.top, place.opacity, state=said)
    return Fusion(*volume_of(session, case_id, place.series, job), blending)


def _inside(grid: Grid, sheet: Sheet) -> np.ndarray:
    """Which pixels of a picture lie within a volume, (rows, columns)."""
    inverse = grid.inverse
    start = inverse @ np.subtract(sheet.plane.position, grid.origin)
    down = inverse @ np.multiply(sheet.plane.column, sheet.row_step)
    across = inverse @ np.multiply(sheet.plane.row, sheet.column_step)
    within = np.ones((sheet.rows, sheet.columns), np.bool_)
    for axis, count in enumerate(grid.shape):
        index = start[axis] + down[axis] * np.arange(sheet.rows)[:, None] + across[axis] * np.arange(sheet.columns)
        within &= np.abs(index - (count - 1) / 2) <= count / 2  # to the outer edges of the outermost voxels
    return within


def _tables(blending: Blending) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each level: what is kept of the picture (of 256), and what is added to red and blue, and to green."""
    level = np.arange(_LEVELS) / (_LEVELS - 1)
    if blending.state is not None:
        even = np.full(_LEVELS, round(blending.opacity * 256), np.uint32)
        colours = coloured(level, blending.state[1].palette)
        return np.uint32(256) - even, (colours & _ODD) * even, (colours & _EVEN) * even
    share = np.clip((level - _CLEAR) / (_FULL - _CLEAR), 0.0, 1.0) * blending.opacity
    alpha = np.rint(share * 256).astype(np.uint32)
    colours = palettes.colours(blending.palette)
    return np.uint32(256) - alpha, (colours & _ODD) * alpha, (colours & _EVEN) * alpha
