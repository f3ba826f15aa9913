"""Conversions between units: the published numbers, the traps, and the table of usual conversions."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.domain.analyte import Rule
from reviewer_app.domain.lab import Value
from reviewer_app.services import analytes, units

# IUPAC, Standard atomic weights 2021, abridged
_WEIGHTS = {
    "H": "1.008", "C": "12.011", "N": "14.007", "O": "15.999", "Na": "22.990", "Mg": "24.305", "P": "30.974",
    "Cl": "35.45", "K": "39.098", "Ca": "40.078", "Fe": "55.845", "Co": "58.933", "I": "126.90",
}  # fmt: skip


def scale(loinc: str, given: str, wanted: str):
    return analytes.scale(analytes.catalogue().by_code[loinc], loinc, given, wanted)


@pytest.mark.parametrize(
    ("loinc", "given", "wanted", "number", "expected"),
    [  # AMA Manual of Style, 11th edition, table 17.5-1, and the IFCC / NGSP table for HbA1c
        ("2160-0", "mg/dL", "umol/L", "1", "88.4"),
        ("3094-0", "mg/dL", "mmol/L", "10", "3.57"),
        ("2345-7", "mg/dL", "mmol/L", "100", "5.55"),
        ("2093-3", "mg/dL", "mmol/L", "200", "5.18"),
        ("2571-8", "mg/dL", "mmol/L", "100", "1.13"),
        ("17861-6", "mg/dL", "mmol/L", "10", "2.50"),
        ("2777-1", "mg/dL", "mmol/L", "1", "0.323"),
        ("1975-2", "mg/dL", "umol/L", "1", "17.1"),
        ("3084-1", "mg/dL", "umol/L", "1", "59.5"),
        ("2498-4", "ug/dL", "umol/L", "100", "17.9"),
        ("2132-9", "pg/mL", "pmol/L", "100", "73.8"),
        ("3024-7", "ng/dL", "pmol/L", "1", "12.9"),
        ("2143-6", "ug/dL", "nmol/L", "1", "27.6"),
        ("1989-3", "ng/mL", "nmol/L", "10", "25.0"),
        ("2731-8", "pg/mL", "pmol/L", "100", "10.6"),
        ("718-7", "g/dL", "mmol/L", "10", "6.21"),
        ("718-7", "g/dL", "g/L", "10", "100"),
        ("1742-6", "U/L", "ukat/L", "60", "1.00"),
        ("2986-8", "ng/dL", "nmol/L", "100", "3.47"),
        ("2243-4", "pg/mL", "pmol/L", "100", "367"),
        ("2839-9", "ng/mL", "nmol/L", "1", "3.18"),
        ("3051-0", "pg/mL", "pmol/L", "1", "1.54"),
        ("2284-8", "ng/mL", "nmol/L", "1", "2.27"),
        ("10535-3", "ng/mL", "nmol/L", "1", "1.28"),
        ("2524-7", "mg/dL", "mmol/L", "10", "1.11"),
        ("19123-9", "mg/dL", "mmol/L", "1", "0.411"),
        ("2085-9", "mg/dL", "mmol/L", "50", "1.29"),
        ("2500-7", "ug/dL", "umol/L", "300", "53.7"),
        ("3255-7", "mg/dL", "g/L", "300", "3.00"),
        ("1988-5", "mg/dL", "mg/L", "1", "10"),
        ("33762-6", "pg/mL", "pmol/L", "1000", "118"),
        ("9318-7", "mg/g", "mg/mmol", "30", "3.39"),
        ("4548-4", "%", "mmol/mol", "7.0", "53.0"),
        ("4548-4", "%", "mmol/mol", "6.5", "47.5"),
        ("59261-8", "mmol/mol", "%", "42", "5.99"),
        ("8310-5", "[degF]", "Cel", "98.6", "37.0"),
        ("8480-6", "kPa", "mm[Hg]", "16", "120"),
    ],
)
def test_published_conversions_come_out(loinc, given, wanted, number, expected):
    found = scale(loinc, given, wanted)
    assert not found.problem
    made = Decimal(number) * found.factor + found.offset
    assert abs(made - Decimal(expected)) <= Decimal("0.006") * abs(Decimal(expected))


def test_the_mass_of_a_mole_is_that_of_the_formula():
    for analyte in set(analytes.catalogue().by_code.values()):
        row = next(row for row in rows("analytes.csv") if row["id"] == analyte.id)
        if row["formula"]:
            atoms = re.findall(r"([A-Z][a-z]?)(\d*)", row["formula"])
            mass = sum(Decimal(_WEIGHTS[atom]) * int(count or 1) for atom, count in atoms)
            assert abs(mass - Decimal(row["mass"])) < Decimal("0.0005") * mass, analyte.id


def test_every_factor_names_its_source():
    assert all(row["source"] for row in rows("analytes.csv"))


def test_the_table_of_usual_conversions_is_what_the_library_says():
    assert [tuple(row.values()) for row in rows("scales.csv")] == list(analytes.usual_scales())


def test_every_analyte_has_its_units_in_both_systems():
    for analyte in set(analytes.catalogue().by_code.values()):
        assert not scale(analyte.codes[0], analyte.conventional, analyte.si).problem, analyte.id


def test_a_code_belongs_to_one_analyte_only():
    codes = [code for row in rows("analytes.csv") for code in row["codes"].split()]
    assert len(codes) == len(set(codes))


def test_urea_and_urea_nitrogen_are_not_taken_for_each_other_in_the_same_unit():
    assert scale("3094-0", "mg/dL", "mg/dL").factor == 1
    assert abs(scale("3091-6", "mg/dL", "mg/dL").factor - Decimal("0.4665")) < Decimal("0.0001")


def test_a_clearance_that_is_not_for_a_body_surface_is_not_made_one_that_is():
    assert "not given for the same" in scale("62238-1", "mL/min", "mL/min/{1.73_m2}").problem


def test_equivalents_are_converted_by_their_charge_or_not_at_all():
    assert abs(scale("17861-6", "meq/L", "mmol/L").factor - Decimal("0.5")) < Decimal("0.001")
    assert scale("2823-3", "meq/L", "mmol/L").factor == 1
    assert "charge" in units.scale(None, "", "meq/L", "mmol/L").problem


def test_units_of_another_kind_are_impossible_and_unknown_ones_are_not_guessed():
    assert scale("2160-0", "kg", "umol/L").impossible
    assert scale("777-3", "K/uL", "10*9/L").impossible
    assert "not a unit of UCUM" in scale("2160-0", "furlongs", "umol/L").problem


def test_catalytic_units_are_not_international_units_unless_the_analyte_says_so():
    assert units.scale(None, "", "[IU]/L", "U/L").problem
    assert scale("6875-9", "U/mL", "k[IU]/L").factor == 1


def test_the_international_unit_of_an_enzyme_is_its_unit():
    """International Union of Biochemistry 1964: one international unit of an enzyme turns over 1 umol a minute."""
    assert scale("1742-6", "[IU]/L", "U/L").factor == 1
    assert abs(scale("1742-6", "[IU]/L", "ukat/L").factor * 60 - 1) < Decimal("1e-20")


def test_a_code_for_urea_measures_urea_whatever_its_unit():
    assert abs(scale("22664-7", "mg/dL", "mmol/L").factor - Decimal("0.16651")) < Decimal("0.00001")
    assert scale("22664-7", "mmol/L", "mmol/L").factor == 1


@pytest.mark.parametrize(
    ("given", "number", "ifcc", "ngsp"),
    [("%", "6.5", "47.5", "6.5"), ("1", "0.065", "47.5", "6.5"), ("mmol/mol", "48", "48", "6.543"),
     ("mol/mol", "0.048", "48", "6.543")],
)  # fmt: skip
def test_hba1c_as_a_bare_ratio_is_the_same_hba1c(given, number, ifcc, ngsp):
    for wanted, expected in (("mmol/mol", ifcc), ("%", ngsp)):
        found = scale("4548-4", given, wanted)
        assert abs(Decimal(number) * found.factor + found.offset - Decimal(expected)) < Decimal("0.03")


@pytest.mark.parametrize(
    ("given", "wanted"), [("%", "mmol/mol"), ("g/g", "mol/mol"), ("%", "L/L"), ("mg/g", "%"), ("mg/g", "mL/L")]
)
def test_ratios_of_an_unknown_analyte_are_not_taken_for_ratios_of_something_else(given, wanted):
    assert units.scale(None, "", given, wanted).impossible
    assert units.scale(None, "", wanted, given).impossible


def test_ratios_of_one_kind_are_converted():
    assert units.scale(None, "", "%", "1").factor == Decimal("0.01")
    assert scale("4544-3", "%", "L/L").factor == Decimal("0.01")


@given(st.decimals(min_value="0.001", max_value="99999", places=3))
def test_there_and_back_between_the_systems_every_number_is_the_same(number):
    for analyte in set(analytes.catalogue().by_code.values()):
        there = analytes.scale(analyte, "", analyte.conventional, analyte.si)
        back = analytes.scale(analyte, "", analyte.si, analyte.conventional)
        assert not there.problem
        assert not back.problem
        again = (number * there.factor + there.offset) * back.factor + back.offset
        assert abs(again - number) <= abs(number) * Decimal("1e-15"), analyte.id


def test_only_ratios_of_hba1c_go_by_its_equation():
    rules = {analyte.rule for analyte in set(analytes.catalogue().by_code.values())}
    assert rules == set(Rule)
    assert scale("2502-3", "%", "%").unchanged


def test_every_way_of_writing_a_unit_stands_for_one_unit_of_ucum():
    written = [(row["written"], row["ucum"]) for row in rows("written_units.csv")]
    assert len({said for said, _ in written}) == len(written)
    assert [ucum for _, ucum in written if units.scale(None, "", ucum, ucum).problem] == []
    assert [ucum for _, ucum in written if units.scale(None, "", ucum, "furlongs").impossible] == []


@pytest.mark.parametrize(
    ("said", "ucum"),
    [
        ("mg / dL", "mg/dL"),
        ("\u03bcmol/L", "umol/L"),
        ("MG/DL", "mg/dL"),
        ("x10E3/\u00b5L", "10*3/uL"),
        ("cells/uL", "/uL"),
        ("ml/min/1,73 m\u00b2", "mL/min/{1.73_m2}"),
        ("mmol", ""),
        ("M g/dL", ""),
        ("Mmol/L", ""),
    ],
)
def test_a_unit_is_known_by_the_ways_laboratories_write_it_and_never_by_resemblance(said, ucum):
    assert analytes.catalogue().ucum(Value("1", unit=said, numeric=True)) == ucum


def rows(name: str) -> list[dict[str, str]]:
    with (files("resources.labs") / name).open(encoding="utf-8") as table:
        return list(csv.DictReader(table))
