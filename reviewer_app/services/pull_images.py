"""Receiving the images of one case: what record and image server list, then instance by instance, each verified.

An instance counts once its answer was whole, it was parsed in the worker, it is the one that was asked for, its pixels
fit, and it is sealed in the vault.  One that cannot be had is given up after repeated tries, visibly; one of another
patient is kept and marked, and never shown as this patient's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from reviewer_app.dicom.web import DicomWeb, FoundStudy
from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import Instance, Series, Study
from reviewer_app.domain.patient import mismatch
from reviewer_app.errors import BrokenAnswer, Offline, ServerRefused, Unreadable
from reviewer_app.fhir import decode
from reviewer_app.fhir.element import Malformed
from reviewer_app.fhir.imaging import ListedStudy, listed_study
from reviewer_app.jobs import Job
from reviewer_app.services import own_records
from reviewer_app.services.pull_verify import check
from reviewer_app.services.rounds import Round
from reviewer_app.services.session import Session
from reviewer_app.transport import backoff

BATCH = 16
BATCH_BYTES = 32 * 2**20
BATCH_SECONDS = 0.25
AHEAD = 2
"""Instances under way for each connection, so that fetching and verifying overlap."""
TRIES = 3
"""Rounds of two attempts each at one instance."""
_FIRST = ("KO", "PR", "SR")
"""Modalities that say where to look; fetched before the series they point to."""

Place = tuple[StudyUid, SeriesUid, InstanceUid]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one instance: an index entry with its file, or the reason why it was given up."""

    place: Place
    instance: Instance | None
    part10: bytes
    problem: str = ""


