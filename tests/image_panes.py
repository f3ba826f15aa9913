"""Builders: the images pane on a real vault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from reviewer_app.services.session import Session
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.viewer.presenter import ViewerPresenter
from reviewer_app.ui.viewer.view import ViewerView
from tests.desks import open_session
from tests.vaulted_images import case_of, ingest


class Pane:
    """A pane on a vault that holds a case's images.

    Args:
        session: One that holds them already, and is left open.
    """

    def __init__(self, qtbot, folder: Path, home: Path | None = None, files=None, session=None) -> None:
        self.bot = qtbot
        self.owned = session is None
        self.session = session or filled(folder, home, files)
        self.runner, self.bus = Runner(), Bus()
        self.notices: list[str] = []
        self.bus.notice.connect(self.notices.append)
        self.view = ViewerView()
        qtbot.addWidget(self.view)
        self.view.resize(900, 800)
        self.view.show()
        context = Context(self.session, self.runner, self.bus, self.session.settings)
        self.presenter = ViewerPresenter(self.view, context, case_of(folder))
        self.presenter.start()
        self.settle()

    def settle(self) -> None:
        """Wait until the active tile shows what is wanted of it."""
        tile = self.presenter.tile
        self.bot.waitUntil(
            lambda: (tile.stack is not None or tile.reformat is not None) and self._done(tile), timeout=20_000
        )

    def settle_all(self) -> None:
        """Wait until every visible tile shows what is wanted of it."""
        tiles = self.presenter._tiles
        shown = [tiles[number] for number in range(len(tiles)) if tiles.visible(number) and tiles.series[number]]
        self.bot.waitUntil(
            lambda: all((tile.stack or tile.reformat) and self._done(tile) for tile in shown), timeout=30_000
        )

    @staticmethod
    def _done(tile) -> bool:
        return tile.shown == tile.wanted or bool(tile.stranger(tile.wanted) and not tile.revealed)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the pictures."""
        self.view.focus_images()
        self.bot.keyClick(self.view.viewport(self.presenter.active), key, modifier)
        self.settle()

    def do(self, *commands: str) -> None:
        """Carry out commands of the pane."""
        for command in commands:
            self.presenter.do(command)
            self.settle()

    @property
    def viewport(self):
        return self.view.viewport(self.presenter.active)

    def painted(self) -> np.ndarray:
        """Pixels of the active tile as 0xffRRGGBB."""
        image = self.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
        return rows[:, : image.width()].copy()

    def close(self) -> None:
        self.presenter.close()
        self.runner.close()
        if self.owned:
            self.session.close()


def filled(folder: Path, home: Path, files=None) -> Session:
    """A new vault with the images of a case."""
    session = open_session(home)
    ingest(session, files or sorted((folder / "dicom").rglob("*.dcm")))
    return session
