"""Words over pictures and on the cards of the rail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.domain.ids import InstanceUid, SeriesUid, StudyUid
from reviewer_app.domain.imaging import (
    DisplaySet,
    FrameInfo,
    Instance,
    PixelFormat,
    Plane,
    Series,
    Spacing,
    SpacingBasis,
    Study,
    Window,
)
from reviewer_app.domain.patient import ImageIdentity
from reviewer_app.ui.viewer import texts

AXIAL = Plane((0.0, 0.0, -432.5), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
PIXELS = PixelFormat(512, 512, 1, 1, 16, 16, 15, True, "MONOCHROME2")
WHO = ImageIdentity("Hartmann^Elisabeth^Margarethe", "HD-4471902", "19680314", "F")


def instance(number: int = 1, frames: int = 1, **more) -> Instance:
    info = FrameInfo(0, 0, plane=AXIAL, spacing=Spacing(1.07, 1.07, SpacingBasis.PATIENT))
    return Instance(
        uid=InstanceUid(f"1.{number}"), sop_class="1.2", study_uid=StudyUid("1"), series_uid=SeriesUid("2"),
        number=number, identity=WHO, pixels=replace(PIXELS, frames=frames), frames=(info,) * frames, **more,
    )  # fmt: skip


def stack(instances, **more) -> DisplaySet:
    series = Series(SeriesUid("2"), StudyUid("1"), "CT", 3, "CT thorax 3 mm", laterality="L", expected=2, held=2)
    study = Study(StudyUid("1"), "2026-08-20 10:05", "Staging")
    shown = tuple((known, frame) for known in instances for frame in range(len(known.frames)))
    return DisplaySet(series, study, shown, **more)


def test_who_when_and_what_always_stand_over_the_picture():
    written = texts.corner_texts(stack([instance()]), 0, Window(40, 400, "Soft tissue"))
    assert written.patient == (
        "HARTMANN, Elisabeth Margarethe",
        "HD-4471902   1968-03-14   F",
        "2026-08-20 10:05   Staging",
        "CT thorax 3 mm  LEFT",
    )
    assert written.window == ("W 400  L 40  Soft tissue",)
    assert written.place == ("F 432.5 mm", "image 1 / 1")


def test_the_brief_form_still_says_whose_picture_it_is():
    written = texts.corner_texts(stack([instance()]), 0, None)
    assert written.brief_patient[:2] == written.patient[:2]


def test_an_image_that_does_not_say_whose_it_is_is_not_left_blank():
    assert texts.identity_lines(ImageIdentity()) == ("(no name)", "(no id)   (no birth date)   (sex ?)")


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("Hartmann^Elisabeth^Margarethe", "HARTMANN, Elisabeth Margarethe"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "YAMADA, Tarou  山田, 太郎  やまだ, たろう"),
        ("Adams^John^^Dr.^Jr.", "ADAMS, Dr. John, Jr."),
        ("SINGLE", "SINGLE"),
        ("evil\u202ename^x", "EVILNAME, x"),
    ],
)
def test_person_names_are_shown_in_every_script_and_cannot_turn_the_line(received, shown):
    assert texts.person(received) == shown


@pytest.mark.parametrize(
    ("spacing", "said"),
    [
        (Spacing(0.5, 0.5, SpacingBasis.PATIENT), "pixel 0.5 mm"),
        (Spacing(0.6, 0.5, SpacingBasis.PATIENT), "pixel 0.5 × 0.6 mm"),  # noqa: RUF001 - the sign on screen
        (Spacing(0.1, 0.1, SpacingBasis.DETECTOR), "pixel 0.1 mm (detector plane)"),
        (Spacing(0, 0, SpacingBasis.UNKNOWN), "spacing not known: pixels, no mm"),
    ],
)
def test_a_spacing_says_what_it_rests_on(spacing, said):
    assert texts.spacing_line(spacing) == said


@pytest.mark.parametrize(
    ("ratio", "mark"), [(0.0, ""), (1.0, "LOSSY"), (12.2, "LOSSY 12:1"), (2.53, "LOSSY 2.5:1")]
)  # fmt: skip
def test_lossy_compression_is_marked_with_its_ratio(ratio, mark):
    assert texts.lossy_mark(instance(lossy_ratio=ratio)) == mark


def test_the_counter_says_the_number_that_other_systems_know():
    assert texts.counter(stack([instance(7), instance(8)]), 1) == "image 2 / 2  (no. 8)"
    assert texts.counter(stack([instance(1, frames=96)]), 11) == "frame 12 / 96"


def test_a_citation_names_the_image_as_other_systems_do():
    assert texts.cited_as(stack([instance(45)]), 0) == "CT 2026-08-20, image 45"
    assert texts.cited_as(stack([instance(1, frames=96)]), 11) == "CT 2026-08-20, frame 12"


def test_missing_images_and_doubts_are_noted():
    shown = stack([instance(warnings=("Odd padding.",))], warnings=("Gap after slice 3.",))
    shown = replace(shown, series=replace(shown.series, expected=4))
    assert texts.notes(shown, shown.images[0][0]) == (
        "Odd padding.",
        "Gap after slice 3.",
        "Only 2 of 4 images are on this machine.",
    )


def test_a_card_says_what_is_missing_and_what_is_offline():
    series = Series(SeriesUid("2"), StudyUid("1"), "CT", expected=98, held=12)
    card = texts.series_card(series, shown=False)
    assert (card.count, card.missing, card.offline) == ("12 of 98 images", "86 missing", False)
    assert texts.series_card(replace(series, held=98), shown=False).offline


def test_a_study_that_only_the_record_mentions_says_so():
    group = texts.study_group(Study(StudyUid("1"), "2024-01-05", listed_only=True), frozenset(), {})
    assert group.note
    assert not group.cards
