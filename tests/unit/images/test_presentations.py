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
from reviewer_app.domain.structures import Contour, Outlines, Segment, Structure
from reviewer_app.services import presentations
from reviewer_app.services.outlining import contoured, on_grid_of
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
    structure = Structure("GTV", "ff0000", (Contour(corners),), images[1].frame_of_reference)
    found = contoured(Outlines(InstanceUid("1.2"), "plan", (structure,)), images)
    assert set(found.drawings) == {(images[1].uid, 0)}
    (graphic,) = found.on(images[1].uid, 0).graphics
    wanted = ((0.5, 0.5), (10.5, 0.5), (10.5, 20.5), (0.5, 0.5))
    assert np.allclose(graphic.points, wanted)  # the position is the centre of the first pixel


def test_what_fits_no_image_of_a_series_is_named_with_the_reason_and_not_drawn(shared: Path):
    images = [indexed(shared / f"data/dicom/objects/0{number}.dcm") for number in (1, 2, 3)]
    plane, spacing = images[1].frames[0].plane, images[1].frames[0].spacing
    x, y, z = plane.position
    fitting, away = (tuple((x + side, y, z + off) for side in (0, 5, 9)) for off in (0, 400))
    ours = images[1].frame_of_reference

    def over(*contours, reference: str = ours):
        structure = Structure("GTV", "ff0000", tuple(map(Contour, contours)), reference)
        return contoured(Outlines(InstanceUid("1.2"), "plan", (structure,)), images)

    assert over(fitting, away).problems == (
        "Structure set “plan”: 1 of 2 contours lie in no plane of these images and are not drawn.",
    )
    (nowhere,) = over(away).problems
    assert "is not drawn here" in nowhere
    drawn_on_another_series = Structure("GTV", "ff0000", (Contour(fitting, instance=InstanceUid("9.9")),), ours)
    found = contoured(Outlines(InstanceUid("1.2"), "plan", (drawn_on_another_series,)), images)
    assert set(found.drawings) == {(images[1].uid, 0)}  # as on PET beside the CT that was outlined
    elsewhere = over(fitting, reference="1.2.840.1")
    assert elsewhere.empty  # the same numbers in another frame of reference are another place
    assert not elsewhere.problems

    def segmented(spacing: tuple[float, float]):
        grid = Segment("Liver", "00ff00", 8, 8, 0, plane, spacing)
        found = Outlines(InstanceUid("1.3"), "organs", segments=(grid,))
        return on_grid_of(found, images[1], images, lambda _number: np.ones((8, 8), np.uint8))

    assert not segmented((spacing.row, spacing.column)).problems
    coarse = segmented((spacing.row * 2, spacing.column * 2))
    assert coarse.empty
    assert coarse.problems == ("Segmentation “organs” is not drawn here: it lies on another grid than these images.",)


def test_a_state_that_cannot_be_applied_is_named_on_the_series_it_is_about(session, shared: Path, tmp_path: Path):
    folder = shared / "data/dicom/presentation_states"
    state = pydicom.dcmread(folder / "1.2.276.0.7230010.3.200.9.0.1")
    for kind, name in (("5", "XA/XRF grayscale"), ("2", "")):
        state.SOPClassUID = state.file_meta.MediaStorageSOPClassUID = f"1.2.840.10008.5.1.4.1.1.11.{kind}"
        state.SOPInstanceUID = state.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{kind}"
        state.SeriesInstanceUID = f"1.2.4.{kind}"
        state.save_as(tmp_path / f"{kind}.dcm")
        image = folder / "1.2.276.0.7230010.3.200.9.1.1"
        ingest(session, [tmp_path / f"{kind}.dcm", image] if kind == "5" else [tmp_path / f"{kind}.dcm"])
        series = str(pydicom.dcmread(image, stop_before_pixels=True).SeriesInstanceUID)
        found = presentations.companions(session, CASE_ID, series)
        if name:
            assert not found.states
            assert any(f"({name})" in problem and state.ContentDescription in problem for problem in found.problems)
        else:
            assert [known.uid for known in found.states] == ["1.2.3.2"]


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
