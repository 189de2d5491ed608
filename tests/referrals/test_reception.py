"""Receiving referrals: once per sender and source reference, on both databases, and nothing leaks."""

from __future__ import annotations

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.cases.models import Case, CaseAccess, CaseLink, Item, ItemReader, Party
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.accounts import find_account
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.referrals.filing import birthday
from bijzondere_toegang.referrals.importing import import_files
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.referrals.models import Reception
from bijzondere_toegang.referrals.reception import Differs, receive
from bijzondere_toegang.reminders.models import Outbox, Reminder
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.databases import Database
from tests.support import NUMBERS, SAMPLES, Site, make_site, register, register_sample, sample, scene, take


def count(site: Site, table: Any) -> int:
    with site.database.read() as tx:
        return int(tx.exec(select(func.count()).select_from(table)).one())


def changed(number: int, **fields: Any) -> dict[str, Any]:
    return copy.deepcopy(sample(number)) | fields


def test_every_sample_registers(database: Database) -> None:
    site = make_site(database)

    references = [register_sample(site, number) for number in NUMBERS]

    assert references == [f"BT-{1000 + number}" for number in NUMBERS]
    with site.database.read() as tx:
        cases = tx.exec(select(Case)).all()
        assert {case.stage for case in cases} == {"registered"}
        assert all(case.due_on and case.decide_before and case.request_on for case in cases)


def test_the_case_holds_the_days_and_codes_of_the_intake(database: Database) -> None:
    site = make_site(database)

    case = site.case(register_sample(site, 3))

    assert (case.municipality, case.referrer_organisation, case.authority) == (
        sample(3)["jeugdige"]["woonplaats"],
        "bjz-limburg",
        "gi",
    )
    assert (case.framework, case.measure_requested, case.safety) == ("compulsory", True, "acuut-onveilig")
    assert (case.request_on, case.decide_before) == (date(2026, 10, 30), date(2026, 12, 25))
    assert (case.turns_12_on, case.turns_18_on) == (date(2022, 2, 4), date(2028, 2, 4))
    assert case.bsn_key and "999900031" not in case.bsn_key


def test_a_birthday_on_leap_day_falls_on_the_first_of_march() -> None:
    assert birthday(date(2012, 2, 29), 18) == date(2030, 3, 1)
    assert birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)


def test_the_same_document_twice_is_one_case(database: Database) -> None:
    site = make_site(database)
    first = register_sample(site, 1)
    before = [count(site, table) for table in (Case, Party, Item, Reception, Outbox, TimelineEntry)]

    second = register_sample(site, 1)

    assert second == first
    assert [count(site, table) for table in (Case, Party, Item, Reception, Outbox, TimelineEntry)] == before


def test_the_same_reference_with_other_values_is_refused_and_names_them(database: Database) -> None:
    site = make_site(database)
    register_sample(site, 1)
    other = changed(1, spoed=not sample(1)["spoed"])
    other["jeugdige"]["school"] = "Een andere school"

    with pytest.raises(Differs) as refused:
        register(site, other)

    assert {fault.pointer for fault in refused.value.faults} == {"/jeugdige/school", "/spoed"}
    assert count(site, Case) == 1


def test_eight_senders_at_once_make_one_case(database: Database) -> None:
    site = make_site(database)

    with ThreadPoolExecutor(8) as pool:
        references = list(pool.map(lambda _: register_sample(site, 1), range(8)))

    assert set(references) == {references[0]}
    assert (count(site, Case), count(site, Reception)) == (1, 1)


def test_eight_different_referrals_at_once_get_eight_references(database: Database) -> None:
    site = make_site(database)

    with ThreadPoolExecutor(8) as pool:
        references = list(pool.map(lambda number: register_sample(site, number), NUMBERS))

    assert sorted(references) == [f"BT-{1000 + number}" for number in NUMBERS]


def test_the_referrer_is_found_by_mail_within_the_organisation(database: Database) -> None:
    site = make_site(database)

    reference = register_sample(site, 1)

    assert site.who("referrer", reference) == site.cast["verwijzer1"]


