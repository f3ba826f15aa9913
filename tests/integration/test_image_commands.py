"""The image commands, as a script uses them: the same pictures and values as in the window."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from PIL import Image

from reviewer_app.cli.main import main
from reviewer_app.cli.replies import Exit
from reviewer_app.services import images
from tests.golden import made
from tests.pictured import frame_of, shown

MR = "data/dicom/transfer_syntaxes/MR_small.dcm"


@pytest.fixture
def run(capsys):
    def call(*words) -> tuple[int, dict]:
        status = main(["image", *map(str, words), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return call


def picture(path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.mode == "L"
        return np.array(image)


def test_a_rendered_picture_is_the_one_on_the_screen(run, shared, tmp_path):
    status, told = run("render", shared / MR, "--out", tmp_path / "out")
    assert status == Exit.DONE
    assert told["pictures"][0]["picture"] == str(tmp_path / "out" / "MR_small.png")
    assert (picture(tmp_path / "out" / "MR_small.png") == shown(frame_of(shared / MR))).all()


@pytest.mark.parametrize(("rotate", "flip"), [(0, ""), (90, ""), (180, "h"), (270, "v"), (0, "v")])
def test_it_is_turned_then_flipped(run, shared, tmp_path, rotate, flip):
    more = ["--flip", flip] if flip else []
    run("render", shared / MR, "--out", tmp_path, "--rotate", rotate, *more)
    expected = np.rot90(shown(frame_of(shared / MR)), -rotate // 90)
    expected = expected[:, ::-1] if flip == "h" else expected[::-1] if flip == "v" else expected
    assert (picture(tmp_path / "MR_small.png") == expected).all()


def test_it_takes_a_window_or_one_by_name(run, shared, tmp_path):
    frame = frame_of(shared / MR)
    run("render", shared / MR, "--out", tmp_path / "a", "--window", "600,800")
    from reviewer_app.domain.imaging import Window

    assert (picture(tmp_path / "a" / "MR_small.png") == shown(frame, Window(600, 800))).all()
    run("render", shared / MR, "--out", tmp_path / "b", "--preset", "full range")
    full = next(window for window in images.presets(frame) if window.name == "Full range")
    assert (picture(tmp_path / "b" / "MR_small.png") == shown(frame, full)).all()


def test_pixels_that_are_not_square_are_shown_as_they_are_in_the_patient(run, shared, tmp_path):
    import pydicom

    data = pydicom.dcmread(shared / MR)
    data.PixelSpacing = ["0.9", "0.3"]
    data.save_as(tmp_path / "tall.dcm")
    _, told = run("render", tmp_path / "tall.dcm", "--out", tmp_path)
    assert (told["pictures"][0]["width"], told["pictures"][0]["height"]) == (64, 192)


def test_one_broken_file_does_not_keep_the_others_from_being_rendered(run, shared, tmp_path):
    (tmp_path / "broken.dcm").write_bytes(b"no image")
    status, told = run("render", tmp_path / "broken.dcm", shared / MR, "--out", tmp_path / "out")
    assert status == Exit.FAILED
    assert len(told["pictures"]) == 1
    assert told["problems"][0]["file"].endswith("broken.dcm")


def test_info_says_spacing_with_its_basis_letters_windows_and_why_there_is_no_suv(run, shared):
    status, told = run("info", shared / MR)
    assert status == Exit.DONE
    assert told["spacing"] == {"row": 0.3125, "column": 0.3125, "basis": "patient", "aspect": 1.0}
    assert told["letters"] == {"left": "R", "top": "A", "right": "L", "bottom": "P"}
    assert told["windows"][0]["center"] == 600.0
    assert (told["suv"], told["suv_problem"]) == (0.0, "No SUV, because this is no PET image.")
    _, pet = run("info", shared / "data/dicom/pet/GH610.dcm")
    assert "unit of its values is PROPCPS" in pet["suv_problem"]


def test_a_line_and_a_region_are_measured_with_units_and_basis(run, shared):
    _, line = run("measure", shared / MR, "--line", "0,0 30,40")
    assert line["values"] == [{"name": "Length", "value": 50 * 0.3125, "unit": "mm"}]
    assert line["basis"] == "patient"
    _, region = run("measure", shared / MR, "--roi", "ellipse:10,10;40,30")
    values = {one["name"]: one for one in region["values"]}
    assert values["Area"]["value"] == pytest.approx(math.pi / 4 * 30 * 20 * 0.3125**2)
    assert values["Area"]["unit"] == "mm²"
    stored = frame_of(shared / MR).pixels
    rows, columns = np.mgrid[0:64, 0:64] + 0.5
    inside = ((columns - 25) / 15) ** 2 + ((rows - 20) / 10) ** 2 <= 1
    assert values["Mean"]["value"] == pytest.approx(stored[inside].mean())
    assert values["Pixels"]["value"] == inside.sum()


@pytest.mark.parametrize(
    "words",
    [
        ("--roi", "circle:1,1 2,2"),
        ("--roi", "ellipse:1,1"),
        ("--roi", "polygon:1,1 2,2"),
        ("--line", "1,1 2"),
        ("--line", "one,two three,four"),
        ("--line", "nan,1 2,2"),
        ("--line", "1,1 2,2", "--frame", "2"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_what_to_write(run, shared, words):
    status, told = run("measure", shared / MR, *words)
    assert status == Exit.USAGE
    assert told["advice"]


def test_the_columns_of_a_file_without_spacing_are_pixels(run, shared, tmp_path):
    import pydicom

    data = pydicom.dcmread(shared / MR)
    del data.PixelSpacing
    data.save_as(tmp_path / "blind.dcm")
    _, told = run("measure", tmp_path / "blind.dcm", "--line", "0,0 3,4")
    assert told["values"] == [{"name": "Length", "value": 5.0, "unit": "px"}]
    assert told["basis"] == "pixels"


def test_the_values_of_pet_become_suv_only_with_dose_weight_times_and_units(run, shared, tmp_path):
    import pydicom
    from pydicom.dataset import Dataset

    data = pydicom.dcmread(shared / "data/dicom/pet/GH610.dcm")
    isotope = Dataset()
    isotope.RadiopharmaceuticalStartTime = "100000"
    isotope.RadionuclideTotalDose = "370000000"
    isotope.RadionuclideHalfLife = "6586.2"
    data.Units, data.CorrectedImage, data.DecayCorrection = "BQML", ["ATTN", "DECY"], "START"
    data.PatientWeight, data.SeriesDate, data.SeriesTime = "74", "20260820", "110000"
    data.AcquisitionDate, data.AcquisitionTime = "20260820", "110000"
    data.RadiopharmaceuticalInformationSequence = [isotope]
    data.save_as(tmp_path / "pet.dcm")
    _, told = run("info", tmp_path / "pet.dcm")
    assert told["suv"] == pytest.approx(74000 / (370e6 * 0.5 ** (3600 / 6586.2)), rel=1e-9)
    for keyword, value, why in (
        ("PatientWeight", "", "weight"),
        ("CorrectedImage", ["ATTN"], "decay"),
        ("DecayCorrection", "NONE", "decay correction"),
        ("SeriesTime", "113000", "dated after"),
    ):
        changed = pydicom.dcmread(tmp_path / "pet.dcm")
        setattr(changed, keyword, value)
        changed.save_as(tmp_path / "less.dcm")
        _, told = run("info", tmp_path / "less.dcm")
        assert told["suv"] == 0
        assert why in told["suv_problem"]


STATES = "data/dicom/presentation_states/1.2.276.0.7230010.3.200."


def coloured(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB")).astype(int)


def test_a_presentation_state_is_applied_with_its_turns_shutters_and_annotations(run, shared, tmp_path):
    for state, image in (("11.0.1", "11.1.1"), ("9.0.1", "9.1.1"), ("7.0.10", "7.10.1")):
        file = shared / f"{STATES}{image}"
        run("render", file, "--out", tmp_path / "stored")
        status, told = run("render", file, "--out", tmp_path / "state", "--state", shared / f"{STATES}{state}")
        assert status == Exit.DONE, told
    stored, shown_by = ([coloured(p) for p in sorted((tmp_path / at).iterdir())] for at in ("stored", "state"))
    shutter, turned, annotated = (shown_by[at] for at in (1, 0, 2))
    assert shutter[3, 3].max() == 0
    assert turned.shape == stored[0].shape
    yellow = (annotated == (0xFF, 0xD8, 0x4D)).all(axis=2)
    assert yellow.sum() > 50
    assert not (stored[2] == (0xFF, 0xD8, 0x4D)).all(axis=2).any()


def test_a_state_about_other_images_or_with_other_turns_is_refused(run, shared, tmp_path):
    file, state = shared / f"{STATES}9.1.1", shared / f"{STATES}11.0.1"
    status, told = run("render", file, "--out", tmp_path, "--state", state)
    assert status == Exit.FAILED
    assert "says nothing about this image" in told["problems"][0]["message"]
    status, told = run("render", file, "--out", tmp_path, "--state", state, "--rotate", "90")
    assert status != Exit.DONE


def test_colours_and_overlays_of_the_file_are_drawn_when_asked_for(run, shared, tmp_path):
    run("render", shared / MR, "--out", tmp_path, "--colours", "Hot metal")
    picture_of = coloured(tmp_path / "MR_small.png")
    assert (picture_of[..., 0] != picture_of[..., 2]).any()
    _, told = run("render", shared / MR, "--out", tmp_path, "--colours", "no such")
    assert "No colours are called" in told["problems"][0]["message"]
    (file,) = (shared / "data/dicom/display_consistency/overlay").glob("*1107.5.1.4.1003*")
    _, plain = run("render", file, "--out", tmp_path / "plain")
    _, drawn = run("render", file, "--out", tmp_path / "drawn", "--drawn")
    difference = coloured(drawn["pictures"][0]["picture"]) != coloured(plain["pictures"][0]["picture"])
    assert difference.any()


@pytest.mark.parametrize(
    ("file", "kind", "use"),
    [
        ("objects/waveform_ecg.dcm", "a waveform", "Open its case"),
        ("objects/rtstruct.dcm", "a structure set", "Open its case"),
        ("presentation_states/1.2.276.0.7230010.3.200.9.0.1", "a presentation state", "--state"),
    ],
)
def test_what_holds_no_picture_is_said_by_its_kind_with_what_it_is_for(run, shared, tmp_path, file, kind, use):
    path = shared / "data/dicom" / file
    for words in (["info", path], ["measure", path, "--probe", "1,1"]):
        status, told = run(*words)
        assert status == Exit.FAILED
        assert kind in told["message"]
        assert use in told["advice"]
    status, told = run("render", path, "--out", tmp_path)
    assert status == Exit.FAILED
    assert kind in told["problems"][0]["message"]


def test_every_hostile_file_is_answered_by_every_command_in_json_and_one_sentence(run, shared, tmp_path):
    """Never by a fault of the program, and never by nothing."""
    files = [file for file in sorted((shared / "data/hostile/dicom").iterdir()) if file.suffix == ".dcm"]
    assert len(files) > 20
    acts = (("info",), ("measure", "--roi", "rectangle:1,1 9,9"), ("info",), ("render", "--out", tmp_path))
    for number, file in enumerate(files):
        act, *more = acts[number % 4]
        status, told = run(act, file, *more)
        assert status in (Exit.DONE, Exit.FAILED), file
        problem = told.get("message") or told.get("problem") or "".join(p["message"] for p in told.get("problems", ()))
        assert bool(problem) == (status == Exit.FAILED), file
        assert not problem or (problem[-1] in ".?!" and "\n" not in problem), file


def test_a_window_or_a_point_may_be_below_zero(run, shared, tmp_path):
    """`--window -600,1500` is the lung's: a value, though it begins as an option does."""
    status, told = run("render", shared / MR, "--out", tmp_path / "a", "--window", "-600,1500")
    assert status == Exit.DONE, told
    status, _ = run("render", shared / MR, "--out", tmp_path / "b", "--window=-600,1500")
    assert status == Exit.DONE
    assert (picture(tmp_path / "a" / "MR_small.png") == picture(tmp_path / "b" / "MR_small.png")).all()
    _, line = run("measure", shared / MR, "--line", "-3,-4 0,0")
    assert line["values"][0]["value"] == pytest.approx(5 * 0.3125)


