"""Ultrasound regions of a data set (US Region Calibration module, PS3.3 C.8.5.5) as values of the index."""

from __future__ import annotations

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.domain.imaging import Region

_MOST = 64
_EDGES = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1")


def regions_of(data: Dataset) -> tuple[Region, ...]:
    """Every region whose extent is said, in file order; one without usable sizes stays, so that it is not measured."""
    found = (_region(item) for item in elements.items(data, "SequenceOfUltrasoundRegions")[:_MOST])
    return tuple(region for region in found if region is not None)


def _region(item: Dataset) -> Region | None:
    edges = [elements.whole(item, keyword, -1) for keyword in _EDGES]
    left, top, right, bottom = edges
    if min(edges) < 0 or right < left or bottom < top:
        return None
    return Region(
        left,
        top,
        right,
        bottom,
        unit_x=elements.whole(item, "PhysicalUnitsXDirection", 0),
        unit_y=elements.whole(item, "PhysicalUnitsYDirection", 0),
        delta_x=elements.number(item, "PhysicalDeltaX", 0.0),
        delta_y=elements.number(item, "PhysicalDeltaY", 0.0),
        low_priority=bool(elements.whole(item, "RegionFlags", 0) & 1),
    )
