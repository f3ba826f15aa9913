"""Studies, series and instances in the vault."""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace

import pytest

from reviewer_app.domain.imaging import Series, Study
from reviewer_app.errors import BadInput, NotFound, Unreadable, VaultLocked, VaultProblem, VaultTampered
from reviewer_app.vault import Vault
from reviewer_app.vault.sealed import CHUNK, OVERHEAD


def pack(home, make):
    return next((home / "objects" / make.CASE).glob("*.pack"))


def test_real_files_come_back_byte_for_byte(vault, make, shared):
    pydicom = pytest.importorskip("pydicom")
    kept = {}
    for path in sorted((shared / "data" / "dicom").rglob("*")):
        if len(kept) == 40 or not path.is_file():
            continue
        try:
            dataset = pydicom.dcmread(path, defer_size=0)
            element = dataset.get_item("PixelData")
            offset = element.value_tell if element is not None and dataset.file_meta.TransferSyntaxUID else 0
        except Exception:  # noqa: BLE001 - a broken file is another test's
            continue
        content = path.read_bytes()
        instance, _ = make.instance(len(kept) + 1)
        # the value as far as the end of the file: the split must not matter to the bytes
        length = max(len(content) - offset - 2, 0) if offset else 0
        kept[instance.uid] = content
        vault.images.put(make.CASE, replace(instance, value_offset=offset, value_length=length), content)
    assert len(kept) >= 20
    reader = vault.images.reader(make.CASE, make.SERIES)
    for uid, content in kept.items():
        assert vault.images.file(make.CASE, uid) == content
        assert reader.file(uid) == content


def test_the_value_is_what_lies_between_header_and_trailer(vault, make):
    value = secrets.token_bytes(2 * CHUNK + 99)
    instance, dataset = make.instance(value=value)
    vault.images.put(make.CASE, instance, dataset)
    assert vault.images.pixels(make.CASE, instance.uid) == value
    out = bytearray(len(value))
    vault.images.pixels_into(make.CASE, instance.uid, memoryview(out))
    assert out == value
    reader = vault.images.reader(make.CASE, make.SERIES)
    assert reader.length(instance.uid) == len(value)
    assert reader.part(instance.uid, CHUNK - 10, 20) == value[CHUNK - 10 : CHUNK + 10]


def test_an_object_without_pixels_is_kept_whole(vault, make):
    instance, dataset = make.instance()
    instance = replace(instance, pixels=None, frames=(), value_offset=0, value_length=0)
    vault.images.put(make.CASE, instance, dataset)
    assert vault.images.file(make.CASE, instance.uid) == dataset
    assert vault.images.pixels(make.CASE, instance.uid) == b""


def test_instances_come_in_order_of_their_number_as_they_were_indexed(vault, make):
    made = [make.instance(number) for number in (3, 1, 10, 2)]
    vault.images.put_many(make.CASE, made)
    expected = tuple(sorted((instance for instance, _ in made), key=lambda instance: instance.number))
    assert vault.images.instances(make.CASE, make.SERIES) == expected
    assert vault.images.instance(make.CASE, made[0][0].uid) == made[0][0]
    assert vault.images.instances(make.CASE, "9.9") == ()


def test_one_batch_may_hold_several_series(vault, make):
    made = [make.instance(1), make.instance(1, series="1.2.826.1.2"), make.instance(2)]
    vault.images.put_many(make.CASE, made)
    assert all(vault.images.file(make.CASE, instance.uid) == dataset for instance, dataset in made)


def test_what_is_missing_is_what_is_listed_and_not_held(vault, make):
    uids = [make.instance(number)[0].uid for number in (4, 2, 9, 1)]
    vault.images.expect(make.CASE, make.study(), {make.SERIES: uids})
    vault.images.put(make.CASE, *make.instance(9))
    vault.images.fail(make.CASE, uids[0], "The server sends another image.")
    assert vault.images.missing(make.CASE) == tuple((make.STUDY, make.SERIES, uids[n]) for n in (1, 3))
    assert vault.images.held(make.CASE) == {uids[2]}
    assert vault.images.failures(make.CASE) == ((uids[0], "The server sends another image."),)
    vault.images.retry_failed(make.CASE)
    assert len(vault.images.missing(make.CASE)) == 3
    assert vault.images.failures(make.CASE) == ()


