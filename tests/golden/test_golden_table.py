"""Every row of the golden table holds, and the published report is that table."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.golden.row import Row
from tests.golden.table import REPORT, TRAPS, rows

LEAST = 540
"""Rows there are at least, so that a lost image or group is noticed."""


@pytest.fixture(scope="module")
def table(shared: Path, qapp: QApplication) -> tuple[Row, ...]:
    _ = qapp
    return rows(shared / "data" / "dicom")


def test_every_standard_image_is_shown_as_expected(table: tuple[Row, ...]):
    assert not [row for row in table if not row.passed]


def test_the_table_covers_every_set(table: tuple[Row, ...]):
    assert len(table) >= LEAST


def test_the_published_report_names_every_row_and_no_failure(table: tuple[Row, ...]):
    published = REPORT.read_text("utf-8")
    assert "FAIL" not in published
    groups = {row.group for row in table if "dcmtk" not in row.group}
    assert not [group for group in groups if f"## {group}\n" not in published]


def test_every_rule_that_viewers_get_wrong_has_rows(table: tuple[Row, ...]):
    groups = {row.group for row in table}
    assert not [(rule, name) for rule, names in TRAPS.items() for name in names if name not in groups]
