"""A waveform as a strip: one lead below another on a grid, in the proportion of paper."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer_app.domain.reading import Lead, Waveform
from reviewer_app.ui import theme

MILLIMETRE = 4.0
"""Pixels for what is a millimetre on paper at 25 mm/s and 10 mm/mV."""
_SECOND = 25 * MILLIMETRE
_MILLIVOLT = 10 * MILLIMETRE
_LEAD_HIGH = 22 * MILLIMETRE
_LEFT = 48.0
_TOP = 28.0
_TO_MILLIVOLT = {"uV": 0.001, "mV": 1.0, "V": 1000.0}


class Strip(QWidget):
    """One multiplex group."""

    def __init__(self, waveform: Waveform, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waveform = waveform
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        names = ", ".join(lead.name for lead in waveform.leads)
        self.setAccessibleName(f"{waveform.label or 'Waveform'}: {names}, {waveform.seconds:.1f} seconds")

    def sizeHint(self) -> QSize:
        """All of it."""
        wide = _LEFT + self._waveform.seconds * _SECOND + 16
        return QSize(min(round(wide), 30_000), round(_TOP + len(self._waveform.leads) * _LEAD_HIGH + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Grid, then leads."""
        painter = QPainter(self)
        tokens = theme.tokens()
        area = QRectF(event.rect())
        painter.fillRect(area, QColor(tokens.surface))
        self._paint_grid(painter, area)
        painter.setPen(QColor(tokens.text))
        painter.setFont(theme.font(theme.SMALL))
        said = f"{self._waveform.label}   {self._waveform.seconds:.1f} s at {self._waveform.frequency:g} Hz"
        painter.drawText(QPointF(_LEFT, 18), f"{said}   25 mm/s, 10 mm/mV in proportion, not to scale")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, lead in enumerate(self._waveform.leads):
            middle = _TOP + (number + 0.5) * _LEAD_HIGH
            painter.setPen(QColor(tokens.text))
            painter.drawText(QPointF(6, middle + 4), lead.name.removeprefix("Lead ").partition(" (")[0][:8])
            painter.setPen(QPen(QColor(tokens.accent), 1.2))
            painter.drawPolyline(self._line(lead, middle))

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        fine, coarse = QColor(theme.tokens().line), QColor(theme.tokens().line)
        fine.setAlpha(70)
        step = 5 * MILLIMETRE
        across, down = int((area.right() - _LEFT) / step) + 1, int((area.bottom() - _TOP) / step) + 1
        for number in range(max(int((area.left() - _LEFT) / step), 0), across):
            painter.setPen(coarse if number % 5 == 0 else fine)
            painter.drawLine(QPointF(_LEFT + number * step, _TOP), QPointF(_LEFT + number * step, self.height()))
        painter.setPen(fine)
        for number in range(max(int((area.top() - _TOP) / step), 0), down):
            painter.drawLine(QPointF(_LEFT, _TOP + number * step), QPointF(self.width(), _TOP + number * step))

    def _line(self, lead: Lead, middle: float) -> QPolygonF:
        """Volts to their height; what has another unit fills the room of its lead."""
        factor = _TO_MILLIVOLT.get(lead.unit)
        if factor is None:
            most = max((abs(value) for value in lead.samples), default=0.0) or 1.0
            height = _LEAD_HIGH / 2 / most
        else:
            height = factor * _MILLIVOLT
        step = _SECOND / self._waveform.frequency
        return QPolygonF(
            [QPointF(_LEFT + place * step, middle - value * height) for place, value in enumerate(lead.samples)]
        )
