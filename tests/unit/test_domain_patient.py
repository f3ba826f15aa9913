"""Whose image is it: the comparison that keeps a second patient out of a case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.patient import ImageIdentity, Patient, PersonName, mismatch

PATIENT = Patient(
    "Patient/p1",
    (PersonName("Ferreira da Costa", ("João", "Manuel")),),
    ("PT-0098812", "123456789"),
    PartialDate("1959-01-30"),
    "male",
)


@pytest.mark.parametrize(
    "identity",
    [
        ImageIdentity("Ferreira da Costa^João^Manuel", "PT-0098812", "19590130", "M"),
        ImageIdentity("FERREIRA DA COSTA^JOAO", "PT0098812", "", ""),
        ImageIdentity("", "123456789", "", ""),
        ImageIdentity("Costa^Joao", "LOCAL-77", "19590130", "M"),
        ImageIdentity("Ferreira da Costa^João", "", "19590130", ""),
    ],
)
def test_images_of_the_patient_are_accepted(identity):
    assert mismatch(PATIENT, identity) is None


@pytest.mark.parametrize(
    "identity",
    [
        ImageIdentity("Ferreira da Costa^João", "PT-0098812", "19590131", "M"),
        ImageIdentity("Okafor^Teresa", "PT-0098812", "", "F"),
        ImageIdentity("Ferreira^João", "MX-330127", "", "M"),
        ImageIdentity("", "", "", ""),
        ImageIdentity("Anonymous", "", "", ""),
        ImageIdentity("Lima^João", "", "19590130", "M"),
    ],
)
def test_images_that_may_be_of_someone_else_are_refused_with_a_reason(identity):
    assert mismatch(PATIENT, identity)


def test_the_banner_identifies_the_patient_in_one_line():
    banner = PATIENT.banner(datetime(2026, 11, 22, tzinfo=UTC))
    assert banner == "FERREIRA DA COSTA, João Manuel   M   1959-01-30 (67)   PT-0098812"


def test_a_name_cannot_rewrite_the_line_it_stands_in():
    sly = Patient("Patient/x", (PersonName("Smith\u202egpj", ("A\nB",)),), ("1\u2066",))
    assert sly.name.shown == "SMITHGPJ, AB"
    assert sly.identifier == "1"


def test_a_birth_year_alone_gives_no_age():
    assert Patient("Patient/x", birth_date=PartialDate("1959")).age(datetime(2026, 1, 1, tzinfo=UTC)) is None
