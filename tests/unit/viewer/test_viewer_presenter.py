"""The presenter of the images pane on a real vault, without Qt."""

from __future__ import annotations

import queue
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.dates import now
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.imaging import Window
from reviewer_app.services import images
from reviewer_app.ui.viewer.placement import Pose
from reviewer_app.ui.viewer.presenter import ViewerPresenter
from reviewer_app.ui.viewer.state import Layout
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import case_of, ingest

KIDNEY = "data/cases/case-03-kidney-disease"


class Signal:
    """A signal that calls its slots at once, or keeps calls from other threads until they are asked for."""

    def __init__(self, calls: queue.SimpleQueue | None = None) -> None:
        self._slots = []
        self._calls = calls

    def connect(self, slot) -> None:
        self._slots.append(slot)

    def disconnect(self, slot) -> None:
        self._slots.remove(slot)

    def emit(self, *values) -> None:
        for slot in self._slots:
            if self._calls is None:
                slot(*values)
            else:
                self._calls.put((slot, values))


class Screen:
    """Stands for the view: keeps what it was shown."""

    def __init__(self) -> None:
        self.calls: queue.SimpleQueue = queue.SimpleQueue()
        for name in (
            "asked",
            "series_chosen",
            "tile_chosen",
            "scrolled",
            "windowed",
            "posed",
            "revealed",
            "ticked",
            "presets_wanted",
            "touched",
            "nudged",
            "picked",
            "worded",
            "row_chosen",
            "row_cited",
            "row_removed",
            "pointed",
            "hovered",
            "tilted",
            "settled",
            "dropped",
        ):
            setattr(self, name, Signal())
        self.arrived = Signal(self.calls)
        self.state = None
        self.tiles = {}
        self.pictures = {}
        self.thumbnails = {}
        self.guides = {}

    def show_guides(self, number, guides) -> None:
        self.guides[number] = guides

    def show_state(self, state) -> None:
        self.state = state

    def show_tile(self, number, picture, state) -> None:
        self.tiles[number], self.pictures[number] = state, picture

    def show_thumbnail(self, uid, page) -> None:
        self.thumbnails[uid] = page

    def show_series(self, uid) -> None:
        pass

    def show_marks(self, number, marked) -> None:
        self.tiles[number] = replace(self.tiles[number], marked=marked)

    def show_marks_list(self, rows) -> None:
        self.rows = rows

    def toggle_marks_list(self) -> None:
        pass

    def wait_for(self, done) -> None:
        """Take calls from other threads until something is so."""
        while not done():
            slot, values = self.calls.get(timeout=20)
            slot(*values)


class Scope:
    """Runs jobs at once."""

    open = True

    def run(self, _lane, work, then, *, on_error=None, on_progress=None):
        job = SimpleNamespace(cancelled=False)
        try:
            answer = work(job)
        except Exception as error:
            if on_error is None:
                raise
            on_error(error)
        else:
            then(answer)

    def close(self) -> None:
        self.open = False


@pytest.fixture(scope="module")
def session(shared, tmp_path_factory):
    opened = open_session(tmp_path_factory.mktemp("viewer") / "home")
    ingest(opened, sorted((shared / KIDNEY / "dicom").rglob("*.dcm")))
    yield opened
    opened.close()


@pytest.fixture
def pane(session, shared):
    screen = Screen()
    signals = ("changed", "notice", "draft", "no_draft", "mark", "cite")
    bus = SimpleNamespace(**{name: Signal() for name in signals})
    runner = SimpleNamespace(scope=Scope)
    context = SimpleNamespace(session=session, runner=runner, bus=bus, settings=session.settings)
    presenter = ViewerPresenter(screen, context, case_of(shared / KIDNEY))
    presenter.start()
    screen.wait_for(lambda: presenter.tile.frame is not None)
    yield presenter, screen
    presenter.close()


def settle(presenter, screen) -> None:
    """Wait until what is wanted is shown."""
    screen.wait_for(lambda: presenter.tile.shown == presenter.tile.wanted and presenter.tile.frame is not None)


def test_opening_a_case_shows_the_middle_of_its_newest_series(pane):
    presenter, screen = pane
    assert presenter.tile.shown == 56
    assert "FERREIRA DA COSTA, João Manuel" in screen.tiles[0].texts.patient
    assert screen.state.groups[0].cards[0].offline
    assert screen.thumbnails


