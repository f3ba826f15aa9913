"""Plain files that the user asked for and chose the place of: never within the vault, never instead of another file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from reviewer_app.errors import BadInput, DiskFull
from reviewer_app.services.session import Session


def require_free(session: Session, path: Path, content: bytes) -> None:
    """Make sure that a file can be written without taking the place of another.

    Raises:
        BadInput: The place lies inside the vault, or another file of this name is there already.
    """
    require_outside(session, path.parent)
    if path.exists() and not _same(path, content):
        raise BadInput(
            f"There is another file named {path.name} in this folder.", "Choose another folder or another name."
        )


def require_outside(session: Session, folder: Path) -> None:
    """BadInput where a folder lies inside the vault."""
    if folder.resolve().is_relative_to(session.home.resolve()):
        raise BadInput("The folder lies inside the vault.", "Choose another folder.")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by this user only.

    Raises:
        DiskFull: The folder cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise DiskFull("The files could not be written.", "Choose another folder or free some space.") from error


def _same(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False
