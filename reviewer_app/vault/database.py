"""The one SQLCipher connection: opening with a raw key, transactions, migrations, errors in our words.

What the tables mean is said in migrations/ and in the store modules; nothing here knows a case.
"""

from __future__ import annotations

import sqlite3  # only to find where a statement ends
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3

from reviewer_app.errors import (
    DiskFull,
    Fault,
    NotFound,
    ReviewerError,
    VaultLocked,
    VaultProblem,
    VaultReadOnly,
    VaultTampered,
    VaultTooNew,
)

_MIGRATIONS = Path(__file__).parent / "migrations"

_BEFORE_KEY = ("cipher_log_level = NONE", "cipher_memory_security = ON")
_AFTER_KEY = (
    "locking_mode = EXCLUSIVE",  # keeps the index of the WAL in memory: no -shm file
    "journal_mode = WAL",
    "synchronous = FULL",
    "temp_store = MEMORY",
    "secure_delete = ON",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "cache_size = -16000",
)

# primary result codes, https://www.sqlite.org/rescode.html
_FULL, _IOERR, _CORRUPT, _NOTADB, _CONSTRAINT, _AUTH = 13, 10, 11, 26, 19, 23

# action codes of the authoriser, https://www.sqlite.org/c3ref/c_alter_table.html
_DELETE, _INSERT, _UPDATE = 9, 18, 23
_ALLOW, _DENY = 0, 1
_NOTES = frozenset({"audit", "checkpoints", "views", "profile", "sqlite_sequence"})
"""Tables that say what was read and how; they are written also while nothing else is."""
_NOTED = frozenset(
    {("cases", "opened_at"), ("cases", "opened_changes"), ("cases", "arrangement"), ("series", "thumbnail")}
)
"""Columns of the same kind."""

_ROWS = 100
"""Rows of one statement of `Database.insert_many`."""

Row = tuple[Any, ...]


