"""New versions of keys while people work: nothing is lost, nothing fails, nothing stays under the old one."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bijzondere_toegang.cases.models import Case, Item, Party
from bijzondere_toegang.crypto import Keyring, WrongKey, keyring, mark, new_key, read_keys, replace_keys, seal
from bijzondere_toegang.db import Database, DataKey, Secret, unseal_rows, value_place, vault_of
from bijzondere_toegang.keeping.rotation import Lost, _seal_anew, rekey_lookups, renew, rewrap, survey
from bijzondere_toegang.oversight.models import AccountStreet, FindingStep
from bijzondere_toegang.oversight.review import Odd, store, street_key
from bijzondere_toegang.parties.models import PartyChange
from bijzondere_toegang.people.accounts import find_account, login_key
from bijzondere_toegang.people.links import ask_for_link, make_link, open_link
from bijzondere_toegang.people.models import LinkRequest, LinkThrottle, LoginThrottle
from bijzondere_toegang.referrals.models import Reception
from bijzondere_toegang.referrals.reception import digests_of
from tests import databases
from tests.keeping.support import ciphers, filled, keeper, key_rows, masters
from tests.support import START, Site, register_sample, sample

MANY = 100_000 if os.environ.get("BT_SOAK") else 1_500
OLD, BOTH = {1: b"\x01" * 32}, {1: b"\x01" * 32, 2: b"\x02" * 32}
LATER = START + timedelta(hours=1)


def names(site: Site) -> list[str]:
    with site.database.read() as tx:
        rows = tx.scalars(select(Party).order_by(col(Party.id))).all()
        unseal_rows(tx, rows)
        return [row.full_name for row in rows]


def test_a_new_master_key_wraps_every_data_key_and_the_old_one_can_go(database: databases.Database) -> None:
    site = filled(database)
    before = names(site)
    site.database.keyring._take(BOTH)

    count = rewrap(keeper(database, Keyring(BOTH)))

    site.database.keyring._take({2: BOTH[2]})
    assert count == len(key_rows(site.database))
    assert masters(site.database) == {2}
    assert names(site) == before
    assert site.as_("verwijzer1").get("/zaken/BT-1001").status_code == 200
    with site.database.read() as tx:
        assert find_account(tx, "anneke@example.org") is not None


def test_a_run_that_lacks_the_old_key_changes_nothing(database: databases.Database) -> None:
    site = filled(database)

    with pytest.raises(WrongKey, match="version 1"):
        rewrap(keeper(database, Keyring({2: BOTH[2]})))

    assert masters(site.database) == {1}


def test_an_application_with_a_key_file_takes_up_a_new_version_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "sleutels"
    running = keyring(None, file)
    wrapped = running.wrap(new_key(), b"here")

    replace_keys(file, {**read_keys(file), 2: new_key()})
    other = keyring(None, file).wrap(new_key(), b"there")

    assert running.unwrap(other, b"there") and running.unwrap(wrapped, b"here")
    assert running.version == 2
    assert file.stat().st_mode & 0o777 == 0o600


def test_new_data_keys_leave_no_value_under_the_old_ones(database: databases.Database) -> None:
    site = filled(database)
    before, count = names(site), len(ciphers(database))

    done = renew(keeper(database), LATER)

    assert names(site) == before
    assert done.values == count == len(ciphers(database))
    assert {cipher[:2] for cipher in ciphers(database)} == {mark(2)}
    found = survey(site.database)
    assert (found.renewing, found.retired) == (0, done.keys)
    assert site.as_("verwijzer1").get("/zaken/BT-1001").status_code == 200


def test_what_the_log_committed_to_is_still_the_same_after_new_data_keys(database: databases.Database) -> None:
    site = filled(database, 1)
    renew(keeper(database), LATER)
    renew(keeper(database), LATER + timedelta(hours=1))

    with site.database.read() as tx:
        known = tx.scalars(select(Reception)).one()
        again = digests_of(tx, known.case_id, sample(1))

    assert known.digests == again
    assert register_sample(site, 1) == "BT-1001"


def test_a_renewal_that_was_broken_off_is_finished_by_the_next(
    database: databases.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = filled(database)
    before = names(site)
    with monkeypatch.context() as broken:
        broken.setattr("bijzondere_toegang.keeping.rotation._retire", _pulls_the_plug)
        with pytest.raises(KeyboardInterrupt):
            renew(keeper(database), LATER)
    assert names(site) == before

    renew(keeper(database), LATER + timedelta(minutes=1))

    assert names(site) == before
    assert len({cipher[:2] for cipher in ciphers(database)} - {mark(2), mark(3)}) == 0
    assert survey(site.database).renewing == 0


def _pulls_the_plug(*_: object) -> int:
    raise KeyboardInterrupt


def test_a_run_that_another_overtook_leaves_the_newer_version_alone(
    database: databases.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = filled(database)
    before = names(site)
    slow = _seal_anew

    def overtaken(*asked: Any) -> int:
        monkeypatch.undo()
        renew(keeper(database), LATER + timedelta(seconds=1))
        return slow(*asked)

    monkeypatch.setattr("bijzondere_toegang.keeping.rotation._seal_anew", overtaken)
    renew(keeper(database), LATER)

    assert names(site) == before
    assert len({cipher[:2] for cipher in ciphers(database)} - {mark(3), mark(4)}) == 0
    assert survey(site.database).renewing == 0


def test_two_runs_at_once_do_not_hurt_each_other(database: databases.Database) -> None:
    site = filled(database, 1, 2, 3)
    before = names(site)

    with at_once(
        lambda: renew(keeper(database, Keyring(BOTH)), LATER),
        lambda: renew(keeper(database, Keyring(BOTH)), LATER + timedelta(seconds=1)),
        lambda: rewrap(keeper(database, Keyring(BOTH))),
        lambda: rewrap(keeper(database, Keyring(BOTH))),
        keyring_of=site.database.keyring,
    ) as failures:
        pass

    assert failures == []
    assert names(site) == before
    assert survey(site.database).renewing == 0


@contextmanager
def at_once(*acts: Callable[[], object], keyring_of: Keyring | None = None) -> Iterator[list[BaseException]]:
    """Run these in threads of their own beside the block; what they raise is kept."""
    failures: list[BaseException] = []
    if keyring_of is not None:
        keyring_of._take(BOTH)

    def kept(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=kept, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    yield failures
    for thread in threads:
        thread.join()


def test_look_ups_get_a_key_of_their_own_and_a_new_one(database: databases.Database) -> None:
    site = filled(database, 1)
    bsn = site.case("BT-1001").bsn_key

    rekey_lookups(keeper(database), LATER)

    with site.database.read() as tx:
        assert find_account(tx, "anneke@example.org") is not None
        assert find_account(tx, "niemand@example.org") is None
        assert vault_of(tx).lookup(tx, "bsn", sample(1)["jeugdige"]["bsn"]) == site.case("BT-1001").bsn_key != bsn


def test_a_new_key_for_look_ups_reaches_all_that_is_found_by_one(database: databases.Database) -> None:
    site = filled(database, 1)
    odd = Odd("name", site.at, site.on, site.who("verwijzer1"), "referrer", site.case("BT-1001").id, 1)
    blocked = site.at + timedelta(minutes=5)
    with site.database.write() as tx:
        store(tx, [odd], site.at)
        lives = street_key(tx, "Kerkstraat 99\nVenlo")
        tx.add(AccountStreet(account_id=odd.account_id, street_key=lives, set_at=site.at))
        tx.add(LoginThrottle(login_key=login_key(tx, "anneke@example.org"), failures=9, blocked_until=blocked))
        ask_for_link(tx, "anneke@example.org", site.at)
        token = make_link(tx, site.who("moeder", "BT-1001"), site.at, known=["2012-03-04"])

    lost = rekey_lookups(keeper(database), site.at)

    with site.database.write() as tx:
        again = store(tx, [odd], site.at)
        throttle = tx.get(LoginThrottle, login_key(tx, "anneke@example.org"))
        link = open_link(tx, token, site.at)
        street = tx.get_one(AccountStreet, odd.account_id).street_key
        asked = tx.scalars(select(LinkRequest)).one()
        assert asked.login_key == login_key(tx, "anneke@example.org")
        assert tx.scalars(select(LinkThrottle)).all() == []
    assert lost == Lost(streets=1, links=1)
    assert again == []
    assert throttle is not None and (throttle.failures, throttle.blocked_until) == (9, blocked)
    assert link is None
    assert street == ""


def test_what_never_changes_gets_a_newer_seal_and_no_other_change(database: databases.Database) -> None:
    site = filled(database, 1)
    row, step, case, who = uuid4(), uuid4(), site.case("BT-1001").id, site.who("fg")
    with site.database.write() as tx:
        youth = tx.scalars(select(Party).where(col(Party.kind) == "youth")).one()
        tx.add(PartyChange(id=row, case_id=case, party_id=youth.id, at=site.at, content=Secret("Was Bos.")))
        (finding,) = store(tx, [Odd("name", site.at, site.on, who, "referrer", case, 1)], site.at)
        tx.add(
            FindingStep(
                id=step, finding_id=finding.id, state="seen", at=site.at, account_id=who, note=Secret("Ja.")
            )
        )  # fmt: skip

    renew(keeper(database), LATER)

    with site.database.read() as tx:
        changed, noted = tx.get_one(PartyChange, row), tx.get_one(FindingStep, step)
        unseal_rows(tx, [changed, noted])
        assert changed.content is not None and changed.content.reveal() == "Was Bos."
        assert noted.note is not None and noted.note.reveal() == "Ja."
    for model, column in ((PartyChange, "content"), (FindingStep, "note")):
        for values in ({column: Secret(cipher=mark(2) + b"x")}, {column: None}, {"at": LATER}):
            with pytest.raises(DBAPIError, match="append-only"), keeper(database).write() as tx:
                tx.connection().execute(update(model).values(values))


def test_requests_go_on_during_a_rotation(database: databases.Database) -> None:
    """Nobody's read fails, no value is lost, and afterwards nothing is under the old versions."""
    site = filled(database, 1, 2)
    written = many_items(site, MANY)
    stop, read = threading.Event(), list[int]()
    site.database.keyring._take(BOTH)
    client, writer = site.as_("verwijzer1"), site.as_("verwijzer2")

    def look() -> None:
        while not stop.is_set():
            read.append(client.get("/zaken/BT-1001").status_code)
            read.append(client.get("/werkvoorraad").status_code)

    def write() -> None:
        while not stop.is_set():
            with site.database.write() as tx:
                row = tx.scalars(select(Party).where(col(Party.kind) == "youth").limit(1)).one()
                unseal_rows(tx, [row])
                row.school = Secret(f"School {len(read)}")
                tx.add(row)
            read.append(writer.get("/zaken/BT-1002").status_code)

    with at_once(look, write) as failures:
        opened = keeper(database, Keyring(BOTH))
        try:
            rewrap(opened)
            renew(opened, LATER)
            rewrap(opened)
        finally:
            stop.set()

    print(f"{database.kind}: new keys for {MANY} values, {len(read)} pages read meanwhile, {len(failures)} failures")
    assert failures == []
    assert set(read) == {200}
    assert masters(site.database) == {2}
    assert mark(1) not in {cipher[:2] for cipher in ciphers(database)}
    assert items(site, written) == {f"Tekst {n}" for n in range(MANY)}


