"""Hanging protocols: which series of a case go into which tile, in stages that follow each other.

A protocol is data (`resources/hanging`): when it applies, and for each stage a layout and what each viewport selects.
Choosing is here; reading the files is `services.hanging`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import Series, Study


@dataclass(frozen=True, slots=True)
class Selector:
    """What one viewport shows; the first series that fits best.

    Attributes:
        study: 0 for the newest study of the protocol's modality, 1 for the one before, and so on.
        modality: Empty for that of the protocol.
        words: Parts of the series description, any of which fits best first; empty for any.
        laterality: L or R, or empty.
        rank: 0 for the best fit, 1 for the next best.
    """

    study: int = 0
    modality: str = ""
    words: tuple[str, ...] = ()
    laterality: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """One arrangement: rows, columns, and a selector for each viewport in reading order.

    Attributes:
        does: A command of the images pane to carry out then, such as a reformat; empty for none.
    """

    name: str
    rows: int
    columns: int
    viewports: tuple[Selector, ...]
    does: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """When it applies, and its stages.

    Attributes:
        modalities: Of the newest study; empty for any.
        body_parts: Parts of Body Part Examined or study description, any of which must fit; empty for any.
        priors: Least number of earlier studies of the same modality.
    """

    name: str
    modalities: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    priors: int = 0
    stages: tuple[Stage, ...] = ()

    @property
    def strictness(self) -> tuple[int, int, int]:
        """How much it asks for; of those that apply the strictest is taken."""
        return (bool(self.body_parts), self.priors, bool(self.modalities))

    @property
    def meant_for(self) -> str:
        """What it applies to, in words: `CT or MR with an earlier examination`."""
        kinds = " or ".join(self.modalities) or "All images"
        parts = f" of {', '.join(self.body_parts)}" if self.body_parts else ""
        earlier = {0: "", 1: " with an earlier examination"}.get(
            self.priors, f" with {self.priors} or more earlier ones"
        )
        return f"{kinds}{parts}{earlier}"


@dataclass(frozen=True, slots=True)
class Hung:
    """A stage with the series it found, None where nothing fits."""

    stage: Stage
    series: tuple[SeriesUid | None, ...]


def choose(protocols: Sequence[Protocol], studies: Sequence[Study]) -> Protocol | None:
    """The protocol for a case, of equally strict ones the first; None if none applies.

    Args:
        studies: With the series that can be shown only, newest first.
    """
    if not studies:
        return None
    applying = [protocol for protocol in protocols if _applies(protocol, studies)]
    return max(applying, key=lambda protocol: protocol.strictness, default=None)


def hang(protocol: Protocol, stage: int, studies: Sequence[Study]) -> Hung:
    """A stage of a protocol with the series of a case."""
    chosen = protocol.stages[stage]
    modality = main_modality(protocol, studies[0])
    return Hung(chosen, tuple(_selected(selector, modality, studies) for selector in chosen.viewports))


def stages_that_fit(protocol: Protocol, studies: Sequence[Study]) -> tuple[int, ...]:
    """Stages in which every viewport finds a series."""
    return tuple(at for at in range(len(protocol.stages)) if all(hang(protocol, at, studies).series))


def main_modality(protocol: Protocol, study: Study) -> str:
    """Of the modalities a protocol is for, the one of which a study holds most; else the one it holds most of."""
    counts: dict[str, int] = {}
    for series in study.series:
        if not protocol.modalities or series.modality in protocol.modalities:
            counts[series.modality] = counts.get(series.modality, 0) + max(series.held, 1)
    return max(counts, key=lambda modality: counts[modality], default="")


def _applies(protocol: Protocol, studies: Sequence[Study]) -> bool:
    newest = studies[0]
    if protocol.modalities and not any(series.modality in protocol.modalities for series in newest.series):
        return False
    said = " ".join((newest.description, *(series.body_part for series in newest.series))).lower()
    if protocol.body_parts and not any(part.lower() in said for part in protocol.body_parts):
        return False
    modality = main_modality(protocol, newest)
    return len(_of(modality, studies)) - 1 >= protocol.priors


def _of(modality: str, studies: Sequence[Study]) -> list[Study]:
    return [study for study in studies if any(series.modality == modality for series in study.series)]


def _selected(selector: Selector, main: str, studies: Sequence[Study]) -> SeriesUid | None:
    """Only the study that is meant may answer: a prior is never shown as the current one."""
    having = _of(main, studies)
    if selector.study >= len(having):
        return None
    wanted = selector.modality or main
    fitting = [
        series
        for series in having[selector.study].series
        if series.modality == wanted and (not selector.laterality or series.laterality == selector.laterality)
    ]
    ordered = sorted(fitting, key=lambda series: _fit(selector, series))
    return ordered[selector.rank].uid if selector.rank < len(ordered) else None


def _fit(selector: Selector, series: Series) -> tuple[int, int, int]:
    """Small is good: the first word that fits, then the most images, then the first series."""
    said = series.description.lower()
    word = next((at for at, part in enumerate(selector.words) if part.lower() in said), len(selector.words))
    return (word, -series.held, series.number)
