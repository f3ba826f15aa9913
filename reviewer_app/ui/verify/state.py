"""All that is on screen while a signed letter is checked, and released below its signature."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """What a medical director signs below the specialist.

    Attributes:
        specialist: Who signed the letter.
        signer: In the desk's certificate; empty where it has none.
        asks_pin: Whether a token signs, which needs its PIN each time.
        sha256: Of the letter as it is shown, hex: what is signed below.
        revision: Which revision of the file the signature makes.
        refused: Why this desk may not release it; empty where it may.
        busy: Whether it is being signed.
        written: Name of the file that the released letter was written to.
        problem: Why it was not released; nothing was written.
    """

    specialist: str
    signer: str = ""
    asks_pin: bool = False
    sha256: str = ""
    revision: int = 0
    refused: str = ""
    busy: bool = False
    written: str = ""
    problem: str = ""


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
        pages: How many pages the letter has; 0 where none can be shown.
        read: Whether all of them are on screen.
        release: What can be signed below, where the letter is one that a specialist signed.
    """

    file: str = ""
    trusted: tuple[str, ...] = ()
    own: bool = False
    busy: bool = False
    good: bool = False
    head: str = ""
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problem: str = ""
    pages: int = 0
    read: bool = False
    release: Release | None = None

    @property
    def may_sign(self) -> bool:
        """Whether everything is there for the signature but the PIN: it may be released, and all of it was shown."""
        found = self.release
        if found is None or found.refused or found.busy or found.written:
            return False
        return bool(found.signer) and self.read and not self.busy
