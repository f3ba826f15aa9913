"""Noise: of the scanner, and of tissue; always from a seed, so that every run draws the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]


def generator(*seed: int | str) -> np.random.Generator:
    """A generator that depends on these words and numbers only."""
    return np.random.default_rng([part if isinstance(part, int) else _number(part) for part in seed])


def _number(word: str) -> int:
    import hashlib

    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")


def coloured(rng: np.random.Generator, size: int, low: float, high: float) -> Field:
    """Square field of zero mean and unit deviation whose spectrum lies between two frequencies (cycles per pixel)."""
    spectrum = np.fft.rfft2(rng.standard_normal((size, size)).astype(np.float32))
    fx = np.fft.rfftfreq(size)[None, :]
    fy = np.fft.fftfreq(size)[:, None]
    f = np.sqrt(fx * fx + fy * fy)
    shape = (1 - np.exp(-((f / low) ** 2))) * np.exp(-((f / high) ** 2)) if low > 0 else np.exp(-((f / high) ** 2))
    field = np.fft.irfft2(spectrum * shape, s=(size, size)).astype(np.float32)
    field -= field.mean()
    return np.asarray(field / field.std(), np.float32)


class ScannerNoise:
    """Noise of a filtered back-projection: little power at low frequencies and none at high ones, so it is grainy."""

    _TILES = 6

    def __init__(self, seed: str, size: int, *, low: float = 0.05, high: float = 0.22) -> None:
        rng = generator(seed, "noise")
        self._tiles = [coloured(rng, size, low, high) for _ in range(self._TILES)]
        self._rng = generator(seed, "tiles")

    def next(self) -> Field:
        """Noise of the next slice, unit deviation; tiles are shifted and turned, so that no repetition is seen."""
        tile = self._tiles[int(self._rng.integers(self._TILES))]
        if self._rng.integers(2):
            tile = tile[::-1]
        if self._rng.integers(2):
            tile = tile[:, ::-1]
        if self._rng.integers(2):
            tile = tile.T
        shift = tuple(int(s) for s in self._rng.integers(0, tile.shape[0], 2))
        return np.roll(tile, shift, (0, 1))


class TissueNoise:
    """A smooth field in three dimensions, unit deviation: lobules, trabeculae, fat strands, folds."""

    def __init__(self, seed: str, size: int, wavelength: float, slice_step: float, *, sharp: bool = False) -> None:
        """`wavelength` in pixels; `slice_step` is the distance of slices in wavelengths."""
        rng = generator(seed, "tissue")
        high = 0.7 / wavelength
        low = high / 2 if sharp else 0.0
        self._fields = [coloured(rng, size, low, high) for _ in range(5)]
        self._step = slice_step

    def at(self, index: int) -> Field:
        """The field in slice `index`: turns slowly from one field into the next."""
        place = index * self._step
        lower = int(np.floor(place))
        turn = (place - lower) * np.pi / 2
        a, b = self._field(lower), self._field(lower + 1)
        return a * np.float32(np.cos(turn)) + b * np.float32(np.sin(turn))

    def _field(self, number: int) -> Field:
        field = self._fields[number % len(self._fields)]
        lap = number // len(self._fields)
        return np.roll(field, (lap * 61, lap * 103), (0, 1)) if lap else field
