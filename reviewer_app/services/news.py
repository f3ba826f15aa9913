"""What the last sync that brought something changed in the records of a case: new, changed, withdrawn.

Kept in the view log of the case, which goes with the case; the first sync of a case is no news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reviewer_app.domain.dates import PartialDate, utc_text
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.services import blind, own_records
from reviewer_app.services.session import Session

_NEWS = "news:"
_NEW, _CHANGED, _GONE = "new", "changed", "gone"
Versions = Mapping[CaseId, Mapping[RecordId, str]]


@dataclass(frozen=True, slots=True)
class News:
    """What a sync changed.

    Attributes:
        when: Of the sync; empty where nothing has changed since the first one.
        gone: Titles of records that the server does not have any more.
    """

    when: PartialDate = PartialDate()
    new: frozenset[RecordId] = frozenset()
    changed: frozenset[RecordId] = frozenset()
    gone: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """`Sync of 2026-11-22 14:05: 3 new, 1 withdrawn (Letter).`; empty without news."""
        gone = f"{len(self.gone)} withdrawn ({', '.join(self.gone)})" if self.gone else ""
        counts = ((self.new, "new"), (self.changed, "changed"))
        said = ", ".join((*(f"{len(ids)} {word}" for ids, word in counts if ids), *filter(None, (gone,))))
        return f"Sync of {self.when.shown}: {said}." if said else ""


def before(session: Session) -> Versions:
    """What every case holds now."""
    vault = session.vault
    return {case.id: vault.records.versions(case.id) for case in vault.cases.all()}


def note(session: Session, held: Versions, at: datetime) -> None:
    """Remember how the cases differ from what they held before; a case that held nothing has no news."""
    vault = session.vault
    for case in vault.cases.all():
        was = held.get(case.id)
        present = vault.records.versions(case.id) if was else {}
        if not was or was == present:
            continue
        with vault.transaction():
            for record, version in present.items():
                if was.get(record) != version and not record.startswith("Task/"):  # our own acts move it
                    vault.views.viewed(case.id, f"{_NEWS}{_CHANGED if record in was else _NEW}:{record}", at)
            for record in was.keys() - present.keys():
                vault.views.viewed(case.id, f"{_NEWS}{_GONE}:{record}@{was[record]}", at)


def last(session: Session, case_id: CaseId) -> News:
    """What the last sync that changed anything changed; a first opinion that is kept back is not told of."""
    noted = {what: at for what, at in session.vault.views.all(case_id).items() if what.startswith(_NEWS)}
    if not noted:
        return News()
    newest = max(noted.values())
    kept = blind.withheld(session, case_id) | own_records.known(session, case_id)
    found: dict[str, set[RecordId]] = {_NEW: set(), _CHANGED: set(), _GONE: set()}
    titles = []
    for what, at in noted.items():
        kind, _, name = what.removeprefix(_NEWS).partition(":")
        record, _, version = name.rpartition("@") if kind == _GONE else (name, "", "")
        if at == newest and record not in kept:
            found[kind].add(RecordId(record))
            if kind == _GONE:
                titles.append(session.vault.records.get(case_id, RecordId(record), version).title)
    return News(
        PartialDate(utc_text(newest)), frozenset(found[_NEW]), frozenset(found[_CHANGED]), tuple(sorted(titles))
    )
