"""Reading, citing and previewing in the terminal: what counts as seen was shown, and what is cited is there."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest

from reviewer_app.cli.main import main
from reviewer_app.cli.replies import Exit
from reviewer_app.domain.case import Consent
from reviewer_app.domain.dates import PartialDate
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.services import identity, opinions, signing
from reviewer_app.services import session as sessions
from tests.desks import CASE_ID, PASSPHRASE, open_session
from tests.integration.test_signing import write
from tests.vaulted_images import ingest

LETTER = "DocumentReference/letter"
SCAN = "DocumentReference/scan"
NUMBER = "SO-2026-000123"
FOLDER = "data/cases/case-01-breast-staging"


@pytest.fixture
def home(tmp_path, shared, monkeypatch):
    """A profile whose case holds a letter with words, a scan without, and one mammogram with a plan's contours."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CONSILIUM_HOME", str(folder))
    monkeypatch.setenv("CONSILIUM_PASSPHRASE", PASSPHRASE)
    session = open_session(folder)
    documents = shared / FOLDER / "documents"
    for name, file in ((LETTER, "pathology_2026-06-22.pdf"), (SCAN, "tumour_board_scan.pdf")):
        attached = (Attachment("application/pdf", "File"),)
        record = Record(RecordId(name), "1", RecordClass.DOCUMENT, "Letter \x1b[31mred", PartialDate("2026-06-22"),
                        attachments=attached)  # fmt: skip
        session.vault.records.put(CASE_ID, record, b'{"resourceType":"DocumentReference"}')
        session.vault.records.hold(CASE_ID, record.id, 0, (documents / file).read_bytes())
    ingest(session, [shared / FOLDER / "dicom/mammography/MG_001_0001.dcm"])
    session.close()
    return folder


@pytest.fixture
def run(home, capsys):
    def call(*words: str, code: int = Exit.DONE):
        capsys.readouterr()
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return call


def viewed(home):
    session = sessions.unlock(home, PASSPHRASE)
    try:
        return set(session.vault.views.all(CASE_ID))
    finally:
        session.close()


def test_a_document_with_words_is_printed_and_counts(run, home):
    told = run("read", NUMBER, LETTER)
    assert len(told["texts"][0]) > 200
    assert told["reviewed"] is True
    assert f"record:{LETTER}" in viewed(home)


def test_a_scan_that_was_not_shown_does_not_count_as_reviewed(run, home):
    told = run("read", NUMBER, SCAN)
    assert told["reviewed"] is False
    assert "no text on page 1" in told["not_shown"][0]
    assert f"record:{SCAN}" not in viewed(home)


