"""Whether an image was ever compressed with loss, and how much (PS3.3 C.7.6.1.1.5)."""

from __future__ import annotations

from pydicom.dataset import Dataset

from reviewer_app.dicom import elements
from reviewer_app.dicom.syntaxes import LOSSY


def lossy_ratio(data: Dataset, transfer_syntax: str) -> float:
    """Compression ratio, the product of all steps; 0 where never lossy, 1 where the ratio is not known."""
    said = elements.text(data, "LossyImageCompression") == "01"
    ratios = elements.numbers(data, "LossyImageCompressionRatio")
    if not said and not ratios and transfer_syntax not in LOSSY:
        return 0.0
    ratio = 1.0
    for step in ratios:
        ratio *= step if step > 0 else 1.0
    return max(ratio, 1.0)
