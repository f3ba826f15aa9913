"""Queries and rows of studies, series, listed and held instances; `images` puts them to use."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Instance, Series, Study
from reviewer_app.errors import NotFound, VaultProblem
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode, encode
from reviewer_app.vault.packs import Place

_SERIES = """
SELECT s.uid, s.study_uid, s.body, s.mismatch,
  (SELECT count(*) FROM instances i WHERE i.case_id = s.case_id AND i.series_uid = s.uid),
  (SELECT count(*) FROM listed l WHERE l.case_id = s.case_id AND l.series_uid = s.uid AND NOT EXISTS
     (SELECT 1 FROM instances i WHERE i.case_id = l.case_id AND i.uid = l.uid))
FROM series s WHERE s.case_id = ? ORDER BY s.number, s.uid
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Instances of one series whose bytes are on the disk, to be committed.

    Attributes:
        end: Where the pack ends after them.
        placed: Instance, its JSON, and where it lies.
    """

    series: SeriesUid
    pack: str
    end: int
    placed: tuple[tuple[Instance, bytes, Place], ...]


def put_study(database: Database, case_id: CaseId, study: Study) -> None:
    """Keep a study and its series.

    How many instances a series has is what the sender says (`expected`), or more where more are listed; what is held
    is counted.
    """
    body = encode(replace(study, series=()))
    database.execute(
        "INSERT INTO studies (case_id, uid, date, body) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET date = excluded.date, body = excluded.body",
        case_id,
        study.uid,
        study.date,
        body,
    )
    for series in study.series:
        put_stub(database, case_id, study.uid, series.uid)
        plain = replace(series, study_uid=study.uid, held=0, mismatch="", problems=())
        database.execute(
            "UPDATE series SET study_uid = ?, number = ?, body = ? WHERE case_id = ? AND uid = ?",
            study.uid,
            series.number,
            encode(plain),
            case_id,
            series.uid,
        )
        if series.mismatch:
            database.execute(
                "UPDATE series SET mismatch = ? WHERE case_id = ? AND uid = ?", series.mismatch, case_id, series.uid
            )


def put_stub(database: Database, case_id: CaseId, study_uid: StudyUid, series_uid: SeriesUid) -> None:
    """Make rows for a study and a series that nothing is known of yet."""
    database.execute(
        "INSERT INTO studies (case_id, uid, date, body) VALUES (?, ?, '', ?) ON CONFLICT DO NOTHING",
        case_id,
        study_uid,
        encode(Study(study_uid)),
    )
    database.execute(
        "INSERT INTO series (case_id, uid, study_uid, number, body, pack) VALUES (?, ?, ?, 0, ?, ?) "
        "ON CONFLICT DO NOTHING",
        case_id,
        series_uid,
        study_uid,
        encode(Series(series_uid, study_uid, "")),
        _new_pack(),
    )


def put_listed(database: Database, case_id: CaseId, series_uid: SeriesUid, uids: Sequence[InstanceUid]) -> None:
    """Replace what is listed of a series; why an instance was given up stays."""
    known = {
        row[0]
        for row in database.rows("SELECT uid FROM listed WHERE case_id = ? AND series_uid = ?", case_id, series_uid)
    }
    database.many("DELETE FROM listed WHERE case_id = ? AND uid = ?", ((case_id, uid) for uid in known - set(uids)))
    database.many(
        "INSERT INTO listed (case_id, uid, series_uid, position) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET series_uid = excluded.series_uid, position = excluded.position",
        ((case_id, uid, series_uid, position) for position, uid in enumerate(uids)),
    )


def studies(database: Database, case_id: CaseId) -> tuple[Study, ...]:
    """Studies, newest first, with their series in order of number, counted now."""
    problems: dict[str, list[str]] = {}
    for series_uid, reason in database.rows(
        "SELECT DISTINCT series_uid, failed FROM listed WHERE case_id = ? AND failed != '' ORDER BY 1, 2", case_id
    ):
        problems.setdefault(series_uid, []).append(reason)
    members: dict[str, list[Series]] = {}
    for uid, study_uid, body, mismatch, held, awaited in database.rows(_SERIES, case_id):
        said = decode(Series, body)
        series = replace(
            said,
            expected=max(said.expected, held + awaited),
            held=held,
            mismatch=mismatch,
            problems=tuple(problems.get(uid, ())),
        )
        members.setdefault(study_uid, []).append(series)
    rows = database.rows("SELECT uid, body FROM studies WHERE case_id = ? ORDER BY date DESC, uid", case_id)
    return tuple(replace(decode(Study, body), series=tuple(members.get(uid, ()))) for uid, body in rows)


def missing(database: Database, case_id: CaseId) -> tuple[tuple[StudyUid, SeriesUid, InstanceUid], ...]:
    """Listed, not held, not given up."""
    rows = database.rows(
        "SELECT s.study_uid, l.series_uid, l.uid FROM listed l "
        "JOIN series s ON s.case_id = l.case_id AND s.uid = l.series_uid "
        "WHERE l.case_id = ? AND l.failed = '' AND NOT EXISTS "
        "(SELECT 1 FROM instances i WHERE i.case_id = l.case_id AND i.uid = l.uid) "
        "ORDER BY s.study_uid, s.number, l.series_uid, l.position",
        case_id,
    )
    return tuple((StudyUid(study), SeriesUid(series), InstanceUid(uid)) for study, series, uid in rows)


def pack_of(database: Database, case_id: CaseId, series_uid: SeriesUid) -> tuple[str, int, dict[str, int]]:
    """Name of a series' pack, its committed length, and the revision of each instance in it."""
    row = database.row("SELECT pack, pack_length FROM series WHERE case_id = ? AND uid = ?", case_id, series_uid)
    if row is None:
        raise _no_series()
    revisions = database.rows(
        "SELECT uid, revision FROM instances WHERE case_id = ? AND series_uid = ?", case_id, series_uid
    )
    return str(row[0]), int(row[1]), dict(revisions)


