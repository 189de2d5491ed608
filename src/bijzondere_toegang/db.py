"""The database: one place that opens and commits transactions, and columns that only ever hold cipher text."""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from sqlalchemy import Connection, LargeBinary, create_engine, event, func
from sqlalchemy import select as select_columns
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, Session, SQLModel, select

from bijzondere_toegang.crypto import Keyring, new_key, seal, unseal

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Erased(Exception):
    """The key of this record was destroyed; nothing new may be sealed with it."""


class Secret:
    """A sealed text: open (text known), shut (cipher known) or both. It never shows itself by accident."""

    __slots__ = ("_cipher", "_text")

    def __init__(self, text: str | None = None, cipher: bytes | None = None) -> None:
        self._text = text
        self._cipher = cipher

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

    def data(self) -> Any:
        """What `Secret.json` sealed."""
        text = self.reveal()
        return {} if text == ERASED else json.loads(text)

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
    """The key of one owner (a case or an account) and record holder, wrapped by a master key."""

    __tablename__ = "data_key"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    owner_id: UUID = Field(index=True)
    holder: str = Field(max_length=20)
    version: int = 1
    wrapped: bytes | None = None
    erased_at: datetime | None = None

    @property
    def place(self) -> bytes:
        return f"data_key|{self.owner_id}|{self.holder}|{self.version}".encode()


class SealedRow(SQLModel):
    """A row with sealed columns: who owns it and which record holder keeps it decide the key."""

    model_config = {"arbitrary_types_allowed": True}
    seal_columns: ClassVar[tuple[str, ...]] = ()

    def seal_owner(self) -> tuple[UUID, str]:
        raise NotImplementedError

    def _place(self, column: str, version: int) -> bytes:
        return f"{self.__tablename__}|{self.id}|{column}|{version}".encode()  # type: ignore[attr-defined]


class Vault:
    """The opened data keys of one session; it dies with the session, so an erased key is gone at once."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._keys: dict[tuple[UUID, str], tuple[int, bytes | None]] = {}

    def load(self, session: OrmSession, owners: set[tuple[UUID, str]]) -> None:
        """Fetch the missing keys of these owners with one statement."""
        missing = {owner for owner in owners if owner not in self._keys}
        if not missing:
            return
        with session.no_autoflush:
            rows = session.scalars(select(DataKey).where(DataKey.owner_id.in_({o for o, _ in missing})))  # type: ignore[attr-defined]
            for row in rows.all():
                opened = None if row.wrapped is None else self.keyring.unwrap(row.wrapped, row.place)
                self._keys[row.owner_id, row.holder] = (row.version, opened)

    def make(self, session: OrmSession, owners: set[tuple[UUID, str]]) -> None:
        """Make a key for each owner that has none yet."""
        for owner_id, holder in sorted(owners - self._keys.keys(), key=str):
            row = DataKey(owner_id=owner_id, holder=holder)
            key = new_key()
            row.wrapped = self.keyring.wrap(key, row.place)
            session.add(row)
            self._keys[owner_id, holder] = (row.version, key)

    def shut(self, row: SealedRow, column: str, secret: Secret) -> None:
        version, key = self._keys[row.seal_owner()]
        if key is None:
            raise Erased("this record was erased")
        body = seal(key, secret.reveal().encode(), row._place(column, version))
        secret._cipher = version.to_bytes(2, "big") + body

    def open(self, row: SealedRow, column: str, secret: Secret) -> None:
        _, key = self._keys[row.seal_owner()]
        if key is None or secret._cipher is None:
            secret._text = ERASED
            return
        version = int.from_bytes(secret._cipher[:2], "big")
        secret._text = unseal(key, secret._cipher[2:], row._place(column, version)).decode()

    def commitment(self, session: OrmSession, owner: tuple[UUID, str], value: str) -> str:
        """A keyed commitment to a value, for the log: destroying the key makes it meaningless."""
        self.load(session, {owner})
        self.make(session, {owner})
        _, key = self._keys[owner]
        return Keyring({1: key}).lookup("commitment", value) if key else ERASED


def vault_of(session: OrmSession) -> Vault:
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


def unseal_rows(session: OrmSession, rows: Iterable[SealedRow | None]) -> None:
    """Open every sealed column of these rows, with one key query for all of them."""
    present = [row for row in rows if row is not None]
    vault = vault_of(session)
    vault.load(session, {row.seal_owner() for row in present})
    for row in present:
        for column in row.seal_columns:
            secret = getattr(row, column)
            if secret is not None and secret._text is None:
                vault.open(row, column, secret)


@event.listens_for(OrmSession, "before_flush")
def _seal_before_flush(session: OrmSession, *_: object) -> None:
    rows = [row for row in (*session.new, *session.dirty) if isinstance(row, SealedRow)]
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

    def _session(self, engine: Engine) -> Session:
        session = Session(engine, expire_on_commit=False, autoflush=True)
        session.info["vault"] = Vault(self.keyring)
        return session

    def dispose(self) -> None:
        self.engine.dispose()


def enter(tx: Session, account_id: UUID, at: datetime) -> None:
    """From here on the transaction is this person's: PostgreSQL shows the cases that are open to the account now."""
    _say(tx, {"app.account": str(account_id), "app.at": at.isoformat()})


@contextlib.contextmanager
def beside(tx: Session, *, cases: Iterable[UUID] = (), youth: str | None = None) -> Iterator[None]:
    """Look over the wall for the length of this block, at these cases or those of one young person (`bsn_key`).

    For the few questions whose answer lies in a case of others; what may be told of it is the caller's to judge.
    """
    named = ",".join(map(str, cases))
    _say(tx, {"app.beside": f"{{{named}}}", "app.youth": youth or ""})
    yield
    _say(tx, {"app.beside": "", "app.youth": ""})


def _say(tx: Session, settings: dict[str, str]) -> None:
    """Settings of this transaction alone: the next one on this connection finds none of them."""
    if tx.connection().dialect.name == "postgresql":
        tx.connection().execute(select_columns(*(func.set_config(name, said, True) for name, said in settings.items())))


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


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("bt_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
