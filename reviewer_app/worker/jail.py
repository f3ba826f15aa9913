"""Locks the current process up: nothing to open, nowhere to send, no more memory or processes.

Linux: resource limits, no new privileges, not dumpable, and a seccomp filter that allows only what computing needs.
Other systems: resource limits where the system has them; the process still holds no key and no path.
"""

from __future__ import annotations

import contextlib
import errno
import sys

_ALLOWED = (
    "read", "write", "readv", "writev", "pread64", "lseek", "fstat", "newfstatat",
    "mmap", "munmap", "mremap", "mprotect", "madvise", "brk",
    "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill", "setitimer",
    "exit", "exit_group", "getpid", "gettid", "clock_gettime", "clock_nanosleep", "gettimeofday", "getrandom",
    "sched_yield", "sched_getaffinity", "close", "poll", "ppoll", "restart_syscall", "rseq", "set_robust_list",
)  # fmt: skip
_NO_NEW_PRIVILEGES, _DUMPABLE = 38, 4


def lock(memory: int) -> bool:
    """Lock this process up for good.

    Args:
        memory: Most address space in bytes.

    Returns:
        Whether system calls are filtered too.
    """
    _limit(memory)
    if sys.platform != "linux":
        return False
    import ctypes

    libc = ctypes.CDLL(None)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):  # libseccomp is not on this machine
        return False
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED:
        with contextlib.suppress(OSError, ValueError):  # not every machine knows every call
            calls.add_rule(pyseccomp.ALLOW, name)
    calls.load()
    return True


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    limits = [
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ]
    if hasattr(resource, "RLIMIT_NPROC"):
        limits.append((resource.RLIMIT_NPROC, 0))
    for kind, most in limits:
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(kind, (most, most))
