"""Fields of the programme's form that depend on other answers, take several, or choose from a list beside the form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from reviewer_app.domain.asked import asked
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.fields import set_field
from reviewer_app.domain.forms import Asks, Form
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.outcome import DiagnosisRelation, Outcome, TreatmentRelation
from reviewer_app.domain.passages import passages
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.errors import BadInput
from reviewer_app.fhir import decode, opinion_form, readable, value_sets
from reviewer_app.fhir.forms import form_of
from reviewer_app.services import opinions
from reviewer_app.ui.opinion import page_parts
from tests.desks import CASE_ID, open_session

URL = "https://example.org/second-opinion/Questionnaire/board"
SITES = "https://example.org/ValueSet/sites"
BODY = "http://snomed.info/sct"


def item(link: str, kind: str = "string", **more) -> dict:
    return {"linkId": link, "text": link.capitalize(), "type": kind, **more}


def when(question: str, operator: str, **answer) -> dict:
    return {"question": question, "operator": operator, **answer}


def form(*items: dict, lists=None, **more) -> Form:
    content = {"resourceType": "Questionnaire", "status": "active", "url": URL, "item": list(items), **more}
    Questionnaire.model_validate(content)
    return form_of(decode.json_object(json.dumps(content).encode()), frozenset(), lists or {})


def answered(made: Form, **answers: str) -> Form:
    for link, text in answers.items():
        made = made.with_answer(link, text)
    return made


def links(made: Form, **beside) -> list[str]:
    return [one.link for one in made.asked(beside)]


@pytest.mark.parametrize(
    ("kind", "condition", "met", "unmet"),
    [
        ("boolean", when("a", "=", answerBoolean=True), ["yes"], ["no", ""]),
        ("boolean", when("a", "=", answerBoolean=False), ["no"], ["yes", ""]),
        ("boolean", when("a", "!=", answerBoolean=True), ["no", ""], ["yes"]),
        ("string", when("a", "exists", answerBoolean=True), ["x"], ["", " "]),
        ("string", when("a", "exists", answerBoolean=False), [""], ["x"]),
        ("integer", when("a", "=", answerInteger=2), ["2", "2.0", "+2"], ["3", "", "two"]),
        ("integer", when("a", ">", answerInteger=2), ["3", "10"], ["2", "-5", ""]),
        ("integer", when("a", ">=", answerInteger=2), ["2", "10"], ["1", ""]),
        ("decimal", when("a", "<", answerDecimal=2.5), ["2.49", "-3"], ["2.5", "2.50", "10"]),
        ("decimal", when("a", "<=", answerDecimal=2.5), ["2.50"], ["2.51", "", "small"]),
        ("decimal", when("a", "!=", answerDecimal=2.5), ["2.4", ""], ["2.50"]),
        (
            "date",
            when("a", ">", answerDate="2026-03-01"),
            ["2026-03-02", "2027"],
            ["2026-03-01", "2026-03", "", "soon"],
        ),
        ("date", when("a", "<=", answerDate="2026-03-01"), ["2026-03-01", "2025"], ["2026-03-02", ""]),
        ("date", when("a", "=", answerDate="2026-03-01"), ["2026-03-01"], ["2026-03-02", "2026-03"]),
        ("string", when("a", "=", answerString="Left"), ["Left"], ["left side", ""]),
    ],
)
def test_a_field_is_asked_exactly_while_its_condition_holds(kind, condition, met, unmet):
    made = form(item("a", kind), item("b", enableWhen=[condition]))
    assert [text for text in met if "b" not in links(answered(made, a=text))] == []
    assert [text for text in unmet if "b" in links(answered(made, a=text))] == []


def test_a_code_is_compared_with_its_system_and_any_of_several_answers_is_enough():
    options = [{"valueCoding": {"system": BODY, "code": code, "display": words}} for code, words in
               (("76752008", "Breast"), ("39607008", "Lung"), ("10200004", "Liver"))]  # fmt: skip
    made = form(
        item("site", "choice", repeats=True, answerOption=options),
        item("liver", enableWhen=[when("site", "=", answerCoding={"system": BODY, "code": "10200004"})]),
        item("other", enableWhen=[when("site", "=", answerCoding={"system": "urn:x", "code": "10200004"})]),
        item("no-lung", enableWhen=[when("site", "!=", answerCoding={"system": BODY, "code": "39607008"})]),
    )
    assert links(answered(made, site="Breast\nLiver")) == ["site", "liver", "no-lung"]
    assert links(answered(made, site="39607008")) == ["site"]


def test_all_or_any_of_several_conditions_as_the_form_says():
    conditions = [when("a", "=", answerBoolean=True), when("b", "=", answerBoolean=True)]
    for behaviour, one, both in (("all", False, True), ("any", True, True)):
        made = form(
            item("a", "boolean"), item("b", "boolean"), item("c", enableWhen=conditions, enableBehavior=behaviour)
        )
        assert ("c" in links(answered(made, a="yes"))) is one
        assert ("c" in links(answered(made, a="yes", b="yes"))) is both


def test_what_stands_below_something_hidden_is_hidden_and_its_answers_open_nothing():
    made = form(
        item("a", "boolean"),
        item("g", "group", enableWhen=[when("a", "=", answerBoolean=True)], item=[item("b", item=[item("c")])]),
        item("d", enableWhen=[when("c", "exists", answerBoolean=True)]),
    )
    full = answered(made, a="yes", b="x", c="y")
    assert links(full) == ["a", "b", "c", "d"]
    assert links(answered(full, a="no")) == ["a"]


def test_a_circle_of_conditions_ends_and_a_condition_nobody_can_read_hides_nothing():
    round_about = form(
        item("a", enableWhen=[when("b", "exists", answerBoolean=True)]),
        item("b", enableWhen=[when("a", "exists", answerBoolean=True)]),
    )
    assert links(answered(round_about, a="x", b="y")) == []
    strange = {"url": URL, "item": [item("a", required=True, enableWhen=[{"question": "z", "operator": "~"}])]}
    (field,) = form_of(strange, frozenset()).asked()
    assert not field.required


def test_hidden_answers_stay_in_the_draft_and_are_neither_sent_nor_printed_nor_checked(tmp_path):
    session = open_session(tmp_path / "home")
    made = form(
        item("fit", "boolean", required=True),
        item("why", "text", required=True, enableWhen=[when("fit", "=", answerBoolean=False)]),
        title="Board",
    )
    draft = replace(opinions.open(session, CASE_ID), form=answered(made, fit="no", why="Too frail TODO"))
    hidden = set_field(draft, "form.fit", "yes")

    def sent(opinion) -> list[str]:
        return [one["linkId"] for one in opinion_form.items(opinion, lambda _cited: [])]

    def findings(opinion) -> set[str]:
        return {one.anchor for one in opinions.findings(session, CASE_ID, opinion) if one.anchor.startswith("form")}

    assert {"fit", "why"} <= set(sent(draft))
    assert "why" not in sent(hidden)
    assert [one.link for one in hidden.form.items if one.answer] == ["fit", "why"]
    assert findings(draft) == {"form:why"}
    assert findings(hidden) == set()
    assert "frail" not in json.dumps(readable.sections(hidden, (), {}, []))
    assert not any("frail" in one.text for one in passages(hidden))
    assert findings(set_field(draft, "form.why", "")) == {"form:why"}
    kept = opinions.save(session, hidden)
    assert opinions.open(session, CASE_ID).form == kept.form == hidden.form
    session.close()


def test_a_form_may_depend_on_the_outcome_of_the_letter(tmp_path):
    session = open_session(tmp_path / "home")
    condition = when("outcome", "=", answerCoding={"system": "https://example.org/outcome", "code": "confirmed"})
    draft = replace(opinions.open(session, CASE_ID), form=form(item("why", enableWhen=[condition])))
    assert asked(draft) == ()
    same = Outcome(DiagnosisRelation.SAME, TreatmentRelation.SAME)
    assert [one.link for one in asked(replace(draft, outcome=same))] == ["why"]
    session.close()


def test_several_answers_are_sent_one_by_one_and_what_stands_below_goes_below(tmp_path):
    made = form(
        item("drug", repeats=True, item=[item("since", "date")]),
        item("dose", "decimal", repeats=True),
        item("note", "text", repeats=True),
    )
    made = answered(made, drug="Letrozole\n\nGoserelin", since="2026-05", dose="2.50\n3.6", note="One\ntwo\n\nthree")
    session = open_session(tmp_path / "home")
    draft = replace(opinions.open(session, CASE_ID), form=made)
    items = opinion_form.items(draft, lambda _cited: [])
    by_link = {one["linkId"]: one for one in items}
    drugs = by_link["drug"]["answer"]
    assert [one["valueString"] for one in drugs] == ["Letrozole", "Goserelin"]
    assert drugs[0]["item"][0]["answer"] == [{"valueDate": "2026-05"}]
    assert [str(one["valueDecimal"]) for one in by_link["dose"]["answer"]] == ["2.50", "3.6"]
    assert [one["valueString"] for one in by_link["note"]["answer"]] == ["One\ntwo", "three"]
    QuestionnaireResponse.model_validate(
        {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": URL, "item": items}
    )
    assert made.items[0].said == "Letrozole, Goserelin"
    wrong = answered(made, dose="2.5\nmuch")
    assert next(one for one in wrong.items if one.link == "dose").problem == "needs a number such as 12.5"
    session.close()


INSIDE = {
    "resourceType": "ValueSet",
    "id": "grades",
    "status": "active",
    "compose": {"include": [{"system": "urn:g", "concept": [{"code": "1", "display": "Low"}, {"code": "3"}]}]},
}


def test_a_list_of_answers_inside_the_form_is_offered():
    made = form(item("grade", "choice", answerValueSet="#grades"), contained=[INSIDE])
    assert [(one.code, one.words, one.system) for one in made.items[0].choices] == [
        ("1", "Low", "urn:g"),
        ("3", "3", "urn:g"),
    ]


def test_a_list_that_did_not_come_is_answered_in_words_and_the_page_says_why(tmp_path):
    field = item("site", "choice", answerValueSet=SITES)
    made = form(field, item("filtered", "choice", answerValueSet="#all"), contained=[
        {**INSIDE, "id": "all", "compose": {"include": [{"system": BODY}]}}
    ])  # fmt: skip
    assert [one.asks for one in made.items] == [Asks.LINE, Asks.LINE]
    session = open_session(tmp_path / "home")
    draft = replace(opinions.open(session, CASE_ID), form=made)
    (block,) = page_parts.form(draft)
    assert "“Site”: its list of answers did not come with the form; answer in words." in block.note
    assert "“Filtered”: its list of answers is not spelt out in the form" in block.note
    session.close()


def expansion(*codes: str) -> dict:
    contains = [{"system": BODY, "code": code, "display": f"Site {code}"} for code in codes]
    return {"resourceType": "ValueSet", "status": "active", "url": SITES, "expansion": {
        "timestamp": "2026-11-22", "contains": [{"abstract": True, "display": "All", "contains": contains}]
    }}  # fmt: skip


def test_an_expansion_kept_in_the_vault_is_offered_and_coded(tmp_path):
    session = open_session(tmp_path / "home", opinion_form=URL)
    content = {"resourceType": "Questionnaire", "id": "f", "status": "active", "url": URL, "item": [
        item("site", "open-choice", answerValueSet=SITES)
    ]}  # fmt: skip
    for kind, raw in (("Questionnaire/f", json.dumps(content).encode()),
                      ("ValueSet/v", value_sets.kept(SITES, expansion("1", "2")))):  # fmt: skip
        session.vault.records.put(CASE_ID, Record(RecordId(kind), "1", RecordClass.REQUEST, "", PartialDate()), raw)
    draft = opinions.open(session, CASE_ID)
    (field,) = draft.form.items
    assert [one.words for one in field.choices] == ["Site 1", "Site 2"]
    for typed, answer in (
        ("site 2", {"valueCoding": {"system": BODY, "code": "2", "display": "Site 2"}}),
        ("Elsewhere", {"valueString": "Elsewhere"}),
    ):
        (sent,) = [
            one
            for one in opinion_form.items(set_field(draft, "form.site", typed), lambda _cited: [])
            if one["linkId"] == "site"
        ]
        assert sent["answer"] == [answer]
    session.close()


def test_a_long_list_is_typed_and_what_is_none_of_it_keeps_the_letter_from_being_signed():
    made = form(item("site", "choice", answerValueSet=SITES), lists={SITES: expansion(*map(str, range(40)))})
    (field,) = answered(made, site="Site 3").items
    assert field.typed
    assert field.problem == ""
    (half,) = answered(made, site="Sit").items
    assert half.problem == "needs one of the answers that are offered"
    short = form(item("site", "choice", answerValueSet=SITES), lists={SITES: expansion("1", "2")})
    with pytest.raises(BadInput, match="no answer"):
        short.with_answer("site", "Sit")


def test_an_example_of_the_standard_asks_for_doses_once_something_was_given(shared):
    folder = shared / "data" / "fhir" / "hl7_r4_examples"
    made = form_of(decode.json_object((folder / "Questionnaire-bb.json").read_bytes()), frozenset())
    doses = {"vitaminiKDose1", "vitaminiKDose2"}
    assert not doses & set(links(made))
    given = next(one for one in made.items if one.link == "vitaminKgiven")
    assert doses <= set(links(answered(made, vitaminKgiven=given.choices[0].code)))


def test_a_moment_is_typed_by_the_clock_here_and_sent_with_its_zone(tmp_path):
    session = open_session(tmp_path / "home")
    made = form(item("board", "dateTime"), item("dose", "dateTime"), item("soon", "dateTime"))
    made = answered(made, board="2026-11-22 14:05", dose="2026-11", soon="tomorrow")
    assert [one.problem for one in made.items][:2] == ["", ""]
    assert made.items[2].problem.startswith("needs a day")
    draft = replace(opinions.open(session, CASE_ID), form=made.with_answer("soon", ""))
    items = opinion_form.items(draft, lambda _cited: [])
    sent = {one["linkId"]: one["answer"][0]["valueDateTime"] for one in items if one["linkId"] in ("board", "dose")}
    assert sent["dose"] == "2026-11"
    assert datetime.fromisoformat(sent["board"]) == datetime(2026, 11, 22, 14, 5).astimezone()
    assert datetime.fromisoformat(sent["board"]).tzinfo is not None
    QuestionnaireResponse.model_validate(
        {"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": URL, "item": items}
    )
    session.close()
