"""Which results are microbiology or pathology, and what a laboratory says of a result beyond its place in a range.

Sources: HL7 v2 table 0074 (diagnostic service section), LOINC codes of pathology reports and names of cultures and
susceptibilities, HL7 v3 ObservationInterpretation.
"""

from __future__ import annotations

from collections.abc import Iterable

from reviewer_app.domain.lab import LOINC, Coding
from reviewer_app.fhir.element import Element, children, codings, text

MICROBIOLOGY, PATHOLOGY = "microbiology", "pathology"
_SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"
_SECTIONS = {
    **dict.fromkeys(("MB", "MCB", "MYC", "PAR", "VR"), MICROBIOLOGY),
    **dict.fromkeys(("PAT", "SP", "CP"), PATHOLOGY),
}
_REPORTS = {
    **dict.fromkeys(("18725-2",), MICROBIOLOGY),
    **dict.fromkeys(("11526-1", "22634-0", "60567-5", "60568-3"), PATHOLOGY),
}
_SIGNS = ("[susceptibility]", "identified in", "by culture")
"""Parts of LOINC names (property Susc; cultures) by which a single result is known."""
_MEANINGS = {
    "S": "susceptible", "I": "intermediate", "R": "resistant", "SDD": "susceptible, dose-dependent",
    "NS": "non-susceptible", "SYN-R": "synergy resistant", "SYN-S": "synergy susceptible", "POS": "positive",
    "NEG": "negative", "IND": "indeterminate", "E": "equivocal", "DET": "detected", "ND": "not detected",
    "RR": "reactive", "WR": "weakly reactive", "NR": "non-reactive", "UNE": "unexpected",
}  # fmt: skip


def discipline(content: Element, name: str, codes: Iterable[Coding]) -> str:
    """`microbiology`, `pathology`, or empty for everything else.

    Args:
        content: A DiagnosticReport or an Observation.
        name: Its code for people.
        codes: Its codes.
    """
    for category in children(content, "category"):
        if found := of_category(category):
            return found
    if found := next((_REPORTS[one.code] for one in codes if one.system == LOINC and one.code in _REPORTS), ""):
        return found
    said = name.casefold()
    if any(sign in said for sign in _SIGNS):
        return MICROBIOLOGY
    long_names = " ".join(one.display for one in codes).casefold()
    return MICROBIOLOGY if any(sign in long_names for sign in _SIGNS) else ""


def of_category(category: Element) -> str:
    """What one category says, by its code or by its words."""
    for one in children(category, "coding"):
        if text(one, "system") == _SECTION and (found := _SECTIONS.get(text(one, "code"))):
            return found
    said = text(category, "text").casefold()
    return next((known for known in (MICROBIOLOGY, PATHOLOGY) if known in said), "")


def meaning(content: Element) -> str:
    """What the laboratory says of a result beyond its place in a range: `resistant`; empty where it says nothing."""
    said: dict[str, None] = {}
    for concept in children(content, "interpretation"):
        for one in codings(concept):
            if one.code in _MEANINGS:
                said[_MEANINGS[one.code]] = None
    return ", ".join(said)
