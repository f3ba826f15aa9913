"""Display copies in the vault: sealed, bit for bit, gone with their originals, never a reason to fail."""

from __future__ import annotations

import numpy as np
import pytest

from reviewer_app.dicom import display_copy
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.errors import Unreadable, VaultTampered
from reviewer_app.services import copies, images
from reviewer_app.services.frames import FrameSource
from reviewer_app.vault.copies import named
from reviewer_app.vault.objects import PACK
from tests.desks import CASE_ID, open_session
from tests.vaulted_images import ingest

SLOW = "data/cases/case-02-multiple-sclerosis/dicom"


@pytest.fixture
def session(shared, tmp_path):
    opened = open_session(tmp_path / "home")
    ingest(opened, sorted((shared / SLOW).rglob("*.dcm"))[:6])
    yield opened
    opened.close()


def opened(session):
    series = images.studies(session, CASE_ID)[0].series[0]
    display_set = images.display_set(session, CASE_ID, series.uid)
    stack = images.open_stack(session, display_set, lambda _index: None)
    return display_set, stack


def decoded(session):
    display_set, stack = opened(session)
    wait_for(lambda: stack.ready == len(display_set))
    frames = [stack.frame(index).pixels.copy() for index in range(len(display_set))]
    stack.close()
    return display_set, frames


def wait_for(done) -> None:
    import time

    end = time.monotonic() + 30
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def copied(session, display_set):
    """The reader of the copies, once all are written."""
    uid = display_set.series.uid
    wait_for(lambda: (found := session.vault.copies.reader(CASE_ID, uid)) and len(found.uids) == len(display_set))
    return session.vault.copies.reader(CASE_ID, uid)


def test_after_the_first_decoding_frames_come_from_copies_bit_for_bit(session, monkeypatch):
    display_set, first = decoded(session)
    copied(session, display_set)
    monkeypatch.setattr(session.workers, "decode", None)  # must not be asked again
    again = decoded(session)[1]
    assert all((one == other).all() and one.dtype == other.dtype for one, other in zip(first, again, strict=True))


def test_the_original_stays_byte_for_byte(session, shared):
    before = {uid: session.vault.images.file(CASE_ID, uid) for uid in session.vault.images.held(CASE_ID)}
    copied(session, decoded(session)[0])
    files = {file.read_bytes() for file in (shared / SLOW).rglob("*.dcm")}
    for uid, data in before.items():
        assert session.vault.images.file(CASE_ID, uid) == data
        assert data in files


def test_nothing_of_a_copy_is_on_the_disk_in_the_clear(session):
    display_set, frames = decoded(session)
    reader = copied(session, display_set)
    name = named(display_set.images[0][0].uid, 0)
    plain = reader.pixels(name)
    (pack,) = (row[0] for row in session.vault._database.rows("SELECT pack FROM copy_packs"))
    sealed = (session.vault._objects.folder(CASE_ID) / (pack + PACK)).read_bytes()
    assert plain[40:104] not in sealed
    assert frames[0].tobytes()[:64] not in sealed


def test_a_damaged_copy_is_decoded_again_and_never_shown(session):
    display_set, first = decoded(session)
    copied(session, display_set)
    (pack,) = (row[0] for row in session.vault._database.rows("SELECT pack FROM copy_packs"))
    file = session.vault._objects.folder(CASE_ID) / (pack + PACK)
    data = bytearray(file.read_bytes())
    for place in range(200, len(data), 997):
        data[place] ^= 1
    file.write_bytes(data)
    with pytest.raises(VaultTampered):
        session.vault.copies.reader(CASE_ID, display_set.series.uid).pixels(named(display_set.images[0][0].uid, 0))
    again = decoded(session)[1]
    assert all((one == other).all() for one, other in zip(first, again, strict=True))


def test_copies_go_with_the_instances_they_were_made_of(session):
    display_set, _ = decoded(session)
    copied(session, display_set)
    session.vault.images.forget(CASE_ID, display_set.series.uid)
    assert session.vault.copies.reader(CASE_ID, display_set.series.uid) is None


def test_the_sweep_at_unlock_keeps_copies_and_removes_dropped_ones(session):
    display_set, _ = decoded(session)
    copied(session, display_set)
    folder = session.vault._objects.folder(CASE_ID)
    (pack,) = (row[0] for row in session.vault._database.rows("SELECT pack FROM copy_packs"))
    session.vault._objects.sweep()
    assert (folder / (pack + PACK)).exists()
    session.vault.copies.drop(CASE_ID, display_set.series.uid)
    session.vault._objects.sweep()
    assert not (folder / (pack + PACK)).exists()


def test_without_room_for_copies_the_images_are_shown_all_the_same(session, monkeypatch):
    from reviewer_app.errors import DiskFull

    def full(*_args):
        raise DiskFull("The disk is full.", "Free some space.")

    monkeypatch.setattr(session.vault.copies, "put", full)
    display_set, frames = decoded(session)
    assert len(frames) == len(display_set)


def test_a_frame_is_kept_once(session):
    display_set, _ = decoded(session)
    copied(session, display_set)
    kept = [(display_set.images[0][0].uid, 0, b"other")]
    session.vault.copies.put(CASE_ID, display_set.series.uid, kept)
    name = named(display_set.images[0][0].uid, 0)
    assert session.vault.copies.reader(CASE_ID, display_set.series.uid).pixels(name) != b"other"


def test_no_frame_waits_for_copies_to_be_written(session):
    series = images.studies(session, CASE_ID)[0].series[0]
    display_set = images.display_set(session, CASE_ID, series.uid)
    reader = session.vault.images.reader(CASE_ID, series.uid)
    source = FrameSource(reader, session.workers, copies.of_series(session.vault, display_set))
    for instance, number in display_set.images * 2:  # a frame that was dropped from the memory is decoded again
        source.load(instance, number)
    assert session.vault.copies.reader(CASE_ID, series.uid) is None
    source.loaded()
    assert len(session.vault.copies.reader(CASE_ID, series.uid).uids) == len(display_set)
    source.close()


def test_quick_series_have_no_copies(shared, tmp_path):
    fast = open_session(tmp_path / "other")
    try:
        ingest(fast, sorted((shared / "data/cases/case-01-breast-staging/dicom").rglob("PT_*.dcm"))[:3])
        series = images.studies(fast, CASE_ID)[0].series[0]
        assert copies.of_series(fast.vault, images.display_set(fast, CASE_ID, series.uid)) is None
    finally:
        fast.close()


@pytest.mark.parametrize("kind", ["<i2", "<u2", "|u1", "<u4", "<i4"])
def test_what_is_packed_comes_back_as_it_was(kind):
    values = np.random.default_rng(3).integers(0, 200, (31, 17)).astype(kind)
    found, colour, warnings = display_copy.unpacked(display_copy.packed(values, ("one",), colour=kind == "<u4"))
    assert found.dtype == values.dtype
    assert (found == values).all()
    assert (colour, warnings) == (kind == "<u4", ("one",))


def test_values_go_straight_into_the_room_given():
    values, room = np.arange(12, dtype=np.int16).reshape(3, 4), np.zeros((3, 4), np.int16)
    assert display_copy.unpacked(display_copy.packed(values), room)[0] is room
    assert (room == values).all()


def test_anything_else_is_refused_in_words():
    with pytest.raises(Unreadable, match="damaged"):
        display_copy.unpacked(b"\x05\x00\x00\x00{}abc")
    assert named(InstanceUid("1.2"), 3) == "1.2#3"
