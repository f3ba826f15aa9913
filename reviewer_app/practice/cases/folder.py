"""Laying the practice cases out as case folders (`bundle.json`, `dicom/`, `documents/`, `expected.json`)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
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

Story = Callable[[dt.date], tuple[Chart, tuple[Scan, ...], ImagePatient]]

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
    written = []
    for name, story in STORIES.items():
        target = folder / name
        if not (target / "expected.json").exists():  # it is written last
            try:
                _write(target, name, story(today), job)
            except OSError as error:
                raise DiskFull(
                    "The practice cases could not be written.", "Free about 150 MB and try again."
                ) from error
        written.append(target)
    return tuple(written)


def _write(target: Path, name: str, told: tuple[Chart, tuple[Scan, ...], ImagePatient], job: Job) -> None:
    chart, scans, patient = told
    target.mkdir(parents=True, exist_ok=True)
    lay_out(target, chart.documents)
    (target / "bundle.json").write_text(json.dumps(bundle(chart), ensure_ascii=False, indent=1), "utf-8")
    studies = {scan.key: write_scan(target, patient, scan, job) for scan in scans}
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
