"""Microbiology and pathology: findings that are read together, as one report each, and never drawn as trends.

A culture with the susceptibilities of what grew in it must not fall apart into lines of their own, where "penicillin:
resistant" would stand without its organism.  What is a number, such as a proliferation index, is drawn as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.domain.record import Record

DISCIPLINES = ("microbiology", "pathology")
_DEEPEST = 6
"""Findings within findings that are followed; a reference that leads back is followed once."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """One result within a report; `depth` counts from 0 how far it stands inside another."""

    result: Result
    depth: int = 0


@dataclass(frozen=True, slots=True)
class LabReport:
    """Findings of microbiology or pathology that belong together.

    Attributes:
        record: The DiagnosticReport, or the Observation where no report was sent.
        discipline: One of `DISCIPLINES`.
        words: What the report itself says, in lines; conclusion and codes.
        findings: Its results, those inside another below it.
    """

    record: RecordId
    discipline: str
    title: str
    when: PartialDate
    status: str = ""
    author: str = ""
    words: str = ""
    findings: tuple[ReportEntry, ...] = ()

    @property
    def key(self) -> str:
        """Names it among the analytes."""
        return f"report:{self.record}"

    @property
    def trend(self) -> Trend:
        """Its findings as results in words, for lists and tables; none of them is drawn."""
        told = [one.result for one in self.findings]
        texts = tuple(result for result in told if not result.retracted)
        retracted = tuple(result for result in told if result.retracted)
        return Trend(self.key, self.title, self.discipline, (), texts, retracted, self.discipline)

    @property
    def headline(self) -> str:
        """What was found, in few words: the first line of the report, else the words of its outermost findings."""
        said = [one.result.value.shown for one in self.findings if not one.depth and one.result.value is not None]
        return self.words.partition("\n")[0] or ", ".join(dict.fromkeys(said)) or "no findings sent"


def reports(
    results: Sequence[Result], papers: Sequence[Record], panels: Sequence[Record]
) -> tuple[tuple[LabReport, ...], tuple[Result, ...]]:
    """Put results of microbiology and pathology together.

    Args:
        results: All results of the case.
        papers: Its DiagnosticReports of these disciplines.
        panels: Observations that may have members.

    Returns:
        The reports, newest first, and the results that are drawn as trends: all others, and numbers of these.
    """
    if not papers and not any(result.category in DISCIPLINES for result in results):
        return (), tuple(results)  # as in most cases, however many results they have
    by_record: dict[str, list[Result]] = {}
    for result in results:
        by_record.setdefault(result.record, []).append(result)
    members: dict[str, tuple[str, ...]] = {
        panel.id: inside for panel in panels if (inside := _targets(panel, "member")) and not panel.unreadable
    }
    made: list[LabReport] = []
    told: set[str] = set()
    for paper in papers:
        discipline = next(iter(_targets(paper, "discipline")), "")
        found = tuple(_found(_targets(paper, "result"), by_record, members, told))
        made.append(
            LabReport(paper.id, discipline, paper.title, paper.when, paper.status, paper.author, paper.body, found)
        )
    titles: dict[str, str] = {panel.id: panel.title for panel in panels}
    inner = {ref for panel, refs in members.items() for ref in refs if ref != panel}
    outermost_first = sorted(dict.fromkeys((*by_record, *members)), key=inner.__contains__)
    for record in outermost_first:
        first = next((result for ref in (record, *members.get(record, ())) for result in by_record.get(ref, ())), None)
        if record in told or first is None or first.category not in DISCIPLINES:
            continue
        found = tuple(_found((record,), by_record, members, told))
        title = titles.get(record, first.name)
        made.append(
            LabReport(RecordId(record), first.category, title, first.when, first.status, first.performer, "", found)
        )
    kept = tuple(result for result in results if result.record not in told or _drawn(result))
    return tuple(sorted(made, key=lambda one: one.when.sort_key, reverse=True)), kept


def is_of_discipline(paper: Record) -> bool:
    """Whether a DiagnosticReport is one of microbiology or pathology that counts."""
    ours = any(one in DISCIPLINES for one in _targets(paper, "discipline"))
    return ours and not paper.unreadable and not paper.retracted


def _found(
    refs: Iterable[str],
    by_record: Mapping[str, list[Result]],
    members: Mapping[str, tuple[str, ...]],
    told: set[str],
    depth: int = 0,
) -> Iterable[ReportEntry]:
    for record in refs:
        if record in told or (record not in by_record and record not in members):
            continue
        told.add(record)
        own = by_record.get(record, [])
        for result in own:
            yield ReportEntry(result, depth + bool(result.component and not own[0].component))
        if depth < _DEEPEST:
            yield from _found(members.get(record, ()), by_record, members, told, depth + 1)


def _targets(record: Record, kind: str) -> tuple[str, ...]:
    return tuple(to.partition(":")[2] for to in record.links if to.startswith(f"{kind}:"))


def _drawn(result: Result) -> bool:
    """Whether a result of a report is a number that may be followed over time; a susceptibility is not."""
    return result.value is not None and result.value.number is not None and not result.meaning
