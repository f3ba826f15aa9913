"""The part of the panel where a medical director signs below the specialist."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from reviewer_app.ui.verify.state import Release, VerifyState
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import button, label, set_role

_DIGITS = 16
"""Of a digest, as many as a person compares."""


class ReleaseBox(QWidget):
    """Shows the `release` of a VerifyState.

    Signals:
        release: (path of the file to write, PIN of the token where one is asked for).
    """

    release = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._name, self._ready = "", False
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 0)
        column.setSpacing(8)
        column.addWidget(label("Release as medical director", "strong"))
        self._what = label("", wrap=True, name="What is signed")
        self._detail = label("", "muted", wrap=True, name="What will be appended")
        self._pin = Field("PIN of the token", secret=True)
        self._pin.line.returnPressed.connect(self._choose)
        self._pin.line.textChanged.connect(self._allow)
        self._sign = button("Sign below", "primary", name="Sign below")
        self._sign.clicked.connect(self._choose)
        for widget in (self._what, self._detail, self._pin, self._sign):
            column.addWidget(widget)

    def show_state(self, state: VerifyState) -> None:
        """Show who signs below whom, or why nobody does."""
        found = state.release
        self.setVisible(found is not None)
        if found is None:
            self._pin.clear()
            return
        offered = not (found.refused or found.written)
        self._name, self._ready = state.file, state.may_sign
        self._what.setText(_what(state, found))
        set_role(self._what, "danger" if found.problem else "good" if found.written else "")
        self._detail.setText(_detail(found))
        self._detail.setVisible(bool(self._detail.text()))
        self._sign.setVisible(offered and bool(found.signer))
        self._sign.setText(f"Sign below as {found.signer}…".replace("&", "&&"))
        if not (offered and found.asks_pin):
            self._pin.clear()
        self._pin.setVisible(offered and found.asks_pin)
        self._allow()

    def _allow(self) -> None:
        self._sign.setEnabled(self._ready and (self._pin.isHidden() or bool(self._pin.text)))

    def _choose(self) -> None:
        """Ask for the place of the new file, then hand over; the PIN is forgotten here."""
        if not self._sign.isEnabled():
            return
        name = f"{Path(self._name).stem}-released.pdf"
        file, _filter = QFileDialog.getSaveFileName(
            self,
            "Where to write the released letter; it is not encrypted there",
            name,
            "PDF (*.pdf)",
            options=QFileDialog.Option.DontConfirmOverwrite,  # a file that exists is never replaced
        )
        if file:
            self.release.emit(file if Path(file).suffix else f"{file}.pdf", self._pin.text)
            self._pin.clear()


def _what(state: VerifyState, found: Release) -> str:
    if found.busy:
        return "Signing below the specialist"
    if found.written:
        return f"Released: your signature stands below the one of {found.specialist}, in {found.written}."
    if found.problem or found.refused:
        return found.problem or found.refused
    if not found.signer:
        return "There is no signing identity on this desk yet: bring yours in the settings (Ctrl+4), then come back."
    if not state.read:
        return "Read the letter first: its pages are being drawn."
    pages = "this page" if state.pages == 1 else f"these {state.pages} pages"
    return f"You release {pages}, as {found.specialist} signed them and as they are shown."


def _detail(found: Release) -> str:
    digest = f"SHA-256 {found.sha256[:_DIGITS]}…"
    if found.written:
        return (
            f"{digest}   The file is not encrypted, and this desk does not send it: hand it to the programme. "
            "The letter without your signature is still where it was."
        )
    if found.refused or not found.signer:
        return ""
    return (
        f"{digest}   What is appended: your signature in the field Director, as revision {found.revision} of the file, "
        "in a new file. Not a byte above it changes, and the specialist's signature stays the one that certifies it."
    )
