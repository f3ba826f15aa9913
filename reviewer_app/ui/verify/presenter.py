"""Checks signed letters that lie in files, shows their pages, and releases them; nothing of them is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.errors import NotFound, ReviewerError, Unreadable
from reviewer_app.jobs import Job, Lane
from reviewer_app.ui.paging import Paging
from reviewer_app.ui.verify.state import Release, VerifyState

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.services.verification import Verdict
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.verify.view import VerifyPanel

_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found of exactly these bytes."""

    pdf: bytes
    verdict: Verdict
    own: bool
    release: Release | None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


class VerifyPresenter:
    """Keeps the panel; the letter is held from its check to its release, so that what was shown is what is signed."""

    def __init__(self, view: VerifyPanel, context: Context) -> None:
        self._view, self._context = view, context
        self._scope = context.runner.scope()
        self._trusted: tuple[Path, ...] = ()
        self._letter: Path | None = None
        self._pdf = b""
        self._state = VerifyState()
        self._paging = Paging(
            view,
            self._scope,
            context.session,
            counted=lambda count: self._show(replace(self._state, pages=count)),
            failed=self._unread,
            done=lambda: self._show(replace(self._state, read=True)),
        )
        view.letter.connect(self.check)
        view.certificate.connect(self.trust)
        view.release.connect(self.release)
        view.left.connect(self.forget)

    @property
    def state(self) -> VerifyState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Open the panel."""
        self._show(VerifyState(trusted=self._names(), own=self._state.own))
        self._view.offer()
        session = self._context.session
        self._scope.run(Lane.DECODE, lambda _job: _own(session), self._owns)

    def close(self) -> None:
        """Drop what is awaited."""
        self._scope.close()

    def forget(self) -> None:
        """Forget the letter."""
        self._letter, self._pdf = None, b""
        self._state = VerifyState()
        self._paging.forget()

    def trust(self, file: str) -> None:
        """Trust the certificates in a file from now on, and check the letter again."""
        self._trusted = (*self._trusted, Path(file))
        self._show(replace(self._state, trusted=self._names()))
        if self._letter is not None:
            self.check(str(self._letter))

    def check(self, file: str) -> None:
        """Check a letter and show its pages."""
        self._letter, self._pdf, session, trusted = Path(file), b"", self._context.session, self._trusted
        self._show(VerifyState(self._letter.name, self._names(), self._state.own, busy=True))
        self._paging.forget()
        self._scope.run(
            Lane.DECODE,
            lambda _job: _checked(session, _content(Path(file)), trusted),
            lambda made: self._found(Path(file), made),
            on_error=self._failed,
        )

    def release(self, file: str, pin: str) -> None:
        """Sign below exactly what is shown, into a new file.

        Args:
            pin: Of the token, where one signs; it is not kept.
        """
        offered, session, trusted, pdf = self._state.release, self._context.session, self._trusted, self._pdf
        if offered is None or not self._state.may_sign:
            return

        def work(_job: Job) -> _Checked:
            from reviewer_app.services import countersigning

            return _checked(
                session, countersigning.release(session, pdf, _trust(session, trusted), pin, Path(file)), trusted
            )

        def released(made: _Checked) -> None:
            self._found(Path(file), made, written=Path(file).name)

        def refused(problem: ReviewerError) -> None:
            self._show(replace(self._state, release=replace(offered, problem=str(problem))))

        self._show(replace(self._state, release=replace(offered, busy=True, problem="")))
        self._scope.run(Lane.VAULT, work, released, on_error=refused)

    def _found(self, file: Path, made: _Checked, *, written: str = "") -> None:
        self._letter, self._pdf, verdict = file, made.pdf, made.verdict
        release = replace(made.release, written=written) if made.release is not None else None
        self._show(
            VerifyState(
                file.name,
                self._names(),
                made.own,
                good=verdict.ok,
                head=verdict.head,
                groups=verdict.groups,
                release=release,
            )
        )
        if verdict.signers:
            self._paging.show(made.pdf, made.digest)

    def _owns(self, own: tuple[bytes, ...]) -> None:
        self._show(replace(self._state, own=bool(own)))

    def _names(self) -> tuple[str, ...]:
        return tuple(file.name for file in self._trusted)

    def _unread(self, problem: ReviewerError) -> None:
        """A page cannot be drawn: what was not shown is not signed either."""
        self._show(replace(self._state, groups=(*self._state.groups, ("Pages", (str(problem),)))))

    def _failed(self, problem: ReviewerError) -> None:
        self._show(replace(self._state, busy=False, problem=str(problem)))

    def _show(self, state: VerifyState) -> None:
        self._state = state
        self._view.show_state(state)


def _checked(session: Session, pdf: bytes, trusted: tuple[Path, ...]) -> _Checked:
    """The verdict, compared with the vault where it holds the case, and what this desk may sign below."""
    from reviewer_app.services import verification

    verdict = verification.verify(pdf, _trust(session, trusted))
    try:
        verdict = verification.verify_in_vault(session, pdf, verdict)
    except NotFound:
        verdict = verification.verify_items(pdf, verdict, session.workers)
    return _Checked(pdf, verdict, bool(_own(session)), _release(session, pdf, verdict))


def _release(session: Session, pdf: bytes, verdict: Verdict) -> Release | None:
    from reviewer_app.services import countersigning, identity

    if not verdict.signers:
        return None
    refused = countersigning.refusal(session, verdict)
    specialist = verdict.signers[0]
    return Release(
        specialist.name,
        identity.current(session) or "",
        identity.asks_pin(session),
        hashlib.sha256(pdf).hexdigest(),
        specialist.revisions + 1,
        str(refused) if refused is not None else "",
    )


def _trust(session: Session, trusted: tuple[Path, ...]) -> list[bytes]:
    """The certificate of this desk, and what the user added."""
    return [*_own(session), *map(_content, trusted)]


def _own(session: Session) -> tuple[bytes, ...]:
    """The certificate of this desk, where it has one."""
    from reviewer_app.services import identity

    return (identity.certificate(session),) if identity.current(session) else ()


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise Unreadable("The file is too large for a letter.", "Choose another file.")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable("The file cannot be read.", "Choose another file.") from error
