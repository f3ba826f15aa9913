"""All that is on screen about sync, and the words it is said in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.case import Completeness, WorklistEntry
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.patient import clean
from reviewer_app.errors import ReviewerError
from reviewer_app.services.standing import CaseStanding, ServerStanding, Waiting
from reviewer_app.services.sync_history import Past
from reviewer_app.ui.widgets.cells import Cell, CellRow, Tone


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a list at the right.

    Attributes:
        tone: `text`, `muted`, `warn` or `good`: a role of the theme.
    """

    text: str
    detail: str = ""
    tone: str = "text"


@dataclass(frozen=True, slots=True)
class Running:
    """A sync that is under way."""

    step: str = "Connecting"
    done: int = 0
    total: int = 0
    left: str = ""


@dataclass(frozen=True, slots=True)
class SyncState:
    """The sync page.

    Attributes:
        chosen: Case whose problems are listed; None lists those of all cases.
        last: What the last sync of this session brought, sentence by sentence.
        failed: Whether anything can be tried again.
        paused: Whether the user stopped a sync that can go on.
        records_only: Whether images stay on the server.
        limit: Kilobytes a second that sync may take; 0 for no limit.
        history: Earlier syncs, the newest first.
    """

    rows: tuple[CellRow, ...] = ()
    chosen: CaseId | None = None
    waiting: tuple[Line, ...] = ()
    problems: tuple[Line, ...] = ()
    servers: tuple[Line, ...] = ()
    last: tuple[Line, ...] = ()
    last_synced: str = ""
    running: Running | None = None
    failed: bool = False
    paused: bool = False
    records_only: bool = False
    limit: int = 0
    history: tuple[Line, ...] = ()
    empty: str = "Reading the vault…"
    problem: ReviewerError | None = None


LIMITS = ((0, "No limit"), (2000, "2 MB/s"), (500, "500 kB/s"), (100, "100 kB/s"), (30, "30 kB/s"))
"""Kilobytes a second that can be chosen, each in words."""
COLUMNS = ("Case", "Records", "Documents", "Images", "Together")


def case_row(standing: CaseStanding) -> CellRow:
    """One case as three bars and a word."""
    case, held = standing.case, standing.completeness
    return CellRow(
        case.id,
        (
            Cell(case.patient.name.shown, f"{clean(case.number)}   {case.state.shown}", strong=True),
            _records(held.records_ready),
            _part(held.documents_held, held.documents, known=held.records_ready),
            _part(held.images_held, held.images, known=held.records_ready),
            _together(held, len(standing.problems)),
        ),
    )


def _records(ready: bool) -> Cell:
    if ready:
        return Cell(more="all here", more_tone=Tone.GOOD, bar=1.0)
    return Cell(more="waiting", bar=0.0)


def _part(held: int, wanted: int, *, known: bool) -> Cell:
    if not wanted:
        return Cell("none" if known else "not known yet", tone=Tone.MUTED)
    return Cell(more=f"{held} of {wanted}", more_tone=Tone.GOOD if held >= wanted else Tone.MUTED, bar=held / wanted)


def _together(held: Completeness, problems: int) -> Cell:
    said = f"{problems} problem{'s' if problems != 1 else ''}" if problems else ""
    if held.offline:
        return Cell("complete offline", said, Tone.GOOD, Tone.WARN)
    return Cell("incomplete", said or "the next sync goes on", Tone.PLAIN, Tone.WARN if problems else Tone.MUTED)


def waiting_line(waiting: Waiting) -> Line:
    """One act that waits."""
    since = f"since {waiting.since.astimezone():%Y-%m-%d %H:%M}"
    tries = f", tried {waiting.attempts} times" if waiting.attempts > 1 else ""
    return Line(
        f"{waiting.number}  {waiting.what}",
        f"{clean(waiting.why)} ({since}{tries})",
        "warn" if waiting.blocked else "text",
    )


def past_line(past: Past) -> Line:
    """One earlier sync."""
    took = f"{past.seconds:.0f} s" if past.seconds < 90 else f"{past.seconds / 60:.0f} min"
    how = "stopped" if past.stopped else "with problems" if past.problems else "complete"
    said = "\n".join(clean(one) for one in (*past.said, *past.problems))
    return Line(f"{past.at.astimezone():%Y-%m-%d %H:%M}   {how}, {took}", said, "warn" if past.problems else "text")


def server_line(server: ServerStanding) -> Line:
    """One programme."""
    contact = f"last contact {server.contact.astimezone():%Y-%m-%d %H:%M}" if server.contact else "no contact yet"
    facts = "\n".join(f"{name}: {finding}" for name, finding in server.facts)
    images = f"images {server.dicomweb_url}"
    return Line(server.fhir_url, "\n".join(part for part in (images, contact, facts) if part))


def status_text(entries: Iterable[WorklistEntry], last_synced: str) -> str:
    """`synced 2026-11-22 14:05 · 2 of 3 cases complete offline · 1 opinion waits to be delivered`."""
    known = [entry for entry in entries if not entry.case.state.done]
    parts = [f"synced {last_synced}" if last_synced else "not synced yet"]
    if known:
        whole = sum(entry.completeness.offline for entry in known)
        parts.append(f"{whole} of {len(known)} open case{'s' if len(known) != 1 else ''} complete offline")
    opinions = sum(entry.pending.startswith("opinion") for entry in known)
    if opinions:
        parts.append(f"{opinions} opinion{'s wait' if opinions > 1 else ' waits'} to be delivered")
    others = sum(bool(entry.pending) for entry in known) - opinions
    if others:
        parts.append(f"{others} decision{'s wait' if others > 1 else ' waits'} to be sent")
    refused = sum(bool(entry.blocked) for entry in known)
    if refused:
        parts.append(f"{refused} refused by the server")
    return "  ·  ".join(parts)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one step of a sync goes, from its first report on."""

    step: str
    began: datetime
    first: int

    def left(self, done: int, total: int, at: datetime) -> str:
        """Speed and time left in words; empty while it is too early to tell."""
        seconds = (at - self.began).total_seconds()
        if seconds < 3 or done <= self.first or not total:
            return ""
        rate = (done - self.first) / seconds
        return f"{rate:.0f}/s, {in_time((total - done) / rate)}" if rate >= 1 else in_time((total - done) / rate)


def in_time(seconds: float) -> str:
    """`a few seconds left`, `about 40 s left`, `about 3 min left`."""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s left"
    return f"about {round(seconds / 60)} min left"
