"""The memory of the process, which holds keys and records, is not for other programs of the same user."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, resource
from reviewer_app.__main__ import _keep_memory_private
_keep_memory_private()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is of Linux")
def test_the_process_leaves_no_core_dump_and_lets_nobody_trace_it():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split("\n")[0] == "(0, 0) 0"