def test_what_cannot_be_opened_is_listed_with_its_type_and_no_page_of_it_is_offered(run, home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    memo = Record(RecordId("DocumentReference/memo"), "1", RecordClass.DOCUMENT, "Voice memo", status="current",
                  attachments=(Attachment("audio/mpeg"),))  # fmt: skip
    session.vault.records.put(CASE_ID, memo, b'{"resourceType":"DocumentReference"}')
    session.vault.records.hold(CASE_ID, memo.id, 0, b"ID3" + bytes(40))
    session.close()
    (listed,) = [one for one in run("records", NUMBER) if one["id"] == memo.id]
    assert listed["attachments"][0]["problem"] == "Files of type audio/mpeg cannot be shown."
    assert main(["records", NUMBER]) == Exit.DONE
    assert "current; Files of type audio/mpeg cannot be shown." in capsys.readouterr().out
    assert main(["read", NUMBER, memo.id]) == Exit.DONE
    said = capsys.readouterr().out
    assert "Files of type audio/mpeg cannot be shown." in said
    assert "--page" not in said


def test_a_page_written_as_picture_counts_and_only_its_owner_may_read_it(run, home, tmp_path):
    picture = tmp_path / "page.png"
    assert run("read", NUMBER, SCAN, "--page", "1", "--out", str(picture))["reviewed"] is True
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    assert f"record:{SCAN}" in viewed(home)


def test_a_page_that_is_not_there_is_not_written(run, home, tmp_path):
    picture = tmp_path / "page.png"
    assert "Its pages are" in run("read", NUMBER, SCAN, "--page", "99", "--out", str(picture), code=2)["advice"]
    assert not picture.exists()
    assert f"record:{SCAN}" not in viewed(home)


def test_a_scan_read_elsewhere_counts_when_that_is_said(run, home):
    assert run("read", NUMBER, SCAN, "--reviewed")["reviewed"] is True
    assert f"record:{SCAN}" in viewed(home)


def test_a_series_counts_only_with_its_picture_or_where_it_is_said(run, home, tmp_path):
    (image,) = run("images", NUMBER)
    series = image["series"]
    assert run("read", NUMBER, series)["reviewed"] is False
    assert f"series:{series}" not in viewed(home)
    middle = tmp_path / "middle.png"
    assert run("read", NUMBER, series, "--out", str(middle))["reviewed"] is True
    assert middle.read_bytes().startswith(b"\x89PNG")
    assert f"series:{series}" in viewed(home)


def test_an_image_cited_unseen_is_not_said_to_be_personally_viewed(run):
    (image,) = run("images", NUMBER)
    cite = ("opinion", "cite", NUMBER, "section:diagnosis", "--image", image["instance"])
    assert run(*cite)["image"]["personally_viewed"] is False
    run("read", NUMBER, image["series"], "--reviewed")
    assert run(*cite)["image"]["personally_viewed"] is True


def test_what_is_cited_twice_has_the_number_in_the_terminal_that_it_has_in_the_letter(run, capsys):
    for anchor in ("section:diagnosis", "answer:q1"):
        assert main(["opinion", "cite", NUMBER, anchor, "--reference", "Lancet 2022"]) == Exit.DONE
        assert capsys.readouterr().out.startswith("[1] ")
    assert main(["opinion", "cite", NUMBER, "answer:q1", "--reference", "NEJM 2023"]) == Exit.DONE
    assert main(["opinion", "show", NUMBER]) == Exit.DONE
    shown = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  [")]
    assert shown == ["[1]", "[1]", "[2]"]


@pytest.mark.parametrize("anchor", ["section:nowhere", "answer:q9", "option:o1", "diagnosis", "outcome", ""])
def test_a_citation_at_no_place_of_the_opinion_is_refused_with_the_places_there_are(run, home, anchor):
    refusal = run("opinion", "cite", NUMBER, anchor, "--record", LETTER, code=2)
    assert "section:diagnosis, " in refusal["advice"]
    assert "answer:q2" in refusal["advice"]
    session = sessions.unlock(home, PASSPHRASE)
    assert opinions.open(session, CASE_ID).citations == ()
    session.close()


@pytest.mark.parametrize("page", ["-1", "99"])
def test_a_page_that_the_document_does_not_have_is_not_cited(run, page):
    refusal = run("opinion", "cite", NUMBER, "section:diagnosis", "--record", SCAN, "--page", page, code=2)
    assert f"no page {page}" in refusal["message"]
    assert run("opinion", "cite", NUMBER, "section:diagnosis", "--record", SCAN, "--page", "1")["record"]["page"] == 1


@pytest.mark.parametrize("window", ["nan,400", "40,inf", "40,0", "40,-1", "40"])
def test_a_window_that_draws_nothing_is_not_cited(run, window):
    (image,) = run("images", NUMBER)
    run("opinion", "cite", NUMBER, "section:imaging", "--image", image["instance"], f"--window={window}", code=2)


def test_advice_that_nobody_gave_is_not_acknowledged(run):
    run("opinion", "set", NUMBER, "section.diagnosis=Confirmed.")
    given = {finding["rule"] for finding in run("opinion", "lint", NUMBER, code=5)["findings"]}
    assert "E1" in given
    assert "advises" in run("opinion", "acknowledge", NUMBER, "ZZ", code=2)["message"]
    run("opinion", "acknowledge", NUMBER, "F1", code=5)


def test_a_preview_on_disk_is_readable_by_its_owner_alone(run, tmp_path):
    run("opinion", "set", NUMBER, "section.diagnosis=Confirmed.")
    letter = tmp_path / "letter.pdf"
    assert len(run("preview", NUMBER, str(letter))["sha256"]) == 64
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600


def test_a_case_whose_consent_was_withdrawn_shows_nothing_of_its_contents(run, home):
    session = sessions.unlock(home, PASSPHRASE)
    case = session.vault.cases.get(CASE_ID)
    session.vault.cases.put(replace(case, consent=Consent("Consent/c1", "inactive")))
    session.close()
    for words in (("records",), ("labs",), ("images",), ("case", "show"), ("case", "summary")):
        assert "cannot be used" in run(*words, NUMBER, code=5)["message"]
    assert run("worklist")[0]["number"] == NUMBER


def test_a_name_from_a_server_cannot_steer_the_terminal(run, home, capsys):
    capsys.readouterr()
    assert main(["read", NUMBER, LETTER]) == Exit.DONE
    printed = capsys.readouterr().out
    assert "Letter [31mred" in printed
    assert "\x1b" not in printed
    assert printed.count("\n") > 3


def test_ids_are_never_cut(run, home, capsys):
    long = RecordId("DocumentReference/" + "x" * 64)
    session = sessions.unlock(home, PASSPHRASE)
    session.vault.records.put(CASE_ID, Record(long, "1", RecordClass.DOCUMENT, "t" * 90), b"{}")
    session.close()
    capsys.readouterr()
    assert main(["records", NUMBER]) == Exit.DONE
    assert f"  {long}\n" in capsys.readouterr().out


def test_the_letter_that_was_read_is_signed_byte_for_byte_and_no_other(run, home, tmp_path):
    session = sessions.unlock(home, PASSPHRASE)
    write(session)
    identity.make_practice(session)
    session.close()
    for record in (LETTER, SCAN):
        run("read", NUMBER, record, "--reviewed")
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    old = run("preview", NUMBER, str(first))["sha256"]
    new = run("preview", NUMBER, str(second))["sha256"]
    assert "previewed last" in run("sign", NUMBER, "--sha256", old, code=5)["message"]
    run("sign", NUMBER, "--sha256", new)
    session = sessions.unlock(home, PASSPHRASE)
    assert signing.pdf(session, CASE_ID).startswith(second.read_bytes())
    session.close()


def test_a_draft_changed_after_it_was_read_is_not_signed(run, home, tmp_path):
    session = sessions.unlock(home, PASSPHRASE)
    write(session)
    identity.make_practice(session)
    session.close()
    read = run("preview", NUMBER, str(tmp_path / "letter.pdf"))["sha256"]
    run("opinion", "set", NUMBER, "section.diagnosis=Something else.")
    assert "changed after the preview" in run("sign", NUMBER, "--sha256", read, code=5)["message"]


def test_nothing_is_signed_unread(run, home, monkeypatch, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    write(session)
    identity.make_practice(session)
    session.close()
    for record in (LETTER, SCAN):
        run("read", NUMBER, record, "--reviewed")
    assert "unread" in run("sign", NUMBER, code=Exit.USAGE)["message"]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert "unread" in run("sign", NUMBER, code=Exit.USAGE)["message"]
    for answer, code in (("", Exit.REFUSED), ("no", Exit.REFUSED), ("yes", Exit.DONE)):
        asked = []
        monkeypatch.setattr("builtins.input", lambda words, asked=asked, answer=answer: asked.append(words) or answer)
        assert main(["sign", NUMBER]) == code
        said = capsys.readouterr().out
        assert asked == ["Sign exactly this letter? (yes/no) "]
        assert "HARTMANN" in said
        assert "page 1 of " in said
        assert ("Signed by" in said) == (answer == "yes")


def test_the_list_says_why_a_document_is_not_here(home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    linked = Record(RecordId("DocumentReference/linked"), "1", RecordClass.DOCUMENT, "Operation",
                    status="final", attachments=(Attachment("text/plain", "Words"),))  # fmt: skip
    session.vault.records.put(CASE_ID, linked, b"{}")
    session.vault.records.refuse(CASE_ID, linked.id, 0, "It lies on another server.")
    session.close()
    assert main(["records", NUMBER]) == Exit.DONE
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "Operation" in line]
    assert "final; It lies on another server." in line


def test_records_stand_in_order_of_date_and_parts_as_a_person_counts(run, home):
    session = sessions.unlock(home, PASSPHRASE)
    for name, day in (("Part 10", "2001-01-02"), ("Part 2", "2001-01-02"), ("Before", "2001-01-01")):
        record = Record(RecordId(f"Condition/{name[-2:].strip()}"), "1", RecordClass.CONDITION, name, PartialDate(day))
        session.vault.records.put(CASE_ID, record, b"{}")
    session.close()
    assert [record["title"] for record in run("records", NUMBER)][:3] == ["Before", "Part 2", "Part 10"]


def test_a_text_that_is_both_body_and_file_is_printed_once(run, home, capsys):
    session = sessions.unlock(home, PASSPHRASE)
    name = RecordId("DiagnosticReport/r1")
    attached = (Attachment("text/plain", "Report"),)
    record = Record(name, "1", RecordClass.REPORT, "CT", body="No  metastasis is seen.", attachments=attached)
    session.vault.records.put(CASE_ID, record, b"{}")
    session.vault.records.hold(CASE_ID, name, 0, b"CT of the chest.\nNo metastasis is seen.\n")
    session.close()
    capsys.readouterr()
    assert main(["read", NUMBER, name]) == Exit.DONE
    said = capsys.readouterr().out
    assert said.count("metastasis") == 1
    assert "CT of the chest." in said
    assert f"record:{name}" in viewed(home)


def test_the_draft_is_shown_with_everything_that_is_written(run, capsys):
    written = {
        "first.diagnosis": "Early cancer", "first.plan": "Surgery at once", "option.1.name": "Biopsy first",
        "change.1.before": "Surgery", "differential.1.diagnosis": "A benign node", "step.1.what": "Take the biopsy",
    }  # fmt: skip
    run("opinion", "set", NUMBER, *(f"{name}={text}" for name, text in written.items()))
    assert main(["opinion", "show", NUMBER]) == Exit.DONE
    said = capsys.readouterr().out
    assert [text for text in written.values() if text not in said] == []


def test_every_place_that_is_found_names_its_patient(run):
    found = run("search", "lymphovascular")
    assert found["hits"]
    assert all(
        hit["patient"].startswith("HARTMANN, Elisabeth") and "1968-03-14" in hit["patient"] for hit in found["hits"]
    )
