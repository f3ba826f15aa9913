"""The images pane: tool strip, tiles and series rail; shows state, emits intents.

What intents do is the presenter's business.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QToolBar, QToolButton, QVBoxLayout, QWidget

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.measurement import Point
from reviewer_app.domain.record import Page
from reviewer_app.ui import theme
from reviewer_app.ui.actions import COMMANDS, When, bind, command
from reviewer_app.ui.viewer.dropping import SeriesDrops
from reviewer_app.ui.viewer.guides import Guides
from reviewer_app.ui.viewer.marks_list import MarksList
from reviewer_app.ui.viewer.marks_menu import MeasureButton
from reviewer_app.ui.viewer.marks_state import MarkRow, TileMarks
from reviewer_app.ui.viewer.placement import Placement, Pose
from reviewer_app.ui.viewer.rail import Card, Rail
from reviewer_app.ui.viewer.raster import Picture
from reviewer_app.ui.viewer.state import Layout, TileState, Tool, ViewerState
from reviewer_app.ui.viewer.viewport import Viewport
from reviewer_app.ui.widgets.icons import icon
from reviewer_app.ui.widgets.text import frame, label

_RAIL_FROM = 380
"""Height of the pane in pixels from which on there is room for the rail."""
_STRIP = (
    ("images.single", "images.pair", "images.four", "images.prior", "images.hang"),
    ("images.link", "images.point", "images.reformat", "images.fuse"),
    ("images.scroll", "images.window", "images.zoom", "images.pan"),
    ("images.length", "images.ellipse", "images.key", "images.marks"),
    ("images.fit", "images.actual"),
    ("images.turn", "images.flip", "images.upend", "images.invert"),
    ("images.reset", "images.play"),
)
_CHECKED: dict[Layout | Tool, str] = {
    Layout.SINGLE: "images.single",
    Layout.PAIR: "images.pair",
    Layout.FOUR: "images.four",
    Layout.STACKED: "images.stacked",
    Layout.THREE: "images.three",
    Layout.SIX: "images.six",
    Layout.NINE: "images.nine",
    Tool.POINT: "images.point",
    Tool.TILT: "images.tilt",
    Tool.SCROLL: "images.scroll",
    Tool.WINDOW: "images.window",
    Tool.ZOOM: "images.zoom",
    Tool.PAN: "images.pan",
    **{tool: f"images.{tool.value}" for tool in Tool if tool.shape is not None},
}

_SWITCHED = ("images.link", "images.lines", "images.fuse", "images.reformat")


class ViewerView(QWidget):
    """The images pane.

    Signals:
        asked: A command of `ui.actions`, by id (str).
        series_chosen: A series (str) to be shown in the active tile.
        tile_chosen: A tile (int) that shall be the active one.
        scrolled: Tile and by how many images (int, int).
        windowed: Tile and drag in pixels to the right and down (int, float, float).
        presets_wanted: The list of windows is about to be shown and shall be that of the picture on screen.
        posed: Tile and its new Pose (int, object).
        revealed: Tile whose picture shall be shown although it may be another patient's (int).
        ticked: Tile whose next frame of cine is due (int).
        touched: Tile and MarkIntent (int, object).
        nudged: Tile and step of an arrow key in its image (int, object).
        picked: Hit that Tab went to (object).
        worded: Words written where they were asked for (str).
        pointed: Tile and place in its picture, as fractions, to be shown in all tiles (int, object).
        hovered: Tile and place in its picture, as fractions, under the mouse, or None (int, object).
        tilted: Tile and drag in pixels to the right and down that tilts its plane (int, float, float).
        settled: Tile whose plane was let go of (int).
        dropped: Tile and the series (str) that was dropped onto it (int, str).
        row_chosen: Row (str) of the list of marks whose picture shall be shown.
        row_cited: Row (str) to be cited.
        row_removed: Row (str) to be deleted.
        arrived: Tile, stack and index of a frame that is ready (int, int, int); may be emitted on any thread.
    """

    asked = Signal(str)
    series_chosen = Signal(str)
    tile_chosen = Signal(int)
    scrolled = Signal(int, int)
    windowed = Signal(int, float, float)
    presets_wanted = Signal()
    posed = Signal(int, object)
    revealed = Signal(int)
    ticked = Signal(int)
    touched = Signal(int, object)
    nudged = Signal(int, object)
    picked = Signal(object)
    worded = Signal(str)
    pointed = Signal(int, object)
    hovered = Signal(int, object)
    tilted = Signal(int, float, float)
    settled = Signal(int)
    dropped = Signal(int, str)
    row_chosen = Signal(str)
    row_cited = Signal(str)
    row_removed = Signal(str)
    arrived = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Images")
        self._actions = {known.id: self._bound(known.id) for known in COMMANDS if known.when is When.IMAGES}
        self._measure = MeasureButton(self._actions)
        self._viewports: dict[int, Viewport] = {}
        self._tool = Tool.SCROLL
        self._layout_shown: tuple[Layout, int] | None = None
        self._has_rail = False
        self._presets: tuple[str, ...] = ()
        self._checked: set[str | None] = set()
        self._rail = Rail()
        self._rail.chosen.connect(self.series_chosen)
        self._list = MarksList()
        self._list.hide()
        self._list.chosen.connect(self.row_chosen)
        self._list.cited.connect(self.row_cited)
        self._list.removed.connect(self.row_removed)
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grid = QGridLayout()
        self._grid.setSpacing(2)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._tiles = frame("image")
        self._tiles.setLayout(self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._strip())
        column.addWidget(self._tiles, 1)
        column.addWidget(self._message, 1)
        column.addWidget(self._list)
        column.addWidget(self._rail)
        self.show_state(ViewerState())

    # what the presenter calls

    def show_state(self, state: ViewerState) -> None:
        """Show the frame around the pictures."""
        self._tool = state.tool
        self._arrange(state.layout, state.active)
        self.setFocusProxy(
            self.viewport(state.active)
        )  # who goes to the images by key means the pictures, not the rail
        for number, viewport in self._viewports.items():
            viewport.set_active(number == state.active, framed=state.layout is not Layout.SINGLE)
            viewport.set_tool(state.tool)
        self._checked = {_CHECKED.get(state.layout), _CHECKED.get(state.tool), *state.switched}
        self._show_checked()
        self._measure.show_tool(state.tool)
        self._presets = state.presets
        self._window_button.setEnabled(bool(state.presets))
        self._window_button.setText(f"{state.window or 'Window'} ▾")
        self._rail.show_groups(state.groups)
        self._has_rail = bool(state.groups)
        self._rail.setVisible(self._has_rail and self.height() >= _RAIL_FROM)
        self._message.setText(state.message)
        self._message.setVisible(bool(state.message))
        self._tiles.setVisible(not state.message)

    def show_tile(self, number: int, picture: Picture | None, state: TileState) -> None:
        """Show a picture in a tile, with the words that belong to it."""
        self.viewport(number).show_picture(picture, state)

    def show_marks(self, number: int, marked: TileMarks) -> None:
        """Show other marks over the same picture."""
        self.viewport(number).show_marks(marked)

    def show_guides(self, number: int, guides: Guides) -> None:
        """Show other guide lines over the same picture."""
        self.viewport(number).show_guides(guides)

    def show_readout(self, number: int, text: str) -> None:
        """Show the value under the mouse in a tile."""
        self._viewports[number].show_readout(text)

    def show_marks_list(self, rows: Sequence[MarkRow]) -> None:
        """List measurements and key images."""
        self._list.show_rows(rows)

    def toggle_marks_list(self) -> None:
        """Show or hide the list."""
        self._list.setVisible(not self._list.isVisible())

    def ask_words(self, number: int, point: Point, text: str, hint: str) -> None:
        """Open a line to write in over a picture; answered by `worded`."""
        self.viewport(number).ask_words(point, text, hint)

    def middle(self, number: int) -> tuple[Point, float] | None:
        """The image point in the middle of a tile and a size that suits a mark there, or None."""
        return self.viewport(number).middle()

    def show_thumbnail(self, uid: SeriesUid, page: Page) -> None:
        """Put a rendered picture on a card of the rail."""
        image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        self._rail.show_thumbnail(uid, image.copy())

    def show_series(self, uid: SeriesUid) -> None:
        """Bring a card of the rail into view."""
        self._rail.reveal(uid)

    def zoom(self, number: int, factor: float) -> None:
        """Zoom a tile about its middle; answered by `posed`."""
        self.viewport(number).zoom_by(factor)

    def pan(self, number: int, across: float, down: float) -> None:
        """Move the picture of a tile by fractions of the tile; answered by `posed`."""
        viewport = self.viewport(number)
        viewport.pan_by(across * viewport.width(), down * viewport.height())

    def placement(self, number: int) -> Placement | None:
        """Where the picture of a tile lies, or None without one."""
        return self.viewport(number).placement

    def actual_pose(self, number: int) -> Pose | None:
        """The pose of actual pixels in a tile, or None if it shows no picture."""
        return self.viewport(number).actual_pose()

    def viewport(self, number: int) -> Viewport:
        """The widget of a tile, made when it is first wanted: most cases are read in a few of them."""
        if number not in self._viewports:
            self._viewports[number] = self._made_viewport(number)
        return self._viewports[number]

    def focus_images(self) -> None:
        """Let keys go to the pictures."""
        self.setFocus()

    def minimumSizeHint(self) -> QSize:
        """A small pane keeps the picture and hides the rail."""
        return QSize(240, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rail comes and goes with the height."""
        super().resizeEvent(event)
        self._rail.setVisible(self._has_rail and self.height() >= _RAIL_FROM)

    def _show_checked(self) -> None:
        for identifier in (*_CHECKED.values(), *_SWITCHED):
            self._actions[identifier].setChecked(identifier in self._checked)

    # building

    def _bound(self, identifier: str) -> QAction:
        action = bind(self, identifier, lambda: self._ask(identifier))
        action.setCheckable(identifier in _CHECKED.values() or identifier in _SWITCHED)
        return action

    def _ask(self, identifier: str) -> None:
        self.asked.emit(identifier)
        self._show_checked()  # Qt switches what is pressed, although it may not have been done

    def _made_viewport(self, number: int) -> Viewport:
        viewport = Viewport(self._tiles)
        viewport.pressed.connect(lambda: self.tile_chosen.emit(number))
        viewport.scrolled.connect(lambda by: self.scrolled.emit(number, by))
        viewport.windowed.connect(lambda dx, dy: self.windowed.emit(number, dx, dy))
        viewport.posed.connect(lambda pose: self.posed.emit(number, pose))
        viewport.revealed.connect(lambda: self.revealed.emit(number))
        viewport.ticked.connect(lambda: self.ticked.emit(number))
        viewport.reading_closed.connect(lambda: self.asked.emit("images.header"))
        viewport.touched.connect(lambda intent: self.touched.emit(number, intent))
        viewport.nudged.connect(lambda step: self.nudged.emit(number, step))
        viewport.pointed.connect(lambda place: self.pointed.emit(number, place))
        viewport.hovered.connect(lambda place: self.hovered.emit(number, place))
        viewport.tilted.connect(lambda dx, dy: self.tilted.emit(number, dx, dy))
        viewport.settled.connect(lambda: self.settled.emit(number))
        SeriesDrops(viewport, lambda card: self._drop(number, card))
        viewport.picked.connect(self.picked)
        viewport.worded.connect(self.worded)
        viewport.enlarged.connect(lambda: self.asked.emit("images.enlarge"))
        viewport.set_tool(self._tool)
        viewport.hide()
        return viewport

    def _drop(self, number: int, card: QObject) -> None:
        if isinstance(card, Card):
            self.dropped.emit(number, card.uid)

    def _strip(self) -> QFrame:
        bar = QToolBar()
        bar.setMovable(False)
        bar.setIconSize(QSize(16, 16))
        bar.setAccessibleName("Tools")
        for position, group in enumerate(_STRIP):
            if position:
                bar.addWidget(Divider())
            for identifier in group:
                self._add_tool(bar, identifier)
            if "images.window" in group:
                bar.addWidget(self._preset_button())
            if "images.length" in group:
                bar.addWidget(self._measure)
        self._more = bar.findChild(QToolButton, "qt_toolbar_ext_button")
        if self._more is not None:
            self._more.setToolTip("More tools")
        self._tint()
        strip = frame("toolbar")
        row = QHBoxLayout(strip)
        row.setContentsMargins(8, 2, 8, 2)
        row.addWidget(bar)
        return strip

    def changeEvent(self, event: QEvent) -> None:
        """Another theme, other colours of the tools."""
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        for identifier in itertools.chain(*_STRIP):
            self._actions[identifier].setIcon(icon(command(identifier).icon))
        if self._more is not None:
            self._more.setIcon(icon("mdi6.chevron-double-right"))

    def _add_tool(self, bar: QToolBar, identifier: str) -> None:
        known, action = command(identifier), self._actions[identifier]
        bar.addAction(action)
        made = bar.widgetForAction(action)
        made.setProperty("kind", "quiet")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # every button has its key, and Space plays
        made.setAccessibleName(known.text)

    def _preset_button(self) -> QToolButton:
        self._window_button = QToolButton()
        self._window_button.setProperty("kind", "quiet")
        self._window_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._window_button.setToolTip("Window presets (keys 1 to 9)")
        self._window_button.setAccessibleName("Window presets")
        self._window_button.clicked.connect(self._offer_presets)
        return self._window_button

    def _offer_presets(self) -> None:
        self.presets_wanted.emit()
        menu = QMenu(self)
        for key, name in enumerate(self._presets, start=1):
            chosen = menu.addAction(f"{name}\t{key}")
            chosen.triggered.connect(lambda _checked=False, key=key: self.asked.emit(f"images.preset{key}"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._window_button.mapToGlobal(QPoint(0, self._window_button.height())))

    def _arrange(self, layout: Layout, active: int) -> None:
        """Put the tiles of a layout on the grid; a single tile is the active one."""
        shown = (layout, active if layout is Layout.SINGLE else -1)
        if shown == self._layout_shown:
            return
        self._layout_shown = shown
        _rows, columns = layout.value
        numbers = [active] if layout is Layout.SINGLE else list(range(layout.tiles))
        for viewport in self._viewports.values():
            self._grid.removeWidget(viewport)
        for place, number in enumerate(numbers):
            self._grid.addWidget(self.viewport(number), place // columns, place % columns)
        for number, viewport in self._viewports.items():
            viewport.setVisible(number in numbers)


class Divider(QWidget):
    """A hairline between groups of the tool strip."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(13, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """One line in the middle."""
        _ = event
        QPainter(self).fillRect(6, 2, 1, self.height() - 4, theme.colour("line"))
