"""A screen of its own (Xvfb) whose pixels can be watched from outside, with keys and mouse (XTEST).

The frame buffer is a memory-mapped file, so watching costs the watched program nothing.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import numpy as np

WIDTH, HEIGHT = 1440, 900
_LONGEST = 2.0
_QUIET = 0.05
_POLL = 0.0003


class Screen:
    """An X server; a context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="bench-screen-", dir=_memory_folder())
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", self._folder]
        self._server = subprocess.Popen(
            [*command, "-nolisten", "tcp"], pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.display = f":{answer.readline().strip()}"
        self.pixels = _mapped(Path(self._folder) / "Xvfb_screen0")
        self._x, self._test = (ctypes.CDLL(ctypes.util.find_library(name)) for name in ("X11", "Xtst"))
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._to = ctypes.c_void_p(self._x.XOpenDisplay(self.display.encode()))

    @staticmethod
    def available() -> bool:
        """Whether this machine has what it takes."""
        return bool(shutil.which("Xvfb") and ctypes.util.find_library("Xtst"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._x.XCloseDisplay(self._to)
        self._server.terminate()
        self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to come up here."""
        return {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def key(self, name: str) -> None:
        """Press and release a key."""
        code = self._x.XKeysymToKeycode(self._to, ctypes.c_ulong(self._x.XStringToKeysym(name.encode())))
        self._test.XTestFakeKeyEvent(self._to, code, 1, 0)
        self._test.XTestFakeKeyEvent(self._to, code, 0, 0)
        self._x.XSync(self._to, 0)

    def move(self, x: int, y: int) -> None:
        """Move the pointer."""
        self._test.XTestFakeMotionEvent(self._to, 0, x, y, 0)
        self._x.XSync(self._to, 0)

    def button(self, number: int, *, down: bool) -> None:
        """Press or release a mouse button."""
        self._test.XTestFakeButtonEvent(self._to, number, int(down), 0)
        self._x.XSync(self._to, 0)

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        self.move(x, y)
        self.button(1, down=True)
        self.button(1, down=False)

    def picture_at(self) -> tuple[int, int]:
        """Middle of what looks like a textured grey picture."""
        rows, columns = self._textured()
        return (int(np.median(columns)) * 2, int(np.median(rows)) * 2) if rows.size else (WIDTH // 2, HEIGHT // 2)

    def quarters(self) -> list[tuple[int, int]]:
        """Middles of four textured grey pictures beside and below each other."""
        rows, columns = (np.percentile(found, (25, 75)).astype(int) * 2 for found in self._textured())
        return [(int(column), int(row)) for row in rows for column in columns]

    def around(self, x: int, y: int, reach: int = 70) -> np.ndarray:
        """The pixels of a square around a place, as they change."""
        return self.pixels[y - reach : y + reach, x - reach : x + reach]

    def _textured(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns, halved, of what looks like a textured grey picture."""
        seen = self.pixels[::2, ::2, :3].astype(np.int16)
        grey = (np.ptp(seen, axis=2) < 3) & (seen[..., 1] > 25) & (seen[..., 1] < 235)
        step = np.abs(np.diff(seen[..., 1], axis=1, prepend=0))
        rows, columns = np.nonzero(grey & (step > 1) & (step < 70))
        return rows, columns

    def until_changed(self, act: Callable[[], None], *areas: np.ndarray) -> float | None:
        """Milliseconds from an act until all areas have a changed pixel; waits until it is quiet; None without one."""
        before = [area.copy() for area in areas]
        began = time.perf_counter()
        act()
        for area, old in zip(areas, before, strict=True):
            while np.array_equal(area, old):
                if time.perf_counter() - began > _LONGEST:
                    return None
                time.sleep(_POLL)
        changed = time.perf_counter() - began
        time.sleep(_QUIET)
        return changed * 1e3

    def taken(self, times: int, act: Callable[[int], None], *areas: np.ndarray) -> list[float]:
        """Milliseconds of each of that many acts, which are told their number; some may change nothing.

        Raises:
            RuntimeError: More than a tenth changed nothing.
        """
        found = [self.until_changed(lambda number=number: act(number), *areas) for number in range(times)]
        changed = [value for value in found if value is not None]
        if len(changed) < times * 0.9:
            message = f"only {len(changed)} of {times} acts changed the picture"
            raise RuntimeError(message)
        return changed


def _memory_folder() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _mapped(file: Path) -> np.ndarray:
    """The frame buffer as (rows, columns, BGRX); X window dump format, XWDFile.h."""
    with file.open("rb") as opened:
        memory = mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ)
    (header,), (line,), (colours,) = (struct.unpack_from(">I", memory, at) for at in (0, 48, 76))
    flat = np.frombuffer(memory, np.uint8, line * HEIGHT, header + colours * 12)
    return flat.reshape(HEIGHT, line)[:, : WIDTH * 4].reshape(HEIGHT, WIDTH, 4)
