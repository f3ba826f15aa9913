"""The letter as a PDF/A-3 file ready to be signed: pages, colour, metadata, manifest, empty signature fields.

The same letter gives the same bytes.  What comes out here is what is previewed, and the first bytes of what is signed.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab import rl_config
from reportlab.platypus.doctemplate import LayoutError

from reviewer_app.errors import BadInput
from reviewer_app.report import fonts, shaping
from reviewer_app.report.annex import annex
from reviewer_app.report.archive import Description, Pages, archived
from reviewer_app.report.body import body
from reviewer_app.report.letter import Letter
from reviewer_app.report.opening import opening
from reviewer_app.report.pages import LetterTemplate, NumberedCanvas


def build(letter: Letter) -> bytes:
    """The letter as PDF/A-3a and PDF/UA-1, unsigned, with empty fields `Specialist` and `Director`.

    Raises:
        BadInput: A text is so long without a break that no page can hold it.
    """
    title = f"Second opinion, case {fonts.printable(letter.case.number)}"
    author = fonts.printable(letter.author.name)
    with shaping.words():
        made = _pages(letter, title)
    return archived(made, letter.manifest, Description(title, author, letter.made_at))


def _pages(letter: Letter, title: str) -> Pages:
    fonts.register()
    buffer = io.BytesIO()
    template = LetterTemplate(buffer, letter, title)
    story = [
        *opening(letter, template.width),
        *body(letter, template.width, template.places),
        *annex(letter, template.width),
    ]
    canvases: list[NumberedCanvas] = []

    def canvas(*args: Any, **options: Any) -> NumberedCanvas:
        canvases.append(NumberedCanvas(*args, **options))
        return canvases[-1]

    before = rl_config.canvas_basefontname, rl_config.useA85
    rl_config.canvas_basefontname = fonts.TEXT  # else Helvetica, not embedded, is named on every page
    rl_config.useA85 = 0  # text armour of pictures, in Python, takes seconds
    try:
        template.build(story, canvasmaker=canvas)
    except LayoutError as error:
        raise BadInput(
            "The letter cannot be laid out: one passage does not fit any page.", "Break the longest passage into parts."
        ) from error
    finally:
        rl_config.canvas_basefontname, rl_config.useA85 = before
    return Pages(
        buffer.getvalue(), tuple(template.places), canvases[-1].root, canvases[-1].used, canvases[-1].patient_page
    )
