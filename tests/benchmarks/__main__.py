"""`python -m tests.benchmarks [NAME...]`: measure all families or the named ones, print a table, keep it as JSON."""

from __future__ import annotations

import argparse
import compileall
import contextlib
import importlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.figures import Figure, Skipped, heading, row, verdict

FAMILIES = (
    "startup", "opening", "scrolling", "viewports", "pixels", "large", "codecs",
    "reading", "syncing", "signing", "vault",
)  # fmt: skip
OUT = Path("build") / "bench.json"


def main() -> int:
    """Measure; the exit status tells whether every family could be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("family", nargs="*", metavar="NAME", help=f"any of: {', '.join(FAMILIES)} (default: all)")
    chosen = parser.parse_args().family or list(FAMILIES)
    if unknown := set(chosen) - set(FAMILIES):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    os.environ["CONSILIUM_KDF"] = "test"  # the least cost of a passphrase, so that start-up is not hidden behind it
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    compileall.compile_dir("reviewer_app", quiet=1)  # as it is where it was installed
    began = time.monotonic()
    facts = machine.facts()
    say(machine.line(facts))
    figures, failed = measure(chosen)
    OUT.parent.mkdir(exist_ok=True)
    kept = {"machine": facts, "figures": [figure.as_json() for figure in figures]}
    OUT.write_text(json.dumps(kept, indent=1), "utf-8")
    say(f"\n{verdict(figures)}")
    say(f"\nload average now {machine.load()}; {time.monotonic() - began:.0f} s; kept in {OUT}")
    return 1 if failed else 0


def measure(families: list[str]) -> tuple[list[Figure], list[str]]:
    """Figures of the families, printed as they come, and the families that failed."""
    figures: list[Figure] = []
    failed: list[str] = []
    with contextlib.ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="consilium-bench-")))
        say(heading())
        for name in families:
            say(f"{name}")
            try:
                for figure in importlib.import_module(f"tests.benchmarks.{name}").figures(folder):
                    figures.append(figure)
                    say(row(figure))
            except Skipped as reason:
                say(f"  left out: {reason}")
            except Exception as error:  # noqa: BLE001 - one family that fails must not hide the others
                failed.append(name)
                say(f"  failed: {type(error).__name__}: {error}")
    return figures, failed


def say(text: str) -> None:
    """Print at once, also into a file."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
