"""The card of the settings page for what signs: a file, a card with a PIN, or a certificate for practice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.domain.profile import TokenChoice
from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.settings.state import SettingsState
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import button, frame, label, set_role

_WAYS = ("PKCS#12 file", "Card or token", "Practice")
_PRACTICE = "Made here for exercises: every signature and every letter says that it is practice, not for clinical use."
_TOKEN = "The key stays in the token. Its PIN is asked for at each signature and kept nowhere."  # noqa: S105 - a sentence


class SigningIdentity(QWidget):
    """What signs, and how another is brought.

    Signals:
        import_file: Path of a PKCS#12 file and its password.
        practice: A practice identity shall be made.
        look: Path of a token's library, whose certificates shall be listed.
        use: A TokenChoice and the PIN.
        keep_service: Address of a time-stamp service, or empty.
    """

    import_file = Signal(str, str)
    practice = Signal()
    look = Signal(str)
    use = Signal(object, str)
    keep_service = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._offered: tuple[TokenChoice, ...] = ()
        self._shown_service = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card("Signing identity", "The certificate your letters are signed with.")
        outer.addWidget(made)
        self._signer = label("", "strong", wrap=True, name="Signer")
        self._means = label("", "small", wrap=True, name="What signs")
        column.addWidget(self._signer)
        column.addWidget(self._means)
        self._ways = QButtonGroup(self)
        chips = QHBoxLayout()
        column.addLayout(chips)
        self._forms = (self._file(), self._token(), self._own())
        for place, (words, form) in enumerate(zip(_WAYS, self._forms, strict=True)):
            chip = button(words, "chip", name=f"Sign with: {words}", checkable=True)
            self._ways.addButton(chip, place)
            chips.addWidget(chip)
            column.addWidget(form)
        chips.addStretch(1)
        self._ways.idClicked.connect(self.show_way)
        self.show_way(0)
        column.addWidget(frame("hairline"))
        self._service = Field("Time-stamp service asked at sync (empty for none)", placeholder="https://")
        self._keep = button("Keep the address")
        self._keep.clicked.connect(lambda: self.keep_service.emit(self._service.text.strip()))
        self._service.line.returnPressed.connect(self._keep.click)
        column.addWidget(self._service)
        column.addWidget(self._keep, 0, Qt.AlignmentFlag.AlignLeft)

    def show_way(self, way: int) -> None:
        """Show the form of one way."""
        self._ways.button(way).setChecked(True)
        for place, form in enumerate(self._forms):
            form.setVisible(place == way)

    def show_state(self, state: SettingsState) -> None:
        """Show what signs, and what the tokens offer; what is being typed stays."""
        self._signer.setText(state.signer or "none yet: opinions cannot be signed")
        set_role(self._signer, "strong" if state.signer else "warn")
        self._means.setText(state.means)
        self._means.setVisible(bool(state.means))
        if state.driver and not self._driver.text:
            self._driver.line.setText(state.driver)
        if state.service != self._shown_service:
            self._shown_service = state.service
            self._service.line.setText(state.service)
        if state.tokens != self._offered:
            self._offered = state.tokens
            self._choice.clear()
            self._choice.addItems([one.name for one in state.tokens])
            usable = [place for place, one in enumerate(state.tokens) if one.usable]
            self._choice.setCurrentIndex(usable[0] if usable else 0)
        for widget in (self._choice, self._details, self._pin, self._use):
            widget.setVisible(bool(state.tokens))
        for made in (self._import, self._practice, self._find, self._use):
            made.setEnabled(not state.busy)

    def _file(self) -> QWidget:
        made, column = _form()
        self._password = Field("Password of the PKCS#12 file", secret=True)
        self._import = button("Choose a PKCS#12 file")
        self._import.clicked.connect(self._choose_file)
        column.addWidget(self._password)
        column.addWidget(self._import, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _token(self) -> QWidget:
        made, column = _form()
        self._driver = Field("Library of the token (PKCS#11)", placeholder="/usr/lib/opensc-pkcs11.so")
        self._browse = button("Choose the library", "quiet")
        self._find = button("Find tokens")
        self._choice = QComboBox()
        self._choice.setAccessibleName("Certificate on the token")
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.currentIndexChanged.connect(self._detail)
        self._details = label("", "small", wrap=True, name="About this certificate")
        self._pin = Field("PIN of the token", secret=True)
        self._use = button("Sign with this token", "primary")
        self._browse.clicked.connect(self._choose_library)
        self._find.clicked.connect(self._look)
        self._driver.line.returnPressed.connect(self._look)
        self._use.clicked.connect(self._take)
        self._pin.line.returnPressed.connect(self._take)
        row = QHBoxLayout()
        row.addWidget(self._find)
        row.addWidget(self._browse)
        row.addStretch(1)
        column.addWidget(label(_TOKEN, "muted", wrap=True))
        column.addWidget(self._driver)
        column.addLayout(row)
        column.addWidget(self._choice)
        column.addWidget(self._details)
        column.addWidget(self._pin)
        column.addWidget(self._use, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _own(self) -> QWidget:
        made, column = _form()
        self._practice = button("Make a practice identity")
        self._practice.clicked.connect(self.practice)
        column.addWidget(label(_PRACTICE, "muted", wrap=True))
        column.addWidget(self._practice, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _choose_file(self) -> None:
        file, _filter = QFileDialog.getOpenFileName(self, "Choose a PKCS#12 file", "", "PKCS#12 (*.p12 *.pfx)")
        if file:
            self.import_file.emit(file, self._password.text)
            self._password.clear()

    def _choose_library(self) -> None:
        file, _filter = QFileDialog.getOpenFileName(self, "Choose the library of the token")
        if file:
            self._driver.line.setText(file)
            self._look()

    def _detail(self, place: int) -> None:
        self._details.setText(self._offered[place].words if 0 <= place < len(self._offered) else "")

    def _look(self) -> None:
        if self._driver.text.strip():
            self.look.emit(self._driver.text.strip())

    def _take(self) -> None:
        if self._offered:
            self.use.emit(self._offered[max(self._choice.currentIndex(), 0)], self._pin.text)
            self._pin.clear()


def _form() -> tuple[QWidget, QVBoxLayout]:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return made, column
