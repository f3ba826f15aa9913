"""Every preference: key, type, default, bounds and one sentence.

Preferences hold no patient data, so they live in a plain JSON file beside the vault; what concerns a case
(the arrangement of its panes, what was opened) is kept in the vault.  Anybody who has the folder can edit the file, so
it is read with suspicion: a value of another type is the default, a number beyond its bounds the nearest bound.  Hence
no edit makes a case usable for longer than the programme allows, or keeps the desk from locking.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from reviewer_app.errors import BadInput, DiskFull

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Preference:
    """One preference, as data; `least` and `most` bound a number."""

    key: str
    default: Value
    meaning: str
    least: int = 0
    most: int = sys.maxsize


def decoders(processors: int | None) -> int:
    """How many processes decode unless somebody says otherwise: half the processors, two to four, and one more.

    That one is handed its frame while the others decode; where decoding takes long it rests, see
    `services.images.open_stack`.
    """
    return min(max((processors or 1) // 2, 2), 4) + 1


PREFERENCES = (
    Preference("theme", "dark", "Colours of the window: dark or light."),
    Preference("lock_minutes", 5, "Minutes without a touch after which the vault locks.", 1, 60),
    Preference("date_style", "iso", "How dates are written; always year-month-day."),
    Preference("image_memory_mb", 384, "Memory for decoded images, in megabytes.", 64, 16384),
    Preference(
        "decode_workers", decoders(os.cpu_count()), "How many sandboxed processes decode images and pages.", 1, 16
    ),
    Preference("sync_connections", 4, "How many images are fetched at once.", 1, 16),
    Preference("sync_images", "on", "Whether sync fetches images: on, or off for records only."),
    Preference("sync_kb_a_second", 0, "Most that sync takes from the network, in kilobytes a second; 0 for no limit."),
    Preference("lease_days", 14, "Days after the last contact with the server in which a case may be signed.", 1, 14),
    Preference("text_scale", 100, "Size of text in per cent, 80 to 200.", 80, 200),
    Preference("last_synced", "", "When a sync last succeeded; shown on the unlock screen."),
    Preference("lab_units", "received", "Units of laboratory results: received, si or conventional."),
    Preference("time_stamp_service", "", "Address of a time-stamp service (RFC 3161) asked at sync; empty for none."),
    Preference("blind_first", "off", "Hide the first opinion until a provisional diagnosis is saved: on or off."),
    Preference("spelling", "en_GB", "Dictionary the opinion is checked with: en_GB, en_US or off."),
    Preference("shortcuts", "", "Keys chosen for commands, as JSON by command; empty for the usual ones."),
    Preference(
        "hanging", "", "First arrangement of each hanging protocol, as JSON by its name; empty for the usual ones."
    ),
    Preference("paper", "A4", "Page size of the signed letter: A4 or Letter."),
)
_LARGEST = 2**20
"""Bytes; a larger file was not written by us."""
_BY_KEY = {preference.key: preference for preference in PREFERENCES}


def default_home() -> Path:
    """The profile folder: `CONSILIUM_HOME`, or the usual place for application files of this user."""
    if "CONSILIUM_HOME" in os.environ:
        return Path(os.environ["CONSILIUM_HOME"])
    import platformdirs

    return Path(platformdirs.user_data_dir("consilium", appauthor=False))


class Settings:
    """Preferences of one profile folder; unknown keys in the file are kept and ignored."""

    def __init__(self, home: Path) -> None:
        self._path = home / "settings.json"
        self._values = _read(self._path)

    def text(self, key: str) -> str:
        """A preference that is text."""
        return str(self._value(key))

    def number(self, key: str) -> int:
        """A preference that is a whole number, within its bounds."""
        value, preference = self._value(key), _BY_KEY[key]
        number = value if isinstance(value, int) else int(preference.default)
        return min(max(number, preference.least), preference.most)

    def set(self, key: str, value: Value) -> None:
        """Change a preference and write the file.

        Raises:
            BadInput: There is no such preference, or the value has another type.
            DiskFull: The file could not be written.
        """
        if key not in _BY_KEY or type(value) is not type(_BY_KEY[key].default):
            raise BadInput(f"There is no preference {key} of this kind.", "See the settings page for what can be set.")
        self._values[key] = value
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
                json.dump(self._values, file, indent=1, sort_keys=True)
            fresh.replace(self._path)
        except OSError as error:
            raise DiskFull("The settings could not be saved.", "Free some space and try again.") from error

    def _value(self, key: str) -> object:
        value = self._values.get(key, _BY_KEY[key].default)
        return value if type(value) is type(_BY_KEY[key].default) else _BY_KEY[key].default  # true is no number


def _read(path: Path) -> dict[str, object]:
    """What the file holds; nothing where it is missing, damaged or not a table of keys."""
    try:
        kept = json.loads(path.read_text("utf-8")) if path.stat().st_size <= _LARGEST else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}
