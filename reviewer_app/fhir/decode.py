"""From the bytes of a server to a resource as a mapping, with every number as it was written.

Resources of a bundle keep their own bytes, so that what is stored is what was received.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from reviewer_app.domain.ids import RecordId
from reviewer_app.domain.patient import clean
from reviewer_app.errors import BrokenAnswer
from reviewer_app.fhir.element import DecimalText, Element, Malformed, child, children, is_id, is_type, text, words

_BOM = b"\xef\xbb\xbf"
_decoder = msgspec.json.Decoder(float_hook=DecimalText)
_exact_decoder = msgspec.json.Decoder(float_hook=Decimal)
_exact_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as received.

    Attributes:
        raw: Its bytes, unchanged.
        updated: meta.lastUpdated, or empty.
    """

    type: str
    id: str
    version: str
    updated: str
    content: dict[str, Any]
    raw: bytes

    @property
    def ref(self) -> RecordId:
        """`Type/id`."""
        return RecordId(f"{self.type}/{self.id}")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search.

    Attributes:
        resources: The bytes of every entry, unparsed; entries that the server marks as outcome are left out.
        next: Opaque link to the next page, or empty.
        self_link: What the server says it searched for.
        total: As the server says, or None.
        failures: What entries with an OperationOutcome or a failed response status said.
    """

    resources: tuple[bytes, ...]
    next: str
    self_link: str
    total: int | None
    failures: tuple[str, ...]


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Search(msgspec.Struct):
    mode: str = ""


class _Response(msgspec.Struct):
    status: str = ""


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    search: _Search | None = None
    response: _Response | None = None


class _Bundle(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType", default="")
    total: int | None = None
    link: list[_Link] = []
    entry: list[_Entry] = []


_bundles = msgspec.json.Decoder(_Bundle)


def json_object(raw: bytes) -> dict[str, Any]:
    """Decode one JSON object.

    Raises:
        Malformed: It is none, or nested too deeply.
    """
    try:
        content = _decoder.decode(raw.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("the text is not JSON") from error
    if not isinstance(content, dict):
        raise Malformed("the JSON is no object")
    return content


def resource(raw: bytes) -> Resource:
    """Decode one resource.

    Raises:
        Malformed: It is not JSON, not a resource, or its id could not stand in a URL.
    """
    content = json_object(raw)
    kind, own_id = text(content, "resourceType"), text(content, "id")
    if not is_type(kind):
        raise Malformed("resourceType is missing")
    if own_id and not is_id(own_id):
        raise Malformed("id is not a FHIR id")
    meta: Element = child(content, "meta")
    return Resource(kind, own_id, text(meta, "versionId"), text(meta, "lastUpdated"), content, raw)


def page(raw: bytes) -> Page:
    """Decode one page of a search, leaving its resources unparsed.

    Raises:
        BrokenAnswer: It is not a Bundle.
    """
    try:
        bundle = _bundles.decode(raw.removeprefix(_BOM))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BrokenAnswer("A list from the server cannot be read.", "It is tried again at the next sync.") from error
    if bundle.resource_type != "Bundle":
        raise BrokenAnswer("The server answered a search with something else.", "It is tried again at the next sync.")
    resources, failures = [], []
    for entry in bundle.entry:
        body = bytes(entry.resource)
        if entry.response is not None and entry.response.status[:1] in ("4", "5"):
            failures.append(outcome_text(body) or f"entry status {entry.response.status[:3]}")
        elif (entry.search is not None and entry.search.mode == "outcome") or _is_outcome(body):
            failures.append(outcome_text(body))
        elif body:
            resources.append(body)
    links = {link.relation: link.url for link in bundle.link}
    return Page(
        tuple(resources),
        links.get("next", ""),
        links.get("self", ""),
        bundle.total,
        tuple(said for said in failures if said),
    )


class _Head(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType", default="")
    id: str = ""


_heads = msgspec.json.Decoder(_Head)


def _is_outcome(body: bytes) -> bool:
    return head(body)[0] == "OperationOutcome"


def head(body: bytes) -> tuple[str, str]:
    """Type and id of a resource that may be unreadable otherwise; empty where they cannot be made out."""
    try:
        found = _heads.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return "", ""
    kind = found.resource_type if is_type(found.resource_type) else ""
    return kind, found.id if is_id(found.id) else ""


def outcome_text(body: bytes) -> str:
    """What an OperationOutcome says is wrong, in its own words, at most 300 characters; empty if it is none."""
    try:
        content = json_object(body)
        if content.get("resourceType") != "OperationOutcome":
            return ""
        said = []
        for issue in children(content, "issue"):
            if text(issue, "severity") in ("information", "warning"):
                continue
            said.append(words(child(issue, "details")) or text(issue, "diagnostics") or text(issue, "code"))
        return clean("; ".join(part for part in dict.fromkeys(said) if part))[:300]
    except Malformed:
        return ""


def editable(raw: bytes) -> dict[str, Any]:
    """Decode a resource so that `encode` writes its numbers as they were.

    Raises:
        Malformed: It is not a JSON object.
    """
    json_object(raw)
    content: dict[str, Any] = _exact_decoder.decode(raw.removeprefix(_BOM))
    return content


def encode(content: object) -> bytes:
    """JSON of a resource made or edited here."""
    return _exact_encoder.encode(content)
