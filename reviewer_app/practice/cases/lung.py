"""A growing nodule: adenocarcinoma of the right upper lobe in a man with moderate COPD, before surgery.

The images show a spiculated nodule of 14 mm, 39 mm above the carina, that measured 8 mm a year before.
"""

from __future__ import annotations

import datetime as dt

from pydicom.uid import ExplicitVRLittleEndian, JPEGLSLossless

from reviewer_app.practice.cases.assignment import Assignment, write_assignment
from reviewer_app.practice.cases.chart import HL7, LOINC, Chart, Days, concept, names, to
from reviewer_app.practice.cases.documents import Paper, Report, write_papers, write_reports
from reviewer_app.practice.cases.imaging import Scan, note_study, plan_study, single
from reviewer_app.practice.cases.paper import words
from reviewer_app.practice.cases.people import Person
from reviewer_app.practice.cases.results import write_labs, write_vitals
from reviewer_app.practice.phantom import thorax
from reviewer_app.practice.phantom.drawing import Grid
from reviewer_app.practice.phantom.lesions import Nodule
from reviewer_app.practice.phantom.series import ImagePatient, SeriesPlan

CASE = "practice-lung"
_HOSPITAL = "Coromandel Chest Institute, Chennai (invented)"
PLACE = (-86.0, 36.0, 39.0)
"""Centre of the nodule, mm from the carina: right, posterior, above."""
NOW = Nodule(PLACE, 14.0, spicules=14, lobulation=0.05, tag=(-109.0, 44.0, 41.0))
PRIOR = Nodule(PLACE, 8.0, lobulation=0.02)
_LUNG, _SOFT = (-600.0, 1500.0, "LUNG"), (40.0, 400.0, "MEDIASTINUM")
PATIENT = Person(
    "CCI-2091847", "https://coromandel.example/mrn", (names("Venkataraman Iyer", ["Rahul"]),), "male", "1962-04-18",
    ("Chennai", "IN"), (("ta", "Tamil"), ("en", "English")),
    {
        "telecom": [{"system": "phone", "value": "+91 98400 55501", "use": "mobile"}],
        "contact": [{"relationship": [{"text": "Daughter"}], "name": names("Iyer", ["Meenakshi"], "usual")}],
    },
)  # fmt: skip
REPORTS = (
    Report(
        "Low-dose CT chest", "ct_prior.txt", -371, "RAD", "79086-5",
        "Solid 8 mm nodule, right upper lobe, Lung-RADS 4A", 0,
    ),
    Report(
        "CT chest with contrast", "ct_now.txt", -24, "RAD", "24628-9",
        "Growing spiculated nodule of 14 mm in the right upper lobe, cT1b; nodes not enlarged", 1,
    ),
    Report(
        "FDG PET/CT", "pet.txt", -17, "NMR", "81553-0",
        "FDG-avid nodule (SUVmax 6.8), no nodal or distant metastasis",
    ),
    Report(
        "Histopathology, lung biopsy", "pathology.txt", -9, "PAT", "60568-3",
        "Adenocarcinoma, TTF-1 positive, PD-L1 TPS 30 %; sequencing pending",
    ),
)  # fmt: skip
PAPERS = (
    Paper("referral.pdf", "referral.txt", "Referral letter", -2, "57133-1", "Referral note", "surgeon"),
    Paper("pathology.pdf", "pathology.txt", "Histopathology report", -9, "11526-1", "Pathology study", "chest"),
    Paper("lung_function.pdf", "function.txt", "Pulmonary function tests", -20, "19002-5",
          "Physiologic pulmonary study", "chest"),
    Paper("clinic_note.txt", "gp_note.txt", "Chest clinic note", -62, "34109-9", "Note", "chest"),
)  # fmt: skip


