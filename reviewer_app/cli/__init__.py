"""Commands for the terminal over the same services as the window; each answers in words or, with `--json`, as JSON."""

from reviewer_app.cli.main import main

__all__ = ["main"]
