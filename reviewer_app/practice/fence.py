"""Keeping a server that knows no bind address on loopback: a network of its own behind a relay, or a preloaded bind().

Orthanc up to and beyond 1.10.1 listens on all addresses.  Two fences are here, neither needs administrator rights: on
Linux with user namespaces the server runs in an empty network namespace, and `relay` carries bytes between it and a
socket that was bound to 127.0.0.1 before the namespace was entered; elsewhere on Linux a C compiler makes a library
that turns bind(0.0.0.0) into bind(127.0.0.1).  Nothing here starts the server (leash.py does).
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from importlib import resources
from pathlib import Path

from reviewer_app.errors import Fault, ServerProblem

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_CHUNK = 1 << 18


def own_environment() -> dict[str, str]:
    """This process's environment, in which a new interpreter finds this package wherever it is started."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *(path for path in sys.path if path and path != root)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def namespaces_work() -> bool:
    """Whether a process started from here may enter a network namespace of its own (tried in a child)."""
    if not sys.platform.startswith("linux"):
        return False
    probe = [sys.executable, "-c", "from reviewer_app.practice.fence import leave_network; leave_network()"]
    return subprocess.run(probe, env=own_environment(), capture_output=True, check=False, timeout=30).returncode == 0  # noqa: S603 - our own interpreter and module


def leave_network() -> None:
    """Move this single-threaded process into an empty network with only a loopback interface, and raise that.

    Sockets that were opened before keep the network they were opened in.

    Raises:
        OSError: The system does not allow it.
    """
    if sys.platform != "linux":
        raise OSError("network namespaces exist on Linux only")
    libc = ctypes.CDLL(None, use_errno=True)
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWNET) != 0:
        if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", "ascii")
    _raise_loopback()


def _raise_loopback() -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def open_door(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1, to be opened before `leave_network`."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    door.listen(64)
    return door


def relay(door: socket.socket, inner_port: int) -> None:
    """Carry every connection of `door` to `inner_port` on this process's loopback, until the door is closed."""
    while True:
        try:
            outer, _ = door.accept()
        except OSError:
            return
        threading.Thread(target=_carry, args=(outer, inner_port), daemon=True).start()


def _carry(outer: socket.socket, inner_port: int) -> None:
    try:
        inner = socket.create_connection(("127.0.0.1", inner_port), timeout=10)
    except OSError:
        outer.close()
        return
    with outer, inner:
        for end in (outer, inner):
            end.settimeout(None)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=_pump, args=(inner, outer), daemon=True)
        back.start()
        _pump(outer, inner)
        back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    try:
        while count := source.recv_into(buffer):
            sink.sendall(view[:count])
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            _hang_up(end)


def _hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def compiler() -> str | None:
    """The C compiler of this machine, or None."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def build_shim(folder: Path) -> Path:
    """Compile the library to be named in LD_PRELOAD.

    Raises:
        ServerProblem: There is no C compiler, or it failed.
    """
    program = compiler()
    if program is None or not sys.platform.startswith("linux"):
        raise ServerProblem("There is no C compiler to build the loopback fence.", "Use tiny-pacs instead.")
    source = folder / "loopback_bind.c"
    target = folder / "loopback_bind.so"
    source.write_text(resources.files("resources.practice").joinpath("loopback_bind.c").read_text("utf-8"), "utf-8")
    made = subprocess.run(  # noqa: S603 - our own source with the machine's compiler
        [program, "-shared", "-fPIC", "-O1", "-o", str(target), str(source), "-ldl"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    if made.returncode != 0 or not target.exists():
        raise ServerProblem("The loopback fence could not be compiled.", "Use tiny-pacs instead.")
    return target


def listeners_beyond_loopback(pids: tuple[int, ...]) -> tuple[str, ...]:
    """Addresses other than loopback on which these processes listen in the network of this process (Linux).

    Raises:
        Fault: The kernel's table of sockets has an unknown form.
    """
    inodes = {inode for pid in pids for inode in _socket_inodes(pid)}
    found = []
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        try:
            lines = Path(table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes and not _is_loopback(fields[1]):
                found.append(_shown_address(fields[1]))
    return tuple(found)


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(entry.path)  # noqa: PTH115 - the target is no path
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    except OSError:
        return set()
    return inodes


def _address(field: str) -> tuple[bytes, int]:
    host, separator, port = field.partition(":")
    if not separator:
        raise Fault("The table of sockets of this system has an unknown form.")
    words = bytes.fromhex(host)
    return b"".join(words[i : i + 4][::-1] for i in range(0, len(words), 4)), int(port, 16)


def _is_loopback(field: str) -> bool:
    import ipaddress

    address = ipaddress.ip_address(_address(field)[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _shown_address(field: str) -> str:
    import ipaddress

    host, port = _address(field)
    return f"{ipaddress.ip_address(host)}:{port}"
