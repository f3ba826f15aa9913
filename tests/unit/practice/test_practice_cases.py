"""The practice cases: valid FHIR, references that resolve, and stories whose records and images agree."""

from __future__ import annotations

import base64
import datetime as dt
import re
from itertools import pairwise

import pypdfium2
import pytest
from fhir.resources.R4B import get_fhir_model_class

from reviewer_app.practice.cases import CASE_NAMES
from reviewer_app.practice.cases.chart import Days
from reviewer_app.practice.cases.folder import STORIES, bundle
from reviewer_app.practice.loader import references
from reviewer_app.practice.reviewer import REVIEWER

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="module", params=CASE_NAMES)
def told(request):
    chart, scans, patient = STORIES[request.param](TODAY)
    return chart, scans, patient


def of_type(chart, kind):
    return [one for one in chart.resources if one["resourceType"] == kind]


def test_every_resource_is_valid_r4(told):
    for one in told[0].resources:
        get_fhir_model_class(one["resourceType"]).model_validate(one)


def test_every_reference_resolves_within_the_case(told):
    chart = told[0]
    own = {f"{one['resourceType']}/{one['id']}" for one in chart.resources}
    assert len(own) == len(chart.resources), "two resources share an id"
    loose = {target for one in chart.resources for target in references(one)} - own
    assert not loose


def test_ids_fit_fhir_and_the_bundle_names_every_resource(told):
    entries = bundle(told[0])["entry"]
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", entry["resource"]["id"]) for entry in entries)
    assert len({entry["fullUrl"] for entry in entries}) == len(told[0].resources)


def test_the_images_name_the_patient_of_the_record(told):
    chart, _, image = told
    (person,) = of_type(chart, "Patient")
    name = person["name"][0]
    assert image.name.split("^") == [name["family"], *name["given"]]
    assert image.id == person["identifier"][0]["value"]
    assert image.birth_date == person["birthDate"].replace("-", "")
    assert image.sex == person["gender"][0].upper()


def test_the_assignment_is_the_reviewers_and_still_open(told):
    (task,) = of_type(told[0], "Task")
    assert task["owner"]["reference"] == REVIEWER.ref
    assert task["status"] == "requested"
    due = dt.datetime.fromisoformat(task["restriction"]["period"]["end"])
    decision = next(i for i in task["input"] if i["type"]["text"] == "Decision by")["valueDateTime"]
    assert TODAY < due.date() < dt.date.fromisoformat(decision)


def test_questions_come_as_strings_or_as_a_questionnaire_that_is_there(told):
    chart = told[0]
    (task,) = of_type(chart, "Task")
    strings = [i["valueString"] for i in task["input"] if "valueString" in i]
    canonical = [i["valueCanonical"] for i in task["input"] if "valueCanonical" in i]
    forms = {f"{form['url']}|{form['version']}": form for form in of_type(chart, "Questionnaire")}
    assert bool(strings) != bool(canonical)
    assert len(strings or forms[canonical[0]]["item"]) >= 3


def test_one_case_asks_by_questionnaire_and_the_others_by_strings():
    kinds = [bool(of_type(story(TODAY)[0], "Questionnaire")) for story in STORIES.values()]
    assert sorted(kinds) == [False, False, True]


def test_consent_is_active_and_covers_the_deadline(told):
    (consent,) = of_type(told[0], "Consent")
    (task,) = of_type(told[0], "Task")
    assert consent["status"] == "active"
    assert consent["provision"]["period"]["end"] > task["restriction"]["period"]["end"][:10]


def test_laboratory_results_cover_two_years_with_coherent_flags(told):
    labs = [one for one in of_type(told[0], "Observation") if one["category"][0]["coding"][0]["code"] == "laboratory"]
    days = sorted(one["effectiveDateTime"][:10] for one in labs)
    assert (dt.date.fromisoformat(days[-1]) - dt.date.fromisoformat(days[0])).days > 730
    assert len(labs) > 100
    flags = set()
    for one in labs:
        if "referenceRange" not in one:
            continue
        limits, value = one["referenceRange"][0], one["valueQuantity"]["value"]
        flag = one["interpretation"][0]["coding"][0]["code"]
        too_high = "high" in limits and value > limits["high"]["value"]
        too_low = "low" in limits and value < limits["low"]["value"]
        assert flag == ("H" if too_high else "L" if too_low else "N")
        flags.add(flag)
    assert flags >= {"H", "N"}
    assert all(one["valueQuantity"]["system"] == "http://unitsofmeasure.org" for one in labs)


