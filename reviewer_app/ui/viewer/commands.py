"""What the commands of the images pane do; their names and keys are in `ui.actions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from reviewer_app.domain.imaging import Instance, Window
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.state import Layout, Tool
from reviewer_app.ui.viewer.tiles import Tiles

PAGE = 10
ZOOM_STEP = 1.25
PAN_STEP = 0.1
WINDOW_STEP = 12.0
SPEED_STEP = 1.5
_END = 1 << 30


def table(tiles: Tiles) -> dict[str, Callable[[], None]]:
    """Every command of the pane by its id."""
    return {
        **_stack(tiles),
        **_arrangement(tiles),
        **_placing(tiles),
        **_grey(tiles),
        "images.alike": partial(_alike, tiles),
        "images.play": partial(_play, tiles),
        "images.faster": partial(_speed, tiles, SPEED_STEP),
        "images.slower": partial(_speed, tiles, 1 / SPEED_STEP),
        "images.reset": tiles.reset,
        "images.reveal": lambda: tiles.reveal(tiles.active),
    }


def _stack(tiles: Tiles) -> dict[str, Callable[[], None]]:
    return {
        "images.next": lambda: tiles.tile.scroll(1),
        "images.previous": lambda: tiles.tile.scroll(-1),
        "images.forward": lambda: tiles.tile.scroll(PAGE),
        "images.back": lambda: tiles.tile.scroll(-PAGE),
        "images.first": lambda: tiles.tile.go(0),
        "images.last": lambda: tiles.tile.go(_END),
        "images.next_series": lambda: tiles.neighbour(1),
        "images.previous_series": lambda: tiles.neighbour(-1),
    }


def _arrangement(tiles: Tiles) -> dict[str, Callable[[], None]]:
    def next_tile() -> None:
        tiles.choose((tiles.active + 1) % tiles.layout.tiles)

    return {
        "images.single": lambda: tiles.lay_out(Layout.SINGLE),
        "images.pair": lambda: tiles.lay_out(Layout.PAIR),
        "images.four": lambda: tiles.lay_out(Layout.FOUR),
        "images.enlarge": tiles.enlarge,
        "images.next_tile": next_tile,
        "images.prior": tiles.prior_beside,
        "images.scroll": partial(tiles.take, Tool.SCROLL),
        "images.window": partial(tiles.take, Tool.WINDOW),
        "images.zoom": partial(tiles.take, Tool.ZOOM),
        "images.pan": partial(tiles.take, Tool.PAN),
    }


def _placing(tiles: Tiles) -> dict[str, Callable[[], None]]:
    def pose(change: Callable[[Pose], Pose]) -> None:
        tiles.pose(tiles.active, change(tiles.tile.look.pose))

    def actual() -> None:
        placed = tiles.view.actual_pose(tiles.active)
        if placed is not None:
            tiles.pose(tiles.active, placed)

    def pan(across: float, down: float) -> None:
        tiles.view.pan(tiles.active, across, down)

    return {
        "images.fit": lambda: pose(lambda known: replace(known, zoom=1.0, center=(0.5, 0.5))),
        "images.actual": actual,
        "images.larger": lambda: tiles.view.zoom(tiles.active, ZOOM_STEP),
        "images.smaller": lambda: tiles.view.zoom(tiles.active, 1 / ZOOM_STEP),
        "images.turn": lambda: pose(lambda known: known.turned(90)),
        "images.turn_back": lambda: pose(lambda known: known.turned(-90)),
        "images.flip": lambda: pose(Pose.mirrored),
        "images.upend": lambda: pose(Pose.upended),
        "images.pan_left": partial(pan, -PAN_STEP, 0.0),
        "images.pan_right": partial(pan, PAN_STEP, 0.0),
        "images.pan_up": partial(pan, 0.0, -PAN_STEP),
        "images.pan_down": partial(pan, 0.0, PAN_STEP),
    }


def _grey(tiles: Tiles) -> dict[str, Callable[[], None]]:
    def invert() -> None:
        tiles.tile.change(replace(tiles.tile.look, inverted=not tiles.tile.look.inverted))

    return {
        "images.invert": invert,
        "images.wider": lambda: tiles.drag_window(tiles.active, WINDOW_STEP, 0),
        "images.narrower": lambda: tiles.drag_window(tiles.active, -WINDOW_STEP, 0),
        "images.darker": lambda: tiles.drag_window(tiles.active, 0, WINDOW_STEP),
        "images.brighter": lambda: tiles.drag_window(tiles.active, 0, -WINDOW_STEP),
        **{f"images.preset{number}": partial(tiles.choose_preset, number) for number in range(1, 10)},
    }


def _alike(tiles: Tiles) -> None:
    """Window, polarity, colours and zoom of the active tile for the others; windows only within a modality."""
    here, window = tiles.tile, tiles.tile.window()
    frame = here.drawn
    if frame is None:
        return
    for number in range(len(tiles)):
        tile = tiles[number]
        if tile is here or not tiles.visible(number) or tile.drawn is None:
            continue
        pose = replace(tile.look.pose, zoom=here.look.pose.zoom, center=here.look.pose.center)
        look = replace(tile.look, pose=pose)
        theirs = _window_for(window, frame.instance, tile.drawn.instance)
        if theirs is not None:
            look = replace(look, window=theirs, inverted=here.look.inverted, palette=here.look.palette)
        tile.change(look)


def _window_for(window: Window | None, here: Instance, there: Instance) -> Window | None:
    """A window for another image: the same values, for PET the same SUV; None where values do not compare."""
    if window is None or window.voi_lut is not None or here.modality != there.modality:
        return None
    if here.modality != "PT":
        return window
    if here.suv_factor <= 0 or there.suv_factor <= 0:
        return None
    ratio = here.suv_factor / there.suv_factor
    return replace(window, center=window.center * ratio, width=window.width * ratio)


def _play(tiles: Tiles) -> None:
    tile = tiles.tile
    tile.playing = not tile.playing and tile.display_set is not None and len(tile.display_set) > 1
    tile.refresh()


def _speed(tiles: Tiles, factor: float) -> None:
    tiles.tile.speed = min(max(tiles.tile.speed * factor, 0.1), 8.0)
    tiles.tile.refresh()
