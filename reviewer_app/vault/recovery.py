"""How a recovery key is printed, and read back from what a person typed."""

from __future__ import annotations

import hashlib
import secrets

from reviewer_app.errors import BadInput

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "\n": "", "\t": ""})
_KEY, _CHECK, _GROUP = 32, 3, 4
_LETTERS = (_KEY + _CHECK) * 8 // 5


def new_recovery_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(_KEY)


def printed(key: bytes) -> str:
    """14 groups of 4 letters: 256 bits of key and 24 of checksum."""
    number = int.from_bytes(key + _checksum(key))
    letters = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(_LETTERS)))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))


def parsed(text: str) -> bytes:
    """The key that was printed so; case, spaces, hyphens and look-alike letters do not matter.

    Raises:
        BadInput: A letter is missing or mistyped.
    """
    letters = text.upper().translate(_LOOKALIKES)
    wrong = BadInput("The recovery key is mistyped.", f"Check it against the print: {_LETTERS} letters and digits.")
    if len(letters) != _LETTERS or not set(letters) <= set(_ALPHABET):
        raise wrong
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    both = number.to_bytes(_KEY + _CHECK)
    key, check = both[:_KEY], both[_KEY:]
    if check != _checksum(key):
        raise wrong
    return key


def _checksum(key: bytes) -> bytes:
    return hashlib.sha256(b"consilium/v1/recovery" + key).digest()[:_CHECK]
