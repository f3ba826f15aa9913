"""Text, waveforms and pages to be read in a tile, with a line to search the text; covers its viewport."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.domain.reading import Reading
from reviewer_app.domain.record import Page
from reviewer_app.ui.viewer.strip import Strip
from reviewer_app.ui.viewer.texts import identity_lines
from reviewer_app.ui.widgets.text import label

_OWN_KEYS = (
    Qt.Key.Key_Escape,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)
"""What closes and scrolls here; the arrows to the sides stay with the pane and show the series before and after."""


class ReadingPane(QFrame):
    """Shown while its viewport has something to be read.

    Signals:
        closed: Escape was pressed.
    """

    closed = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setProperty("role", "card")
        self.setAutoFillBackground(True)
        self.setAccessibleName("To be read")
        self._over = over
        self._reading: Reading | None = None
        self._built = False
        over.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        """Fill the pane; only once there is something to be read, because every viewport has a pane."""
        self._built = True
        self._title = label("", "strong")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._note = label("", "muted", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search")
        self._search.setAccessibleName("Search the text")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._find)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Text")
        self._room = QScrollArea()
        self._room.setWidgetResizable(True)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._search, 1)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self._note)
        column.addWidget(self._room, 2)
        column.addWidget(self._text, 1)

    def say(self, reading: Reading | None) -> None:
        """Show this, or nothing for None."""
        if reading is self._reading:
            return
        self._reading = reading
        if reading is None:
            had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
            self.hide()
            if had_focus:
                self._over.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if not self._built:
            self._build()
        said = identity_lines(reading.identity) if reading.identity is not None else ()
        self._title.setText("     ".join(filter(None, (*said, reading.title))))
        self._note.setText(reading.note)
        self._note.setVisible(bool(reading.note))
        self._search.clear()
        self._search.setVisible(bool(reading.lines))
        self._text.setVisible(bool(reading.lines))
        self._show_pictures(reading)
        self._find("")
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        if reading.searched:
            self._search.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._over.hasFocus():
            (self._room if self._room.isVisible() else self._text).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def shown_text(self) -> str:
        """The lines that the search leaves."""
        return self._text.toPlainText()

    def search(self, words: str) -> None:
        """Leave only lines that hold every one of these words."""
        self._search.setText(words)

    def _find(self, words: str) -> None:
        reading = self._reading
        if reading is None:
            return
        wanted = words.casefold().split()
        lines = (line for line in reading.lines if all(word in line.casefold() for word in wanted))
        self._text.setPlainText("\n".join(lines) or "Nothing in it holds these words.")

    def _show_pictures(self, reading: Reading) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        for waveform in reading.waveforms:
            column.addWidget(Strip(waveform))
        for known in reading.pages:
            column.addWidget(Sheet(known))
        column.addStretch(1)
        self._room.setWidget(page)
        self._room.setVisible(bool(reading.waveforms or reading.pages))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: stay as large as the viewport."""
        if watched is self._over and event.type() is QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    def event(self, event: QEvent) -> bool:
        """Escape and the keys that scroll belong to what is read, not to the pictures below."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and event.key() in _OWN_KEYS
            and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Sheet(QWidget):
    """One page, as wide as it was drawn, or as there is room."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page  # holds the pixels that the image shows
        self._image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(f"Page {page.index + 1} of {page.count}")
        self.setAccessibleDescription(page.text[:4000])

    def sizeHint(self) -> QSize:
        """Qt: all of it."""
        return self._image.size()

    def heightForWidth(self, width: int) -> int:
        """Qt: in proportion."""
        return round(min(width, self._page.width) * self._page.height / self._page.width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the page in the middle, never enlarged."""
        _ = event
        wide = min(self.width(), self._page.width)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF((self.width() - wide) / 2, 0, wide, self.heightForWidth(wide)), self._image)
