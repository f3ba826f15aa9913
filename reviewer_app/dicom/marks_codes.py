"""Codes of what was measured, in which unit, resting on what (PS3.16; UCUM), both ways.

What no standard code says has a code of our own under `SCHEME`, its meaning in plain words.
"""

from __future__ import annotations

from pydicom.sr.coding import Code

from reviewer_app.domain.imaging import SpacingBasis
from reviewer_app.domain.measurement import Shape

SCHEME = "99CONSILIUM"

_QUANTITIES = {
    "Length": Code("410668003", "SCT", "Length"),
    "Angle": Code("1483009", "SCT", "Angle"),
    "Area": Code("42798000", "SCT", "Area"),
    "Mean": Code("373098007", "SCT", "Mean"),
    "Standard deviation": Code("386136009", "SCT", "Standard deviation"),
    "Minimum": Code("255605001", "SCT", "Minimum"),
    "Maximum": Code("56851009", "SCT", "Maximum"),
    "Median": Code("373099004", "SCT", "Median"),
}
_COBB = Code("285285000", "SCT", "Cobb angle")
_UNITS = {
    "mm": Code("mm", "UCUM", "mm"),
    "mm²": Code("mm2", "UCUM", "mm2"),
    "px": Code("{pixels}", "UCUM", "pixels"),
    "px²": Code("{square_pixels}", "UCUM", "square pixels"),
    "°": Code("deg", "UCUM", "degrees"),
    "HU": Code("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "g/ml": Code("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight"),
    "Bq/ml": Code("Bq/ml", "UCUM", "Becquerels per milliliter"),
    "Gy": Code("Gy", "UCUM", "Gray"),
    "counts": Code("{counts}", "UCUM", "counts"),
    "s": Code("s", "UCUM", "seconds"),
    "cm/s": Code("cm/s", "UCUM", "centimeter per second"),
    "Hz": Code("Hz", "UCUM", "hertz"),
    "": Code("1", "UCUM", "no units"),
}
_LONGEST = 16
"""Characters of a code value (VR SH)."""


def quantity_code(name: str, shape: Shape | None = None) -> Code:
    """The code of a quantity of `domain.measurement`, which may depend on the shape it is one of."""
    if (name, shape) == ("Angle", Shape.COBB):
        return _COBB
    return _QUANTITIES.get(name) or Code(name[:_LONGEST], SCHEME, name)


def quantity_name(value: str, scheme: str, meaning: str) -> str:
    """The quantity that a code means; its meaning where it is none of ours."""
    if (value, scheme) == (_COBB.value, _COBB.scheme_designator):
        return "Angle"
    found = (name for name, code in _QUANTITIES.items() if (code.value, code.scheme_designator) == (value, scheme))
    return next(found, meaning)


def unit_code(unit: str) -> Code:
    """The code of a unit; one that UCUM does not know as the file wrote it."""
    return _UNITS.get(unit) or Code(unit[:_LONGEST], SCHEME, unit)


def unit_name(value: str, scheme: str) -> str:
    """The unit that a code means."""
    found = (unit for unit, code in _UNITS.items() if (code.value, code.scheme_designator) == (value, scheme))
    return next(found, value)


def basis_code(basis: SpacingBasis) -> Code:
    """What a length rests on, as the method of its measurement."""
    return Code(basis.name[:_LONGEST], SCHEME, f"Pixel spacing: {basis.value}")


def basis_of(value: str, scheme: str) -> SpacingBasis:
    """The basis that a code means; UNKNOWN where it is none of ours."""
    return SpacingBasis[value] if scheme == SCHEME and value in SpacingBasis.__members__ else SpacingBasis.UNKNOWN
