"""What happens when the author types, cites, undoes and checks; signing is in `signing_steps`.

Every edit is handed to the vault at once.  While one snapshot is being written, further edits gather, and the newest
is written next: so nothing waits longer than one write, and the vault is never behind by more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain import fields, rows
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.marks import Marks
from reviewer_app.domain.opinion import Citable, Citation, Opinion
from reviewer_app.domain.rules import Finding
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Lane
from reviewer_app.services import opinions
from reviewer_app.ui.opinion.draft import Draft
from reviewer_app.ui.opinion.page import blocks
from reviewer_app.ui.opinion.signing_steps import SigningSteps
from reviewer_app.ui.opinion.state import OpinionState, Saving, Stage

if TYPE_CHECKING:
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.opinion.view import OpinionView


class OpinionPresenter:
    """The opinion of one case.

    Attributes:
        on_place: Called with the citation whose chip was clicked, to bring back exactly what it cites.
    """

    def __init__(self, view: OpinionView, context: Context, case: Case) -> None:
        self._view, self._context, self._case = view, context, case
        self._scope = context.runner.scope()
        self._draft: Draft | None = None
        self._writing = False
        self._checking = False
        self._told: object = None
        self._findings: tuple[Finding, ...] = ()
        self._state = OpinionState()
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
        view.acknowledged.connect(lambda rule: self._alone(opinions.acknowledge(self._opinion, rule)))
        view.undo.connect(self.undo)
        view.redo.connect(self.redo)
        view.preview.connect(self.preview)
        bus.changed.connect(self._changed)
        bus.cite.connect(self.cite)
        bus.mark.connect(self.mark)

    def start(self) -> None:
        """Read the draft, or begin one."""
        session, case = self._context.session, self._case
        self._scope.run(Lane.VAULT, lambda _job: opinions.open(session, case.id), self._opened)

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
        draft = self._draft
        if draft is None or not draft.dirty or not self._editable:
            return
        session, opinion = self._context.session, draft.opinion
        self._context.runner.always.run(Lane.VAULT, lambda _job: _save_newest(session, opinion), lambda _kept: None)

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
        if self._draft is None or not self._editable:
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
        if self._draft is None or not self._editable:
            return
        session, anchor, opinion = self._context.session, self._state.caret, self._opinion

        def cited(made: Opinion) -> None:
            self._alone(self._opinion.with_citation(made.citations[-1]))
            self._context.bus.notice.emit(f"Cited at {self._state.caret_title}.")

        self._scope.run(
            Lane.VAULT,
            lambda _job: opinions.with_citation(session, opinion, anchor, citable),
            cited,
            on_error=self._failed,
        )

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
        if self._draft is not None and self._editable:
            self._write()
            self._signing.preview()

    def _alone(self, changed: Opinion) -> None:
        if self._draft is not None and self._editable:
            self._draft.edit(changed)
            self._after_edit()

    def _after_edit(self) -> None:
        self._write()
        self._show(replace(self._state, problem=""))

    def _opened(self, opinion: Opinion) -> None:
        if self._editable and opinion.questions != self._case.questions and not opinion.answers:
            opinion = replace(opinion, questions=self._case.questions)
        self._draft = Draft(opinion, opinion)
        self._check()
        self._show()
        self._signing.start()

    def _write(self) -> None:
        """Write the newest value, unless a write is under way: then it is written when that ends."""
        draft = self._draft
        if draft is None or self._writing or not draft.dirty:
            return
        self._writing = True
        session, sent = self._context.session, draft.opinion

        def kept(saved: Opinion) -> None:
            self._writing = False
            draft.was_saved(sent, saved)
            clock = now().astimezone().strftime("%H:%M:%S")
            self._show(replace(self._state, saved_at=clock, problem=""))
            if draft.dirty:
                self._write()
            else:
                self._check()
                self._context.bus.announce(Changed(frozenset({Kind.OPINION}), self._case.id))

        def refused(problem: ReviewerError) -> None:
            self._writing = False
            self._failed(problem)

        self._scope.run(Lane.VAULT, lambda _job: opinions.save(session, sent), kept, on_error=refused)

    def _check(self) -> None:
        if self._checking or self._draft is None:
            return
        self._checking = True
        session, case, opinion = self._context.session, self._case, self._opinion

        def checked(findings: tuple[Finding, ...]) -> None:
            self._checking = False
            self._findings = findings
            self._show(replace(self._state, checked=True))
            if opinion is not self._opinion and self._draft is not None and not self._draft.dirty:
                self._check()

        self._scope.run(Lane.VAULT, lambda _job: opinions.findings(session, case.id, opinion), checked)

    def _failed(self, problem: ReviewerError) -> None:
        self._show(replace(self._state, problem=str(problem)), failed=True)

    def _changed(self, changed: Changed) -> None:
        """A sync or another pane changed something the rules look at, or the state of the case."""
        if changed.case not in (None, self._case.id) or not changed.kinds - {Kind.OPINION}:
            return
        session, case = self._context.session, self._case

        def reread(fresh: Case) -> None:
            self._case = fresh
            self._signing.start()
            self._check()
            self._show()

        self._scope.run(Lane.VAULT, lambda _job: session.vault.cases.get(case.id), reread)

    def _signing_changed(self, case: Case | None) -> None:
        if case is not None:
            self._case = case
            self._context.bus.announce(Changed(frozenset({Kind.CASES, Kind.OUTBOX}), case.id))
        self._show()

    def _show(self, base: OpinionState | None = None, *, failed: bool = False) -> None:
        """Show what is derived from the draft on top of `base` (the state so far)."""
        self._state = base or self._state
        draft = self._draft
        if draft is not None:
            saving = Saving.FAILED if failed else Saving.WAITING if draft.dirty else Saving.SAVED
            writing = Stage.WRITING if self._editable else Stage.READING
            self._state = replace(
                self._state,
                stage=self._signing.stage or writing,
                blocks=blocks(draft.opinion, self._findings),
                findings=self._findings,
                saving=saving,
                outcome=draft.opinion.outcome.shown,
                can_undo=draft.can_undo,
                can_redo=draft.can_redo,
                letter=self._signing.letter,
                why_fixed="" if self._editable else f"The text is fixed: the case is {self._case.state.shown}.",
            )
            self._tell(draft.opinion)
        self._view.show_state(self._state)

    def _tell(self, opinion: Opinion) -> None:
        """Tell the other panes what is marked and cited, where that has changed."""
        if self._told != (opinion.marks, opinion.citations):
            self._told = (opinion.marks, opinion.citations)
            self._context.bus.draft.emit(opinion)


def _save_newest(session: Session, opinion: Opinion) -> Opinion:
    """Save on the newest revision: the pane may be gone before it heard of its last write."""
    latest = opinions.open(session, opinion.case)
    return opinions.save(session, replace(opinion, revision=latest.revision))
