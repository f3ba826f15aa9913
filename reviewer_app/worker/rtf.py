"""Rich Text Format to text: words, paragraphs and tabs; fonts, colours, pictures and objects are left out."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_SKIPPED = frozenset(
    {
        b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"generator",
        b"themedata", b"datastore", b"listtable", b"listoverridetable", b"rsidtbl", b"xmlnstbl", b"fldinst",
    }
)  # fmt: skip
_SPECIAL = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "\u2014", b"endash": "\u2013", b"bullet": "\u2022", b"lquote": "\u2018", b"rquote": "\u2019",
    b"ldblquote": "\u201c", b"rdblquote": "\u201d", b"~": "\u00a0",
}  # fmt: skip
_MOST_GROUPS = 1000


def rtf_text(data: bytes) -> str:
    r"""Text of an RTF document; code page of `\ansicpg`, `\uN` where given."""
    page = _code_page(data)
    reader = _Reader(page)
    for match in _TOKEN.finditer(data):
        reader.take(match)
    return "".join(reader.parts)


class _Reader:
    """State of the group being read: whether it is skipped, and what follows a character given by number."""

    def __init__(self, page: str) -> None:
        self.parts: list[str] = []
        self._page = page
        self._groups: list[tuple[bool, int]] = []
        self._skipped, self._fallback, self._pending = False, 1, 0

    def take(self, match: re.Match[bytes]) -> None:
        word, number, octet, symbol, brace, plain = match.groups()
        if brace:
            self._brace(brace)
        elif word:
            self._word(word, int(number) if number else None)
        elif octet:
            self._octets(bytes.fromhex(octet.decode()))
        elif symbol:
            self._symbol(symbol)
        elif plain:
            self._octets(plain)

    def _brace(self, brace: bytes) -> None:
        if brace == b"{" and len(self._groups) < _MOST_GROUPS:
            self._groups.append((self._skipped, self._fallback))
        elif brace == b"}" and self._groups:
            self._skipped, self._fallback = self._groups.pop()
        self._pending = 0

    def _word(self, word: bytes, number: int | None) -> None:
        if word in _SKIPPED:
            self._skipped = True
        elif word == b"uc":
            self._fallback = max(0, number or 0)
        elif word == b"u" and number is not None:
            self._add(chr(number % 65536))
            self._pending = self._fallback
        elif word in _SPECIAL:
            self._add(_SPECIAL[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._skipped = True
        elif symbol in b"\\{}":
            self._octets(symbol)
        elif symbol in _SPECIAL:
            self._add(_SPECIAL[symbol])

    def _octets(self, octets: bytes) -> None:
        dropped = min(self._pending, len(octets))
        self._pending -= dropped
        self._add(octets[dropped:].decode(self._page, "replace"))

    def _add(self, text: str) -> None:
        if not self._skipped:
            self.parts.append(text)


def _code_page(data: bytes) -> str:
    found = re.search(rb"\\ansicpg(\d{1,5})", data[:1024])
    name = f"cp{found.group(1).decode()}" if found else "cp1252"
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
