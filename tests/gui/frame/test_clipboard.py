"""What is copied out of a record is marked as a secret, so that no clipboard history keeps it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from reviewer_app.ui.widgets.clipboard import copy


def test_copied_words_are_there_and_marked_as_secret(qapp):
    copy("CA 15-3 was 62")
    held = QGuiApplication.clipboard().mimeData()
    assert held.text() == "CA 15-3 was 62"
    assert bytes(held.data("x-kde-passwordManagerHint").data()) == b"secret"
    QGuiApplication.clipboard().clear()
