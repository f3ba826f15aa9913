"""The settings page: profile and signing identity left, the desk right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.opinion import Author
from reviewer_app.ui.settings.about import AboutCard, LimitsPage
from reviewer_app.ui.settings.cards import Passphrase, Programmes, card
from reviewer_app.ui.settings.hanging import HangingCard
from reviewer_app.ui.settings.house import StorageCard, VaultCard
from reviewer_app.ui.settings.shortcuts import Shortcuts
from reviewer_app.ui.settings.signing import SigningIdentity
from reviewer_app.ui.settings.state import SettingsState
from reviewer_app.ui.settings.writing_card import WritingCard
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import button, frame, label, set_role
from reviewer_app.ui.widgets.wheel import leave_the_wheel

_THEMES = (("dark", "Dark"), ("light", "Light"))


class SettingsView(QWidget):
    """Shows a SettingsState; every signal is something the user asked for."""

    save_author = Signal(object)
    lock_after = Signal(int)
    theme = Signal(str)
    text_scale = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Settings")
        self._shown: Author | None = None
        page = QWidget()
        page.setProperty("role", "page")
        row = QHBoxLayout(page)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
            row.addLayout(column)
        row.addStretch(1)
        self.programmes, self.signing, self.passphrase = Programmes(), SigningIdentity(), Passphrase()
        self.vault, self.storage, self.shortcuts = VaultCard(), StorageCard(), Shortcuts()
        self.writing, self.hanging, self.about = WritingCard(), HangingCard(), AboutCard()
        self._limits: LimitsPage | None = None
        left.addWidget(self.programmes)
        left.addWidget(self._author())
        left.addWidget(self.hanging)
        left.addWidget(self.storage)
        right.addWidget(self.signing)
        right.addWidget(self._desk())
        right.addWidget(self.writing)
        right.addWidget(self.shortcuts)
        right.addWidget(self.passphrase)
        right.addWidget(self.vault)
        right.addWidget(self.about)
        left.addStretch(1)
        right.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top())
        outer.addWidget(area, 1)
        area.setWidget(page)  # at last: what moves to another parent is styled anew with all in it

    def show_state(self, state: SettingsState) -> None:
        """Show what is kept; what is being typed stays until something else is kept."""
        if state.author != self._shown:
            self._shown = state.author
            for field, text in self._pairs(state.author):
                field.line.setText(text)
        self._said.setText(str(state.problem) if state.problem else state.said)
        set_role(self._said, "warn" if state.problem else "good")
        for spin, value in ((self._minutes, state.lock_minutes), (self._scale, state.text_scale)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self.programmes.show_state(state)
        self.signing.show_state(state)
        self.writing.show_state(state)
        for place, (theme, _words) in enumerate(_THEMES):
            self._themes.button(place).setChecked(theme == state.theme)
        for made in (self._save, self.passphrase.button):
            made.setEnabled(not state.busy)

    def show_limits(self, limits: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
        """Show what Consilium cannot promise, over the whole window."""
        if self._limits is None:
            self._limits = LimitsPage(self.window())
        self._limits.offer(limits)

    def _top(self) -> QFrame:
        bar = frame("toolbar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        self._said = label("", "good", name="Result")
        row.addWidget(label("Settings", "heading"))
        row.addWidget(self._said, 1)
        bar.setMinimumHeight(45)
        return bar

    def _author(self) -> QFrame:
        made, column = card("Profile and licence", "Printed on every letter you sign.")
        self._name, self._specialty = Field("Name with title"), Field("Specialty")
        self._organisation = Field("Organisation")
        self._licence, self._authority = Field("Licence number"), Field("Licensed by")
        self._ends = Field("Licence ends (empty where it does not)", placeholder="2027-12-31")
        self._interests = Field("Interests to declare", placeholder="Empty where there are none")
        for field, _text in self._pairs(Author()):
            column.addWidget(field)
        self._save = button("Save profile", "primary")
        self._save.clicked.connect(lambda: self.save_author.emit(self._typed()))
        column.addWidget(self._save, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _desk(self) -> QFrame:
        made, column = card("Desk", "")
        self._minutes = QSpinBox()
        self._minutes.setRange(1, 60)
        self._minutes.setSuffix(" min")
        self._minutes.setAccessibleName("Lock after minutes without a touch")
        self._minutes.valueChanged.connect(self.lock_after)
        lock = QHBoxLayout()
        lock.addWidget(label("Lock after", "muted"))
        lock.addWidget(self._minutes)
        lock.addWidget(label("without a touch", "muted"))
        lock.addStretch(1)
        column.addLayout(lock)
        self._scale = QSpinBox()
        self._scale.setRange(80, 200)
        self._scale.setSingleStep(10)
        self._scale.setSuffix(" %")
        self._scale.setKeyboardTracking(False)
        self._scale.setAccessibleName("Size of text in per cent")
        self._scale.valueChanged.connect(self.text_scale)
        size = QHBoxLayout()
        size.addWidget(label("Size of text", "muted"))
        size.addWidget(self._scale)
        size.addStretch(1)
        column.addLayout(size)
        leave_the_wheel(self._minutes)
        leave_the_wheel(self._scale)
        self._themes = QButtonGroup(self)
        colours = QHBoxLayout()
        colours.addWidget(label("Theme", "muted"))
        for place, (theme, words) in enumerate(_THEMES):
            chip = button(words, "chip", name=f"Theme: {words}", checkable=True)
            chip.clicked.connect(lambda _on=False, theme=theme: self.theme.emit(theme))
            self._themes.addButton(chip, place)
            colours.addWidget(chip)
        colours.addStretch(1)
        column.addLayout(colours)
        return made

    def _pairs(self, author: Author) -> tuple[tuple[Field, str], ...]:
        return (
            (self._name, author.name),
            (self._specialty, author.specialty),
            (self._organisation, author.organisation),
            (self._licence, author.licence),
            (self._authority, author.licence_authority),
            (self._ends, author.licence_ends.text),
            (self._interests, author.interests),
        )

    def _typed(self) -> Author:
        name, specialty, organisation, licence, authority, ends, interests = (
            field.text.strip() for field, _text in self._pairs(Author())
        )
        return Author(name, specialty, licence, authority, PartialDate(ends), organisation, self._ref(), interests)

    def _ref(self) -> str:
        return self._shown.ref if self._shown else ""
