"""The series rail: studies newest first, their series as cards with a thumbnail.

A card is chosen by click or Enter; arrows move between cards while the rail has the focus.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import with_modality
from reviewer_app.ui import theme
from reviewer_app.ui.viewer.dropping import drag_card
from reviewer_app.ui.viewer.state import SeriesCard, StudyGroup
from reviewer_app.ui.widgets.text import label

_PICTURE = 72
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


def _card_size() -> QSize:
    """Room for two lines of a title and two below it, in the user's size of text."""
    return QSize(max(208, theme.size(208)), max(84, theme.size(84)))


class Rail(QScrollArea):
    """All studies side by side, newest at the left.

    Signals:
        chosen: A series (SeriesUid) to be shown in the active tile.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Series")
        self._cards: dict[SeriesUid, Card] = {}
        self._fit()
        self._thumbnails: dict[SeriesUid, QImage] = {}
        self._groups: tuple[StudyGroup, ...] = ()

    def show_groups(self, groups: tuple[StudyGroup, ...]) -> None:
        """Show these studies; cards that stay are kept, so the focus is not lost."""
        if [[card.uid for card in group.cards] for group in groups] != [
            [card.uid for card in group.cards] for group in self._groups
        ] or len(groups) != len(self._groups):
            self._build(groups)
        self._groups = groups
        for group in groups:
            for card in group.cards:
                self._cards[card.uid].show_card(card)

    def show_thumbnail(self, uid: SeriesUid, image: QImage) -> None:
        """Put a picture on a card."""
        self._thumbnails[uid] = image
        if uid in self._cards:
            self._cards[uid].show_thumbnail(image)

    def reveal(self, uid: SeriesUid) -> None:
        """Scroll to a card."""
        if uid in self._cards:
            self.ensureWidgetVisible(self._cards[uid], 24, 0)

    def _build(self, groups: tuple[StudyGroup, ...]) -> None:
        page = QWidget()
        page.setProperty("role", "page")
        row = QHBoxLayout(page)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(16)
        self._cards = {}
        for group in groups:
            row.addLayout(self._column(group))
        row.addStretch(1)
        self.setWidget(page)

    def _column(self, group: StudyGroup) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(label(group.title, "small"))
        cards = QHBoxLayout()
        cards.setSpacing(4)
        for known in group.cards:
            card = Card(known)
            card.clicked.connect(lambda _checked=False, uid=known.uid: self.chosen.emit(uid))
            card.stepped.connect(self._step)
            if known.uid in self._thumbnails:
                card.show_thumbnail(self._thumbnails[known.uid])
            self._cards[known.uid] = card
            cards.addWidget(card)
        if group.note:
            note = label(group.note, "small", wrap=True)
            note.setFixedWidth(_card_size().width())
            cards.addWidget(note)
        cards.addStretch(1)
        column.addLayout(cards)
        column.addStretch(1)
        return column

    def changeEvent(self, event: QEvent) -> None:
        """The user chose another size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(_card_size().height() + theme.size(theme.SMALL) + 32)
        for card in self._cards.values():
            card.setFixedSize(_card_size())

    def _step(self, by: int) -> None:
        cards = list(self._cards.values())
        here = next((place for place, card in enumerate(cards) if card.hasFocus()), None)
        if here is not None and 0 <= here + by < len(cards):
            cards[here + by].setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(cards[here + by], 24, 0)


