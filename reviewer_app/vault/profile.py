"""Who uses the vault: servers with their credentials, the author, the signing identity, small values."""

from __future__ import annotations

from reviewer_app.domain.opinion import Author
from reviewer_app.domain.profile import Server
from reviewer_app.errors import NotFound
from reviewer_app.vault.database import Database
from reviewer_app.vault.encoding import decode, encode

_AUTHOR, _IDENTITY, _PASSWORD, _VALUE = "author", "identity", "identity-password", "value:"


class Profile:
    """What belongs to the user, not to a case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def servers(self) -> tuple[Server, ...]:
        """Every server the vault is enrolled with, in the order of enrolment."""
        return tuple(decode(Server, row[0]) for row in self._database.rows("SELECT body FROM servers ORDER BY rowid"))

    def server(self, server_id: str) -> Server:
        """A server; NotFound without one."""
        row = self._database.row("SELECT body FROM servers WHERE id = ?", server_id)
        if row is None:
            raise NotFound("This server is not enrolled.", "Enrol with it first.")
        return decode(Server, row[0])

    def put_server(self, server: Server) -> None:
        """Keep a server, new or changed."""
        self._database.execute(
            "INSERT INTO servers (id, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            server.id,
            encode(server),
        )

    def remove_server(self, server_id: str) -> None:
        """Forget a server, its cursors and its clock; its cases stay."""
        with self._database.transaction():
            self._database.execute("DELETE FROM servers WHERE id = ?", server_id)
            self._database.execute("DELETE FROM cursors WHERE server_id = ?", server_id)
            self._database.execute("DELETE FROM contacts WHERE server_id = ?", server_id)

    def author(self) -> Author:
        """Who signs; an empty author until it is set."""
        stored = self._get(_AUTHOR)
        return decode(Author, stored) if stored is not None else Author()

    def set_author(self, author: Author) -> None:
        """Keep who signs."""
        self._set(_AUTHOR, encode(author))

    def identity(self) -> tuple[bytes, str] | None:
        """The signing identity, a PKCS#12 file and its password; None where there is none."""
        with self._database.transaction():
            pkcs12, password = self._get(_IDENTITY), self._get(_PASSWORD)
        return (pkcs12, password.decode()) if pkcs12 is not None and password is not None else None

    def set_identity(self, pkcs12: bytes, password: str) -> None:
        """Keep the signing identity in place of an earlier one."""
        with self._database.transaction():
            self._set(_IDENTITY, pkcs12)
            self._set(_PASSWORD, password.encode())

    def value(self, key: str) -> str | None:
        """A small text that was kept under a key, or None."""
        stored = self._get(_VALUE + key)
        return stored.decode() if stored is not None else None

    def set_value(self, key: str, text: str) -> None:
        """Keep a small text under a key."""
        self._set(_VALUE + key, text.encode())

    def _get(self, key: str) -> bytes | None:
        row = self._database.row("SELECT value FROM profile WHERE key = ?", key)
        return row[0] if row else None

    def _set(self, key: str, value: bytes) -> None:
        self._database.execute(
            "INSERT INTO profile (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            key,
            value,
        )
