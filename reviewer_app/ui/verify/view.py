"""The panel that says who signed a letter, whether it is unchanged, and whether what it cites is the same."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.ui.verify.state import VerifyState
from reviewer_app.ui.widgets.overlay import Overlay
from reviewer_app.ui.widgets.text import button, frame, label, set_role

_NOTHING = "Choose the PDF file of a signed letter. Nothing of it is kept."
_WRONG = "What is wrong"
_WIDTH, _BESIDE = 860, 40
"""Pixels: of the panel, and what of them is not for text."""
_LEAST, _AROUND = 160, 340
"""Pixels of height: of what was found, and of everything around it."""


class VerifyPanel(Overlay):
    """Shows a VerifyState.

    Signals:
        letter: Path of the letter to check.
        certificate: Path of a certificate to trust.
        left: The panel was closed.
    """

    letter = Signal(str)
    certificate = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _WIDTH)
        self.entitle("Verify a signed letter")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._file = label("", "muted", wrap=True, name="Letter")
        self._head = label("", "good", wrap=True, name="Verdict")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._trusted = label("", "small", wrap=True, name="Trusted certificates")
        self._choose = button("Choose a letter", "primary")
        self._choose.clicked.connect(self.choose)
        self._trust = button("Trust a certificate")
        self._trust.clicked.connect(self._choose_certificate)
        row = QHBoxLayout()
        row.addWidget(self._trust)
        row.addStretch(1)
        row.addWidget(self._choose)
        for widget in (self._file, self._head, self._area, frame("hairline"), self._trusted):
            self.column.addWidget(widget)
        self.column.addLayout(row)

    def offer(self) -> None:
        """Open the panel."""
        self.open()
        self._choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Close it."""
        super().dismiss()
        self.left.emit()

    def choose(self) -> None:
        """Ask for the file of a letter."""
        file, _filter = QFileDialog.getOpenFileName(self, "Choose a signed letter", "", "PDF (*.pdf)")
        if file:
            self.letter.emit(file)

    def show_state(self, state: VerifyState) -> None:
        """Show what was found."""
        self._file.setText(state.file or _NOTHING)
        waiting = "Checking the letter" if state.busy else ""
        self._head.setText(state.problem or waiting or state.head)
        set_role(self._head, "muted" if state.busy else "good" if state.good else "danger")
        self._head.setVisible(bool(self._head.text()))
        self._area.setVisible(bool(state.groups))
        page = _found(state.groups)
        self._area.setWidget(page)
        high = page.heightForWidth(_WIDTH - _BESIDE)
        self._area.setFixedHeight(min(max(high, 0), max(self.height() - _AROUND, _LEAST)))
        names = ["the certificate of this desk"] if state.own else []
        self._trusted.setText(f"Trusted: {', '.join((*names, *state.trusted)) or 'nobody yet'}.")
        self._choose.setEnabled(not state.busy)
        self._trust.setEnabled(not state.busy)

    def _choose_certificate(self) -> None:
        kinds = "Certificates (*.pem *.crt *.cer *.der)"
        file, _filter = QFileDialog.getOpenFileName(self, "Choose a certificate to trust", "", kinds)
        if file:
            self.certificate.emit(file)


def _found(groups: tuple[tuple[str, tuple[str, ...]], ...]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(12, 10, 12, 8)
    column.setSpacing(6)
    for title, lines in groups:
        column.addWidget(label(title, "strong"))
        for line in lines:
            column.addWidget(label(line, "warn" if title == _WRONG else "", wrap=True))
        column.addSpacing(6)
    column.addStretch(1)
    return page
