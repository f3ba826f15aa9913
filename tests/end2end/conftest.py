"""A clinic for the stories of one module, and a terminal with a fresh profile for each story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end2end.stories import Terminal

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """An empty practice clinic that runs; its folder and its facts."""
    folder = tmp_path_factory.mktemp("clinic")
    terminal = Terminal(tmp_path_factory.mktemp("nobody"), folder)
    facts = terminal.clinic_run("start", "--empty")
    yield folder, facts
    terminal.clinic_run("stop")


@pytest.fixture
def terminal(tmp_path, clinic) -> Terminal:
    """A terminal with an empty profile folder and a private temp folder that stories can search."""
    (tmp_path / "tmp").mkdir()
    return Terminal(tmp_path / "home", clinic[0], {"TMPDIR": str(tmp_path / "tmp"), "CONSILIUM_LOG": "DEBUG"})