def test_a_series_is_complete_only_when_all_that_is_listed_is_held(vault, make):
    made = [make.instance(number) for number in range(1, 4)]
    vault.images.expect(make.CASE, make.study(), {make.SERIES: [instance.uid for instance, _ in made]})
    vault.images.put_many(make.CASE, made[:2])
    vault.images.fail(make.CASE, made[2][0].uid, "It is cut.")
    series = vault.images.studies(make.CASE)[0].series[0]
    assert (series.expected, series.held, series.offline, series.problems) == (3, 2, False, ("It is cut.",))
    vault.images.put_many(make.CASE, made[2:])
    series = vault.images.studies(make.CASE)[0].series[0]
    assert (series.expected, series.held, series.offline, series.problems) == (3, 3, True, ())


def test_images_that_came_unlisted_count_as_held_and_expected(vault, make):
    vault.images.put(make.CASE, *make.instance())
    study = vault.images.studies(make.CASE)[0]
    assert (study.uid, study.series[0].expected, study.series[0].held) == (make.STUDY, 1, 1)
    vault.images.expect(make.CASE, make.study(), {})
    assert vault.images.studies(make.CASE)[0].description == "CT abdomen"
    assert vault.images.studies(make.CASE)[0].series[0].held == 1


def test_what_the_server_no_longer_lists_is_no_longer_missing(vault, make):
    uids = [make.instance(number)[0].uid for number in (1, 2)]
    vault.images.expect(make.CASE, make.study(), {make.SERIES: uids})
    vault.images.expect(make.CASE, make.study(), {make.SERIES: uids[1:]})
    assert [uid for _, _, uid in vault.images.missing(make.CASE)] == uids[1:]


def test_studies_come_newest_first_with_series_by_number(vault, make):
    older = Study("1.9", "2020-01-01", series=(Series("1.9.2", "1.9", "MR", 7), Series("1.9.1", "1.9", "MR", 3)))
    vault.images.expect(make.CASE, older, {})
    vault.images.expect(make.CASE, make.study(), {})
    studies = vault.images.studies(make.CASE)
    assert [study.uid for study in studies] == [make.STUDY, "1.9"]
    assert [series.number for series in studies[1].series] == [3, 7]


def test_why_a_series_is_not_this_patients_survives_the_next_listing(vault, make):
    vault.images.expect(make.CASE, make.study(), {})
    vault.images.mismatch(make.CASE, make.SERIES, "its birth date is another")
    vault.images.expect(make.CASE, make.study(), {})
    assert vault.images.studies(make.CASE)[0].series[0].mismatch == "its birth date is another"


def test_a_thumbnail_is_kept_and_an_unknown_series_has_none(vault, make):
    vault.images.expect(make.CASE, make.study(), {})
    assert vault.images.thumbnail(make.CASE, make.SERIES) is None
    vault.images.set_thumbnail(make.CASE, make.SERIES, b"picture")
    assert vault.images.thumbnail(make.CASE, make.SERIES) == b"picture"
    assert vault.images.thumbnail(make.CASE, "9.9") is None
    with pytest.raises(NotFound):
        vault.images.set_thumbnail(make.CASE, "9.9", b"picture")


@pytest.mark.parametrize(
    "wrong",
    [{"value_offset": -1}, {"value_length": 1 << 40}, {"value_length": -5}, {"lossy_ratio": float("nan")}],
)
def test_an_index_that_does_not_fit_is_refused_and_the_whole_batch_with_it(vault, make, wrong):
    good, bad = make.instance(1), make.instance(2)
    with pytest.raises(Unreadable):
        vault.images.put_many(make.CASE, [good, (replace(bad[0], **wrong), bad[1])])
    assert vault.images.held(make.CASE) == frozenset()


def test_images_of_an_unknown_case_are_refused(vault, make):
    with pytest.raises(NotFound):
        vault.images.put("f" * 32, *make.instance())
    with pytest.raises(NotFound):
        vault.images.expect("f" * 32, make.study(), {})


