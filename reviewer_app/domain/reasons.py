"""Why a second opinion was sought: coded reasons, which switch sections and rules on.

The codes are those of the programme's code system `reason`; where a server sends words only, they are recognised.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

from reviewer_app.domain.case import Case


class Reason(enum.Enum):
    """The situations of the programme; each value is the code."""

    LONG_THERAPY = "long-or-aggressive-therapy"
    INVASIVE = "invasive-surgery-proposed"
    UNCLEAR = "diagnosis-unclear"
    DISSATISFIED = "dissatisfied-with-treatment"
    TRIAL = "trial-entry"
    RARE = "rare-disease"
    CANCER = "cancer"
    SERIOUS = "serious-disease"
    PERSISTING = "symptoms-persisting"

    @property
    def shown(self) -> str:
        """In words."""
        return _WORDS[self]


_WORDS = {
    Reason.LONG_THERAPY: "long or aggressive therapy",
    Reason.INVASIVE: "invasive surgery proposed",
    Reason.UNCLEAR: "diagnosis unclear",
    Reason.DISSATISFIED: "dissatisfaction with treatment",
    Reason.TRIAL: "entry into a trial",
    Reason.RARE: "rare disease",
    Reason.CANCER: "cancer",
    Reason.SERIOUS: "serious disease",
    Reason.PERSISTING: "symptoms persist after treatment",
}
_KNOWN = {reason.value: reason for reason in Reason}
_SAID = (
    (Reason.LONG_THERAPY, re.compile(r"\b(long|aggressive)[\w -]* (therapy|treatment)")),
    (Reason.INVASIVE, re.compile(r"\b(invasive|risky)\b")),
    (Reason.UNCLEAR, re.compile(r"\b(unclear|uncertain|unknown) diagnosis|diagnosis (is )?(unclear|uncertain)")),
    (Reason.DISSATISFIED, re.compile(r"\bdissatisf")),
    (Reason.TRIAL, re.compile(r"\btrial\b")),
    (Reason.RARE, re.compile(r"\brare\b")),
    (Reason.CANCER, re.compile(r"\b(cancer|carcinoma|malignan\w+|tumou?r|sarcoma|lymphoma|leukaemia|leukemia)\b")),
    (Reason.SERIOUS, re.compile(r"\b(serious|life-threatening)\b")),
    (Reason.PERSISTING, re.compile(r"\bpersist")),
)
UNCERTAIN = frozenset({Reason.UNCLEAR, Reason.RARE, Reason.PERSISTING})
"""Reasons that ask for a differential."""
GRAVE = frozenset({Reason.CANCER, Reason.SERIOUS})
"""Reasons that make prognosis a core section."""


def reasons_of(case: Case) -> frozenset[Reason]:
    """The coded reasons of a case; from its words only where no code is known."""
    coded = {_KNOWN[code] for code in case.reason_codes if code in _KNOWN}
    return frozenset(coded or _recognised(case.reasons))


def _recognised(words: Iterable[str]) -> set[Reason]:
    said = " \n ".join(words).casefold()
    return {reason for reason, pattern in _SAID if pattern.search(said)}
