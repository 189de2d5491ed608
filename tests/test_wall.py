"""PostgreSQL's second wall: whatever the application asks, an account gets no row of a case that is not open to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import ProgrammingError
from starlette.requests import Request

from bijzondere_toegang import migrations
from bijzondere_toegang.cases.models import CaseAccess
from bijzondere_toegang.db import NothingChanged, enter
from bijzondere_toegang.db import change_rows as change_these_rows
from bijzondere_toegang.errors import NotNow
from bijzondere_toegang.migrations.wall import change_rows, every_row
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.people.visits import Visit, _refusals_noted
from bijzondere_toegang.records.models import Erasure
from bijzondere_toegang.tables import metadata
from bijzondere_toegang.timeline.record import entries_of
from tests import databases
from tests.routes.people import CAST, join
from tests.routes.table import CELLS
from tests.statements import statements
from tests.support import Site, make_site, register, register_sample, sample, take
from tests.test_routes import GHOST, PARAMETER
from tests.test_stories import FAMILY, Told

OUTSIDE = {
    "account": "read before anybody is known; colleagues' names stand on every page of a case",
    "membership": "read before anybody is known; who does what where is no secret, and the wall itself reads it",
    "login_session": "read before anybody is known, by the digest of a token",
    "access_token": "read before anybody is known, by the digest of a token",
    "login_identity": "read before anybody is known, by the keyed name a provider has for somebody",
    "login_attempt": "read before anybody is known, by the digest of a token",
    "login_link": "read before anybody is known, by the digest of a token",
    "login_throttle": "counted before anybody is known, by a keyed login name",
    "link_request": "asked before anybody is known, by a keyed login name",
    "link_throttle": "counted before anybody is known, by a keyed network address",
    "passkey": "read before anybody is known, by the digest of a credential; the public half alone",
    "code_app": "read before anybody is signed in; its secret is sealed for its account",
    "recovery_code": "read before anybody is signed in; keyed hashes",
    "challenge": "asked before anybody is known; random numbers",
    "counter": "running numbers",
    "timeline_checkpoint": "hashes and counts of the whole log",
    "log_check": "when the log was checked and what came of it; of a case at most the id of a chain that broke",
    "broken_glass": "who asked to open which number, for the privacy officer; the reason is sealed for who asked",
    "access_review": "which organisation was asked when who still needs access",
    "access_answer": "what was answered about a membership",
    "outbox": "written for others; holds no case, and an invitation is sealed for its addressee",
}
"""The tables without a wall, each with its reason."""
COLUMN = {"case_file": "id", "data_key": "owner_id", "timeline_entry": "chain", "timeline_head": "chain"}
"""Where the case stands when it is not in `case_id`."""
OFFICE = {"log_finding", "log_finding_step", "account_street", "departure"}
"""Behind the wall for whoever has the case too: the privacy officer's findings, what only the review reads, and who
left, for whose hand it was."""
WALLED = sorted(metadata.tables.keys() - OUTSIDE.keys() - OFFICE)


@dataclass(frozen=True)
class Eyes:
    """Raw SQL as the application's role."""

    engine: sa.Engine

    @contextmanager
    def of(self, account_id: UUID | None, at: datetime) -> Iterator[sa.Connection]:
        """What a request of this account has: its settings, for one transaction that is rolled back."""
        with self.engine.connect() as connection:
            if account_id is not None:
                for name, said in (("app.account", str(account_id)), ("app.at", at.isoformat())):
                    connection.execute(sa.select(sa.func.set_config(name, said, True)))
            yield connection

    def count(self, account_id: UUID | None, at: datetime, table: str, case_id: UUID) -> int:
        with self.of(account_id, at) as connection:
            return int(connection.execute(rows(table, case_id)).scalar_one())

    def seen(self, account_id: UUID | None, at: datetime, case_id: UUID) -> dict[str, int]:
        """The walled tables in which this account sees rows of the case, with how many."""
        found = {table: self.count(account_id, at, table, case_id) for table in WALLED}
        return {table: count for table, count in found.items() if count}


