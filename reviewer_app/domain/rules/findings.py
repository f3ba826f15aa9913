"""What a rule looks at and what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reviewer_app.domain.case import Attestation, Case
from reviewer_app.domain.ids import CitationId, RecordId
from reviewer_app.domain.imaging import Study
from reviewer_app.domain.opinion import Author, Opinion
from reviewer_app.domain.record import Record


class Severity(enum.Enum):
    """What a finding means for signing."""

    BLOCK = "block"
    """Signing is refused until it is mended."""
    WARN = "warn"
    """Must be acknowledged before signing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to acknowledge.

    Attributes:
        rule: Id as in the programme's rule table, such as `E1`.
        message: What to do, one sentence.
        anchor: Place in the opinion it concerns (`section:diagnosis`), empty for the opinion as a whole.
        acknowledged: Whether the author has read this advice and goes on without following it.
    """

    rule: str
    severity: Severity
    message: str
    anchor: str = ""
    acknowledged: bool = False

    @property
    def hinders(self) -> bool:
        """Whether the opinion cannot be signed with it."""
        return not self.acknowledged


@dataclass(frozen=True, slots=True)
class Desk:
    """All that is known when the rules are checked.

    Attributes:
        contact: Server time of the last contact, or None.
        lease_days: Days after the contact in which the opinion may be signed.
        viewed: What was opened: `record:DocumentReference/1`, `series:1.2.3`.
        results: Ids of the records that hold laboratory values.
        cited_words: What each cited item says: value and unit, passage, description of the study, measurements.
        late: Documents, reports and studies that arrived after drafting began.
        requests: What was asked of the case manager and is still open, in words.
        templates: Texts of templates, which are no answer by themselves.
        messages_pending: Whether a message of this case still waits to be sent.
        first_hidden: Whether the first opinion is kept back until a provisional diagnosis is saved.
        original: Id and SHA-256 of the released letter of this case; empty where there is none.
    """

    case: Case
    opinion: Opinion
    author: Author
    now: datetime
    attestation: Attestation | None = None
    contact: datetime | None = None
    lease_days: int = 14
    records: tuple[Record, ...] = ()
    results: frozenset[RecordId] = frozenset()
    studies: tuple[Study, ...] = ()
    viewed: frozenset[str] = frozenset()
    cited_words: Mapping[CitationId, str] = field(default_factory=dict)
    late: tuple[Record, ...] = ()
    requests: tuple[str, ...] = ()
    templates: frozenset[str] = frozenset()
    messages_pending: bool = False
    original: tuple[str, str] = ("", "")
    first_hidden: bool = False

    @property
    def images(self) -> bool:
        """Whether images of the case are on this machine."""
        return any(series.held for study in self.studies for series in study.series)

    def block(self, rule: str, message: str, anchor: str = "") -> Finding:
        """A finding that refuses signing."""
        return Finding(rule, Severity.BLOCK, message, anchor)

    def warn(self, rule: str, message: str, anchor: str = "") -> Finding:
        """A finding that must be acknowledged; it is, if the author did so."""
        known = any(done.covers(rule, anchor, message) for done in self.opinion.acknowledged)
        return Finding(rule, Severity.WARN, message, anchor, acknowledged=known)


Rule = Callable[[Desk], Iterator[Finding]]


def hindering(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that keep an opinion from being signed."""
    return tuple(finding for finding in findings if finding.hinders)
