"""Full-text index over the words of records and their documents (SQLite FTS5, inside the encrypted database).

What is here: keeping the index, and asking it.  What is not: reading documents (`services.search` has workers do it).
Words are compared without case and accents (unicode61); letters of scripts written without spaces are words of their
own.  Deleted words are overwritten in the index (`secure-delete`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.record import Record
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode

OWN = -1
"""The part that stands for a record's own words; documents count from 0."""
MARK, UNMARK = "\x02", "\x03"
"""Around the words that were found, in `Found.excerpt` and `Found.title`."""

# Han, Hiragana, Katakana, Hangul syllables are left whole by Korean spacing; Thai, Lao, Khmer, Myanmar are not spaced
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
)
_GAP = "\u200b"
_PHRASES = re.compile(r'"([^"]*)"?|(\S+)')
_WORDS_OF_EXCERPT = 16
SHORTEST_BEGINNING = 3
"""Letters that a beginning of a word must have; fewer are taken for a whole word, they would fit nearly everything."""
RANKED = 1_000
"""Places that are ordered by how well they fit; of more than these the last received come first."""
_RESULTS, _OTHERS = "s.record_id GLOB 'Observation/*'", "s.record_id NOT GLOB 'Observation/*'"
"""An analyte has a result for every visit: its name would bury the one letter that speaks of it."""


_PLACES = (
    f"SELECT s.case_id, v.body, s.part, s.page, highlight(words, 1, '{MARK}', '{UNMARK}'), "  # noqa: S608 - constants
    f"snippet(words, 2, '{MARK}', '{UNMARK}', '\u2026', {_WORDS_OF_EXCERPT}) "
    "FROM words JOIN searched s ON s.key = words.rowid "
    "JOIN records r ON r.case_id = s.case_id AND r.record_id = s.record_id "
    "JOIN record_versions v ON v.key = r.present "
    "LEFT JOIN attachments a ON a.case_id = s.case_id AND a.record_id = s.record_id AND a.position = s.part "
    "WHERE words MATCH ? AND CASE s.part WHEN -1 THEN r.present = s.present ELSE a.object_id = s.object_id END"
)


@dataclass(frozen=True, slots=True)
class Stale:
    """Something that is not in the index as it is now.

    Attributes:
        part: `OWN`, or the index of a document that is held.
    """

    record: Record
    part: int
    present: int
    held: str


@dataclass(frozen=True, slots=True)
class Found:
    """A place that holds the words.

    Attributes:
        part: `OWN`, or the index of the document.
        page: Page of the document from 1; 0 for documents without pages.
        title, excerpt: With `MARK` and `UNMARK` around the words that were found.
    """

    case: CaseId
    record: Record
    part: int
    page: int
    title: str
    excerpt: str


