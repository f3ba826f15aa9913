"""HTTP as both server clients use it: verified TLS, one origin, bounded answers, patient retries, errors in words.

Nothing here knows FHIR or DICOM.  A request is only repeated where repeating it is harmless, and every request of this
program is: reads, conditional creates, and updates bound to a version.
"""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx2

from reviewer_app.domain.profile import AuthKind, Credentials
from reviewer_app.errors import BadInput, BrokenAnswer, Offline, ServerProblem, Unauthorised, WrongAddress
from reviewer_app.jobs import Job

TRIES = 6
"""Attempts at one request before it counts as failed."""
FIRST_WAIT = 0.25
LONGEST_WAIT = 8.0
LONGEST_RETRY_AFTER = 30.0
"""Seconds; a server that asks for more is taken up again at the next sync."""
TIMEOUT = httpx2.Timeout(connect=10.0, read=60.0, write=60.0, pool=60.0)
IDLE_SECONDS = 0.8
"""Some servers close idle connections after a second."""
JSON_LIMIT = 64 * 2**20
"""Bytes of a structured answer, after decompression."""
REDIRECTS = 5
_DEFAULT_PORTS = {"http": 80, "https": 443}
_AWAY = frozenset({429, 502, 503, 504})
"""Statuses of a server that is busy or down as a whole (RFC 6585, RFC 9110)."""
_BUSY = _AWAY | {HTTPStatus.INTERNAL_SERVER_ERROR}
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status.

    Attributes:
        headers: Names in lower case.
        url: Where it came from, after redirects within the origin.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def content_type(self) -> str:
        """Media type without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """The server's clock, as far as it says."""
        try:
            moment = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def etag_version(self) -> str:
        """Version from the ETag (`W/"3"` is 3), or empty."""
        return self.headers.get("etag", "").removeprefix("W/").strip('"')


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port (RFC 6454); ports that are implied are filled in.

    Raises:
        BadInput: It is no URL.
    """
    parts, port = _split(url)
    return parts.scheme, (parts.hostname or "").lower(), port or _DEFAULT_PORTS.get(parts.scheme, 0)


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadInput(
            "The address of the server is not a URL.", "Copy it again from the programme's letter."
        ) from error
    return parts, port


def checked_url(url: str, *, signed: bool = False) -> str:
    """A base URL that may be used: https, or http on this machine itself; without trailing slash.

    Args:
        signed: Whether what it serves is signed by its maker and holds nothing of patients: then http and a query do.

    Raises:
        BadInput: It is anything else.
    """
    url = url.strip().rstrip("/")
    parts, _ = _split(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadInput("The address of the server is not a web address.", "It begins with https://.")
    if parts.username or parts.password or parts.fragment or (parts.query and not signed):
        raise BadInput(
            "The address of the server holds more than a place.", "Give user and password separately, without ? or #."
        )
    if parts.scheme == "http" and not signed and not is_loopback(parts.hostname):
        raise BadInput("An unencrypted connection is only used on this machine itself.", "Give an https address.")
    return url


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine itself."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Throttle:
    """Lets only so many bytes a second in, over all connections that share it.

    Args:
        kilobytes: A second; 0 does not limit.
    """

    def __init__(self, kilobytes: int = 0) -> None:
        self._rate = kilobytes * 1000
        self._lock = threading.Lock()
        self._paid_until = 0.0

    def took(self, size: int, job: Job) -> None:
        """Wait until what was received just now may have come."""
        if not self._rate:
            return
        with self._lock:
            moment = time.monotonic()
            self._paid_until = max(self._paid_until, moment) + size / self._rate
            owed = self._paid_until - moment
        job.wait(owed)


class TooLarge(BrokenAnswer):
    """An answer went over its limit; asking again would bring the same."""

    code = "too-large"


class Transport:
    """Connections to one server, to be shared by threads and closed at the end.

    Args:
        connections: How many requests may run at once.
        tries: Attempts at one request.
        throttle: Shared with other transports that may only take so much together.
        signed: See `checked_url`: time stamps and revocation data, which come by http (RFC 5280, section 8).
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        connections: int = 4,
        tries: int = TRIES,
        throttle: Throttle | None = None,
        signed: bool = False,
    ) -> None:
        self.base_url = checked_url(base_url, signed=signed)
        self._origin = origin(self.base_url)
        self.host = self._origin[1]
        self._tries = tries
        self._throttle = throttle or Throttle()
        loopback = is_loopback(self.host)
        self._client = httpx2.Client(
            headers=_authorisation(credentials),
            timeout=TIMEOUT,
            limits=httpx2.Limits(max_connections=connections, keepalive_expiry=IDLE_SECONDS),
            verify=ssl.create_default_context() if self._origin[0] == "https" else False,  # http has no certificate
            trust_env=not loopback,
            follow_redirects=False,
        )

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def url(self, path: str) -> str:
        """An absolute URL within the base: a relative path is joined, an absolute URL must have the same origin.

        Raises:
            WrongAddress: It leads to another server.
        """
        if path.startswith(("http://", "https://")):
            full = path
        elif path.startswith("/"):
            full = urljoin(self.base_url, path)
        else:
            full = f"{self.base_url}/{path}" if path else self.base_url
        if origin(full) != self._origin:
            raise WrongAddress(
                f"The server {self.host} sends us on to another server.",
                "Nothing is sent there; tell the programme which address it gave.",
            )
        return full

    def request(
        self,
        method: str,
        path: str,
        *,
        job: Job,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        limit: int = JSON_LIMIT,
        tries: int | None = None,
    ) -> Answer:
        """Send a request until it is answered whole, at most six times, waiting longer (with full jitter) each time.

        Args:
            path: Relative to the base, or an absolute URL of the same origin.
            limit: Most bytes taken, after decompression.

        Returns:
            The answer, of any status but those that ask to come back later.

        Raises:
            Offline: Not reachable, no answer in time, or busy for too long.
            BrokenAnswer: Cut off, or larger than the limit.
            WrongAddress: It leads to another server, or its certificate is not trusted.
            Cancelled: The job was stopped.
        """
        full = self.url(path)
        if params:
            full = f"{full}{'&' if '?' in full else '?'}{httpx2.QueryParams(dict(params))}"
        most = tries or self._tries
        for attempt in range(1, most + 1):
            job.check()
            try:
                answer = self._follow(method, full, headers or {}, body, limit, job)
            except (Offline, BrokenAnswer) as error:
                if attempt == most or isinstance(error, TooLarge):
                    raise
                job.wait(backoff(attempt))
                continue
            if answer.status not in _BUSY or attempt == most:
                return answer
            job.wait(_retry_after(answer, attempt))
        raise AssertionError("the last attempt returns or raises")

    def unusable(self, answer: Answer, server: str, refused: Collection[int] = (401,)) -> ServerProblem | None:
        """What an answer says about sign-in and health, in words; None where the server works and knows us.

        Args:
            server: What it is for people, such as `image server`.
            refused: Status codes that mean that the sign-in is not accepted.
        """
        if answer.status in refused:
            return Unauthorised(
                f"The {server} {self.host} does not accept the sign-in.",
                "Check user, password or token under Settings, then sync again.",
            )
        if answer.status in _AWAY:
            return Offline(
                f"The {server} {self.host} is not working at the moment (status {answer.status}).",
                "It is tried again at the next sync.",
            )
        return None

    def _follow(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, limit: int, job: Job
    ) -> Answer:
        for _ in range(REDIRECTS):
            answer = self._once(method, url, headers, body, limit, job)
            if answer.status not in _MOVED or "location" not in answer.headers:
                return answer
            if method != "GET" and answer.status in (301, 302, 303):
                break
            url = self.url(urljoin(url, answer.headers["location"]))
        raise WrongAddress(f"The server {self.host} sends us in circles.", "Check its address with the programme.")

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, limit: int, job: Job
    ) -> Answer:
        try:
            with self._client.stream(method, url, headers=dict(headers), content=body) as response:
                received = self._read(response, limit, job)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, received, str(response.url))
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, ssl.SSLError) as error:
            raise self._translated(error) from error

    def _read(self, response: httpx2.Response, limit: int, job: Job) -> bytes:
        parts: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            job.check()
            self._throttle.took(len(chunk), job)
            size += len(chunk)
            if size > limit:
                raise TooLarge(
                    f"An answer of {self.host} is larger than {limit // 2**20} MB and was not taken.",
                    "Ask the programme to send it in smaller parts.",
                )
            parts.append(chunk)
        return b"".join(parts)

    def _translated(self, error: Exception) -> ServerProblem:
        if _certificate_fault(error):
            return WrongAddress(
                f"The certificate of {self.host} is not trusted.",
                "Check the address and the date of this computer; do not go on over a guest network's sign-in page.",
            )
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
            return Offline(
                f"The server {self.host} cannot be reached.",
                "Check the network; everything received before stays usable.",
            )
        if isinstance(error, httpx2.TimeoutException):
            return Offline(f"The server {self.host} did not answer in time.", "It is tried again at the next sync.")
        if isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return WrongAddress(f"The server {self.host} names a place that is no URL.", "Tell the programme.")
        return BrokenAnswer(f"The answer of {self.host} was cut off.", "It is tried again at the next sync.")


def backoff(attempt: int) -> float:
    """Seconds to wait after a failed attempt (from 1): full jitter, so that many desks do not come back together."""
    return random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)))  # noqa: S311 - no secret


def _retry_after(answer: Answer, attempt: int) -> float:
    asked = answer.headers.get("retry-after", "")
    if asked.isdigit():
        return min(float(asked), LONGEST_RETRY_AFTER)
    return backoff(attempt)


def _authorisation(credentials: Credentials) -> dict[str, str]:
    if credentials.kind is AuthKind.BASIC:
        import base64

        pair = base64.b64encode(f"{credentials.user}:{credentials.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    if credentials.kind is AuthKind.BEARER:
        return {"Authorization": f"Bearer {credentials.secret}"}
    return {}


def _certificate_fault(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
