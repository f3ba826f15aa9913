"""What an installed Consilium needs is in its package: a file that is only in the source would be missed elsewhere."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOR_READERS = {ROOT / "reviewer_app" / "README.md", ROOT / "resources" / "screenshots" / "desk.png"}
FILES = [
    file
    for folder in ("reviewer_app", "resources")
    for file in sorted((ROOT / folder).rglob("*"))
    if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".py" and file not in FOR_READERS
]


def test_there_is_something_to_pack():
    assert len(FILES) > 50


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_resource_is_packed(file):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert any(fnmatch(file.name, pattern) for pattern in settings["package-data"]["*"])
