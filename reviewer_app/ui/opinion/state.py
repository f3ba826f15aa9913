"""All that is on screen in the opinion pane, as frozen values.

The page is data: blocks of fields.  A field has the name that `domain.fields.set_field` knows, so that the view
needs no knowledge of the opinion and the presenter none of widgets.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from reviewer_app.domain.differences import Difference
from reviewer_app.domain.ids import CitationId
from reviewer_app.domain.merging import Choice
from reviewer_app.domain.rules import Finding
from reviewer_app.domain.snippets import Snippet


class FieldKind(enum.Enum):
    """How a field is edited."""

    PROSE = "prose"
    """Several lines that grow with the text."""
    LINE = "line"
    CHOICE = "choice"
    """One of a few words, shown side by side."""
    CHOICES = "choices"
    """Any of a few words, shown side by side; the chosen values are lines."""
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in.

    Attributes:
        name: As `domain.fields` knows it: `section.diagnosis`, `option.o1.benefit`.
        choices: (value, words) of a choice; of a line what completes it.
        shown: Whether it is asked now; what is written in it stays.
    """

    name: str
    label: str
    text: str
    kind: FieldKind = FieldKind.PROSE
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Chip:
    """A citation beside a text."""

    id: CitationId
    number: int
    label: str


class Progress(enum.Enum):
    """How far a block is."""

    EMPTY = "empty"
    TO_DO = "to do"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Block:
    """A section of the page.

    Attributes:
        anchor: Where citations and findings attach.
        note: A fixed or derived sentence under the fields.
        citable: Whether citations can stand here.
        removable: Field family and row id of a table row that can be taken away, such as `option.o1`.
        adds: Field family for which "add a row" is offered below, such as `option`.
        actions: (id, words) of buttons under the fields.
        lines: What is listed above the fields, such as the records that were reviewed.
    """

    anchor: str
    title: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    note: str = ""
    chips: tuple[Chip, ...] = ()
    findings: tuple[Finding, ...] = ()
    citable: bool = True
    removable: str = ""
    adds: str = ""
    row: bool = False
    actions: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def progress(self) -> Progress:
        """Done when something is written and nothing is left to mend."""
        if any(finding.hinders for finding in self.findings):
            return Progress.TO_DO
        return Progress.DONE if any(field.text for field in self.fields) else Progress.EMPTY


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """Versions of the draft, or two texts between which a person decides.

    Attributes:
        rows: (revision, words) newest first.
        chosen: Revision that is compared with the draft, or 0.
        differences: From the chosen version to the draft.
        conflict: Whether another window saved meanwhile, so that a person decides.
        choices: Where the two drafts differ.
    """

    rows: tuple[tuple[int, str], ...] = ()
    chosen: int = 0
    differences: tuple[Difference, ...] = ()
    conflict: bool = False
    choices: tuple[Choice, ...] = ()


class Saving(enum.Enum):
    """Whether what is on screen is in the vault."""

    SAVED = "saved"
    WAITING = "saving"
    FAILED = "not saved"


class Stage(enum.Enum):
    """What the pane is for now."""

    LOADING = "loading"
    WRITING = "writing"
    READING = "reading"
    """The state of the case allows no change."""
    VERSIONS = "versions"
    """Versions are compared."""
    PREVIEW = "preview"
    SIGNED = "signed"
    """Signed, and can be recalled."""
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Letter:
    """The preview or the signed letter.

    Attributes:
        sha256: Of the previewed or signed bytes, hex.
        signer: In the certificate; empty where there is no identity yet.
        asks_pin: Whether a token signs, which needs its PIN each time.
        waiting: What is being done, such as building the letter; empty when nothing is.
    """

    pages: int = 0
    sha256: str = ""
    signer: str = ""
    asks_pin: bool = False
    signed_at: str = ""
    waiting: str = ""


@dataclass(frozen=True, slots=True)
class OpinionState:
    """The pane.

    Attributes:
        findings: All of them, blocking ones first.
        saved_at: Time of the newest snapshot, `14:05:09`.
        problem: Why the last act failed, with what to do.
        caret: Anchor the next citation goes to.
        may_resume: Whether the programme paused the case, so that the specialist may go on with it.
        may_amend: Whether the letter is released, so that another one may follow it.
        misspelt: Words that the dictionary does not know.
    """

    stage: Stage = Stage.LOADING
    blocks: tuple[Block, ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: bool = False
    saving: Saving = Saving.SAVED
    saved_at: str = ""
    problem: str = ""
    caret: str = "section:diagnosis"
    caret_title: str = "Diagnosis"
    outcome: str = ""
    why_fixed: str = ""
    may_accept: bool = False
    may_resume: bool = False
    may_amend: bool = False
    can_undo: bool = False
    can_redo: bool = False
    letter: Letter = Letter()
    versions: VersionsPage = VersionsPage()
    misspelt: frozenset[str] = frozenset()
    snippets: tuple[Snippet, ...] = ()

    @property
    def open_findings(self) -> int:
        """How many findings keep it from being signed."""
        return sum(finding.hinders for finding in self.findings)
