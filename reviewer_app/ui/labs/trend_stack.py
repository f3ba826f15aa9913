"""The trends of the chosen analytes one above the other, scrolled where they do not fit.

Doubts are said above them, remarks below.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.ui.labs.canvas import TrendCanvas
from reviewer_app.ui.labs.state import LabsState
from reviewer_app.ui.widgets.text import label


class TrendStack(QScrollArea):
    """Panels from top to bottom; left and right select the neighbouring result.

    Signals:
        pointed: `PointId` of the mark that was clicked.
        opened: `RecordId` of the medication or imaging study that was clicked.
        hovered: Words for what is under the pointer, or an empty text.
        stepped: -1 or +1.
        seen: First and last second of the stretch of time that came into view.
    """

    pointed = Signal(object)
    opened = Signal(object)
    hovered = Signal(str)
    stepped = Signal(int)
    seen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = TrendCanvas()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Trends")
        self._doubts, self._remarks = label("", "warn", wrap=True), label("", "small", wrap=True)
        page = QWidget()
        page.setProperty("role", "pane")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(0)
        self._doubts.setContentsMargins(8, 0, 8, 4)
        self._remarks.setContentsMargins(8, 4, 8, 0)
        column.addWidget(self._doubts)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._remarks)
        self.setWidget(page)
        self.canvas.clicked.connect(self.pointed)
        self.canvas.opened.connect(self.opened)
        self.canvas.hovered.connect(self.hovered)
        self.canvas.seen.connect(self.seen)

    def minimumSizeHint(self) -> QSize:
        """Small: what does not fit is scrolled."""
        return QSize(160, 96)

    def show_panels(self, state: LabsState) -> None:
        """Draw the panels of a state, keeping what is drawn already where it has not changed."""
        lanes = state.lanes if state.with_lanes else ()
        if state.panels is not self.canvas.panels or lanes != self._lanes:
            self._lanes = lanes
            self.canvas.show_panels(state.panels, lanes, state.span)
        if state.panels and state.stretch != self.canvas.view:
            self.canvas.show_time(*state.stretch)
        for said, sentences in ((self._doubts, state.doubts), (self._remarks, state.remarks)):
            said.setText("\n".join(sentences).replace("/", "/\u2060"))  # a line never breaks within a unit
            said.setVisible(bool(sentences))
        self.canvas.select(state.selected)

    _lanes: object = ()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when the theme has changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and hasattr(self, "canvas"):
            self.canvas.repaint_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go to the neighbouring result."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the trends gives the keys to them."""
        super().mousePressEvent(event)
        self.setFocus(Qt.FocusReason.MouseFocusReason)
