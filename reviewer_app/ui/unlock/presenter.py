"""From the closed vault to an open session: create, unlock, recover, and the first programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reviewer_app.errors import BadInput, ReviewerError
from reviewer_app.jobs import Job, Lane, Progress
from reviewer_app.settings import Settings
from reviewer_app.ui.unlock.state import GateState, Step
from reviewer_app.ui.widgets.programme import ProgrammeForm, logins

if TYPE_CHECKING:  # the vault and its cipher are loaded while the passphrase is typed, not before the first window
    from reviewer_app.services.session import Session
    from reviewer_app.ui.runner import Runner
    from reviewer_app.ui.unlock.view import GateView

T = TypeVar("T")
_OTHER = BadInput("The two passphrases differ.", "Type the same passphrase twice.")


class GatePresenter:
    """Leads through the cards and hands over the open session.

    Args:
        on_open: Called once with the session; True as second where a sync shall begin at once.
    """

    def __init__(
        self, view: GateView, runner: Runner, home: Path, on_open: Callable[[Session, bool], None], *, exists: bool
    ) -> None:
        self._view, self._home, self._on_open = view, home, on_open
        self._scope = runner.scope()
        self._session: Session | None = None
        first = Step.UNLOCK if exists else Step.CREATE
        synced = Settings(home).text("last_synced")
        self._state = GateState(first, folder=_homely(home), last_synced=synced)
        view.unlock.connect(self.unlock)
        view.recovery.connect(lambda: self._show(step=Step.RECOVER))
        view.recover.connect(self.recover)
        view.back.connect(self.back)
        view.create_vault.connect(self.create)
        view.confirm.connect(self.confirm)
        view.practice.connect(self.practice)
        view.connect_to.connect(lambda: self._show(step=Step.CONNECT))
        view.enrol.connect(self.enrol)
        view.later.connect(lambda: self._hand_over(sync=False))

    def start(self, problem: ReviewerError | None = None) -> None:
        """Show the first card, and load what unlocking needs while the passphrase is typed.

        Args:
            problem: Why the vault could not be opened with the passphrase that was given for scripts.
        """
        self._show(problem=problem)
        self._scope.run(Lane.VAULT, lambda _job: _warm(), lambda _nothing: None)

    def go_on(self, session: Session) -> None:
        """Lead an open vault that knows no programme yet to its first one."""
        self._session = session
        self._show(step=Step.START)

    def close(self) -> None:
        """Drop what is awaited; an open session that was not handed over is closed again."""
        self._scope.close()
        if self._session is not None:
            self._session.close()
            self._session = None

    def unlock(self, passphrase: str) -> None:
        """Open the vault with the passphrase."""

        def work(job: Job) -> tuple[Session, bool]:
            from reviewer_app.services import first_run, session

            return _kept(job, session.unlock(self._home, passphrase), first_run.needed)

        self._wait("Opening the vault", work, self._unlocked)

    def recover(self, key: str, first: str, second: str) -> None:
        """Open the vault with the recovery key and set the passphrase typed twice."""
        if first != second:
            self._show(problem=_OTHER)
            return

        def work(job: Job) -> tuple[Session, bool]:
            from reviewer_app.services import first_run, session

            return _kept(job, session.recover(self._home, key, first), first_run.needed)

        self._wait("Opening the vault with the recovery key", work, self._unlocked)

    def create(self, first: str, second: str) -> None:
        """Create the vault with the passphrase typed twice."""
        if first != second:
            self._show(problem=_OTHER)
            return

        def work(_job: Job) -> tuple[Session, str]:
            from reviewer_app.services import session

            return session.create(self._home, first)

        self._wait("Creating the vault", work, self._created)

    def confirm(self, group: str) -> None:
        """Go on once the last group of the recovery key was typed back; the key is forgotten then."""
        if _plain(group) != _plain(self._state.recovery_key[-1]):
            self._show(
                problem=BadInput("That is not the last group of the key.", "Look at your paper and type it again.")
            )
            return
        self._show(step=Step.START, recovery_key=())

    def back(self) -> None:
        """From a side path to the card it began at."""
        self._show(step=Step.START if self._session else Step.UNLOCK)

    def practice(self) -> None:
        """Start the practice clinic on this machine and enrol with it."""
        session = self._session
        assert session is not None

        def work(job: Job) -> None:
            from reviewer_app.services import first_run

            first_run.open_practice(session, job)

        self._wait("Starting the practice clinic", work, lambda _done: self._hand_over(sync=True), lane=Lane.NETWORK)

    def enrol(self, form: ProgrammeForm) -> None:
        """Check the servers of a programme and keep them."""
        session = self._session
        assert session is not None

        def work(_job: Job) -> None:
            from reviewer_app.services import programmes

            programmes.connect(session, form.fhir_url, form.dicomweb_url, *logins(form), reviewer=form.reviewer)

        self._wait("Asking both servers", work, lambda _done: self._hand_over(sync=True), lane=Lane.NETWORK)

    def _unlocked(self, opened: tuple[Session, bool]) -> None:
        session, first = opened
        if first:
            self.go_on(session)
        else:
            self._session = session
            self._hand_over(sync=False)

    def _created(self, made: tuple[Session, str]) -> None:
        self._session, key = made
        self._show(step=Step.KEY, recovery_key=tuple(key.replace("-", " ").split()))

    def _hand_over(self, *, sync: bool) -> None:
        session, self._session = self._session, None
        assert session is not None
        self._on_open(session, sync)

    def _wait(
        self, words: str, work: Callable[[Job], T], then: Callable[[T], None], *, lane: Lane = Lane.VAULT
    ) -> None:
        self._show(busy=words)
        self._scope.run(lane, work, then, on_error=self._failed, on_progress=self._advanced)

    def _failed(self, problem: ReviewerError) -> None:
        self._show(problem=problem)

    def _advanced(self, progress: Progress) -> None:
        self._show(busy=progress.step, done=progress.done, total=progress.total or 0)

    def _show(
        self,
        *,
        step: Step | None = None,
        busy: str = "",
        done: int = 0,
        total: int = 0,
        recovery_key: tuple[str, ...] | None = None,
        problem: ReviewerError | None = None,
    ) -> None:
        self._state = replace(
            self._state,
            step=step or self._state.step,
            busy=busy,
            done=done,
            total=total,
            recovery_key=self._state.recovery_key if recovery_key is None else recovery_key,
            problem=problem,
        )
        self._view.show_state(self._state)


def _kept(job: Job, session: Session, first: Callable[[Session], bool]) -> tuple[Session, bool]:
    """The session, unless nobody waits for it any more: then it is locked again at once."""
    try:
        job.check()
        return session, first(session)
    except BaseException:
        session.close()
        raise


def _warm() -> None:
    from reviewer_app.services import first_run, session, worklist  # noqa: F401 - loading them is the purpose


def _plain(group: str) -> str:
    return "".join(group.split()).casefold()


def _homely(folder: Path) -> str:
    """The folder with `~` for the user's own."""
    try:
        return f"~/{folder.resolve().relative_to(Path.home())}"
    except ValueError:
        return str(folder)
