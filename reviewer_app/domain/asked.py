"""Which fields of the programme's form an opinion is asked, given its answers and what its own sections say."""

from __future__ import annotations

from collections.abc import Iterator

from reviewer_app.domain.enabling import Given
from reviewer_app.domain.forms import FormItem
from reviewer_app.domain.opinion import Opinion


def asked(opinion: Opinion) -> tuple[FormItem, ...]:
    """The fields that are asked now; answers to the others stay in the draft and go nowhere else."""
    return opinion.form.asked({link: (Given(text),) for link, text in _sections(opinion) if text})


def _sections(opinion: Opinion) -> Iterator[tuple[str, str]]:
    """What the letter says in any case, under the linkIds a form may ask it with."""
    outcome, first = opinion.outcome, opinion.first_opinion
    yield "outcome", outcome.category.code if outcome.category else ""
    yield "dx-relation", outcome.diagnosis.value if outcome.diagnosis else ""
    yield "tx-relation", outcome.treatment.value if outcome.treatment else ""
    yield "no-opinion", outcome.no_opinion
    yield "certainty", opinion.certainty.value if opinion.certainty else ""
    yield "own.diagnosis", opinion.own_diagnosis
    yield "own.code", opinion.own_code
    yield "first.diagnosis", first.diagnosis
    yield "first.plan", first.plan
    yield "first.code", first.code
    yield "confirming-sentence", opinion.confirming_sentence
    yield from ((section.value, text) for section, text in opinion.texts)
