"""Pages of a document one below the other: continuous scroll, zoom, fit to width, words selected with the mouse.

Pages are asked for when they come into view and painted when they arrive; until then their place is held.  What is
not here: rendering (the worker does it) and what the words under the pointer are (`placed`).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from reviewer_app.domain.record import Page, PlacedWord
from reviewer_app.ui import theme
from reviewer_app.ui.records import placed
from reviewer_app.ui.records.state import Lit

_GAP, _A4 = 12, 297 / 210
_ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_KEPT = 8
"""Rendered pages kept around the one in view; an A4 page at 1,000 pixels is about 6 MB."""


class PagesView(QAbstractScrollArea):
    """Shows pages.

    Signals:
        wanted: Indices (from 0) of the pages to render, the nearest first, and their width in pixels.
        turned: Number of the page in view, from 1.
        picked: Page (from 0) and stretch of its words that the mouse selected, or None.
    """

    wanted = Signal(object, int)
    turned = Signal(int)
    picked = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._zoom = 1.0
        self._shapes: list[float] = []
        self._tops: list[int] = []
        self._images: dict[int, QImage] = {}
        self._problems: dict[int, str] = {}
        self._asked: tuple[tuple[int, ...], int] = ((), 0)
        self._current = 0
        self._words: dict[int, Sequence[PlacedWord]] = {}
        self._lit: tuple[Lit, ...] = ()
        self._grip: tuple[int, int] | None = None
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pages of the document")
        # a bar that comes and goes would change the width, hence the height, hence the bar, without end
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setSingleStep(40)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)

    @property
    def current(self) -> int:
        """The page in view, from 1; 0 where there are none."""
        return self._current

    @property
    def zoom(self) -> float:
        """Width of a page relative to the width of the pane."""
        return self._zoom

    def sizeHint(self) -> QSize:
        """Qt: room for a page."""
        return QSize(480, 600)

    def begin(self, count: int) -> None:
        """Start a document of so many pages at its first page."""
        self._count = count
        self._shapes = [_A4] * count
        self._images, self._problems, self._asked = {}, {}, ((), 0)
        self._words, self._lit, self._grip = {}, (), None
        self._current = 1 if count else 0
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._ask()

    def show_page(self, page: Page) -> None:
        """Take a rendered page; one of a document that is no longer open must not be given."""
        if not 0 <= page.index < self._count:
            return
        picture = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        self._images[page.index] = picture.copy()
        for index in sorted(self._images, key=lambda at: abs(at - (self._current - 1)))[_KEPT:]:
            del self._images[index]
        shape = page.height / max(page.width, 1)
        if abs(shape - self._shapes[page.index]) > 0.001:
            self._shapes[page.index] = shape
            self._arrange()
        self.viewport().update()

    def show_words(self, index: int, words: Sequence[PlacedWord]) -> None:
        """Take the words of a page, which can be selected from now on."""
        self._words[index] = words

    def light(self, lit: tuple[Lit, ...]) -> None:
        """Paint what was found and what is selected over the pages."""
        if lit != self._lit:
            self._lit = lit
            self.viewport().update()

    def reveal(self, lit: Lit) -> None:
        """Bring a place into view; the pages stay where they are if it is there."""
        if not lit.boxes or lit.page >= self._count:
            return
        box = self._over(lit.page, lit.boxes[0])
        view, bar = self.viewport().rect(), self.verticalScrollBar()
        if box.top() < view.top() + _GAP or box.bottom() > view.bottom() - _GAP:
            bar.setValue(bar.value() + int(box.top()) - view.height() // 3)
        across = self.horizontalScrollBar()
        if box.left() < view.left() or box.right() > view.right():
            across.setValue(across.value() + int(box.center().x()) - view.width() // 2)

    def show_problem(self, index: int, problem: str) -> None:
        """Say on the place of a page why it cannot be shown."""
        self._problems[index] = problem
        self.viewport().update()

    def go_to(self, page: int) -> None:
        """Bring a page (from 1) to the top."""
        if self._count:
            page = min(max(page, 1), self._count)
            self.verticalScrollBar().setValue(self._tops[page - 1] - _GAP // 2)

    def set_zoom(self, zoom: float) -> None:
        """Another zoom, the page in view stays in view."""
        if zoom != self._zoom:
            self._zoom = zoom
            self._arrange()
            self._ask()

    def step_zoom(self, by: int) -> None:
        """One step larger (+1) or smaller (-1)."""
        nearest = min(range(len(_ZOOMS)), key=lambda at: abs(_ZOOMS[at] - self._zoom))
        self.set_zoom(_ZOOMS[min(max(nearest + by, 0), len(_ZOOMS) - 1)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: pages follow the width."""
        super().resizeEvent(event)
        self._arrange()
        self._ask()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: with Ctrl the wheel zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: plus and minus zoom, Home and End go to the first and last page, Space scrolls on."""
        bar, key = self.verticalScrollBar(), event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.step_zoom(1)
        elif key == Qt.Key.Key_Minus:
            self.step_zoom(-1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar.setValue(bar.minimum() if key == Qt.Key.Key_Home else bar.maximum())
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            back = key == Qt.Key.Key_PageUp or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            bar.setValue(bar.value() + (-1 if back else 1) * int(bar.pageStep() * 0.9))
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a press on a word begins a passage; beside all words it lets go of the one before."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._grip = self._word_under(event.position())
        if self._grip is None:
            self.picked.emit(self._current - 1, None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt: the passage ends at the word nearest to the pointer."""
        if self._grip is None:
            over = self._word_under(event.position()) is not None
            self.viewport().setCursor(Qt.CursorShape.IBeamCursor if over else Qt.CursorShape.ArrowCursor)
            return
        page, first = self._grip
        last = placed.nearest(self._words[page], *self._fractions(page, event.position()))
        if last is not None:
            self.picked.emit(page, (min(first, last), max(first, last)))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Qt: the passage is selected."""
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt: select one word."""
        under = self._word_under(event.position())
        if under is not None:
            self.picked.emit(under[0], (under[1], under[1]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: the pages in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index in self._in_view():
            box = self._box(index)
            image = self._images.get(index)
            if image is not None:
                painter.drawImage(box, image)
                self._paint_lit(painter, index)
            else:
                painter.fillRect(box, theme.colour("raised"))
                words = self._problems.get(index) or f"Page {index + 1} is being drawn"
                painter.setPen(theme.colour("muted"))
                painter.setFont(theme.font())
                painter.drawText(
                    box.adjusted(24, 24, -24, -24), Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words
                )
            painter.setPen(theme.colour("line"))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _paint_lit(self, painter: QPainter, index: int) -> None:
        """What was found in amber, the place gone to with a frame, the passage in the accent."""
        for lit in self._lit:
            if lit.page != index:
                continue
            colour = theme.colour("accent" if lit.passage else "warn")
            edge = theme.colour("warn")
            colour.setAlpha(90)
            for box in lit.boxes:
                place = self._over(index, box).adjusted(-2, -2, 2, 2)
                painter.fillRect(place, colour)
                if lit.current:
                    painter.setPen(edge)
                    painter.drawRect(place)

    def _over(self, page: int, box: placed.Box) -> QRectF:
        paper = QRectF(self._box(page))
        left, top, right, bottom = box
        return QRectF(
            QPointF(paper.left() + left * paper.width(), paper.top() + top * paper.height()),
            QPointF(paper.left() + right * paper.width(), paper.top() + bottom * paper.height()),
        )

    def _fractions(self, page: int, place: QPointF) -> tuple[float, float]:
        paper = QRectF(self._box(page))
        return (place.x() - paper.left()) / paper.width(), (place.y() - paper.top()) / paper.height()

    def _word_under(self, place: QPointF) -> tuple[int, int] | None:
        """Page and word at a place."""
        page = next((at for at in self._in_view() if self._box(at).contains(place.toPoint())), None)
        if page is None or not self._words.get(page):
            return None
        found = placed.word_at(self._words[page], *self._fractions(page, place))
        return None if found is None else (page, found)

    def _width(self) -> int:
        return max(int((self.viewport().width() - 2 * _GAP) * self._zoom), 60)

    def _box(self, index: int) -> QRect:
        width = self._width()
        left = max((self.viewport().width() - width) // 2, _GAP) - self.horizontalScrollBar().value()
        top = self._tops[index] - self.verticalScrollBar().value()
        return QRect(QPoint(left, top), QSize(width, int(width * self._shapes[index])))

    def _arrange(self) -> None:
        """Place the pages anew and keep what is at the top of the view there."""
        bar, page = self.verticalScrollBar(), max(self._current - 1, 0)
        old_height = self._tops[page + 1] - self._tops[page] if len(self._tops) > page + 1 else 0
        within = (bar.value() - self._tops[page]) / old_height if old_height else 0.0
        top, width = _GAP, self._width()
        tops = []
        for shape in self._shapes:
            tops.append(top)
            top += int(width * shape) + _GAP
        self._tops = [*tops, top]
        view = self.viewport().size()
        bar.setPageStep(view.height())
        bar.setRange(0, max(top - view.height(), 0))
        self.horizontalScrollBar().setPageStep(view.width())
        self.horizontalScrollBar().setRange(0, max(width + 2 * _GAP - view.width(), 0))
        if old_height and self._count:
            bar.setValue(int(self._tops[page] + within * (self._tops[page + 1] - self._tops[page])))
        self.viewport().update()

    def _in_view(self) -> Sequence[int]:
        height = self.viewport().height()
        return [at for at in range(self._count) if -height < self._box(at).top() < height or self._crosses(at)]

    def _crosses(self, index: int) -> bool:
        box = self._box(index)
        return box.bottom() > 0 and box.top() < self.viewport().height()

    def _on_scroll(self) -> None:
        place = self.verticalScrollBar().value() + self.viewport().height() // 3
        current = max((at for at in range(self._count) if self._tops[at] <= place), default=0) + 1
        if self._count and current != self._current:
            self._current = current
            self.turned.emit(current)
        self.viewport().update()
        self._ask()

    def _ask(self) -> None:
        """Ask for the pages in view and the next one, where they are missing or of another width."""
        width = round(self._width() * self.devicePixelRatioF())
        near = sorted({at for seen in self._in_view() for at in (seen, seen + 1) if at < self._count})
        near.sort(key=lambda at: abs(at - (self._current - 1)))
        missing = tuple(
            at
            for at in near
            if at not in self._problems and (at not in self._images or self._images[at].width() != width)
        )
        if missing and (missing, width) != self._asked:
            self._asked = (missing, width)
            self.wanted.emit(missing, width)
