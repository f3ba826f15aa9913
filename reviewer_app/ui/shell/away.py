"""Locks when the person goes: the screen is locked, the machine goes to sleep, another user takes the screen.

Linux desktops say so on D-Bus: logind (sleep, lock, user switch) and the screen savers of the desktops.  A machine
that goes to sleep waits for us, because we hold a delay inhibitor until the process that knew the keys is gone.  Where
no bus answers, the idle time locks (`lock`), which counts sleep too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SLOT, QObject, Slot
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusVariant

_LOGIND, _ROOT = "org.freedesktop.login1", "/org/freedesktop/login1"
_MANAGER, _SESSION = "org.freedesktop.login1.Manager", "org.freedesktop.login1.Session"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SAVERS = (
    ("org.freedesktop.ScreenSaver", ("/org/freedesktop/ScreenSaver", "/ScreenSaver")),
    ("org.gnome.ScreenSaver", ("/org/gnome/ScreenSaver",)),
    ("org.cinnamon.ScreenSaver", ("/org/cinnamon/ScreenSaver",)),
    ("org.mate.ScreenSaver", ("/org/mate/ScreenSaver",)),
    ("org.xfce.ScreenSaver", ("/org/xfce/ScreenSaver",)),
)
"""Names on the session bus, each with the paths it signals from."""
_PATIENCE_MS = 200
"""What unlocking waits for a bus that does not answer, at most, a call."""


class AwayWatch(QObject):
    """Calls `lock` when the person goes.

    Args:
        lock: Called on the main thread; may be called more than once.
        system: Bus of logind; by default the one of this machine.
        desktop: Bus of the screen saver; by default the one of this login.
    """

    def __init__(
        self,
        lock: Callable[[], None],
        system: QDBusConnection | None = None,
        desktop: QDBusConnection | None = None,
    ) -> None:
        super().__init__()
        self._lock = lock
        self._logind = system or QDBusConnection.systemBus()
        self._inhibitor: Any = None
        self._heard: list[tuple[QDBusConnection, tuple[str, str, str, str], str]] = []
        if not sys.platform.startswith("linux"):
            return
        if self._logind.isConnected():
            self._listen_to_logind(self._logind)
        bus = desktop or QDBusConnection.sessionBus()
        if bus.isConnected():
            for name, paths in _SAVERS:
                for path in paths:
                    self._hear(bus, (name, path, name, "ActiveChanged"), SLOT("began(bool)"))

    def stop(self) -> None:
        """Hear no more, and let the machine sleep without us."""
        for bus, place, slot in self._heard:
            bus.disconnect(*place, self, slot)  # type: ignore[call-overload]  # PySide6 takes what SLOT makes
        self._heard.clear()
        self._inhibitor = None

    def _listen_to_logind(self, bus: QDBusConnection) -> None:
        self._hear(bus, (_LOGIND, _ROOT, _MANAGER, "PrepareForSleep"), SLOT("began(bool)"))
        asked = QDBusMessage.createMethodCall(_LOGIND, _ROOT, _MANAGER, "Inhibit")
        asked.setArguments(["sleep", "Consilium", "Locks the vault", "delay"])
        self._inhibitor = _answer(bus, asked)
        session = self._asked("Id")
        if session is None:
            return
        path = f"{_ROOT}/session/{_escaped(str(session))}"
        self._hear(bus, (_LOGIND, path, _SESSION, "Lock"), SLOT("left()"))
        self._hear(bus, (_LOGIND, path, _PROPERTIES, "PropertiesChanged"), SLOT("changed(QDBusMessage)"))

    def _asked(self, name: str) -> Any:
        """A property of this login; asked for, because PySide6 ends the process over a map in a signal."""
        asked = QDBusMessage.createMethodCall(_LOGIND, _ROOT + "/session/auto", _PROPERTIES, "Get")
        asked.setArguments([_SESSION, name])
        told = _answer(self._logind, asked)
        return told.variant() if isinstance(told, QDBusVariant) else told

    def _hear(self, bus: QDBusConnection, place: tuple[str, str, str, str], slot: str) -> None:
        if bus.connect(*place, self, slot):  # type: ignore[call-overload]  # PySide6 takes what SLOT makes
            self._heard.append((bus, place, slot))

    @Slot(bool)
    def began(self, on: bool) -> None:
        """The screen is locked or the machine goes to sleep; false is the end of it."""
        if on:
            self._lock()

    @Slot()
    def left(self) -> None:
        """Somebody asked that this login be locked."""
        self._lock()

    @Slot(QDBusMessage)
    def changed(self, _message: QDBusMessage) -> None:
        """Something about this login changed: another user took the screen, or the desktop says that it is locked."""
        if self._asked("Active") is False or self._asked("LockedHint") is True:
            self._lock()


def _answer(bus: QDBusConnection, asked: QDBusMessage) -> Any:
    """The first value of an answer; None where there is none in time."""
    told = bus.call(asked, QDBus.CallMode.Block, _PATIENCE_MS)
    values = told.arguments() if told.type() is QDBusMessage.MessageType.ReplyMessage else []
    return values[0] if values else None


def _escaped(name: str) -> str:
    """A name as part of an object path (systemd, `sd_bus_path_encode`)."""
    return "".join(
        letter if letter.isascii() and letter.isalnum() and (place or not letter.isdigit()) else f"_{ord(letter):02x}"
        for place, letter in enumerate(name)
    )
