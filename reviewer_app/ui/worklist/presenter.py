"""The worklist's decisions: what is listed, what is selected, and what accepting or declining asks of the services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.case import DeclineReason, WorklistEntry
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import worklist
from reviewer_app.ui.worklist.preview import preview_of
from reviewer_app.ui.worklist.rows import Chip, Row, chosen, counts, row_of
from reviewer_app.ui.worklist.state import Decision, WorklistState

if TYPE_CHECKING:  # presenters are plain Python; the view is given to them
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.worklist.view import WorklistView

_EMPTY = {
    Chip.MINE: "Nothing to do. Cases that are assigned to you arrive with a sync (F5).",
    Chip.WAITING: "No case waits for somebody else.",
    Chip.SIGNED: "Every signed opinion is delivered.",
    Chip.DELIVERED: "No opinion has been delivered yet.",
    Chip.CLOSED: "No case is closed yet.",
    Chip.ALL: "No case has arrived yet. Sync now (F5) to ask your programmes.",
}


class WorklistPresenter:
    """Keeps the worklist.

    Args:
        on_open: Called with the case whose desk shall be opened.
        on_entries: Called with all entries whenever they were read, for the status bar and the palette.
    """

    def __init__(
        self,
        view: WorklistView,
        context: Context,
        on_open: Callable[[CaseId], None],
        on_entries: Callable[[tuple[WorklistEntry, ...]], None],
    ) -> None:
        self._view, self._context = view, context
        self._on_open, self._on_entries = on_open, on_entries
        self._scope = context.runner.scope()
        self._entries: tuple[WorklistEntry, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._state = WorklistState()
        self._read = False
        self._arriving = False
        view.select.connect(self.select)
        view.open_case.connect(on_open)
        view.chip.connect(self.choose)
        view.search.connect(self.search)
        view.begin.connect(self.begin)
        view.accept.connect(self.accept)
        view.decline.connect(self.decline)
        context.bus.changed.connect(self._changed)

    @property
    def state(self) -> WorklistState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Read the list."""
        self._view.show_state(self._state)
        self.reload()

    def close(self) -> None:
        """Drop what is awaited."""
        self._scope.close()

    def reload(self) -> None:
        """Read the list again; selection, list and search stay."""
        session = self._context.session
        self._scope.run(
            Lane.VAULT,
            lambda _job: worklist.entries(session),
            self._received,
            on_error=lambda error: self._show(problem=error),
        )

    def syncing(self, running: bool) -> None:
        """Know whether cases may be on their way, so that an empty list does not ask for a sync that runs."""
        if running is not self._arriving:
            self._arriving = running
            self._show()

    def select(self, case: CaseId) -> None:
        """Show a case beside the list; an editor that was open for another is closed."""
        if case != self._state.selected:
            self._state = replace(self._state, selected=case, decision=Decision.NONE, problem=None)
            self._show()

    def choose(self, chip: Chip) -> None:
        """Show another list."""
        self._state = replace(self._state, chip=chip, search="", decision=Decision.NONE, problem=None)
        self._show()

    def search(self, text: str) -> None:
        """Look for words in all lists."""
        self._state = replace(self._state, search=text, decision=Decision.NONE, problem=None)
        self._show()

    def begin(self, decision: Decision) -> None:
        """Open the editor of a decision where the case can be decided, or close it."""
        preview = self._state.preview
        if decision is Decision.NONE or (preview is not None and preview.decidable):
            self._state = replace(self._state, decision=decision, problem=None)
            self._show()

    def accept(self, independent: bool, competent: bool, timely: bool) -> None:
        """Accept the selected case with what was confirmed."""
        session, case = self._context.session, self._state.selected
        if case is None:
            return
        attestation = worklist.attest(independent=independent, competent=competent, timely=timely)
        self._decide(lambda: worklist.accept(session, case, attestation))

    def decline(self, reason: DeclineReason, words: str) -> None:
        """Decline the selected case."""
        session, case = self._context.session, self._state.selected
        if case is not None:
            self._decide(lambda: worklist.decline(session, case, reason, words))

    def _decide(self, act: Callable[[], Changed]) -> None:
        if self._state.saving:
            return
        self._state = replace(self._state, saving=True, problem=None)
        self._show()
        self._scope.run(Lane.VAULT, lambda _job: act(), self._decided, on_error=self._refused)

    def _decided(self, changed: Changed) -> None:
        self._state = replace(self._state, saving=False, decision=Decision.NONE)
        self._show()
        self._context.bus.announce(changed)

    def _refused(self, error: ReviewerError) -> None:
        self._state = replace(self._state, saving=False)
        self._show(problem=error)

    def _changed(self, changed: Changed) -> None:
        if changed.kinds & {Kind.CASES, Kind.OUTBOX, Kind.RECORDS, Kind.IMAGES, Kind.OPINION}:
            self.reload()

    def _received(self, entries: tuple[WorklistEntry, ...]) -> None:
        self._entries, moment = entries, now()
        self._rows = tuple(row_of(entry, moment) for entry in entries)
        self._read = True
        self._show()
        self._on_entries(entries)

    def _show(self, *, problem: ReviewerError | None = None) -> None:
        state = self._state
        rows = chosen(self._rows, state.chip, state.search)
        listed = {row.case for row in rows}
        selected = state.selected if state.selected in listed else (rows[0].case if rows else None)
        entry = next((entry for entry in self._entries if entry.case.id == selected), None)
        self._state = replace(
            state,
            rows=rows,
            counts=counts(self._rows),
            selected=selected,
            preview=preview_of(entry, now()) if entry else None,
            decision=state.decision if selected == state.selected else Decision.NONE,
            empty=self._empty(problem),
            problem=problem or state.problem,
        )
        self._view.show_state(self._state)

    def _empty(self, problem: ReviewerError | None) -> str:
        if problem is not None and not self._read:
            return str(problem)
        if not self._read:
            return "Reading the vault…"
        if self._state.search:
            return f"No case matches “{self._state.search}”. Search for a name, number, question or reason."
        if self._arriving and not self._rows:
            return "Asking your programmes. Cases appear here as they arrive."
        return _EMPTY[Chip.ALL] if not self._rows else _EMPTY[self._state.chip]
