"""Questionnaires and their answers: the questions of a case, and readable text of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from reviewer_app.domain.case import Question
from reviewer_app.domain.enabling import Condition, Gate, Measure, Operator
from reviewer_app.domain.forms import Asks, Form, FormChoice, FormItem
from reviewer_app.domain.ids import QuestionId
from reviewer_app.domain.patient import clean
from reviewer_app.fhir import value_sets
from reviewer_app.fhir.element import (
    Element,
    Malformed,
    child,
    children,
    date,
    flag,
    number,
    quantity,
    reference,
    text,
    words,
)

DEEPEST = 12
"""Levels of nested items that are read."""
_SILENT_TYPES = frozenset({"group", "display"})


def questions_of(questionnaire: Element) -> tuple[Question, ...]:
    """Numbered questions, groups flattened; a question is required unless the form says that it is not."""
    asked = [item for item in _items(questionnaire) if text(item, "type") not in _SILENT_TYPES]
    made = []
    for place, item in enumerate(asked, 1):
        said = clean(text(item, "text")) or text(item, "linkId")
        required = flag(item, "required") is not False
        made.append(Question(QuestionId(text(item, "linkId") or f"q{place}"), place, said, required))
    return tuple(made)


_ASKS = {
    "text": Asks.TEXT, "string": Asks.LINE, "url": Asks.LINE, "boolean": Asks.YES_NO, "choice": Asks.CHOICE,
    "open-choice": Asks.OPEN_CHOICE, "date": Asks.DATE, "dateTime": Asks.MOMENT,
    "integer": Asks.INTEGER, "decimal": Asks.DECIMAL,
}  # fmt: skip
"""By Questionnaire.item.type (R4 value set item-type); what is missing here is asked for in words."""
_UNANSWERABLE = _SILENT_TYPES | {"attachment", "reference"}
_CHOICES = (Asks.CHOICE, Asks.OPEN_CHOICE)
_MEASURES = {
    "answerDecimal": Measure.NUMBER, "answerInteger": Measure.NUMBER, "answerDate": Measure.DATE,
    "answerDateTime": Measure.DATE, "answerTime": Measure.TEXT, "answerString": Measure.TEXT,
}  # fmt: skip


def form_of(questionnaire: Element, ours: frozenset[str], lists: Mapping[str, Element] = MappingProxyType({})) -> Form:
    """The fields of a form, with the groups they stand in and what must be answered so that they are asked.

    Args:
        ours: linkIds that the letter answers in any case; they and what is below them are left out.
        lists: Value sets that did not come inside the form, by canonical URL as the form names them.
    """
    version = text(questionnaire, "version")
    url = text(questionnaire, "url") + (f"|{version}" if version else "")
    reading = _Reading(questionnaire, ours, lists)
    return Form(url, clean(text(questionnaire, "title")), tuple(_fields(questionnaire, reading, _Place())))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the fields of one form are read with."""

    questionnaire: Element
    ours: frozenset[str]
    lists: Mapping[str, Element]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an element stands: its groups, the field it is below, and the conditions of all it is below.

    Attributes:
        sure: Whether these conditions could be read.
    """

    groups: tuple[tuple[str, str], ...] = ()
    below: str = ""
    gates: tuple[Gate, ...] = ()
    sure: bool = True
    depth: int = 0


def _fields(holder: Element, reading: _Reading, place: _Place) -> Iterator[FormItem]:
    if place.depth > DEEPEST:
        return
    for item in children(holder, "item"):
        link, kind = text(item, "linkId"), text(item, "type")
        said = clean(text(item, "text")) or link
        if not link or link in reading.ours or flag(item, "readOnly"):
            continue
        gates, sure = _gates(item)
        inside = replace(place, gates=(*place.gates, *gates), sure=place.sure and sure, depth=place.depth + 1)
        if kind == "group":
            yield from _fields(item, reading, replace(inside, groups=(*place.groups, (link, said)), below=""))
        elif kind not in _UNANSWERABLE:
            yield _field(item, reading, inside)
            yield from _fields(item, reading, replace(inside, below=link))


def _field(item: Element, reading: _Reading, place: _Place) -> FormItem:
    link, asks = text(item, "linkId"), _ASKS.get(text(item, "type"), Asks.LINE)
    choices: tuple[FormChoice, ...] = ()
    note = ""
    if asks in _CHOICES:
        choices, note = _offered(item, reading)
        if not choices:
            asks = Asks.LINE
    return FormItem(
        link,
        clean(text(item, "text")) or link,
        asks,
        place.sure and bool(flag(item, "required")),
        choices,
        place.groups,
        repeats=bool(flag(item, "repeats")),
        gates=place.gates,
        below=place.below,
        note=note,
    )


def _offered(item: Element, reading: _Reading) -> tuple[tuple[FormChoice, ...], str]:
    """The answers to choose from, and what must be known where there are none."""
    if own := tuple(_options(item)):
        return own, ""
    link = value_sets.named(item)
    if not link:
        return (), ""
    inside = link.startswith("#")
    found = value_sets.contained(reading.questionnaire, link) if inside else reading.lists.get(link)
    if found is None:
        return (), "its list of answers did not come with the form; answer in words."
    choices = value_sets.choices(found)
    return choices, "" if choices else "its list of answers is not spelt out in the form; answer in words."


def _gates(item: Element) -> tuple[tuple[Gate, ...], bool]:
    """Its enableWhen, and whether that could be read: a field is not hidden under a condition nobody understands.

    Where no enableBehavior is given, one condition is enough (as before R4).
    """
    try:
        conditions = tuple(
            _condition(when, text(when, "question"), Operator(text(when, "operator")))
            for when in children(item, "enableWhen")
        )
    except (Malformed, ValueError):
        return (), False
    return ((Gate(conditions, text(item, "enableBehavior") == "all"),) if conditions else ()), True


def _condition(when: Element, question: str, compared: Operator) -> Condition:
    if "answerBoolean" in when:
        return Condition(question, compared, "yes" if flag(when, "answerBoolean") else "no")
    if "answerCoding" in when:
        coding = child(when, "answerCoding")
        return Condition(question, compared, text(coding, "code"), system=text(coding, "system"))
    if "answerQuantity" in when:
        return Condition(question, compared, number(child(when, "answerQuantity"), "value"), Measure.NUMBER)
    if "answerReference" in when:
        return Condition(question, compared, reference(when, "answerReference"))
    for name, measure in _MEASURES.items():
        if name in when:
            read = number if measure is Measure.NUMBER else text
            return Condition(question, compared, read(when, name), measure)
    raise Malformed("enableWhen has no answer")


def _options(item: Element) -> Iterator[FormChoice]:
    for option in children(item, "answerOption"):
        coding = child(option, "valueCoding")
        if code := text(coding, "code"):
            yield FormChoice(code, clean(text(coding, "display")) or code, text(coding, "system"))
            continue
        plain = text(option, "valueString") or text(option, "valueDate") or text(option, "valueTime")
        if plain := plain or (number(option, "valueInteger") if "valueInteger" in option else ""):
            yield FormChoice(plain, plain)


def _items(holder: Element, depth: int = 0) -> Iterator[Element]:
    if depth > DEEPEST:
        return
    for item in children(holder, "item"):
        yield item
        yield from _items(item, depth + 1)


def questionnaire_text(questionnaire: Element) -> str:
    """The questions, one a line."""
    return "\n".join(
        " ".join(part for part in (text(item, "prefix"), clean(text(item, "text"))) if part)
        for item in _items(questionnaire)
    )


def response_text(response: Element, names: Mapping[str, str]) -> str:
    """Questions with their answers, one a line, nested ones indented."""
    return "\n".join(_lines(response, names, 0))


def _lines(holder: Element, names: Mapping[str, str], depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    for item in children(holder, "item"):
        answers = children(item, "answer")
        said = ", ".join(shown for answer in answers if (shown := _answer(answer, names)))
        asked = clean(text(item, "text")) or text(item, "linkId")
        yield f"{'  ' * depth}{asked}{f': {said}' if said else ''}"
        for answer in answers:
            yield from _lines(answer, names, depth + 1)
        yield from _lines(item, names, depth + 1)


def _answer(answer: Element, names: Mapping[str, str]) -> str:
    if "valueBoolean" in answer:
        return "yes" if flag(answer, "valueBoolean") else "no"
    for name in ("valueString", "valueUri", "valueTime"):
        if name in answer:
            return text(answer, name)
    for name in ("valueInteger", "valueDecimal"):
        if name in answer:
            return number(answer, name)
    for name in ("valueDate", "valueDateTime"):
        if name in answer:
            return date(answer, name).shown
    coding = answer.get("valueCoding")
    if isinstance(coding, dict):
        return words({"coding": [coding]})
    amount = answer.get("valueQuantity")
    if isinstance(amount, dict):
        return quantity(amount)
    ref = reference(answer, "valueReference")
    return names.get(ref, "") or ref
