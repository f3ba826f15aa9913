"""Keeps the settings: the author in the vault, preferences in the profile folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer_app.domain.changes import Changed, Kind
from reviewer_app.domain.opinion import Author
from reviewer_app.domain.profile import Server, TokenChoice
from reviewer_app.errors import BadInput, ReviewerError, Unreadable
from reviewer_app.jobs import Job, Lane
from reviewer_app.services import limits, opinions, programmes
from reviewer_app.ui.settings.hanging_presenter import HangingPresenter
from reviewer_app.ui.settings.house_presenter import HousePresenter
from reviewer_app.ui.settings.shortcuts_presenter import ShortcutsPresenter
from reviewer_app.ui.settings.state import SettingsState
from reviewer_app.ui.widgets.programme import ProgrammeForm, logins

if TYPE_CHECKING:  # signing libraries are loaded when an identity is imported or made
    from reviewer_app.services.session import Session
    from reviewer_app.ui.context import Context
    from reviewer_app.ui.settings.view import SettingsView

_WRITING = ("blind_first", "spelling", "paper")
"""Preferences of writing."""
_LARGEST = 1 << 20


class SettingsPresenter:
    """Keeps the settings page.

    Args:
        on_theme: Called when another theme was chosen and kept.
    """

    def __init__(self, view: SettingsView, context: Context, on_theme: Callable[[], object]) -> None:
        self._view, self._context, self._on_theme = view, context, on_theme
        self._scope = context.runner.scope()
        self._state = SettingsState()
        view.save_author.connect(self.save_author)
        view.signing.import_file.connect(self.import_identity)
        view.signing.practice.connect(self.make_practice)
        view.signing.look.connect(self.find_tokens)
        view.signing.use.connect(self.use_token)
        view.signing.keep_service.connect(self.keep_service)
        view.lock_after.connect(self.lock_after)
        view.theme.connect(self.choose_theme)
        view.text_scale.connect(self.scale_text)
        view.writing.chosen.connect(self.choose_writing)
        view.about.limits.connect(lambda: view.show_limits(limits.limits()))
        view.programmes.ask.connect(self.ask)
        view.programmes.put_away.connect(self.put_away)
        view.programmes.connect_to.connect(self.connect_to)
        view.passphrase.change.connect(self.change_passphrase)
        view.programmes.remove.connect(self.remove)
        context.bus.changed.connect(self._changed)
        self.house = HousePresenter(view.vault, view.storage, context)
        self.shortcuts = ShortcutsPresenter(view.shortcuts, context.settings)
        self.hanging = HangingPresenter(view.hanging, context.settings)

    @property
    def state(self) -> SettingsState:
        """What is on screen."""
        return self._state

    def start(self) -> None:
        """Read what is kept."""
        self._show_preferences()
        session = self._context.session
        self._scope.run(Lane.VAULT, lambda _job: _kept(session), self._received, on_error=self._failed)

    def refresh(self) -> None:
        """Show everything as it is now; what was said before is over."""
        self._show_preferences()
        self.house.reload()

    def _show_preferences(self) -> None:
        settings = self._context.settings
        self._show(
            replace(
                self._state,
                lock_minutes=settings.number("lock_minutes"),
                text_scale=settings.number("text_scale"),
                theme=settings.text("theme"),
                writing=tuple((name, settings.text(name)) for name in _WRITING),
                said="",
                problem=None,
            )
        )

    def close(self) -> None:
        """Drop what is awaited."""
        self.house.close()
        self._scope.close()

    def save_author(self, author: Author) -> None:
        """Keep who signs."""
        if author.licence_ends and not author.licence_ends.valid:
            self._failed(
                BadInput("The end of the licence is not a date.", "Write it as 2027-12-31, or leave it empty.")
            )
            return
        session = self._context.session
        self._do(lambda _job: opinions.set_author(session, author), "Profile saved.")

    def import_identity(self, file: str, password: str) -> None:
        """Keep a PKCS#12 file in the vault."""
        session = self._context.session

        def work(_job: Job) -> None:
            from reviewer_app.services import identity

            identity.import_pkcs12(session, _content(Path(file)), password)

        self._do(work, "Signing identity imported. The file itself can be put away.")

    def make_practice(self) -> None:
        """Make an identity that every signature names as practice."""
        session = self._context.session

        def work(_job: Job) -> None:
            from reviewer_app.services import identity

            identity.make_practice(session)

        self._do(work, "Practice identity made.")

    def find_tokens(self, driver: str) -> None:
        """List what the tokens that are put in have to sign with."""
        self._show(replace(self._state, busy=True, tokens=(), said="Looking for tokens", problem=None))

        def work(_job: Job) -> tuple[TokenChoice, ...]:
            from reviewer_app.services import identity

            return identity.on_tokens(driver)

        def found(tokens: tuple[TokenChoice, ...]) -> None:
            self._show(replace(self._state, busy=False, tokens=tokens, said="Choose a certificate and type the PIN."))

        self._scope.run(Lane.VAULT, work, found, on_error=self._failed)

    def use_token(self, chosen: TokenChoice, pin: str) -> None:
        """Sign with a token from now on."""
        session = self._context.session

        def work(_job: Job) -> None:
            from reviewer_app.services import identity

            identity.use_token(session, chosen, pin)

        self._do(work, "Letters are signed with this token from now on; each asks for the PIN.")

    def keep_service(self, address: str) -> None:
        """Ask a time-stamp service at each sync, or none."""
        session = self._context.session

        def work(_job: Job) -> None:
            from reviewer_app.services import timestamps

            timestamps.use_service(session, address)

        self._do(work, "Letters get their time stamp at the next sync." if address else "No time stamps are asked for.")

    def lock_after(self, minutes: int) -> None:
        """Keep after how many minutes the desk locks."""
        self._context.settings.set("lock_minutes", minutes)
        self._show(replace(self._state, lock_minutes=minutes))

    def choose_theme(self, theme: str) -> None:
        """Keep and apply a theme."""
        self._context.settings.set("theme", theme)
        self._show(replace(self._state, theme=theme))
        self._on_theme()

    def choose_writing(self, preference: str, value: str) -> None:
        """Keep how opinions are written."""
        self._context.settings.set(preference, value)
        self._show_preferences()
        self._context.bus.announce(Changed(frozenset({Kind.PROFILE, Kind.RECORDS})))

    def scale_text(self, per_cent: int) -> None:
        """Keep and apply a size of text."""
        self._context.settings.set("text_scale", per_cent)
        self._show(replace(self._state, text_scale=per_cent))
        self._on_theme()

    def ask(self, server: Server | None) -> None:
        """Ask for another login of a programme, or for a new programme."""
        self._show(replace(self._state, asking=True, asked_of=server, said="", problem=None))

    def put_away(self) -> None:
        """Ask no more."""
        self._show(replace(self._state, asking=False, asked_of=None, removing="", problem=None))

    def connect_to(self, form: ProgrammeForm) -> None:
        """Check the servers of a programme and keep them; the form stays until both have answered."""
        session = self._context.session

        def work(_job: Job) -> None:
            programmes.connect(session, form.fhir_url, form.dicomweb_url, *logins(form), reviewer=form.reviewer)

        self._do(work, "Both servers answered; the programme is kept. Sync to fetch its cases.", network=True)

    def remove(self, server: Server) -> None:
        """Forget a programme; asked once, done when asked again."""
        if self._state.removing != server.id:
            self._show(replace(self._state, removing=server.id, said="", problem=None))
            return
        session = self._context.session
        self._do(lambda _job: programmes.remove(session, server.id), "The programme was removed.")

    def change_passphrase(self, present: str, first: str, second: str) -> None:
        """Let a new passphrase, typed twice, open the vault."""
        if first != second:
            self._failed(BadInput("The two new passphrases differ.", "Type the same passphrase twice."))
            return
        session = self._context.session

        def work(_job: Job) -> None:
            from reviewer_app.services import session as sessions

            sessions.change_passphrase(session, present, first)

        self._do(work, "The new passphrase opens the vault from now on.")

    def _do(self, work: Callable[[Job], object], said: str, *, network: bool = False) -> None:
        waiting = "Asking both servers" if network else ""
        self._show(replace(self._state, busy=True, said=waiting, problem=None))

        def done(_nothing: object) -> None:
            kept = replace(self._state, removing="")
            kept = replace(kept, asking=False, asked_of=None) if network else kept
            self._show(replace(kept, said=said))
            self._context.bus.announce(Changed(frozenset({Kind.PROFILE})))

        self._scope.run(Lane.NETWORK if network else Lane.VAULT, work, done, on_error=self._failed)

    def _changed(self, changed: Changed) -> None:
        if Kind.PROFILE in changed.kinds:
            session = self._context.session
            self._scope.run(Lane.VAULT, lambda _job: _kept(session), self._received, on_error=self._failed)

    def _received(self, kept: _Kept) -> None:
        self._show(
            replace(
                self._state,
                author=kept.author,
                signer=kept.signer,
                means=kept.means,
                driver=kept.driver,
                service=kept.service,
                servers=kept.servers,
                busy=False,
            )
        )

    def _failed(self, error: ReviewerError) -> None:
        self._show(replace(self._state, busy=False, said="", problem=error))

    def _show(self, state: SettingsState) -> None:
        self._state = state
        self._view.show_state(state)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the vault holds of all that."""

    author: Author
    signer: str
    means: str
    driver: str
    service: str
    servers: tuple[Server, ...]


def _kept(session: Session) -> _Kept:
    from reviewer_app.services import identity

    means, token = identity.means(session), identity.token(session)
    return _Kept(
        opinions.author(session),
        identity.current(session) or "",
        means.value if means else "",
        token.driver if token else "",
        session.settings.text("time_stamp_service"),
        programmes.known(session),
    )


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            raise Unreadable(
                "The file is too large for a PKCS#12 file.", "Choose the .p12 or .pfx file you were given."
            )
        return file.read_bytes()
    except OSError as error:
        raise Unreadable("The file cannot be read.", "Choose another file.") from error
