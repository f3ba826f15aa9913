"""Runs tiny-pacs with every socket on loopback: `python -m reviewer_app.practice.tiny_pacs CONFIG`.

Its HTTP front knows a bind address; its DICOM listener (which the practice clinic does not use) binds to all
addresses, so the bind is narrowed here, inside the process that would do it.
"""

from __future__ import annotations

import socketserver
import sys

_bind = socketserver.TCPServer.server_bind


def _bind_to_loopback(server: socketserver.TCPServer) -> None:
    host, port = server.server_address[:2]
    if host in ("", "0.0.0.0", b""):  # noqa: S104 - compared with, not bound to
        server.server_address = ("127.0.0.1", int(port))
    _bind(server)


def main(config: str) -> None:
    """Run until killed."""
    socketserver.TCPServer.server_bind = _bind_to_loopback  # type: ignore[method-assign, assignment] # where all of its listeners pass
    from tiny_pacs.__main__ import main as run

    sys.argv = ["tiny-pacs", "run", "-c", config]
    run()


if __name__ == "__main__":
    main(sys.argv[1])
