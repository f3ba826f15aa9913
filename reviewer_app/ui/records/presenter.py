"""What happens in the records pane: loading, filtering, folding, opening a record, reading two side by side.

Plain Python; what happens inside a reader is in `reader_presenter`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.domain.case import Case
from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.opinion import Citable, Citation, RecordPlace
from reviewer_app.domain.record import Record, RecordClass
from reviewer_app.errors import ReviewerError
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import records
from reviewer_app.ui.records import loading, reading
from reviewer_app.ui.records.loading import Loaded
from reviewer_app.ui.records.reader_presenter import ReaderPresenter
from reviewer_app.ui.records.state import Group, ListRow, Phase, RecordsState, Slot, Table
from reviewer_app.ui.records.story_presenter import StoryPresenter
from reviewer_app.ui.records.story_state import Page

if TYPE_CHECKING:
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.early import Early
    from reviewer_app.ui.records.reader import ReaderView
    from reviewer_app.ui.records.view import RecordsView

NO_RECORDS = "No records of this case are on this machine yet. Sync to fetch them."
NOTHING_FITS = "No record fits the filter. Clear it to see all of them."


class RecordsPresenter:
    """Turns intents of the records pane into its next state.

    Args:
        early: The records, where they are being read already.

    Attributes:
        on_link: Called with the target of a link to another pane: `study:1.2.3` (Study Instance UID) or
            `trend:Observation/1` (the trend of a result); the bus is told where nobody set it.
    """

    def __init__(self, view: RecordsView, context: Context, case: Case, early: Early[Loaded] | None = None) -> None:
        self._view, self._context, self._case, self._early = view, context, case, early
        self._scope = context.runner.scope()
        self._records: dict[RecordId, Record] = {}
        self._groups: tuple[Group, ...] = ()
        self._groups_of: Loaded | None = None
        self._unfilled: Loaded | None = None
        self._seen: set[RecordId] = set()
        self._folded: dict[RecordClass, bool] = {}
        self._tables: dict[RecordClass, Table] = {}
        self._wanted: Callable[[], None] | None = None
        self._active, self._searched = Slot.MAIN, ""
        self._state = RecordsState()
        self.readers = {Slot.MAIN: ReaderPresenter(view.readers[Slot.MAIN], context, case, self._scope)}
        self.story = StoryPresenter(view.story, context, case, self._scope)
        self.on_link: Callable[[str], None] | None = None

    @property
    def state(self) -> RecordsState:
        """What the list shows."""
        return self._state

    def start(self) -> None:
        """Listen to the view and read the records."""
        self._view.filtered.connect(self.filter)
        self._view.chose.connect(self.open)
        self._view.folded.connect(self.fold)
        self._view.allergies_wanted.connect(self.open_allergies)
        self._view.page_wanted.connect(self.story.show)
        self._view.search_wanted.connect(self.search)
        self.story.on_page, self.story.on_open = self._turn, self.open_target
        self.story.start()
        self._start_reader(Slot.MAIN, self._view.readers[Slot.MAIN])
        self._view.readers[Slot.MAIN].beside_wanted.connect(self.keep_beside)
        self._context.bus.changed.connect(self._on_changed)
        self._show(self._state)
        early, self._early = self._early, None
        if early is None:
            self._load()
        else:
            early.take(self._scope, self._listed, self._failed)

    def _start_reader(self, slot: Slot, view: ReaderView) -> None:
        view.row_chosen.connect(partial(self._open_in, slot))
        view.linked.connect(self.follow)
        view.cite_wanted.connect(partial(self.cite, slot))
        view.quoted.connect(partial(self._touch, slot))
        view.turned.connect(partial(self._touch, slot))
        self.readers[slot].on_read = self._note
        self.readers[slot].start()

    def _beside(self) -> ReaderPresenter:
        """The second reader, made when it is first wanted."""
        if Slot.BESIDE not in self.readers:
            view = self._view.add_beside()
            self.readers[Slot.BESIDE] = ReaderPresenter(view, self._context, self._case, self._scope)
            self._start_reader(Slot.BESIDE, view)
            view.beside_wanted.connect(self.close_beside)
        return self.readers[Slot.BESIDE]

    def close(self) -> None:
        """Stop what is under way and drop its answers."""
        self._context.bus.changed.disconnect(self._on_changed)
        self._scope.close()

    def selection(self) -> Citable | None:
        """What is open in the reader used last, with page and selected words."""
        return self.readers[self._active].selection()

    def show_place(self, citation: Citation) -> None:
        """Bring back the record, page and words that were cited; says so where they have changed or gone."""
        place = citation.record
        if place is None:
            return
        if self._state.phase is Phase.LOADING:
            self._wanted = partial(self.show_place, citation)
        elif place.record not in self._records:
            self._context.bus.notice.emit("The cited record is not in this case any more.")
        else:
            self._open_in(Slot.MAIN, place.record, place)

    def open(self, record_id: RecordId) -> None:
        """Read a record."""
        if record_id != self._state.chosen or self.story.state.page is not Page.READERS:
            self._open_in(Slot.MAIN, record_id)

    def open_link(self, link: str) -> bool:
        """Open `record:DocumentReference/1`, or a place that a search found.

        Returns:
            Whether there is such a record, or may be once the records are read.
        """
        kind, _, name = link.partition(":")
        if kind not in ("record", "found"):
            return False
        if self._state.phase is Phase.LOADING:
            self._wanted = partial(self._follow_later, link)
            return True
        if kind == "found":
            return self._open_found(name)
        if RecordId(name) not in self._records:
            return False
        self._open_in(Slot.MAIN, RecordId(name))
        return True

    def _follow_later(self, link: str) -> None:
        self.open_link(link)

    def open_target(self, target: str) -> None:
        """Open what a row of the summary, an event of the timeline or a place that was found is about."""
        kind, _, name = target.partition(":")
        if kind == "found":
            self._open_found(name)
        elif kind == "record":
            self._open_in(Slot.MAIN, RecordId(name), again=True)
        else:
            self._leave(target)

    def _open_found(self, spot: str) -> bool:
        """Open `attachment:page:record`, then the words found there, each after a tab."""
        where, *words = spot.split("\t")
        attachment, page, name = where.split(":", 2)
        record = self._records.get(RecordId(name))
        if record is None:
            return False
        place = RecordPlace(record.id, record.version, int(attachment), int(page)) if int(attachment) >= 0 else None
        self._open_in(Slot.MAIN, record.id, place, found=tuple(filter(None, words)))
        return True

    def _turn(self) -> None:
        self._show(replace(self._state, page=self.story.state.page))

    def open_allergies(self) -> None:
        """Read the allergies."""
        known = next((group for group in self._groups if group.record_class is RecordClass.ALLERGY), None)
        if known is not None:
            self._open_in(Slot.MAIN, known.rows[0].id)

    def follow(self, link: str) -> None:
        """Go where a link of a record leads: to a record here, to its images, or to its trend."""
        kind, _, name = link.partition(":")
        record = self._records.get(RecordId(name))
        if kind == "result":
            self._leave(f"trend:{name}")
        elif kind == "study" and record is not None:
            uid = next((to.partition(":")[2] for to in record.links if to.startswith("study-uid:")), "")
            if uid:
                self._leave(f"study:{uid}")
            else:
                self.open(record.id)
        elif kind == "study-uid":
            self._leave(f"study:{name}")
        elif kind == "therapy":
            self._leave(link)
        elif record is not None:
            self.open(record.id)

    def cite(self, slot: Slot) -> None:
        """Put what a reader shows beside the text the caret is in."""
        self._active = slot
        if citable := self.selection():
            self._context.bus.cite.emit(citable)

    def keep_beside(self) -> None:
        """Keep what is open beside the next record."""
        main = self.readers[Slot.MAIN]
        if main.record is None:
            return
        here = main.state
        place = RecordPlace(main.record.id, main.record.version, max(here.tab, 0), here.page)
        beside = self._beside()
        self._show(replace(self._state, beside=True))
        beside.open(main.record, self._table_for(main.record), place)

    def close_beside(self) -> None:
        """Close the second reader."""
        if Slot.BESIDE in self.readers:
            self.readers[Slot.BESIDE].close()
        self._active = Slot.MAIN
        self._show(replace(self._state, beside=False))

    def filter(self, text: str, only: RecordClass | None, only_unread: bool) -> None:
        """Keep records that hold every word, of one class, or not opened yet."""
        self.read_on()
        self._show(self._filtered(replace(self._state, filter=text, only=only, only_unread=only_unread)))

    def search(self, text: str) -> None:
        """Look for words in all records and documents; they do not filter the list then, which may hold none."""
        self._searched = text
        self._show(self._filtered(self._state))
        self.story.find(text)

    def fold(self, record_class: RecordClass) -> None:
        """Fold a class, or unfold it."""
        self.read_on()
        shown = next((group for group in self._state.groups if group.record_class is record_class), None)
        if shown is not None:
            self._folded[record_class] = shown.open
            self._show(self._filtered(self._state))

    def _leave(self, link: str) -> None:
        (self.on_link or self._context.bus.link.emit)(link)

    def _touch(self, slot: Slot, _what: object = None) -> None:
        self._active = slot

    def _open_in(
        self,
        slot: Slot,
        record_id: RecordId,
        place: RecordPlace | None = None,
        *,
        found: tuple[str, ...] = (),
        again: bool = False,
    ) -> None:
        record = self._records.get(record_id)
        if record is None:
            return
        if slot is Slot.MAIN and self.story.state.page is not Page.READERS:
            self.story.leave()
        if place is None and not found and not again and self.readers[slot].state.record == record_id:
            return
        self._active = slot
        if slot is Slot.MAIN:
            if self._folded.get(record.record_class, record.record_class in reading.CLOSED):
                self._folded[record.record_class] = False
            self._show(self._filtered(replace(self._state, chosen=record_id)))
        self.readers[slot].open(record, self._table_for(record), place, found)

    def _table_for(self, record: Record) -> Table | None:
        record_class = record.record_class
        if not reading.tabled(record_class):
            return None
        if record_class not in self._tables:
            self._tables[record_class] = reading.table(record_class, self._records.values())
        return self._tables[record_class]

    def _note(self, record: Record) -> None:
        """Remember what was read: the record, and all of its class where they are read as one table."""
        table = None if record.attachments else self._table_for(record)
        ids = {row.id for row in table.rows} if table else {record.id}
        fresh = [each for each in ids if each == record.id or each not in self._seen]
        fresh = [each for each in fresh if not self._records[each].unreadable]
        self._seen |= set(fresh)
        self._groups = tuple(_seen(group, self._seen) for group in self._groups)
        self._show(self._filtered(self._state))
        session, case_id = self._context.session, self._case.id

        def note(_job: Job) -> None:
            for each in fresh:
                records.opened(session, case_id, each)

        self._scope.run(Lane.VAULT, note, lambda _: None)

    def _load(self) -> None:
        session, case_id = self._context.session, self._case.id
        self._scope.run(
            Lane.VAULT, lambda job: loading.load(session, case_id, job), self._loaded, on_error=self._failed
        )

    def _loaded(self, loaded: Loaded) -> None:
        self._listed(loaded)
        self.read_on()

    def _listed(self, loaded: Loaded) -> None:
        self._records = {record.id: record for record in loaded.records}
        self._groups, self._seen, self._tables = loaded.groups, set(loaded.seen), {}
        classes = tuple((group.record_class, group.total) for group in loaded.groups)
        state = replace(
            self._state, phase=Phase.READY, classes=classes, allergies=reading.allergies(loaded.records),
            message="" if loaded.records else NO_RECORDS, news=loaded.news.shown,
        )  # fmt: skip
        self._show(self._filtered(state))
        self._groups_of = loaded
        self._unfilled = loaded if any(group.pending for group in loaded.groups) else None
        for reader in self.readers.values():
            self._refresh(reader)
        if (wanted := self._wanted) is not None:
            self._wanted = None
            wanted()

    def read_on(self) -> None:
        """Make the rows of folded classes, thousands of results among them, once what is on screen is there."""
        loaded, self._unfilled = self._unfilled, None
        if loaded is None:
            return

        def then(groups: tuple[Group, ...]) -> None:
            if self._groups_of is loaded:
                self._groups = tuple(_seen(group, self._seen) for group in groups)
                self._show(self._filtered(self._state))

        self._scope.run(
            Lane.VAULT, lambda _job: reading.groups(loaded.records, loaded.seen, loaded.changed, loaded.news), then
        )

    def _refresh(self, reader: ReaderPresenter) -> None:
        """Show a newer version, or documents that have arrived, of what is open."""
        open_now = reader.record
        fresh = self._records.get(open_now.id) if open_now else None
        if fresh is not None and fresh != open_now:
            reader.open(fresh, self._table_for(fresh))

    def _failed(self, error: ReviewerError) -> None:
        self._show(replace(self._state, phase=Phase.FAILED, message=str(error)))

    def _on_changed(self, changed: Changed) -> None:
        if Kind.RECORDS in changed.kinds and changed.case in (None, self._case.id):
            self._load()
            self.story.renew()
        elif Kind.OUTBOX in changed.kinds and changed.case in (None, self._case.id):
            self.story.renew_asked()

    def _filtered(self, state: RecordsState) -> RecordsState:
        words = [] if state.filter == self._searched else state.filter.casefold().split()
        searching = bool(words or state.only or state.only_unread)

        def fits(row: ListRow) -> bool:
            return all(word in row.hay for word in words) and (row.unread or not state.only_unread)

        shown = []
        for group in self._groups:
            if state.only not in (None, group.record_class):
                continue
            rows = tuple(row for row in group.rows if fits(row)) if words or state.only_unread else group.rows
            folded = self._folded.get(group.record_class, not group.open and not searching)
            if group.pending and not searching:
                shown.append(replace(group, open=not folded))
            elif rows:
                shown.append(replace(group, rows=rows, unread=sum(row.unread for row in rows), open=not folded))
        message = NOTHING_FITS if self._groups and not shown else ("" if self._groups else state.message)
        return replace(state, groups=tuple(shown), message=message)

    def _show(self, state: RecordsState) -> None:
        self._state = state
        self._view.show_state(state)


def _seen(group: Group, seen: Collection[RecordId]) -> Group:
    """The group with the opened records marked as such."""
    if not any(row.unread and row.id in seen for row in group.rows):
        return group
    rows = tuple(_read(row) if row.unread and row.id in seen else row for row in group.rows)
    return replace(group, rows=rows, unread=sum(row.unread for row in rows))


def _read(row: ListRow) -> ListRow:
    marks = tuple(mark for mark in row.marks if mark.word != reading.CHANGED)
    return replace(row, unread=False, marks=marks)
