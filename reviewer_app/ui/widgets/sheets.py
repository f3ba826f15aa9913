"""Pages of a letter one below the other, each scaled to the width there is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from reviewer_app.domain.record import Page
from reviewer_app.ui import theme

_WIDTH, _SHARPEST = 900, 2.0
"""Pixels of width a page is drawn with on an ordinary screen; how much finer it is drawn on a fine one at most."""


class Sheets(QScrollArea):
    """Pages as they were drawn in the jail; always with a scroll bar, so that a page more changes no width."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._shown: list[Sheet] = []
        ground = QWidget()
        ground.setProperty("role", "page")
        self._column = QVBoxLayout(ground)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(12)
        self._column.addStretch(1)
        self.setWidget(ground)

    @property
    def pixels(self) -> int:
        """Pixels of width a page is to be drawn with for this screen."""
        return round(_WIDTH * min(self.devicePixelRatioF(), _SHARPEST))

    @property
    def pages(self) -> tuple[Sheet, ...]:
        """Those on screen."""
        return tuple(self._shown)

    def clear(self) -> None:
        """Take every page away."""
        for sheet in self._shown:
            sheet.setParent(None)
            sheet.deleteLater()
        self._shown = []

    def show_page(self, page: Page) -> None:
        """Add a page below those shown."""
        sheet = Sheet(page)
        self._shown.append(sheet)
        self._column.insertWidget(self._column.count() - 1, sheet)


class Sheet(QWidget):
    """One page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._pixels = page.pixels
        self._image = QImage(self._pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        self._ratio = page.height / page.width
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(f"Page {page.index + 1} of {page.count}")
        self.setAccessibleDescription(page.text)

    def hasHeightForWidth(self) -> bool:
        """Qt: a page keeps its proportions."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt: height of the page at this width."""
        return round(width * self._ratio)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the page."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.rect(), self._image)
        painter.setPen(theme.colour("line"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
