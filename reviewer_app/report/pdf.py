"""The letter as a PDF/A-3 file ready to be signed: pages, colour, metadata, manifest, empty signature fields.

The same letter gives the same bytes.  What comes out here is what is previewed, and the first bytes of what is signed.
"""

from __future__ import annotations

import io
import threading

from reportlab import rl_config
from reportlab.platypus.doctemplate import LayoutError

from reviewer_app.errors import BadInput
from reviewer_app.report import fonts
from reviewer_app.report.annex import annex
from reviewer_app.report.archive import Description, archived
from reviewer_app.report.body import body
from reviewer_app.report.letter import Letter
from reviewer_app.report.opening import opening
from reviewer_app.report.pages import LetterTemplate, NumberedCanvas, Place

_one_at_a_time = threading.Lock()
"""reportlab keeps fonts and defaults in globals."""


def build(letter: Letter) -> bytes:
    """The letter as PDF/A-3b, unsigned, with empty fields `Specialist` and `Director`.

    Raises:
        BadInput: A text is so long without a break that no page can hold it.
    """
    title = f"Second opinion, case {fonts.printable(letter.case.number)}"
    with _one_at_a_time:
        pages, places = _pages(letter, title)
    author = fonts.printable(letter.author.name)
    return archived(pages, places, letter.manifest, Description(title, author, letter.made_at))


def _pages(letter: Letter, title: str) -> tuple[bytes, list[Place]]:
    fonts.register()
    buffer = io.BytesIO()
    template = LetterTemplate(buffer, letter, title)
    story = [
        *opening(letter, template.width),
        *body(letter, template.width, template.places),
        *annex(letter, template.width),
    ]
    before = rl_config.canvas_basefontname
    rl_config.canvas_basefontname = fonts.TEXT  # else Helvetica, not embedded, is named on every page
    try:
        template.build(story, canvasmaker=NumberedCanvas)
    except LayoutError as error:
        raise BadInput(
            "The letter cannot be laid out: one passage does not fit any page.", "Break the longest passage into parts."
        ) from error
    finally:
        rl_config.canvas_basefontname = before
    return buffer.getvalue(), template.places
