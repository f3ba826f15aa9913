"""Gathering a letter from the vault: numbered sources, what was reviewed, pictures and charts as cited.

The digests of what is cited are in `evidence`; how the letter looks is the business of `report`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from reviewer_app.domain.case import Case, ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import InstanceUid, RecordId, SeriesUid
from reviewer_app.domain.imaging import Series, Study, with_modality
from reviewer_app.domain.lab import Result, Trend, course, trends
from reviewer_app.domain.opinion import (
    Citation,
    ImagePlace,
    Opinion,
    RecordPlace,
    ResultPlace,
)
from reviewer_app.domain.patient import clean
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BadInput, NotAllowed, NotFound
from reviewer_app.report import KeyImage, LabChart, Letter, Paper, Source, unprintable
from reviewer_app.services import analytes, evidence, key_images
from reviewer_app.services.key_images import Picture
from reviewer_app.services.reviewed import reviewed
from reviewer_app.services.session import Session


def basis(session: Session, opinion: Opinion) -> str:
    """Digest of everything that a letter on this draft would say, except its time; cheap, nothing is decoded.

    Sealed bytes are not read: they cannot change, only be replaced by another version, which shows.
    """
    vault = session.vault
    case = replace(vault.cases.get(opinion.case), messages=(), task=ServerCopy(""), state=CaseState.IN_REVIEW)
    places = [citation.image for citation in opinion.citations if citation.image is not None]
    said = (
        case,
        opinion,
        vault.profile.author(),
        session.settings.text("paper"),
        vault.results.all(case.id),
        sorted(vault.records.versions(case.id).items()),
        reviewed(session, case.id, opinion.record_edits),
        [vault.images.instance(case.id, place.instance).dataset_sha256 for place in places],
    )
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def gather(session: Session, opinion: Opinion, made_at: datetime, seed: bytes) -> Letter:
    """Everything the letter prints, the same for the same draft, records, time and seed.

    Raises:
        BadInput: The text holds characters that cannot be printed.
        NotAllowed: Something cited is not on this machine.
        VaultTampered: Something cited is no longer what was received.
    """
    case = session.vault.cases.get(opinion.case)
    _require_printable(case, opinion)
    try:
        found = {result_key(result): result for result in session.vault.results.all(case.id)}
        pictures = key_images.pictures(session, opinion)
        decoded = {place: picture.content for place, picture in pictures.items()}
        return Letter(
            case=case,
            opinion=opinion,
            author=session.vault.profile.author(),
            made_at=made_at,
            sources=tuple(_source(session, opinion, *one, found) for one in enumerate(opinion.sources(), 1)),
            records=reviewed(session, case.id, opinion.record_edits),
            images=_images(session, case, opinion, made_at, pictures),
            charts=_charts(opinion, found),
            names=_names(session, opinion),
            manifest=evidence.manifest(session, case, opinion, made_at, seed, decoded, found.values()),
            paper=Paper.LETTER if session.settings.text("paper") == Paper.LETTER.value else Paper.A4,
        )
    except NotFound as error:
        raise NotAllowed(
            "Something that the opinion cites is not on this machine.", "Sync, or remove the citation."
        ) from error


def result_key(result: Result) -> tuple[RecordId, str]:
    """What tells one laboratory value of a case from every other."""
    return result.record, result.component


def _texts(value: object) -> Iterator[str]:
    """Every text within plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _names(session: Session, opinion: Opinion) -> dict[str, str]:
    """Words for records and studies that the author moved between the lists by hand."""
    records = {str(record.id): record for record in session.vault.records.all(opinion.case)}
    found = {edit.record: records[edit.record].title for edit in opinion.record_edits if edit.record in records}
    for study in session.vault.images.studies(opinion.case):
        found[f"study:{study.uid}"] = f"{study.named} {study.date[:10]}".strip()
    return found


def _require_printable(case: Case, opinion: Opinion) -> None:
    texts = list(_texts(msgspec.to_builtins(opinion)))
    missing = sorted(frozenset().union(*(unprintable(text) for text in texts)))
    if missing:
        signs = ", ".join(f"U+{ord(char):04X}" for char in missing[:8])
        raise BadInput(f"The text holds characters that cannot be printed ({signs}).", "Replace them, then try again.")
    if unprintable(case.patient.name.shown):
        raise BadInput(
            "The patient's name is in a script that cannot be printed yet.",
            "Ask the case manager for a Latin spelling.",
        )


def _source(
    session: Session, opinion: Opinion, number: int, citation: Citation, found: Mapping[tuple[RecordId, str], Result]
) -> Source:
    if citation.record is not None:
        return _record(session, opinion, number, citation.record)
    if citation.result is not None:
        return _result(number, citation.result, found)
    if citation.image is not None:
        study, series, where = _image_words(session, opinion, citation.image)
        return Source(number, study.date[:10], f"{series.modality} image", f"{study.description or 'study'}, {where}")
    return Source(number, "", "Reference", citation.reference)


