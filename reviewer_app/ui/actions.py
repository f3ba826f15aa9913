"""Every command once, as data, and how a widget offers it.

Menus, tool strips, the palette (Ctrl+K), the shortcut page ('?') and the settings are built from this table; keys are
those that the user chose.  What is not here: what a command does - the widget that offers it says so with `bind`.
Qt is imported where a widget is at hand only, so that presenters can name keys.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

Keys = tuple[str, ...]


class When(enum.Enum):
    """Where a command is offered; the value is its heading on the shortcut page."""

    ANYWHERE = "Anywhere"
    UNLOCKED = "After unlocking"
    WORKLIST = "Worklist"
    SYNC = "Sync"
    CASE = "Case desk"
    RECORDS = "Records"
    LABS = "Labs"
    IMAGES = "Images"
    OPINION = "Opinion"

    @property
    def pane(self) -> bool:
        """Whether its keys count only while the focus is inside the pane that offers it."""
        return self in (When.RECORDS, When.LABS, When.IMAGES, When.OPINION, When.WORKLIST)


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        id: `place.verb`.
        text: What it does, a verb first.
        keys: Key sequences in Qt's portable text; the first is the one shown.
        icon: Name in the icon set (`mdi6.…`), or empty.
        hint: One more sentence for the tooltip.
    """

    id: str
    text: str
    when: When
    keys: Keys = ()
    icon: str = ""
    hint: str = ""

    @property
    def shown_keys(self) -> str:
        """The first key sequence as this platform writes it; empty if there is none."""
        return native(self.keys[0]) if self.keys else ""

    @property
    def tooltip(self) -> str:
        """Name, shortcut and hint."""
        name = f"{self.text} ({self.shown_keys})" if self.keys else self.text
        return f"{name}\n{self.hint}" if self.hint else name


_TIPPED = "tipped"
"""Property of a widget whose tooltip names the keys of a command: the command's id, and words of its own."""

