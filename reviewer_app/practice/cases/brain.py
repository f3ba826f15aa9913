"""A growing diffuse glioma of the left frontal lobe in a young man, before an awake operation.

The images show a FLAIR change of about 34 mm in the left middle frontal gyrus, about 28 mm nine months before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pydicom.uid import JPEG2000Lossless, JPEGLSLossless

from reviewer_app.practice.cases.assignment import Assignment, write_assignment
from reviewer_app.practice.cases.chart import HL7, Chart, Days, concept, names, quantity, to
from reviewer_app.practice.cases.documents import Paper, Report, write_papers, write_reports
from reviewer_app.practice.cases.imaging import Scan, note_study, plan_study
from reviewer_app.practice.cases.paper import words
from reviewer_app.practice.cases.people import Person
from reviewer_app.practice.cases.results import write_labs, write_vitals
from reviewer_app.practice.phantom import head
from reviewer_app.practice.phantom.drawing import Grid
from reviewer_app.practice.phantom.series import ImagePatient, SeriesPlan

CASE = "practice-brain"
_HOSPITAL = "Limfjord University Hospital, Aalborg (invented)"
_PLACE = (33.0, -34.0, 35.0)
"""Left, in front of and above the commissures."""
NOW, PRIOR = head.Glioma(_PLACE, 34.0), head.Glioma(_PLACE, 28.0)
PATIENT = Person(
    "271191-4K07", "https://limfjord.example/mrn", (names("Østergaard-Nyberg", ["Lars", "Mikkel"]),), "male",
    "1991-11-27", ("Aalborg", "DK"), (("da", "Danish"),),
)  # fmt: skip
REPORTS = (
    Report(
        "MR brain", "mr_prior.txt", -285, "RAD", "24590-2",
        "Non-enhancing left frontal lesion of about 28 mm, most likely a diffuse low-grade glioma", 0,
    ),
    Report(
        "MR brain with and without contrast", "mr_now.txt", -18, "RAD", "24587-8",
        "Growing non-enhancing left frontal glioma (28 to 34 mm in nine months), T2-FLAIR mismatch", 1,
    ),
)  # fmt: skip
PAPERS = (
    Paper("referral.pdf", "referral.txt", "Referral and first opinion", -3, "11488-4", "Consultation note", "surgeon"),
    Paper("neuropsychology.pdf", "neuropsychology.txt", "Neuropsychology and language mapping", -29, "34791-4",
          "Psychology Note", "neurologist"),
    Paper("ship_log.jpg", "handwritten.txt", "Ship's medical log (scan)", -289, "34109-9", "Note", "neurologist"),
    Paper("family_practice.txt", "gp.txt", "Summary of the family practice", -3, "34133-9", "Summary of episode note",
          "neurologist"),
)  # fmt: skip


def tell(today: dt.date) -> tuple[Chart, tuple[Scan, ...], ImagePatient]:
    """The chart, its studies and the patient as the images name him."""
    chart = Chart(CASE, Days(today, "+01:00"))
    reviewer = chart.reviewer()
    hospital, laboratory = chart.hospital(_HOSPITAL, "Clinical Biochemistry")
    PATIENT.enter(chart, hospital)
    surgeon = chart.person(
        "surgeon", "Astrid", "Holm Thygesen", specialty="Neurosurgery", organisation=hospital,
        phone="+45 55 50 01 21", email="a.thygesen@limfjord.example",
    )  # fmt: skip
    neurologist = chart.person(
        "neurologist", "Jeppe", "Kristoffersen", specialty="Neurology", organisation=hospital,
        phone="+45 55 50 01 46", email="j.kristoffersen@limfjord.example",
    )  # fmt: skip
    glioma = _problems(chart)
    _medication(chart, neurologist)
    _events(chart, hospital)
    write_labs(chart, words("brain", "labs.csv", chart.days), laboratory)
    write_vitals(
        chart,
        (-780, -289, -200, -80, -18),
        (
            (128, 78, 64, 84.0, 99),
            (158, 94, 112, 85.0, 97),
            (130, 80, 66, 86.5, 98),
            (126, 78, 62, 87.0, 99),
            (128, 78, 64, 86.0, 99),
        ),
        186,
    )
    scans = _scans(chart)
    studies = [note_study(chart, one) for one in scans]
    write_reports(chart, "brain", REPORTS, hospital, studies)
    authors = {"surgeon": surgeon, "neurologist": neurologist}
    first, *documents = write_papers(chart, "brain", PAPERS, authors, _HOSPITAL)
    write_assignment(chart, _assignment(surgeon, hospital, first, glioma, (*studies, *documents)), reviewer)
    chart.message("He would like to talk to you with his partner present, if you offer calls.", -2, surgeon, reviewer)
    return chart, scans, PATIENT.imaged


def _problems(chart: Chart) -> str:
    glioma = chart.condition(
        "Diffuse glioma of left frontal lobe, presumed low grade, without histology", "D43.0", -285, snomed="393564001"
    )
    chart.condition("Focal epilepsy with impaired awareness", "G40.2", -289, snomed="230381009")
    chart.condition("Vitamin D deficiency", "E55.9", -780, status="resolved", snomed="34713006")
    chart.add(
        "FamilyMemberHistory",
        {
            "status": "completed",
            "patient": to(chart.patient),
            "relationship": concept("father", (f"{HL7}/v3-RoleCode", "FTH")),
            "condition": [{"code": {"text": "Stroke"}, "onsetAge": quantity(71, "a", "a")}],
        },
    )
    chart.allergy("Lamotrigine", "387562000", "Spreading rash in the second week, stopped", "high", -275)
    return glioma


def _medication(chart: Chart, by: str) -> None:
    for text, atc, dosage, start, end, why in (
        ("Levetiracetam", "N03AX14", "500 mg twice daily", -284, -230, "focal epilepsy"),
        ("Lamotrigine", "N03AX09", "25 mg once daily", -284, -275, "focal epilepsy, stopped for rash"),
        ("Levetiracetam", "N03AX14", "750 mg twice daily", -230, -75, "brief speech arrest"),
        ("Levetiracetam", "N03AX14", "1000 mg twice daily", -75, None, "level 11.2 mg/L"),
        ("Midazolam, buccal", "N05CD08", "10 mg for a seizure above 5 minutes", -284, None, "rescue"),
        ("Cholecalciferol", "A11CC05", "35 µg once daily", -255, None, "vitamin D 36 nmol/L"),
    ):
        chart.medication(text, atc, dosage, start, end, why=why, by=by)


def _events(chart: Chart, hospital: str) -> None:
    chart.procedure("Electroencephalography", "54550000", -286, "Left frontal slowing, sharp waves F3/F7, no seizure")
    chart.procedure("Functional magnetic resonance imaging", "434779005", -29, "language and hand")
    chart.procedure("Appendicectomy", "80146002", -6200)
    chart.encounter("Emergency admission", "IMP", -289, -284, place=hospital, why="first seizure")
    for day in (-260, -200, -140, -80):
        chart.encounter("Epilepsy clinic", "AMB", day, place=hospital, why="control of treatment")
    chart.encounter("Tumour clinic", "AMB", -18, place=hospital, why="MR and discussion of treatment")


def _assignment(surgeon: str, hospital: str, first: str, glioma: str, supporting: tuple[str, ...]) -> Assignment:
    return Assignment(
        number="SO-P-0103",
        title="Growing low-grade glioma near language areas",
        questions=(
            "Would you resect now, or wait with close imaging, given growth of about 6 mm in nine months?",
            "Is an IDH inhibitor an alternative to early surgery, or does it need histology first?",
            "How would you weigh the risk for language, with the activation 12 mm from the lesion?",
        ),
        specialty="Neuro-oncology",
        reasons=("diagnosis-unclear", "invasive-surgery-proposed"),
        reason_text=(
            "Non-enhancing left frontal glioma, 28 to 34 mm in nine months, epilepsy; awake craniotomy proposed"
        ),
        priority="routine",
        assigned=-2,
        deadline=20,
        decision_by=23,
        requester=surgeon,
        organisation=hospital,
        first_opinion=first,
        contact=f"PractitionerRole/{CASE}-surgeon-role",
        wish="I fear losing my words more than the tumour. What would waiting another year cost me?",
        diagnosis=glioma,
        supporting=supporting,
    )


def _scans(chart: Chart) -> tuple[Scan, ...]:
    grid = Grid(256, 0.9, tuple(76.0 - 2.4 * i for i in range(64)))
    window = {"T1": (450.0, 900.0, "BRAIN"), "FLAIR": (420.0, 860.0, "BRAIN")}

    def series(number: int, kind: str, text: str, timing: Mapping[str, object]) -> SeriesPlan:
        fixed = {"MagneticFieldStrength": "3", "ScanOptions": "", "MRAcquisitionType": "2D", "EchoTrainLength": "1"}
        syntax = str(JPEG2000Lossless if kind == "FLAIR" else JPEGLSLossless)
        return SeriesPlan(number, "MR", text, "BRAIN", syntax, (window[kind],), extra={**fixed, **timing})

    t1 = {"ScanningSequence": "SE", "SequenceVariant": "NONE", "RepetitionTime": "600", "EchoTime": "9"}
    flair = {
        "ScanningSequence": ["SE", "IR"],
        "SequenceVariant": "SK",
        "RepetitionTime": "9000",
        "EchoTime": "120",
        "InversionTime": "2500",
        "EchoTrainLength": "18",
    }
    before = (series(1, "T1", "T1 axial", t1), series(2, "FLAIR", "FLAIR axial", flair))
    after = (*before, series(3, "T1", "T1 axial Gd", {**t1, "ContrastBolusAgent": "Gadobutrol"}))
    return (
        Scan(
            "mr_prior",
            -285,
            plan_study(chart, "mr_prior", -285, "133000", "MR brain", _HOSPITAL, "Kristoffersen^Jeppe"),
            before,
            grid,
            lambda: head.slices(head.HeadScan("brain-prior", grid, (head.T1, head.FLAIR), glioma=PRIOR)),
        ),
        Scan(
            "mr_now",
            -18,
            plan_study(chart, "mr_now", -18, "100500", "MR brain with contrast", _HOSPITAL, "Holm Thygesen^Astrid"),
            after,
            grid,
            lambda: head.slices(head.HeadScan("brain-now", grid, (head.T1, head.FLAIR, head.T1_CONTRAST), glioma=NOW)),
        ),
    )
