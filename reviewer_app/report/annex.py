"""Behind the signature: the list of evidence, key images, laboratory charts, and the page for the patient."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak

from reviewer_app.domain.case import Person
from reviewer_app.domain.lab import unit_shown
from reviewer_app.domain.opinion import Section
from reviewer_app.report import fonts
from reviewer_app.report.chart import TrendDrawing
from reviewer_app.report.flow import gap, grid, marked, numbered, padding, para, prose, table, tied
from reviewer_app.report.letter import KeyImage, LabChart, Letter
from reviewer_app.report.picture import Picture
from reviewer_app.report.styles import ACCENT, TINT
from reviewer_app.report.values import values

_IMAGE_HEIGHT, _ALONE = 290.0, 400.0
"""Points a picture may be high: two rows with captions fit a page; one that is alone may be larger."""
_BETWEEN = 14.0
_ROOM, _CHART_ROOM = 330.0, 250.0
"""Points that must be left for an annex to begin on a page that others fill; for laboratory trends less do."""
_FEW = 2
"""Single values that are printed without a drawing."""
_WIDE = 1.7
"""Pictures wider than this times their height have a row of their own."""


def annex(letter: Letter, width: float) -> list[Flowable]:
    """Everything behind the signature."""
    return [*_sources(letter, width), *_images(letter, width), *_charts(letter, width), *_patient_page(letter, width)]


def _sources(letter: Letter, width: float) -> list[Flowable]:
    if not letter.sources:
        return []
    rows: list[list[Flowable | list[Flowable]]] = [
        [para(title, "head") for title in ("No.", "Date", "Source", "What is cited")]
    ]
    for source in letter.sources:
        what = fonts.markup(tied(source.what))
        if source.quote:
            what += f"<br/>\u201c{fonts.markup(source.quote)}\u201d"
        number = marked(f'<a name="source{source.number}"/>{source.number}', "small")
        rows.append(
            [number, para(source.date or "\u2013", "small"), para(source.origin, "small"), marked(what, "small")]
        )
    note = (
        "The numbers stand beside the text they support. The evidence manifest attached to this file holds a digest "
        "of each item as it was received, so that a later change of any of them can be shown. It proves what was "
        "cited and that it is unchanged, not that it supports the conclusion."
    )
    title = para("Evidence cited", "annex")
    return [gap(18), CondPageBreak(_ROOM), title, para(note, "muted"), gap(6), table(rows, [26, 97, 88, width - 211])]


def _images(letter: Letter, width: float) -> list[Flowable]:
    if not letter.images:
        return []
    made: list[Flowable] = [gap(18), CondPageBreak(_ROOM), para("Key images", "annex")]
    half = (width - _BETWEEN) / 2
    for row in _rows(letter.images):
        if len(letter.images) == 1:
            made += _picture(row[0], width, _ALONE)
        elif len(row) == 1:
            made.append(KeepTogether(_picture(row[0], width if _wide(row[0]) else half, _IMAGE_HEIGHT)))
        else:
            cells = [[_picture(image, half, _IMAGE_HEIGHT) for image in row]]
            sides = [*padding(0, 0, 0, 0), ("LEFTPADDING", (1, 0), (1, 0), _BETWEEN / 2)]
            made.append(grid(cells, [half + _BETWEEN / 2] * 2, *sides, ("NOSPLIT", (0, 0), (-1, -1))))
        made.append(gap(14))
    return made


def _rows(images: Sequence[KeyImage]) -> list[list[KeyImage]]:
    """Two beside each other where neither is wide, in the order of their numbers."""
    rows: list[list[KeyImage]] = []
    for image in images:
        if rows and len(rows[-1]) == 1 and not _wide(image) and not _wide(rows[-1][0]):
            rows[-1].append(image)
        else:
            rows.append([image])
    return rows


def _wide(image: KeyImage) -> bool:
    return image.page is not None and image.page.width > _WIDE * image.page.height


def _picture(image: KeyImage, width: float, height: float) -> list[Flowable]:
    number = numbered(image.numbers).strip("\u00a0")
    scale = "" if image.page is None or image.millimetre else "no scale: how long a millimetre is, is not known"
    seen = "; ".join(words for words in (image.display, scale) if words)
    caption = [
        marked(f"{number} <b>{fonts.markup(tied(image.caption), font=fonts.BOLD)}</b>", "caption"),
        *([para(seen, "small")] if seen else []),
        para(image.patient, "muted"),
    ]
    if image.page is None:
        return [para(image.problem or "This picture could not be drawn.", "text"), *caption]
    return [Picture(image, image.page, width, height), *caption]


def _charts(letter: Letter, width: float) -> list[Flowable]:
    if not letter.charts:
        return []
    made: list[Flowable] = [
        gap(18),
        CondPageBreak(_CHART_ROOM),
        para("Laboratory trends", "annex"),
        para(_LEGEND, "muted"),
        gap(8),
    ]
    for chart in letter.charts:
        made += _chart(chart, width)
    return made


_LEGEND = (
    "Values as the laboratory sent them; shaded: the laboratory's own reference range at the time. "
    "Dot: within range or no range given. Triangle up or down: above or below. Ring, and bold in the table: cited. "
    "Open mark: below or above what could be measured. Values in different units are never joined, and single values "
    "that were cited are not either: there may be others between them."
)


def _chart(chart: LabChart, width: float) -> list[Flowable]:
    number = numbered(chart.numbers).strip("\u00a0")
    cited = frozenset(result for result, _ in chart.cited)
    made: list[Flowable] = []
    for line in chart.trend.lines:
        unit = f", {unit_shown(line.unit)}" if unit_shown(line.unit) else ""
        alone = "" if chart.whole else ", only what is cited"
        title = marked(f"{number} <b>{fonts.markup(chart.trend.name + unit, font=fonts.BOLD)}</b>{alone}", "caption")
        rings = cited.intersection(line.points)
        if chart.whole or len(line.points) > _FEW:
            drawing = TrendDrawing(line, rings, width, joined=chart.whole)
            made += [KeepTogether([title, drawing, gap(4)]), *values(line, rings, width), gap(14)]
        else:  # a drawing of a few values that are not joined says less than they do
            made += [KeepTogether([title, gap(3), *values(line, rings, width)]), gap(14)]
    if chart.trend.texts:
        words = "; ".join(
            f"{result.when.shown}: {result.value.shown if result.value else result.absent or 'no value'}"
            for result in chart.trend.texts
        )
        title = marked(
            f"{number} <b>{fonts.markup(chart.trend.name, font=fonts.BOLD)}</b>, not a single number", "caption"
        )
        made += [title, para(words, "small"), gap(12)]
    return made


def _patient_page(letter: Letter, width: float) -> list[Flowable]:
    written = prose(letter.opinion.text(Section.PATIENT_PAGE), "plain-words")
    if not written:
        return []
    title = para(Section.PATIENT_PAGE.shown, "annex")
    author = ", ".join(part for part in (letter.author.name, letter.author.specialty) if part)
    by = para(f"Written by {author} on {letter.made_at:%Y-%m-%d}", "muted")
    doctor = letter.case.requester
    whom = [gap(10), _to_ask(doctor, width)] if doctor is not None and doctor.name else []
    return [PageBreak(), _PatientMark(), title, *written, by, *whom]


def _to_ask(doctor: Person, width: float) -> Flowable:
    """Whom the patient talks to: the treating doctor, who decides with the patient."""
    words = [para("YOUR DOCTOR, WHO DECIDES WITH YOU", "label"), para(doctor.name, "name")]
    if reached := ", ".join(part for part in (doctor.phone, doctor.email) if part):
        words.append(para(reached, "text"))
    bar = ("LINEBEFORE", (0, 0), (0, -1), 2.4, ACCENT)
    return grid([[words]], [width], *padding(14, 10, 8, 6), ("BACKGROUND", (0, 0), (-1, -1), TINT), bar)


class _PatientMark(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Remembers where the page for the patient begins, so that it can be given to the patient alone."""

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Takes no room."""
        return 0, 0

    def draw(self) -> None:
        """Nothing is drawn."""
        self.canv.patient_page = self.canv.getPageNumber() - 1
