"""The instances of a series to what one viewport scrolls through."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.dicom.geometry import layout
from reviewer_app.domain.imaging import DisplaySet, Instance, Series, Study


def display_set(study: Study, series: Series, instances: Sequence[Instance]) -> DisplaySet:
    """Every frame of a series in the order of position; instances without pixels are left out.

    Frames of instances whose pixels cannot be shown stay in their place, so that a gap is seen where it is.
    """
    shown = sorted(
        (instance for instance in instances if instance.pixels is not None or instance.problem),
        key=lambda instance: (instance.number, instance.acquired, instance.uid),
    )
    images = [(instance, frame) for instance in shown for frame in range(max(len(instance.frames), 1))]
    found = layout([instance.frames[frame].plane if instance.frames else None for instance, frame in images])
    warnings = [*found.warnings]
    sizes = {(instance.pixels.rows, instance.pixels.columns) for instance in shown if instance.pixels is not None}
    if len(sizes) > 1:
        warnings.append(f"The series holds images of {len(sizes)} sizes.")
    broken = sum(1 for instance in shown if instance.problem)
    if broken:
        warnings.append(f"{broken} of {len(shown)} images cannot be shown in full.")
    return DisplaySet(series, study, tuple(images[index] for index in found.order), found.spacing, tuple(warnings))
