"""Urgent findings that were told -> Communication alerts: what, when, to whom, by which way, whether repeated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reviewer_app.domain.tables import UrgentFinding
from reviewer_app.fhir import systems

_MODES = {"phone": "PHONE", "video": "VIDEOCONF", "in-person": "FACE", "message": "ONLINEWRIT"}


def alert(row: UrgentFinding, identifier: str, patient: str, request: str, task: str, sender: str) -> dict[str, Any]:
    """One finding as it was told; times without a zone are those of this machine.

    Args:
        identifier: UUID made from the letter and the row.
        patient, request, task, sender: References; empty ones are left out.
    """
    made: dict[str, Any] = {
        "resourceType": "Communication",
        "identifier": [{"system": systems.URI, "value": f"urn:uuid:{identifier}"}],
        "status": "completed",
        "category": [{"coding": [{"system": systems.COMMUNICATION_CATEGORY, "code": "alert"}]}],
        "priority": "stat",
        "medium": [{"coding": [{"system": systems.PARTICIPATION_MODE, "code": _MODES.get(row.method, "PHONE")}]}],
        "subject": {"reference": patient},
        "recipient": [{"display": row.receiver}],
        "payload": [{"contentString": row.finding}],
        "note": [{"text": text} for text in _notes(row)],
    }
    made |= {name: moment for name, said in _times(row) if (moment := _instant(said))}
    if request:
        made["basedOn"] = [{"reference": request}]
    if task:
        made["partOf"] = [{"reference": task}]
    if sender:
        made["sender"] = {"reference": sender}
    return made


def _times(row: UrgentFinding) -> tuple[tuple[str, str], ...]:
    return ("sent", row.identified), ("received", row.received)


def _notes(row: UrgentFinding) -> list[str]:
    told = f"Told by {row.told_by} to {row.receiver} ({row.method or 'no way named'})."
    return [told, "Read back by the recipient."] if row.read_back else [told]


def _instant(said: str) -> str:
    try:
        return datetime.fromisoformat(said.strip()).astimezone(UTC).isoformat()[:19] + "Z"
    except ValueError:
        return ""
