"""The drawn volumes: the same every time, true in HU and millimetres, and correct DICOM."""

from __future__ import annotations

from datetime import date

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless

from reviewer_app.practice.cases import brain, liver, lung
from reviewer_app.practice.phantom import abdomen, head, thorax
from reviewer_app.practice.phantom.drawing import Grid, Tube
from reviewer_app.practice.phantom.lesions import Nodule
from reviewer_app.practice.phantom.series import ImagePatient, SeriesPlan, StudyPlan, uid, write_series

COARSE = 1.4


def chest_at(*zs, nodules=(), noise=13.0, spacing=COARSE, size=256):
    grid = Grid(size, spacing, zs)
    return grid, list(thorax.slices(thorax.Chest("test", grid, noise=noise, nodules=nodules)))


def value_at(grid, plane, x, y, reach=3.0):
    column, row = (round((v - grid.origin) / grid.spacing) for v in (x, y))
    n = int(reach / grid.spacing)
    return float(np.median(plane[row - n : row + n + 1, column - n : column + n + 1]))


def edge_of(grid, plane, centre, level):
    """Distance from the centre at which the median of the ring first passes a level."""
    distance = np.hypot(grid.axis[None, :] - centre[0], grid.axis[:, None] - centre[1])
    start = float(np.median(plane[distance < 2])) > level
    for radius in np.arange(1.0, 40.0, 0.25):
        ring = plane[np.abs(distance - radius) < 0.4]
        if (float(np.median(ring)) > level) != start:
            return radius
    return float("nan")


def widest(grid, mask):
    rows, columns = np.nonzero(mask)
    points = np.c_[rows, columns] * grid.spacing
    turns = np.linspace(0, np.pi, 60)
    return max(np.ptp(points @ (np.cos(t), np.sin(t))) for t in turns) + grid.spacing


