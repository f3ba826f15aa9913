"""Labels and buttons as the theme knows them; every text is plain."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget


def label(text: str = "", role: str = "", *, name: str = "", wrap: bool = False) -> QLabel:
    """A plain-text label; `role` as in `theme.stylesheet`, `name` for screen readers where the text does not do."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    if name:
        made.setAccessibleName(name)
    return made


def button(text: str, kind: str = "", *, name: str = "", tip: str = "", checkable: bool = False) -> QPushButton:
    """A button; `kind` is primary, quiet, chip or link."""
    made = QPushButton(text.replace("&", "&&"))
    made.setAccessibleName(name or text)
    made.setCheckable(checkable)
    made.setAutoDefault(True)  # Return presses it where it has the focus, as Space does
    if kind:
        made.setProperty("kind", kind)
    if tip:
        made.setToolTip(tip)
    return made


def frame(role: str) -> QFrame:
    """A frame with a role of the theme: card, pane, toolbar, hairline..."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another role, and have the stylesheet look at it again."""
    _set(widget, "role", role)


def set_kind(widget: QPushButton, kind: str) -> None:
    """Make a button another kind, such as the primary one of its screen."""
    _set(widget, "kind", kind)


def _set(widget: QWidget, name: str, value: str) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
