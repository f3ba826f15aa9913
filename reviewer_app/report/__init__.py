"""The letter: PDF/A-3 by reportlab and pikepdf, PAdES signature by pyHanko, evidence manifest, verification.

This is the public face; it takes and returns plain values and knows neither vault nor FHIR nor DICOM.  The libraries
are imported when first used, because they cost more than the start-up budget allows.
"""

from __future__ import annotations

from reviewer_app.report.verdict import Signer, Verdict

__all__ = ["Signer", "Verdict"]
