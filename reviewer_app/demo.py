"""`consilium demo`: the whole journey on the practice clinic, step by step with times.

It leaves the signed letter and screenshots of worklist, desk and opinion in a folder.  Without a display the window is
drawn offscreen; with one it stays open at the end.  It is no test: what must hold is promised in `tests/end2end`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from reviewer_app.domain.dates import now
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.imaging import DisplaySet
from reviewer_app.domain.lab import Result, course
from reviewer_app.domain.opinion import Citable, Citation, CitationKind, ImagePlace, RecordPlace, ResultPlace
from reviewer_app.domain.rules import Severity
from reviewer_app.errors import BadInput, Fault, ReviewerError
from reviewer_app.jobs import Job, Progress
from reviewer_app.services import clinic, first_run, opinions, records, session, signing, sync, verification, worklist
from reviewer_app.services.session import Session

NUMBER = "SO-P-0101"
PASSPHRASE = "practice makes perfect"  # noqa: S105 - opens a vault of invented cases that lives in the build folder
_OPINION = Path(__file__).resolve().parent.parent / "resources" / "practice" / "lung" / "opinion.json"
_MARK = ".consilium-demo"
_WAIT = 30.0
"""Seconds the window may take to show what a step waits for."""


def main(words: Sequence[str]) -> int:
    """Run the journey; returns the exit status."""
    parser = argparse.ArgumentParser(prog="consilium demo", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("build/demo"), help="folder for the letter and the screenshots"
    )
    parser.add_argument("--close", action="store_true", help="do not leave the window open at the end")
    options = parser.parse_args(words)
    display = bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform in ("win32", "darwin")
    )
    if not display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        _Journey(options.out.absolute()).run(stay=display and not options.close)
    except ReviewerError as problem:
        sys.stderr.write(f"consilium: {problem}\n")
        return 1
    return 0


class _Journey:
    """One run in a fresh folder."""

    def __init__(self, out: Path) -> None:
        _make_room(out)
        self._out, self._home = out, out / "profile"
        self._clinic = first_run.practice_folder(self._home)
        self._number = 0
        self._case = CaseId("")
        self._cited: dict[CitationKind, Citation] = {}

    def run(self, *, stay: bool) -> None:
        """Every step in order."""
        try:
            self._pull()
            self._review()
            self._show()
            signed = self._sign()
            self._deliver()
            self._verify(signed)
            if stay:
                self._stay()
        finally:
            clinic.stop(self._clinic)
        sys.stdout.write(f"\nIn {self._out}: letter.pdf, worklist.png, desk.png, opinion.png\n")

    @contextmanager
    def _step(self, words: str) -> Iterator[list[str]]:
        self._number += 1
        said: list[str] = []
        began = time.perf_counter()
        sys.stdout.write(f"{self._number:>2}  {words} ")
        sys.stdout.flush()
        yield said
        sys.stdout.write(f"{'.' * max(2, 64 - len(words))} {time.perf_counter() - began:6.2f} s   {'; '.join(said)}\n")
        sys.stdout.flush()

    @contextmanager
    def _unlocked(self) -> Iterator[Session]:
        opened = session.unlock(self._home, PASSPHRASE)
        try:
            yield opened
        finally:
            opened.close()

    def _pull(self) -> None:
        with self._step("Create an encrypted vault"):
            opened, _key = session.create(self._home, PASSPHRASE)
        try:
            with self._step("Open the practice clinic and enrol") as said:
                server = first_run.open_practice(opened, Job())
                said.append(f"FHIR {server.fhir_url}, DICOMweb {server.dicomweb_url}")
            with self._step("Sync the assigned cases") as said:
                report = sync.run(opened, Job(_quiet))
                said.extend(report.lines)
        finally:
            opened.close()
        with self._step("Close the clinic: no network from here on"):
            clinic.stop(self._clinic)

    def _review(self) -> None:
        with self._step("Accept the case, read its records, look at its images") as said, self._unlocked() as opened:
            case = worklist.find(opened, NUMBER)
            self._case = case.id
            worklist.accept(opened, case.id, worklist.attest(independent=True, competent=True, timely=True))
            worklist.open_case(opened, case.id)
            read = _read_everything(opened, case.id)
            said.append(f"{read} records and series")
        with self._step("Write the opinion and cite its evidence") as said, self._unlocked() as opened:
            case = worklist.find(opened, NUMBER)
            opinion = _write(opened, case.id)
            self._cited = {citation.kind: citation for citation in reversed(opinion.citations)}
            said.append(f"{len(opinion.citations)} citations")
            findings = opinions.findings(opened, case.id)
            for finding in findings:
                if finding.severity is Severity.WARN:
                    opinion = opinions.acknowledge(opinion, finding.rule)
            opinions.save(opened, opinion)
            said.append(
                f"{len(findings)} findings, none blocks" if not _blocks(findings) else "; ".join(_blocks(findings))
            )

    def _show(self) -> None:
        from PySide6.QtWidgets import QApplication

        from reviewer_app.app import Application, Wanted
        from reviewer_app.services import head_start

        application = QApplication.instance() or QApplication(["consilium"])
        with self._step("Show worklist, desk and opinion in the window") as said:
            window = Application(self._home, lambda: None, Wanted(head_start.begin(self._home, PASSPHRASE)))
            window.start()
            window.window.show()
            pump = application.processEvents
            _until(pump, lambda: window.shell is not None and len(window.shell.worklist.state.rows) > 1)
            shell = window.shell
            assert shell is not None
            self._picture(pump, window.window, "worklist")
            shell.open_case(self._case)
            _until(pump, lambda: shell.desk.case is not None and shell.desk.pane("images").selection() is not None)
            for kind in (CitationKind.RESULT, CitationKind.RECORD, CitationKind.IMAGE):
                shell.desk.show_place(self._cited[kind])
            self._picture(pump, window.window, "desk")
            shell.desk_view.arrange(_arrangement("write"))
            self._picture(pump, window.window, "opinion")
            window.close()
            window.window.hide()
            said.append("three screenshots")

    def _picture(self, pump: Callable[[], None], window: Any, name: str) -> None:
        from reviewer_app.ui.viewer.viewport import Viewport

        def pictured() -> bool:
            return all(tile.state.has_picture for tile in window.findChildren(Viewport) if tile.isVisible())

        settle = time.monotonic() + 1.5
        _until(pump, lambda: time.monotonic() > settle and pictured())
        window.grab().save(str(self._out / f"{name}.png"))

    def _sign(self) -> str:
        with self._unlocked() as opened:
            case = worklist.find(opened, NUMBER)
            with self._step("Preview the letter") as said:
                shown = signing.preview(opened, case.id)
                said.append(f"{len(shown.pdf) // 1024} KB")
            with self._step("Sign exactly what was previewed") as said:
                signed = signing.sign(opened, case.id, shown)
                said.append(f"by {signed.signer}, SHA-256 {signed.sha256[:12]}…")
            (self._out / "letter.pdf").write_bytes(signing.pdf(opened, case.id))
        return signed.sha256

    def _deliver(self) -> None:
        with self._step("Open the clinic again"):
            clinic.start(self._clinic, embedded=True)
        with self._step("Sync: deliver, read back") as said, self._unlocked() as opened:
            report = sync.run(opened, Job(_quiet))
            said.append(f"{report.delivered} opinion delivered and read back")
            if report.delivered != 1:
                raise Fault("The opinion was not delivered.", " ".join(report.lines))

    def _verify(self, digest: str) -> None:
        with self._step("Verify the letter") as said, self._unlocked() as opened:
            from reviewer_app.services import identity

            pdf = signing.pdf(opened, worklist.find(opened, NUMBER).id)
            verdict = verification.verify(pdf, [identity.certificate(opened)])
            said.append(verdict.lines[0] if verdict.ok else "; ".join(verdict.problems))
            said.append(f"SHA-256 {digest[:12]}…")

    def _stay(self) -> None:
        from PySide6.QtWidgets import QApplication

        from reviewer_app.app import Application, Wanted
        from reviewer_app.services import head_start

        application = QApplication.instance()
        assert application is not None
        window = Application(self._home, lambda: None, Wanted(head_start.begin(self._home, PASSPHRASE)))
        window.start()
        window.window.show()
        sys.stdout.write("The window stays open; close it to end the demo.\n")
        application.exec()


def _make_room(out: Path) -> None:
    """An empty folder; what a demo before left there is removed, anything else is left alone."""
    mark = out / _MARK
    if out.exists() and any(out.iterdir()) and not mark.exists():
        raise BadInput("The folder is not empty.", "Choose a new or empty folder with --out.")
    if mark.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    mark.write_text("Made by consilium demo; the next demo removes this folder.\n", "utf-8")


def _quiet(_progress: Progress) -> None:
    """Progress is shown by the step as a whole."""


def _blocks(findings: Sequence[Any]) -> list[str]:
    return [f"{finding.rule} {finding.message}" for finding in findings if finding.severity is Severity.BLOCK]


def _until(pump: Callable[[], None], done: Callable[[], bool]) -> None:
    end = time.monotonic() + _WAIT
    while not done():
        pump()
        time.sleep(0.005)
        if time.monotonic() > end:
            raise Fault("The window did not come to rest.", "Try again; on a slow machine it may need more time.")


def _arrangement(name: str) -> Any:
    from reviewer_app.ui.shell.arrangements import ARRANGEMENTS

    return next(one for one in ARRANGEMENTS if name in one.command)


def _read_everything(opened: Session, case: CaseId) -> int:
    from reviewer_app.services import images, viewing

    read = 0
    for record in records.listing(opened, case):
        if record.record_class.value in ("document", "report"):
            records.opened(opened, case, record.id)
            read += 1
    for study in images.studies(opened, case):
        for series in study.series:
            viewing.series(opened, case, series.uid)
            read += 1
    return read


def _write(opened: Session, case: CaseId) -> Any:
    story = json.loads(_OPINION.read_text("utf-8"))
    opinion = opinions.open(opened, case)
    before = now() - timedelta(days=story["first_date_days_before"])
    for name, text in {**story["fields"], "first.date": before.date().isoformat()}.items():
        opinion = set_field(opinion, name, text)
    opinion = opinions.save(opened, opinion)
    for wish in story["citations"]:
        opinion = opinions.cite(opened, case, wish["anchor"], _citable(opened, case, wish))
    return opinion


def _citable(opened: Session, case: CaseId, wish: dict[str, Any]) -> Citable:
    if "reference" in wish:
        return Citable(wish["reference"], reference=wish["reference"])
    if "record" in wish:
        found = next(r for r in records.listing(opened, case) if wish["record"].lower() in r.title.lower())
        return Citable(f"{found.title} {found.when.day}", record=RecordPlace(found.id, found.version, page=1))
    if "trend" in wish:
        results = _results(opened, case, wish["trend"])
        newest = results[-1]
        version = opened.vault.records.versions(case)[newest.record]
        place = ResultPlace(newest.record, version, "", newest.key, whole=True)
        return Citable(f"{newest.name}, {course(results)}", result=place)
    return _image(opened, case, wish)


def _results(opened: Session, case: CaseId, loinc: str) -> list[Result]:
    """All of one analyte, oldest first."""
    found = [result for result in opened.vault.results.all(case) if result.loinc == loinc and result.value]
    return sorted(found, key=lambda result: result.when.sort_key)


def _image(opened: Session, case: CaseId, wish: dict[str, Any]) -> Citable:
    from reviewer_app.services import images

    studies = [study for study in images.studies(opened, case) if "CT" in study.modalities]
    study = studies[0] if wish["image"] == "ct_now" else studies[-1]
    shown: DisplaySet = images.display_set(opened, case, study.series[0].uid)
    at = min(range(len(shown.images)), key=lambda i: abs(_height(shown.images[i]) - wish["z_mm"]))
    instance, frame = shown.images[at]
    center, width = wish["window"]
    place = ImagePlace(study.uid, shown.series.uid, instance.uid, frame + 1, (float(center), float(width)))
    return Citable(f"CT {study.date[:10]}, image {at + 1}", image=place)


def _height(image: Any) -> float:
    instance, frame = image
    plane = instance.frames[frame].plane
    return plane.position[2] if plane else 0.0
