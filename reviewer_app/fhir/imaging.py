"""FHIR ImagingStudy -> which studies, series and instances a record lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.patient import clean
from reviewer_app.fhir.element import Element, child, children, codings, count, date, text

_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class ListedStudy:
    """A study as the record lists it.

    Attributes:
        instances: (uid, number) of each instance, by series; may hold fewer than a series' `expected`.
    """

    study: Study
    instances: dict[SeriesUid, tuple[tuple[InstanceUid, int], ...]]


def is_uid(value: str) -> bool:
    """Whether it is a DICOM UID (PS3.5 section 9)."""
    return _UID.fullmatch(value) is not None


def study_uid(content: Element) -> str:
    """Study Instance UID, or empty."""
    for identifier in children(content, "identifier"):
        if text(identifier, "system") == "urn:dicom:uid":
            uid = text(identifier, "value").removeprefix("urn:oid:")
            if is_uid(uid):
                return uid
    return ""


def accession(content: Element) -> str:
    """Accession number, or empty."""
    for identifier in children(content, "identifier"):
        if any(coding.code == "ACSN" for coding in codings(child(identifier, "type"))):
            return clean(text(identifier, "value"))
    return ""


def modalities(content: Element) -> tuple[str, ...]:
    """Modality codes of the study, each once."""
    found = [text(one, "code") for one in children(content, "modality")]
    found += [text(child(series, "modality"), "code") for series in children(content, "series")]
    return tuple(dict.fromkeys(one for one in found if one))


def listed_study(content: Element) -> ListedStudy | None:
    """The study an ImagingStudy lists, or None where it names no UID.

    Raises:
        Malformed: An element is not of its R4 type.
    """
    uid = study_uid(content)
    if not uid:
        return None
    series, instances = [], {}
    for given in children(content, "series"):
        series_uid = SeriesUid(text(given, "uid").removeprefix("urn:oid:"))
        if not is_uid(series_uid):
            continue
        listed = tuple(
            (InstanceUid(own), count(one, "number"))
            for one in children(given, "instance")
            if is_uid(own := text(one, "uid").removeprefix("urn:oid:"))
        )
        instances[series_uid] = listed
        series.append(
            Series(
                uid=series_uid,
                study_uid=StudyUid(uid),
                modality=text(child(given, "modality"), "code"),
                number=count(given, "number"),
                description=clean(text(given, "description")),
                body_part=clean(text(child(given, "bodySite"), "display")),
                laterality=text(child(given, "laterality"), "code"),
                expected=max(count(given, "numberOfInstances"), len(listed)),
            )
        )
    study = Study(
        uid=StudyUid(uid),
        date=date(content, "started").shown,
        description=clean(text(content, "description")),
        accession=accession(content),
        modalities=modalities(content),
        series=tuple(sorted(series, key=lambda one: one.number)),
        listed_only=True,
    )
    return ListedStudy(study, instances)
