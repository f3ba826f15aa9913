"""What a service changed, so that screens know what to read again."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.ids import CaseId


class Kind(enum.Enum):
    """What can change."""

    CASES = "cases"
    RECORDS = "records"
    IMAGES = "images"
    OPINION = "opinion"
    OUTBOX = "outbox"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Changed:
    """Returned by every verb that changes something.

    Attributes:
        case: The only case concerned, or None for several.
    """

    kinds: frozenset[Kind]
    case: CaseId | None = None
