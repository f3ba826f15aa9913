"""Questionnaires and their answers: the questions of a case, and readable text of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reviewer_app.domain.case import Question
from reviewer_app.domain.forms import Asks, Form, FormChoice, FormItem
from reviewer_app.domain.ids import QuestionId
from reviewer_app.domain.patient import clean
from reviewer_app.fhir.element import Element, child, children, date, flag, number, quantity, reference, text, words

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
    "open-choice": Asks.LINE, "date": Asks.DATE, "integer": Asks.INTEGER, "decimal": Asks.DECIMAL,
}  # fmt: skip
"""By Questionnaire.item.type (R4 value set item-type); what is missing here is asked for in words."""
_UNANSWERABLE = _SILENT_TYPES | {"attachment", "reference"}


def form_of(questionnaire: Element, ours: frozenset[str]) -> Form:
    """The fields of a form, with the groups they stand in.

    Args:
        ours: linkIds that the letter answers in any case; they and what is below them are left out.
    """
    version = text(questionnaire, "version")
    url = text(questionnaire, "url") + (f"|{version}" if version else "")
    return Form(url, clean(text(questionnaire, "title")), tuple(_fields(questionnaire, ours, ())))


def _fields(
    holder: Element, ours: frozenset[str], groups: tuple[tuple[str, str], ...], *, free: bool = False
) -> Iterator[FormItem]:
    """Fields below an element; what is asked under a condition (enableWhen) is offered and never required."""
    if len(groups) > DEEPEST:
        return
    for item in children(holder, "item"):
        link, kind = text(item, "linkId"), text(item, "type")
        said = clean(text(item, "text")) or link
        if not link or link in ours or flag(item, "readOnly"):
            continue
        offered = free or bool(children(item, "enableWhen"))
        if kind == "group":
            yield from _fields(item, ours, (*groups, (link, said)), free=offered)
        elif kind not in _UNANSWERABLE:
            choices = tuple(_choices(item))
            asks = _ASKS.get(kind, Asks.LINE)
            if asks is Asks.CHOICE and not choices:  # a value set that did not come with the form
                asks = Asks.LINE
            yield FormItem(link, said, asks, bool(flag(item, "required")) and not offered, choices, groups)
            yield from _fields(item, ours, groups, free=offered)


def _choices(item: Element) -> Iterator[FormChoice]:
    if text(item, "type") != "choice":
        return
    for option in children(item, "answerOption"):
        coding = child(option, "valueCoding")
        if code := text(coding, "code"):
            yield FormChoice(code, clean(text(coding, "display")) or code, text(coding, "system"))
        elif plain := text(option, "valueString"):
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
