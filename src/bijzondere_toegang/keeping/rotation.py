"""New versions of keys while the application runs.

Everything goes in batches of one short transaction each. A run that is broken off is finished by the next; two runs
at once skip what the other holds. Who writes holds the data keys of the case until the commit (`Vault.load`), so a
version is never retired under somebody's hands.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Uuid,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlmodel import Session, col

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.crypto import VERSION_BYTES, Keyring, mark, marked, new_key, seal, unseal
from bijzondere_toegang.db import (
    COMMITMENTS,
    LOOKUP,
    Database,
    DataKey,
    SealedRow,
    commitment_key,
    key_place,
    lookup,
    sealed_tables,
    unseal_rows,
    value_place,
    vault_of,
)
from bijzondere_toegang.oversight.models import AccountStreet, LogFinding
from bijzondere_toegang.oversight.review import mark_of
from bijzondere_toegang.people.accounts import login_key
from bijzondere_toegang.people.identities import subject_key
from bijzondere_toegang.people.models import (
    Account,
    LinkRequest,
    LinkThrottle,
    LoginIdentity,
    LoginLink,
    LoginThrottle,
)

KEYS_AT_ONCE = 500
OWNERS_AT_ONCE = 50
VALUES_AT_ONCE = 500
_PAUSE = 0.02
"""Seconds to wait for who holds the rest."""

Owner = tuple[UUID, str]


def version_of(column: Any) -> ColumnElement[bytes]:
    """The version bytes before a cipher; they compare like the number."""
    return func.substr(column, 1, VERSION_BYTES, type_=LargeBinary)


# ── Master keys ──


def rewrap(database: Database) -> int:
    """Wrap every data key by the newest master key; returns how many were wrapped anew."""
    total = 0
    while True:
        with _breathing(database):
            count, left = _rewrap_batch(database)
        total += count
        if not left:
            return total
        if not count:
            time.sleep(_PAUSE)


def _rewrap_batch(database: Database) -> tuple[int, bool]:
    ring = database.keyring
    ring.refresh()
    older = version_of(DataKey.wrapped) < mark(ring.version)
    query = select(DataKey.id, DataKey.owner_id, DataKey.holder, DataKey.version, DataKey.wrapped).where(older)  # type: ignore[call-overload]
    with database.write() as tx:
        connection = tx.connection()
        rows = connection.execute(
            query.order_by(col(DataKey.id)).limit(KEYS_AT_ONCE).with_for_update(key_share=True, skip_locked=True)
        ).all()
        if rows:
            changed = update(DataKey).where(col(DataKey.id) == bindparam("key")).values(wrapped=bindparam("new"))
            connection.execute(changed, [_rewrapped(ring, row) for row in rows])
        left = connection.execute(select(col(DataKey.id)).where(older).limit(1)).first()
    return len(rows), left is not None


def _rewrapped(ring: Keyring, row: Any) -> dict[str, Any]:
    place = key_place(row.owner_id, row.holder, row.version)
    return {"key": row.id, "new": ring.wrap(ring.unwrap(row.wrapped, place), place)}


# ── Data keys ──


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a renewal did."""

    keys: int = 0
    values: int = 0


def renew(database: Database, at: datetime) -> Renewed:
    """Give every data key made before `at` a new version and seal its values anew; the old versions are destroyed."""
    keys = values = 0
    while waiting := _aged(database, at):
        begun = _begin(database, waiting, at)
        for version, owners in _by_version(begun):
            values += _seal_anew(database, owners, version)
            keys += _retire(database, owners, version, at)
        if not begun:
            time.sleep(_PAUSE)
    return Renewed(keys, values)


def _live() -> tuple[ColumnElement[bool], ...]:
    return (
        col(DataKey.version) > COMMITMENTS,
        col(DataKey.wrapped).is_not(None),
        col(DataKey.holder) != LOOKUP[1],
    )


def _aged(database: Database, before: datetime) -> set[Owner]:
    """Some of the owners with a version of before that moment that still opens."""
    old = or_(col(DataKey.made_at).is_(None), col(DataKey.made_at) < before)
    query = select(DataKey.owner_id, DataKey.holder).where(*_live(), old).distinct()  # type: ignore[call-overload]
    with database.read() as tx:
        rows = tx.connection().execute(query.order_by(DataKey.owner_id, DataKey.holder).limit(OWNERS_AT_ONCE))
        return {(row.owner_id, row.holder) for row in rows}


