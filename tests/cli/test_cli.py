"""The command line as an administrator meets it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from bijzondere_toegang import cli
from bijzondere_toegang.app import load_process
from bijzondere_toegang.cli import serving
from bijzondere_toegang.cli.ground import opened
from bijzondere_toegang.cli.readiness import newest_revision, workflow_faults
from bijzondere_toegang.migrations import newest
from bijzondere_toegang.resources import folder
from bijzondere_toegang.settings import Settings
from tests import databases
from tests.support import make_site, register_sample

KEY = "1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


@pytest.fixture
def ground(database: databases.Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> databases.Database:
    """The command line pointed at a fresh database, from a folder that is not ours."""
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)
    monkeypatch.setenv("BT_DATABASE_OWNER_URL", database.owner_url)
    monkeypatch.setenv("BT_MASTER_KEY", KEY)
    monkeypatch.setenv("BT_BASE_URL", "https://bt.example.org")
    monkeypatch.chdir(tmp_path)
    return database


def every_parser(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from every_parser(below)


def test_every_verb_explains_itself() -> None:
    for parser in every_parser(cli.parser()):
        told = parser.format_help()
        arguments = [a for a in parser._actions if not isinstance(a, argparse._SubParsersAction)]

        assert parser.description, parser.prog
        assert all(argument.help for argument in arguments), parser.prog
        assert len(told.splitlines()) > 4


def test_the_schema_needed_is_what_alembic_calls_the_newest() -> None:
    assert newest_revision() == newest()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BT_DATABASE_URL", "mysql://geheim@host/db"),
        ("BT_SMTP_PORT", "geheim"),
        ("BT_SMTP_TLS", "geheim"),
        ("BT_MASTER_KEY", "geheim"),
        ("BT_MASTER_KEY_FILE", "geheim/niets/sleutel"),
        ("BT_DATABASE_URL", "sqlite:///geheim/niets/zaken.db"),
        ("BT_DATABASE_URL", "sqlite:///"),
        ("BT_DATABSE_URL", "sqlite:///geheim.db"),
        ("BT_SOAK", "geheim"),
        ("BT_BASE_URL", "ftp://geheim"),
        ("BT_BASE_URL", "https://host/geheim"),
        ("BT_SMTP_PORT", "0"),
        ("BT_SMTP_PORT", "65536"),
        ("BT_MAIL_FROM", "geheim"),
        ("BT_MAIL_FROM", "a@b.nl\nBcc: geheim@b.nl"),
        ("BT_PHONE", ""),
        ("BT_SESSION_IDLE_MINUTES", "0"),
        ("BT_SESSION_HOURS", "-1"),
        ("BT_PROOF_MINUTES", "0"),
        ("BT_TRUSTED_PROXIES", "*"),
        ("BT_TRUSTED_PROXIES", "127.0.0.1, geheim"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(variable, value)

    code = cli.main(["migrate"])

    told = capsys.readouterr().err
    assert code == 2
    assert len(told.strip().splitlines()) == 1
    assert variable in told or variable == "BT_MASTER_KEY"
    assert "geheim" not in told and "Value error" not in told


def test_a_setting_with_a_slip_in_its_name_is_told_which_was_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BT_DATABSE_URL", "postgresql://bt_app@db/bt")

    code = cli.main(["migrate"])

    assert code == 2
    assert "did you mean BT_DATABASE_URL?" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("verb", [["serve"], ["import", "."], ["people", "list"], ["keys", "list"]])
def test_a_folder_without_a_database_stays_as_it_is(
    verb: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serving, "demand_sound", lambda _: None)

    code = cli.main(verb)

    assert code == 2
    assert "migrate" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_reads_a_new_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert cli.main(["migrate"]) == 0

    made = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert {"bijzondere-toegang.db", "bijzondere-toegang.key"} <= made.keys()
    assert set(made.values()) == {0o600}


@pytest.mark.parametrize(
    "verb", [["serve"], ["schedule", "--once"], ["import", "."], ["people", "add", "a@example.org", "A"]]
)
def test_nothing_starts_with_another_master_key(
    ground: databases.Database, verb: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "demand_sound", lambda _: None)
    assert cli.main(["migrate"]) == 0
    monkeypatch.delenv("BT_MASTER_KEY")

    code = cli.main(verb)

    assert code == 2
    assert "does not open what is in this database" in capsys.readouterr().err


def test_serve_refuses_a_database_that_was_not_migrated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BT_DATABASE_URL", f"sqlite:///{tmp_path}/leeg.db")
    monkeypatch.setattr(serving, "demand_sound", lambda _: None)

    code = cli.main(["serve"])

    assert code == 2
    assert "migrate" in capsys.readouterr().err


def test_serve_refuses_a_role_that_owns_its_tables(
    databases: databases.Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "demand_sound", lambda _: None)
    with databases.fresh("postgresql") as database:
        monkeypatch.setenv("BT_DATABASE_URL", database.owner_url)
        monkeypatch.setenv("BT_MASTER_KEY", KEY)

        code = cli.main(["serve"])

    assert code == 2
    assert "owns its tables" in capsys.readouterr().err


@pytest.mark.parametrize(("right", "told"), [("SUPERUSER", "superuser"), ("BYPASSRLS", "BYPASSRLS"), ("", "owns")])
def test_serve_refuses_a_role_for_which_the_wall_does_not_stand(
    databases: databases.Databases,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    right: str,
    told: str,
) -> None:
    monkeypatch.setattr(serving, "demand_sound", lambda _: None)
    role = f"bt_{uuid4().hex}"
    with databases.fresh("postgresql") as database:
        admin = create_engine(database.owner_url.replace("bt_owner@", "postgres@"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            member = "" if right else "IN ROLE bt_owner"
            connection.execute(text(f"CREATE ROLE {role} LOGIN {right} {member}"))
            connection.execute(text(f"GRANT SELECT ON alembic_version TO {role}"))
            monkeypatch.setenv("BT_DATABASE_URL", database.owner_url.replace("bt_owner@", f"{role}@"))
            monkeypatch.setenv("BT_MASTER_KEY", KEY)

            code = cli.main(["serve"])

            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
        admin.dispose()

    heard = capsys.readouterr().err
    assert code == 2
    assert told in heard and len(heard.strip().splitlines()) == 1


def test_serve_refuses_an_unsound_workflow(
    ground: databases.Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bijzondere_toegang.cli.readiness.workflow_faults", lambda _: ["x.yaml:1: a: b", "more"])

    code = cli.main(["serve"])

    assert code == 2
    assert capsys.readouterr().err.strip().endswith("x.yaml:1: a: b (and 1 more: `bijzondere-toegang workflow check`)")


def test_the_workflow_in_use_is_sound() -> None:
    assert workflow_faults(load_process()) == []


def test_workflow_check_names_file_line_and_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text_ = (folder("workflows") / "bijzondere-toegang.yaml").read_text("utf-8")
    broken = tmp_path / "kapot.yaml"
    broken.write_text(text_.replace("to: supplementing", "to: nowhere"), "utf-8")

    code = cli.main(["workflow", "check", str(broken)])

    assert code == 1
    assert capsys.readouterr().out.startswith("kapot.yaml:")


def test_workflow_diagram_draws_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["workflow", "diagram"])

    assert code == 0
    assert capsys.readouterr().out.startswith("stateDiagram-v2")


def test_people_are_added_invited_and_given_a_token_that_is_shown_once(
    ground: databases.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["people", "add", "p@example.org", "P. Peters", "--role", "chair"]) == 0
    assert cli.main(["people", "add", "p@example.org", "P. Peters"]) == 1
    capsys.readouterr()

    cli.main(["people", "invite", "p@example.org"])
    link = capsys.readouterr().out.strip()
    cli.main(["people", "token", "p@example.org"])
    token = capsys.readouterr().out.strip()
    cli.main(["people", "list"])
    listed = capsys.readouterr().out

    assert link.startswith("https://bt.example.org/welkom/")
    assert token.startswith("bt_")
    assert "P. Peters" in listed and "chair (bureau)" in listed
    with create_engine(ground.app_url).connect() as connection:
        stored = connection.execute(text("SELECT token_digest FROM access_token")).scalar_one()
    assert stored != token


def test_who_leaves_is_out_at_once(ground: databases.Database, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["people", "add", "p@example.org", "P. Peters", "--role", "referrer", "--organisation", "cjg-ml"])
    cli.main(["people", "token", "p@example.org"])

    code = cli.main(["people", "leave", "p@example.org"])

    with create_engine(ground.app_url).connect() as connection:
        revoked = connection.execute(text("SELECT revoked_at FROM access_token")).scalar_one()
    assert code == 0
    assert revoked is not None
    assert cli.main(["people", "token", "p@example.org"]) == 1


def test_who_joins_running_cases_by_a_role_is_told_when(
    ground: databases.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["people", "add", "p@example.org", "P. Peters"])
    capsys.readouterr()

    roles = [["provider"], ["consortium_rep", "--since", "2999-01-01"], ["planner"]]
    for more in roles:
        assert cli.main(["people", "member", "p@example.org", "--organisation", "koraal", "--role", *more]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[0] == "done; the running cases of colleagues follow within a minute of `schedule`"
    assert told[1:] == ["done; the running cases of colleagues follow on that first day", "done"]


def test_an_organisation_that_the_region_lacks_is_refused(
    ground: databases.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["people", "add", "p@example.org", "P", "--role", "referrer", "--organisation", "nergens"])

    assert code == 1
    assert "nergens" in capsys.readouterr().err


def test_migrate_can_be_run_again(ground: databases.Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["migrate"]) == 0
    assert newest() in capsys.readouterr().out


def test_importing_a_folder_registers_each_file_and_can_be_repeated(
    ground: databases.Database, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = folder("workflows") / "voorbeelden"

    first = cli.main(["import", str(samples)])
    second = cli.main(["import", str(samples)])

    assert (first, second) == (0, 0)
    with opened() as stored, stored.read() as tx:
        assert tx.connection().execute(text("SELECT count(*) FROM case_file")).scalar_one() == 8


def test_importing_tells_by_its_exit_code_that_a_file_was_refused(
    ground: databases.Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "fout.json"
    wrong.write_text(json.dumps({"bronkenmerk": "X"}), "utf-8")

    assert cli.main(["import", str(wrong)]) == 1
    assert "fout.json" in capsys.readouterr().out


TAMPERING = {
    "edited": "UPDATE timeline_entry SET role = 'chair' WHERE seq = 1",
    "missing": "DELETE FROM timeline_entry WHERE seq = 1",
    "cut_off": "DELETE FROM timeline_entry WHERE seq = (SELECT max(seq) FROM timeline_entry)",
    "swapped": "UPDATE timeline_entry SET seq = 3 - seq WHERE seq IN (1, 2)",
}


@pytest.mark.parametrize("kind", ["sound", "edited", "missing"])
def test_the_verifier_works_on_a_copy_and_names_the_first_bad_entry(
    kind: str, databases: databases.Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        for number in (1, 3):
            register_sample(site, number)
        site.database.dispose()
        if kind in TAMPERING:
            with create_engine(database.keeper_url).begin() as connection:
                connection.execute(text("DROP TRIGGER timeline_entry_no_update"))
                connection.execute(text("DROP TRIGGER timeline_entry_no_delete"))
                connection.execute(text(TAMPERING[kind]))
        monkeypatch.setenv("BT_MASTER_KEY", KEY)

        code = cli.main(["audit", "verify", "--database", database.app_url])

    told = capsys.readouterr().out
    assert code == (0 if kind == "sound" else 1)
    assert ("sound: " in told) == (kind == "sound")
    assert kind == "sound" or "entry 1" in told


def test_the_verifier_says_when_it_can_not_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BT_MASTER_KEY", KEY)

    assert cli.main(["audit", "verify", "--database", f"sqlite:///{tmp_path}/niets.db"]) == 2


def test_the_settings_table_of_the_readme_names_every_setting_with_its_default() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = readme.split("<!-- settings: begin -->")[1].split("<!-- settings: end -->")[0]
    rows = {line.split("`")[1]: line for line in table.splitlines() if line.startswith("| `BT_")}

    assert list(rows) == [f"BT_{name.upper()}" for name in Settings.model_fields]
    for name, info in Settings.model_fields.items():
        default = "" if info.default is None else str(info.default)
        assert default in rows[f"BT_{name.upper()}"]
