"""Commands that write an opinion."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reviewer_app.cli import draft_commands
from reviewer_app.cli.describing import command, on_case
from reviewer_app.cli.files import read_file
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Exit, Reply
from reviewer_app.cli.windows import window_of
from reviewer_app.domain.case import FirstOpinion
from reviewer_app.domain.fields import FAMILIES, set_field
from reviewer_app.domain.ids import CaseId, CitationId, InstanceUid, RecordId
from reviewer_app.domain.lab import course, short_name
from reviewer_app.domain.opinion import Citable, ImagePlace, Opinion, RecordPlace, ResultPlace
from reviewer_app.domain.passages import passages
from reviewer_app.domain.rules import Finding, Severity, hindering
from reviewer_app.errors import BadInput, NotAllowed, NotFound
from reviewer_app.services import blind, opinions, worklist
from reviewer_app.services.session import Session


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    opinion = command(commands, "opinion", "show, write, cite and check an opinion")
    acts = opinion.add_subparsers(dest="act", required=True, metavar="ACT")
    on_case(acts, "show", "the draft as it stands", shared).set_defaults(run=_show)
    set_ = on_case(acts, "set", "set fields of the draft", shared)
    set_.add_argument("fields", nargs="*", metavar="FIELD=TEXT", help="; ".join(FAMILIES).replace("%", "%%"))
    set_.add_argument("--from", dest="file", metavar="FILE", help="JSON object of fields, or - for standard input")
    set_.set_defaults(run=_set)
    cite = on_case(acts, "cite", "put evidence beside a text", shared)
    cite.add_argument("anchor", metavar="ANCHOR", help="where: section:NAME, answer:QUESTION, option:oN")
    cite.add_argument("--record", metavar="RESOURCE/ID", help="a record or a document")
    cite.add_argument("--page", type=int, default=0, metavar="N", help="page of the document")
    cite.add_argument("--quote", default="", metavar="TEXT", help="words of the record, as they stand there")
    cite.add_argument("--result", metavar="Observation/ID", help="a laboratory value")
    cite.add_argument("--component", default="", metavar="CODE", help="one value of a result that has several")
    cite.add_argument("--trend", action="store_true", help="with --result: every result of its analyte, as a whole")
    cite.add_argument("--image", metavar="SOP_UID", help="an image, as `consilium images` lists them")
    cite.add_argument("--frame", type=int, default=1, metavar="N", help="frame of the image (default: 1)")
    cite.add_argument("--window", metavar="CENTER,WIDTH", help="window it is shown with (default: the image's own)")
    cite.add_argument("--reference", default="", metavar="TEXT", help="a publication or guideline")
    cite.add_argument("--label", default="", metavar="TEXT", help="what the letter calls it, instead of its name")
    cite.set_defaults(run=_cite)
    uncite = on_case(acts, "uncite", "take a citation away", shared)
    uncite.add_argument("citation", metavar="CITATION", help="its id, as shown")
    uncite.set_defaults(run=_uncite)
    acknowledge = on_case(acts, "acknowledge", "say that advice was read", shared)
    acknowledge.add_argument("rules", nargs="+", metavar="RULE", help="as `opinion lint` names them")
    acknowledge.set_defaults(run=_acknowledge)
    on_case(acts, "lint", "what keeps it from being signed", shared).set_defaults(run=_lint)
    draft_commands.add_to(acts, shared)


def _show(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        opinion = opinions.open(session, case.id)
        if blind.hidden(session, case.id):
            opinion = replace(opinion, first_opinion=FirstOpinion())
    return Reply(opinion, _as_text(opinion))


def _as_text(opinion: Opinion) -> list[str]:
    lines = [f"Revision {opinion.revision}; outcome: {opinion.outcome.shown or '(open)'}"]
    for section, text in opinion.texts:
        lines += ["", section.shown, text]
    lines += _first(opinion.first_opinion)
    written = [passage for passage in passages(opinion) if not passage.name.startswith(("section.", "answer."))]
    lines += ["", *(f"{passage.name}: {passage.text}" for passage in written)] if written else []
    for question in opinion.questions:
        answer = opinion.answer(question.id)
        lines += ["", f"{question.number}. {question.text}", answer.said or "(no answer yet)"]
    lines += ["", "Citations:"] if opinion.citations else []
    numbers = opinion.numbers()
    lines += [f"  [{numbers[known.id]}] {known.id}  {known.anchor}  {known.label}" for known in opinion.citations]
    return lines


def _first(first: FirstOpinion) -> list[str]:
    said = (("diagnosis", first.diagnosis), ("plan", first.plan), ("author", first.author), ("date", first.date.shown))
    lines = [f"first.{name}: {text}" for name, text in said if text]
    return ["", *lines] if lines else []


def _set(options: argparse.Namespace) -> Reply:
    pairs = _from_file(options.file) if options.file else []
    for word in options.fields:
        name, equals, text = word.partition("=")
        if not equals:
            raise BadInput(f"“{word}” has no equals sign.", "Write FIELD=TEXT.")
        pairs.append((name, text))
    if not pairs:
        raise BadInput("No field was given.", "Write FIELD=TEXT, or --from FILE.")
    with unlocked(options) as session:
        case = worklist.open_case(session, worklist.find(session, options.case).id)
        opinion = opinions.open(session, case.id)
        if opinion.questions != case.questions:
            opinion = opinions.take_over_questions(session, opinion)
        for name, text in pairs:
            opinion = set_field(opinion, name, text)
        opinion = opinions.save(session, opinion)
    return Reply({"revision": opinion.revision, "set": len(pairs)}, (f"{len(pairs)} fields set.",))


def _from_file(path: str) -> list[tuple[str, str]]:
    try:
        content = json.loads(sys.stdin.read() if path == "-" else read_file(path))
    except ValueError as error:
        raise BadInput("The file is not JSON.", "Give an object of fields and texts.") from error
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise BadInput("The file is not an object of fields and texts.", "Every value must be text.")
    return list(content.items())


def _cite(options: argparse.Namespace) -> Reply:
    given = [bool(x) for x in (options.record, options.result, options.image, options.reference)]
    if sum(given) != 1:
        raise BadInput("A citation points to exactly one thing.", "Give --record, --result, --image or --reference.")
    with unlocked(options) as session:
        case = worklist.open_case(session, worklist.find(session, options.case).id)
        if options.record:
            citable = _record(session, case.id, options)
        elif options.result:
            citable = _result(session, case.id, options)
        elif options.image:
            citable = _image(session, case.id, options)
        else:
            citable = Citable(options.label or options.reference[:60], reference=options.reference)
        opinion = opinions.cite(session, case.id, options.anchor, citable)
    last = opinion.citations[-1]
    return Reply(last, (f"[{opinion.numbers()[last.id]}] {last.label} cited at {last.anchor}.",))


def _record(session: Session, case_id: CaseId, options: argparse.Namespace) -> Citable:
    record = session.vault.records.get(case_id, RecordId(options.record))
    place = RecordPlace(record.id, record.version, page=options.page, quote=options.quote)
    page = f", p. {options.page}" if options.page else ""
    return Citable(options.label or f"{record.title} {record.when.day}{page}", record=place)


def _result(session: Session, case_id: CaseId, options: argparse.Namespace) -> Citable:
    record = session.vault.records.get(case_id, RecordId(options.result))
    counted = [result for result in session.vault.results.all(case_id) if not result.retracted]
    found = [result for result in counted if result.record == record.id and result.component == options.component]
    if not found:
        raise NotFound("There is no such result that counts.", "`consilium labs` lists the results.")
    if options.trend:
        same = [result for result in counted if result.key == found[0].key]
        newest = max(same, key=lambda result: result.when.sort_key)
        version = session.vault.records.versions(case_id).get(newest.record, "")
        place = ResultPlace(newest.record, version, newest.component, newest.key, whole=True)
        return Citable(options.label or f"{short_name(newest.name)[0]}, {course(same)}", result=place)
    value = found[0].value.shown if found[0].value else found[0].absent
    place = ResultPlace(record.id, record.version, options.component, found[0].key)
    return Citable(options.label or f"{short_name(found[0].name)[0]} {found[0].when.day}: {value}", result=place)


def _image(session: Session, case_id: CaseId, options: argparse.Namespace) -> Citable:
    instance = session.vault.images.instance(case_id, InstanceUid(options.image))
    window = None
    if options.window:
        window = window_of(options.window)
    seen = f"series:{instance.series_uid}" in session.vault.views.all(case_id)
    place = ImagePlace(
        instance.study_uid, instance.series_uid, instance.uid, options.frame, window, personally_viewed=seen
    )
    return Citable(options.label or f"Image {instance.number}, frame {options.frame}", image=place)


def _uncite(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        opinion = opinions.open(session, case.id)
        if options.citation not in [citation.id for citation in opinion.citations]:
            raise NotFound("The opinion has no such citation.", "`consilium opinion show` lists them.")
        opinion = opinions.save(session, opinion.without_citation(CitationId(options.citation)))
    return Reply({"revision": opinion.revision}, ("The citation is taken away.",))


def _acknowledge(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        opinion = opinions.open(session, case.id)
        _require_advice(opinions.findings(session, case.id, opinion), options.rules)
        for rule in options.rules:
            opinion = opinions.acknowledge(opinion, rule)
        opinion = opinions.save(session, opinion)
    return Reply({"revision": opinion.revision, "acknowledged": options.rules}, ("Acknowledged.",))


def _require_advice(found: Sequence[Finding], rules: Sequence[str]) -> None:
    """Make sure that each rule advises something on this draft; what a rule demands cannot be acknowledged."""
    advice = sorted({finding.rule for finding in found if finding.severity is Severity.WARN})
    demands = {finding.rule for finding in found if finding.severity is Severity.BLOCK}
    for rule in rules:
        if rule in demands and rule not in advice:
            raise NotAllowed(f"{rule} keeps the opinion from being signed and cannot be acknowledged.", "Mend it.")
        if rule not in advice:
            given = f"Advice is given by: {', '.join(advice)}." if advice else "No advice is given on it now."
            raise BadInput(f"No rule “{rule}” advises anything on this draft.", given)


def _lint(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.find(session, options.case)
        found = opinions.findings(session, case.id)
    hinders = hindering(found)
    lines = [_finding_line(finding) for finding in found] or ["Nothing keeps this opinion from being signed."]
    facts = {"findings": found, "signable": not hinders}
    return Reply(facts, lines, Exit.REFUSED if hinders else Exit.DONE)


def _finding_line(finding: Finding) -> str:
    severity = "BLOCK" if finding.severity is Severity.BLOCK else "noted" if finding.acknowledged else "WARN "
    return f"{severity}  {finding.rule:<3} {finding.message}"
