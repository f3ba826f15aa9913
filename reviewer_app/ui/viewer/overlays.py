"""Words and letters painted over a picture: always on, legible on any picture, never over one another.

Lines are rendered once with a dark halo and kept; where that is not enough, a dark plate lies under them.  A small
viewport gets the brief form.  What the words say is `texts`' business.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from reviewer_app.ui import theme
from reviewer_app.ui.viewer.ground import BRIGHT, Ground
from reviewer_app.ui.viewer.placement import Placement
from reviewer_app.ui.viewer.state import TileState

_KEPT = 400
_NARROW = 300
"""Width below which the technique stands under the patient, not beside."""
_HALO = ((2.0, 40), (1.0, 110))
"""Radius in pixels and alpha of the dark rings behind every letter: white on white stays legible."""
_PLATE = 185
"""Alpha of the plate under words that could not be read otherwise."""
_SHIFTS = ((-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: its words, a colour token and whether it is bold.

    Images lie on black in both themes, so tokens of the dark theme are meant.
    """

    text: str
    colour: str = "on_image"
    bold: bool = False


class Overlay:
    """Paints the texts of one viewport.

    Attributes:
        areas: Where words and letters were painted last.
        notes_area: Where the notes were.
    """

    def __init__(self) -> None:
        self.areas: list[QRectF] = []
        self._plates = Plates()
        self._kept: dict[tuple[Line, int, int, float], QImage] = {}
        self.notes_area = QRectF()

    def begin(self, ground: Ground | None, state: TileState, size: tuple[int, int]) -> None:
        """Words are about to be painted over a picture.

        Args:
            ground: What lies under them; None for nothing.
        """
        self._plates.begin(ground, (state.texts.patient, state.pose, size))

    def paint(self, painter: QPainter, placement: Placement | None, state: TileState, size: tuple[int, int]) -> None:
        """Paint everything that is always said.

        Args:
            placement: Where the picture lies; None if there is none, and nothing about zoom is said.
            size: Width and height of the viewport.
        """
        width, height = size
        small = is_small(width, height)
        pen = _Pen(self, painter, width, height, theme.SMALL if small else theme.BODY, small=small)
        top = self._stranger(painter, state, width) if state.stranger else 0.0
        top_left = pen.corner(patient_lines(state, small=small), top=top)
        if width < _NARROW:
            pen.corner(technique_lines(state, small=small), top=top_left.bottom() - pen.margin, right=True)
        else:
            pen.corner(technique_lines(state, small=small), top=top, right=True, beside=top_left)
        bottom_right = pen.corner(window_lines(state, placement), right=True, bottom=True)
        bottom_left = pen.corner(place_lines(state), bottom=True, beside=bottom_right)
        self.notes_area = pen.notes(note_lines(state, brief=small), bottom_left)
        pen.letters(state, top)
        self.areas = pen.areas

    def plate(self, painter: QPainter, area: QRectF, bright: int = BRIGHT) -> None:
        """Paint a plate under words that will stand here, if the picture below asks for one; see `Ground.unquiet`."""
        self._plates.paint(painter, area, bright)

    def line(self, line: Line, pixels: int, widest: float, ratio: float) -> QImage:
        """A rendered line with its halo, elided to `widest`."""
        key = (line, pixels, int(widest), ratio)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            found = self._kept[key] = _rendered(line, pixels, widest, ratio)
        return found

    @staticmethod
    def _stranger(painter: QPainter, state: TileState, width: int) -> float:
        high = 24.0
        painter.fillRect(QRectF(0, 0, width, high), QColor(theme.DARK.danger))
        painter.setPen(QColor(theme.DARK.image_black))
        painter.setFont(theme.font(theme.BODY, bold=True))
        words = f"NOT THIS PATIENT: {state.stranger}. It cannot be cited."
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width - 16)
        painter.drawText(QRectF(8, 0, width - 16, high), Qt.AlignmentFlag.AlignVCenter, shown)
        return high


