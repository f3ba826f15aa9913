"""Stacks of frames from a real vault: order of decoding, bad frames, memory, closing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.domain.imaging import DisplaySet, Series, Study
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.services import images, picturing, worklist
from reviewer_app.services.images import Frame, FrameProblem, ImageStack
from reviewer_app.services.session import Session
from reviewer_app.services.stack import MEMORY
from reviewer_app.worker.messages import Kind
from tests.desks import CASE_ID, open_session
from tests.pictured import frame_of, indexed
from tests.vaulted_images import ingest

WAIT = 30


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = open_session(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def dicom(shared: Path) -> Path:
    return shared / "data" / "dicom"


@pytest.fixture(scope="session")
def ct_files(shared: Path) -> list[Path]:
    """28 slices of one head CT, 512 x 512, 5 mm apart."""
    folder = shared / "data" / "dicom" / "series_geometry"
    return sorted(file for file in folder.glob("I*0") if file.name[1:].isdigit())


def opened(session: Session, display_set: DisplaySet, index: int | None = None) -> tuple[ImageStack, list[int]]:
    """A stack with all its frames ready, and the order in which they became so."""
    order: list[int] = []
    done = threading.Event()

    def ready(number: int) -> None:
        order.append(number)
        if len(order) == len(display_set):
            done.set()

    stack = images.open_stack(session, display_set, ready)
    if index is not None:
        stack.go_to(index)
    assert done.wait(WAIT)
    return stack, order


def only_set(session: Session) -> DisplaySet:
    (study,) = images.studies(session, CASE_ID)
    return images.display_set(session, CASE_ID, study.series[0].uid)


def test_every_frame_of_a_series_equals_its_file(session: Session, ct_files: list[Path]):
    ingest(session, ct_files)
    stack, _ = opened(session, only_set(session))
    by_uid = {indexed(file).uid: file for file in ct_files}
    for index in range(len(stack)):
        frame = stack.frame(index)
        assert isinstance(frame, Frame)
        assert np.array_equal(frame.pixels, frame_of(by_uid[frame.instance.uid]).pixels)
    stack.close()


@pytest.fixture
def one_by_one(monkeypatch):
    """Frames become ready in the order in which they were begun."""
    monkeypatch.setattr(images, "NATIVE_THREADS", 1)


@pytest.mark.usefixtures("one_by_one")
def test_frames_arrive_outwards_from_the_one_on_screen(session: Session, ct_files: list[Path]):
    ingest(session, ct_files)
    stack, order = opened(session, only_set(session))
    middle = len(stack) // 2
    distances = [abs(index - middle) for index in order[:10]]
    assert order[0] == middle
    assert distances == sorted(distances)
    stack.close()


@pytest.mark.usefixtures("one_by_one")
def test_the_newest_wish_is_served_before_older_ones(session: Session, ct_files: list[Path]):
    ingest(session, ct_files)
    display_set = only_set(session)
    order: list[int] = []
    hold, done = threading.Event(), threading.Event()

    def ready(number: int) -> None:
        hold.wait(WAIT)  # the first frame is ready; the reader scrolls before the second is begun
        order.append(number)
        if len(order) == len(display_set):
            done.set()

    stack = images.open_stack(session, display_set, ready)
    stack.go_to(3)
    stack.go_to(20)
    hold.set()
    assert done.wait(WAIT)
    assert order[1:5] == [20, 21, 22, 23]
    stack.close()


def test_a_damaged_slice_is_a_problem_in_its_place_and_the_others_are_shown(
    session: Session, ct_files: list[Path], shared: Path
):
    ingest(session, [*ct_files[:3], shared / "data" / "hostile" / "dicom" / "corrupt_jpeg.dcm"])
    found: list[object] = []
    for study in images.studies(session, CASE_ID):
        for series in study.series:
            stack, _ = opened(session, images.display_set(session, CASE_ID, series.uid))
            found.extend(stack.frame(index) for index in range(len(stack)))
            stack.close()
    assert [type(item) for item in found].count(Frame) == 3
    (problem,) = [item for item in found if isinstance(item, FrameProblem)]
    assert problem.reason.endswith(".")


def test_altered_bytes_in_the_vault_are_never_painted(session: Session, ct_files: list[Path]):
    ingest(session, ct_files[:5])
    (pack,) = (session.home / "objects").rglob("*.pack")
    damaged = bytearray(pack.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    pack.write_bytes(bytes(damaged))
    stack, _ = opened(session, only_set(session))
    found = [stack.frame(index) for index in range(5)]
    assert sum(isinstance(item, FrameProblem) for item in found) == 1
    stack.close()


def allow(session: Session, monkeypatch, size: int) -> None:
    """Let decoded images take so many bytes, which is less than can be set."""
    monkeypatch.setattr(images, "_MEGABYTE", size // 64)
    session.settings.set("image_memory_mb", 64)


def test_memory_stays_within_its_limit_and_old_frames_stay_valid(session: Session, ct_files: list[Path], monkeypatch):
    ingest(session, ct_files)
    display_set = only_set(session)
    each = frame_of(ct_files[0]).pixels.nbytes
    allow(session, monkeypatch, 12 * each)
    arrived: dict[int, threading.Event] = {index: threading.Event() for index in range(len(display_set))}
    stack = images.open_stack(session, display_set, lambda index: arrived[index].set())
    stack.go_to(0)
    assert arrived[0].wait(WAIT)
    first = stack.frame(0)
    assert isinstance(first, Frame)
    kept = first.pixels.copy()
    stack.go_to(27)
    assert arrived[27].wait(WAIT)
    assert isinstance(stack.frame(27), Frame)
    assert stack.frame(0) is None
    assert np.array_equal(first.pixels, kept)
    held = sum(isinstance(stack.frame(index), Frame) for index in range(len(stack)))
    assert held <= 13
    stack.go_to(0)
    arrived[0].clear()
    assert arrived[0].wait(WAIT)
    again = stack.frame(0)
    assert isinstance(again, Frame)
    assert np.array_equal(again.pixels, kept)
    stack.close()


def many_slices(session: Session, file: Path, count: int) -> None:
    """A series of so many slices a millimetre apart, all with the pixels of one file."""
    data = file.read_bytes()
    first = session.workers.index(data)
    plane = first.frames[0].plane
    assert plane is not None
    x, y, z = plane.position
    made = [
        (
            replace(
                first,
                uid=f"{first.uid}.{number}",
                number=number,
                frames=(replace(first.frames[0], plane=replace(plane, position=(x, y, z + number))),),
            ),
            data,
        )
        for number in range(count)
    ]
    series = Series(first.series_uid, first.study_uid, "CT", 1, "Thin slices")
    study = Study(first.study_uid, "2026-11-01 12:00", "CT", series=(series,))
    session.vault.images.expect(CASE_ID, study, {series.uid: [instance.uid for instance, _ in made]})
    session.vault.images.put_many(CASE_ID, made)


def test_two_thousand_slices_stay_within_the_memory_allowed_wherever_the_reader_goes(
    session: Session, dicom: Path, monkeypatch
):
    file = dicom / "transfer_syntaxes" / "MR_small_padded.dcm"
    many_slices(session, file, 2000)
    display_set = only_set(session)
    assert len(display_set) == 2000
    expected = frame_of(file).pixels
    room = 100
    allow(session, monkeypatch, room * expected.nbytes)
    woken = threading.Condition()

    def ready(_index: int) -> None:
        with woken:
            woken.notify_all()

    stack = images.open_stack(session, display_set, ready)
    assert not stack.holds_all
    assert MEMORY._claimed <= room * expected.nbytes
    shown: list[Frame] = []
    for place in (1000, 1040, 3, 1999, 960):
        stack.go_to(place)
        near = range(max(place - 20, 0), min(place + 20, 2000))
        with woken:
            assert woken.wait_for(lambda near=near: all(stack.frame(index) for index in near), WAIT)
        shown.append(stack.frame(place))
        held = sum(stack.frame(index) is not None for index in range(2000))
        assert held <= room + images.NATIVE_THREADS
    assert stack.frame(3) is None  # what was left behind is let go of...
    assert all(np.array_equal(frame.pixels, expected) for frame in shown)  # ...but not what is still drawn
    stack.close()


def test_closing_gives_memory_back_and_ends_the_threads(session: Session, ct_files: list[Path]):
    ingest(session, ct_files)
    before = MEMORY._claimed
    stack, _ = opened(session, only_set(session))
    assert MEMORY._claimed > before
    stack.close()
    stack.close()
    assert MEMORY._claimed == before
    assert stack.frame(0) is None
    for thread in threading.enumerate():
        if thread.name.startswith("frames-"):
            thread.join(WAIT)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "name",
    [
        "multiframe/US-PAL-8-10x-echo", "multiframe/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm",
        "multiframe/CT0012.fragmented_no_bot_jpeg_ls.80.dcm",
        "multiframe/siemens_multiframe/anatomical/001/IM-0001-0001-0001.dcm",
        "transfer_syntaxes/ct_1.2.840.10008.1.2.1.99_DeflatedExplicitVRLittleEndian.dcm",
        "transfer_syntaxes/ct_1.2.840.10008.1.2.2_BigEndianExplicit.dcm", "transfer_syntaxes/MR_small_padded.dcm",
        "photometric_and_luts/parametric_map_float.dcm", "objects/liver.dcm", "transfer_syntaxes/rtdose_rle.dcm",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")  # of the file, said by the builder
def test_every_kind_of_frame_comes_through_the_vault_unchanged(session: Session, dicom: Path, name: str):
    ingest(session, [dicom / name])
    stack, _ = opened(session, only_set(session))
    for index, (_, number) in enumerate(stack.display_set.images):
        frame = stack.frame(index)
        assert isinstance(frame, Frame), frame
        expected = frame_of(dicom / name, number)
        assert np.array_equal(frame.codes, expected.codes)
        assert frame.colour is expected.colour
    stack.close()


def test_opening_a_series_reads_its_index_in_one_query_and_parses_no_file(
    session: Session, ct_files: list[Path], monkeypatch
):
    ingest(session, ct_files)
    (series,) = images.studies(session, CASE_ID)[0].series
    database = session.vault.images._database
    asked: list[str] = []
    plain = database.rows

    def noted(statement: str, *values: object):
        asked.append(statement)
        return plain(statement, *values)

    monkeypatch.setattr(database, "rows", noted)
    monkeypatch.setattr(session.workers, "index", None)
    assert len(images.display_set(session, CASE_ID, series.uid)) == len(ct_files)
    assert sum("SELECT body FROM instances" in statement for statement in asked) == 1
    assert len(asked) <= 5  # studies, series and what is held of them; the same for any number of slices


@pytest.mark.parametrize(("name", "started"), [("MR_small_RLE.dcm", 1), ("MR_small.dcm", 0)])
def test_opening_a_case_starts_a_decode_process_only_where_images_are_compressed(
    session: Session, dicom: Path, name: str, started: int
):
    ingest(session, [dicom / "transfer_syntaxes" / name])
    worklist.open_case(session, CASE_ID)
    assert len(session.workers._idle[Kind.DECODE]) == started


@pytest.mark.parametrize(
    ("name", "wait"),
    [("ct_1.2.840.10008.1.2.4.90_JPEG2000LosslessOnly.dcm", -1), ("ct_1.2.840.10008.1.2.4.80_JPEGLSLossless.dcm", 1)],
)
def test_where_decoding_takes_long_no_frame_waits_before_the_one_that_is_asked_for(
    session: Session, dicom: Path, monkeypatch, name: str, wait: int
):
    ingest(session, [dicom / "transfer_syntaxes" / name])
    busy: list[threading.Event] = []
    entered = threading.Semaphore(0)

    def decode(*_args: object, **_more: object):
        busy.append(threading.Event())
        entered.release()
        busy[-1].wait(WAIT)
        raise Unreadable("It was held up.")

    monkeypatch.setattr(session.workers, "decode", decode)
    shown = only_set(session)
    many = replace(shown, images=shown.images * 9)
    stack = images.open_stack(session, many, lambda _index: None)
    underway = session.settings.number("decode_workers") + wait
    for _ in range(underway):
        assert entered.acquire(timeout=WAIT)
    assert not entered.acquire(timeout=0.1)
    stack.go_to(8)
    busy[0].set()
    assert entered.acquire(timeout=WAIT)
    assert stack._state[8] == 1
    stack.close()
    for held in busy:
        held.set()


def test_a_thumbnail_is_kept_once_the_series_is_complete(session: Session, ct_files: list[Path]):
    ingest(session, ct_files[:9])
    series = images.studies(session, CASE_ID)[0].series[0]
    made = images.thumbnail(session, CASE_ID, series.uid)
    assert max(made.width, made.height) == images.THUMBNAIL
    assert session.vault.images.thumbnail(CASE_ID, series.uid) is not None
    assert images.thumbnail(session, CASE_ID, series.uid) == made


def pixels_of(page) -> np.ndarray:
    return np.frombuffer(page.pixels, np.uint32).reshape(page.height, page.width) & 255


def test_a_cited_picture_is_turned_flipped_and_inverted_as_it_was_seen(session: Session, ct_files: list[Path]):
    ingest(session, ct_files[:1])
    instance = indexed(ct_files[0])
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, 1, (40.0, 400.0))
    plain = pixels_of(picturing.picture(session, CASE_ID, place, 512))
    assert np.array_equal(
        pixels_of(picturing.picture(session, CASE_ID, replace(place, rotation=90, flipped=True), 512)),
        np.rot90(plain, -1)[:, ::-1],
    )
    inverted = pixels_of(picturing.picture(session, CASE_ID, replace(place, inverted=True), 512))
    assert np.abs(inverted.astype(int) + plain - 255).max() <= 1


def test_pixels_that_are_not_square_are_stretched_in_the_letter(session: Session, dicom: Path):
    file = next((dicom / "display_consistency" / "pixel-nonsquare").glob("2.16.*"))
    ingest(session, [file])
    instance = indexed(file)
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, 1)
    page = picturing.picture(session, CASE_ID, place, 1000)
    assert (page.width, page.height) == (256, 256)  # stored 256 x 128 with rows twice as far apart as columns


def test_what_is_not_held_is_said(session: Session):
    with pytest.raises(NotFound):
        images.display_set(session, CASE_ID, "1.2.3")
    with pytest.raises(NotFound):
        picturing.picture(session, CASE_ID, ImagePlace("1", "2", "3"), 100)


def test_a_cited_frame_that_cannot_be_read_is_an_error_not_a_black_picture(session: Session, shared: Path):
    file = shared / "data" / "hostile" / "dicom" / "corrupt_jpeg.dcm"
    ingest(session, [file])
    instance = indexed(file)
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, 1)
    with pytest.raises(Unreadable):
        picturing.picture(session, CASE_ID, place, 100)
