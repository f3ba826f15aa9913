"""The audit log: a hash chain with signed checkpoints, of opaque ids only.

It shows that entries were changed, removed or put in another order; cutting off the end is seen up to the last
checkpoint.  Whoever has the keys of the vault could write a new log, or put back an older copy of all of it: that is
seen by who keeps its head elsewhere, the keyring (`head`) and the servers (their AuditEvents).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer_app.domain.dates import now, utc_text
from reviewer_app.domain.ids import CaseId
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import moment
from reviewer_app.vault.head import Head
from reviewer_app.vault.keys import Keys

_EVERY = 200
_LABEL = b"consilium/v1/audit|"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the log.

    Attributes:
        seq: Counts from 1 without a gap.
        kind: After FHIR AuditEvent and DICOM PS3.15: unlock, open, view, sign, send...
        case: Opaque id, or empty.
        detail: Opaque words, never patient data.
        chained: Hash of the log up to this entry, hexadecimal.
    """

    seq: int
    at: datetime
    kind: str
    case: CaseId
    detail: str
    chained: str = ""


class Audit:
    """The log of one vault."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._key = Ed25519PrivateKey.from_private_bytes(bytes(keys.audit))
        self._genesis = hashlib.sha256(_LABEL + keys.vault_id).digest()
        self._vault = keys.vault_id

    @property
    def name(self) -> str:
        """Opaque name of the vault whose log it is."""
        return log_name(self._vault)

    @property
    def head(self) -> Head:
        """The present end of the log."""
        seq, chained = self._head()
        return Head(seq, chained.hex())

    def holds(self, head: Head) -> bool:
        """Whether the log once ended so; one that does not is an older copy, or another."""
        row = self._database.row("SELECT hash FROM audit WHERE seq = ?", head.seq)
        return row is not None and row[0].hex() == head.chained

    def last(self, kind: str, case_id: str = "") -> datetime | None:
        """When something was last done with a case, or None."""
        row = self._database.row(
            "SELECT at FROM audit WHERE kind = ? AND case_id = ? ORDER BY seq DESC LIMIT 1", kind, case_id
        )
        return moment(row[0]) if row else None

    def append(self, kind: str, case_id: str = "", detail: str = "") -> None:
        """Add an entry, in the transaction of what it tells."""
        with self._database.transaction():
            seq, head = self._head()
            at = utc_text(now())
            chained = _chain(head, seq + 1, at, kind, case_id, detail)
            self._database.execute(
                "INSERT INTO audit (seq, at, kind, case_id, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
                seq + 1,
                at,
                kind,
                case_id,
                detail,
                chained,
            )
            if (seq + 1) % _EVERY == 0:
                self.checkpoint()

    def all(self) -> tuple[AuditEntry, ...]:
        """Every entry, oldest first."""
        return tuple(
            AuditEntry(seq, moment(at), kind, CaseId(case_id), detail, chained.hex())
            for seq, at, kind, case_id, detail, chained in self._rows()
        )

    def verify(self) -> tuple[int, str | None]:
        """How many entries verify from the start, and what is wrong with the next; None if nothing is."""
        heads = {0: self._genesis}
        count = 0
        for seq, at, kind, case_id, detail, stored in self._rows():
            if seq != count + 1:
                return count, f"entry {count + 1} is missing"
            if _chain(heads[count], seq, at, kind, case_id, detail) != stored:
                return count, f"entry {seq} was changed"
            count = seq
            heads[count] = stored
        return count, next(self._wrong_checkpoints(heads), None)

    def checkpoint(self) -> None:
        """Sign the present end of the log."""
        with self._database.transaction():
            seq, head = self._head()
            at = utc_text(now())
            self._database.execute(
                "INSERT OR IGNORE INTO checkpoints (seq, hash, at, signature) VALUES (?, ?, ?, ?)",
                seq,
                head,
                at,
                self._key.sign(_signed(seq, head, at)),
            )

    def _wrong_checkpoints(self, heads: dict[int, bytes]) -> Iterator[str]:
        for seq, stored, at, signature in self._database.rows(
            "SELECT seq, hash, at, signature FROM checkpoints ORDER BY seq"
        ):
            try:
                self._key.public_key().verify(signature, _signed(seq, stored, at))
            except InvalidSignature:
                yield f"the checkpoint at entry {seq} was changed"
            if heads.get(seq) != stored:
                yield f"entries up to {seq} were removed or rewritten"

    def _head(self) -> tuple[int, bytes]:
        row = self._database.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return (row[0], row[1]) if row else (0, self._genesis)

    def _rows(self) -> list[tuple[int, str, str, str, str, bytes]]:
        return self._database.rows("SELECT seq, at, kind, case_id, detail, hash FROM audit ORDER BY seq")


def log_name(vault_id: bytes) -> str:
    """Opaque name of the log of a vault, for those who keep its head."""
    return hashlib.sha256(_LABEL + vault_id).hexdigest()[:32]


def _chain(head: bytes, seq: int, at: str, kind: str, case_id: str, detail: str) -> bytes:
    entry = json.dumps([seq, at, kind, case_id, detail], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(head + entry.encode()).digest()


def _signed(seq: int, head: bytes, at: str) -> bytes:
    return _LABEL + json.dumps([seq, head.hex(), at]).encode()
