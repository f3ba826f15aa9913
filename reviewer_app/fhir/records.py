"""Any resource -> Record: what a list of records shows of it.

One small function a resource type that needs one; every other type is listed by its code, date and narrative.  The
resource itself is kept beside, unchanged, by whoever calls this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import Result
from reviewer_app.domain.patient import clean
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.fhir import clinical, papers
from reviewer_app.fhir.attachments import attachments
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Element, Malformed, child, code, date, text, words
from reviewer_app.fhir.narrative import plain
from reviewer_app.fhir.parts import Names, Parts, author_of, notes_of
from reviewer_app.fhir.patient import owner_problem
from reviewer_app.fhir.results import clean_lines, results

_CLASSES = {
    RecordClass.DOCUMENT: ("DocumentReference", "Composition", "Media", "DocumentManifest", "QuestionnaireResponse"),
    RecordClass.REPORT: ("DiagnosticReport",),
    RecordClass.CONDITION: (
        "Condition", "ClinicalImpression", "DetectedIssue", "Flag", "RiskAssessment", "AdverseEvent",
    ),
    RecordClass.MEDICATION: (
        "MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "Medication",
    ),
    RecordClass.ALLERGY: ("AllergyIntolerance",),
    RecordClass.PROCEDURE: ("Procedure",),
    RecordClass.ENCOUNTER: ("Encounter", "EpisodeOfCare", "Appointment"),
    RecordClass.IMMUNISATION: ("Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"),
    RecordClass.FAMILY_HISTORY: ("FamilyMemberHistory",),
    RecordClass.DEVICE: ("Device", "DeviceUseStatement", "DeviceRequest"),
    RecordClass.RESULT: ("Observation", "MolecularSequence", "Specimen", "BodyStructure"),
    RecordClass.IMAGING: ("ImagingStudy",),
    RecordClass.MESSAGE: ("Communication", "CommunicationRequest"),
    RecordClass.REQUEST: ("ServiceRequest", "Task", "Questionnaire", "ValueSet"),
    RecordClass.CONSENT: ("Consent",),
    RecordClass.PERSON: (
        "Patient", "Practitioner", "PractitionerRole", "Organization", "RelatedPerson", "CareTeam", "Location",
    ),
}  # fmt: skip
_CLASS_OF = {kind: record_class for record_class, kinds in _CLASSES.items() for kind in kinds}
_DATES = (
    "effectiveDateTime", "effectivePeriod", "performedDateTime", "performedPeriod",
    "occurrenceDateTime", "occurrencePeriod", "onsetDateTime", "onsetPeriod", "recordedDate", "period", "started",
    "authoredOn", "authored", "dateTime", "date", "sent", "created", "issued", "recorded", "identifiedDate",
)  # fmt: skip
_ENTERED_IN_ERROR = "entered-in-error"


def record(resource: Resource, patient_ref: str, names: Names) -> Record:
    """What the list shows of a resource; one that cannot be understood, or is somebody else's, says so and no more.

    Args:
        names: Names of people, organisations and medications by reference.
    """
    return _listed(resource, patient_ref, names, _MAKERS.get(resource.type, _other))


def observation(resource: Resource, patient_ref: str, names: Names) -> tuple[Record, tuple[Result, ...]]:
    """What the list shows of an Observation, and its results, read once; none of one that cannot be understood."""
    found: list[Result] = []

    def maker(content: Element, names: Names) -> Parts:
        found.extend(results(resource, names))
        return clinical.observed(content, tuple(found))

    kept = _listed(resource, patient_ref, names, maker)
    return kept, () if kept.unreadable else tuple(found)


def _listed(resource: Resource, patient_ref: str, names: Names, maker: Callable[[Element, Names], Parts]) -> Record:
    if problem := owner_problem_of(resource, patient_ref):
        return unreadable(resource.type, resource.id, resource.version, problem)
    try:
        parts = maker(resource.content, names)
        return Record(
            id=resource.ref,
            version=resource.version,
            record_class=_CLASS_OF.get(resource.type, RecordClass.OTHER),
            title=parts.title or _spaced(resource.type),
            when=parts.when or _when(resource.content),
            until=parts.until,
            status=parts.status or _status(resource.content),
            body=_joined((*parts.body, _narrative(resource.content))),
            author=parts.author or author_of(resource.content, names),
            attachments=attachments(resource),
            links=tuple(dict.fromkeys(link for link in parts.links if not link.endswith(":"))),
        )
    except Malformed as error:
        return unreadable(resource.type, resource.id, resource.version, f"it cannot be understood: {error}")


def owner_problem_of(resource: Resource, patient_ref: str) -> str:
    """Why a resource is not this patient's, where that can be made out at all."""
    try:
        return owner_problem(resource, patient_ref)
    except Malformed as error:
        return f"it cannot be told whose it is: {error}"


