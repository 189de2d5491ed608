"""The database: one place that opens and commits transactions, and columns that only ever hold cipher text."""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from sqlalchemy import Connection, Index, LargeBinary, Update, create_engine, event, func, inspect
from sqlalchemy import select as select_columns
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel, select

from bijzondere_toegang.crypto import (
    VERSION_BYTES,
    Keyring,
    WrongKey,
    derive,
    keyed_hash,
    mark,
    marked,
    new_key,
    seal,
    unseal,
)
from bijzondere_toegang.errors import N_, NotNow, Unavailable

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Erased(NotNow):
    """The key of this record was destroyed; nothing new may be sealed with it."""

    title = N_("Dit deel van het dossier is vernietigd. Er kan niets meer bij.")


Home = tuple[str, UUID, str, UUID, str]
"""Table, row, column, owner and record holder of a sealed value."""


class Misplaced(Exception):
    """A sealed value was put where it does not belong; nothing was written."""


class Secret:
    """A sealed text: open (text known), shut (cipher known) or both. It never shows itself by accident."""

    __slots__ = ("_cipher", "_home", "_text")

    def __init__(self, text: str | None = None, cipher: bytes | None = None) -> None:
        self._text = text
        self._cipher = cipher
        self._home: Home | None = None
        """where the cipher belongs; known once it was sealed or opened"""

    @classmethod
    def of(cls, text: str | None) -> Secret | None:
        """A Secret for a text, None for nothing."""
        return None if text is None else cls(text)

    @classmethod
    def json(cls, value: object) -> Secret:
        return cls(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def reveal(self) -> str:
        """The text; raises ValueError while it has not been unsealed."""
        if self._text is None:
            raise ValueError("a sealed value was read before it was unsealed")
        return self._text

    @property
    def is_erased(self) -> bool:
        """Whether its key was destroyed; known once it was unsealed."""
        return self._text is ERASED

    def data(self) -> Any:
        """What `Secret.json` sealed; nothing when it was erased."""
        return {} if self.is_erased else json.loads(self.reveal())

    def __repr__(self) -> str:
        return "‹verzegeld›"

    def __str__(self) -> str:
        raise TypeError("a sealed value does not turn into text by itself; use reveal()")

    def __reduce__(self) -> str:
        raise TypeError("a sealed value can't be pickled")


ERASED = "‹gewist›"


class Sealed(TypeDecorator[Secret]):
    """A column of cipher text. It binds only sealed Secrets, so plain text can't reach the table."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Secret | None, dialect: object) -> bytes | None:
        if value is None:
            return None
        if getattr(value, "_cipher", None) is None:
            raise TypeError("only a sealed Secret may be written to a sealed column")
        return value._cipher

    def process_result_value(self, value: bytes | None, dialect: object) -> Secret | None:
        return None if value is None else Secret(cipher=bytes(value))


class DataKey(SQLModel, table=True):
    """One version of the key of one owner (a case or an account) and record holder, wrapped by a master key.

    A version whose `wrapped` is empty is gone: `erased_at` with everything under it, `retired_at` after everything
    was sealed anew. Version 0 is the key of the commitments in the log; it stays the same when the others change.
    """

    __tablename__ = "data_key"
    __table_args__ = (Index("uq_data_key_owner_holder_version", "owner_id", "holder", "version", unique=True),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    owner_id: UUID = Field(index=True)
    holder: str = Field(max_length=20)
    version: int = 1
    wrapped: bytes | None = None
    made_at: datetime | None = None
    erased_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def place(self) -> bytes:
        return key_place(self.owner_id, self.holder, self.version)


COMMITMENTS = 0
"""The version of the key under which the log commits to values."""
LOOKUP = (UUID(int=0), "lookup")
"""The owner of the key with which logins and BSNs are found; it belongs to the installation, not to a case."""


def key_place(owner_id: UUID, holder: str, version: int) -> bytes:
    """What binds a wrapped key to its row."""
    return f"data_key|{owner_id}|{holder}|{version}".encode()


class SealedRow(SQLModel):
    """A row with sealed columns: who owns it and which record holder keeps it decide the key."""

    model_config = {"arbitrary_types_allowed": True}
    seal_columns: ClassVar[tuple[str, ...]] = ()
    seal_by: ClassVar[str] = "account_id"
    """the column that names the owner; a column `holder` names the record holder, without it that is `account`"""
    seal_for: ClassVar[tuple[UUID, str] | None] = None
    """the one owner and holder of every row, where the rows belong to no case and to no account"""

    def seal_owner(self) -> tuple[UUID, str]:
        return self.seal_for or (getattr(self, self.seal_by), getattr(self, "holder", "account"))

    def _home(self, column: str) -> Home:
        return (str(self.__tablename__), self.id, column, *self.seal_owner())  # type: ignore[attr-defined]


def value_place(table: str, row_id: UUID, column: str, version: int) -> bytes:
    """What binds a sealed value to where it stands and to the version of its key."""
    return f"{table}|{row_id}|{column}|{version}".encode()


def sealed_tables() -> list[type[SealedRow]]:
    """Every table with sealed columns that was imported, by name."""
    found, waiting = [], [SealedRow]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [model for model in below if hasattr(model, "__table__")]
    return sorted(found, key=lambda model: str(model.__tablename__))


@dataclass(slots=True)
class _Keys:
    """The opened versions of one owner and record holder."""

    opened: dict[int, bytes] = field(default_factory=dict)
    erased: bool = False

    @property
    def newest(self) -> int:
        return max(self.opened)

    def commitments(self) -> bytes:
        return self.opened.get(COMMITMENTS) or commitment_key(self.opened[1])


def commitment_key(first: bytes) -> bytes:
    """The key of an owner's commitments, from the first version of its data key."""
    return derive(first, "lookup:commitment")


class Vault:
    """The opened data keys of one session; it dies with the session, so an erased key is gone at once."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._keys: dict[tuple[UUID, str], _Keys] = {}

    def load(self, session: OrmSession, owners: set[tuple[UUID, str]]) -> None:
        """Fetch the missing keys of these owners with one statement.

        Who writes holds them until the commit: a new version or an erasure waits for that, and re-wrapping does not.
        """
        missing = {owner for owner in owners if owner not in self._keys}
        if not missing:
            return
        query = select(DataKey).where(DataKey.owner_id.in_({o for o, _ in missing}))  # type: ignore[attr-defined]
        if session.info.get("writing"):
            query = query.with_for_update(read=True, key_share=True)
        with session.no_autoflush:
            rows = session.scalars(query.execution_options(populate_existing=True)).all()
        for row in rows:
            self._take(row)

    def _take(self, row: DataKey) -> None:
        keys = self._keys.setdefault((row.owner_id, row.holder), _Keys())
        keys.erased = keys.erased or row.erased_at is not None
        if row.wrapped is not None:
            keys.opened[row.version] = self.keyring.unwrap(row.wrapped, row.place)

    def make(self, session: OrmSession, owners: set[tuple[UUID, str]]) -> None:
        """Make a key for each owner that has none yet."""
        for owner_id, holder in sorted(owners - self._keys.keys(), key=str):
            key = new_key()
            if session.info.get("writing"):
                wrapped = self.keyring.wrap(key, key_place(owner_id, holder, 1))
                session.add(DataKey(owner_id=owner_id, holder=holder, wrapped=wrapped))
            self._keys[owner_id, holder] = _Keys({1: key})

    def shut(self, row: SealedRow, column: str, secret: Secret) -> None:
        keys = self._keys[row.seal_owner()]
        if keys.erased:
            raise Erased
        version = keys.newest
        home = row._home(column)
        place = value_place(*home[:3], version)
        secret._cipher = mark(version) + seal(keys.opened[version], secret.reveal().encode(), place)
        secret._home = home

    def open(self, session: OrmSession, row: SealedRow, column: str, secret: Secret) -> None:
        """Open one value. A key without a row is an error and not an erasure: it may be hidden from us."""
        home = row._home(column)
        for _ in range(_TRIES):
            if (keys := self._keys.get(row.seal_owner())) is None:
                break
            if keys.erased:
                secret._text, secret._home = ERASED, home
                return
            cipher = secret._cipher or b""
            version = marked(cipher)
            if version in keys.opened:
                place = value_place(*home[:3], version)
                secret._text = unseal(keys.opened[version], cipher[VERSION_BYTES:], place).decode()
                secret._home = home
                return
            secret = self._anew(session, row, column)
        raise WrongKey("the key of a sealed value is not there")

    def _anew(self, session: OrmSession, row: SealedRow, column: str) -> Secret:
        """The key changed between reading the value and reading its key: read both again."""
        self._keys.pop(row.seal_owner(), None)
        session.refresh(row, [column])
        self.load(session, {row.seal_owner()})
        secret = getattr(row, column)
        if not isinstance(secret, Secret):
            raise WrongKey("a sealed value went away while it was read")
        return secret

    def opened(self, owner: tuple[UUID, str]) -> dict[int, bytes]:
        """The versions of this owner that were loaded and still open."""
        return self._keys[owner].opened

    def commitment(self, session: OrmSession, owner: tuple[UUID, str], value: str) -> str:
        """A keyed commitment to a value, for the log: destroying the key makes it meaningless."""
        self.load(session, {owner})
        self.make(session, {owner})
        keys = self._keys[owner]
        return ERASED if keys.erased else keyed_hash(keys.commitments(), value)

    def lookup(self, session: OrmSession, purpose: str, value: str) -> str:
        """A keyed hash to find equal values by (BSN, login); its key is kept like any other, wrapped by the master."""
        self.load(session, {LOOKUP})
        self.make(session, {LOOKUP})
        keys = self._keys[LOOKUP]
        if not keys.opened:
            raise WrongKey("look-ups have no key yet: run `bijzondere-toegang migrate`")
        return keyed_hash(derive(keys.opened[keys.newest], f"lookup:{purpose}"), value)


_TRIES = 4


def vault_of(session: OrmSession) -> Vault:
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


def lookup(session: OrmSession, purpose: str, value: str) -> str:
    """A keyed hash to find equal values by."""
    return vault_of(session).lookup(session, purpose, value)


def unseal_rows(session: OrmSession, rows: Iterable[SealedRow | None], columns: Sequence[str] | None = None) -> None:
    """Open every sealed column of these rows, or these columns alone, with one key query for all of them."""
    present = [row for row in rows if row is not None]
    vault = vault_of(session)
    vault.load(session, {row.seal_owner() for row in present})
    for row in present:
        for column in columns or row.seal_columns:
            secret = getattr(row, column)
            if secret is not None and secret._text is None:
                vault.open(session, row, column, secret)


@event.listens_for(OrmSession, "before_flush")
def _seal_before_flush(session: OrmSession, *_: object) -> None:
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, SealedRow)]
    for row in rows:
        _stay_put(row)
    pending = [
        (row, column, secret)
        for row in rows
        for column in row.seal_columns
        if (secret := getattr(row, column)) is not None and secret._cipher is None
    ]
    if not pending:
        return
    vault = vault_of(session)
    owners = {row.seal_owner() for row, _, _ in pending}
    vault.load(session, owners)
    vault.make(session, owners)
    for row, column, secret in pending:
        vault.shut(row, column, secret)


def _stay_put(row: SealedRow) -> None:
    """What decides the key of a row never changes; a value that comes from elsewhere is sealed anew for this place."""
    state = inspect(row)
    for name in ("id", row.seal_by, "holder"):
        if name in state.attrs and state.persistent and state.attrs[name].history.deleted:
            raise Misplaced(f"{row.__tablename__}: the {name} of a sealed row never changes")
    for column in row.seal_columns:
        secret = getattr(row, column)
        moved = secret is not None and secret._cipher is not None and state.attrs[column].history.added
        if moved and secret._home != row._home(column):
            if secret._text is None:
                raise Misplaced(f"{row.__tablename__}.{column}: a sealed value was moved without opening it")
            setattr(row, column, Secret(secret._text))


class Busy(Exception):
    """Too many writers wait already, or one waited too long; nothing was done."""


MOST_WAITING = 30
"""Fewer than the threads of a server (40): the writer whose turn it is needs one to finish."""
LONGEST_WAIT = 20.0
"""Seconds."""


class _FirstCome:
    """A lock that serves writers in the order they came; SQLite itself starves some of them."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def __enter__(self) -> Self:
        with self._guard:
            if not self._held and not self._waiting:
                self._held = True
                return self
            if len(self._waiting) >= MOST_WAITING:
                raise Busy
            mine = threading.Event()
            self._waiting.append(mine)
        if not mine.wait(LONGEST_WAIT) and not self._came_too_late(mine):
            raise Busy
        return self

    def _came_too_late(self, mine: threading.Event) -> bool:
        """Whether the turn came in the very moment of giving up; otherwise the place in the queue is given back."""
        with self._guard:
            if mine.is_set():
                return True
            self._waiting.remove(mine)
            return False

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class Database:
    """Opens transactions on SQLite or PostgreSQL. `read` and `write` are the only ways in; `write` commits.

    As it is opened it is the program's own: jobs and commands work on every case. What a web request gets is
    `for_requests`, which on PostgreSQL shows no case until somebody was let in with `enter`.
    """

    def __init__(self, url: str, keyring: Keyring) -> None:
        self.keyring = keyring
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
        self.engine: Engine = create_engine(url, hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _sqlite_settings)
            event.listen(self.engine, "begin", _sqlite_begin)
        else:
            event.listen(self.engine, "begin", _postgresql_begin)
        self._reading: Engine = self.engine.execution_options(bt_system=True)
        self._writing: Engine = self.engine.execution_options(bt_system=True, bt_write=True)
        self._queue: contextlib.AbstractContextManager[object] = (
            _FirstCome() if self.is_sqlite else contextlib.nullcontext()
        )

    def for_requests(self) -> Database:
        """The same database without the program's own rights; there is no way back from it."""
        door = copy.copy(self)
        door._reading = self.engine
        door._writing = self.engine.execution_options(bt_write=True)
        return door

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that changes nothing; it is rolled back."""
        with self._session(self._reading) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits when the block ends well and rolls back when it raises."""
        with self._queue, self._session(self._writing) as session:
            session.info["writing"] = True
            yield session
            session.commit()

    def demand_writable(self) -> None:
        """Commit nothing at all, so that a full disk, a database that only reads or none raises what a writer gets."""
        with self.write() as tx:
            empty = "PRAGMA user_version = 0" if self.is_sqlite else "SELECT pg_current_xact_id()"
            tx.connection().exec_driver_sql(empty)

    def scrub(self, *, thoroughly: bool = False) -> None:
        """Take what was overwritten out of the files. On PostgreSQL that is VACUUM, by the owner of the tables."""
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            if self.is_sqlite:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self.is_sqlite and thoroughly:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if not self.is_sqlite and thoroughly:
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]
                cursor.execute("VACUUM")
                connection.driver_connection.autocommit = False  # type: ignore[union-attr]
        finally:
            connection.close()

    def see_every_row(self) -> None:
        """For the keeper of the database: a row that a policy would hide is an error from now on, never a silence."""
        if not self.is_sqlite:
            event.listen(self.engine, "connect", _no_hidden_rows)

    def _session(self, engine: Engine) -> Session:
        session = Session(engine, expire_on_commit=False, autoflush=True)
        session.info["vault"] = Vault(self.keyring)
        return session

    def dispose(self) -> None:
        self.engine.dispose()


