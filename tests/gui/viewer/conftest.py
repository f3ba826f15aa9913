"""The images pane beside the opinion, as the tests of marks use both."""

from __future__ import annotations

import pytest

from tests.measuring_desks import MeasuringDesk

LUNG = "data/cases/case-05-lung-nodules"


@pytest.fixture
def desks(qtbot, tmp_path, shared):
    opened = []

    def make(folder: str = LUNG, **more) -> MeasuringDesk:
        desk = MeasuringDesk(
            lambda done: qtbot.waitUntil(done, timeout=20_000), shared / folder, tmp_path / "home", **more
        )
        qtbot.addWidget(desk.view)
        qtbot.addWidget(desk.opinion_view)
        opened.append(desk)
        return desk

    yield make
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(desks):
    return desks()
