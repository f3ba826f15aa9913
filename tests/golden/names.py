"""Rows about character sets: names as PS3.5 Annexes H to K print them, and as pydicom's own tests give them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reviewer_app.dicom.header_lines import header_lines
from tests.golden.grey import index_rows
from tests.golden.row import Row, compared
from tests.pictured import indexed

NAMES = {
    "chrArab": "قباني^لنزار",
    "chrFren": "Buc^Jérôme",
    "chrFrenMulti": "Buc^Jérôme",
    "chrGerm": "Äneas^Rüdiger",
    "chrGreek": "Διονυσιος",
    "chrH31": "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "chrH32": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    "chrHbrw": "שרון^דבורה",
    "chrI2": "Hong^Gildong=洪^吉洞=홍^길동",
    "chrJapMulti": "やまだ^たろう",
    "chrJapMultiExplicitIR6": "やまだ^たろう",
    "chrKoreanMulti": "김희중",
    "chrRuss": "Люкceмбypг",  # noqa: RUF001 - the name as the file has it, Latin letters and all
    "chrX1": "Wang^XiaoDong=王^小東",
    "chrX2": "Wang^XiaoDong=王^小东",
}


def rows(data: Path) -> Iterator[Row]:
    """All rows."""
    for name, wanted in NAMES.items():
        file = data / "charsets" / f"{name}.dcm"
        source = "PS3.5 Annex H to K, tests of pydicom"
        yield compared(
            "Character sets", f"{name}, over the picture", wanted, source, indexed(file).identity.name, wanted
        )
        line = next(line for line in header_lines(file.read_bytes()) if line.tag == "0010,0010")
        yield compared("Character sets", f"{name}, in the header", wanted, source, line.value, wanted)
    folder = data / "display_consistency"
    for file, _ in index_rows(folder, "international"):
        found = indexed(folder / file).identity.name
        decoded = bool(found) and "\ufffd" not in found and "\x1b" not in found
        yield Row("Character sets", file[-24:], "decodes without a gap", "INDEX.tsv", found, decoded)
