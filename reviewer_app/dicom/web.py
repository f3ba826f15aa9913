"""A DICOMweb server: QIDO-RS lists, WADO-RS instances one by one, STOW-RS with read-back (PS3.18).

Nothing here looks inside a DICOM file; whether an instance is what was asked for is verified by whoever receives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from reviewer_app.dicom.multipart import related, single_part
from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.domain.patient import ImageIdentity, clean
from reviewer_app.domain.profile import Credentials
from reviewer_app.errors import BrokenAnswer, ServerProblem, ServerRefused, WrongAddress
from reviewer_app.jobs import Job
from reviewer_app.transport import TRIES, Answer, Throttle, Transport

DICOM_JSON = "application/dicom+json"
INSTANCE_LIMIT = 2 * 2**30
"""Bytes of one instance."""
LIST_PAGE = 1000
MOST_PAGES = 200
_LIST = {"Accept": DICOM_JSON, "Accept-Encoding": "gzip"}
_FETCH = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*', "Accept-Encoding": "identity"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FoundStudy:
    """A study as QIDO-RS lists it, without its series."""

    study: Study
    identity: ImageIdentity


class DicomWeb:
    """One DICOMweb server, to be closed at the end; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        connections: int = 4,
        tries: int = TRIES,
        throttle: Throttle | None = None,
    ) -> None:
        self._http = Transport(base_url, credentials, connections=connections, tries=tries, throttle=throttle)
        self.server_time: datetime | None = None

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def probe(self, job: Job) -> str:
        """Ask for one study; in words what came back.

        Raises:
            WrongAddress: Something else than DICOMweb answers.
            Unauthorised, Offline: As they say.
        """
        answer = self._http.request("GET", "studies", job=job, params={"limit": "1"}, headers=_LIST)
        if answer.status in (404, 405, 501):
            raise self._not_dicomweb()
        rows = self._rows(answer)
        return f"answers, {len(rows)} study where one was asked for" if rows else "answers, no studies"

    def studies(self, job: Job, *, study_uid: str = "", patient_id: str = "") -> tuple[FoundStudy, ...]:
        """Studies with this UID, or of this patient id."""
        params = {"StudyInstanceUID": study_uid} if study_uid else {"PatientID": patient_id}
        found = self._list("studies", {**params, "includefield": "00081030"}, "0020000D", job)
        kept = []
        for row in found:
            # a server that does not know the parameter returns every study it has
            if study_uid and value(row, "0020000D") != study_uid:
                continue
            if patient_id and value(row, "00100020").strip() != patient_id:
                continue
            kept.append(FoundStudy(_study(row), _identity(row)))
        return tuple(kept)

    def series(self, study_uid: StudyUid, job: Job) -> tuple[Series, ...]:
        """Series of a study; `expected` is what the server counts, 0 where it does not."""
        rows = self._list(
            f"studies/{study_uid}/series", {"includefield": "0008103E,00201209,00180015"}, "0020000E", job
        )
        return tuple(_series(row, study_uid) for row in rows if value(row, "0020000E"))

    def instances(self, study_uid: StudyUid, series_uid: SeriesUid, job: Job) -> tuple[tuple[InstanceUid, int], ...]:
        """(uid, instance number) of every instance of a series."""
        base = f"studies/{study_uid}/series/{series_uid}"
        try:
            rows = self._list(f"{base}/instances", {}, "00080018", job)
        except ServerRefused:
            rows = self._rows(self._http.request("GET", f"{base}/metadata", job=job, headers=_LIST))
        return tuple((InstanceUid(uid), _whole(row, "00200013")) for row in rows if (uid := value(row, "00080018")))

    def instance(
        self, study_uid: StudyUid, series_uid: SeriesUid, uid: InstanceUid, job: Job, *, tries: int = 0
    ) -> bytes:
        """One instance as a Part 10 file, in whatever transfer syntax it is stored.

        Raises:
            BrokenAnswer: Cut off, damaged, or not exactly one.
            ServerRefused: With its status; 404 means that the server does not hold it.
        """
        path = f"studies/{study_uid}/series/{series_uid}/instances/{uid}"
        answer = self._http.request("GET", path, job=job, headers=_FETCH, limit=INSTANCE_LIMIT, tries=tries)
        self._expect(answer)
        if answer.content_type == "multipart/related":
            return single_part(answer.body, answer.headers["content-type"])
        if answer.content_type == "application/dicom" and "content-length" in answer.headers:
            return answer.body
        raise (
            self._not_dicomweb()
            if answer.content_type == "text/html"
            else BrokenAnswer(
                "An image arrived in a form that cannot be checked for completeness.", "Tell the programme."
            )
        )

    def store(self, part10: bytes, study_uid: StudyUid, series_uid: SeriesUid, uid: InstanceUid, job: Job) -> None:
        """Store one instance; returns only once the server gives it back (status codes of STOW-RS mislead).

        Raises:
            ServerRefused: It was not stored.
        """
        body, content_type = related([part10])
        headers = {"Accept": DICOM_JSON, "Content-Type": content_type}
        answer = self._http.request("POST", "studies", job=job, headers=headers, body=body)
        if answer.status == 401:  # noqa: PLR2004 - HTTP
            self._expect(answer)
        stored, failed = _store_outcome(answer)
        back = {known for known, _ in self.instances(study_uid, series_uid, job)}
        if uid in failed or uid not in back:
            said = "it names it as failed" if uid in failed else "it is not there" if uid in stored else "no word of it"
            raise ServerRefused(f"The image server did not store an object ({said}).", status=answer.status)

    def _list(self, path: str, params: Mapping[str, str], key: str, job: Job) -> list[Row]:
        found: dict[str, Row] = {}
        for page in range(MOST_PAGES):
            sent = {**params, "limit": str(LIST_PAGE), "offset": str(page * LIST_PAGE)}
            rows = self._rows(self._http.request("GET", path, job=job, params=sent, headers=_LIST))
            fresh = {value(row, key): row for row in rows if value(row, key) not in found}
            found.update(fresh)
            if len(rows) < LIST_PAGE or not fresh:
                break
        return [row for uid, row in found.items() if uid]

    def _rows(self, answer: Answer) -> list[Row]:
        self._expect(answer)
        if answer.status == 204 or not answer.body:  # noqa: PLR2004 - HTTP
            return []
        try:
            rows = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._not_dicomweb() from error
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._not_dicomweb()
        return rows

    def _expect(self, answer: Answer) -> None:
        if answer.date is not None:
            self.server_time = answer.date
        problem = self._http.unusable(answer, "image server", (401, 403))
        if problem is not None:
            raise problem
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            raise ServerRefused(
                f"The image server {self._http.host} refused (status {answer.status}).",
                "Tell the programme if it stays so.",
                status=answer.status,
            )

    def _not_dicomweb(self) -> ServerProblem:
        return WrongAddress(
            f"There is no DICOMweb server at this address of {self._http.host}.",
            "Check the DICOMweb address, or sign in to the guest network first.",
        )


