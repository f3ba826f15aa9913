"""What came with a case to be shown over its images: presentation states, key selections, outlines, overlays.

Read from the vault and parsed in a worker; call on a background thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.dicom import veil
from reviewer_app.dicom.presenting import presented as presented_instance
from reviewer_app.domain.drawn import NOTHING_DRAWN, Drawn
from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.presentation import KeySelection, PresentationState, Target, in_area, meant
from reviewer_app.errors import NotFound, ReviewerError
from reviewer_app.services.frames import Frame
from reviewer_app.services.outlining import Outlined, outlined
from reviewer_app.services.session import Session

_KINDS = ("PR", "KO", "SEG", "RTSTRUCT")
_MOST_OBJECTS = 200


@dataclass(frozen=True, slots=True)
class Companions:
    """What came to be shown over one series.

    Attributes:
        problems: What could not be read or applied, in sentences.
    """

    states: tuple[PresentationState, ...] = ()
    selections: tuple[KeySelection, ...] = ()
    outlines: tuple[Outlined, ...] = ()
    problems: tuple[str, ...] = ()

    def outlines_on(self, instance: InstanceUid, frame: int) -> Drawn:
        """Outlines over a frame, from 0."""
        found = NOTHING_DRAWN
        for known in self.outlines:
            found = found.and_(known.on(instance, frame))
        return found

    def outlined(self, instance: InstanceUid, frame: int) -> tuple[str, ...]:
        """Names of what is outlined on a frame, from 0."""
        drawn = self.outlines_on(instance, frame)
        names = [plane.name for plane in drawn.planes] + [graphic.name for graphic in drawn.graphics]
        return tuple(dict.fromkeys(filter(None, names)))

    def chosen(self, instance: InstanceUid, frame: int) -> tuple[KeySelection, ...]:
        """Selections that name a frame, from 0."""
        return tuple(known for known in self.selections if any(t.holds(instance, frame) for t in known.targets))


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What lies over one frame, ready to be painted.

    Attributes:
        drawn: Graphics and words, all in pixels of the image.
        veil: (rows, columns) uint32 0xAARRGGBB, premultiplied, of overlays, segments and shutters; or None.
    """

    drawn: Drawn
    veil: np.ndarray | None = None


def companions(session: Session, case_id: CaseId, series_uid: SeriesUid) -> Companions:
    """Everything in the case that refers to a series; what another patient's series says is left out."""
    images = session.vault.images
    objects = tuple(_objects(session, case_id))
    if not objects:  # most cases bring none, and reading the index of a long series takes its time
        return Companions()
    mine = images.instances(case_id, series_uid)
    uids = frozenset(instance.uid for instance in mine)
    frame_of_reference = {instance.frame_of_reference for instance in mine}
    states, selections, outlines, problems = [], [], [], []
    for kind, instance in objects:
        try:
            if kind == "PR":
                state = session.workers.presentation(images.file(case_id, instance.uid))
                if any(target.instance in uids for target in state.targets):
                    states.append(state)
                    problems += [state.problem] if state.problem else []
            elif kind == "KO":
                selection = session.workers.key_selection(images.file(case_id, instance.uid))
                selections += [selection] if any(target.instance in uids for target in selection.targets) else []
            elif instance.series_uid != series_uid and (
                kind == "RTSTRUCT"
                or not instance.frame_of_reference
                or instance.frame_of_reference in frame_of_reference
            ):
                found = outlined(session, case_id, instance, mine)
                outlines += [found] if not found.empty else []
                problems += found.problems
        except ReviewerError as error:
            problems.append(f"An object that came with the images ({kind}) cannot be read: {error.message}")
    usable = sorted((state for state in states if not state.problem), key=lambda state: (state.created, state.label))
    return Companions(tuple(usable), tuple(selections), tuple(outlines), tuple(dict.fromkeys(problems)))


def key_images(session: Session, case_id: CaseId) -> dict[SeriesUid, int]:
    """How many images and frames of each series somebody marked as key images.

    A selection that cannot be read marks none here; it is said where the series is shown.
    """
    images = session.vault.images
    marked: dict[SeriesUid, set[Target]] = {}
    for _, instance in _objects(session, case_id, ("KO",)):
        try:
            selection = session.workers.key_selection(images.file(case_id, instance.uid))
        except ReviewerError:
            continue
        for target in selection.targets:
            with suppress(NotFound):
                marked.setdefault(images.instance(case_id, target.instance).series_uid, set()).add(target)
    return {series: len(targets) for series, targets in marked.items()}


def _objects(session: Session, case_id: CaseId, kinds: tuple[str, ...] = _KINDS) -> Iterator[tuple[str, Instance]]:
    count = 0
    for study in session.vault.images.studies(case_id):
        for series in study.series:
            if series.modality not in kinds or series.mismatch or not series.held:
                continue
            for instance in session.vault.images.instances(case_id, series.uid):
                count += 1
                if count > _MOST_OBJECTS:
                    return
                yield series.modality, instance


def own_drawing(session: Session, case_id: CaseId, instance: Instance) -> Drawn:
    """Overlays and shutters that an image brings with it."""
    if not instance.draws:
        return NOTHING_DRAWN
    return session.workers.drawn(session.vault.images.file(case_id, instance.uid))


def presented(frame: Frame, state: PresentationState | None) -> Frame:
    """A frame whose grey values go through a state; colour frames and None change nothing."""
    if state is None or frame.colour or not state.applies(frame.instance.uid, frame.number):
        return frame
    return replace(frame, instance=presented_instance(frame.instance, frame.number, state))


def state_of(session: Session, case_id: CaseId, uid: str) -> PresentationState | None:
    """The state of this instance UID, or None where it is not held any more."""
    try:
        return session.workers.presentation(session.vault.images.file(case_id, InstanceUid(uid))) if uid else None
    except NotFound:
        return None


def drawn_with(own: Drawn, instance: Instance, frame: int, state: PresentationState | None) -> Drawn:
    """What is drawn over a frame: by itself, or only what a state wants, all points in pixels of the image."""
    own = own.on(frame)
    if state is None or not state.applies(instance.uid, frame) or instance.pixels is None:
        return own
    shown = {group for group, _ in state.overlays}
    result = Drawn(planes=tuple(plane for plane in own.planes if plane.group in shown)).and_(state.drawn)
    order = {name: place for place, name in enumerate(state.layers)}
    for annotation in sorted(state.annotations, key=lambda known: order.get(known.layer, -1)):
        if meant(annotation.targets, instance.uid, frame):
            result = result.and_(annotation.drawn)
    area = state.area(instance.uid, frame)
    pixel = instance.pixels
    if area is None:
        return result
    return result.placed(
        lambda point: in_area(area, pixel.columns, pixel.rows, state.rotation, flipped=state.flipped, point=point)
    )


def drawn_over(
    session: Session, case_id: CaseId, instance: Instance, frame: int, state: PresentationState | None
) -> Drawn:
    """Everything drawn over a frame, from 0: by itself or by a state, and the outlines that came with its series.

    Raises:
        Unreadable: Its own overlays cannot be read.
    """
    outlines = companions(session, case_id, instance.series_uid).outlines_on(instance.uid, frame)
    return drawn_with(own_drawing(session, case_id, instance), instance, frame, state).and_(outlines)


def layer(drawn: Drawn, instance: Instance) -> Layer | None:
    """What is drawn, ready to be painted; None for nothing."""
    if drawn.empty or instance.pixels is None:
        return None
    return Layer(drawn, veil.veil(drawn, instance.pixels.rows, instance.pixels.columns))
