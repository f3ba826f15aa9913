"""Code systems and identifier systems of second opinions, each once."""

from __future__ import annotations

_BASE = "https://example.org/second-opinion/CodeSystem"

BUSINESS_STATUS = f"{_BASE}/business-status"
TASK_OUTPUT = f"{_BASE}/task-output"
DECLINE_REASON = f"{_BASE}/decline-reason"
SECTION = f"{_BASE}/section"
OUTCOME = f"{_BASE}/outcome"
DIAGNOSIS_RELATION = f"{_BASE}/dx-relation"
TREATMENT_RELATION = f"{_BASE}/tx-relation"
CONFIDENCE = f"{_BASE}/confidence"
TASK_KIND = f"{_BASE}/task"
INFORMATION = f"{_BASE}/info"
SECOND_OPINION = f"{_BASE}/so"
OPINION_FORM = "https://example.org/second-opinion/Questionnaire/opinion|1.0.0"

URI = "urn:ietf:rfc:3986"
LOINC = "http://loinc.org"
CONSULT_NOTE = "11488-4"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
EMPTY_REASON = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
COMPLETION = "http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion"
COMMUNICATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/communication-category"
PROVENANCE_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
SIGNATURE_TYPE = "urn:iso-astm:E1762-95:2013"
AUTHOR_SIGNATURE = "1.2.840.10065.1.12.1.1"
