"""Two liver metastases after colon cancer, CEA rising, before an operation; her name is written in Greek.

The images show 24 mm in segment VI and 11 mm in segment III, in the portal venous phase.
"""

from __future__ import annotations

import datetime as dt

from pydicom.uid import JPEGLSLossless

from reviewer_app.practice.cases.assignment import Assignment, write_assignment
from reviewer_app.practice.cases.chart import Chart, Days, names
from reviewer_app.practice.cases.documents import Paper, Report, write_papers, write_reports
from reviewer_app.practice.cases.imaging import Scan, note_study, plan_study, single
from reviewer_app.practice.cases.paper import words
from reviewer_app.practice.cases.people import Person
from reviewer_app.practice.cases.results import write_labs, write_vitals
from reviewer_app.practice.phantom import abdomen
from reviewer_app.practice.phantom.drawing import Grid
from reviewer_app.practice.phantom.lesions import Metastasis
from reviewer_app.practice.phantom.series import ImagePatient, SeriesPlan

CASE = "practice-liver"
_HOSPITAL = "Lykavittos General Hospital, Athens (invented)"
METASTASES = (Metastasis((-97.0, 6.0, 17.0), 24.0), Metastasis((24.0, -56.0, 44.0), 11.0))
"""Segment VI and segment III."""
PATIENT = Person(
    "LYK-580274", "https://lykavittos.example/mrn",
    (names("Παπαδημητρίου", ["Ελένη"]), names("Papadimitriou", ["Eleni"], "usual")), "female", "1968-09-02",
    ("Αθήνα", "GR"), (("el", "Greek"),),
)  # fmt: skip
REPORTS = (
    Report(
        "CT abdomen, portal venous", "ct.txt", -20, "RAD", "79103-8",
        "Two new liver metastases: 24 mm in segment VI, 11 mm in segment III; nothing else in the field of view", 0,
    ),
    Report("CT chest", "ct_chest.txt", -20, "RAD", "24627-1", "No thoracic metastasis"),
    Report(
        "Histopathology, sigmoid resection", "pathology.txt", -553, "PAT", "60568-3",
        "Adenocarcinoma pT3 pN1b (2/19) L1 V0 Pn0 R0, G2; pMMR, RAS and BRAF wild type",
    ),
    Report("Colonoscopy", "colonoscopy.txt", -90, "OTH", "18746-8", "No local recurrence; adenoma of 4 mm removed"),
)  # fmt: skip
PAPERS = (
    Paper("first_opinion.pdf", "first_opinion.txt", "First opinion: letter of the treating oncologist", -4, "11488-4",
          "Consultation note", "oncologist"),
    Paper("pathology.pdf", "pathology.txt", "Histopathology and molecular pathology", -538, "11526-1",
          "Pathology study", "oncologist"),
    Paper("colonoscopy.pdf", "colonoscopy.txt", "Colonoscopy report", -90, "18746-8", "Colonoscopy study",
          "oncologist"),
    Paper("day_unit_note.txt", "nurse_note.txt", "Oncology day unit note", -410, "34109-9", "Note", "oncologist"),
)  # fmt: skip


