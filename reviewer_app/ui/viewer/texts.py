"""What is written over a picture and on the cards of the rail, made from what the index knows.

Words only: no pixels, no widgets.  What only the viewport knows - zoom and reduction, which depend on its size - is
added where it is painted.
"""

from __future__ import annotations

from collections.abc import Mapping

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import (
    DisplaySet,
    Instance,
    Plane,
    Series,
    Spacing,
    SpacingBasis,
    Study,
    Window,
)
from reviewer_app.domain.orientation import letters, opposite
from reviewer_app.domain.patient import ImageIdentity, clean
from reviewer_app.domain.space import Sheet
from reviewer_app.ui.viewer.state import SeriesCard, StudyGroup, Texts

_SIDES = {"L": "LEFT", "R": "RIGHT", "B": "BOTH SIDES", "U": ""}
TIMES = "\N{MULTIPLICATION SIGN}"
NO_PICTURES = frozenset({"SR", "KO", "PR", "RTSTRUCT", "RTPLAN", "REG", "ECG", "HD", "AU", "DOC", "SEG", "PLAN", "FID"})
"""Modalities whose series hold no pictures of their own."""
_KINDS = {
    "KO": "Key images", "SR": "Report", "PR": "Presentation states", "SEG": "Segments", "RTSTRUCT": "Structures",
    "ECG": "ECG", "DOC": "Document",
}  # fmt: skip
"""What series without a description are called."""


def person(name: str) -> str:
    """A DICOM person name (PS3.5 6.2) as `HARTMANN, Elisabeth Margarethe`, other scripts after it."""
    shown = []
    for group in name.split("="):
        parts = [*(clean(part) for part in group.split("^")), "", "", "", "", ""]
        family, given, middle, prefix, suffix = parts[:5]
        first = " ".join(part for part in (prefix, given, middle) if part)
        whole = ", ".join(part for part in (family.upper(), first, suffix) if part)
        if whole:
            shown.append(whole)
    return "  ".join(shown) or "(no name)"


