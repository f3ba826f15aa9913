"""The programme's own form: further fields beside the sections of the letter, as a draft carries and answers them.

A form comes as a FHIR Questionnaire; its fields keep their linkIds, so that the answers go back under the same ones.
What the letter asks in any case is not asked again.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from reviewer_app.domain.dates import PartialDate
from reviewer_app.errors import BadInput

_INTEGER, _DECIMAL = re.compile(r"[-+]?\d+"), re.compile(r"[-+]?\d+(\.\d+)?")


class Asks(enum.Enum):
    """What kind of answer a field takes."""

    TEXT = "text"
    LINE = "line"
    YES_NO = "yes-no"
    CHOICE = "choice"
    DATE = "date"
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
        answer: As typed; the code of a choice; `yes` or `no`.
    """

    link: str
    text: str
    asks: Asks = Asks.TEXT
    required: bool = False
    choices: tuple[FormChoice, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    answer: str = ""

    @property
    def said(self) -> str:
        """The answer in words."""
        return next((one.words for one in self.choices if one.code == self.answer), self.answer)

    @property
    def problem(self) -> str:
        """What is wrong with the answer, as the end of a sentence; empty where nothing is."""
        text = self.answer.strip()
        if not text:
            return "is not answered" if self.required else ""
        if self.asks is Asks.DATE and not PartialDate(text).valid:
            return "needs a day such as 2026-11-22"
        if self.asks is Asks.INTEGER and not _INTEGER.fullmatch(text):
            return "needs a whole number"
        if self.asks is Asks.DECIMAL and not _DECIMAL.fullmatch(text):
            return "needs a number such as 12.5"
        return ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form with its answers.

    Attributes:
        url: Canonical URL with the version after a bar; empty where the programme has no form.
    """

    url: str = ""
    title: str = ""
    items: tuple[FormItem, ...] = ()

    def with_answer(self, link: str, text: str) -> Form:
        """The form with another answer in one field.

        Args:
            text: For a choice its code or words.

        Raises:
            BadInput: There is no such field, or the choice is none of its own.
        """
        item = next((one for one in self.items if one.link == link), None)
        if item is None:
            known = ", ".join(one.link for one in self.items) or "none"
            raise BadInput(f"The programme's form has no field “{link}”.", f"Its fields are: {known}.")
        if text and item.choices:
            found = [one.code for one in item.choices if text in (one.code, one.words)]
            if not found:
                known = ", ".join(one.code for one in item.choices)
                raise BadInput(f"“{text}” is no answer to “{item.text}”.", f"Use one of: {known}.")
            text = found[0]
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
