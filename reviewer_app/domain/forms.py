"""The programme's own form: further fields beside the sections of the letter, as a draft carries and answers them.

A form comes as a FHIR Questionnaire; its fields keep their linkIds, so that the answers go back under the same ones.
What the letter asks in any case is not asked again.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.enabling import Gate, Given
from reviewer_app.errors import BadInput

BUTTONS = 16
"""Answers offered side by side; more of them are typed, and completed while they are."""
_NONE: Mapping[str, tuple[Given, ...]] = {}
_PARAGRAPH = re.compile(r"\n\s*\n")
_INTEGER, _DECIMAL = re.compile(r"[-+]?\d+"), re.compile(r"[-+]?\d+(\.\d+)?")


class Asks(enum.Enum):
    """What kind of answer a field takes."""

    TEXT = "text"
    LINE = "line"
    YES_NO = "yes-no"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    """One of the answers offered, or other words."""
    DATE = "date"
    MOMENT = "moment"
    """A day, with the time where it is known: `2026-11-22 14:05` by the clock here."""
    INTEGER = "integer"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class FormChoice:
    """One answer to choose; a plain text where it has no code."""

    code: str
    words: str
    system: str = ""


@dataclass(frozen=True, slots=True)
class FormItem:
    """One field.

    Attributes:
        link: linkId in the Questionnaire.
        groups: (linkId, text) of the groups it stands in, from the outermost.
        answer: As typed; the code of a choice; `yes` or `no`. Several answers are lines, paragraphs where it is prose.
        repeats: Whether it takes several answers.
        gates: What must be answered elsewhere so that it is asked: its own conditions and those it stands below.
        below: linkId of the field it stands below; empty where it stands in a group or at the top.
        note: What a person must know to answer it, one sentence.
    """

    link: str
    text: str
    asks: Asks = Asks.TEXT
    required: bool = False
    choices: tuple[FormChoice, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    repeats: bool = False
    gates: tuple[Gate, ...] = ()
    below: str = ""
    note: str = ""

    @property
    def answers(self) -> tuple[str, ...]:
        """Each answer as typed."""
        if not self.repeats:
            return (self.answer.strip(),) if self.answer.strip() else ()
        parts = _PARAGRAPH.split(self.answer) if self.asks is Asks.TEXT else self.answer.splitlines()
        return tuple(part.strip() for part in parts if part.strip())

    @property
    def given(self) -> tuple[Given, ...]:
        """Each answer, with code and system where it is one of those offered."""
        made = []
        for text in self.answers:
            chosen = self.chosen(text)
            made.append(Given(chosen.code, chosen.system, chosen.words) if chosen else Given(text))
        return tuple(made)

    @property
    def said(self) -> str:
        """The answers in words."""
        words = [chosen.words if (chosen := self.chosen(text)) else text for text in self.answers]
        return ("\n" if self.asks is Asks.TEXT else ", ").join(words)

    @property
    def typed(self) -> bool:
        """Whether its answers are typed although it offers some: they may be other words, or are too many."""
        return self.asks is Asks.OPEN_CHOICE or len(self.choices) > BUTTONS

    def chosen(self, text: str) -> FormChoice | None:
        """Which of the answers offered a text is: by its code, or its words in small or large letters."""
        plain = text.strip()
        exact = next((one for one in self.choices if plain in (one.code, one.words)), None)
        return exact or next((one for one in self.choices if one.words.casefold() == plain.casefold()), None)

    @property
    def problem(self) -> str:
        """What is wrong with the answer, as the end of a sentence; empty where nothing is."""
        if not self.answers:
            return "is not answered" if self.required else ""
        return next((said for said in map(self._wrong, self.answers) if said), "")

    def _wrong(self, text: str) -> str:
        if self.asks is Asks.CHOICE and self.choices and self.chosen(text) is None:
            return "needs one of the answers that are offered"
        if self.asks is Asks.DATE and not PartialDate(text).valid:
            return "needs a day such as 2026-11-22"
        if self.asks is Asks.MOMENT and not (PartialDate(text).valid or moment(text)):
            return "needs a day such as 2026-11-22, or 2026-11-22 14:05"
        if self.asks is Asks.INTEGER and not _INTEGER.fullmatch(text):
            return "needs a whole number"
        if self.asks is Asks.DECIMAL and not _DECIMAL.fullmatch(text):
            return "needs a number such as 12.5"
        return ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form with its answers; those of fields that are not asked now stay in it.

    Attributes:
        url: Canonical URL with the version after a bar; empty where the programme has no form.
    """

    url: str = ""
    title: str = ""
    items: tuple[FormItem, ...] = ()

    def asked(self, beside: Mapping[str, Sequence[Given]] = _NONE) -> tuple[FormItem, ...]:
        """The fields that are asked with the answers as they stand.

        Args:
            beside: Answers that are given outside the form, by linkId. What is not asked counts as not answered (R4:
                it is not part of a response), and so does what depends on itself.
        """
        by_link: dict[str, list[FormItem]] = {}
        for item in self.items:
            by_link.setdefault(item.link, []).append(item)
        known: dict[str, tuple[Given, ...]] = {link: tuple(given) for link, given in beside.items()}

        def answers(link: str) -> tuple[Given, ...]:
            if link not in known:
                known[link] = ()  # meanwhile, so that a circle ends
                known[link] = tuple(one for item in by_link.get(link, ()) if is_asked(item) for one in item.given)
            return known[link]

        def is_asked(item: FormItem) -> bool:
            return all(gate.open(answers) for gate in item.gates)

        return tuple(item for item in self.items if is_asked(item))

    def with_answer(self, link: str, text: str) -> Form:
        """The form with another answer in one field.

        Args:
            text: For a choice its code or words; several answers are lines.

        Raises:
            BadInput: There is no such field, or the choice is none of its own.
        """
        item = next((one for one in self.items if one.link == link), None)
        if item is None:
            known = ", ".join(one.link for one in self.items) or "none"
            raise BadInput(f"The programme's form has no field “{link}”.", f"Its fields are: {known}.")
        if text and item.choices and not item.typed:
            parts = text.splitlines() if item.repeats else [text]
            text = "\n".join(_code(item, part) for part in parts if part.strip())
        changed = replace(item, answer=text)
        return replace(self, items=tuple(changed if one is item else one for one in self.items))

    def taken_over(self, newer: Form) -> Form:
        """A newer form with the answers of this one, as far as their fields are still there and still fit."""
        made = newer
        for item in self.items:
            try:
                made = made.with_answer(item.link, item.answer) if item.answer else made
            except BadInput:
                continue
        return made


def moment(text: str) -> datetime | None:
    """A day and a time as typed, by the clock here; None where it is something else."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").astimezone()
    except ValueError:
        return None


def _code(item: FormItem, text: str) -> str:
    found = item.chosen(text)
    if found is None:
        known = ", ".join(one.code for one in item.choices)
        raise BadInput(f"“{text}” is no answer to “{item.text}”.", f"Use one of: {known}.")
    return found.code
