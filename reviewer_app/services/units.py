"""Units by UCUM: how numbers in one unit become numbers in another.

UCUM is read by `ucumvert` over `pint`; numbers are decimals throughout.  What units alone cannot say - the mass of a
mole, charges, IFCC against NGSP - comes with the analyte.  Both libraries take a second to load, so `services.analytes`
has a table of the usual conversions and asks here only for others.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from reviewer_app.domain.analyte import Analyte, Rule, Scale, plain_units, rounded

_ANNOTATION = re.compile(r"\{[^}]*\}")
_EQUIVALENTS = re.compile(r"(?<![A-Za-z])[munp]?eq(?![A-Za-z])")
_RATIO_OF = re.compile(r"(?<![A-Za-z])[munpdcfk]?(mol|g|L)(?![A-Za-z])")
_IFCC = "mmol/mol"
_NGSP_FACTOR, _NGSP_OFFSET = Decimal("0.09148"), Decimal("2.152")
_SHOWN = (("[IU]", "IU"), ("mm[Hg]", "mmHg"), ("[degF]", "\u00b0F"), ("[lb_av]", "lb"), ("[in_i]", "in"))
_POWERS = str.maketrans("0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b")


@cache
def scale(analyte: Analyte | None, loinc: str, given: str, wanted: str) -> Scale:
    """How numbers in one UCUM unit become numbers in another, for one analyte.

    Args:
        analyte: None where it is not known; then units alone decide.
        loinc: LOINC code of the result, which may say what mass is meant (urea, or the nitrogen in it).
        given: UCUM code of the result's unit.
        wanted: UCUM code to convert to.

    Returns:
        The scale, or why there is none.
    """
    unit = shown(wanted)
    if given == wanted and _own_mass(analyte, loinc) is None:
        return Scale(unit=unit, ucum=wanted)
    factor, how = Decimal(1), ""
    wanted_alike = wanted
    if analyte is not None and analyte.alike:
        how = "U and IU are the same for this analyte" if ("[IU]" in given) != ("[IU]" in wanted) else ""
        given, wanted_alike = plain_units(given), plain_units(wanted)
    if _ANNOTATION.findall(given) != _ANNOTATION.findall(wanted):
        return Scale(problem=f"{shown(given) or given} and {unit or wanted} are not given for the same")
    if bool(_EQUIVALENTS.search(given)) != bool(_EQUIVALENTS.search(wanted)):
        if analyte is None or not analyte.valence:
            return Scale(problem=f"equivalents ({shown(given)}) need the charge, which is not known")
        charge = Decimal(analyte.valence)
        factor = 1 / charge if _EQUIVALENTS.search(given) else charge
        how = f"charge {analyte.valence}"
    try:
        return _converted(analyte, loinc, (given, wanted_alike, wanted), factor, how)
    except Exception:  # noqa: BLE001 - decibels and degrees cannot be multiplied, which the registry says in many ways
        return Scale(problem=f"{shown(given)} and {unit} measure different things", impossible=True)


def _converted(analyte: Analyte | None, loinc: str, units: tuple[str, str, str], factor: Decimal, how: str) -> Scale:
    given, wanted, named = units
    one, two = _parsed(given), _parsed(wanted)
    if one is None or two is None:
        return Scale(problem=f"{given if one is None else wanted} is not a unit of UCUM", impossible=one is None)
    unit = shown(named)
    ratios = not (one.dimensionality or two.dimensionality)
    if ratios and analyte is not None and analyte.rule is Rule.HBA1C and _is_ifcc(given) != _is_ifcc(wanted):
        return _hba1c(one, named)
    if one.dimensionality == two.dimensionality and (not ratios or _alike(analyte, given, wanted)):
        own, basis = _own_mass(analyte, loinc), analyte.mass("") if analyte else None
        if own and basis and one.check("[mass]/[volume]"):
            factor, how = factor * basis / own, f"{basis}/{own} g/mol"
        low, high = (_magnitude(one, two, at) for at in (0, 1))
        total = (high - low) * factor
        times = _times(total, low)
        return Scale(total, low, unit, named, f"{times} ({how})" if how else times)
    bridged = _by_mass(analyte, loinc, one, two)
    if bridged is None:
        return Scale(problem=f"{shown(given)} and {unit} measure different things", impossible=True)
    bridge, mass = bridged
    total = bridge * factor
    return Scale(total, Decimal(0), unit, named, f"{_times(total)} ({mass} g/mol)")


def _alike(analyte: Analyte | None, given: str, wanted: str) -> bool:
    """Whether ratios can be of one thing: `%` is no `mmol/mol`, and of an unknown analyte no `g/g` or `L/L` either.

    Of an analyte that is known, a bare ratio is one of what it is given in.
    """
    kinds = [found[1] if (found := _RATIO_OF.search(unit)) else "" for unit in (given, wanted)]
    return kinds[0] == kinds[1] or (analyte is not None and "mol" not in kinds)


def _own_mass(analyte: Analyte | None, loinc: str) -> Decimal | None:
    """Grams per mole of a code that measures another part of the molecule than the analyte is given as."""
    return dict(analyte.masses).get(loinc) if analyte and loinc else None


def _by_mass(analyte: Analyte | None, loinc: str, one: Any, two: Any) -> tuple[Decimal, Decimal] | None:
    """The factor between a mass and an amount of substance, and the grams per mole used; None where that is no way."""
    if analyte is None or analyte.rule not in (Rule.MOLE, Rule.DENOMINATOR):
        return None
    measured, basis = analyte.mass(loinc), analyte.mass("")
    if measured is None or basis is None:
        return None
    amount, mass = (_registry().Quantity(each, "g/mol") for each in (measured, basis))
    if analyte.rule is Rule.MOLE:
        ways = ((one / amount, measured), (one * mass, basis))
    else:
        ways = ((one * mass, basis), (one / mass, basis))
    for made, used in ways:
        if made.dimensionality == two.dimensionality:
            return Decimal(str(made.to(two.units).magnitude)) / Decimal(str(two.magnitude)), used
    return None


def _hba1c(one: Any, named: str) -> Scale:
    """Between IFCC and NGSP, also where one of them is given as a bare ratio."""
    ifcc, ngsp = (_parsed(unit) for unit in (_IFCC, "%"))
    if _is_ifcc(named):
        times = _magnitude(one, ngsp, 1)
        how = "IFCC = (NGSP % \u2212 2.152) / 0.09148"
        return Scale(times / _NGSP_FACTOR, -_NGSP_OFFSET / _NGSP_FACTOR, shown(named), named, how)
    times = _magnitude(one, ifcc, 1)
    return Scale(_NGSP_FACTOR * times, _NGSP_OFFSET, shown(named), named, "NGSP % = 0.09148 \u00d7 IFCC + 2.152")


def _is_ifcc(ucum: str) -> bool:
    return ucum.endswith("mol/mol")


def _times(factor: Decimal, offset: Decimal = Decimal(0)) -> str:
    sign = "+" if offset > 0 else "\u2212"
    plus = f" {sign} {_short(abs(offset))}" if offset else ""
    if factor == 1 and not plus:
        return "same number"
    return f"\u00d7 {_short(factor)}{plus}"


def _short(factor: Decimal) -> str:
    said = rounded(factor, 4)
    return said.rstrip("0").rstrip(".") if "." in said else said


def _magnitude(one: Any, two: Any, number: int) -> Decimal:
    quantity = _registry().Quantity(Decimal(number) * Decimal(str(one.magnitude)), one.units)
    return Decimal(str(quantity.to(two.units).magnitude)) / Decimal(str(two.magnitude))


@cache
def _registry() -> Any:
    """Pint with the definitions of UCUM.

    Not `ucumvert.PintUcumRegistry`: it makes units in the registry of the whole program, whose numbers are floats.
    """
    import pint
    import ucumvert

    registry: Any = pint.UnitRegistry(non_int_type=Decimal)
    registry.load_definitions(files(ucumvert) / "pint_ucum_defs.txt")
    return registry


@cache
def _reader() -> tuple[Any, Any]:
    """Grammar of UCUM, and what makes units of its trees."""
    from ucumvert.parser import get_ucum_parser
    from ucumvert.ucum_pint import UcumToPintTransformer

    return get_ucum_parser(), UcumToPintTransformer(_registry())


@cache
def _parsed(ucum: str) -> Any:
    """A UCUM unit as a quantity; None if it is none."""
    from ucumvert.parser import parse_ucum

    grammar, maker = _reader()
    try:
        made = maker.transform(parse_ucum(ucum, grammar))
        return made if hasattr(made, "dimensionality") else _registry().Quantity(Decimal(1), "")
    except Exception:  # noqa: BLE001 - grammar and registry raise many kinds, and a wrong unit is no fault of ours
        return None


def shown(ucum: str) -> str:
    """A UCUM code as people write it: `umol/L` as `µmol/L`, `10*9/L` as `10⁹/L`."""
    said = ucum
    for code, words in _SHOWN:
        said = said.replace(code, words)
    said = re.sub(r"10\*(-?\d+)", lambda found: "10" + found[1].translate(_POWERS), said)
    said = re.sub(r"(?<![A-Za-z])u(?=[A-Z]|mol|kat|g|L|m)", "\u00b5", said)
    said = said.replace("{1.73_m2}", "1.73 m\u00b2").replace("m2", "m\u00b2").replace("Cel", "\u00b0C")
    return "" if said.startswith("{") and said.endswith("}") else said
