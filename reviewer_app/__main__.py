"""`consilium`: a command runs in the terminal, without one the window opens.

Options of every command may stand before it as well as after it; for the window they are put after it here, because
the command line is not loaded before the first frame.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_WINDOW = ("open", "window")
_SECRETS = {
    "--passphrase-file": ("CONSILIUM_PASSPHRASE", "passphrase"),
    "--key-file": ("CONSILIUM_RECOVERY_KEY", "recovery key"),
}
"""Options that name the file of a secret, with the variable that is the same, and its name."""
_VALUED = ("--home", *_SECRETS)
_SHARED = (*_VALUED, "--json")


def _keep_memory_private() -> None:
    """No core dump and no tracer: the memory of this process holds keys and records."""
    if sys.platform != "linux":
        return
    import ctypes
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE


def _for_window(words: Sequence[str]) -> list[str] | None:
    """The words the window is opened with, `open` first; None where a command of the terminal is meant.

    The file of a passphrase or key opens the vault once, as their variables do: it is not in what a lock starts anew.
    """
    end = words.index("--") if "--" in words else len(words)
    place = 0
    while place < end and words[place].partition("=")[0] in _SHARED:
        place += 2 if words[place] in _VALUED else 1
    named = words[place] if place < end else "open"
    if named not in _WINDOW:
        return None
    given = [*words[:place], *words[place + 1 : end]]
    kept: list[str] = []
    while given:
        option, equals, text = given.pop(0).partition("=")
        if option in _SECRETS and (equals or given):
            _take_secret(option, text if equals else given.pop(0))
        elif option != "--json":
            kept.append(option + equals + text)
    return ["open", *kept, *words[end:]]


def _take_secret(option: str, file: str) -> None:
    from reviewer_app.cli.profile_folder import first_line
    from reviewer_app.errors import BadInput

    variable, name = _SECRETS[option]
    for unwanted, _ in _SECRETS.values():  # what is named goes before what merely is there
        os.environ.pop(unwanted, None)
    try:
        os.environ[variable] = first_line(file, name)
    except BadInput as problem:
        raise SystemExit(f"consilium: {problem}") from None


def main() -> int:
    """Start what was asked for; returns the exit status."""
    _keep_memory_private()
    words = sys.argv[1:]
    window = _for_window(words)
    if window is not None:
        import gc

        from reviewer_app.ui.shell import command_line

        gc.disable()  # nothing is thrown away while modules are loaded; `app.keep_smooth` lets it go on
        asked = command_line.read(window)
        from reviewer_app.app import run  # Qt comes with it, while the vault is opened on a thread

        return run(asked)
    if words[0] == "demo":
        from reviewer_app.demo import main as run_demo

        return run_demo(words[1:])
    from reviewer_app.cli import main as run_command

    return run_command(words)


if __name__ == "__main__":
    sys.exit(main())
