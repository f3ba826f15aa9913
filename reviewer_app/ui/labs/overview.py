"""Every analyte of the list as a small picture, painted in one widget; a click draws it large."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from reviewer_app.ui import theme
from reviewer_app.ui.labs.painting import Prepared, paint, prepared
from reviewer_app.ui.labs.state import Panel
from reviewer_app.ui.widgets.tips import plain_tip

_WIDE, _HIGH, _TITLE = 200, 104, 20
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Overview(QWidget):
    """A grid of small panels.

    Signals:
        chose: Key of the analyte that was clicked.
    """

    chose = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made: list[Prepared] = []
        self._panels: tuple[Panel, ...] = ()
        self._span = (0.0, 1.0)
        self.setAccessibleName("Overview of all analytes")
        self.setMouseTracking(True)

    def show_panels(self, panels: tuple[Panel, ...], span: tuple[float, float]) -> None:
        """Paint other panels."""
        if panels is not self._panels or span != self._span:
            self._panels, self._span = panels, span
            self._made = [prepared(panel, span[0]) for panel in panels]
            self.setMinimumHeight(self._height())
            self.update()

    def panel_at(self, x: float, y: float) -> Panel | None:
        """The panel at a place."""
        places = zip(self._made, self._boxes(), strict=True)
        return next((made.panel for made, box in places if box.contains(x, y)), None)

    def sizeHint(self) -> QSize:
        """As high as all panels."""
        return QSize(3 * theme.size(_WIDE), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer columns."""
        super().resizeEvent(event)
        self.setMinimumHeight(self._height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The panels in view."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.colour("raised"))
        for made, box in zip(self._made, self._boxes(), strict=True):
            if box.intersects(QRectF(event.rect())):
                _paint_small(painter, made, box.adjusted(4, 2, -4, -4), self._span)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        panel = self.panel_at(event.position().x(), event.position().y())
        words = panel.dots[-1].words if panel and panel.dots else ""
        self.setToolTip(plain_tip(words))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose an analyte."""
        panel = self.panel_at(event.position().x(), event.position().y())
        if panel is not None:
            self.chose.emit(panel.key)

    def changeEvent(self, event: QEvent) -> None:
        """Paint in the colours of the theme in use."""
        super().changeEvent(event)
        self.update()

    def _columns(self) -> int:
        return max(self.width() // theme.size(_WIDE), 1)

    def _height(self) -> int:
        return -(-len(self._panels) // self._columns()) * theme.size(_HIGH)

    def _boxes(self) -> list[QRectF]:
        columns = self._columns()
        wide, high = self.width() / columns, theme.size(_HIGH)
        return [QRectF(n % columns * wide, n // columns * high, wide, high) for n in range(len(self._made))]


def _paint_small(painter: QPainter, made: Prepared, box: QRectF, span: tuple[float, float]) -> None:
    panel = made.panel
    title = QRectF(box.left() + 4, box.top(), box.width() - 8, theme.size(_TITLE))
    small = theme.font(theme.SMALL)
    metrics = QFontMetrics(small)
    last = f"{panel.dots[-1].value} {panel.unit}" if panel.dots else ""
    painter.setFont(small)
    painter.setPen(theme.colour("muted"))
    painter.drawText(title, Qt.AlignmentFlag.AlignRight | _MIDDLE, last)
    painter.setPen(theme.colour("text"))
    room = int(title.width() - metrics.horizontalAdvance(last) - 8)
    painter.drawText(title, _MIDDLE, metrics.elidedText(panel.title, Qt.TextElideMode.ElideRight, room))
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.drawRect(box)
    paint(painter, made, box.adjusted(8, theme.size(_TITLE) + 4, -8, -6), span, None)
