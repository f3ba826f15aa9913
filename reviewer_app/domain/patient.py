"""The patient of a case, and whether a record or an image belongs to the same person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from reviewer_app.domain.dates import PartialDate


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as received.

    Attributes:
        text: The whole name where only that was sent.
    """

    family: str = ""
    given: tuple[str, ...] = ()
    text: str = ""

    @property
    def shown(self) -> str:
        """`HARTMANN, Elisabeth Margarethe`, without control or direction-changing characters."""
        if self.family:
            return clean(", ".join(part for part in (self.family.upper(), " ".join(self.given)) if part))
        return clean(self.text or " ".join(self.given)) or "(no name)"

    @property
    def natural(self) -> str:
        """`Elisabeth Margarethe Hartmann`."""
        return clean(" ".join((*self.given, self.family)).strip() or self.text) or "(no name)"


@dataclass(frozen=True, slots=True)
class Patient:
    """The person the case is about (FHIR Patient).

    Attributes:
        ref: FHIR reference, `Patient/p1`.
        identifiers: Identifier values as received, the most usual first.
        sex: FHIR administrative gender: female, male, other, unknown.
        names: Every name of the resource, the official one first.
    """

    ref: str
    names: tuple[PersonName, ...] = ()
    identifiers: tuple[str, ...] = ()
    birth_date: PartialDate = PartialDate()
    sex: str = "unknown"
    language: str = ""

    @property
    def name(self) -> PersonName:
        """The name to show."""
        return self.names[0] if self.names else PersonName()

    @property
    def sex_letter(self) -> str:
        """F, M, O or U."""
        return {"female": "F", "male": "M", "other": "O"}.get(self.sex, "U")

    @property
    def identifier(self) -> str:
        """The identifier to show."""
        return clean(self.identifiers[0]) if self.identifiers else "(no id)"

    def age(self, on: datetime) -> int | None:
        """Completed years, or None where the birth date is unknown or not a full day."""
        born = self.birth_date.instant
        if born is None or len(self.birth_date.text) < len("2026-11-22"):
            return None
        today: date = on.date()
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    def banner(self, on: datetime) -> str:
        """One line that identifies the patient on every screen of the case."""
        age = self.age(on)
        born = self.birth_date.shown or "(no birth date)"
        years = f" ({age})" if age is not None else ""
        return f"{self.name.shown}   {self.sex_letter}   {born}{years}   {self.identifier}"


@dataclass(frozen=True, slots=True)
class ImageIdentity:
    """Who an image says it shows (DICOM Patient module).

    Attributes:
        name: (0010,0010) decoded, components separated by `^`.
        patient_id: (0010,0020).
        birth_date: (0010,0030) as `YYYYMMDD`, or empty.
        sex: (0010,0040) M, F, O or empty.
    """

    name: str = ""
    patient_id: str = ""
    birth_date: str = ""
    sex: str = ""


def clean(text: str) -> str:
    """Text without control and direction-changing characters, so that a name cannot rewrite the line it stands in."""
    if text.isprintable():  # nearly every text; ten thousand results are cleaned a dozen times each
        return text.strip()
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") or c in "\u200c\u200d").strip()


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed.casefold() if c.isalnum())


def _words(text: str) -> set[str]:
    return {word for word in (_folded(part) for part in re.split(r"[\s^=,\-.]+", text)) if word}


def mismatch(patient: Patient, image: ImageIdentity) -> str | None:
    """Why an image cannot be taken to show this patient, or None if it can.

    An equal identifier with no contradicting birth date is enough.  With a different or absent identifier, family
    name and birth
    date must both agree.  Nothing to compare is a mismatch: an anonymous image is not this patient's.
    """
    own_ids = {_folded(value) for value in patient.identifiers}
    same_id = bool(image.patient_id) and _folded(image.patient_id) in own_ids
    born = patient.birth_date.day.replace("-", "")
    if image.birth_date and len(born) == len("20261122") and image.birth_date != born:
        return "its birth date is another"
    same_born = bool(image.birth_date) and image.birth_date == born
    names = [_words(f"{name.family} {name.text} {' '.join(name.given)}") for name in patient.names]
    shared = any(_words(image.name.split("^")[0]) & words for words in names)
    if same_id and (shared or same_born or not image.name):
        return None
    if same_id:
        return "its patient name is another"
    if shared and same_born:
        return None
    if image.patient_id:
        return "its patient id is another"
    return "it does not say whose it is"
