"""The trends of the chosen analytes one above the other on a shared time axis, each with its title and remarks.

pyqtgraph is imported here only when the first trend is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs.state import LabsState, Panel, PointId
from reviewer_app.ui.widgets.text import label
from reviewer_app.ui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from reviewer_app.ui.labs.plot import PanelPlot


class TrendStack(QScrollArea):
    """Panels from top to bottom; left and right select the neighbouring result.

    Signals:
        pointed: `PointId` of the mark that was clicked.
        hovered: Words for the mark under the pointer, or an empty text.
        stepped: -1 or +1.
    """

    pointed = Signal(object)
    hovered = Signal(str)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: list[PanelPlot] = []
        self._titles: list[_Title] = []
        self._panels: tuple[Panel, ...] = ()
        self._words: dict[PointId, str] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Trends")
        self._remarks = label("", "small", wrap=True)
        page = QWidget()
        page.setProperty("role", "pane")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(8, 4, 8, 4)
        self._column.setSpacing(0)
        self._column.addWidget(self._remarks)
        self._column.addStretch(0)
        self.setWidget(page)

    @property
    def plots(self) -> tuple[PanelPlot, ...]:
        """The panels that are drawn."""
        return tuple(self._plots[: len(self._panels)])

    def minimumSizeHint(self) -> QSize:
        """Small: what does not fit is scrolled."""
        return QSize(160, 96)

    def show_panels(self, state: LabsState) -> None:
        """Draw the panels of a state, keeping what is drawn already where it has not changed."""
        if state.panels is not self._panels:
            self._panels = state.panels
            self._build(state)
        for plot in self.plots:
            plot.select(state.selected)

    def changeEvent(self, event: QEvent) -> None:
        """Dress the panels anew when the theme has changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            for plot in getattr(self, "_plots", ()):
                plot.dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go to the neighbouring result."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a panel gives the keys to the stack."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def _build(self, state: LabsState) -> None:
        """Fill the panels, using again those that are there: making one takes longer than drawing its points."""
        self._words = {dot.id: dot.words for panel in state.panels for dot in panel.dots}
        while len(self._plots) < len(state.panels):
            self._add(state)
        for number, (title, plot) in enumerate(zip(self._titles, self._plots, strict=True)):
            used = number < len(state.panels)
            if used:
                title.show_panel(state.panels[number])
                plot.show_panel(state.panels[number], state.span, lowest=number == len(state.panels) - 1)
            title.setVisible(used)
            plot.setVisible(used)
        self._remarks.setText("\n".join(state.remarks))
        self._remarks.setVisible(bool(state.remarks))

    def _add(self, state: LabsState) -> None:
        from reviewer_app.ui.labs.plot import PanelPlot

        title, plot = _Title(), PanelPlot(state.panels[len(self._plots)], state.span)
        plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        plot.viewport().installEventFilter(self)
        plot.clicked.connect(self.pointed)
        plot.hovered.connect(self._on_hover)
        if self._plots:
            plot.setXLink(self._plots[0])
        place = 2 * len(self._plots)
        self._column.insertWidget(place, title)
        self._column.insertWidget(place + 1, plot, 1)
        self._titles.append(title)
        self._plots.append(plot)

    def _on_hover(self, x: float | None, point: PointId | None) -> None:
        for plot in self._plots:
            plot.point_at(x)
        self.hovered.emit(self._words.get(point, "") if point else "")


class _Remarks(QLabel):
    """Remarks on one line at the right, cut with dots where there is no room; the tooltip has all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "small")
        self.setMinimumWidth(24)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.colour("muted"))
        shown = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)


class _Title(QWidget):
    """What a panel shows: analyte, unit, and what the picture cannot show."""

    def __init__(self) -> None:
        super().__init__()
        self._name, self._unit, self._remarks = label("", "strong"), label("", "muted"), _Remarks()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._name)
        row.addWidget(self._unit)
        row.addWidget(self._remarks, 1)

    def show_panel(self, panel: Panel) -> None:
        """Say what a panel shows."""
        self._name.setText(panel.title)
        self._unit.setText(panel.unit or "no unit")
        self._remarks.setText("; ".join(panel.remarks))
        self._remarks.setToolTip(plain_tip(self._remarks.text()))
