"""What happens in the laboratory pane: loading, filtering, choosing analytes, pointing at a result, citing it.

Plain Python.  Trends are read and prepared on the vault lane; how they are drawn is the view's matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.domain.analyte import System
from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.joining import Sheet
from reviewer_app.domain.lab import Result, Trend
from reviewer_app.domain.lab_reports import LabReport
from reviewer_app.domain.opinion import Citable, Citation
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job
from reviewer_app.jobs import Lane as JobLane
from reviewer_app.services import labs
from reviewer_app.ui.labs import cited, growth, loading, panels, reading, readout, reports
from reviewer_app.ui.labs.growth import Child
from reviewer_app.ui.labs.state import AnalyteRow, LabsState, Panel, Phase, PointId, Scaling

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.early import Early
    from reviewer_app.ui.labs.view import LabsView

NO_RESULTS = "No laboratory results came with this case. Ask the case manager for them if you need any."
NOTHING_FITS = "No analyte fits the filter. Clear it to see all of them."
MANY = 8
"""Panels drawn at once; more would leave none of them tall enough to read."""


class LabsPresenter:
    """Turns intents of the laboratory pane into its next state.

    Args:
        early: What is looked at first of the results, or all of them, where that is being read already, in the units
            this profile shows them in.

    Attributes:
        on_link: Called with `record:Observation/1` when the record behind a result is asked for; the bus is told
            where nobody set it.
    """

    def __init__(
        self, view: LabsView, context: Context, case: Case, early: Early[loading.Loaded] | None = None
    ) -> None:
        self._view, self._context, self._case, self._early = view, context, case, early
        self._scope = context.runner.scope()
        self._sheet = Sheet()
        self._trends: dict[str, Trend] = {}
        self._left_out = 0
        self._versions: dict[RecordId, str] = {}
        self._rows: tuple[AnalyteRow, ...] = ()
        self._places: dict[PointId, tuple[Trend, Result]] = {}
        self._panels: dict[tuple[str, Scaling], tuple[Panel, ...]] = {}
        self._whole, self._asked, self._taken = False, False, False
        self._later: Callable[[], object] | None = None
        self._state = LabsState(system=labs.system(context.session))
        self._child: Child | None = None
        self.on_link: Callable[[str], None] | None = None

    @property
    def state(self) -> LabsState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Listen to the view and read the results."""
        self._view.filtered.connect(self.filter)
        self._view.chose.connect(self.choose)
        self._view.pointed.connect(self.point_at)
        self._view.stepped.connect(self.step)
        self._view.cite_wanted.connect(self.cite)
        self._view.cite_trend_wanted.connect(self.cite_trend)
        self._view.time_seen.connect(self.see_time)
        self._view.record_wanted.connect(self.open_record)
        self._view.bar_opened.connect(self.open_behind)
        self._view.system_chosen.connect(self.choose_system)
        self._view.scaling_chosen.connect(self.choose_scaling)
        self._view.lanes_wanted.connect(self.show_lanes)
        self._view.overview_wanted.connect(self.show_overview)
        self._view.export_wanted.connect(self.ask_export)
        self._view.export_to.connect(self.export)
        self._context.bus.changed.connect(self._on_changed)
        self._show(self._state)
        early, self._early = self._early, None
        if early is None:
            self._load()
        else:
            early.take(self._scope, self._loaded, self._failed)

    def close(self) -> None:
        """Stop what is under way and drop its answers."""
        self._context.bus.changed.disconnect(self._on_changed)
        self._scope.close()

    def selection(self) -> Citable | None:
        """The selected result or the report that is read, as evidence; None for nothing and for what was withdrawn."""
        found = self._find(self._state.selected)
        if found is None and (report := self._report(self._state.chosen)) is not None:
            return reports.citable(report, self._versions)
        if found is None or found[1].retracted:
            return None
        return cited.point(found[1], self._versions.get(found[1].record, ""), self._state)

    def show_place(self, citation: Citation) -> None:
        """Bring back the trend and the point that was cited; says so where the result has changed or gone."""
        if citation.result is None:
            return
        if self._waits(partial(self.show_place, citation)):
            return
        place = citation.result
        point = PointId(place.record, place.component)
        found = self._find(point)
        if found is None:
            self._show(replace(self._state, selected=None, readout="The cited result is not in this case any more."))
            return
        if not self._as_seen(citation, point, found[0].key):
            return
        now = self._versions.get(place.record, "")
        if now != place.version:
            change = f"   changed since it was cited (version {place.version or 'unknown'}, now {now or 'unknown'})"
            self._show(replace(self._state, readout=self._state.readout + change))

    def _as_seen(self, citation: Citation, point: PointId, key: str) -> bool:
        """Draw what was on screen when a result was cited.

        Returns:
            Whether that is done; not yet where the results are read in other units first.
        """
        view = citation.result.view if citation.result else None
        if view is None:
            self._draw((key,), point)
            return True
        units = cited.units_of(view)
        if units is not self._state.system:
            self._show(replace(self._state, system=units))
            self._later = partial(self.show_place, citation)
            self._load()
            return False
        keys = tuple(one for one in view.analytes if one in self._trends)
        self._state = replace(self._state, scaling=cited.scaling_of(view), stretch=(view.begins, view.ends))
        self._draw(keys if key in keys else (key,), point)
        return True

    def open_link(self, link: str) -> bool:
        """Show `trend:loinc:718-7`, the point of `trend:Observation/1`, or the time of `therapy:MedicationRequest/1`.

        Returns:
            Whether there is such a trend or medicine, or may be once the results are read.
        """
        kind, _, name = link.partition(":")
        if self._waits(partial(self.open_link, link)):
            return True
        if kind == "therapy":
            return self._show_therapy(RecordId(name))
        if kind != "trend":
            return False
        key = next((key for key, trend in self._trends.items() if name == key or name in trend.keys), None)
        if key is not None:
            self.choose((key,))
            return True
        point = next((point for point in self._places if point.record == name), None)
        if point is not None:
            self._draw((self._places[point][0].key,), point)
        return point is not None

    def _show_therapy(self, record: RecordId) -> bool:
        """What is drawn with all therapies below it, over the time of one medicine."""
        stretch = panels.around(self._state.lanes, record, self._state.span)
        if stretch is None:
            self._context.bus.notice.emit("This medicine was not given in the time of the results.")
            return False
        lanes = panels.first_with(self._state.lanes, record)
        self._show(replace(self._state, lanes=lanes, with_lanes=True, overview=(), stretch=stretch))
        return True

    def filter(self, text: str, only_out: bool) -> None:
        """Keep analytes whose name holds every word, and on wish only those that were ever out of range."""
        self._show(self._filtered(replace(self._state, filter=text, only_out=only_out)))

    def choose(self, keys: tuple[str, ...]) -> None:
        """Draw these analytes one above the other and select the newest result of the last one."""
        partners = {row.key: row.partner for row in self._rows}
        wanted = dict.fromkeys(each for key in keys for each in (key, partners.get(key)) if each)
        if not wanted.keys() <= self._trends.keys() and self._waits(partial(self.choose, keys)):
            return
        keys = tuple(key for key in wanted if key in self._trends)
        if not keys or (keys == self._state.chosen and self._state.selected and not self._state.overview):
            return
        added = [key for key in keys if key not in self._state.chosen]
        latest = None if self._report(keys) else self._trends[(added or keys)[-1]].latest
        self._draw(keys, reading.point_id(latest) if latest else None)

    def point_at(self, point: PointId | None) -> None:
        """Select a result."""
        self._show(replace(self._state, selected=point, readout=self._readout(point)))

    def step(self, by: int) -> None:
        """Select the next or previous result of the same panel by time."""
        for panel in self._state.panels:
            ids = [dot.id for dot in panel.dots]
            if self._state.selected in ids:
                place = ids.index(self._state.selected) + by
                self.point_at(ids[min(max(place, 0), len(ids) - 1)])
                return
        first = next((panel.dots[-1].id for panel in self._state.panels if panel.dots), None)
        if first is not None:
            self.point_at(first)

    def cite(self) -> None:
        """Put the selected result beside the text the caret is in."""
        if citable := self.selection():
            self._context.bus.cite.emit(citable)

    def cite_trend(self) -> None:
        """Put all results of the selected one's analyte beside the text the caret is in."""
        found = self._find(self._state.selected)
        if found is not None and not found[1].retracted:
            self._context.bus.cite.emit(cited.whole(*found, self._versions, self._state))

    def see_time(self, first: float, last: float) -> None:
        """Note the stretch of time that came into view."""
        self._state = replace(self._state, stretch=(first, last))

    def choose_system(self, system: System) -> None:
        """Show results in other units; what was received stays beside."""
        if system is self._state.system:
            return
        self._show(replace(self._state, system=system))
        session = self._context.session
        self._scope.run(JobLane.VAULT, lambda _job: labs.choose_system(session, system), lambda _nothing: None)
        self._load()

    def choose_scaling(self, scaling: Scaling) -> None:
        """Place values in another way: linear, logarithmic, or as change from the first value."""
        if scaling is not self._state.scaling:
            self._state = replace(self._state, scaling=scaling)
            self._draw(self._state.chosen, self._state.selected, noted=False)

    def show_lanes(self, wanted: bool) -> None:
        """Show medications and imaging below the trends, or not."""
        self._show(replace(self._state, with_lanes=wanted))

    def show_overview(self, wanted: bool) -> None:
        """Show every analyte of the list as a small picture, or the chosen ones large again."""
        if not wanted or not self._waits(partial(self.show_overview, wanted)):
            self._show(replace(self._state, overview=self._small() if wanted else ()))

    def _small(self) -> tuple[Panel, ...]:
        drawn = [self._panels_of(self._trends[row.key], Scaling.LINEAR) for row in self._state.shown]
        return tuple(each[0] for each in drawn if each)

    def ask_export(self, wanted: bool) -> None:
        """Say what an export holds before it is done, or ask no longer."""
        if self._waits(partial(self.ask_export, wanted)):
            return
        count = len(self._places)
        words = (
            f"Write all {count} results of this case to a CSV file? The file is not encrypted, and the audit log keeps "
            "that you did it."
        )
        self._show(replace(self._state, export=words if wanted else ""))

    def export(self, path: str) -> None:
        """Write every result to a file."""
        session, case_id, sheet, notice = self._context.session, self._case.id, self._sheet, self._context.bus.notice
        self._show(replace(self._state, export=""))
        self._scope.run(
            JobLane.VAULT,
            lambda _job: labs.export(session, case_id, Path(path), sheet),
            lambda count: notice.emit(f"{count} results were written to {Path(path).name}."),
        )

    def open_behind(self, record: RecordId) -> None:
        """Open the medication or imaging study of a lane."""
        (self.on_link or self._context.bus.link.emit)(f"record:{record}")

    def open_record(self) -> None:
        """Ask for the record behind the selected result."""
        report, point = self._report(self._state.chosen), self._state.selected
        record = report.record if report else point.record if point else None
        if record is not None:
            self.open_behind(record)

    def read_on(self) -> None:
        """Read what is not looked at first, because now nothing else is waited for, or because it is wanted."""
        if self._state.phase is Phase.READY and not (self._whole or self._asked):
            self._load()

    def _waits(self, act: Callable[[], object]) -> bool:
        """Whether all results must be read before something can be done; then it is done afterwards."""
        waits = self._state.phase is Phase.LOADING or (self._state.phase is Phase.READY and not self._whole)
        if waits:
            self._later = act
            self.read_on()
        return waits

    def _load(self) -> None:
        self._asked = True
        session, case, system = self._context.session, self._case, self._state.system
        self._scope.run(
            JobLane.VAULT, lambda job: loading.load(session, case, system, job), self._loaded, on_error=self._failed
        )

    def _loaded(self, loaded: loading.Loaded) -> None:
        self._sheet, self._left_out, self._child = loaded.sheet, loaded.left_out, loaded.child
        self._whole, self._asked = loaded.whole, False
        self._trends = {
            trend.key: trend for trend in (*loaded.sheet.trends, *(one.trend for one in loaded.sheet.reports))
        }
        self._versions, self._rows, self._places = loaded.versions, loaded.rows, loaded.places
        self._panels = {}
        message = "" if loaded.rows else NO_RESULTS
        stretch = self._state.stretch if self._state.span == loaded.span else loaded.span
        state = replace(
            self._state, phase=Phase.READY, message=message, total=len(loaded.rows), span=loaded.span, stretch=stretch
        )
        state = self._filtered(replace(state, lanes=loaded.lanes))
        self._state = state
        drawn_before = tuple(key for key in state.chosen if key in self._trends)
        keys = drawn_before or tuple(row.key for row in loaded.rows[:1])
        # a first look chosen by us is not one the specialist took, so nothing is selected and nothing is noted
        self._draw(keys, state.selected, noted=self._taken)
        later, self._later = self._later, None
        if later is not None:
            later()

    def _failed(self, error: ReviewerError) -> None:
        self._show(replace(self._state, phase=Phase.FAILED, message=str(error)))

    def _on_changed(self, changed: Changed) -> None:
        if Kind.RECORDS in changed.kinds and changed.case in (None, self._case.id):
            self._load()

    def _filtered(self, state: LabsState) -> LabsState:
        shown = reading.fitting(self._rows, state.filter, state.only_out)
        message = NOTHING_FITS if self._rows and not shown else ("" if self._rows else state.message)
        return replace(state, shown=shown, message=message)

    def _draw(self, keys: tuple[str, ...], point: PointId | None, *, noted: bool = True) -> None:
        chosen = [self._trends[key] for key in keys]
        drawn = panels.paired([panel for trend in chosen for panel in self._panels_of(trend, self._state.scaling)])
        report = self._report(keys)
        remarks = [remark for trend in chosen for remark in reading.remarks_on(trend)]
        doubts = [doubt for trend in chosen for doubt in reading.doubts_on(trend)]
        if len(drawn) > MANY:
            remarks.append(f"The first {MANY} of {len(drawn)} trends are drawn; choose fewer to see the others.")
        state = replace(
            self._state, chosen=keys, panels=drawn[:MANY], table=reading.table_rows(chosen, self._sheet),
            doubts=(*doubts, *reading.left_out(self._left_out)),
            remarks=tuple(remarks), selected=point, readout=self._readout(point), overview=(),
            report=reports.page(report) if report else None if drawn else reports.words_of(chosen),
        )  # fmt: skip
        self._show(state)
        self._taken = self._taken or noted
        if noted:
            self._note(tuple(key for trend in chosen for key in trend.keys))

    def _note(self, keys: tuple[str, ...]) -> None:
        session, case_id = self._context.session, self._case.id

        def note(_job: Job) -> None:
            labs.opened(session, case_id, keys)

        self._scope.run(JobLane.VAULT, note, lambda _: None)

    def _panels_of(self, trend: Trend, scaling: Scaling) -> tuple[Panel, ...]:
        if (trend.key, scaling) not in self._panels:
            drawn = panels.panels(trend, self._sheet, scaling)
            self._panels[trend.key, scaling] = tuple(
                growth.with_curves(panel, line.points, self._sheet, self._child)
                for panel, line in zip(drawn, trend.lines, strict=True)
            )
        return self._panels[trend.key, scaling]

    def _readout(self, point: PointId | None) -> str:
        found = self._find(point)
        return readout.of(*found, self._sheet, self._state.scaling, self._child) if found else ""

    def _report(self, keys: tuple[str, ...]) -> LabReport | None:
        """The report that is read where it alone is chosen."""
        return next((one for one in self._sheet.reports if keys == (one.key,)), None)

    def _find(self, point: PointId | None) -> tuple[Trend, Result] | None:
        return self._places.get(point) if point else None

    def _show(self, state: LabsState) -> None:
        self._state = state
        self._view.show_state(state)
