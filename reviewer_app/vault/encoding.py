"""Values as they lie in the columns of the vault: JSON of domain values, UTC text of moments."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TypeVar

import msgspec

from reviewer_app.errors import VaultTampered

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


def encode(value: object) -> bytes:
    """A domain value as JSON."""
    return _encoder.encode(value)


_decoder = cache(msgspec.json.Decoder)


def decode(kind: type[T], stored: bytes) -> T:
    """The domain value of this type that was stored.

    Raises:
        VaultTampered: It is not a value of this type.
    """
    try:
        value: T = _decoder(kind).decode(stored)  # type: ignore[arg-type]  # every type is hashable
    except (msgspec.DecodeError, ValueError) as error:
        raise VaultTampered(
            f"A stored {getattr(kind, '__name__', 'value')} cannot be read.",
            "Sync again to fetch it anew, or restore the vault from a backup.",
        ) from error
    return value


def moment(stored: str) -> datetime:
    """The aware datetime that `dates.utc_text` wrote."""
    return datetime.fromisoformat(stored)
