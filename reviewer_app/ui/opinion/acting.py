"""Acts offered on the page beside typing: add or hide a section, take texts over, ask the case manager, blind-first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain import fields
from reviewer_app.domain.asking import Wanted
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.circumstances import FixedTexts, Provisional
from reviewer_app.domain.opinion import Opinion, Section
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import asking, blind

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.runner import Scope

FORMS = ("ask.", "note.")
"""Fields that are no part of the opinion."""


class Acting:
    """Acts of one case.

    Attributes:
        forms: What is typed into the forms.
    """

    def __init__(
        self,
        context: Context,
        scope: Scope,
        case: Case,
        changed: Callable[[], None],
        failed: Callable[[ReviewerError], None],
    ) -> None:
        self._context, self._scope, self._case = context, scope, case
        self._changed, self._failed = changed, failed
        self.forms: dict[str, str] = {}

    def typed(self, name: str, text: str) -> bool:
        """Take what was typed into a form; False where the field belongs to the opinion."""
        if not name.startswith(FORMS):
            return False
        self.forms[name] = text
        return True

    def edited(self, act: str, opinion: Opinion, case: Case, around: Surroundings) -> Opinion | None:
        """The opinion after an act on its text, or None where the act is another one."""
        verb, _, part = act.partition(".")
        match verb:
            case "add" | "hide":
                return fields.set_field(opinion, f"part.{part}", "yes" if verb == "add" else "no")
            case "override":
                derived = opinion.outcome.derived
                chosen = replace(opinion.outcome, override=derived.category if derived else None)
                return replace(opinion, outcome=chosen)
            case "questions":
                return replace(opinion, questions=case.questions)
            case "fixed-texts":
                return replace(opinion, fixed=FixedTexts())
            case "requests":
                return _with_requests(opinion, around)
        return None

    def reveal(self, opinion: Opinion, take: Callable[[Provisional], None]) -> None:
        """Fix the provisional diagnosis and show the first opinion, here and in the other panes."""
        session, case_id = self._context.session, self._case.id

        def shown(made: Opinion) -> None:
            take(made.provisional)
            self._context.bus.announce(Changed(frozenset({Kind.CASES, Kind.RECORDS}), case_id))

        self._scope.run(Lane.VAULT, lambda _job: blind.reveal(session, opinion), shown, on_error=self._failed)

    def send(self, act: str) -> None:
        """Queue a request, its withdrawal or a message; what was typed stays until it is queued."""
        session, case_id, forms = self._context.session, self._case.id, dict(self.forms)

        def work(_job: Job) -> None:
            if act == "resume":
                asking.resume(session, case_id)
            elif act.startswith("withdraw."):
                asking.withdraw(session, case_id, act.removeprefix("withdraw."))
            elif act == "ask":
                kind = Wanted(forms.get("ask.kind") or Wanted.OTHER.value)
                words, by = forms.get("ask.words", ""), forms.get("ask.by", "").strip()
                asking.ask(session, case_id, kind, words, by=by, blocking=bool(forms.get("ask.blocking")))
            else:
                asking.write(session, case_id, forms.get("note.text", ""))

        def done(_none: None) -> None:
            family = {"ask": "ask.", "send": "note."}.get(act)
            if family:
                self.forms = {name: text for name, text in self.forms.items() if not name.startswith(family)}
            self._context.bus.announce(Changed(frozenset({Kind.OUTBOX, Kind.CASES}), case_id))
            self._context.bus.notice.emit("It is sent with the next sync.")
            self._changed()

        self._scope.run(Lane.VAULT, work, done, on_error=self._failed)


def _with_requests(opinion: Opinion, around: Surroundings) -> Opinion:
    """The limitations naming everything that was asked for and is missing."""
    text = opinion.text(Section.LIMITATIONS)
    said = " ".join(text.casefold().split())
    missing = [one.request.words for one in around.requests if one.answered.open]
    lines = [f"Asked for and not available: {words}." for words in missing if words.casefold() not in said]
    return opinion.with_text(Section.LIMITATIONS, "\n".join(part for part in (text.rstrip(), *lines) if part))
