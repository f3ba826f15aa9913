"""Presentation states of blending: one series in the colours of a palette over grey images of another (PS3.3 A.33.4).

Only what two volumes in one frame of reference can show: one window for the whole superimposed series, which is
rescaled as its own files say, and no registration between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, luts
from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.presentation import Superimposed

BLENDING = "1.2.840.10008.5.1.4.1.1.11.4"


@dataclass(frozen=True, slots=True)
class Blended:
    """What a state of blending says.

    Attributes:
        underlying: The item about the grey images below, or None where the state cannot be applied.
        problem: Why not, as the end of a sentence.
    """

    underlying: Dataset | None = None
    superimposed: Superimposed | None = None
    problem: str = ""


def blended(data: Dataset) -> Blended:
    """The two series of a state of blending, or why they cannot be laid over each other."""
    items = {elements.text(item, "BlendingPosition"): item for item in elements.items(data, "BlendingSequence")}
    below, above = items.get("UNDERLYING"), items.get("SUPERIMPOSED")
    if below is None or above is None or "ReferencedSpatialRegistrationSequence" in data:
        missing = below is None or above is None
        return Blended(problem="it names no two series" if missing else "it needs a registration of the two series")
    over = elements.items(above, "ReferencedSeriesSequence")
    vois = elements.items(above, "SoftcopyVOILUTSequence")
    windows = luts.windows(vois[0]) if len(vois) == 1 else ()
    palette = luts.palette(data, signed=False)
    opacity = elements.number(data, "RelativeOpacity", -1.0)
    if len(over) != 1 or len(windows) != 1:
        return Blended(problem="it wants more than one series laid over, or more than one window for it")
    if len({len(table.entries) for table in palette}) != 1 or not 0 <= opacity <= 1:
        return Blended(problem="its palette or its opacity is missing or damaged")
    series = SeriesUid(elements.text(over[0], "SeriesInstanceUID"))
    return Blended(below, Superimposed(series, windows[0], opacity, palette))
