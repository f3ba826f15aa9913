"""A patient's chart being written: FHIR R4 resources with stable ids that refer to each other.

What a story says is in the story's own module; here is only how each kind of resource is put down.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewer_app.practice.reviewer import REVIEWER

Resource = dict[str, Any]

SNOMED, LOINC, ICD10, ATC = (
    "http://snomed.info/sct",
    "http://loinc.org",
    "http://hl7.org/fhir/sid/icd-10",
    "http://www.whocc.no/atc",
)
HL7 = "http://terminology.hl7.org/CodeSystem"
_NOTE_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
PROGRAMME = "https://example.org/second-opinion"


def concept(text: str, *codings: tuple[str, str]) -> Resource:
    """CodeableConcept with a text and any (system, code)."""
    return (
        {"coding": [{"system": s, "code": c, "display": text} for s, c in codings], "text": text}
        if codings
        else {"text": text}
    )


def hl7(system: str, code: str, text: str) -> Resource:
    """CodeableConcept from an HL7 terminology."""
    return concept(text, (f"{HL7}/{system}", code))


def quantity(value: float, unit: str, ucum: str) -> Resource:
    """Quantity in UCUM."""
    shown = {"unit": unit} if unit else {}
    return {"value": value, **shown, "system": "http://unitsofmeasure.org", "code": ucum}


def to(reference: str) -> Resource:
    """Reference."""
    return {"reference": reference}


@dataclass(frozen=True, slots=True)
class Days:
    """Dates counted from the day the story ends on, in the hospital's time zone.

    Attributes:
        zone: Offset such as `+05:30`.
    """

    today: dt.date
    zone: str

    def day(self, offset: int) -> str:
        """`YYYY-MM-DD`."""
        return (self.today + dt.timedelta(days=offset)).isoformat()

    def at(self, offset: int, clock: str = "09:00") -> str:
        """FHIR dateTime."""
        return f"{self.day(offset)}T{clock}:00{self.zone}"

    def dicom(self, offset: int) -> str:
        """DICOM DA."""
        return self.day(offset).replace("-", "")


@dataclass(slots=True)
class Chart:
    """Resources of one case in the order they were written."""

    case: str
    days: Days
    resources: list[Resource] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    @property
    def patient(self) -> str:
        """Reference of the patient."""
        return f"Patient/{self.case}-patient"

    @property
    def request(self) -> str:
        """Reference of the request for a second opinion."""
        return f"ServiceRequest/{self.case}-request"

    def add(self, kind: str, body: Resource, name: str = "") -> str:
        """Put a resource down; returns its reference."""
        if not name:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            name = f"{self.case}-{kind.lower()}-{self._numbers[kind]}"
        self.resources.append({"resourceType": kind, "id": name, **body})
        return f"{kind}/{name}"

    def hospital(self, name: str, laboratory: str) -> tuple[str, str]:
        """The asking hospital, given as `Name, Town (invented)`, and its laboratory."""
        own = f"{name.rpartition(', ')[0]}, {laboratory} (invented)"
        return (
            self.add("Organization", {"name": name}, f"{self.case}-hospital"),
            self.add("Organization", {"name": own}, f"{self.case}-laboratory"),
        )

    def reviewer(self) -> str:
        """The practice reviewer with role, once per case folder."""
        prefix, *given, family1, family2 = REVIEWER.name.split()
        self.add("Organization", {"name": REVIEWER.organisation, "active": True}, "practice-programme")
        self.add(
            "Practitioner",
            {
                "active": True,
                "identifier": [{"system": f"{PROGRAMME}/reviewer", "value": REVIEWER.licence}],
                "name": [{"use": "official", "family": f"{family1} {family2}", "given": given, "prefix": [prefix]}],
                "telecom": [{"system": "email", "value": REVIEWER.email, "use": "work"}],
                "qualification": [
                    {"identifier": [{"value": REVIEWER.licence}], "code": {"text": REVIEWER.specialty},
                     "issuer": {"display": REVIEWER.licence_authority}, "period": {"end": REVIEWER.licence_ends}},
                ],
            },
            "practice-reviewer",
        )  # fmt: skip
        self.add(
            "PractitionerRole",
            {
                "active": True, "practitioner": to(REVIEWER.ref), "organization": to("Organization/practice-programme"),
                "specialty": [concept(REVIEWER.specialty, (SNOMED, "394593009"))],
            },
            "practice-reviewer-role",
        )  # fmt: skip
        return REVIEWER.ref

    def person(
        self, key: str, given: str, family: str, *, specialty: str, organisation: str, phone: str, email: str
    ) -> str:
        """A doctor of the asking hospital, with role; returns the Practitioner's reference."""
        who = self.add(
            "Practitioner",
            {
                "active": True,
                "name": [{"use": "official", "family": family, "given": given.split(), "prefix": ["Dr."]}],
                "telecom": [
                    {"system": "phone", "value": phone, "use": "work"},
                    {"system": "email", "value": email, "use": "work"},
                ],
            },
            f"{self.case}-{key}",
        )
        self.add(
            "PractitionerRole",
            {
                "active": True, "practitioner": to(who), "organization": to(organisation),
                "specialty": [concept(specialty)], "telecom": [{"system": "phone", "value": phone, "use": "work"}],
            },
            f"{self.case}-{key}-role",
        )  # fmt: skip
        return who

    def condition(
        self, text: str, icd: str, onset: int, *, note: str = "", status: str = "active", snomed: str = ""
    ) -> str:
        """A diagnosis on the problem list."""
        codes = [(ICD10, icd)] + ([(SNOMED, snomed)] if snomed else [])
        body: Resource = {
            "clinicalStatus": hl7("condition-clinical", status, status.capitalize()),
            "verificationStatus": hl7("condition-ver-status", "confirmed", "Confirmed"),
            "category": [hl7("condition-category", "problem-list-item", "Problem List Item")],
            "code": concept(text, *codes),
            "subject": to(self.patient),
            "onsetDateTime": self.days.day(onset),
        }
        if note:
            body["note"] = [{"text": note}]
        return self.add("Condition", body)

    def medication(
        self, text: str, atc: str, dosage: str, start: int, end: int | None = None, *, why: str = "", by: str = ""
    ) -> str:
        """A prescription; `end` is the day it was stopped or its dose changed."""
        period = {"start": self.days.day(start)} | ({"end": self.days.day(end)} if end is not None else {})
        body: Resource = {
            "status": "active" if end is None else "completed",
            "intent": "order",
            "medicationCodeableConcept": concept(text, (ATC, atc)),
            "subject": to(self.patient),
            "authoredOn": self.days.day(start),
            "dosageInstruction": [{"text": dosage}],
            "dispenseRequest": {"validityPeriod": period},
        }
        if by:
            body["requester"] = to(by)
        if why:
            body["reasonCode"] = [{"text": why}]
        return self.add("MedicationRequest", body)

    def procedure(self, text: str, snomed: str, day: int, note: str = "") -> str:
        """Something that was done."""
        body: Resource = {
            "status": "completed", "code": concept(text, (SNOMED, snomed)), "subject": to(self.patient),
            "performedDateTime": self.days.day(day),
        }  # fmt: skip
        if note:
            body["note"] = [{"text": note}]
        return self.add("Procedure", body)

    def encounter(self, text: str, kind: str, day: int, until: int | None = None, *, place: str, why: str) -> str:
        """A visit (`AMB`) or a stay (`IMP`)."""
        return self.add(
            "Encounter",
            {
                "status": "finished",
                "class": {"system": f"{HL7}/v3-ActCode", "code": kind},
                "type": [{"text": text}],
                "subject": to(self.patient),
                "period": {
                    "start": self.days.at(day, "08:30"),
                    "end": self.days.at(until if until is not None else day, "11:00"),
                },
                "serviceProvider": to(place),
                "reasonCode": [{"text": why}],
            },
        )

    def allergy(self, text: str, snomed: str, reaction: str, criticality: str, since: int) -> str:
        """An allergy or intolerance."""
        return self.add(
            "AllergyIntolerance",
            {
                "clinicalStatus": hl7("allergyintolerance-clinical", "active", "Active"),
                "verificationStatus": hl7("allergyintolerance-verification", "confirmed", "Confirmed"),
                "type": "allergy", "category": ["medication"], "criticality": criticality,
                "code": concept(text, (SNOMED, snomed)), "patient": to(self.patient),
                "recordedDate": self.days.day(since), "reaction": [{"manifestation": [{"text": reaction}]}],
            },
        )  # fmt: skip

    def binary(self, name: str, kind: str, content: bytes) -> str:
        """A file; it is also laid into the folder's documents/."""
        self.documents[name] = content
        return self.add("Binary", {"contentType": kind, "data": base64.b64encode(content).decode()})

    def document(
        self, name: str, content: bytes, kind: str, title: str, day: int, *, loinc: str, loinc_text: str, author: str
    ) -> str:
        """A DocumentReference to a Binary."""
        url = self.binary(name, kind, content)
        return self.add(
            "DocumentReference",
            {
                "status": "current",
                "docStatus": "final",
                "type": concept(loinc_text, (LOINC, loinc)),
                "category": [concept("Clinical Note", (_NOTE_CATEGORY, "clinical-note"))],
                "subject": to(self.patient),
                "date": self.days.at(day, "12:00"),
                "author": [to(author)],
                "description": title,
                "content": [
                    {
                        "attachment": {
                            "contentType": kind,
                            "language": "en",
                            "url": url,
                            "size": len(content),
                            "title": name,
                            "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
                            "creation": self.days.at(day, "12:00"),
                        }
                    },
                ],
            },
        )

    def report(
        self, title: str, text: str, day: int, *, category: str, loinc: str, conclusion: str, by: str, study: str = ""
    ) -> str:
        """A DiagnosticReport with its words as HTML.  `category` is RAD, PAT, NMR... of table v2-0074."""
        body: Resource = {
            "status": "final",
            "category": [hl7("v2-0074", category, {"RAD": "Radiology", "PAT": "Pathology"}.get(category, "Other"))],
            "code": concept(title, (LOINC, loinc)),
            "subject": to(self.patient),
            "effectiveDateTime": self.days.at(day, "10:15"),
            "issued": self.days.at(day, "15:40"),
            "performer": [to(by)],
            "conclusion": conclusion,
            "presentedForm": [
                {
                    "contentType": "text/html",
                    "language": "en",
                    "title": title,
                    "data": base64.b64encode(text.encode()).decode(),
                }
            ],
        }
        if study:
            body["imagingStudy"] = [to(study)]
        return self.add("DiagnosticReport", body)

    def message(self, text: str, day: int, sender: str, recipient: str) -> str:
        """A line of the thread between the hospital and the reviewer."""
        return self.add(
            "Communication",
            {
                "status": "completed",
                "category": [concept("Case message", (f"{PROGRAMME}/CodeSystem/message", "case-message"))],
                "subject": to(self.patient),
                "about": [to(self.request)],
                "sent": self.days.at(day, "16:20"),
                "sender": to(sender),
                "recipient": [to(recipient)],
                "payload": [{"contentString": text}],
            },
        )


def input_of(code: str, text: str, value: Resource) -> Resource:
    """One Task.input."""
    return {"type": concept(text, (f"{PROGRAMME}/CodeSystem/task-input", code)), **value}


def names(family: str, given: Sequence[str], use: str = "official") -> Resource:
    """HumanName."""
    return {"use": use, "family": family, "given": list(given)}
