"""Objects that are read rather than looked at: structured reports, waveforms, and the header of any object."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.domain.record import Page


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """One element of a data set.

    Attributes:
        depth: How many sequences it lies in.
        tag: `0010,0010`.
        name: As PS3.6 names it; empty for private elements that nobody has described.
        value: As one line; long binary values are described, not shown.
        private: Whether its group is odd, so that only the maker knows what it means.
    """

    depth: int
    tag: str
    vr: str
    name: str
    value: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """One channel of a waveform.

    Attributes:
        samples: In `unit`, evenly spaced in time; empty stretches are NaN and are encoded as None.
    """

    name: str
    unit: str
    samples: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Waveform:
    """One multiplex group of a waveform (PS3.3 C.10.9).

    Attributes:
        frequency: Samples a second.
        notes: Annotations that came with it, a line each.
    """

    label: str
    frequency: float
    leads: tuple[Lead, ...]
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it is."""
        return max((len(lead.samples) for lead in self.leads), default=0) / self.frequency if self.frequency else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown to be read in a tile, instead of a picture or over one.

    Attributes:
        lines: Text, line by line.
        marked: Which of the lines are private elements.
        pages: Of a document, as pictures.
        note: What the reader should know about it, in a sentence.
        identity: Whom it says it is about.
        searched: Whether it is a list to look something up in, so that what is typed goes to the search.
    """

    title: str
    lines: tuple[str, ...] = ()
    marked: frozenset[int] = frozenset()
    waveforms: tuple[Waveform, ...] = ()
    pages: tuple[Page, ...] = ()
    note: str = ""
    identity: ImageIdentity | None = None
    searched: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What an object without pixels says.

    Attributes:
        title: Of the document.
        lines: A tree as text, indented by two blanks a level.
        problem: Why it cannot be shown; empty if it can.
    """

    title: str
    lines: tuple[str, ...] = ()
    waveforms: tuple[Waveform, ...] = ()
    problem: str = ""
