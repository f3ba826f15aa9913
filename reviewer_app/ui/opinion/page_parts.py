"""Conditional parts of the page, the list of records, requests and messages; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reviewer_app.domain.asked import asked
from reviewer_app.domain.asking import Wanted
from reviewer_app.domain.case import Case, Person
from reviewer_app.domain.circumstances import AmendmentKind, CallResult
from reviewer_app.domain.forms import Asks, FormItem
from reviewer_app.domain.opinion import Opinion, Section, section_anchor
from reviewer_app.domain.parts import Part, filled
from reviewer_app.domain.surroundings import Surroundings
from reviewer_app.domain.tables import METHODS, UrgentFinding
from reviewer_app.ui.opinion.page_tables import FLAG, LINE, table, yes
from reviewer_app.ui.opinion.state import Block, Field, FieldKind

Parts = Mapping[Part, str]
_CHOICE = FieldKind.CHOICE
_METHODS = tuple((method, method.capitalize().replace("-", " ")) for method in METHODS)
_RESULTS = tuple((result.value, result.value.capitalize()) for result in CallResult)
_KINDS = tuple((kind.value, kind.value.capitalize()) for kind in AmendmentKind)
_WANTED = tuple((kind.value, kind.shown) for kind in Wanted)
_MOMENT = "2026-11-15 11:02"
_ANCHORS = {
    Part.URGENT: "urgent", Part.IMAGING: "section:imaging", Part.DIFFERENTIAL: "differential",
    Part.PROGNOSIS: "section:prognosis", Part.CHANGES: "changes", Part.TRIALS: "trials", Part.IN_PERSON: "in-person",
    Part.SPECIALTIES: "specialties", Part.CALL: "call", Part.REFERENCES: "section:references",
}  # fmt: skip
_BUTTON = 32
"""Letters of a request on the button that takes it back."""
_YES_NO = (("yes", "Yes"), ("no", "No"))
_FORM_KINDS = {Asks.TEXT: FieldKind.PROSE, Asks.YES_NO: FieldKind.CHOICE, Asks.CHOICE: FieldKind.CHOICE}
_FORM_HINTS = {Asks.DATE: "2026-11-22", Asks.MOMENT: "2026-11-22 14:05", Asks.INTEGER: "12", Asks.DECIMAL: "12.5"}
_LISTED = 12
"""Lines of records shown before the rest is counted."""


def section(opinion: Opinion, which: Section) -> Block:
    """A free-text section."""
    optional = not which.core and which is Section.PATIENT_PAGE
    title = f"{which.shown} (optional)" if optional else which.shown
    prose = Field(f"section.{which.value}", which.shown, opinion.text(which), hint=which.hint)
    return Block(section_anchor(which), title, (prose,))


def removable(block: Block, opinion: Opinion, parts: Parts) -> Block:
    """The block with the reason why it is shown, and a way to hide it where the author added it in vain."""
    part = next((part for part, anchor in _ANCHORS.items() if anchor == block.anchor), None)
    if part is None or part not in parts:
        return block
    if part.value in opinion.added and not filled(opinion, part):
        return replace(block, actions=(*block.actions, (f"hide.{part.value}", "Hide this section")))
    why = parts[part]
    return replace(block, note=block.note or f"Shown because: {why}.") if why != "added by you" else block


def more(parts: Parts) -> Block:
    """What does not apply and can be added."""
    left = tuple((f"add.{part.value}", part.shown) for part in Part if part not in parts)
    return Block("more", "More sections" if left else "", citable=False, actions=left)


def urgent(opinion: Opinion, case: Case, parts: Parts) -> list[Block]:
    """Urgent findings, with the phone of whoever is to be told."""
    if Part.URGENT not in parts:
        return []
    who = case.urgent_contact or case.requester
    note = f"Call {_reach(who)}." if who else "No contact came with the case: ask the case manager."
    return table("urgent", "urgent", "Urgent findings", [_urgent(row) for row in opinion.urgent], note)


def _reach(who: Person) -> str:
    phone = who.phone or "no phone number came with the case"
    zone = f", time zone {who.time_zone}" if who.time_zone else ""
    return ", ".join(part for part in (who.name, who.organisation, phone) if part) + zone


def _urgent(row: UrgentFinding) -> Block:
    name = f"urgent.{row.id}"
    fields = (
        Field(f"{name}.finding", "Finding", row.finding),
        Field(f"{name}.identified", "Identified", row.identified, LINE, hint=_MOMENT),
        Field(f"{name}.told-by", "Who told it", row.told_by, LINE),
        Field(f"{name}.receiver", "Who was told", row.receiver, LINE),
        Field(f"{name}.received", "Received", row.received, LINE, hint=_MOMENT),
        Field(f"{name}.method", "How", row.method, _CHOICE, choices=_METHODS),
        Field(f"{name}.read-back", "Repeated by the receiver", yes(row.read_back), FLAG),
    )
    return Block(f"urgent:{row.id}", row.finding[:60] or "New finding", fields, removable=name, row=True)


def records(opinion: Opinion, around: Surroundings) -> list[Block]:
    """The list of records as the letter will have it, and edits of it by hand."""
    lists = (("Reviewed", around.reviewed), ("Not available", around.missing), ("Not reviewed", around.unread))
    lines: list[str] = []
    for title, some in lists:
        lines += [f"{title}: {len(some) or 'none'}", *(f"    {line}" for line in some[:_LISTED])]
        lines += [f"    and {len(some) - _LISTED} more"] if len(some) > _LISTED else []
    reason = Field(
        "incomplete-studies-reason", "Why signed with images missing", opinion.incomplete_studies_reason, LINE,
        hint="Only then: why",
    )  # fmt: skip
    note = "Made from what you opened. An edit by hand is marked in the letter."
    made = [Block("records", "Records", (reason,), note=note, citable=False, lines=tuple(lines), adds="record")]
    for row in opinion.record_edits:
        name = f"record.{row.id}"
        fields = (
            Field(f"{name}.record", "Record", row.record, LINE, hint="DocumentReference/… or words"),
            Field(f"{name}.reviewed", "Reviewed", yes(row.reviewed), FLAG),
            Field(f"{name}.why", "Why", row.why, LINE, hint="Seen on paper at the clinic"),
        )
        title = row.record or "New edit of the list"
        made.append(Block(f"record:{row.id}", title, fields, removable=name, row=True, citable=False))
    return made


def reading(opinion: Opinion, parts: Parts) -> list[Block]:
    """Own reading of images and slides."""
    return [section(opinion, Section.IMAGING)] if Part.IMAGING in parts else []


def references(opinion: Opinion, parts: Parts) -> list[Block]:
    """Literature."""
    return [section(opinion, Section.REFERENCES)] if Part.REFERENCES in parts else []


def prognosis(opinion: Opinion, parts: Parts) -> list[Block]:
    """Prognosis, or why none is given."""
    if Part.PROGNOSIS not in parts:
        return []
    block = section(opinion, Section.PROGNOSIS)
    field = Field("prognosis-not-given", "Not given", opinion.prognosis_not_given, LINE, hint="Only then: why not")
    return [replace(block, fields=(*block.fields, field))]


def trials(opinion: Opinion, parts: Parts) -> list[Block]:
    """Clinical trials, or why none is named."""
    if Part.TRIALS not in parts:
        return []
    none = Field("no-trial", "No trial", opinion.no_trial, LINE, hint="Only where none is named: why")
    head = Block("trials", "Clinical trials", (none,), citable=False, adds="trial")
    rows = []
    for row in opinion.trials:
        name = f"trial.{row.id}"
        fields = (
            Field(f"{name}.name", "Trial", row.name, LINE),
            Field(f"{name}.registry", "Register number", row.registry, LINE, hint="NCT01234567"),
            Field(f"{name}.eligibility", "Who may enter", row.eligibility),
            Field(f"{name}.where", "Where", row.where, LINE),
        )
        rows.append(Block(f"trial:{row.id}", row.name or "New trial", fields, removable=name, row=True))
    return [head, *rows]


def in_person(opinion: Opinion, parts: Parts) -> list[Block]:
    """Whether the patient must travel to be seen."""
    if Part.IN_PERSON not in parts:
        return []
    need = opinion.in_person
    fields = (
        Field("in-person.needed", "Must be seen in person", yes(need.needed), FLAG),
        Field("in-person.where", "Where", need.where, LINE),
        Field("in-person.specialty", "Specialty", need.specialty, LINE),
        Field("in-person.by-when", "By when", need.by_when, LINE),
        Field("in-person.stay", "Expected stay", need.stay, LINE),
        Field("in-person.fitness", "Fitness to travel", need.fitness),
    )
    return [Block("in-person", Part.IN_PERSON.shown, fields)]


def specialties(opinion: Opinion, parts: Parts) -> list[Block]:
    """Further specialties that should look at the case."""
    if Part.SPECIALTIES not in parts:
        return []
    rows = []
    for row in opinion.specialties:
        name = f"specialty.{row.id}"
        fields = (
            Field(f"{name}.specialty", "Specialty", row.specialty, LINE),
            Field(f"{name}.question", "What it is asked", row.question),
        )
        rows.append(Block(f"specialty:{row.id}", row.specialty or "New specialty", fields, removable=name, row=True))
    return table("specialty", "specialties", Part.SPECIALTIES.shown, rows)


def call(opinion: Opinion, case: Case, parts: Parts) -> list[Block]:
    """Minutes of the call."""
    if Part.CALL not in parts:
        return []
    held = opinion.call
    fields = [
        Field("call.held", "When", held.held, LINE, hint=_MOMENT),
        Field("call.consultant-present", "Referring doctor present", yes(held.consultant_present), FLAG),
        Field("call.patient-present", "Patient present", yes(held.patient_present), FLAG),
        Field("call.others", "Others present", held.others, LINE),
        Field("call.minutes", "Minutes", held.minutes),
        Field("call.result", "Result", held.result.value if held.result else "", _CHOICE, choices=_RESULTS),
    ]
    if held.result not in (None, CallResult.CONSENSUS):
        fields.append(Field("call.remaining", "What remains open", held.remaining))
    hint = f"With {_reach(case.requester)}." if case.requester else ""
    return [Block("call", Part.CALL.shown, tuple(fields), hint=hint)]


def form(opinion: Opinion) -> list[Block]:
    """What the programme's own form asks beside the letter, a block for each of its groups."""
    made: dict[str, Block] = {}
    here = frozenset(asked(opinion))
    for item in opinion.form.items:
        anchor = form_anchor(opinion, f"form:{item.link}")
        title = item.groups[-1][1] if item.groups else opinion.form.title or "Form of the programme"
        known = made.get(anchor, Block(anchor, title, citable=False))
        field = _form_field(item, shown=item in here)
        note = " ".join(filter(None, (known.note, f"“{item.text}”: {item.note}" if item.note and item in here else "")))
        made[anchor] = replace(known, fields=(*known.fields, field), note=note)
    return [block for block in made.values() if any(field.shown for field in block.fields)]


