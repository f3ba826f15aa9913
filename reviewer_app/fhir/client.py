"""A FHIR R4 server: search, read, conditional create, update bound to a version (R4 3.1.0).

Bytes come back as received; what they mean is for `decode` and the mapping modules.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from reviewer_app.domain.profile import Credentials
from reviewer_app.errors import (
    BadInput,
    BrokenAnswer,
    ServerProblem,
    ServerRefused,
    WriteConflict,
    WrongAddress,
)
from reviewer_app.fhir import decode
from reviewer_app.fhir.element import Malformed, child, children, is_id, is_type, relative, text
from reviewer_app.jobs import Job
from reviewer_app.transport import TRIES, Answer, Throttle, Transport, backoff

FHIR_JSON = "application/fhir+json"
PAGE_SIZE = 200
MOST_PAGES = 2000
"""A search that goes on longer is a server in a loop."""
DOCUMENT_LIMIT = 256 * 2**20
"""Bytes of one document, base64 included."""
_ACCEPT = {"Accept": FHIR_JSON, "Accept-Encoding": "gzip"}
_SEND = {**_ACCEPT, "Content-Type": FHIR_JSON, "Prefer": "return=representation"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a server made of a write."""

    ref: str
    version: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What a server says it can do (CapabilityStatement).

    Attributes:
        searches: Search parameters by resource type; empty if the server lists none.
    """

    fhir_version: str
    software: str
    searches: Mapping[str, frozenset[str]]
    conditional_create: frozenset[str]


class SearchUnsupported(ServerRefused):
    """The server does not know a parameter of the search, or ignores it."""

    code = "search-unsupported"


class FhirClient:
    """One FHIR server, to be closed at the end; safe to share between threads."""

    def __init__(
        self, base_url: str, credentials: Credentials, *, tries: int = TRIES, throttle: Throttle | None = None
    ) -> None:
        self._http = Transport(base_url, credentials, tries=tries, throttle=throttle)
        self._tries = tries
        self.server_time: datetime | None = None

    @property
    def base_url(self) -> str:
        """Base without trailing slash."""
        return self._http.base_url

    def holds(self, url: str) -> bool:
        """Whether an attachment's address lies on this server."""
        if url.startswith(("http://", "https://")):
            try:
                self._http.url(url)
            except (WrongAddress, BadInput):
                return False
            return True
        return is_reference(relative(url))

    def close(self) -> None:
        """End all connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def capability(self, job: Job) -> Capability:
        """Ask what the server can do; also tells whether it is a FHIR R4 server at all.

        Raises:
            WrongAddress: It is not.
        """
        answer = self._http.request("GET", "metadata", job=job, headers=_ACCEPT)
        if answer.status in (404, 405, 410):
            raise self._not_fhir()
        self._expect(answer)
        try:
            content = decode.json_object(answer.body)
            if text(content, "resourceType") != "CapabilityStatement":
                raise self._not_fhir()
            return _capability(content)
        except Malformed:
            raise self._not_fhir() from None

    def search(self, kind: str, params: Mapping[str, str], job: Job, *, must: str = "") -> Iterator[decode.Page]:
        """Every page of a search, next links followed within the origin.

        Args:
            must: Parameter without which the result is another one; a server that drops it is found out.

        Raises:
            SearchUnsupported: The server refuses or ignores a parameter.
        """
        path, sent = kind, {**params, "_count": params.get("_count", str(PAGE_SIZE))}
        seen = set()
        for number in range(MOST_PAGES):
            page = self._page(path, sent if number == 0 else None, job)
            if number == 0 and must and page.self_link and f"{must}=" not in page.self_link.replace("%3D", "="):
                raise SearchUnsupported(f"The server does not search {kind} by {must}.", status=400)
            yield page
            if not page.next:
                return
            path = page.next
            if path in seen:
                raise BrokenAnswer("The server's pages lead in a circle.", "Tell the programme.")
            seen.add(path)
        raise BrokenAnswer("The server's pages do not end.", "Tell the programme.")

    def read(self, ref: str, job: Job) -> bytes:
        """One resource, as received.

        Raises:
            ServerRefused: With its status: 404 and 410 gone, 403 not for us.
        """
        return self.fetch(ref, job).body

    def fetch(self, ref: str, job: Job) -> Answer:
        """As `read`, with the headers."""
        return self._whole(ref, None, job)

    def expanded(self, url: str, job: Job) -> bytes:
        """A value set with its codes, as the server spells it out (R4 ValueSet/$expand).

        Raises:
            ServerRefused: The server cannot.
        """
        base, _, version = url.partition("|")
        asked = {"url": base, **({"valueSetVersion": version} if version else {}), "count": "2000"}
        return self._whole("ValueSet/$expand", asked, job).body

    def document(self, url: str, job: Job) -> tuple[bytes, str]:
        """The bytes of an attachment and their media type; a FHIR Binary is unpacked.

        Raises:
            WrongAddress: It lies on another server.
            ServerRefused: With its status.
        """
        headers = {"Accept": f"{FHIR_JSON}, */*;q=0.5"}
        answer = self._http.request("GET", url, job=job, headers=headers, limit=DOCUMENT_LIMIT)
        self._note(answer)
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            raise self._refusal(answer)
        if answer.content_type not in (FHIR_JSON, "application/json"):
            if answer.content_type == "text/html" and "/Binary/" in answer.url and answer.body[:5] != b"%PDF-":
                raise self._portal()
            return answer.body, answer.content_type
        return _unpacked(answer.body, answer.content_type)

    def create(self, content: Mapping[str, Any], if_none_exist: str, job: Job) -> Written:
        """Create a resource unless one that matches is there (R4 3.1.0.8.1).

        Args:
            if_none_exist: Search that finds it if it is there; empty creates in any case.

        Raises:
            WriteConflict: Several match.
            ServerRefused: With the server's words.
        """
        headers = {**_SEND, "If-None-Exist": if_none_exist} if if_none_exist else _SEND
        kind = str(content["resourceType"])
        answer = self._http.request("POST", kind, job=job, headers=headers, body=decode.encode(content))
        return self._written(answer, kind)

    def put(self, ref: str, content: Mapping[str, Any], job: Job, *, if_match: str = "") -> Written:
        """Write a resource at its place, only on top of a version where one is given.

        Raises:
            WriteConflict: The server holds another version.
            ServerRefused: With the server's words.
        """
        headers = {**_SEND, "If-Match": f'W/"{if_match}"'} if if_match else _SEND
        answer = self._http.request("PUT", ref, job=job, headers=headers, body=decode.encode(content))
        return self._written(answer, ref.partition("/")[0], ref)

    def _page(self, path: str, params: Mapping[str, str] | None, job: Job) -> decode.Page:
        for attempt in range(1, self._tries + 1):
            headers = {**_ACCEPT, "Prefer": "handling=strict"}
            answer = self._http.request("GET", path, job=job, params=params, headers=headers)
            if answer.status == 400 and params is not None:  # noqa: PLR2004 - HTTP
                raise SearchUnsupported(f"The server refused a search: {_said(answer)}", status=400)
            self._expect(answer)
            try:
                return decode.page(answer.body)
            except BrokenAnswer:
                if attempt == min(self._tries, 3):
                    raise
                job.wait(backoff(attempt))
        raise AssertionError("the last attempt returns or raises")

    def _whole(self, ref: str, params: Mapping[str, str] | None, job: Job) -> Answer:
        answer = self._http.request("GET", ref, job=job, params=params, headers=_ACCEPT)
        self._expect(answer)
        return answer

    def _expect(self, answer: Answer) -> None:
        self._note(answer)
        if answer.status >= 400:  # noqa: PLR2004 - HTTP
            raise self._refusal(answer)
        if answer.content_type in ("text/html", "application/xhtml+xml") or answer.body.lstrip()[:1] == b"<":
            raise self._portal()

    def _note(self, answer: Answer) -> None:
        if answer.date is not None:
            self.server_time = answer.date

    def _written(self, answer: Answer, kind: str, ref: str = "") -> Written:
        self._expect(answer)
        version = answer.etag_version
        try:
            made = decode.resource(answer.body) if answer.body else None
        except Malformed:
            made = None
        if made is not None and made.type == kind and made.id:
            return Written(str(made.ref), made.version or version)
        place = relative(answer.headers.get("location", ""))
        if place.startswith(f"{kind}/"):
            return Written(place, version)
        if ref:
            return Written(ref, version)
        raise BrokenAnswer(f"The server did not say where it put a {kind}.", "It is tried again at the next sync.")

    def _refusal(self, answer: Answer) -> ServerProblem:
        problem = self._http.unusable(answer, "server")
        if problem is not None:
            return problem
        said = _said(answer)
        if answer.status in (409, 412):
            return WriteConflict(f"The server holds something else by now: {said}", status=answer.status)
        return ServerRefused(f"The server refused: {said}", "Tell the programme if it stays so.", status=answer.status)

    def _portal(self) -> WrongAddress:
        return WrongAddress(
            f"A web page answers in place of the server {self._http.host}.",
            "Sign in to the guest network first, or check the address.",
        )

    def _not_fhir(self) -> WrongAddress:
        return WrongAddress(
            f"There is no FHIR server at this address of {self._http.host}.",
            "Check the FHIR address; it often ends with /fhir.",
        )


def _said(answer: Answer) -> str:
    return decode.outcome_text(answer.body) or f"status {answer.status}."


def _unpacked(body: bytes, content_type: str) -> tuple[bytes, str]:
    try:
        content = decode.json_object(body)
        if content.get("resourceType") != "Binary":
            return body, content_type
        return base64.b64decode("".join(text(content, "data").split()), validate=True), text(content, "contentType")
    except (Malformed, binascii.Error) as error:
        raise BrokenAnswer("A document arrived damaged.", "It is tried again at the next sync.") from error


def _capability(content: Mapping[str, Any]) -> Capability:
    searches: dict[str, frozenset[str]] = {}
    conditional = set()
    for rest in children(content, "rest"):
        for listed in children(rest, "resource"):
            kind = text(listed, "type")
            searches[kind] = frozenset(text(one, "name") for one in children(listed, "searchParam"))
            if listed.get("conditionalCreate") is True:
                conditional.add(kind)
    software = child(content, "software")
    named = " ".join(part for part in (text(software, "name"), text(software, "version")) if part)
    return Capability(text(content, "fhirVersion"), named, searches, frozenset(conditional))


def is_reference(value: str) -> bool:
    """Whether it is `Type/id`."""
    kind, _, own_id = value.partition("/")
    return is_type(kind) and is_id(own_id)
