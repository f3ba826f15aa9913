"""E7: the text does not contradict what stands beside it as evidence."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer_app.domain.amounts import contradictions, sides
from reviewer_app.domain.passages import written_at
from reviewer_app.domain.rules.findings import Desk, Finding, Rule


def numbers(desk: Desk) -> Iterator[Finding]:
    """E7: numbers with a unit are those of the evidence."""
    for anchor, text in written_at(desk.opinion).items():
        cited = [desk.cited_words.get(citation.id, "") for citation in desk.opinion.cited_at(anchor)]
        for said, evidence in contradictions(text, "\n".join(cited)):
            yield desk.warn(
                "E7", f"“{said}” stands here, the evidence cited says {evidence}: check the number.", anchor
            )


def same_side(desk: Desk) -> Iterator[Finding]:
    """E7: left and right are those of the evidence."""
    for anchor, text in written_at(desk.opinion).items():
        said = sides(text)
        if len(said) != 1:
            continue
        for citation in desk.opinion.cited_at(anchor):
            cited = sides(desk.cited_words.get(citation.id, ""))
            if len(cited) == 1 and cited != said:
                (mine,), (theirs,) = said, cited
                yield desk.warn(
                    "E7", f"The text says {mine}, “{citation.label}” says {theirs}: check the side.", anchor
                )


RULES: tuple[Rule, ...] = (numbers, same_side)
