"""Receiving one assignment: the Task, the patient, the request with its questions, consent, requester and messages."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from reviewer_app.domain.case import Case, Consent, Person
from reviewer_app.domain.circumstances import Withdrawn
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BrokenAnswer, NotAllowed, NotFound, ServerRefused, WrongPatient
from reviewer_app.fhir import assignment, decode
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Malformed, date, reference, references, text
from reviewer_app.fhir.patient import patient_of, person_of
from reviewer_app.services import acts, amending, pull_forms
from reviewer_app.services.pull_records import Gathering, mine
from reviewer_app.services.rounds import Round

_LETTER_OUT = frozenset({CaseState.RELEASED, CaseState.ACKNOWLEDGED, CaseState.DISCUSSED, CaseState.CLOSED})
_ADVICE = "Tell the programme; the other cases are not affected."


class NoConsent(NotAllowed):
    """An assignment whose records may not be fetched."""

    code = "no-consent"


def receive(turn: Round, task: Resource) -> tuple[Case, Gathering]:
    """Take the assignment as the server holds it and keep the case.

    Raises:
        BrokenAnswer: Task or patient cannot be understood.
        NotFound: The server does not give the patient.
        WrongPatient: The request is about somebody else than the Task.
        NoConsent: The patient took the consent back; nothing of a new case is kept.
    """
    vault = turn.session.vault
    known = vault.cases.by_task(turn.server.id, str(task.ref))
    case_id = known.id if known is not None else CaseId(uuid.uuid4().hex)
    try:
        patient_ref = reference(task.content, "for")
        gathering = Gathering(turn, case_id, patient_ref)
        around = _around(turn, gathering, task, patient_ref)
        case = assignment.case_of(task, case_id, turn.server.id, _state(turn, task, known), around)
    except Malformed as error:
        raise BrokenAnswer(f"An assignment cannot be understood: {error}.", _ADVICE) from error
    if known is None:
        consent = case.consent or _newest(_consents(turn, patient_ref))
        if consent is not None and consent.withdrawn:
            raise NoConsent("The patient does not consent.", "Nothing was fetched.")
    else:
        case = replace(case, messages=case.messages or known.messages, consent=case.consent or known.consent)
    with vault.transaction():
        vault.cases.put(case)
        gathering.take([task.raw])
    if known is None:
        turn.tally.new_cases += 1
        vault.audit.append("synced", case_id, "new")
    return case, gathering


def _state(turn: Round, task: Resource, known: Case | None) -> CaseState:
    """The server's word, unless an act of ours is still on its way: then ours stands until the server has it."""
    if known is not None and any(entry.state.pending for entry in turn.session.vault.outbox.all(known.id)):
        return known.state
    said = assignment.state(task)
    if known is not None and known.state is CaseState.RETRACTED and said in _LETTER_OUT:
        return known.state
    return CaseState.ADDENDUM_OPEN if amending.is_open(known, said) else said


def _around(turn: Round, gathering: Gathering, task: Resource, patient_ref: str) -> assignment.Around:
    patient = gathering.resource(patient_ref)
    if patient is None:
        raise NotFound("The server does not give the patient of an assignment.", _ADVICE)
    request = gathering.resource(reference(task.content, "focus"))
    if request is not None and not mine(request, patient_ref):
        raise WrongPatient("The request of an assignment is about another patient than its Task.", _ADVICE)
    consent = gathering.resource(assignment.consent_link(task, request))
    requester = _requester(gathering, task, request)
    with suppress(ServerRefused, Malformed, BrokenAnswer):  # without the form, the sections of the letter are enough
        pull_forms.with_lists(turn, gathering, pull_forms.read(turn, gathering, assignment.form_link(task)))
    return assignment.Around(
        patient=patient_of(patient),
        request=request,
        questionnaire=pull_forms.read(turn, gathering, assignment.questionnaire_link(task)),
        consent=consent if consent is not None and mine(consent, patient_ref) else None,
        first_opinion=_first_opinion(gathering, request, patient_ref),
        requester=requester,
        urgent_contact=_person(gathering, assignment.contact_link(task)),
        condition=_condition(gathering, request, patient_ref),
        specialty=_specialty(gathering, task, request),
        names=gathering.names,
    )


