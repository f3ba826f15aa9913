"""The patient banner: who this is, on every screen of a case, and the arrangements beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from reviewer_app.ui.shell.panes import PANES
from reviewer_app.ui.shell.state import BannerState
from reviewer_app.ui.widgets.text import button, frame, label


class PatientBanner(QFrame):
    """Shows a BannerState; never hidden while a case is open.

    Signals:
        panes: Id of the pane to be hidden or brought back.
    """

    panes = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "patient")
        self.setFixedHeight(44)
        self._name = label("", "heading", name="Patient")
        self._identity = label("", name="Identity")
        self._case = label("", "muted", name="Case")
        self._due = label("", "warn", name="Due")
        for text in (self._name, self._identity, self._case):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 8, 0)
        self._row.setSpacing(16)
        for widget in (self._name, self._identity, self._case, self._due):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._arrangements = QHBoxLayout()
        self._arrangements.setSpacing(0)
        self._row.addLayout(self._arrangements)
        self._toggles: dict[str, QToolButton] = {}
        self._row.addWidget(_divider())
        self._row.addLayout(self._pane_buttons())

    def show_state(self, state: BannerState) -> None:
        """Say who the patient is."""
        self._name.setText(state.name)
        self._name.setAccessibleName(f"Patient {state.name}, {state.identity}")
        self._identity.setText(state.identity)
        self._case.setText(state.case)
        self._due.setText(state.due)
        self._due.setProperty("role", "warn" if state.overdue else "muted")
        self._due.style().unpolish(self._due)
        self._due.style().polish(self._due)

    def add_action(self, action: QAction, title: str) -> None:
        """Offer a named arrangement."""
        made = button(title, "quiet", tip=action.toolTip())
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(action.trigger)
        self._arrangements.addWidget(made)

    def show_panes(self, shown: dict[str, bool]) -> None:
        """Mark which panes are on screen."""
        for pane, toggle in self._toggles.items():
            toggle.setChecked(shown.get(pane, False))

    def _pane_buttons(self) -> QHBoxLayout:
        from reviewer_app.ui.widgets.icons import icon_button

        row = QHBoxLayout()
        row.setSpacing(2)
        for kind in PANES:
            toggle = icon_button(kind.icon, f"Show or hide {kind.title}", tint="text", size=18, checkable=True)
            toggle.setFixedSize(30, 30)
            toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            toggle.clicked.connect(lambda _checked=False, pane=kind.id: self.panes.emit(pane))
            self._toggles[kind.id] = toggle
            row.addWidget(toggle)
        return row


def _divider() -> QFrame:
    made = frame("upright")
    made.setFixedSize(1, 24)
    return made
