"""Names and texts in other scripts: every letter in its shape and order, and found again by whoever searches."""

from __future__ import annotations

import io
import shutil
import subprocess
import unicodedata
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from bidi import get_display

from reviewer_app import report
from reviewer_app.domain.opinion import Section
from reviewer_app.domain.patient import PersonName
from reviewer_app.report import fonts, shaping
from reviewer_app.report.scripts import right_to_left, stretches
from tests.printed import pages_of

ARABIC = "المريض رجل عمره 64 سنة (PSA 0.30 ng/mL) بتاريخ 2026-10-02."
HEBREW = "החולה בן 64, ללא עדות לגרורות (PET)."
DEVANAGARI = "रोगी की पुनरावृत्ति, क्षत्रिय, र्क।"
BENGALI = "রোগীর ক্ষত্রিয় স্ত্রী শ্রদ্ধা।"
JAPANESE = "患者は六十四歳の男性です。"
KOREAN = "환자는 남성입니다."
TEXTS = {
    "arabic": ARABIC, "hebrew": HEBREW, "devanagari": DEVANAGARI, "bengali": BENGALI, "japanese": JAPANESE,
    "korean": KOREAN, "chinese": "局部复发 擴散", "greek": "Άνθρωπος", "cyrillic": "Әлия Ђорђе",
}  # fmt: skip


def drawn(text: str, base: int) -> str:
    """What stands on the line from left to right."""
    with shaping.words():
        line = "".join(piece for _, piece in fonts.runs(text, fonts.TEXT, base=base))
        shown = ""
        for char in shaping.visual(line):
            word = shaping.word(char)
            shown += char if word is None else (word.text[::-1] if word.level % 2 else word.text)
        return shown


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_script_the_programme_meets_can_be_printed(text):
    assert report.unprintable(text) == frozenset()


@pytest.mark.parametrize(
    "text",
    ["محمد علي خان", "السيد Smith من London غدا", "בן 64 שנים", "abc", "ערב (בוקר) לילה", "سعر 12 و 34 كيلو"],
)
@pytest.mark.parametrize("base", [0, 1])
def test_lines_are_in_the_order_of_the_unicode_algorithm(text, base):
    wanted = get_display(text, base_dir="LR"[base]).translate(str.maketrans("()", ")("))
    got = drawn(text, base).translate(str.maketrans("()", ")("))
    if base == 0 and not right_to_left(text):
        assert got == wanted
    letters = [char for char in got if unicodedata.category(char)[0] in "LN"]
    assert letters == [char for char in wanted if unicodedata.category(char)[0] in "LN"]


@pytest.mark.parametrize("number", ["2026-10-02", "14:05", "0.30", "1,234.5", "66/33", "3+4"])
def test_a_date_or_number_is_never_turned_round_in_arabic_text(number):
    assert number in drawn(f"بتاريخ {number} في", 1)
    assert number in drawn(f"بتاريخ {number}", 0)


def test_arabic_letters_join_and_devanagari_vowels_change_places():
    with shaping.words():
        joined = shaping.word(shaping.coded(stretches("بيت", base=0)))
        apart = [shaping.word(shaping.coded(stretches(char, base=0))) for char in "بيت"]
        assert {glyph.number for glyph in joined.glyphs}.isdisjoint(word.glyphs[0].number for word in apart)
        conjunct = shaping.word(shaping.coded(stretches("क्षि", base=0)))
        assert len(conjunct.glyphs) < len("क्षि")


def test_a_name_beside_other_facts_does_not_turn_them_round():
    assert drawn("محمد  \u00b7  1962-03-14  \u00b7  778120", 0).endswith("1962-03-14  \u00b7  778120")


def test_no_word_outlives_the_letter_it_was_shaped_for(letter):
    report.build(named(letter, "الشريف", "محمد علي"))
    assert shaping._words == []
    assert shaping._codes == {}


def named(letter, family, given):
    patient = replace(letter.case.patient, names=(PersonName(family, (given,)),))
    return replace(letter, case=replace(letter.case, patient=patient))


@pytest.mark.parametrize(
    ("family", "given"), [("山田", "太郎"), ("शर्मा", "राम कृष्ण"), ("উদ্দিন", "রহিম"), ("홍", "길동")]
)
def test_the_name_of_the_patient_is_on_every_page_in_its_own_script(letter, family, given):
    pages = pages_of(report.build(named(letter, family, given)))
    assert all(family in page for page in pages)
    assert given in pages[0]


def test_another_reader_finds_an_arabic_name_in_logical_order(letter, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler-utils")
    file = tmp_path / "letter.pdf"
    file.write_bytes(report.build(named(letter, "الشريف", "محمد")))
    said = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert "الشريف" in said
    assert "محمد" in said


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_letter_in_any_script_is_the_same_bytes_each_time(reworded, text):
    letter = reworded(Section.PATIENT_PAGE, f"{text}\n\n- {text}")
    assert report.build(letter) == report.build(letter)


def test_text_from_the_right_stands_at_the_right(reworded):
    document = pypdfium2.PdfDocument(report.build(reworded(Section.PATIENT_PAGE, "مرحبا")))
    page = document[len(document) - 1]
    layer = page.get_textpage()
    places = [layer.get_charbox(at) for at in range(layer.count_chars()) if layer.get_text_range(at, 1) in "مرحبا"]
    assert places
    assert min(left for left, *_ in places) > page.get_width() / 2
    layer.close()
    page.close()
    document.close()


def test_only_the_glyphs_that_are_drawn_are_embedded(reworded):
    with pikepdf.open(io.BytesIO(report.build(reworded(Section.PATIENT_PAGE, JAPANESE)))) as pdf:
        found = pdf.pages[0].Resources.Font["/Letter-han"]
        program = found.DescendantFonts[0].FontDescriptor.FontFile2
        assert len(program.read_raw_bytes()) < 60_000
        assert found.ToUnicode.read_bytes().count(b"> <") == len(set(JAPANESE)) + 1  # and the code space


def test_a_signer_with_an_arabic_name_can_sign(letter):
    from reviewer_app.domain.dates import now

    who = report.read_identity(*report.make_practice("د. علي أحمد", now()), now())
    signed = report.sign(report.build(letter), who, now())
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        field = next(one for one in pdf.Root.AcroForm.Fields if one.T == "Specialist")
        stamp = field.AP.N.Resources.XObject["/Stamp"]
        assert b"/Letter-arabic" in stamp.read_bytes()
        assert "/Letter-arabic" in stamp.Resources.Font


def test_what_is_bold_in_latin_is_bold_in_every_script(letter):
    def emboldened(family):
        patient = replace(letter.case.patient, names=(PersonName(family, ()),))
        with pikepdf.open(io.BytesIO(report.build(replace(letter, case=replace(letter.case, patient=patient))))) as pdf:
            return [page.Contents.read_bytes().count(b" 2 Tr ") for page in pdf.pages]

    assert set(emboldened("Weiss")) == {0}
    for family in ("الشريف", "רוזן", "क्षत्रिय", "রোগীর", "山田", "환자"):
        found = emboldened(family)
        assert all(found), family  # the head of every page
        assert found[0] > found[1]  # and the name on the first
