"""The printed letter: what stands where, that nothing is lost, overflows or is taken for mark-up, that it is PDF/A."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest

from reviewer_app import report
from reviewer_app.domain.opinion import FIXED_LIMITATION, FIXED_STATUS, Section, TreatmentOption
from reviewer_app.domain.outcome import Outcome
from reviewer_app.domain.patient import PersonName
from reviewer_app.report.flow import tied
from reviewer_app.report.letter import Paper
from tests.printed import pages_of


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_the_same_letter_is_the_same_bytes_and_another_time_is_another_file(letter):
    assert report.build(letter) == report.build(letter)
    assert report.build(letter) != report.build(replace(letter, made_at=letter.made_at + timedelta(minutes=1)))


def test_the_first_page_says_who_to_whom_about_whom_the_outcome_and_every_answer(letter):
    first = flat(pages_of(report.build(letter))[0])
    wanted = [
        "ӨМІРБЕКОВА, Әлия Αθηνά", "1962-03-14", "MRN-778120", "900101-4455", "SO-2026-0042", "Dr Jürgen Weiß",
        "Dr Aigerim Sadykova", "Urologic oncology", "KZ-55512", "2026-11-22 14:05", "2026-11-15",
        letter.opinion.outcome.shown, letter.opinion.text(Section.KEY_MESSAGE),
        *(answer.text for answer in letter.opinion.answers), *(question.text for question in letter.case.questions),
    ]  # fmt: skip
    assert [words for words in wanted if flat(words) not in first] == []


def test_every_page_names_the_patient_and_counts_the_pages(letter):
    pages = pages_of(report.build(letter))
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert "ӨМІРБЕКОВА" in page
        assert "MRN-778120" in page
        assert flat(f"page {number} of {len(pages)}") in flat(page)


def test_the_sections_stand_in_the_order_of_the_programme(letter):
    text = flat("".join(pages_of(report.build(letter))))
    order = [
        "OUTCOME", "Key message", "Why asked", "Questions and answers", "Records", "Not available", "Not reviewed",
        "History in brief", "Diagnosis", "Differential diagnosis", "Treatment options", "Changes to the treatment",
        "Recommendation", "Next steps", "Limitations", FIXED_LIMITATION, "Status of this advice", FIXED_STATUS,
        "Signature", "Evidence cited", "Key images", "Laboratory trends", "Page for the patient",
    ]  # fmt: skip
    places = []
    for heading in order:
        places.append(text.find(flat(heading), places[-1] if places else 0))
    assert [heading for heading, place in zip(order, places, strict=True) if place < 0] == []
    assert places == sorted(places)


def test_text_is_never_taken_for_markup(reworded):
    text = 'p < 0.05 & q > 3 <img src="/etc/passwd"/> <a href="http://x">y</a> &lt;b&gt; </para>'
    assert flat(text) in flat("".join(pages_of(report.build(reworded(Section.DIAGNOSIS, text)))))


def test_no_word_of_a_long_text_is_lost_wherever_it_stands(letter):
    words = [f"word{number:04d}" for number in range(2500)]
    long = " ".join(words)
    option = TreatmentOption("o9", "Long", risk=long, benefit="short")
    opinion = letter.opinion.with_text(Section.RECOMMENDATION, long.replace("word", "advice"))
    step = replace(opinion.next_steps[0], otherwise=long.replace("word", "else"))
    changed = replace(opinion, options=(*opinion.options, option), next_steps=(step,))
    text = "".join(pages_of(report.build(replace(letter, opinion=changed))))
    for kind in ("word", "advice", "else"):
        assert [word for word in words if word.replace("word", kind) not in text] == []


def test_a_word_longer_than_a_line_is_broken_and_not_cut(reworded, letter):
    endless = "x" * 700 + "END"
    opinion = replace(letter.opinion, options=(TreatmentOption("o1", endless[:300] + "END", benefit=endless),))
    pdf = report.build(
        replace(reworded(Section.DIAGNOSIS, endless), opinion=opinion.with_text(Section.DIAGNOSIS, endless))
    )
    assert flat("".join(pages_of(pdf))).count("END") >= 3
    assert _overflow(pdf) == []


def test_a_long_name_and_many_identifiers_stay_whole_in_the_header_of_every_page(letter):
    name = PersonName("Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh", ("Maximiliana", "Theodora", "Anastasia"))
    identifiers = tuple(f"IDENTIFIER-{number:08d}" for number in range(7))
    patient = replace(letter.case.patient, names=(name,), identifiers=identifiers)
    pdf = report.build(replace(letter, case=replace(letter.case, patient=patient)))
    for page in pages_of(pdf):
        assert all(identifier in flat(page) for identifier in identifiers)
    assert _overflow(pdf) == []


def _overflow(pdf: bytes) -> list[tuple[int, float]]:
    """Characters that lie outside the margins of their page."""
    document = pypdfium2.PdfDocument(pdf)
    outside = []
    for index in range(len(document)):
        page = document[index]
        layer = page.get_textpage()
        for at in range(layer.count_chars()):
            left, bottom, right, top = layer.get_charbox(at)
            if right > page.get_width() - 40 or left < 40 or bottom < 10 or top > page.get_height() - 10:
                outside.append((index, right))
        layer.close()
        page.close()
    document.close()
    return outside


def test_nothing_prints_outside_the_margins(letter):
    assert _overflow(report.build(letter)) == []
    assert _overflow(report.build(replace(letter, paper=Paper.LETTER))) == []


@pytest.mark.parametrize("text", ["Łódź, Ångström, naïve", "Άνθρωπος", "Әлия Өмірбекова Ђорђе", "≥ µ → ± ½ β"])
def test_latin_greek_cyrillic_and_the_signs_of_medicine_are_printed(reworded, text):
    assert report.unprintable(text) == frozenset()
    assert flat(text) in flat("".join(pages_of(report.build(reworded(Section.DIAGNOSIS, text)))))


def test_what_cannot_be_printed_is_named_before_it_would_be_lost():
    assert report.unprintable("good عرب 中文 \U0001f9ec ไทย") == frozenset("\U0001f9ecไทย")


def test_direction_changing_characters_do_not_reach_the_page(reworded):
    text = "".join(pages_of(report.build(reworded(Section.DIAGNOSIS, "be\u202enign\u0007"))))
    assert "benign" in text


def test_an_opinion_that_is_not_possible_says_so_with_its_reason(letter):
    outcome = Outcome(no_opinion="The slides are missing.")
    pages = pages_of(report.build(replace(letter, opinion=replace(letter.opinion, outcome=outcome))))
    assert "No opinion possible" in pages[0]
    assert "The slides are missing." in pages[0]


def test_an_almost_empty_draft_can_be_previewed(letter):
    bare = replace(letter.opinion, texts=(), answers=(), options=(), changes=(), next_steps=(), citations=())
    empty = replace(letter, opinion=replace(bare, outcome=Outcome(), differential=()), sources=(), images=(), charts=())
    assert "Not stated" in pages_of(report.build(empty))[0]


def test_every_citation_number_leads_to_its_entry(letter):
    pages = pages_of(report.build(letter))
    before, after = "".join(pages).split("Evidence cited")
    for source in letter.sources:
        assert f"[{source.number}]" in before
        assert source.what in after


def test_values_in_a_chart_are_printed_digit_for_digit(letter):
    page = next(page for page in pages_of(report.build(letter)) if "Laboratory trends" in page)
    assert {"2.10", "6.20", "<0.10", "0.30"} <= set(page.split())


def test_a_grey_picture_is_stored_as_the_grey_values_that_were_shown(letter):
    with pikepdf.open(io.BytesIO(report.build(letter))) as pdf:
        images = [pikepdf.PdfImage(found) for page in pdf.pages for found in page.get_images().values()]
        (image,) = images
        shown = letter.images[0].page
        assert shown is not None
        assert image.colorspace == "/DeviceGray"
        assert bytes(image.read_bytes()) == shown.pixels[::4]


def test_a_picture_that_cannot_be_drawn_says_why(letter):
    assert "The picture is not on this machine." in "".join(pages_of(report.build(letter)))


def test_all_fonts_are_embedded_and_the_manifest_is_attached_as_it_was_given(letter):
    pdf = report.build(letter)
    assert report.attached_manifest(pdf) == letter.manifest
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = [font for page in opened.pages for font in page.Resources.Font.values()]
        assert fonts
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert b"<pdfaid:part>3</pdfaid:part>" in opened.Root.Metadata.read_bytes()


def test_the_metadata_hold_no_patient(letter):
    pdf = report.build(letter)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        said = opened.Root.Metadata.read_bytes().decode() + str(dict(opened.docinfo))
    assert "Әлия" not in said
    assert "778120" not in said


def test_other_readers_open_it_without_complaint(letter, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    file = tmp_path / "letter.pdf"
    file.write_bytes(report.build(letter))
    done = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "Әлия" in done.stdout


def test_the_page_for_the_patient_can_be_given_alone(letter):
    alone = report.patient_pages(report.build(letter))
    (page,) = pages_of(alone)
    assert "Page for the patient" in page
    assert "We suggest one more medicine." in page
    assert "ӨМІРБЕКОВА" in page
    without = letter.opinion.with_text(Section.PATIENT_PAGE, "")
    assert report.patient_pages(report.build(replace(letter, opinion=without))) is None


def test_an_address_longer_than_a_page_is_still_printed_whole(letter):
    case = replace(letter.case, requester=replace(letter.case.requester, organisation="Ward " * 2500))
    assert "".join(pages_of(report.build(replace(letter, case=case)))).count("Ward") == 2500


@pytest.mark.parametrize("filler", range(60, 90, 5))
def test_a_number_is_never_parted_from_its_unit_by_the_end_of_a_line(letter, filler):
    said = f"{'x' * filler} nodule of 14 mm, PD-L1 30 %, 2.5 mg/dL; 5 sisters"
    page = pages_of(report.build(replace(letter, opinion=letter.opinion.with_text(Section.HISTORY, said))))
    lines = "\n".join(page).replace("\r", "").split("\n")
    assert not [line for line in lines if line.endswith((" 14", " 30", "2.5")) or line.startswith(("mm", "%", "mg/dL"))]


def test_only_what_is_a_unit_is_tied():
    assert tied("14 mm x 3 men, 30 % of 5 lives, page 3 of series 2") == (
        "14\u00a0mm x 3 men, 30\u00a0% of 5 lives, page\u00a03 of series\u00a02"
    )