def day(text: str) -> str:
    """A DICOM date (`YYYYMMDD`) as `YYYY-MM-DD`; anything else as it is."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else clean(text)


def identity_lines(identity: ImageIdentity) -> tuple[str, str]:
    """Name; id, birth date and sex - as the image itself says them."""
    born = day(identity.birth_date) or "(no birth date)"
    number = clean(identity.patient_id) or "(no id)"
    return person(identity.name), f"{number}   {born}   {clean(identity.sex) or '(sex ?)'}"


def number(value: float) -> str:
    """A figure with as many decimals as it needs: at most two, of small ones three digits that say something."""
    if 0 < abs(value) < 0.1:
        return f"{value:.3g}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def window_line(window: Window | None) -> str:
    """`W 400  L 40  Soft tissue`; empty where the picture has no window."""
    if window is None:
        return ""
    named = f"  {clean(window.name)}" if window.name else ""
    return f"W {number(window.width)}  L {number(window.center)}{named}"


def spacing_line(spacing: Spacing) -> str:
    """Distance between pixels with what it rests on."""
    if spacing.basis is SpacingBasis.UNKNOWN or not spacing.row or not spacing.column:
        return "spacing not known: pixels, no mm"
    across, down = f"{spacing.column:.3g}", f"{spacing.row:.3g}"
    size = across if across == down else f"{across} {TIMES} {down}"
    basis = "" if spacing.basis is SpacingBasis.PATIENT else f" ({spacing.basis.value})"
    return f"pixel {size} mm{basis}"


def position_line(plane: Plane | None) -> str:
    """Where the slice lies along its own normal, named by the side of the patient: `F 432.5 mm`."""
    if plane is None:
        return ""
    along = plane.along_normal
    direction = letters(plane.normal)
    side = direction if along >= 0 else opposite(direction)
    return f"{side} {abs(along):.1f} mm" if side else f"{along:.1f} mm"


def counter(display_set: DisplaySet, index: int) -> str:
    """`image 45 / 98`, with the instance number where it is another; `frame 12 / 96` in one multi-frame instance."""
    instance, frame = display_set.images[index]
    total = len(display_set)
    if instance.pixels is not None and instance.pixels.frames > 1:
        if total == instance.pixels.frames:
            other = f"  (frame no. {frame + 1})" if frame != index else ""
            return f"frame {index + 1} / {total}{other}"
        return f"image {index + 1} / {total}  (no. {instance.number}, frame {frame + 1})"
    other = f"  (no. {instance.number})" if instance.number not in (0, index + 1) else ""
    return f"image {index + 1} / {total}{other}"


def cited_as(display_set: DisplaySet, index: int) -> str:
    """Words for the chip of a citation: `CT 2026-08-20, image 45`."""
    instance, frame = display_set.images[index]
    what = f"image {instance.number or index + 1}"
    if instance.pixels is not None and instance.pixels.frames > 1:
        several = len(display_set) > instance.pixels.frames
        what = f"{what}, frame {frame + 1}" if several else f"frame {frame + 1}"
    when = display_set.study.date[:10]
    return f"{clean(display_set.series.modality)} {when or '(no date)'}, {what}"


def corner_texts(
    display_set: DisplaySet,
    index: int,
    window: Window | None,
    *,
    inverted: bool = False,
    calibrated: Spacing | None = None,
) -> Texts:
    """Everything that always stands over the picture at this index.

    Args:
        calibrated: By the reader; said instead of what the file says.
    """
    instance, frame = display_set.images[index]
    series, study = display_set.series, display_set.study
    shown = instance.frames[frame] if frame < len(instance.frames) else None
    spacing = calibrated or (shown.spacing if shown is not None else None)
    name, born = identity_lines(instance.identity)
    when = study.date or "(no study date)"
    side = laterality(instance, series)
    described = "  ".join(part for part in (clean(series.description) or "(no description)", side) if part)
    technique = [f"{clean(series.modality)}   series {series.number}"]
    if series.body_part:
        technique.append(clean(series.body_part))
    if instance.pixels is not None:
        technique.append(f"{instance.pixels.columns} {TIMES} {instance.pixels.rows}")
    if spacing is not None:
        technique.append(spacing_line(spacing))
    if display_set.spacing_between:
        technique.append(f"slices every {number(display_set.spacing_between)} mm")
    place = [line for line in (position_line(shown.plane if shown else None), counter(display_set, index)) if line]
    return Texts(
        patient=(name, born, f"{when}   {clean(study.description)}".rstrip(), described),
        technique=tuple(technique),
        place=tuple(place),
        window=window_lines(window, inverted=inverted, suv=instance.suv_factor),
        brief_patient=(name, born, f"{when[:10]}  {described}"),
        brief_technique=(clean(series.modality), *_doubtful_spacing(spacing)),
    )


def window_lines(window: Window | None, *, inverted: bool, suv: float = 0.0) -> tuple[str, ...]:
    """Polarity and window, a line each.

    Args:
        suv: Factor from modality values to SUV, which is then said beside them.
    """
    lines = ["inverted"] if inverted else []
    if window is not None:
        lines.append(window_line(window))
        if suv:
            low, high = (max((window.center + side * window.width / 2) * suv, 0.0) for side in (-1, 1))
            lines.append(f"SUV {number(low)} to {number(high)}")
    return tuple(lines)


def reformat_texts(source: DisplaySet, name: str, slab: str, sheet: Sheet, place: tuple[int, int]) -> Texts:
    """Everything that always stands over a reformat.

    Args:
        name: Of the plane, such as `coronal`.
        slab: `MIP 20 mm`, or empty for a plane.
        place: Which plane of how many, from 0.
    """
    original = corner_texts(source, 0, None)
    spacing = Spacing(sheet.row_step, sheet.column_step, SpacingBasis.PATIENT)
    number, count = place
    what = tuple(filter(None, (name.upper(), slab)))
    return Texts(
        patient=original.patient,
        technique=(original.technique[0], *what, f"{sheet.columns} {TIMES} {sheet.rows}", spacing_line(spacing)),
        place=(position_line(sheet.plane), f"plane {number + 1} / {count}"),
        brief_patient=original.brief_patient,
        brief_technique=(*original.brief_technique, *what),
    )


def _doubtful_spacing(spacing: Spacing | None) -> tuple[str, ...]:
    """Said even where there is little room, unless pixels are plainly millimetres in the patient."""
    if spacing is None or spacing.basis is SpacingBasis.PATIENT:
        return ()
    return ("no mm",) if spacing.basis is SpacingBasis.UNKNOWN else (spacing.basis.value,)


def laterality(instance: Instance, series: Series) -> str:
    """`LEFT`, `RIGHT`, `BOTH SIDES`, or empty where not said."""
    code = instance.laterality or series.laterality
    return _SIDES.get(code, clean(code))


def lossy_mark(instance: Instance) -> str:
    """`LOSSY 12:1`, `LOSSY` where the ratio is not known, empty where the image never was."""
    ratio = instance.lossy_ratio
    if not ratio:
        return ""
    return "LOSSY" if ratio <= 1 else f"LOSSY {ratio:.0f}:1" if ratio >= 10 else f"LOSSY {number(round(ratio, 1))}:1"


def notes(display_set: DisplaySet, instance: Instance) -> tuple[str, ...]:
    """Doubts about what is shown, in sentences: of the image, the stack, and what is missing of the series."""
    series = display_set.series
    missing: tuple[str, ...] = ()
    if series.held < series.expected:
        missing = (f"Only {series.held} of {series.expected} images are on this machine.",)
    return tuple(dict.fromkeys((*instance.warnings, *display_set.warnings, *missing, *series.problems)))


def study_group(study: Study, shown: frozenset[str], frames: Mapping[SeriesUid, int]) -> StudyGroup:
    """A study as the rail lists it.

    Args:
        shown: Series on screen.
        frames: How many frames a multi-frame series holds, as far as known.
    """
    title = "   ".join(part for part in (study.date or "(no date)", clean(study.description)) if part)
    if study.listed_only:
        return StudyGroup(title, (), "Mentioned in the records; the image server does not hold it.")
    cards = tuple(
        series_card(series, shown=series.uid in shown, frames=frames.get(series.uid, 0)) for series in study.series
    )
    return StudyGroup(title, cards, "" if cards else "No series received yet; sync to fetch it.")


def series_card(series: Series, *, shown: bool, frames: int = 0) -> SeriesCard:
    """A series as the rail lists it."""
    viewable = series.modality not in NO_PICTURES
    missing = "" if series.held >= series.expected else f"{series.expected - series.held} missing"
    noun = "image" if viewable else "object"
    total = max(series.expected, series.held)
    count = f"{series.held} of {total}" if missing else str(total)
    counted = f"{count} {noun}{'' if total == 1 else 's'}"
    title = (
        clean(series.description) or clean(series.body_part) or _KINDS.get(series.modality, f"Series {series.number}")
    )
    return SeriesCard(
        uid=series.uid,
        modality=clean(series.modality),
        title=title,
        count=f"{frames} frames" if frames and total == 1 else counted,
        offline=series.offline,
        missing=missing,
        stranger=series.mismatch,
        problems=series.problems,
        shown=shown,
        viewable=viewable,
    )
