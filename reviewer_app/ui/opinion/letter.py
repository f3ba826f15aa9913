"""The letter as it will be signed, page by page, and the act of signing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QVBoxLayout, QWidget

from reviewer_app.ui.opinion.state import OpinionState, Stage
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.flow import Flow
from reviewer_app.ui.widgets.sheets import Sheets
from reviewer_app.ui.widgets.text import button, frame, label

_PIN_WIDTH = 320


class LetterPage(QWidget):
    """Preview, signature and what follows.

    Attributes:
        sheets: The pages.

    Signals:
        back: To the text.
        sign: The previewed letter shall be signed; carries the PIN of the token, where one is asked for.
        recall: The signed letter shall be taken back.
        save_copy: Folder that the signed letter shall be written into.
        amend: Kind of the letter that shall follow this released one.
        identity: A signing identity shall be made or imported.
    """

    back = Signal()
    sign = Signal(str)
    recall = Signal()
    save_copy = Signal(str)
    make_identity = Signal()
    amend = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._shown_letter = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.sheets = Sheets()
        column.addWidget(self.sheets, 1)
        column.addWidget(frame("hairline"))
        column.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = QFrame()
        column = QVBoxLayout(foot)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        self._what = label("", wrap=True)
        self._detail = label("", "muted", wrap=True)
        column.addWidget(self._what)
        column.addWidget(self._detail)
        self._pin = Field("PIN of the token", secret=True)
        self._pin.setMaximumWidth(_PIN_WIDTH)
        self._pin.line.returnPressed.connect(self._ask_to_sign)
        self._pin.line.textChanged.connect(self._allow)
        column.addWidget(self._pin)
        row = Flow(first_apart=True)
        self._back = button("Back to the text")
        self._recall = button("Recall")
        self._copy = button("Save a copy", tip="The letter, its evidence and the page for the patient, as plain files.")
        self._identity = button("Make a practice identity")
        self._sign = button("Sign", "primary")
        self._amend = button("Write again")
        self._amend.setMenu(self._kinds())
        for one, act in (
            (self._back, self.back),
            (self._recall, self.recall),
            (self._copy, self._choose_folder),
            (self._identity, self.make_identity),
            (self._sign, self._ask_to_sign),
        ):
            one.clicked.connect(act)
        for one in (self._back, self._recall, self._copy, self._identity, self._amend, self._sign):
            row.add(one)
        column.addWidget(row)
        return foot

    def _kinds(self) -> QMenu:
        """What a letter can be that follows a released one."""
        menu = QMenu(self)
        for kind, words in (
            ("addendum", "Addendum: the letter stays, this is added"),
            ("amendment", "Amendment: this takes its place"),
            ("correction", "Correction of an error: everybody is told"),
            ("retraction", "Retraction: the letter is withdrawn"),
        ):
            menu.addAction(words).triggered.connect(lambda _on=False, kind=kind: self.amend.emit(kind))
        return menu

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Choose a folder; what is written there is not encrypted")
        if folder:
            self.save_copy.emit(folder)

    def _ask_to_sign(self) -> None:
        if self._sign.isEnabled():
            self.sign.emit(self._pin.text)
            self._pin.clear()

    def _allow(self) -> None:
        """Signing is offered once nothing is left to do, and a PIN is typed where one is needed."""
        self._sign.setEnabled(self._ready and (self._pin.isHidden() or bool(self._pin.text)))

    def show_state(self, state: OpinionState) -> None:
        """Show who signs what, and what can be done now."""
        letter = state.letter
        preview = state.stage is Stage.PREVIEW
        self._what.setText(_what(state))
        self._detail.setText(_detail(state))
        self._back.setVisible(preview)
        self._recall.setVisible(state.stage is Stage.SIGNED)
        self._copy.setVisible(state.stage in (Stage.SIGNED, Stage.DELIVERED))
        self._identity.setVisible(preview and not letter.signer)
        self._sign.setVisible(preview)
        self._amend.setVisible(state.may_amend)
        self._sign.setText(f"Sign as {letter.signer}" if letter.signer else "Sign")
        self._ready = bool(letter.signer and letter.sha256) and not letter.waiting and not state.open_findings
        asks = preview and letter.asks_pin
        if not asks or self._shown_letter != letter.sha256:
            self._pin.clear()
        self._shown_letter = letter.sha256
        self._pin.setVisible(asks)
        self._allow()


def _what(state: OpinionState) -> str:
    letter = state.letter
    if letter.waiting:
        return letter.waiting
    if state.stage is Stage.SIGNED:
        return f"Signed by {letter.signer} on {letter.signed_at}. It waits to be delivered."
    if state.stage is Stage.DELIVERED:
        return f"Signed by {letter.signer} on {letter.signed_at}. Delivered, and read back from the server unchanged."
    if state.open_findings:
        first = next(finding for finding in state.findings if finding.hinders)
        return f"{state.open_findings} to do before this letter can be signed: {first.message}"
    if not letter.signer:
        return "There is no signing identity yet: bring your own in the settings (Ctrl+4), or make one for practice."
    return f"You sign these {letter.pages} pages exactly as they are shown."


def _detail(state: OpinionState) -> str:
    digest = f"SHA-256 {state.letter.sha256[:16]}…" if state.letter.sha256 else ""
    if state.stage is Stage.SIGNED:
        return f"{digest}   It can be recalled until the server has it."
    if state.stage is Stage.PREVIEW:
        return f"{digest}   After signing, the text cannot be changed; until delivery it can be recalled."
    return digest
