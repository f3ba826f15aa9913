"""Fixtures for every kind of test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("CONSILIUM_KDF", "test")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test material beside the project; without it the test is skipped, except under CI."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared folder must lie beside the project under CI")
        pytest.skip("needs the shared test material beside the project")
    return SHARED


@pytest.fixture
def hurry(monkeypatch) -> None:
    """Tries of a request are as many as ever and wait as they do, only shorter."""
    monkeypatch.setattr("reviewer_app.transport.FIRST_WAIT", 0.001)
    monkeypatch.setattr("reviewer_app.transport.LONGEST_WAIT", 0.05)
