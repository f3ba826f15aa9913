"""A program that answers on a bus as logind does for one login, and says what its standard input tells it to."""

from __future__ import annotations

import os
import sys
from typing import Any

from PySide6.QtCore import ClassInfo, Property, QCoreApplication, QObject, QSocketNotifier, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusUnixFileDescriptor

NAME, ROOT = "org.freedesktop.login1", "/org/freedesktop/login1"
SAID: dict[str, tuple[str, str, str, list[Any]]] = {
    "sleep": (ROOT, f"{NAME}.Manager", "PrepareForSleep", [True]),
    "wake": (ROOT, f"{NAME}.Manager", "PrepareForSleep", [False]),
    "lock": (f"{ROOT}/session/_34", f"{NAME}.Session", "Lock", []),
    "lock of another": (f"{ROOT}/session/_35", f"{NAME}.Session", "Lock", []),
    "switch": (
        f"{ROOT}/session/_34", "org.freedesktop.DBus.Properties", "PropertiesChanged",
        [f"{NAME}.Session", {"Active": False}, []],
    ),
    "back": (
        f"{ROOT}/session/_34", "org.freedesktop.DBus.Properties", "PropertiesChanged",
        [f"{NAME}.Session", {"Active": True}, []],
    ),
}  # fmt: skip


@ClassInfo({"D-Bus Interface": f"{NAME}.Session"})
class Login(QObject):
    """The session object of the caller."""

    active = True

    @Property(str)
    def Id(self) -> str:  # noqa: N802 - D-Bus
        return "4"

    @Property(bool)
    def Active(self) -> bool:  # noqa: N802 - D-Bus
        return self.active

    @Property(bool)
    def LockedHint(self) -> bool:  # noqa: N802 - D-Bus
        return False


@ClassInfo({"D-Bus Interface": f"{NAME}.Manager"})
class Manager(QObject):
    """Hands out delay inhibitors, and says when the last one was let go."""

    @Slot(str, str, str, str, result="QDBusUnixFileDescriptor")
    def Inhibit(self, what: str, _who: str, _why: str, mode: str) -> QDBusUnixFileDescriptor:  # noqa: N802 - D-Bus
        kept, given = os.pipe()
        answer(f"inhibited {what} {mode}")
        self._watch = QSocketNotifier(kept, QSocketNotifier.Type.Read)
        self._watch.activated.connect(lambda *_: (self._watch.setEnabled(False), answer("released")))
        made = QDBusUnixFileDescriptor(given)
        os.close(given)
        return made


def answer(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(address: str) -> int:
    application = QCoreApplication([])
    bus = QDBusConnection.connectToBus(address, "logind")
    login, manager = Login(), Manager()
    everything = QDBusConnection.RegisterOption.ExportAllContents
    assert bus.registerObject(f"{ROOT}/session/auto", login, everything)
    assert bus.registerObject(ROOT, manager, everything)
    assert bus.registerService(NAME)

    def say(*_: object) -> None:
        lines = os.read(sys.stdin.fileno(), 4096).decode().splitlines()
        for line in lines:
            login.active = line != "switch"
            path, interface, name, values = SAID[line]
            message = QDBusMessage.createSignal(path, interface, name)
            message.setArguments(values)
            bus.send(message)
        if not lines:
            application.quit()

    reading = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    reading.activated.connect(say)
    answer("ready")
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