def tell(today: dt.date) -> tuple[Chart, tuple[Scan, ...], ImagePatient]:
    """The chart, its studies and the patient as the images name him."""
    chart = Chart(CASE, Days(today, "+05:30"))
    reviewer = chart.reviewer()
    hospital, laboratory = chart.hospital(_HOSPITAL, "Central Laboratory")
    PATIENT.enter(chart, hospital)
    surgeon = chart.person(
        "surgeon", "Anjali", "Krishnamurthy", specialty="Thoracic surgery", organisation=hospital,
        phone="+91 44 5550 0142", email="a.krishnamurthy@coromandel.example",
    )  # fmt: skip
    chest = chart.person(
        "physician", "Joseph", "Thottathil", specialty="Respiratory medicine", organisation=hospital,
        phone="+91 44 5550 0117", email="j.thottathil@coromandel.example",
    )  # fmt: skip
    cancer = _problems(chart)
    _medication(chart, chest)
    _events(chart, hospital)
    write_labs(chart, words("lung", "labs.csv", chart.days), laboratory)
    write_vitals(
        chart, (-790, -500, -371, -240, -62, -24, -6),
        ((152, 92, 82, 79.5, 96), (146, 88, 80, 79.0, 95), (142, 86, 78, 78.5, 95), (138, 82, 76, 78.0, 95),
         (148, 86, 96, 75.0, 92), (136, 80, 78, 74.5, 94), (134, 80, 80, 74.0, 94)), 171,
    )  # fmt: skip
    scans = _scans(chart)
    studies = [note_study(chart, scan) for scan in scans]
    write_reports(chart, "lung", REPORTS, hospital, studies)
    first = _first_opinion(chart, surgeon, cancer)
    papers = write_papers(chart, "lung", PAPERS, {"surgeon": surgeon, "chest": chest}, _HOSPITAL)
    write_assignment(chart, _assignment(surgeon, hospital, first, cancer, (*papers, *studies)), reviewer)
    chart.message(
        "The exercise test is booked; I will send the result on the day. Sequencing is expected within the week.",
        -1,
        surgeon,
        reviewer,
    )
    chart.message(
        "The PET centre does not release images abroad without a separate consent; its report is enclosed.",
        -1,
        surgeon,
        reviewer,
    )
    return chart, scans, PATIENT.imaged


def _problems(chart: Chart) -> str:
    cancer = chart.condition(
        "Adenocarcinoma of right upper lobe of lung",
        "C34.1",
        -12,
        note="cT1b cN0 cM0, stage IA2 (UICC 8), clinical",
        snomed="254626006",
    )
    chart.condition("Chronic obstructive pulmonary disease, GOLD 2", "J44.9", -1500, snomed="13645005")
    chart.condition("Type 2 diabetes mellitus", "E11.9", -4000, snomed="44054006")
    chart.condition("Essential hypertension", "I10", -3600, snomed="59621000")
    chart.condition("Dyslipidaemia", "E78.5", -3000, snomed="370992007")
    chart.condition(
        "Pneumothorax after biopsy, small",
        "J95.8",
        -12,
        status="resolved",
        note="Resolved without drainage on the film of the next day",
    )
    chart.allergy("Sulfonamide", "387406002", "Morbilliform rash", "low", -3200)
    chart.add(
        "Observation",
        {
            "status": "final",
            "category": [{"coding": [{"system": f"{HL7}/observation-category", "code": "social-history"}]}],
            "code": concept("Tobacco smoking status", (LOINC, "72166-2")),
            "subject": to(chart.patient),
            "effectiveDateTime": chart.days.day(-24),
            "valueCodeableConcept": concept("Former smoker, 38 pack-years, stopped three years ago"),
        },
    )
    return cancer


def _medication(chart: Chart, by: str) -> None:
    for text, atc, dosage, start, end, why in (
        ("Metformin", "A10BA02", "500 mg twice daily with meals", -790, -500, "type 2 diabetes"),
        ("Metformin", "A10BA02", "1000 mg twice daily with meals", -500, None, "type 2 diabetes, HbA1c 7.9 %"),
        ("Empagliflozin", "A10BK03", "10 mg once daily", -365, None, "type 2 diabetes, HbA1c 8.3 %"),
        ("Telmisartan", "C09CA07", "40 mg once daily", -790, -240, "hypertension"),
        ("Telmisartan", "C09CA07", "80 mg once daily", -240, None, "hypertension"),
        ("Rosuvastatin", "C10AA07", "10 mg once daily", -640, -500, "dyslipidaemia"),
        ("Rosuvastatin", "C10AA07", "20 mg once daily", -500, None, "dyslipidaemia"),
        ("Tiotropium and olodaterol", "R03AL06", "2.5/2.5 µg, two puffs once daily", -640, None, "COPD"),
        ("Salbutamol", "R03AC02", "100 µg, one to two puffs as needed", -790, None, "COPD"),
        ("Prednisolone", "H02AB06", "40 mg once daily for 5 days", -62, -57, "exacerbation of COPD"),
        (
            "Amoxicillin and clavulanic acid",
            "J01CR02",
            "625 mg three times daily for 7 days",
            -62,
            -55,
            "exacerbation of COPD",
        ),
    ):
        chart.medication(text, atc, dosage, start, end, why=why, by=by)


def _events(chart: Chart, hospital: str) -> None:
    chart.procedure(
        "Core needle biopsy of lung, CT guided", "78603008", -12, "18 gauge, three cores; small apical pneumothorax"
    )
    chart.procedure("Spirometry and diffusion capacity", "127783003", -20)
    chart.encounter("Screening visit", "AMB", -371, place=hospital, why="low-dose CT offered to former smokers")
    chart.encounter("Chest clinic, walk-in", "AMB", -62, place=hospital, why="exacerbation of COPD")
    chart.encounter("Chest clinic", "AMB", -24, place=hospital, why="CT chest with contrast")
    chart.encounter("Day ward", "IMP", -12, -11, place=hospital, why="CT-guided biopsy and observation")
    chart.encounter("Thoracic surgery clinic", "AMB", -6, place=hospital, why="discussion of findings and plan")


