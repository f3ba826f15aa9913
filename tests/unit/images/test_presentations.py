"""What came to be shown over images: segments, structures, key selections, presentation states, in a real vault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from reviewer_app.dicom import veil
from reviewer_app.domain.drawn import Drawn, Graphic, GraphicKind, OverlayPlane, curve
from reviewer_app.domain.ids import InstanceUid
from reviewer_app.domain.presentation import DisplayedArea, Target, in_area, turned, turned_back
from reviewer_app.domain.structures import Contour, Outlines, Structure
from reviewer_app.services import presentations
from reviewer_app.services.outlining import contoured
from tests.desks import CASE_ID, open_session
from tests.pictured import indexed
from tests.vaulted_images import ingest


@pytest.fixture
def session(tmp_path: Path):
    made = open_session(tmp_path / "home")
    yield made
    made.close()


@pytest.mark.parametrize("segmentation", ["liver", "liver_deflate", "liver_j2k"])
def test_segments_lie_on_the_images_that_they_were_made_from_pixel_by_pixel(session, shared: Path, segmentation: str):
    folder = shared / "data/dicom/objects"
    slices = [folder / f"0{number}.dcm" for number in (1, 2, 3)]
    ingest(session, [*slices, folder / f"{segmentation}.dcm"])
    header = pydicom.dcmread(folder / "liver.dcm")
    series = pydicom.dcmread(slices[0], stop_before_pixels=True).SeriesInstanceUID
    found = presentations.companions(session, CASE_ID, series)
    assert not found.problems
    assert found.outlines[0].names == ("Liver",)
    for number, group in enumerate(header.PerFrameFunctionalGroupsSequence):
        source = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        (plane,) = found.outlines_on(source, 0).planes
        bits = np.unpackbits(np.frombuffer(plane.bits, np.uint8), bitorder="little").reshape(512, 512)
        assert np.array_equal(bits, header.pixel_array[number])


def test_a_contour_is_drawn_on_the_slice_in_whose_plane_it_lies_and_on_no_other(shared: Path):
    images = [indexed(shared / f"data/dicom/objects/0{number}.dcm") for number in (1, 2, 3)]
    plane, spacing = images[1].frames[0].plane, images[1].frames[0].spacing
    x, y, z = plane.position
    corners = ((x, y, z), (x + 10 * spacing.column, y, z), (x + 10 * spacing.column, y + 20 * spacing.row, z))
    structure = Structure("GTV", "ff0000", (Contour(corners),))
    found = contoured(Outlines(InstanceUid("1.2"), "plan", (structure,)), images)
    assert set(found.drawings) == {(images[1].uid, 0)}
    (graphic,) = found.on(images[1].uid, 0).graphics
    wanted = ((0.5, 0.5), (10.5, 0.5), (10.5, 20.5), (0.5, 0.5))
    assert np.allclose(graphic.points, wanted)  # the position is the centre of the first pixel


def test_what_another_patients_object_says_is_left_out(session, shared: Path):
    folder = shared / "data/dicom/objects"
    ingest(session, [folder / "01.dcm", folder / "liver.dcm"])
    segmentation = str(pydicom.dcmread(folder / "liver.dcm").SeriesInstanceUID)
    session.vault.images.mismatch(CASE_ID, segmentation, "another name")
    series = pydicom.dcmread(folder / "01.dcm", stop_before_pixels=True).SeriesInstanceUID
    assert not presentations.companions(session, CASE_ID, series).outlines


def test_a_key_selection_counts_only_for_the_frames_it_names():
    target = Target(InstanceUid("1.2.3"), (2, 4))
    assert [target.holds(InstanceUid("1.2.3"), frame) for frame in range(4)] == [False, True, False, True]
    assert not target.holds(InstanceUid("1.2.4"), 1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flipped", [False, True])
def test_display_units_go_through_every_turn_and_back(rotation: int, flipped: bool):
    point = (0.3, 0.8)
    assert turned_back(turned(point, rotation, flipped=flipped), rotation, flipped=flipped) == pytest.approx(point)
    whole = DisplayedArea((1, 1), (200, 100))
    middle = in_area(whole, 200, 100, rotation, flipped=flipped, point=(0.5, 0.5))
    assert middle == pytest.approx((100, 50))


def test_display_units_count_within_the_displayed_area_after_turning():
    area = DisplayedArea((101, 1), (200, 50))
    assert in_area(area, 200, 100, 0, flipped=False, point=(0, 0)) == pytest.approx((100, 0))
    # a quarter turn clockwise brings the lower left corner of the area to its top left
    assert in_area(area, 200, 100, 90, flipped=False, point=(0, 0)) == pytest.approx((100, 50))


def test_an_overlay_beyond_the_image_is_cut_at_its_edge():
    plane = OverlayPlane(4, 4, left=-2, top=-2, bits=b"\xff\xff")
    assert veil.covered(plane, 8, 8).sum() == 4
    assert veil.veil(Drawn(planes=(plane,)), 8, 8)[3, 3] == 0


def test_an_outlined_segment_shows_its_edge_only():
    plane = OverlayPlane(8, 8, 0, 0, b"\xff" * 8, outline=True)
    assert veil.covered(plane, 8, 8).sum() == 28


def test_an_ellipse_goes_through_the_ends_of_its_axes():
    graphic = Graphic(GraphicKind.ELLIPSE, ((0, 5), (20, 5), (10, 0), (10, 10)))
    drawn = curve(graphic)
    for end in graphic.points:
        assert min(np.hypot(x - end[0], y - end[1]) for x, y in drawn) < 0.01
