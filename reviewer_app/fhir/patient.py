"""FHIR Patient -> domain, names of people, and whose a resource is."""

from __future__ import annotations

from reviewer_app.domain.case import Person
from reviewer_app.domain.patient import Patient, PersonName, clean
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import (
    Element,
    Malformed,
    child,
    children,
    date,
    first,
    flag,
    reference,
    text,
    texts,
    words,
)

_NAME_ORDER = {"official": 0, "usual": 1, "": 2, "maiden": 4, "old": 5}
_ID_ORDER = {"usual": 0, "official": 1, "": 2, "secondary": 3, "temp": 4, "old": 5}
_OWNERS = ("subject", "patient", "for", "beneficiary", "individual")
_OWNED = frozenset(
    {
        "AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "FamilyMemberHistory", "ImagingStudy",
        "Immunization", "MedicationAdministration", "MedicationRequest", "MedicationStatement", "Observation",
        "Procedure",
    }
)  # fmt: skip
"""Types that say something about one patient; R4 lets some of them leave the patient out, a case does not."""


def patient_of(resource: Resource) -> Patient:
    """The person a Patient resource describes.

    Raises:
        Malformed: It is no Patient, or has elements of other types.
    """
    content = resource.content
    if resource.type != "Patient":
        raise Malformed("it is no Patient")
    names = sorted(children(content, "name"), key=lambda name: _NAME_ORDER.get(text(name, "use"), 3))
    identifiers = sorted(children(content, "identifier"), key=lambda one: _ID_ORDER.get(text(one, "use"), 3))
    return Patient(
        ref=str(resource.ref),
        names=tuple(person_name(name) for name in names),
        identifiers=tuple(value for one in identifiers if (value := text(one, "value"))),
        birth_date=date(content, "birthDate"),
        sex=text(content, "gender") or "unknown",
        language=_language(content),
    )


def _language(content: Element) -> str:
    spoken = sorted(children(content, "communication"), key=lambda one: not flag(one, "preferred"))
    if not spoken:
        return ""
    language = child(spoken[0], "language")
    return text(first(language, "coding"), "code") or words(language)


def person_name(name: Element) -> PersonName:
    """A HumanName."""
    return PersonName(
        clean(text(name, "family")), tuple(clean(one) for one in texts(name, "given")), clean(text(name, "text"))
    )


def name_of(resource: Resource) -> str:
    """What people call a Practitioner, Organization, Medication, Location... ; empty where it has no name."""
    content = resource.content
    if isinstance(content.get("name"), list):
        name = first(content, "name")
        natural = person_name(name).natural
        prefix = " ".join(clean(one) for one in texts(name, "prefix"))
        return "" if natural == "(no name)" else f"{prefix} {natural}".strip()
    if resource.type == "Medication":
        return words(child(content, "code"))
    if resource.type == "Device":
        return text(first(content, "deviceName"), "name") or words(child(content, "type"))
    return clean(text(content, "name"))


def person_of(ref: str, found: dict[str, Resource], names: dict[str, str]) -> Person:
    """A doctor or coordinator, from whatever of role, practitioner and organisation was received."""
    specialty, organisation, role = "", "", found.get(ref)
    practitioner = role
    if role is not None and role.type == "PractitionerRole":
        specialty = ", ".join(words(one) for one in children(role.content, "specialty"))
        organisation = names.get(reference(role.content, "organization"), "")
        practitioner = found.get(reference(role.content, "practitioner"))
    if practitioner is not None and not specialty:
        qualifications = (words(child(one, "code")) for one in children(practitioner.content, "qualification"))
        specialty = ", ".join(one for one in qualifications if one)
    reach = [resource.content for resource in (practitioner, role) if resource is not None]
    if organisation == "" and role is not None and role.type == "Organization":
        organisation = names.get(ref, "")
    return Person(
        ref=ref,
        name=names.get(str(practitioner.ref), "") if practitioner is not None else names.get(ref, ""),
        specialty=specialty,
        organisation=organisation,
        phone=_telecom(reach, "phone"),
        email=_telecom(reach, "email"),
    )


def _telecom(contents: list[dict[str, object]], system: str) -> str:
    for content in contents:
        for point in children(content, "telecom"):
            if text(point, "system") == system and (value := clean(text(point, "value"))):
                return value
    return ""


def owner_problem(resource: Resource, patient_ref: str) -> str:
    """Why a resource cannot be shown as this patient's; empty if it can.

    A resource that names no patient at all (an Organization, a Questionnaire) has no owner to contradict; a finding or
    a treatment must name one, or it could be anybody's.
    """
    if resource.type == "Patient":
        return "" if str(resource.ref) == patient_ref else "it belongs to another patient"
    for name in _OWNERS:
        if not isinstance(resource.content.get(name), dict):
            continue
        said = reference(resource.content, name)
        if said.startswith("Patient/") and said != patient_ref:
            return "it belongs to another patient"
        if text(child(resource.content, name), "type") == "Patient" and said and said != patient_ref:
            return "it belongs to another patient"
    nameless = not any(resource.content.get(name) for name in _OWNERS)
    return "it does not say whose it is" if nameless and patient_ref and resource.type in _OWNED else ""


def is_about(resource: Resource, patient_ref: str) -> bool:
    """Whether a resource names this patient as the one it is about."""
    return any(
        isinstance(resource.content.get(name), dict) and reference(resource.content, name) == patient_ref
        for name in _OWNERS
    )
