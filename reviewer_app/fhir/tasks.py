"""Editing the assignment Task: our fields on top of what the server holds, and whether it is still ours to edit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reviewer_app.domain.case import Case
from reviewer_app.domain.circumstances import AmendmentKind, Retraction, Withdrawn
from reviewer_app.domain.dates import utc_text
from reviewer_app.domain.states import CARRIERS, CaseState
from reviewer_app.fhir.element import (
    Element,
    child,
    children,
    code,
    codings,
    date,
    reference,
    references,
    shown_reference,
    text,
)
from reviewer_app.fhir.systems import BUSINESS_STATUS, DECLINE_REASON, TASK_KIND, TASK_OUTPUT, URI

_ASKED = "retraction-requested"
_REFUSED = frozenset({"rejected", "cancelled", "failed", "entered-in-error"})
_CLOSED = frozenset({"completed", "cancelled", "rejected", "failed", "entered-in-error"})


def problem(content: Element, owner: str) -> str:
    """Why the Task must not be edited by us: it is closed or somebody else's; empty if it may."""
    status = text(content, "status")
    if status in ("cancelled", "entered-in-error"):
        return "The programme cancelled this case: a person decides."
    if status in _CLOSED:
        return f"The case is closed on the server (status {status}): a person decides."
    said = reference(content, "owner")
    if owner and said != owner:
        return "The case was given to somebody else: a person decides."
    return ""


def carries(content: Element, state: CaseState) -> bool:
    """Whether the Task says this state already."""
    carrier = CARRIERS[state]
    return text(content, "status") == carrier.status.value and code(child(content, "businessStatus")) == (
        carrier.business_status
    )


def moved(
    content: dict[str, Any], to: CaseState, at: datetime, *, author: str, reason: str = "", note: str = ""
) -> dict[str, Any]:
    """The Task saying another state; everything else stays as the server had it.

    Args:
        content: As the server holds it, numbers exact (`decode.editable`).
        author: Reference of the specialist.
    """
    carrier = CARRIERS[to]
    coding = {"system": _system(content), "code": carrier.business_status}
    made = {
        **content,
        "status": carrier.status.value,
        "businessStatus": {"coding": [coding], "text": to.shown},
        "lastModified": _instant(at),
    }
    if reason:
        made["statusReason"] = {"coding": [{"system": DECLINE_REASON, "code": reason}], "text": note or reason}
    if note and not any(text(one, "text") == note for one in children(content, "note")):
        said: dict[str, Any] = {"time": _instant(at), "text": note}
        if author:
            said["authorReference"] = {"reference": author}
        made["note"] = [*children(content, "note"), said]
    return made


def _system(content: Element) -> str:
    known = [coding.system for coding in codings(child(content, "businessStatus")) if coding.system]
    return known[0] if known else BUSINESS_STATUS


def _instant(at: datetime) -> str:
    return utc_text(at)[:19] + "Z"


def with_outputs(content: dict[str, Any], outputs: dict[str, str]) -> dict[str, Any]:
    """The Task with outputs by code (`signed-pdf` -> `DocumentReference/1`); ours of the same code are replaced."""
    kept = [one for one in children(content, "output") if code(child(one, "type"), TASK_OUTPUT) not in outputs]
    added = [
        {"type": {"coding": [{"system": TASK_OUTPUT, "code": name}]}, "valueReference": {"reference": ref}}
        for name, ref in outputs.items()
    ]
    return {**content, "output": [*kept, *added]}


def addendum(
    case: Case, kind: AmendmentKind, identifier: str, at: datetime, author: str, programme: str = ""
) -> dict[str, Any]:
    """A Task of its own for a letter that follows a released one: the assignment is completed, which is final in R4.

    A retraction is only asked for: its Task stays open until a second person completes it.

    Args:
        identifier: UUID made from the letter, so that sending twice leaves one.
        author: Reference of the specialist.
        programme: Reference of whoever assigned the case, who is asked to confirm a retraction.
    """
    asks = kind is AmendmentKind.RETRACTION
    made: dict[str, Any] = {
        "resourceType": "Task",
        "identifier": [{"system": URI, "value": f"urn:uuid:{identifier}"}],
        "basedOn": [{"reference": case.task.ref}],
        "groupIdentifier": {"value": case.number},
        "status": "requested" if asks else "completed",
        "businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": _ASKED if asks else kind.value}]},
        "intent": "order",
        "code": {"coding": [{"system": TASK_KIND, "code": kind.value}]},
        "for": {"reference": case.patient.ref},
        "authoredOn": _instant(at),
        "lastModified": _instant(at),
    }
    if author:
        made["requester"] = made["owner"] = {"reference": author}
    if asks and programme:
        made["owner"] = {"reference": programme}
    elif asks:
        made.pop("owner", None)
    if case.request_ref:
        made["focus"] = {"reference": case.request_ref}
    return made


def retraction(task: Element, assignment: str) -> Retraction | None:
    """What the Task of a retraction says of an assignment; None where it is another Task.

    Whoever asked for it cannot confirm it as well: completed by its own requester, it is still only requested.
    """
    if code(child(task, "code"), TASK_KIND) != AmendmentKind.RETRACTION.value:
        return None
    if assignment not in references(task, "basedOn"):
        return None
    status, by = text(task, "status"), shown_reference(task, "owner")
    owner = reference(task, "owner") or by
    when = date(task, "lastModified", "authoredOn")
    if status in _REFUSED:
        return Retraction(Withdrawn.REFUSED, when, by, text(child(task, "statusReason"), "text"))
    if status == "completed" and owner and owner != reference(task, "requester"):
        return Retraction(Withdrawn.CONFIRMED, when, by)
    return Retraction(Withdrawn.REQUESTED, date(task, "authoredOn"), by)


def output(content: Element, name: str) -> str:
    """Reference of an output, or empty."""
    for one in children(content, "output"):
        if code(child(one, "type"), TASK_OUTPUT) == name:
            return reference(one, "valueReference")
    return ""
