"""Checks signed letters that lie in files; nothing of them is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.errors import NotFound, ReviewerError, Unreadable
from reviewer_app.jobs import Job, Lane
from reviewer_app.ui.verify.state import VerifyState

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.services.verification import Verdict
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.verify.view import VerifyPanel

_LARGEST = 256 << 20


class VerifyPresenter:
    """Keeps the panel."""

    def __init__(self, view: VerifyPanel, context: Context) -> None:
        self._view, self._context = view, context
        self._scope = context.runner.scope()
        self._trusted: tuple[Path, ...] = ()
        self._letter: Path | None = None
        self._state = VerifyState()
        view.letter.connect(self.check)
        view.certificate.connect(self.trust)
        view.left.connect(self.forget)

    @property
    def state(self) -> VerifyState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Open the panel."""
        self._show(VerifyState(trusted=self._names()))
        self._view.offer()

    def close(self) -> None:
        """Drop what is awaited."""
        self._scope.close()

    def forget(self) -> None:
        """Forget the letter."""
        self._letter = None
        self._state = VerifyState()

    def trust(self, file: str) -> None:
        """Trust the certificates in a file from now on, and check the letter again."""
        self._trusted = (*self._trusted, Path(file))
        self._show(replace(self._state, trusted=self._names()))
        if self._letter is not None:
            self.check(str(self._letter))

    def check(self, file: str) -> None:
        """Check a letter."""
        self._letter, session, trusted = Path(file), self._context.session, self._trusted
        self._show(VerifyState(self._letter.name, self._names(), self._state.own, busy=True))

        def work(_job: Job) -> tuple[Verdict, bool]:
            return _checked(session, Path(file), trusted)

        def found(made: tuple[Verdict, bool]) -> None:
            verdict, own = made
            self._show(
                VerifyState(Path(file).name, self._names(), own, False, verdict.ok, verdict.head, verdict.groups)
            )

        self._scope.run(Lane.DECODE, work, found, on_error=self._failed)

    def _names(self) -> tuple[str, ...]:
        return tuple(file.name for file in self._trusted)

    def _failed(self, problem: ReviewerError) -> None:
        self._show(replace(self._state, busy=False, problem=str(problem)))

    def _show(self, state: VerifyState) -> None:
        self._state = state
        self._view.show_state(state)


def _checked(session: Session, file: Path, trusted: tuple[Path, ...]) -> tuple[Verdict, bool]:
    """The verdict, compared with the vault where it holds the case, and whether the desk's own certificate counts."""
    from reviewer_app.services import identity, verification

    own = [identity.certificate(session)] if identity.current(session) else []
    pdf = _content(file)
    verdict = verification.verify(pdf, [*own, *map(_content, trusted)])
    try:
        return verification.verify_in_vault(session, pdf, verdict), bool(own)
    except NotFound:
        return verification.verify_items(pdf, verdict, session.workers), bool(own)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise Unreadable("The file is too large for a letter.", "Choose another file.")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable("The file cannot be read.", "Choose another file.") from error
