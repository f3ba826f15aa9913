"""What stands around a draft and is shown beside it: what was reviewed, requests, messages, snippets, whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.domain.asking import RequestStanding
from reviewer_app.domain.case import Message
from reviewer_app.domain.circumstances import Retraction
from reviewer_app.domain.snippets import Snippet


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Beside the draft.

    Attributes:
        stamp: What the lists of records were made from; they are made again only when it changes.
        images: Whether images of the case are on this machine.
        reviewed, missing, unread: Lines of the list of records, as the letter will have them.
        first_hidden: Whether the first opinion is kept back until a provisional diagnosis is saved.
        waits: Whether the case waits for information, so that its clock stands still and nothing can be signed.
    """

    stamp: str = ""
    images: bool = False
    reviewed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    requests: tuple[RequestStanding, ...] = ()
    thread: tuple[Message, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    first_hidden: bool = False
    waits: bool = False
    retraction: Retraction | None = None
