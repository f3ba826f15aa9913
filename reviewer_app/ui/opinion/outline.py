"""The sections as a list with their progress."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from reviewer_app.ui.opinion.state import OpinionState, Progress
from reviewer_app.ui.widgets.icons import icon

_ICONS = {
    Progress.DONE: ("mdi6.check", "good"),
    Progress.TO_DO: ("mdi6.circle-medium", "warn"),
    Progress.EMPTY: ("mdi6.circle-small", "edge"),
}


class Outline(QListWidget):
    """The sections of the letter.

    Signals:
        chosen: Anchor of a section.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Sections")
        self.setFixedWidth(208)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: tuple[tuple[str, str, Progress], ...] = ()
        self.itemActivated.connect(self._choose)
        self.itemClicked.connect(self._choose)

    def show_state(self, state: OpinionState) -> None:
        """List the sections; rows of tables are left out."""
        rows = tuple((block.anchor, block.title, block.progress) for block in state.blocks if not block.row)
        if rows == self._shown:
            return
        self._shown = rows
        self.clear()
        for anchor, title, progress in rows:
            item = QListWidgetItem(icon(*_ICONS[progress]), title.removesuffix(" (optional)"))
            item.setData(Qt.ItemDataRole.UserRole, anchor)
            item.setToolTip(f"{title}: {progress.value}")
            self.addItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