class ImageServer:
    """The image server of one programme during one round."""

    def __init__(self, web: DicomWeb, connections: int) -> None:
        self.web = web
        self.usable = True
        self._connections = connections
        self._marked: set[SeriesUid] = set()

    def list_studies(self, turn: Round, case: Case) -> None:
        """Keep which studies, series and instances the record and the image server list, together.

        Raises:
            Offline, Unauthorised, WrongAddress, BrokenAnswer: The image server cannot be used.
        """
        turn.job.progress(f"{case.number}: list of images")
        listed = _listed_by_record(turn, case)
        with ThreadPoolExecutor(self._connections, thread_name_prefix="studies") as pool:
            named = [pool.submit(self._study, turn.job, uid) for uid in listed]
            numbered = [pool.submit(self._studies_of, turn.job, one) for one in case.patient.identifiers]
            try:
                for uid, asked in zip(listed, named, strict=True):
                    self._keep(turn, case, listed[uid], asked.result())
                for found in (found for asked in numbered for found in asked.result()):
                    # the same number may be another person's: what no record names must agree in name and birth
                    if found.study.uid not in listed and mismatch(case.patient, found.identity) is None:
                        self._keep(turn, case, None, found)
            finally:
                pool.shutdown(cancel_futures=True)

    def _study(self, job: Job, uid: StudyUid) -> FoundStudy | None:
        return next(iter(self.web.studies(job, study_uid=uid)), None)

    def _studies_of(self, job: Job, patient_id: str) -> tuple[FoundStudy, ...]:
        return self.web.studies(job, patient_id=patient_id)

    def _keep(self, turn: Round, case: Case, listed: ListedStudy | None, found: FoundStudy | None) -> None:
        vault = turn.session.vault
        study = listed.study if listed is not None else Study(StudyUid(""))
        instances: dict[SeriesUid, list[tuple[InstanceUid, int]]] = {}
        if listed is not None:
            instances = {uid: list(members) for uid, members in listed.instances.items()}
        why = ""
        if found is not None:
            held = {one.uid: one.held for kept in vault.images.studies(case.id) for one in kept.series}
            own = own_records.series(turn.session, case.id)
            study, on_server = self._merged(turn, study, found, held, own)
            for uid in own:
                instances.pop(uid, None)
            for series in study.series:
                if series.uid not in on_server and series.expected and held.get(series.uid) == series.expected:
                    instances.pop(series.uid, None)  # complete: its list stays as it is
            for series_uid, members in on_server.items():
                known = instances.setdefault(series_uid, [])
                have = {uid for uid, _ in known}
                known.extend(one for one in members if one[0] not in have)
            why = mismatch(case.patient, found.identity) or ""
        order = {uid: [own for own, _ in sorted(members, key=lambda one: one[1])] for uid, members in instances.items()}
        counted = tuple(replace(one, expected=max(one.expected, len(order.get(one.uid, ())))) for one in study.series)
        with vault.transaction():
            vault.images.expect(case.id, replace(study, series=counted), order)
            if why:
                for series in counted:
                    vault.images.mismatch(case.id, series.uid, why)

    def _merged(
        self, turn: Round, listed: Study, found: FoundStudy, held: Mapping[SeriesUid, int], own: Collection[SeriesUid]
    ) -> tuple[Study, Mapping[SeriesUid, Sequence[tuple[InstanceUid, int]]]]:
        uid = found.study.uid
        here = {series.uid: series for series in self.web.series(uid, turn.job) if series.uid not in own}
        instances = {
            series.uid: self.web.instances(uid, series.uid, turn.job)
            for series in here.values()
            if not series.expected or series.expected != held.get(series.uid)  # else as many as are held: nothing new
        }
        known = {series.uid: series for series in listed.series}
        series = [_both(known.get(one.uid), one) for one in here.values()]
        series += [one for one in listed.series if one.uid not in here and one.uid not in own]
        study = Study(
            uid=uid,
            date=found.study.date or listed.date,
            description=listed.description or found.study.description,
            accession=found.study.accession or listed.accession,
            modalities=found.study.modalities or listed.modalities,
            series=tuple(sorted(series, key=lambda one: one.number)),
            listed_only=False,
        )
        return study, instances

    def receive(self, turn: Round, case: Case) -> None:
        """Fetch, verify and keep every instance that is listed, missing and not given up.

        Raises:
            Offline: The image server is gone; what is missing stays missing.
            Cancelled: The job was stopped; what was verified is kept.
            DiskFull: Nothing more could be written.
        """
        vault = turn.session.vault
        places = fetch_order(vault.images.missing(case.id), vault.images.studies(case.id))
        if not places:
            return
        done = len(vault.images.held(case.id))
        total = done + len(places)
        inner = Job()
        pool = ThreadPoolExecutor(self._connections, thread_name_prefix="images")
        batch: list[Outcome] = []
        oldest = time.monotonic()
        try:
            for outcome in _outcomes(pool, places, lambda place: self._fetch(turn.session, place, inner)):
                if not batch:
                    oldest = time.monotonic()
                if outcome is not None:
                    batch.append(outcome)
                full = len(batch) >= BATCH or sum(len(one.part10) for one in batch) >= BATCH_BYTES
                if batch and (full or time.monotonic() - oldest >= BATCH_SECONDS):
                    done += self._write(turn, case, batch)
                    batch = []
                turn.job.progress(f"{case.number}: images", done, total)
            done += self._write(turn, case, batch)
            batch = []
            turn.job.progress(f"{case.number}: images", done, total)
        finally:
            inner.cancel()
            pool.shutdown(wait=True, cancel_futures=True)
            if batch:
                self._write(turn, case, batch)

    def _fetch(self, session: Session, place: Place, job: Job) -> Outcome:
        for attempt in range(1, TRIES + 1):
            try:
                part10 = self.web.instance(*place, job, tries=2)
                instance = session.workers.index(part10)
                check(instance, part10, place)
            except ServerRefused as error:
                return Outcome(place, None, b"", _refusal(error))
            except Unreadable as error:
                return Outcome(place, None, b"", error.message)
            except (BrokenAnswer, Offline) as error:
                if attempt < TRIES:
                    job.wait(backoff(attempt + 1))
                elif isinstance(error, Offline):
                    raise
                else:
                    return Outcome(place, None, b"", error.message)
            else:
                return Outcome(place, instance, part10)
        raise AssertionError("the last attempt returns or raises")

    def _write(self, turn: Round, case: Case, batch: Sequence[Outcome]) -> int:
        vault = turn.session.vault
        good = [(one.instance, one.part10) for one in batch if one.instance is not None]
        if good:
            vault.images.put_many(case.id, good)
        for instance, _ in good:
            why = mismatch(case.patient, instance.identity)
            if why and instance.series_uid not in self._marked:
                vault.images.mismatch(case.id, instance.series_uid, why)
                self._marked.add(instance.series_uid)
        for one in batch:
            if one.instance is None:
                vault.images.fail(case.id, one.place[2], one.problem)
                turn.tally.failed += 1
        turn.tally.images += len(good)
        return len(good)