class Plates:
    """Dark plates under words; one that was needed stays for as long as the view does, so that none flickers."""

    def __init__(self) -> None:
        self._ground: Ground | None = None
        self._view: object = None
        self._needed: dict[tuple[int, int], bool] = {}

    def begin(self, ground: Ground | None, view: object) -> None:
        """Words are about to be painted over this.

        Args:
            view: What tells one stack, seen in one way, from others.
        """
        self._ground = ground
        if view != self._view:
            self._view = view
            self._needed.clear()

    def paint(self, painter: QPainter, area: QRectF, bright: int) -> None:
        """Paint a plate where words need one."""
        if self._ground is None or area.isEmpty():
            return
        key = (round(area.left()), round(area.top()))
        if self._needed.get(key) or self._ground.unquiet(area, bright):
            self._needed[key] = True
            plate = QColor(theme.DARK.image_black)
            plate.setAlpha(_PLATE)
            painter.fillRect(area.adjusted(-2, 0, 2, 0), plate)


def is_small(width: int, height: int) -> bool:
    """Whether a viewport has room for the brief form of words only."""
    return width < 440 or height < 360


def patient_lines(state: TileState, *, small: bool) -> tuple[Line, ...]:
    """Top left: whose picture it is."""
    lines = state.texts.brief_patient if small else state.texts.patient
    return tuple(Line(text, bold=position == 0) for position, text in enumerate(lines))


def technique_lines(state: TileState, *, small: bool) -> tuple[Line, ...]:
    """Top right: how it was made, and the red mark of lossy compression."""
    lines = state.texts.brief_technique if small else state.texts.technique
    marks = [Line(state.lossy, "danger", bold=True)] if state.lossy else []
    marks += [Line("\N{BLACK STAR} key image", "accent", bold=True)] if state.marked.key_image else []
    return (*(Line(text) for text in lines), *marks)


def place_lines(state: TileState) -> tuple[Line, ...]:
    """Bottom left: how fast it plays, where in the stack, the counter last."""
    count = len(state.texts.place)
    rate = (Line(f"playing, {1000 / state.playing:.3g} frames/s"),) if state.playing else ()
    return (*rate, *(Line(text, bold=position == count - 1) for position, text in enumerate(state.texts.place)))


def window_lines(state: TileState, placement: Placement | None) -> tuple[Line, ...]:
    """Bottom right: zoom, amber where fewer pixels are shown than stored; then the window."""
    lines = [Line(text) for text in state.texts.window]
    if placement is not None:
        percent = placement.scale * placement.pixel_ratio * 100
        if percent < 99.5:
            lines.insert(0, Line(f"reduced to {percent:.0f} %", "warn"))
        else:
            lines.insert(0, Line(f"zoom {percent:.0f} %"))
    return tuple(lines)


def note_lines(state: TileState, *, brief: bool) -> tuple[Line, ...]:
    """Above bottom left: doubts, amber; in brief the gravest and how many more."""
    if not state.notes:
        return ()
    said = 1 if brief else 3
    lines = [Line(f"▲ {note}", "warn") for note in state.notes[:said]]
    if len(state.notes) > said:
        lines.append(Line(f"▲ and {len(state.notes) - said} more", "warn"))
    return tuple(lines)


