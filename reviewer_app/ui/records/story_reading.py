"""Summary, timeline and places that were found, read into what is shown; pure functions without Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from reviewer_app.domain.asking import Answered, RequestStanding
from reviewer_app.domain.case import FIRST_KEPT_BACK
from reviewer_app.domain.dates import PartialDate, utc_text
from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.record import RecordClass
from reviewer_app.domain.summary import Gap, Line, Summary
from reviewer_app.domain.timeline import LANES, Event, Timeline
from reviewer_app.services import search
from reviewer_app.services.news import News
from reviewer_app.services.search import Answer, Hit
from reviewer_app.ui.records.reading import kind_of, plain, told
from reviewer_app.ui.records.story_state import Day, Happening, Row, RowKind, TimelineState

_DAY = 86400.0
_LIFE, _AHEAD = 130 * 365.25 * _DAY, 10 * 365.25 * _DAY
"""What lies further back than a life, or further ahead than any plan, never stretches the axis for all the rest."""
_CHANGE = "\u0394"
"""Before a dose that differs from the one before."""
_NO_NEWS = News()
_NOT_SENT = "What the referring doctor concluded was not sent."
WIDENED = "No word is exactly that; these begin with it."
_MOST = 60
"""Lines of one section of the summary; the list of records has all of them."""


def summary_rows(summary: Summary, asked: Mapping[str, RequestStanding]) -> tuple[Row, ...]:
    """The summary as rows: what is asked first, then what is missing, then the sections.

    Args:
        asked: What became of requests, by their words.
    """
    rows = [Row(RowKind.HEADING, "Questions")]
    rows += [
        Row(RowKind.LINE, f"{one.number}. {one.text}", whole=True, target=f"question:{one.id}")
        for one in summary.questions
    ]
    rows += [] if summary.questions else [Row(RowKind.REMARK, "No questions were sent.")]
    first = summary.first_opinion
    rows.append(Row(RowKind.HEADING, "First opinion"))
    rows.append(
        Row(RowKind.LINE, first.diagnosis, f"Plan: {first.plan}" if first.plan else "", first.date.day, first.author)
        if first.diagnosis or first.plan
        else Row(RowKind.REMARK, FIRST_KEPT_BACK if summary.first_kept_back else _NOT_SENT)
    )
    if summary.key_dates:
        rows.append(Row(RowKind.HEADING, "Days that matter"))
        rows += [Row(RowKind.LINE, one.name, date=one.date.shown) for one in summary.key_dates]
    rows.append(Row(RowKind.HEADING, "Missing or old"))
    rows += [_gap(gap, asked.get(gap.ask)) for gap in summary.gaps]
    rows += [] if summary.gaps else [Row(RowKind.REMARK, "Nothing that is expected is missing or old.")]
    for section in summary.sections:
        rows.append(Row(RowKind.HEADING, section.title, date=str(len(section.lines)) if section.lines else ""))
        rows += [_line(line) for line in section.lines[:_MOST]]
        if not section.lines:
            rows.append(Row(RowKind.REMARK, section.empty))
        elif len(section.lines) > _MOST:
            rows.append(Row(RowKind.REMARK, f"and {len(section.lines) - _MOST} more, in the list of records"))
    return tuple(rows)


def _gap(gap: Gap, standing: RequestStanding | None) -> Row:
    """What is missing, and the one click that asks for it, or takes that back."""
    row = Row(RowKind.LINE, gap.words, loud=True, whole=True, target=gap.target)
    if standing is not None:
        why = f" ({standing.why})" if standing.why else ""
        said = f"{standing.answered.value} {standing.since.shown}".rstrip()
        if standing.answered is Answered.QUEUED:
            said = f"asked {PartialDate(utc_text(standing.request.asked)).shown}, waits to be sent"
        row = replace(row, detail=said + why)
        if standing.answered.withdrawable:
            return replace(row, act="Withdraw", act_target=f"withdraw:{standing.request.id}")
    if not gap.ask or (standing is not None and standing.answered is Answered.SUPPLIED):
        return row
    return replace(row, act="Ask again" if standing else "Ask for it", act_target=f"ask:{gap.wanted.value}:{gap.ask}")


def _line(line: Line) -> Row:
    mark = "" if line.status in ("active", "final", "completed") else plain(line.status)
    return Row(RowKind.LINE, line.text, line.detail, line.date, mark, muted=line.past, target=line.target)


def found_rows(answer: Answer, text: str, *, waiting: bool) -> tuple[Row, ...]:
    """Places that were found, by class of record in the order of the list."""
    rows: list[Row] = []
    for record_class in RecordClass:
        members = [hit for hit in answer.hits if hit.record.record_class is record_class]
        if members:
            rows.append(Row(RowKind.HEADING, record_class.shown, date=str(len(members))))
            rows += [hit_row(group) for group in search.gathered(members)]
    if answer.widened:
        rows.insert(0, Row(RowKind.REMARK, WIDENED))
    more = answer.total - len(answer.hits)
    if more > 0:
        rows.append(Row(RowKind.REMARK, f"and {more} more places; add a word to find fewer"))
    if not rows:
        rows.append(Row(RowKind.REMARK, f"No record and no document holds \u201c{text}\u201d."))
    if waiting:
        rows.append(Row(RowKind.REMARK, "Documents are still being read; more may be found in a moment."))
    return tuple(rows)


def hit_row(group: tuple[Hit, ...]) -> Row:
    """One place; its target tells attachment, page, record and the words that were found there.

    Several results of one analyte are one row that shows the newest and leads to their trend.
    """
    hit, many = group[0], search.several(group)
    record = hit.record
    where = f"page {hit.page}" if hit.page else ""
    if hit.attachment >= 0 and hit.attachment < len(record.attachments):
        kind = kind_of(record.attachments[hit.attachment].content_type)
        where = f"{kind}, {where}" if where and kind == "PDF" else kind
    detail = " ".join(hit.excerpt.text.split("\n"))
    words = "\t".join(dict.fromkeys((*hit.title.words, *hit.excerpt.words)))
    target = f"found:{hit.attachment}:{hit.page}:{record.id}\t{words}"
    if many:
        where, target = f"{many}, newest", f"trend:{record.id}"
    return Row(RowKind.LINE, hit.title.text, detail, record.when.day, where, target=target,
               spans=hit.title.spans, detail_spans=hit.excerpt.spans)  # fmt: skip


def timeline_state(timeline: Timeline, news: News = _NO_NEWS, today: float = 0.0) -> TimelineState:
    """The timeline as shown, with what the last sync made of each event."""
    events = tuple(_happening(event, news) for event in timeline.events)
    counts = Counter(event.record_class for event in timeline.events)
    days = tuple(Day(_seconds(one.date), f"{one.name} {one.date.day}") for one in timeline.key_dates)
    times = [today] if today and events else []
    times += [event.begins for event in events] + [event.ends for event in events if event.ends] + [d.at for d in days]
    likely = [at for at in times if today - _LIFE <= at <= today + _AHEAD] if today else times
    first, last = (min(likely), max(likely)) if likely else (0.0, _DAY)
    margin = max((last - first) * 0.03, 7 * _DAY)
    odd = sum(not first <= event.begins <= last for event in events)
    remarks = (_counted(len(timeline.undated), "without a date", "not shown here"),
               _counted(odd, "of a day that cannot be right", "outside this stretch of time"))  # fmt: skip
    classes = tuple((each, counts[each]) for each in LANES if counts[each])
    remark = " ".join(filter(None, remarks))
    return TimelineState(events, days, (first - margin, last + margin), classes, today=today, remark=remark)


def _counted(count: int, which: str, where: str) -> str:
    return f"{count} record{'s' * (count != 1)} {which} {'is' if count == 1 else 'are'} {where}." if count else ""


def _happening(event: Event, news: News) -> Happening:
    begins = _seconds(event.when)
    ends = None if event.until is None else _seconds(event.until)
    if event.until is None:
        until = " \u2013 no end sent"
    else:
        until = f" \u2013 {event.until.shown}" if event.until.text != event.when.text else ""
    fresh = told(news, RecordId(event.target.removeprefix("record:")))
    said = (f"{event.title}   {event.when.shown}{until}", event.detail, event.change, fresh)
    text = f"{event.title}  {event.detail}" if event.same and event.detail else event.title
    text = f"{_CHANGE} {text}" if event.change else text
    return Happening(event.record_class, begins, ends, text, "\n".join(filter(None, said)), event.target,
                     event.same, bool(fresh))  # fmt: skip


def _seconds(when: PartialDate) -> float:
    instant = when.instant
    assert instant is not None
    return instant.timestamp()