@pytest.mark.parametrize(
    "words",
    [
        ("measure", "MR"),
        ("measure", "MR", "--line", "1,1 2,2", "--probe", "1,1"),
        ("render", "MR"),
        ("info", "MR", "--frame", "two"),
        ("info", "MR", "--no-such-option"),
        ("render", "MR", "--out", "OUT", "--rotate", "45"),
        ("render", "MR", "--out", "OUT", "--window", "40"),
        ("render", "MR", "--out", "OUT", "--window", "40,0"),
        ("render", "MR", "--out", "OUT", "--window", "40,400", "--preset", "Bone"),
    ],
)
def test_what_is_wrong_with_the_words_of_a_command_is_said_in_json_too(run, shared, tmp_path, words):
    places = {"MR": shared / MR, "OUT": tmp_path}
    status, told = run(*(places.get(word, word) for word in words))
    assert status == Exit.USAGE
    assert told["message"].endswith(".")
    assert told["advice"]


def test_a_picture_is_inverted_when_asked_for(run, shared, tmp_path):
    run("render", shared / MR, "--out", tmp_path / "a")
    run("render", shared / MR, "--out", tmp_path / "b", "--invert")
    assert (picture(tmp_path / "a" / "MR_small.png") == 255 - picture(tmp_path / "b" / "MR_small.png")).all()


def test_a_point_is_measured_where_it_was_typed(run, shared):
    """Marks of a draft lie on a grid of 1/256 pixel, which would make these 0.30078 pixels."""
    _, line = run("measure", shared / MR, "--line", "0,0 0.3,0")
    assert line["values"][0]["value"] == pytest.approx(0.3 * 0.3125, rel=1e-12)


def test_numbers_that_json_does_not_have_are_null(run, tmp_path):
    file = tmp_path / "far.dcm"
    file.write_bytes(made.image(np.array([[-1.7e308, 1.7e308]])))
    for words in (("info",), ("measure", "--roi", "rectangle:0,0 2,1")):
        status, told = run(words[0], file, *words[1:])
        assert status == Exit.DONE
        assert "Infinity" not in json.dumps(told)
