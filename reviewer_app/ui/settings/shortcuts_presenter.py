"""Keeps the keys that the user chooses.  Plain Python: the card is given."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.errors import ReviewerError
from reviewer_app.ui import actions, keymap

if TYPE_CHECKING:
    from reviewer_app.settings import Settings
    from reviewer_app.ui.settings.shortcuts import Shortcuts


class ShortcutsPresenter:
    """Changes keys and says what came of it."""

    def __init__(self, view: Shortcuts, settings: Settings) -> None:
        self._view, self._settings = view, settings
        view.chosen.connect(self.choose)
        view.reset.connect(self.reset)
        view.reset_all.connect(self.reset_all)

    def choose(self, identifier: str, keys: str) -> None:
        """Give a command other keys, or none."""
        has = f"has {actions.native(keys)} now" if keys else "has no keys now"
        self._do(
            partial(keymap.choose, self._settings, identifier, keys), f"“{actions.command(identifier).text}” {has}."
        )

    def reset(self, identifier: str) -> None:
        """Give a command its usual keys."""
        said = f"“{actions.command(identifier).text}” has its usual keys."
        self._do(partial(keymap.reset, self._settings, identifier), said)

    def reset_all(self) -> None:
        """Give all commands their usual keys."""
        self._do(partial(keymap.reset_all, self._settings), "All commands have their usual keys.")

    def _do(self, act: Callable[[], None], said: str) -> None:
        try:
            act()
        except ReviewerError as error:
            self._view.show_keys(str(error), problem=True)
            return
        self._view.show_keys(said)