def test_an_image_that_is_not_held_is_said_so(vault, make):
    for ask in (vault.images.file, vault.images.pixels, vault.images.instance):
        with pytest.raises(NotFound):
            ask(make.CASE, "9.9.9")
    with pytest.raises(NotFound):
        vault.images.fail(make.CASE, "9.9.9", "never listed")
    with pytest.raises(NotFound):
        vault.images.reader(make.CASE, "9.9").pixels("9.9.9")


def test_a_missing_pack_is_tampering(vault, make, home):
    vault.images.put(make.CASE, *make.instance())
    pack(home, make).unlink()
    with pytest.raises(VaultTampered):
        vault.images.pixels(make.CASE, make.instance()[0].uid)
    with pytest.raises(VaultTampered):
        vault.images.reader(make.CASE, make.SERIES)


def test_a_cut_pack_loses_only_what_was_cut(vault, make, home):
    made = [make.instance(number) for number in (1, 2)]
    vault.images.put_many(make.CASE, made)
    path = pack(home, make)
    path.write_bytes(path.read_bytes()[:-1])
    reader = vault.images.reader(make.CASE, make.SERIES)
    assert reader.file(made[0][0].uid) == made[0][1]
    with pytest.raises(VaultTampered):
        reader.file(made[1][0].uid)


def test_two_exchanged_images_are_found(vault, make, home):
    made = [make.instance(number) for number in (1, 2)]
    vault.images.put_many(make.CASE, made)
    path = pack(home, make)
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[half:] + content[:half])
    for instance, _ in made:
        with pytest.raises(VaultTampered):
            vault.images.pixels(make.CASE, instance.uid)


def test_an_older_version_put_back_is_found(vault, make, home):
    instance, _ = make.instance()
    for value in (b"old" * 100, b"new" * 100):
        vault.images.put(make.CASE, *make.instance(value=value))
    path = pack(home, make)
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] * 2)
    with pytest.raises(VaultTampered):
        vault.images.pixels(make.CASE, instance.uid)


def test_pixels_that_do_not_verify_never_reach_the_buffer(vault, make, home):
    instance, dataset = make.instance(value=secrets.token_bytes(CHUNK + 50))
    vault.images.put(make.CASE, instance, dataset)
    path = pack(home, make)
    content = bytearray(path.read_bytes())
    content[OVERHEAD + CHUNK + 30] ^= 1
    path.write_bytes(content)
    out = bytearray(b"?" * (CHUNK + 50))
    for read in (
        lambda: vault.images.pixels_into(make.CASE, instance.uid, memoryview(out)),
        lambda: vault.images.reader(make.CASE, make.SERIES).pixels_into(instance.uid, memoryview(out)),
    ):
        with pytest.raises(VaultTampered):
            read()
        assert out == bytes(CHUNK + 50)


def test_a_buffer_of_another_length_is_refused(vault, make):
    instance, dataset = make.instance()
    vault.images.put(make.CASE, instance, dataset)
    with pytest.raises(BadInput):
        vault.images.pixels_into(make.CASE, instance.uid, memoryview(bytearray(5)))


def test_an_image_received_again_replaces_the_first(vault, make):
    vault.images.put(make.CASE, *make.instance(value=b"old" * 100))
    reader = vault.images.reader(make.CASE, make.SERIES)
    vault.images.put(make.CASE, *make.instance(value=b"new" * 100))
    uid = make.instance()[0].uid
    assert vault.images.pixels(make.CASE, uid) == b"new" * 100
    assert reader.pixels(uid) == b"old" * 100
    assert len(vault.images.instances(make.CASE, make.SERIES)) == 1


def test_a_forgotten_series_is_fetched_again(vault, make, home):
    instance, dataset = make.instance()
    vault.images.expect(make.CASE, make.study(), {make.SERIES: [instance.uid]})
    vault.images.put(make.CASE, instance, dataset)
    pack(home, make).write_bytes(b"damaged")
    vault.images.forget(make.CASE, make.SERIES)
    assert [uid for _, _, uid in vault.images.missing(make.CASE)] == [instance.uid]
    assert list((home / "objects" / make.CASE).iterdir()) == []
    vault.images.put(make.CASE, instance, dataset)
    assert vault.images.file(make.CASE, instance.uid) == dataset


