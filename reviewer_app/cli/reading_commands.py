"""Commands that show the contents of a case one by one, and remember as reviewed what was really shown."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from reviewer_app.cli.describing import on_case
from reviewer_app.cli.files import write_file
from reviewer_app.cli.profile_folder import unlocked
from reviewer_app.cli.replies import Reply, table
from reviewer_app.domain.case import Case
from reviewer_app.domain.ids import RecordId, SeriesUid
from reviewer_app.domain.imaging import Series
from reviewer_app.domain.opinion import ImagePlace
from reviewer_app.domain.record import Record
from reviewer_app.errors import BadInput, NotFound, WrongPatient
from reviewer_app.services import records, worklist
from reviewer_app.services.session import Session

if TYPE_CHECKING:
    from reviewer_app.domain.imaging import DisplaySet

_PAGE_WIDTH = 1600
"""Pixels across a page that is written as picture: fine print stays readable."""

_NOTHING = "Look at it elsewhere and say so with --reviewed, or ask the case manager for another copy."
_ADVICE = "Write a page as picture with --page 1 --out page.png, or say with --reviewed that you read it elsewhere."


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    read = on_case(commands, "read", "read a record or look at a series; what is shown counts as reviewed", shared)
    read.add_argument("record", metavar="RECORD", help="RESOURCE/ID as `records` lists them, or series UID")
    read.add_argument("--attachment", type=int, default=1, metavar="N", help="which file of a record (default: 1)")
    read.add_argument("--page", type=int, default=None, metavar="N", help="page to write as picture, with --out")
    read.add_argument("--out", metavar="FILE", help="write the page, or the middle image of a series, as PNG")
    read.add_argument("--reviewed", action="store_true", help="say that you read or looked at it elsewhere")
    read.set_defaults(run=_read)
    pictures = on_case(commands, "images", "every image of a case in the order of display", shared)
    pictures.set_defaults(run=_every_image)


def _read(options: argparse.Namespace) -> Reply:
    if options.page is not None and not options.out:
        raise BadInput("A page is written as picture.", "Name the file: --page 1 --out page.png.")
    with unlocked(options) as session:
        case = worklist.open_case(session, worklist.find(session, options.case).id)
        if "/" not in options.record:
            return _look(session, case, SeriesUid(options.record), options)
        record = records.record(session, case.id, RecordId(options.record))
        if options.out:
            return _write_page(session, case, record, options)
        texts, unseen, pages = _texts(session, case, record)
        counts = options.reviewed or not unseen
        if counts:
            records.opened(session, case.id, record.id)
    heading = f"{record.title}  {record.when.shown}  {record.status}".rstrip()
    lines = [heading, *([record.unreadable] if record.unreadable else []), *_once(record.body, texts)]
    if not counts:
        lines += ["", "Not counted as reviewed:", *(f"  {one}" for one in unseen), _ADVICE if pages else _NOTHING]
    return Reply({"record": record, "texts": texts, "reviewed": counts, "not_shown": unseen}, lines)


def _texts(session: Session, case: Case, record: Record) -> tuple[list[str], list[str], int]:
    """The text of each attachment, a sentence for everything that could not be put into words, and how many pages."""
    from reviewer_app.services import documents

    texts, unseen, count = [], [], 0
    for index in range(len(record.attachments)):
        view = documents.describe(session, case.id, record.id, index)
        count += view.pages
        pages = [documents.page(session, case.id, record.id, index, number, 64).text for number in range(view.pages)]
        empty = [str(number) for number, text in enumerate(pages, 1) if not text.strip()]
        texts.append(view.text or "\n\n".join(text for text in pages if text.strip()) or view.problem)
        name = f"File {index + 1}"
        if view.problem:
            unseen.append(f"{name}: {view.problem}")
        elif empty:
            unseen.append(f"{name}: no text on page {', '.join(empty)} of {view.pages}.")
        elif not texts[-1].strip():
            unseen.append(f"{name}: it holds no text.")
    return texts, unseen, count


def _once(body: str, texts: list[str]) -> list[str]:
    """Body and texts as lines; what stands in another of them word for word is not said again."""
    kept: list[str] = []
    for text in (body, *texts):
        said = " ".join(text.split())
        if said and not any(said in " ".join(other.split()) for other in kept):
            kept = [other for other in kept if " ".join(other.split()) not in said]
            kept.append(text)
    return [line for text in kept for line in text.splitlines()]


def _write_page(session: Session, case: Case, record: Record, options: argparse.Namespace) -> Reply:
    """One page as picture; as in the window, a record counts once a page of it was seen."""
    from reviewer_app.services import documents, image_files

    index, number = options.attachment - 1, (options.page or 1)
    view = documents.describe(session, case.id, record.id, index)
    if view.kind != "pages":
        raise BadInput(view.problem or "This file is text and has no pages.", "Read it without --out.")
    if not 1 <= number <= view.pages:
        raise BadInput(f"The document has no page {number}.", f"Its pages are 1 to {view.pages}.")
    page = documents.page(session, case.id, record.id, index, number - 1, _PAGE_WIDTH)
    write_file(options.out, image_files.png(page))
    records.opened(session, case.id, record.id)
    facts = {"record": record, "file": options.out, "page": number, "pages": view.pages, "reviewed": True}
    return Reply(facts, (f"Page {number} of {view.pages} written to {options.out}, not encrypted.",))


def _look(session: Session, case: Case, uid: SeriesUid, options: argparse.Namespace) -> Reply:
    """What a series holds; it counts as looked at with its middle image written, or where that is said."""
    from reviewer_app.services import images, viewing

    if uid not in [one.uid for study in images.studies(session, case.id) for one in study.series]:
        raise BadInput("The case has no such series.", "`consilium case show` lists them.")
    shown = images.display_set(session, case.id, uid)
    counts = bool(options.reviewed or options.out)
    if counts and shown.series.mismatch:
        raise WrongPatient(
            f"This series cannot be reviewed: {shown.series.mismatch}.",
            "Tell the case manager that the study may be another patient's.",
        )
    lines = [f"{len(shown)} images", *shown.warnings]
    if options.out:
        _write_middle(session, shown, options.out)
        lines.append(f"Its middle image is written to {options.out}, not encrypted.")
    if counts:
        viewing.series(session, case.id, uid)
    else:
        lines.append("Not counted as reviewed: add --out FILE.png, or --reviewed if you looked at it elsewhere.")
    return Reply({"images": len(shown), "warnings": shown.warnings, "reviewed": counts}, lines)


def _write_middle(session: Session, shown: DisplaySet, path: str) -> None:
    from reviewer_app.services import image_files, images, picturing

    instance, frame = shown.images[len(shown) // 2]
    longest = max(instance.pixels.rows, instance.pixels.columns) if instance.pixels else images.THUMBNAIL
    place = ImagePlace(instance.study_uid, instance.series_uid, instance.uid, frame + 1)
    write_file(path, image_files.png(picturing.picture(session, shown.case_id, place, longest)))


def _every_image(options: argparse.Namespace) -> Reply:
    with unlocked(options) as session:
        case = worklist.reading(session, worklist.find(session, options.case).id)
        sets, others = _display_sets(session, case)
    facts = [
        {
            "study": shown.study.uid,
            "series": shown.series.uid,
            "modality": shown.series.modality,
            "description": shown.series.description,
            "instance": instance.uid,
            "frame": frame + 1,
            "position": position,
            "warnings": instance.warnings,
        }
        for shown in sets
        for position, (instance, frame) in enumerate(shown.images, 1)
    ]
    rows = [(str(f["modality"]), str(f["description"]), f"{f['position']}", f"{f['instance']}") for f in facts]
    lines = table(("", "Series", "Position", "SOP Instance UID"), rows)
    if others:
        lines += ["", "Others, without images:"]
        lines += [f"  {one.modality:<9} {one.description}  {one.held} objects  {one.uid}" for one in others]
    return Reply(facts, lines or ["No images are on this machine."])


def _display_sets(session: Session, case: Case) -> tuple[list[DisplaySet], list[Series]]:
    """The display set of each series that holds images, and the series that hold objects of other kinds."""
    from reviewer_app.services import images

    sets, others = [], []
    for study in images.studies(session, case.id):
        for series in study.series:
            if series.held:
                try:
                    sets.append(images.display_set(session, case.id, series.uid))
                except NotFound:  # held, but nothing of it has frames: contours, selections, waveforms
                    others.append(series)
    return sets, others
