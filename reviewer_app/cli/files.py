"""Files named on the command line."""

from __future__ import annotations

import os
from pathlib import Path

from reviewer_app.errors import BadInput


def read_file(path: str) -> bytes:
    """The bytes of a file.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"The file {Path(path).name} cannot be read.", "Check its name and permissions.") from error


def write_file(path: str, content: bytes) -> None:
    """Write a new file that only this user may read; one that exists is never replaced.

    Raises:
        BadInput: It exists, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise BadInput(f"The file {Path(path).name} exists already.", "Choose another name.") from error
    except OSError as error:
        raise BadInput(f"The file {Path(path).name} cannot be written.", "Choose another folder.") from error
