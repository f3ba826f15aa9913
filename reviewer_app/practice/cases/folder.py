"""Laying the practice cases out as case folders (`bundle.json`, `dicom/`, `documents/`, `expected.json`)."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reviewer_app.errors import DiskFull
from reviewer_app.jobs import Job
from reviewer_app.practice.cases import brain, liver, lung
from reviewer_app.practice.cases.chart import Chart
from reviewer_app.practice.cases.imaging import Scan, write_scan
from reviewer_app.practice.cases.paper import lay_out
from reviewer_app.practice.phantom.series import ImagePatient

Told = tuple[Chart, tuple[Scan, ...], ImagePatient]
_LOOK_EVERY = 0.1
"""Seconds after which a stop is noticed; what is being drawn then is finished first."""

STORIES = MappingProxyType({"practice-lung": lung.tell, "practice-liver": liver.tell, "practice-brain": brain.tell})
CASE_NAMES = tuple(STORIES)


def write_cases(folder: Path, today: dt.date, job: Job) -> tuple[Path, ...]:
    """Write every practice case below `folder`, unless it lies there already; returns their folders.

    Args:
        folder: Made where missing; what lies there already is kept with the dates it was made for.
        today: The day the stories end on; deadlines are counted from it.
        job: Hears of progress, and can cancel.

    Raises:
        DiskFull: The folder could not be written.
    """
    missing = [name for name in STORIES if not (folder / name / "expected.json").exists()]  # it is written last
    try:
        if missing:
            _write_all(folder, {name: STORIES[name](today) for name in missing}, today, job)
    except OSError as error:
        raise DiskFull("The practice cases could not be written.", "Free about 150 MB and try again.") from error
    return tuple(folder / name for name in STORIES)


def _write_all(folder: Path, told: Mapping[str, Told], today: dt.date, job: Job) -> None:
    """Draw the studies of all cases side by side, in processes: drawing is many small steps of one interpreter."""
    scans = [(name, scan) for name, (_, scans, _) in told.items() for scan in scans]
    with ProcessPoolExecutor(min(len(scans), os.cpu_count() or 1), mp_context=get_context("spawn")) as pool:
        drawn = {(name, scan.key): pool.submit(_draw, folder / name, name, today, scan.key) for name, scan in scans}
        try:
            for name, scan in scans:
                job.progress(f"Making images: {scan.study.description}")
                while not drawn[name, scan.key].done():
                    job.check()
                    wait((drawn[name, scan.key],), timeout=_LOOK_EVERY)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        for name, (chart, own, _) in told.items():
            _write(folder / name, name, chart, {scan.key: drawn[name, scan.key].result() for scan in own})


def _draw(target: Path, name: str, today: dt.date, key: str) -> dict[str, Any]:
    """In a process of its own: one study of a case."""
    _, scans, patient = STORIES[name](today)
    return write_scan(target, patient, next(scan for scan in scans if scan.key == key), Job())


def _write(target: Path, name: str, chart: Chart, studies: Mapping[str, Any]) -> None:
    lay_out(target, chart.documents)
    (target / "bundle.json").write_text(json.dumps(bundle(chart), ensure_ascii=False, indent=1), "utf-8")
    counts = Counter(str(resource["resourceType"]) for resource in chart.resources)
    expected = {"case": name, "resources": dict(counts), "studies": studies}
    (target / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1), "utf-8")


def bundle(chart: Chart) -> dict[str, Any]:
    """The chart as a Bundle of type collection with relative references."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"https://practice.example/fhir/{one['resourceType']}/{one['id']}", "resource": one}
            for one in chart.resources
        ],
    }
