"""What the project declares is what it pins and what it uses."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = [name for names in PROJECT["optional-dependencies"].values() for name in names]
IMPORTED_AS = {
    "argon2-cffi": "argon2", "pylibjpeg-rle": "rle", "pillow": "PIL", "pyside6": "PySide6", "python-bidi": "bidi",
    "python-pkcs11": "pkcs11", "chunspell": "hunspell", "pyhanko-certvalidator": "pyhanko_certvalidator",
}  # fmt: skip


def plain(requirement: str) -> str:
    return re.split(r"[\[<>=!~;\s]", requirement, maxsplit=1)[0].lower()


@pytest.mark.parametrize("requirement", [*PROJECT["dependencies"], *EXTRAS], ids=plain)
def test_every_requirement_is_pinned(requirement: str):
    pinned = re.findall(
        r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    assert plain(requirement).replace("_", "-").replace(".", "-") in {
        re.sub(r"[_.]", "-", name.lower()) for name in pinned
    }


@pytest.mark.parametrize("requirement", PROJECT["dependencies"], ids=plain)
def test_every_requirement_is_used(requirement: str):
    module = IMPORTED_AS.get(plain(requirement), plain(requirement).replace("-", "_"))
    used = re.compile(rf"^\s*(from|import) {module}\b|(import_module|find_spec)\(\"{module}", re.MULTILINE)
    assert any(used.search(path.read_text("utf-8")) for path in (ROOT / "reviewer_app").rglob("*.py"))
