"""SUV by body weight where the data allow, the reason where they do not; and how long frames of cine last."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest

from reviewer_app.dicom.index import index_file
from reviewer_app.dicom.pixels import modality_values
from tests.pictured import frame_of

PET = "data/cases/case-01-breast-staging/dicom/planning_petct"
CINE = "data/cases/case-04-coronary-surgery/dicom"


def written(data: pydicom.Dataset):
    out = io.BytesIO()
    data.save_as(out)
    return index_file(out.getvalue())


@pytest.fixture
def pet(shared):
    return pydicom.dcmread(shared / PET / "PT_005_0050.dcm")


def test_the_hottest_voxel_of_the_shared_pet_has_the_suv_that_is_published(shared):
    best = (0.0, 0.0, "")
    for file in sorted((shared / PET).glob("PT_*.dcm")):
        frame = frame_of(file)
        values = modality_values(frame.pixels, frame.instance, frame.info)
        peak = float(values.max()) * frame.instance.suv_factor
        best = max(best, (peak, frame.info.plane.position[2], file.name))
    assert best[0] == pytest.approx(6.92, abs=0.005)
    assert best[1] == pytest.approx(24.559, abs=0.001)
    assert best[2] == "PT_005_0050.dcm"


def test_the_factor_is_weight_by_decayed_dose(pet):
    isotope = pet.RadiopharmaceuticalInformationSequence[0]
    pet.PatientWeight = 70
    isotope.RadionuclideTotalDose = 350e6
    isotope.RadionuclideHalfLife = 6000
    pet.SeriesDate, pet.SeriesTime = "20260820", "110000"
    pet.AcquisitionDate, pet.AcquisitionTime = "20260820", "110000"
    isotope.RadiopharmaceuticalStartDateTime = "20260820092000"  # 100 minutes, one half life
    assert written(pet).suv_factor == pytest.approx(70_000 / 175e6)


def test_values_corrected_to_the_injection_are_not_decayed_again(pet):
    pet.DecayCorrection = "ADMIN"
    pet.PatientWeight = 70
    pet.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = 350e6
    assert written(pet).suv_factor == pytest.approx(70_000 / 350e6)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda pet: setattr(pet, "PatientWeight", None), "weight is not said"),
        (lambda pet: setattr(pet, "Units", "PROPCPS"), "unit of its values is PROPCPS"),
        (lambda pet: setattr(pet, "Units", "CNTS"), "counts without a scale"),
        (lambda pet: setattr(pet, "RescaleSlope", 0), "rescale is not usable"),
        (lambda pet: setattr(pet, "CorrectedImage", ["ATTN"]), "not corrected for decay"),
        (lambda pet: setattr(pet, "CorrectedImage", ["DECY"]), "not corrected for attenuation"),
        (lambda pet: setattr(pet, "DecayCorrection", "NONE"), "decay correction is NONE"),
        (lambda pet: delattr(pet.RadiopharmaceuticalInformationSequence[0], "RadionuclideHalfLife"), "half life"),
        (lambda pet: delattr(pet.RadiopharmaceuticalInformationSequence[0], "RadionuclideTotalDose"), "injected dose"),
        (lambda pet: setattr(pet, "SeriesTime", "235900"), "dated after its acquisition"),
    ],
)
def test_without_what_it_needs_there_is_no_suv_but_the_reason(pet, change, reason):
    change(pet)
    found = written(pet)
    assert found.suv_factor == 0
    assert reason in found.suv_problem


def test_philips_counts_become_suv_by_the_private_factor(pet):
    pet.Units = "CNTS"
    block = pet.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x00, "DS", "0.000551")
    assert written(pet).suv_factor == pytest.approx(0.000551)


def test_a_ct_has_no_suv_and_needs_no_reason(shared):
    found = index_file((shared / PET / "CT_002_0001.dcm").read_bytes())
    assert (found.suv_factor, found.suv_problem) == (0.0, "")


@pytest.fixture
def cine():
    made = pydicom.Dataset()
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    made.SOPClassUID, made.SOPInstanceUID = pydicom.uid.UltrasoundMultiFrameImageStorage, "1.2.3.4"
    made.StudyInstanceUID, made.SeriesInstanceUID, made.Modality = "1.2", "1.2.3", "US"
    made.Rows = made.Columns = 4
    made.NumberOfFrames = 3
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 8, 8, 7, 0
    made.PixelData = np.zeros((3, 4, 4), np.uint8).tobytes()
    return made


def durations(data):
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return [info.milliseconds for info in index_file(out.getvalue()).frames]


def test_a_frame_lasts_until_the_next_one_by_the_vector(cine):
    cine.FrameTimeVector = [0, 20, 60]
    cine.FrameTime = 33
    assert durations(cine) == [20, 60, 60]


def test_without_a_sound_vector_the_frame_time_counts_then_the_rate(cine):
    cine.FrameTimeVector = [0, 20]
    cine.FrameTime = 33
    assert durations(cine) == [33, 33, 33]
    del cine.FrameTime
    cine.CineRate = 50
    assert durations(cine) == [20, 20, 20]
