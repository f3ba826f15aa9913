"""Checking a signed letter, with or without a vault."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app import report
from reviewer_app.report import Verdict


def verify(pdf: bytes, trust: Sequence[bytes]) -> Verdict:
    """Whether a letter is what was signed, and by whom.

    Args:
        pdf: The whole file.
        trust: Certificates to trust, PEM (one or more in each) or DER.

    Raises:
        BadInput: A certificate to trust cannot be read.
    """
    return report.verify(pdf, trust)
