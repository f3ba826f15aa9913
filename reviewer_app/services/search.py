"""Finding words in the records and documents of one case, or of all cases.

The index is brought up to date when it is first asked, in small steps that leave the vault to others in between;
documents are read by the worker.  Cases that may not be looked into (consent, lease) are not searched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.record import Record, RecordClass, said
from reviewer_app.errors import NotFound, Unreadable
from reviewer_app.jobs import Job
from reviewer_app.services import blind, documents, worklist
from reviewer_app.services.session import Session
from reviewer_app.vault.search import MARK, OWN, UNMARK, Found, Stale

_STEP = 400
"""Records put into the index in one transaction: about a twentieth of a second."""
_MOST_PAGES = 2_000
_AT_ONCE = 20
"""Pages read in one go: a document is opened anew for each."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with the places of the words that were found."""

    text: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that were found, as they are written there."""
        return tuple(dict.fromkeys(self.text[begin:end] for begin, end in self.spans))


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that holds the words.

    Attributes:
        attachment: Index of the document, or -1 for the record's own words.
        page: Page of the document from 1; 0 for the record itself.
    """

    case: Case
    record: Record
    attachment: int
    page: int
    title: Passage
    excerpt: Passage


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        hits: The best first, results last; of very many the last received first.
        total: How many places there are, also those not listed.
        barred: Cases that were left out because they may not be looked into.
        widened: No word was exactly as asked; these begin with it.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    barred: int = 0
    widened: bool = False


def find(session: Session, text: str, case_id: CaseId | None = None, *, most: int = 60) -> Answer:
    """Places that hold every word, phrase (in quotes) or beginning (`metast*`) in one case or in all.

    Where no word is exactly as asked, those that begin with it are found.  What is not in the index yet is not found
    (see `catch_up`), nor is a first opinion that is kept back.
    """
    exact = _find(session, text, case_id, most)
    if exact.hits or '"' in text:
        return exact
    begun = _find(session, " ".join(f"{word.rstrip('*')}*" for word in text.split()), case_id, most)
    return replace(begun, widened=True) if begun.hits else exact


def gathered(hits: Iterable[Hit]) -> tuple[tuple[Hit, ...], ...]:
    """Places as a person reads them: all results of one analyte of a case as one, the newest first in it."""
    groups: dict[object, list[Hit]] = {}
    for number, hit in enumerate(hits):
        result = hit.record.record_class is RecordClass.RESULT
        key = (hit.case.id, hit.record.title.casefold()) if result else number
        groups.setdefault(key, []).append(hit)
    return tuple(
        tuple(sorted(group, key=lambda hit: hit.record.when.sort_key, reverse=True)) for group in groups.values()
    )


def several(group: tuple[Hit, ...]) -> str:
    """`9 results` of a group of more than one; empty for one."""
    return f"{len(group)} results" if len(group) > 1 else ""


def _find(session: Session, text: str, case_id: CaseId | None, most: int) -> Answer:
    cases = [session.vault.cases.get(case_id)] if case_id else list(session.vault.cases.all())
    open_ones = [case for case in cases if not worklist.barred(session, case)]
    known = {case.id: case for case in open_ones}
    if case_id is not None or len(open_ones) == len(cases):
        scopes: list[CaseId | None] = [case_id] if open_ones else []
    else:
        scopes = [case.id for case in open_ones]
    index = session.vault.search
    places = {scope: index.count(text, scope) for scope in scopes}
    every = [one for scope in scopes for one in index.find(text, scope, most=most, places=places[scope])]
    kept = {case: blind.withheld(session, case) for case in {one.case for one in every}}
    found = [one for one in every if one.record.id not in kept[one.case]]
    total = sum(places.values()) - len(every) + len(found)
    hits = tuple(_hit(known[one.case], one) for one in found[:most] if one.case in known)
    return Answer(hits, total, len(cases) - len(open_ones))


def catch_up(session: Session, case_id: CaseId, job: Job) -> int:
    """Put into the index what is new in a case; how many records and documents that were."""
    done = 0
    while step := index_some(session, case_id, job):
        done += step
    return done


def index_some(session: Session, case_id: CaseId, job: Job) -> int:
    """Put the next records into the index, and one document; 0 where nothing is left to do."""
    job.check()
    kept = blind.withheld(session, case_id)
    stale = [one for one in session.vault.search.stale(case_id, _STEP) if one.record.id not in kept]
    own = [(one, (_own_words(one.record),)) for one in stale if one.part == OWN]
    session.vault.search.put(case_id, own)
    document = next((one for one in stale if one.part != OWN), None)
    if document is not None:
        pages = _pages(session, case_id, document, job)
        session.vault.search.put(case_id, [(document, pages or ("",))])
    return len(own) + (document is not None)


def index_any(session: Session, job: Job) -> int:
    """Put the next records or document of any case that may be looked into into the index; 0 where all is done."""
    for case in session.vault.cases.all():
        if not worklist.barred(session, case) and (done := index_some(session, case.id, job)):
            return done
    return 0


def _own_words(record: Record) -> str:
    return "\n".join(part for part in (record.body, record.author, record.unreadable) if part)


def _pages(session: Session, case_id: CaseId, document: Stale, job: Job) -> tuple[str, ...]:
    """The text of a document, page by page; empty texts for pages without words, and for what cannot be read."""
    record_id, index = document.record.id, document.part
    try:
        view = documents.describe(session, case_id, record_id, index)
        if view.kind == "text":
            return (view.text,)
        pages: list[str] = []
        known = min(view.pages, _MOST_PAGES)
        for first in range(0, known, _AT_ONCE):
            job.check()
            pages += _texts(session, case_id, document, first, min(_AT_ONCE, known - first))
        return tuple(pages)
    except NotFound:
        return ()


def _texts(session: Session, case_id: CaseId, document: Stale, first: int, count: int) -> tuple[str, ...]:
    try:
        pages = documents.words(session, case_id, document.record.id, document.part, first, count)
    except Unreadable:
        return ("",) * count
    return tuple(said(words) for words in pages)


def _hit(case: Case, found: Found) -> Hit:
    return Hit(case, found.record, found.part, found.page, _passage(found.title), _passage(found.excerpt))


def _passage(marked: str) -> Passage:
    text, spans, begin = "", [], -1
    for letter in marked:
        if letter == MARK:
            begin = len(text)
        elif letter == UNMARK:
            if begin >= 0:
                spans.append((begin, len(text)))
            begin = -1
        else:
            text += letter
    return Passage(text, tuple(spans))
