"""What must hold before the application may start; each fault is one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import column, exists, func, select, table
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cli.ground import Stop
from bijzondere_toegang.crypto import WrongKey
from bijzondere_toegang.db import LOOKUP, Database, DataKey, key_place
from bijzondere_toegang.engine import Context, check, workflow_files
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import grants
from bijzondere_toegang.resources import folder
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.checkpoints import Checkpoints, NoCheckpoint, checkpoints_of
from bijzondere_toegang.web.forms import fields_of, missing_labels
from bijzondere_toegang.web.i18n import Catalogues, Translator

_REVISION = table("alembic_version", column("version_num"))
_PG_TABLES = table("pg_tables", column("schemaname"), column("tableowner"))
_PG_ROLES = table("pg_roles", *map(column, ("oid", "rolname", "rolsuper", "rolbypassrls")))
_OTHER_KEY = (
    "the master key does not open what is in this database: check BT_MASTER_KEY, or put the right file at "
    "BT_MASTER_KEY_FILE"
)
_VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"


class _Known:
    """The sentences of one language, as the engine wants to ask for them."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._translator.has(key)


def context(process: Process, catalogues: Catalogues) -> Context:
    """Everything the rooms, the policies and the catalogues offer to a workflow."""
    return Context(
        guards=process.guards,
        forms={name: [meta.name for meta, _ in fields_of(form)] for name, form in process.forms.items()},
        grants={permission.value: bool(grants(permission)) for permission in Permission},
        sentences={lang: _Known(translator) for lang, translator in catalogues.translators.items()},
    )


def workflow_faults(process: Process, files: list[Path] | None = None) -> list[str]:
    """One line for every fault of the workflow files and of the forms behind their steps."""
    catalogues = Catalogues(folder("locales"))
    offered = context(process, catalogues)
    paths = workflow_files(folder("workflows")) if files is None else files
    found = [str(problem) for path in paths for problem in check(path, offered)]
    return [*found, *_unlabelled(process, catalogues.translators)]


def _unlabelled(process: Process, translators: Mapping[str, Translator]) -> Iterator[str]:
    for step, form in sorted(process.forms.items()):
        for lang, translator in translators.items():
            for key in missing_labels(form, translator, step):
                yield f"locales/{lang}: form '{step}': label '{key}' is missing"


def newest_revision() -> str:
    """The schema revision this version needs: the highest number among the migration files."""
    return max(path.name.split("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))


def demand_schema(database: Database) -> None:
    """Raises Stop unless the schema is at the newest revision."""
    needed, found = newest_revision(), schema_revision(database)
    if found != needed:
        have = f"at revision {found}" if found else "empty"
        raise Stop(f"the database is {have}, this version needs {needed}: run `bijzondere-toegang migrate` first")


def demand_keys(database: Database) -> None:
    """Raises Stop when the master key is not the one under which the database was sealed: a lost key file is made
    anew at the start, and what is written then would be sealed for another."""
    query = select(DataKey.owner_id, DataKey.holder, DataKey.version, DataKey.wrapped)  # type: ignore[call-overload]
    of_lookups = (col(DataKey.owner_id) == LOOKUP[0], col(DataKey.wrapped).is_not(None))
    with database.read() as tx:
        row = tx.connection().execute(query.where(*of_lookups).order_by(col(DataKey.version).desc())).first()
    try:
        if row is not None:
            database.keyring.unwrap(row.wrapped, key_place(row.owner_id, row.holder, row.version))
    except WrongKey:
        raise Stop(_OTHER_KEY) from None


def schema_revision(database: Database) -> str | None:
    """The revision of the schema, or None when there is none yet."""
    with database.read() as tx:
        try:
            return tx.connection().execute(select(_REVISION.c.version_num)).scalar()
        except DatabaseError as error:
            if database.is_sqlite or "UndefinedTable" in type(error.orig).__name__:
                return None
            raise


_FAULTS = (
    "the role in BT_DATABASE_URL is a superuser, for whom the wall between cases does not stand: use another",
    "the role in BT_DATABASE_URL has BYPASSRLS, so the wall between cases does not stand for it: take that away",
    "the role in BT_DATABASE_URL owns its tables: give the application a role that does not",
)


def demand_role(database: Database) -> None:
    """Raises Stop when the application's PostgreSQL role could see past row-level security or rewrite its own log."""
    if database.is_sqlite:
        return
    role = _PG_ROLES.c
    owns = exists().where(
        _PG_TABLES.c.schemaname == func.current_schema(), func.pg_has_role(role.oid, _PG_TABLES.c.tableowner, "MEMBER")
    )
    found = select(role.rolsuper, role.rolbypassrls, owns).where(role.rolname == func.current_user())
    with database.read() as tx:
        answers = tx.connection().execute(found).one()
    for has_it, sentence in zip(answers, _FAULTS, strict=True):
        if has_it:
            raise Stop(sentence)


def demand_checkpoints(settings: Settings) -> Checkpoints:
    """Where checkpoints go; raises Stop when they can't be written there."""
    found = checkpoints_of(settings)
    try:
        found.check()
    except NoCheckpoint as error:
        raise Stop(str(error)) from None
    return found


def demand_sound(process: Process) -> None:
    """Raises Stop with the first fault when a workflow is unsound."""
    faults = workflow_faults(process)
    if faults:
        more = f" (and {len(faults) - 1} more: `bijzondere-toegang workflow check`)" if len(faults) > 1 else ""
        raise Stop(f"the workflow is unsound: {faults[0]}{more}")
