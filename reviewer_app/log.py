"""Logging to stderr or a file, never with patient data.

Records carry opaque ids, counts and sizes.  A filter drops the arguments of any record that carries one of
the values registered as private while a vault is open (patient names and identifiers), as a last line of defence.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType

_private: set[str] = set()


def keep_private(values: set[str]) -> None:
    """Replace the values that no log record may hold.

    Args:
        values: Names and identifiers of patients in the open vault; shorter than 3 characters are ignored.
    """
    _private.clear()
    _private.update(value.casefold() for value in values if len(value) > 2)  # noqa: PLR2004 - said above


class _PrivacyFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage().casefold()
        if any(value in text for value in _private):
            record.msg, record.args = "(a record that held private values was withheld)", None
        if record.exc_info:
            kind = record.exc_info[0]
            record.msg = f"{record.getMessage()} [{kind.__name__ if kind else 'error'}]"
            record.args = None
            record.exc_text = _trace_without_values(record)
            record.exc_info = None
        return True


def _trace_without_values(record: logging.LogRecord) -> str:
    import traceback

    assert record.exc_info is not None
    frames = traceback.extract_tb(record.exc_info[2])
    return "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)


def configure(level: str | None = None) -> None:
    """Send log records to stderr at `level` (default: CONSILIUM_LOG, else WARNING)."""
    stream = logging.StreamHandler(sys.stderr)
    stream.addFilter(_PrivacyFilter())
    stream.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level or os.environ.get("CONSILIUM_LOG", "WARNING"))
    for noisy in ("httpx2", "httpcore2", "pyhanko", "pydicom", "highdicom", "fontTools", "pikepdf"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def take_uncaught(told: Callable[[BaseException], None]) -> None:
    """Log what nobody caught, of the main thread and of others, without its values.

    Python and Qt would print it with them, and desktops keep on disk what a window prints.

    Args:
        told: Hears of each that happened on the main thread.
    """

    def of_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _uncaught((kind, error, trace))
        told(error)

    def of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            _uncaught((args.exc_type, args.exc_value, args.exc_traceback))

    def of_nobody(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            _uncaught((args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_main, of_thread, of_nobody


def _uncaught(error: tuple[type[BaseException], BaseException, TracebackType | None]) -> None:
    logging.getLogger(__name__).error("nobody caught an error", exc_info=error)
