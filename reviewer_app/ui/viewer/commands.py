"""What the commands of the images pane do; their names and keys are in `ui.actions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.state import Layout, Tool
from reviewer_app.ui.viewer.tile import Look

if TYPE_CHECKING:
    from reviewer_app.ui.viewer.presenter import ViewerPresenter

PAGE = 10
ZOOM_STEP = 1.25
PAN_STEP = 0.1
WINDOW_STEP = 12.0
SPEED_STEP = 1.5
_END = 1 << 30


def table(viewer: ViewerPresenter) -> dict[str, Callable[[], None]]:
    """Every command of the pane by its id."""
    return {
        **_stack(viewer),
        **_arrangement(viewer),
        **_placing(viewer),
        **_grey(viewer),
        "images.play": partial(_play, viewer),
        "images.faster": partial(_speed, viewer, SPEED_STEP),
        "images.slower": partial(_speed, viewer, 1 / SPEED_STEP),
        "images.reset": lambda: viewer.tile.change(Look()),
        "images.reveal": lambda: viewer.reveal(viewer.active),
    }


def _stack(viewer: ViewerPresenter) -> dict[str, Callable[[], None]]:
    return {
        "images.next": lambda: viewer.tile.scroll(1),
        "images.previous": lambda: viewer.tile.scroll(-1),
        "images.forward": lambda: viewer.tile.scroll(PAGE),
        "images.back": lambda: viewer.tile.scroll(-PAGE),
        "images.first": lambda: viewer.tile.go(0),
        "images.last": lambda: viewer.tile.go(_END),
        "images.next_series": lambda: viewer.neighbour(1),
        "images.previous_series": lambda: viewer.neighbour(-1),
    }


def _arrangement(viewer: ViewerPresenter) -> dict[str, Callable[[], None]]:
    def next_tile() -> None:
        viewer.choose_tile((viewer.active + 1) % viewer.layout.tiles)

    def enlarge() -> None:
        viewer.lay_out(viewer.before if viewer.layout is Layout.SINGLE else Layout.SINGLE)

    def take(tool: Tool) -> None:
        viewer.tool = tool
        viewer.refresh()

    return {
        "images.single": lambda: viewer.lay_out(Layout.SINGLE),
        "images.pair": lambda: viewer.lay_out(Layout.PAIR),
        "images.four": lambda: viewer.lay_out(Layout.FOUR),
        "images.enlarge": enlarge,
        "images.next_tile": next_tile,
        "images.prior": viewer.prior_beside,
        "images.scroll": partial(take, Tool.SCROLL),
        "images.window": partial(take, Tool.WINDOW),
        "images.zoom": partial(take, Tool.ZOOM),
        "images.pan": partial(take, Tool.PAN),
    }


def _placing(viewer: ViewerPresenter) -> dict[str, Callable[[], None]]:
    def pose(change: Callable[[Pose], Pose]) -> None:
        viewer.pose(viewer.active, change(viewer.tile.look.pose))

    def actual() -> None:
        placed = viewer.view.actual_pose(viewer.active)
        if placed is not None:
            viewer.pose(viewer.active, placed)

    def pan(across: float, down: float) -> None:
        viewer.view.pan(viewer.active, across, down)

    return {
        "images.fit": lambda: pose(lambda known: replace(known, zoom=1.0, center=(0.5, 0.5))),
        "images.actual": actual,
        "images.larger": lambda: viewer.view.zoom(viewer.active, ZOOM_STEP),
        "images.smaller": lambda: viewer.view.zoom(viewer.active, 1 / ZOOM_STEP),
        "images.turn": lambda: pose(lambda known: known.turned(90)),
        "images.turn_back": lambda: pose(lambda known: known.turned(-90)),
        "images.flip": lambda: pose(Pose.mirrored),
        "images.upend": lambda: pose(Pose.upended),
        "images.pan_left": partial(pan, -PAN_STEP, 0.0),
        "images.pan_right": partial(pan, PAN_STEP, 0.0),
        "images.pan_up": partial(pan, 0.0, -PAN_STEP),
        "images.pan_down": partial(pan, 0.0, PAN_STEP),
    }


def _grey(viewer: ViewerPresenter) -> dict[str, Callable[[], None]]:
    def preset(number: int) -> None:
        offered = viewer.presets()
        if number <= len(offered):
            viewer.tile.change(replace(viewer.tile.look, window=offered[number - 1]))

    def invert() -> None:
        viewer.tile.change(replace(viewer.tile.look, inverted=not viewer.tile.look.inverted))

    return {
        "images.invert": invert,
        "images.wider": lambda: viewer.tile.drag_window(WINDOW_STEP, 0),
        "images.narrower": lambda: viewer.tile.drag_window(-WINDOW_STEP, 0),
        "images.darker": lambda: viewer.tile.drag_window(0, WINDOW_STEP),
        "images.brighter": lambda: viewer.tile.drag_window(0, -WINDOW_STEP),
        **{f"images.preset{number}": partial(preset, number) for number in range(1, 10)},
    }


def _play(viewer: ViewerPresenter) -> None:
    tile = viewer.tile
    tile.playing = not tile.playing and tile.display_set is not None and len(tile.display_set) > 1
    tile.refresh()


def _speed(viewer: ViewerPresenter, factor: float) -> None:
    viewer.tile.speed = min(max(viewer.tile.speed * factor, 0.1), 8.0)
    viewer.tile.refresh()