def unreadable(kind: str, own_id: str, version: str, reason: str) -> Record:
    """The line of a resource that is kept but not shown."""
    return Record(
        id=RecordId(f"{kind or 'Unknown'}/{own_id}"),
        version=version,
        record_class=_CLASS_OF.get(kind, RecordClass.OTHER),
        title=_spaced(kind) or "Unknown record",
        unreadable=reason,
    )


def _spaced(kind: str) -> str:
    """`MedicationRequest` as `Medication request`."""
    said = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
    return said[:1].upper() + said[1:]


def _joined(blocks: Iterable[str]) -> str:
    """Blocks that say something, each once: a narrative often repeats what the elements said."""
    kept: list[str] = []
    for block in blocks:
        said = clean_lines(block)
        if said and not any(said in other for other in kept):
            kept.append(said)
    return "\n".join(kept)


def _narrative(content: Element) -> str:
    return plain(text(child(content, "text"), "div"))


def _when(content: Element) -> PartialDate:
    return next(
        (found for name in _DATES if content.get(name) is not None and (found := date(content, name))), PartialDate()
    )


def _status(content: Element) -> str:
    clinical = code(child(content, "clinicalStatus")) if isinstance(content.get("clinicalStatus"), dict) else ""
    verification = content.get("verificationStatus")
    verified = code(verification) if isinstance(verification, dict) else ""
    if verified in (_ENTERED_IN_ERROR, "refuted", "unconfirmed", "provisional", "differential"):
        return verified
    return clinical or (text(content, "status") if not isinstance(content.get("status"), dict) else "")


def _other(content: Element, _names: Names) -> Parts:
    title = ""
    for name in ("code", "type", "category", "name", "title", "description"):
        given = content.get(name)
        if isinstance(given, dict):
            title = words(given)
        elif isinstance(given, list) and given and isinstance(given[0], dict) and name != "name":
            title = words(given[0])
        elif isinstance(given, str):
            title = clean(given)
        if title:
            break
    return Parts(title, body=(notes_of(content),))


_MAKERS: dict[str, Callable[[Element, Names], Parts]] = {
    "DocumentReference": papers.document,
    "Composition": papers.composition,
    "DiagnosticReport": papers.report,
    "Condition": clinical.condition,
    "AllergyIntolerance": clinical.allergy,
    "Procedure": clinical.procedure,
    "Encounter": clinical.encounter,
    "Immunization": clinical.immunisation,
    "FamilyMemberHistory": clinical.family,
    "Observation": clinical.observation,
    "ImagingStudy": clinical.imaging,
    "Communication": papers.message,
    "ServiceRequest": papers.request,
    "Task": papers.task,
    "Consent": papers.consent,
    "Questionnaire": papers.questionnaire,
    "QuestionnaireResponse": papers.response,
    **dict.fromkeys(_CLASSES[RecordClass.MEDICATION], clinical.medication),
    **dict.fromkeys(
        ("Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson"), papers.person
    ),
}