def test_a_volume_is_the_same_in_every_run():
    first, second = (chest_at(30.0, 20.0)[1] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_two_scans_of_one_chest_differ_in_noise_only():
    grid = Grid(256, COARSE, (10.0, 0.0))
    now, then = (next(iter(thorax.slices(thorax.Chest(seed, grid)))) for seed in ("now", "then"))
    assert not np.array_equal(now, then)
    assert abs(float((now - then).mean())) < 1.0


@pytest.mark.parametrize(
    ("what", "z", "x", "y", "reach", "low", "high"),
    [
        ("air outside", 0.0, -170.0, -160.0, 5, -1010, -985),
        ("left lung", 20.0, 75.0, -20.0, 15, -900, -780),
        ("trachea", 60.0, 1.0, 14.0, 3, -1010, -960),
        ("blood of the descending aorta", -60.0, 25.0, 44.0, 3, 170, 240),
        ("liver under the right dome", -150.0, -60.0, 0.0, 6, 85, 130),
    ],
)
def test_the_chest_has_the_hounsfield_units_of_its_tissues(what, z, x, y, reach, low, high):
    grid, planes = chest_at(z, z - 3)
    assert low <= value_at(grid, planes[0], x, y, reach) <= high, what


def test_fat_and_bone_lie_where_they_should():
    grid, planes = chest_at(1.0, -2.0, noise=0.0)
    fat = value_at(grid, planes[0], 0.0, -109.0, reach=1.5)
    assert -115 < fat < -80
    assert planes[0].max() > 500, "no compact bone"
    assert planes[0].max() < 1500


def test_contrast_brightens_blood_and_leaves_lung():
    grid = Grid(256, COARSE, (-60.0, -63.0))
    plain, bright = (next(iter(thorax.slices(thorax.Chest("c", grid, contrast=c)))) for c in (0.0, 150.0))
    assert value_at(grid, bright, 25, 44) - value_at(grid, plain, 25, 44) > 120
    assert abs(value_at(grid, bright, -100, -20, 12) - value_at(grid, plain, -100, -20, 12)) < 25


@pytest.mark.parametrize(("nodule", "said"), [(lung.NOW, 14.0), (lung.PRIOR, 8.0)])
def test_the_nodule_measures_what_the_report_says_and_is_on_the_right(nodule, said):
    solid = Nodule(nodule.centre, nodule.diameter, lobulation=nodule.lobulation)
    grid, planes = chest_at(39.0, 36.0, nodules=(solid,), noise=0.0, spacing=0.7, size=512)
    assert 2 * edge_of(grid, planes[0], solid.centre, -400) == pytest.approx(said, abs=0.8)
    assert solid.centre[0] < 0, "the patient's right has negative x"


def test_spicules_reach_beyond_the_solid_part():
    bare = Nodule(lung.PLACE, 14.0)
    _, smooth = chest_at(39.0, 36.0, nodules=(bare,), noise=0.0, spacing=0.7, size=512)
    grid, spiky = chest_at(39.0, 36.0, nodules=(lung.NOW,), noise=0.0, spacing=0.7, size=512)
    x, y, _ = lung.PLACE
    ring = np.hypot(grid.axis[None, :] - x, grid.axis[:, None] - y)
    around = (ring > 8) & (ring < 12)
    assert (spiky[0][around] > -600).sum() > (smooth[0][around] > -600).sum() + 20


@pytest.mark.parametrize("number", [0, 1])
def test_each_liver_metastasis_is_darker_than_the_liver_around_it_and_as_wide_as_reported(number):
    lesion = liver.METASTASES[number]
    x, y, z = lesion.centre
    grid = Grid(512, 0.74, (z, z - 3))
    plane = next(iter(abdomen.slices(abdomen.Abdomen("t", grid, noise=0.0, metastases=liver.METASTASES))))
    ring = np.hypot(grid.axis[None, :] - x, grid.axis[:, None] - y)
    inside, around = ring < lesion.diameter / 3, (ring > lesion.diameter * 0.62) & (ring < lesion.diameter * 0.75)
    assert float(np.median(plane[around])) - float(plane[inside].mean()) > 30
    assert 2 * edge_of(grid, plane, lesion.centre, 98) == pytest.approx(lesion.diameter, abs=1.5)


def test_the_abdomen_shows_organs_in_their_order_of_enhancement():
    grid = Grid(512, 0.74, (-2.0, -5.0))
    plane = next(iter(abdomen.slices(abdomen.Abdomen("t", grid, noise=0.0))))
    aorta, muscle = value_at(grid, plane, 10, 8, 2), value_at(grid, plane, 32, 40, 2)
    cortex = float(np.percentile(plane[np.hypot(grid.axis[None, :] - 66, grid.axis[:, None] - 42) < 30], 95))
    assert cortex > aorta > 120 > muscle > 30


@pytest.mark.parametrize(("glioma", "said"), [(brain.NOW, 34.0), (brain.PRIOR, 28.0)])
def test_the_glioma_is_as_wide_as_reported_and_on_the_left(glioma, said):
    axis = np.arange(-60, 60, 0.5, dtype=np.float32)
    spans = []
    for z in np.arange(25, 46, 1.0):
        mask = glioma.distance(axis[None, :] + 33, axis[:, None] - 34, float(z)) < 0
        if mask.any():
            spans.append(widest(Grid(240, 0.5, (0.0, 1.0)), mask))
    assert max(spans) == pytest.approx(said, abs=1.2)
    assert glioma.centre[0] > 0, "the patient's left has positive x"


def test_flair_shows_the_glioma_brighter_and_t1_darker_than_white_matter():
    grid = Grid(256, 0.9, (brain.NOW.centre[2], brain.NOW.centre[2] - 2.4))
    t1, flair = next(iter(head.slices(head.HeadScan("t", grid, (head.T1, head.FLAIR), noise=0.0, glioma=brain.NOW))))
    x, y, _ = brain.NOW.centre
    healthy = (-20.0, -5.0)
    assert value_at(grid, flair, x, y) > value_at(grid, flair, *healthy) + 100
    assert value_at(grid, t1, x, y) < value_at(grid, t1, *healthy) - 200


def test_fluid_is_dark_in_both_contrasts():
    grid = Grid(256, 0.9, (20.0, 17.6))
    planes = next(iter(head.slices(head.HeadScan("t", grid, (head.T1, head.FLAIR), noise=0.0))))
    for plane in planes:
        assert value_at(grid, plane, 11.5, -8.0, 2) < 0.5 * value_at(grid, plane, 30.0, 20.0, 2)


def test_a_tube_passes_through_its_sections_and_stays_constant_beyond():
    tube = Tube((0, 1.0), (10, 3.0), (20, 2.0))
    assert tube.at(10.0)[0] == pytest.approx(3.0)
    assert tube.at(50.0) == tube.at(20.0)
    assert not tube.holds(21.0)


PATIENT = ImagePatient("Παπαδημητρίου^Ελένη", "LYK-1", "19680902", "F")
STUDY = StudyPlan(uid("test", "study"), "20261101", "101500", "P1", "CT", "Clinic", "Doctor^A")


def plan_of(modality, syntax, intercept=0):
    return SeriesPlan(
        3, modality, "axial", "CHEST", str(syntax), ((40.0, 400.0, "SOFT"), (-600.0, 1500.0, "LUNG")), intercept
    )


@pytest.mark.parametrize(
    ("modality", "syntax", "intercept"),
    [("CT", ExplicitVRLittleEndian, 0), ("CT", JPEGLSLossless, -1024), ("MR", JPEG2000Lossless, 0)],
)
def test_a_written_series_gives_back_every_value(tmp_path, modality, syntax, intercept):
    grid = Grid(64, 2.0, (10.0, 7.0, 4.0))
    rng = np.random.default_rng(1)
    low, high = (-1000, 1500) if modality == "CT" else (0, 4000)
    planes = [rng.integers(low, high, (64, 64)).astype(np.float32) for _ in grid.zs]
    uids = write_series(tmp_path, PATIENT, STUDY, plan_of(modality, syntax, intercept), grid, planes)
    for index, path in enumerate(sorted(tmp_path.glob("*.dcm"))):
        image = pydicom.dcmread(path)
        stored = image.pixel_array if syntax == ExplicitVRLittleEndian else _decoded(image)
        assert np.array_equal(stored.astype(int) + int(image.get("RescaleIntercept", 0)), planes[index])
        assert image.SOPInstanceUID == uids[index]
        assert [float(v) for v in image.ImagePositionPatient] == [grid.origin, grid.origin, grid.zs[index]]
        assert str(image.PatientName) == PATIENT.name


def _decoded(image):
    frame = next(generate_frames(image.PixelData, number_of_frames=1))
    decode = (
        imagecodecs.jpegls_decode if image.file_meta.TransferSyntaxUID == JPEGLSLossless else imagecodecs.jpeg2k_decode
    )
    return decode(frame)


def test_files_of_a_series_are_the_same_bytes_in_every_run(tmp_path):
    grid = Grid(64, 2.0, (10.0, 7.0))
    planes = [np.zeros((64, 64), np.float32)] * 2
    written = []
    for name in ("a", "b"):
        write_series(tmp_path / name, PATIENT, STUDY, plan_of("CT", ExplicitVRLittleEndian), grid, planes)
        written.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert written[0] == written[1]


def test_identifiers_are_valid_and_depend_on_the_day():
    chart, scans, _ = liver.tell(date(2026, 11, 22))
    _, later, _ = liver.tell(date(2026, 11, 23))
    assert pydicom.uid.UID(scans[0].study.uid).is_valid
    assert scans[0].study.uid.startswith("2.25.")
    assert scans[0].study.uid != later[0].study.uid
    assert chart.case == "practice-liver"
