"""The sealed object under attack."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from reviewer_app.errors import BadInput, NotFound, VaultLocked, VaultTampered
from reviewer_app.vault import Vault
from reviewer_app.vault.keys import CaseKey
from reviewer_app.vault.sealed import CHUNK, OVERHEAD, TAG, Opened, Seal, seal, tampered

KEY = bytes(range(32))
STATED = Seal(b"c" * 16, b"o" * 16, 7, (0, 0, 0))
CONTENT = secrets.token_bytes(3 * CHUNK + 777)
CHUNKS = [slice(OVERHEAD + n * (CHUNK + TAG), OVERHEAD + (n + 1) * (CHUNK + TAG)) for n in range(4)]


def key() -> CaseKey:
    return CaseKey(bytearray(KEY))


def stated(*parts: bytes) -> Seal:
    return replace(STATED, lengths=tuple(len(part) for part in parts))


def sealed(*parts: bytes, by: Seal | None = None, under: CaseKey | None = None) -> bytes:
    out = bytearray()
    seal(under or key(), by or stated(*parts), [memoryview(part) for part in parts], out.extend)
    return bytes(out)


def opened(content: bytes, expected: Seal, under: CaseKey | None = None) -> Opened:
    def read_into(position: int, out: memoryview) -> None:
        piece = content[position : position + len(out)]
        if len(piece) != len(out):
            raise tampered()
        out[:] = piece

    return Opened(under or key(), expected, read_into)


WHOLE = sealed(CONTENT, b"", b"")
EXPECTED = stated(CONTENT, b"", b"")


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 777])
def test_what_was_sealed_opens_at_every_length(length):
    parts = (CONTENT[:length], CONTENT[: length // 2], b"end")
    content = sealed(*parts)
    assert len(content) == stated(*parts).size
    assert tuple(opened(content, stated(*parts)).whole(part) for part in range(3)) == parts


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, 0), (0, 10), (CHUNK - 5, 10), (CHUNK, CHUNK), (5, 3 * CHUNK), (3 * CHUNK + 776, 1), (0, 3 * CHUNK + 777)],
)
def test_a_slice_is_the_same_bytes_as_in_the_whole(offset, length):
    assert opened(WHOLE, EXPECTED).slice(0, offset, length) == CONTENT[offset : offset + length]


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, -1), (3 * CHUNK + 777, 1), (0, 3 * CHUNK + 778)])
def test_a_slice_outside_the_value_is_refused(offset, length):
    with pytest.raises(BadInput):
        opened(WHOLE, EXPECTED).slice(0, offset, length)


@pytest.mark.parametrize(
    "position", [0, 4, 5, 8, 12, 30, 44, 60, 80, OVERHEAD - 40, OVERHEAD - 1, OVERHEAD, OVERHEAD + 2 * CHUNK, -1]
)
def test_one_flipped_bit_anywhere_is_found(position):
    content = bytearray(WHOLE)
    content[position] ^= 1
    with pytest.raises(VaultTampered):
        opened(bytes(content), EXPECTED).whole(0)


@pytest.mark.parametrize("order", [(1, 0, 2, 3), (0, 2, 3), (0, 1, 1, 2, 3), (0, 1, 2), (3, 1, 2, 0)])
def test_chunks_in_another_order_are_found(order):
    content = WHOLE[:OVERHEAD] + b"".join(WHOLE[CHUNKS[n]] for n in order)
    with pytest.raises(VaultTampered):
        opened(content, EXPECTED).whole(0)


def test_a_chunk_of_another_sealing_of_the_same_bytes_is_found():
    other = sealed(CONTENT, b"", b"")
    content = WHOLE[: CHUNKS[1].start] + other[CHUNKS[1]] + WHOLE[CHUNKS[1].stop :]
    with pytest.raises(VaultTampered):
        opened(content, EXPECTED).whole(0)


def test_parts_cannot_be_exchanged():
    content = sealed(b"a" * 100, b"b" * 100, b"")
    body = content[OVERHEAD:]
    with pytest.raises(VaultTampered):
        opened(content[:OVERHEAD] + body[116:232] + body[:116], stated(b"a" * 100, b"b" * 100, b"")).whole(0)


@pytest.mark.parametrize(
    "other", [{"case": b"x" * 16}, {"object": b"x" * 16}, {"revision": 6}, {"lengths": (len(CONTENT), 1, 0)}]
)
def test_another_object_under_this_name_is_found(other):
    with pytest.raises(VaultTampered):
        opened(WHOLE, replace(EXPECTED, **other))


def test_another_key_does_not_open_even_an_empty_object():
    content = sealed(b"", b"", b"")
    opened(content, STATED)
    with pytest.raises(VaultTampered):
        opened(content, STATED, CaseKey(bytearray(b"x" * 32)))


@pytest.mark.parametrize("length", [0, 10, OVERHEAD - 1, OVERHEAD, len(WHOLE) - 1])
def test_a_cut_file_is_found(length):
    with pytest.raises(VaultTampered):
        opened(WHOLE[:length], EXPECTED).whole(0)


def test_a_buffer_holds_nothing_of_a_value_that_does_not_verify():
    content = bytearray(WHOLE)
    content[CHUNKS[2].start + 5] ^= 1
    out = bytearray(b"?" * len(CONTENT))
    with pytest.raises(VaultTampered):
        opened(bytes(content), EXPECTED).into(0, memoryview(out))
    assert out == bytes(len(CONTENT))


def test_a_buffer_of_another_length_is_refused():
    with pytest.raises(BadInput):
        opened(WHOLE, EXPECTED).into(0, memoryview(bytearray(10)))


def test_the_same_bytes_are_never_sealed_alike():
    assert sealed(b"same", b"", b"")[OVERHEAD:] != sealed(b"same", b"", b"")[OVERHEAD:]


def test_a_wiped_key_opens_and_seals_nothing():
    wiped = key()
    wiped.wipe()
    with pytest.raises(VaultLocked):
        opened(WHOLE, EXPECTED, wiped)
    with pytest.raises(VaultLocked):
        sealed(b"new", b"", b"", under=wiped)


@pytest.fixture
def held(vault, make, home):
    """A document in the vault: the record's id and its file."""
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, CONTENT)
    return next((home / "objects" / make.CASE).glob("*.sealed"))


