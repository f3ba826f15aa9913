"""What every presenter is given, and the one place where changes and problems are announced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer_app.domain.changes import Changed
from reviewer_app.settings import Settings
from reviewer_app.ui.runner import Runner

if TYPE_CHECKING:  # the session brings the vault with it; the first window must not wait for that
    from reviewer_app.services.session import Session


class Bus(QObject):
    """Announcements on the main thread.

    Signals:
        changed: A `domain.changes.Changed`; presenters read again what concerns them.
        problem: A `ReviewerError`; the frame shows it as a banner.
        notice: One sentence (str) that is worth knowing and needs no act; the status bar shows it for some seconds.
        show_place: A `domain.opinion.Citation`; the desk brings back exactly what was cited.
        cite: A `domain.opinion.Citable` to be put at the caret of the opinion.
        mark: `domain.marks.Marks` as the images pane wants them kept in the draft, and a word (str): edits of the same
            word in a row are one step of undo; empty for an edit that stands alone.
        draft: The `domain.opinion.Opinion` on screen, whenever its marks or citations have changed.
        no_draft: The draft of the case on the desk cannot be opened; nothing that is marked can be kept.
        link: `kind:value` of a record, series or trend to open in its pane, such as `record:DocumentReference/1`;
            `decide:CASE` goes to the decision in the worklist, `page:Settings` to a page of the rail.
    """

    changed = Signal(object)
    problem = Signal(object)
    notice = Signal(str)
    show_place = Signal(object)
    cite = Signal(object)
    mark = Signal(object, str)
    draft = Signal(object)
    no_draft = Signal()
    link = Signal(str)

    def announce(self, changed: Changed) -> None:
        """Tell every screen what changed; fits as the `then` of a job that returns `Changed`."""
        self.changed.emit(changed)


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every presenter after unlocking."""

    session: Session
    runner: Runner
    bus: Bus
    settings: Settings