def tell(today: dt.date) -> tuple[Chart, tuple[Scan, ...], ImagePatient]:
    """The chart, its study and the patient as the images name her."""
    chart = Chart(CASE, Days(today, "+02:00"))
    reviewer = chart.reviewer()
    hospital, laboratory = chart.hospital(_HOSPITAL, "Clinical Chemistry")
    PATIENT.enter(chart, hospital)
    oncologist = chart.person(
        "oncologist", "Νίκος", "Σταυρόπουλος", specialty="Medical oncology", organisation=hospital,
        phone="+30 210 555 0163", email="n.stavropoulos@lykavittos.example",
    )  # fmt: skip
    surgeon = chart.person(
        "surgeon", "Δέσποινα", "Κωνσταντίνου", specialty="Hepatobiliary surgery", organisation=hospital,
        phone="+30 210 555 0188", email="d.konstantinou@lykavittos.example",
    )  # fmt: skip
    metastases = _problems(chart)
    _medication(chart, oncologist)
    _events(chart, hospital)
    write_labs(chart, words("liver", "labs.csv", chart.days), laboratory)
    write_vitals(
        chart, (-800, -575, -500, -420, -330, -150, -20),
        ((138, 86, 74, 68.5, 98), (126, 78, 92, 64.0, 98), (130, 80, 78, 65.5, 98), (128, 78, 80, 64.5, 97),
         (148, 92, 76, 67.0, 98), (134, 84, 72, 68.0, 98), (132, 82, 74, 67.5, 98)), 164,
    )  # fmt: skip
    scans = _scans(chart)
    study = note_study(chart, scans[0])
    write_reports(chart, "liver", REPORTS, hospital, (study,))
    first, *documents = write_papers(chart, "liver", PAPERS, {"oncologist": oncologist}, _HOSPITAL)
    write_assignment(chart, _assignment(oncologist, hospital, first, metastases, (study, *documents)), reviewer)
    chart.message(
        (
            "The MR of the liver is booked; the surgeon would like your view before it, since the theatre"
            " slot must be kept or given away."
        ),
        -2,
        oncologist,
        reviewer,
    )
    chart.message(
        "She asked whether ablation could spare her a large wound. It was not offered here.", -1, surgeon, reviewer
    )
    return chart, scans, PATIENT.imaged


def _problems(chart: Chart) -> str:
    metastases = chart.condition(
        "Metachronous liver metastases of colon carcinoma, segments VI and III", "C78.7", -20, snomed="94381002"
    )
    chart.condition(
        "Adenocarcinoma of sigmoid colon, resected",
        "C18.7",
        -570,
        note="pT3 pN1b (2/19) L1 V0 Pn0 R0, G2, pMMR, RAS and BRAF wild type",
        status="remission",
        snomed="363410008",
    )
    chart.condition("Polyneuropathy due to oxaliplatin, grade 1", "G62.0", -440, snomed="193180002")
    chart.condition("Autoimmune hypothyroidism", "E06.3", -2600, snomed="21983002")
    chart.condition("Essential hypertension", "I10", -800, snomed="59621000")
    chart.condition("Iron deficiency anaemia", "D50.0", -575, status="resolved", snomed="87522002")
    chart.allergy("Penicillin", "764146007", "Generalised urticaria in childhood", "high", -9000)
    return metastases


def _medication(chart: Chart, by: str) -> None:
    for text, atc, dosage, start, end, why in (
        ("Levothyroxine", "H03AA01", "50 µg once daily, fasting", -800, -460, "hypothyroidism"),
        ("Levothyroxine", "H03AA01", "75 µg once daily, fasting", -460, None, "hypothyroidism, TSH 4.6 mIU/L"),
        ("Ramipril", "C09AA05", "2.5 mg once daily", -800, -330, "hypertension"),
        ("Ramipril", "C09AA05", "5 mg once daily", -330, None, "hypertension, 148/92 mmHg"),
        ("Ferric carboxymaltose", "B03AC", "1000 mg intravenously, single dose", -548, -548, "iron deficiency anaemia"),
        (
            "Capecitabine",
            "L01BC06",
            "1500 mg twice daily, days 1-14 of 21 (cycles 1 and 2)",
            -520,
            -478,
            "adjuvant CAPOX",
        ),
        (
            "Capecitabine",
            "L01BC06",
            "1150 mg twice daily, days 1-14 of 21 (cycles 3 to 5)",
            -478,
            -420,
            "adjuvant CAPOX, reduced for hand-foot syndrome",
        ),
        (
            "Oxaliplatin",
            "L01XA03",
            "130 mg/m2 (220 mg), day 1 of 21 (cycles 1 to 4)",
            -520,
            -440,
            "adjuvant CAPOX, stopped for neuropathy and platelets",
        ),
        ("Ondansetron", "A04AA01", "8 mg twice daily, days 1-3 of each cycle", -520, -420, "nausea"),
        ("Duloxetine", "N06AX21", "30 mg once daily", -410, None, "painful neuropathy"),
        ("Cholecalciferol", "A11CC05", "1000 IU once daily", -330, None, "supplement"),
    ):
        chart.medication(text, atc, dosage, start, end, why=why, by=by)


