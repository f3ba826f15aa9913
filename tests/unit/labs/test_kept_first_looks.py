"""What is kept of results for the next opening: it holds for exactly these results, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.analyte import System
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.errors import DiskFull
from reviewer_app.services import labs
from reviewer_app.services import session as sessions
from tests.desks import CASE_ID, HAEMOGLOBIN, PASSPHRASE, open_session


@pytest.fixture
def session(tmp_path):
    opened = open_session(tmp_path / "home")
    yield opened
    opened.close()


def kept(session):
    return labs.first_look(session, CASE_ID, System.RECEIVED)


def test_nothing_is_known_at_first_before_results_were_read(session):
    assert kept(session) is None
    labs.prepare(session, CASE_ID)
    assert [brief.name for brief in kept(session).briefs] == ["Haemoglobin"]


def test_it_is_there_when_the_vault_is_opened_again(session):
    made = labs.read(session, CASE_ID, System.RECEIVED).first
    session.close()
    again = sessions.unlock(session.home, PASSPHRASE)
    assert kept(again) == made
    again.close()


def changed_value(vault):
    (result,) = vault.results.all(CASE_ID)
    vault.results.put(CASE_ID, [replace(result, value=replace(result.value, text="7.10"))])


def withdrawn(vault):
    (result,) = vault.results.all(CASE_ID)
    vault.results.put(CASE_ID, [replace(result, status="entered-in-error")])


def removed(vault):
    vault.records.remove(CASE_ID, HAEMOGLOBIN)


def without_results(vault):
    vault.results.put(CASE_ID, (), of=[HAEMOGLOBIN])


def unreadable(vault):
    refused = Record(HAEMOGLOBIN, "2", RecordClass.RESULT, "?", PartialDate(), unreadable="it names another patient")
    vault.records.put(CASE_ID, refused, b"{}")


def understood_otherwise(vault):
    known = vault.records.get(CASE_ID, HAEMOGLOBIN)
    vault.records.put(CASE_ID, replace(known, title="Haemoglobin A"), b"{}")


def many_more(vault):
    vault.records.put_many(CASE_ID, [(Record("Observation/new", "1", RecordClass.RESULT, "x", PartialDate()), b"{}")])


@pytest.mark.parametrize(
    "change", [changed_value, withdrawn, removed, without_results, unreadable, understood_otherwise, many_more]
)
def test_whatever_changes_results_or_their_records_lets_go_of_it(session, change):
    labs.prepare(session, CASE_ID)
    change(session.vault)
    assert kept(session) is None
    labs.prepare(session, CASE_ID)
    assert kept(session) == labs.read(session, CASE_ID, System.RECEIVED).first


def test_what_a_sync_brings_again_unchanged_keeps_it(session):
    labs.prepare(session, CASE_ID)
    vault = session.vault
    vault.records.put(CASE_ID, vault.records.get(CASE_ID, HAEMOGLOBIN), b'{"resourceType":"Observation"}')
    vault.results.put(CASE_ID, ())
    vault.records.put_many(CASE_ID, ())
    assert kept(session) is not None


def test_results_that_come_while_others_are_read_are_never_taken_for_seen(session, monkeypatch):
    read = labs.sheet

    def overtaken(*words):
        found = read(*words)
        changed_value(session.vault)
        return found

    monkeypatch.setattr(labs, "sheet", overtaken)
    labs.prepare(session, CASE_ID)
    assert kept(session) is None


def test_it_belongs_to_the_units_and_the_rules_it_was_made_with(session, monkeypatch):
    labs.prepare(session, CASE_ID)
    assert labs.first_look(session, CASE_ID, System.SI) is None
    monkeypatch.setattr(labs, "_edition", lambda: "other rules")
    assert kept(session) is None


def test_a_full_disk_keeps_nobody_from_reading(session, monkeypatch):
    def full(*_words):
        raise DiskFull("The disk is full, nothing was written.", "Free some space and try again.")

    monkeypatch.setattr(type(session.vault.results), "keep_first_look", full)
    assert labs.read(session, CASE_ID, System.RECEIVED).sheet.trends


def test_a_vault_that_is_only_read_is_left_as_it_is(session):
    session.vault.freeze("An older copy.")
    assert labs.read(session, CASE_ID, System.RECEIVED).sheet.trends
    assert kept(session) is None


def test_it_goes_with_its_case(session):
    labs.prepare(session, CASE_ID)
    session.vault.cases.erase(CASE_ID)
    assert session.vault._database.row("SELECT count(*) FROM first_looks") == (0,)
