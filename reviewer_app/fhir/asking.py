"""Requests for missing records and messages -> Task `request-information` and Communication; answers back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reviewer_app.domain.asking import Answered, InformationRequest, Note
from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import PartialDate, utc_text
from reviewer_app.fhir import systems
from reviewer_app.fhir.element import Element, child, children, code, date, text

_SUPPLIED, _UNOBTAINABLE = "supplied:", "unobtainable:"
_ITEM = "i1"
_OVER = frozenset({"cancelled", "rejected", "entered-in-error"})


def request_task(case: Case, request: InformationRequest, author: str, manager: str) -> dict[str, Any]:
    """A Task that asks the case manager for one thing.

    Args:
        author: Reference of the specialist.
        manager: Reference of whoever assigned the case; empty where the server names nobody.
    """
    made: dict[str, Any] = {
        "resourceType": "Task",
        "identifier": [{"system": systems.URI, "value": f"urn:uuid:{request.id}"}],
        "status": "requested",
        "businessStatus": {"coding": [{"system": systems.BUSINESS_STATUS, "code": "requested"}]},
        "intent": "order",
        "code": {"coding": [{"system": systems.TASK_KIND, "code": "request-information"}]},
        "description": request.words,
        "for": {"reference": case.patient.ref},
        "authoredOn": _instant(request.asked),
        "lastModified": _instant(request.asked),
        "partOf": [{"reference": case.task.ref}],
        "input": [
            {
                "id": _ITEM,
                "type": {
                    "coding": [{"system": systems.INFORMATION, "code": request.kind.value}],
                    "text": request.kind.shown,
                },
                "valueString": request.words,
            }
        ],
        **_known("requester", author),
        **_known("owner", manager),
        **_known("focus", case.request_ref),
    }
    if request.by:
        made["restriction"] = {"period": {"end": request.by}}
    return made


def communication(case: Case, note: Note, author: str, manager: str) -> dict[str, Any]:
    """A message in the thread of the case; an urgent one as an alert."""
    kind = (systems.COMMUNICATION_CATEGORY, "alert") if note.urgent else (systems.SECOND_OPINION, "case-message")
    made: dict[str, Any] = {
        "resourceType": "Communication",
        "identifier": [{"system": systems.URI, "value": f"urn:uuid:{note.id}"}],
        "status": "completed",
        "category": [{"coding": [{"system": kind[0], "code": kind[1]}]}],
        "priority": "stat" if note.urgent else "routine",
        "subject": {"reference": case.patient.ref},
        "partOf": [{"reference": case.task.ref}],
        "sent": _instant(note.at),
        "payload": [{"contentString": note.text}],
        **_known("sender", author),
    }
    if case.request_ref:
        made["basedOn"] = [{"reference": case.request_ref}]
    if manager:
        made["recipient"] = [{"reference": manager}]
    return made


def _known(element: str, ref: str) -> dict[str, Any]:
    return {element: {"reference": ref}} if ref else {}


def identified(content: Element, uuid: str) -> bool:
    """Whether a resource is the one that was made with this UUID."""
    return any(text(one, "value") == f"urn:uuid:{uuid}" for one in children(content, "identifier"))


def answered(task: Element) -> tuple[Answered, str]:
    """What a request Task says became of it, and why in its words."""
    for output in children(task, "output"):
        said = code(child(output, "type"))
        if said.startswith(_UNOBTAINABLE):
            return Answered.UNOBTAINABLE, text(output, "valueString")
        if said.startswith(_SUPPLIED):
            return Answered.SUPPLIED, ""
    status, reason = text(task, "status"), text(child(task, "statusReason"), "text")
    if status in _OVER:
        return Answered.CANCELLED, reason
    if status == "failed" or code(child(task, "businessStatus")) == "unobtainable":
        return Answered.UNOBTAINABLE, reason
    return (Answered.SUPPLIED, "") if status == "completed" else (Answered.ASKED, "")


def changed(task: Element) -> PartialDate:
    """When it was last changed."""
    return date(task, "lastModified", "authoredOn")


def cancelled(task: dict[str, Any], at: datetime) -> dict[str, Any] | None:
    """A request Task taken back by the specialist; None where it is answered or over already.

    Args:
        task: As the server holds it, to be changed.
    """
    if answered(task)[0] is not Answered.ASKED:
        return None
    return {
        **task,
        "status": "cancelled",
        "businessStatus": {"coding": [{"system": systems.BUSINESS_STATUS, "code": "withdrawn"}]},
        "statusReason": {"text": "Withdrawn by the specialist"},
        "lastModified": _instant(at),
    }


def _instant(at: datetime) -> str:
    return utc_text(at)[:19] + "Z"
