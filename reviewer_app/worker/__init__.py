"""Untrusted bytes are parsed here: in spawned, jailed processes that hold no key, no network and no file.

`WorkerPool` is the only thing the rest of the program uses.  What runs inside the processes is in `child` and `tasks`;
how they are locked up in `jail`; how bytes travel in `arena` and `process`.
"""

from __future__ import annotations

from reviewer_app.worker.pool import Decoded, WorkerPool

__all__ = ["Decoded", "WorkerPool"]