def test_the_picture_and_its_words_are_of_the_same_image(pane):
    presenter, screen = pane
    for index in (0, 111, 7, 60):
        presenter.tile.go(index)
        settle(presenter, screen)
        instance, _ = presenter.tile.display_set.images[index]
        assert screen.tiles[0].texts.place[-1].startswith(f"image {index + 1} / 112")
        assert (screen.pictures[0].codes == presenter.tile.stack.frame(index).codes).all()
        assert presenter.selection().image.instance == instance.uid


def test_scrolling_stops_at_both_ends(pane):
    presenter, screen = pane
    presenter.do("images.last")
    presenter.do("images.forward")
    settle(presenter, screen)
    assert presenter.tile.shown == 111
    presenter.do("images.first")
    presenter.do("images.previous")
    settle(presenter, screen)
    assert presenter.tile.shown == 0


def test_a_cited_place_comes_back_exactly(pane):
    presenter, screen = pane
    presenter.tile.go(44)
    settle(presenter, screen)
    look = replace(presenter.tile.look, window=Window(-600, 1500), pose=Pose(2.5, (0.3, 0.6), 90, True), inverted=True)
    presenter.tile.change(look)
    cited = presenter.selection()
    before_state, before = screen.tiles[0], screen.pictures[0]
    presenter.do("images.reset")
    presenter.do("images.first")
    settle(presenter, screen)
    presenter.show_place(cited.as_citation(CitationId("c1"), "section:diagnosis", now()))
    settle(presenter, screen)
    assert cited.label == "CT 2026-09-02, image 45"
    assert presenter.selection() == cited
    assert screen.tiles[0] == before_state
    assert (screen.pictures[0].table == before.table).all()


def test_a_cited_place_of_another_series_opens_that_series(pane):
    presenter, screen = pane
    cited = presenter.selection().as_citation(CitationId("c1"), "section:diagnosis", now())
    presenter.show_series("1.2.3.no.such.series")
    presenter.show_place(cited)
    settle(presenter, screen)
    assert presenter.selection().image == cited.image


def test_a_series_that_is_not_there_says_so_in_its_tile(pane):
    presenter, screen = pane
    presenter.show_series("1.2.3.no.such.series")
    assert "no such series" in screen.tiles[0].message
    assert presenter.selection() is None


def test_the_table_on_screen_is_the_one_of_its_window(pane):
    presenter, screen = pane
    presenter.do("images.preset3")
    frame = presenter.tile.frame
    expected = images.table(frame, images.presets(frame)[2], False)
    assert (screen.pictures[0].table == expected).all()
    presenter.do("images.invert")
    assert (screen.pictures[0].table == images.table(frame, images.presets(frame)[2], True)).all()
    assert screen.tiles[0].texts.window[0] == "inverted"


def test_a_dragged_window_stays_while_scrolling(pane):
    presenter, screen = pane
    presenter.tile.drag_window(20, -10)
    chosen = presenter.tile.window()
    presenter.do("images.next")
    settle(presenter, screen)
    assert presenter.tile.window() == chosen
    assert chosen.width > 400


def test_a_window_never_gets_narrower_than_one_grey_value(pane):
    presenter, _ = pane
    presenter.tile.drag_window(-1e6, 0)
    assert presenter.tile.window().width == 1


def test_turning_turns_the_letters_too(pane):
    presenter, screen = pane
    letters = screen.tiles[0].letters
    presenter.do("images.turn")
    assert screen.tiles[0].letters.top == letters.left
    presenter.do("images.turn_back")
    presenter.do("images.flip")
    assert (screen.tiles[0].letters.left, screen.tiles[0].letters.right) == (letters.right, letters.left)


def test_cine_goes_round_and_round(pane):
    presenter, screen = pane
    for end in ("images.first", "images.last"):
        presenter.do(end)
        settle(presenter, screen)
    presenter.do("images.play")
    assert screen.tiles[0].playing > 0
    presenter.tile.step()
    assert presenter.tile.shown == 0
    presenter.do("images.play")
    presenter.tile.step()
    assert presenter.tile.shown == 0


def test_a_second_tile_never_repeats_what_the_first_shows(pane):
    presenter, screen = pane
    presenter.do("images.pair")
    assert screen.state.layout is Layout.PAIR
    assert screen.tiles[1].message == "Choose a series below."  # the case has one series
    assert screen.pictures[1] is None


