"""The peer of the desk: plain files read, parsed and shown by bare Qt lists and a picture, without a vault."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QMainWindow,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from reviewer_app.ui.shell.moments import Moments

_LEVEL, _WIDTH = 40, 400


def main(folder: Path) -> None:
    """Show the folder three times; print the moment of each."""
    application = QApplication(["bench"])
    for _ in range(4):
        os.environ["BENCH_T0"] = repr(time.monotonic())
        moments = Moments()
        window = shown(folder)
        moments.when_painted("painted", window.isVisible)
        window.show()
        while not moments.seconds:
            application.processEvents()
        sys.stdout.write(json.dumps(moments.seconds) + "\n")
        sys.stdout.flush()
        window.close()


def shown(folder: Path) -> QMainWindow:
    """Everything in one window."""
    documents = QListWidget()
    documents.addItems(sorted(file.name for file in (folder / "documents").iterdir()))
    by_analyte: dict[str, list[dict]] = {}
    for file in sorted((folder / "results").iterdir()):
        for entry in json.loads(file.read_bytes())["entry"]:
            by_analyte.setdefault(entry["resource"]["code"]["text"], []).append(entry["resource"])
    newest = QTableWidget(len(by_analyte), 2)
    for row, (name, results) in enumerate(by_analyte.items()):
        newest.setItem(row, 0, QTableWidgetItem(name))
        newest.setItem(row, 1, QTableWidgetItem(str(results[-1]["valueQuantity"]["value"])))
    window, centre = QMainWindow(), QWidget()
    across = QHBoxLayout(centre)
    for widget in (documents, picture(folder / "slice.raw"), newest):
        across.addWidget(widget)
    window.setCentralWidget(centre)
    window.resize(1440, 900)
    return window


def picture(file: Path) -> QLabel:
    """A slice of 512 x 512 signed values with a window."""
    values = np.fromfile(file, "<i2").reshape(512, 512)
    grey = np.clip((values - (_LEVEL - _WIDTH / 2)) / _WIDTH * 255, 0, 255).astype(np.uint8)
    label = QLabel()
    label.setPixmap(QPixmap.fromImage(QImage(grey.tobytes(), 512, 512, 512, QImage.Format.Format_Grayscale8)))
    return label


if __name__ == "__main__":
    main(Path(sys.argv[1]))