def rows(table: str, case_id: UUID) -> sa.Select[tuple[int]]:
    column = sa.column(COLUMN.get(table, "case_id"), sa.Uuid())
    return sa.select(sa.func.count()).select_from(sa.table(table)).where(column == case_id)


def fill(connection: sa.Connection, table: sa.Table, case_id: UUID) -> None:
    """A row of this case in a table that the story left empty; its content does not matter."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.foreign_keys:
            (key,) = column.foreign_keys
            other = key.column.table
            own = other.c.id if other.name == "case_file" else other.c.get("case_id")
            query = sa.select(key.column) if own is None else sa.select(key.column).where(own == case_id)
            row[column.name] = connection.execute(query.limit(1)).scalar_one()
        elif not column.nullable:
            row[column.name] = FILLING[getattr(column.type, "impl_instance", column.type).python_type]()
    connection.execute(sa.insert(table), [row])


FILLING: dict[type, Any] = {
    UUID: uuid4, str: str, int: int, bool: bool, dict: dict, date: lambda: date(2026, 11, 9),
    datetime: lambda: datetime(2026, 11, 9, tzinfo=UTC),
}  # fmt: skip


@pytest.fixture
def postgresql(databases: databases.Databases) -> Iterator[databases.Database]:
    with databases.fresh("postgresql") as database:
        yield database


@pytest.fixture
def site(postgresql: databases.Database) -> Site:
    return make_site(postgresql)


@pytest.fixture
def eyes(postgresql: databases.Database) -> Iterator[Eyes]:
    engine = sa.create_engine(postgresql.app_url)
    yield Eyes(engine)
    engine.dispose()


def test_every_table_stands_behind_the_wall_or_has_a_reason(eyes: Eyes) -> None:
    query = """
        select c.relname, c.relrowsecurity and c.relforcerowsecurity,
               array(select distinct p.cmd from pg_policies p where p.tablename = c.relname order by 1)
        from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    """

    with eyes.engine.connect() as connection:
        found = {name: (forced, commands) for name, forced, commands in connection.execute(sa.text(query))}

    whole = (True, ["INSERT", "SELECT", "UPDATE"])
    assert {table for table, is_so in found.items() if is_so != whole} == {*OUTSIDE, "alembic_version"}
    assert OUTSIDE.keys() <= metadata.tables.keys()


def test_a_stranger_sees_no_row_of_a_case_in_any_table(site: Site, eyes: Eyes) -> None:
    told = Told(site)
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    told.story.plan_to_care(*FAMILY)
    told.story.evaluation(*FAMILY)
    told.take("provider", "propose_closing")
    told.take("referrer", "close")
    case_id, referrer = site.case(told.reference).id, site.who("referrer", told.reference)
    site.move(minutes=1)

    with site.database.write() as tx:
        for table in metadata.sorted_tables:
            if table.name in WALLED and not eyes.count(referrer, site.at, table.name, case_id):
                fill(tx.connection(), table, case_id)

    assert sorted(eyes.seen(referrer, site.at, case_id)) == WALLED
    for nickname in ("anneke", "joris", "verwijzer2", "muts1", "beheerder", "analist"):
        if site.who(nickname) != site.who("chair", told.reference):
            listed = {"erasure": 1} if nickname == "beheerder" else {}
            assert eyes.seen(site.who(nickname), site.at, case_id) == listed, nickname
    assert eyes.seen(uuid4(), site.at, case_id) == {}
    assert eyes.seen(None, site.at, case_id) == {}


def test_nobody_is_nobody_also_after_somebody(site: Site, eyes: Eyes) -> None:
    case_id = site.case(reference := register_sample(site, 1)).id

    with eyes.engine.connect() as connection:
        for setting in ("app.account", "app.at", "app.system", "app.beside", "app.youth"):
            connection.execute(sa.select(sa.func.set_config(setting, "", False)))
        assert connection.execute(rows("case_file", case_id)).scalar_one() == 0
        connection.execute(sa.select(sa.func.set_config("app.account", str(site.who("chair", reference)), True)))
        assert connection.execute(rows("case_file", case_id)).scalar_one() == 0, "a moment is needed too"


def test_every_relation_that_the_table_lets_see_a_case_gets_through(site: Site, eyes: Eyes) -> None:
    case = site.case(reference := register_sample(site, 1))
    people = {relation: join(site, reference, relation) for relation in CAST}
    site.move(minutes=1)

    opened = {relation for relation, who in people.items() if eyes.count(who, site.at, "case_file", case.id)}
    content = {relation for relation, who in people.items() if eyes.count(who, site.at, "party", case.id)}

    allowed = {relation for relation, cell in CELLS["case.see"].items() if cell != "no"}
    by_age_or_tie = {"parent.child_18", "parent.without_authority", "youth.0_11", "leaver"}
    assert allowed <= opened
    assert opened - allowed <= by_age_or_tie, "wider than the decision says"
    assert content == opened - {"privacy_officer"}


def test_a_stranger_changes_nothing_and_adds_nothing(site: Site, eyes: Eyes) -> None:
    case = site.case(reference := register_sample(site, 1))
    stranger, own = site.who("verwijzer2"), register_sample(site, 2)
    mine = site.case(own).id
    forbidden = [
        ("insert into steering (id, case_id, who, organisation, since) values (:id, :case, 'x', '', :on)", {}),
        (
            "insert into case_access (id, account_id, case_id, relation, organisation, consortium, since) "
            "values (:id, :me, :case, 'referrer.own', '', '', :at)",
            {},
        ),
        ("insert into data_key (id, owner_id, holder, version) values (:id, :case, 'referrer', 9)", {}),
        ("update case_access set case_id = :case where case_id = :mine", {}),
        ("update party set case_id = :case where case_id = :mine", {}),
    ]
    values = {"id": uuid4(), "case": case.id, "mine": mine, "me": stranger, "at": site.at, "on": site.on}

    for table in ("case_file", "case_access", "party", "timeline_head", "data_key"):
        column = COLUMN.get(table, "case_id")
        with eyes.of(stranger, site.at) as connection:
            changed = connection.execute(
                sa.text(f"update {table} set {column} = {column} where {column} = :c"), {"c": case.id}
            )
            assert changed.rowcount == 0, table
    for statement, _ in forbidden:
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        with eyes.of(stranger, site.at) as connection, pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(sa.text(statement), used)
    assert eyes.count(site.who("referrer", reference), site.at, "steering", case.id) <= 1


def test_whoever_hands_over_finishes_and_then_sees_nothing(site: Site, eyes: Eyes) -> None:
    case_id = site.case(reference := register_sample(site, 1)).id
    former, colleague = site.who("referrer", reference), site.who("collega")

    take(
        site,
        former,
        reference,
        "hand_over_referrer",
        opvolger=str(colleague),
        reden="Ander team.",
    )
    looking = eyes.seen(colleague, site.at, case_id)
    take(site, colleague, reference, "take_over", gezinGebeld=True, gebeldOp=site.on.isoformat())
    site.move(seconds=1)

    assert looking["party"] > 0 and looking["handover"] == 1
    assert eyes.seen(former, site.at, case_id) == {"reception": 1}
    assert eyes.count(colleague, site.at, "party", case_id) > 0


def test_who_lets_somebody_leave_reaches_those_cases_at_that_moment_and_no_content(site: Site, eyes: Eyes) -> None:
    mine, other = site.case(register_sample(site, 1)).id, site.case(register_sample(site, 2)).id
    administrator, leaver = site.who("beheerder"), site.who("verwijzer1")

    with eyes.of(administrator, site.at) as connection:
        connection.execute(
            sa.text("insert into departure (id, account_id, by_account, at, kind) values (:id, :a, :b, :at, 'left')"),
            {"id": uuid4(), "a": leaver, "b": administrator, "at": site.at},
        )
        reached = {table for table in WALLED if connection.execute(rows(table, mine)).scalar_one()}
        elsewhere = {table for table in WALLED if connection.execute(rows(table, other)).scalar_one()}
        connection.commit()

    assert reached == {"case_file", "case_access", "timeline_head"}
    assert elsewhere == set()
    site.move(seconds=1)
    assert eyes.seen(administrator, site.at, mine) == {}


@pytest.mark.parametrize("nickname", ["collega", "fg", "analist", "verwijzer1"])
def test_who_may_let_nobody_leave_can_not_say_that_somebody_does(site: Site, eyes: Eyes, nickname: str) -> None:
    register_sample(site, 1)

    with eyes.of(site.who(nickname), site.at) as connection, pytest.raises(ProgrammingError, match="row-level"):
        connection.execute(LEAVES, departure(site, "verwijzer1", by=nickname))


def test_a_coordinator_says_so_of_the_own_people_and_in_the_own_name_alone(site: Site, eyes: Eyes) -> None:
    coordinator = site.who("teamleider")

    with eyes.of(coordinator, site.at) as connection:
        connection.execute(LEAVES, departure(site, "verwijzer1", by="teamleider"))
    for leaver, by in (("verwijzer1", "beheerder"), ("vvg1", "teamleider")):
        with eyes.of(coordinator, site.at) as connection, pytest.raises(ProgrammingError, match="row-level"):
            connection.execute(LEAVES, departure(site, leaver, by=by))


LEAVES = sa.text("insert into departure (id, account_id, by_account, at, kind) values (:id, :a, :b, :at, 'left')")


def departure(site: Site, leaver: str, *, by: str) -> dict[str, Any]:
    return {"id": uuid4(), "a": site.who(leaver), "b": site.who(by), "at": site.at}


def test_who_broke_the_glass_reads_all_of_it_and_changes_and_adds_nothing(site: Site, eyes: Eyes) -> None:
    reference = register_sample(site, 1)
    take(site, "chair", reference, "declare_independence", band=False)
    case = site.case(reference)
    who = join(site, reference, "administrator.break_glass")
    site.move(minutes=1)
    seen = eyes.seen(who, site.at, case.id)

    for table in seen.keys() - {"timeline_head", "timeline_entry"}:
        column = COLUMN.get(table, "case_id")
        change = sa.text(f"update {table} set {column} = {column} where {column} = :c")
        with eyes.of(who, site.at) as connection:
            try:
                changed = connection.execute(change, {"c": case.id}).rowcount
            except ProgrammingError:  # a row that may be held, and not changed
                changed = 0
            assert changed == 0, table
    steering = "insert into steering (id, case_id, who, organisation, since) values (:id, :c, 'x', '', :on)"
    key = "insert into data_key (id, owner_id, holder, version) values (:id, :c, 'referrer', 9)"
    longer = "update case_access set until = :later where case_id = :c and account_id = :me"
    values = {"id": uuid4(), "c": case.id, "me": who, "on": site.on, "later": site.at + timedelta(days=1)}
    for statement in (steering, key, longer):
        with eyes.of(who, site.at) as connection, pytest.raises(ProgrammingError, match="row-level security"):
            connection.execute(
                sa.text(statement), {name: value for name, value in values.items() if f":{name}" in statement}
            )

    assert seen["party"] > 0 and seen["case_file"] == 1
    page = site.client(who).get(f"/zaken/{reference}")
    step = site.client(who).post(f"/zaken/{reference}/stappen", data={"_stap": "take_up"})
    assert (page.status_code, step.status_code) == (200, 403)


def test_the_privacy_officer_reads_the_row_of_a_case_and_does_not_change_it(site: Site, eyes: Eyes) -> None:
    case_id = site.case(register_sample(site, 1)).id

    with eyes.of(site.who("fg"), site.at) as connection:
        read = connection.execute(rows("case_file", case_id)).scalar_one()
        changed = connection.execute(sa.text("update case_file set stage = 'closed' where id = :c"), {"c": case_id})

        assert (read, changed.rowcount) == (1, 0)


def test_a_change_that_the_wall_hides_fails_loudly(site: Site) -> None:
    case_id = site.case(register_sample(site, 1)).id

    with pytest.raises(NothingChanged), site.writing_as(site.who("beheerder")) as tx:
        change_hidden = sa.update(CaseAccess).where(CaseAccess.case_id == case_id).values(until=site.at)  # type: ignore[arg-type]
        change_these_rows(tx, change_hidden, 1)


def test_a_chair_with_a_tie_finishes_saying_so_and_then_sees_nothing(site: Site, eyes: Eyes) -> None:
    case_id = site.case(reference := register_sample(site, 1)).id
    chair = site.who("chair", reference)

    take(site, chair, reference, "declare_independence", band=True, toelichting="Een buurkind.")
    site.move(seconds=1)

    assert eyes.seen(chair, site.at, case_id) == {}
    assert eyes.count(site.who("chair", reference), site.at, "case_file", case_id) == 1


def test_an_administrator_reaches_a_case_only_while_a_part_of_it_is_to_be_destroyed(site: Site, eyes: Eyes) -> None:
    reference = register_sample(site, 1)
    case_id, administrator = site.case(reference).id, site.who("beheerder")
    seen = []

    for state in ("asked", "granted", "executed"):
        with site.database.write() as tx:
            for row in tx.scalars(sa.select(Erasure)).all():
                row.state = "executed"
                row.executed_at = site.at
            by = site.who("referrer", reference)
            made = Erasure(
                case_id=case_id, holder="referrer", ground="request", state=state, asked_by=by, asked_at=site.at,
                executed_at=site.at if state == "executed" else None,
            )  # fmt: skip
            tx.add(made)
        site.move(seconds=1)
        seen.append(eyes.seen(administrator, site.at, case_id).keys() - {"erasure"})

    assert seen[0] == seen[2] == set()
    assert seen[1] == {"case_access", "case_file", "data_key", "party", "reception", "reminder", "timeline_head"}


def test_the_consortium_that_loses_sees_nothing_from_the_next_moment(site: Site, eyes: Eyes) -> None:
    told = Told(site)
    told.story.to_placing(*FAMILY)
    told.take("vvg1", "accept_placement")
    site.move(seconds=1)

    assert eyes.seen(site.who("muts1"), site.at, site.case(told.reference).id) == {}
    assert eyes.count(site.who("vvg1"), site.at, "placement", site.case(told.reference).id) == 1


def test_who_lost_sight_at_that_moment_is_refused_all_the_same_and_that_is_written_down(site: Site) -> None:
    case, lost = site.case(register_sample(site, 1)), site.cast["collega"]
    scope = {"type": "http", "app": site.app, "headers": [], "path_params": {}, "client": None, "state": {}}
    with site.database.read() as tx:
        actor = load_actor(tx, lost, site.on)

    with pytest.raises(NotNow), _refusals_noted(site.app.state.database) as kept, site.database.read() as tx:
        kept.append(Visit(Request(scope), tx, site.at, actor, about=case.id))
        raise NotNow

    with site.database.read() as tx:
        assert entries_of(tx, lost, newest=1, changes_only=False)[0].outcome == "refused 409"


def test_a_referral_sent_for_a_colleague_is_made_and_then_not_seen(site: Site, eyes: Eyes) -> None:
    colleague = site.who("collega")
    answer = site.api(colleague).post("/api/v1/aanmeldingen", json=sample(1))
    reference = answer.json()["kenmerk"]
    again = site.api(colleague).post("/api/v1/aanmeldingen", json=sample(1))
    site.move(seconds=1)
    later = site.api(colleague).post("/api/v1/aanmeldingen", json=sample(1))

    assert (answer.status_code, again.status_code, later.status_code) == (201, 200, 200)
    assert later.json()["kenmerk"] == reference
    assert site.api(colleague).get(f"/api/v1/zaken/{reference}").status_code == 404
    assert eyes.seen(colleague, site.at, site.case(reference).id) == {"reception": 1}


def test_the_same_young_person_elsewhere_is_linked_without_being_shown(site: Site, eyes: Eyes) -> None:
    first = register_sample(site, 1)
    second = {**sample(1), "bronkenmerk": "ANDERS-1"}
    answer = site.api("verwijzer1").post("/api/v1/aanmeldingen", json=second)
    reference = answer.json()["kenmerk"]
    for each in (first, reference):
        take(site, "chair", each, "declare_independence", band=False)
    site.move(seconds=1)
    chair = site.who("chair", reference)
    if (other := site.who("chair", first)) == chair:
        pytest.fail("the rota gave both cases to one chair")

    page = site.client(chair).get(f"/zaken/{reference}").text
    older = site.client(other).get(f"/zaken/{first}").text

    assert first in page and reference in older
    assert eyes.seen(chair, site.at, site.case(first).id) == {}


def test_a_pool_of_one_leaks_nothing_from_one_request_to_the_next(
    postgresql: databases.Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = [register_sample(site, 1), register(site, {**sample(2)})]
    chosen = [site.who("referrer", reference) for reference in references]
    clients = [site.client(who) for who in chosen]
    one = sa.create_engine(postgresql.app_url, pool_size=1, max_overflow=0, hide_parameters=True)
    door = site.app.state.database
    monkeypatch.setattr(door, "_reading", one)
    monkeypatch.setattr(door, "_writing", one)

    def ask(number: int) -> list[int]:
        client = clients[number % 2]
        return [
            client.get(f"/zaken/{reference}").status_code
            for reference in (references[number % 2], references[1 - number % 2])
        ]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(100)))
    with one.connect() as connection:
        left = connection.execute(rows("case_file", site.case(references[0]).id)).scalar_one()
    one.dispose()

    assert answers == [[200, 404]] * 100
    assert left == 0


def test_no_route_ever_speaks_as_the_system(site: Site) -> None:
    reference = register_sample(site, 1)
    people = [site.as_("chair", reference), site.as_("verwijzer2"), site.anonymous(), site.api("referrer", reference)]
    paths: set[tuple[str, str]] = {
        (method, route.path) for route in _routes(site.app.routes) for method in route.methods
    }

    with statements(site) as asked:
        for client in people:
            for method, template in sorted(paths):
                for filled in (reference, GHOST):
                    client.request(
                        method, PARAMETER.sub(filled, template), data={"_stap": "take_up"} if method == "POST" else None
                    )

    assert any("app.account" in str(each) or "set_config" in each for each in asked)
    assert not [each for each in asked if "app.system" in each]


def _routes(found: Any) -> Iterator[Any]:
    for route in found:
        if hasattr(route, "effective_route_contexts"):
            yield from _routes(route.effective_route_contexts())
        elif getattr(route, "methods", None):
            yield route


def test_only_the_database_module_knows_how_to_speak_as_the_system() -> None:
    source = Path(migrations.__file__).parents[1]

    knowing = {path.name for path in source.rglob("*.py") if "app.system" in path.read_text("utf-8")}

    assert knowing == {"db.py", "0009_wall.py", "0014_administration.py", "0019_glass_reads.py"}


def test_whoever_is_let_in_is_no_longer_the_system(site: Site) -> None:
    case = site.case(register_sample(site, 1))

    with site.database.read() as tx:
        enter(tx, site.who("verwijzer2"), site.at)
        seen = tx.connection().execute(rows("case_file", case.id)).scalar_one()

    assert seen == 0


def test_the_owner_changes_data_only_past_the_wall_and_counts(postgresql: databases.Database, site: Site) -> None:
    register_sample(site, 1)
    register_sample(site, 2)
    parties = sa.table("party", sa.column("language"))
    owner = sa.create_engine(postgresql.owner_url)

    with owner.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        silent = connection.execute(sa.update(parties).values(language="xx")).rowcount
        changed = change_rows(sa.update(parties).where(parties.c.language == "nl").values(language="zz"))
        with every_row("party"):
            left = connection.execute(sa.select(sa.func.count()).select_from(parties)).scalar_one()
    with owner.connect() as connection:
        forced = connection.execute(
            sa.text("select relforcerowsecurity from pg_class where relname = 'party'")
        ).scalar_one()
    owner.dispose()

    assert silent == 0
    assert 0 < changed <= left
    assert forced


@contextmanager
def at_first_schema(database: databases.Database) -> Iterator[sa.URL]:
    """The owner's address of a database beside this one, at revision 0001."""
    if database.kind == "sqlite":
        url = sa.make_url(database.owner_url).set(
            database=f"{Path(database.owner_url).parent}/first.db".removeprefix("sqlite:")
        )
        migrations.upgrade(url.render_as_string(False), to="0001")
        yield url
        return
    url = sa.make_url(database.owner_url)
    admin = sa.create_engine(url.set(username="postgres"), isolation_level="AUTOCOMMIT")
    name = f"bt_{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} OWNER bt_owner"))
        migrations.upgrade(url.set(database=name).render_as_string(False), "bt_app", to="0001")
        yield url.set(database=name)
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def test_a_filled_database_keeps_its_rows_and_its_triggers_when_the_wall_is_built(database: databases.Database) -> None:
    account, case_id, at = uuid4(), uuid4(), datetime(2026, 11, 9, tzinfo=UTC)
    known = {"account_id": account, "case_id": case_id, "since": at}
    counted = ("account", "case_file", "case_access", "party")
    with at_first_schema(database) as url:
        engine = sa.create_engine(url)
        stored = sa.MetaData()
        stored.reflect(engine, only=counted)
        with engine.begin() as connection:
            for name in counted:
                row_id = {"account": account, "case_file": case_id}.get(name, uuid4())
                connection.execute(
                    sa.insert(stored.tables[name]), [empty_row(stored.tables[name], known | {"id": row_id})]
                )
            before = triggers(connection)

        migrations.upgrade(url.render_as_string(False), "bt_app", to="0009")

        with sa.create_engine(url.set(username="bt_app") if database.kind == "postgresql" else url).connect() as app:
            seen = {}
            for who in (account, uuid4()):
                for setting, said in (("app.account", str(who)), ("app.at", at.isoformat())):
                    if database.kind == "postgresql":
                        app.execute(sa.select(sa.func.set_config(setting, said, True)))
                seen[who] = [
                    app.execute(sa.select(sa.func.count()).select_from(stored.tables[name])).scalar_one()
                    for name in counted
                ]
            assert triggers(app) >= before
        engine.dispose()

    blind = [1, 0, 0, 0] if database.kind == "postgresql" else [1, 1, 1, 1]
    assert list(seen.values()) == [[1, 1, 1, 1], blind]


def empty_row(table: sa.Table, known: dict[str, Any]) -> dict[str, Any]:
    """A row with what is known, and something in every other column that must hold a value."""
    needed = {column.name: column.type.python_type for column in table.columns if not column.nullable}
    found = {name: known[name] if name in known else FILLING[kind]() for name, kind in needed.items()}
    return {
        name: value.hex if needed[name] is str and isinstance(value, UUID) else value for name, value in found.items()
    }


def triggers(connection: sa.Connection) -> set[str]:
    postgresql = "select tgname from pg_trigger where not tgisinternal"
    sqlite = "select name from sqlite_master where type = 'trigger'"
    return set(connection.scalars(sa.text(postgresql if connection.dialect.name == "postgresql" else sqlite)))
