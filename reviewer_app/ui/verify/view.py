"""The panel that says who signed a letter, whether it is unchanged, and whether what it cites is the same."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.domain.record import Page
from reviewer_app.ui.verify.releasing import ReleaseBox
from reviewer_app.ui.verify.state import VerifyState
from reviewer_app.ui.widgets.overlay import Overlay
from reviewer_app.ui.widgets.sheets import Sheets
from reviewer_app.ui.widgets.text import button, frame, label, set_kind, set_role

_NOTHING = "Choose the PDF file of a signed letter. Nothing of it is kept."
_WRONG = "What is wrong"
_NARROW, _WIDEST, _AROUND = 860, 1320, 24
"""Pixels of width: of the panel without pages, of it with them, and what stays free beside it."""
_WORDS = 62
"""Average letters of the column that says what was found."""
_ABOVE = 120
"""Pixels of height that stay free around the panel."""


class VerifyPanel(Overlay):
    """Shows a VerifyState.

    Signals:
        letter: Path of the letter to check.
        certificate: Path of a certificate to trust.
        release: (path of the file to write, PIN): the letter shall be signed below.
        left: The panel was closed.
    """

    letter = Signal(str)
    certificate = Signal(str)
    release = Signal(str, str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _NARROW)
        self._groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self.entitle("Verify or release a signed letter")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._file = label("", "muted", wrap=True, name="Letter")
        self._head = label("", "good", wrap=True, name="Verdict")
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._sheets = Sheets()
        self._sheets.setAccessibleName("Pages of the letter")
        row.addWidget(self._sheets, 1)
        row.addWidget(self._beside())
        self._trusted = label("", "small", wrap=True, name="Trusted certificates")
        for widget in (self._file, self._head, self._body, frame("hairline"), self._trusted):
            self.column.addWidget(widget, 1 if widget is self._body else 0)
        self.column.addLayout(self._foot())

    def _beside(self) -> QWidget:
        """What was found, and below it the release, which stays in view."""
        self._words = QWidget()
        column = QVBoxLayout(self._words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._release = ReleaseBox()
        self._release.release.connect(self.release)
        column.addWidget(self._area, 1)
        column.addWidget(self._release)
        return self._words

    def _foot(self) -> QHBoxLayout:
        self._choose = button("Choose a letter", "primary")
        self._choose.clicked.connect(self.choose)
        self._trust = button("Trust a certificate")
        self._trust.clicked.connect(self._choose_certificate)
        row = QHBoxLayout()
        row.addWidget(self._trust)
        row.addStretch(1)
        row.addWidget(self._choose)
        return row

    @property
    def page_pixels(self) -> int:
        """Pixels of width a page of the letter is to be drawn with."""
        return self._sheets.pixels

    def clear_pages(self) -> None:
        """Take the pages of another letter away."""
        self._sheets.clear()

    def show_page(self, page: Page) -> None:
        """Show one more page of the letter."""
        self._sheets.show_page(page)

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
        signing = state.release is not None and state.release.busy
        waiting = "Checking the letter" if state.busy else ""
        self._head.setText(state.problem or waiting or state.head)
        set_role(self._head, "muted" if state.busy else "good" if state.good else "danger")
        self._head.setVisible(bool(self._head.text()))
        if state.groups != self._groups:  # what is read keeps its place while pages come
            self._groups = state.groups
            self._area.setWidget(_found(state.groups))
        self._release.show_state(state)
        self._body.setVisible(bool(state.groups))
        self._sheets.setVisible(state.pages > 0)
        names = ["the certificate of this desk"] if state.own else []
        self._trusted.setText(f"Trusted: {', '.join((*names, *state.trusted)) or 'nobody yet'}.")
        self._choose.setText("Choose another letter" if state.file else "Choose a letter")
        set_kind(self._choose, "" if state.may_sign or signing else "primary")
        self._choose.setEnabled(not state.busy and not signing)
        self._trust.setEnabled(not state.busy and not signing)
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the panel takes the room there is."""
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        """Pages on the left and words beside them; without pages only as large as the words."""
        paged, found = not self._sheets.isHidden(), not self._body.isHidden()
        wide = max(min(self.width() - 2 * _AROUND, _WIDEST if paged else _NARROW), 1)
        words = _WORDS * self.fontMetrics().averageCharWidth()
        self._words.setFixedWidth(min(words, wide // 2) if paged else wide - _AROUND)
        self.panel.setFixedWidth(wide)
        if found:
            self.panel.setFixedHeight(max(self.height() - _ABOVE, 1))
        else:
            self.panel.setMinimumHeight(0)
            self.panel.setMaximumHeight(self.maximumHeight())

    def _choose_certificate(self) -> None:
        kinds = "Certificates (*.pem *.crt *.cer *.der)"
        file, _filter = QFileDialog.getOpenFileName(self, "Choose a certificate to trust", "", kinds)
        if file:
            self.certificate.emit(file)


def _found(groups: tuple[tuple[str, tuple[str, ...]], ...]) -> QWidget:
    page = QWidget()
    page.setProperty("role", "page")
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
