"""Delivering a signed opinion: every resource once, the Task last, then read back until it is seen to be there.

Order: PDF as Binary and DocumentReference, answers, structured opinion, readable opinion, provenance, Task.  Delivered
means: exactly one document of this digest, its bytes equal to the signed ones, and the Task pointing to it.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from reviewer_app.domain.case import Case
from reviewer_app.domain.circumstances import AmendmentKind
from reviewer_app.domain.delivery import OutboxEntry, OutboxState, SignedOpinion
from reviewer_app.domain.ids import StudyUid
from reviewer_app.domain.states import CaseState
from reviewer_app.errors import BrokenAnswer, NotFound, ServerRefused
from reviewer_app.fhir import decode, delivery, systems, tasks
from reviewer_app.fhir.client import SearchUnsupported
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.delivery import Letter, Piece
from reviewer_app.fhir.element import child, first, reference, relative, text
from reviewer_app.fhir.readable import Lists
from reviewer_app.services import acts, amending, own_records
from reviewer_app.services.push_task import Blocked, author_ref, fetch_task, finish, write_task
from reviewer_app.services.rounds import Round

_NO_CONDITION = (400, 405, 422, 501)
"""How servers answer that cannot create conditionally by this parameter."""


def deliver(turn: Round, entry: OutboxEntry, case: Case) -> None:
    """Send, then read back.

    Raises:
        Blocked: The server's Task is closed or somebody else's, it holds the opinion more than once, or the patient
            took the consent back.
        ServerRefused: The server refused a resource, in its words.
        BrokenAnswer: What was read back is not what was signed; it is sent and read again at the next round.
        NotFound: The signed opinion is not in the vault any more.
    """
    vault = turn.session.vault
    if case.consent is not None and case.consent.withdrawn:
        raise Blocked("The patient took the consent back: the signed opinion stays sealed on this machine.")
    signed = _signed(turn, entry)
    pdf = vault.opinions.pdf(signed)
    state = CaseState.IN_QUALITY if turn.server.quality_review else CaseState.RELEASED
    letter = _letter(turn, case, signed, len(pdf), acts.delivery_of(entry).records)
    if letter.opinion.amends.kind is not None:
        _amend(turn, entry, case, signed, letter, pdf)
        return
    task = fetch_task(turn, case)
    if not _delivered(task, state) and (problem := tasks.problem(task.content, case.owner)):
        raise Blocked(problem)
    outputs = _send(turn, letter, pdf)

    def changed(task: Resource) -> dict[str, Any] | None:
        if tasks.carries(task.content, state) and all(tasks.output(task.content, name) for name in outputs):
            return None
        moved = tasks.moved(decode.editable(task.raw), state, signed.signed_at, author=letter.author)
        return tasks.with_outputs(moved, outputs)

    version = write_task(turn, case, changed)
    vault.outbox.set(entry.id, OutboxState.ACKNOWLEDGED)
    _read_back(turn, signed)
    _move_case(turn, case, state)
    finish(turn, entry, case, version)
    vault.audit.append("delivered", case.id, signed.sha256)
    turn.tally.delivered += 1


def _amend(turn: Round, entry: OutboxEntry, case: Case, signed: SignedOpinion, letter: Letter, pdf: bytes) -> None:
    """A letter that follows a released one: resources that point to the original, and a Task of its own."""
    vault, kind = turn.session.vault, letter.opinion.amends.kind
    assert kind is not None
    task = fetch_task(turn, case)
    found = _documents(turn, letter.opinion.amends.sha256)
    letter = replace(
        letter,
        final=kind is not AmendmentKind.RETRACTION,
        original_opinion=tasks.output(task.content, "opinion"),
        original_pdf=str(found[0].ref) if found else "",
    )
    outputs = _send(turn, letter, pdf)
    identifier = delivery.own_id(letter, "addendum")
    manager = reference(task.content, "requester")
    made = tasks.addendum(case, kind, identifier, signed.signed_at, letter.author, manager)
    search = delivery.identifier_search(f"urn:uuid:{identifier}")
    asked = ensure(turn, Piece("", tasks.with_outputs(made, outputs), search, identifier))
    if kind is AmendmentKind.RETRACTION:
        amending.note_retraction(turn.session, case.id, asked)
        own_records.note(turn.session, case.id, (asked,))
    vault.outbox.set(entry.id, OutboxState.ACKNOWLEDGED)
    _read_back(turn, signed)
    vault.cases.put(replace(vault.cases.get(case.id), state=CaseState.RELEASED))
    finish(turn, entry, case, task.version)
    vault.audit.append("delivered", case.id, signed.sha256)
    turn.tally.delivered += 1


def _delivered(task: Resource, state: CaseState) -> bool:
    """Whether the Task carries our delivery already: then it may be closed by our own, unanswered write."""
    return tasks.carries(task.content, state) and bool(tasks.output(task.content, "signed-pdf"))


def _signed(turn: Round, entry: OutboxEntry) -> SignedOpinion:
    act = acts.delivery_of(entry)
    signed = turn.session.vault.opinions.signed(entry.case)
    if signed is None or signed.sha256 != act.pdf_sha256:
        raise NotFound("The signed opinion that was to be delivered is not here any more.", "Sign again.")
    return signed


def _letter(turn: Round, case: Case, signed: SignedOpinion, size: int, records: Lists) -> Letter:
    vault = turn.session.vault
    studies = {}
    for record in vault.records.all(case.id):
        for link in record.links:
            kind, _, value = link.partition(":")
            if kind == "study-uid" and not record.unreadable:
                studies[StudyUid(value)] = str(record.id)
    opinion = vault.opinions.at(case.id, signed.revision)
    return Letter(
        case=case,
        opinion=opinion,
        pdf_sha256=signed.sha256,
        size=size,
        signed_at=signed.signed_at,
        author=author_ref(turn, case),
        final=not turn.server.quality_review,
        studies=studies,
        records=records,
    )


def _send(turn: Round, letter: Letter, pdf: bytes) -> dict[str, str]:
    """Every resource, each there once; references by output name."""
    held = _documents(turn, letter.pdf_sha256)
    if held:
        outputs = {"signed-pdf": str(held[0].ref)}
    else:
        turn.job.check()
        stored = turn.client.create(delivery.binary(pdf), "", turn.job)
        outputs = {"signed-pdf": ensure(turn, delivery.document(letter, stored.ref))}
    answers, structured = delivery.answers(letter), delivery.structured(letter)
    for piece in (answers, structured):
        outputs[piece.name] = ensure(turn, piece)
    readable = delivery.composition(letter, outputs)
    outputs[readable.name] = ensure(turn, readable)
    ensure(turn, delivery.provenance(letter, tuple(outputs.values()), outputs["signed-pdf"]))
    told = [ensure(turn, piece) for piece in delivery.alerts(letter)]
    own_records.note(turn.session, letter.case.id, (*outputs.values(), *told))
    return outputs


def ensure(turn: Round, piece: Piece) -> str:
    """The reference of a resource that is there once now, whether by this call or by an earlier one.

    A server that cannot create conditionally by our parameter is given an id made from the opinion instead: writing
    that twice leaves one as well.
    """
    turn.job.check()
    kind = str(piece.content["resourceType"])
    try:
        return turn.client.create(piece.content, piece.search, turn.job).ref
    except ServerRefused as error:
        if error.status not in _NO_CONDITION:
            raise
        refused = error
    ref = f"{kind}/{piece.fixed_id}"
    try:
        return turn.client.put(ref, {**piece.content, "id": piece.fixed_id}, turn.job).ref
    except ServerRefused:
        raise refused from None


def _documents(turn: Round, sha256: str) -> list[Resource]:
    """Documents the server finds by the digest of the PDF."""
    value = delivery.hash_uri(sha256)
    query = {"identifier": f"{systems.URI}|{value}"}
    found = []
    try:
        for page in turn.client.search("DocumentReference", query, turn.job, must="identifier"):
            found += [decode.resource(body) for body in page.resources]
    except SearchUnsupported as error:
        raise Blocked("The server cannot find documents by identifier, so delivery cannot be proved.") from error
    return [one for one in found if text(one.content, "status") != "entered-in-error"]


def _read_back(turn: Round, signed: SignedOpinion) -> None:
    found = _documents(turn, signed.sha256)
    if len(found) > 1:
        raise Blocked(f"The server holds this opinion {len(found)} times: a person decides.")
    if not found:
        raise BrokenAnswer("The server does not show the delivered opinion yet.", "It is looked for again.")
    url = text(child(first(found[0].content, "content"), "attachment"), "url")
    digests = [signed.sha256]
    for _ in range(2):
        content, _type = turn.client.document(url if "://" in url else relative(url), turn.job)
        digests.append(hashlib.sha256(content).hexdigest())
        if digests[-1] == signed.sha256:
            return
    if digests[1] == digests[2]:
        raise Blocked("The PDF on the server is not the one that was signed: a person decides.")
    raise BrokenAnswer("The delivered opinion could not be read back whole.", "It is read again at the next sync.")


def _move_case(turn: Round, case: Case, state: CaseState) -> None:
    vault = turn.session.vault
    current = vault.cases.get(case.id)
    if current.state in (CaseState.SIGNED, CaseState.IN_REVIEW, CaseState.ACCEPTED, CaseState.RETURNED):
        vault.cases.put(replace(current, state=state))