def test_an_unknown_referrer_gets_an_account_that_cannot_log_in(database: Database) -> None:
    site = make_site(database)
    document = changed(1)
    document["verwijzer"]["email"] = "nieuw@example.org"

    reference = register(site, document)

    with site.database.read() as tx:
        account = find_account(tx, "nieuw@example.org")
        assert account is not None and account.password_hash is None
        actor = load_actor(tx, account.id, site.on)
        assert actor is not None and actor.organisations("referrer") == ("toegang-venlo",)
    assert site.who("referrer", reference) == account.id


def test_the_mail_address_of_somebody_elsewhere_gives_no_access(database: Database) -> None:
    site = make_site(database)
    document = changed(1)
    document["verwijzer"]["email"] = "vvg1@example.org"

    reference = register(site, document)

    assert site.who("referrer", reference) not in site.cast.values()


def test_a_parent_who_shares_an_address_with_a_professional_gets_an_own_account(database: Database) -> None:
    site = make_site(database)
    document = changed(1)
    document["gezin"][0]["email"] = "anneke@example.org"
    document["gezin"][1]["email"] = "anneke@example.org"

    family = site.family(register(site, document))

    assert len(set(family.values())) == 3
    assert not set(family.values()) & set(site.cast.values())


def test_only_those_with_authority_and_of_age_get_access(database: Database) -> None:
    site = make_site(database)

    assert set(site.family(register_sample(site, 3))) == {"jeugdige", "moeder"}
    assert set(site.family(register_sample(site, 5))) == {"moeder", "vader"}


def test_chairs_take_turns(database: Database) -> None:
    site = make_site(database)

    chairs = [site.who("chair", register_sample(site, number)) for number in (1, 2, 3, 4)]

    assert set(chairs) == {site.cast["anneke"], site.cast["joris"]}
    assert chairs[0] == chairs[2] != chairs[1] == chairs[3]


def test_the_same_bsn_in_an_open_case_is_linked_and_told_to_chairs_alone(database: Database) -> None:
    site = make_site(database)
    register_sample(site, 1)
    told = count(site, Outbox)
    again = changed(1, bronkenmerk="TOEGANG-VENLO-2026-0099")
    for member in again["gezin"]:
        member.pop("email", None)

    register(site, again)

    assert count(site, CaseLink) == 1
    with site.database.read() as tx:
        accounts = list(tx.exec(select(Outbox.account_id, Outbox.kind)).all())[told:]
    chairs = {site.cast["anneke"], site.cast["joris"]}
    assert sum(account in chairs and kind == "news" for account, kind in accounts) >= 3


def test_acutely_unsafe_alerts_the_chair_at_once(database: Database) -> None:
    site = make_site(database)

    reference = register_sample(site, 2)

    with site.database.read() as tx:
        urgent = tx.exec(select(Outbox.account_id).where(Outbox.kind == "urgent")).all()
    assert urgent == [site.who("chair", reference)]


def test_what_nobody_lists_has_no_readers(database: Database) -> None:
    site = make_site(database)

    register_sample(site, 7)

    with site.database.read() as tx:
        open_kinds = set(tx.exec(select(Item.kind).join(ItemReader, ItemReader.item_id == Item.id)).all())  # type: ignore[arg-type]
        kinds = set(tx.exec(select(Item.kind)).all())
    assert "wens-jeugdige" in kinds - open_kinds
    assert open_kinds <= {"aanmelding", "maatregelen", "familiegroepsplan", "verwijzer", "verklarende-analyse"}


SECRETS = {7: "Niet zeggen dat ik dat gezegd heb", 2: "Akkerlaan", 4: "schoolverslag"}


def words_for(site: Site, who: str, reference: str) -> str:
    """Everything this person reads of the items of a case; a parent of a youth of 16 may not even see it."""
    with site.database.read() as tx:
        try:
            items = readable_items(scene(site, tx, who, reference))
        except NotThere:
            return ""
        return " ".join(s.reveal() for item in items for s in (item.title, item.text) if s is not None)