def _events(chart: Chart, hospital: str) -> None:
    chart.procedure("Colonoscopy with biopsy", "76164006", -570, "obstructing sigmoid carcinoma")
    chart.procedure("Laparoscopic sigmoid colectomy", "315327001", -562, "R0, primary anastomosis")
    chart.procedure("Colonoscopy with polypectomy", "446521004", -90, "no local recurrence, adenoma of 4 mm removed")
    chart.encounter("Emergency visit", "AMB", -575, place=hospital, why="fatigue, anaemia")
    chart.encounter("Surgical ward", "IMP", -563, -555, place=hospital, why="sigmoid resection")
    for cycle, day in enumerate((-520, -499, -478, -457, -436), start=1):
        chart.encounter(f"Oncology day unit, cycle {cycle}", "AMB", day, place=hospital, why="adjuvant chemotherapy")
    for day in (-330, -240, -150, -60, -5):
        chart.encounter("Oncology follow-up", "AMB", day, place=hospital, why="follow-up after colon cancer")


def _assignment(oncologist: str, hospital: str, first: str, metastases: str, supporting: tuple[str, ...]) -> Assignment:
    return Assignment(
        number="SO-P-0102",
        title="Two resectable liver metastases after sigmoid cancer",
        questions=(
            (
                "Is upfront resection of both metastases right, or should chemotherapy come first after only "
                "14 months without oxaliplatin?"
            ),
            "Is thermal ablation an alternative for the 11 mm lesion in segment III, or for both?",
            "Which examinations are missing before a decision (MR of the liver, PET/CT, pelvis)?",
            (
                "Would you add an EGFR antibody to any chemotherapy, with RAS and BRAF wild type and a left-"
                "sided primary?"
            ),
        ),
        specialty="Medical oncology",
        reasons=("cancer", "invasive-surgery-proposed", "long-or-aggressive-therapy"),
        reason_text=(
            "Two metachronous liver metastases (24 mm segment VI, 11 mm segment III), CEA 31.2 ng/mL; "
            "upfront resection proposed"
        ),
        priority="routine",
        assigned=-3,
        deadline=12,
        decision_by=16,
        requester=oncologist,
        organisation=hospital,
        first_opinion=first,
        contact=f"PractitionerRole/{CASE}-oncologist-role",
        wish="Θα ήθελα μια πιο ελαφριά λύση. (I would like a lighter solution, if there is one.)",
        diagnosis=metastases,
        supporting=supporting,
        as_questionnaire=True,
    )


def _scans(chart: Chart) -> tuple[Scan, ...]:
    grid = Grid(512, 0.74, tuple(116.0 - 3 * i for i in range(80)))
    plan = SeriesPlan(
        2, "CT", "Abdomen portal venous 3.0 mm", "ABDOMEN", str(JPEGLSLossless),
        ((60.0, 380.0, "ABDOMEN"), (90.0, 160.0, "LIVER"), (400.0, 1800.0, "BONE")), -1024,
        extra={"KVP": "120", "ConvolutionKernel": "SOFT", "ScanOptions": "HELICAL MODE", "XRayTubeCurrent": "240",
               "ProtocolName": "ABDOMEN VENOUS", "ContrastBolusAgent": "Iomeprol 400"},
    )  # fmt: skip
    return (
        Scan(
            "ct_abdomen",
            -20,
            plan_study(chart, "ct_abdomen", -20, "112000", "CT abdomen portal venous", _HOSPITAL, "Σταυρόπουλος^Νίκος"),
            (plan,),
            grid,
            single(lambda: abdomen.slices(abdomen.Abdomen("liver-now", grid, metastases=METASTASES))),
        ),
    )