class NothingChanged(Unavailable):
    """A row that was meant to change was not there to change: hidden by the wall, or gone. Nothing was done."""


def change_rows(tx: Session, statement: Update, expected: int) -> None:
    """Run an UPDATE that is to change so many rows. Raises NothingChanged when it changed another number.

    Behind row-level security an UPDATE of a hidden row succeeds and changes nothing; the ORM counts for itself
    (StaleDataError), a bulk statement does not.
    """
    changed = tx.connection().execute(statement).rowcount
    if changed != expected:
        raise NothingChanged


def enter(tx: Session, account_id: UUID, at: datetime) -> None:
    """From here on the transaction is this person's: PostgreSQL shows the cases that are open to the account now."""
    _say(tx, {"app.account": str(account_id), "app.at": at.isoformat()})


@contextlib.contextmanager
def beside(
    tx: Session, *, cases: Iterable[UUID] = (), youth: str | None = None, people: Iterable[UUID] = ()
) -> Iterator[None]:
    """Look over the wall for the length of this block, at these cases, those of one young person (`bsn_key`), or the
    bare relations of these people to cases.

    For the few questions whose answer lies in a case of others; what may be told of it is the caller's to judge.
    """
    named, those = ",".join(map(str, cases)), ",".join(map(str, people))
    _say(tx, {"app.beside": f"{{{named}}}", "app.youth": youth or "", "app.people": f"{{{those}}}"})
    yield
    _say(tx, {"app.beside": "", "app.youth": "", "app.people": ""})


def _say(tx: Session, settings: dict[str, str]) -> None:
    """Settings of this transaction alone: the next one on this connection finds none of them."""
    if tx.connection().dialect.name == "postgresql":
        tx.connection().execute(select_columns(*(func.set_config(name, said, True) for name, said in settings.items())))


def as_program(engine: Engine) -> Engine:
    """An engine of one's own for PostgreSQL that sees every case, as a `Database` does when it is opened."""
    event.listen(engine, "begin", _postgresql_begin)
    return engine.execution_options(bt_system=True)


def _postgresql_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("bt_system"):
        connection.exec_driver_sql("SELECT set_config('app.system', 'program', true)")


def _sqlite_settings(connection: Any, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "recursive_triggers=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _no_hidden_rows(connection: Any, _: object) -> None:
    connection.execute("SET row_security = off")
    connection.commit()


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("bt_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
