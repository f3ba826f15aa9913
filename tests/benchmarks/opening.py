"""From Return on a case to a desk that can be used, in its parts; the peer reads plain files into bare Qt lists.

Once with a usual case, and once with a great one; both have a CT of 60 slices.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import series, stock
from tests.benchmarks.figures import Figure, median
from tests.benchmarks.running import program
from tests.benchmarks.screen import Screen

_ROUNDS = 4
_CASES = (("usual", 600, 40), ("great", 10_000, 500))
"""Name, results, documents."""
_BARE = "plain files in bare Qt lists"
_PARTS = {
    "case": "case opened, panes laid out and painted",
    "records": "records listed",
    "labs": "labs: list, table and trends",
    "image": "first image",
    "opinion": "draft of the opinion",
}


def figures(folder: Path) -> Iterator[Figure]:
    """The first opening of the process, later ones in parts, and memory."""
    weights: list[float] = []
    with contextlib.ExitStack() as closing:
        around = closing.enter_context(Screen()).environment if Screen.available() else {}
        for name, results, documents in _CASES:
            home = stock.full_case(folder / name, results, documents)
            plain = _plain(folder / f"{name}-plain", results, documents)
            for figure in _measured(f"{name} case", home, plain, around):
                yield figure
                if figure.unit == "MB":
                    weights.append(figure.ours)
    yield Figure("memory that the great case adds to a usual one", weights[-1] - weights[0], "MB", budget=150)


def _measured(case: str, home: Path, plain: Path, around: dict[str, str]) -> Iterator[Figure]:
    with program("tests.benchmarks.programs.bare_desk", str(plain), environment=around) as peer:
        bare = [peer.answer()["painted"] * 1e3 for _ in range(_ROUNDS)]
    with program("tests.benchmarks.programs.desk_opening", str(home), environment=around) as ours:
        rounds = [ours.answer() for _ in range(_ROUNDS)]
        weight = ours.megabytes()
    usable = [1e3 * max(times[part] for part in ("records", "labs", "image")) for times in rounds]
    yield Figure(f"{case}: Return to records, labs and image, first", usable[0], "ms", bare[0], _BARE, 300)
    yield Figure(
        f"{case}: Return to records, labs and image, later", median(usable[1:]), "ms", median(bare[1:]), _BARE, 300
    )
    for part, words in _PARTS.items():
        budget = 500 if part == "labs" else None
        yield Figure(f"  {words}", median([1e3 * times[part] for times in rounds[1:]]), budget=budget)
    yield Figure(f"{case}: memory with its desk open", weight, "MB")


def _plain(folder: Path, results: int, documents: int) -> Path:
    """The same contents as files."""
    for part in ("documents", "results"):
        (folder / part).mkdir(parents=True)
    for number, page in enumerate(stock.pages_of_results(results)):
        (folder / "results" / f"{number:03d}.json").write_bytes(page)
    for number in range(documents):
        (folder / "documents" / f"letter-{number}.txt").write_text(f"Letter {number}\n" * 40, "utf-8")
    _, data = next(iter(series.ct(1)))
    (folder / "slice.raw").write_bytes(data[-512 * 512 * 2 :])
    return folder