def _refusal(error: ServerRefused) -> str:
    if error.status in (404, 410):
        return "The image server does not hold it."
    return error.message


def _outcomes(
    pool: ThreadPoolExecutor, places: Sequence[Place], fetch: Callable[[Place], Outcome]
) -> Iterator[Outcome | None]:
    """Outcomes as they come, never more under way than the connections can use; None once in a while when none came."""
    waiting = iter(places)
    running: set[Future[Outcome]] = set()
    width = AHEAD * pool._max_workers  # noqa: SLF001 - the pool is ours
    while True:
        while len(running) < width and (place := next(waiting, None)) is not None:
            running.add(pool.submit(fetch, place))
        if not running:
            return
        finished, running = wait(running, timeout=BATCH_SECONDS, return_when=FIRST_COMPLETED)
        if not finished:
            yield None
        for future in finished:
            yield future.result()


def _listed_by_record(turn: Round, case: Case) -> dict[StudyUid, ListedStudy]:
    vault = turn.session.vault
    found: dict[StudyUid, ListedStudy] = {}
    for record in vault.records.of_types(case.id, "ImagingStudy"):
        if record.unreadable or record.retracted:
            continue
        try:
            listed = listed_study(decode.resource(vault.records.raw(case.id, record.id)).content)
        except Malformed as error:
            turn.tally.trouble(case.number, BrokenAnswer(f"A list of images cannot be understood: {error}."))
            continue
        if listed is not None:
            found[listed.study.uid] = listed
    return found


def _both(listed: Series | None, found: Series) -> Series:
    """A series as the image server has it, completed by what the record says of it."""
    if listed is None:
        return found
    return replace(
        found,
        modality=found.modality or listed.modality,
        number=found.number or listed.number,
        description=found.description or listed.description,
        body_part=found.body_part or listed.body_part,
        laterality=found.laterality or listed.laterality,
        expected=max(found.expected, listed.expected),
    )


def spread(count: int) -> list[int]:
    """Positions 0 to count-1 in the order in which a series is soon readable: middle, every 8th, 4th, 2nd, rest."""
    order = [count // 2] if count else []
    for step in (8, 4, 2, 1):
        order.extend(range(0, count, step))
    return list(dict.fromkeys(order))


def fetch_order(missing: Sequence[Place], studies: Sequence[Study]) -> list[Place]:
    """What to fetch first: one image a series and what points to key images, then series by series, newest first."""
    series_of: dict[SeriesUid, list[Place]] = {}
    for place in missing:
        series_of.setdefault(place[1], []).append(place)
    ranked = [series for study in studies for series in study.series if series.uid in series_of]
    early: list[Place] = []
    late: list[Place] = []
    for series in ranked:
        places = [series_of[series.uid][position] for position in spread(len(series_of[series.uid]))]
        if series.modality in _FIRST:
            early[:0] = places
        elif series.held:
            late.extend(places)
        else:
            early.append(places[0])
            late.extend(places[1:])
    return early + late
