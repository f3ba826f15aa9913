"""Runs sync in the background, tells the status bar how far it is, and keeps the sync page true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CaseId
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane, Progress
from reviewer_app.services import standing as standings
from reviewer_app.services.standing import Standing
from reviewer_app.ui.sync.state import Line, Pace, Running, SyncState, case_row, past_line, server_line, waiting_line

if TYPE_CHECKING:  # sync brings the network with it; it is loaded when the first sync runs
    from reviewer_app.services.rounds import SyncReport
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.sync.view import SyncView

_MOST = 40


class SyncPresenter:
    """Keeps the sync page.

    Args:
        on_status: Called whenever progress or the moment of the last sync changes.
    """

    def __init__(self, view: SyncView, context: Context, on_status: Callable[[SyncState], None]) -> None:
        self._view, self._context, self._on_status = view, context, on_status
        self._scope = context.runner.scope()
        self._standing = Standing()
        self._state = SyncState(
            last_synced=context.settings.text("last_synced"),
            records_only=context.settings.text("sync_images") == "off",
            limit=context.settings.number("sync_kb_a_second"),
        )
        self._job: Job | None = None
        self._pace: Pace | None = None
        view.sync.connect(self.sync_now)
        view.stop.connect(self.stop)
        view.retry.connect(self.retry)
        view.choose.connect(self.choose)
        view.records_only.connect(self.fetch_records_only)
        view.limit.connect(self.limit)
        context.bus.changed.connect(self._changed)

    @property
    def state(self) -> SyncState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Read how things stand."""
        self._show()
        self.reload()

    def close(self) -> None:
        """Stop what runs; what was finished is kept."""
        self._scope.close()

    def reload(self) -> None:
        """Read again how things stand."""
        session = self._context.session
        self._scope.run(Lane.VAULT, lambda _job: standings.standing(session), self._received, on_error=self._unread)

    def sync_now(self) -> None:
        """Start a sync, unless one runs."""
        self._begin(_sync)

    def retry(self) -> None:
        """Forget that items were given up, then sync."""
        self._begin(_retry)

    def stop(self) -> None:
        """Pause the sync; what was finished is kept, the next one goes on from there."""
        if self._job is not None:
            self._job.cancel()
            self._job, self._pace = None, None
            self._state = replace(
                self._state,
                running=None,
                paused=True,
                last=(Line("Paused. What arrived is kept; the next sync goes on from there."),),
            )
            self._show()
            self.reload()

    def choose(self, case: CaseId | None) -> None:
        """List the problems of one case, or of all."""
        self._state = replace(self._state, chosen=case)
        self._show()

    def fetch_records_only(self, only: bool) -> None:
        """Leave images on the server, from the next sync on."""
        self._context.settings.set("sync_images", "off" if only else "on")
        self._state = replace(self._state, records_only=only)
        self._show()

    def limit(self, kilobytes: int) -> None:
        """Take no more than so many kilobytes a second, from the next sync on; 0 for no limit."""
        self._context.settings.set("sync_kb_a_second", kilobytes)
        self._state = replace(self._state, limit=kilobytes)
        self._show()

    def _begin(self, work: Callable[[Session, Job], SyncReport]) -> None:
        if self._job is not None:
            return
        session = self._context.session
        self._state = replace(self._state, running=Running(), paused=False, problem=None, last=())
        self._show()
        self._job = self._scope.run(
            Lane.NETWORK, lambda job: work(session, job), self._done, on_error=self._failed, on_progress=self._advanced
        )

    def _advanced(self, progress: Progress) -> None:
        moment, total = now(), progress.total or 0
        if self._pace is None or self._pace.step != progress.step:
            self._pace = Pace(progress.step, moment, progress.done)
            if self._state.running is not None and self._state.running.step != progress.step:
                self._context.bus.announce(Changed(frozenset({Kind.CASES})))  # what has arrived can be looked at
        left = self._pace.left(progress.done, total, moment)
        self._state = replace(self._state, running=Running(progress.step, progress.done, total, left))
        self._show()

    def _done(self, report: SyncReport) -> None:
        self._job, self._pace = None, None
        tones = ["text"] * (len(report.lines) - len(report.problems)) + ["warn"] * len(report.problems)
        self._state = replace(
            self._state,
            running=None,
            last=tuple(Line(text, "", tone) for text, tone in zip(report.lines, tones, strict=True)),
            last_synced=self._context.settings.text("last_synced"),
        )
        self._show()
        self._context.bus.announce(report.changed)
        if report.problems:
            more = len(report.problems) - 1
            self._context.bus.notice.emit(report.problems[0] + (f" ({more} more, see Sync)" if more else ""))
        elif report.delivered:
            many = f"{report.delivered} opinions are" if report.delivered > 1 else "The opinion is"
            self._context.bus.notice.emit(f"{many} delivered and read back from the server.")

    def _failed(self, error: ReviewerError) -> None:
        self._job, self._pace = None, None
        self._state = replace(self._state, running=None, problem=error)
        self._show()
        self._context.bus.problem.emit(error)
        self.reload()

    def _changed(self, _changed: Changed) -> None:
        self.reload()

    def _received(self, standing: Standing) -> None:
        self._standing = standing
        self._state = replace(self._state, empty="No case has arrived yet. Sync now (F5) to ask your programmes.")
        self._show()

    def _unread(self, error: ReviewerError) -> None:
        self._state = replace(self._state, empty=str(error), problem=error)
        self._show()

    def _show(self) -> None:
        standing, chosen = self._standing, self._state.chosen
        concerned = [case for case in standing.cases if chosen in (None, case.case.id)]
        problems = [Line(f"{case.case.number}  {said}", "", "warn") for case in concerned for said in case.problems]
        if len(problems) > _MOST:
            problems = [*problems[:_MOST], Line(f"… and {len(problems) - _MOST} more", "", "muted")]
        self._state = replace(
            self._state,
            rows=tuple(case_row(case) for case in standing.cases),
            waiting=tuple(waiting_line(waiting) for waiting in standing.waiting),
            problems=tuple(problems),
            servers=tuple(server_line(server) for server in standing.servers),
            history=tuple(past_line(past) for past in standing.history),
            failed=any(case.completeness.failed for case in standing.cases),
        )
        self._view.show_state(self._state)
        self._on_status(self._state)


def _sync(session: Session, job: Job) -> SyncReport:
    from reviewer_app.services import first_run, sync

    first_run.resume_practice(session, job)
    return sync.run(session, job)


def _retry(session: Session, job: Job) -> SyncReport:
    from reviewer_app.services import first_run, sync

    first_run.resume_practice(session, job)
    return sync.retry_failed(session, job)
