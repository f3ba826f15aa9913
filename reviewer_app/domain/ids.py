"""Names of things, so that one cannot be passed for another."""

from __future__ import annotations

from typing import NewType

CaseId = NewType("CaseId", str)
"""Opaque id of a case in this vault, also the folder of its sealed objects (32 hex digits)."""

RecordId = NewType("RecordId", str)
"""FHIR type and logical id, such as `DocumentReference/path1`."""

ObjectId = NewType("ObjectId", str)
"""Opaque id of a sealed object (32 hex digits)."""

StudyUid = NewType("StudyUid", str)
SeriesUid = NewType("SeriesUid", str)
InstanceUid = NewType("InstanceUid", str)
"""SOP Instance UID."""

OpinionId = NewType("OpinionId", str)
"""UUID of an opinion, the same in every document that carries it."""

CitationId = NewType("CitationId", str)
"""Short id of a citation within one opinion."""

MeasurementId = NewType("MeasurementId", str)
"""Short id of a measurement within one opinion."""

QuestionId = NewType("QuestionId", str)
"""`q1`, `q2`... or the linkId of a Questionnaire."""