def _begin(database: Database, waiting: set[Owner], at: datetime) -> dict[Owner, int]:
    """Make the new version of each owner whose keys nobody holds; then nothing is sealed under an older one."""
    begun: dict[Owner, int] = {}
    with database.write() as tx:
        for owner, rows in _held_keys(tx, waiting).items():
            newest = max(rows, key=lambda row: row.version)
            version = newest.version
            if newest.made_at is None or newest.made_at < at:
                version += 1
                _add_versions(tx, owner, rows, version, at)
            begun[owner] = version
    return begun


def _held_keys(tx: Session, owners: set[Owner]) -> dict[Owner, list[DataKey]]:
    """The versions that open, of those owners of whom we hold them all until the commit."""
    query = select(DataKey).where(col(DataKey.owner_id).in_({one for one, _ in owners}), *_live())
    there = _grouped(tx.scalars(query).all(), owners)
    held = _grouped(tx.scalars(query.order_by(col(DataKey.id)).with_for_update(skip_locked=True)).all(), owners)
    return {owner: rows for owner, rows in held.items() if len(rows) == len(there.get(owner, ()))}


def _grouped(rows: Iterable[DataKey], owners: set[Owner]) -> dict[Owner, list[DataKey]]:
    found: dict[Owner, list[DataKey]] = {}
    for row in rows:
        if (row.owner_id, row.holder) in owners:
            found.setdefault((row.owner_id, row.holder), []).append(row)
    return found


def _add_versions(tx: Session, owner: Owner, rows: Sequence[DataKey], version: int, at: datetime) -> None:
    """The new version; and, the first time, the key of the commitments apart from version 1."""
    added = {version: new_key()}
    first = next((row for row in rows if row.version == 1 and row.wrapped is not None), None)
    if first is not None and first.wrapped is not None and not _has_commitments(tx, owner):
        added[COMMITMENTS] = commitment_key(vault_of(tx).keyring.unwrap(first.wrapped, first.place))
    tx.connection().execute(insert(DataKey), [_key_row(tx, owner, number, key, at) for number, key in added.items()])


def _has_commitments(tx: Session, owner: Owner) -> bool:
    query = select(col(DataKey.id)).where(
        col(DataKey.owner_id) == owner[0], col(DataKey.holder) == owner[1], col(DataKey.version) == COMMITMENTS
    )
    return tx.connection().execute(query).first() is not None


def _key_row(tx: Session, owner: Owner, version: int, key: bytes, at: datetime) -> dict[str, Any]:
    wrapped = vault_of(tx).keyring.wrap(key, key_place(*owner, version))
    return {
        "id": uuid4(),
        "owner_id": owner[0],
        "holder": owner[1],
        "version": version,
        "wrapped": wrapped,
        "made_at": at,
    }


