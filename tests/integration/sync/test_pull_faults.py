"""Pulling over a line that cuts, lies and stalls: nothing partial is shown as complete, and nothing is lost."""

from __future__ import annotations

import pytest

from reviewer_app.domain.states import CaseState
from reviewer_app.errors import NotFound
from reviewer_app.jobs import Cancelled, Job
from tests.integration.fault_proxy import Fault, Kind, always, times

pytestmark = pytest.mark.servers
CUT = Fault(Kind.CUT, size=2000)
SILENT_CUT = Fault(Kind.CUT_UNANNOUNCED, size=2000)


def offline(desk, part):
    return desk.session.vault.cases.completeness(desk.case(part).id)


def test_a_round_over_a_good_line_brings_every_record_and_image(desk):
    report = desk.sync()
    assert report.problems == ()
    assert (report.cases, report.new_cases, report.images) == (2, 2, 5)
    assert offline(desk, "CASE-04").offline
    assert desk.case("CASE-04").state is CaseState.RECEIVED


def test_a_second_round_brings_nothing_again(desk):
    desk.sync()
    report = desk.sync()
    assert (report.records, report.documents, report.images, report.problems) == (0, 0, 0, ())


@pytest.mark.parametrize("cut", [CUT, SILENT_CUT], ids=["announced", "unannounced"])
def test_a_cut_instance_is_never_kept_and_fetched_whole_later(desk, cut):
    desk.images.rules = [always(cut, "/instances/")]
    report = desk.sync()
    case = desk.case("CASE-04")
    assert desk.session.vault.images.held(case.id) == frozenset()
    assert not offline(desk, "CASE-04").offline
    assert report.failed >= 5
    assert all("cut off" in reason for _, reason in desk.session.vault.images.failures(case.id))
    desk.images.rules = []
    from reviewer_app.services import sync

    assert sync.retry_failed(desk.session, Job()).images == 5
    assert offline(desk, "CASE-04").offline


def test_a_line_that_cuts_twice_is_only_slow(desk):
    desk.images.rules = [times(2, SILENT_CUT, "/instances/")]
    assert desk.sync().images == 5


@pytest.mark.parametrize("kind", [Kind.CUT, Kind.CUT_UNANNOUNCED])
def test_a_cut_list_of_records_is_asked_for_again(desk, kind):
    desk.fhir.rules = [times(2, Fault(kind, size=3000), "/Observation?")]
    report = desk.sync()
    assert report.problems == ()
    assert len(desk.session.vault.results.all(desk.case("CASE-05").id)) == 94


def test_a_flipped_byte_in_an_instance_is_not_taken_for_another_image(desk):
    desk.images.rules = [always(Fault(Kind.REPLACE, body=b"--x\r\n\r\nDICM\r\n--x--"), "/instances/")]
    desk.sync()
    assert desk.session.vault.images.held(desk.case("CASE-04").id) == frozenset()


def test_a_guest_network_is_named_and_changes_nothing(desk):
    desk.sync()
    desk.fhir.rules = [always(Fault(Kind.PORTAL))]
    report = desk.sync()
    assert any("FHIR server" in problem or "web page" in problem for problem in report.problems)
    assert desk.case("CASE-04").state is CaseState.RECEIVED
    assert offline(desk, "CASE-04").offline


def test_a_portal_that_opens_in_the_middle_withdraws_no_case(desk):
    desk.sync()
    desk.fhir.rules = [always(Fault(Kind.PORTAL), "/Task")]
    report = desk.sync()
    assert report.withdrawn == 0
    assert any("guest network" in problem for problem in report.problems)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_busy_server_is_tried_again(desk, status):
    desk.fhir.rules = [times(3, Fault(Kind.STATUS, status=status, headers={"Retry-After": "0"}))]
    assert desk.sync().problems == ()


