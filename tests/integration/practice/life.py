"""What tests of the practice clinic ask of its servers and their processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx2
import pytest

from reviewer_app.domain.profile import AuthKind
from reviewer_app.practice import programs

KINDS = ("orthanc", "tiny-pacs")


def need(kind):
    if kind == "orthanc" and programs.why_no_orthanc():
        if os.environ.get("CI") == "true":
            pytest.fail("Orthanc with its DICOMweb plug-in must be installed under CI")
        pytest.skip("needs Orthanc with its DICOMweb plug-in")


_NO_IDLE = httpx2.Limits(max_keepalive_connections=0)
"""The servers close idle connections; a slow test would meet a closed one."""


def signed_in(credentials):
    if credentials.kind is AuthKind.BASIC:
        return httpx2.Client(auth=(credentials.user, credentials.secret), trust_env=False, limits=_NO_IDLE)
    return httpx2.Client(headers={"Authorization": f"Bearer {credentials.secret}"}, trust_env=False, limits=_NO_IDLE)


def listeners(pids):
    """Local addresses of listening sockets of these processes, as ss shows them."""
    ss = shutil.which("ss")
    if ss is None:
        pytest.skip("needs ss")
    shown = subprocess.run([ss, "-ltnpH"], capture_output=True, text=True, check=True).stdout
    return [line.split()[3] for line in shown.splitlines() if set(map(int, re.findall(r"pid=(\d+)", line))) & set(pids)]


def gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def wait_until(happened, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