class Database:
    """Serialises every caller on one connection; any thread may call, one at a time.

    Args:
        path: The database file; made with mode 0600 by the caller before a first use.
        key: 32 raw key bytes.  Not kept.

    Raises:
        VaultTampered: The file is not a database under this key.
        VaultTooNew: Its schema is newer than this program.
        DiskFull: It could not be brought to the present schema.
    """

    def __init__(self, path: Path, key: bytearray) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._later: list[Callable[[], None]] = []
        self._connection: Any = sqlcipher3.connect(str(path), isolation_level=None, check_same_thread=False)
        text = bytearray(b"x'" + key.hex().encode() + b"'")
        try:
            for pragma in _BEFORE_KEY:
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.set_key(text)
            for pragma in _AFTER_KEY:
                self._run(f"PRAGMA {pragma}")
            self._migrate()
        except BaseException:
            self._connection.close()
            raise
        finally:
            text[:] = bytes(len(text))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one it becomes part of it, and undoes only itself when it fails."""
        with self._lock:
            nested = self._depth > 0
            self._run("SAVEPOINT inner_part" if nested else "BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
                self._run("RELEASE inner_part" if nested else "COMMIT")
            except BaseException:
                self._undo(nested=nested)
                raise
            finally:
                self._depth -= 1
                if not nested:
                    self._catch_up()

    def afterwards(self, work: Callable[[], None]) -> None:
        """Do `work` once the outermost transaction has ended, whether it was kept or undone; at once without one."""
        with self._lock:
            if self._depth:
                self._later.append(work)
            else:
                work()

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """Every row of a query."""
        with self._lock:
            return self._run(sql, parameters).fetchall()  # type: ignore[no-any-return]  # sqlcipher3 is untyped

    def row(self, sql: str, *parameters: object) -> Row | None:
        """The first row of a query, or None."""
        with self._lock:
            return self._run(sql, parameters).fetchone()  # type: ignore[no-any-return]  # sqlcipher3 is untyped

    def execute(self, sql: str, *parameters: object) -> int:
        """Run one statement; how many rows it changed."""
        with self._lock:
            return int(self._run(sql, parameters).rowcount)

    def insert(self, sql: str, *parameters: object) -> int:
        """Run one INSERT; the row id it made."""
        with self._lock:
            return int(self._run(sql, parameters).lastrowid)

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row, in one transaction."""
        with self.transaction():
            self._check()
            try:
                self._connection.executemany(sql, rows)
            except sqlcipher3.Error as error:
                raise _translated(error) from error

    def insert_many(self, into: str, rows: Sequence[Sequence[object]], then: str = "") -> None:
        """Insert rows, a hundred with each statement, in one transaction.

        SQLCipher locks and wipes all memory that a statement takes while it runs, which for a single row takes longer
        than to encrypt it; a statement of many rows takes most of it once.

        Args:
            into: Table with its columns: `notes (id, text)`.
            then: What follows the rows, such as `ON CONFLICT DO NOTHING`.
        """
        if not rows:
            return
        row = f"({', '.join('?' * len(rows[0]))})"
        whole = len(rows) - len(rows) % _ROWS
        with self.transaction():
            for start in range(0, whole, _ROWS):
                values = [value for one in rows[start : start + _ROWS] for value in one]
                self._run(f"INSERT INTO {into} VALUES {', '.join([row] * _ROWS)} {then}", values)  # noqa: S608 - our own names
            self.many(f"INSERT INTO {into} VALUES {row} {then}", rows[whole:])  # noqa: S608 - our own names

    def freeze(self) -> None:
        """From now on refuse every change but the notes of what was read; `thaw` ends it.

        Later writes raise VaultReadOnly.
        """
        with self._lock:
            self._check()
            self._connection.set_authorizer(_may)

    def thaw(self) -> None:
        """Take changes again."""
        with self._lock:
            self._check()
            self._connection.set_authorizer(None)

    def truncate_log(self) -> None:
        """Move everything from the write-ahead log into the database and empty it, so that erased rows are gone."""
        with self._lock:
            if not self._depth:
                self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Wait for the running call, then close; later calls raise VaultLocked."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                with suppress(sqlcipher3.Error):
                    connection.close()

    def _check(self) -> None:
        if self._connection is None:
            raise VaultLocked("The vault is locked.", "Unlock it with your passphrase.")
        if self._depth and not self._connection.in_transaction:
            # SQLite undoes a whole transaction by itself when the disk fails: nothing may slip in after it
            raise DiskFull("The disk is full, nothing was written.", "Free some space and try again.")

    def _run(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        self._check()
        try:
            return self._connection.execute(sql, parameters)
        except sqlcipher3.Error as error:
            raise _translated(error) from error

    def _undo(self, *, nested: bool) -> None:
        if self._connection is None or not self._connection.in_transaction:
            return
        with suppress(sqlcipher3.Error):
            if nested:
                self._connection.execute("ROLLBACK TO inner_part")
                self._connection.execute("RELEASE inner_part")
            else:
                self._connection.execute("ROLLBACK")

    def _catch_up(self) -> None:
        waiting, self._later = self._later, []
        for work in waiting:
            work()

    def _migrate(self) -> None:
        steps = sorted(_MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))
        newest = int(steps[-1].name[:4])
        held = int(self._run("PRAGMA user_version").fetchone()[0])
        if held > newest:
            raise VaultTooNew(
                "The vault was written by a newer version of Consilium.", "Install the newer version to open it."
            )
        for step in steps:
            number = int(step.name[:4])
            if number > held:
                with self.transaction():
                    for statement in _statements(step.read_text("utf-8")):
                        self._run(statement)
                    self._run(f"PRAGMA user_version = {number}")


def _may(action: int, table: str | None, column: str | None, _database: str | None, _trigger: str | None) -> int:
    """Whether a statement may be compiled while the vault is only read."""
    if action in (_DELETE, _INSERT) and table not in _NOTES:
        return _DENY
    if action == _UPDATE and table not in _NOTES and (table, column) not in _NOTED:
        return _DENY
    return _ALLOW


def _statements(script: str) -> list[str]:
    """The statements of a script; a trigger, which has statements inside it, is one."""
    lines = (line for line in script.splitlines() if not line.lstrip().startswith("--"))
    found, part = [], ""
    for piece in "\n".join(lines).split(";"):
        part += f"{piece};"
        if sqlite3.complete_statement(part):
            if part.strip(" \n;"):
                found.append(part.strip())
            part = ""
    return found


def _translated(error: Exception) -> ReviewerError:
    code = int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF
    if code in (_FULL, _IOERR):
        # a page that does not verify is CORRUPT in SQLCipher, so IOERR is a write the disk refused
        return DiskFull("The disk is full, nothing was written.", "Free some space and try again.")
    if code in (_CORRUPT, _NOTADB):
        return VaultTampered(
            "The vault's database does not verify: it was damaged or changed.", "Restore the vault from a backup."
        )
    if code == _AUTH:
        return VaultReadOnly(
            "Nothing can be changed: the vault is open for reading only.",
            "The page Settings says why, and how to go on.",
        )
    if code == _CONSTRAINT and "FOREIGN KEY" in str(error):
        return NotFound("There is no such case in this vault.", "Sync to fetch it, or look at the worklist.")
    if code:
        return VaultProblem(f"The vault refused a step (SQLite {code}).", "Lock and unlock the vault, then try again.")
    return Fault("A step in the vault could not be carried out.", "Please report this.")