def test_nothing_happens_after_today_but_what_is_planned(told):
    for kind, key in (("Observation", "effectiveDateTime"), ("DiagnosticReport", "issued"), ("Communication", "sent")):
        assert all(one[key][:10] <= TODAY.isoformat() for one in of_type(told[0], kind))


def test_a_changed_dose_ends_the_earlier_prescription_on_the_day_the_next_begins(told):
    prescriptions = of_type(told[0], "MedicationRequest")
    names = [one["medicationCodeableConcept"]["text"] for one in prescriptions]
    repeated = {name for name in names if names.count(name) > 1}
    assert repeated
    for name in repeated:
        periods = [
            p["dispenseRequest"]["validityPeriod"]
            for p in prescriptions
            if p["medicationCodeableConcept"]["text"] == name
        ]
        for earlier, later in pairwise(periods):
            assert earlier["end"] == later["start"]


def test_studies_in_the_chart_are_those_that_are_drawn(told):
    chart, scans, _ = told
    noted = {s["identifier"][0]["value"].removeprefix("urn:oid:"): s for s in of_type(chart, "ImagingStudy")}
    assert set(noted) == {scan.study.uid for scan in scans}
    for scan in scans:
        assert noted[scan.study.uid]["numberOfInstances"] == len(scan.grid.zs) * len(scan.series)
        assert noted[scan.study.uid]["started"][:10].replace("-", "") == scan.study.day


def test_every_pdf_opens_and_the_letter_has_several_pages(told):
    pages = [len(pypdfium2.PdfDocument(data)) for name, data in told[0].documents.items() if name.endswith(".pdf")]
    assert len(pages) >= 2
    assert max(pages) >= 2


def test_documents_are_the_bytes_of_their_binaries(told):
    chart = told[0]
    held = {base64.b64decode(one["data"]) for one in of_type(chart, "Binary")}
    assert held == set(chart.documents.values())


def test_one_document_is_a_scan():
    names = [name for story in STORIES.values() for name in story(TODAY)[0].documents]
    assert any(name.endswith(".jpg") for name in names)


def test_texts_hold_no_unfilled_day(told):
    for one in of_type(told[0], "DiagnosticReport"):
        words = base64.b64decode(one["presentedForm"][0]["data"]).decode()
        assert "{" not in words
        assert "}" not in words


def test_the_image_number_a_report_gives_is_the_slice_of_the_lesion():
    from reviewer_app.practice.cases import liver, lung

    for module, folder, text, lesions in (
        (lung, "ct_now", "CT chest with contrast", [lung.NOW.centre]),
        (lung, "ct_prior", "Low-dose CT chest", [lung.PRIOR.centre]),
        (liver, "ct_abdomen", "CT abdomen, portal venous", [m.centre for m in liver.METASTASES]),
    ):
        chart, scans, _ = module.tell(TODAY)
        report = next(one for one in of_type(chart, "DiagnosticReport") if one["code"]["text"] == text)
        words = base64.b64decode(report["presentedForm"][0]["data"]).decode()
        zs = next(scan for scan in scans if scan.key == folder).grid.zs
        said = [zs[int(number) - 1] for number in re.findall(r"image (\d+)", words)]
        assert said == pytest.approx([centre[2] for centre in lesions], abs=1.5)


def test_the_story_is_the_same_on_the_same_day_and_moves_with_it():
    first, again = (bundle(STORIES["practice-brain"](TODAY)[0]) for _ in range(2))
    later = bundle(STORIES["practice-brain"](TODAY + dt.timedelta(days=1))[0])
    assert first == again
    assert first != later


def test_days_count_from_today_in_the_hospitals_zone():
    days = Days(TODAY, "+05:30")
    assert days.at(-1, "07:40") == "2026-11-21T07:40:00+05:30"
    assert days.dicom(0) == "20261122"
