"""Task, ServiceRequest, Questionnaire, Consent, Communication -> Case: who asks what, by when, under which consent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from reviewer_app.domain.case import Case, Consent, FirstOpinion, Message, Person, Priority, Question, ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, QuestionId
from reviewer_app.domain.lab import LOINC
from reviewer_app.domain.patient import Patient, clean
from reviewer_app.domain.states import CaseState, state_of
from reviewer_app.fhir import systems
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import (
    Element,
    child,
    children,
    code,
    codings,
    date,
    first,
    reference,
    references,
    shown_reference,
    text,
    words,
)
from reviewer_app.fhir.forms import questions_of
from reviewer_app.fhir.narrative import plain

_NUMBERED = re.compile(r"^\s*question\s*\d+\s*[:.)]\s*", re.IGNORECASE)
_TASK_INPUT = "Task.input"


@dataclass(frozen=True, slots=True)
class Around:
    """What was received beside the Task; whatever is missing is left empty in the case."""

    patient: Patient
    request: Resource | None = None
    questionnaire: Resource | None = None
    consent: Resource | None = None
    first_opinion: Resource | None = None
    communications: tuple[Resource, ...] = ()
    requester: Person | None = None
    urgent_contact: Person | None = None
    condition: Resource | None = None
    specialty: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def is_assignment(task: Resource) -> bool:
    """Whether a Task assigns a second opinion (code fulfill)."""
    return any(coding.code == "fulfill" for coding in codings(child(task.content, "code")))


def owner(task: Resource) -> str:
    """Reference of who it is assigned to."""
    return reference(task.content, "owner")


def state(task: Resource) -> CaseState:
    """Where the Task says that the case stands."""
    business = child(task.content, "businessStatus")
    return state_of(text(task.content, "status"), code(business) or text(business, "text"))


def questionnaire_link(task: Resource) -> str:
    """Canonical URL (with `|version`) or reference of the Questionnaire with the questions, or empty."""
    for given in _inputs(task, "question"):
        if link := text(given, "valueCanonical") or reference(given, "valueReference") or text(given, "valueUri"):
            return link
    return ""


def form_link(task: Resource) -> str:
    """Canonical URL of the Questionnaire the programme wants the structured opinion in, or empty."""
    return next((text(given, "valueCanonical") for given in _inputs(task, "opinion-form")), "")


def consent_link(task: Resource, request: Resource | None) -> str:
    """Reference of the consent the Task or the request names, or empty."""
    for given in _inputs(task, "consent"):
        if link := reference(given, "valueReference"):
            return link
    supporting = references(request.content, "supportingInfo") if request is not None else ()
    return next((ref for ref in supporting if ref.startswith("Consent/")), "")


def contact_link(task: Resource) -> str:
    """Reference of whom to call with an urgent finding, or empty."""
    return next((link for given in _inputs(task, "urgent-contact") if (link := reference(given, "valueReference"))), "")


def condition_link(request: Resource) -> str:
    """Reference of the condition the request is about, or empty."""
    return next((ref for ref in references(request.content, "reasonReference") if ref.startswith("Condition/")), "")


def supporting(request: Resource) -> tuple[str, ...]:
    """References of what the request rests on, the first opinion among them."""
    return references(request.content, "supportingInfo")


def states_opinion(document: Resource) -> bool:
    """Whether something the request rests on states an opinion: a Composition, or a document that is a consult note."""
    if document.type == "Composition":
        return True
    noted = code(child(document.content, "type"), LOINC) == systems.CONSULT_NOTE
    return document.type == "DocumentReference" and noted


def _inputs(task: Resource, kind: str) -> list[Element]:
    """Inputs whose type is of a kind, by code or by words."""
    found = []
    for given in children(task.content, "input"):
        concept = child(given, "type")
        names = [coding.code for coding in codings(concept)] or [words(concept).casefold()]
        if any(name.casefold().startswith(kind) for name in names):
            found.append(given)
    return found


def case_of(task: Resource, case_id: CaseId, server_id: str, at: CaseState, around: Around) -> Case:
    """The case a Task assigns.

    Args:
        at: State to give it; the caller knows whether an act of ours is still on its way.

    Raises:
        Malformed: The Task or what it points to has elements of other types.
    """
    content, request = task.content, around.request
    asked = request.content if request is not None else {}
    source, questions = _questions(task, around)
    return Case(
        id=case_id,
        server=server_id,
        number=_number(task, request),
        patient=around.patient,
        title=clean(text(content, "description")) or words(child(asked, "code")) or words(child(content, "code")),
        task=ServerCopy(str(task.ref), task.version),
        state=at,
        request_ref=str(request.ref) if request is not None else reference(content, "focus"),
        owner=owner(task),
        questions=questions,
        question_source=source,
        specialty=around.specialty or _specialty(content, asked),
        reasons=_reasons(asked, around.names),
        reason_codes=_reason_codes(asked),
        urgent_contact=around.urgent_contact,
        opinion_form=form_link(task),
        priority=_priority(text(content, "priority") or text(asked, "priority")),
        requester=around.requester,
        assigned=date(content, "authoredOn"),
        deadline=PartialDate(text(child(child(content, "restriction"), "period"), "end")),
        decision_by=_decision_by(task),
        consent=consent_of(around.consent) if around.consent is not None else None,
        first_opinion=replace(
            first_opinion_of(around.first_opinion, around.requester, around.names),
            code=_icd(around.condition),
        ),
        patient_wish=clean(text(asked, "patientInstruction")),
        messages=messages_of(around.communications, around.names),
    )


def _number(task: Resource, request: Resource | None) -> str:
    places = [child(task.content, "groupIdentifier")]
    if request is not None:
        places += [child(request.content, "requisition"), *children(request.content, "identifier")]
    places += children(task.content, "identifier")
    return next((value for place in places if (value := clean(text(place, "value")))), task.id)


def _questions(task: Resource, around: Around) -> tuple[str, tuple[Question, ...]]:
    if around.questionnaire is not None and (found := questions_of(around.questionnaire.content)):
        return questionnaire_link(task) or str(around.questionnaire.ref), found
    said = [text(given, "valueString") or text(given, "valueMarkdown") for given in _inputs(task, "question")]
    if not any(said) and around.request is not None:
        noted = (text(note, "text") for note in children(around.request.content, "note"))
        said = [_NUMBERED.sub("", one) for one in noted if _NUMBERED.match(one)]
        source = "ServiceRequest.note"
    else:
        source = _TASK_INPUT
    kept = [clean(one) for one in said if clean(one)]
    return source, tuple(Question(QuestionId(f"q{place}"), place, one) for place, one in enumerate(kept, 1))


def _decision_by(task: Resource) -> PartialDate:
    for given in _inputs(task, "decision"):
        if found := date(given, "valueDateTime", "valueDate", "valueInstant", "valuePeriod"):
            return found
    return PartialDate()


def _specialty(task: Element, request: Element) -> str:
    return words(child(request, "performerType")) or words(first(task, "performerType"))


def _reasons(request: Element, names: Mapping[str, str]) -> tuple[str, ...]:
    said = []
    for concept in children(request, "reasonCode"):
        shown = words(concept)
        coded = not text(concept, "text") and all(not coding.display for coding in codings(concept))
        said.append(shown.replace("-", " ").capitalize() if coded else shown)
    for given in children(request, "reasonReference"):
        holder = {"reason": given}
        said.append(shown_reference(holder, "reason") or names.get(reference(holder, "reason"), ""))
    return tuple(dict.fromkeys(one for one in said if one))


def _reason_codes(request: Element) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            coding.code
            for concept in children(request, "reasonCode")
            for coding in codings(concept)
            if coding.code and coding.system.endswith("/reason")
        )
    )


def _icd(condition: Resource | None) -> str:
    """Code of the first diagnosis in ICD-10 or one of its national editions."""
    found = codings(child(condition.content, "code")) if condition is not None else ()
    return next((coding.code for coding in found if "icd-10" in coding.system.casefold()), "")


def _priority(said: str) -> Priority:
    try:
        return Priority(said or "routine")
    except ValueError:
        return Priority.ROUTINE


def consent_of(resource: Resource) -> Consent:
    """The patient's consent (R4 Consent): its state, period, and whether it permits at all."""
    provision = child(resource.content, "provision")
    period = child(provision, "period")
    rule = code(child(resource.content, "policyRule"))
    denies = text(provision, "type") == "deny" or (rule == "OPTOUT" and text(provision, "type") != "permit")
    return Consent(
        ref=str(resource.ref),
        status=text(resource.content, "status"),
        begins=PartialDate(text(period, "start")),
        ends=PartialDate(text(period, "end")),
        permits=not denies,
    )


