"""The patient of a story, told once: for the record (FHIR Patient) and for the images (DICOM Patient module)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviewer_app.practice.cases.chart import HL7, Chart, Resource, concept, to
from reviewer_app.practice.phantom.series import ImagePatient

_SEX = {"female": "F", "male": "M"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a story is about.

    Attributes:
        number: Medical record number, in the hospital's own `system`.
        names: HumanName; the first is the one the images bear.
        gender: `female` or `male`.
        birth_date: `YYYY-MM-DD`.
        home: City and country code.
        languages: BCP 47 code and English name; the first is preferred.
        more: Elements only this patient has.
    """

    number: str
    system: str
    names: Sequence[Resource]
    gender: str
    birth_date: str
    home: tuple[str, str]
    languages: Sequence[tuple[str, str]]
    more: Mapping[str, Any] = field(default_factory=dict)

    def enter(self, chart: Chart, hospital: str) -> None:
        """Put the Patient into the chart."""
        city, country = self.home
        spoken = [
            {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": code}], "text": text}}
            for code, text in self.languages
        ]
        chart.add(
            "Patient",
            {
                "identifier": [
                    {
                        "use": "usual",
                        "type": concept("Medical record number", (f"{HL7}/v2-0203", "MR")),
                        "system": self.system,
                        "value": self.number,
                    },
                ],
                "active": True,
                "name": list(self.names),
                "gender": self.gender,
                "birthDate": self.birth_date,
                "address": [{"city": city, "country": country}],
                "managingOrganization": to(hospital),
                "communication": [{**spoken[0], "preferred": True}, *spoken[1:]],
                **self.more,
            },
            f"{chart.case}-patient",
        )

    @property
    def imaged(self) -> ImagePatient:
        """The same person as the images name them."""
        name = self.names[0]
        written = "^".join((name["family"], *name["given"]))
        return ImagePatient(written, self.number, self.birth_date.replace("-", ""), _SEX[self.gender])