def _condition(gathering: Gathering, request: Resource | None, patient_ref: str) -> Resource | None:
    found = gathering.resource(assignment.condition_link(request)) if request is not None else None
    return found if found is not None and mine(found, patient_ref) else None


def _requester(gathering: Gathering, task: Resource, request: Resource | None) -> Person | None:
    ref = reference(request.content, "requester") if request is not None else ""
    return _person(gathering, ref or reference(task.content, "requester"))


def _person(gathering: Gathering, ref: str) -> Person | None:
    if not ref or gathering.resource(ref) is None:
        return None
    return person_of(ref, gathering.found, gathering.names)


def _specialty(gathering: Gathering, task: Resource, request: Resource | None) -> str:
    """The field the opinion is asked from: of the role that is to perform it."""
    performers = references(request.content, "performer") if request is not None else ()
    for ref in (*performers, assignment.owner(task)):
        if ref.startswith("PractitionerRole/") and gathering.resource(ref) is not None:
            return person_of(ref, gathering.found, gathering.names).specialty
    return ""


def _first_opinion(gathering: Gathering, request: Resource | None, patient_ref: str) -> Resource | None:
    for ref in assignment.supporting(request) if request is not None else ():
        found = gathering.resource(ref)
        if found is not None and found.type == "Composition" and mine(found, patient_ref):
            return found
    return None


def complete(turn: Round, gathering: Gathering, case: Case, task: Resource) -> Case:
    """The case with what only the records tell: messages, and the consent where neither Task nor request named it."""
    vault = turn.session.vault
    communications: list[Resource] = []
    consents: list[Resource] = []
    for record in vault.records.of_types(case.id, "Communication", "Consent"):
        if record.unreadable or record.retracted:
            continue
        made = decode.resource(vault.records.raw(case.id, record.id))
        (communications if made.type == "Communication" else consents).append(made)
    consent = case.consent
    if consents and (consent is None or not assignment.consent_link(task, gathering.found.get(case.request_ref))):
        consent = _newest(consents)
    return replace(
        vault.cases.get(case.id),
        consent=consent,
        messages=assignment.messages_of(communications, gathering.names),
    )


def look_for_retraction(turn: Round, gathering: Gathering, case: Case) -> None:
    """Of a released case only this is read: whether a second person confirmed the retraction that was asked for."""
    vault, ref = turn.session.vault, amending.retraction_task(turn.session, case.id)
    if case.state not in _LETTER_OUT or not ref or gathering.resource(ref) is None:
        return
    with vault.transaction():
        gathering.flush()
        known = amending.retraction(turn.session, case.id)
        if known is not None and known.state is Withdrawn.CONFIRMED:
            vault.cases.put(replace(case, state=CaseState.RETRACTED))
            vault.audit.append("retraction-confirmed", case.id)


def _newest(consents: Iterable[Resource]) -> Consent | None:
    """The consent that counts: an active one before any other, then the newest."""
    ranked = sorted(
        consents, key=lambda one: (text(one.content, "status") == "active", date(one.content, "dateTime").sort_key)
    )
    return assignment.consent_of(ranked[-1]) if ranked else None


def _consents(turn: Round, patient_ref: str) -> list[Resource]:
    """Consents of a patient of whom nothing else is fetched yet; none where the server does not tell."""
    found: list[Resource] = []
    with suppress(ServerRefused, Malformed, BrokenAnswer):
        for page in turn.client.search("Consent", {"patient": patient_ref}, turn.job, must="patient"):
            found += [one for one in map(decode.resource, page.resources) if mine(one, patient_ref)]
    return found


def accept_receipt(turn: Round, case: Case) -> None:
    """After the first complete sync an assigned case counts as received; the server learns it through the outbox."""
    vault = turn.session.vault
    now_held = vault.cases.get(case.id)
    if now_held.state is not CaseState.ASSIGNED or not vault.cases.completeness(case.id).records_ready:
        return
    if vault.images.missing(case.id):
        return
    with vault.transaction():
        received = replace(now_held, state=CaseState.RECEIVED)
        vault.cases.put(received)
        acts.queue_move(turn.session, received, CaseState.RECEIVED)
