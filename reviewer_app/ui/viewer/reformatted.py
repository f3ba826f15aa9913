"""A reformat as a tile shows it: which plane or slab of a volume, where in it, and what is said about it.

Plain Python.  Cutting is `services.volumes`; the tile paints what comes from here like any other frame.
"""

from __future__ import annotations

import math
from dataclasses import replace

from reviewer_app.domain.imaging import DisplaySet, Plane, Vector, Window
from reviewer_app.domain.orientation import edges, letters
from reviewer_app.domain.space import Sheet, dot, minus, plus, tilted
from reviewer_app.services import volumes
from reviewer_app.services.images import Frame
from reviewer_app.services.volumes import Blend, View, Volume
from reviewer_app.ui.viewer import texts
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.state import TileState

THICKNESSES = (0.0, 3.0, 5.0, 10.0, 20.0, 40.0)
"""Millimetres of a slab that keys step through; 0 is a plane."""
_NAMES = {"L": "sagittal", "R": "sagittal", "P": "coronal", "A": "coronal", "H": "axial", "F": "axial"}
_STRAIGHT = 0.996
"""Cosine of about five degrees."""


class Reformat:
    """One plane or slab through a volume.

    Attributes:
        source: The display set that the volume was made of.
        sheet: Where the plane lies.
        thickness: Of the slab in millimetres; 0 for a plane.
        draft: Whether fewer pixels are worked out, because something is being dragged.
    """

    def __init__(self, source: DisplaySet, volume: Volume, view: View, through: Vector | None = None) -> None:
        self.source, self.volume = source, volume
        self.thickness = 0.0
        self.blend = Blend.MAXIMUM
        self.draft = False
        self._view: View | None = view
        grid = volume.grid
        self.sheet = volumes.upright(grid, view, through if through is not None else grid.centre)
        self._cut: tuple[object, Frame, bool] | None = None
        worst = max((instance for instance, _ in source.images), key=lambda instance: instance.lossy_ratio)
        self._lossy = texts.lossy_mark(worst)

    # where

    @property
    def plane_view(self) -> View | None:
        """Which of the volume's own planes it is; None once it was tilted."""
        return self._view

    @property
    def oblique(self) -> bool:
        """Whether the plane was tilted away from the directions of the volume."""
        return self._view is None

    @property
    def step(self) -> float:
        """Millimetres from one plane to the next."""
        return volumes.step_of(self.volume.grid, self.sheet.plane.normal)

    @property
    def count(self) -> int:
        """How many planes there are from one end of the volume to the other."""
        low, high = self._ends()
        return max(int((high - low) / self.step + 1e-6) + 1, 1)

    @property
    def index(self) -> int:
        """Which of them is shown, from 0."""
        low, _ = self._ends()
        here = dot(self.sheet.plane.position, self.sheet.plane.normal)
        return min(max(round((here - low) / self.step), 0), self.count - 1)

    def _ends(self) -> tuple[float, float]:
        """Where the volume begins and ends along the normal: centres of its outermost voxels."""
        grid, normal = self.volume.grid, self.sheet.plane.normal
        along = [
            dot(grid.point([(0, count - 1)[bit >> axis & 1] for axis, count in enumerate(grid.shape)]), normal)
            for bit in range(8)
        ]
        return min(along), max(along)

    # what the reader does

    def go(self, index: int) -> None:
        """Show the plane of this number; beyond either end is the end."""
        wanted = min(max(index, 0), self.count - 1)
        if self._on_grid():
            self.sheet = self.sheet.moved((wanted - self.index) * self.step)
            return
        low, _ = self._ends()
        here = dot(self.sheet.plane.position, self.sheet.plane.normal)
        self.sheet = self.sheet.moved(low + wanted * self.step - here)

    def go_through(self, point: Vector) -> None:
        """Show the plane through a point, or the nearest of the voxels' own."""
        if self._view is not None and self._on_grid():
            self.sheet = volumes.upright(self.volume.grid, self._view, point)
        else:
            self.sheet = self.sheet.moved(self.sheet.height_of(point))

    def _on_grid(self) -> bool:
        return self._view is not None and self.volume.grid.is_box

    def tilt(self, about: Vector, right: float, up: float) -> None:
        """Turn the plane about a point of it.

        Args:
            right: Degrees about the upright direction of the picture, its right side away from the reader.
            up: Degrees about the level direction, its upper side away from the reader.
        """
        self._view = None
        plane = tilted(self.sheet.plane, about, self.sheet.plane.column, right)
        plane = tilted(plane, about, plane.row, up)
        self._lay(plane)

    def straighten(self, view: View, through: Vector) -> None:
        """Show one of the volume's own planes again."""
        self._view = view
        self.sheet = volumes.upright(self.volume.grid, view, through)

    def set_draft(self, *, draft: bool) -> None:
        """Work out fewer pixels while something is dragged; all of them again afterwards."""
        if draft != self.draft:
            self.draft = draft
            if not self._on_grid():
                self._lay(self.sheet.plane)

    def _lay(self, plane: Plane) -> None:
        """A rectangle on a plane that covers the volume; its size does not change while scrolling."""
        grid = self.volume.grid
        self.sheet = volumes.covering(grid, plane, volumes.DRAFT) if self.draft else volumes.covering(grid, plane)

    # what is shown

    def frame(self) -> Frame:
        """The picture, worked out when anything about it has changed."""
        key = (self.sheet, self.thickness, self.blend)
        if self._cut is None or self._cut[0] != key:
            found = volumes.cut(self.volume, self.sheet, self.thickness, self.blend)
            self._cut = (key, volumes.frame_of(self.volume, found.values), found.interpolated)
        return self._cut[1]

    @property
    def interpolated(self) -> bool:
        """Whether values of the picture are not those of single voxels."""
        self.frame()
        return self._cut is not None and self._cut[2]

    @property
    def aspect(self) -> float:
        """Height of a pixel divided by its width."""
        return self.sheet.row_step / self.sheet.column_step

    @property
    def name(self) -> str:
        """`coronal`, `oblique sagittal`, `oblique`."""
        normal = self.sheet.plane.normal
        axis = max(range(3), key=lambda part: abs(normal[part]))
        said = _NAMES["LPH"[axis]]
        if abs(normal[axis]) >= _STRAIGHT:
            return said
        return f"oblique {said}" if abs(normal[axis]) > math.sqrt(0.5) else "oblique"

    @property
    def slab(self) -> str:
        """`MIP 20 mm`; empty for a plane."""
        return f"{self.blend.value} {self.thickness:g} mm" if self.thickness > self.step else ""

    def words(self, pose: Pose, window: Window | None, *, inverted: bool) -> TileState:
        """Everything that is said over the picture."""
        plane = self.sheet.plane
        said = texts.reformat_texts(self.source, self.name, self.slab, self.sheet, (self.index, self.count))
        lines = texts.window_lines(window, inverted=inverted, suv=self.volume.instance.suv_factor)
        return TileState(
            texts=replace(said, window=lines),
            letters=edges(letters(plane.row), letters(plane.column), rotation=pose.rotation, flipped=pose.flipped),
            pose=pose,
            lossy=self._lossy,
            notes=self.notes(),
            images=self.count,
            index=self.index,
        )

    def notes(self) -> tuple[str, ...]:
        """What makes this not the stored picture, in sentences, the gravest first."""
        said = []
        if self.draft and not self._on_grid():
            said.append("Lower quality while it moves.")
        if self.slab:
            said.append(f"{self.slab} of the nearest voxels." if self.oblique else f"{self.slab} of slices.")
        elif self.interpolated:
            said.append("Interpolated reformat, not the stored picture.")
        else:
            said.append("Reformat: voxels of the stored slices, interpolated on screen.")
        return (*said, *self.volume.warnings, *texts.notes(self.source, self.volume.instance))


def nearest_point(sheet: Sheet, point: Vector) -> Vector:
    """The point of a picture straight above or below another point."""
    return plus(point, sheet.plane.normal, -dot(minus(point, sheet.plane.position), sheet.plane.normal))
