"""What the commands about overlays, outlines and presentation states do; their names and keys are in `ui.actions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reviewer_app.domain.imaging import Instance
from reviewer_app.domain.presentation import AreaMode, PresentationState
from reviewer_app.ui.viewer.drawn_book import DrawnBook
from reviewer_app.ui.viewer.look import Look
from reviewer_app.ui.viewer.placement import ZOOM_RANGE, Placement, Pose
from reviewer_app.ui.viewer.planes import Planes
from reviewer_app.ui.viewer.tiles import Tiles


def table(
    tiles: Tiles, book: DrawnBook, planes: Planes, notice: Callable[[str], None]
) -> dict[str, Callable[[], None]]:
    """Every command by its id."""

    def toggle() -> None:
        book.show(visible=not book.visible)
        notice("Overlays and outlines are shown." if book.visible else "Overlays and outlines are hidden.")

    def step() -> None:
        tile = tiles.tile
        frame = tile.frame
        if frame is None:
            return
        before = tile.look.presentation
        state = book.after(frame.instance, frame.number, before)
        if state is None and not before:
            notice("No presentation state came with this picture.")
        elif state is None:
            tile.change(Look())
            planes.lay_by(None)
            notice("Shown as stored.")
        else:
            pose = state_pose(state, frame.instance, frame.number, tiles.view.placement(tiles.active))
            tile.change(Look(pose=pose, presentation=state.uid))
            planes.lay_by(state)
            notice(f"Shown as the presentation state “{state.title}” says.")

    return {"images.drawings": toggle, "images.presentation": step}


def state_pose(state: PresentationState, instance: Instance, frame: int, placement: Placement | None) -> Pose:
    """Turns, flip and displayed area of a state as a pose (PS3.3 C.10.4, C.10.6).

    Args:
        frame: Of the instance, from 0.
        placement: Of the picture on screen, which knows how large the viewport is; None if there is none.
    """
    pose = Pose(rotation=state.rotation // 90 % 4 * 90, flipped=state.flipped)
    area, pixel = state.area(instance.uid, frame), instance.pixels
    if area is None or pixel is None or placement is None:
        return pose
    aspect = area.aspect or instance.frames[frame].spacing.aspect
    placed = replace(placement, aspect=aspect, pose=pose)
    left, right = sorted((area.top_left[0], area.bottom_right[0]))
    top, bottom = sorted((area.top_left[1], area.bottom_right[1]))
    center = ((left - 1 + right) / 2 / pixel.columns, (top - 1 + bottom) / 2 / pixel.rows)
    across, down = float(right - left + 1), (bottom - top + 1) * aspect
    if placed.sideways:
        across, down = down, across
    scale = min(placed.width / across, placed.height / down)
    if area.mode is AreaMode.MAGNIFY and area.magnification > 0:
        scale = area.magnification / placed.pixel_ratio
    low, high = ZOOM_RANGE
    return replace(pose, zoom=min(max(scale / placed.fit_scale, low), high), center=center)
