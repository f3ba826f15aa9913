"""Words in all cases of the vault: grouped by case, each place names its patient, and opens exactly there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer_app.domain.case import Consent, ServerCopy
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.patient import Patient, PersonName
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.services import session as sessions
from reviewer_app.ui.records.state import Slot
from reviewer_app.ui.records.story_state import RowKind
from reviewer_app.ui.shell.state import Page
from tests.desks import CASE_ID, PASSPHRASE, case

OTHER, CLOSED = CaseId("f" * 32), CaseId("e" * 32)
NOTE = RecordId("DocumentReference/note")


def another(identifier: CaseId, family: str, **changes):
    patient = Patient(
        f"Patient/{family}", (PersonName(family, ("Ren",)),), ("HD-9",), PartialDate("1970-01-02"), "male"
    )
    return replace(
        case(), id=identifier, number=f"SO-{family}", patient=patient, task=ServerCopy(f"Task/{family}", "1"), **changes
    )


def note(session, identifier: CaseId, text: str) -> None:
    record = Record(NOTE, "1", RecordClass.DOCUMENT, "Clinic note", attachments=(Attachment("text/plain"),))
    session.vault.records.put(identifier, record, b"{}")
    session.vault.records.hold(identifier, NOTE, 0, text.encode())


@pytest.fixture
def window(unlocked, home):
    session = sessions.unlock(home, PASSPHRASE)
    session.vault.cases.put(another(OTHER, "Yamada"))
    session.vault.cases.put(another(CLOSED, "Closed", consent=Consent("Consent/x", "inactive")))
    note(session, CASE_ID, "Sarcoidosis was excluded by biopsy.")
    note(session, OTHER, "Long story.\n" * 200 + "Sarcoidosis of the lung, stage II.")
    note(session, CLOSED, "Sarcoidosis of nobody's business.")
    session.close()
    return unlocked(home).root


@pytest.fixture
def searched(window, qtbot):
    """The search opened by its keys, with one word typed."""
    QTest.keyClick(window.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.shell.search is not None)
    QTest.keyClicks(window.window.focusWidget(), "sarcoidosis")
    search = window.shell.search
    qtbot.waitUntil(lambda: len(places(search)) == 2, timeout=20_000)
    return search


def places(search):
    return [row for row in search.state.rows if row.kind is RowKind.LINE]


def test_every_place_and_every_heading_names_its_patient(searched):
    headings = [row for row in searched.state.rows if row.kind is RowKind.HEADING]
    assert sorted(row.text.partition(",")[0] for row in headings) == ["HARTMANN", "YAMADA"]
    assert all("1968-03-14" in row.text or "1970-01-02" in row.text for row in headings)
    for row in places(searched):
        assert ("HARTMANN" in row.mark) != ("YAMADA" in row.mark)
        assert row.detail_spans


def test_a_case_that_may_not_be_opened_is_not_searched_and_that_is_said(searched):
    assert not any("nobody" in row.detail for row in searched.state.rows)
    assert "1 case is not searched" in searched.state.message


def test_a_place_opens_the_right_case_at_its_words(window, searched, qtbot):
    row = next(row for row in places(searched) if "YAMADA" in row.mark)
    searched.open(row.target)
    desk = window.shell.desk
    qtbot.waitUntil(lambda: desk.case is not None and desk.case.id == OTHER, timeout=20_000)
    qtbot.waitUntil(lambda: bool(desk.pane("records").readers[Slot.MAIN].state.text), timeout=20_000)
    reader = desk.pane("records").readers[Slot.MAIN].state
    assert (reader.record, reader.found) == (NOTE, ("Sarcoidosis",))
    assert not searched.view.isVisible()


def test_nothing_typed_says_what_can_be_typed(searched, window, qtbot):
    searched.find("  ")
    qtbot.waitUntil(lambda: "Type words" in searched.state.message)
    assert searched.state.rows == ()
    window.shell.go(Page.WORKLIST)
    assert not searched.view.isVisible()
