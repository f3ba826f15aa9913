"""The programme's own Questionnaire: asked beside the letter, answered back under the same linkIds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.forms import Asks, Form
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.errors import BadInput
from reviewer_app.fhir import opinion_form, readable
from reviewer_app.fhir.forms import form_of
from reviewer_app.services import opinions
from reviewer_app.ui.opinion.page_parts import form as form_blocks
from tests.desks import CASE_ID, open_session

URL = "https://example.org/second-opinion/Questionnaire/opinion"
ROUTE = "https://example.org/CodeSystem/route"
QUESTIONNAIRE = {
    "resourceType": "Questionnaire",
    "id": "form1",
    "url": URL,
    "version": "1.0.0",
    "title": "Tumour board sheet",
    "status": "active",
    "item": [
        {"linkId": "outcome", "text": "Outcome", "type": "choice"},
        {"linkId": "intro", "text": "Please answer all.", "type": "display"},
        {"linkId": "fit", "text": "Fit for surgery?", "type": "boolean", "required": True},
        {
            "linkId": "board",
            "text": "Tumour board",
            "type": "group",
            "item": [
                {"linkId": "board.date", "text": "Held on", "type": "date"},
                {
                    "linkId": "board.route",
                    "text": "Route",
                    "type": "choice",
                    "answerOption": [
                        {"valueCoding": {"system": ROUTE, "code": "iv", "display": "Intravenous"}},
                        {"valueString": "By mouth"},
                    ],
                },
                {"linkId": "board.ecog", "text": "ECOG", "type": "integer"},
                {"linkId": "board.size", "text": "Largest lesion, cm", "type": "decimal"},
                {"linkId": "board.why", "text": "Reasons", "type": "text"},
            ],
        },
    ],
}
ANSWERS = {"fit": "no", "board.date": "2026-11-20", "board.route": "Intravenous", "board.ecog": "1",
           "board.size": "2.50", "board.why": "Frail."}  # fmt: skip


@pytest.fixture
def session(tmp_path):
    Questionnaire.model_validate(QUESTIONNAIRE)
    session = open_session(tmp_path / "home", opinion_form=f"{URL}|1.0.0")
    keep(session, QUESTIONNAIRE)
    yield session
    session.close()


def keep(session, content: dict, version: str = "1") -> None:
    record = Record(RecordId("Questionnaire/form1"), version, RecordClass.OTHER, "Form", PartialDate())
    session.vault.records.put(CASE_ID, record, json.dumps(content).encode())


def answered(session):
    opinion = opinions.open(session, CASE_ID)
    for link, text in ANSWERS.items():
        opinion = set_field(opinion, f"form.{link}", text)
    return opinion


def test_the_form_of_the_programme_is_asked_beside_the_letter(session):
    form = opinions.open(session, CASE_ID).form
    assert [(item.link, item.asks) for item in form.items] == [
        ("fit", Asks.YES_NO), ("board.date", Asks.DATE), ("board.route", Asks.CHOICE), ("board.ecog", Asks.INTEGER),
        ("board.size", Asks.DECIMAL), ("board.why", Asks.TEXT),
    ]  # fmt: skip
    first, board = form_blocks(opinions.open(session, CASE_ID))
    assert (first.title, board.title) == ("Tumour board sheet", "Tumour board")
    assert [words for _code, words in board.fields[1].choices] == ["Intravenous", "By mouth"]


def test_answers_go_back_under_the_same_link_ids(session):
    items = opinion_form.items(answered(session), lambda _cited: [])
    by_link = {item["linkId"]: item for item in items}
    assert by_link["fit"]["answer"] == [{"valueBoolean": False}]
    inside = {item["linkId"]: item["answer"][0] for item in by_link["board"]["item"]}
    assert inside["board.date"] == {"valueDate": "2026-11-20"}
    assert inside["board.route"] == {"valueCoding": {"system": ROUTE, "code": "iv", "display": "Intravenous"}}
    assert inside["board.ecog"] == {"valueInteger": 1}
    assert str(inside["board.size"]["valueDecimal"]) == "2.50"
    assert inside["board.why"] == {"valueString": "Frail."}
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": URL, "item": items}
    QuestionnaireResponse.model_validate(response)


def test_a_plain_choice_and_yes_go_back_as_such(session):
    opinion = set_field(set_field(answered(session), "form.board.route", "By mouth"), "form.fit", "yes")
    by_link = {item["linkId"]: item for item in opinion_form.items(opinion, lambda _cited: [])}
    assert by_link["board"]["item"][1]["answer"] == [{"valueString": "By mouth"}]
    assert by_link["fit"]["answer"] == [{"valueBoolean": True}]


def test_what_is_required_or_unreadable_keeps_the_letter_from_being_signed(session):
    opinion = opinions.open(session, CASE_ID)

    def said(draft) -> set[str]:
        found = opinions.findings(session, CASE_ID, draft)
        return {one.message for one in found if one.anchor.startswith("form:")}

    assert said(opinion) == {"“Fit for surgery?” is not answered."}
    wrong = answered(session)
    for link, text in (("board.date", "soon"), ("board.ecog", "1.5")):
        wrong = set_field(wrong, f"form.{link}", text)
    assert said(wrong) == {"“Held on” needs a day such as 2026-11-22.", "“ECOG” needs a whole number."}
    assert said(answered(session)) == set()
    with pytest.raises(BadInput, match="no answer"):
        set_field(opinion, "form.board.route", "rectal")
    with pytest.raises(BadInput, match="no field"):
        set_field(opinion, "form.none", "x")


def test_a_newer_form_keeps_the_answers_it_still_asks_for(session):
    opinions.save(session, answered(session))
    keep(session, {**QUESTIONNAIRE, "item": QUESTIONNAIRE["item"][2:3]}, "2")
    form = opinions.open(session, CASE_ID).form
    assert [(item.link, item.answer) for item in form.items] == [("fit", "no")]


def test_the_form_stands_in_the_readable_opinion(session):
    sections = readable.sections(answered(session), (), {}, [])
    (section,) = [one for one in sections if one["title"] == "Tumour board sheet"]
    assert "Fit for surgery?: no" in section["text"]["div"]
    assert "Route: Intravenous" in section["text"]["div"]


def test_a_form_with_loops_of_groups_or_without_items_is_no_form():
    assert form_of({"url": URL}, frozenset()).items == ()
    deep: dict = {"linkId": "x", "type": "string", "text": "X"}
    for level in range(40):
        deep = {"linkId": f"g{level}", "type": "group", "text": "G", "item": [deep]}
    assert form_of({"item": [deep]}, frozenset()).items == ()
    assert Form().taken_over(replace(Form(), title="T")).title == "T"
