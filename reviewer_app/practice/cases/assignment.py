"""What makes a chart a case: the request, the assignment with its deadline and questions, and the consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer_app.practice.cases.chart import HL7, LOINC, PROGRAMME, Chart, Resource, concept, hl7, input_of, to

REASONS = {
    "invasive-surgery-proposed": "Invasive surgery proposed",
    "cancer": "Cancer",
    "long-or-aggressive-therapy": "Long or aggressive therapy",
    "diagnosis-unclear": "Diagnosis unclear",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who asks what, until when.

    Attributes:
        deadline: Days from today until the opinion is due.
        decision_by: Days from today until the hospital decides.
        as_questionnaire: Whether the questions come as a Questionnaire instead of strings.
        first_opinion: Reference of the Composition or DocumentReference that states it.
        supporting: Further references that the request points to.
    """

    number: str
    title: str
    questions: tuple[str, ...]
    specialty: str
    reasons: tuple[str, ...]
    reason_text: str
    priority: str
    assigned: int
    deadline: int
    decision_by: int
    requester: str
    organisation: str
    first_opinion: str
    contact: str
    wish: str
    diagnosis: str
    supporting: tuple[str, ...] = ()
    as_questionnaire: bool = False


def write_assignment(chart: Chart, plan: Assignment, reviewer: str) -> None:
    """Put Consent, ServiceRequest, Questionnaire and Task down."""
    consent = _consent(chart, plan, reviewer)
    identifier = [{"system": f"{PROGRAMME}/case", "value": plan.number}]
    chart.add(
        "ServiceRequest",
        {
            "identifier": identifier,
            "requisition": identifier[0],
            "status": "active",
            "intent": "order",
            "priority": plan.priority,
            "category": [concept("Second opinion", (f"{PROGRAMME}/CodeSystem/so", "second-opinion"))],
            "code": concept(
                f"Remote second opinion: {plan.title}", (f"{PROGRAMME}/CodeSystem/so", "remote-second-opinion")
            ),
            "subject": to(chart.patient),
            "authoredOn": chart.days.at(plan.assigned, "08:30"),
            "requester": to(plan.requester),
            "performer": [to("PractitionerRole/practice-reviewer-role")],
            "performerType": concept(plan.specialty),
            "reasonCode": [
                *(
                    {
                        "coding": [
                            {"system": f"{PROGRAMME}/CodeSystem/reason", "code": code, "display": REASONS[code]}
                        ],
                        "text": REASONS[code],
                    }
                    for code in plan.reasons
                ),
                {"text": plan.reason_text},
            ],
            "reasonReference": [to(plan.diagnosis)],
            "supportingInfo": [to(consent), to(plan.first_opinion), *(to(item) for item in plan.supporting)],
            "patientInstruction": plan.wish,
        },
        f"{chart.case}-request",
    )
    _task(chart, plan, reviewer, consent)


def _task(chart: Chart, plan: Assignment, reviewer: str, consent: str) -> None:
    chart.add(
        "Task",
        {
            "identifier": [{"system": f"{PROGRAMME}/task", "value": f"T-{plan.number}"}],
            "groupIdentifier": {"system": f"{PROGRAMME}/case", "value": plan.number}, "status": "requested",
            "businessStatus": concept("Assigned", (f"{PROGRAMME}/CodeSystem/business-status", "assigned")),
            "intent": "order", "priority": plan.priority,
            "code": concept("Give a second opinion", ("http://hl7.org/fhir/CodeSystem/task-code", "fulfill")),
            "description": plan.title, "focus": to(chart.request), "for": to(chart.patient),
            "authoredOn": chart.days.at(plan.assigned, "09:00"), "lastModified": chart.days.at(plan.assigned, "09:00"),
            "requester": to(plan.requester), "owner": to(reviewer),
            "restriction": {
                "period": {"start": chart.days.day(plan.assigned), "end": chart.days.at(plan.deadline, "17:00")},
                "recipient": [to(reviewer)],
            },
            "input": [
                *_questions(chart, plan),
                input_of("consent", "Consent", {"valueReference": to(consent)}),
                input_of("decision-by", "Decision by", {"valueDateTime": chart.days.day(plan.decision_by)}),
                input_of("urgent-contact", "Urgent contact", {"valueReference": to(plan.contact)}),
            ],
        },
        f"{chart.case}-task",
    )  # fmt: skip


def _questions(chart: Chart, plan: Assignment) -> Sequence[Resource]:
    if not plan.as_questionnaire:
        return [input_of("question", "Question", {"valueString": text}) for text in plan.questions]
    url = f"{PROGRAMME}/Questionnaire/{chart.case}-questions"
    chart.add(
        "Questionnaire",
        {
            "url": url,
            "version": "1",
            "status": "active",
            "title": f"Questions of {plan.number}",
            "subjectType": ["Patient"],
            "date": chart.days.day(plan.assigned),
            "item": [
                {"linkId": f"q{number}", "text": text, "type": "text", "required": True}
                for number, text in enumerate(plan.questions, start=1)
            ],
        },
        f"{chart.case}-questions",
    )
    return [input_of("questions", "Questions", {"valueCanonical": f"{url}|1"})]


def _consent(chart: Chart, plan: Assignment, reviewer: str) -> str:
    return chart.add(
        "Consent",
        {
            "status": "active",
            "scope": hl7("consentscope", "patient-privacy", "Privacy Consent"),
            "category": [concept("Consent Document", (LOINC, "59284-0"))],
            "patient": to(chart.patient),
            "dateTime": chart.days.at(plan.assigned - 1, "10:00"),
            "performer": [to(chart.patient)],
            "organization": [to(plan.organisation)],
            "policyRule": hl7("v3-ActCode", "OPTIN", "opt-in"),
            "provision": {
                "type": "permit",
                "period": {"start": chart.days.day(plan.assigned - 1), "end": chart.days.day(plan.assigned + 180)},
                "actor": [
                    {"role": hl7("v3-ParticipationType", "IRCP", "information recipient"), "reference": to(reviewer)}
                ],
                "purpose": [{"system": f"{HL7}/v3-ActReason", "code": "TREAT"}],
            },
        },
        f"{chart.case}-consent",
    )
