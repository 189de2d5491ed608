"""From revision 0001 to 0002, with people and links in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, inspect, text

from bijzondere_toegang import migrations
from tests import databases
from tests.databases import KINDS, Databases, Kind

FAMILY, CHAIR = uuid4(), uuid4()
ROWS = (
    "INSERT INTO account (id, login_key, language, created_at) VALUES ('{family}', 'a', 'nl', '{at}'), ('{chair}', 'b', 'nl', '{at}')",
    "INSERT INTO case_file (id, reference, workflow, workflow_version, stage, revision, entered_at, changed_at, created_at, "
    "municipality, referrer_organisation, authority, framework, safety, urgent, continued_help, secure, help_runs, "
    "proposed_consortium, accepted_consortium, returns, bridging, medical_treatment, measure_requested, suspended_days, "
    "extended_days) VALUES ('{case}', 'BT-1', 'w', 1, 'registered', 1, '{at}', '{at}', '{at}', '', '', '', '', '', false, "
    "false, false, false, '', '', 0, false, false, false, 0, 0)",
    "INSERT INTO party (id, case_id, holder, position, kind, word, authority, authority_source, language, interpreter, "
    "secret_address) VALUES ('{party}', '{case}', 'referrer', 1, 'parent', 'moeder', 'yes', '', 'nl', false, false)",
    "INSERT INTO case_access (id, account_id, case_id, relation, party_id, organisation, consortium, since) "
    "VALUES ('{access}', '{family}', '{case}', 'parent', '{party}', '', '', '{at}')",
    "INSERT INTO login_link (id, token_digest, account_id, created_at, expires_at) VALUES "
    "('{one}', 'family', '{family}', '{at}', '{later}'), ('{two}', 'chair', '{chair}', '{at}', '{later}')",
)


@contextmanager
def at_first_revision(databases: Databases, kind: Kind, folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses (owner's, application's) of a database at 0001."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'oud.db'}"
        migrations.upgrade(url, to="0001")
        yield url, url
        return
    with databases.fresh(kind) as database:
        old = f"old_{uuid4().hex}"
        socket = databases._server()
        with closing(_superuser(socket)) as admin:
            admin.execute(f"CREATE DATABASE {old} OWNER bt_owner TEMPLATE template0".encode())
            urls = [_url(socket, role, old) for role in ("bt_owner", "bt_app")]
            migrations.upgrade(urls[0], "bt_app", to="0001")
            yield urls[0], urls[1]
            admin.execute(f"DROP DATABASE {old} WITH (FORCE)".encode())
        assert database.kind == kind


_superuser, _url = databases._superuser, databases._url


@pytest.mark.parametrize("kind", KINDS)
def test_rows_survive_and_a_link_of_a_family_without_a_question_ends(
    kind: Kind, databases: Databases, tmp_path: Path
) -> None:
    with at_first_revision(databases, kind, tmp_path) as (owner, app):
        plain = {name: uuid4() for name in ("case", "party", "access", "one", "two")} | {
            "family": FAMILY,
            "chair": CHAIR,
        }
        ids = {name: one.hex if kind == "sqlite" else str(one) for name, one in plain.items()}
        engine = create_engine(owner)
        with engine.begin() as connection:
            for row in ROWS:
                connection.execute(text(row.format(**ids, at="2026-11-09 09:00:00", later="2026-11-16 09:00:00")))

        migrations.upgrade(owner, "bt_app", to="0002")

        with create_engine(app).begin() as connection:
            found = connection.execute(
                text("SELECT token_digest, proof, tries, expires_at > created_at FROM login_link ORDER BY 1")
            ).all()
            connection.execute(text("SELECT count(*) FROM link_request")).scalar_one()
            connection.execute(text("UPDATE link_throttle SET asked = 0"))
        assert [tuple(row) for row in found] == [("chair", None, 0, True), ("family", None, 0, False)]
        if kind == "sqlite":
            with engine.connect() as connection:
                triggers = set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
            assert {"timeline_entry_no_update", "timeline_entry_no_delete", "case_access_no_delete"} <= triggers
        assert {"link_request", "link_throttle"} <= set(inspect(engine).get_table_names())
        engine.dispose()
