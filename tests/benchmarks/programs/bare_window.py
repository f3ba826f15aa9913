"""The peer of the window: bare PySide6, one widget, and on request pictures that the down key goes through."""

from __future__ import annotations

import json
import os
import sys
import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

_SIZE = 512


class Bare(QWidget):
    """Paints one of its pictures, scaled smoothly to a square of `side` pixels."""

    def __init__(self, pictures: int, side: int) -> None:
        super().__init__()
        self.resize(1440, 900)
        self._pictures = [_noise(number) for number in range(pictures)]
        self._at, self._side, self._said = 0, side, False

    def paintEvent(self, _event) -> None:  # noqa: N802 - an override of Qt
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._pictures:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            left, top = (self.width() - self._side) // 2, (self.height() - self._side) // 2
            picture = self._pictures[self._at]
            painter.drawImage(self.rect().adjusted(left, top, -left, -top), picture)
        if not self._said:
            self._said = True
            QTimer.singleShot(0, lambda: say(painted=time.monotonic() - float(os.environ["BENCH_T0"])))

    def keyPressEvent(self, _event) -> None:  # noqa: N802 - an override of Qt
        self._next()

    def mouseMoveEvent(self, _event) -> None:  # noqa: N802 - an override of Qt
        self._next()

    def _next(self) -> None:
        self._at = (self._at + 1) % len(self._pictures)
        self.repaint()


def _noise(seed: int) -> QImage:
    import numpy as np

    grey = np.random.default_rng(seed).integers(60, 200, (_SIZE, _SIZE)).astype(np.uint32)
    pixels = grey * 0x010101 | 0xFF000000
    return QImage(pixels.astype(np.uint32).tobytes(), _SIZE, _SIZE, _SIZE * 4, QImage.Format.Format_RGB32).copy()


def say(**facts: float) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201 - the answer to who measures


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    window = Bare(*(int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (0, _SIZE))
    window.show()
    sys.exit(application.exec())