class Search:
    """The index over every case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stale(self, case_id: CaseId, most: int) -> tuple[Stale, ...]:
        """Records and documents of a case whose words are not in the index yet, at most so many of each."""
        own = self._database.rows(
            "SELECT v.body, r.present FROM records r JOIN record_versions v ON v.key = r.present "
            "LEFT JOIN searched s ON s.case_id = r.case_id AND s.record_id = r.record_id AND s.part = -1 "
            "WHERE r.case_id = ? AND (s.key IS NULL OR s.present != r.present) LIMIT ?",
            case_id,
            most,
        )
        documents = self._database.rows(
            "SELECT v.body, r.present, a.position, a.object_id FROM attachments a "
            "JOIN records r ON r.case_id = a.case_id AND r.record_id = a.record_id "
            "JOIN record_versions v ON v.key = r.present "
            "WHERE a.case_id = ?1 AND a.object_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM searched s "
            "WHERE s.case_id = a.case_id AND s.record_id = a.record_id AND s.part = a.position "
            "AND s.object_id = a.object_id) LIMIT ?2",
            case_id,
            most,
        )
        return (
            *(Stale(decode(Record, body), OWN, present, "") for body, present in own),
            *(Stale(decode(Record, body), part, present, held) for body, present, part, held in documents),
        )

    def put(self, case_id: CaseId, entries: Sequence[tuple[Stale, tuple[str, ...]]]) -> None:
        """Put the words of records or documents into the index, one text a page; an empty text counts as indexed."""
        with self._database.transaction():
            newest = self._database.row("SELECT coalesce(max(key), 0) FROM searched")
            key = int(newest[0]) if newest else 0
            places: list[tuple[object, ...]] = []
            texts: list[tuple[object, ...]] = []
            for stale, pages in entries:
                for page, text in enumerate(pages, 1):
                    key += 1
                    number = page if stale.part >= 0 else 0
                    places.append((key, case_id, stale.record.id, stale.part, number, stale.present, stale.held))
                    # a title is found once, not again with every page
                    title = spaced(stale.record.title) if stale.part == OWN else ""
                    texts.append((key, _scope(case_id), title, spaced(text)))
            self._database.many(
                "DELETE FROM searched WHERE case_id = ? AND record_id = ? AND part = ?",
                ((case_id, stale.record.id, stale.part) for stale, _ in entries),
            )
            self._database.many("INSERT INTO searched VALUES (?, ?, ?, ?, ?, ?, ?)", places)
            self._database.many("INSERT INTO words (rowid, scope, title, body) VALUES (?, ?, ?, ?)", texts)

    def find(
        self, text: str, case_id: CaseId | None = None, *, most: int = 60, places: int | None = None
    ) -> tuple[Found, ...]:
        """Places that hold every word, phrase (in quotes) or beginning (`metast*`), the best first, results last.

        Of very many places the last received come first, see `RANKED`.  A record that was removed, or of which there
        is a newer version not indexed yet, is not found.

        Args:
            places: How many there are, where `count` has said so.
        """
        asked = _within(query(text), case_id)
        total = self._places(asked) if places is None else places
        if not asked or not total:
            return ()
        # to rank every place that holds a common word takes longer than a person waits
        rows = self._best(asked, most) if total <= RANKED else self._last(asked, most, total)
        return tuple(
            _found(CaseId(case), decode(Record, body), part, page, title, excerpt)
            for case, body, part, page, title, excerpt in rows
        )

    def _best(self, asked: str, most: int) -> list[tuple[Any, ...]]:
        rows = self._database.rows(f"{_PLACES} AND {_OTHERS} ORDER BY words.rank LIMIT ?", asked, most)
        return rows + self._database.rows(
            f"{_PLACES} AND {_RESULTS} ORDER BY words.rank LIMIT ?", asked, most - len(rows)
        )

    def _last(self, asked: str, most: int, total: int) -> list[tuple[Any, ...]]:
        """Found forwards from near the end: backwards through the beginnings of words FTS5 takes seconds."""
        newest = self._database.row("SELECT coalesce(max(key), 0) FROM searched")
        end = int(newest[0]) if newest else 0
        stretch = 2 * most * (end // total + 1)  # holds twice as many as wanted, if they lie evenly
        rows: list[tuple[Any, ...]] = []
        for first in (end - stretch, end - 10 * stretch, 0):
            if len(rows) < most:
                rows = self._database.rows(f"{_PLACES} AND words.rowid >= ? ORDER BY words.rowid", asked, first)
        return rows[::-1][:most]

    def count(self, text: str, case_id: CaseId | None = None) -> int:
        """How many places hold the words."""
        return self._places(_within(query(text), case_id))

    def _places(self, asked: str) -> int:
        if not asked:
            return 0
        row = self._database.row("SELECT count(*) FROM words WHERE words MATCH ?", asked)
        return int(row[0]) if row else 0


def _found(case: CaseId, record: Record, part: int, page: int, title: str, excerpt: str) -> Found:
    return Found(case, record, part, page, joined(title) or record.title, joined(excerpt))


def query(text: str) -> str:
    """What was typed as a query of FTS5; of all signs only quotes and a `*` at the end of a word have a meaning."""
    parts = []
    for phrase, word in _PHRASES.findall(text.replace("\x00", " ")):
        begins = word.endswith("*") and len(word) > SHORTEST_BEGINNING
        said = " ".join(spaced(phrase or word.rstrip("*")).replace('"', " ").split())
        if any(letter.isalnum() for letter in said):
            parts.append(f'{{title body}} : "{said}"{" *" if begins else ""}')
    return " AND ".join(parts)


def _within(asked: str, case_id: CaseId | None) -> str:
    """The query in one case only."""
    return f"scope : {_scope(case_id)} AND ({asked})" if asked and case_id is not None else asked


def spaced(text: str) -> str:
    """Text in which letters of scripts without spaces stand apart, invisibly."""
    return _UNSPACED.sub(rf"{_GAP}\1{_GAP}", text)


def joined(text: str) -> str:
    """The text as it was before `spaced`."""
    return text.replace(_GAP, "")


def _scope(case_id: CaseId) -> str:
    return "case" + "".join(letter for letter in case_id if letter.isalnum())
