"""A proxy on loopback that misbehaves as told: real requests go to the real server, answers come back damaged.

A rule sees method and path and returns a fault or None; rules are asked in order, the first fault counts.  Absolute
URLs of the server in JSON answers are rewritten, as a hospital's reverse proxy does.
"""

from __future__ import annotations

import enum
import http.client
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Kind(enum.Enum):
    CUT = "the body ends after n bytes, the length announced is the whole"
    CUT_UNANNOUNCED = "the body ends after n bytes and no length is announced"
    LOSE = "the server gets the request, its answer is lost"
    STATUS = "an error status in place of the server"
    PORTAL = "a guest network's sign-in page with status 200"
    FLIP = "one byte in the middle of the body is another"
    REDIRECT = "to another address"
    TWICE = "the server gets the request twice"
    REPLACE = "another body"


@dataclass(frozen=True)
class Fault:
    kind: Kind
    size: int = 0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


Rule = Callable[[str, str], Fault | None]
DROPPED = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "accept-encoding", "host"})


class _Quiet(ThreadingHTTPServer):
    """Says nothing of clients that went away, which is what many tests are about."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed: a socket and any


class FaultProxy:
    """Stands in front of one server; `rules` may be changed while it runs, `seen` is every request that came."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        parts = urlsplit(upstream)
        self.host, self.port, self.path = parts.hostname or "", parts.port or 80, parts.path
        self.rules: list[Rule] = []
        self.seen: list[tuple[str, str]] = []
        self.guard = threading.Lock()
        self._server = _Quiet(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"

    def count(self, method: str, part: str) -> int:
        with self.guard:
            return sum(how == method and part in path for how, path in self.seen)

    @contextmanager
    def running(self) -> Iterator[FaultProxy]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def fault(self, method: str, path: str) -> Fault | None:
        with self.guard:
            self.seen.append((method, path))
        return next((found for rule in self.rules if (found := rule(method, path)) is not None), None)


def always(fault: Fault, part: str = "", method: str = "") -> Rule:
    """The fault at every request whose path holds a text."""
    return lambda how, path: fault if part in path and method in ("", how) else None


def times(count: int, fault: Fault, part: str = "", method: str = "") -> Rule:
    """The fault at the first requests only."""
    guard = threading.Lock()
    left = [count]

    def rule(how: str, path: str) -> Fault | None:
        if part not in path or method not in ("", how):
            return None
        with guard:
            left[0] -= 1
            return fault if left[0] >= 0 else None

    return rule


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"proxy": proxy})


def _damaged(fault: Fault, body: bytes) -> tuple[bytes, int | None]:
    """The body as the fault leaves it, and the length announced: None for its own, -1 for none."""
    if fault.kind is Kind.FLIP:
        middle = len(body) // 2
        return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :], None
    if fault.kind is Kind.REPLACE:
        return fault.body, None
    if fault.kind is Kind.CUT:
        return body[: fault.size], len(body)
    if fault.kind is Kind.CUT_UNANNOUNCED:
        return body[: fault.size], -1
    return body, None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 2**16  # head and body in one packet: two would wait for a delayed acknowledgement
    disable_nagle_algorithm = True
    proxy: FaultProxy

    def handle_any(self) -> None:
        fault = self.proxy.fault(self.command, self.path)
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        if fault is None:
            return self.answer(*self.forward(sent))
        if fault.kind is Kind.STATUS:
            return self.answer(fault.status, fault.headers, fault.body)
        if fault.kind is Kind.PORTAL:
            page = b"<html><body>Welcome, guest. Sign in.</body></html>"
            return self.answer(200, {"Content-Type": "text/html"}, page)
        if fault.kind is Kind.REDIRECT:
            return self.answer(302, fault.headers, b"")
        status, headers, body = self.forward(sent)
        if fault.kind is Kind.TWICE:
            status, headers, body = self.forward(sent)
        if fault.kind is Kind.LOSE:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        body, announced = _damaged(fault, body)
        return self.answer(status, headers, body, announced)

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815 - names of http.server

    def forward(self, sent: bytes) -> tuple[int, dict[str, str], bytes]:
        proxy = self.proxy
        connection = http.client.HTTPConnection(proxy.host, proxy.port, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        try:
            connection.request(self.command, self.path, sent or None, headers)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in DROPPED}
        if "json" in answer.headers.get("content-type", ""):
            own = proxy.url[: len(proxy.url) - len(proxy.path)].encode()
            body = body.replace(f"http://{proxy.host}:{proxy.port}".encode(), own)
        return answer.status, kept, body

    def answer(self, status: int, headers: dict[str, str], body: bytes, announced: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        length = len(body) if announced is None else announced
        if length >= 0 and status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(length))
        self.close_connection = announced is not None
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
