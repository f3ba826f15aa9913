"""Results of one analyte brought together: by LOINC code, else by exact name, and on one scale where that is possible.

What was put together, what was not and why, and which results contradict each other is all said; nothing is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reviewer_app.domain.analyte import Analyte, Catalogue, Converted, Scale, Scales, System, converted
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.lab import Doubt, Line, Result, Trend, trend_of
from reviewer_app.domain.lab_reports import LabReport

Key = tuple[RecordId, str]
_SAME = Decimal("0.02")
"""Values that differ by less are taken for one value rounded twice, once in each unit."""
_TOO_LONG = "the number has too many digits to be converted"


def key_of(result: Result) -> Key:
    """Names one result of a case."""
    return (result.record, result.component)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every analyte of a case, on the scale that was asked for.

    Attributes:
        converted: The other value of each result that was converted.
        reports: Microbiology and pathology, read as text.
    """

    system: System = System.RECEIVED
    trends: tuple[Trend, ...] = ()
    converted: Mapping[Key, Converted] = field(default_factory=dict)
    reports: tuple[LabReport, ...] = ()

    def other(self, result: Result) -> Converted | None:
        """What a result is on the scale asked for; None where it is shown as received."""
        return self.converted.get(key_of(result)) if self.converted else None


@dataclass(slots=True)
class _Group:
    analyte: Analyte | None
    members: list[Result] = field(default_factory=list)
    by_name: list[Result] = field(default_factory=list)
    refused: Analyte | None = None


def sheet(results: Iterable[Result], catalogue: Catalogue, system: System, scales: Scales) -> Sheet:
    """Group results by analyte; convert them to a system of units where one is asked for.

    Args:
        results: All results of the case.
        catalogue: The analytes that are known.
        system: `RECEIVED` converts nothing.
        scales: How units convert; asked only where units differ or are unusual.
    """
    others: dict[Key, Converted] = {}
    made = []
    for key, group in _grouped(results, catalogue, scales).items():
        trend = trend_of(key, group.members, catalogue.same_unit)
        if group.analyte is not None:
            trend = replace(trend, name=group.analyte.name, panel=group.analyte.panel)
        points = [point for line in trend.lines for point in line.points]
        if system is not System.RECEIVED and points:
            lines = _joined(points, group.analyte, _target(points, group.analyte, catalogue, system), catalogue,
                            scales, others)  # fmt: skip
            trend = replace(trend, lines=lines)
        elif len(trend.lines) > 1:
            trend = replace(
                trend, lines=tuple(replace(line, apart=_why(line, trend, catalogue)) for line in trend.lines)
            )
        torn = [point for point in points if catalogue.torn(point)]
        doubts = (
            *_contradictions(points, group.analyte, catalogue, scales),
            *_contradictions_in_words(trend.texts),
            *((Doubt(tuple(torn), "The unit as written and its code differ: one of them is wrong."),) if torn else ()),
            *_impossible(points, group.analyte, catalogue, scales),
        )
        made.append(replace(trend, joined=_said(group), doubts=doubts))
    return Sheet(system, tuple(made), others)


def _grouped(results: Iterable[Result], catalogue: Catalogue, scales: Scales) -> dict[str, _Group]:
    found: dict[str, _Group] = {}
    for result in results:
        analyte = catalogue.by_code.get(result.loinc)
        named = None if analyte else catalogue.named(result)
        if named is not None and not _fits(result, named, catalogue, scales):
            named = None
        known = analyte or named
        group = found.setdefault(f"analyte:{known.id}" if known else result.key, _Group(known))
        group.members.append(result)
        if named is not None:
            group.by_name.append(result)
    for group in [group for group in found.values() if _torn_by_codes(group.by_name)]:
        group.members = [member for member in group.members if member not in group.by_name]
        for member in group.by_name:
            found.setdefault(member.key, _Group(None, refused=group.analyte)).members.append(member)
        group.by_name = []
    renamed: dict[str, _Group] = {}
    for key, group in found.items():
        if not group.members:
            continue
        own, *others = dict.fromkeys(member.key for member in group.members)
        # what has the same name and is something else stands under that name already
        renamed[key if others or own in found else own] = group
    return renamed


