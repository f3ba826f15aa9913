"""Icons of the one set (Material Design Icons), coloured by the theme; the set is loaded with the first icon."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QToolButton

from reviewer_app.ui import theme


def icon(name: str, tint: str = "text") -> QIcon:
    """An icon such as `mdi6.sync` in a colour of the theme in use now."""
    import qtawesome

    made: QIcon = qtawesome.icon(
        name,
        color=getattr(theme.tokens(), tint),
        color_disabled=theme.tokens().edge,
    )
    return made


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