def many_items(site: Site, count: int) -> UUID:
    """So many items of a second case, sealed and written in bulk; returns the case."""
    case = site.case("BT-1002").id
    with site.database.write() as tx:
        vault = vault_of(tx)
        vault.load(tx, {(case, "referrer")})
        key = vault.opened((case, "referrer"))[1]
        rows = []
        for number in range(count):
            row_id = uuid4()
            place = value_place("item", row_id, "text", 1)
            cipher = mark(1) + seal(key, f"Tekst {number}".encode(), place)
            rows.append(
                dict(
                    id=row_id, case_id=case, holder="referrer", position=0, kind="canary", part="",
                    created_at=site.at, media_type="", text=Secret(cipher=cipher),
                )
            )  # fmt: skip
        tx.connection().execute(insert(Item), rows)
    return case


def items(site: Site, case: UUID) -> set[str]:
    with site.database.read() as tx:
        rows = tx.scalars(select(Item).where(col(Item.case_id) == case, col(Item.kind) == "canary")).all()
        unseal_rows(tx, rows)
        return {row.text.reveal() for row in rows if row.text is not None}


def test_a_value_that_was_read_before_its_key_changed_is_read_again(database: databases.Database) -> None:
    site = filled(database, 1)

    with site.database.read() as tx:
        if database.kind == "postgresql":
            row = tx.scalars(select(Party).where(col(Party.kind) == "youth")).one()
            renew(keeper(database), LATER)
        else:
            renew(keeper(database), LATER)
            row = tx.scalars(select(Party).where(col(Party.kind) == "youth")).one()
        unseal_rows(tx, [row])

        assert row.first_name is not None and row.first_name.reveal() == sample(1)["jeugdige"]["voornaam"]


def test_a_key_that_is_not_there_is_an_error_and_not_an_erasure(database: databases.Database) -> None:
    site = filled(database, 1)
    with keeper(database).write() as tx:
        for row in tx.scalars(select(DataKey).join(Case, col(Case.id) == col(DataKey.owner_id))).all():
            tx.delete(row)

    with site.database.read() as tx, pytest.raises(WrongKey, match="not there"):
        unseal_rows(tx, tx.scalars(select(Party)).all())


def test_an_empty_survey_of_a_fresh_database(database: databases.Database) -> None:
    found = survey(Database(database.app_url, Keyring(OLD)))

    assert (found.wrapped, found.live) == ({}, 0)
