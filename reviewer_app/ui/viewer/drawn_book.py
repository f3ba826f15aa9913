"""What is drawn over the pictures of a case, fetched when first shown, and the presentation states that came with it.

Plain Python on the main thread; vault and workers are asked on lanes, and pictures refreshed when answers arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance, Study
from reviewer_app.domain.presentation import AreaMode, PresentationState
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import presentations
from reviewer_app.services.images import Frame
from reviewer_app.services.presentations import Companions
from reviewer_app.ui.actions import how
from reviewer_app.ui.viewer.drawn_state import NO_DRAWING, TileDrawing
from reviewer_app.ui.viewer.state import StudyGroup

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope

_KEPT = 64
_PLAIN_KEPT = 2000
Key = tuple[InstanceUid, int, str, bool]


class DrawnBook:
    """Drawings of the series of one case.

    Args:
        changed: Called with a series whose pictures look otherwise now.
    """

    def __init__(self, context: Context, case: CaseId, scope: Scope, changed: Callable[[SeriesUid], None]) -> None:
        self._context, self._case, self._scope, self._changed = context, case, scope, changed
        self._companions: dict[SeriesUid, Companions] = {}
        self._asked: set[SeriesUid] = set()
        self._drawings: dict[Key, TileDrawing] = {}
        self._pending: set[Key] = set()
        self._presented: tuple[Frame, PresentationState, Frame] | None = None
        self._keys: dict[SeriesUid, int] = {}
        self._selections: tuple[tuple[SeriesUid, int], ...] = ()
        self.visible = True

    # what tiles ask; never blocks

    def drawing(self, instance: Instance, frame: int, state_uid: str) -> TileDrawing:
        """What lies over a frame, as far as it is known; the picture is refreshed when more is.

        Args:
            state_uid: Of the presentation state that the reader chose, or empty.
        """
        series = instance.series_uid
        if series not in self._companions:
            self._ask(series)
            return self._nothing_yet(state_uid)
        state = self.state(instance, frame, state_uid)
        key = (instance.uid, frame, state.uid if state else "", self.visible)
        found = self._drawings.get(key)
        if found is None:
            self._draw(key, instance, frame, state)
            found = self._drawings.get(key)
        return found or self._nothing_yet(state.uid if state else "")

    def _nothing_yet(self, state_uid: str) -> TileDrawing:
        """What is awaited says already how the picture is meant to be seen, so that it can be cited."""
        return TileDrawing(state=state_uid, hidden=not self.visible) if state_uid or not self.visible else NO_DRAWING

    def presented(self, frame: Frame, state_uid: str) -> Frame:
        """A frame with its grey values as the chosen state wants them; the frame itself where there is none."""
        state = self.state(frame.instance, frame.number, state_uid)
        if state is None:
            return frame
        if self._presented is None or self._presented[0] is not frame or self._presented[1] is not state:
            self._presented = (frame, state, presentations.presented(frame, state))
        return self._presented[2]

    def state(self, instance: Instance, frame: int, state_uid: str) -> PresentationState | None:
        """The state that a frame, from 0, is shown by; None for as stored."""
        return next((known for known in self.offered(instance, frame) if known.uid == state_uid), None)

    # what the reader does

    def offered(self, instance: Instance, frame: int) -> tuple[PresentationState, ...]:
        """States that came for a frame, from 0."""
        companions = self._companions.get(instance.series_uid, Companions())
        return tuple(state for state in companions.states if state.applies(instance.uid, frame))

    def after(self, instance: Instance, frame: int, state_uid: str) -> PresentationState | None:
        """The state after this one; after the last, and where there are none, as stored (None)."""
        offered = self.offered(instance, frame)
        at = next((place for place, known in enumerate(offered) if known.uid == state_uid), -1) + 1
        return offered[at] if at < len(offered) else None

    def show(self, *, visible: bool) -> None:
        """Show or hide overlays, annotations and outlines; shutters stay, as they are part of the picture."""
        if visible != self.visible:
            self.visible = visible
            for series in self._companions:
                self._changed(series)

    # key images in the rail

    def read_keys(self, studies: Sequence[Study], then: Callable[[], None]) -> None:
        """Learn which series hold images that somebody marked; asks only where a selection came."""
        selections = tuple(
            (series.uid, series.held) for study in studies for series in study.series if series.modality == "KO"
        )
        if selections == self._selections:
            return
        self._selections = selections
        session, case = self._context.session, self._case

        def have(found: dict[SeriesUid, int]) -> None:
            self._keys = found
            then()

        self._scope.run(Lane.DECODE, lambda _job: presentations.key_images(session, case), have)

    def starred(self, group: StudyGroup) -> StudyGroup:
        """A study of the rail with a star on the series that hold key images."""
        cards = tuple(
            replace(card, count=f"{card.count}  ★ {self._keys[card.uid]}") if card.uid in self._keys else card
            for card in group.cards
        )
        return replace(group, cards=cards)

    # fetching

    def _ask(self, series: SeriesUid) -> None:
        if series in self._asked:
            return
        self._asked.add(series)
        session, case = self._context.session, self._case

        def then(found: Companions) -> None:
            self._companions[series] = found
            self._changed(series)

        def failed(error: ReviewerError) -> None:
            then(Companions(problems=(f"What came with this series cannot be read: {error.message}",)))

        self._scope.run(
            Lane.DECODE, lambda _job: presentations.companions(session, case, series), then, on_error=failed
        )

    def _draw(self, key: Key, instance: Instance, frame: int, state: PresentationState | None) -> None:
        companions = self._companions[instance.series_uid]
        notes = self._notes(companions, instance, frame, state)
        outlines = companions.outlines_on(instance.uid, frame)
        if not instance.draws and state is None and outlines.empty:
            if len(self._drawings) > _PLAIN_KEPT:
                self._drawings.clear()
            self._drawings[key] = TileDrawing(notes=notes, hidden=not self.visible)
            return
        if key in self._pending:
            return
        self._pending.add(key)
        session, case, visible = self._context.session, self._case, self.visible
        plain = TileDrawing(notes=notes, state=state.uid if state else "", hidden=not visible)

        def work(_job: object) -> TileDrawing:
            own = presentations.own_drawing(session, case, instance)
            drawn = presentations.drawn_with(own, instance, frame, state).and_(outlines)
            made = presentations.layer(drawn if visible else drawn.shutters_only, instance)
            return replace(plain, drawn=made.drawn, veil=made.veil) if made is not None else plain

        def then(made: TileDrawing) -> None:
            self._pending.discard(key)
            if len(self._drawings) > _KEPT:
                self._drawings = {known: one for known, one in self._drawings.items() if one.empty}
            self._drawings[key] = made
            self._changed(instance.series_uid)

        def failed(error: ReviewerError) -> None:
            then(replace(plain, notes=(*notes, f"Its overlays cannot be read: {error.message}")))

        self._scope.run(Lane.DECODE, work, then, on_error=failed)

    def _notes(
        self, companions: Companions, instance: Instance, frame: int, state: PresentationState | None
    ) -> tuple[str, ...]:
        said = []
        if state is not None:
            said.append(f"Shown as the presentation state “{state.title}” says.")
            area = state.area(instance.uid, frame)
            if area is not None and area.mode is AreaMode.TRUE_SIZE:
                said.append("It asks for true size, which this screen cannot promise; it is fitted instead.")
        elif offered := sum(known.applies(instance.uid, frame) for known in companions.states):
            said.append(
                f"{offered} presentation state{'s' if offered > 1 else ''} came with it: {how('images.presentation')}."
            )
        said += [
            f"Marked as key image: {known.title}{f' ({known.words})' if known.words else ''}."
            for known in companions.chosen(instance.uid, frame)
        ]
        names = companions.outlined(instance.uid, frame)
        if names and self.visible:
            said.append(f"Outlined: {', '.join(names)}. {how('images.drawings')} hides it.")
        if not self.visible and (instance.draws or companions.outlines or state is not None):
            said.append(f"Overlays and outlines are hidden: {how('images.drawings')}.")
        return (*said, *companions.problems)
