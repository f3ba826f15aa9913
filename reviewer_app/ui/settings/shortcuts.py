"""The card of the settings that lists every command with its keys and changes them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.actions import Command, When, commands, native, rebind, usual_keys
from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.text import button, label, set_role

_HEIGHT = 260
_WIDEST, _PADDING = "Ctrl+Shift+Right", 20
_ID = Qt.ItemDataRole.UserRole


class Shortcuts(QWidget):
    """Commands by where they work, filtered by words or keys; the selected one gets other keys.

    Signals:
        chosen: A command (str) and its new key sequence in portable text (str), empty for none.
        reset: A command (str) that shall have its usual keys.
        reset_all: All shall have them.
    """

    chosen = Signal(str, str)
    reset = Signal(str)
    reset_all = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card("Shortcuts", "Select a command, then press its new keys.")
        outer.addWidget(made)
        self.search = Field("Find a command or a key")
        self.search.line.textChanged.connect(lambda _text: self._fill())
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Command", "Keys"])
        self.list.setAccessibleName("Commands and their keys")
        self.list.setFixedHeight(_HEIGHT)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(8)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.list.itemSelectionChanged.connect(self._selected)
        self.keys = QKeySequenceEdit()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setAccessibleName("New keys of the command")
        self.keys.keySequenceChanged.connect(lambda _keys: self._allow())
        self.set, self.clear = button("Use these keys", "primary"), button("No keys", "quiet")
        self.usual, self.all_usual = button("Usual keys", "quiet"), button("Reset all keys", "link")
        self.said = label("", "warn", wrap=True, name="Result of changing keys")
        self.set.clicked.connect(lambda: self.chosen.emit(self._id(), self._typed()))
        self.clear.clicked.connect(lambda: self.chosen.emit(self._id(), ""))
        self.usual.clicked.connect(lambda: self.reset.emit(self._id()))
        self.all_usual.clicked.connect(self.reset_all)
        self._lay_out(column)
        self._fill()

    def _lay_out(self, column: QVBoxLayout) -> None:
        typed, others = QHBoxLayout(), QHBoxLayout()
        typed.addWidget(self.keys, 1)
        typed.addWidget(self.set)
        for made in (self.clear, self.usual):
            others.addWidget(made)
        others.addStretch(1)
        others.addWidget(self.all_usual)
        for widget in (self.search, self.list):
            column.addWidget(widget)
        column.addLayout(typed)
        column.addLayout(others)
        column.addWidget(self.said)

    def show_keys(self, said: str = "", *, problem: bool = False) -> None:
        """List the keys as they are now, and give them to everything in this window."""
        self._fill()
        self.said.setText(said)
        set_role(self.said, "warn" if problem else "good")
        rebind(self.window())

    def _fill(self) -> None:
        before = self._id()
        self.list.setColumnWidth(1, self.list.fontMetrics().horizontalAdvance(_WIDEST) + _PADDING)
        words = self.search.text.casefold().split()
        self.list.clear()
        for when in When:
            offered = [known for known in commands() if known.when is when and _found(known, words)]
            if not offered:
                continue
            group = QTreeWidgetItem(self.list, [when.value])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setFirstColumnSpanned(True)
            for known in offered:
                changed = known.keys != usual_keys(known.id)
                item = QTreeWidgetItem(group, [known.text, f"{_shown(known)}{' *' if changed else ''}"])
                item.setData(0, _ID, known.id)
                item.setToolTip(1, _shown(known))
                item.setToolTip(
                    0, f"{known.text}\nUsual keys: {' or '.join(map(native, usual_keys(known.id))) or 'none'}"
                )
                if known.id == before:
                    item.setSelected(True)
        self.list.expandAll()
        self._allow()

    def _selected(self) -> None:
        self.keys.clear()
        self._allow()

    def _allow(self) -> None:
        one = bool(self._id())
        self.set.setEnabled(one and bool(self._typed()))
        for made in (self.keys, self.clear, self.usual):
            made.setEnabled(one)

    def _id(self) -> str:
        return next((str(item.data(0, _ID)) for item in self.list.selectedItems()), "")

    def _typed(self) -> str:
        return self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)


def _shown(known: Command) -> str:
    return " or ".join(map(native, known.keys)) or "none"


def _found(known: Command, words: list[str]) -> bool:
    said = f"{known.text} {_shown(known)} {known.when.value}".casefold()
    return all(word in said for word in words)
