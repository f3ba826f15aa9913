"""The desk of one case: opens it, makes its panes, carries citations between them, and puts everything away."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import in_words, now
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Citable, Citation, CitationKind
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import arrangement, worklist
from reviewer_app.services.calm import CALM
from reviewer_app.ui.early import Early
from reviewer_app.ui.shell.panes import PANES, Pane, PaneKind
from reviewer_app.ui.shell.state import banner_of

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.shell.desk import Desk

_PANE_OF = {CitationKind.RECORD: "records", CitationKind.RESULT: "labs", CitationKind.IMAGE: "images"}
_PANE_OF_LINK = {
    "record": "records", "found": "records", "series": "images", "study": "images", "trend": "labs", "therapy": "labs",
    "question": "opinion",
}  # fmt: skip
_FIRST = "images"
_TURNS = (_FIRST, "records", "labs", "opinion")
"""The draft comes last: its rules look at what the others show, and it goes on building sections out of view."""
_KEEP_AFTER_MS = 800
_HOLD, _LOOK_EVERY_MS, _REACH_MS = 0.3, 2, 8
"""Seconds that the first picture and what is read may keep panes waiting, how often they are looked for, and how long
what was made takes to reach the screen."""
_YIELD = 3.0
"""Seconds more for which panes give way to a hand that goes through the pictures."""
_CALM = 1.0
"""Seconds after which images are read ahead, although the desk does not stand yet."""
_REST_MS = 150
"""After the last pane was made; its draft is on screen by then."""


class CaseDesk:
    """Keeps the desk.

    Args:
        on_opened: Called when a case is on the desk.
        on_settled: Called when all its panes are there, or it could not be opened.
    """

    def __init__(
        self, view: Desk, context: Context, on_opened: Callable[[Case], None], on_settled: Callable[[], None]
    ) -> None:
        self._view, self._context, self._on_opened, self._on_settled = view, context, on_opened, on_settled
        self._scope = context.runner.scope()
        self._case: Case | None = None
        self._panes: dict[str, Pane] = {}
        self._to_build: list[PaneKind] = []
        self._reading = context.runner.scope()
        self._early: dict[str, Early[object]] = {}
        self._pictured = False
        self._hold_until = self._yield_until = 0.0
        self._building = QTimer(view)
        self._building.timeout.connect(self._build_next)
        self._keeping = QTimer(view)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_AFTER_MS)
        self._keeping.timeout.connect(self._keep)
        view.arranged.connect(self._keeping.start)
        view.cite.connect(self.cite)
        context.bus.show_place.connect(self.show_place)
        context.bus.link.connect(self.open_link)
        context.bus.changed.connect(self._changed)
        context.bus.cite.connect(self._cited_early)

    @property
    def case(self) -> Case | None:
        """The case on the desk."""
        return self._case

    def pane(self, identifier: str) -> Pane:
        """The presenter of a pane of the open case; made now where its turn has not come yet."""
        self._build(identifier)
        return self._panes[identifier]

    def made(self, identifier: str) -> Pane | None:
        """The presenter of a pane, or None where there is no case or its turn has not come yet."""
        return self._panes.get(identifier)

    def open(self, case_id: CaseId) -> None:
        """Put a case on the desk; the one that lies there is saved and put away first."""
        if self._case is not None and self._case.id == case_id:
            self._on_opened(self._case)
            return
        session = self._context.session

        def work(_job: Job) -> tuple[Case, bytes | None]:
            opened = worklist.open_case(session, case_id)
            arrangement.remember(session, case_id)
            return opened, arrangement.arrangement(session, case_id)

        self._scope.run(Lane.VAULT, work, self._opened, on_error=self._refused)

    def put_away(self) -> None:
        """Save what is not saved, stop every work of the case, and clear the desk."""
        if self._case is None:
            return
        if self._keeping.isActive():
            self._keeping.stop()
            self._keep()
        self._building.stop()
        self._to_build.clear()
        self._forget_early()
        for pane in self._panes.values():
            flush = getattr(pane, "flush", None)
            if flush is not None:
                flush()
        for pane in self._panes.values():
            pane.close()
        self._panes.clear()
        self._case = None
        self._view.clear()

    def close(self) -> None:
        """Put the case away and take no more."""
        self.put_away()
        self._scope.close()

    def cite(self) -> None:
        """Cite what is selected in the pane with the focus at the caret of the opinion."""
        self._build(self._view.focused)
        pane = self._panes.get(self._view.focused)
        citable: Citable | None = pane.selection() if pane is not None else None
        if citable is None:
            self._context.bus.notice.emit(
                "Nothing to cite is selected. Select a record, a lab value or an image first."
            )
            return
        self._context.bus.cite.emit(citable)

    def show_place(self, citation: Citation) -> None:
        """Bring back exactly what was cited, in its pane."""
        identifier = _PANE_OF.get(citation.kind)
        if identifier is None or self._case is None:
            return
        pane = self.pane(identifier)
        self._view.go_to(identifier)
        pane.show_place(citation)

    def open_link(self, link: str) -> None:
        """Follow a link such as `record:DocumentReference/1` to its pane."""
        identifier = _PANE_OF_LINK.get(link.partition(":")[0], "")
        self._build(identifier)
        follow = getattr(self._panes.get(identifier), "open_link", None)
        if follow is not None:
            self._view.go_to(identifier)
            follow(link)

    def _opened(self, opened: tuple[Case, bytes | None]) -> None:
        self.put_away()
        case, kept = opened
        self._case = case
        self._show_banner(case)
        self._view.show_rooms(kept)
        self._to_build = sorted(PANES, key=self._urgency)
        self._build(self._to_build[0].id)
        self._on_opened(case)
        self._pictured = False
        self._hold_until = time.monotonic() + _HOLD
        self._yield_until = self._hold_until + _YIELD
        CALM.hold(_CALM)
        self._building.start(_LOOK_EVERY_MS)

    def _go_on(self) -> None:
        """What was made is on screen: what was kept waiting for it begins, unless the case was put away."""
        if self._case is not None:
            self._read_early()
            self._building.start()

    def _read_early(self) -> None:
        """Let the vault read while the panes are made, in the order in which they will be; after the first picture."""
        for kind in self._to_build:
            if kind.read is not None and kind.id not in self._early and self._case is not None:
                self._early[kind.id] = Early(self._reading, Lane.VAULT, partial(kind.read, self._context, self._case))

    def _forget_early(self) -> None:
        """Drop what was read for panes that are not made; a pane made later reads by itself."""
        self._reading.close()
        self._reading = self._context.runner.scope()
        self._early.clear()

    def _urgency(self, kind: PaneKind) -> tuple[bool, bool, int]:
        """What is hidden comes last."""
        return kind.id != _FIRST, not self._view.shown(kind.id), _TURNS.index(kind.id)

    def _build_next(self) -> None:
        """One pane a turn of the event loop, so that pictures and keys come between; the first picture before them."""
        moment = time.monotonic()
        if (self._held() and moment < self._hold_until) or (CALM.used and moment < self._yield_until):
            return
        if not self._pictured:
            self._pictured = True
            self._pause()  # in which the picture reaches the screen
            return
        if self._to_build:
            self._build(self._to_build[0].id)
        if not self._to_build:
            self._building.stop()
            self._on_settled()
            QTimer.singleShot(_REST_MS, self._read_on)
        elif len(self._to_build) == 1:
            self._pause()  # in which the others reach the screen; the last is not looked at first

    def _held(self) -> bool:
        """Whether the next pane waits for the first picture, or for what it shows itself.

        Reading and making widgets take the interpreter from each other: both at once take longer than one by one.
        """
        early = self._early.get(self._to_build[0].id) if self._to_build else None
        pictures = any(getattr(pane, "waiting", False) for pane in self._panes.values())
        return pictures or (early is not None and not early.answered)

    def _pause(self) -> None:
        """Make the next pane once what is there has been painted."""
        self._building.stop()
        QTimer.singleShot(_REACH_MS, self._go_on)

    def _read_on(self) -> None:
        """The desk stands: what nobody waits for is read, once no hand is on a picture."""
        if CALM.used:
            QTimer.singleShot(_REST_MS, self._read_on)
            return
        CALM.end()
        for pane in self._panes.values():
            read_on = getattr(pane, "read_on", None)
            if read_on is not None:
                read_on()

    def _build(self, identifier: str) -> None:
        """Make a pane and let it read what it shows, unless it is there; pictures first, they listen to the draft."""
        for kind in tuple(self._to_build):
            if kind.id in (identifier, _FIRST) and self._case is not None:
                self._to_build.remove(kind)
                widget, self._panes[kind.id] = kind.make(
                    self._context, self._case, self._view.room(kind.id), self._early.pop(kind.id, None)
                )
                self._view.put(kind.id, widget)
                self._panes[kind.id].start()

    def _cited_early(self, citable: Citable) -> None:
        """What is cited before the pane of the draft was built is said again, as nobody has heard it yet."""
        if self._case is not None and "opinion" not in self._panes:
            self._build("opinion")
            self._context.bus.cite.emit(citable)

    def _refused(self, error: ReviewerError) -> None:
        self._context.bus.problem.emit(error)
        self._on_settled()

    def _show_banner(self, case: Case) -> None:
        moment, today = case.deadline.last_moment, now()
        due = f"due {case.deadline.shown}, {in_words(moment, today)}" if moment and not case.state.done else ""
        self._view.banner.show_state(
            banner_of(case, case.patient.age(today), due, overdue=moment is not None and moment < today)
        )

    def _keep(self) -> None:
        if self._case is None:
            return
        session, case_id, arranged = self._context.session, self._case.id, self._view.saved()
        self._context.runner.always.run(
            Lane.VAULT, lambda _job: arrangement.keep(session, case_id, arranged), lambda _nothing: None
        )

    def _changed(self, changed: Changed) -> None:
        if self._case is None or changed.case not in (None, self._case.id):
            return
        if Kind.RECORDS in changed.kinds:
            self._forget_early()  # a pane that has taken it reads again
        if Kind.CASES not in changed.kinds:
            return
        session, case_id = self._context.session, self._case.id
        self._scope.run(Lane.VAULT, lambda _job: worklist.find(session, case_id), self._again)

    def _again(self, case: Case) -> None:
        if self._case is not None and case.id == self._case.id:
            self._case = case
            self._show_banner(case)
