"""The whole journey in the real window on real servers: from an empty folder to an opinion the server holds.

Everything is done as a specialist does it, by keys, clicks and text put into fields.  Pictures of the screens are left
under `build/screens`.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import httpx2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from reviewer_app.app import Application
from reviewer_app.domain.record import RecordClass
from reviewer_app.domain.rules import Severity
from reviewer_app.domain.states import CaseState
from reviewer_app.services import clinic as clinics
from reviewer_app.ui.opinion.state import Stage
from reviewer_app.ui.opinion.view import OpinionView
from reviewer_app.ui.shell.state import Page
from reviewer_app.ui.unlock.state import Step
from tests.desks import PASSPHRASE

CASE = "case-05-lung-nodules"
SCREENS = Path(__file__).resolve().parents[2] / "build" / "screens"
TEXTS = {
    "first.diagnosis": "As referred",
    "first.plan": "As referred",
    "first.author": "Referring consultant",
    "first.date": "2026-11-10",
    "section.key-message": "The diagnosis holds; the plan can be lighter.",
    "section.why-asked": "Treatment is undecided.",
    "section.history": "As in the records cited below.",
    "section.diagnosis": "The diagnosis of the treating team is confirmed by records and images.",
    "section.recommendation": "Go on with the modified plan.",
    "section.prognosis": "Good with either plan.",
    "section.limitations": "No examination was possible.",
    "incomplete-studies-reason": "What is here suffices for the questions.",
}
ROWS = {
    "Add a change": {"before": "Full treatment", "after": "Lighter treatment", "why": "Little is gained by more"},
    "Add a step": {"what": "Discuss with the patient", "who": "Treating doctor", "when": "within two weeks"},
    "Add a candidate": {"diagnosis": "An inflammatory cause", "evidence-for": "Slow", "evidence-against": "Pathology"},
}


class Specialist:
    """Hands and eyes at the window."""

    def __init__(self, qtbot, root: Application) -> None:
        self.qtbot, self.root = qtbot, root

    def until(self, there, seconds: float = 60) -> None:
        self.qtbot.waitUntil(lambda: bool(there()), timeout=round(seconds * 1000))

    def seen(self, kind: type[QWidget]) -> list[QWidget]:
        return [found for found in self.root.window.findChildren(kind) if found.isVisible() and found.isEnabled()]

    def press(self, name: str) -> None:
        """Click the button of this text or accessible name."""

        def wanted() -> QAbstractButton | None:
            named = (b for b in self.seen(QAbstractButton) if name in (b.text(), b.accessibleName()))
            return next(named, None)

        self.until(wanted, 20)
        button = wanted()
        assert button is not None
        button.click()

    def fill(self, name: str, text: str) -> None:
        """Put text into the field of this object name or accessible name, where it is not there already."""

        def wanted() -> QWidget | None:
            fields = [*self.seen(QLineEdit), *self.seen(QPlainTextEdit)]
            return next((field for field in fields if name in (field.objectName(), field.accessibleName())), None)

        self.until(wanted, 20)
        field = wanted()
        assert field is not None
        field.setFocus()
        if isinstance(field, QLineEdit):
            field.setText(text)
        elif field.toPlainText() != text:
            field.setPlainText(text)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.root.window, key, modifier)

    def said(self) -> str:
        return "\n".join(found.text() for found in self.root.window.findChildren(QLabel) if found.isVisible())

    def find(self, words: str) -> None:
        """Go somewhere through the palette."""
        self.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        palette = self.shell._workspace.palette_overlay
        self.until(lambda: any(all(w in e.text.casefold() for w in words.casefold().split()) for e in palette._entries))
        line = palette.findChild(QLineEdit)
        QTest.keyClicks(line, words)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def cite_at(self, field: str) -> None:
        """Put the caret into a field, go back to where the evidence is selected, and cite it by key."""
        before = self.shell.desk_view.focused
        citations = self.citations()
        self.field(field).setFocus()
        self.shell.desk_view.go_to(before)
        self.key(Qt.Key.Key_C)
        self.until(lambda: self.citations() == citations + 1, 20)

    def field(self, name: str) -> QWidget:
        found = self.root.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def citations(self) -> int:
        return len(self.opinion._draft.opinion.citations)

    @property
    def shell(self):
        return self.root.shell

    @property
    def opinion(self):
        return self.shell.desk.pane("opinion")

    def picture(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.root.window.grab().save(str(SCREENS / f"{name}.png"))


@pytest.fixture
def clinic(tmp_path, shared):
    folder = tmp_path / "clinic"
    running = clinics.start(folder, cases=False, embedded=True)
    clinics.load(folder, shared / "data" / "cases" / CASE)
    yield running
    clinics.stop(folder)


@pytest.fixture
def specialist(qtbot, application, tmp_path):
    root = application(tmp_path / "home")
    with qtbot.waitActive(root.window):
        root.window.show()
    return Specialist(qtbot, root)


def tasks(clinic) -> list[dict]:
    answer = httpx2.get(f"{clinic.fhir_url}/Task?_count=50", auth=(clinic.user, clinic.password), timeout=30)
    return [entry["resource"] for entry in answer.json().get("entry", [])]


def letters(clinic) -> list[bytes]:
    """Every PDF of an opinion that the server holds."""
    login, found = (clinic.user, clinic.password), []
    answer = httpx2.get(f"{clinic.fhir_url}/DocumentReference?_count=200", auth=login, timeout=30)
    for entry in answer.json().get("entry", []):
        url = entry["resource"]["content"][0]["attachment"].get("url", "")
        if "Binary/" in url:
            held = httpx2.get(f"{clinic.fhir_url}/{url[url.index('Binary/') :]}", auth=login, timeout=30).json()
            found.append(base64.b64decode(held.get("data", "")))
    return found


def read(one: Specialist) -> str | None:
    selected = one.shell.desk.pane("records").selection()
    return selected.record.record if selected else None


def create_vault(one: Specialist) -> None:
    one.fill("Passphrase", PASSPHRASE)
    one.fill("The same again", PASSPHRASE)
    one.press("Create vault")
    one.until(lambda: one.root.gate._state.step is Step.KEY)
    one.picture("recovery-key")
    one.fill("Type the last group to show that you have it", one.root.gate._state.recovery_key[-1])
    one.press("I have written it down")
    one.picture("first-run")


def connect(one: Specialist, clinic) -> None:
    one.press("Connect to a programme")
    one.fill("Record server (FHIR R4)", clinic.fhir_url)
    one.fill("Image server (DICOMweb)", clinic.dicomweb_url)
    one.fill("User", clinic.user)
    one.fill("Password", clinic.password)
    if clinic.dicomweb_kind == "tiny-pacs":
        one.press("The image server takes the same login")
        boxes = [box for box in one.seen(QComboBox) if box.accessibleName() == "Login of the image server"]
        boxes[0].setCurrentIndex(boxes[0].findData("bearer"))
        one.fill("Password of the image server", clinic.token)
    one.press("Check and connect")
    one.until(lambda: one.shell is not None, 60)


def enter_profile(one: Specialist) -> None:
    one.press("Go to the settings")
    for name, text in (
        ("Name with title", "Dr. Sofia Marchetti"),
        ("Specialty", "Medical oncology"),
        ("Organisation", "Second Opinion Programme"),
        ("Licence number", "L-4711"),
        ("Licence ends (empty where it does not)", "2099-12-31"),
    ):
        one.fill(name, text)
    one.press("Save profile")
    one.until(lambda: one.shell.settings.state.said == "Profile saved.")
    one.picture("settings")
    one.press("Go to the worklist")


def write(one: Specialist) -> None:
    one.press("Diagnosis: Same")
    one.press("Treatment: Modified")
    for name, text in TEXTS.items():
        one.fill(name, text)
    for question in one.shell.desk.case.questions:
        one.fill(f"answer.{question.id}", f"On question {question.number}: yes, with the reasons given above.")
    if "differential" not in [block.anchor for block in one.opinion._state.blocks]:
        one.press("Could it be something else?")
    for add in ROWS:
        for _ in range(2 if "candidate" in add else 1):
            one.press(add)
            one.qtbot.wait(50)
    for cells in ROWS.values():
        for editor in one.root.window.findChildren(QWidget):
            row, _, cell = editor.objectName().rpartition(".")
            if row.partition(".")[0] in ("change", "step", "differential") and cell in cells:
                one.fill(editor.objectName(), cells[cell] + (" (2)" if row.endswith("2") else ""))


def noted(one: Specialist) -> bool:
    """Note every advice that stands now; true once nothing is left to do."""
    for finding in one.opinion._state.findings:
        if finding.hinders and finding.severity is Severity.WARN:
            one.shell.desk_view.findChild(OpinionView).acknowledged.emit(finding)
    return not one.opinion._state.open_findings


@pytest.mark.servers
@pytest.mark.timeout(600)
def test_a_specialist_goes_from_an_empty_folder_to_a_delivered_opinion(specialist, clinic, tmp_path):
    one = specialist
    create_vault(one)
    connect(one, clinic)
    one.until(lambda: one.shell.sync.state.running is None and one.shell.worklist.state.rows, 180)
    one.picture("worklist")
    enter_profile(one)

    one.press("Accept")
    for box in one.shell.worklist_view.preview.accept_editor.boxes:
        box.click()
    one.press("Accept the case")
    one.until(lambda: one.shell.worklist.state.preview.state == CaseState.ACCEPTED.shown)
    one.shell.worklist_view.focus_first()
    one.key(Qt.Key.Key_Return)
    one.until(lambda: one.shell.desk.case is not None and one.shell._workspace.page is Page.DESK)
    one.until(lambda: one.shell.desk.pane("images").selection() is not None)
    one.until(lambda: one.field("section.diagnosis").isVisible())
    one.picture("desk")

    write(one)
    one.shell.desk_view.go_to("images")
    one.cite_at("section.diagnosis")
    one.shell.desk_view.go_to("labs")
    one.key(Qt.Key.Key_BracketRight)
    one.until(lambda: one.shell.desk.pane("labs").selection() is not None)
    for question in one.shell.desk.case.questions:
        one.cite_at(f"answer.{question.id}")
    session, case = one.shell._context.session, one.shell.desk.case
    written = (RecordClass.DOCUMENT, RecordClass.REPORT)
    for document in (record for record in session.vault.records.all(case.id) if record.record_class in written):
        one.shell._context.bus.link.emit(f"record:{document.id}")
        if not any(attachment.problem for attachment in document.attachments):  # one never came
            one.until(lambda document=document: read(one) == document.id)
    one.cite_at("section.diagnosis")
    one.picture("opinion")

    one.until(lambda: noted(one))
    one.until(lambda: not one.opinion._draft.dirty)
    one.press("Preview and sign")
    one.press("Make a practice identity")
    one.until(lambda: one.opinion._state.letter.signer and one.opinion._state.letter.sha256)
    one.picture("letter")
    one.press(f"Sign as {one.opinion._state.letter.signer}")
    one.until(lambda: session.vault.opinions.signed(case.id) is not None)
    assert tasks(clinic)[0]["status"] != "completed"

    one.key(Qt.Key.Key_F5)
    one.until(lambda: session.vault.cases.get(case.id).state.done, 120)
    one.until(lambda: one.opinion._state.stage is Stage.DELIVERED)
    one.picture("delivered")
    signed = session.vault.opinions.signed(case.id)
    assert tasks(clinic)[0]["status"] == "completed"
    assert signed.sha256 in [hashlib.sha256(pdf).hexdigest() for pdf in letters(clinic)]
