"""PDF, pictures and text as a reader sees them; hostile ones are one sentence."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reviewer_app.domain.blocks import BlockKind, of_html, plain
from reviewer_app.errors import Unreadable
from reviewer_app.worker import WorkerPool
from reviewer_app.worker.rtf import rtf_text


@pytest.fixture(scope="module")
def workers():
    made = WorkerPool(1)
    yield made
    made.close()


def text_of(workers: WorkerPool, data: bytes, content_type: str) -> str:
    return plain(workers.blocks(data, content_type))


def rgb(page) -> np.ndarray:
    pixels = np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.stride // 4, 4)
    assert pixels[..., 3].min() == 255
    return pixels[:, : page.width, 2::-1]


def test_every_sound_pdf_is_rendered_with_its_words(workers: WorkerPool, shared: Path):
    folder = shared / "data" / "pdf" / "valid"
    for file in sorted(folder.glob("*.pdf")):
        if "password" in file.name or "noembed" in file.name:
            continue
        page = workers.pdf_page(file.read_bytes(), 0, 400)
        assert page.width in (400, 401)
        assert rgb(page).min() < 255, file.name


def test_a_pdf_page_has_its_text_layer(workers: WorkerPool, shared: Path):
    page = workers.pdf_page((shared / "data" / "pdf" / "valid" / "pdflatex-4-pages.pdf").read_bytes(), 1, 300)
    assert page.count == 4
    assert len(page.text) > 500


def test_a_page_whose_fonts_are_missing_says_so_instead_of_looking_empty(workers: WorkerPool, shared: Path):
    page = workers.pdf_page((shared / "data" / "pdf" / "valid" / "noembed-eucjp.pdf").read_bytes(), 0, 400)
    assert "あいうえお" in page.text
    assert rgb(page).min() < 255 or "fonts" in page.note


@pytest.mark.parametrize("folder", ["pdf/malformed", "hostile/pdf"])
def test_a_damaged_pdf_is_shown_or_refused_in_one_sentence(workers: WorkerPool, shared: Path, folder: str):
    refusals = {}
    for file in sorted((shared / "data" / folder).glob("*.pdf")):
        if file.name == "flate_bomb.pdf":
            continue
        try:
            workers.pdf_page(file.read_bytes(), 0, 200)
        except Unreadable as error:
            refusals[file.name] = error.message
    assert refusals
    assert not [name for name, said in refusals.items() if not said.endswith(".") or "reader stopped" in said]


def test_a_protected_pdf_says_that_it_is_protected(workers: WorkerPool, shared: Path):
    data = (shared / "data" / "pdf" / "valid" / "libreoffice-writer-password.pdf").read_bytes()
    with pytest.raises(Unreadable, match="password"):
        workers.pdf_info(data)


def test_a_page_of_a_million_points_is_drawn_no_larger_than_asked(workers: WorkerPool, shared: Path):
    page = workers.pdf_page((shared / "data" / "hostile" / "pdf" / "huge_mediabox.pdf").read_bytes(), 0, 300)
    assert (page.width, page.height) == (300, 300)


def test_a_group_4_fax_is_drawn(workers: WorkerPool, shared: Path):
    (file,) = (shared / "data" / "cases").rglob("csf_fax.tif")
    page = workers.raster(file.read_bytes(), "image/tiff", 600)
    assert page.width == 600
    assert rgb(page).min() < 128 < rgb(page).max()


def test_a_photograph_is_turned_as_its_camera_said(workers: WorkerPool):
    picture, stored = Image.new("RGB", (40, 20), "red"), BytesIO()
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(stored, "JPEG", exif=exif)
    page = workers.raster(stored.getvalue(), "image/jpeg", 500)
    assert (page.width, page.height) == (20, 40)
    assert rgb(page)[20, 10].tolist() == pytest.approx([254, 0, 0], abs=2)


@pytest.mark.parametrize(("name", "why"), [("png_60000x60000.png", "more pixels"), ("jpeg_truncated.jpg", "picture")])
def test_a_hostile_picture_is_refused(workers: WorkerPool, shared: Path, name: str, why: str):
    with pytest.raises(Unreadable, match=why):
        workers.raster((shared / "data" / "hostile" / "images" / name).read_bytes(), "", 200)


@pytest.mark.parametrize(("name", "reason"), [("xxe.xml", "document type"), ("unclosed.xml", "not well-formed")])
def test_hostile_xml_is_refused_by_name(workers: WorkerPool, shared: Path, name: str, reason: str):
    with pytest.raises(Unreadable, match=reason):
        text_of(workers, (shared / "data" / "hostile" / "ccda" / name).read_bytes(), "application/xml")


def test_a_remote_stylesheet_is_not_fetched_and_the_words_are_shown(workers: WorkerPool, shared: Path):
    text = text_of(workers, (shared / "data" / "hostile" / "ccda" / "xsl_pi.xml").read_bytes(), "application/xml")
    assert "results" in text.casefold()
    assert "http" not in text


def test_every_sound_clinical_document_has_readable_sections(workers: WorkerPool, shared: Path):
    for file in sorted((shared / "data" / "ccda" / "vendor_samples").glob("*.xml")):
        text = text_of(workers, file.read_bytes(), "application/xml")
        assert len(text) > 200, file.name
        assert not re.search(r"<[a-zA-Z/!?]", text), file.name


def test_a_wrapped_pdf_is_unwrapped(workers: WorkerPool, shared: Path):
    file = shared / "data" / "ccda" / "hl7_examples" / "Unstructured_Document_embed.xml"
    content_type, content = workers.embedded(file.read_bytes())
    assert content_type == "application/pdf"
    assert content


def test_letters_outside_ascii_survive_every_way_of_writing_them(workers: WorkerPool):
    word = "Tumörzellen µg"
    for data, content_type in (
        (word.encode(), "text/plain"),
        (word.encode("cp1252"), "text/plain"),
        (word.encode("utf-16"), "text/plain"),
        (word.encode("latin-1"), "text/plain; charset=iso-8859-1"),
        (f"<html><body><p>{word}</p></body></html>".encode(), "text/html"),
    ):
        assert text_of(workers, data, content_type) == word


def test_rich_text_gives_its_words_and_nothing_of_its_machinery(workers: WorkerPool, shared: Path):
    (file,) = (shared / "data" / "cases").rglob("discharge.rtf")
    text = text_of(workers, file.read_bytes(), "text/rtf")
    assert text.startswith("Discharge summary\n")
    assert "ticagrelor 2x90" in text
    assert "\\" not in text
    assert "{" not in text


def test_rich_text_characters_by_number_replace_their_fallback():
    assert (
        rtf_text(rb"{\rtf1\ansi\ansicpg1252 Gr\'f6\u223?e \u8805? 2 {\*\generator x}\par Ende}") == "Größe ≥ 2 \nEnde"
    )


def test_scripts_and_links_of_a_page_are_left_out():
    page = "<p>Safe</p><script>alert(1)</script><a href='http://x'>words</a><img src=x onerror=y><li>item</li>"
    assert plain(of_html(page)) == "Safe\nwords\n\u2022 item"


def test_text_cannot_turn_the_direction_of_a_line(workers: WorkerPool):
    assert text_of(workers, "dose \u202e05 mg".encode(), "text/plain") == "dose 05 mg"


CDA = """<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Referral</title>
<effectiveTime value="20261107101500+0100"/><recordTarget><patientRole><id extension="HD-1"/><patient>
<name><given>Elisabeth</given><family>Hartmann</family></name><birthTime value="19680314"/></patient></patientRole>
</recordTarget><component><structuredBody><component><section><title>Results</title><text>%s</text>
</section></component></structuredBody></component></ClinicalDocument>"""


def blocks_of(workers: WorkerPool, narrative: str):
    return workers.blocks((CDA % narrative).encode(), "application/xml")


def test_a_clinical_document_says_first_whom_it_is_about_and_when_it_was_written(workers: WorkerPool):
    title, who, when, section, said = blocks_of(workers, "words")
    assert (title.kind, title.text, title.level) == (BlockKind.HEADING, "Referral", 1)
    assert who.text == "Patient named in this document: Elisabeth Hartmann, born 1968-03-14, HD-1"
    assert when.text == "Written by: 2026-11-07"
    assert (section.kind, section.text, section.level) == (BlockKind.HEADING, "Results", 2)
    assert said.text == "words"


def test_a_table_stays_a_table_without_blank_lines_between_its_rows(workers: WorkerPool):
    rows = "<thead><tr><th>Test</th><th>Value</th></tr></thead><tbody><tr><td>Hb</td><td>9.1 g/dL</td></tr></tbody>"
    table = blocks_of(workers, f"<table>{rows}</table>")[-1]
    assert (table.kind, table.heads, table.rows) == (BlockKind.TABLE, 1, (("Test", "Value"), ("Hb", "9.1 g/dL")))
    assert plain((table,)) == "Test\tValue\nHb\t9.1 g/dL"


def test_no_value_slides_under_the_name_of_another_column(workers: WorkerPool):
    rows = (
        "<tr><th>Panel</th><th>Test</th><th>Value</th></tr><tr><td rowspan='2'>Blood</td><td>Hb</td><td>9.1</td></tr>"
        "<tr><td>WBC</td><td>4.2</td></tr><tr><td colspan='2'>Urine</td><td>clear</td></tr>"
    )
    table = blocks_of(workers, f"<table>{rows}</table>")[-1]
    assert table.rows[1:] == (("Blood", "Hb", "9.1"), ("", "WBC", "4.2"), ("Urine", "", "clear"))


def test_lists_keep_their_depth_and_captions_stand_before_them(workers: WorkerPool):
    inner = "<list><item>with contrast</item></list>"
    listed = f"<list><caption>Plan</caption><item>Scan{inner}</item><item>Biopsy</item></list>"
    found = blocks_of(workers, listed)[4:]
    assert [(one.kind, one.text, one.level) for one in found] == [
        (BlockKind.TEXT, "Plan", 1), (BlockKind.ITEM, "Scan", 1), (BlockKind.ITEM, "with contrast", 2),
        (BlockKind.ITEM, "Biopsy", 1),
    ]  # fmt: skip


def test_tags_left_open_lose_no_words():
    found = of_html("<h2>Findings<p>one<ul><li>two<table><tr><td>three<td>four")
    assert plain(found).split() == ["Findings", "one", "\u2022", "two", "three", "four"]


def test_a_document_longer_than_can_be_shown_says_that_it_goes_on(workers: WorkerPool):
    text = text_of(workers, b"word " * 500_000, "text/plain")
    assert len(text) < 2_100_000
    assert text.endswith("more than this is not shown here.")
