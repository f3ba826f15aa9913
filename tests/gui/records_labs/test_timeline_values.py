"""Lab values on the timeline: drawn on demand below the medicines, on their axis, exactly as received."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu

from reviewer_app.domain.record import RecordClass
from reviewer_app.services import labs
from reviewer_app.ui import theme
from reviewer_app.ui.records import strips, timeline_paint
from reviewer_app.ui.records.presenter import RecordsPresenter
from reviewer_app.ui.records.state import Slot
from reviewer_app.ui.records.story_state import Choice, Day, Happening, Page, Spot, StoryState, Strip, TimelineState
from reviewer_app.ui.records.story_view import StoryView
from reviewer_app.ui.records.timeline_paint import Axis
from reviewer_app.ui.records.timeline_view import TimelineView

LETROZOLE = "record:MedicationRequest/1"
EVENTS = (
    Happening(RecordClass.CONDITION, 1.5e9, None, "Breast cancer", "Breast cancer", "record:Condition/1"),
    Happening(RecordClass.MEDICATION, 1.6e9, None, "Letrozole", "Letrozole", LETROZOLE, "letrozole"),
    Happening(RecordClass.REPORT, 1.66e9, 1.66e9, "CT thorax", "CT thorax", "record:DiagnosticReport/1"),
)
CLASSES = ((RecordClass.CONDITION, 1), (RecordClass.MEDICATION, 1), (RecordClass.REPORT, 1))
SPOTS = (Spot(1.61e9, 0.2, "0.9", "", words="Creatinine 0.9 mg/dL", target="trend:Observation/1"),
         Spot(1.65e9, 0.8, ">=3.1", "H", True, "Creatinine >=3.1 mg/dL H", "trend:Observation/2"))  # fmt: skip
CREATININE = Strip("loinc:2160-0", "Creatinine", "mg/dL", SPOTS)
STATE = TimelineState(EVENTS, (), (1.49e9, 1.7e9), CLASSES, today=1.69e9, choices=(
    Choice("loinc:2160-0", "Creatinine", "Kidney"), Choice("loinc:718-7", "Haemoglobin", "Blood count"),
))  # fmt: skip
DRAWN = TimelineState(EVENTS, (), (1.49e9, 1.7e9), CLASSES, today=1.69e9, choices=STATE.choices,
                      drawn=("loinc:2160-0",), strips=(CREATININE,), during=LETROZOLE)  # fmt: skip


@pytest.fixture(autouse=True)
def dressed(qapp):
    theme.apply(QApplication.instance(), "light")


@pytest.fixture
def line(qtbot):
    view = TimelineView()
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    return view


@pytest.fixture
def story(filled, recorder):
    """A real case whose timeline is shown, and its bench."""
    bench = filled("case-03")
    view = recorder()
    view.readers = {slot: recorder() for slot in Slot}
    view.story = recorder()
    presenter = RecordsPresenter(view, bench.context, bench.case)
    presenter.start()
    presenter.story.show(Page.TIMELINE)
    return presenter.story


def test_no_result_is_read_until_values_are_wanted(story):
    assert story.state.timeline.events
    assert not story.state.timeline.choices
    story.read_values()
    assert {"Creatinine", "Potassium"} <= {one.title for one in story.state.timeline.choices}
    assert not story.state.timeline.strips


def test_values_are_drawn_as_received_and_taken_away_again(story):
    story.read_values()
    (potassium,) = [one.key for one in story.state.timeline.choices if one.title == "Potassium"]
    medicine = next(one for one in story.state.timeline.events if one.record_class is RecordClass.MEDICATION)
    story.draw(potassium, medicine.target)
    (strip,) = story.state.timeline.strips
    sheet = labs.sheet(story._context.session, story._case.id)
    received = [one.value.text for trend in sheet.trends if trend.key == potassium for one in trend.lines[0].points]
    assert [spot.value for spot in strip.spots] == received
    assert all(0 <= spot.height <= 1 for spot in strip.spots)
    assert strip.band
    assert story.state.timeline.during == medicine.target
    story.renew()
    assert [one.key for one in story.state.timeline.strips] == [potassium]  # a sync does not take it away
    story.draw(potassium)
    assert not story.state.timeline.strips
    assert not story.state.timeline.during


def test_values_of_two_units_are_two_strips_and_no_more_than_fit_are_drawn(story):
    story.read_values()
    keys = [one.key for one in story.state.timeline.choices]
    (creatinine,) = [one.key for one in story.state.timeline.choices if one.title == "Creatinine"]
    story.draw(creatinine)
    assert {one.unit for one in story.state.timeline.strips} == {"mg/dL", "\u00b5mol/L"}
    for key in keys:
        if key != creatinine:
            story.draw(key)
    assert story.state.timeline.drawn == tuple(key for key in keys if key != creatinine)[-strips.MOST :]


def test_strips_stand_below_the_medicines_and_the_time_of_one_is_marked(line):
    line.show_state(STATE)
    bare, before = line.grab().toImage(), line.sizeHint().height()
    line.show_state(DRAWN)
    marked = line.grab().toImage()
    assert line.sizeHint().height() == before + theme.size(timeline_paint.STRIP)
    box = line.strips_rect()
    assert line.place_of(LETROZOLE).bottom() < box.top() + 8
    assert line.place_of("record:DiagnosticReport/1").top() > box.bottom()
    axis = Axis(float(line._left()), line.width() - line._left() - 8.0, *line.view)
    inside, outside = (round(axis.x(at)) for at in (1.63e9, 1.55e9))
    low = box.bottom() - 10
    assert marked.pixelColor(inside, low) != marked.pixelColor(outside, low)
    assert bare.pixelColor(outside, 5) == marked.pixelColor(outside, 5)


def test_a_value_says_what_was_received_and_a_click_leads_to_its_trend(line, qtbot):
    line.show_state(DRAWN)
    line.grab()
    (place,) = [box.center() for box, spot in line._spots if spot is SPOTS[1]]
    qtbot.mouseMove(line, place.toPoint())
    qtbot.waitUntil(lambda: "&gt;=3.1 mg/dL" in line.toolTip() or ">=3.1 mg/dL" in line.toolTip())
    with qtbot.waitSignal(line.opened) as opened:
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert opened.args == ["trend:Observation/2"]


def test_the_other_button_on_a_medicine_asks_for_values_during_it(qtbot):
    view = StoryView()
    qtbot.addWidget(view)
    view.resize(600, 500)
    view.show()
    view.show_state(StoryState(page=Page.TIMELINE, timeline=TimelineState(EVENTS, (), STATE.span, CLASSES)))
    with qtbot.waitSignal(view.values_wanted):
        view.timeline.values_asked.emit(LETROZOLE, QPoint(10, 10))
    view.show_state(StoryState(page=Page.TIMELINE, timeline=STATE))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[0].text() == "Lab values during Letrozole"
    kidney = next(one.menu() for one in menu.actions() if one.text() == "Kidney")
    with qtbot.waitSignal(view.value_chosen) as drawn:
        kidney.actions()[0].trigger()
    assert drawn.args == ["loinc:2160-0", LETROZOLE]
    menu.close()


def test_days_that_matter_never_cover_each_other_or_an_event(line):
    days = tuple(Day(1.6e9 + n * 1e5, f"Day that matters {n}") for n in range(3))
    axis = Axis(96.0, 500.0, 1.5e9, 1.7e9)
    labels = timeline_paint.day_labels(days, axis, QFontMetrics(theme.font(theme.SMALL)))
    assert sorted(label.row for label in labels) == [0, 1, 2]
    line.show_state(TimelineState(EVENTS, days, (1.49e9, 1.7e9), CLASSES, today=1.69e9))
    line.grab()
    assert line.place_of("record:Condition/1").top() >= theme.size(timeline_paint.AXIS) + 3 * theme.size(16)


def test_words_that_do_not_fit_into_a_bar_stand_beside_it_where_they_are_hit_too(qapp):
    picture = QImage(400, 40, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("raised"))
    painter = QPainter(picture)
    event = Happening(RecordClass.MEDICATION, 360.0, None, "Epoetin beta 4000 IU weekly", "", "record:x")
    box, axis = QRectF(360, 4, 30, 20), Axis(0.0, 390.0, 0.0, 390.0)
    free = timeline_paint.paint_event(painter, event, box, axis, (0.0, 398.0))
    crowded = timeline_paint.paint_event(painter, event, box, axis, (340.0, 398.0))
    painter.end()
    assert free.left() < box.left() - 60
    assert free.contains(QPointF(375, 14))
    assert crowded == box


def test_the_head_stays_in_view_and_hides_what_is_below_it_from_clicks(qtbot):
    view = StoryView()
    qtbot.addWidget(view)
    view.resize(500, 260)
    view.show()
    view.show_state(StoryState(page=Page.TIMELINE, timeline=DRAWN))
    line = view.timeline
    line.grab()
    across = line.place_of("record:Condition/1").center().x()
    qtbot.waitUntil(lambda: line.y() < 0 or view._lanes.verticalScrollBar().maximum() > 0)
    view._lanes.verticalScrollBar().setValue(view._lanes.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: line.y() < 0)
    line.grab()
    covered = QPointF(across, -line.y() + 5.0)
    assert line.event_at(covered) is None
