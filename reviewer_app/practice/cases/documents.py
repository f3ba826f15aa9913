"""Reports and documents of a story, as rows: which text, on which day, by whom, how coded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer_app.practice.cases.chart import Chart
from reviewer_app.practice.cases.paper import html, pdf, plain, scan, words

_FOOTER = "Invented for practice; no real person."
_KINDS = {"pdf": "application/pdf", "txt": "text/plain", "jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Report:
    """A diagnostic report.

    Attributes:
        text: File with its words.
        category: Diagnostic service, HL7 table v2-0074.
        study: Number of the study it reads, or None where its images were not transferred.
    """

    title: str
    text: str
    day: int
    category: str
    loinc: str
    conclusion: str
    study: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document.

    Attributes:
        name: File name; the suffix says whether it becomes a PDF, stays text, or is scanned.
        text: File with its words.
        kind: Display of the LOINC code.
        author: Key of the person who wrote it.
    """

    name: str
    text: str
    title: str
    day: int
    loinc: str
    kind: str
    author: str


def write_reports(chart: Chart, story: str, reports: Sequence[Report], by: str, studies: Sequence[str]) -> None:
    """Put every report down."""
    for report in reports:
        chart.report(
            report.title,
            html(words(story, report.text, chart.days)),
            report.day,
            category=report.category,
            loinc=report.loinc,
            conclusion=report.conclusion,
            by=by,
            study="" if report.study is None else studies[report.study],
        )


def write_papers(
    chart: Chart, story: str, papers: Sequence[Paper], authors: Mapping[str, str], letterhead: str
) -> tuple[str, ...]:
    """Put every document down; returns their references in order."""
    written = []
    for paper in papers:
        text = words(story, paper.text, chart.days)
        suffix = paper.name.rpartition(".")[2]
        content = plain(text).encode()
        if suffix == "pdf":
            content = pdf(text, letterhead, _FOOTER)
        elif suffix == "jpg":
            content = scan(text, story)
        written.append(
            chart.document(
                paper.name,
                content,
                _KINDS[suffix],
                paper.title,
                paper.day,
                loinc=paper.loinc,
                loinc_text=paper.kind,
                author=authors[paper.author],
            )
        )
    return tuple(written)
