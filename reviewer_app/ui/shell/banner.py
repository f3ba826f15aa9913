"""The patient banner: who this is, on every screen of a case, and the arrangements beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from reviewer_app.ui import theme
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
        self._built = False
        self.setProperty("role", "patient")
        self.setFixedHeight(theme.size(24) + 20)
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
        self._arrangements = QWidget()
        words = QHBoxLayout(self._arrangements)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        self._menu = QMenu(self)
        self._menu_button = button("Arrange", "quiet", tip="Arrange the panes (F6 to F9)")
        self._menu_button.setMenu(self._menu)
        self._row.addWidget(self._arrangements)
        self._row.addWidget(self._menu_button)
        self._toggles: dict[str, QToolButton] = {}
        self._row.addWidget(_divider())
        self._row.addLayout(self._pane_buttons())
        self._built = True
        self._fit()

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
        self._fit()

    def add_action(self, action: QAction, title: str) -> None:
        """Offer a named arrangement."""
        made = button(title, "quiet", tip=action.toolTip())
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(action.trigger)
        layout = self._arrangements.layout()
        assert layout is not None
        layout.addWidget(made)
        self._menu.addAction(action)
        self._fit()

    def show_panes(self, shown: dict[str, bool]) -> None:
        """Mark which panes are on screen."""
        for pane, toggle in self._toggles.items():
            toggle.setChecked(shown.get(pane, False))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: who the patient is keeps its room, whatever else has to go."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another size of text."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.setFixedHeight(theme.size(24) + 20)
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        """Drop what is also elsewhere until the rest fits: names of arrangements, then the date, then the case."""
        if not self._built:
            return
        droppable = (self._arrangements, self._due, self._case)
        fixed = (
            len(self._toggles) * 32 + 80 + sum(text.sizeHint().width() + 16 for text in (self._name, self._identity))
        )
        room = self.width() - fixed
        wanted = [widget.sizeHint().width() + 16 for widget in droppable]
        for place, widget in enumerate(droppable):
            widget.setVisible(sum(wanted[place:]) <= room)
            if place == 0 and widget.isHidden():
                room -= self._menu_button.sizeHint().width() + 16
        self._menu_button.setVisible(self._arrangements.isHidden())

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
