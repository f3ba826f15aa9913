"""What happens when the author types, cites, undoes and acts.

Every edit is handed to the vault at once (`writing`), citations once they belong to the case (`citing`); what the rules
say comes from `watching`; acts of the page are in `acting`, versions in `version_steps`, signing in `signing_steps`.
What is on screen is made in `showing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.domain import fields, rows
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.circumstances import AmendmentKind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.opinion import Citable, Citation, Opinion
from reviewer_app.domain.rules import Finding
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import opinions
from reviewer_app.ui.opinion.acting import Acting
from reviewer_app.ui.opinion.citing import Citing
from reviewer_app.ui.opinion.draft import Draft
from reviewer_app.ui.opinion.showing import Known, shown
from reviewer_app.ui.opinion.signing_steps import SigningSteps
from reviewer_app.ui.opinion.state import OpinionState
from reviewer_app.ui.opinion.version_steps import VersionSteps
from reviewer_app.ui.opinion.watching import Watching
from reviewer_app.ui.opinion.writing import Writing

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.opinion.view import OpinionView

_PAGES = {"sync": "page:Sync", "profile": "page:Settings"}


class OpinionPresenter:
    """The opinion of one case.

    Attributes:
        on_place: Called with the citation whose chip was clicked, to bring back exactly what it cites.
    """

    def __init__(self, view: OpinionView, context: Context, case: Case) -> None:
        self._view, self._context, self._case = view, context, case
        self._scope = scope = context.runner.scope()
        self._draft: Draft | None = None
        self._preview_wanted = False
        self._told: object = None
        self._state = OpinionState()
        self._writing = Writing(context, scope, self._kept, self._failed, self._conflict)
        self._watching = Watching(context, scope, case.id, self._newest, self._show)
        self._citing = Citing(context, scope, case.id, self._take_citation, self._failed)
        self._acting = Acting(context, scope, case, self._look_again, self._failed)
        self._versions = VersionSteps(context, scope, case.id, self._show, self._failed)
        self.on_place: Callable[[Citation], object] = context.bus.show_place.emit
        self._signing = SigningSteps(view, context, case, self._scope, self._signing_changed)
        self._connect()

    def _connect(self) -> None:
        view, bus = self._view, self._context.bus
        view.edited.connect(self.edit)
        view.caret.connect(self.caret)
        view.chip.connect(self.show_chip)
        view.chip_removed.connect(lambda chip: self._alone(self._opinion.without_citation(CitationId(chip))))
        view.row_added.connect(lambda family: self._alone(rows.add_row(self._opinion, family)))
        view.row_removed.connect(lambda row: self._alone(rows.remove_row(self._opinion, row)))
        view.acknowledged.connect(self.acknowledge)
        view.acted.connect(self.act)
        view.word_wanted.connect(self.suggest)
        view.word_taught.connect(self.learn)
        view.versions.connect(self._versions.show)
        view.version_chosen.connect(self._versions.choose)
        view.version_left.connect(self._versions.back)
        view.version_restored.connect(lambda: self._versions.restore(self._alone))
        view.decided.connect(self.decide)
        view.amend.connect(self.amend)
        view.resume.connect(lambda: self._acting.send("resume"))
        view.accept.connect(lambda: bus.link.emit(f"decide:{self._case.id}"))
        view.elsewhere.connect(lambda anchor: bus.link.emit(_PAGES.get(anchor, f"decide:{self._case.id}")))
        view.undo.connect(self.undo)
        view.redo.connect(self.redo)
        view.preview.connect(self.preview)
        bus.changed.connect(self._changed)
        bus.cite.connect(self.cite)
        bus.mark.connect(self.mark)

    def start(self) -> None:
        """Read the draft, or begin one."""
        session, case = self._context.session, self._case
        lane = Lane.DECODE  # on the lane of the vault it would wait until all results have been read
        self._scope.run(lane, lambda _job: opinions.open(session, case.id), self._opened, on_error=self._not_opened)

    def close(self) -> None:
        """Drop what is awaited; what was typed is written even so. Safe to call twice."""
        if not self._scope.open:
            return
        self.flush()
        self._context.bus.changed.disconnect(self._changed)
        self._context.bus.cite.disconnect(self.cite)
        self._context.bus.mark.disconnect(self.mark)
        self._signing.close()
        self._scope.close()

    def flush(self) -> None:
        """Hand what is not saved yet to the vault, whatever happens to this pane."""
        if self._draft is not None and self._editable:
            self._writing.flush(self._draft)
        self._citing.flush()

    def selection(self) -> Citable | None:
        """Nothing here can be cited."""
        return None

    def show_place(self, citation: Citation) -> None:
        """Bring the place where a citation stands into view."""
        self._view.go_to(citation.anchor)

    @property
    def _opinion(self) -> Opinion:
        assert self._draft is not None
        return self._draft.opinion

    @property
    def _editable(self) -> bool:
        return self._case.state.writable

    def edit(self, name: str, text: str) -> None:
        """Take over what was typed into a field."""
        if self._draft is None or not self._editable or self._acting.typed(name, text):
            return
        try:
            changed = fields.set_field(self._opinion, name, text)
        except ReviewerError as problem:
            self._show(replace(self._state, problem=str(problem)))
            return
        self._draft.edit(changed, name)
        if text.endswith((" ", "\n")):
            self._draft.end_step()
        self._after_edit()

    def caret(self, anchor: str) -> None:
        """The next citation goes here."""
        found = next((block for block in self._state.blocks if block.anchor == anchor), None)
        if found is not None and found.citable and anchor != self._state.caret:
            self._show(replace(self._state, caret=anchor, caret_title=found.title))

    def cite(self, citable: Citable) -> None:
        """Put a citation where the caret stands, once the vault says that it belongs to this case."""
        if not self._editable:
            self._context.bus.notice.emit(f"Nothing can be cited: the case is {self._case.state.shown}.")
        elif self._draft is None:
            self._citing.keep(citable, self._state.caret)
        else:
            self._citing.cite(self._opinion, citable, self._state.caret)

    def _take_citation(self, citation: Citation) -> None:
        self._alone(self._opinion.with_citation(citation))
        self._context.bus.notice.emit(f"Cited at {self._state.caret_title}.")

    def mark(self, marks: Marks, touched: str = "") -> None:
        """Keep what was measured or chosen on the images, which is told of the draft as soon as that is open."""
        if self._draft is None:
            return
        if self._editable:
            self._draft.edit(replace(self._opinion, marks=marks), touched)
            self._after_edit()
        else:
            self._context.bus.notice.emit(f"Nothing can be marked: the case is {self._case.state.shown}.")
            self._context.bus.draft.emit(self._opinion)

    def show_chip(self, chip: str) -> None:
        """Go back to exactly what was cited."""
        found = next((citation for citation in self._opinion.citations if citation.id == chip), None)
        if found is not None:
            self.on_place(found)

    def amend(self, kind: str) -> None:
        """Begin a letter that follows the released one; an empty kind leaves that one as it is."""
        session, case_id = self._context.session, self._case.id

        def work(_job: object) -> tuple[Case, Opinion]:
            from reviewer_app.services import amending

            if kind:
                amending.begin(session, case_id, AmendmentKind(kind))
            else:
                amending.abandon(session, case_id)
            return session.vault.cases.get(case_id), opinions.open(session, case_id)

        def begun(found: tuple[Case, Opinion]) -> None:
            self._case = found[0]
            self._signing.back()
            self._opened(found[1])
            self._context.bus.announce(Changed(frozenset({Kind.CASES}), case_id))

        self._scope.run(Lane.VAULT, work, begun, on_error=self._context.bus.problem.emit)

    def act(self, act: str) -> None:
        """Do what a button of the page says."""
        if self._draft is None or not self._editable:
            return
        if act == "abandon":
            self.amend("")
            return
        if act == "reveal":
            self._acting.reveal(self._opinion, lambda made: self._alone(replace(self._opinion, provisional=made)))
            return
        changed = self._acting.edited(act, self._opinion, self._case, self._watching.seen.around)
        if changed is None:
            self._acting.send(act)
        else:
            self._alone(changed)
            self._watching.look()

    def acknowledge(self, finding: Finding) -> None:
        """Remember that an advice was read, in this wording and at this place."""
        done = opinions.acknowledge(self._opinion, finding.rule, anchor=finding.anchor, said=finding.message)
        self._alone(done)

    def suggest(self, word: str) -> None:
        """Look for what was probably meant."""
        session, view = self._context.session, self._view

        def work(_job: object) -> tuple[str, ...]:
            from reviewer_app.services import spelling

            return spelling.suggestions(session, word)

        self._scope.run(Lane.VAULT, work, lambda found: view.show_suggestions(word, found))

    def learn(self, word: str) -> None:
        """Know a word from now on."""
        session = self._context.session

        def work(_job: object) -> None:
            from reviewer_app.services import spelling

            spelling.learn(session, word)

        self._scope.run(Lane.VAULT, work, lambda _none: self._watching.look())

    def decide(self, taken: frozenset[str]) -> None:
        """Go on with one draft out of two that were written apart; `taken` are places of the other one."""
        chosen = self._versions.decide(taken)
        if chosen is not None and self._draft is not None:
            self._writing.stopped = False
            self._draft.edit(chosen)
            self._after_edit()

    def undo(self) -> None:
        """One step back over the whole opinion."""
        if self._draft is not None and self._editable:
            self._draft.undo()
            self._after_edit()

    def redo(self) -> None:
        """One step forward."""
        if self._draft is not None and self._editable:
            self._draft.redo()
            self._after_edit()

    def preview(self) -> None:
        """Show the letter as it will be signed, after everything typed is saved."""
        if self._draft is None or not self._editable:
            return
        self._preview_wanted = self._draft.dirty
        if self._preview_wanted:
            self._writing.write(self._draft)
        else:
            self._signing.preview()

    def _alone(self, changed: Opinion) -> None:
        if self._draft is not None and self._editable:
            self._draft.edit(changed)
            self._after_edit()

    def _after_edit(self) -> None:
        if self._draft is not None:
            self._writing.write(self._draft)
        self._show(replace(self._state, problem=""))

    def _opened(self, opinion: Opinion) -> None:
        if self._editable and opinion.questions != self._case.questions and not opinion.answers:
            opinion = replace(opinion, questions=self._case.questions)
        self._draft = Draft(opinion, opinion)
        self._watching.look()
        self._show()
        self._signing.start()
        self._citing.opened(opinion)

    def _not_opened(self, problem: ReviewerError) -> None:
        self._context.bus.problem.emit(problem)
        self._context.bus.no_draft.emit()
        self._citing.not_opened()

    def _newest(self) -> Opinion | None:
        return self._draft.opinion if self._draft is not None else None

    def _look_again(self) -> None:
        self._watching.look()
        self._show()

    def _kept(self) -> None:
        """A snapshot is in the vault."""
        clock = now().astimezone().strftime("%H:%M:%S")
        self._show(replace(self._state, saved_at=clock, problem=""))
        if self._draft is not None and not self._draft.dirty:
            if self._preview_wanted:
                self._preview_wanted = False
                self._signing.preview()
            self._watching.look()
            self._context.bus.announce(Changed(frozenset({Kind.OPINION}), self._case.id))

    def _conflict(self) -> None:
        self._versions.conflict(self._opinion)

    def _failed(self, problem: ReviewerError) -> None:
        self._show(replace(self._state, problem=str(problem)), failed=True)

    def _changed(self, changed: Changed) -> None:
        """A sync or another pane changed something the rules look at, or the state of the case."""
        if changed.case not in (None, self._case.id) or not changed.kinds - {Kind.OPINION}:
            return
        session, case_id = self._context.session, self._case.id

        def reread(fresh: Case) -> None:
            if fresh.state.writable and not self._editable and self._draft is not None:
                # the programme's form joins a draft only where it can be written
                self._scope.run(
                    Lane.VAULT, lambda _job: opinions.open(session, case_id), partial(self._reopened, fresh)
                )
                return
            self._case = fresh
            self._signing.start()
            self._watching.look()
            self._show()

        self._scope.run(Lane.VAULT, lambda _job: session.vault.cases.get(case_id), reread)

    def _reopened(self, fresh: Case, opinion: Opinion) -> None:
        """The case can be written again: only now, with the draft as it is to be written."""
        again, self._case = not self._editable, fresh
        if again:
            self._opened(opinion)

    def _signing_changed(self, case: Case | None) -> None:
        if case is not None:
            self._case = case
            self._context.bus.announce(Changed(frozenset({Kind.CASES, Kind.OUTBOX}), case.id))
        self._show()

    def _show(self, base: OpinionState | None = None, *, failed: bool = False) -> None:
        """Show what is derived from the draft on top of `base` (the state so far)."""
        self._state = base or self._state
        if self._draft is not None:
            signing, watching = self._signing, self._watching
            known = Known(
                self._case,
                watching.seen,
                self._acting.forms,
                self._versions.page,
                signing.stage,
                signing.letter,
                watching.done,
                failed,
            )
            self._state = shown(self._state, self._draft, known)
            self._tell(self._opinion)
        self._view.show_state(self._state)

    def _tell(self, opinion: Opinion) -> None:
        """Tell the other panes what is marked and cited, where that has changed."""
        if self._told != (opinion.marks, opinion.citations):
            self._told = (opinion.marks, opinion.citations)
            self._context.bus.draft.emit(opinion)