COMMANDS: tuple[Command, ...] = (
    Command("palette.open", "Find a command, case, record or series", When.UNLOCKED, ("Ctrl+K",), "mdi6.magnify"),
    Command("shortcuts.open", "Show the shortcuts of this screen", When.ANYWHERE, ("?", "F1"), "mdi6.keyboard-outline"),
    Command("theme.switch", "Switch between dark and light", When.ANYWHERE, ("Ctrl+Shift+T",), "mdi6.theme-light-dark"),
    Command("text.larger", "Make text larger", When.ANYWHERE, ("Ctrl++", "Ctrl+=")),
    Command("text.smaller", "Make text smaller", When.ANYWHERE, ("Ctrl+-",)),
    Command("window.full", "Fill the screen", When.ANYWHERE, ("F11",), "mdi6.fullscreen"),
    Command("app.quit", "Quit Consilium", When.ANYWHERE, ("Ctrl+Q",), "mdi6.power"),
    Command("vault.lock", "Lock the vault", When.UNLOCKED, ("Ctrl+L",), "mdi6.lock-outline"),
    Command("sync.now", "Sync now", When.UNLOCKED, ("F5", "Ctrl+R"), "mdi6.sync"),
    Command("sync.stop", "Stop syncing", When.UNLOCKED, (), "mdi6.close"),
    Command("go.worklist", "Go to the worklist", When.UNLOCKED, ("Ctrl+1",), "mdi6.format-list-bulleted"),
    Command("go.desk", "Go to the case desk", When.UNLOCKED, ("Ctrl+2",), "mdi6.view-dashboard-outline"),
    Command("go.search", "Search the records of all cases", When.UNLOCKED, ("Ctrl+Shift+F",), "mdi6.text-search"),
    Command("go.sync", "Go to sync", When.UNLOCKED, ("Ctrl+3",), "mdi6.sync"),
    Command("go.settings", "Go to the settings", When.UNLOCKED, ("Ctrl+4", "Ctrl+,"), "mdi6.cog-outline"),
    Command("letter.verify", "Verify or release a signed letter", When.UNLOCKED, (), "mdi6.certificate-outline"),
    Command("worklist.search", "Search the worklist", When.WORKLIST, ("Ctrl+F", "/")),
    Command("worklist.open", "Open the case", When.WORKLIST, ("Return",)),
    Command("worklist.accept", "Accept the case", When.WORKLIST, ("Alt+A",)),
    Command("worklist.decline", "Decline the case", When.WORKLIST, ("Alt+D",)),
    Command("desk.together", "Arrange all panes side by side", When.CASE, ("F9",), "mdi6.view-dashboard-outline"),
    Command("desk.read", "Arrange to read: records and images", When.CASE, ("F6",), "mdi6.book-open-variant"),
    Command("desk.compare", "Arrange to compare: images large, labs below", When.CASE, ("F7",), "mdi6.compare"),
    Command("desk.write", "Arrange to write: opinion wide", When.CASE, ("F8",), "mdi6.pencil-outline"),
    Command("desk.records", "Go to records", When.CASE, ("Alt+1",), "mdi6.file-document-outline"),
    Command("desk.labs", "Go to labs", When.CASE, ("Alt+2",), "mdi6.chart-line"),
    Command("desk.images", "Go to images", When.CASE, ("Alt+3",), "mdi6.image-outline"),
    Command("desk.opinion", "Go to the opinion", When.CASE, ("Alt+4",), "mdi6.text-box-edit-outline"),
    Command("desk.cite", "Cite the selection in the opinion", When.CASE, ("C", "Ctrl+Shift+C"), "mdi6.link-variant"),
    Command("desk.next", "Go to the next pane", When.CASE, ("Ctrl+Tab",)),
    Command("records.search", "Filter the records", When.RECORDS, ("Ctrl+F", "/"), "mdi6.magnify"),
    Command("records.find", "Find in the document", When.RECORDS, ("Ctrl+G",), "mdi6.text-search"),
    Command("records.hit", "Go to the next place that was found", When.RECORDS, ("F3",)),
    Command("records.hit_back", "Go to the place found before", When.RECORDS, ("Shift+F3",)),
    Command("records.beside", "Keep the record beside the next one", When.RECORDS, ("B",), "mdi6.compare"),
    Command("records.text", "Show the page as text, or as a picture again", When.RECORDS, ("T",), "mdi6.text"),
    Command("records.summary", "Show the summary, or the records again", When.RECORDS, ("S",), "mdi6.clipboard-text"),
    Command("records.ask", "Ask for what is missing, or take that back", When.RECORDS, ("A",)),
    Command("records.timeline", "Show the timeline, or the records again", When.RECORDS, ("L",), "mdi6.chart-timeline"),
    Command("records.values", "Draw lab values below the medicines of the timeline", When.RECORDS, ("V",)),
    Command("labs.search", "Filter the analytes", When.LABS, ("Ctrl+F", "/"), "mdi6.magnify"),
    Command("labs.next", "Select the next result", When.LABS, ("]",)),
    Command("labs.previous", "Select the previous result", When.LABS, ("[",)),
    Command("labs.source", "Open the record behind the result", When.LABS, ("O",)),
    Command("labs.units", "Show results in the next system of units", When.LABS, ("U",)),
    Command("labs.scale", "Show results on the next scale: linear, logarithmic, change", When.LABS, ("L",)),
    Command("labs.lanes", "Show medications and imaging below the trends, or not", When.LABS, ("T",)),
    Command("labs.cite_trend", "Cite the whole trend of the selected result", When.LABS, ("Shift+C",)),
    Command("labs.closer", "Show a shorter stretch of time", When.LABS, ("+", "=")),
    Command("labs.wider", "Show a longer stretch of time", When.LABS, ("-",)),
    Command("labs.earlier", "Show an earlier stretch of time", When.LABS, ("Shift+Left",)),
    Command("labs.later", "Show a later stretch of time", When.LABS, ("Shift+Right",)),
    Command("labs.whole", "Show the time of all results", When.LABS, ("0",)),
    Command("labs.export", "Export all results to a CSV file", When.LABS, ("E",)),
    Command("labs.overview", "Show all analytes as small pictures, or the trends again", When.LABS, ("V",)),
    Command("opinion.undo", "Undo", When.OPINION, ("Ctrl+Z",)),
    Command("opinion.redo", "Redo", When.OPINION, ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("opinion.preview", "Preview and sign", When.OPINION, ("Ctrl+P",)),
    Command("opinion.next", "Go to the next field", When.OPINION, ("Ctrl+Return", "Ctrl+Enter")),
    Command("opinion.previous", "Go to the previous field", When.OPINION, ("Ctrl+Shift+Return",)),
    Command("opinion.versions", "Show the versions of the draft", When.OPINION, ("Ctrl+H",), "mdi6.history"),
    Command("opinion.finding", "Go to the next thing to do", When.OPINION, ("F4",)),
    Command("images.next", "Show the next image", When.IMAGES, ("Down",)),
    Command("images.previous", "Show the previous image", When.IMAGES, ("Up",)),
    Command("images.forward", "Go ten images on", When.IMAGES, ("PgDown",)),
    Command("images.back", "Go ten images back", When.IMAGES, ("PgUp",)),
    Command("images.first", "Go to the first image", When.IMAGES, ("Home",)),
    Command("images.last", "Go to the last image", When.IMAGES, ("End",)),
    Command("images.next_series", "Show the next series", When.IMAGES, ("Right",)),
    Command("images.previous_series", "Show the previous series", When.IMAGES, ("Left",)),
    Command("images.next_tile", "Go to the next tile", When.IMAGES, ("T",)),
    Command("images.single", "Show one tile", When.IMAGES, ("F2",), "mdi6.square-outline"),
    Command("images.pair", "Show two tiles", When.IMAGES, ("F3",), "mdi6.view-column-outline"),
    Command("images.four", "Show four tiles", When.IMAGES, ("F4",), "mdi6.view-grid-outline"),
    Command("images.stacked", "Show two tiles, one above the other", When.IMAGES, ("Shift+F2",)),
    Command("images.three", "Show three tiles", When.IMAGES, ("Shift+F3",)),
    Command("images.six", "Show six tiles", When.IMAGES, ("Shift+F6",)),
    Command("images.nine", "Show nine tiles", When.IMAGES, ("Shift+F9",)),
    Command("images.hang", "Show the next arrangement of the series", When.IMAGES, ("N",), "mdi6.page-next-outline"),
    Command("images.hang_back", "Show the arrangement before", When.IMAGES, ("Shift+N",)),
    Command("images.enlarge", "Show the active tile alone, or all again", When.IMAGES, ("E",)),
    Command("images.prior", "Show the prior beside the current series", When.IMAGES, ("B",), "mdi6.history"),
    Command("images.scroll", "Drag to scroll", When.IMAGES, ("S",), "mdi6.arrow-up-down"),
    Command(
        "images.window",
        "Drag to set the window",
        When.IMAGES,
        ("W",),
        "mdi6.contrast-circle",
        "The right button always does this.",
    ),
    Command(
        "images.zoom",
        "Drag to zoom",
        When.IMAGES,
        ("Z",),
        "mdi6.magnify-plus-outline",
        "Ctrl with the wheel always does this.",
    ),
    Command(
        "images.pan",
        "Drag to move the picture",
        When.IMAGES,
        ("P",),
        "mdi6.cursor-move",
        "The middle button always does this.",
    ),
    Command(
        "images.link",
        "Scroll tiles together by position, or apart",
        When.IMAGES,
        ("Shift+S",),
        "mdi6.link-variant",
        "Series of other examinations follow with the distance they have when it is switched on.",
    ),
    Command("images.lines", "Show or hide the lines of the other tiles", When.IMAGES, ("Shift+K",)),
    Command("images.alone_next", "Scroll this tile only, on", When.IMAGES, ("Alt+PgDown",)),
    Command("images.alone_previous", "Scroll this tile only, back", When.IMAGES, ("Alt+PgUp",)),
    Command(
        "images.point",
        "Point at the same place in all tiles",
        When.IMAGES,
        ("Shift+U",),
        "mdi6.crosshairs-gps",
        "Shift and moving the mouse always does this.",
    ),
    Command("images.unpoint", "Take the pointer away", When.IMAGES, ("Shift+Esc",)),
    Command(
        "images.reformat",
        "Show three planes and a slab of the series",
        When.IMAGES,
        ("Shift+M",),
        "mdi6.axis-arrow",
    ),
    Command("images.plane", "Show the series in the next plane", When.IMAGES, ("Shift+D",)),
    Command("images.tilt", "Drag to tilt the plane", When.IMAGES, ("Shift+O",), "mdi6.rotate-orbit"),
    Command("images.tilt_left", "Tilt the left side away", When.IMAGES, ("Alt+Left",)),
    Command("images.tilt_right", "Tilt the right side away", When.IMAGES, ("Alt+Right",)),
    Command("images.tilt_up", "Tilt the upper side away", When.IMAGES, ("Alt+Up",)),
    Command("images.tilt_down", "Tilt the lower side away", When.IMAGES, ("Alt+Down",)),
    Command("images.thicker", "Show a thicker slab", When.IMAGES, ("Shift+PgUp",)),
    Command("images.thinner", "Show a thinner slab", When.IMAGES, ("Shift+PgDown",)),
    Command("images.blend", "Slab: maximum, minimum or mean", When.IMAGES, ("Shift+B",)),
    Command("images.fuse", "Lay the PET over, or take it away", When.IMAGES, ("Shift+F",), "mdi6.layers-outline"),
    Command("images.fuse_hotter", "Overlay: lower the end of the colours", When.IMAGES, ("Ctrl+Shift+Down",)),
    Command("images.fuse_cooler", "Overlay: raise the end of the colours", When.IMAGES, ("Ctrl+Shift+Up",)),
    Command("images.fuse_more", "Overlay: show more of it", When.IMAGES, ("Ctrl+Shift+Right",)),
    Command("images.fuse_less", "Overlay: show less of it", When.IMAGES, ("Ctrl+Shift+Left",)),
    Command("images.palette", "Show grey values in the next colours", When.IMAGES, ("Shift+I",)),
    Command("images.fit", "Fit the picture into its tile", When.IMAGES, ("F",), "mdi6.fit-to-page-outline"),
    Command("images.actual", "Show actual pixels", When.IMAGES, ("A",), "mdi6.relative-scale"),
    Command("images.alike", "Show the other tiles with this window and zoom", When.IMAGES, ("Shift+A",)),
    Command("images.larger", "Zoom in", When.IMAGES, ("+", "=")),
    Command("images.smaller", "Zoom out", When.IMAGES, ("-",)),
    Command("images.turn", "Turn right", When.IMAGES, ("R",), "mdi6.rotate-right"),
    Command("images.turn_back", "Turn left", When.IMAGES, ("Shift+R",), "mdi6.rotate-left"),
    Command("images.flip", "Flip left to right", When.IMAGES, ("H",), "mdi6.flip-horizontal"),
    Command("images.upend", "Flip top to bottom", When.IMAGES, ("V",), "mdi6.flip-vertical"),
    Command("images.invert", "Invert grey", When.IMAGES, ("I",), "mdi6.invert-colors"),
    Command("images.reset", "Reset window, zoom and turns", When.IMAGES, ("0",), "mdi6.restore"),
    Command("images.play", "Play or pause", When.IMAGES, ("Space",), "mdi6.play"),
    Command("images.faster", "Play faster", When.IMAGES, ("]",)),
    Command("images.slower", "Play slower", When.IMAGES, ("[",)),
    Command("images.wider", "Widen the window", When.IMAGES, ("Ctrl+Right",)),
    Command("images.narrower", "Narrow the window", When.IMAGES, ("Ctrl+Left",)),
    Command("images.darker", "Raise the level", When.IMAGES, ("Ctrl+Up",)),
    Command("images.brighter", "Lower the level", When.IMAGES, ("Ctrl+Down",)),
    Command("images.pan_left", "Move the picture left", When.IMAGES, ("Shift+Left",)),
    Command("images.pan_right", "Move the picture right", When.IMAGES, ("Shift+Right",)),
    Command("images.pan_up", "Move the picture up", When.IMAGES, ("Shift+Up",)),
    Command("images.pan_down", "Move the picture down", When.IMAGES, ("Shift+Down",)),
    Command("images.length", "Measure a length", When.IMAGES, ("L",), "mdi6.ruler"),
    Command("images.angle", "Measure an angle", When.IMAGES, ("G",), "mdi6.angle-acute"),
    Command("images.cobb", "Measure a Cobb angle", When.IMAGES, ("Shift+G",), "mdi6.angle-obtuse"),
    Command("images.ellipse", "Measure an ellipse", When.IMAGES, ("O",), "mdi6.ellipse-outline"),
    Command("images.rectangle", "Measure a rectangle", When.IMAGES, ("Q",), "mdi6.rectangle-outline"),
    Command("images.polygon", "Measure a polygon", When.IMAGES, ("Y",), "mdi6.vector-polygon"),
    Command("images.probe", "Read the value of a pixel", When.IMAGES, ("U",), "mdi6.crosshairs"),
    Command("images.arrow", "Draw an arrow", When.IMAGES, ("J",), "mdi6.arrow-top-left"),
    Command("images.text", "Write on the picture", When.IMAGES, ("X",), "mdi6.format-text"),
    Command("images.calibrate", "Calibrate by a known length", When.IMAGES, ("Shift+L",), "mdi6.tape-measure"),
    Command("images.calibrate_series", "Calibrate the whole series like this image", When.IMAGES, ("Alt+L",)),
    Command("images.uncalibrate", "Take the calibration by hand back", When.IMAGES),
    Command("images.key", "Make the picture a key image, or take that back", When.IMAGES, ("K",), "mdi6.star-outline"),
    Command("images.marks", "Show or hide the list of measurements", When.IMAGES, ("M",), "mdi6.format-list-text"),
    Command("images.region_window", "Set the window from the selected region", When.IMAGES, ("Shift+W",)),
    Command("images.enter", "Finish a polygon, write beside a mark, or place one by keys", When.IMAGES, ("Return",)),
    Command("images.let_go", "Let go of mark and tool", When.IMAGES, ("Esc",)),
    Command("images.undo", "Undo what was marked last", When.IMAGES, ("Ctrl+Z",)),
    Command("images.redo", "Mark again what was undone", When.IMAGES, ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("images.delete", "Delete the selected mark", When.IMAGES, ("Del", "Backspace")),
    Command("images.drawings", "Show or hide overlays, annotations and outlines", When.IMAGES, ("D",)),
    Command("images.presentation", "Show by the next presentation state that came with it", When.IMAGES, ("Shift+P",)),
    Command("images.header", "Show or hide the DICOM header", When.IMAGES, ("Shift+H",)),
    Command("images.reveal", "Show a picture that is kept back", When.IMAGES, ("Ctrl+Return",)),
    *(Command(f"images.preset{key}", f"Window preset {key}", When.IMAGES, (str(key),)) for key in range(1, 10)),
)
_USUAL = {command.id: command for command in COMMANDS}
_now = dict(_USUAL)
"""With the keys of the user: there is one keyboard, so this is the one thing of the process that changes."""


def native(keys: str) -> str:
    """A key sequence in portable text as this platform writes it."""
    from PySide6.QtGui import QKeySequence

    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def commands() -> tuple[Command, ...]:
    """All commands in the order of the table, with the keys they have now."""
    return tuple(_now.values())


def command(identifier: str) -> Command:
    """The command of this id with the keys it has now; a misspelt id is a KeyError, never silence."""
    return _now[identifier]


def how(identifier: str) -> str:
    """What to press for a command, in a sentence: its first keys, or its name for the list of commands."""
    known = command(identifier)
    return known.shown_keys or f"“{known.text}”"


def usual_keys(identifier: str) -> Keys:
    """The keys that a command has where the user chose none."""
    return _USUAL[identifier].keys


def use_keys(chosen: Mapping[str, Keys]) -> None:
    """Give commands other keys, all others their usual ones; ids that are no more are passed over."""
    _now.update({known.id: replace(known, keys=chosen.get(known.id, known.keys)) for known in COMMANDS})


def rebind(window: QWidget) -> None:
    """Bring every command that widgets inside a window offer, or name in a tooltip, to the keys it has now."""
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    for action in window.findChildren(QAction):
        if action.objectName() in _now:
            _set_keys(action, _now[action.objectName()])
    for widget in window.findChildren(QWidget):
        if (said := widget.property(_TIPPED)) is not None:
            _set_tip(widget, *said)


def tip(widget: QWidget, identifier: str, words: str = "") -> None:
    """Give a widget that does what a command does a tooltip with its keys, those it has later too.

    Args:
        words: What it does, where the name of the command does not say it best.
    """
    widget.setProperty(_TIPPED, (identifier, words))
    _set_tip(widget, identifier, words)


def _set_tip(widget: QWidget, identifier: str, words: str) -> None:
    known = command(identifier)
    widget.setToolTip(replace(known, text=words or known.text).tooltip)


def _set_keys(action: QAction, known: Command) -> None:
    from PySide6.QtGui import QKeySequence

    action.setShortcuts([QKeySequence(keys) for keys in known.keys])
    action.setToolTip(known.tooltip)


def bind(owner: QWidget, identifier: str, call: Callable[[], object]) -> QAction:
    """Let a widget offer a command: the action has its text, keys and tooltip, and is listed by the palette.

    Keys of a pane's command count while the focus is inside `owner`, those of other commands in the whole window.
    """
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QAction

    known = command(identifier)
    action = QAction(known.text, owner)
    action.setObjectName(identifier)
    _set_keys(action, known)
    action.setShortcutContext(
        Qt.ShortcutContext.WidgetWithChildrenShortcut if known.when.pane else Qt.ShortcutContext.WindowShortcut
    )
    action.triggered.connect(lambda _checked=False: call())
    owner.addAction(action)
    return action


def offered(window: QWidget) -> tuple[QAction, ...]:
    """The actions that can be used now inside a window, one per command, in the order of the table."""
    from PySide6.QtGui import QAction

    found = {
        action.objectName(): action
        for action in window.findChildren(QAction)
        if action.objectName() in _now and action.isEnabled() and _reachable(action)
    }
    return tuple(found[known.id] for known in COMMANDS if known.id in found)


def _reachable(action: QAction) -> bool:
    from PySide6.QtWidgets import QWidget

    owner = action.parent()
    return isinstance(owner, QWidget) and owner.isVisible()
