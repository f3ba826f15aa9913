"""The four panes of the desk: what each must offer, and how each is made when a case is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QAbstractItemView, QPlainTextEdit, QWidget

from reviewer_app.domain.case import Case
from reviewer_app.domain.opinion import Citable, Citation
from reviewer_app.jobs import Job
from reviewer_app.ui.context import Context
from reviewer_app.ui.early import Early


class Pane(Protocol):
    """What the desk asks of a pane's presenter.

    A pane may also have `flush()`: save at once what is not saved yet, on `runner.always`, because the desk is about
    to close; `open_link(link)`: show `record:…`, `series:…` or `trend:…`, True where it could; `waiting`: whether
    what it shows first is on its way, and the other panes shall be made after it; and `read_on()`: the desk stands,
    what was not shown first may be read.
    """

    def start(self) -> None:
        """Read what is shown first."""

    def close(self) -> None:
        """Stop every work and drop every answer."""

    def selection(self) -> Citable | None:
        """What the command "cite" cites."""

    def show_place(self, citation: Citation) -> None:
        """Bring back exactly what was cited."""


@runtime_checkable
class Sharing(Protocol):
    """A view whose parts share its room as a hand moved them, which is kept with the arrangement of the case.

    Attributes:
        reshared: Signal without arguments: a hand moved a line.
    """

    reshared: SignalInstance

    def shares(self) -> tuple[float, ...]:
        """The parts, from 0 to 1, in an order of its own."""

    def take_shares(self, shares: Sequence[float]) -> None:
        """Share the room like that; what is not understood changes nothing."""


@dataclass(frozen=True, slots=True)
class PaneKind:
    """One kind of pane.

    Attributes:
        id: Also the object name of its dock, so that arrangements find it again.
        make: Makes view, at once as a child of its room, and presenter; imports them, so that the first window does not
            wait for them.  Is given the answer of `read` where that has begun.
        read: What the pane shows first, read on the vault lane before the pane is there; None where it reads by itself.
        least: Least width and height in pixels.
        first: What takes the focus when the pane is gone to: lists leave letters to the shortcuts, the opinion types.
    """

    id: str
    title: str
    icon: str
    command: str
    make: Callable[[Context, Case, QWidget, Early[Any] | None], tuple[QWidget, Pane]]
    read: Callable[[Context, Case, Job], object] | None = None
    least: tuple[int, int] = (200, 140)
    first: type[QWidget] = QAbstractItemView


def _records(context: Context, case: Case, room: QWidget, early: Early[Any] | None) -> tuple[QWidget, Pane]:
    from reviewer_app.ui.records.presenter import RecordsPresenter
    from reviewer_app.ui.records.view import RecordsView

    view = RecordsView(room)
    return view, RecordsPresenter(view, context, case, early)


def _images(context: Context, case: Case, room: QWidget, _early: Early[Any] | None) -> tuple[QWidget, Pane]:
    from reviewer_app.ui.viewer.presenter import ViewerPresenter
    from reviewer_app.ui.viewer.view import ViewerView

    view = ViewerView(room)
    return view, ViewerPresenter(view, context, case)


def _labs(context: Context, case: Case, room: QWidget, early: Early[Any] | None) -> tuple[QWidget, Pane]:
    from reviewer_app.ui.labs.presenter import LabsPresenter
    from reviewer_app.ui.labs.view import LabsView

    view = LabsView(room)
    return view, LabsPresenter(view, context, case, early)


def _opinion(context: Context, case: Case, room: QWidget, _early: Early[Any] | None) -> tuple[QWidget, Pane]:
    from reviewer_app.ui.opinion.presenter import OpinionPresenter
    from reviewer_app.ui.opinion.view import OpinionView

    view = OpinionView(room)
    return view, OpinionPresenter(view, context, case)


def _read_records(context: Context, case: Case, job: Job) -> object:
    from reviewer_app.ui.records import loading

    return loading.load(context.session, case.id, job)


def _read_labs(context: Context, case: Case, job: Job) -> object:
    from reviewer_app.services import labs
    from reviewer_app.ui.labs import loading

    return loading.load_first(context.session, case, labs.system(context.session), job)


PANES = (
    PaneKind("records", "Records", "mdi6.file-document-outline", "desk.records", _records, _read_records, (240, 160)),
    PaneKind("images", "Images", "mdi6.image-outline", "desk.images", _images, None, (320, 240)),
    PaneKind("labs", "Labs", "mdi6.chart-line", "desk.labs", _labs, _read_labs, (320, 160)),
    PaneKind(
        "opinion", "Opinion", "mdi6.text-box-edit-outline", "desk.opinion", _opinion, None, (280, 240), QPlainTextEdit
    ),
)