class _Pen:
    """Places blocks of lines in the corners of one viewport."""

    def __init__(
        self, overlay: Overlay, painter: QPainter, width: int, height: int, pixels: int, *, small: bool
    ) -> None:
        self._overlay = overlay
        self._painter = painter
        self._width, self._height = width, height
        self._pixels = pixels
        self.margin = 5.0 if small else 10.0
        self.areas: list[QRectF] = []
        self._ratio = painter.device().devicePixelRatioF()

    def corner(
        self,
        lines: tuple[Line, ...],
        *,
        top: float = 0.0,
        right: bool = False,
        bottom: bool = False,
        beside: QRectF | None = None,
    ) -> QRectF:
        """Paint lines into a corner, no wider than what `beside` leaves; says where."""
        taken = beside.width() + 12 if beside is not None else 0.0
        room = max(self._width - 2 * self.margin - taken, 40.0)
        if beside is None:
            room = min(room, max(self._width * 0.62, 200.0))
        images = [self._overlay.line(line, self._pixels, room, self._ratio) for line in lines]
        sizes = [(image.width() / self._ratio, image.height() / self._ratio) for image in images]
        wide = max((size[0] for size in sizes), default=0.0)
        high = sum(size[1] for size in sizes)
        y = self._height - self.margin - high if bottom else top + self.margin
        block = QRectF(self._width - self.margin - wide if right else self.margin, y, wide, high)
        for image, (own, tall) in zip(images, sizes, strict=True):
            left = block.right() - own if right else block.left()
            self._overlay.plate(self._painter, QRectF(left, y, own, tall))
            self._put(image, left, y)
            y += tall
        return block

    def notes(self, lines: tuple[Line, ...], below: QRectF) -> QRectF:
        """Paint notes above the bottom left block; says where."""
        images = [self._overlay.line(line, self._pixels, self._width * 0.7, self._ratio) for line in lines]
        high = sum(image.height() / self._ratio for image in images)
        base = below.top() if below.height() else self._height - self.margin
        y = base - high - 4
        block = QRectF(self.margin, y, max((image.width() / self._ratio for image in images), default=0.0), high)
        for image in images:
            high = image.height() / self._ratio
            self._overlay.plate(self._painter, QRectF(self.margin, y, image.width() / self._ratio, high))
            self._put(image, self.margin, y)
            y += high
        return block if images else QRectF(below)

    def letters(self, state: TileState, start: float) -> None:
        """Paint the orientation letters in the middle of the edges, or as near to it as other words leave room.

        Args:
            start: Where the picture begins, below a strip at the top.
        """
        edges, margin = state.letters, self.margin
        for text, across, down in (
            (edges.left, 0.0, 0.5),
            (edges.right, 1.0, 0.5),
            (edges.top, 0.5, 0.0),
            (edges.bottom, 0.5, 1.0),
        ):
            if not text:
                continue
            image = self._overlay.line(Line(text, bold=True), theme.HEADING, 200, self._ratio)
            wide, high = image.width() / self._ratio, image.height() / self._ratio
            left = margin + across * (self._width - 2 * margin - wide)
            top = start + margin + down * (self._height - start - 2 * margin - high)
            top = self._free(QRectF(left, top, wide, high), down)
            self._overlay.plate(self._painter, QRectF(left, top, wide, high))
            self._put(image, left, top)

    def _free(self, wanted: QRectF, down: float) -> float:
        """Top of the nearest place along the edge that no other words take."""
        steps = [step * sign * 4.0 for step in range(self._height // 8) for sign in (1, -1)]
        for step in steps:
            if (down == 0.0 and step < 0) or (down == 1.0 and step > 0):
                continue
            place = wanted.translated(0, step)
            if not any(place.intersects(area) for area in self.areas):
                return place.top()
        return wanted.top()

    def _put(self, image: QImage, left: float, top: float) -> None:
        self._painter.drawImage(QPointF(left, top), image)
        self.areas.append(QRectF(left, top, image.width() / self._ratio, image.height() / self._ratio))


def _rendered(line: Line, pixels: int, widest: float, ratio: float) -> QImage:
    font = theme.font(pixels, bold=line.bold)
    metrics = QFontMetricsF(font)
    text = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, widest)
    wide, high = metrics.horizontalAdvance(text) + 4, metrics.height() + 1
    image = QImage(max(round(wide * ratio), 1), max(round(high * ratio), 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setFont(font)
    base = QPointF(2, metrics.ascent())
    halo = QColor(theme.DARK.image_black)
    for radius, alpha in _HALO:
        halo.setAlpha(alpha)
        painter.setPen(halo)
        for dx, dy in _SHIFTS:
            painter.drawText(base + QPointF(dx * radius, dy * radius), text)
    painter.setPen(QColor(getattr(theme.DARK, line.colour)))
    painter.drawText(base, text)
    painter.end()
    return image
