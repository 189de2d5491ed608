"""A database with a log in it comes along to the newest schema, and its log stays sound."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from bijzondere_toegang import migrations
from bijzondere_toegang.crypto import Keyring
from bijzondere_toegang.db import Database
from bijzondere_toegang.timeline.checkpoints import Checkpoints
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.timeline.verify import verify_all
from tests.databases import Databases, Kind

AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_log_from_before_checkpoints_stays_whole_and_is_witnessed(
    databases: Databases, tmp_path: Path, kind: Kind
) -> None:
    with databases.fresh(kind) as database:
        _begin_again(database.owner_url, kind)
        role = "bt_app" if kind == "postgresql" else None
        migrations.upgrade(database.owner_url, role, to="0001")
        opened = Database(database.app_url, Keyring({1: b"\x01" * 32}))
        with opened.write() as tx:
            for number in range(3):
                append(tx, UUID(int=1), Event("read", "R", step=str(number)), AT)

        migrations.upgrade(database.owner_url, role, to="0007")

        with opened.read() as tx:
            assert list(verify_all(tx)) == [3]
        assert Checkpoints(tmp_path / "c", tmp_path / "k").write(opened, AT) is not None
        for statement in ("UPDATE timeline_entry SET step = ''", "DELETE FROM timeline_checkpoint"):
            with pytest.raises(Exception, match=r"append-only|permission denied"), opened.write() as tx:
                tx.connection().execute(text(statement))
        opened.dispose()


def _begin_again(url: str, kind: str) -> None:
    """Back to no schema at all."""
    if kind == "sqlite":
        Path(url.removeprefix("sqlite:///")).unlink()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars():
            connection.execute(text(f"DROP TABLE {table} CASCADE"))
        connection.execute(text("DROP FUNCTION IF EXISTS refuse_change() CASCADE"))
    engine.dispose()
