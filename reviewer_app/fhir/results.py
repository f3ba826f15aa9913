"""FHIR Observation -> laboratory results and vital signs, values exactly as received (R4 Observation).

One Observation gives one result, or one for each component; a panel without a value gives none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reviewer_app.domain.lab import Flag, ReferenceRange, Result, Value
from reviewer_app.domain.patient import clean
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.disciplines import discipline, meaning
from reviewer_app.fhir.element import (
    Element,
    child,
    children,
    code,
    codings,
    date,
    first,
    flag,
    notes,
    number,
    quantity,
    references,
    text,
    words,
)

UCUM = "http://unitsofmeasure.org"
_CATEGORY_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"
_FLAGS = {
    "L": Flag.LOW, "<": Flag.LOW, "LU": Flag.LOW, "LL": Flag.CRITICAL_LOW, "H": Flag.HIGH, ">": Flag.HIGH,
    "HU": Flag.HIGH, "HH": Flag.CRITICAL_HIGH, "A": Flag.ABNORMAL, "AA": Flag.CRITICAL, "N": Flag.NORMAL,
    "W": Flag.NONE, "low": Flag.LOW, "high": Flag.HIGH, "normal": Flag.NORMAL, "abnormal": Flag.ABNORMAL,
    "critical": Flag.CRITICAL, "critical low": Flag.CRITICAL_LOW, "critical high": Flag.CRITICAL_HIGH,
}  # fmt: skip
_BLOOD = re.compile(r"blood|serum|plasma|blut|sang|suero|soro|siero|s\u00e9rum", re.IGNORECASE)
"""In the words for blood and what is made of it, in the languages of the programmes."""
_SEVERITY = (
    Flag.CRITICAL_HIGH, Flag.CRITICAL_LOW, Flag.CRITICAL, Flag.HIGH, Flag.LOW, Flag.ABNORMAL, Flag.NORMAL,
)  # fmt: skip


def results(resource: Resource, names: Mapping[str, str]) -> tuple[Result, ...]:
    """Results of one Observation.

    Args:
        names: Names of practitioners and organisations by reference.

    Raises:
        Malformed: An element that matters is not of its R4 type.
    """
    content = resource.content
    whole = _result(resource, content, names)
    parts: list[Result] = []
    for component in children(content, "component"):
        part = _component(component, whole, {known.component for known in parts})
        if part is not None:
            parts.append(part)
    if whole.value is not None or whole.absent or not (parts or children(content, "hasMember")):
        return (whole, *parts)
    return tuple(parts)


def _result(resource: Resource, content: Element, names: Mapping[str, str]) -> Result:
    performers = [clean(text(one, "display")) for one in children(content, "performer")]
    performers = [said for said in performers if said] or [
        names[ref] for ref in references(content, "performer") if names.get(ref)
    ]
    value = value_of(content)
    code_of = child(content, "code")
    name, codes = words(code_of), codings(code_of)
    return Result(
        record=resource.ref,
        name=_of_specimen(name or "(unnamed)", _specimen(content)),
        codes=codes,
        when=date(content, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
        value=value,
        ranges=ranges(content),
        flag=interpretation(content),
        status=text(content, "status") or "unknown",
        category=discipline(content, name, codes) or _category(content, value),
        performer=", ".join(performers),
        note=_note(content),
        absent=words(child(content, "dataAbsentReason")),
        meaning=meaning(content),
    )


def _component(component: Element, whole: Result, taken: set[str]) -> Result | None:
    value, absent = value_of(component), words(child(component, "dataAbsentReason"))
    if value is None and not absent:
        return None
    name = words(child(component, "code")) or "(unnamed)"
    unique, repeat = name, 2
    while unique in taken:
        unique, repeat = f"{name} ({repeat})", repeat + 1
    return replace(
        whole,
        name=name,
        component=unique,
        codes=codings(child(component, "code")),
        value=value,
        ranges=ranges(component),
        flag=interpretation(component),
        absent=absent,
        meaning=meaning(component),
    )


def _category(content: Element, value: Value | None) -> str:
    for category in children(content, "category"):
        if found := code(category, _CATEGORY_SYSTEM):
            return found
    if found := code(first(content, "category")):
        return found
    return "laboratory" if value is not None and value.numeric else "other"


def _note(content: Element) -> str:
    parts = [notes(content)]
    if site := words(child(content, "bodySite")):
        parts.append(f"Body site: {site}")
    if method := words(child(content, "method")):
        parts.append(f"Method: {method}")
    if specimen := _specimen(content):
        parts.append(f"Specimen: {specimen}")
    if "issued" in content and not any(name.startswith("effective") for name in content):
        parts.append("When the sample was taken was not sent; the date is that of the report.")
    return "\n".join(part for part in parts if part)


def _of_specimen(name: str, specimen: str) -> str:
    """The name of an analyte, with what was examined where that is not blood: creatinine of urine is another one."""
    known = _BLOOD.search(specimen) or specimen.casefold() in name.casefold()
    return name if not specimen or known else f"{name} ({specimen})"


def _specimen(content: Element) -> str:
    """What was examined, as the Observation itself says it: by name, or by a Specimen contained in it."""
    given = child(content, "specimen")
    if said := clean(text(given, "display")):
        return said
    ref = text(given, "reference")
    inside = (one for one in children(content, "contained") if f"#{text(one, 'id')}" == ref)
    return next((words(child(one, "type")) for one in inside), "")


def value_of(element: Element) -> Value | None:
    """The value[x] of an Observation or a component; None where there is none."""
    if "valueQuantity" in element:
        return _quantity(child(element, "valueQuantity"))
    if "valueCodeableConcept" in element:
        return _words(words(child(element, "valueCodeableConcept")))
    if "valueString" in element:
        return _words(clean_lines(text(element, "valueString")))
    if "valueInteger" in element:
        return Value(number(element, "valueInteger"), numeric=True)
    if "valueBoolean" in element:
        return _words({True: "yes", False: "no", None: ""}[flag(element, "valueBoolean")])
    if "valueRange" in element:
        spread = child(element, "valueRange")
        return _words(f"{quantity(child(spread, 'low'))} \u2013 {quantity(child(spread, 'high'))}".strip(" \u2013"))
    if "valueRatio" in element:
        ratio = child(element, "valueRatio")
        return _words(f"{quantity(child(ratio, 'numerator'))}:{quantity(child(ratio, 'denominator'))}".strip(":"))
    if "valueSampledData" in element:
        return Value("(sampled data, see the record)")
    for name in ("valueDateTime", "valuePeriod"):
        if name in element:
            return _words(date(element, name).shown)
    return _words(text(element, "valueTime")) if "valueTime" in element else None


def _words(said: str) -> Value | None:
    return Value(said) if said else None


def clean_lines(said: str) -> str:
    """Text of several lines without control and direction-changing characters."""
    return "\n".join(clean(line) for line in said.splitlines()).strip()


def _quantity(element: Element) -> Value | None:
    digits = number(element, "value")
    if not digits:
        return None
    ucum = text(element, "code") if text(element, "system") in (UCUM, "") else ""
    return Value(digits, text(element, "comparator"), _unit(element), ucum, numeric=True)


def _unit(element: Element) -> str:
    """The unit as written, else its code; a UCUM annotation such as `{score}` is no unit to show."""
    unit = clean(text(element, "unit")) or text(element, "code")
    return "" if unit.startswith("{") and unit.endswith("}") else unit


def ranges(element: Element) -> tuple[ReferenceRange, ...]:
    """Reference ranges, the laboratory's normal range for everybody first.

    Ranges that hold only for some (by sex, age), several that differ, and those whose ends are in two units are given
    in words, so that no value is judged by the wrong one.
    """
    general, others = [], []
    for given in children(element, "referenceRange"):
        low, high = child(given, "low"), child(given, "high")
        if _unit(low) and _unit(high) and _unit(low) != _unit(high):
            others.append(ReferenceRange(text=f"{quantity(low)} \u2013 {quantity(high)}"))
            continue
        said = clean(text(given, "text"))
        made = ReferenceRange(number(low, "value"), number(high, "value"), _unit(low) or _unit(high), said)
        whom = _whom(given)
        if whom:
            others.append(ReferenceRange(text=f"{made.shown} ({', '.join(one for one in whom if one)})"))
        elif made.shown:
            general.append(made)
    if len({(one.low, one.high, one.unit) for one in general if one.low or one.high}) > 1:
        general = [ReferenceRange(text=_with_words(one)) for one in general]
    return (*general, *others)


def _whom(given: Element) -> list[str]:
    """For whom a range holds, where it does not hold for everybody."""
    whom = [words(one) for one in children(given, "appliesTo")]
    if age := child(given, "age"):
        whom.append(f"age {quantity(child(age, 'low'))} to {quantity(child(age, 'high'))}")
    if code(child(given, "type")) not in ("", "normal"):
        whom.append(words(child(given, "type")))
    return whom


def _with_words(expected: ReferenceRange) -> str:
    told = expected.text and expected.text != expected.shown
    return f"{expected.shown} ({expected.text})" if told else expected.shown


def interpretation(element: Element) -> Flag:
    """The most severe of the laboratory's flags."""
    found: set[Flag] = set()
    for concept in children(element, "interpretation"):
        given = [one.code for one in codings(concept)] or [words(concept), words(concept).casefold()]
        found.update(_FLAGS.get(one, Flag.NONE) for one in given)
    return next((one for one in _SEVERITY if one in found), Flag.NONE)
