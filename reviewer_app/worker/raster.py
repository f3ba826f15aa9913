"""Raster pictures (JPEG, PNG, TIFF with G4, GIF, BMP) to pixels with Pillow, inside the worker."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from reviewer_app.errors import Unreadable

FORMATS = ("JPEG", "PNG", "TIFF", "GIF", "BMP")
_MOST_PIXELS = 150_000_000
_MOST_WIDTH = 6000
_WORD_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "F"})


def preload() -> None:
    """Load every reader now: nothing can be imported behind the lock."""
    Image.init()
    for name in ("JPEG", "PNG", "TIFF"):
        sample = BytesIO()
        Image.new("L", (8, 8)).save(sample, name)
        Image.open(BytesIO(sample.getvalue()), formats=FORMATS).convert("RGB")
    sample = BytesIO()
    Image.new("1", (8, 8)).save(sample, "TIFF", compression="group4")
    Image.open(BytesIO(sample.getvalue()), formats=FORMATS).convert("RGB").resize((4, 4), Image.Resampling.BOX)


def render(data: memoryview, index: int, width: int) -> tuple[np.ndarray, int]:
    """Picture `index` of a file, at most `width` pixels wide.

    Returns:
        (rows, columns, 4) uint8 in the order blue, green, red, opaque; number of pictures in the file.

    Raises:
        Unreadable: It is no picture of these kinds, or too large.
    """
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        count = int(getattr(picture, "n_frames", 1))
        if not 0 <= index < count:
            raise Unreadable(f"The file has {count} pages; page {index + 1} is not one of them.")
        if index:
            picture.seek(index)
        across, down = picture.size
        if across * down > _MOST_PIXELS:
            raise Unreadable(f"The picture is {across} x {down} pixels, which is more than can be shown.")
        return _drawn(picture, min(max(width, 1), _MOST_WIDTH)), count
    except UnidentifiedImageError as error:
        raise Unreadable("This is not a picture that can be shown.", "Ask the sender for a PDF or JPEG.") from error
    except Image.DecompressionBombError as error:  # told by the library before the size can be asked for
        raise Unreadable(
            "The picture has more pixels than can be shown.", "Ask the sender for a smaller copy."
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Unreadable("The picture is damaged and cannot be shown.", "Ask the sender for a sound copy.") from error


def _drawn(picture: Image.Image, width: int) -> np.ndarray:
    picture.draft("RGB", (width, width))
    upright: Image.Image = ImageOps.exif_transpose(picture)
    if upright.mode in _WORD_MODES:
        values = np.asarray(upright, dtype=np.float64)
        span = float(np.ptp(values)) or 1.0
        upright = Image.fromarray(((values - values.min()) * (255 / span)).astype(np.uint8))
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        layered = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered)
    upright = upright.convert("RGB")
    if upright.width > width:
        height = max(1, round(upright.height * width / upright.width))
        upright = upright.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    rgb = np.asarray(upright)
    result = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    result[..., :3] = rgb[..., ::-1]
    return result
