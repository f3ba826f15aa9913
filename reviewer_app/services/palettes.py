"""Colours for grey values, and the usual windows of a modality: data files in `resources/viewing`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import numpy as np

from reviewer_app.domain.imaging import Instance, VoiFunction, Window

_WHITE = 255
_OPAQUE = np.uint32(0xFF000000)


@cache
def names() -> tuple[str, ...]:
    """Colour maps in the order of the file."""
    return tuple(_maps())


@cache
def colours(name: str) -> np.ndarray:
    """256 colours 0xffRRGGBB (uint32) of a colour map, linear between its points; KeyError for an unknown one."""
    points = np.array(_maps()[name], np.float64)
    levels = np.arange(_WHITE + 1)
    channels = [np.rint(np.interp(levels, points[:, 0], points[:, column])).astype(np.uint32) for column in (1, 2, 3)]
    return np.asarray(channels[0] << np.uint32(16) | channels[1] << np.uint32(8) | channels[2] | _OPAQUE)


def coloured(table: np.ndarray, name: str) -> np.ndarray:
    """A table of greys 0xffRRGGBB as one of colours; the same where it has some, or no colour map is known by name."""
    return colours(name)[table & np.uint32(_WHITE)] if name in names() and _is_grey(table) else table


def _is_grey(table: np.ndarray) -> bool:
    return not ((table ^ table >> np.uint32(8)) & np.uint32(0xFFFF)).any()


@cache
def _maps() -> dict[str, list[list[float]]]:
    found = json.loads((files("resources.viewing") / "palettes.json").read_text("utf-8"))
    return {entry["name"]: entry["points"] for entry in found}


@cache
def _windows() -> dict[str, tuple[str, tuple[Window, ...]]]:
    found = json.loads((files("resources.viewing") / "windows.json").read_text("utf-8"))
    return {
        entry["modality"]: (
            entry.get("unit", ""),
            tuple(Window(one["center"], one["width"], one["name"]) for one in entry["windows"]),
        )
        for entry in found
    }


def usual_windows(instance: Instance) -> tuple[Window, ...]:
    """The usual windows of a modality in its modality values; none where these have another scale."""
    unit, offered = _windows().get(instance.modality, ("", ()))
    if instance.modality_luts:
        return ()
    if unit != "SUV":
        return offered
    factor = instance.suv_factor
    if factor <= 0:
        return ()
    return tuple(Window(one.center / factor, one.width / factor, one.name, VoiFunction.LINEAR_EXACT) for one in offered)
