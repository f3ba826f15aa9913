"""The letter as an archive and a reader for the blind accept it: PDF/A-3a and PDF/UA-1, in every signed revision."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import page
import pikepdf
import pytest

from reviewer_app import report
from reviewer_app.domain.opinion import Section
from reviewer_app.domain.patient import PersonName
from reviewer_app.report.letter import Paper

AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
SCRIPTS = (
    "محمد 64 (PSA)\n\nבקר\n\nरोगी क्षत्रिय\n\nরোগীর\n\n患者は男性です。\n\n환자\n\nThe patient محمد and 山田 said ≥ 3."
)


def failures(pdf: bytes) -> list[str]:
    found = []
    for profile in ("3a", "ua1"):
        told = page.validate_pdf_bytes(pdf, profile=profile)
        found += [f"{profile} {one.rule_id}: {one.message}" for one in told.failures]
        assert told.is_compliant == (not told.failures)
    return found


@pytest.fixture
def wide(letter):
    """A letter with everything the programme has: many scripts, long tables, lists in cells, all annexes."""
    option = replace(letter.opinion.options[0], risk="- bleeding\n- infection\n" * 60)
    opinion = replace(letter.opinion, options=(option, *letter.opinion.options[1:]))
    opinion = opinion.with_text(Section.HISTORY, f"{SCRIPTS}\n\n" * 4).with_text(Section.PATIENT_PAGE, SCRIPTS)
    patient = replace(letter.case.patient, names=(PersonName("الشريف", ("محمد علي",)),))
    return replace(letter, opinion=opinion, case=replace(letter.case, patient=patient))


@pytest.mark.parametrize("paper", Paper)
def test_a_letter_is_archival_and_accessible_on_both_papers(wide, paper):
    assert failures(report.build(replace(wide, paper=paper))) == []


def test_an_almost_empty_letter_is_archival_and_accessible(letter):
    bare = replace(letter.opinion, texts=(), answers=(), options=(), changes=(), next_steps=(), citations=())
    empty = replace(bare, differential=())
    assert failures(report.build(replace(letter, opinion=empty, sources=(), images=(), charts=()))) == []


def test_every_signed_revision_is_archival_and_accessible(wide):
    built = report.build(wide)
    who = report.read_identity(*report.make_practice("Dr. علي Sadykova", AT), AT)
    once = report.sign(built, who, AT)
    twice = countersigned(once, report.read_identity(*report.make_practice("Dr Director", AT), AT))
    assert twice.startswith(once)
    assert once.startswith(built)
    assert [failures(revision) for revision in (built, once)] == [[], []]
    # of two signatures only the later can cover the whole file; the validator asks it of both
    assert [one.split(":")[0] for one in failures(twice)] == ["3a PDFA3A-SIGNATURE-BYTERANGE-001"]


def countersigned(signed: bytes, director) -> bytes:
    return report.sign(signed, director, AT, "Director")


def test_the_validator_would_notice(letter):
    with pikepdf.open(io.BytesIO(report.build(letter))) as pdf:
        del pdf.Root.StructTreeRoot
        del pdf.Root.OutputIntents
        out = io.BytesIO()
        pdf.save(out)
    assert len(failures(out.getvalue())) > 2


def test_no_stream_of_a_letter_ends_like_a_line(letter):
    for minute in range(40):
        built = report.build(replace(letter, made_at=AT.replace(minute=minute)))
        built = built.replace(b"stream\n\nendstream", b"")  # nothing in it
        assert b"\n\nendstream" not in built
        assert b"\r\nendstream" not in built


def walk(node):
    yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
            yield from walk(kid)


def test_headings_tables_lists_figures_and_links_are_told_as_what_they_are(wide):
    with pikepdf.open(io.BytesIO(report.build(wide))) as pdf:
        nodes = list(walk(pdf.Root.StructTreeRoot.K[0]))
        kinds = [str(node.S) for node in nodes]
        assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/LBody", "/Figure", "/Link",
                "/Form"} <= set(kinds)  # fmt: skip
        figures = [str(node.Alt) for node in nodes if node.S == "/Figure"]
        assert any("2024-01-10: 2.10 ng/mL" in words for words in figures)
        assert all(figures)
        rows = [node for node in nodes if node.S == "/TR"]
        assert all(row.P.S == "/Table" for row in rows)
        assert all(cell.P.S == "/TR" for cell in nodes if cell.S in ("/TH", "/TD"))


def test_a_table_head_repeated_on_the_next_page_is_read_once(letter):
    long = tuple(replace(letter.records.reviewed[0], what=f"Letter {number}") for number in range(120))
    with pikepdf.open(io.BytesIO(report.build(replace(letter, records=replace(letter.records, reviewed=long))))) as pdf:
        tables = [node for node in walk(pdf.Root.StructTreeRoot.K[0]) if node.S == "/Table"]
        longest = max(tables, key=lambda node: len(node.K))
        assert len(longest.K) == 121
        assert sum(cell.S == "/TH" for row in longest.K for cell in row.K) == 3