def _by_version(begun: dict[Owner, int]) -> Iterator[tuple[int, set[Owner]]]:
    for version, pairs in groupby(sorted(begun.items(), key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        yield version, {owner for owner, _ in pairs}


def _seal_anew(database: Database, owners: set[Owner], version: int) -> int:
    """Seal every value of these owners under this version; returns how many."""
    total = 0
    for model in sealed_tables():
        while ids := _ids_under_older(database, model, owners, version):
            done = 0
            for at in range(0, len(ids), VALUES_AT_ONCE):
                with _breathing(database):
                    done += _seal_batch(database, model, owners, version, ids[at : at + VALUES_AT_ONCE])
            total += done
            if not done:
                time.sleep(_PAUSE)
    return total


def _ids_under_older(database: Database, model: type[SealedRow], owners: set[Owner], version: int) -> list[UUID]:
    rows = _under_older(model, owners, version).subquery()
    with database.read() as tx:
        return list(tx.connection().execute(select(rows.c.id)).scalars())


@contextmanager
def _breathing(database: Database) -> Iterator[None]:
    """After a batch, leave SQLite to others as long as the batch had it: it gives its only pen to who is fastest."""
    begun = time.monotonic()
    yield
    if database.is_sqlite:
        time.sleep(time.monotonic() - begun)


def _seal_batch(
    database: Database, model: type[SealedRow], owners: set[Owner], version: int, ids: Sequence[UUID]
) -> int:
    with database.write() as tx:
        connection, table = tx.connection(), model.__table__  # type: ignore[attr-defined]
        query = _under_older(model, owners, version).where(table.c.id.in_(ids))
        rows = connection.execute(query.with_for_update(key_share=True, skip_locked=True)).all()
        vault_of(tx).load(tx, owners)
        changed = [_sealed_anew(tx, model, row, version) for row in rows]
        if changed:
            row_of = update(table).where(table.c.id == bindparam("row_id"))
            connection.execute(
                row_of.values({name: bindparam(f"new_{name}", type_=LargeBinary()) for name in model.seal_columns}),
                changed,
            )
    return sum(value is not None for row in changed for name, value in row.items() if name != "row_id")


def _under_older(model: type[SealedRow], owners: set[Owner], version: int) -> Any:
    """The rows of these owners with a value under an older version, as raw ciphers.

    What another run sealed under a newer one meanwhile is left: its keys may be retired already.
    """
    table = model.__table__  # type: ignore[attr-defined]
    fixed = model.seal_for
    owner = literal(fixed[0], Uuid()) if fixed else table.c[model.seal_by]
    ciphers = [table.c[name] for name in model.seal_columns]
    raw = [func.substr(column, 1, type_=LargeBinary).label(column.name) for column in ciphers]
    holder = [literal(fixed[1]).label("holder")] if fixed else [table.c.holder] if "holder" in table.c else []
    chosen: list[ColumnElement[bool]] = [true()] if fixed in owners else []
    for name, pairs in groupby(sorted(() if fixed else owners, key=lambda pair: pair[1]), key=lambda pair: pair[1]):
        ids = owner.in_([owner_id for owner_id, _ in pairs])
        if holder:
            chosen.append(ids & (table.c.holder == name))
        elif name == "account":
            chosen.append(ids)
    older = or_(*(version_of(column) < mark(version) for column in ciphers))
    return select(table.c.id, owner.label("owner"), *holder, *raw).where(or_(false(), *chosen), older)


def _sealed_anew(tx: Session, model: type[SealedRow], row: Any, version: int) -> dict[str, Any]:
    keys = vault_of(tx).opened((row.owner, getattr(row, "holder", "account")))
    made: dict[str, Any] = {"row_id": row.id}
    for name in model.seal_columns:
        cipher = getattr(row, name)
        old = marked(bytes(cipher)) if cipher is not None else version
        if old < version:
            place = str(model.__tablename__), row.id, name
            text = unseal(keys[old], bytes(cipher)[VERSION_BYTES:], value_place(*place, old))
            cipher = mark(version) + seal(keys[version], text, value_place(*place, version))
        made[f"new_{name}"] = cipher
    return made


def _retire(database: Database, owners: set[Owner], version: int, at: datetime) -> int:
    """Destroy the older versions, unless a value is under one after all; then the next round tries again."""
    with database.write() as tx:
        held = _held_keys(tx, owners)
        for model in sealed_tables():
            if held and tx.connection().execute(_under_older(model, set(held), version).limit(1)).first():
                return 0
        for row in (row for rows in held.values() for row in rows if row.version < version):
            row.wrapped, row.retired_at = None, at
    return len(held)


# ── The key of look-ups ──


def _of_lookups() -> tuple[ColumnElement[bool], ...]:
    """The owner alone is not enough: the notes of the privacy officer hang from a key of the installation too."""
    return col(DataKey.owner_id) == LOOKUP[0], col(DataKey.holder) == LOOKUP[1]


@dataclass(frozen=True, slots=True)
class Lost:
    """What ended with the old key, because nobody knows of what it was the hash."""

    streets: int
    links: int


def rekey_lookups(database: Database, at: datetime) -> Lost:
    """Give look-ups a new key, and everything that is found by one a new keyed hash, in one transaction."""
    with database.write() as tx:
        query = select(DataKey).where(*_of_lookups()).with_for_update()
        rows = list(tx.scalars(query).all())
        version = max((row.version for row in rows if row.wrapped or row.retired_at), default=0) + 1
        asked = [row for row in rows if row.wrapped is None and row.retired_at is None]
        key = _key_row(tx, LOOKUP, version, new_key(), at)
        if asked:
            asked[0].wrapped, asked[0].made_at = key["wrapped"], at
        else:
            tx.connection().execute(insert(DataKey), [key])
        for row in rows:
            if row.version < version:
                row.wrapped, row.retired_at = None, row.retired_at or at
        tx.flush()
        _rehash(tx)
        return _end_unknown(tx, at)


def demand_lookup_key(database: Database, at: datetime) -> bool:
    """Make the key of look-ups where a migration asked for it or nothing is there yet; True when it was made."""
    query = select(col(DataKey.id)).where(*_of_lookups(), col(DataKey.wrapped).is_not(None))
    with database.read() as tx:
        if tx.connection().execute(query).first() is not None:
            return False
    rekey_lookups(database, at)
    return True


def _rehash(tx: Session) -> None:
    _rehash_logins(tx)
    _rehash_identities(tx)
    _rehash_youths(tx)
    for finding in tx.scalars(select(LogFinding)).all():
        finding.mark = mark_of(tx, finding)


def _rehash_logins(tx: Session) -> None:
    """Accounts, and with them who is kept waiting and who asked for a link."""
    renamed: list[dict[str, str]] = []
    accounts = tx.scalars(select(Account)).all()
    unseal_rows(tx, accounts)
    for account in accounts:
        if account.login is not None and not account.login.is_erased:
            renamed.append({"old": account.login_key, "new": login_key(tx, account.login.reveal())})
            account.login_key = renamed[-1]["new"]
    if renamed:
        for model in (LoginThrottle, LinkRequest):
            changed = update(model).where(col(model.login_key) == bindparam("old")).values(login_key=bindparam("new"))
            tx.connection().execute(changed, renamed)


def _rehash_identities(tx: Session) -> None:
    identities = tx.scalars(select(LoginIdentity)).all()
    unseal_rows(tx, identities)
    for identity in identities:
        if identity.subject is not None and not identity.subject.is_erased:
            identity.subject_key = subject_key(tx, identity.subject.reveal())


def _rehash_youths(tx: Session) -> None:
    youths = tx.scalars(
        select(Party).join(Case, col(Case.id) == col(Party.case_id)).where(
            col(Party.kind) == "youth", col(Party.bsn).is_not(None), col(Case.bsn_key).is_not(None)
        )
    ).all()  # fmt: skip
    unseal_rows(tx, youths)
    hashed = [
        {"case": party.case_id, "hash": lookup(tx, "bsn", party.bsn.reveal())}
        for party in youths
        if party.bsn is not None and not party.bsn.is_erased
    ]
    if hashed:
        changed = update(Case).where(col(Case.id) == bindparam("case")).values(bsn_key=bindparam("hash"))
        tx.connection().execute(changed, hashed)


def _end_unknown(tx: Session, at: datetime) -> Lost:
    """A street is asked again, a link of a family is made again, requests from a network are counted anew."""
    connection = tx.connection()
    streets = connection.execute(update(AccountStreet).where(col(AccountStreet.street_key) != "").values(street_key=""))
    asking = col(LoginLink.used_at).is_(None), col(LoginLink.proof) != "", col(LoginLink.expires_at) > at
    links = connection.execute(update(LoginLink).where(*asking).values(expires_at=at))
    connection.execute(delete(LinkThrottle))
    return Lost(streets.rowcount, links.rowcount)


# ── What there is ──


@dataclass(frozen=True, slots=True)
class Survey:
    """How many keys each master version wraps, and how many data keys have each state."""

    wrapped: dict[int, int]
    live: int
    renewing: int
    erased: int
    retired: int


def survey(database: Database) -> Survey:
    version = version_of(DataKey.wrapped)
    open_ones = col(DataKey.wrapped).is_not(None)
    with database.read() as tx:
        connection = tx.connection()
        wrapped = connection.execute(select(version, func.count()).where(open_ones).group_by(version)).all()
        pairs = select(func.count()).where(*_live()).group_by(DataKey.owner_id, DataKey.holder)  # type: ignore[arg-type]
        versions = list(connection.execute(pairs).scalars())
        count = select(func.count()).select_from(DataKey)
        erased = connection.execute(count.where(col(DataKey.erased_at).is_not(None))).scalar_one()
        retired = connection.execute(count.where(col(DataKey.retired_at).is_not(None))).scalar_one()
    return Survey(
        {marked(bytes(mark_)): number for mark_, number in wrapped},
        len(versions),
        sum(number > 1 for number in versions),
        erased,
        retired,
    )
