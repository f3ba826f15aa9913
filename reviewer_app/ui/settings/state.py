"""All that is on screen in the settings."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.opinion import Author
from reviewer_app.domain.profile import Server, TokenChoice
from reviewer_app.errors import ReviewerError


@dataclass(frozen=True, slots=True)
class SettingsState:
    """The settings page.

    Attributes:
        servers: Programmes, without passwords and tokens.
        asking: Whether addresses and login of a programme are asked for: of `asked_of`, or of a new one.
        removing: Programme that is removed once this is said again; empty for none.
        text_scale: Size of text in per cent.
        signer: Name in the signing certificate; empty while there is none.
        means: What signs, in words.
        driver: Path of the library of the token that signs; empty where none does.
        tokens: What the tokens that are put in offer to sign with, once they were looked for.
        service: Address of the time-stamp service; empty for none.
        writing: Preferences of writing with their values.
        said: What was done last, in one sentence.
        problem: What could not be done.
    """

    author: Author = Author()
    signer: str = ""
    means: str = ""
    driver: str = ""
    tokens: tuple[TokenChoice, ...] = ()
    service: str = ""
    servers: tuple[Server, ...] = ()
    asking: bool = False
    asked_of: Server | None = None
    removing: str = ""
    text_scale: int = 100
    lock_minutes: int = 5
    theme: str = "dark"
    writing: tuple[tuple[str, str], ...] = ()
    busy: bool = True
    said: str = ""
    problem: ReviewerError | None = None


@dataclass(frozen=True, slots=True)
class HangingRow:
    """One hanging protocol.

    Attributes:
        meant_for: What it applies to, in words.
        stages: Names of its arrangements.
        first: The one that comes first; empty where the protocol is not used.
    """

    name: str
    meant_for: str
    stages: tuple[str, ...]
    first: str
