"""What the list shows of conditions, medications, procedures, results and the other clinical types."""

from __future__ import annotations

from reviewer_app.domain.lab import Result
from reviewer_app.domain.patient import clean
from reviewer_app.fhir.decode import Resource
from reviewer_app.fhir.element import (
    Element,
    all_words,
    child,
    children,
    date,
    flag,
    number,
    quantity,
    reference,
    references,
    shown_reference,
    text,
    words,
)
from reviewer_app.fhir.imaging import accession, modalities, study_uid
from reviewer_app.fhir.parts import Names, Parts, author_of, labelled, notes_of
from reviewer_app.fhir.results import results


def condition(content: Element, _names: Names) -> Parts:
    """Diagnosis with severity, stage, site and onset."""
    sites, severity = all_words(content, "bodySite"), words(child(content, "severity"))
    stages = ", ".join(words(child(stage, "summary")) for stage in children(content, "stage"))
    onset = text(content, "onsetString") or quantity(child(content, "onsetAge"))
    return Parts(
        title=words(child(content, "code")),
        when=date(content, "onsetDateTime", "onsetPeriod", "recordedDate"),
        until=date(content, "abatementDateTime", "abatementPeriod"),
        body=(*labelled(Severity=severity, Stage=stages, Site=sites, Onset=onset), notes_of(content)),
    )


def medication(content: Element, names: Names) -> Parts:
    """What is or was taken, how, since when and why it ended."""
    title = words(child(content, "medicationCodeableConcept")) or _referenced_medication(content, names)
    doses = [_dosage(one) for name in ("dosageInstruction", "dosage") for one in _list(content, name)]
    period = child(child(content, "dispenseRequest"), "validityPeriod")
    reasons = all_words(content, "reasonCode")
    stopped = content.get("statusReason")
    why = words(stopped) if isinstance(stopped, dict) else all_words(content, "statusReason")
    return Parts(
        title=title or words(child(content, "code")),
        when=date(period, "start")
        or date(content, "effectiveDateTime", "effectivePeriod", "authoredOn", "whenHandedOver", "dateAsserted"),
        until=date(period, "end") or date(child(content, "effectivePeriod"), "end"),
        body=(*doses, *labelled(Reason=reasons, Stopped_because=why), notes_of(content)),
    )


def _list(content: Element, name: str) -> list[Element]:
    given = content.get(name)
    return [given] if isinstance(given, dict) else children(content, name)


def _referenced_medication(content: Element, names: Names) -> str:
    ref = reference(content, "medicationReference")
    if ref.startswith("#"):
        for contained in children(content, "contained"):
            if text(contained, "id") == ref[1:]:
                return words(child(contained, "code"))
    return shown_reference(content, "medicationReference") or names.get(ref, "")


def _dosage(dosage: Element) -> str:
    if said := clean(text(dosage, "text")):
        return said
    doses = [quantity(child(one, "doseQuantity")) for one in children(dosage, "doseAndRate")]
    doses = [dose for dose in doses or [quantity(child(dosage, "dose"))] if dose]
    timing = child(dosage, "timing")
    repeat = child(timing, "repeat")
    often = words(child(timing, "code"))
    if not often and repeat:
        often = f"{number(repeat, 'frequency') or '1'} x every {number(repeat, 'period')} {text(repeat, 'periodUnit')}"
    needed = "as needed" if flag(dosage, "asNeededBoolean") else words(child(dosage, "asNeededCodeableConcept"))
    return ", ".join(part for part in (*doses, often, words(child(dosage, "route")), needed) if part)


def allergy(content: Element, _names: Names) -> Parts:
    """Substance, criticality and reactions."""
    reactions = [
        ", ".join(part for part in (all_words(one, "manifestation"), text(one, "severity")) if part)
        for one in children(content, "reaction")
    ]
    return Parts(
        title=words(child(content, "code")),
        when=date(content, "onsetDateTime", "recordedDate"),
        body=(*labelled(Criticality=text(content, "criticality")), *reactions, notes_of(content)),
    )


def procedure(content: Element, names: Names) -> Parts:
    """What was done, with outcome and site."""
    return Parts(
        title=words(child(content, "code")),
        until=date(child(content, "performedPeriod"), "end"),
        body=(
            *labelled(Outcome=words(child(content, "outcome")), Site=all_words(content, "bodySite")),
            text(content, "performedString"),
            all_words(content, "reasonCode"),
            notes_of(content),
        ),
        author=author_of(content, names),
        links=tuple(f"report:{ref}" for ref in references(content, "report")),
    )


def encounter(content: Element, _names: Names) -> Parts:
    """Kind and period of a contact."""
    kind = all_words(content, "type") if isinstance(content.get("type"), list) else ""
    sort = child(content, "class") if isinstance(content.get("class"), dict) else {}
    return Parts(
        title=kind or text(sort, "display") or text(sort, "code") or text(content, "description"),
        when=date(content, "period", "start"),
        until=date(child(content, "period"), "end"),
        body=(all_words(content, "reasonCode"),),
    )


def immunisation(content: Element, _names: Names) -> Parts:
    """The vaccine."""
    return Parts(words(child(content, "vaccineCode")), body=(notes_of(content),))


def family(content: Element, _names: Names) -> Parts:
    """Relation and conditions."""
    relation = words(child(content, "relationship"))
    lines = []
    for one in children(content, "condition"):
        age = quantity(child(one, "onsetAge")) or text(one, "onsetString")
        outcome = words(child(one, "outcome"))
        lines.append(
            "; ".join(part for part in (words(child(one, "code")), age and f"onset at {age}", outcome) if part)
        )
    found = ", ".join(words(child(one, "code")) for one in children(content, "condition"))
    return Parts(f"{relation}: {found}" if found else relation, body=(*lines, notes_of(content)))


def observation(content: Element, names: Names) -> Parts:
    """Value, or one line a component, with ranges."""
    return observed(content, results(Resource("Observation", "x", "", "", dict(content), b""), names))


def observed(content: Element, made: tuple[Result, ...]) -> Parts:
    """As `observation`, of results that were read already."""
    lines = []
    for one in made:
        said = one.value.shown if one.value else f"no value: {one.absent}" if one.absent else ""
        limits = f"   ({one.ranges[0].shown})" if one.ranges else ""
        lines.append(f"{one.name}: {said}{limits}" if one.component else f"{said}{limits}")
    return Parts(
        title=words(child(content, "code")),
        when=date(content, "effectiveDateTime", "effectivePeriod", "effectiveInstant", "issued"),
        body=(*lines, *(one.note for one in made[:1])),
        author=made[0].performer if made else "",
        links=tuple(f"member:{ref}" for ref in references(content, "hasMember")),
    )


def imaging(content: Element, _names: Names) -> Parts:
    """Description, modalities and counts."""
    images, series = number(content, "numberOfInstances"), number(content, "numberOfSeries")
    counted = f"{series or '?'} series, {images or '?'} images" if images or series else ""
    return Parts(
        title=clean(text(content, "description")) or ", ".join(modalities(content)),
        body=(", ".join(modalities(content)), counted, all_words(content, "reasonCode"), notes_of(content)),
        links=(f"study-uid:{study_uid(content)}", f"accession:{accession(content)}"),
    )
