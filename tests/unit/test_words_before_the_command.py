"""Options of every command stand before it as well as after it, also where the command is the window."""

from __future__ import annotations

import os
import stat

import pytest

from reviewer_app.__main__ import _for_window
from reviewer_app.errors import BadInput
from reviewer_app.settings import PREFERENCES, Settings
from reviewer_app.ui.shell import command_line


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["open"]),
        (["open"], ["open"]),
        (["window", "SO-1"], ["open", "SO-1"]),
        (["--home", "X", "open", "SO-1", "--marks"], ["open", "--home", "X", "SO-1", "--marks"]),
        (["--home=X", "--json", "open"], ["open", "--home=X"]),
        (["--home", "X"], ["open", "--home", "X"]),
        (["--home", "open", "open", "--", "-style", "x"], ["open", "--home", "open", "--", "-style", "x"]),
        (["--home", "open", "sync"], None),
        (["--json", "worklist"], None),
        (["--version"], None),
        (["demo"], None),
    ],
)
def test_what_is_meant_for_the_window_is_found_behind_its_options(words, expected):
    assert _for_window(words) == expected


def test_the_window_takes_the_home_that_stands_before_it(tmp_path):
    asked = command_line.read(_for_window(["--home", str(tmp_path), "open", "SO-1", "--", "-style"]) or [])
    assert (asked.home, asked.case, asked.for_qt) == (tmp_path, "SO-1", ("-style",))


def test_a_passphrase_file_opens_once_and_is_not_in_what_a_lock_starts_anew(tmp_path, monkeypatch):
    monkeypatch.delenv("CONSILIUM_PASSPHRASE", raising=False)
    file = tmp_path / "secret"
    file.write_text("four random words\n", "utf-8")
    for words in (["--passphrase-file", str(file), "open"], ["open", f"--passphrase-file={file}"]):
        monkeypatch.setenv("CONSILIUM_PASSPHRASE", "")
        assert _for_window(words) == ["open"]
        assert os.environ["CONSILIUM_PASSPHRASE"] == "four random words"
    with pytest.raises(SystemExit, match="passphrase file"):
        _for_window(["open", "--passphrase-file", str(tmp_path / "none")])


def test_a_named_key_file_goes_before_a_passphrase_that_merely_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", "four random words")
    monkeypatch.delenv("CONSILIUM_RECOVERY_KEY", raising=False)
    file = tmp_path / "key"
    file.write_text("ABCD-EFGH\n", "utf-8")
    assert _for_window(["--key-file", str(file), "open", "SO-1"]) == ["open", "SO-1"]
    assert os.environ["CONSILIUM_RECOVERY_KEY"] == "ABCD-EFGH"
    assert "CONSILIUM_PASSPHRASE" not in os.environ
    with pytest.raises(SystemExit, match="recovery key file"):
        _for_window(["open", "--key-file", str(tmp_path / "none")])
    assert "CONSILIUM_RECOVERY_KEY" not in os.environ


@pytest.mark.parametrize("content", ["[]", "7", '"x"', "{", "", "[" * 100_000, '{"theme": 5, "text_scale": true}'])
def test_no_content_of_the_settings_file_is_more_than_the_defaults(tmp_path, content):
    (tmp_path / "settings.json").write_text(content, "utf-8")
    settings = Settings(tmp_path)
    for preference in PREFERENCES:
        if isinstance(preference.default, int):
            assert settings.number(preference.key) == preference.default
        else:
            assert settings.text(preference.key) == preference.default
    settings.set("theme", "light")
    assert Settings(tmp_path).text("theme") == "light"


def test_editing_the_settings_file_never_loosens_lease_or_lock(tmp_path):
    (tmp_path / "settings.json").write_text('{"lease_days": 36500, "lock_minutes": 0}', "utf-8")
    settings = Settings(tmp_path)
    assert (settings.number("lease_days"), settings.number("lock_minutes")) == (14, 1)


def test_the_settings_file_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "settings.json"
    file.write_text("{}", "utf-8")
    file.chmod(0o644)
    settings = Settings(tmp_path)
    settings.set("lock_minutes", 3)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(BadInput):
        settings.set("lock_minutes", True)