def _torn_by_codes(by_name: Iterable[Result]) -> bool:
    """Whether a laboratory gave one name to several of its own codes: then it tells apart what the name does not."""
    codes: dict[str, set[str]] = {}
    for result in by_name:
        for coding in result.codes:
            codes.setdefault(coding.system, set()).add(coding.code)
    return any(len(known) > 1 for known in codes.values())


def _why(line: Line, trend: Trend, catalogue: Catalogue) -> str:
    """Why a line is not joined with the others of its analyte, where nothing is converted."""
    if catalogue.torn(line.points[0]):
        return "its unit and the code of it differ"
    masses = {catalogue.parts.get(other.points[0].loinc) for other in trend.lines if other.unit == line.unit}
    return "the codes measure different parts of the molecule" if len(masses) > 1 else "units differ"


def _fits(result: Result, analyte: Analyte, catalogue: Catalogue, scales: Scales) -> bool:
    """Whether a result may be taken for an analyte by its name: only a number in a unit of that analyte may."""
    if result.value is None or result.value.number is None or catalogue.torn(result):
        return False
    ucum = catalogue.ucum(result.value)
    return analyte.usual(ucum) or (bool(ucum) and not scales(analyte, "", ucum, analyte.si).problem)


def _target(points: Sequence[Result], analyte: Analyte | None, catalogue: Catalogue, system: System) -> str:
    """The unit to convert to: that of the system, or of most results where the analyte is not known."""
    if analyte is not None:
        return analyte.unit(system)
    units = Counter(catalogue.ucum(point.value) for point in points if point.value)
    return units.most_common(1)[0][0]


def _joined(
    points: Sequence[Result],
    analyte: Analyte | None,
    target: str,
    catalogue: Catalogue,
    scales: Scales,
    others: dict[Key, Converted],
) -> tuple[Line, ...]:
    """One line on the target scale, and one for each unit that cannot be brought there, with the reason."""
    together: list[Result] = []
    shown = ""
    apart: dict[tuple[str, str], list[Result]] = {}
    for point in points:
        assert point.value is not None
        scale = _scale(point, analyte, target, catalogue, scales)
        made = converted(point, scale)
        if scale.problem or made is None:
            apart.setdefault((catalogue.same_unit(point), scale.problem or _TOO_LONG), []).append(point)
            continue
        together.append(point)
        shown = shown or scale.unit
        if point.value.ucum != target or not scale.unchanged:
            others[key_of(point)] = made
    together.sort(key=lambda point: (point.when.sort_key, point.record))
    lines = [Line(shown, tuple(together))] if together else []
    for (_, problem), members in apart.items():
        unit = members[0].value.unit if members[0].value else ""
        lines.append(Line(unit, tuple(members), problem if len(apart) + len(lines) > 1 else ""))
    return tuple(lines)


def _scale(point: Result, analyte: Analyte | None, target: str, catalogue: Catalogue, scales: Scales) -> Scale:
    assert point.value is not None
    ucum = catalogue.ucum(point.value)
    if catalogue.torn(point):
        return Scale(problem=f"the unit {point.value.unit} and its code {point.value.ucum} differ")
    if ucum or (analyte is not None and analyte.usual(ucum)):
        return scales(analyte, point.loinc, ucum, target)
    said = point.value.unit
    return Scale(problem=f"the unit {said} is not known" if said else "no unit was sent")


