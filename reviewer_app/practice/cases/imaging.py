"""Studies of a practice case: what is scanned on which day, written as DICOM and named in the chart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer_app.jobs import Job
from reviewer_app.practice.cases.chart import HL7, Chart, concept, to
from reviewer_app.practice.phantom.drawing import Field, Grid
from reviewer_app.practice.phantom.series import ImagePatient, SeriesPlan, StudyPlan, series_uid, uid, write_series

_CT, _MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"


@dataclass(frozen=True, slots=True)
class Scan:
    """One study, not yet drawn.

    Attributes:
        key: Folder below dicom/, and part of every UID.
        day: Days from today.
        draw: Yields for each slice one plane for each series.
    """

    key: str
    day: int
    study: StudyPlan
    series: tuple[SeriesPlan, ...]
    grid: Grid
    draw: Callable[[], Iterator[tuple[Field, ...]]]


def plan_study(
    chart: Chart, key: str, day: int, clock: str, description: str, institution: str, referrer: str
) -> StudyPlan:
    """The study of a case on a day; its UID follows from the case, the key and the day."""
    date = chart.days.dicom(day)
    return StudyPlan(
        uid=uid(chart.case, key, date),
        day=date,
        time=clock,
        accession=f"P{date[2:]}{clock[:4]}",
        description=description,
        institution=institution,
        referrer=referrer,
    )


def single(planes: Callable[[], Iterator[Field]]) -> Callable[[], Iterator[tuple[Field, ...]]]:
    """What draws one series as what draws several."""
    return lambda: ((plane,) for plane in planes())


def note_study(chart: Chart, scan: Scan) -> str:
    """Put the ImagingStudy down; returns its reference."""
    dcm = "http://dicom.nema.org/resources/ontology/DCM"
    count = len(scan.grid.zs)
    clock = scan.study.time
    return chart.add(
        "ImagingStudy",
        {
            "identifier": [
                {"system": "urn:dicom:uid", "value": f"urn:oid:{scan.study.uid}"},
                {"type": concept("Accession ID", (f"{HL7}/v2-0203", "ACSN")), "value": scan.study.accession},
            ],
            "status": "available",
            "modality": [{"system": dcm, "code": scan.series[0].modality}],
            "subject": to(chart.patient),
            "started": chart.days.at(scan.day, f"{clock[:2]}:{clock[2:4]}"),
            "description": scan.study.description,
            "numberOfSeries": len(scan.series),
            "numberOfInstances": count * len(scan.series),
            "series": [
                {
                    "uid": series_uid(scan.study, plan), "number": plan.number, "description": plan.description,
                    "modality": {"system": dcm, "code": plan.modality}, "numberOfInstances": count,
                }
                for plan in scan.series
            ],
        },
    )  # fmt: skip


def write_scan(folder: Path, patient: ImagePatient, scan: Scan, job: Job) -> dict[str, Any]:
    """Draw a study and write its files; returns what `expected.json` says about it."""
    job.progress(f"Making images: {scan.study.description}")
    target = folder / "dicom" / scan.key
    count = len(scan.grid.zs)

    def drawn() -> Iterator[tuple[Field, ...]]:
        for planes in scan.draw():
            job.check()
            yield planes

    if len(scan.series) == 1:
        write_series(target, patient, scan.study, scan.series[0], scan.grid, (planes[0] for planes in drawn()))
    else:
        for plan, planes in zip(scan.series, zip(*drawn(), strict=True), strict=True):
            write_series(target, patient, scan.study, plan, scan.grid, planes)
    return {
        "study_uid": scan.study.uid,
        "series": {
            series_uid(scan.study, plan): {
                "modality": plan.modality, "instances": count, "transfer_syntax": plan.syntax, "rows": scan.grid.size,
                "columns": scan.grid.size, "frames": 1, "patient_name": patient.name, "patient_id": patient.id,
            }
            for plan in scan.series
        },
    }  # fmt: skip