def test_forgetting_that_is_undone_loses_nothing(vault, make):
    instance, dataset = make.instance()
    vault.images.put(make.CASE, instance, dataset)
    with pytest.raises(make.Undone):
        make.undone(vault, lambda: vault.images.forget(make.CASE, make.SERIES))
    assert vault.images.file(make.CASE, instance.uid) == dataset


def test_images_that_arrive_while_their_series_is_forgotten_are_not_held(vault, make, monkeypatch):
    vault.images.put(make.CASE, *make.instance(1))
    append = vault.images._append

    def forgotten_meanwhile(*arguments):
        batch = append(*arguments)
        vault.images.forget(make.CASE, make.SERIES)
        return batch

    monkeypatch.setattr(vault.images, "_append", forgotten_meanwhile)
    with pytest.raises(VaultProblem, match="removed"):
        vault.images.put(make.CASE, *make.instance(2))
    assert vault.images.held(make.CASE) == frozenset()


def test_a_reader_reads_while_images_are_appended_by_several_threads(vault, make):
    made = [make.instance(number, secrets.token_bytes(60_000)) for number in range(1, 25)]
    vault.images.put_many(make.CASE, made[:4])
    reader = vault.images.reader(make.CASE, make.SERIES)
    done, wrong = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            wrong.extend(instance.uid for instance, dataset in made[:4] if reader.file(instance.uid) != dataset)

    def write(start: int) -> None:
        for instance, dataset in made[start::2]:
            vault.images.put(make.CASE, instance, dataset)

    readers = [threading.Thread(target=read) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(start,)) for start in (4, 5)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert wrong == []
    again = vault.images.reader(make.CASE, make.SERIES)
    assert all(again.file(instance.uid) == dataset for instance, dataset in made)


def test_a_reader_stops_when_the_vault_is_locked(vault, make):
    vault.images.put(make.CASE, *make.instance())
    reader = vault.images.reader(make.CASE, make.SERIES)
    vault.close()
    with pytest.raises(VaultLocked):
        reader.pixels(make.instance()[0].uid)


def test_a_closed_reader_reads_nothing(vault, make):
    vault.images.put(make.CASE, *make.instance())
    reader = vault.images.reader(make.CASE, make.SERIES)
    assert reader.uids == {make.instance()[0].uid}
    reader.close()
    with pytest.raises(NotFound):
        reader.pixels(make.instance()[0].uid)


def test_garbage_after_the_last_committed_image_is_overwritten(vault, make, home):
    vault.images.put(make.CASE, *make.instance(1))
    vault.close()
    path = pack(home, make)
    whole = path.read_bytes()
    path.write_bytes(whole + b"half an image" * 10_000)
    again = Vault.open(home, make.PASSPHRASE)
    again.images.put(make.CASE, *make.instance(2))
    assert len(path.read_bytes()) == 2 * len(whole)
    assert again.images.file(make.CASE, make.instance(1)[0].uid) == make.instance(1)[1]
    assert again.images.file(make.CASE, make.instance(2)[0].uid) == make.instance(2)[1]
    again.close()


def test_a_batch_that_is_undone_with_its_transaction_does_not_count(vault, make):
    with pytest.raises(make.Undone):
        make.undone(vault, lambda: vault.images.put(make.CASE, *make.instance(1)))
    assert vault.images.held(make.CASE) == frozenset()
    vault.images.put(make.CASE, *make.instance(1))
    assert vault.images.file(make.CASE, make.instance(1)[0].uid) == make.instance(1)[1]


def test_what_does_not_verify_is_in_the_log_once_a_case(vault, make, home):
    made = [make.instance(number) for number in (1, 2)]
    vault.images.put_many(make.CASE, made)
    path = pack(home, make)
    content = bytearray(path.read_bytes())
    content[len(content) // 4] ^= 1
    content[-1] ^= 1
    path.write_bytes(content)
    for instance, _ in made:
        with pytest.raises(VaultTampered):
            vault.images.file(make.CASE, instance.uid)
    told = [(one.kind, one.case) for one in vault.audit.all() if one.kind == "integrity failure"]
    assert told == [("integrity failure", make.CASE)]
