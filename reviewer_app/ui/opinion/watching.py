"""What is found out about a draft while it is written: findings, what stands around it, spelling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.domain.asking import Answered
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.rules import Finding
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import opinions

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one value of the draft."""

    findings: tuple[Finding, ...] = ()
    around: Surroundings = Surroundings()
    misspelt: frozenset[str] = frozenset()


class Watching:
    """One look at a time; the newest value is looked at again when it changed meanwhile.

    Attributes:
        seen: What was found last.
        done: Whether anything was found yet.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        case: CaseId,
        newest: Callable[[], Opinion | None],
        changed: Callable[[], None],
    ) -> None:
        self._context, self._scope, self._case = context, scope, case
        self._newest, self._changed = newest, changed
        self._looking = False
        self._again = False
        self.seen = Seen()
        self.done = False

    def look(self) -> None:
        """Look at the draft as it stands now."""
        opinion = self._newest()
        if opinion is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        session, case, known = self._context.session, self._case, self.seen.around

        def work(_job: Job) -> Seen:
            from reviewer_app.services import spelling, surroundings

            around = surroundings.look(session, case, opinion, known)
            return Seen(opinions.findings(session, case, opinion), around, spelling.misspelt(session, case, opinion))

        def found(seen: Seen) -> None:
            if self.done and (said := news(known, seen.around)):
                self._context.bus.notice.emit(said)
            self._looking, self.done, self.seen = False, True, seen
            self._changed()
            if self._again or self._newest() is not opinion:
                self.look()

        def failed(_problem: object) -> None:
            self._looking = False

        self._scope.run(Lane.VAULT, work, found, on_error=failed)


def news(before: Surroundings, now: Surroundings) -> str:
    """What came back from the case manager between two looks, in one sentence; empty where nothing did."""
    asked = {one.request.id for one in before.requests if one.answered.withdrawable}
    answered = [one for one in now.requests if one.request.id in asked and not one.answered.withdrawable]
    told = [one for one in answered if one.answered is not Answered.CANCELLED or one.why]
    if told:
        return f"Answered by the case manager: {told[-1].said}."
    known = {one.ref for one in before.thread}
    wrote = [one for one in now.thread if one.ref and one.ref not in known]
    return f"New message from {wrote[-1].sender or 'the programme'}." if wrote else ""
