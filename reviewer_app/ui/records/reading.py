"""Records of the domain, read into what the records pane shows; pure functions without Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.languages import language_name
from reviewer_app.domain.record import Attachment, Record, RecordClass
from reviewer_app.services.news import News
from reviewer_app.ui.records.state import (
    DETAILS,
    Allergies,
    Fact,
    Group,
    Link,
    ListRow,
    Mark,
    Tab,
    Table,
    TableRow,
)

CLOSED = frozenset(
    {RecordClass.RESULT, RecordClass.REQUEST, RecordClass.CONSENT, RecordClass.PERSON, RecordClass.OTHER}
)
"""Classes whose rows are folded at first: results are read as trends, the others are rarely read at all."""

CHANGED = "changed since read"
_NO_NEWS = News()
_LOUD = {
    "preliminary": "preliminary", "registered": "preliminary", "partial": "partial", "amended": "amended",
    "corrected": "corrected", "appended": "amended", "superseded": "superseded", "refuted": "refuted",
    "entered-in-error": "entered in error", "cancelled": "cancelled", "unconfirmed": "unconfirmed",
    "provisional": "provisional", "differential": "differential",
}  # fmt: skip
_QUIET = frozenset({"", "final", "current", "available"})
_PAST = frozenset({"inactive", "resolved", "remission", "stopped", "completed", "cancelled", "ended", "not-taken"})
_KINDS = {
    "application/pdf": "PDF", "text/plain": "text", "text/rtf": "RTF", "application/rtf": "RTF", "text/html": "HTML",
    "image/jpeg": "JPEG picture", "image/jpg": "JPEG picture", "image/png": "PNG picture",
    "image/tiff": "TIFF picture", "image/gif": "GIF picture", "image/bmp": "BMP picture", "text/xml": "C-CDA",
    "application/xml": "C-CDA", "application/hl7-sda+xml": "C-CDA", "application/cda+xml": "C-CDA",
    "application/hl7-v3+xml": "C-CDA", "application/hl7-cda+xml": "C-CDA", "text/markdown": "text",
    "text/csv": "table as text", "application/zip": "archive (ZIP)", "application/dicom": "DICOM file",
    "application/json": "JSON", "application/msword": "Word document",
    "application/octet-stream": "file of no stated type",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word document",
    "application/vnd.oasis.opendocument.text": "OpenDocument text",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel sheet",
    "application/vnd.ms-excel": "Excel sheet",
}  # fmt: skip
_FAMILIES = {"audio": "sound", "video": "film", "image": "picture"}
_TABLES: dict[RecordClass, tuple[str, ...]] = {
    RecordClass.MEDICATION: ("Medication", "Dose", "Status", "From", "Until"),
    RecordClass.CONDITION: ("Condition", "Status", "Since", "Until", "Note"),
    RecordClass.ALLERGY: ("Substance", "Reaction", "Status", "Recorded"),
    RecordClass.PROCEDURE: ("Procedure", "Date", "Status", "Note"),
    RecordClass.IMMUNISATION: ("Vaccine", "Date", "Status", "Note"),
}
APART = "  \u00b7  "
"""Between the parts of what stands below a title."""
_LINKS: dict[str, str] = {
    "study-uid": "Show the images",
    "study": "Imaging study",
    "result": "Show in labs",
    "therapy": "Show with lab values",
    "replaces": "Older version",
    "appends": "Open what it adds to",
    "transforms": "Open what it was made from",
    "signs": "Open what it signs",
    "accession": "Accession",
    "record": "Open record",
}


def plain(status: str) -> str:
    """A status in words."""
    return _LOUD.get(status, status.replace("-", " "))


def marks_of(record: Record) -> tuple[Mark, ...]:
    """Words about its standing; a final record carries none."""
    if record.unreadable:
        return (Mark("unreadable", loud=True),)
    if record.status in _QUIET:
        return ()
    return (Mark(plain(record.status), loud=record.status in _LOUD),)


def kind_of(content_type: str) -> str:
    """What a content type is called here; an unknown one is named as it is."""
    known = content_type.partition(";")[0].strip().casefold()
    family, _, rest = known.partition("/")
    spoken = f"{_FAMILIES[family]} ({rest})" if family in _FAMILIES else known
    return _KINDS.get(known, spoken or "unknown type")


def _kind_and_language(attachment: Attachment) -> str:
    language = _in_language(attachment)
    return f"{kind_of(attachment.content_type)} {language}".rstrip()


def _in_language(attachment: Attachment) -> str:
    return f"in {language_name(attachment.language)}" if attachment.language else ""


def waiting(attachment: Attachment) -> str:
    """Why a document cannot be opened now; empty if it is held."""
    if attachment.problem:
        return attachment.problem
    return "" if attachment.held else "not on this machine yet"


def row(record: Record, *, unread: bool, change: str = "", news: str = "") -> ListRow:
    """One line of the list; `news` says what the last sync made of it."""
    kinds = " + ".join(dict.fromkeys(filter(None, map(_kind_and_language, record.attachments))))
    absent = next((waiting(each) for each in record.attachments if waiting(each)), "")
    problem = record.unreadable or absent
    date = record.when.day or "no date"
    fresh = Mark(CHANGED, loud=True) if change else Mark(news) if news else None
    marks = (*((fresh,) if fresh else ()), *marks_of(record))
    first = record.body.partition("\n")[0] if tabled(record.record_class) else ""
    detail = "  ".join(filter(None, (kinds or first, record.author)))
    hay = f"{record.title} {record.author} {record.body} {record.status} {date} {kinds} {record.id}".casefold()
    return ListRow(
        record.id, record.title, date, detail, marks, problem, unread, record.retracted, change,
        record.when.shown or "no date", hay,
    )  # fmt: skip


def groups(
    records: Iterable[Record],
    viewed: Collection[str],
    changed: Mapping[RecordId, str] | None = None,
    news: News = _NO_NEWS,
    *,
    folded: bool = True,
) -> tuple[Group, ...]:
    """Records by class in the order of the list, newest first, undated last; what changed since it was read is new.

    Args:
        folded: Whether the rows of classes that are folded at first are wanted too; without, those are only counted.
    """
    changes = changed or {}
    by_class: dict[RecordClass, list[Record]] = {}
    for record in records:
        by_class.setdefault(record.record_class, []).append(record)
    made = []
    for record_class in RecordClass:
        members = by_class.get(record_class, [])
        unread = sum(record.id not in viewed or record.id in changes for record in members)
        if members and record_class in CLOSED and not folded:
            made.append(Group(record_class, (), len(members), unread, open=False, pending=True))
        elif members:
            members.sort(key=lambda record: (record.when.sort_key, record.id), reverse=True)
            rows = tuple(
                row(
                    record,
                    unread=record.id not in viewed or record.id in changes,
                    change=changes.get(record.id, ""),
                    news=told(news, record.id),
                )
                for record in members
            )
            made.append(Group(record_class, rows, len(rows), unread, record_class not in CLOSED))
    return tuple(made)


def told(news: News, record: RecordId) -> str:
    """What the last sync made of a record, in words: `new 2026-11-22`."""
    word = "new" if record in news.new else "changed" if record in news.changed else ""
    return f"{word} {news.when.day}" if word else ""


def allergies(records: Iterable[Record]) -> Allergies:
    """The allergies in one line; also says that none came, or that one could not be read."""
    every = [record for record in records if record.record_class is RecordClass.ALLERGY and not record.retracted]
    unreadable = sum(bool(record.unreadable) for record in every)
    known = [record for record in every if not record.unreadable and record.status not in ("refuted", "resolved")]
    names = []
    for record in known:
        standing = f" ({plain(record.status)})" if record.status not in ("", "active", "confirmed") else ""
        names.append(f"{record.title}{standing}")
    parts = [", ".join(dict.fromkeys(names))] if names else []
    if unreadable:
        parts.append(f"{unreadable} record{'s' * (unreadable != 1)} could not be read")
    return Allergies("; ".join(parts) or "none in these records", bool(parts))


def facts(record: Record) -> tuple[Fact, ...]:
    """The fields of a record as lines; what was not sent is left out."""
    span = record.when.shown + (f" \u2013 {record.until.shown}" if record.until else "")
    found = [
        Fact("Date", span or "no date"),
        Fact("Status", plain(record.status)),
        Fact("Author", record.author),
        *(Fact("Document", _document(each)) for each in record.attachments),
        Fact("Record", f"{record.id}, version {record.version or 'unknown'}"),
    ]
    return tuple(fact for fact in found if fact.text)


def _document(attachment: Attachment) -> str:
    size = f"{attachment.size / 1024:.0f} KB" if attachment.size else ""
    said = (attachment.title, _kind_and_language(attachment), size, waiting(attachment))
    return ", ".join(filter(None, said))


def links(record: Record) -> tuple[Link, ...]:
    """Ways to what the record points to."""
    therapy = (f"therapy:{record.id}",) if record.record_class is RecordClass.MEDICATION and record.when.valid else ()
    return tuple(
        Link(f"{_LINKS.get(kind, kind)} {name if kind in ('accession', 'record') else ''}".strip(), f"{kind}:{name}")
        for kind, _, name in (link.partition(":") for link in (*record.links, *therapy))
        if name and kind != "discipline"
    )


def tabs(record: Record) -> tuple[Tab, ...]:
    """What can be shown of a record: its documents, then its fields."""
    if not record.attachments:
        return ()
    shown = [Tab(n, _tab_title(record, each), _document(each)) for n, each in enumerate(record.attachments)]
    return (*shown, Tab(DETAILS, "Details"))


def _tab_title(record: Record, attachment: Attachment) -> str:
    kind = kind_of(attachment.content_type)
    title = attachment.title if attachment.title != record.title else ""
    title = title or f"{kind[:1].upper()}{kind[1:]}"
    return title if len(title) <= 24 else f"{title[:23]}\u2026"


def subtitle(record: Record) -> str:
    """Class, date, language of its documents, and author in one line."""
    span = record.when.shown + (f" \u2013 {record.until.shown}" if record.until else "")
    languages = ", ".join(dict.fromkeys(filter(None, map(_in_language, record.attachments))))
    parts = (record.record_class.shown, span or "no date", languages, record.author)
    return APART.join(filter(None, parts))


def banner(record: Record) -> str:
    """What must be known before reading; empty for a record in good standing."""
    if record.unreadable:
        return f"This record is kept but not shown: {record.unreadable.rstrip('.')}. Ask the case manager for it."
    if record.retracted:
        return "Entered in error: the source has withdrawn this record, so it cannot be cited."
    if record.status == "superseded":
        return "Superseded: a newer version of this document exists. Look for it in the list."
    return ""


def label(record: Record, page: int = 0) -> str:
    """Words for the chip: `Pathology report 2026-06-22, p. 2`."""
    said = " ".join(filter(None, (record.title, record.when.day)))
    return f"{said}, p. {page}" if page else said


def tabled(record_class: RecordClass) -> bool:
    """Whether the records of a class are read as a table."""
    return record_class in _TABLES


def table(record_class: RecordClass, records: Iterable[Record]) -> Table:
    """All records of one class as a table: active ones first, then newest first; unreadable ones say why."""
    members = [record for record in records if record.record_class is record_class]
    members.sort(key=lambda record: (record.when.sort_key, record.id), reverse=True)
    members.sort(key=lambda record: (record.retracted, record.status in _PAST))
    columns = _TABLES[record_class]
    return Table(columns, tuple(_table_row(record, columns) for record in members))


_CELLS: dict[str, Callable[[Record], str]] = {
    "Status": lambda record: plain(record.status),
    "From": lambda record: record.when.shown,
    "Since": lambda record: record.when.shown,
    "Date": lambda record: record.when.shown,
    "Recorded": lambda record: record.when.shown,
    "Until": lambda record: record.until.shown,
}


def _table_row(record: Record, columns: Sequence[str]) -> TableRow:
    if record.unreadable:
        words = (record.title, f"not readable: {record.unreadable}")
        return TableRow(record.id, (*words, *[""] * (len(columns) - 2)), muted=True)
    cells = [record.title]
    for column in columns[1:]:
        made = _CELLS.get(column)
        cells.append(made(record) if made else "; ".join(record.body.splitlines()))
    return TableRow(record.id, tuple(cells), record.status in _PAST, record.retracted)
