"""Paints guide lines and the point shown in all tiles; thin, with a dark edge, so that they hide nothing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from reviewer_app.ui import theme
from reviewer_app.ui.viewer.guides import Guides, Mark3D
from reviewer_app.ui.viewer.placement import Placement

_GAP, _ARM = 5.0, 14.0


def paint_guides(painter: QPainter, placement: Placement, guides: Guides) -> None:
    """Paint over a picture that lies at `placement`."""
    if not guides.lines and guides.point is None:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in guides.lines:
        start, end = (QPointF(*placement.view_point(at)) for at in (line.start, line.end))
        for colour, width, alpha in (("image_black", 3.0, 90), ("accent", 1.0, 230 if line.strong else 120)):
            painter.setPen(_pen(colour, width, alpha, dashed=not line.strong))
            painter.drawLine(start, end)
    if guides.point is not None:
        _paint_point(painter, placement, guides.point)
    painter.restore()


def _paint_point(painter: QPainter, placement: Placement, point: Mark3D) -> None:
    x, y = placement.view_point(point.at)
    for colour, width, alpha in (("image_black", 3.0, 140), ("warn" if point.away else "accent", 1.5, 255)):
        painter.setPen(_pen(colour, width, alpha, dashed=bool(point.away)))
        for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(x + across * _GAP, y + down * _GAP), QPointF(x + across * _ARM, y + down * _ARM))
    if point.label:
        painter.setFont(theme.font(theme.SMALL))
        box = QRectF(x + _ARM + 2, y + 2, 220, painter.fontMetrics().height())
        if box.left() + painter.fontMetrics().horizontalAdvance(point.label) > placement.width:
            box.moveRight(x - _ARM - 2)
        align = Qt.AlignmentFlag.AlignRight if box.left() < x else Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(theme.DARK.image_black))
        painter.drawText(box.translated(1, 1), align, point.label)
        painter.setPen(QColor(theme.DARK.warn if point.away else theme.DARK.on_image))
        painter.drawText(box, align, point.label)


def _pen(colour: str, width: float, alpha: int, *, dashed: bool) -> QPen:
    tone = QColor(getattr(theme.DARK, colour))
    tone.setAlpha(alpha)
    return QPen(tone, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
