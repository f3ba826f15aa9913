"""Presentation states and key object selections as values (PS3.3 A.33.1, C.10, C.11; A.35.4).

What cannot be applied is said in `problem`; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, luts
from reviewer_app.dicom.blending_states import BLENDING, Blended, blended
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.overlays import group_text, groups, planes_of, shutters_of
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.drawn import Drawn, Graphic, GraphicKind, Words
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.imaging import LookupTable
from reviewer_app.domain.measurement import Point
from reviewer_app.domain.presentation import (
    Annotation,
    AreaMode,
    DisplayedArea,
    KeySelection,
    PresentationState,
    Target,
    Voi,
)

_PSEUDO_COLOUR = "1.2.840.10008.5.1.4.1.1.11.3"
_APPLIED = ("1.2.840.10008.5.1.4.1.1.11.1", "1.2.840.10008.5.1.4.1.1.11.2", _PSEUDO_COLOUR, BLENDING)
"""Softcopy presentation states of these kinds; a colour profile changes nothing on a screen of sRGB."""
_OTHERS = {
    "1.2.840.10008.5.1.4.1.1.11.5": "XA/XRF grayscale",
    "1.2.840.10008.5.1.4.1.1.11.6": "planar volumetric",
    "1.2.840.10008.5.1.4.1.1.11.7": "planar volumetric",
    "1.2.840.10008.5.1.4.1.1.11.8": "advanced blending",
    "1.2.840.10008.5.1.4.1.1.11.9": "volume rendering",
    "1.2.840.10008.5.1.4.1.1.11.10": "volume rendering",
    "1.2.840.10008.5.1.4.1.1.11.11": "volume rendering",
    "1.2.840.10008.5.1.4.1.1.11.12": "variable modality",
}
"""Presentation states of other kinds by what they are called (PS3.4 B.5)."""
_ACTIVATION = 0x1001
_MOST_POINTS = 100_000
_PAIR = 2
_MOST_ITEMS = 5000


def presentation_state(part10: Octets) -> PresentationState:
    """A presentation state.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    text = partial(elements.text, data)
    planes = planes_of(data)
    shutters, shade = shutters_of(data, planes)
    hidden = {shutter.plane.group for shutter in shutters if shutter.plane is not None}
    shown = _activated(data)
    kind = text("SOPClassUID")
    palette = luts.palette(data, signed=False) if kind == _PSEUDO_COLOUR else ()
    pair = blended(data) if kind == BLENDING else Blended()
    below = pair.underlying if pair.underlying is not None else data
    modality = luts.modality_luts(below, signed=False)
    slope = elements.numbers(below, "RescaleSlope")
    table = elements.first(data, "PresentationLUTSequence")
    return PresentationState(
        uid=InstanceUid(text("SOPInstanceUID")),
        label=text("ContentLabel"),
        description=text("ContentDescription"),
        created=text("PresentationCreationDate"),
        targets=_series_targets(below) or _blended_targets(data),
        modality_luts=modality,
        rescale=(slope[0], elements.number(below, "RescaleIntercept", 0.0)) if slope and not modality else None,
        vois=tuple(_voi(item) for item in elements.items(below, "SoftcopyVOILUTSequence")),
        inverse=text("PresentationLUTShape") == "INVERSE",
        presentation_lut=_presentation_lut(table) if table is not None else None,
        palette=palette,
        superimposed=pair.superimposed,
        areas=tuple(_area(item) for item in elements.items(data, "DisplayedAreaSelectionSequence")),
        rotation=elements.whole(data, "ImageRotation", 0) % 360,
        flipped=text("ImageHorizontalFlip") == "Y",
        annotations=tuple(_annotation(item) for item in elements.items(data, "GraphicAnnotationSequence")),
        layers=_layers(data),
        overlays=shown,
        drawn=Drawn(
            planes=tuple(
                plane for plane in planes if plane.group not in hidden and plane.group in {group for group, _ in shown}
            ),
            shutters=shutters,
            shade=shade,
        ),
        problem=_problem(kind, text("ContentDescription") or text("ContentLabel"), palette, pair.problem),
    )


def _problem(sop_class: str, title: str, palette: tuple[LookupTable, ...], unblended: str) -> str:
    if unblended:
        return f"The presentation state “{title}” is not applied: {unblended}."
    if sop_class == _PSEUDO_COLOUR and len({len(table.entries) for table in palette}) != 1:
        return f"The presentation state “{title}” is not applied: its palette is missing or damaged."
    if sop_class in _APPLIED:
        return ""
    kind = _OTHERS.get(sop_class, "unknown")
    return f"The presentation state “{title}” is not applied: its kind ({kind}) cannot be shown."


