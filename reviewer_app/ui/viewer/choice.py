"""Which series to show first, beside, and as the prior: choices over the studies of a case."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.domain.ids import SeriesUid
from reviewer_app.domain.imaging import Series, Study
from reviewer_app.ui.viewer.texts import NO_PICTURES


def viewable(studies: Sequence[Study]) -> tuple[Series, ...]:
    """Series that hold pictures on this machine, newest study first."""
    return tuple(
        series for study in studies for series in study.series if series.held and series.modality not in NO_PICTURES
    )


def first(studies: Sequence[Study]) -> SeriesUid | None:
    """What is shown on opening a case: of the newest study the series of this patient with the most images."""
    for study in studies:
        mine = [series for series in viewable((study,)) if not series.mismatch]
        if mine:
            return max(mine, key=lambda series: series.held).uid
    return next((series.uid for series in viewable(studies)), None)


def prior(studies: Sequence[Study], uid: SeriesUid) -> SeriesUid | None:
    """The series of an older study that is most like this one; None if there is none."""
    at = next((place for place, study in enumerate(studies) if any(s.uid == uid for s in study.series)), None)
    if at is None:
        return None
    here = next(series for series in studies[at].series if series.uid == uid)
    for study in studies[at + 1 :]:
        same = [series for series in viewable((study,)) if series.modality == here.modality and not series.mismatch]
        if same:
            return max(same, key=lambda series: (series.description == here.description, series.held)).uid
    return None


def beside(studies: Sequence[Study], shown: Sequence[SeriesUid]) -> SeriesUid | None:
    """What an empty tile gets: the prior of what is shown, else the next series not shown; None if all are."""
    for uid in shown:
        older = prior(studies, uid)
        if older is not None and older not in shown:
            return older
    others = [series.uid for series in viewable(studies) if not series.mismatch and series.uid not in shown]
    return others[0] if others else None


def held(studies: Sequence[Study], uid: SeriesUid) -> int:
    """Images of a series on this machine."""
    return next((series.held for study in studies for series in study.series if series.uid == uid), 0)
