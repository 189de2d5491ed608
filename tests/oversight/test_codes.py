"""The check code on adopted minutes and the agreed plan: participants are witnesses of what was agreed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from bijzondere_toegang import cli
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.keeping.rotation import renew
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.timeline.codes import code_of, typed_code
from tests import databases
from tests.family import walk
from tests.keeping.support import keeper
from tests.support import Site, make_site, register_sample, take

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


@pytest.fixture
def site(database: databases.Database) -> Site:
    return make_site(database)


def code_on(site: Site, who: str, path: str, reference: str) -> str:
    answer = site.as_(who, reference).get(path)
    assert answer.status_code == 200
    return CODE.findall(answer.text)[0]


def asked(site: Site, who: str, reference: str, code: str) -> str:
    answer = site.as_(who, reference).get(f"/zaken/{reference}/controlecode", params={"code": code})
    assert answer.status_code == 200
    return answer.text


def test_a_code_is_read_whatever_way_it_was_typed() -> None:
    code = code_of("ab" * 32, "cd")

    assert CODE.fullmatch(code)
    assert typed_code(f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") == code
    assert typed_code("ABCD-EFGH") == typed_code("!!!!-!!!!-!!!!-!!!!") == ""


def test_the_agreed_plan_has_one_code_for_all_who_read_it_and_it_stands(site: Site) -> None:
    reference = walk.in_care(site)

    codes = {
        code_on(site, "zorg_vvg1", f"/zaken/{reference}/plan", reference),
        code_on(site, "verwijzer1", f"/zaken/{reference}/plan", reference),
        code_on(site, "moeder", f"/mijn-plan/{reference}/afspraken", reference),
    }

    assert len(codes) == 1
    for who in ("verwijzer1", "moeder"):
        assert "Dit is het plan van" in asked(
            site, who, reference, codes.pop() if len(codes) > 1 else next(iter(codes))
        )


def test_adopted_minutes_have_a_code_that_stands_also_under_new_data_keys(
    site: Site, database: databases.Database
) -> None:
    reference = walk.reported(site, walk.divided(site), zorgen="School valt stil.")
    walk.called(site, reference, "moeder", "vader", "jeugdige")
    site.move(days=20)
    take(site, "chair", reference, "adopt_minutes")

    code = code_on(site, "chair", f"/zaken/{reference}/overleg", reference)

    assert code == code_on(site, "moeder", f"/mijn-plan/{reference}/verslag", reference)
    assert "De tekst is sinds die dag niet veranderd" in asked(site, "chair", reference, code)
    assert "hoort niet bij een tekst van deze zaak" in asked(site, "chair", reference, code[::-1])

    for hours in (1, 2):
        renew(keeper(database), site.at + timedelta(hours=hours))

    assert "De tekst is sinds die dag niet veranderd" in asked(site, "chair", reference, code)


def test_a_plan_that_was_rewritten_in_the_database_does_not_stand(site: Site) -> None:
    reference = walk.in_care(site)
    code = code_on(site, "zorg_vvg1", f"/zaken/{reference}/plan", reference)
    with site.database.write() as tx:
        plan = tx.exec(select(Plan).where(Plan.state == "agreed")).one()
        unseal_rows(tx, [plan])
        assert plan.content is not None
        plan.content = Secret.json(plan.content.data() | {"hulp": "Iets heel anders."})
        tx.add(plan)

    assert "niet meer dezelfde tekst" in asked(site, "verwijzer1", reference, code)


def test_a_code_of_another_case_tells_nothing(site: Site) -> None:
    reference = walk.in_care(site)
    code = code_on(site, "zorg_vvg1", f"/zaken/{reference}/plan", reference)
    other = register_sample(site, 2)

    told = asked(site, "verwijzer2", other, code)

    assert "hoort niet bij een tekst van deze zaak" in told
    for who in ("verwijzer2", "fg", "collega", "teamleider"):
        answer = site.as_(who).get(f"/zaken/{reference}/controlecode", params={"code": code})
        assert answer.status_code == 404


def test_the_officer_asks_the_command_line(
    site: Site, database: databases.Database, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    reference = walk.in_care(site)
    code = code_on(site, "zorg_vvg1", f"/zaken/{reference}/plan", reference)
    monkeypatch.setenv("BT_DATABASE_URL", database.app_url)

    assert cli.main(["audit", "verify", "--code", code]) == 0
    assert "agree_plan" in capsys.readouterr().out
    assert cli.main(["audit", "verify", "--code", "0000-0000-0000-0000"]) == 2
    engine = create_engine(database.keeper_url)
    with engine.begin() as connection:
        if database.kind == "sqlite":
            connection.execute(text("DROP TRIGGER timeline_entry_no_update"))
        else:
            connection.execute(text("ALTER TABLE timeline_entry DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE timeline_entry SET role = 'chair' WHERE event_type = 'take_up'"))
        connection.execute(text("UPDATE timeline_entry SET role = '' WHERE event_type = 'take_up'"))
    engine.dispose()
    assert cli.main(["audit", "verify", "--code", code]) == 1
