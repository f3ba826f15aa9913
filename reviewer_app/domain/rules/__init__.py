"""The rules checked before an opinion is signed: each one small pure function with an id, a severity and a message.

`findings.py` has the types, one module per family has the rules, `check` runs them all.
"""

from __future__ import annotations

from reviewer_app.domain.rules import consent, contradiction, duties, evidence, form, outcome, questions, treatment
from reviewer_app.domain.rules.findings import Desk, Finding, Rule, Severity, hindering

__all__ = ["RULES", "Desk", "Finding", "Rule", "Severity", "check", "hindering"]

RULES: tuple[Rule, ...] = (
    *consent.RULES,
    *questions.RULES,
    *outcome.RULES,
    *evidence.RULES,
    *contradiction.RULES,
    *treatment.RULES,
    *duties.RULES,
    *form.RULES,
)


def check(desk: Desk) -> tuple[Finding, ...]:
    """Every finding on the opinion as it stands, what blocks first, in the order of the rules."""
    found = [finding for rule in RULES for finding in rule(desk)]
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.BLOCK))
