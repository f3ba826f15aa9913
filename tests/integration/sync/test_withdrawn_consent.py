"""Consent taken back: the case goes at the next contact, key first, and does not come again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.servers


@pytest.fixture
def desk(desk_of, make_clinic):
    return desk_of(make_clinic("case-05-lung-nodules"))


def test_consent_taken_back_erases_the_case_at_the_next_contact_and_keeps_it_away(desk):
    desk.sync()
    case = desk.case("CASE-05")
    folder = desk.session.home / "objects" / case.id
    assert list(folder.iterdir())
    before = desk.session.vault.audit.all()
    consent = desk.server_get(case.consent.ref)
    desk.server_put(consent | {"status": "inactive"})
    report = desk.sync()
    assert (report.erased, report.problems) == (1, ())
    assert any("took the consent back" in line for line in report.lines)
    assert desk.session.vault.cases.all() == ()
    assert not folder.exists()
    later = desk.session.vault.audit.all()[len(before) :]
    assert [(one.kind, one.case, one.detail) for one in later if one.case] == [("erased", case.id, "consent withdrawn")]
    again = desk.sync()
    assert (again.barred, again.cases, again.records, again.problems) == (1, 0, 0, ())
    assert desk.session.vault.cases.all() == ()
    desk.server_put(consent)
    assert desk.sync().new_cases == 1
