"""Hanging protocols: the strictest that applies, and never another examination than the one that is meant."""

from __future__ import annotations

import pytest

from reviewer_app.domain.hanging import Protocol, Selector, Stage, choose, hang, stages_that_fit
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.errors import BadInput
from reviewer_app.services.hanging import UNUSED, choose_first, first_stage, preferred, protocols
from reviewer_app.settings import Settings
from reviewer_app.ui.viewer.state import Layout


def study(number: int, *series: tuple[str, str, int], body_part: str = "", laterality: str = "") -> Study:
    """Series are (modality, description, images)."""
    made = tuple(
        Series(f"{number}.{at}", f"{number}", modality, at, words, body_part, laterality, held, held)
        for at, (modality, words, held) in enumerate(series)
    )
    return Study(f"{number}", series=made)


CURRENT = study(1, ("CT", "axial", 100), ("CT", "scout", 2))
PRIOR = study(2, ("CT", "axial", 90))
OTHER = study(3, ("MG", "L MLO", 1))


def by_name(name: str) -> Protocol:
    return next(protocol for protocol in protocols() if protocol.name == name)


def test_a_follow_up_is_hung_beside_its_prior():
    chosen = choose(protocols(), (CURRENT, PRIOR))
    assert chosen is by_name("Follow-up")
    assert hang(chosen, 0, (CURRENT, PRIOR)).series == ("1.0", "2.0")


def test_two_priors_make_a_course():
    chosen = choose(protocols(), (CURRENT, PRIOR, study(4, ("CT", "axial", 80))))
    assert chosen is by_name("Course of several examinations")
    assert hang(chosen, 1, (CURRENT, PRIOR, study(4, ("CT", "axial", 80)))).series == ("1.0", "2.0", "4.0")


def test_an_examination_of_another_kind_is_no_prior():
    assert choose(protocols(), (CURRENT, OTHER)) is by_name("Volume")


def test_a_prior_is_never_shown_as_the_current_examination():
    protocol = Protocol("p", stages=(Stage("s", 1, 2, (Selector(words=("arterial",)), Selector(study=2))),))
    assert hang(protocol, 0, (CURRENT, PRIOR)).series == ("1.0", None)


def test_a_pet_ct_is_hung_as_one():
    both = study(1, ("CT", "CT", 98), ("PT", "PET", 98))
    chosen = choose(protocols(), (both,))
    assert chosen is by_name("PET/CT")
    assert hang(chosen, 0, (both,)).series == ("1.0", "1.1")


def test_a_side_is_taken_only_where_the_series_says_that_side():
    protocol = by_name("Mammography")
    assert stages_that_fit(protocol, (OTHER,)) == (0,)
    right, left = study(1, ("MG", "R MLO", 1), laterality="R"), study(1, ("MG", "L MLO", 1), laterality="L")
    both = Study("1", series=(right.series[0], Series("1.9", "1", "MG", 9, "L MLO", "", "L", 1, 1)))
    assert left.series[0].laterality == "L"
    assert hang(protocol, 1, (both,)).series == ("1.0", "1.9")


def test_the_body_part_decides_before_the_modality_alone():
    chest = study(1, ("CR", "PA", 1), ("CR", "LAT", 1), body_part="CHEST")
    chosen = choose(protocols(), (chest,))
    assert chosen is by_name("Radiograph of the chest")
    assert hang(chosen, 1, (chest,)).series == ("1.0", "1.1")


def test_without_studies_nothing_is_hung():
    assert choose(protocols(), ()) is None


def test_every_protocol_in_the_files_can_be_laid_out():
    for protocol in protocols():
        for stage in protocol.stages:
            assert Layout((stage.rows, stage.columns)).tiles >= len(stage.viewports)
            assert len(stage.viewports) > 0


def test_the_arrangement_that_the_reader_prefers_comes_first_and_an_unused_protocol_applies_to_nothing(tmp_path):
    settings, studies = Settings(tmp_path), (CURRENT, PRIOR)
    choose_first(settings, "Follow-up", "Current alone")
    chosen = choose(preferred(Settings(tmp_path)), studies)
    assert [stage.name for stage in chosen.stages[:2]] == ["Current alone", "Current beside prior"]
    assert hang(chosen, 0, studies).series == ("1.0",)
    choose_first(settings, "Follow-up", UNUSED)
    assert first_stage(settings, by_name("Follow-up")) == UNUSED
    assert choose(preferred(settings), studies).name == "Volume"
    choose_first(settings, "Follow-up", "Current beside prior")
    assert preferred(settings) == protocols()
    assert settings.text("hanging") == ""


def test_what_is_no_arrangement_is_refused_and_a_spoilt_file_of_settings_means_the_usual_ones(tmp_path):
    settings = Settings(tmp_path)
    for protocol, stage in (("Follow-up", "Sideways"), ("Mammography of the moon", "Four views")):
        with pytest.raises(BadInput):
            choose_first(settings, protocol, stage)
    for kept in ("{", "[1]", '{"Follow-up": 3}', '{"Follow-up": "gone by now"}'):
        settings.set("hanging", kept)
        assert preferred(settings) == protocols()
        assert first_stage(settings, by_name("Follow-up")) == "Current beside prior"


def test_what_a_protocol_is_meant_for_is_said_in_words():
    assert by_name("Follow-up").meant_for == "CT or MR with an earlier examination"
    assert by_name("Radiograph of the chest").meant_for == "CR or DX of chest, thorax, lung"
    assert by_name("One series").meant_for == "All images"