def test_a_server_that_is_down_is_one_sentence_and_cases_stay(desk):
    desk.sync()
    desk.fhir.rules = [always(Fault(Kind.STATUS, status=503))]
    report = desk.sync()
    assert len(report.problems) == 1
    assert desk.case("CASE-05").state is CaseState.RECEIVED


def test_a_redirect_to_another_server_is_never_followed(desk):
    desk.fhir.rules = [always(Fault(Kind.REDIRECT, headers={"Location": "http://127.0.0.1:9/steal"}), "/Task")]
    report = desk.sync()
    assert any("another server" in problem for problem in report.problems)


def test_a_wrong_password_is_said_as_such_and_withdraws_nothing(desk):
    desk.sync()
    desk.fhir.rules = [always(Fault(Kind.STATUS, status=401))]
    report = desk.sync()
    assert any("does not accept the sign-in" in problem for problem in report.problems)
    assert report.withdrawn == 0


def test_a_search_that_forgets_a_case_does_not_withdraw_it(desk):
    desk.sync()
    empty = b'{"resourceType":"Bundle","type":"searchset","total":0}'
    desk.fhir.rules = [always(Fault(Kind.REPLACE, body=empty), "/Task?")]
    report = desk.sync()
    assert report.withdrawn == 0
    assert report.cases == 2


@pytest.mark.parametrize("status", [403, 404, 410])
def test_only_a_direct_answer_withdraws_a_case_and_keeps_the_draft(desk, status):
    desk.sync()
    empty = b'{"resourceType":"Bundle","type":"searchset","total":0}'
    direct = "/Task/case-05"
    desk.fhir.rules = [
        always(Fault(Kind.REPLACE, body=empty), "/Task?"),
        always(Fault(Kind.STATUS, status=status), direct),
    ]
    assert desk.sync().withdrawn == 1
    assert desk.case("CASE-05").state is CaseState.CANCELLED
    assert desk.case("CASE-04").state is CaseState.RECEIVED
    assert desk.session.vault.records.all(desk.case("CASE-05").id)


def test_an_image_server_that_is_down_does_not_keep_records_from_coming(desk):
    desk.images.rules = [always(Fault(Kind.STATUS, status=503))]
    report = desk.sync()
    assert report.images == 0
    assert offline(desk, "CASE-04").records_ready
    assert offline(desk, "CASE-04").documents_held == offline(desk, "CASE-04").documents
    assert any("image server" in problem for problem in report.problems)


def test_images_missing_on_the_server_are_shown_as_missing(desk):
    desk.sync()
    case = desk.case("CASE-05")
    series = [one for study in desk.session.vault.images.studies(case.id) for one in study.series]
    assert sorted((one.held, one.expected) for one in series) == [(1, 1), (1, 214)]
    assert not offline(desk, "CASE-05").offline


def test_a_document_on_another_server_says_so(desk):
    desk.sync()
    case = desk.case("CASE-05")
    problems = [one.problem for record in desk.session.vault.records.all(case.id) for one in record.attachments]
    assert sum("another server" in problem for problem in problems) == 1


def test_a_stopped_round_keeps_what_was_verified_and_the_next_fetches_the_rest(desk):
    job = Job()

    def stop(how, path):
        if "/instances/" in path and desk.images.count("GET", "/instances/") >= 3:
            job.cancel()

    desk.images.rules = [stop]
    with pytest.raises(Cancelled):
        desk.sync(job)
    held = sum(len(desk.session.vault.images.held(case.id)) for case in desk.session.vault.cases.all())
    desk.images.rules = []
    before = desk.images.count("GET", "/instances/")
    assert desk.sync().images == 5 - held
    assert desk.images.count("GET", "/instances/") - before == 5 - held


def test_without_a_server_the_sync_says_what_to_do(tmp_path):
    from reviewer_app.services import session as sessions
    from reviewer_app.services import sync

    session, _ = sessions.create(tmp_path / "home", "correct horse battery staple")
    with pytest.raises(NotFound):
        sync.run(session, Job())
    session.close()
