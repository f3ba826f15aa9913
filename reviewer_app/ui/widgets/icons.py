"""Icons of the one set (Material Design Icons), coloured by the theme; the set is loaded with the first icon."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton

from reviewer_app.ui import theme


def icon(name: str, tint: str = "text") -> QIcon:
    """An icon such as `mdi6.sync` in a colour of the theme in use."""
    import qtawesome

    made: QIcon = qtawesome.icon(
        name,
        color=getattr(theme.tokens(), tint),
        color_disabled=theme.tokens().edge,
    )
    return made


def icon_button(name: str, tip: str, *, tint: str = "muted", size: int = 16, checkable: bool = False) -> QToolButton:
    """A quiet button that shows an icon only; `tip` is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icon(name, tint))
    made.setIconSize(QSize(size, size))
    made.setToolTip(tip)
    made.setAccessibleName(tip.splitlines()[0])
    made.setProperty("kind", "quiet")
    made.setCheckable(checkable)
    return made
