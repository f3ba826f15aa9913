"""Editors of single fields: prose, a line, a few choices, a flag."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QCompleter, QLineEdit, QPushButton, QVBoxLayout, QWidget

from reviewer_app.ui.opinion.assist import Assist
from reviewer_app.ui.opinion.prose import UNDO, Prose, asks_undo
from reviewer_app.ui.opinion.state import Field, FieldKind
from reviewer_app.ui.widgets.flow import Flow
from reviewer_app.ui.widgets.text import button, label


class Line(QLineEdit):
    """One line; undo belongs to the whole opinion.

    Signals:
        entered: The caret came in.
    """

    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the caret came in."""
        super().focusInEvent(event)
        self.entered.emit()

    def event(self, event: QEvent) -> bool:
        """Let the keys of undo through to the command of the whole opinion."""
        return False if asks_undo(event) else super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave undo to the opinion."""
        if any(event.matches(key) for key in UNDO):
            event.ignore()
            return
        super().keyPressEvent(event)


class FieldEditor(QWidget):
    """A field with its caption.

    Signals:
        edited: (name, text) after every change by the user.
        entered: The caret came in.
    """

    edited = Signal(str, str)
    entered = Signal()

    def __init__(self, field: Field, assist: Assist, *, alone: bool) -> None:
        super().__init__()
        self._name = field.name
        self._assist = assist
        self._text = field.text
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if not alone and field.kind is not FieldKind.FLAG:
            column.addWidget(label(field.label, "small"))
        build = {
            FieldKind.PROSE: self._prose,
            FieldKind.LINE: self._line,
            FieldKind.CHOICE: self._choice,
            FieldKind.CHOICES: self._choice,
            FieldKind.FLAG: self._flag,
        }[field.kind]
        self._put: Callable[[str], None]
        column.addWidget(build(field))

    def show_field(self, field: Field) -> None:
        """Show the text, unless it is what stands there already (the caret stays where it is)."""
        self.setVisible(field.shown)
        if field.text != self._text:
            self._text = field.text
            self._put(field.text)

    def focus(self) -> None:
        """Put the caret here."""
        target = self.focusProxy() or self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _changed(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.edited.emit(self._name, text)

    def _prose(self, field: Field) -> QWidget:
        box = Prose(field.name, self._assist)
        box.setPlaceholderText(field.hint)
        box.setObjectName(field.name)
        box.setAccessibleName(field.label)
        box.setPlainText(field.text)
        box.textChanged.connect(lambda: self._changed(box.toPlainText()))
        box.entered.connect(self.entered)
        self._put = box.put
        self.setFocusProxy(box)
        return box

    def _line(self, field: Field) -> QWidget:
        line = Line()
        line.setPlaceholderText(field.hint)
        line.setObjectName(field.name)
        line.setAccessibleName(field.label)
        line.setText(field.text)
        if field.choices:
            line.setCompleter(_completer(field, line))
        line.textChanged.connect(self._changed)
        line.entered.connect(self.entered)
        self._put = line.setText
        self.setFocusProxy(line)
        return line

    def _choice(self, field: Field) -> QWidget:
        row = Flow()
        buttons: dict[str, QPushButton] = {}
        for value, words in field.choices:
            buttons[value] = chosen = button(words, "chip", name=f"{field.label}: {words}", checkable=True)
            if field.kind is FieldKind.CHOICES:
                chosen.clicked.connect(lambda: self._choose(buttons, _checked(buttons)))
            else:
                chosen.clicked.connect(lambda on, value=value: self._choose(buttons, value if on else ""))
            row.add(chosen)
        self._put = lambda text: _check(buttons, text)
        self._put(field.text)
        if buttons:
            self.setFocusProxy(next(iter(buttons.values())))
        return row

    def _choose(self, buttons: dict[str, QPushButton], value: str) -> None:
        _check(buttons, value)
        self.entered.emit()
        self._changed(value)

    def _flag(self, field: Field) -> QWidget:
        box = QCheckBox(field.label)
        box.setObjectName(field.name)
        box.setAccessibleName(field.label)
        box.setChecked(bool(field.text))
        box.toggled.connect(lambda on: self._changed("yes" if on else ""))
        self._put = lambda text: box.setChecked(bool(text))
        self.setFocusProxy(box)
        return box


def _completer(field: Field, line: QLineEdit) -> QCompleter:
    """Words that hold what is typed."""
    made = QCompleter([words for _value, words in field.choices], line)
    made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    made.setFilterMode(Qt.MatchFlag.MatchContains)
    return made


def _check(buttons: dict[str, QPushButton], value: str) -> None:
    for known, chosen in buttons.items():
        chosen.setChecked(known in value.splitlines())


def _checked(buttons: dict[str, QPushButton]) -> str:
    return "\n".join(value for value, chosen in buttons.items() if chosen.isChecked())