def key_selection(part10: Octets) -> KeySelection:
    """A key object selection; images of other kinds of document are none.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    name = elements.first(data, "ConceptNameCodeSequence")
    content = elements.items(data, "ContentSequence")
    words = [elements.text(item, "TextValue") for item in content if elements.text(item, "ValueType") == "TEXT"]
    images = [item for item in content if elements.text(item, "ValueType") in ("IMAGE", "COMPOSITE")]
    named = _targets(reference for item in images for reference in elements.items(item, "ReferencedSOPSequence"))
    return KeySelection(
        InstanceUid(elements.text(data, "SOPInstanceUID")),
        elements.text(name, "CodeMeaning") if name is not None else "",
        "\n".join(filter(None, words)),
        named or _evidence(data),
    )


def _evidence(data: Dataset) -> tuple[Target, ...]:
    """Images listed as evidence: some writers name them there only."""
    return _targets(
        image
        for study in elements.items(data, "CurrentRequestedProcedureEvidenceSequence")
        for series in elements.items(study, "ReferencedSeriesSequence")
        for image in elements.items(series, "ReferencedSOPSequence")
    )


def _series_targets(data: Dataset) -> tuple[Target, ...]:
    return _targets(
        image
        for series in elements.items(data, "ReferencedSeriesSequence")
        for image in elements.items(series, "ReferencedImageSequence")
    )


def _blended_targets(data: Dataset) -> tuple[Target, ...]:
    """Images that a state of blending names, of which it only says that it cannot be applied to them."""
    blended = (*elements.items(data, "BlendingSequence"), *elements.items(data, "AdvancedBlendingSequence"))
    return tuple(
        target
        for item in blended
        for target in (*_series_targets(item), *_targets(elements.items(item, "ReferencedImageSequence")))
    )


def _targets(items: Iterable[Dataset]) -> tuple[Target, ...]:
    return tuple(
        Target(
            InstanceUid(elements.text(item, "ReferencedSOPInstanceUID")),
            tuple(int(number) for number in elements.numbers(item, "ReferencedFrameNumber")),
        )
        for item in items
    )


def _own_targets(item: Dataset) -> tuple[Target, ...]:
    return _targets(elements.items(item, "ReferencedImageSequence"))


def _voi(item: Dataset) -> Voi:
    return Voi(luts.windows(item), luts.voi_luts(item, signed=False), _own_targets(item))


def _presentation_lut(item: Dataset) -> LookupTable | None:
    return luts.table(item)


def _area(item: Dataset) -> DisplayedArea:
    first, last = (elements.numbers(item, f"DisplayedArea{corner}HandCorner") for corner in ("TopLeft", "BottomRight"))
    ratio = elements.numbers(item, "PresentationPixelAspectRatio")
    spacing = elements.numbers(item, "PresentationPixelSpacing")
    pair = spacing if len(spacing) == _PAIR else ratio
    try:
        mode = AreaMode(elements.text(item, "PresentationSizeMode"))
    except ValueError:
        mode = AreaMode.FIT
    return DisplayedArea(
        _corner(first, 1),
        _corner(last, 1),
        mode,
        elements.number(item, "PresentationPixelMagnificationRatio", 0.0),
        pair[0] / pair[1] if len(pair) == _PAIR and min(pair) > 0 else 0.0,
        _own_targets(item),
    )


def _corner(values: tuple[float, ...], default: int) -> tuple[int, int]:
    return (int(values[0]), int(values[1])) if len(values) == _PAIR else (default, default)


def _annotation(item: Dataset) -> Annotation:
    graphics = [_graphic(known) for known in elements.items(item, "GraphicObjectSequence")[:_MOST_ITEMS]]
    words = [_words(known) for known in elements.items(item, "TextObjectSequence")[:_MOST_ITEMS]]
    drawn = Drawn(
        tuple(known for known in graphics if known is not None), tuple(known for known in words if known is not None)
    )
    return Annotation(elements.text(item, "GraphicLayer"), drawn, _own_targets(item))


def _graphic(item: Dataset) -> Graphic | None:
    try:
        kind = GraphicKind(elements.text(item, "GraphicType"))
    except ValueError:
        return None
    points = _points(item, "GraphicData")
    if not points:
        return None
    filled = elements.text(item, "GraphicFilled") == "Y"
    return Graphic(kind, points, filled, elements.text(item, "GraphicAnnotationUnits") == "DISPLAY")


def _words(item: Dataset) -> Words | None:
    lines = tuple(line.strip("\r") for line in elements.lines(item, "UnformattedTextValue"))
    corners = (
        *_points(item, "BoundingBoxTopLeftHandCorner"),
        *_points(item, "BoundingBoxBottomRightHandCorner"),
    )
    anchor = _points(item, "AnchorPoint")
    if not any(lines) or not (anchor or len(corners) == _PAIR):
        return None
    return Words(
        lines,
        (corners[0], corners[1]) if len(corners) == _PAIR else None,
        elements.text(item, "BoundingBoxAnnotationUnits") == "DISPLAY",
        anchor[0] if anchor else None,
        elements.text(item, "AnchorPointAnnotationUnits") == "DISPLAY",
        elements.text(item, "AnchorPointVisibility") == "Y",
    )


def _points(item: Dataset, keyword: str) -> tuple[Point, ...]:
    values = elements.numbers(item, keyword)[: 2 * _MOST_POINTS]
    return tuple(zip(values[::2], values[1::2], strict=False))


def _layers(data: Dataset) -> tuple[str, ...]:
    items = elements.items(data, "GraphicLayerSequence")
    ordered = sorted(items, key=lambda item: elements.whole(item, "GraphicLayerOrder", 0))
    return tuple(elements.text(item, "GraphicLayer") for item in ordered)


def _activated(data: Dataset) -> tuple[tuple[int, str], ...]:
    """(group, layer) of the overlays to be shown (PS3.3 C.11.7)."""
    found = []
    for group in groups(data):
        layer = group_text(data, group, _ACTIVATION)
        if layer:
            found.append((group, layer))
    return tuple(found)
