"""Accept and decline, edited in place below the preview."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from reviewer_app.domain.case import DeclineReason
from reviewer_app.ui.widgets.text import button, label

_SENTENCES = (
    "I am not involved in the treatment and have no conflict of interest.",
    "The questions lie within my field.",
    "I can meet the date it is due.",
)


class AcceptEditor(QWidget):
    """Three confirmations; only with all of them the case can be accepted."""

    accept = Signal(bool, bool, bool)
    cancel = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Accept the case")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("To accept, confirm all three", "strong"))
        self.boxes: list[QCheckBox] = []
        for sentence in _SENTENCES:
            box = QCheckBox()
            box.setAccessibleName(sentence)
            box.toggled.connect(self._fit)
            self.boxes.append(box)
            column.addWidget(_Sentence(box, sentence))
        column.addSpacing(4)
        self.main = button("Accept the case", "primary")
        self.main.clicked.connect(lambda: self.accept.emit(*(box.isChecked() for box in self.boxes)))
        column.addLayout(_buttons(self.main, self.cancel))
        self._fit()

    def begin(self) -> None:
        """Nothing is confirmed beforehand."""
        for box in self.boxes:
            box.setChecked(False)
        self.boxes[0].setFocus()

    def _fit(self) -> None:
        self.main.setEnabled(all(box.isChecked() for box in self.boxes))


class _Sentence(QWidget):
    """A box with its sentence, which may take several lines and is clicked like the box."""

    def __init__(self, box: QCheckBox, sentence: str) -> None:
        super().__init__()
        self._box = box
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        text = label(sentence, wrap=True)
        text.setContentsMargins(0, 4, 0, 4)
        row.addWidget(text, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt: a click anywhere on the sentence."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._box.click()


class DeclineEditor(QWidget):
    """The reason, and words where they are needed."""

    decline = Signal(object, str)
    cancel = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Decline the case")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Why do you decline?", "strong"))
        self.reason = QComboBox()
        self.reason.setAccessibleName("Reason")
        self.reason.addItem("Choose a reason", None)
        for reason in DeclineReason:
            self.reason.addItem(reason.shown, reason)
        self.words = QPlainTextEdit()
        self.words.setAccessibleName("In your words")
        self.words.setPlaceholderText("In your words; the programme reads this")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(72)
        self.main = button("Decline the case", "primary")
        self.main.clicked.connect(
            lambda: self.decline.emit(self.reason.currentData(), self.words.toPlainText().strip())
        )
        self.reason.currentIndexChanged.connect(self._fit)
        self.words.textChanged.connect(self._fit)
        column.addWidget(self.reason)
        column.addWidget(self.words)
        column.addLayout(_buttons(self.main, self.cancel))
        self._fit()

    def begin(self) -> None:
        """Nothing is chosen beforehand."""
        self.reason.setCurrentIndex(0)
        self.words.clear()
        self.reason.setFocus()

    def _fit(self) -> None:
        reason = self.reason.currentData()
        worded = bool(self.words.toPlainText().strip())
        self.main.setEnabled(reason is not None and (worded or reason is not DeclineReason.OTHER))


def _buttons(main: QPushButton, cancel: object) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    back = button("Not yet", "quiet")
    back.clicked.connect(cancel)
    row.addWidget(main)
    row.addWidget(back)
    row.addStretch(1)
    return row
