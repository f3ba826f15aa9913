"""Receiving the records of one case: every resource of the patient, and the people and documents they point to.

Each page is committed as it arrives, with the server's bytes; the watermark is moved by `pull` once everything is here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.lab import Result
from reviewer_app.domain.record import Record
from reviewer_app.errors import BrokenAnswer, ServerRefused
from reviewer_app.fhir import decode
from reviewer_app.fhir.client import Capability, SearchUnsupported, is_reference
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed, every_reference, reference
from reviewer_app.fhir.patient import is_about, name_of, owner_problem
from reviewer_app.fhir.records import observation as observation_of
from reviewer_app.fhir.records import record as record_of
from reviewer_app.fhir.records import unreadable
from reviewer_app.services import pull_ahead
from reviewer_app.services.pull_ahead import PEOPLE
from reviewer_app.services.rounds import Round

OVERLAP = timedelta(minutes=5)
"""How far before the watermark a search begins: transactions become visible later than they are stamped."""
CENSUS_EVERY = timedelta(days=1)
WIDTH = 4
"""Searches at once."""
GONE = (404, 410)
NOT_OFFERED = (403, 404, 405, 501)
"""Statuses of a search for a type that the server has not, or not for this login."""
MOST_UNSORTED = 2000
"""Resources looked through of a type that the server cannot search by patient."""
PATIENT_PARAMETERS = {
    **dict.fromkeys(
        (
            "AllergyIntolerance", "Appointment", "BodyStructure", "CarePlan", "CareTeam", "ClinicalImpression",
            "Communication", "CommunicationRequest", "Composition", "Condition", "Consent", "DetectedIssue", "Device",
            "DeviceRequest", "DeviceUseStatement", "DiagnosticReport", "DocumentManifest", "DocumentReference",
            "Encounter", "EpisodeOfCare", "FamilyMemberHistory", "Flag", "Goal", "ImagingStudy", "Immunization",
            "ImmunizationEvaluation", "ImmunizationRecommendation", "List", "MeasureReport", "Media",
            "MedicationAdministration", "MedicationDispense", "MedicationRequest", "MedicationStatement",
            "MolecularSequence", "NutritionOrder", "Observation", "Procedure", "Provenance", "QuestionnaireResponse",
            "RelatedPerson", "RequestGroup", "RiskAssessment", "ServiceRequest", "Specimen", "SupplyDelivery",
            "SupplyRequest", "Task", "VisionPrescription",
        ),
        "patient",
    ),
    "AdverseEvent": "subject",
    "ResearchSubject": "individual",
}  # fmt: skip
"""Patient compartment of R4, without claims, accounts and logs, which are no medical records."""
LONGEST_CHAIN = 8
"""Steps from a record to people, their roles, their organisations and the organisations above."""
_SIGNS_OF_PEOPLE = (*(kind.encode() for kind in PEOPLE), b"\\u")
"""What the bytes of a resource hold that refers to one of them; JSON may write any letter as an escape."""


class Gathering:
    """What was received for one case in this round: read once, named, and written as records in short transactions."""

    def __init__(self, turn: Round, case_id: CaseId, patient_ref: str) -> None:
        self._turn = turn
        self._case_id = case_id
        self._patient_ref = patient_ref
        self._waiting: dict[str, tuple[Record, bytes, tuple[Result, ...]]] = {}
        self._versions: dict[RecordId, str] | None = None
        self.found: dict[str, Resource] = {}
        self.names: dict[str, str] = {}
        self.absent: set[str] = set()
        self.newest: str = ""
        self._depth = 0

    def resource(self, ref: str) -> Resource | None:
        """A resource by reference, read at most once; None where the server does not give it or it cannot be read."""
        if ref in self.found:
            return self.found[ref]
        if ref in self.absent or not is_reference(ref):
            return None
        try:
            made = decode.resource(self._turn.ahead.get(ref) or self._turn.client.read(ref, self._turn.job))
        except (ServerRefused, Malformed):
            self.absent.add(ref)
            return None
        self.found[ref] = made
        self.keep(made)
        return made

    def take(self, bodies: Iterable[bytes], ref: str = "") -> None:
        """Take resources as they came, with the people they name, and write them.

        Args:
            ref: Where a single one was read, so that it has a name even if it cannot be understood.
        """
        understood = []
        for body in bodies:
            try:
                understood.append(decode.resource(body))
            except Malformed as error:
                self._refuse(body, error, ref)
        pull_ahead.read(self._turn, {one for made in understood for one in _people(made)} - self.names.keys())
        for made in understood:
            self.keep(made)
        self.flush()

    def keep(self, made: Resource) -> None:
        """Take a resource that was read already; it is written with the next `flush`."""
        ref = str(made.ref)
        if made.type in PEOPLE:
            self.found[ref] = made
        self.newest = max(self.newest, PartialDate(made.updated).sort_key)
        for mentioned in _people(made):
            if mentioned not in self.names and self._depth < LONGEST_CHAIN:
                self._name(mentioned)
        if made.type in PEOPLE:
            self.names[ref] = self._called(made)
        if made.version and self._held().get(made.ref) == made.version:
            return  # most of what a sync brings again because searches overlap
        results: tuple[Result, ...] = ()
        if made.type == "Observation":
            kept, results = observation_of(made, self._patient_ref, self.names)
        else:
            kept = record_of(made, self._patient_ref, self.names)
        self._waiting[ref] = (kept, made.raw, results)

    def holds(self, ref: RecordId) -> bool:
        """Whether a record is here already, in whichever version."""
        return ref in self._held()

    def _held(self) -> dict[RecordId, str]:
        if self._versions is None:
            self._versions = dict(self._turn.session.vault.records.versions(self._case_id))
        return self._versions

    def _name(self, ref: str) -> None:
        self.names[ref] = ""
        self._depth += 1
        person = self.resource(ref)
        self._depth -= 1
        if person is not None:
            self.names[ref] = self._called(person)

    def _called(self, person: Resource) -> str:
        try:
            if person.type == "PractitionerRole":
                return self.names.get(reference(person.content, "practitioner"), "")
            return name_of(person)
        except Malformed:
            return ""

    def _refuse(self, body: bytes, error: Malformed, ref: str) -> None:
        kind, _, own_id = ref.partition("/")
        if not own_id:
            kind, own_id = decode.head(body)
        own_id = own_id or f"unreadable-{hashlib.sha256(body).hexdigest()[:16]}"
        kept = unreadable(kind, own_id, "", f"it cannot be understood: {error}")
        self._waiting[str(kept.id)] = (kept, body, ())

    def flush(self) -> None:
        """Write what waits, in one transaction; what is here in the same version already is left as it is."""
        vault = self._turn.session.vault
        if not self._waiting:
            return
        held = self._held()
        fresh = {
            kept.id: (kept, raw, results)
            for kept, raw, results in self._waiting.values()
            if not kept.version or held.get(kept.id) != kept.version
        }
        self._turn.job.check()
        with vault.transaction():
            vault.records.put_many(self._case_id, [(kept, raw) for kept, raw, _ in fresh.values()])
            measured = [one for _, _, results in fresh.values() for one in results]
            vault.results.put(self._case_id, measured, [ref for ref in fresh if ref.startswith("Observation/")])
        self._turn.tally.records += len(fresh)
        held.update({ref: kept.version for ref, (kept, _, _) in fresh.items()})
        self._waiting.clear()


def _people(made: Resource) -> Iterator[str]:
    if not any(sign in made.raw for sign in _SIGNS_OF_PEOPLE):
        return  # most results, which are many
    for ref in every_reference(made.content):
        if ref.partition("/")[0] in PEOPLE and is_reference(ref):
            yield ref


def receive(turn: Round, gathering: Gathering, case: Case, since: str, can: Capability) -> None:
    """Every resource of the patient that changed since the watermark (all of them where there is none).

    Raises:
        ServerRefused: The server failed at some type; all others were received.
    """
    failed: ServerRefused | None = None
    step = f"{case.number}: records"
    kinds = searchable(can)
    changed = {"_lastUpdated": f"ge{since}"} if since else {}
    here = {kind: turn.changes.of(kind, case.patient.ref, since) if turn.changes else None for kind, _ in kinds}
    queries = {
        kind: {parameter: case.patient.ref, **changed} for kind, parameter in kinds if parameter and here[kind] is None
    }
    with ThreadPoolExecutor(WIDTH, thread_name_prefix="records") as pool:
        begun = {kind: pool.submit(_begun, turn, kind, query) for kind, query in queries.items()}
        unsorted = [kind for kind, parameter in kinds if not parameter and kind not in turn.unsorted]
        listed = {kind: pool.submit(_unsorted, turn, kind) for kind in unsorted}
        try:
            for done, (kind, parameter) in enumerate(kinds):
                turn.job.progress(step, done, len(kinds))
                if (told := here[kind]) is not None:
                    gathering.take(told)
                    continue
                if not parameter:
                    if kind in listed:
                        turn.unsorted[kind] = listed[kind].result()
                    gathering.take(body for body in turn.unsorted[kind] if _is_about(body, case.patient.ref))
                    continue
                try:
                    _receive_kind(turn, gathering, kind, queries[kind], parameter, begun[kind].result)
                except ServerRefused as error:
                    if error.status not in NOT_OFFERED:
                        failed = error
        finally:
            pool.shutdown(cancel_futures=True)
    turn.job.progress(step, len(kinds), len(kinds))
    if failed is not None:
        raise failed


def _begun(turn: Round, kind: str, query: dict[str, str]) -> Iterator[decode.Page]:
    """A search whose first page is here already; most types have no second."""
    pages = turn.client.search(kind, query, turn.job, must=next(iter(query)))
    return chain([next(pages)], pages)


def searchable(can: Capability) -> list[tuple[str, str]]:
    """Resource types of the patient, each with the parameter that names the patient on this server, or empty."""
    if not can.searches:
        return list(PATIENT_PARAMETERS.items())
    return [
        (kind, next((one for one in (parameter, "subject") if one in can.searches.get(kind, ())), ""))
        for kind, parameter in PATIENT_PARAMETERS.items()
    ]


def _unsorted(turn: Round, kind: str) -> tuple[bytes, ...]:
    """All of a type the server cannot search by patient; what does not name the patient is not kept anywhere."""
    bodies: list[bytes] = []
    try:
        for page in turn.client.search(kind, {}, turn.job):
            bodies += page.resources
            if len(bodies) >= MOST_UNSORTED:
                break
    except (ServerRefused, BrokenAnswer):
        return ()
    return tuple(bodies)


def _is_about(body: bytes, patient_ref: str) -> bool:
    try:
        return is_about(decode.resource(body), patient_ref)
    except Malformed:
        return False


def _receive_kind(
    turn: Round,
    gathering: Gathering,
    kind: str,
    query: dict[str, str],
    parameter: str,
    pages: Callable[[], Iterator[decode.Page]],
) -> None:
    try:
        for page in pages():
            gathering.take(page.resources)
            for said in page.failures:
                turn.tally.trouble(kind, BrokenAnswer(f"The server left something out: {said}", "Tell the programme."))
    except SearchUnsupported:
        if "_lastUpdated" in query:
            whole = {parameter: query[parameter]}
            again = partial(_begun, turn, kind, whole)
            _receive_kind(turn, gathering, kind, whole, parameter, again)
    except BrokenAnswer:
        _one_by_one(turn, gathering, kind, query, parameter)


def _one_by_one(turn: Round, gathering: Gathering, kind: str, query: dict[str, str], parameter: str) -> None:
    """A list that cannot be read as a whole: its members are asked for singly, so that one cannot hide the rest."""
    for ref in _listed(turn, kind, query, parameter):
        gathering.take([turn.client.read(ref, turn.job)], ref)


def _listed(turn: Round, kind: str, query: dict[str, str], parameter: str) -> list[str]:
    asked = {**query, "_elements": "id"}
    found = []
    for page in turn.client.search(kind, asked, turn.job, must=parameter):
        for body in page.resources:
            named, own_id = decode.head(body)
            if named == kind and own_id:
                found.append(f"{kind}/{own_id}")
    return found


def census(turn: Round, case: Case, can: Capability) -> None:
    """Compare what is held with what the server lists; only a direct answer that it is gone removes a record."""
    vault = turn.session.vault
    held: dict[str, set[str]] = {}
    for ref in vault.records.versions(case.id):
        held.setdefault(ref.partition("/")[0], set()).add(str(ref))
    for kind, parameter in searchable(can):
        if kind not in held or not parameter:
            continue
        try:
            listed = set(_listed(turn, kind, {parameter: case.patient.ref}, parameter))
        except (SearchUnsupported, BrokenAnswer):
            continue
        for missing in held[kind] - listed:
            if is_reference(missing) and _is_gone(turn, missing):
                vault.records.remove(case.id, RecordId(missing))


def _is_gone(turn: Round, ref: str) -> bool:
    try:
        turn.client.read(ref, turn.job)
    except ServerRefused as error:
        return error.status in GONE
    return False


def census_due(last: str, server_time: datetime | None) -> bool:
    """Whether the last census is more than a day of server time ago."""
    then = PartialDate(last).instant
    return then is None or (server_time is not None and server_time - then >= CENSUS_EVERY)


def mine(resource: Resource, patient_ref: str) -> bool:
    """Whether a resource can be shown as this patient's."""
    try:
        return not owner_problem(resource, patient_ref)
    except Malformed:
        return False
