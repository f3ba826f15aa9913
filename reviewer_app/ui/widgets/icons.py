"""Icons of the one set (Material Design Icons), coloured by the theme; the set is loaded with the first icon.

Of qtawesome only the font is used: importing it takes a third of a second, because it takes in all of Qt.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QToolButton

from reviewer_app.ui import theme

_SET = "mdi6."
_SHARE = 0.875
"""Of the height of an icon that its glyph takes."""


class _Glyph(QIconEngine):
    """Paints one character of the set at any size."""

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._of = (name, colour, disabled)

    def clone(self) -> QIconEngine:
        """Qt: another icon like this one."""
        return _Glyph(*self._of)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Qt: paint the icon."""
        family, characters = _icons()
        name, colour, disabled = self._of
        font = QFont(family)
        font.setPixelSize(max(round(rect.height() * _SHARE), 1))
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(disabled if mode is QIcon.Mode.Disabled else colour))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, characters[name])
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Qt: the icon as a picture."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, made.rect(), mode, state)
        painter.end()
        return made


def icon(name: str, tint: str = "text") -> QIcon:
    """An icon such as `mdi6.sync` in a colour of the theme in use now."""
    tokens = theme.tokens()
    return QIcon(_Glyph(name.removeprefix(_SET), getattr(tokens, tint), tokens.edge))


@cache
def _icons() -> tuple[str, dict[str, str]]:
    """Family of the icon font, and the character of each icon by name."""
    found = importlib.util.find_spec("qtawesome")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "fonts"
    (font,) = folder.glob("materialdesignicons6-webfont-*.ttf")
    (codes,) = folder.glob("materialdesignicons6-webfont-charmap-*.json")
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(font)))[0]
    return family, {name: chr(int(code, 16)) for name, code in json.loads(codes.read_text("ascii")).items()}


class IconButton(QToolButton):
    """A button with an icon that follows the theme."""

    def __init__(self, name: str, tint: str, size: int) -> None:
        super().__init__()
        self._name, self._tint = name, tint
        self.setIconSize(QSize(size, size))
        self.setIcon(icon(name, tint))

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another theme, another colour."""
        if event.type() is QEvent.Type.PaletteChange:
            self.setIcon(icon(self._name, self._tint))
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Return presses it where it has the focus, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class IconLabel(QLabel):
    """A picture that follows the theme; it says nothing to a screen reader, the word beside it does."""

    def __init__(self, name: str, tint: str = "muted", size: int = 14) -> None:
        super().__init__()
        self._name, self._tint, self._size = name, tint, size
        self.setPixmap(icon(name, tint).pixmap(size, size))

    def changeEvent(self, event: QEvent) -> None:
        """Qt: another theme, another colour."""
        if event.type() is QEvent.Type.PaletteChange:
            self.setPixmap(icon(self._name, self._tint).pixmap(self._size, self._size))
        super().changeEvent(event)


def icon_button(name: str, tip: str, *, tint: str = "muted", size: int = 16, checkable: bool = False) -> QToolButton:
    """A quiet button that shows an icon only; `tip` is its tooltip and what a screen reader says."""
    made = IconButton(name, tint, size)
    made.setToolTip(tip)
    made.setAccessibleName(tip.splitlines()[0])
    made.setProperty("kind", "quiet")
    made.setCheckable(checkable)
    return made
