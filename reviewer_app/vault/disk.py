"""Private files: modes, atomic replacement, the lock of one process, and disk errors in our words.

Nothing here knows keys; whoever writes through it writes ciphertext or what may be read by anybody.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from reviewer_app.errors import DiskFull, ReviewerError, VaultInUse, VaultProblem

UNFINISHED = ".new"
"""Ending of a file that is being written; such files are removed when the vault opens."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def disk_error(error: OSError) -> ReviewerError:
    """A failed write in our words."""
    if error.errno in _FULL:
        return DiskFull("The disk is full, nothing was written.", "Free some space and try again.")
    return VaultProblem(
        f"The vault's folder cannot be used ({errno.errorcode.get(error.errno or 0, 'unknown')}).",
        "Check that the folder exists and that you may write to it.",
    )


@contextmanager
def disk_errors() -> Iterator[None]:
    """Translate what the operating system says about a file."""
    try:
        yield
    except OSError as error:
        raise disk_error(error) from error


def private_folder(path: Path) -> None:
    """Make a folder that only this user may enter; parents are made as the system makes them."""
    with disk_errors():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)


def private_descriptor(path: Path, flags: int) -> int:
    """Open a file that only this user may read; the caller closes the descriptor."""
    return os.open(path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0), 0o600)


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file in one step that survives power loss: new file, fsync, rename, fsync of the folder.

    Args:
        path: The file to replace or make, mode 0600.
        write: Writes the whole content.

    Raises:
        DiskFull: There is no room; the old file is untouched.
        VaultProblem: The folder cannot be written.
    """
    fresh = path.with_name(path.name + UNFINISHED)
    try:
        with disk_errors():
            with open(private_descriptor(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
            sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def sync_folder(path: Path) -> None:
    """Make new and removed names in a folder survive power loss."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ProcessLock:
    """Held by the one process that has the vault open; the system releases it when the process ends.

    Raises:
        VaultInUse: Another process, or another session of this one, holds it.
    """

    def __init__(self, path: Path) -> None:
        with disk_errors():
            self._descriptor: int | None = private_descriptor(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock(self._descriptor)
        except OSError as error:
            self.release()
            raise VaultInUse(
                "The vault is open in another window or program.", "Close it there, or lock it, then try again."
            ) from error

    def release(self) -> None:
        """Let others open the vault; idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
