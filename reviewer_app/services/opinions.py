"""Writing an opinion: open, save, cite, check."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from datetime import timedelta

from reviewer_app.domain import opinion as words
from reviewer_app.domain.case import Case
from reviewer_app.domain.dates import now
from reviewer_app.domain.forms import Form
from reviewer_app.domain.ids import CaseId, CitationId, InstanceUid, OpinionId
from reviewer_app.domain.opinion import Acknowledgement, Author, Citable, Opinion
from reviewer_app.domain.rules import Finding, check
from reviewer_app.errors import NotAllowed, NotFound, WrongPatient
from reviewer_app.services import blind, checking, citing, templates
from reviewer_app.services.session import Session

_NOTED_EVERY = timedelta(minutes=15)
"""A draft is saved every second of typing; the audit log says so this often."""


def open(session: Session, case_id: CaseId) -> Opinion:  # noqa: A001 - the verb of the desk: opinions.open
    """The latest draft, or an empty one with what the record says about the first opinion."""
    latest = session.vault.opinions.latest(case_id)
    case = session.vault.cases.get(case_id)
    if latest is None:
        latest = words.begin(OpinionId(str(uuid.uuid4())), case, now())
    return _with_form(session, case, latest) if case.opinion_form and case.state.writable else latest


def _with_form(session: Session, case: Case, opinion: Opinion) -> Opinion:
    """The draft with the programme's form as it came last, and the answers it has so far."""
    newest = templates.form(session, case)
    return opinion if newest == Form() else replace(opinion, form=opinion.form.taken_over(newest))


def save(session: Session, opinion: Opinion) -> Opinion:
    """Keep a snapshot; what is returned has the revision to base the next one on.

    Raises:
        NotAllowed: The case is not in a state in which its opinion may be written.
        DraftConflict: Another window saved in between; both versions are kept.
        DiskFull: Nothing was saved; the text stays on screen.
    """
    state = session.vault.cases.get(opinion.case).state
    if not state.writable:
        raise NotAllowed(f"The opinion cannot be changed: the case is {state.shown}.", "Your text stays as it is.")
    if opinion.revision == 0:
        checking.note_records(session, opinion.case)
    kept = session.vault.opinions.save(opinion, opinion.revision)
    last = session.vault.audit.last("draft saved", opinion.case)
    if last is None or not timedelta() <= now() - last < _NOTED_EVERY:
        session.vault.audit.append("draft saved", opinion.case, str(kept.revision))
    return kept


def cite(session: Session, case_id: CaseId, anchor: str, citable: Citable) -> Opinion:
    """Put a citation into the latest draft and save it."""
    return save(session, with_citation(session, open(session, case_id), anchor, citable))


def with_citation(session: Session, opinion: Opinion, anchor: str, citable: Citable) -> Opinion:
    """The opinion with one more citation, after making sure that what is cited belongs to the case.

    Raises:
        BadInput: The opinion has no such place, or the document no such page; the advice says what is possible.
        NotFound: The record, result or image is not in this case.
        NotAllowed: It states the first opinion, which is kept back.
        WrongPatient: The image is not shown to be this patient's, or the record could not be read as this patient's.
    """
    citing.require_anchor(opinion, anchor)
    _require_ours(session, opinion.case, citable)
    if citable.record is not None:
        citing.require_page(session, opinion.case, citable.record)
    if citable.image is not None:
        citing.require_window(citable.image)
    identifier = CitationId(secrets.token_hex(4))
    return opinion.with_citation(citable.as_citation(identifier, anchor, now()))


def _require_ours(session: Session, case_id: CaseId, citable: Citable) -> None:
    if citable.record is not None:
        blind.require_shown(session, case_id, citable.record.record)
    if citable.record is not None and session.vault.records.get(case_id, citable.record.record).unreadable:
        raise WrongPatient(
            "This record could not be read and cannot be cited.", "Ask the case manager for another copy."
        )
    if citable.result is not None:
        session.vault.records.get(case_id, citable.result.record)
    if citable.image is not None:
        instance = session.vault.images.instance(case_id, InstanceUid(citable.image.instance))
        frames = instance.pixels.frames if instance.pixels else 1
        if instance.series_uid != citable.image.series or not 1 <= citable.image.frame <= frames:
            raise NotFound("The image has no such frame.", "Choose a frame that is shown.")
        series = next(
            (
                s
                for study in session.vault.images.studies(case_id)
                for s in study.series
                if s.uid == instance.series_uid
            ),
            None,
        )
        if series is not None and series.mismatch:
            raise WrongPatient(
                f"This image cannot be cited: {series.mismatch}.",
                "Tell the case manager that the study may be another patient's.",
            )


def take_over_questions(session: Session, opinion: Opinion) -> Opinion:
    """The opinion with the questions as the last sync brought them; answers to questions that are gone are kept."""
    return replace(opinion, questions=session.vault.cases.get(opinion.case).questions)


def acknowledge(opinion: Opinion, rule: str, reason: str = "", *, anchor: str = "", said: str = "") -> Opinion:
    """The opinion with one advice read and not followed: at one place in one wording, or all of a rule."""
    return opinion.with_acknowledgement(Acknowledgement(rule, now(), reason, anchor, said))


def findings(session: Session, case_id: CaseId, opinion: Opinion | None = None) -> tuple[Finding, ...]:
    """What the rules say about the draft (or about unsaved text, where it is given)."""
    return check(checking.desk(session, case_id, opinion or open(session, case_id)))


def author(session: Session) -> Author:
    """Who signs, as entered in the profile."""
    return session.vault.profile.author()


def set_author(session: Session, value: Author) -> None:
    """Keep who signs."""
    session.vault.profile.set_author(value)
