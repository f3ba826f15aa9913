"""Rows about the order of slices, the distance between them, gaps and tilt, worked out by hand (PS3.3 C.7.6.2)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from pydicom.dataset import Dataset

from reviewer_app.dicom.display_sets import display_set
from reviewer_app.domain.imaging import DisplaySet, Series, Study
from tests.golden.made import CT, Looking, header, image
from tests.golden.row import Row, compared

ORDER = "Rules: order of slices"
SOURCE = "PS3.3 C.7.6.2.1.1: positions projected on the normal"
_AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
Place = tuple[float, float, float]


def rows(looking: Looking) -> Iterator[Row]:
    """All rows."""
    for part in (_even, _uneven, _frames):
        yield from part(looking)


def _series(see: Looking, places: Sequence[Place], cosines: Sequence[float] = _AXIAL, **said: object) -> DisplaySet:
    """A series whose images are numbered as they are given."""
    instances = [
        see.pool.index(
            image(
                np.zeros((2, 2), "i2"),
                SOPClassUID=CT,
                Modality="CT",
                SOPInstanceUID=f"1.2.3.{number}",
                InstanceNumber=number,
                ImagePositionPatient=[f"{part:.6f}" for part in place],
                PixelSpacing=["1", "1"],
                ImageOrientationPatient=[f"{part:.8f}" for part in cosines],
                **said,
            )
        )
        for number, place in enumerate(places, 1)
    ]
    return display_set(
        Study(instances[0].study_uid), Series(instances[0].series_uid, instances[0].study_uid, "CT"), instances
    )


def _numbers(found: DisplaySet) -> list[int]:
    return [instance.number for instance, _ in found.images]


def _even(see: Looking) -> Iterator[Row]:
    mixed = _series(see, [(0, 0, 6), (0, 0, 0), (0, 0, 3)], SliceThickness="5", SpacingBetweenSlices="5")
    yield compared(
        ORDER,
        "images 1, 2, 3 at z 6, 0, 3",
        "1, 3, 2 or 2, 3, 1: by position",
        SOURCE,
        _numbers(mixed) in ([2, 3, 1], [1, 3, 2]),
        True,
    )
    yield compared(ORDER, "the same, SliceThickness 5", "3 mm between slices", SOURCE, mixed.spacing_between, 3.0)
    falling = _series(see, [(0, 0, 6), (0, 0, 3), (0, 0, 0)])
    yield compared(
        ORDER,
        "numbered from above",
        "1, 2, 3: numbers rise while scrolling",
        "the sender's numbers where positions do not say which end is first",
        _numbers(falling),
        [1, 2, 3],
    )
    angle = math.radians(30)
    normal = (0.0, -math.sin(angle), math.cos(angle))
    oblique = _series(
        see,
        [tuple(2.5 * step * part for part in normal) for step in (2, 0, 1, 3)],
        (1, 0, 0, 0, math.cos(angle), math.sin(angle)),
    )
    yield compared(
        ORDER,
        "oblique by 30 degrees, 2.5 mm along the normal",
        "2.5 mm, order 2, 3, 1, 4, no warning",
        SOURCE,
        (round(oblique.spacing_between or 0, 4), _numbers(oblique), oblique.warnings),
        (2.5, [2, 3, 1, 4], ()),
    )


def _uneven(see: Looking) -> Iterator[Row]:
    for name, places, spacing, word in (
        ("one of six missing", [(0, 0, 3.0 * step) for step in (0, 1, 2, 4, 5)], None, "missing"),
        ("two at one place", [(0, 0, 3.0 * step) for step in (0, 1, 1, 2, 3)], 3.0, "more than one"),
        ("steps of 3, 3, 4, 3 mm", [(0, 0, z) for z in (0, 3, 6, 10, 13)], None, "unevenly"),
        ("sheared by 0.5 mm a mm", [(0, 0.5 * z, z) for z in (0, 2, 4, 6)], 2.0, "26.6 degrees"),
        ("twice through the same places", [(0, 0, 2.0 * step) for step in (0, 1, 2, 0, 1, 2)], 2.0, "2 times"),
        ("all at one place", [(0, 0, 1)] * 3, None, "same position"),
    ):
        found = _series(see, places)
        told = any(word in warning for warning in found.warnings)
        yield compared(
            ORDER,
            name,
            f"{f'{spacing:g} mm' if spacing else 'no one spacing'}, and “{word}” is said",
            SOURCE,
            (found.spacing_between, told),
            (spacing, True),
        )


def _frames(see: Looking) -> Iterator[Row]:
    def item(z: float) -> Dataset:
        return header(PlanePositionSequence=[header(ImagePositionPatient=["0", "0", f"{z}"])])

    shared = header(
        PlaneOrientationSequence=[header(ImageOrientationPatient=[f"{part}" for part in _AXIAL])],
        PixelMeasuresSequence=[header(PixelSpacing=["1", "1"], SliceThickness="9")],
    )
    octets = image(
        np.zeros((4, 2, 2), "i2"),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2.1",
        Modality="CT",
        SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=[item(z) for z in (4, 0, 6, 2)],
    )
    instance = see.pool.index(octets)
    found = display_set(Study(instance.study_uid), Series(instance.series_uid, instance.study_uid, "CT"), [instance])
    order = [frame + 1 for _, frame in found.images]
    yield compared(
        ORDER,
        "enhanced, frames 1 to 4 at z 4, 0, 6, 2",
        "2, 4, 1, 3 or the reverse, 2 mm",
        "PS3.3 C.7.6.16.2.3",
        (order in ([2, 4, 1, 3], [3, 1, 4, 2]), found.spacing_between),
        (True, 2.0),
    )
