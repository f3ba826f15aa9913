"""What the commands for several tiles, planes and colours do; their names and keys are in `ui.actions`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reviewer_app.ui.viewer.hanging import Hanging
from reviewer_app.ui.viewer.navigation import Navigator
from reviewer_app.ui.viewer.planes import TILT_STEP, Planes
from reviewer_app.ui.viewer.state import Layout, Tool
from reviewer_app.ui.viewer.tiles import Tiles

_MORE = 0.1


def table(tiles: Tiles, navigator: Navigator, planes: Planes, hanging: Hanging) -> dict[str, Callable[[], None]]:
    """Every command by its id."""

    def switch(act: Callable[[], None]) -> Callable[[], None]:
        def acted() -> None:
            act()
            tiles.announce()

        return acted

    return {
        "images.stacked": lambda: tiles.lay_out(Layout.STACKED),
        "images.three": lambda: tiles.lay_out(Layout.THREE),
        "images.six": lambda: tiles.lay_out(Layout.SIX),
        "images.nine": lambda: tiles.lay_out(Layout.NINE),
        "images.hang": partial(hanging.go, 1),
        "images.hang_back": partial(hanging.go, -1),
        "images.link": switch(navigator.toggle_link),
        "images.lines": switch(navigator.toggle_lines),
        "images.alone_next": partial(navigator.alone, 1),
        "images.alone_previous": partial(navigator.alone, -1),
        "images.point": partial(tiles.take, Tool.POINT),
        "images.unpoint": navigator.unpoint,
        "images.reformat": planes.three,
        "images.plane": planes.next_plane,
        "images.tilt": partial(tiles.take, Tool.TILT),
        "images.tilt_left": partial(planes.tilt, -TILT_STEP, 0.0),
        "images.tilt_right": partial(planes.tilt, TILT_STEP, 0.0),
        "images.tilt_up": partial(planes.tilt, 0.0, TILT_STEP),
        "images.tilt_down": partial(planes.tilt, 0.0, -TILT_STEP),
        "images.thicker": partial(planes.thicken, 1),
        "images.thinner": partial(planes.thicken, -1),
        "images.blend": planes.next_blend,
        "images.fuse": planes.fuse,
        "images.fuse_hotter": partial(planes.blend_top, -1),
        "images.fuse_cooler": partial(planes.blend_top, 1),
        "images.fuse_more": partial(planes.opacity, _MORE),
        "images.fuse_less": partial(planes.opacity, -_MORE),
        "images.palette": planes.next_palette,
    }


def switched(tiles: Tiles, navigator: Navigator) -> frozenset[str]:
    """Which of the commands that can be switched on are."""
    states = (
        ("images.link", navigator.joined()),
        ("images.lines", navigator.lines_on),
        ("images.fuse", tiles.tile.fusion is not None),
        ("images.reformat", any(tiles[at].reformat is not None for at in range(len(tiles)) if tiles.visible(at))),
    )
    return frozenset(identifier for identifier, on in states if on)
