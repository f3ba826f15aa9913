"""Reports and compositions as something to read: codes, results with those below them, sections of narrative.

What is not here: what the list shows of them (`papers`), and trends of their results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reviewer_app.domain.blocks import Block, BlockKind, of_html
from reviewer_app.domain.lab import Result
from reviewer_app.domain.languages import language_name
from reviewer_app.domain.patient import clean
from reviewer_app.fhir import decode
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import Element, Malformed, child, children, coded, references, text
from reviewer_app.fhir.parts import notes_of
from reviewer_app.fhir.results import clean_lines, results

Read = Callable[[str], Resource | str]
"""A resource of the case by its reference, `Observation/1`, or why it is not shown."""
_DEEPEST = 6
_MOST_RESULTS = 1_000
_MOST_SECTIONS = 400
_LONGEST = 200_000
"""Characters of one narrative: they are read by pure Python in this process."""
_INDENT = "\u2003"
_COLUMNS = ("Result", "Value", "Expected", "Judged")
TYPES = ("DiagnosticReport", "Composition")


def told(raw: bytes, read: Read) -> tuple[Block, ...]:
    """A DiagnosticReport (R4 10.3) or Composition (R4 2.42) as blocks; none of other types or of what is malformed."""
    makers = {"DiagnosticReport": _report, "Composition": _composition}
    try:
        resource = decode.resource(raw)
        maker = makers.get(resource.type)
        return tuple(maker(resource.content, read)) if maker else ()
    except Malformed:
        return ()


def _report(content: Element, read: Read) -> Iterator[Block]:
    kinds = ", ".join(filter(None, map(coded, children(content, "category"))))
    for line in (coded(child(content, "code")), kinds):
        if line:
            yield Block(BlockKind.TEXT, line)
    conclusion = clean_lines(text(content, "conclusion"))
    codes = [coded(one) for one in children(content, "conclusionCode")]
    if conclusion or any(codes):
        yield Block(BlockKind.HEADING, "Conclusion", 2)
    if conclusion:
        yield Block(BlockKind.TEXT, conclusion)
    for code in filter(None, codes):
        yield Block(BlockKind.ITEM, code)
    rows = list(_rows(references(content, "result"), read, set(), 0))
    if rows:
        yield Block(BlockKind.HEADING, "Results", 2)
        yield Block(BlockKind.TABLE, rows=(_COLUMNS, *rows), heads=1)
    if said := notes_of(content):
        yield Block(BlockKind.TEXT, said)
    generated = text(child(content, "text"), "status") == "generated"  # it repeats what the elements say (R4 2.4)
    narrative = () if generated and (rows or conclusion) else _narrative(content)
    if narrative:
        yield Block(BlockKind.HEADING, "As the sender tells it", 2)
        yield from narrative


def _rows(refs: tuple[str, ...], read: Read, seen: set[str], deep: int) -> Iterator[tuple[str, ...]]:
    """Each result and what is below it, once: members may refer to one another in a circle."""
    for ref in refs:
        if ref in seen or deep > _DEEPEST or len(seen) >= _MOST_RESULTS:
            continue
        seen.add(ref)
        try:
            found = read(ref)
            if isinstance(found, str):
                yield (f"{_INDENT * deep}{clean(ref)}", found, "", "")
                continue
            for number, one in enumerate(results(found, {})):
                yield _row(one, deep + bool(number and one.component))
            members = references(found.content, "hasMember")
        except Malformed as error:
            yield (f"{_INDENT * deep}{clean(ref)}", f"cannot be understood: {error}", "", "")
            continue
        yield from _rows(members, read, seen, deep + 1)


def _row(result: Result, deep: int) -> tuple[str, ...]:
    codes = next((code.code for code in result.codes if code.code and code.code != result.name), "")
    name = f"{result.name} ({codes})" if codes else result.name
    value = result.value.shown if result.value else result.absent
    expected = "; ".join(one.shown for one in result.ranges)
    return (f"{_INDENT * deep}{name}", value, expected, result.meaning or result.flag.value)


def _composition(content: Element, _read: Read) -> Iterator[Block]:
    if tag := clean(text(content, "language")):
        yield Block(BlockKind.TEXT, f"Language: {language_name(tag)}")
    yield from _narrative(content)
    yield from _sections(content, 2, [0])


def _sections(element: Element, level: int, count: list[int]) -> Iterator[Block]:
    for section in children(element, "section"):
        count[0] += 1
        if count[0] > _MOST_SECTIONS or level > _DEEPEST:
            return
        if title := clean(text(section, "title")) or coded(child(section, "code")):
            yield Block(BlockKind.HEADING, title, level)
        yield from _narrative(section)
        if empty := coded(child(section, "emptyReason")):
            yield Block(BlockKind.TEXT, f"Nothing was sent: {empty}")
        yield from _sections(section, level + 1, count)


def _narrative(element: Element) -> tuple[Block, ...]:
    """The narrative of a resource or section, without characters that change direction."""
    return tuple(
        replace(one, text=clean_lines(one.text), rows=tuple(tuple(map(clean_lines, row)) for row in one.rows))
        for one in of_html(text(child(element, "text"), "div")[:_LONGEST])
    )
