"""Cards of the settings page that ask for more than a preference: the programmes, and the passphrase."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.domain.profile import AuthKind, Server
from reviewer_app.ui.settings.state import SettingsState
from reviewer_app.ui.widgets.fields import Field
from reviewer_app.ui.widgets.flow import empty
from reviewer_app.ui.widgets.programme import ProgrammeFields
from reviewer_app.ui.widgets.text import button, frame, label

_REMOVED = "No case of it can be opened any more; erase them under Storage. Its login is forgotten."


def card(heading: str, sentence: str) -> tuple[QFrame, QVBoxLayout]:
    """A card of the page and the column to fill."""
    made = frame("card")
    made.setFixedWidth(440)
    column = QVBoxLayout(made)
    column.setContentsMargins(20, 16, 20, 16)
    column.setSpacing(12)
    column.addWidget(label(heading, "heading"))
    if sentence:
        column.addWidget(label(sentence, "muted", wrap=True))
    return made, column


class Programmes(QWidget):
    """The programmes cases come from, and the form for another one or another login."""

    ask = Signal(object)
    """A Server whose login shall be changed, or None for a new programme."""
    put_away = Signal()
    connect_to = Signal(object)
    remove = Signal(object)
    """A Server that shall be forgotten, and once more when it is meant."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[Server, ...], str] | None = None
        self._asked: tuple[bool, Server | None] = (False, None)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card("Servers", "Where your cases come from and your opinions go.")
        outer.addWidget(made)
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        column.addLayout(self._list)
        self.add = button("Add a programme")
        self.add.clicked.connect(lambda: self.ask.emit(None))
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._form = QWidget()
        column.addWidget(self._form)
        inside = QVBoxLayout(self._form)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        self.fields = ProgrammeFields()
        self._problem = label("", "warn", wrap=True, name="Problem")
        self.check = button("Check and connect", "primary")
        self._cancel = button("Cancel", "link", name="Cancel the programme")
        self.check.clicked.connect(lambda: self.connect_to.emit(self.fields.form()))
        self._cancel.clicked.connect(self.put_away)
        row = QHBoxLayout()
        row.addWidget(self.check)
        row.addWidget(self._cancel)
        row.addStretch(1)
        inside.addWidget(self.fields)
        inside.addWidget(self._problem)
        inside.addLayout(row)

    def show_state(self, state: SettingsState) -> None:
        """Show the programmes; what is being typed stays while the same programme is asked about."""
        shown = (state.servers, state.removing)
        if shown != self._shown and (state.servers or not state.busy):
            self._shown = shown
            self._fill_list(*shown)
        asked = (state.asking, state.asked_of)
        if asked != self._asked:
            self._asked = asked
            self.fields.fill(state.asked_of)
            self.check.setText("Check and keep" if state.asked_of else "Check and connect")
        self._form.setVisible(state.asking)
        self.add.setVisible(not state.asking)
        self._problem.setText(str(state.problem) if state.problem else "")
        self._problem.setVisible(state.problem is not None)
        for widget in (self.fields, self.check, self.add):
            widget.setEnabled(not state.busy)

    def _fill_list(self, servers: tuple[Server, ...], removing: str) -> None:
        empty(self._list)
        for server in servers:
            self._list.addWidget(self._line(server, asked=server.id == removing))
        if not servers:
            self._list.addWidget(label("None yet: no cases can be fetched.", "warn", wrap=True))

    def _line(self, server: Server, *, asked: bool) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(server.fhir_url, "strong", wrap=True))
        for line in (server.dicomweb_url or "no image server", _signs_in(server)):
            words.addWidget(label(line, "small", wrap=True))
        change = button("Change login", name=f"Change the login of {server.fhir_url}")
        change.clicked.connect(lambda: self.ask.emit(server))
        if asked:
            words.addWidget(label(_REMOVED, "warn", wrap=True))
        remove = button("Remove for good" if asked else "Remove", name=f"Remove {server.fhir_url}")
        remove.clicked.connect(lambda: self.remove.emit(server))
        acts = QVBoxLayout()
        acts.addWidget(change)
        acts.addWidget(remove)
        if asked:
            keep = button("Keep", "link", name=f"Keep {server.fhir_url}")
            keep.clicked.connect(self.put_away)
            acts.addWidget(keep)
        acts.addStretch(1)
        row.addLayout(words, 1)
        row.addLayout(acts)
        return made


class Passphrase(QWidget):
    """Change what opens the vault."""

    change = Signal(str, str, str)

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        made, column = card("Passphrase", "Opens the vault. The recovery key on paper stays valid.")
        outer.addWidget(made)
        self.present = Field("Present passphrase", secret=True)
        self.first = Field("New passphrase, at least 12 characters", secret=True)
        self.second = Field("The new one again", secret=True)
        self.button = button("Change passphrase")
        self.button.clicked.connect(self._ask)
        for field in (self.present, self.first, self.second):
            column.addWidget(field)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask(self) -> None:
        self.change.emit(self.present.text, self.first.text, self.second.text)
        for field in (self.present, self.first, self.second):
            field.clear()


def _signs_in(server: Server) -> str:
    records, images = server.fhir_auth, server.dicomweb_auth
    if records == images or not server.dicomweb_url:
        return _login(records.kind, records.user)
    return f"records: {_login(records.kind, records.user)}; images: {_login(images.kind, images.user)}"


def _login(kind: AuthKind, user: str) -> str:
    return {AuthKind.BASIC: f"user {user}", AuthKind.BEARER: "token", AuthKind.NONE: "no login"}[kind]
