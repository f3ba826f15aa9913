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
            trend = replace(trend, lines=tuple(replace(line, apart="units differ") for line in trend.lines))
        doubts = (*_contradictions(points, others, catalogue), *_impossible(points, group.analyte, catalogue, scales))
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
    renamed: dict[str, _Group] = {}
    for key, group in found.items():
        own = {member.key for member in group.members}
        renamed[next(iter(own)) if len(own) == 1 else key] = group
    return renamed


def _fits(result: Result, analyte: Analyte, catalogue: Catalogue, scales: Scales) -> bool:
    """Whether a result may be taken for an analyte by its name: only a number in a unit of that analyte may."""
    if result.value is None or result.value.number is None:
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
            apart.setdefault((point.unit_key, scale.problem), []).append(point)
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
    if ucum or (analyte is not None and analyte.usual(ucum)):
        return scales(analyte, point.loinc, ucum, target)
    said = point.value.unit
    return Scale(problem=f"the unit {said} is not known" if said else "no unit was sent")


def _said(group: _Group) -> tuple[str, ...]:
    """What was put together under one name, and by what."""
    codes = list(dict.fromkeys(member.loinc for member in group.members if member.loinc))
    said = []
    if len(codes) > 1:
        said.append(f"Joined by LOINC: {' and '.join(codes)}.")
    if group.by_name:
        names = ", ".join(dict.fromkeys(member.name for member in group.by_name))
        count = len(group.by_name)
        said.append(f"{count} result{'s' * (count != 1)} without a LOINC code joined by name and unit: {names}.")
    return tuple(said)


def _contradictions(
    points: Sequence[Result], others: Mapping[Key, Converted], catalogue: Catalogue
) -> tuple[Doubt, ...]:
    moments: dict[str, list[Result]] = {}
    for point in points:
        if point.when.sort_key:
            moments.setdefault(point.when.sort_key, []).append(point)
    found = []
    for members in moments.values():
        if len(members) > 1:
            words = _compared(members, others, catalogue)
            if words:
                found.append(Doubt(tuple(members), words))
    return tuple(found)


def _compared(members: Sequence[Result], others: Mapping[Key, Converted], catalogue: Catalogue) -> str:
    first, *rest = members
    timed = "T" in first.when.text
    differ = any(_differ(first, other, others, catalogue) for other in rest)
    if differ:
        return (
            "Different values were sent for one moment."
            if timed
            else "Different values were sent for one day, without a time."
        )
    same = all(one.value and first.value and one.value.text == first.value.text for one in rest)
    return f"The same value was sent {len(members)} times." if same and timed else ""


def _differ(one: Result, two: Result, others: Mapping[Key, Converted], catalogue: Catalogue) -> bool:
    if not (one.value and two.value) or one.value.comparator or two.value.comparator:
        return False
    number, other = _on_scale(one, others), _on_scale(two, others)
    if number is None or other is None:
        return False
    if catalogue.same_unit(one) == catalogue.same_unit(two):
        return number != other
    if key_of(one) not in others and key_of(two) not in others:
        return False
    return abs(number - other) > _SAME * max(abs(number), abs(other))


def _on_scale(result: Result, others: Mapping[Key, Converted]) -> Decimal | None:
    made = others.get(key_of(result))
    if made is not None:
        return Decimal(made.number)
    return result.value.number if result.value else None


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
        Doubt(tuple(members), f"{analyte.name} cannot be measured in {unit}: unit or code is wrong.")
        for unit, members in odd.items()
    )
