"""What the commands for measuring do; their names and keys are in `ui.actions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from reviewer_app.domain.imaging import Instance
from reviewer_app.errors import BadInput
from reviewer_app.services import measuring
from reviewer_app.ui.viewer import texts
from reviewer_app.ui.viewer.marks_book import MarkBook
from reviewer_app.ui.viewer.marks_hand import MarkHand
from reviewer_app.ui.viewer.state import Tool
from reviewer_app.ui.viewer.tiles import Tiles

_NO_KEY_IMAGE = (
    "A reformat is worked out, not stored, so it can be no key image. Point at the place (Shift and mouse): the tile "
    "with the stored slices goes there."
)
DRAWING = tuple(tool for tool in Tool if tool.shape is not None)


def table(tiles: Tiles, hand: MarkHand, book: MarkBook, say: Callable[[str], object]) -> dict[str, Callable[[], None]]:
    """Every command for measuring by its id.

    Args:
        say: Shows one sentence.
    """
    return {
        **{f"images.{tool.value}": partial(hand.take, tool) for tool in DRAWING},
        "images.enter": hand.enter,
        "images.let_go": hand.let_go,
        "images.delete": hand.delete,
        "images.key": partial(_key_image, tiles, book, say),
        "images.region_window": partial(_region_window, tiles, book, say),
        "images.calibrate_series": partial(_calibrate_series, tiles, book, say),
        "images.undo": book.undo,
        "images.redo": book.redo,
        "images.uncalibrate": partial(_uncalibrate, tiles, book, say),
        "images.marks": tiles.view.toggle_marks_list,
    }


def _key_image(tiles: Tiles, book: MarkBook, say: Callable[[str], object]) -> None:
    tile = tiles.tile
    citable = tiles.selection()
    if citable is None or citable.image is None or tile.display_set is None or tile.shown is None:
        say(_NO_KEY_IMAGE if tile.reformat is not None else "There is no picture here that can be a key image.")
        return
    book.toggle_key_image(citable.image, texts.cited_as(tile.display_set, tile.shown))


def _region_window(tiles: Tiles, book: MarkBook, say: Callable[[str], object]) -> None:
    frame, chosen = tiles.tile.frame, book.measurement
    if frame is None or chosen is None or chosen.place.instance != frame.instance.uid:
        say("Select an ellipse, rectangle or polygon first; the window is then set from what lies inside.")
        return
    window = measuring.suiting_window(frame, chosen)
    if window is None:
        say("There are no grey values inside to set a window from.")
        return
    tiles.tile.change(replace(tiles.tile.look, window=window))


def _calibrate_series(tiles: Tiles, book: MarkBook, say: Callable[[str], object]) -> None:
    frame = tiles.tile.frame
    if frame is None:
        say("There is no image here whose calibration could be used.")
        return
    instance, images = frame.instance, _images_of(tiles)
    try:
        if not book.keep(lambda marks: measuring.calibrated_alike(marks, instance, images)):
            return
    except BadInput as error:
        say(str(error))
        return
    made = book.marks.calibration(instance)
    alike = sum(made is not None and made.holds(image) for image in images)
    say(f"Calibrated by hand: {alike} of {len(images)} images of this series; all lengths on them say so.")


def _uncalibrate(tiles: Tiles, book: MarkBook, say: Callable[[str], object]) -> None:
    frame = tiles.tile.frame
    if frame is None or book.marks.calibration(frame.instance) is None:
        say("This image was not calibrated by hand.")
        return
    instance, images = frame.instance, _images_of(tiles)
    book.keep(lambda marks: measuring.uncalibrated(marks, instance, images))


def _images_of(tiles: Tiles) -> tuple[Instance, ...]:
    """Every image of the series in the active tile once."""
    shown = tiles.tile.display_set
    return tuple({image.uid: image for image, _ in shown.images}.values()) if shown is not None else ()
