"""Measurements and key images as DICOM objects: SR by TID 1500 (PS3.16) and Key Object Selection (PS3.3 A.35.4).

highdicom is loaded on first use: it is needed at delivery only.  Everything is the same for the same arguments, so
that storing twice leaves one object.  Reading them back is `marks_reading`.
"""

from __future__ import annotations

import functools
import io
import uuid
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from reviewer_app.dicom.marks_codes import SCHEME, basis_code, quantity_code, unit_code
from reviewer_app.domain.ids import InstanceUid, SeriesUid
from reviewer_app.domain.imaging import Instance, StudyHeader
from reviewer_app.domain.marks import KeyImage
from reviewer_app.domain.measurement import Measurement, Point, Quantity, Shape
from reviewer_app.domain.outline import lines
from reviewer_app.errors import Fault

Arguments = ParamSpec("Arguments")
MANUFACTURER = "Consilium"
SERIES = 9000
"""Series numbers from which ours start, out of the way of a scanner's."""


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who says so, in which opinion, when.

    Attributes:
        seed: Text that is the same for the same opinion and no other; identifiers are made from it.
        author: Name as it is signed.
        version: Of this program.
    """

    seed: str
    author: str
    at: datetime
    version: str


@dataclass(frozen=True, slots=True)
class MadeObject:
    """An object ready to be stored.

    Attributes:
        part10: The whole file.
    """

    series: SeriesUid
    uid: InstanceUid
    part10: bytes


def can_report(measurement: Measurement) -> bool:
    """Whether TID 1500 has a place for it: something was measured; arrows and texts have nothing to say there."""
    return bool(measurement.values)


def translated(make: Callable[Arguments, MadeObject]) -> Callable[Arguments, MadeObject]:
    """Say once what highdicom says with all kinds of errors; what it warns of would name patients."""

    @functools.wraps(make)
    def made(*arguments: Arguments.args, **named: Arguments.kwargs) -> MadeObject:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return make(*arguments, **named)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise Fault(
                "The measurements cannot be written as a DICOM object.", "The opinion is not affected; tell support."
            ) from error

    return made


@translated
def measurement_report(
    header: StudyHeader,
    measurements: Sequence[Measurement],
    instances: Mapping[InstanceUid, Instance],
    by: Authorship,
) -> MadeObject:
    """All measurements on one study as a Comprehensive (3D) SR of template TID 1500.

    Args:
        measurements: At least one that `can_report`; others are left out.
        instances: Every instance they lie on.
    """
    import highdicom as hd

    kept = [known for known in measurements if can_report(known)]
    groups = [_group(known, instances[known.place.instance], by) for known in kept]
    context = hd.sr.ObservationContext(observer_person_context=_observer(by))
    report = hd.sr.MeasurementReport(
        observation_context=context,
        procedure_reported=_PROCEDURE,
        imaging_measurements=groups,
    )
    used = {known.place.instance: instances[known.place.instance] for known in kept}
    series, uid = SeriesUid(uid_of(by, "sr-series", header.study_uid)), InstanceUid(uid_of(by, "sr", header.study_uid))
    kind = hd.sr.Comprehensive3DSR if any(known.span for known in kept) else hd.sr.ComprehensiveSR
    made = kind(
        evidence=[evidence_of(header, instance) for instance in used.values()],
        content=report[0],
        series_instance_uid=series,
        series_number=SERIES,
        sop_instance_uid=uid,
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
        is_final=True,
        manufacturer_model_name=MANUFACTURER,
        software_versions=by.version,
        device_serial_number="1",
        series_description="Measurements of the second opinion",
    )
    return MadeObject(series, uid, written(made, header, by))


@translated
def key_objects(
    header: StudyHeader, key_images: Sequence[KeyImage], instances: Mapping[InstanceUid, Instance], by: Authorship
) -> MadeObject:
    """Key images of one study as a Key Object Selection Document, "Of Interest", frames named where there are several.

    Args:
        key_images: At least one.
        instances: Every instance among them.
    """
    import highdicom as hd

    frames: dict[InstanceUid, list[int]] = {}
    for known in key_images:
        frames.setdefault(known.place.instance, []).append(known.place.frame)
    evidence = [evidence_of(header, instances[uid]) for uid in frames]
    content = hd.ko.KeyObjectSelection(
        document_title=codes.DCM.OfInterest,
        referenced_objects=evidence,
        observer_person_context=_observer(by),
        description="Key images of the second opinion",
    )
    for item in content[0].ContentSequence:
        if item.ValueType == "IMAGE":
            reference = item.ReferencedSOPSequence[0]
            uid = InstanceUid(str(reference.ReferencedSOPInstanceUID))
            if len(instances[uid].frames) > 1:
                reference.ReferencedFrameNumber = sorted(frames[uid])
    series, made_uid = (
        SeriesUid(uid_of(by, "ko-series", header.study_uid)),
        InstanceUid(uid_of(by, "ko", header.study_uid)),
    )
    made = hd.ko.KeyObjectSelectionDocument(
        evidence=evidence,
        content=content,
        series_instance_uid=series,
        series_number=SERIES + 1,
        sop_instance_uid=made_uid,
        instance_number=1,
        manufacturer=MANUFACTURER,
        series_description="Key images of the second opinion",
    )
    return MadeObject(series, made_uid, written(made, header, by))


_PROCEDURE = Code("25045-6", "LN", "Unspecified imaging procedure")


def _observer(by: Authorship) -> Any:
    import highdicom as hd

    name = hd.sr.PersonObserverIdentifyingAttributes(name=person(by.author))
    return hd.sr.ObserverContext(observer_type=codes.DCM.Person, observer_identifying_attributes=name)


def person(shown: str) -> str:
    """A name as signed in the form of PN (PS3.5 6.2): titles end in a full stop, the last word is the family name."""
    words = shown.replace("^", " ").replace("=", " ").split() or ["Unknown"]
    titles = [word for word in words[:-1] if word.endswith(".") and len(word) > 2]  # noqa: PLR2004 - no initials
    given = [word for word in words[:-1] if word not in titles]
    return f"{words[-1]}^{' '.join(given)}^^{' '.join(titles)}"


def _group(known: Measurement, instance: Instance, by: Authorship) -> Any:
    """One measurement group: TID 1410 for regions, TID 1501 with coordinates for everything else."""
    import highdicom as hd

    words = f"{known.shape.value} {known.id}" + (f": {known.text}" if known.text else "")
    tracking = hd.sr.TrackingIdentifier(uid=uid_of(by, "measurement", known.id), identifier=words)
    frames = [known.place.frame] if len(instance.frames) > 1 else None
    image = hd.sr.SourceImageForRegion(instance.sop_class, instance.uid, frames)
    method = basis_code(known.basis) if known.lengthy else None
    if known.span is not None:
        ends = hd.sr.CoordinatesForMeasurement3D("POLYLINE", np.array(known.span.ends), known.span.reference)
        source = hd.sr.SourceImageForMeasurementGroup(instance.sop_class, instance.uid, frames)
        return hd.sr.MeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            measurements=[_measured(value, known.shape, method, [ends]) for value in known.values],
            source_images=[source],
        )
    if known.shape.region:
        kind, data = _region(known)
        region = hd.sr.ImageRegion(graphic_type=kind, graphic_data=data, source_image=image)
        values = [_measured(value, known.shape, method) for value in known.values]
        return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking, referenced_region=region, measurements=values
        )
    drawn = [
        hd.sr.CoordinatesForMeasurement(graphic_type=kind, graphic_data=data, source_image=image)
        for kind, data in _coordinates(known)
    ]
    values = [_measured(value, known.shape, method, drawn) for value in known.values]
    return hd.sr.MeasurementsAndQualitativeEvaluations(tracking_identifier=tracking, measurements=values)


def _measured(value: Quantity, shape: Shape, method: Code | None, drawn: Sequence[Any] | None = None) -> Any:
    """One value (TID 300) with what it rests on, and where it was drawn unless its group says that."""
    import highdicom as hd

    return hd.sr.Measurement(
        quantity_code(value.name, shape),
        value.value,
        unit_code(value.unit),
        method=method if _spatial(value.unit) else None,
        referenced_coordinates=drawn,
    )


def _spatial(unit: str) -> bool:
    return unit.startswith(("mm", "px"))


def _region(known: Measurement) -> tuple[str, np.ndarray]:
    """Graphic type and data of a region; an ellipse by the ends of its longer, then of its shorter axis."""
    if known.shape is not Shape.ELLIPSE:
        return "POLYLINE", np.array(lines(known.shape, known.points)[0])
    (x0, y0), (x1, y1) = known.points
    middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
    across: list[Point] = [(min(x0, x1), middle_y), (max(x0, x1), middle_y)]
    down: list[Point] = [(middle_x, min(y0, y1)), (middle_x, max(y0, y1))]
    longer_first = (*across, *down) if abs(x1 - x0) >= abs(y1 - y0) else (*down, *across)
    return "ELLIPSE", np.array(longer_first)


def _coordinates(known: Measurement) -> list[tuple[str, np.ndarray]]:
    if known.shape is Shape.PROBE:
        return [("POINT", np.array(known.points))]
    return [("POLYLINE", np.array(line)) for line in lines(known.shape, known.points)]


def evidence_of(header: StudyHeader, instance: Instance) -> Dataset:
    """The header of an instance as far as objects that point to it need it."""
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = instance.sop_class, instance.uid
    data.StudyInstanceUID, data.SeriesInstanceUID = instance.study_uid, instance.series_uid
    data.Modality = instance.modality
    data.PatientName, data.PatientID = header.patient_name, header.patient_id
    data.PatientBirthDate, data.PatientSex = header.birth_date, header.sex
    data.StudyID, data.StudyDate, data.StudyTime = header.study_id, header.study_date, header.study_time
    data.AccessionNumber, data.ReferringPhysicianName = header.accession, header.referring
    if instance.pixels is not None:
        data.Rows, data.Columns = instance.pixels.rows, instance.pixels.columns
        if instance.pixels.frames > 1:
            data.NumberOfFrames = instance.pixels.frames
    data.SpecificCharacterSet = "ISO_IR 192"
    return data


def written(made: Dataset, header: StudyHeader, by: Authorship) -> bytes:
    """The file, its dates those of the signature."""
    day, clock = by.at.strftime("%Y%m%d"), by.at.strftime("%H%M%S")
    made.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("ContentDate", "InstanceCreationDate", "SeriesDate"):
        setattr(made, keyword, day)
    for keyword in ("ContentTime", "InstanceCreationTime", "SeriesTime"):
        setattr(made, keyword, clock)
    for equipment in made.get("ContributingEquipmentSequence", ()):
        equipment.ContributionDateTime = day + clock
    if header.issuer:
        made.IssuerOfPatientID = header.issuer
    if header.description:
        made.StudyDescription = header.description
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def uid_of(by: Authorship, *parts: str) -> str:
    """A UID made of a name (PS3.5 B.2): the same for the same opinion and thing."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join((SCHEME, by.seed, *parts))).int}"
