"""The image server itself: lists, whole instances, and storing that is believed only after reading back."""

from __future__ import annotations

import pytest

from reviewer_app.dicom.web import DicomWeb
from reviewer_app.errors import ServerRefused, Unauthorised, WrongAddress
from reviewer_app.jobs import Job
from reviewer_app.services import enrolment
from tests.integration.fault_proxy import Fault, FaultProxy, Kind, always

pytestmark = pytest.mark.servers


@pytest.fixture
def web(small_clinic):
    with DicomWeb(small_clinic.dicomweb_url, small_clinic.dicomweb_auth) as client:
        yield client


def first_place(web):
    (study, *_) = web.studies(Job(), patient_id="MX-330127")
    series = web.series(study.study.uid, Job())[0]
    uid, _ = web.instances(study.study.uid, series.uid, Job())[0]
    return study.study.uid, series.uid, uid


def test_studies_are_found_by_patient_and_by_uid(web):
    found = web.studies(Job(), patient_id="MX-330127")
    assert len(found) == 2
    (again,) = web.studies(Job(), study_uid=found[0].study.uid)
    assert again.identity.name.startswith("Okafor-Reyes")


def test_an_unknown_patient_has_no_studies(web):
    assert web.studies(Job(), patient_id="nobody") == ()


def test_an_instance_stored_again_is_read_back(web):
    place = first_place(web)
    part10 = web.instance(*place, Job())
    assert part10[128:132] == b"DICM"
    web.store(part10, *place, Job())


def test_an_object_that_does_not_come_back_counts_as_not_stored(web):
    study, series, uid = first_place(web)
    part10 = web.instance(study, series, uid, Job())
    with pytest.raises(ServerRefused, match="did not store"):
        web.store(part10, study, series, "1.2.3.999", Job())


def test_an_instance_that_is_not_there_is_refused(web):
    study, series, _ = first_place(web)
    with pytest.raises(ServerRefused):
        web.instance(study, series, "1.2.3.999", Job(), tries=1)


def test_enrolment_names_what_is_wrong_and_keeps_nothing(desk, small_clinic):
    good, url = small_clinic.fhir_auth, small_clinic.fhir_url
    before = desk.session.vault.profile.servers()
    with pytest.raises(Unauthorised):
        enrolment.enrol(desk.session, url, "", type(good)(good.kind, good.user, "wrong"), good)
    with pytest.raises(WrongAddress):
        enrolment.enrol(desk.session, f"{url}/nothing", "", good, good)
    with pytest.raises(WrongAddress):
        enrolment.enrol(desk.session, url, f"{small_clinic.dicomweb_url}/nothing", good, small_clinic.dicomweb_auth)
    assert desk.session.vault.profile.servers() == before


def test_enrolling_again_updates_what_is_known_of_the_same_server(desk, small_clinic):
    clinic = small_clinic
    args = (clinic.fhir_url, clinic.dicomweb_url, clinic.fhir_auth, clinic.dicomweb_auth)
    first = enrolment.enrol(desk.session, *args)
    second = enrolment.enrol(desk.session, *args, reviewer="Practitioner/reviewer-marchetti", quality_review=True)
    assert first.id == second.id
    assert dict(second.facts)["version binding"] == "ETag"
    assert dict(second.facts)["assignments"] == "2 shown"


def test_a_check_tells_each_problem_as_a_finding(small_clinic):
    with FaultProxy(small_clinic.fhir_url).running() as proxy:
        proxy.rules = [always(Fault(Kind.PORTAL))]
        findings = enrolment.check(proxy.url, "http://127.0.0.1:9/x", small_clinic.fhir_auth, small_clinic.fhir_auth)
    assert [name for name, _ in findings] == ["FHIR server", "image server"]
    assert "web page" in findings[0][1]
    assert "cannot be reached" in findings[1][1]
