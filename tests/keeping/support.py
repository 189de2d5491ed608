"""The database as its keeper opens it, and what stands in it as raw bytes."""

from __future__ import annotations

from sqlalchemy import create_engine, select
from sqlmodel import SQLModel

from bijzondere_toegang.crypto import Keyring, marked
from bijzondere_toegang.db import Database, DataKey, sealed_tables
from tests import databases
from tests.support import KEYRING, Site, make_site, register_sample


def keeper(database: databases.Database, keyring: Keyring = KEYRING) -> Database:
    opened = Database(database.keeper_url, keyring)
    opened.see_every_row()
    return opened


def filled(database: databases.Database, *numbers: int) -> Site:
    """A site with these samples registered."""
    site = make_site(database)
    own = Keyring({1: b"\x01" * 32})  # equal to that of the others, but its own
    site.database.keyring = site.app.state.database.keyring = own
    for number in numbers or (1, 2):
        register_sample(site, number)
    return site


def ciphers(database: databases.Database) -> list[bytes]:
    """Every sealed value, as it stands in the tables."""
    found: list[bytes] = []
    engine = create_engine(database.keeper_url)
    with engine.connect() as connection:
        for model in sealed_tables():
            table = SQLModel.metadata.tables[str(model.__tablename__)]
            for name in model.seal_columns:
                rows = connection.exec_driver_sql(f"SELECT {name} FROM {table.name} WHERE {name} IS NOT NULL")
                found += [bytes(row[0]) for row in rows]
    engine.dispose()
    return found


def key_rows(opened: Database) -> list[DataKey]:
    with opened.read() as tx:
        return list(tx.scalars(select(DataKey)).all())


def masters(opened: Database) -> set[int]:
    """The versions of the master key that a data key needs."""
    return {marked(row.wrapped) for row in key_rows(opened) if row.wrapped is not None}
