"""What is said of the result that is pointed at: as received, its percentile in a child, and its pace.

Pure functions without Qt.
"""

from __future__ import annotations

from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.ui.labs import growth, pace, reading
from reviewer_app.ui.labs.growth import Child
from reviewer_app.ui.labs.state import Scaling


def of(trend: Trend, result: Result, sheet: Sheet, scaling: Scaling, child: Child | None) -> str:
    """Two lines, and what follows them where something can be compared; a withdrawn result is said to be that."""
    words = reading.words_of(result, sheet)
    if result.retracted:
        return f"{words}   withdrawn by the source, cannot be cited"
    return f"{words}{growth.percentile(result, sheet, child)}{pace.since_first(trend, result, sheet, scaling)}"
