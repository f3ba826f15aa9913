"""Records of a case: everything that was sent about the patient except laboratory results and pixels."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import ObjectId, RecordId


class RecordClass(enum.Enum):
    """What kind of record it is, in the order of the record list."""

    DOCUMENT = "document"
    REPORT = "report"
    CONDITION = "condition"
    MEDICATION = "medication"
    ALLERGY = "allergy"
    PROCEDURE = "procedure"
    ENCOUNTER = "encounter"
    IMMUNISATION = "immunisation"
    FAMILY_HISTORY = "family-history"
    DEVICE = "device"
    RESULT = "result"
    IMAGING = "imaging"
    MESSAGE = "message"
    REQUEST = "request"
    CONSENT = "consent"
    PERSON = "person"
    OTHER = "other"

    @property
    def shown(self) -> str:
        """Heading of the class in the record list."""
        return _HEADINGS[self.value]


_HEADINGS = {
    "document": "Documents",
    "report": "Reports",
    "condition": "Conditions",
    "medication": "Medications",
    "allergy": "Allergies",
    "procedure": "Procedures",
    "encounter": "Encounters",
    "immunisation": "Immunisations",
    "family-history": "Family history",
    "device": "Devices",
    "result": "Results",
    "imaging": "Imaging",
    "message": "Messages",
    "request": "Request and task",
    "consent": "Consent",
    "person": "People and organisations",
    "other": "Other",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a record (FHIR Attachment).

    Attributes:
        url: Where the bytes are, as received; empty where they came inside the resource.
        held: The sealed object that holds the bytes, or None while they are not on this machine.
        sha256: Hex digest of the bytes as received; empty until held.
        problem: Why the bytes are not held and will not be, in one sentence.
    """

    content_type: str
    title: str = ""
    url: str = ""
    language: str = ""
    size: int = 0
    held: ObjectId | None = None
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as shown in lists; the resource as received is kept beside it.

    Attributes:
        version: meta.versionId as received.
        when: The clinically relevant date (onset, effective, authored...).
        title: What it is, in the words of the record.
        body: Plain text worth reading: conclusion, narrative, dosage, note.
        status: FHIR status or clinicalStatus.
        author: Who wrote it, where known.
        links: Other records or accession numbers it points to, as `kind:value`.
        unreadable: Why the resource could not be understood; such a record is listed with this reason and kept byte
            for byte.
    """

    id: RecordId
    version: str
    record_class: RecordClass
    title: str
    when: PartialDate = PartialDate()
    until: PartialDate = PartialDate()
    status: str = ""
    body: str = ""
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    links: tuple[str, ...] = ()
    unreadable: str = ""

    @property
    def retracted(self) -> bool:
        """Whether the source says it was entered in error."""
        return self.status == "entered-in-error"


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page or picture of a document.

    Attributes:
        pixels: Rows of RGB32 (0xffRRGGBB little endian), `stride` bytes each.
        text: The text layer in reading order; empty for scans.
        note: What the picture does not show, in one sentence for the reader; empty if it is whole.
    """

    index: int
    count: int
    width: int
    height: int
    stride: int
    pixels: bytes
    text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of the text layer of a page with the box it is printed in.

    Attributes:
        left, top, right, bottom: Fractions (0 to 1) of the width and height of the page as it is drawn, from the upper
            left.
        spaced: Whether white space follows; scripts written without spaces have a word a letter.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    spaced: bool = True


def said(words: Iterable[PlacedWord]) -> str:
    """What words say, on one line."""
    return "".join(f"{word.text} " if word.spaced else word.text for word in words).strip()
