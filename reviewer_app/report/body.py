"""The letter after its first page: from what was reviewed to limitations, status of the advice and signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reportlab.platypus import Flowable, KeepTogether

from reviewer_app.domain.opinion import (
    FIXED_LIMITATION,
    FIXED_STATUS,
    Opinion,
    Section,
    TreatmentOption,
    section_anchor,
)
from reviewer_app.report import fonts, further
from reviewer_app.report.flow import citations, gap, heading, marked, para, prose, table
from reviewer_app.report.letter import Letter, Listed
from reviewer_app.report.pages import Place, SignaturePlace

_BESIDE = 3
"""Options compared side by side in one table."""


def body(letter: Letter, width: float, places: list[Place]) -> list[Flowable]:
    """Every section from the records reviewed to the signature, in the order of the programme."""
    opinion = letter.opinion
    return [
        *further.urgent(opinion, width),
        *_records(letter, width),
        *_section(opinion, Section.HISTORY),
        *_first_opinion(letter),
        *_section(opinion, Section.IMAGING),
        *_diagnosis(opinion),
        *_differential(opinion, width),
        *_prognosis(opinion),
        *_options(opinion, width),
        *_changes(opinion, width),
        *_section(opinion, Section.RECOMMENDATION),
        *_steps(opinion, width),
        *further.trials(opinion, width),
        *further.specialties(opinion, width),
        *further.in_person(opinion),
        *further.call(opinion),
        *further.form(opinion),
        *_limitations(letter),
        *_section(opinion, Section.REFERENCES),
        _signature(letter, places),
    ]


def _section(opinion: Opinion, section: Section) -> list[Flowable]:
    written = prose(opinion.text(section), "text", citations(opinion, section_anchor(section)))
    return [heading(section.shown), *written] if written else []


def _records(letter: Letter, width: float) -> list[Flowable]:
    lists = (
        ("Reviewed", letter.records.reviewed, "None was opened."),
        ("Not available", letter.records.not_available, "Nothing is known to be missing."),
        ("Not reviewed", letter.records.not_reviewed, "None: everything received was opened."),
    )
    made: list[Flowable] = [heading("Records")]
    for title, lines, nothing in lines_of(lists):
        made.append(para(title, "subheading"))
        made.append(_listed(lines, width) if lines else para(nothing, "muted"))
    for edit in letter.opinion.record_edits:
        where = "reviewed" if edit.reviewed else "not reviewed"
        made += prose(f"Changed by the author: {_edited(letter, edit.record)}, {where}. {edit.why}", "small")
    if letter.opinion.incomplete_studies_reason:
        made += prose(f"Why signed with images missing: {letter.opinion.incomplete_studies_reason}")
    return made


def _edited(letter: Letter, record: str) -> str:
    """The words for an edited record; the reference stands where the letter has no words."""
    return letter.names.get(record, record)


def lines_of(
    lists: Iterable[tuple[str, Sequence[Listed], str]],
) -> Iterable[tuple[str, Sequence[Listed], str]]:
    """The lists with their lines by date, newest first; undated ones last."""
    for title, lines, nothing in lists:
        yield title, sorted(lines, key=lambda line: line.date, reverse=True), nothing


def _listed(lines: Sequence[Listed], width: float) -> Flowable:
    rows = [[para("Date", "head"), para("Kind", "head"), para("Record", "head")]]
    for line in lines:
        note = f' <font color="#5a6470">({fonts.markup(line.note)})</font>' if line.note else ""
        what = marked(fonts.markup(line.what) + note, "small")
        rows.append([para(line.date or "\u2013", "small"), para(line.kind, "small"), what])
    return table(rows, [64, 92, width - 156])


def _first_opinion(letter: Letter) -> list[Flowable]:
    first = letter.opinion.first_opinion
    if not (first.diagnosis or first.plan):
        return []
    by = ", ".join(part for part in (first.author, first.date.shown) if part)
    made: list[Flowable] = [heading("First opinion")]
    if by:
        made.append(para(by, "muted"))
    if first.diagnosis:
        made += prose(f"Diagnosis: {first.diagnosis}")
    if first.plan:
        made += prose(f"Plan: {first.plan}")
    return [KeepTogether(made)]


def _diagnosis(opinion: Opinion) -> list[Flowable]:
    made = _section(opinion, Section.DIAGNOSIS)
    own = f"{opinion.own_diagnosis}{f' ({opinion.own_code})' if opinion.own_code else ''}"
    if own:
        made = [*(made[:1] or [heading(Section.DIAGNOSIS.shown)]), para(own, "name"), *made[1:]]
    if opinion.provisional.diagnosis and opinion.provisional.at:
        words = f"Before the first opinion was read, at {opinion.provisional.at:%Y-%m-%d %H:%M}: "
        made += prose(words + opinion.provisional.diagnosis, "muted")
    if made and opinion.certainty:
        made.append(para(f"Certainty: {opinion.certainty.value}", "muted"))
    return made


def _prognosis(opinion: Opinion) -> list[Flowable]:
    made = _section(opinion, Section.PROGNOSIS)
    if not made and opinion.prognosis_not_given:
        made = [heading(Section.PROGNOSIS.shown), *prose(f"Not given: {opinion.prognosis_not_given}")]
    return made


def _differential(opinion: Opinion, width: float) -> list[Flowable]:
    if not opinion.differential:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para("Candidate", "head"), para("For", "head"), para("Against", "head")]
    ]
    for row in opinion.differential:
        name = marked(
            f"<b>{fonts.markup(row.diagnosis, font=fonts.BOLD)}</b>{citations(opinion, f'differential:{row.id}')}",
            "small",
        )
        rows.append([name, prose(row.evidence_for, "small"), prose(row.evidence_against, "small")])
    return [heading("Differential diagnosis"), table(rows, [width * 0.28, width * 0.36, width * 0.36])]


def _options(opinion: Opinion, width: float) -> list[Flowable]:
    if not opinion.options:
        return []
    groups = [opinion.options[start : start + _BESIDE] for start in range(0, len(opinion.options), _BESIDE)]
    return [heading("Treatment options"), *(_compared(opinion, group, width) for group in groups)]


def _compared(opinion: Opinion, options: Sequence[TreatmentOption], width: float) -> Flowable:
    criteria = (
        ("Benefit", "benefit"),
        ("Risk", "risk"),
        ("Burden", "burden"),
        ("If nothing is done", "no_treatment"),
        ("Alternative", "alternative"),
        ("Available locally", "availability"),
    )
    head: list[Flowable | list[Flowable]] = [para("", "head")]
    for option in options:
        words = [word for word, said in _flags(option) if said]
        name = marked(
            f"<b>{fonts.markup(option.name, font=fonts.BOLD)}</b>{citations(opinion, f'option:{option.id}')}", "small"
        )
        head.append([name, para(", ".join(words), "muted")] if words else name)
    rows = [head]
    for title, part in criteria:
        texts = [str(getattr(option, part)) for option in options]
        if part == "alternative":
            none = "None reasonable"
            texts = [text or none * option.no_alternative for text, option in zip(texts, options, strict=True)]
        if any(texts):
            rows.append([para(title, "head"), *(prose(text or "\u2013", "small") for text in texts)])
    column = (width - 84) / len(options)
    return table(rows, [84, *([column] * len(options))])


def _flags(option: TreatmentOption) -> tuple[tuple[str, bool], ...]:
    return (
        ("recommended", option.recommended),
        ("invasive or long-term", option.invasive),
        ("new", option.new),
        ("off-label", option.off_label),
        ("in a trial", option.trial),
    )


def _changes(opinion: Opinion, width: float) -> list[Flowable]:
    if not opinion.changes:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para("First opinion", "head"), para("Advised instead", "head"), para("Why", "head")]
    ]
    for change in opinion.changes:
        why = prose(change.why, "small", citations(opinion, f"change:{change.id}"))
        rows.append([prose(change.before, "small"), prose(change.after, "small"), why])
    return [heading("Changes to the treatment"), table(rows, [width * 0.3, width * 0.3, width * 0.4])]


def _steps(opinion: Opinion, width: float) -> list[Flowable]:
    if not opinion.next_steps:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para(title, "head") for title in ("What", "Who", "When", "If that is not possible")]
    ]
    for step in opinion.next_steps:
        what = prose(step.what, "small", citations(opinion, f"step:{step.id}"))
        rows.append([what, *(prose(text or "\u2013", "small") for text in (step.who, step.when, step.otherwise))])
    return [heading("Next steps"), table(rows, [width * 0.36, width * 0.2, width * 0.18, width * 0.26])]


def _limitations(letter: Letter) -> list[Flowable]:
    section = Section.LIMITATIONS
    written = prose(letter.opinion.text(section), "text", citations(letter.opinion, section_anchor(section)))
    return [heading(section.shown), para(FIXED_LIMITATION, "fixed"), *written]


def _signature(letter: Letter, places: list[Place]) -> Flowable:
    """The status of the advice stands on the page that is signed."""
    author = letter.author
    licence = f"licence {author.licence}" if author.licence else ""
    who = ", ".join(part for part in (author.name, author.specialty, licence, author.licence_authority) if part)
    status = [heading("Status of this advice"), para(FIXED_STATUS, "fixed")]
    declared = [para(f"Interests declared: {author.interests}", "small")] if author.interests else []
    return KeepTogether([*status, heading("Signature"), para(who), *declared, gap(4), SignaturePlace(places)])
