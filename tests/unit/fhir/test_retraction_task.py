"""A retraction is asked for by its author and confirmed by somebody else."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.task import Task

from reviewer_app.domain.circumstances import AmendmentKind, Withdrawn
from reviewer_app.fhir import tasks
from tests.desks import at_noon, case

AUTHOR, DIRECTOR = {"reference": "Practitioner/author"}, {"reference": "Practitioner/director", "display": "Dr. Lind"}


def requested() -> dict:
    made = tasks.addendum(case(), AmendmentKind.RETRACTION, "u", at_noon(), "Practitioner/author", "Practitioner/pm")
    Task.model_validate(made)
    return made


def test_delivering_a_retraction_only_asks_for_it():
    made = requested()
    assert (made["status"], made["owner"]) == ("requested", {"reference": "Practitioner/pm"})
    assert tasks.retraction(made, "Task/t1").state is Withdrawn.REQUESTED
    others = tasks.addendum(case(), AmendmentKind.CORRECTION, "u", at_noon(), "Practitioner/author", "Practitioner/pm")
    assert (others["status"], others["owner"]) == ("completed", AUTHOR)


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"status": "completed", "owner": DIRECTOR}, Withdrawn.CONFIRMED),
        ({"status": "completed", "owner": AUTHOR}, Withdrawn.REQUESTED),
        ({"status": "completed", "owner": {}}, Withdrawn.REQUESTED),
        ({"status": "in-progress", "owner": DIRECTOR}, Withdrawn.REQUESTED),
        ({"status": "rejected", "owner": DIRECTOR, "statusReason": {"text": "It stands."}}, Withdrawn.REFUSED),
    ],
)
def test_it_holds_only_once_another_person_completed_it(changed, state):
    found = tasks.retraction({**requested(), **changed}, "Task/t1")
    assert found is not None
    assert found.state is state
    if state is not Withdrawn.REQUESTED:
        assert "Dr. Lind" in found.said


def test_a_task_of_another_case_or_kind_says_nothing_of_it():
    assert tasks.retraction(requested(), "Task/other") is None
    assert tasks.retraction({**requested(), "code": {"text": "Fulfil"}}, "Task/t1") is None
