"""Behind the signature: the list of evidence, key images, laboratory charts, and the page for the patient."""

from __future__ import annotations

from reportlab.platypus import Flowable, KeepTogether, PageBreak

from reviewer_app.domain.opinion import Section
from reviewer_app.report import fonts
from reviewer_app.report.chart import TrendDrawing
from reviewer_app.report.flow import gap, marked, numbered, para, prose, table
from reviewer_app.report.letter import KeyImage, LabChart, Letter
from reviewer_app.report.picture import Picture

_IMAGE_HEIGHT = 290.0
"""Points; two images with captions fit a page."""


def annex(letter: Letter, width: float) -> list[Flowable]:
    """Everything behind the signature."""
    return [*_sources(letter, width), *_images(letter, width), *_charts(letter, width), *_patient_page(letter)]


def _sources(letter: Letter, width: float) -> list[Flowable]:
    if not letter.sources:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para(title, "head") for title in ("No.", "Date", "Source", "What is cited")]
    ]
    for source in letter.sources:
        what = fonts.markup(source.what)
        if source.quote:
            what += f"<br/>\u201c{fonts.markup(source.quote)}\u201d"
        number = marked(f'<a name="source{source.number}"/>{source.number}', "small")
        rows.append(
            [number, para(source.date or "undated", "small"), para(source.origin, "small"), marked(what, "small")]
        )
    note = (
        "The numbers stand beside the text they support. The evidence manifest attached to this file holds a digest "
        "of each item as it was received, so that a later change of any of them can be shown. It proves what was "
        "cited and that it is unchanged, not that it supports the conclusion."
    )
    title = para("Evidence cited", "annex")
    return [PageBreak(), title, para(note, "muted"), gap(6), table(rows, [30, 78, 96, width - 204])]


def _images(letter: Letter, width: float) -> list[Flowable]:
    if not letter.images:
        return []
    made: list[Flowable] = [PageBreak(), para("Key images", "annex")]
    for image in letter.images:
        made.append(KeepTogether(_picture(image, width)))
        made.append(gap(14))
    return made


def _picture(image: KeyImage, width: float) -> list[Flowable]:
    number = numbered(image.numbers).strip("\u00a0")
    caption = [
        marked(f"{number} <b>{fonts.markup(image.caption)}</b>", "caption"),
        *([para(image.display, "small")] if image.display else []),
        para(image.patient, "muted"),
    ]
    if image.page is None:
        return [para(image.problem or "This picture could not be drawn.", "text"), *caption]
    return [Picture(image, image.page, width, _IMAGE_HEIGHT), *caption]


def _charts(letter: Letter, width: float) -> list[Flowable]:
    if not letter.charts:
        return []
    made: list[Flowable] = [PageBreak(), para("Laboratory trends", "annex"), para(_LEGEND, "muted"), gap(8)]
    for chart in letter.charts:
        made += _chart(chart, width)
    return made


_LEGEND = (
    "Values as the laboratory sent them; shaded: the laboratory's own reference range at the time. "
    "Dot: within range or no range given. Triangle up or down: above or below. Ring: cited. "
    "Open mark: below or above what could be measured. Values in different units are never joined."
)


def _chart(chart: LabChart, width: float) -> list[Flowable]:
    number = numbered(chart.numbers).strip("\u00a0")
    cited = frozenset(result for result, _ in chart.cited)
    made: list[Flowable] = []
    for line in chart.trend.lines:
        unit = f", {line.unit}" if line.unit else ""
        title = marked(f"{number} <b>{fonts.markup(chart.trend.name + unit)}</b>", "caption")
        rings = cited.intersection(line.points)
        made.append(KeepTogether([title, TrendDrawing(line, rings, width), gap(12)]))
    if chart.trend.texts:
        words = "; ".join(
            f"{result.when.shown}: {result.value.shown if result.value else result.absent or 'no value'}"
            for result in chart.trend.texts
        )
        title = marked(f"{number} <b>{fonts.markup(chart.trend.name)}</b>, not a single number", "caption")
        made += [title, para(words, "small"), gap(12)]
    return made


def _patient_page(letter: Letter) -> list[Flowable]:
    written = prose(letter.opinion.text(Section.PATIENT_PAGE), "plain-words")
    title = para(Section.PATIENT_PAGE.shown, "annex")
    return [PageBreak(), _PatientMark(), title, *written] if written else []


class _PatientMark(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Remembers where the page for the patient begins, so that it can be given to the patient alone."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Takes no room."""
        return 0, 0

    def draw(self) -> None:
        """Nothing is drawn."""
        self.canv.patient_page = self.canv.getPageNumber() - 1
