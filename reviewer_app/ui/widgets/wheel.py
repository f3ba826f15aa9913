"""Keeps the wheel of the mouse for scrolling the page: passing over a field must not change what is chosen in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class _Wheelless(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: leave the wheel to what the field lies in."""
        _ = watched
        if event.type() is not QEvent.Type.Wheel:
            return False
        event.ignore()
        return True


def leave_the_wheel(field: QWidget) -> None:
    """Let a field change by clicks and keys only."""
    field.installEventFilter(_Wheelless(field))
