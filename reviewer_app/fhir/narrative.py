"""Narrative XHTML reduced to plain text: structure becomes line breaks, everything else but text is dropped.

Pure Python on purpose: nothing native touches text from outside in this process.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = frozenset(
    {
        "p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "dl", "dt", "dd", "pre",
        "blockquote", "hr", "caption",
    }
)  # fmt: skip
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "head", "title", "iframe", "object", "template"})
LONGEST = 200_000
"""Characters kept of one narrative."""


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append("\t")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(xhtml: str) -> str:
    """Readable text of an XHTML fragment."""
    if not xhtml:
        return ""
    parser = _Text()
    parser.feed(xhtml[: 4 * LONGEST])
    parser.close()
    lines = (re.sub(r"[ \t]*\t[ \t]*", "   ", line).strip() for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:LONGEST]


def escaped(text: str) -> str:
    """Plain text as an XHTML fragment (R4 Narrative), one paragraph a block."""
    import html

    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    inner = "".join(f"<p>{html.escape(block.strip()).replace(chr(10), '<br/>')}</p>" for block in blocks)
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inner or "<p>-</p>"}</div>'
