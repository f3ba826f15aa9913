"""Reading a long case: 10,000 results and 500 documents listed and drawn, 20 trends panned, 100,000 notes searched.

The peer of the trends is one pyqtgraph plot for each analyte with the same points.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reviewer_app.domain.analyte import System
from reviewer_app.domain.briefs import briefs
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.placing import case_span
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.services import analytes, labs, records, search
from reviewer_app.services.session import Session
from tests.benchmarks import stock
from tests.benchmarks.figures import Figure, median, p99
from tests.desks import CASE_ID, open_session

_DOCUMENTS, _NOTES, _STEP, _FRAMES, _PANELS = 500, 100_000, 5_000, 60, 20
_SYLLABLES = ("ba", "de", "fi", "go", "lu", "mi", "no", "pa", "re", "su", "ta", "vi")


def figures(folder: Path) -> Iterator[Figure]:
    """Trends, list, frames, words."""
    session = open_session(folder / "reading")
    try:
        stock.ingest(session, stock.pages_of_results())
        session.vault.records.put_many(CASE_ID, [(_note(number), b"{}") for number in range(_DOCUMENTS)])
        yield from _read(session)
        yield from _painted(session)
        yield from _searched(session)
    finally:
        session.close()


def _read(session: Session) -> Iterator[Figure]:
    from reviewer_app.ui.labs import panels
    from reviewer_app.ui.labs import reading as values
    from reviewer_app.ui.records import reading as lines

    def trends(system: System) -> None:
        sheet = labs.sheet(session, CASE_ID, system)
        values.analyte_rows(briefs(sheet, labs.panels()))
        for trend in sheet.trends[:1]:
            panels.panels(trend, sheet)

    analytes.catalogue()
    received = _often(lambda: trends(System.RECEIVED))
    yield Figure("all trends of 10,000 results, list and first panel", received, budget=500)
    yield Figure("the same in SI units", _often(lambda: trends(System.SI)), budget=500)
    listed = _often(lambda: lines.groups(records.listing(session, CASE_ID), records.viewed(session, CASE_ID)))
    yield Figure("list of 10,500 records", listed, budget=300)


def _painted(session: Session) -> Iterator[Figure]:
    from PySide6.QtWidgets import QApplication

    from reviewer_app.ui import theme
    from reviewer_app.ui.labs import panels
    from reviewer_app.ui.labs.canvas import TrendCanvas

    app = QApplication.instance() or QApplication([])
    theme.apply(app, "dark")
    sheet = labs.sheet(session, CASE_ID)
    made = tuple(panel for trend in sheet.trends[:_PANELS] for panel in panels.panels(trend, sheet)[:1])
    canvas = TrendCanvas()
    canvas.resize(1200, 1000)
    span = case_span(sheet.trends)
    canvas.show_panels(made, (), span)
    canvas.show()
    app.processEvents()
    frames = []
    for step in range(_FRAMES):
        moved = (span[1] - span[0]) * 0.002 * step
        began = time.perf_counter()
        canvas.show_time(span[0] + moved, span[1] - moved / 2)
        canvas.repaint()
        frames.append((time.perf_counter() - began) * 1e3)
    canvas.close()
    points = sum(len(panel.dots) for panel in made)
    theirs = _plotted(made, span)
    name = f"pan and zoom {len(made)} trends, {points:,} points"
    yield Figure(f"{name}, median", median(frames), "ms", median(theirs), "20 pyqtgraph plots", 16)
    yield Figure(f"{name}, p99", p99(frames), "ms", p99(theirs), "20 pyqtgraph plots")


def _plotted(made, span: tuple[float, float]) -> list[float]:
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    window = pyqtgraph.GraphicsLayoutWidget()
    window.resize(1200, 1000)
    plots = []
    for number, panel in enumerate(made):
        plot = window.addPlot(row=number // 2, col=number % 2)
        plot.plot([dot.x for dot in panel.dots], [dot.y for dot in panel.dots])
        if plots:
            plot.setXLink(plots[0])
        plots.append(plot)
    window.show()
    QApplication.processEvents()
    frames = []
    for step in range(_FRAMES // 3):
        moved = (span[1] - span[0]) * 0.006 * step
        began = time.perf_counter()
        plots[0].setXRange(span[0] + moved, span[1] - moved / 2, padding=0)
        QApplication.processEvents()
        window.repaint()
        frames.append((time.perf_counter() - began) * 1e3)
    window.close()
    return frames


def _searched(session: Session) -> Iterator[Figure]:
    index = session.vault.search
    began = time.perf_counter()
    for start in range(0, _NOTES, _STEP):
        session.vault.records.put_many(
            CASE_ID, [(_note(number + 1_000), b"{}") for number in range(start, start + _STEP)]
        )
        stale = index.stale(CASE_ID, 2 * _STEP)
        index.put(CASE_ID, [(one, (one.record.body,)) for one in stale])
    yield Figure("put 100,000 notes into vault and index", (time.perf_counter() - began) * 1e3)
    for what, words in (
        ("a rare word", "metastasis"), ("a word of every note", "patient"), ("a phrase", '"lymph node"'),
        ("the beginning of a word", "metast*"), ("two words", "patient metastasis"),
        ("what is only begun", "metas"), ("the beginning of every note", "pati"), ("what is nowhere", "nowhere"),
    ):  # fmt: skip
        spent = _often(lambda words=words: search.find(session, words, CASE_ID))
        yield Figure(f"find {what} in 100,000 notes", spent, budget=50)


def _note(number: int) -> Record:
    words = [_SYLLABLES[number * 31 // 7**place % 12] + _SYLLABLES[number // 12**place % 12] for place in range(12)]
    words += ["patient", "reports"] + (["metastasis"] if number % 500 == 0 else [])
    words += ["lymph", "node"] if number % 3 == 0 else []
    day = PartialDate(f"{2000 + number % 26}-{1 + number % 12:02}-{1 + number % 28:02}")
    return Record(RecordId(f"DocumentReference/note-{number}"), "1", RecordClass.DOCUMENT, f"Note {number}", day,
                  body=" ".join(words))  # fmt: skip


def _often(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds, the median of some runs."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1e3)
    return median(spent)
