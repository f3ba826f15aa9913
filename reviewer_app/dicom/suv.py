"""Standardised uptake value by body weight: the factor for PET values, or why there is none.

PS3.3 C.8.9.1 (PET Series), C.8.9.2 (PET Isotope); the rules are those of QIBA's vendor-neutral SUV calculation.
Nothing is guessed: without decay correction data, dose, weight and units there is no SUV, and the reason is said.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements, frames

_LEAST_DOSE = 1e6
"""Becquerel; less was not injected, so the value is in another unit than the standard's."""
_LONGEST = timedelta(hours=24)
_OFFSET = re.compile(r"[+-]\d{4}$")


def suv_of(data: Dataset) -> tuple[float, str]:
    """Factor from modality values to SUV in g/ml, and why there is none (then the factor is 0); nothing but for PET."""
    if elements.text(data, "Modality") != "PT":
        return 0.0, ""
    if not frames.usable_rescale(data):
        return 0.0, "its rescale is not usable"
    units = elements.text(data, "Units")
    if units == "GML":
        kind = elements.text(data, "SUVType") or "BW"
        return (1.0, "") if kind == "BW" else (0.0, f"the values are SUV by {kind}, not by body weight")
    if units == "CNTS":
        return _by_counts(data)
    if units != "BQML":
        return 0.0, f"the unit of its values is {units or 'not said'}"
    return _by_activity(data)


def _by_counts(data: Dataset) -> tuple[float, str]:
    """Philips says privately what counts are as SUV, or else as activity."""
    uptake, activity = (_private(data, 0x7053, "Philips PET Private Group", element) for element in (0x00, 0x09))
    if uptake > 0:
        return uptake, ""
    if activity <= 0:
        return 0.0, "the values are counts without a scale to activity"
    factor, problem = _by_activity(data)
    return factor * activity, problem


def _by_activity(data: Dataset) -> tuple[float, str]:
    missing = {"ATTN", "DECY"} - set(elements.text(data, "CorrectedImage").split("\\"))
    if missing:
        return 0.0, f"the values are not corrected for {'attenuation' if 'ATTN' in missing else 'decay'}"
    weight = elements.number(data, "PatientWeight", 0.0)
    if not 0 < weight < 1000:  # noqa: PLR2004 - kilograms
        return 0.0, "the patient's weight is not said"
    isotope = elements.first(data, "RadiopharmaceuticalInformationSequence")
    if isotope is None:
        return 0.0, "the injected radiopharmaceutical is not said"
    dose = elements.number(isotope, "RadionuclideTotalDose", 0.0)
    half_life = elements.number(isotope, "RadionuclideHalfLife", 0.0)
    if dose < _LEAST_DOSE:
        return 0.0, "the injected dose is not said" if dose <= 0 else "the injected dose is not in becquerel"
    if half_life <= 0:
        return 0.0, "the half life is not said"
    correction = elements.text(data, "DecayCorrection")
    if correction == "ADMIN":
        return weight * 1000 / dose, ""
    if correction != "START":
        return 0.0, f"the decay correction is {correction or 'not said'}"
    waited, problem = _waited(data, isotope)
    if waited is None:
        return 0.0, problem
    left = dose * 2 ** (-waited.total_seconds() / half_life)
    return (weight * 1000 / left, "") if left >= 1 else (0.0, "nothing would be left of the dose after this half life")


def _waited(data: Dataset, isotope: Dataset) -> tuple[timedelta | None, str]:
    """Time from injection to the start of the scan, to which the values are corrected."""
    series = _moment(elements.text(data, "SeriesDate") + elements.text(data, "SeriesTime"))
    acquired = _moment(elements.text(data, "AcquisitionDate") + elements.text(data, "AcquisitionTime"))
    if series is None:
        return None, "the start of the scan is not said"
    if acquired is not None and series > acquired:
        return None, "the series is dated after its acquisition, so the time of decay correction is not known"
    given = _zoned(
        elements.text(isotope, "RadiopharmaceuticalStartDateTime"), elements.text(data, "TimezoneOffsetFromUTC")
    )
    if given is None:
        given = _moment(series.strftime("%Y%m%d") + elements.text(isotope, "RadiopharmaceuticalStartTime"))
        if given is not None and given > series:
            given -= timedelta(days=1)
    if given is None:
        return None, "the time of injection is not said"
    waited = series - given
    if not timedelta(0) <= waited <= _LONGEST:
        return None, "the times of injection and scan contradict each other"
    return waited, ""


def _zoned(text: str, zone: str) -> datetime | None:
    """A moment by the clock of the data set, where both say how far they are from UTC; else as it is written."""
    found, offset = _moment(text), _OFFSET.search(text)
    if found is None or offset is None or not _OFFSET.fullmatch(zone):
        return found
    try:
        return found - _from_utc(offset.group()) + _from_utc(zone)
    except OverflowError:  # before the year 1 or after 9999
        return None


def _from_utc(offset: str) -> timedelta:
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    return timedelta(minutes=-minutes if offset[0] == "-" else minutes)


def _moment(text: str) -> datetime | None:
    """`YYYYMMDDHHMMSS` with or without a fraction; None for anything less than minutes."""
    digits = re.split(r"[.+-]", text, maxsplit=1)[0].replace(":", "")
    form = "%Y%m%d%H%M%S" if len(digits) >= 14 else "%Y%m%d%H%M"  # noqa: PLR2004 - digits of a date and time
    try:
        return datetime.strptime(digits[:14], form)  # noqa: DTZ007 - the scanner's clock, both of one device
    except ValueError:
        return None


def _private(data: Dataset, group: int, creator: str, element: int) -> float:
    try:
        return float(str(data.private_block(group, creator)[element].value))
    except (KeyError, TypeError, ValueError):
        return 0.0
