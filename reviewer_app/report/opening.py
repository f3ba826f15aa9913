"""The first page: who writes to whom about whom, the outcome, the key message and the answers."""

from __future__ import annotations

from reportlab.platypus import Flowable, Table

from reviewer_app.domain.opinion import Answer, Section, answer_anchor, section_anchor
from reviewer_app.report import fonts, further
from reviewer_app.report.flow import citations, gap, grid, heading, marked, padding, para, prose
from reviewer_app.report.letter import Letter
from reviewer_app.report.styles import ACCENT, LINE, TINT

_AXES = {
    "same": "as in the first opinion",
    "refined": "refined or added to",
    "different": "different",
    "modified": "modified",
    "replaced": "replaced",
}


def opening(letter: Letter, width: float) -> list[Flowable]:
    """Everything down to the answers."""
    amends = [piece for box in further.amendment(letter, width) for piece in (box, gap(8))]
    head = [_title(letter, width), _parties(letter, width), gap(10), *amends, _outcome(letter, width)]
    return [*head, *_message(letter), *_asked(letter)]


def _title(letter: Letter, width: float) -> Table:
    sender = para(letter.author.organisation, "right")
    cells = [[para("Second opinion", "title"), sender]]
    return grid(cells, [width * 0.5] * 2, *padding(0, 0, 0, 5), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"))


def _parties(letter: Letter, width: float) -> Table:
    cells = [[_patient(letter), _addressee(letter)], [_author(letter), _facts(letter)]]
    rules = (("BOX", (0, 0), (-1, -1), 0.6, LINE), ("INNERGRID", (0, 0), (-1, -1), 0.4, LINE))
    return grid(cells, [width * 0.52, width * 0.48], *rules, *padding(8, 8, 5, 7))


def _patient(letter: Letter) -> list[Flowable]:
    patient = letter.case.patient
    age = patient.age(letter.made_at)
    born = patient.birth_date.shown or "unknown"
    lines = [
        f"Born {born}{f', age {age}' if age is not None else ''}, {patient.sex}",
        f"Identifier{'s' if len(patient.identifiers) > 1 else ''}: {', '.join(patient.identifiers) or 'none'}",
    ]
    return [para("PATIENT", "label"), para(patient.name.shown, "name"), *(para(line, "small") for line in lines)]


def _addressee(letter: Letter) -> list[Flowable]:
    person = letter.case.requester
    if person is None:
        return [para("TO", "label"), para("The referring doctor", "name")]
    lines = [person.specialty, person.organisation, ", ".join(filter(None, (person.phone, person.email)))]
    return [para("TO", "label"), para(person.name, "name"), *(para(line, "small") for line in lines if line)]


def _author(letter: Letter) -> list[Flowable]:
    author = letter.author
    licence = f"Licence {author.licence}{f', {author.licence_authority}' if author.licence_authority else ''}"
    ends = f", valid to {author.licence_ends.shown}" if author.licence_ends else ""
    lines = [author.specialty, author.organisation, f"{licence}{ends}" if author.licence else ""]
    return [para("FROM", "label"), para(author.name, "name"), *(para(line, "small") for line in lines if line)]


def _facts(letter: Letter) -> list[Flowable]:
    case, opinion = letter.case, letter.opinion
    rows = [
        ("Case", case.number),
        ("About", case.title),
        ("Asked", case.assigned.shown),
        ("Written", f"{letter.made_at:%Y-%m-%d %H:%M} UTC"),
        ("Version", f"{opinion.revision} of opinion {opinion.id[:8]}"),
    ]
    cells = [[para(label, "muted"), para(words, "small")] for label, words in rows if words]
    return [para("CASE", "label"), grid(cells, [44, 170], *padding(0, 0, 0, 1))]


def _outcome(letter: Letter, width: float) -> Table:
    outcome = letter.opinion.outcome
    rows: list[list[Flowable]] = [[para("OUTCOME", "label")], [para(outcome.shown or "Not stated", "outcome")]]
    if outcome.no_opinion:
        rows += [[piece] for piece in prose(outcome.no_opinion, "tight")]
    elif outcome.diagnosis and outcome.treatment:
        axes = f"Diagnosis: {_AXES[outcome.diagnosis.value]}.  Treatment: {_AXES[outcome.treatment.value]}."
        rows.append([para(axes, "small")])
    if outcome.derived and outcome.derived.flagged and outcome.override is None:
        rows.append([para("The diagnosis differs although the treatment stays the same.", "small")])
    if outcome.override and outcome.override_reason:
        rows.append([para(f"Category chosen by the author: {outcome.override_reason}", "small")])
    if letter.opinion.confirming_sentence:
        rows.append([para(letter.opinion.confirming_sentence, "tight")])
    look = (("BACKGROUND", (0, 0), (-1, -1), TINT), ("LINEBEFORE", (0, 0), (0, -1), 2.4, ACCENT))
    return grid(rows, [width], *look, *padding(11, 10, 2, 2), ("BOTTOMPADDING", (0, -1), (-1, -1), 8))


def _message(letter: Letter) -> list[Flowable]:
    section = Section.KEY_MESSAGE
    body = prose(letter.opinion.text(section), "text", citations(letter.opinion, section_anchor(section)))
    return [heading(section.shown), *body] if body else []


def _asked(letter: Letter) -> list[Flowable]:
    opinion = letter.opinion
    section = Section.WHY_ASKED
    why = prose(opinion.text(section), "text", citations(opinion, section_anchor(section)))
    made: list[Flowable] = [heading(section.shown), *why] if why else []
    if opinion.questions:
        made.append(heading("Questions and answers"))
    for question in opinion.questions:
        asked = fonts.markup(question.text, font=fonts.BOLD)
        made.append(marked(asked, "question", str(question.number)))
        made += _answer(letter, opinion.answer(question.id))
    return made


def _answer(letter: Letter, answer: Answer) -> list[Flowable]:
    numbers = citations(letter.opinion, answer_anchor(answer.question))
    made = prose(answer.said, "answer", numbers)
    if answer.confidence:
        made.append(para(f"Confidence: {answer.confidence.value}", "confidence"))
    return made or [para("No answer.", "answer")]
