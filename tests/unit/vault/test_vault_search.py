"""The index over words: what is found, what is never found, and that it goes with its case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.case import Case, ServerCopy
from reviewer_app.domain.dates import PartialDate, now
from reviewer_app.domain.ids import CaseId, RecordId
from reviewer_app.domain.patient import Patient
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.domain.states import CaseState
from reviewer_app.vault import Vault
from reviewer_app.vault.search import MARK, OWN, UNMARK, query

ONE, TWO = CaseId("a" * 32), CaseId("b" * 32)


def note(number: int, body: str, version: str = "1", **more) -> Record:
    return Record(RecordId(f"DocumentReference/n{number}"), version, RecordClass.DOCUMENT, more.pop("title", "Note"),
                  PartialDate("2026-01-01"), body=body, **more)  # fmt: skip


@pytest.fixture
def vault(tmp_path):
    opened, _ = Vault.create(tmp_path / "home", "a long enough passphrase")
    for case_id in (ONE, TWO):
        opened.cases.put(
            Case(
                case_id,
                "s",
                case_id[:4],
                Patient(ref="Patient/p"),
                "A case",
                ServerCopy(f"Task/{case_id[:4]}"),
                CaseState.ASSIGNED,
            )
        )
    yield opened
    opened.close()


def keep(vault: Vault, case_id: CaseId, *records: Record) -> None:
    vault.records.put_many(case_id, [(record, record.body.encode()) for record in records])
    index(vault, case_id)


def index(vault: Vault, case_id: CaseId, pages: tuple[str, ...] = ()) -> None:
    stale = vault.search.stale(case_id, 100)
    vault.search.put(case_id, [(one, (one.record.body,) if one.part == OWN else pages) for one in stale])


def bodies(vault: Vault, text: str, case_id: CaseId | None = ONE) -> list[str]:
    return sorted(found.record.body for found in vault.search.find(text, case_id))


def test_words_phrases_and_beginnings_are_found_without_case_and_accents(vault):
    keep(vault, ONE, note(1, "Métastase hépatique droite"), note(2, "No metastases. Right lobe of the liver."))
    assert bodies(vault, "METASTASE") == ["Métastase hépatique droite"]
    assert len(bodies(vault, "metastas*")) == 2
    assert bodies(vault, '"lobe of the liver"') == ["No metastases. Right lobe of the liver."]
    assert bodies(vault, '"lobe the liver"') == []
    assert bodies(vault, "liver hepatique") == []


def test_titles_are_found_too(vault):
    keep(vault, ONE, note(1, "x", title="Discharge summary"))
    (found,) = vault.search.find("discharge", ONE)
    assert found.title == f"{MARK}Discharge{UNMARK} summary"


def test_a_search_in_one_case_finds_nothing_of_another(vault):
    keep(vault, ONE, note(1, "metformin"))
    keep(vault, TWO, note(1, "metformin twice"))
    assert bodies(vault, "metformin") == ["metformin"]
    assert len(bodies(vault, "metformin", None)) == 2
    assert vault.search.count("metformin", ONE) == 1


@pytest.mark.parametrize(
    "typed", ['"', "NOT", "a OR b", "(", "scope:caseb", "title:x", "*", "^a", "a\x00b", "-x", "{a b} : c"]
)
def test_whatever_is_typed_is_taken_as_words(vault, typed):
    keep(vault, ONE, note(1, "nothing of this"))
    assert bodies(vault, typed) == []


def test_operators_are_words(vault):
    keep(vault, ONE, note(1, "do not resuscitate"))
    assert len(bodies(vault, "NOT resuscitate")) == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("肺がんの疑いがある", "肺がん"),
        ("胸部CTで結節を認める", "結節"),
        ("المريضة تعاني من ألم", "ألم"),
        ("रोगी को दर्द है", "दर्द"),
        ("больная жалуется на боль", "жалуется"),
    ],
)
def test_words_are_found_in_scripts_of_all_kinds(vault, text, word):
    keep(vault, ONE, note(1, text))
    (found,) = vault.search.find(word, ONE)
    assert found.excerpt.replace(MARK, "").replace(UNMARK, "") == text
    assert f"{MARK}{word}{UNMARK}" in found.excerpt


def test_a_newer_version_takes_the_place_of_the_older_one(vault):
    keep(vault, ONE, note(1, "left breast"))
    vault.records.put(ONE, note(1, "right breast", "2"), b"2")
    assert bodies(vault, "left") == []
    index(vault, ONE)
    assert bodies(vault, "left") == []
    assert bodies(vault, "right") == ["right breast"]


def test_pages_of_documents_are_found_with_their_number_and_only_once_held(vault):
    keep(vault, ONE, note(1, "", attachments=(Attachment("application/pdf", url="Binary/1"),)))
    assert vault.search.stale(ONE, 10) == ()
    vault.records.hold(ONE, RecordId("DocumentReference/n1"), 0, b"%PDF")
    index(vault, ONE, ("first page", "page with nodule"))
    (found,) = vault.search.find("nodule", ONE)
    assert (found.part, found.page) == (0, 2)
    assert vault.search.stale(ONE, 10) == ()


def test_a_removed_record_is_not_found_any_more(vault):
    keep(vault, ONE, note(1, "gone"), note(2, "gone too"))
    vault.records.remove(ONE, RecordId("DocumentReference/n1"))
    assert bodies(vault, "gone") == ["gone too"]


def test_erasing_a_case_takes_its_words_out_of_the_index(vault):
    keep(vault, ONE, note(1, "secret word"))
    keep(vault, TWO, note(1, "other word"))
    vault.cases.erase(ONE)
    assert vault.search.count("secret") == 0
    assert vault.search.count("word") == 1
    assert vault._database.row("SELECT count(*) FROM searched")[0] == 1


def test_many_records_at_once_are_kept_as_one_by_one(vault):
    records = [note(1, "a"), note(2, "b"), note(1, "c", "2"), note(3, "d")]
    vault.records.put_many(ONE, [(record, record.body.encode()) for record in records])
    for record in records:
        vault.records.put(TWO, record, record.body.encode())
    assert vault.records.all(ONE) == vault.records.all(TWO)
    assert vault.records.raw(ONE, records[0].id, "1") == b"a"
    changes = [vault._database.row("SELECT record_changes FROM cases WHERE id = ?", case)[0] for case in (ONE, TWO)]
    assert changes[0] == changes[1]


def test_putting_the_same_version_again_is_no_change(vault):
    vault.records.put_many(ONE, [(note(1, "a"), b"a")])
    vault.cases.opened(ONE, now())
    vault.records.put_many(ONE, [(replace(note(1, "a"), title="Renewed"), b"a"), (note(2, "b"), b"b")])
    assert vault.cases.new_since_opened(ONE) == 1


def test_a_beginning_of_two_letters_is_taken_for_a_word():
    assert query("ab*") == '{title body} : "ab"'
    assert query("abc*") == '{title body} : "abc" *'


def test_results_never_bury_the_document_that_speaks_of_an_analyte(vault):
    letter = note(1, "a long letter about many other things in which EGFR is asked for once " + "and more " * 40)
    results = [
        replace(note(n, "71"), id=RecordId(f"Observation/{n}"), title="EGFR", record_class=RecordClass.RESULT)
        for n in range(2, 12)
    ]
    keep(vault, ONE, letter, *results)
    assert vault.search.find("egfr", ONE)[0].record.id == letter.id
    assert [one.record.id for one in vault.search.find("egfr", ONE, most=1)] == [letter.id]
    assert len(vault.search.find("egfr", ONE, most=5)) == 5


@pytest.mark.parametrize("typed", ["node", "nod*"])
@pytest.mark.parametrize("removed", [0, 2, 45])
def test_of_very_many_places_those_received_last_come_first(vault, monkeypatch, typed, removed):
    monkeypatch.setattr("reviewer_app.vault.search.RANKED", 10)
    keep(vault, ONE, *(note(number, f"node {number}") for number in range(10, 60)))
    last = 60 - removed
    for number in range(last, 60):
        vault.records.remove(ONE, RecordId(f"DocumentReference/n{number}"))
    found = [one.record.body for one in vault.search.find(typed, ONE, most=3)]
    assert found == [f"node {number}" for number in range(last - 1, last - 4, -1)]
