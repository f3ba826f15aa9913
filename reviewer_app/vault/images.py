"""Studies, series and instances: what the server lists, what is held, and where its bytes lie.

The pixels of a series are read through a `packs.SeriesReader`, beside the database.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from reviewer_app.domain.ids import CaseId, InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Instance, PixelFormat, Study
from reviewer_app.errors import NotFound, Unreadable, VaultTampered
from reviewer_app.vault import catalogue
from reviewer_app.vault.database import Database, Row
from reviewer_app.vault.encoding import decode, encode
from reviewer_app.vault.objects import PACK, Objects
from reviewer_app.vault.packs import Pack, Parts, Place, SeriesReader, split

_Prepared = tuple[Instance, bytes, Parts]
_PLACE = "i.uid, i.position, i.revision, i.value_length, i.header_length, i.trailer_length"


class Images:
    """The images of every case."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects
        self._packs: dict[str, Pack] = {}
        self._guard = threading.Lock()

    def expect(
        self, case_id: CaseId, study: Study, listed: Mapping[SeriesUid, Sequence[InstanceUid]] | None = None
    ) -> None:
        """Keep what is known of a study, and which instances of its series the server lists.

        Args:
            listed: Instances in the server's order; replaces what was listed of the series it names.

        Raises:
            NotFound: There is no such case.
        """
        with self._database.transaction():
            catalogue.put_study(self._database, case_id, study)
            for series_uid, uids in (listed or {}).items():
                catalogue.put_stub(self._database, case_id, study.uid, series_uid)
                catalogue.put_listed(self._database, case_id, series_uid, uids)

    def put(self, case_id: CaseId, instance: Instance, dataset: bytes) -> None:
        """Keep one verified instance; see `put_many`."""
        self.put_many(case_id, [(instance, dataset)])

    def put_many(self, case_id: CaseId, instances: Sequence[tuple[Instance, bytes]]) -> None:
        """Keep verified instances: all of them, or after an error or a crash none.

        The bytes are on the disk before the rows that point to them are committed; the database is not held up
        while they are written.

        Args:
            instances: The index entry of each, and the whole Part 10 file as received.  `value_offset` counts from
                the start of the file.

        Raises:
            NotFound: There is no such case.
            Unreadable: An index entry does not fit its file, or cannot be kept.
            DiskFull: Nothing was written.
        """
        prepared = [_prepared(instance, dataset) for instance, dataset in instances]
        by_series: dict[SeriesUid, list[_Prepared]] = {}
        for member in prepared:
            by_series.setdefault(member[0].series_uid, []).append(member)
        appended = [self._append(case_id, series_uid, members) for series_uid, members in by_series.items()]
        with self._database.transaction():
            for batch in appended:
                catalogue.commit(self._database, case_id, batch)

    def studies(self, case_id: CaseId) -> tuple[Study, ...]:
        """Studies, newest first, with their series in order of number, counted now."""
        return catalogue.studies(self._database, case_id)

    def instances(self, case_id: CaseId, series_uid: SeriesUid) -> tuple[Instance, ...]:
        """The held instances of a series in order of Instance Number; one query, no file is opened."""
        rows = self._database.rows(
            "SELECT body FROM instances WHERE case_id = ? AND series_uid = ? ORDER BY number, uid", case_id, series_uid
        )
        return tuple(decode(Instance, row[0]) for row in rows)

    def instance(self, case_id: CaseId, uid: InstanceUid) -> Instance:
        """A held instance; NotFound without one."""
        row = self._database.row("SELECT body FROM instances WHERE case_id = ? AND uid = ?", case_id, uid)
        if row is None:
            raise _not_held()
        return decode(Instance, row[0])

    def formats(self, case_id: CaseId) -> frozenset[PixelFormat]:
        """How pixels are stored in one image of each series; one query."""
        rows = self._database.rows("SELECT body FROM instances WHERE case_id = ? GROUP BY series_uid", case_id)
        found = (decode(Instance, row[0]).pixels for row in rows)
        return frozenset(pixel for pixel in found if pixel is not None)

    def held(self, case_id: CaseId) -> frozenset[InstanceUid]:
        """Every verified instance of the case."""
        rows = self._database.rows("SELECT uid FROM instances WHERE case_id = ?", case_id)
        return frozenset(InstanceUid(row[0]) for row in rows)

    def missing(self, case_id: CaseId) -> tuple[tuple[StudyUid, SeriesUid, InstanceUid], ...]:
        """Instances that are listed, not held and not given up, series by series in the server's order."""
        return catalogue.missing(self._database, case_id)

    def fail(self, case_id: CaseId, uid: InstanceUid, reason: str) -> None:
        """Give an instance up after repeated tries, with the reason in one sentence.

        Raises:
            NotFound: It is not listed.
        """
        changed = self._database.execute(
            "UPDATE listed SET failed = ? WHERE case_id = ? AND uid = ?", reason or "unknown reason", case_id, uid
        )
        if not changed:
            raise NotFound("The server does not list this image.", "Sync to list the images again.")

    def retry_failed(self, case_id: CaseId) -> None:
        """Count what was given up as missing again."""
        self._database.execute("UPDATE listed SET failed = '' WHERE case_id = ? AND failed != ''", case_id)

    def failures(self, case_id: CaseId) -> tuple[tuple[InstanceUid, str], ...]:
        """What was given up, and why."""
        rows = self._database.rows(
            "SELECT uid, failed FROM listed WHERE case_id = ? AND failed != '' ORDER BY series_uid, position", case_id
        )
        return tuple((InstanceUid(uid), reason) for uid, reason in rows)

    def forget(self, case_id: CaseId, series_uid: SeriesUid) -> None:
        """Remove the held instances of a series, so that sync fetches them again: the way out after damage."""
        with self._database.transaction():
            pack = catalogue.forget(self._database, case_id, series_uid)
        self._database.afterwards(lambda: self._remove_unless_used(case_id, pack))

    def file(self, case_id: CaseId, uid: InstanceUid) -> bytes:
        """A whole instance, byte for byte as received.

        Raises:
            NotFound: It is not held.
            VaultTampered: It does not verify.
        """
        return self._single(case_id, uid).file(uid)

    def pixels(self, case_id: CaseId, uid: InstanceUid) -> bytes:
        """The pixel value as received, possibly compressed; errors as `file`."""
        return self._single(case_id, uid).pixels(uid)

    def pixels_into(self, case_id: CaseId, uid: InstanceUid, out: memoryview) -> None:
        """The pixel value into a buffer of its length; wiped where it does not verify.

        Raises:
            BadInput: The buffer has another length; otherwise as `file`.
        """
        self._single(case_id, uid).pixels_into(uid, out)

    def reader(self, case_id: CaseId, series_uid: SeriesUid) -> SeriesReader:
        """Reads the instances of a series that are held now, from any thread, without the database.

        Raises:
            NotFound: There is no such case.
            VaultTampered: The pack is missing.
        """
        rows = self._database.rows(
            f"SELECT s.pack, {_PLACE} FROM series s JOIN instances i ON i.case_id = s.case_id AND i.series_uid = s.uid "  # noqa: S608 - constant
            "WHERE s.case_id = ? AND s.uid = ?",
            case_id,
            series_uid,
        )
        return self._reader(case_id, rows)

    def mismatch(self, case_id: CaseId, series_uid: SeriesUid, why: str) -> None:
        """Say why a series cannot be taken to show the patient of the case; empty where it can."""
        self._change_series("mismatch", why, case_id, series_uid)

    def thumbnail(self, case_id: CaseId, series_uid: SeriesUid) -> bytes | None:
        """The small picture of a series as it was kept, or None."""
        row = self._database.row("SELECT thumbnail FROM series WHERE case_id = ? AND uid = ?", case_id, series_uid)
        return row[0] if row else None

    def set_thumbnail(self, case_id: CaseId, series_uid: SeriesUid, picture: bytes) -> None:
        """Keep the small picture of a series."""
        self._change_series("thumbnail", picture, case_id, series_uid)

    def _append(self, case_id: CaseId, series_uid: SeriesUid, members: Sequence[_Prepared]) -> catalogue.Batch:
        key = self._objects.key(case_id)
        with self._database.transaction():
            catalogue.put_stub(self._database, case_id, members[0][0].study_uid, series_uid)
            name, committed, revisions = catalogue.pack_of(self._database, case_id, series_uid)
        pack = self._pack(case_id, name, committed)
        places = [
            Place(0, revisions.get(instance.uid, 0) + 1, (len(parts[0]), len(parts[1]), len(parts[2])))
            for instance, _, parts in members
        ]
        stated = [place.seal(case_id, name, member[0].uid) for place, member in zip(places, members, strict=True)]
        positions = pack.append(key, [(seal, member[2]) for seal, member in zip(stated, members, strict=True)])
        placed = (
            (instance, body, replace(place, position=position))
            for (instance, body, _), place, position in zip(members, places, positions, strict=True)
        )
        return catalogue.Batch(series_uid, name, positions[-1] + stated[-1].size, tuple(placed))

    def _pack(self, case_id: CaseId, name: str, committed: int) -> Pack:
        with self._guard:
            pack = self._packs.get(name)
            if pack is None:
                pack = self._packs[name] = Pack(self._objects.folder(case_id) / (name + PACK), committed)
            return pack

    def _remove_unless_used(self, case_id: CaseId, name: str) -> None:
        if self._database.row("SELECT 1 FROM series WHERE case_id = ? AND pack = ?", case_id, name) is None:
            with self._guard:
                self._packs.pop(name, None)
            with suppress(OSError):  # what stays behind is swept at the next unlock
                (self._objects.folder(case_id) / (name + PACK)).unlink()

    def _single(self, case_id: CaseId, uid: InstanceUid) -> SeriesReader:
        rows = self._database.rows(
            f"SELECT s.pack, {_PLACE} FROM instances i JOIN series s ON s.case_id = i.case_id AND s.uid = i.series_uid "  # noqa: S608 - constant
            "WHERE i.case_id = ? AND i.uid = ?",
            case_id,
            uid,
        )
        if not rows:
            raise _not_held()
        return self._reader(case_id, rows)

    def _reader(self, case_id: CaseId, rows: Sequence[Row]) -> SeriesReader:
        key = self._objects.key(case_id)
        pack = str(rows[0][0]) if rows else ""
        places = {InstanceUid(row[1]): Place(row[2], row[3], (row[4], row[5], row[6])) for row in rows}
        return SeriesReader(case_id, pack, self._objects.folder(case_id) / (pack + PACK), key, places)

    def _change_series(self, column: str, value: object, case_id: CaseId, series_uid: SeriesUid) -> None:
        changed = self._database.execute(
            f"UPDATE series SET {column} = ? WHERE case_id = ? AND uid = ?",  # noqa: S608 - our own names
            value,
            case_id,
            series_uid,
        )
        if not changed:
            raise NotFound("There is no such series in this case.", "Look at the list of series again.")


def _prepared(instance: Instance, dataset: bytes) -> _Prepared:
    end = instance.value_offset + instance.value_length
    fits = dataset and instance.value_offset >= 0 and instance.value_length >= 0 and end <= len(dataset)
    body = encode(instance)
    try:
        decode(Instance, body)  # an infinite number must fail here, not when the series is opened
    except VaultTampered:
        fits = False
    if not fits:
        raise Unreadable("The index of an image does not fit its file.", "Sync again to fetch the image.")
    return instance, body, split(dataset, instance.value_offset, instance.value_length)


def _not_held() -> NotFound:
    return NotFound("This image is not on this machine.", "Sync to fetch it.")
