"""Cards about the vault itself: whether it is written and its log; what each case takes, and erasing one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.ui.settings.cards import card
from reviewer_app.ui.settings.house_state import HouseState, Stored
from reviewer_app.ui.widgets.flow import empty
from reviewer_app.ui.widgets.text import button, label, set_role

_GUARDED = "The keyring of this computer and the servers would notice if an older copy of the vault were put back."
_UNGUARDED = "No keyring of this computer is used: only the servers would notice if an older copy were put back."


class VaultCard(QWidget):
    """Whether the vault is written, and its audit log."""

    check = Signal()
    go_on = Signal()
    keep = Signal()

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card(
            "Vault and audit",
            "Every unlock, view, signature and transfer is in a log that cannot be changed unnoticed.",
        )
        outer.addWidget(made)
        self._read_only = label("", "warn", wrap=True, name="Read only")
        self.going_on = button("Go on with this copy")
        self._sure = button("What the newer copy held is lost: go on", "primary")
        self._back = button("Keep reading only", "link")
        self._guarded = label("", "small", wrap=True, name="Older copies")
        self._log = label("", "good", wrap=True, name="Audit log")
        self.checking = button("Check the log")
        self.checking.clicked.connect(self.check)
        self.going_on.clicked.connect(self.go_on)
        self._sure.clicked.connect(self.go_on)
        self._back.clicked.connect(self.keep)
        for widget in (self._read_only, self.going_on, self._sure, self._back, self._guarded, self._log, self.checking):
            column.addWidget(widget)
            if not widget.property("role"):
                column.setAlignment(widget, Qt.AlignmentFlag.AlignLeft)

    def show_state(self, state: HouseState) -> None:
        """Show how the vault is."""
        self._read_only.setText(state.read_only)
        self._read_only.setVisible(bool(state.read_only))
        self.going_on.setVisible(bool(state.read_only) and not state.going_on)
        for widget in (self._sure, self._back):
            widget.setVisible(bool(state.read_only) and state.going_on)
        self._guarded.setText(_GUARDED if state.guarded else _UNGUARDED)
        self._log.setText("\n".join(state.log))
        self._log.setVisible(bool(state.log))
        set_role(self._log, "warn" if state.log_wrong else "good")
        for widget in (self.checking, self.going_on, self._sure):
            widget.setEnabled(not state.busy)


class StorageCard(QWidget):
    """What each case takes on this machine."""

    erase = Signal(object)
    """A case whose erasing is asked for, and once more when it is meant."""
    keep = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card(
            "Storage", "Cases on this machine. Erasing destroys the key of a case: nothing can bring it back."
        )
        outer.addWidget(made)
        self._problem = label("", "warn", wrap=True, name="Problem")
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._total = label("", "small", name="Together")
        column.addWidget(self._problem)
        column.addLayout(self._list)
        column.addWidget(self._total)

    def show_state(self, state: HouseState) -> None:
        """List the cases; the one to be erased asks once more."""
        self._problem.setText(state.problem)
        self._problem.setVisible(bool(state.problem))
        self._total.setText(f"{state.total} together" if state.stored else "No case is on this machine.")
        shown = (state.stored, state.confirm, state.busy)
        if shown != self._shown:
            self._shown = shown
            empty(self._list)
            for one in state.stored:
                self._list.addWidget(self._line(one, asked=one.case == state.confirm, busy=state.busy))

    def _line(self, one: Stored, *, asked: bool, busy: bool) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(one.name, "strong", wrap=True))
        words.addWidget(label(one.detail, "small", wrap=True))
        row.addLayout(words, 1)
        if asked:
            keep = button("Keep", "link", name=f"Keep {one.name}")
            keep.clicked.connect(self.keep)
            row.addWidget(keep, 0, Qt.AlignmentFlag.AlignTop)
        said = ("Erase with its draft" if one.draft else "Erase for good") if asked else "Erase"
        erase = button(said, name=f"{said}: {one.name}", tip=one.hindrance)
        erase.setEnabled(not one.hindrance and not busy)
        erase.clicked.connect(lambda: self.erase.emit(one.case))
        row.addWidget(erase, 0, Qt.AlignmentFlag.AlignTop)
        return made
