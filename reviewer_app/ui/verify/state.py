"""All that is on screen while a signed letter is checked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerifyState:
    """The panel.

    Attributes:
        file: Name of the letter's file, without its folder.
        trusted: Names of the files with certificates that are trusted beside the desk's own.
        own: Whether the desk has a certificate of its own, which is trusted.
        good: Whether the letter can be relied on.
        groups: What was found, under headings.
        problem: Why it could not be checked.
    """

    file: str = ""
    trusted: tuple[str, ...] = ()
    own: bool = False
    busy: bool = False
    good: bool = False
    head: str = ""
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problem: str = ""