def _form_field(item: FormItem, *, shown: bool) -> Field:
    kind = _FORM_KINDS.get(item.asks, FieldKind.LINE)
    choices = _YES_NO if item.asks is Asks.YES_NO else tuple((one.code, one.words) for one in item.choices)
    hint = _FORM_HINTS.get(item.asks, "")
    if item.typed:
        kind = FieldKind.LINE
        choices = tuple((one.words, one.words) for one in item.choices)
        hint = "Type to choose" if item.asks is Asks.CHOICE else "Type to choose, or in your own words"
    if item.repeats and kind is FieldKind.CHOICE and item.asks is not Asks.YES_NO:
        kind = FieldKind.CHOICES
    elif item.repeats and kind is FieldKind.LINE:
        kind, choices = FieldKind.PROSE, ()
        hint = "; ".join(filter(None, (hint and f"such as {hint}" if not item.typed else "", "one answer a line")))
    elif item.repeats and kind is FieldKind.PROSE:
        hint = "An empty line between answers"
    return Field(f"form.{item.link}", item.text, item.answer, kind, hint, choices, shown)


def form_anchor(opinion: Opinion, anchor: str) -> str:
    """Anchor of the block in which a field of the programme's form stands."""
    link = anchor.removeprefix("form:")
    item = next((one for one in opinion.form.items if one.link == link), None)
    return f"form:{item.groups[-1][0]}" if item is not None and item.groups else "form"