def commit(database: Database, case_id: CaseId, batch: Batch) -> None:
    """Make instances count whose bytes are on the disk.

    Raises:
        VaultProblem: The pack they were written to was removed meanwhile.
    """
    changed = database.execute(
        "UPDATE series SET pack_length = max(pack_length, ?) WHERE case_id = ? AND uid = ? AND pack = ?",
        batch.end,
        case_id,
        batch.series,
        batch.pack,
    )
    if not changed:
        raise VaultProblem("The series was removed while images of it arrived.", "Sync again to fetch them.")
    database.many(
        "INSERT OR REPLACE INTO instances (case_id, uid, series_uid, number, revision, position, "
        "value_length, header_length, trailer_length, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (case_id, instance.uid, batch.series, instance.number, place.revision, place.position, *place.lengths, body)
            for instance, body, place in batch.placed
        ),
    )
    database.many(
        "UPDATE listed SET failed = '' WHERE case_id = ? AND uid = ? AND failed != ''",
        ((case_id, instance.uid) for instance, _, _ in batch.placed),
    )


def forget(database: Database, case_id: CaseId, series_uid: SeriesUid) -> str:
    """Drop the held instances of a series and give it a fresh pack; returns the name of the old one."""
    name, _, _ = pack_of(database, case_id, series_uid)
    database.execute("DELETE FROM instances WHERE case_id = ? AND series_uid = ?", case_id, series_uid)
    database.execute(
        "UPDATE series SET pack = ?, pack_length = 0 WHERE case_id = ? AND uid = ?", _new_pack(), case_id, series_uid
    )
    return name


def _new_pack() -> str:
    return secrets.token_hex(16)


def _no_series() -> NotFound:
    return NotFound("There is no such series in this case.", "Look at the list of series again.")
