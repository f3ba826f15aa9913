"""A round in which nothing is new asks little, and what is new arrives whatever the server understands."""

from __future__ import annotations

import json

import pytest

from tests.integration.fault_proxy import Fault, Kind

pytestmark = pytest.mark.servers
NOTHING = (
    b'{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"relation":"self","url":"http://x?patient=a"}]}'
)


@pytest.fixture(scope="module")
def own_clinic(make_clinic):
    """A clinic that the tests of this module may add to."""
    return make_clinic("case-04-coronary-surgery", "case-05-lung-nodules")


@pytest.fixture
def desk(desk_of, own_clinic):
    made = desk_of(own_clinic)
    made.sync()
    made.sync()  # brings back what the first one wrote
    return made


def add_observations(desk, name="late"):
    for part in ("case-04-coronary-surgery", "case-05-lung-nodules"):
        desk.server_put(
            {
                "resourceType": "Observation",
                "id": f"{part}-{name}",
                "status": "final",
                "code": {"text": "Late marker"},
                "subject": {"reference": f"Patient/{part}-patient"},
                "valueString": "high",
            }
        )


def held(desk, part):
    return {str(one.id) for one in desk.session.vault.records.all(desk.case(part).id)}


def test_all_patients_are_asked_for_in_one_search_a_type_and_each_case_gets_its_own(desk):
    add_observations(desk, "late")
    before = desk.fhir.count("GET", "/Observation?")
    report = desk.sync()
    assert (report.records, report.problems) == (2, ())
    assert "Observation/case-04-coronary-surgery-late" in held(desk, "CASE-04")
    assert "Observation/case-05-lung-nodules-late" in held(desk, "CASE-05")
    assert "Observation/case-05-lung-nodules-late" not in held(desk, "CASE-04")
    assert desk.fhir.count("GET", "/Observation?") == before + 1


def test_a_server_that_takes_several_patients_for_one_strange_id_hides_nothing(desk):
    def literal(how, path):
        if "patient=" in path and "%2C" in path:
            return Fault(Kind.REPLACE, body=NOTHING)
        return None

    desk.fhir.rules = [literal]
    add_observations(desk, "second")
    assert desk.sync().records == 2


def test_an_answer_that_does_not_say_whose_it_is_is_asked_for_case_by_case(desk):
    def strange(how, path):
        if "/Observation?" in path and "%2C" in path:
            stray = {"resourceType": "Observation", "id": "stray", "status": "final", "code": {"text": "x"}}
            found = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": stray}]}
            return Fault(Kind.REPLACE, body=json.dumps(found).encode())
        return None

    desk.fhir.rules = [strange]
    add_observations(desk, "third")
    assert desk.sync().records == 2
    assert "Observation/stray" not in held(desk, "CASE-04") | held(desk, "CASE-05")


def test_what_changes_while_a_round_runs_comes_with_the_next(desk):
    done = []

    def late(how, path):
        if "/Observation?" in path and "%2C" in path and not done:
            done.append(path)
            add_observations(desk, "fourth")
            return Fault(Kind.REPLACE, body=NOTHING)
        return None

    desk.fhir.rules = [late]
    desk.sync()
    desk.fhir.rules = []
    desk.sync()
    assert "Observation/case-04-coronary-surgery-fourth" in held(desk, "CASE-04")
    assert "Observation/case-05-lung-nodules-fourth" in held(desk, "CASE-05")
