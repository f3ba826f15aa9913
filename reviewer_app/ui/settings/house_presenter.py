"""Keeps the cards about the vault itself; they are read when the page is shown, not at every unlock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import session as sessions
from reviewer_app.services import storage
from reviewer_app.ui.settings.house_state import HouseState, stored

if TYPE_CHECKING:  # the log is compared with servers: the network is loaded when it is checked
    from reviewer_app.services.audit import LogVerdict
    from reviewer_app.services.session import Session
    from reviewer_app.services.storage import Held
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.settings.house import StorageCard, VaultCard


class HousePresenter:
    """Keeps the cards of vault and storage."""

    def __init__(self, vault: VaultCard, storage_card: StorageCard, context: Context) -> None:
        self._vault, self._storage, self._context = vault, storage_card, context
        self._scope = context.runner.scope()
        self._state = HouseState()
        self._read = False
        vault.check.connect(self.check)
        vault.go_on.connect(self.go_on)
        vault.keep.connect(lambda: self._show(replace(self._state, going_on=False)))
        storage_card.erase.connect(self.erase)
        storage_card.keep.connect(lambda: self._show(replace(self._state, confirm=None)))
        context.bus.changed.connect(self._changed)
        self._show(self._state)

    @property
    def state(self) -> HouseState:
        """What is on screen."""
        return self._state

    def reload(self) -> None:
        """Read how the vault is."""
        self._read = True
        session = self._context.session
        self._scope.run(Lane.VAULT, lambda _job: _how(session), self._received, on_error=self._failed)

    def close(self) -> None:
        """Drop what is awaited."""
        self._scope.close()

    def check(self) -> None:
        """Check the audit log."""
        session = self._context.session

        def work(_job: object) -> LogVerdict:
            from reviewer_app.services import audit

            return audit.verify(session)

        self._show(replace(self._state, busy=True, log=("Checking the log…",), log_wrong=False))
        self._scope.run(Lane.VAULT, work, self._checked, on_error=self._failed)

    def go_on(self) -> None:
        """Take an older copy for the right one; asked once, done when asked again."""
        if not self._state.going_on:
            self._show(replace(self._state, going_on=True))
            return
        session = self._context.session
        self._show(replace(self._state, busy=True, going_on=False))
        self._scope.run(Lane.VAULT, lambda _job: sessions.go_on(session), self._done, on_error=self._failed)

    def erase(self, case: CaseId) -> None:
        """Erase a case; asked once, done when asked again."""
        if self._state.confirm != case:
            self._show(replace(self._state, confirm=case, problem=""))
            return
        session = self._context.session
        self._show(replace(self._state, busy=True, confirm=None))
        self._scope.run(
            Lane.VAULT, lambda _job: storage.erase(session, case, draft_too=True), self._done, on_error=self._failed
        )

    def _checked(self, verdict: LogVerdict) -> None:
        self._show(replace(self._state, busy=False, log=verdict.lines, log_wrong=not verdict.ok))

    def _done(self, changed: Changed) -> None:
        self._show(replace(self._state, busy=False))
        self._context.bus.announce(changed)
        self.reload()

    def _changed(self, changed: Changed) -> None:
        if self._read and Kind.CASES in changed.kinds:
            self.reload()

    def _received(self, how: tuple[tuple[Held, ...], str, bool]) -> None:
        rows, total = stored(how[0])
        self._show(replace(self._state, stored=rows, total=total, read_only=how[1], guarded=how[2], problem=""))

    def _failed(self, error: ReviewerError) -> None:
        self._show(replace(self._state, busy=False, log=(), problem=str(error)))

    def _show(self, state: HouseState) -> None:
        self._state = state
        self._vault.show_state(state)
        self._storage.show_state(state)


def _how(session: Session) -> tuple[tuple[Held, ...], str, bool]:
    return storage.held(session), sessions.read_only(session), sessions.guarded(session)
