"""The palette (Ctrl+K): type a few letters of a command, a case, a record or a series, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from reviewer_app.ui.widgets.overlay import Overlay
from reviewer_app.ui.widgets.text import label

_MOST = 60
_ROW = 32


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be gone to or done.

    Attributes:
        kind: `Command`, `Case`, `Record`, `Series`.
        detail: What stands at the right: keys, dates.
    """

    kind: str
    text: str
    detail: str
    run: Callable[[], object]


def matching(entries: Iterable[Entry], typed: str) -> list[Entry]:
    """Entries in which every typed word occurs; those that begin with the first word come first."""
    words = typed.casefold().split()
    found = [
        entry
        for entry in entries
        if all(word in f"{entry.kind} {entry.text} {entry.detail}".casefold() for word in words)
    ]
    if words:
        found.sort(key=lambda entry: not entry.text.casefold().startswith(words[0]))
    return found[:_MOST]


class Palette(Overlay):
    """A line to type into and what matches."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 640)
        self.setAccessibleName("Find")
        self._entries: tuple[Entry, ...] = ()
        self._found: list[Entry] = []
        self._line = QLineEdit()
        self._line.setPlaceholderText("Find a command, case, record or series")
        self._line.setAccessibleName("Find a command, case, record or series")
        self._list = QListWidget()
        self._list.setAccessibleName("Found")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label("Nothing matches. Try fewer letters.", "muted")
        self.column.addWidget(self._line)
        self.column.addWidget(self._list)
        self.column.addWidget(self._nothing)
        self._line.textChanged.connect(self._filter)
        self._line.returnPressed.connect(self._run)
        self._line.installEventFilter(self)
        self._list.itemClicked.connect(lambda _item: self._run())

    def offer(self, entries: Iterable[Entry]) -> None:
        """Show the palette with what can be done now."""
        self._entries = tuple(entries)
        self._line.clear()
        self._filter("")
        self.open()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def add(self, entries: Iterable[Entry]) -> None:
        """More to find, which took a moment to read."""
        self._entries = (*self._entries, *entries)
        if self.isVisible():
            self._filter(self._line.text())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: arrows move in the list while the caret stays in the line."""
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            moved = step.get(Qt.Key(event.key()), 0)
            if moved and self._found:
                self._list.setCurrentRow(min(max(self._list.currentRow() + moved, 0), len(self._found) - 1))
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self._found = matching(self._entries, typed)
        self._list.clear()
        for entry in self._found:
            item = QListWidgetItem(self._list)
            item.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{entry.kind}: {entry.text}, {entry.detail}")
            widget = _row(entry)
            item.setSizeHint(QSize(0, _ROW))
            self._list.setItemWidget(item, widget)
        self._list.setCurrentRow(0)
        self._list.setFixedHeight(min(len(self._found), 12) * _ROW + 4)
        self._list.setVisible(bool(self._found))
        self._nothing.setVisible(not self._found)

    def _run(self) -> None:
        place = self._list.currentRow()
        if 0 <= place < len(self._found):
            self.dismiss()
            self._found[place].run()


def _row(entry: Entry) -> QWidget:
    widget = QWidget()
    row = QHBoxLayout(widget)
    row.setContentsMargins(8, 0, 8, 0)
    row.setSpacing(12)
    kind = label(entry.kind, "small")
    kind.setFixedWidth(64)
    row.addWidget(kind)
    row.addWidget(label(entry.text), 1)
    row.addWidget(label(entry.detail, "small"))
    widget.setFixedHeight(_ROW)
    return widget
