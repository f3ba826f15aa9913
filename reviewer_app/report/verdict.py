"""What verification of a letter found; the finding itself is in `verification`."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class ItemState(enum.Enum):
    """What became of a cited item."""

    SAME = "same"
    """Byte for byte as received."""
    REENCODED = "re-encoded"
    """Other bytes that say the same: other order of keys, other compression of pixels."""
    CHANGED = "changed"
    MISSING = "missing"


_MEANS = {
    ItemState.SAME: "the same",
    ItemState.REENCODED: "written in another way, but it says the same",
    ItemState.CHANGED: "CHANGED: what is held now says something else",
    ItemState.MISSING: "missing: it is not held here",
}


@dataclass(frozen=True, slots=True)
class ItemValue:
    """One printed value of a cited trend, compared with what is held now.

    Attributes:
        when: As received.
        value: As printed.
    """

    ref: str
    when: str
    value: str
    state: ItemState


@dataclass(frozen=True, slots=True)
class Item:
    """One cited item, compared with what is held now.

    Attributes:
        id: As in the manifest: `E3` is citation 3.
        state: Of a whole trend the worst that is said of it and of its values.
        name: Words of the citation; empty where the manifest has none.
        values: Of a whole trend, every value that is printed.
        later: Results of the trend that are held and were not there when the letter was made.
        revised: Printed values of which another version is held.
    """

    id: str
    ref: str
    state: ItemState
    name: str = ""
    values: tuple[ItemValue, ...] = ()
    later: int = 0
    revised: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """For people; empty where there is nothing to say beside that it is the same."""
        named = f"{self.id} “{self.name or self.ref}”"
        said = [] if self.state is ItemState.SAME else [f"{named}: {_MEANS[self.state]}.", *self._values]
        if self.later:
            results, were = ("result", "was") if self.later == 1 else ("results", "were")
            said.append(f"{named}: later results exist: {self.later} {results} that {were} not there for the letter.")
        if self.revised:
            said.append(f"{named}: another version is held of {self.revised} of its {len(self.values)} values.")
        return tuple(said)

    @property
    def _values(self) -> list[str]:
        """How many of the values are as they were, and each other one."""
        if not self.values:
            return []
        others = [value for value in self.values if value.state is not ItemState.SAME]
        head = f"{self.id}: {len(self.values) - len(others)} of {len(self.values)} printed values are the same."
        return [
            head,
            *(f"{self.id}, {value.value} of {value.when or 'no date'}: {_MEANS[value.state]}." for value in others),
        ]


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature.

    Attributes:
        field: Name of the signature field: `Specialist`, `Director`.
        name: Common name of the certificate.
        issuer: Common name of who issued it.
        claimed: Time the signer's own clock said, or None.
        stamped: Time a time-stamp authority vouches for, or None.
        intact: Whether the signed bytes are unchanged.
        trusted: Whether the certificate leads to one that was given as trusted.
        checked: Whether its issuer says that no certificate was revoked; False where nobody was asked.
        revision: Revision of the file that it made, from 1: it covers this one and all before.
        revisions: How many the file has.
    """

    field: str
    name: str
    issuer: str
    claimed: datetime | None
    stamped: datetime | None
    intact: bool
    trusted: bool
    checked: bool = False
    revision: int = 0
    revisions: int = 0

    @property
    def covers(self) -> str:
        """Which part of the file it covers."""
        if self.revision == self.revisions:
            return "covers the whole file"
        return f"covers revisions 1 to {self.revision} of {self.revisions}"

    @property
    def line(self) -> str:
        """Who and when, and how far to trust the time."""
        if self.stamped is not None:
            when = f"on {self.stamped:%Y-%m-%d %H:%M} UTC (vouched for by a time-stamp authority)"
        elif self.claimed is not None:
            when = f"on {self.claimed:%Y-%m-%d %H:%M} UTC (the signer's own clock, not verified)"
        else:
            when = "at an unknown time"
        checked = "not revoked, says the issuer" if self.checked else "whether it was revoked was not checked"
        trust = f"whom you trust; {checked}" if self.trusted else "which does NOT lead to a certificate you trust"
        state = "What was signed is unchanged" if self.intact else "What was signed HAS CHANGED"
        known = f"certified by {self.issuer}, {trust}"
        return f"{self.field}: {self.name}, {when}; {known}. {state}; the signature {self.covers}."


@dataclass(frozen=True, slots=True)
class Revision:
    """What was appended to the file after the specialist had signed.

    Attributes:
        number: From 1, the letter as it was previewed.
        signed: Signature fields signed in it.
        changes: Everything that differs from the revision before, one sentence each.
    """

    number: int
    signed: tuple[str, ...]
    changes: tuple[str, ...]

    @property
    def line(self) -> str:
        """For people."""
        told = " ".join(self.changes) or "Nothing that can be seen was changed."
        return f"Revision {self.number}, appended after the specialist signed: {told}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said about a letter.

    Attributes:
        intact: Nothing in the file was changed, added or taken away after it was signed.
        trusted: Every signature leads to a certificate given as trusted.
        evidence: Number of evidence items in the manifest, or None where it is missing or does not check out.
        problems: Everything that keeps the letter from being accepted, one sentence each.
        items: The cited items where they were compared with what is held.
        revisions: What came after the specialist's signature.
    """

    intact: bool
    trusted: bool
    signers: tuple[Signer, ...] = ()
    evidence: int | None = None
    problems: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    revisions: tuple[Revision, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the letter can be relied on as what its signers signed, and nothing compared has changed."""
        changed = any(item.state is ItemState.CHANGED for item in self.items)
        return self.intact and self.trusted and bool(self.signers) and not self.problems and not changed

    @property
    def head(self) -> str:
        """The verdict in one sentence."""
        if self.ok:
            missing = sum(item.state is ItemState.MISSING for item in self.items)
            more = f" {missing} of the cited items cannot be compared: see below." if missing else ""
            return f"Valid: this is what was signed, and the signers are trusted.{more}"
        if self.intact:
            return "Not accepted: the file is unchanged since it was signed, but see below."
        return "NOT VALID: this file is not what was signed."

    @property
    def groups(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Everything beside the head, under headings; what is empty is left out."""
        groups = (
            ("Signatures", tuple(signer.line for signer in self.signers)),
            ("After the specialist signed", tuple(revision.line for revision in self.revisions)),
            ("Evidence", self._evidence),
            ("What is wrong", self.problems),
        )
        return tuple((title, lines) for title, lines in groups if lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The verdict for people, one screen."""
        return (self.head, *(line for _, lines in self.groups for line in lines))

    @property
    def _evidence(self) -> tuple[str, ...]:
        if self.evidence is None or not self.intact:
            return ()
        items = f"{self.evidence} item{'' if self.evidence == 1 else 's'}"
        limits = "It proves what was cited, not that it supports the conclusion."
        return (f"Evidence manifest: present and unchanged, {items}. {limits}", *self._compared)

    @property
    def _compared(self) -> tuple[str, ...]:
        counts = [(state, sum(item.state is state for item in self.items)) for state in ItemState]
        said = ", ".join(f"{count} {state.value}" for state, count in counts if count)
        others = [line for item in self.items for line in item.lines]
        return (f"Compared with what is held: {said}.", *others) if self.items else ()
