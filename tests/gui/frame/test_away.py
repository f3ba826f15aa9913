"""The desk locks when the screen is locked, the machine goes to sleep, or another user takes the screen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtDBus import QDBusConnection, QDBusMessage

from reviewer_app.ui.shell.away import AwayWatch, _escaped

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is how Linux desktops say it"),
    pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon"),
]
SAVER = "org.gnome.ScreenSaver"
PROGRAM = Path(__file__).parent / "logind.py"
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""


@pytest.fixture
def address(tmp_path):
    """A real bus with nobody on it."""
    config = tmp_path / "bus.conf"
    config.write_text(CONFIG.format(path=tmp_path / "bus"), "utf-8")
    command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        yield daemon.stdout.readline().strip()
        daemon.terminate()


@pytest.fixture
def ours(address, tmp_path):
    yield QDBusConnection.connectToBus(address, tmp_path.name)
    QDBusConnection.disconnectFromBus(tmp_path.name)


@pytest.fixture
def logind(address):
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as program:
        assert program.stdout.readline() == "ready\n"
        yield program
        program.terminate()


def say(logind, what):
    logind.stdin.write(f"{what}\n")
    logind.stdin.flush()


def test_sleep_lock_and_user_switch_lock_the_desk_and_what_concerns_others_does_not(qtbot, ours, logind):
    locked = []
    watch = AwayWatch(lambda: locked.append(1), ours, ours)
    for nothing, what in (("wake", "sleep"), ("lock of another", "lock"), ("back", "switch")):
        locked.clear()
        say(logind, nothing)
        qtbot.wait(60)
        say(logind, what)
        qtbot.waitUntil(lambda: bool(locked), timeout=3000)
        assert locked == [1], what
    watch.stop()
    say(logind, "sleep")
    qtbot.wait(100)
    assert locked == [1]


def test_the_machine_waits_for_the_lock_before_it_sleeps(qtbot, ours, logind):
    watch = AwayWatch(lambda: None, ours, ours)
    assert logind.stdout.readline() == "inhibited sleep delay\n"
    watch.stop()
    assert logind.stdout.readline() == "released\n"


def test_the_screen_saver_of_the_desktop_locks_and_another_sender_cannot(qtbot, address, ours, tmp_path):
    theirs = QDBusConnection.connectToBus(address, "theirs")
    locked = []
    watch = AwayWatch(lambda: locked.append(1), ours, ours)

    def tell(active):
        message = QDBusMessage.createSignal("/org/gnome/ScreenSaver", SAVER, "ActiveChanged")
        message.setArguments([active])
        assert theirs.send(message)

    tell(True)
    qtbot.wait(100)
    assert locked == []
    assert theirs.registerService(SAVER)
    tell(False)
    tell(True)
    qtbot.waitUntil(lambda: locked == [1], timeout=3000)
    watch.stop()
    QDBusConnection.disconnectFromBus("theirs")


def test_a_session_is_found_under_its_escaped_name():
    assert (_escaped("4"), _escaped("c2"), _escaped("1_a")) == ("_34", "c2", "_31_5fa")


def test_without_any_bus_nothing_is_heard_and_nothing_fails(qtbot):
    nowhere = QDBusConnection("no-such-connection")
    AwayWatch(lambda: None, nowhere, nowhere).stop()