class Card(QAbstractButton):
    """One series.

    Signals:
        stepped: An arrow key asks for the card before (-1) or after (1).
    """

    stepped = Signal(int)

    def __init__(self, card: SeriesCard) -> None:
        super().__init__()
        self._card = card
        self._thumbnail: QImage | None = None
        self._pressed = QPoint()
        self.setFixedSize(_card_size())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_card(card)

    @property
    def uid(self) -> SeriesUid:
        """The series."""
        return self._card.uid

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click, or the beginning of a drag to a tile."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged far enough, the card goes along."""
        away = (event.position().toPoint() - self._pressed).manhattanLength()
        if event.buttons() & Qt.MouseButton.LeftButton and away >= QApplication.startDragDistance():
            self.setDown(False)
            drag_card(self, self.grab())
            return
        super().mouseMoveEvent(event)

    def show_card(self, card: SeriesCard) -> None:
        """Show this series."""
        self._card = card
        said = [with_modality((card.modality,), card.title), card.count]
        said += ["complete offline"] if card.offline else []
        said += [card.missing] if card.missing else []
        said += [f"perhaps not this patient: {card.stranger}"] if card.stranger else []
        said += ["on screen"] if card.shown else []
        said += card.problems
        self.setAccessibleName(", ".join(said))
        self.setToolTip("\n".join(said))
        self.update()

    def show_thumbnail(self, image: QImage) -> None:
        """Show this picture."""
        self._thumbnail = image
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keys of a card go before the commands of the pane that use the same ones."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Enter and Space choose."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.stepped.emit(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Thumbnail at the left, words at the right, marks below."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter)
        self._paint_picture(painter)
        self._paint_words(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        card = self._card
        ground = "selected" if card.shown else "hover" if self.underMouse() else "raised"
        painter.setBrush(theme.colour(ground))
        edge = "accent" if card.shown or self.hasFocus() else "line"
        painter.setPen(QPen(theme.colour(edge), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _paint_picture(self, painter: QPainter) -> None:
        area = QRectF(6, 6, _PICTURE, _PICTURE)
        painter.fillRect(area, theme.colour("image_black"))
        if self._thumbnail is not None and not self._card.stranger:
            size = self._thumbnail.size().scaled(_PICTURE, _PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            place = QPointF(6 + (_PICTURE - size.width()) / 2, 6 + (_PICTURE - size.height()) / 2)
            painter.drawImage(QRectF(place, size.toSizeF()), self._thumbnail)
            return
        painter.setPen(QColor(theme.tokens().on_image))
        painter.setFont(theme.font(theme.BODY if len(self._card.modality) < 5 else theme.SMALL))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "?" if self._card.stranger else self._card.modality)

    def _paint_words(self, painter: QPainter) -> None:
        card = self._card
        left, wide = 6 + _PICTURE + 8, self.width() - _PICTURE - 22
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(theme.colour("text" if card.viewable else "muted"))
        metrics = painter.fontMetrics()
        for row, words in enumerate(two_lines(card.title, metrics, wide)):
            painter.drawText(QPointF(left, 6 + metrics.ascent() + row * metrics.height()), words)
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.colour("muted"))
        high = painter.fontMetrics().height()
        painter.drawText(
            QRectF(left, self.height() - 2 * high - 7, wide, high),
            Qt.AlignmentFlag.AlignVCenter,
            f"{card.modality}   {card.count}",
        )
        mark, colour = card_mark(card)
        painter.setPen(theme.colour(colour))
        painter.drawText(QRectF(left, self.height() - high - 6, wide, high), Qt.AlignmentFlag.AlignVCenter, mark)


def two_lines(text: str, metrics: QFontMetrics, wide: int) -> tuple[str, ...]:
    """A title in at most two lines: broken between words where that is possible, the second one elided."""
    if metrics.horizontalAdvance(text) <= wide:
        return (text,)
    words = text.split(" ")
    count = max((n for n in range(1, len(words)) if metrics.horizontalAdvance(" ".join(words[:n])) <= wide), default=0)
    if not count:
        return (metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide),)
    rest = metrics.elidedText(" ".join(words[count:]), Qt.TextElideMode.ElideRight, wide)
    return " ".join(words[:count]), rest


def card_mark(card: SeriesCard) -> tuple[str, str]:
    """The mark of a card, as (words with their sign, colour token): the gravest thing only."""
    if card.stranger:
        return "▲ other patient?", "danger"
    if card.problems:
        return f"▲ {card.missing or 'see warnings'}", "warn"
    if card.missing:
        return f"◐ {card.missing}", "warn"
    if card.offline:
        return "✓ offline", "good"
    return "", "muted"