@pytest.mark.parametrize("damage", ["missing", "cut", "longer", "link"])
def test_a_damaged_document_is_an_error_never_other_bytes(vault, make, held, damage):
    assert vault.records.content(make.CASE, make.record().id, 0) == CONTENT
    content = held.read_bytes()
    if damage == "cut":
        held.write_bytes(content[:-1])
    elif damage == "longer":
        held.write_bytes(content + b"x")
    elif damage == "missing":
        held.unlink()
    else:
        held.rename(held.with_name("elsewhere"))
        held.symlink_to(held.with_name("elsewhere"))
    with pytest.raises(VaultTampered):
        vault.records.content(make.CASE, make.record().id, 0)


def test_a_damaged_document_can_be_received_again(vault, make, held):
    held.write_bytes(b"damaged")
    vault.records.hold(make.CASE, make.record().id, 0, CONTENT)
    assert vault.records.content(make.CASE, make.record().id, 0) == CONTENT


def test_a_forgotten_document_is_asked_for_again(vault, make, held, home):
    vault.records.forget(make.CASE, make.record().id, 0)
    assert [index for _, index in vault.records.unheld(make.CASE)] == [0]
    with pytest.raises(NotFound):
        vault.records.content(make.CASE, make.record().id, 0)
    vault.close()
    Vault.open(home, make.PASSPHRASE).close()
    assert not held.exists()


def test_an_object_of_one_case_is_not_found_under_another(vault, make):
    other = "f" * 32
    vault.cases.put(make.case(other, "2", "Task/t2"))
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    record = vault.records.hold(make.CASE, make.record().id, 0, b"mine")
    vault.records.put(other, record, b"{}")
    with pytest.raises(NotFound):
        vault.records.content(other, record.id, 0)
