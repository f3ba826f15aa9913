"""Documents reduced to blocks of plain words: plain text, RTF, HTML, C-CDA (HL7 CDA R2), inside the worker.

An allow-list: what is not known to be words is left out.  Nothing is fetched, no entity is resolved, no script runs.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from reviewer_app.domain.blocks import Block, BlockKind, Structure, of_html
from reviewer_app.domain.languages import language_name
from reviewer_app.errors import Unreadable
from reviewer_app.worker.markup import narrate
from reviewer_app.worker.rtf import rtf_text

_MOST_TEXT = 2_000_000
_CUT = "\n\nThe document goes on; more than this is not shown here."
_NAMESPACE = "{urn:hl7-org:v3}"
_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_-]+)")
_READABLE = ("text/plain", "text/rtf", "application/rtf", "text/html")


def preload() -> None:
    """Run every reader once, so that nothing is loaded later."""
    reduced(b"{\\rtf1 a}", "text/rtf")
    reduced(b"<p>a</p>", "text/html")
    reduced(b"\xe4", "text/plain")
    reduced(b"<ClinicalDocument xmlns='urn:hl7-org:v3'><component/></ClinicalDocument>", "application/xml")


def reduced(data: bytes, content_type: str) -> tuple[Block, ...]:
    """Readable blocks of a document.

    Raises:
        Unreadable: It is none of these, or not well formed.
    """
    kind = content_type.split(";", maxsplit=1)[0].strip().casefold()
    start = data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"{\\rtf"):
        blocks: tuple[Block, ...] = (Block(BlockKind.TEXT, rtf_text(data)),)
    elif kind == "text/html" and b"clinicaldocument" not in start:
        blocks = of_html(_decoded(data, content_type))
    elif start.startswith(b"<?xml") or b"clinicaldocument" in start or kind.endswith("xml"):
        blocks = _clinical_document(data)
    elif start.startswith((b"<!doctype html", b"<html")):
        blocks = of_html(_decoded(data, content_type))
    elif kind in ("text/rtf", "application/rtf"):
        raise Unreadable("This is said to be RTF, but is not.", "Ask the sender for a PDF.")
    else:
        text = _decoded(data, content_type)
        if "\0" in text:
            raise Unreadable("This is not text.", "Ask the sender for a PDF.")
        blocks = (Block(BlockKind.TEXT, text),)
    return _bounded(blocks)


def embedded(data: bytes) -> tuple[str, bytes]:
    """Content type and bytes of the body of a C-CDA that wraps another document; empty without one.

    Raises:
        Unreadable: The document is not well formed.
    """
    root = _root(data)
    for body in root.iter(f"{_NAMESPACE}nonXMLBody"):
        for text in body.iter(f"{_NAMESPACE}text"):
            kind = text.get("mediaType", "text/plain")
            if text.get("representation") == "B64":
                try:
                    return kind, base64.b64decode("".join(text.itertext()), validate=False)
                except (binascii.Error, ValueError) as error:
                    raise Unreadable("The document within this document is damaged.") from error
            return kind, "".join(text.itertext()).encode()
    return "", b""


def _clinical_document(data: bytes) -> tuple[Block, ...]:
    root = _root(data)
    kind, content = embedded(data)
    if content:
        if kind.split(";")[0] in _READABLE:
            return reduced(content, kind)
        raise Unreadable(f"This document wraps a file of type {kind[:60]}.")
    structure = Structure()
    for title in root.findall(f"{_NAMESPACE}title"):
        structure.heading(_plain(title), 1)
    for line in _about(root):
        structure.line(line)
    for section in root.iter(f"{_NAMESPACE}section"):
        heading = section.find(f"{_NAMESPACE}title")
        narrative = section.find(f"{_NAMESPACE}text")
        if heading is not None and _plain(heading):
            structure.heading(_plain(heading), 2 + sum(1 for _ in section.iterancestors(f"{_NAMESPACE}section")))
        if narrative is not None:
            narrate(narrative, structure)
    blocks = structure.close()
    if blocks:
        return blocks
    return (Block(BlockKind.TEXT, "\n".join(part.strip() for part in root.itertext() if part.strip())),)


def _about(root: etree._Element) -> Iterator[str]:
    """Who a clinical document says it is about, who wrote it and when (CDA R2, 4.2): a reader compares that first."""
    for role in root.findall(f"{_NAMESPACE}recordTarget/{_NAMESPACE}patientRole"):
        names = [_plain(name, " ") for name in role.findall(f"{_NAMESPACE}patient/{_NAMESPACE}name")[:1]]
        born = [_day(time) for time in role.findall(f"{_NAMESPACE}patient/{_NAMESPACE}birthTime")]
        numbers = [one.get("extension", "") for one in role.findall(f"{_NAMESPACE}id")]
        said = ", ".join(part for part in (*names, *(f"born {day}" for day in born if day), *numbers) if part)
        if said:
            yield f"Patient named in this document: {said}"
    authors = root.findall(f"{_NAMESPACE}author/{_NAMESPACE}assignedAuthor//{_NAMESPACE}name")
    who = [_plain(name, " ") for name in authors]
    day = next((_day(time) for time in root.findall(f"{_NAMESPACE}effectiveTime")), "")
    written = ", ".join(part for part in (*dict.fromkeys(who), day) if part)
    if written:
        yield f"Written by: {written}"
    for code in root.findall(f"{_NAMESPACE}languageCode")[:1]:
        if tag := code.get("code", ""):
            yield f"Language: {language_name(tag)}"


def _day(time: etree._Element) -> str:
    """`20261107` of an HL7 V3 time stamp as 2026-11-07, as far as it goes."""
    digits = re.match(r"\d{4,8}", time.get("value", ""))
    said = digits.group() if digits else ""
    return "-".join(part for part in (said[:4], said[4:6], said[6:8]) if part)


def _root(data: bytes) -> etree._Element:
    if re.search(rb"<!DOCTYPE", data[: 1 << 16], re.IGNORECASE):
        raise Unreadable("This document declares a document type, which is not allowed.", "Ask the sender for a PDF.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("This document is not well-formed XML.", "Ask the sender for a sound copy.") from error


def _plain(element: etree._Element, between: str = "") -> str:
    return " ".join(between.join(element.itertext()).split())


def _decoded(data: bytes, content_type: str) -> str:
    """Text by its byte order mark, its stated character set, UTF-8, or Windows Latin in that order."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    stated = _CHARSET.search(content_type)
    for name in (stated.group(1) if stated else "", "utf-8-sig", "cp1252"):
        try:
            if name:
                return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _bounded(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Blocks as far as they can be read on a screen, without characters that change direction or cannot be seen."""
    kept, room = [], _MOST_TEXT
    for block in blocks:
        length = len(block.text) + sum(len(cell) + 1 for row in block.rows for cell in row)
        if length > room:
            kept.append(Block(BlockKind.TEXT, _tidy(block.text[:room]) + _CUT))
            break
        room -= length
        made = replace(block, text=_tidy(block.text), rows=tuple(tuple(map(_tidy, row)) for row in block.rows))
        if made.text or made.rows:
            kept.append(made)
    return tuple(kept)


def _tidy(text: str) -> str:
    """Without control and direction-changing characters, and no more than two blank lines in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return re.sub(r"\n{4,}", "\n\n\n", kept).strip("\n")
