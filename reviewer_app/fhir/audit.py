"""Entries of the audit log -> FHIR R4 AuditEvent.

Each event has an id made of the vault and its place in the log, so that sending it twice leaves one, and carries the
hash of the log up to it, so that the server's copy shows later rewriting of the log.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from reviewer_app.domain.dates import utc_text
from reviewer_app.fhir import decode
from reviewer_app.fhir.element import Malformed, children, text

_NAMESPACE = uuid.UUID("0d0a6e0e-5a0c-4b0f-9a7e-6a0f1d8f1c55")
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_KINDS = "https://example.org/second-opinion/CodeSystem/audit-kind"
_SOURCE = "http://terminology.hl7.org/CodeSystem/security-source-type"
_PARTS = "https://example.org/second-opinion/CodeSystem/audit-detail"
_TYPES = {
    "unlock": ("110114", "User Authentication", "E"),
    "lock": ("110114", "User Authentication", "E"),
    "open": ("110110", "Patient Record", "R"),
    "view": ("110110", "Patient Record", "R"),
    "exported": ("110106", "Export", "R"),
    "synced": ("110107", "Import", "C"),
    "erased": ("110105", "DICOM Study Deleted", "D"),
    "key change": ("110137", "User Security Attributes Changed", "U"),
    "enrolled": ("110137", "User Security Attributes Changed", "U"),
    "programme removed": ("110137", "User Security Attributes Changed", "U"),
    "integrity failure": ("110113", "Security Alert", "E"),
    "clock anomaly": ("110113", "Security Alert", "E"),
}
"""Kinds of the log that DICOM PS3.15 A.5 has a code for; everything else is work on a patient record."""
_WORK = ("110110", "Patient Record", "U")


def event_id(vault: str, seq: int) -> str:
    """The id of the event of one entry."""
    return str(uuid.uuid5(_NAMESPACE, f"{vault}/{seq}"))


def place_of(body: bytes) -> tuple[int, str] | None:
    """Number and chain hash of the entry an AuditEvent tells of; None where it is none of ours."""
    try:
        content = decode.resource(body).content
        said = {
            text(one, "type"): text(one, "valueString")
            for part in children(content, "entity")
            for one in children(part, "detail")
        }
        return int(said["sequence"]), said["chain"]
    except (Malformed, KeyError, ValueError):
        return None


def event(
    vault: str, seq: int, at: datetime, kind: str, case: str, detail: str, chained: str, author: str
) -> dict[str, Any]:
    """The AuditEvent of one entry.

    Args:
        vault: Opaque name of the vault.
        chained: Hash of the log up to this entry.
        author: Reference of the specialist on the server, or empty.
    """
    code, display, action = _TYPES.get(kind, _WORK)
    parts = [("sequence", str(seq)), ("chain", chained), *((("detail", detail),) if detail else ())]
    entity: dict[str, Any] = {"detail": [{"type": name, "valueString": text} for name, text in parts]}
    if case:
        entity["what"] = {"identifier": {"system": _PARTS, "value": case}}
    who: dict[str, Any] = {"reference": author} if author else {"display": "the reviewer of this desk"}
    return {
        "resourceType": "AuditEvent",
        "id": event_id(vault, seq),
        "type": {"system": _DICOM, "code": code, "display": display},
        "subtype": [{"system": _KINDS, "code": kind.replace(" ", "-")}],
        "action": action,
        "recorded": utc_text(at),
        "outcome": "0",
        "agent": [{"who": who, "requestor": True}],
        "source": {
            "observer": {"identifier": {"system": _PARTS, "value": vault}, "display": "Consilium"},
            "type": [{"system": _SOURCE, "code": "1", "display": "User Device"}],
        },
        "entity": [entity],
    }
