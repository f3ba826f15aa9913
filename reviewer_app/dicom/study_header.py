"""What every object of a study repeats: patient and study modules (PS3.3 C.7.1.1, C.7.2.1), read from one instance.

New objects of the study must say the same, so it is taken from a file of the study and not from the case.
"""

from __future__ import annotations

from reviewer_app.dicom import elements
from reviewer_app.dicom.index import parsed
from reviewer_app.dicom.part10 import Octets
from reviewer_app.domain.ids import StudyUid
from reviewer_app.domain.imaging import StudyHeader


def study_header(part10: Octets) -> StudyHeader:
    """Patient and study of an instance.

    Raises:
        Unreadable: It is no DICOM file, or its data set cannot be read.
    """
    data = parsed(part10)
    keywords = (
        "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "StudyID", "StudyDate",
        "StudyTime", "AccessionNumber", "ReferringPhysicianName", "StudyDescription",
    )  # fmt: skip
    values = (elements.text(data, keyword) for keyword in keywords)
    return StudyHeader(StudyUid(elements.text(data, "StudyInstanceUID")), *values)
