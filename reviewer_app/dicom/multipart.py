"""Multipart answers and requests of DICOMweb (PS3.18 8.6; RFC 2046), read strictly.

A cut answer without Content-Length looks like success; only the closing boundary tells that it is whole.
"""

from __future__ import annotations

import re
import uuid

from reviewer_app.errors import BrokenAnswer

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_LONGEST_HEAD = 8192
_ADVICE = "It is fetched again."


def single_part(body: bytes, content_type: str) -> bytes:
    """The content of the only part.

    Args:
        content_type: Content-Type of the answer, with its parameters.

    Raises:
        BrokenAnswer: No closing boundary, none or several parts, or a part shorter than it says.
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise BrokenAnswer("An image arrived without the mark that ends it.", _ADVICE)
    mark = b"--" + found.group(1).strip().encode("ascii", "replace")
    opening = body.find(mark)
    closing = body.rfind(mark + b"--")
    if opening < 0 or closing <= opening or body[closing + len(mark) + 2 :].strip():
        raise BrokenAnswer("An image arrived cut off.", _ADVICE)
    head_end = body.find(b"\r\n\r\n", opening, opening + _LONGEST_HEAD)
    if head_end < 0:
        raise BrokenAnswer("An image arrived damaged.", _ADVICE)
    start, end = head_end + 4, closing
    if body[end - 2 : end] == b"\r\n":
        end -= 2
    if body.find(b"\r\n" + mark, start, end) >= 0:
        raise BrokenAnswer("Several images arrived where one was asked for.", _ADVICE)
    said = _length(body[opening:head_end])
    if said is not None and said != end - start:
        raise BrokenAnswer("An image arrived shorter than it says it is.", _ADVICE)
    return body[start:end]


def _length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


def related(parts: list[bytes]) -> tuple[bytes, str]:
    """A multipart/related body of DICOM files and its Content-Type."""
    boundary = uuid.uuid4().hex
    body = b"".join(
        b"--%b\r\nContent-Type: application/dicom\r\nContent-Length: %d\r\n\r\n%b\r\n"
        % (boundary.encode(), len(part), part)
        for part in parts
    )
    closing = b"--%b--\r\n" % boundary.encode()
    return body + closing, f'multipart/related; type="application/dicom"; boundary={boundary}'
