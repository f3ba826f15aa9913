"""Builders: the images pane and the opinion pane of one case on one bus, as the desk has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from reviewer_app.domain.marks import Marks
from reviewer_app.domain.measurement import Point
from reviewer_app.errors import ReviewerError
from reviewer_app.services import opinions
from reviewer_app.services.session import Session
from reviewer_app.ui.context import Bus, Context
from reviewer_app.ui.opinion.presenter import OpinionPresenter
from reviewer_app.ui.opinion.view import OpinionView
from reviewer_app.ui.runner import Runner
from reviewer_app.ui.viewer.marks_hit import to_view
from reviewer_app.ui.viewer.presenter import ViewerPresenter
from reviewer_app.ui.viewer.view import ViewerView
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import case_of, ingest

PLAIN = Qt.KeyboardModifier.NoModifier


class MeasuringDesk:
    """Both panes on a vault that holds a case's images.

    Args:
        wait: Waits until a condition holds, the event loop running.
        session: An open one; otherwise a new vault with `files` in it is made at `home`.
        drafted: Whether the draft is open; otherwise `opinion.start` opens it.
    """

    def __init__(
        self, wait: Callable[[Callable[[], bool]], None], folder: Path, home: Path,
        files: Iterable[Path] = (), session: Session | None = None, drafted: bool = True,
    ) -> None:  # fmt: skip
        self.wait = wait
        if session is None:
            session = open_session(home)
            ingest(session, files or sorted((folder / "dicom").rglob("*.dcm")))
        self.session = session
        self.runner, self.bus = Runner(), Bus()
        self.notices: list[str] = []
        self.bus.notice.connect(self.notices.append)
        self.problems: list[ReviewerError] = []
        self.bus.problem.connect(self.problems.append)
        self.view, self.opinion_view = ViewerView(), OpinionView()
        self.view.resize(900, 800)
        self.view.show()
        context = Context(session, self.runner, self.bus, session.settings)
        case = case_of(folder)
        self.presenter = ViewerPresenter(self.view, context, case)
        self.opinion = OpinionPresenter(self.opinion_view, context, case)
        self.presenter.start()
        self.settle()
        if drafted:
            self.open_draft()
        self.view.focus_images()

    def open_draft(self) -> None:
        """Let the opinion pane read the draft, and wait until the images know it."""
        self.opinion.start()
        self.wait(lambda: self.presenter._book._open)

    def settle(self) -> None:
        """Wait until the active tile shows what is wanted of it."""
        tile = self.presenter.tile
        self.wait(lambda: tile.shown is not None and tile.shown == tile.wanted)

    @property
    def viewport(self):
        return self.view.viewport(self.presenter.active)

    @property
    def marks(self) -> Marks:
        """As the images pane knows them."""
        return self.presenter._book.marks

    def kept(self) -> Marks:
        """As the vault has them once everything is written."""
        read: list[Marks] = []

        def same() -> bool:
            read.append(opinions.open(self.session, CASE_ID).marks)
            return read[-1] == self.marks

        self.wait(same)
        return read[-1]

    def spot(self, point: Point) -> QPoint:
        """Where a point of the image lies on the viewport."""
        x, y = to_view(self.viewport.placement, point)
        return QPoint(round(x), round(y))

    def drag(self, start: Point, end: Point) -> None:
        QTest.mousePress(self.viewport, Qt.MouseButton.LeftButton, PLAIN, self.spot(start))
        for step in range(1, 6):
            way = (start[0] + (end[0] - start[0]) * step / 5, start[1] + (end[1] - start[1]) * step / 5)
            QTest.mouseMove(self.viewport, self.spot(way))
        QTest.mouseRelease(self.viewport, Qt.MouseButton.LeftButton, PLAIN, self.spot(end))

    def click(self, *points: Point) -> None:
        for point in points:
            QTest.mouseClick(self.viewport, Qt.MouseButton.LeftButton, PLAIN, self.spot(point))

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(self.viewport, key, modifier)

    def write(self, words: str) -> None:
        """Into the line that was opened over the picture."""
        QTest.keyClicks(self.viewport._entry, words)
        QTest.keyClick(self.viewport._entry, Qt.Key.Key_Return)

    def draw(self, key: Qt.Key, start: Point, end: Point) -> None:
        self.press(key)
        self.drag(start, end)

    def close(self) -> None:
        self.presenter.close()
        self.opinion.close()
        self.runner.close()
        self.session.close()


def near(points: Sequence[Point], wanted: Sequence[Point], within: float) -> bool:
    """Whether points lie where they were drawn, as far as pixels of the screen allow."""
    return len(points) == len(wanted) and all(
        abs(a - b) <= within for one, other in zip(points, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )
