"""Memory shared by the program and one worker: input at its start, output behind it.

On Linux an anonymous memory file, never on a disk and gone with its processes.  Elsewhere bytes go through the pipes
and the arena is plain memory on each side.
"""

from __future__ import annotations

import mmap
import os
import sys

SIZE = 2 << 30
"""Address space, not memory: only what is touched is held."""
MOST_INPUT = 1 << 30
_KEEP = 64 << 20
PAGE = 4096

shared = sys.platform == "linux" and hasattr(os, "memfd_create")


class Arena:
    """One worker's shared memory, seen from the program.

    Attributes:
        fd: Descriptor to hand to the worker, or -1 where nothing is shared.
    """

    def __init__(self) -> None:
        self.fd = -1
        if shared:
            self.fd = os.memfd_create("arena", os.MFD_CLOEXEC)
            os.ftruncate(self.fd, SIZE)
            self._map = mmap.mmap(self.fd, SIZE)
            self.view = memoryview(self._map)

    def release(self, used: int) -> None:
        """Give memory back to the system after a large use; contents are gone."""
        if shared and used > _KEEP:
            self._map.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Let go of the memory; arrays that look at it must be gone."""
        if shared and self.fd >= 0:
            self.view.release()
            self._map.close()
            os.close(self.fd)
            self.fd = -1


def output_offset(input_size: int) -> int:
    """First page boundary behind the input."""
    return (input_size + PAGE - 1) // PAGE * PAGE
