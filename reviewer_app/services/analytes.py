"""The analytes that are known, their usual conversions of units and curves of growth, from `resources/labs`.

`scales.csv` is made by this module (`python -m reviewer_app.services.analytes`) from what `services.units` says, so
that the library behind it is loaded only for units that are not usual.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Container, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import StringIO

from reviewer_app.domain.analyte import Analyte, Catalogue, Rule, Scale, plain_units
from reviewer_app.domain.growth import Chart, Charts

_COLUMNS = ("analyte", "code", "given", "wanted", "factor", "offset", "unit", "how")


@cache
def catalogue() -> Catalogue:
    """The analytes and the written units of `resources/labs`."""
    analytes = [_analyte(row) for row in _rows("analytes.csv")]
    written = {row["written"]: row["ucum"] for row in _rows("written_units.csv")}
    return Catalogue(
        by_code={code: one for one in analytes for code in one.codes},
        by_name={name: one for one in analytes for name in one.names},
        written=written,
        units=frozenset(unit for one in analytes for unit in (one.conventional, one.si, *one.also))
        | frozenset(written.values()),
        equal=frozenset(_equal({one.id for one in analytes if one.valence})),
        parts={code: mass for one in analytes for code, mass in one.masses if code},
        panels=tuple(dict.fromkeys(one.panel for one in analytes)),
    )


def _equal(charged: Container[str]) -> Iterator[tuple[str, str, str]]:
    """Pairs of units in which a number is the same; equivalents only for the analyte whose charge makes them so."""
    for (analyte, _, given, wanted), scale in _usual().items():
        if scale.unchanged:
            whose = analyte if analyte in charged else ""
            one, other = plain_units(given), plain_units(wanted)
            yield from ((whose, one, other), (whose, other, one))


@cache
def growth_charts() -> Charts:
    """The growth curves of `resources/labs/growth.csv`."""
    found: dict[tuple[str, str], list[tuple[int, tuple[float, float, float]]]] = {}
    for row in _rows("growth.csv"):
        at = (int(row["days"]), (float(row["l"]), float(row["m"]), float(row["s"])))
        found.setdefault((row["measure"], row["sex"]), []).append(at)
    return {
        whose: Chart(tuple(days for days, _ in rows), tuple(lms for _, lms in rows)) for whose, rows in found.items()
    }


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO((files("resources.labs") / name).read_text("utf-8"))))


def _analyte(row: dict[str, str]) -> Analyte:
    codes = [entry.partition("=") for entry in row["codes"].split()]
    masses = {code: Decimal(mass) for code, _, mass in codes if mass}
    if row["mass"]:
        masses[""] = Decimal(row["mass"])
    return Analyte(
        row["id"], row["name"], row["panel"], row["conventional"], row["si"], tuple(code for code, _, _ in codes),
        Rule(row["rule"]), tuple(masses.items()), int(row["valence"] or 0), bool(row["alike"]),
        tuple(name for name in row["names"].split(";") if name), tuple(row["also"].split()), row["source"],
    )  # fmt: skip


def scale(analyte: Analyte | None, loinc: str, given: str, wanted: str) -> Scale:
    """How numbers in one UCUM unit become numbers in another, for one analyte; see `services.units.scale`."""
    if analyte is not None:
        known = _usual().get((analyte.id, loinc if loinc in dict(analyte.masses) else "", given, wanted))
        if known is not None:
            return known
    from reviewer_app.services import units

    return units.scale(analyte, loinc, given, wanted)


@cache
def _usual() -> dict[tuple[str, str, str, str], Scale]:
    return {
        (row["analyte"], row["code"], row["given"], row["wanted"]): Scale(
            Decimal(row["factor"]), Decimal(row["offset"]), row["unit"], row["wanted"], row["how"]
        )
        for row in _rows("scales.csv")
    }


def usual_scales() -> Iterator[tuple[str, ...]]:
    """The rows of `scales.csv`, as the library gives them."""
    from reviewer_app.services import units

    for analyte in dict.fromkeys(catalogue().by_code.values()):
        usual = dict.fromkeys((analyte.conventional, analyte.si, *analyte.also))
        for code in dict.fromkeys(("", *(code for code, _ in analyte.masses))):
            for wanted in dict.fromkeys((analyte.conventional, analyte.si)):
                for given in usual:
                    made = units.scale(analyte, code, given, wanted)
                    if not made.problem:
                        factor, offset = f"{made.factor.normalize():f}", f"{made.offset.normalize():f}"
                        yield (analyte.id, code, given, wanted, factor, offset, made.unit, made.how)


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(usual_scales())
