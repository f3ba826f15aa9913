"""Lines to type into, with their caption above."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer_app.ui.widgets.text import button, label


class Field(QWidget):
    """A line to type into with its caption, which is also its accessible name.

    Attributes:
        secret: Whether what is typed is hidden, until "Show" is pressed.
    """

    def __init__(self, caption: str, *, secret: bool = False, placeholder: str = "") -> None:
        super().__init__()
        self.secret = secret
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.caption = label(caption, "muted")
        self.line = QLineEdit()
        self.line.setAccessibleName(caption)
        self.line.setPlaceholderText(placeholder)
        self.caption.setBuddy(self.line)
        self.setFocusProxy(self.line)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        if secret:
            self._show = button("Show", "quiet", name=f"Show {caption.lower()}", checkable=True)
            self._show.toggled.connect(self._reveal)
            row.addWidget(self._show)
            self._reveal(shown=False)
        column.addWidget(self.caption)
        column.addLayout(row)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed, and hide what will be."""
        self.line.clear()
        if self.secret:
            self._show.setChecked(False)

    def _reveal(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._show.setText("Hide" if shown else "Show")
