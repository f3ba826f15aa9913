"""What is on screen, made from the draft and what is known around it; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reviewer_app.domain.case import Case
from reviewer_app.domain.states import CaseState, may_move
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.ui.opinion.draft import Draft
from reviewer_app.ui.opinion.page import blocks
from reviewer_app.ui.opinion.state import Letter, OpinionState, Saving, Stage, VersionsPage
from reviewer_app.ui.opinion.watching import Seen


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the draft.

    Attributes:
        forms: What is typed into forms that are no part of the opinion.
        versions: Where versions are looked at.
        signing: Where signing is, with its letter.
        checked: Whether the rules have looked at the draft yet.
        failed: Whether the last write failed.
    """

    case: Case
    seen: Seen
    forms: Mapping[str, str]
    versions: VersionsPage | None
    signing: Stage | None
    letter: Letter
    checked: bool
    failed: bool


def shown(state: OpinionState, draft: Draft, known: Known) -> OpinionState:
    """The state so far with all that follows from the draft."""
    opinion, case, seen = draft.opinion, known.case, known.seen
    writable = case.state.writable
    saving = Saving.FAILED if known.failed else Saving.WAITING if draft.dirty else Saving.SAVED
    stage = known.signing or (Stage.WRITING if writable else Stage.READING)
    return replace(
        state,
        stage=Stage.VERSIONS if known.versions else stage,
        versions=known.versions or VersionsPage(),
        blocks=blocks(opinion, seen.findings, case, seen.around, known.forms),
        findings=seen.findings,
        checked=known.checked,
        misspelt=seen.misspelt,
        may_amend=may_move(case.state, CaseState.ADDENDUM_OPEN) and known.signing is Stage.DELIVERED,
        snippets=seen.around.snippets,
        saving=saving,
        outcome=opinion.outcome.shown,
        can_undo=draft.can_undo,
        can_redo=draft.can_redo,
        letter=known.letter,
        why_fixed=_why_fixed(case, seen.around, signed=known.signing is not None),
        may_accept=may_move(case.state, CaseState.ACCEPTED),
        may_resume=case.state is CaseState.PAUSED,
    )


def _why_fixed(case: Case, around: Surroundings, *, signed: bool) -> str:
    """Empty where it can be written, and where the signed letter says below itself what became of it."""
    if case.state.writable:
        return ""
    if around.retraction is not None:
        return around.retraction.said
    if may_move(case.state, CaseState.ACCEPTED):
        return "The case must be accepted first; then the opinion can be written."
    if case.state is CaseState.PAUSED:
        return "The case is paused, so the text is fixed. Go on with the case to write."
    if signed:
        return ""
    return f"The text is fixed: the case is {case.state.shown}."