def value(row: Row, tag: str) -> str:
    """First value of an attribute of the DICOM JSON model as text (PS3.18 F.2), without control characters."""
    values = _values(row, tag)
    first = values[0] if values else None
    if isinstance(first, dict):
        first = first.get("Alphabetic") or first.get("Ideographic")
    return clean(str(first)) if isinstance(first, (str, int, float)) else ""


def _values(row: Row, tag: str) -> list[Any]:
    attribute = row.get(tag)
    values = attribute.get("Value") if isinstance(attribute, dict) else None
    return values if isinstance(values, list) else []


def _whole(row: Row, tag: str) -> int:
    try:
        return int(float(value(row, tag) or "0"))
    except (ValueError, OverflowError):
        return 0


def _identity(row: Row) -> ImageIdentity:
    return ImageIdentity(value(row, "00100010"), value(row, "00100020"), value(row, "00100030"), value(row, "00100040"))


def _study(row: Row) -> Study:
    day, time = value(row, "00080020"), value(row, "00080030")
    shown = f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdigit() else day  # noqa: PLR2004 - DA
    if shown and time[:4].isdigit() and len(time) >= 4:  # noqa: PLR2004 - TM
        shown += f" {time[:2]}:{time[2:4]}"
    return Study(
        uid=StudyUid(value(row, "0020000D")),
        date=shown,
        description=value(row, "00081030"),
        accession=value(row, "00080050"),
        modalities=tuple(str(one) for one in _values(row, "00080061") if isinstance(one, str)),
    )


def _series(row: Row, study_uid: StudyUid) -> Series:
    return Series(
        uid=SeriesUid(value(row, "0020000E")),
        study_uid=study_uid,
        modality=value(row, "00080060"),
        number=_whole(row, "00200011"),
        description=value(row, "0008103E"),
        body_part=value(row, "00180015"),
        laterality=value(row, "00200060"),
        expected=_whole(row, "00201209"),
    )


def _store_outcome(answer: Answer) -> tuple[frozenset[str], frozenset[str]]:
    try:
        said = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, RecursionError):
        return frozenset(), frozenset()
    row = said[0] if isinstance(said, list) and said else said
    if not isinstance(row, dict):
        return frozenset(), frozenset()

    def uids(items: Iterable[Any]) -> frozenset[str]:
        return frozenset(value(item, "00081155") for item in items if isinstance(item, dict))

    return uids(_values(row, "00081199")), uids(_values(row, "00081198"))
