"""The widget that paints one picture with its texts, and turns the mouse into intents.

Pixels and state arrive together, so a picture never stands under another one's words.  What an intent does is the
presenter's business; only zoom and pan are worked out here, because they depend on the size of the widget.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from reviewer_app.domain.measurement import Point
from reviewer_app.ui import theme
from reviewer_app.ui.viewer import raster
from reviewer_app.ui.viewer.banner import Banner
from reviewer_app.ui.viewer.drawn_paint import DrawingPainter
from reviewer_app.ui.viewer.gestures import CURSORS, Gestures
from reviewer_app.ui.viewer.ground import Ground
from reviewer_app.ui.viewer.guides import NO_GUIDES, Guides
from reviewer_app.ui.viewer.guides_gestures import GuideGestures
from reviewer_app.ui.viewer.guides_paint import paint_guides
from reviewer_app.ui.viewer.marks_entry import MarkEntry
from reviewer_app.ui.viewer.marks_gestures import MarkGestures, steps
from reviewer_app.ui.viewer.marks_hit import beyond, nudge, to_image, to_view
from reviewer_app.ui.viewer.marks_paint import MarksPainter
from reviewer_app.ui.viewer.marks_state import TileMarks
from reviewer_app.ui.viewer.overlays import Overlay
from reviewer_app.ui.viewer.placement import Placement, Pose
from reviewer_app.ui.viewer.raster import Picture
from reviewer_app.ui.viewer.reading_pane import ReadingPane
from reviewer_app.ui.viewer.readout import Readout
from reviewer_app.ui.viewer.state import TileState, Tool

_NOTCH = 120
"""Units of one notch of a wheel."""


class Viewport(QWidget):
    """One tile.

    Signals:
        pressed: The tile was touched and shall be the active one.
        scrolled: By how many images (int); events that pile up while painting arrive as one.
        windowed: By how many pixels the window was dragged right and down (float, float).
        posed: The new Pose after zooming or panning.
        revealed: The reader wants to see a picture that is kept back.
        ticked: Time for the next frame of cine.
        enlarged: Double click: the tile alone, or all of them again.
        touched: A MarkIntent: drawing, or a mark taken hold of.
        nudged: By which step (x, y) in the stored image an arrow key moves the selected mark.
        picked: The Hit that Tab went to.
        worded: Words written where they were asked for (str).
        hovered: The place (x, y) in the picture, as fractions, under the mouse; None where it left the picture.
        reading_closed: Escape in what is read over the picture.
        pointed: The place (x, y) in the picture, as fractions, that shall be shown in all tiles.
        tilted: By how many pixels a plane was dragged right and down (float, float).
        settled: The hand that dragged it let go.
    """

    pressed = Signal()
    scrolled = Signal(int)
    windowed = Signal(float, float)
    posed = Signal(object)
    revealed = Signal()
    ticked = Signal()
    enlarged = Signal()
    touched = Signal(object)
    nudged = Signal(object)
    picked = Signal(object)
    worded = Signal(str)
    pointed = Signal(object)
    tilted = Signal(float, float)
    settled = Signal()
    hovered = Signal(object)
    reading_closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Image")
        self._state = TileState()
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._target = QRectF()
        self._buffer: raster.Colours = np.empty((0, 0), np.uint32)
        self._stale = True
        self._active = self._framed = False
        self._overlay = Overlay()
        self._marks = MarksPainter(self._overlay)
        self._drawings = DrawingPainter(self._overlay)
        self._notches = 0
        self._gestures = Gestures(self.scrolled.emit, self.windowed.emit, self.pan_by, self.zoom_by)
        self._marking = MarkGestures(self.touched.emit)
        self._entry = MarkEntry(self, self.worded.emit)
        self._guiding = GuideGestures(self.pointed.emit, self.tilted.emit, self.settled.emit)
        self._guides = NO_GUIDES
        self.setMouseTracking(True)  # Shift and moving point, drawing shows what a click will do
        self._banner = Banner(self)
        self._banner.asked.connect(self.revealed)
        self._readout, self._pointed = Readout(self), QPointF()
        self._reading = ReadingPane(self)
        self._reading.closed.connect(self.reading_closed)
        layout = QVBoxLayout(self)
        layout.addWidget(self._banner, 0, Qt.AlignmentFlag.AlignCenter)
        self._cine = QTimer(self)
        self._cine.setTimerType(Qt.TimerType.PreciseTimer)
        self._cine.timeout.connect(self.ticked)

    @property
    def state(self) -> TileState:
        """What is on screen."""
        return self._state

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies, or None if there is none."""
        if self._picture is None or not self._state.has_picture:
            return None
        return self._placed(self._picture, self._state.pose)

    def show_picture(self, picture: Picture | None, state: TileState) -> None:
        """Show a picture and the words that belong to it, at once."""
        self._picture = picture if state.has_picture else None
        self._state = state
        self._stale = True
        self._banner.say(state.banner)
        self._reading.say(state.reading)
        self._gestures.stack = state.images
        self._play(state.playing)
        self.setAccessibleDescription(state.spoken)
        if self._readout.isVisible():
            self._hover(self._pointed)  # the value of another picture is another one
        if self.isVisible():
            self.repaint()  # not update(): a pressed key shows its effect without waiting for the idle timer

    def set_active(self, active: bool, *, framed: bool) -> None:
        """Whether keys go to this tile, and whether others stand beside it."""
        if (active, framed) != (self._active, self._framed):
            self._active, self._framed = active, framed
            self.update()

    def set_tool(self, tool: Tool) -> None:
        """What the left button does; the cursor says so."""
        self._gestures.tool = tool
        self._marking.drawing = tool.shape is not None
        self._guiding.tool = tool
        self.setCursor(CURSORS.get(tool, Qt.CursorShape.CrossCursor))

    def show_marks(self, marked: TileMarks) -> None:
        """Show other marks over the same picture."""
        if marked != self._state.marked:
            self._state = replace(self._state, marked=marked)
            self.repaint()

    def show_guides(self, guides: Guides) -> None:
        """Show other guide lines over the same picture."""
        self._guides = guides
        if self.isVisible():
            self.repaint()

    def show_readout(self, text: str) -> None:
        """Show the value under the mouse."""
        self._readout.say(text, [*self._overlay.areas, *self._marks.areas])

    def ask_words(self, point: Point, text: str, hint: str) -> None:
        """Open a line to write in at a point of the image; answered by `worded`."""
        placement = self.placement
        if placement is not None:
            self._entry.ask(to_view(placement, point), text, hint)

    def middle(self) -> tuple[Point, float] | None:
        """The image point in the middle of the viewport and a size that suits a mark there, or None."""
        placement = self.placement
        if placement is None:
            return None
        reach = min(self.width(), self.height()) / 6 / max(placement.pixel)
        return to_image(placement, self.width() / 2, self.height() / 2), reach

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom so that the point under the mouse, or the middle, stays."""
        placement = self.placement
        if placement is not None:
            point = at if at is not None else QPointF(self.width() / 2, self.height() / 2)
            self.posed.emit(placement.zoomed(factor, point.x(), point.y()))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by logical pixels."""
        placement = self.placement
        if placement is not None:
            self.posed.emit(placement.moved(dx, dy))

    def actual_pose(self) -> Pose | None:
        """The pose that shows one stored pixel on one of the screen, or None without a picture."""
        placement = self.placement
        return placement.actual() if placement is not None else None

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(480, 480)

    def minimumSizeHint(self) -> QSize:
        """Smaller than this, the texts would cover the picture."""
        return QSize(160, 160)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, then words."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        self._refresh()
        black = theme.colour("image_black")
        if self._image is None:
            painter.fillRect(self.rect(), black)
        else:
            self._fill_around(painter, black)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._target, self._image)
        size, placement = (self.width(), self.height()), self.placement
        ground = Ground(self._buffer, self._target) if self._image is not None else None
        self._overlay.begin(ground, self._state, size)
        stood = self._overlay.areas
        if placement is not None:
            self._drawings.paint(painter, placement, self._state.drawing)
            self._marks.paint(painter, placement, self._state.marked, self._drawings.areas)
            paint_guides(painter, placement, self._guides)
        self._overlay.paint(painter, placement, self._state, size)
        if stood != self._overlay.areas and self._marks.covered(self._overlay.areas):
            self.update()  # words of marks went by where other words stood before
        self._paint_words_instead(painter)
        if self._framed:
            painter.setPen(QPen(QColor(theme.DARK.accent if self._active else theme.DARK.line), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _refresh(self) -> None:
        """Look up the visible part again if anything about it has changed."""
        if not self._stale:
            return
        self._stale = False
        self._image = None
        picture = self._picture
        if picture is None:
            return
        part = raster.piece(picture, self._placed(picture, self._state.pose))
        if part is None:
            return
        if self._buffer.shape != part.codes.shape:
            self._buffer = np.empty(part.codes.shape, np.uint32)
        raster.looked_up(part.codes, picture, self._buffer)
        rows, columns = self._buffer.shape
        self._image = QImage(self._buffer.data, columns, rows, self._buffer.strides[0], QImage.Format.Format_RGB32)
        self._target = QRectF(*part.target)

    def _fill_around(self, painter: QPainter, black: QColor) -> None:
        inner = self._target.toRect().adjusted(1, 1, -1, -1)
        width, height = self.width(), self.height()
        left, top = max(inner.left(), 0), max(inner.top(), 0)
        right, bottom = min(inner.right() + 1, width), min(inner.bottom() + 1, height)
        painter.fillRect(0, 0, width, top, black)
        painter.fillRect(0, bottom, width, height - bottom, black)
        painter.fillRect(0, top, left, bottom - top, black)
        painter.fillRect(right, top, width - right, bottom - top, black)

    def _paint_words_instead(self, painter: QPainter) -> None:
        words = self._state.problem or self._state.message
        if not words:
            return
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(theme.DARK.warn if self._state.problem else theme.DARK.on_image))
        area = self.rect().adjusted(self.width() // 8, 48, -self.width() // 8, -48)
        text = f"This image cannot be shown. {words}" if self._state.problem else words
        painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), text)

    def _placed(self, picture: Picture, pose: Pose) -> Placement:
        return Placement(
            picture.columns, picture.rows, picture.aspect, self.width(), self.height(), pose, self.devicePixelRatioF()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The visible part is another one, and so is the place for the value under the mouse."""
        self._stale = True
        self._readout.say("")
        super().resizeEvent(event)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag begins."""
        self.pressed.emit()
        if not self._guiding.press(event, self.placement) and not self._marking.press(
            event, self.placement, self._state.marked
        ):
            self._gestures.press(event, self.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag goes on, or the mouse passes over the picture."""
        if not event.buttons():
            self._hover(event.position())
        if not self._guiding.move(event, self.placement) and not self._marking.move(event, self.placement):
            self._gestures.move(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is elsewhere."""
        self._readout.say("")
        super().leaveEvent(event)

    def _hover(self, at: QPointF) -> None:
        self._pointed, placement = at, self.placement
        place = placement.image_point(at.x(), at.y()) if placement is not None else (-1.0, -1.0)
        self.hovered.emit(place if all(0 <= part < 1 for part in place) else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A drag ends."""
        if not self._guiding.release(event) and not self._marking.release(event, self.placement):
            self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The tile alone, or all of them again."""
        if event.button() == Qt.MouseButton.LeftButton and not self._marking.double(
            event, self.placement, self._state.marked
        ):
            self.enlarged.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom, with Shift ten times as fast."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1.0015**turned, event.position())
        else:
            self._notches += turned
            steps = int(self._notches / _NOTCH)
            self._notches -= steps * _NOTCH
            fast = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            if steps:
                self.pressed.emit()
                self._gestures.scroll(-steps * fast)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Notes are told in full where they are pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            inside = self._state.notes and self._overlay.notes_area.contains(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "\n".join(self._state.notes) if inside else "", self)
            return True
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and steps(event, self._state.marked)
        ):
            event.accept()  # with a mark in hand arrows move it, not the stack
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the mark in hand by a pixel of the image, with Shift by ten."""
        step, placement = steps(event, self._state.marked), self.placement
        if step is None or placement is None:
            super().keyPressEvent(event)
            return
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        x, y = nudge(placement, *step)
        self.nudged.emit((x * far, y * far))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through marks and their handles, then on to the next widget."""
        found = beyond(self._state.marked.marks, 1 if forward else -1)
        if found is None:
            return super().focusNextPrevChild(forward)
        self.picked.emit(found)
        return True

    def _play(self, milliseconds: float) -> None:
        if not milliseconds:
            self._cine.stop()
        elif not self._cine.isActive() or self._cine.interval() != round(milliseconds):
            self._cine.start(max(round(milliseconds), 10))
