"""Spelling of what is written: Hunspell with British or American English, medical words, words of the case, own words.

Everything is on this machine, and nothing is written to the disk outside the vault.  Words of the records of a case
count as known: drugs, names and places are there as the hospital spells them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from typing import Any
from weakref import WeakKeyDictionary

from reviewer_app.domain.ids import CaseId
from reviewer_app.domain.opinion import Opinion
from reviewer_app.domain.passages import passages
from reviewer_app.errors import BadInput
from reviewer_app.services.session import Session
from reviewer_app.vault import Vault

_OWN = "words"
"""Key under which the vault keeps words the author has taught."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SHORTEST = 3
_MOST = 8
"""Suggestions offered."""
LANGUAGES = ("en_GB", "en_US")


def misspelt(session: Session, case_id: CaseId, opinion: Opinion) -> frozenset[str]:
    """Words of the opinion that no dictionary knows; empty where checking is off."""
    language = session.settings.text("spelling")
    if language not in LANGUAGES:
        return frozenset()
    written = {word for passage in passages(opinion) for word in words(passage.text)}
    unknown = {word for word in written if not _known(language, word)}
    if not unknown:
        return frozenset()
    taught = own(session) | _of_case(session, case_id)
    return frozenset(word for word in unknown if _plain(word) not in taught)


def suggestions(session: Session, word: str) -> tuple[str, ...]:
    """What was probably meant, best first."""
    language = session.settings.text("spelling")
    if language not in LANGUAGES:
        return ()
    found: tuple[str, ...] = _dictionary(language).suggest(word.replace("\u2019", "'"))
    near = [known for known in _medical() if known[:2] == _plain(word)[:2] and _near(known, _plain(word))]
    return tuple(dict.fromkeys((*near, *found)))[:_MOST]


def learn(session: Session, word: str) -> frozenset[str]:
    """Know a word from now on; returns all own words.

    Raises:
        BadInput: It is no word.
    """
    if not _WORD.fullmatch(word):
        raise BadInput("This is not a word.", "Choose one word.")
    known = own(session) | {_plain(word)}
    session.vault.profile.set_value(_OWN, json.dumps(sorted(known)))
    return known


def own(session: Session) -> frozenset[str]:
    """Words the author has taught, in small letters."""
    return frozenset(json.loads(session.vault.profile.value(_OWN) or "[]"))


def words(text: str) -> Iterator[str]:
    """Words that are checked: abbreviations, names with inner capitals and what touches a digit are left out."""
    for match in _WORD.finditer(text):
        word = match.group()
        beside = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        inner = any(part[1:] != part[1:].lower() for part in word.split("-"))
        if len(word) >= _SHORTEST and not inner and not any(char.isdigit() for char in beside):
            yield word


@cache
def _dictionary(language: str) -> Any:
    import hunspell

    with as_file(files("resources.dictionaries")) as folder:
        return hunspell.Hunspell(language, hunspell_data_dir=str(folder))


@cache
def _medical() -> frozenset[str]:
    listed = (files("resources.dictionaries") / "medical.txt").read_text("utf-8")
    return frozenset(word.casefold() for word in listed.split())


def _known(language: str, word: str) -> bool:
    plain = word.replace("\u2019", "'")
    if _plain(plain) in _medical() or _dictionary(language).spell(plain):
        return True
    parts = plain.split("-")
    return len(parts) > 1 and all(len(part) < _SHORTEST or _known(language, part) for part in parts)


def _plain(word: str) -> str:
    return word.replace("\u2019", "'").casefold().removesuffix("'s")


def _near(known: str, word: str) -> bool:
    import difflib

    return abs(len(known) - len(word)) <= 2 and difflib.SequenceMatcher(None, known, word).ratio() > 0.85  # noqa: PLR2004 - two letters, about one in eight wrong


_of_cases: WeakKeyDictionary[Vault, tuple[CaseId, int, frozenset[str]]] = WeakKeyDictionary()
"""Words of the case that was checked last; gone with the session."""


def _of_case(session: Session, case_id: CaseId) -> frozenset[str]:
    stamp = hash(tuple(sorted(session.vault.records.versions(case_id).items())))
    held = _of_cases.get(session.vault)
    if held is not None and held[:2] == (case_id, stamp):
        return held[2]
    case = session.vault.cases.get(case_id)
    said = [case.title, case.patient.name.shown, *case.reasons, session.vault.profile.author().name]
    said += [person.name for person in (case.requester, case.urgent_contact) if person]
    said += [question.text for question in case.questions]
    said += [f"{record.title} {record.body} {record.author}" for record in session.vault.records.all(case_id)]
    found = frozenset(_plain(word) for text in said for word in _WORD.findall(text))
    _of_cases[session.vault] = (case_id, stamp, found)
    return found