def amends(opinion: Opinion) -> list[Block]:
    """What a later letter changes."""
    if not opinion.amends.begun:
        return []
    known = opinion.amends
    fields = [
        Field("amends.kind", "Kind", known.kind.value if known.kind else "", _CHOICE, choices=_KINDS),
        Field("amends.reason", "Reason", known.reason),
        Field("amends.sections", "Sections touched", known.sections, LINE),
    ]
    if known.kind is AmendmentKind.RETRACTION:
        fields.append(Field("amends.second-person", "Second person, who confirms it", known.second_person, LINE))
    note = f"Follows the letter with SHA-256 {known.sha256[:16]}\u2026" if known.sha256 else ""
    leave = (("abandon", "Leave the released letter as it is"),)
    return [Block("amends", "What this letter changes", tuple(fields), note=note, citable=False, actions=leave)]


def shortened(words: str) -> str:
    """The beginning of words, for a button."""
    return words if len(words) <= _BUTTON else f"{words[:_BUTTON].rstrip()}\u2026"


def asking(around: Surroundings, forms: Mapping[str, str]) -> list[Block]:
    """Requests for missing records, and the thread with the case manager."""
    wanted = (
        Field("ask.kind", "Kind", forms.get("ask.kind", ""), _CHOICE, choices=_WANTED),
        Field("ask.words", "What is missing", forms.get("ask.words", ""), LINE, hint="CT of May 2026 (DICOM)"),
        Field("ask.by", "Needed by", forms.get("ask.by", ""), LINE, hint="2026-11-30"),
        Field("ask.blocking", "The opinion cannot go on without it", forms.get("ask.blocking", ""), FLAG),
    )
    asked = tuple(one.said for one in around.requests)
    acts = [("ask", "Ask for it")]
    acts += [("resume", "Go on without what is missing")] if around.waits else []
    acts += [
        (f"withdraw.{one.request.id}", f"Withdraw \u201c{shortened(one.request.words)}\u201d")
        for one in around.requests
        if one.answered.withdrawable
    ]
    said = tuple(f"{one.sent.shown}  {one.sender}: {one.text}" for one in around.thread)
    message = (Field("note.text", "Message", forms.get("note.text", ""), hint="To the case manager"),)
    send = (("send", "Send with the next sync"),)
    return [
        Block("requests", "Missing records", wanted, citable=False, actions=tuple(acts), lines=asked),
        Block("messages", "Messages", message, citable=False, actions=send, lines=said),
    ]
