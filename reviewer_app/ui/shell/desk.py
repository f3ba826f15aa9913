"""The case desk: the patient above, four panes that can be moved, hidden and put on another screen below."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.actions import bind, command
from reviewer_app.ui.shell import arrangements
from reviewer_app.ui.shell.arrangements import ARRANGEMENTS, Arrangement, Shares
from reviewer_app.ui.shell.banner import PatientBanner
from reviewer_app.ui.shell.panes import PANES, PaneKind, Sharing
from reviewer_app.ui.widgets.icons import IconLabel, icon_button
from reviewer_app.ui.widgets.text import frame, label


class Desk(QWidget):
    """Docks the panes it is given; knows nothing of what they show.

    Signals:
        arranged: The user moved, hid or brought back a pane; to be kept with the case.
        cite: Cite what is selected in the pane that has the focus.
    """

    arranged = Signal()
    cite = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Case desk")
        self.banner = PatientBanner()
        self._window = QMainWindow()
        self._window.setWindowFlags(Qt.WindowType.Widget)
        self._window.setDockNestingEnabled(True)
        self._window.setAnimated(False)
        self._docks: dict[str, PaneDock] = {}
        self._quiet = True
        self._kept: Shares = {}
        self._focused = PANES[0].id
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._window, 1)
        for wanted in ARRANGEMENTS:
            self.banner.add_action(bind(self, wanted.command, partial(self.arrange, wanted)), wanted.title)
        for kind in PANES:
            bind(self, kind.command, partial(self.go_to, kind.id))
        bind(self, "desk.cite", self.cite.emit)
        bind(self, "desk.next", self._next)
        self.banner.panes.connect(self._toggle)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_moved)

    @property
    def focused(self) -> str:
        """Id of the pane that has, or last had, the focus."""
        return self._focused

    def show_rooms(self, kept: bytes | None) -> None:
        """Lay out an empty room for each pane as they were kept, else side by side; `put` fills them."""
        self.clear()
        self._quiet = True
        for kind in PANES:
            dock = PaneDock(kind, self._window)
            dock.topLevelChanged.connect(self._touched)
            dock.dockLocationChanged.connect(self._touched)
            dock.visibilityChanged.connect(self._touched)
            dock.pulled.connect(self._touched)
            self._docks[kind.id] = dock
        arrangements.lay_out(self._window, self._docks, ARRANGEMENTS[0])
        if kept is not None:
            arrangements.restore(self._window, kept)
        self._kept = arrangements.kept_shares(kept or b"")
        self._quiet = False
        self._show_hidden()

    def room(self, pane: str) -> QWidget:
        """The parent of what is to be `put` there: every change of parents styles all that is in a pane anew."""
        return self._docks[pane]

    def put(self, pane: str, widget: QWidget) -> None:
        """Fill the room of a pane; where the keys waited for it, it gets them."""
        waited = self._docks[pane].put(widget)
        if isinstance(widget, Sharing):
            if pane in self._kept:
                widget.take_shares(self._kept[pane])
            widget.reshared.connect(self._touched)
        if waited:
            self.go_to(pane)

    def clear(self) -> None:
        """Take the panes away; their presenters are closed by who made them."""
        self._quiet = True
        for dock in self._docks.values():
            self._window.removeDockWidget(dock)
            dock.hide()
            dock.setObjectName("")  # an arrangement is restored by name, and this one dies only when events are handled
            dock.deleteLater()
        self._docks.clear()

    def saved(self) -> bytes:
        """The arrangement on screen, to be kept."""
        inside = {name: dock.widget() for name, dock in self._docks.items()}
        own = {name: pane.shares() for name, pane in inside.items() if isinstance(pane, Sharing)}
        return arrangements.saved(self._window, {**self._kept, **own})

    def arrange(self, wanted: Arrangement) -> None:
        """Lay the panes out in a named arrangement."""
        if not self._docks:
            return
        self._quiet = True
        focused = self._focused
        arrangements.lay_out(self._window, self._docks, wanted)
        self._quiet = False
        self._touched()
        self.go_to(focused if self.shown(focused) else wanted.left[0][0])

    def go_to(self, pane: str) -> None:
        """Bring a pane up and put the keyboard into it."""
        dock = self._docks.get(pane)
        if dock is None:
            return
        dock.show()
        dock.raise_()
        if dock.isFloating():
            dock.activateWindow()
        self._focused = pane
        _focusable(dock.widget(), dock.kind.first).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def shown(self, pane: str) -> bool:
        """Whether a pane is on screen."""
        dock = self._docks.get(pane)
        return dock is not None and not dock.isHidden()

    def _focus_moved(self, _before: QWidget | None, after: QWidget | None) -> None:
        for pane, dock in self._docks.items():
            if after is not None and dock.isAncestorOf(after):
                self._focused = pane

    def _toggle(self, pane: str) -> None:
        dock = self._docks.get(pane)
        if dock is not None:
            dock.setVisible(dock.isHidden())

    def _next(self) -> None:
        shown = [kind.id for kind in PANES if self.shown(kind.id)]
        if shown:
            place = shown.index(self._focused) if self._focused in shown else -1
            self.go_to(shown[(place + 1) % len(shown)])

    def _touched(self) -> None:
        if not self._quiet:
            self._show_hidden()
            self.arranged.emit()

    def _show_hidden(self) -> None:
        self.banner.show_panes({kind.id: self.shown(kind.id) for kind in PANES})


class PaneDock(QDockWidget):
    """A dock with a slim title: name, put on another screen, hide.

    Signals:
        pulled: A hand makes it larger or smaller, by the line to its neighbour or by the edge of its own window.
    """

    pulled = Signal()

    def __init__(self, kind: PaneKind, desk: QMainWindow) -> None:
        super().__init__(kind.title, desk)
        self.kind = kind
        self.setObjectName(kind.id)
        self.setAccessibleName(kind.title)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.setTitleBarWidget(self._title(kind))
        self._hold(QWidget(self))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: no signal says that a line between docks was dragged; with a button down nothing else moves them."""
        super().resizeEvent(event)
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self.pulled.emit()

    def put(self, widget: QWidget) -> bool:
        """Show this in the place of what was there; whether that had the keys."""
        before = self.widget()
        waited = self.focusWidget() is before
        self._hold(widget)
        widget.show()
        before.deleteLater()
        return waited

    def _hold(self, widget: QWidget) -> None:
        widget.setMinimumSize(*self.kind.least)
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setWidget(widget)

    def _title(self, kind: PaneKind) -> QWidget:
        bar = frame("dock-title")
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 2, 4, 2)
        row.setSpacing(6)
        row.addWidget(IconLabel(kind.icon))
        row.addWidget(label(kind.title, "small"))
        row.addStretch(1)
        apart = _small("mdi6.dock-window", f"Put {kind.title} in a window of its own, or back")
        apart.clicked.connect(lambda: self.setFloating(not self.isFloating()))
        hide = _small("mdi6.close", f"Hide {kind.title}; {command(kind.command).shown_keys} brings it back")
        hide.clicked.connect(self.hide)
        row.addWidget(apart)
        row.addWidget(hide)
        return bar


def _focusable(pane: QWidget, first: type[QWidget]) -> QWidget:
    """What had the focus in a pane, else what it names itself, the first of its kind, whatever takes the focus."""
    before: QWidget | None = pane.focusWidget()
    named: QWidget | None = pane.focusProxy()
    children = [child for child in pane.findChildren(QWidget) if child.isVisible() and child.isEnabled()]
    for known in (before, named):
        if known in children:
            return known
    takes = [child for child in children if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
    found = next((child for child in takes if isinstance(child, first)), takes[0] if takes else pane)
    if found is pane:
        pane.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return found


def _small(name: str, tip: str) -> QToolButton:
    made = icon_button(name, tip, size=14)
    made.setFixedSize(22, 22)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
