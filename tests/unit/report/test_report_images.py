"""Key images on paper: which way the patient lies, how large it is or that nobody knows, and how they share a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app import report
from reviewer_app.domain.orientation import Edges
from tests.printed import pages_of
from tests.unit.report.conftest import grey_page


@pytest.fixture
def pages(letter):
    """The text of each page of the letter with other key images."""

    def made(*images):
        return pages_of(report.build(replace(letter, images=images)))

    return made


def on_pages(found, words):
    return [index for index, page in enumerate(found) if words in page]


def test_letters_say_where_the_sides_of_the_patient_are(letter, pages):
    image = replace(letter.images[0], edges=Edges("RP", "HA", "LA", "FP"))
    (page,) = on_pages(pages(image), "series 3, image 12")
    assert all(letters in pages(image)[page] for letters in ("RP", "HA", "LA", "FP"))
    unknown = pages(replace(image, edges=Edges()))
    assert not any("RP" in page for page in unknown)


def test_a_picture_without_a_known_size_says_so_and_one_with_has_a_bar(letter, pages):
    image = letter.images[0]
    assert on_pages(pages(replace(image, millimetre=0.0)), "no scale")
    scaled = pages(replace(image, millimetre=2.0, basis="at the detector"))
    assert not on_pages(scaled, "no scale")
    assert on_pages(scaled, "10 mm (at the detector)")


def test_pictures_stand_two_in_a_row_and_wide_ones_alone_in_the_order_of_their_numbers(letter, pages):
    def numbered(number, width, height):
        return replace(letter.images[0], numbers=(number,), caption=f"Image <{number}>", page=grey_page(width, height))

    square = [numbered(number, 64, 64) for number in range(1, 5)]
    found = pages(*square)
    assert len({tuple(on_pages(found, f"Image <{number}>")) for number in range(1, 5)}) == 1
    mixed = pages(square[0], numbered(2, 200, 50), square[2], square[3])
    order = [words for page in mixed for words in page.split("Image <")[1:]]
    assert [int(words[0]) for words in order] == [1, 2, 3, 4]
