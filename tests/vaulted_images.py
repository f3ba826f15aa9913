"""Builders: the images of a shared case in a real vault, as sync would leave them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pydicom

from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.patient import Patient, PersonName
from reviewer_app.services.session import Session
from tests.desks import CASE_ID, case


def case_of(folder: Path) -> Case:
    """A case about the patient that the folder's `expected.json` names."""
    said = json.loads((folder / "expected.json").read_text("utf-8"))["patient"]
    patient = Patient(
        "Patient/p1",
        (PersonName(said["fam"], tuple(said["giv"])),),
        (said["id"],),
        PartialDate(said["dob"]),
        {"F": "female", "M": "male"}.get(said["sex"], "unknown"),
    )
    return case(patient=patient)


def ingest(session: Session, files: Iterable[Path]) -> None:
    """Put DICOM files into the vault under the one case, indexed in the worker."""
    parts: dict[str, list[tuple[pydicom.Dataset, bytes]]] = {}
    for file in files:
        header = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        parts.setdefault(str(header.SeriesInstanceUID), []).append((header, file.read_bytes()))
    studies: dict[str, Study] = {}
    listed: dict[str, dict[str, list[str]]] = {}
    for uid, members in parts.items():
        header = members[0][0]
        series = Series(
            uid, str(header.StudyInstanceUID), str(header.get("Modality", "")), int(header.get("SeriesNumber") or 0),
            str(header.get("SeriesDescription", "")), str(header.get("BodyPartExamined", "")),
        )  # fmt: skip
        study = studies.get(series.study_uid) or Study(
            series.study_uid, _when(header), str(header.get("StudyDescription", ""))
        )
        studies[study.uid] = replace(study, series=(*study.series, series))
        listed.setdefault(study.uid, {})[uid] = [str(header.SOPInstanceUID) for header, _ in members]
    for study in studies.values():
        session.vault.images.expect(CASE_ID, study, listed[study.uid])
    for members in parts.values():
        session.vault.images.put_many(CASE_ID, [(session.workers.index(data), data) for _, data in members])


def _when(header: pydicom.Dataset) -> str:
    day, time = str(header.get("StudyDate", "")), str(header.get("StudyTime", ""))
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}".strip(" :")
