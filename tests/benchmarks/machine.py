"""What machine the numbers belong to, and how much memory processes take on it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil

_PACKAGES = ("PySide6", "numpy", "pydicom", "cryptography", "sqlcipher3", "pyhanko", "httpx2", "msgspec")


def facts() -> dict[str, str]:
    """Processor, cores, load, memory, system, Python and packages."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load": load(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES),
        "platform": "a real X server (Xvfb)" if _has_x() else "offscreen",
    }


def line(known: dict[str, str]) -> str:
    """The machine in one line."""
    where = ", ".join(known[name] for name in ("processor", "memory", "system", "platform"))
    return f"{known['cores']} cores of {where}; Python {known['python']}; load {known['load']}"


def load() -> str:
    """Load average of 1, 5 and 15 minutes: above the number of cores, times say little."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def megabytes(pid: int) -> float:
    """Memory of a process and all that it started, shared pages by share (PSS), in MB."""
    try:
        first = psutil.Process(pid)
        tree = [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(map(_share, tree)) / 1e6


def _share(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(full, "pss", full.uss))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _has_x() -> bool:
    from tests.benchmarks.screen import Screen

    return Screen.available()
