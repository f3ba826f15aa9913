"""Records, the files that belong to them, and results."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from reviewer_app.domain.record import Attachment
from reviewer_app.errors import NotFound


def test_a_newer_version_keeps_the_older_one(vault, make):
    record = make.record().id
    vault.records.put(make.CASE, make.record(version="1", title="first"), b"one")
    vault.records.put(make.CASE, make.record(version="2", title="second"), b"two")
    assert vault.records.get(make.CASE, record).title == "second"
    assert vault.records.raw(make.CASE, record) == b"two"
    assert vault.records.raw(make.CASE, record, "1") == b"one"
    assert vault.records.get(make.CASE, record, "1").title == "first"
    assert vault.records.versions(make.CASE) == {record: "2"}
    with pytest.raises(NotFound):
        vault.records.raw(make.CASE, record, "3")


def test_the_bytes_first_received_of_a_version_stay(vault, make):
    vault.records.put(make.CASE, make.record(title="first reading"), b"as received")
    vault.records.put(make.CASE, make.record(title="better reading"), b"with addresses signed again")
    assert vault.records.raw(make.CASE, make.record().id) == b"as received"
    assert vault.records.get(make.CASE, make.record().id).title == "better reading"


def test_without_versions_the_bytes_tell_what_changed(vault, make):
    vault.cases.opened(make.CASE, make.AT)
    vault.records.put(make.CASE, make.record(version=""), b"one")
    vault.records.put(make.CASE, make.record(version=""), b"one")
    assert vault.cases.new_since_opened(make.CASE) == 1
    vault.cases.opened(make.CASE, make.AT)
    vault.records.put(make.CASE, make.record(version=""), b"two")
    assert vault.cases.new_since_opened(make.CASE) == 1
    assert vault.records.raw(make.CASE, make.record().id) == b"two"


def test_a_held_file_comes_back_byte_for_byte_with_its_hash(vault, make):
    vault.records.put(make.CASE, make.record(files=2), b"{}")
    held = vault.records.hold(make.CASE, make.record().id, 1, b"%PDF-1.7")
    assert held == vault.records.get(make.CASE, held.id)
    assert held.attachments[1].sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert vault.records.content(make.CASE, held.id, 1) == b"%PDF-1.7"
    assert [(record.id, index) for record, index in vault.records.unheld(make.CASE)] == [(held.id, 0)]
    with pytest.raises(NotFound):
        vault.records.content(make.CASE, held.id, 0)
    with pytest.raises(NotFound):
        vault.records.content(make.CASE, held.id, 2)


def test_an_empty_file_is_a_file(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"")
    assert vault.records.content(make.CASE, make.record().id, 0) == b""


def test_a_held_file_stays_when_the_same_version_is_read_again(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"%PDF")
    signed_again = replace(make.record(), attachments=(Attachment("application/pdf", url="Binary/b0?sig=2"),))
    vault.records.put(make.CASE, signed_again, b"{ }")
    assert vault.records.content(make.CASE, make.record().id, 0) == b"%PDF"
    assert vault.records.get(make.CASE, make.record().id).attachments[0].url == "Binary/b0?sig=2"
    assert vault.records.unheld(make.CASE) == ()


def test_files_of_a_newer_version_are_fetched_anew_and_the_older_ones_stay_readable(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"old")
    vault.records.put(make.CASE, make.record(version="2", files=1), b"{}")
    assert len(vault.records.unheld(make.CASE)) == 1
    vault.records.hold(make.CASE, make.record().id, 0, b"new")
    assert vault.records.content(make.CASE, make.record().id, 0) == b"new"
    assert vault.records.content(make.CASE, make.record().id, 0, "1") == b"old"


def test_a_refused_file_says_why_and_is_not_asked_for_again(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.refuse(make.CASE, make.record().id, 0, "The server does not have it.")
    assert vault.records.get(make.CASE, make.record().id).attachments[0].problem == "The server does not have it."
    assert vault.records.unheld(make.CASE) == ()
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    assert vault.records.unheld(make.CASE) == ()
    vault.records.hold(make.CASE, make.record().id, 0, b"it came after all")
    assert vault.records.get(make.CASE, make.record().id).attachments[0].problem == ""


def test_a_file_that_is_held_is_never_refused(vault, make):
    vault.records.put(make.CASE, make.record(files=1), b"{}")
    vault.records.hold(make.CASE, make.record().id, 0, b"%PDF")
    vault.records.refuse(make.CASE, make.record().id, 0, "too late")
    assert vault.records.content(make.CASE, make.record().id, 0) == b"%PDF"


def test_a_removed_record_is_off_the_lists_with_its_results_and_its_bytes_stay(vault, make):
    record = "Observation/o1"
    vault.records.put(make.CASE, make.record(record, files=1), b"{}")
    vault.results.put(make.CASE, [make.result(1, record), make.result(2)])
    vault.records.remove(make.CASE, record)
    assert vault.records.all(make.CASE) == ()
    assert vault.records.unheld(make.CASE) == ()
    assert [result.record for result in vault.results.all(make.CASE)] == ["Observation/o2"]
    assert vault.records.raw(make.CASE, record, "1") == b"{}"
    with pytest.raises(NotFound):
        vault.records.get(make.CASE, record)


def test_records_of_two_cases_are_apart(vault, make):
    other = "f" * 32
    vault.cases.put(make.case(other, "2", "Task/t2"))
    vault.records.put(make.CASE, make.record(title="mine"), b"mine")
    vault.records.put(other, make.record(title="other"), b"other")
    assert vault.records.get(make.CASE, make.record().id).title == "mine"
    assert vault.records.raw(other, make.record().id) == b"other"


def test_ten_thousand_results_come_back_in_their_order(vault, make):
    results = tuple(make.result(number) for number in range(10_000))
    vault.results.put(make.CASE, results)
    assert vault.results.all(make.CASE) == results


def test_results_replace_those_of_the_same_record_only(vault, make):
    panel = [make.result(1, "Observation/p"), make.result(2, "Observation/p")]
    vault.results.put(make.CASE, [*panel, make.result(3)])
    vault.results.put(make.CASE, [make.result(4, "Observation/p")])
    assert [result.value.text for result in vault.results.all(make.CASE)] == ["4.50", "3.50"]
    vault.results.put(make.CASE, [], of=["Observation/p"])
    assert [result.value.text for result in vault.results.all(make.CASE)] == ["3.50"]


def test_decimals_stay_as_they_were_sent(vault, make):
    result = make.result(1)
    result = replace(result, value=replace(result.value, text="1.00"))
    vault.results.put(make.CASE, [result])
    assert vault.results.all(make.CASE)[0].value.text == "1.00"


def test_records_taken_in_together_are_kept_as_if_taken_one_by_one(vault, make):
    known = make.record(version="1", title="known before")
    vault.records.put(make.CASE, known, b"older")
    received = [(replace(known, id=f"Observation/{number}"), b"%d" % number) for number in range(250)]
    received[120:120] = [(replace(known, version="2"), b"newer"), (replace(received[3][0], version="2"), b"3 again")]
    vault.records.put_many(make.CASE, received)
    assert len(vault.records.all(make.CASE)) == 251
    for number in range(250):
        expected = b"3 again" if number == 3 else b"%d" % number
        assert vault.records.raw(make.CASE, f"Observation/{number}") == expected
    assert vault.records.raw(make.CASE, "Observation/3", "1") == b"3"
    assert vault.records.raw(make.CASE, known.id) == b"newer"
