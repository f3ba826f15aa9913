"""From the draft to the signed letter: preview, identity, sign, recall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.delivery import SignedOpinion
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.ui.opinion.state import Letter, Stage
from reviewer_app.ui.paging import Paging

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.services.signing import Preview
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.opinion.view import OpinionView
    from reviewer_app.ui.runner import Scope

_AFTER_SIGNING = (
    CaseState.SIGNED,
    CaseState.IN_QUALITY,
    CaseState.SECOND_READ,
    CaseState.APPROVED,
    CaseState.RELEASED,
    CaseState.ACKNOWLEDGED,
    CaseState.DISCUSSED,
    CaseState.CLOSED,
)


class SigningSteps:
    """The letter of one case, as previewed or signed.

    Attributes:
        stage: Where signing is, or None while the text is worked on.
    """

    def __init__(
        self,
        view: OpinionView,
        context: Context,
        case: Case,
        scope: Scope,
        changed: Callable[[Case | None], None],
    ) -> None:
        self._view, self._context, self._case, self._scope, self._tell = view, context, case, scope, changed
        self.stage: Stage | None = None
        self.letter = Letter()
        self._preview: Preview | None = None
        self._paging = Paging(view, scope, context.session, counted=self._counted, failed=self._failed)
        view.back.connect(self.back)
        view.sign.connect(self.sign)
        view.recall.connect(self.recall)
        view.save_copy.connect(self.save_copy)
        view.make_identity.connect(self.make_identity)
        context.bus.changed.connect(self._changed)

    def close(self) -> None:
        """Forget the previewed letter."""
        self._preview = None
        self._context.bus.changed.disconnect(self._changed)

    def start(self) -> None:
        """Show the signed letter, if there is one."""
        session, case_id = self._context.session, self._case.id
        self._scope.run(Lane.VAULT, lambda _job: _signed(session, case_id), self._found)

    def preview(self) -> None:
        """Build the letter and show it."""
        session, case_id = self._context.session, self._case.id

        def work(_job: Job) -> tuple[Preview, str, bool]:
            from reviewer_app.services import signing

            return signing.preview(session, case_id), *_signer(session)

        self._wait("Building the letter", Stage.PREVIEW)
        self._scope.run(Lane.VAULT, work, self._previewed, on_error=self._failed)

    def back(self) -> None:
        """From the preview to the text."""
        self.stage, self._preview, self.letter = None, None, Letter()
        self._tell(None)

    def make_identity(self) -> None:
        """Make an identity for practice."""
        session = self._context.session

        def work(_job: Job) -> tuple[str, bool]:
            from reviewer_app.services import identity

            identity.make_practice(session)
            return _signer(session)

        self._wait("Making a practice identity", Stage.PREVIEW)
        self._scope.run(Lane.VAULT, work, self._identified, on_error=self._failed)

    def sign(self, pin: str = "") -> None:
        """Sign exactly what was previewed.

        Args:
            pin: Of the token, where one signs; it is not kept.
        """
        session, case_id, shown = self._context.session, self._case.id, self._preview
        if shown is None:
            return

        def work(_job: Job) -> tuple[Case, SignedOpinion | None, bool, bytes]:
            from reviewer_app.services import signing

            signing.sign(session, case_id, shown, pin)
            return _signed(session, case_id)

        def signed(found: tuple[Case, SignedOpinion | None, bool, bytes]) -> None:
            self._found(found)
            self._tell(found[0])
            self._context.bus.notice.emit("Signed. The next sync delivers the letter.")

        self._wait("Signing", Stage.PREVIEW)
        self._scope.run(Lane.VAULT, work, signed, on_error=self._failed)

    def recall(self) -> None:
        """Take the signed letter back before the server has it."""
        session, case_id = self._context.session, self._case.id

        def work(_job: Job) -> Case:
            from reviewer_app.services import signing

            signing.recall(session, case_id)
            return session.vault.cases.get(case_id)

        def recalled(case: Case) -> None:
            self.stage, self.letter, self._case = None, Letter(), case
            self._tell(case)

        self._scope.run(Lane.VAULT, work, recalled, on_error=self._failed)

    def save_copy(self, folder: str) -> None:
        """Write the signed letter, its evidence and the page for the patient into a folder."""
        session, case_id = self._context.session, self._case.id

        def work(job: Job) -> int:
            from reviewer_app.services import export

            return len(export.save(session, case_id, Path(folder), job))

        def saved(count: int) -> None:
            self._context.bus.notice.emit(f"{count} files were written to {folder}. They are not encrypted.")

        self._scope.run(Lane.VAULT, work, saved, on_error=self._context.bus.problem.emit)

    def _changed(self, changed: Changed) -> None:
        """Who signs may have been chosen in the settings meanwhile."""
        if Kind.PROFILE in changed.kinds and self._preview is not None:
            session = self._context.session
            self._scope.run(Lane.VAULT, lambda _job: _signer(session), self._identified, on_error=self._failed)

    def _identified(self, who: tuple[str, bool]) -> None:
        self.letter = replace(self.letter, signer=who[0], asks_pin=who[1], waiting="")
        self._tell(None)

    def _previewed(self, made: tuple[Preview, str, bool]) -> None:
        self._preview, signer, asks_pin = made
        self.letter = Letter(sha256=self._preview.sha256, signer=signer, asks_pin=asks_pin)
        self._tell(None)
        self._paging.show(self._preview.pdf, self._preview.sha256)

    def _found(self, found: tuple[Case, SignedOpinion | None, bool, bytes]) -> None:
        case, signed, delivered, pdf = found
        self._case = case
        if signed is None or case.state not in _AFTER_SIGNING:
            if self.stage is not Stage.PREVIEW:
                self.stage = None
            return
        self.stage = Stage.DELIVERED if delivered else Stage.SIGNED
        when = signed.signed_at.astimezone().strftime("%Y-%m-%d %H:%M")
        self.letter = Letter(self.letter.pages, signed.sha256, signed.signer, signed_at=when)
        self._preview = None
        self._tell(None)
        self._paging.show(pdf, signed.sha256)

    def _counted(self, count: int) -> None:
        self.letter = replace(self.letter, pages=count)
        self._tell(None)

    def _wait(self, words: str, stage: Stage) -> None:
        self.stage = stage
        self.letter = replace(self.letter, waiting=words)
        self._tell(None)

    def _failed(self, problem: ReviewerError) -> None:
        self.letter = replace(self.letter, waiting="")
        if self._preview is None and self.stage is Stage.PREVIEW:
            self.stage = None
        self._tell(None)
        self._context.bus.problem.emit(problem)


def _signer(session: Session) -> tuple[str, bool]:
    """Whose certificate signs, and whether it asks for a PIN."""
    from reviewer_app.services import identity

    return identity.current(session) or "", identity.asks_pin(session)


def _signed(session: Session, case_id: CaseId) -> tuple[Case, SignedOpinion | None, bool, bytes]:
    """The case, its signed letter if there is one, whether the server has this very letter, and its bytes."""
    from reviewer_app.services import acts

    case = session.vault.cases.get(case_id)
    signed = session.vault.opinions.signed(case_id)
    delivered = acts.delivered_at(session.vault.outbox.all(case_id), signed) is not None
    return case, signed, delivered, session.vault.opinions.pdf(signed) if signed else b""
