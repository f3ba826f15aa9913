"""HTML and C-CDA narrative blocks to text: block elements become lines, table cells tabs, list items bullets."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from lxml import etree

_DROPPED = frozenset({"script", "style", "head", "title", "template", "iframe", "object", "svg", "noscript"})
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table",
        "tr", "blockquote", "pre", "dl", "dt", "dd", "paragraph", "list", "caption", "thead", "tbody",
    }
)  # fmt: skip
_ITEMS = frozenset({"li", "item"})
_CELLS = frozenset({"td", "th"})
_MOST_DEPTH = 200


class _Reducer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._dropped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - overridden
        if tag in _DROPPED:
            self._dropped += 1
        self.parts.append(_before(tag))

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self._dropped = max(0, self._dropped - 1)
        self.parts.append(_after(tag))

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.parts.append(re.sub(r"\s+", " ", data))


def markup_text(source: str) -> str:
    """Text of an HTML page, without scripts, styles, links and pictures."""
    reducer = _Reducer()
    reducer.feed(source)
    reducer.close()
    return _lines("".join(reducer.parts))


def narrative_text(element: etree._Element) -> str:
    """Text of a C-CDA narrative block (CDA R2 StrucDoc.Text)."""
    parts: list[str] = []
    _walk(element, parts, 0)
    return _lines("".join(parts))


def _walk(element: etree._Element, parts: list[str], depth: int) -> None:
    if not isinstance(element.tag, str) or depth > _MOST_DEPTH:  # comments and processing instructions
        return
    name = etree.QName(element).localname.casefold()
    if name in _DROPPED:
        return
    parts.append(_before(name))
    parts.append(re.sub(r"\s+", " ", element.text or ""))
    for child in element:
        _walk(child, parts, depth + 1)
        parts.append(re.sub(r"\s+", " ", child.tail or ""))
    parts.append(_after(name))


def _before(tag: str) -> str:
    if tag == "br":
        return "\n"
    if tag in _ITEMS:
        return "\n\u2022 "
    return "\n" if tag in _BLOCKS else ""


def _after(tag: str) -> str:
    if tag in _CELLS:
        return "\t"
    return "\n" if tag in _BLOCKS or tag in _ITEMS else ""


def _lines(text: str) -> str:
    lines = [re.sub(r" *\t *", "\t", re.sub(r" {2,}", " ", line)).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