def _said(group: _Group) -> tuple[str, ...]:
    """What was put together under one name, and by what."""
    codes = list(dict.fromkeys(member.loinc for member in group.members if member.loinc))
    said = []
    if group.refused is not None:
        said.append(f"Not joined with {group.refused.name}: the laboratory has several codes of this name.")
    if len(codes) > 1:
        said.append(f"Joined by LOINC: {' and '.join(codes)}.")
    if group.by_name:
        names = ", ".join(dict.fromkeys(member.name for member in group.by_name))
        count = len(group.by_name)
        said.append(f"{count} result{'s' * (count != 1)} without a LOINC code joined by name and unit: {names}.")
    return tuple(said)


def _contradictions(
    points: Sequence[Result], analyte: Analyte | None, catalogue: Catalogue, scales: Scales
) -> tuple[Doubt, ...]:
    found = []
    for members in _of_one_moment(points):
        first, *rest = members
        timed = "T" in first.when.text
        if any(_differ(first, other, analyte, catalogue, scales) for other in rest):
            when = "moment" if timed else "day, without a time"
            found.append(Doubt(members, f"Different values were sent for one {when}."))
        elif timed and all(one.value and first.value and one.value.text == first.value.text for one in rest):
            found.append(Doubt(members, f"The same value was sent {len(members)} times."))
    return tuple(found)


def _contradictions_in_words(texts: Sequence[Result]) -> tuple[Doubt, ...]:
    """Of laboratory tests only: what was seen at one moment of an examination can be several things."""
    told = [text for text in texts if text.category == "laboratory" and text.value and "T" in text.when.text]
    return tuple(
        Doubt(members, "Different findings were sent for one moment.")
        for members in _of_one_moment(told)
        if len({one.value.text.casefold() for one in members if one.value}) > 1
    )


def _of_one_moment(results: Iterable[Result]) -> list[tuple[Result, ...]]:
    moments: dict[str, list[Result]] = {}
    for result in results:
        if result.when.sort_key:
            moments.setdefault(result.when.sort_key, []).append(result)
    return [tuple(members) for members in moments.values() if len(members) > 1]


def _differ(one: Result, two: Result, analyte: Analyte | None, catalogue: Catalogue, scales: Scales) -> bool:
    """Whether two numbers of one moment cannot both be right, also where they were sent in different units."""
    assert one.value is not None
    assert two.value is not None
    limits = (one.value.comparator[:1], two.value.comparator[:1])
    numbers = (one.value.number or Decimal(0), two.value.number or Decimal(0))
    if catalogue.same_unit(one) == catalogue.same_unit(two):
        return _apart(*numbers, limits)
    target = analyte.si if analyte else catalogue.ucum(one.value)
    made = [converted(point, _scale(point, analyte, target, catalogue, scales)) for point in (one, two)]
    if any(limits) or None in made:
        return False
    number, other = (Decimal(each.number) for each in made if each)
    return abs(number - other) > _SAME * max(abs(number), abs(other))


def _apart(number: Decimal, other: Decimal, limits: tuple[str, str]) -> bool:
    """Whether two numbers cannot both be right; of a mere limit (`< 5`) everything beyond it can."""
    one_ends, other_ends = (limit in ("", "<") for limit in limits)
    one_begins, other_begins = (limit in ("", ">") for limit in limits)
    return (number < other and one_ends and other_begins) or (other < number and other_ends and one_begins)


def _impossible(
    points: Sequence[Result], analyte: Analyte | None, catalogue: Catalogue, scales: Scales
) -> tuple[Doubt, ...]:
    if analyte is None:
        return ()
    odd: dict[str, list[Result]] = {}
    for point in points:
        ucum = catalogue.ucum(point.value) if point.value else ""
        if ucum and not analyte.usual(ucum) and scales(analyte, point.loinc, ucum, analyte.si).impossible:
            odd.setdefault(point.value.unit or ucum if point.value else ucum, []).append(point)
    return tuple(
        Doubt(tuple(members), f"This cannot be measured in {unit}: unit or code is wrong.")
        for unit, members in odd.items()
    )
