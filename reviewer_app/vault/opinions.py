"""Drafts as snapshots, none of which is overwritten, and the opinions that were signed."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import datetime

from reviewer_app.domain.dates import now, utc_text
from reviewer_app.domain.delivery import SignedOpinion
from reviewer_app.domain.ids import CaseId, ObjectId, OpinionId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.errors import BadInput, DraftConflict, NotFound, VaultTampered
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode, encode, moment
from reviewer_app.vault.objects import Objects

_log = logging.getLogger(__name__)
RECENT = 100
"""Snapshots kept without thinning; of older ones the last of each minute stays."""
_THIN_EVERY = 50


def _readable(body: bytes) -> Opinion | None:
    try:
        return decode(Opinion, body)
    except VaultTampered:
        return None


class Opinions:
    """The opinions of every case."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def save(self, opinion: Opinion, base: int) -> Opinion:
        """Append a snapshot; on the disk when this returns.

        Args:
            base: Revision the edit was made on; 0 for a first one.

        Returns:
            The opinion with its new revision, the base of the next save.

        Raises:
            DraftConflict: The draft was saved from somewhere else meanwhile.  Both are kept: the other stays the
                newest, this one is set aside (see `set_aside`), even if the transaction around this call is undone.
            DiskFull: Nothing was written.
        """
        with self._database.transaction():
            newest, greatest = self._revisions(opinion.case)
            if newest == base:
                saved = replace(opinion, revision=greatest + 1)
                self._insert(saved, aside=False)
                if saved.revision % _THIN_EVERY == 0:
                    self._thin(saved.case, saved.revision - RECENT)
                return saved
        self._database.afterwards(lambda: self._keep_aside(opinion))
        raise DraftConflict(
            "The draft was changed in another window.", "Both texts are kept: reload the draft and compare them."
        )

    def latest(self, case_id: CaseId) -> Opinion | None:
        """The newest draft, or None where nothing is written."""
        rows = self._database.rows(
            "SELECT revision, body FROM snapshots WHERE case_id = ? AND aside = 0 ORDER BY revision DESC LIMIT 1",
            case_id,
        )
        if rows and _readable(rows[0][1]) is None:
            return self._newest_readable(case_id, int(rows[0][0]))
        return decode(Opinion, rows[0][1]) if rows else None

    def _newest_readable(self, case_id: CaseId, newest: int) -> Opinion:
        """The last draft that can be read, as the base of the next; a later one that cannot stays where it is."""
        _log.error("the newest draft of a case cannot be read; the one before it is opened")
        for (body,) in self._database.rows(
            "SELECT body FROM snapshots WHERE case_id = ? AND aside = 0 ORDER BY revision DESC", case_id
        ):
            if (opinion := _readable(body)) is not None:
                return replace(opinion, revision=newest)
        raise VaultTampered("No draft of this case can be read.", "Restore the vault from a backup.")

    def history(self, case_id: CaseId) -> tuple[tuple[int, datetime], ...]:
        """Revision and moment of every snapshot that is kept, oldest first, those set aside among them."""
        rows = self._database.rows("SELECT revision, saved FROM snapshots WHERE case_id = ? ORDER BY revision", case_id)
        return tuple((int(revision), moment(saved)) for revision, saved in rows)

    def set_aside(self, case_id: CaseId) -> tuple[tuple[int, datetime], ...]:
        """Revision and moment of snapshots written on a base that was no longer the newest."""
        rows = self._database.rows(
            "SELECT revision, saved FROM snapshots WHERE case_id = ? AND aside = 1 ORDER BY revision", case_id
        )
        return tuple((int(revision), moment(saved)) for revision, saved in rows)

    def at(self, case_id: CaseId, revision: int) -> Opinion:
        """A snapshot; NotFound where it was never there or was thinned out."""
        row = self._database.row("SELECT body FROM snapshots WHERE case_id = ? AND revision = ?", case_id, revision)
        if row is None:
            raise NotFound("This version of the draft is not kept.", "Choose another one from the history.")
        return decode(Opinion, row[0])

    def sign(
        self,
        opinion: OpinionId,
        case_id: CaseId,
        revision: int,
        signed_at: datetime,
        signer: str,
        pdf: bytes,
        clock_offset: float | None = None,
    ) -> SignedOpinion:
        """Seal a signed PDF and keep what is known of it.

        Raises:
            NotFound: There is no such case.
            DiskFull: Nothing was written.
        """
        with self._database.transaction():
            signed = SignedOpinion(
                opinion=opinion,
                case=case_id,
                revision=revision,
                sha256=hashlib.sha256(pdf).hexdigest(),
                pdf=self._objects.put(case_id, pdf),
                signed_at=signed_at,
                signer=signer,
                clock_offset=clock_offset,
            )
            self._database.execute(
                "INSERT INTO signed (case_id, revision, body) VALUES (?, ?, ?)", case_id, revision, encode(signed)
            )
            return signed

    def signed(self, case_id: CaseId) -> SignedOpinion | None:
        """The signed opinion that stands, or None."""
        row = self._database.row(
            "SELECT body FROM signed WHERE case_id = ? AND recalled = 0 ORDER BY key DESC LIMIT 1", case_id
        )
        return decode(SignedOpinion, row[0]) if row else None

    def pdf(self, signed: SignedOpinion) -> bytes:
        """The signed bytes.

        Raises:
            VaultTampered: They are not the bytes that were signed.
        """
        content = self._objects.get(signed.case, ObjectId(signed.pdf))
        if hashlib.sha256(content).hexdigest() != signed.sha256:
            raise VaultTampered("The signed PDF is not the one that was signed.", "Restore the vault from a backup.")
        return content

    def recall(self, case_id: CaseId) -> None:
        """The signed opinion that stands no longer does; it stays here, and the one it followed stands again.

        Raises:
            NotFound: None stands.
        """
        if not self._database.execute(
            "UPDATE signed SET recalled = 1 WHERE key = "
            "(SELECT max(key) FROM signed WHERE case_id = ? AND recalled = 0)",
            case_id,
        ):
            raise NotFound("This case has no signed opinion.", "Sign the opinion first.")

    def _revisions(self, case_id: CaseId) -> tuple[int, int]:
        row = self._database.row(
            "SELECT coalesce(max(CASE aside WHEN 0 THEN revision END), 0), coalesce(max(revision), 0) "
            "FROM snapshots WHERE case_id = ?",
            case_id,
        )
        assert row is not None
        return int(row[0]), int(row[1])

    def _insert(self, opinion: Opinion, *, aside: bool) -> None:
        body = encode(opinion)
        if _readable(body) != opinion:
            raise BadInput(
                "The draft holds a number that cannot be kept.",
                "Take back the last citation or mark; the rest is safe.",
            )
        self._database.execute(
            "INSERT INTO snapshots (case_id, revision, saved, aside, body) VALUES (?, ?, ?, ?, ?)",
            opinion.case,
            opinion.revision,
            utc_text(now()),
            int(aside),
            body,
        )

    def _keep_aside(self, opinion: Opinion) -> None:
        with self._database.transaction():
            _, greatest = self._revisions(opinion.case)
            self._insert(replace(opinion, revision=greatest + 1), aside=True)

    def _thin(self, case_id: CaseId, before: int) -> None:
        """Of snapshots up to `before` keep the last of each minute, those set aside, and those that were signed."""
        self._database.execute(
            "DELETE FROM snapshots WHERE case_id = ?1 AND aside = 0 AND revision <= ?2 "
            "AND revision NOT IN (SELECT max(revision) FROM snapshots "
            "  WHERE case_id = ?1 AND aside = 0 AND revision <= ?2 GROUP BY substr(saved, 1, 16)) "
            "AND revision NOT IN (SELECT revision FROM signed WHERE case_id = ?1)",
            case_id,
            before,
        )
