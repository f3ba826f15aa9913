"""Runs sekmet-fhir without its web console: `python -m reviewer_app.practice.sekmet_server SETTINGS`.

The console shows every record to whoever reaches the port, without a login; the practice clinic serves FHIR only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def main(settings: str) -> None:
    """Run until killed."""
    from fastapi import APIRouter
    from sekmet.cli import app
    from sekmet.ui import routes

    def no_console(_context: Callable[[], Any]) -> APIRouter:
        return APIRouter()

    routes.build_router = no_console
    routes.mount_static = lambda _app: None
    sys.argv = ["sekmet", "serve", "-c", settings]
    app()


if __name__ == "__main__":
    main(sys.argv[1])
