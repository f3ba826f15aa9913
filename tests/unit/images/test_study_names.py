"""A study is named with its modality once."""

from __future__ import annotations

import pytest

from reviewer_app.domain.ids import StudyUid
from reviewer_app.domain.imaging import Study


@pytest.mark.parametrize(
    ("modalities", "description", "named"),
    [
        (("CT",), "CT chest with contrast", "CT chest with contrast"),
        (("CT",), "Chest with contrast", "CT Chest with contrast"),
        (("PT", "CT"), "PET/CT whole body", "PET/CT whole body"),
        (("CT", "KO", "PT", "RTSTRUCT"), "Planning PET/CT", "Planning PET/CT"),
        (("KO",), "Key images", "KO Key images"),
        (("MR",), "", "MR"),
        (("CT",), "Doctor's contact sheet", "CT Doctor's contact sheet"),
        ((), "", ""),
    ],
)
def test_a_modality_is_said_once(modalities, description, named):
    assert Study(StudyUid("1.2"), description=description, modalities=modalities).named == named
