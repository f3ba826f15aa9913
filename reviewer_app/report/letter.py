"""The letter as one frozen value: everything the page builder prints, and nothing it would have to look up."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reviewer_app.domain.case import Case
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.domain.opinion import Author, Opinion
from reviewer_app.domain.orientation import UNKNOWN, Edges
from reviewer_app.domain.record import Page


class Paper(enum.Enum):
    """Page sizes."""

    A4 = "A4"
    LETTER = "Letter"


@dataclass(frozen=True, slots=True)
class Source:
    """One numbered entry of the list of evidence.

    Attributes:
        number: As printed in brackets beside the text.
        date: Of the record, sample or image, as far as known.
        origin: Where it comes from: `Report`, `Laboratory result`, `CT image`, `Reference`.
        what: What it is, in words.
        quote: The passage, word for word.
    """

    number: int
    date: str
    origin: str
    what: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the lists of records.

    Attributes:
        note: What else must be known: `12 of 98 images opened`.
    """

    date: str
    kind: str
    what: str
    note: str = ""

    @property
    def said(self) -> str:
        """In one line."""
        words = "  ".join(part for part in (self.date, self.kind, self.what) if part)
        return f"{words} ({self.note})" if self.note else words


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the opinion rests on, generated from what was actually opened."""

    reviewed: tuple[Listed, ...] = ()
    not_available: tuple[Listed, ...] = ()
    not_reviewed: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A measurement or arrow on a picture.

    Attributes:
        paths: Lines through points, as fractions of width and height from the top left.
        label: Value with unit, or words; stands at `at`.
        arrow: Whether the last point is a tip.
    """

    paths: tuple[tuple[tuple[float, float], ...], ...]
    label: str
    at: tuple[float, float]
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A cited picture as it was displayed.

    Attributes:
        numbers: Citations that point to it.
        caption: Study, series, image and frame.
        display: Window, zoom and orientation as shown; empty where there is nothing to say.
        patient: The patient line, printed in the caption and never into the pixels.
        problem: Why the picture cannot be shown, in one sentence; then `page` is None.
        millimetre: Pixels of `page` that are a millimetre; 0 where that is not known.
        basis: What millimetres rest on.
        edges: Which way the patient lies in it.
    """

    numbers: tuple[int, ...]
    caption: str
    display: str
    patient: str
    page: Page | None = None
    problem: str = ""
    millimetre: float = 0.0
    basis: str = ""
    marks: tuple[Mark, ...] = ()
    edges: Edges = UNKNOWN


@dataclass(frozen=True, slots=True)
class LabChart:
    """A cited trend, or single values that were cited of one.

    Attributes:
        trend: What is printed of it; every value in it is evidence.
        cited: The results cited, each with the numbers of its citations; drawn with a ring.
        whole: Whether the trend was cited as such; single values are not joined by a line, because others may lie
            between them.
    """

    trend: Trend
    cited: tuple[tuple[Result, tuple[int, ...]], ...]
    whole: bool = True

    @property
    def numbers(self) -> tuple[int, ...]:
        """Citations that point to it."""
        return tuple(sorted({number for _, numbers in self.cited for number in numbers}))


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be printed.

    Attributes:
        made_at: When it was made; the same letter made again at the same time is the same bytes.
        names: Words for the records and studies that the author moved between the lists.
        manifest: The evidence manifest, attached as it is.
    """

    case: Case
    opinion: Opinion
    author: Author
    made_at: datetime
    sources: tuple[Source, ...] = ()
    records: Reviewed = Reviewed()
    images: tuple[KeyImage, ...] = ()
    charts: tuple[LabChart, ...] = ()
    manifest: bytes = b"{}"
    paper: Paper = Paper.A4
    names: Mapping[str, str] = field(default_factory=dict)