def _first_opinion(chart: Chart, surgeon: str, cancer: str) -> str:
    def section(title: str, text: str, loinc: str) -> dict[str, object]:
        return {
            "title": title,
            "code": concept(title, (LOINC, loinc)),
            "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></div>'},
        }

    diagnosis = section(
        "Diagnosis", "Adenocarcinoma of the right upper lobe, cT1b cN0 cM0, stage IA2; COPD GOLD 2.", "29308-4"
    )
    diagnosis["entry"] = [to(cancer)]
    return chart.add(
        "Composition",
        {
            "status": "final",
            "type": concept("Consultation note", (LOINC, "11488-4")),
            "subject": to(chart.patient),
            "date": chart.days.at(-6, "15:10"),
            "author": [to(surgeon)],
            "title": "First opinion",
            "section": [
                diagnosis,
                section(
                    "Plan",
                    "Thoracoscopic right upper lobectomy with systematic node dissection, without "
                    "endobronchial ultrasound before. Adjuvant treatment depending on the stage and "
                    "the sequencing.",
                    "18776-5",
                ),
            ],
        },
        f"{CASE}-first-opinion",
    )


def _assignment(surgeon: str, hospital: str, first: str, cancer: str, supporting: tuple[str, ...]) -> Assignment:
    return Assignment(
        number="SO-P-0101",
        title="Stage I lung cancer with limited lung function",
        questions=(
            (
                "Is lobectomy justified with an FEV1 of 58 % and a DLCO of 51 % predicted, or is "
                "segmentectomy or stereotactic radiotherapy the better choice?"
            ),
            (
                "Is invasive mediastinal staging (EBUS) needed before treatment, with 8 mm nodes and no nodal"
                " uptake on PET?"
            ),
            "Which treatment after resection, if the sequencing shows an EGFR mutation?",
        ),
        specialty="Medical oncology",
        reasons=("cancer", "invasive-surgery-proposed"),
        reason_text="Adenocarcinoma right upper lobe 14 mm, cT1b cN0 cM0, COPD GOLD 2; lobectomy proposed",
        priority="urgent",
        assigned=-2,
        deadline=6,
        decision_by=9,
        requester=surgeon,
        organisation=hospital,
        first_opinion=first,
        contact=f"PractitionerRole/{CASE}-surgeon-role",
        wish="I want to keep walking to the temple every day. Is there a treatment that takes less of my breath?",
        diagnosis=cancer,
        supporting=supporting,
    )


def _scans(chart: Chart) -> tuple[Scan, ...]:
    now = Grid(512, 0.72, tuple(117.0 - 3 * i for i in range(96)))
    prior = Grid(512, 0.74, tuple(120.0 - 5 * i for i in range(60)))
    low_dose = thorax.Chest("lung-prior", prior, contrast=0.0, noise=21.0, breath=4.0, nodules=(PRIOR,))
    venous = thorax.Chest("lung-now", now, nodules=(NOW,))
    exposure = {"KVP": "120", "ConvolutionKernel": "STANDARD", "ScanOptions": "HELICAL MODE", "ExposureTime": "500"}
    screening = {**exposure, "XRayTubeCurrent": "40", "ProtocolName": "LUNG SCREENING"}
    routine = {
        **exposure,
        "XRayTubeCurrent": "210",
        "ProtocolName": "CHEST ROUTINE",
        "ContrastBolusAgent": "Iohexol 350",
    }
    first = SeriesPlan(1, "CT", "Low dose 5.0 mm", "CHEST", str(JPEGLSLossless), (_LUNG, _SOFT), -1024, extra=screening)
    second = SeriesPlan(
        2, "CT", "Chest venous 3.0 mm", "CHEST", str(ExplicitVRLittleEndian), (_SOFT, _LUNG), extra=routine
    )
    doctor = "Thottathil^Joseph"
    return (
        Scan(
            "ct_prior", -371, plan_study(chart, "ct_prior", -371, "101500", "CT chest low dose", _HOSPITAL, doctor),
            (first,), prior, single(lambda: thorax.slices(low_dose)),
        ),
        Scan(
            "ct_now", -24, plan_study(chart, "ct_now", -24, "094000", "CT chest with contrast", _HOSPITAL, doctor),
            (second,), now, single(lambda: thorax.slices(venous)),
        ),
    )  # fmt: skip
