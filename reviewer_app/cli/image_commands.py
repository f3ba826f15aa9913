"""Commands that look at DICOM files by name, without a vault: what they say, how they look, what they measure."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer_app.cli.describing import command
from reviewer_app.cli.files import read_file, write_file
from reviewer_app.cli.replies import Exit, Reply
from reviewer_app.cli.windows import window_of
from reviewer_app.domain.imaging import SpacingBasis, Window
from reviewer_app.domain.measurement import Measurement, Point, Shape
from reviewer_app.errors import BadInput, ReviewerError

if TYPE_CHECKING:
    from reviewer_app.services.image_files import ImageFacts, ImageFile
    from reviewer_app.worker import WorkerPool

_POINTS = (
    "POINTS are X,Y pairs in stored pixels, such as 10,20 30,40: X across columns, Y down rows, pixel edges at whole "
    "numbers, so that the centre of the first pixel is 0.5,0.5."
)
_ENDINGS = (".dcm", ".dicom", ".ima", ".img")


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the commands of this family."""
    image = command(commands, "image", "look at DICOM files without a vault")
    acts = image.add_subparsers(dest="act", required=True, metavar="ACT")
    info = command(acts, "info", "geometry, spacing and its basis, windows, SUV, warnings", shared)
    info.add_argument("file", metavar="FILE", help="a DICOM file")
    info.set_defaults(run=_info)
    render = command(acts, "render", "write pictures as displayed, as 8-bit PNG", shared)
    render.add_argument("files", nargs="+", metavar="FILE", help="a DICOM file")
    render.add_argument("--out", required=True, metavar="DIR", help="folder, made if it is not there")
    shown = render.add_mutually_exclusive_group()
    shown.add_argument("--window", metavar="C,W", help="centre and width in modality units")
    shown.add_argument("--preset", metavar="NAME", help="a window by its name, as `image info` lists them")
    render.add_argument("--rotate", type=int, default=0, metavar="R", help="degrees clockwise: 90, 180, 270")
    render.add_argument("--flip", choices=["h", "v"], default="", help="after turning: left to right, or top to bottom")
    render.add_argument("--colours", default="", metavar="NAME", help="show grey values in a colour map")
    render.add_argument("--invert", action="store_true", help="the reverse of the usual polarity")
    drawn = render.add_mutually_exclusive_group()
    drawn.add_argument("--state", metavar="FILE", help="a presentation state: its grey values, turns, annotations")
    drawn.add_argument("--drawn", action="store_true", help="with overlays and shutters of the file itself")
    render.set_defaults(run=_render)
    measure = command(
        acts, "measure", "lengths, angles, areas and statistics with units and basis", shared, epilog=_POINTS
    )
    measure.add_argument("file", metavar="FILE", help="a DICOM file")
    shape = measure.add_mutually_exclusive_group(required=True)
    shape.add_argument(
        "--roi", metavar="SHAPE:POINTS", help="ellipse or rectangle by two corners, polygon by three or more"
    )
    shape.add_argument("--line", metavar="POINTS", help="two points: a length")
    shape.add_argument("--angle", metavar="POINTS", help="leg, vertex, leg")
    shape.add_argument("--cobb", metavar="POINTS", help="two lines by their ends")
    shape.add_argument("--probe", metavar="POINT", help="the value of one pixel")
    measure.set_defaults(run=_measure)
    for act in acts.choices.values():
        act.add_argument("--frame", type=int, default=1, metavar="N", help="counted from 1")


@contextmanager
def _workers() -> Iterator[WorkerPool]:
    from reviewer_app.worker import WorkerPool

    pool = WorkerPool(1)
    try:
        yield pool
    finally:
        pool.close()


def _opened(path: str, pool: WorkerPool) -> ImageFile:
    from reviewer_app.services import image_files

    return image_files.open_file(read_file(path), pool)


