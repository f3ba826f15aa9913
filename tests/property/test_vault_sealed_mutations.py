"""Whatever is done to a sealed object, it opens as it was or not at all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer_app.errors import VaultTampered
from reviewer_app.vault.keys import CaseKey
from reviewer_app.vault.sealed import Opened, Seal, seal, tampered

PARTS = (b"pixel value " * 300, b"header " * 40, b"")
STATED = Seal(b"c" * 16, b"o" * 16, 3, (len(PARTS[0]), len(PARTS[1]), len(PARTS[2])))


def sealed() -> bytes:
    out = bytearray()
    seal(CaseKey(bytearray(32)), STATED, [memoryview(part) for part in PARTS], out.extend)
    return bytes(out)


def parts_of(content: bytes) -> tuple[bytes, ...]:
    def read_into(position: int, out: memoryview) -> None:
        piece = content[position : position + len(out)]
        if len(piece) != len(out):
            raise tampered()
        out[:] = piece

    opened = Opened(CaseKey(bytearray(32)), STATED, read_into)
    return tuple(opened.whole(part) for part in range(3))


WHOLE = sealed()


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    content = bytearray(WHOLE)
    position = draw(st.integers(0, len(content) - 1))
    kind = draw(st.sampled_from(["flip", "cut", "insert", "exchange"]))
    if kind == "flip":
        content[position] ^= draw(st.integers(1, 255))
    elif kind == "cut":
        del content[position:]
    elif kind == "insert":
        content[position:position] = draw(st.binary(min_size=1, max_size=40))
    else:
        other = draw(st.integers(0, len(content) - 1))
        content[position], content[other] = content[other], content[position]
    return bytes(content)


@settings(max_examples=300, deadline=None)
@given(mutations())
def test_a_mutated_object_never_opens_as_other_bytes(content):
    try:
        assert parts_of(content) == PARTS
    except VaultTampered:
        assert content != WHOLE
