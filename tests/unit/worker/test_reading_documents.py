"""PDF, pictures and text as a reader sees them; hostile ones are one sentence."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reviewer_app.errors import Unreadable
from reviewer_app.worker import WorkerPool
from reviewer_app.worker.markup import markup_text
from reviewer_app.worker.rtf import rtf_text


@pytest.fixture(scope="module")
def workers():
    made = WorkerPool(1)
    yield made
    made.close()


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


@pytest.mark.parametrize("name", ["png_60000x60000.png", "jpeg_truncated.jpg"])
def test_a_hostile_picture_is_refused(workers: WorkerPool, shared: Path, name: str):
    with pytest.raises(Unreadable):
        workers.raster((shared / "data" / "hostile" / "images" / name).read_bytes(), "", 200)


@pytest.mark.parametrize(("name", "reason"), [("xxe.xml", "document type"), ("unclosed.xml", "not well-formed")])
def test_hostile_xml_is_refused_by_name(workers: WorkerPool, shared: Path, name: str, reason: str):
    with pytest.raises(Unreadable, match=reason):
        workers.text((shared / "data" / "hostile" / "ccda" / name).read_bytes(), "application/xml")


def test_a_remote_stylesheet_is_not_fetched_and_the_words_are_shown(workers: WorkerPool, shared: Path):
    text = workers.text((shared / "data" / "hostile" / "ccda" / "xsl_pi.xml").read_bytes(), "application/xml")
    assert "RESULTS" in text
    assert "http" not in text


def test_every_sound_clinical_document_has_readable_sections(workers: WorkerPool, shared: Path):
    for file in sorted((shared / "data" / "ccda" / "vendor_samples").glob("*.xml")):
        text = workers.text(file.read_bytes(), "application/xml")
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
        assert workers.text(data, content_type) == word


def test_rich_text_gives_its_words_and_nothing_of_its_machinery(workers: WorkerPool, shared: Path):
    (file,) = (shared / "data" / "cases").rglob("discharge.rtf")
    text = workers.text(file.read_bytes(), "text/rtf")
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
    assert markup_text(page) == "Safe\nwords\n\u2022 item"


def test_text_cannot_turn_the_direction_of_a_line(workers: WorkerPool):
    assert workers.text("dose \u202e05 mg".encode(), "text/plain") == "dose 05 mg"
