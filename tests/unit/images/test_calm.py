"""Reading ahead holds back while a case comes up on the desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer_app.services import images
from reviewer_app.services.calm import CALM, Calm
from reviewer_app.services.session import Session
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

WAIT = 30


@pytest.fixture
def session(tmp_path: Path, shared: Path) -> Iterator[Session]:
    """A vault with ten slices of a head CT."""
    made = open_session(tmp_path)
    folder = shared / "data" / "dicom" / "series_geometry"
    ingest(made, sorted(file for file in folder.glob("I*0") if file.name[1:].isdigit())[:10])
    yield made
    made.close()


@pytest.fixture
def calm() -> Iterator[Calm]:
    """A case is coming up on the desk."""
    CALM.hold(60)
    yield CALM
    CALM.end()


@pytest.mark.parametrize("by", ["the desk stands", "somebody scrolls"])
def test_while_a_case_comes_up_only_the_frame_on_screen_is_decoded(session: Session, calm: Calm, by: str):
    (study,) = images.studies(session, CASE_ID)
    display_set = images.display_set(session, CASE_ID, study.series[0].uid)
    order: list[int] = []
    first, every = threading.Event(), threading.Event()

    def ready(number: int) -> None:
        order.append(number)
        first.set()
        if len(order) == len(display_set):
            every.set()

    stack = images.open_stack(session, display_set, ready)
    assert first.wait(WAIT)
    assert not every.wait(0.2)
    middle = len(stack) // 2
    assert order == [middle]
    if by == "the desk stands":
        calm.end()
    else:
        stack.go_to(middle + 1)
    assert every.wait(WAIT)
    stack.close()


def test_it_ends_by_itself_where_nobody_ends_it():
    calm = Calm()
    assert not calm.left
    calm.hold(0.01)
    assert 0 < calm.left <= 0.01
    threading.Event().wait(0.02)
    assert not calm.left


def test_a_hand_on_a_picture_ends_the_calm_and_is_known_for_a_moment(calm: Calm, monkeypatch: pytest.MonkeyPatch):
    assert not calm.used
    monkeypatch.setattr("reviewer_app.services.calm._PAUSE", 60)
    calm.use()
    assert calm.used
    assert not calm.left
    monkeypatch.setattr("reviewer_app.services.calm._PAUSE", 0)
    calm.use()
    assert not calm.used