def test_enlarging_goes_back_to_the_layout_before(pane):
    presenter, screen = pane
    presenter.do("images.four")
    presenter.do("images.enlarge")
    assert screen.state.layout is Layout.SINGLE
    presenter.do("images.enlarge")
    assert screen.state.layout is Layout.FOUR


def test_new_images_do_not_move_the_picture_under_the_reader(pane):
    presenter, screen = pane
    presenter.tile.go(20)
    settle(presenter, screen)
    before = presenter.selection()
    tiles = presenter._tiles
    tiles.studies = tuple(
        replace(study, series=tuple(replace(series, held=5) for series in study.series)) for study in tiles.studies
    )
    presenter._context.bus.changed.emit(Changed(frozenset({Kind.IMAGES}), CASE_ID))
    settle(presenter, screen)
    assert presenter.selection().image.instance == before.image.instance


def test_the_images_of_someone_else_are_kept_back_and_cannot_be_cited(session, shared):
    screen = Screen()
    signals = ("changed", "notice", "draft", "no_draft", "mark", "cite")
    bus = SimpleNamespace(**{name: Signal() for name in signals})
    context = SimpleNamespace(session=session, runner=SimpleNamespace(scope=Scope), bus=bus, settings=session.settings)
    presenter = ViewerPresenter(screen, context, case_of(shared / "data/cases/case-02-multiple-sclerosis"))
    presenter.start()
    try:
        assert "cannot be taken to show the patient" in screen.tiles[0].banner
        assert screen.pictures[0] is None
        assert not screen.tiles[0].texts.patient
        assert presenter.selection() is None
        presenter.do("images.reveal")
        screen.wait_for(lambda: screen.pictures[0] is not None)
        assert screen.tiles[0].stranger
        assert presenter.selection() is None
    finally:
        presenter.close()


def test_while_an_image_is_awaited_the_one_on_screen_keeps_its_own_words(pane):
    presenter, screen = pane
    presenter.tile.go(10)
    settle(presenter, screen)
    real = presenter.tile.stack
    presenter.tile.stack = SimpleNamespace(go_to=lambda _i: None, frame=lambda _i: None, close=real.close)
    presenter.tile.go(11)
    assert screen.tiles[0].texts.place[-1].startswith("image 11 / 112")
    assert (screen.pictures[0].codes == real.frame(10).codes).all()
    assert "Image 12 is being loaded" in screen.tiles[0].notes[0]
    assert presenter.selection().image.instance == presenter.tile.display_set.images[10][0].uid


def test_colour_inverted_is_really_inverted():
    from reviewer_app.ui.viewer.raster import Picture, looked_up

    colours = np.array([[0xFF102030]], np.uint32)
    out = np.empty((1, 1), np.uint32)
    looked_up(colours, Picture(colours, None, inverted=True), out)
    assert out[0, 0] == 0xFFEFDFCF


def test_the_presenter_needs_no_qt():
    import subprocess

    code = (
        "import sys, reviewer_app.ui.viewer.presenter; print(any(name.startswith('PySide6') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_series_counts_as_reviewed_once_its_picture_was_on_screen(pane, session):
    presenter, _ = pane
    assert f"series:{presenter.tile.display_set.series.uid}" in session.vault.views.all(CASE_ID)


def test_a_link_to_a_series_shows_it_and_one_to_nothing_says_so(pane):
    presenter, screen = pane
    uid = presenter.tile.display_set.series.uid
    presenter.show_series("1.2.3.no.such.series")
    assert presenter.open_link(f"series:{uid}")
    settle(presenter, screen)
    assert not presenter.open_link("series:1.2.3")


def test_a_link_to_a_study_shows_its_fullest_series_and_one_without_images_says_so(pane):
    presenter, screen = pane
    wanted = presenter.tile.display_set.series
    (study,) = [one for one in presenter._tiles.studies if any(each.uid == wanted.uid for each in one.series)]
    presenter.show_series("1.2.3.no.such.series")
    assert presenter.open_link(f"study:{study.uid}")
    settle(presenter, screen)
    shown = presenter.tile.display_set.series
    assert shown.uid in {each.uid for each in study.series}
    assert shown.held == max(each.held for each in study.series)
    assert not presenter.open_link("study:1.2.3")