def first_opinion_of(document: Resource | None, requester: Person | None, names: Mapping[str, str]) -> FirstOpinion:
    """What the referring doctor concluded, where a Composition says it; reasons for asking are no diagnosis."""
    by = requester.name if requester is not None else ""
    if document is not None and document.type == "Composition":
        sections = children(document.content, "section")
        return FirstOpinion(
            diagnosis=_section(sections, ("diagnos", "assessment", "conclusion")),
            plan=_section(sections, ("plan", "treatment", "therap", "recommend")),
            author=next((names[ref] for ref in references(document.content, "author") if names.get(ref)), by),
            date=date(document.content, "date"),
        )
    return FirstOpinion()


def _section(sections: Iterable[Element], beginnings: tuple[str, ...]) -> str:
    for section in sections:
        title = (text(section, "title") or words(child(section, "code"))).casefold()
        if any(word in title for word in beginnings) and (said := plain(text(child(section, "text"), "div"))):
            return said
    return ""


def messages_of(communications: Iterable[Resource], names: Mapping[str, str]) -> tuple[Message, ...]:
    """The thread, oldest first; a Communication without words is none."""
    made = []
    for resource in communications:
        content = resource.content
        said = "\n".join(
            clean(one) for payload in children(content, "payload") if (one := text(payload, "contentString"))
        )
        if said and text(content, "status") != "entered-in-error":
            sender = shown_reference(content, "sender") or names.get(reference(content, "sender"), "")
            made.append(Message(str(resource.ref), date(content, "sent", "received"), sender, said))
    return tuple(sorted(made, key=lambda message: message.sent.sort_key))