def _info(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import image_files

    with _workers() as pool:
        facts = image_files.facts(_opened(options.file, pool), options.frame)
    return Reply(facts, _info_lines(facts), Exit.FAILED if facts.problem else Exit.DONE)


def _info_lines(facts: ImageFacts) -> list[str]:
    spacing = facts.spacing
    known = spacing.basis is not SpacingBasis.UNKNOWN
    distance = f"{spacing.row:g} x {spacing.column:g} mm (rows x columns)" if known else "not known"
    edges = facts.letters
    named = (("left", edges.left), ("top", edges.top), ("right", edges.right), ("bottom", edges.bottom))
    sides = ", ".join(f"{side} {letters or '(not known)'}" for side, letters in named)
    lines = [
        f"{facts.modality or 'image'}  {facts.columns} x {facts.rows}, frame {facts.frame} of {facts.frames}",
        f"stored        {facts.photometric}, {facts.bits_stored} bits, transfer syntax {facts.transfer_syntax}",
        f"spacing       {distance}: {spacing.basis.value}; pixel aspect {spacing.aspect:g}",
        f"orientation   {sides}",
        f"values        stored x {facts.slope:g} + {facts.intercept:g} {facts.unit}".rstrip(),
    ]
    lines += [f"window        {_window_words(window)}" for window in facts.windows]
    lines += [
        f"LUT           {lut.kind} {lut.name}: {lut.entries} from {lut.first}, {lut.bits} bits" for lut in facts.luts
    ]
    lines += [f"region        {region}" for region in facts.regions]
    lines.append(f"SUV           {f'factor {facts.suv:g}' if facts.suv else facts.suv_problem}")
    if facts.lossy_ratio:
        lines.append(
            f"lossy         {facts.lossy_ratio:g}:1" if facts.lossy_ratio > 1 else "lossy         ratio not said"
        )
    lines += [f"warning       {warning}" for warning in facts.warnings]
    return [*lines, f"problem       {facts.problem}"] if facts.problem else lines


def _window_words(window: Window) -> str:
    return f"centre {window.center:g}, width {window.width:g}, {window.function.value}  {window.name}".rstrip()


def _render(options: argparse.Namespace) -> Reply:
    folder = Path(options.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput("The folder cannot be made.", "Choose another one for --out.") from error
    window = Window(*window_of(options.window)) if options.window else None
    if options.rotate % 90:
        raise BadInput("Pictures are turned by multiples of 90 degrees.", "Write --rotate 90, 180 or 270.")
    if options.state and (options.rotate or options.flip):
        raise BadInput("A presentation state says how the picture is turned.", "Leave out --rotate and --flip.")
    written, troubles = [], []
    with _workers() as pool:
        for path in options.files:
            try:
                written.append(_render_one(path, pool, folder, window, options))
            except ReviewerError as problem:
                troubles.append(
                    {"file": path, "error": problem.code, "message": problem.message, "advice": problem.advice}
                )
    lines = [f"{one['file']}  ->  {one['picture']}" for one in written]
    lines += [f"{one['file']}: {one['message']}" for one in troubles]
    facts = {"pictures": written, "problems": troubles}
    return Reply(facts, lines, Exit.FAILED if troubles else Exit.DONE)


def _render_one(
    path: str, pool: WorkerPool, folder: Path, window: Window | None, options: argparse.Namespace
) -> dict[str, object]:
    from reviewer_app.services import image_files

    file = _opened(path, pool)
    frame = image_files.frame_of(file, options.frame)
    rotation, flip, over = options.rotate, options.flip, None
    if options.state:
        state = pool.presentation(read_file(options.state))
        frame, over = image_files.by_state(file, frame, state), image_files.drawn_over(file, frame, state, pool)
        rotation, flip = state.rotation, "h" if state.flipped else ""
    elif options.drawn:
        over = image_files.drawn_over(file, frame, None, pool)
    if options.preset:
        window = image_files.preset(frame, options.preset)
    page = image_files.picture(
        frame, window, rotation=rotation, flip=flip, inverted=options.invert, palette=options.colours, over=over
    )
    target = folder / f"{_stem(path)}{f'-{options.frame}' if options.frame > 1 else ''}.png"
    count = 2
    while target.exists():
        target = target.with_name(f"{_stem(path)}-again{count}.png")
        count += 1
    write_file(str(target), image_files.png(page))
    return {"file": path, "picture": str(target), "width": page.width, "height": page.height, "frame": options.frame}


def _stem(path: str) -> str:
    """The name without a usual ending; a UID keeps its last part."""
    name = Path(path).name
    return name[: -len(Path(name).suffix)] if Path(name).suffix.lower() in _ENDINGS else name


def _measure(options: argparse.Namespace) -> Reply:
    from reviewer_app.services import image_files

    shape, points = _drawn(options)
    with _workers() as pool:
        frame = image_files.frame_of(_opened(options.file, pool), options.frame)
    measured = image_files.measure(frame, shape, points)
    facts = {
        "shape": shape.value,
        "points": measured.points,
        "basis": measured.basis.value,
        "values": [{"name": value.name, "value": value.value, "unit": value.unit} for value in measured.values],
        "problem": measured.problem,
    }
    return Reply(facts, _measured_lines(measured))


def _measured_lines(measured: Measurement) -> list[str]:
    lines = [f"{value.name:<20}{value.shown}" for value in measured.values]
    lines += [f"{'rests on':<20}{measured.basis.value}"] if measured.lengthy else []
    return [*lines, measured.problem] if measured.problem else lines


def _drawn(options: argparse.Namespace) -> tuple[Shape, tuple[Point, ...]]:
    if options.roi:
        name, _, text = options.roi.partition(":")
        name = name.strip().casefold()
        shapes = {shape.value: shape for shape in Shape if shape.region}
        if name not in shapes:
            raise BadInput(f"“{name}” is no region.", "Write ellipse:POINTS, rectangle:POINTS or polygon:POINTS.")
        return shapes[name], _points(text)
    given = (
        (Shape.LENGTH, options.line),
        (Shape.ANGLE, options.angle),
        (Shape.COBB, options.cobb),
        (Shape.PROBE, options.probe),
    )
    shape, text = next((shape, text) for shape, text in given if text is not None)
    return shape, _points(text)


def _points(text: str) -> tuple[Point, ...]:
    """Pairs of numbers; commas, semicolons and blanks all part them."""
    try:
        numbers = [float(part) for part in re.split(r"[\s,;]+", text.strip())]
    except ValueError as error:
        raise BadInput("The points are not numbers.", _POINTS) from error
    if len(numbers) % 2 or not all(abs(number) < 1 << 20 for number in numbers):
        raise BadInput("The points are not pairs of coordinates.", _POINTS)
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))
