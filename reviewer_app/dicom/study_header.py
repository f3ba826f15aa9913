"""What every object of a study repeats: patient and study modules (PS3.3 C.7.1.1, C.7.2.1), read from one instance.

New objects of the study must say the same, so it is taken from a file of the study and not from the case.
"""

from __future__ import annotations

import re
from functools import partial

from reviewer_app.dicom import elements
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.ids import StudyUid
from reviewer_app.domain.imaging import StudyHeader

_SHORT, _LONG = 16, 64
"""Characters of SH and LO."""
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9]([0-5][0-9](\.[0-9]{1,6})?)?)?")


def study_header(part10: Octets) -> StudyHeader:
    """Patient and study of an instance.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    text = partial(elements.text, parsed(part10))
    sex = text("PatientSex")
    return StudyHeader(
        StudyUid(text("StudyInstanceUID")),
        patient_name=text("PatientName"),
        patient_id=text("PatientID"),
        issuer=text("IssuerOfPatientID"),
        birth_date=_date(text("PatientBirthDate")),
        sex=sex if sex in ("M", "F", "O") else "",
        study_id=text("StudyID")[:_SHORT],
        study_date=_date(text("StudyDate")),
        study_time=_time(text("StudyTime")),
        accession=text("AccessionNumber")[:_SHORT],
        referring=text("ReferringPhysicianName"),
        description=text("StudyDescription")[:_LONG],
    )


def _date(said: str) -> str:
    """DA, also from the form of ACR-NEMA with full stops; empty for anything else, which may not be written."""
    digits = said.replace(".", "")
    return digits if len(digits) == 8 and digits.isascii() and digits.isdigit() else ""  # noqa: PLR2004 - YYYYMMDD


def _time(said: str) -> str:
    """TM, also from the form of ACR-NEMA with colons; empty for anything else."""
    found = said.replace(":", "")
    return found if _TIME.fullmatch(found) else ""