@pytest.mark.parametrize("number", SECRETS)
def test_the_secrets_of_the_samples_are_in_nothing_that_others_read(database: Database, number: int) -> None:
    site = make_site(database)
    reference = register_sample(site, number)
    take(site, "chair", reference, "declare_independence", band=False)
    readers = ["chair", *(word for word in site.family(reference) if word != "jeugdige")]

    for who in readers:
        assert SECRETS[number] not in words_for(site, who, reference), who
    with site.database.read() as tx:
        own = readable_items(scene(site, tx, "referrer", reference))
        kinds = {item.kind for item in own}
    assert {7: "wens-jeugdige", 2: "aanmelding", 4: "document"}[number] in kinds
    with site.database.read() as tx, pytest.raises(NotThere):
        scene(site, tx, "vvg1", reference)


def test_a_referral_is_an_entry_with_a_commitment_per_value(database: Database) -> None:
    site = make_site(database)

    case = site.case(register_sample(site, 1))

    with site.database.read() as tx:
        entry = tx.exec(select(TimelineEntry).where(TimelineEntry.chain == case.id)).one()
        assert (entry.step, entry.from_stage, entry.to_stage) == ("register", "draft", "registered")
        assert "/jeugdige/voornaam" in entry.commitments
        assert "Venlo" not in json.dumps(entry.commitments)
        assert tx.exec(select(Reminder).where(Reminder.case_id == case.id, Reminder.state == "waiting")).all()


def test_files_are_imported_once_however_often_asked(database: Database) -> None:
    site = make_site(database)
    said: list[str] = []

    first = import_files(site.database, site.process, [SAMPLES], at=site.at, say=said.append)
    second = import_files(site.database, site.process, [SAMPLES], at=site.at, say=said.append)

    assert (first, second, count(site, Case)) == (0, 0, 8)
    assert said[0] == "[1/8] 01.json  BT-1001  aangemeld"
    assert said[8] == "[1/8] 01.json  BT-1001  al aanwezig"


def test_a_file_that_is_refused_stops_no_other_and_shows_no_value(database: Database, tmp_path: Path) -> None:
    site = make_site(database)
    wrong = changed(1, datumAanvraag="morgen")
    (tmp_path / "a.json").write_text(json.dumps(wrong), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(sample(2)), "utf-8")
    said: list[str] = []

    failed = import_files(site.database, site.process, [tmp_path, tmp_path / "c.json"], at=site.at, say=said.append)

    assert failed == 2
    assert said[0].startswith("[1/3] a.json  geweigerd: /datumAanvraag ") and "morgen" not in said[0]
    assert said[1] == "[2/3] b.json  BT-1001  aangemeld"
    assert said[2] == "[3/3] c.json  geweigerd: Dit bestand is niet te lezen."


def personal_values(value: Any) -> set[str]:
    """Names, numbers and sentences of a sample, long enough to mean somebody."""
    if isinstance(value, dict):
        return set().union(*map(personal_values, value.values()))
    if isinstance(value, list):
        return set().union(*map(personal_values, value))
    return (
        {value}
        if isinstance(value, str) and (" " in value or "@" in value or (value.isdigit() and len(value) > 8))
        else set()
    )


def test_no_value_of_a_person_stands_in_the_file(database: Database) -> None:
    if database.kind != "sqlite":
        pytest.skip("reads the bytes of the SQLite file")
    site = make_site(database)

    for number in NUMBERS:
        register_sample(site, number)

    file = Path(database.app_url.removeprefix("sqlite:///"))
    raw = b"".join(path.read_bytes() for path in file.parent.iterdir())
    values = set().union(*(personal_values(sample(number)) for number in NUMBERS))
    names = {person["achternaam"] for n in NUMBERS for person in (sample(n)["jeugdige"], *sample(n)["gezin"])}
    assert len(values) > 50
    assert [value for value in values | names if value.encode() in raw] == []


def test_the_sender_must_belong_to_the_organisation(database: Database) -> None:
    site = make_site(database)
    intake = parse(json.dumps(sample(1)).encode(), region=site.process.region, on=site.on)

    for who, status in (("verwijzer2", 403), ("anneke", 403), ("collega", 201)):
        answer = site.api(who).post("/api/v1/aanmeldingen", content=json.dumps(sample(1)))
        assert answer.status_code == status, who

    with site.database.write() as tx:
        assert receive(tx, site.process, intake, sender=None, channel="import", at=site.at).created is False
    assert count(site, CaseAccess) > 0
