"""What the list shows of documents, reports, messages, requests, consents, forms and people."""

from __future__ import annotations

from reviewer_app.domain.patient import clean
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.disciplines import discipline
from reviewer_app.fhir.element import (
    Element,
    all_words,
    child,
    children,
    coded,
    codings,
    date,
    first,
    reference,
    references,
    shown_reference,
    text,
    words,
)
from reviewer_app.fhir.forms import questionnaire_text, response_text
from reviewer_app.fhir.narrative import plain
from reviewer_app.fhir.parts import Names, Parts, author_of, labelled, notes_of
from reviewer_app.fhir.patient import name_of


def document(content: Element, names: Names) -> Parts:
    """Description, kind and status; what it replaces."""
    status, progress = text(content, "status"), text(content, "docStatus")
    related = [f"{text(one, 'code')}:{reference(one, 'target')}" for one in children(content, "relatesTo")]
    context = child(content, "context")
    return Parts(
        title=clean(text(content, "description"))
        or words(child(content, "type"))
        or clean(text(child(first(content, "content"), "attachment"), "title")),
        when=date(context, "period") or date(content, "date"),
        status=status if status != "current" else (progress or status),
        body=(words(child(content, "type")), all_words(content, "category")),
        author=author_of(content, names),
        links=(*related, *(f"related:{ref}" for ref in references(context, "related"))),
    )


def composition(content: Element, names: Names) -> Parts:
    """Every section with its narrative."""
    sections = []
    for section in children(content, "section")[:200]:
        said = plain(text(child(section, "text"), "div"))
        heading = clean(text(section, "title"))
        sections.append(f"{heading}\n{said}" if said else heading)
    return Parts(
        clean(text(content, "title")), date(content, "date"), body=tuple(sections), author=author_of(content, names)
    )


def report(content: Element, names: Names) -> Parts:
    """Conclusion; linked images and results."""
    code = child(content, "code")
    codes = ", ".join(coded(one) for one in children(content, "conclusionCode"))
    return Parts(
        title=words(code),
        when=date(content, "effectiveDateTime", "effectivePeriod", "issued"),
        body=(text(content, "conclusion"), codes, notes_of(content)),
        author=author_of(content, names),
        links=(
            *(f"study:{ref}" for ref in references(content, "imagingStudy")),
            *(f"result:{ref}" for ref in references(content, "result")),
            f"discipline:{discipline(content, words(code), codings(code))}",
        ),
    )


def message(content: Element, names: Names) -> Parts:
    """The words of a message."""
    said = tuple(text(one, "contentString") for one in children(content, "payload"))
    return Parts(
        title=all_words(content, "category") or "Message",
        when=date(content, "sent", "received", "authoredOn"),
        body=(*said, notes_of(content)),
        author=author_of(content, names),
    )


def request(content: Element, names: Names) -> Parts:
    """What was ordered or assigned, and why."""
    return Parts(
        title=clean(text(content, "description")) or words(child(content, "code")),
        when=date(content, "authoredOn"),
        body=(all_words(content, "reasonCode"), text(content, "patientInstruction"), notes_of(content)),
        author=author_of(content, names),
    )


def task(content: Element, names: Names) -> Parts:
    """What was assigned, and why."""
    return Parts(
        title=clean(text(content, "description")) or words(child(content, "code")),
        when=date(content, "authoredOn"),
        until=date(child(child(content, "restriction"), "period"), "end"),
        body=(words(child(content, "reasonCode")), notes_of(content)),
        author=author_of(content, names),
    )


def consent(content: Element, _names: Names) -> Parts:
    """Kind and permitted period."""
    period = child(child(content, "provision"), "period")
    return Parts(
        title=all_words(content, "category") or "Consent",
        when=date(content, "dateTime"),
        until=date(period, "end"),
        body=labelled(Valid_from=date(period, "start").shown, Valid_until=date(period, "end").shown),
    )


def person(content: Element, names: Names) -> Parts:
    """Name, specialty and organisation."""
    kind = str(content.get("resourceType", ""))
    if kind == "PractitionerRole":
        who = names.get(reference(content, "practitioner"), "") or shown_reference(content, "practitioner")
        return Parts(who, body=(all_words(content, "specialty"), names.get(reference(content, "organization"), "")))
    title = name_of(Resource(kind, "x", "", "", dict(content), b""))
    qualified = ", ".join(words(child(one, "code")) for one in children(content, "qualification"))
    return Parts(title, body=(qualified,))


def questionnaire(content: Element, _names: Names) -> Parts:
    """The questions."""
    return Parts(clean(text(content, "title")), when=date(content, "date"), body=(questionnaire_text(content),))


def response(content: Element, names: Names) -> Parts:
    """Questions with their answers."""
    return Parts("Answered questionnaire", date(content, "authored"), body=(response_text(content, names),))