def _record(session: Session, opinion: Opinion, number: int, place: RecordPlace) -> Source:
    record = session.vault.records.get(opinion.case, place.record, place.version or None)
    origin = record.record_class.value.replace("-", " ").capitalize()
    words = [record.title, record.author, f"page {place.page}" if place.page else ""]
    if record.retracted:
        words.append("entered in error, says its source")
    return Source(number, record.when.shown, origin, ", ".join(word for word in words if word), place.quote)


def _result(number: int, place: ResultPlace, found: Mapping[tuple[RecordId, str], Result]) -> Source:
    result = found.get((place.record, place.component))
    if result is None:
        raise NotFound("A cited laboratory value is not there.", "Sync, or remove the citation.")
    value = result.value.shown if result.value else (result.absent or "no value")
    flag = f" ({result.judged.value})" if result.judged.abnormal else ""
    expected = f", reference {result.ranges[0].shown}" if result.ranges and result.ranges[0].shown else ""
    name = f"{result.name}, {result.component}" if result.component else result.name
    origin = {"laboratory": "Laboratory result", "vital-signs": "Vital sign"}.get(result.category, "Result")
    if place.whole:
        same = [one for one in found.values() if one.key == place.trend]
        return Source(number, result.when.shown, origin, f"{name}, {course(same)}")
    return Source(number, result.when.shown, origin, f"{name}: {value}{flag}{expected}")


def _image_words(session: Session, opinion: Opinion, place: ImagePlace) -> tuple[Study, Series, str]:
    studies = session.vault.images.studies(opinion.case)
    pairs = [(study, series) for study in studies for series in study.series if series.uid == SeriesUid(place.series)]
    if not pairs:
        raise NotFound("A cited series is not there.", "Sync, or remove the citation.")
    study, series = pairs[0]
    instance = session.vault.images.instance(opinion.case, InstanceUid(place.instance))
    words = [
        f"series {series.number}{f' ({series.description})' * bool(series.description)}",
        f"image {instance.number}",
    ]
    if len(instance.frames) > 1:
        words.append(f"frame {place.frame}")
    return study, series, ", ".join(words)


def _images(
    session: Session, case: Case, opinion: Opinion, made_at: datetime, pictures: Mapping[ImagePlace, Picture]
) -> tuple[KeyImage, ...]:
    numbers = {citation.target: number for number, citation in enumerate(opinion.sources(), 1)}
    made = []
    for place, picture in pictures.items():
        study, series, where = _image_words(session, opinion, place)
        taken = PartialDate(study.date[:10]).instant or made_at
        banner = case.patient.banner(taken)  # with the age at the study
        patient = "  \u00b7  ".join(part.strip() for part in banner.split("   ") if part.strip())
        caption = clean(f"{_captioned(study, series)}, {where}")
        display = "; ".join(filter(None, (display_words(picture.seen or place), picture.across)))
        made.append(
            KeyImage(
                (numbers[place],), caption, display, patient, picture.page, picture.problem,
                picture.millimetre, picture.basis, picture.marks, picture.edges,
            )
        )  # fmt: skip
    return tuple(made)


def _captioned(study: Study, series: Series) -> str:
    """`CT chest 2026-08-20`: the modality once, the day once."""
    return f"{with_modality((series.modality,), study.description)} {study.date[:10]}".strip()


def display_words(place: ImagePlace) -> str:
    """How a picture was displayed: `window width 400, centre 40; rotated 90 degrees`."""
    words = [f"enlarged {place.zoom:g} times, the part in view"] if place.zoom > 1 else []
    if place.voi_lut is not None:
        words.append(f"lookup table {place.voi_lut + 1} of the image")
    elif place.window is not None:
        words.append(f"window width {place.window[1]:g}, centre {place.window[0]:g}")
    if place.inverted:
        words.append("grey scale inverted")
    if place.palette:
        words.append(f"grey values in the colours “{place.palette}”")
    if place.overlaid is not None:
        words.append(f"laid over: {' '.join(place.overlaid.said.split())}")
    if place.bare:
        words.append("overlays and outlines hidden")
    if place.presentation:
        words.append("by a presentation state that came with it")
    if place.rotation:
        words.append(f"rotated {place.rotation} degrees clockwise")
    if place.flipped:
        words.append("mirrored left to right")
    return "; ".join(words)


def _charts(opinion: Opinion, found: Mapping[tuple[RecordId, str], Result]) -> tuple[LabChart, ...]:
    """Of a trend that was cited as a whole all its values, else only those cited: what is printed is evidence."""
    cited: dict[str, list[tuple[Result, tuple[int, ...]]]] = {}
    whole = set()
    for number, citation in enumerate(opinion.sources(), 1):
        place = citation.result
        if place is not None and (result := found.get((place.record, place.component))) is not None:
            cited.setdefault(result.key, []).append((result, (number,)))
            if place.whole:
                whole.add(result.key)
    pointed = {(result.record, result.component) for points in cited.values() for result, _ in points}
    printed = (result for place, result in found.items() if result.key in whole or place in pointed)
    grouped: dict[str, Trend] = {trend.key: trend for trend in trends(printed, analytes.catalogue().same_unit)}
    return tuple(LabChart(grouped[key], tuple(points), key in whole) for key, points in cited.items())
