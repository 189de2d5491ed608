"""A secret address: for the referrer of the case and who treats at home, with a reason, written down, shown once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.models import CaseAccess, Party, StepRecord
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.evaluations.test_closing import early
from tests.family import walk
from tests.parties.test_correcting import declared, party_of
from tests.plans import walk as plans
from tests.support import Site, register_sample, take

STREET, REASON = "Kerkstraat", "Morgen op huisbezoek."


def hidden_mother(site: Site) -> tuple[str, str]:
    """A case whose mother has a secret address, and where it is shown."""
    reference = register_sample(site, 1)
    mother = party_of(site, reference, "moeder")
    with site.database.write() as tx:
        row = tx.get_one(Party, mother.id)
        row.secret_address = True
        tx.add(row)
    return reference, f"/zaken/{reference}/betrokkenen/{mother.id}/adres"


def looks(site: Site, reference: str) -> list[TimelineEntry]:
    with site.database.read() as tx:
        chain = site.case(reference).id
        kept = select(TimelineEntry).where(TimelineEntry.chain == chain, TimelineEntry.object_kind == "secret_address")
        return list(tx.exec(kept).all())


def test_the_referrer_sees_it_with_a_reason_and_each_time_is_written_down(site: Site) -> None:
    reference, path = hidden_mother(site)
    referrer = site.as_("referrer", reference)

    people = referrer.get(f"/zaken/{reference}/betrokkenen").text
    asked = referrer.post(path)
    unsaid = referrer.post(path, data={"reden": " "})
    before = looks(site, reference)
    shown = [referrer.post(path, data={"reden": REASON}) for _ in range(2)]

    assert path in people and STREET not in people
    assert (asked.status_code, unsaid.status_code) == (200, 422) and before == []
    assert STREET not in asked.text + unsaid.text
    assert all(one.status_code == 200 and STREET in one.text for one in shown)
    assert {one.headers["cache-control"] for one in shown} == {"no-store"}
    assert [one.permission for one in looks(site, reference)] == ["secret_address.show C10"] * 2
    assert all(one.commitments for one in looks(site, reference))
    with site.database.read() as tx:
        rows = list(tx.exec(select(StepRecord).where(StepRecord.step == "secret_address")).all())
        unseal_rows(tx, rows)
        assert [row.answers.data()["reden"] for row in rows if row.answers] == [REASON] * 2


def test_nobody_else_gets_it_and_it_is_never_a_page(site: Site) -> None:
    reference, path = hidden_mother(site)
    declared(site, reference)

    answers = {
        who: site.as_(who, reference).post(path, data={"reden": REASON})
        for who in ("chair", "collega", "teamleider", "moeder", "vader")
    }
    page = site.as_("referrer", reference).get(path)

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "chair": 403, "collega": 404, "teamleider": 403, "moeder": 403, "vader": 403,
    }  # fmt: skip
    assert not any(STREET in answer.text for answer in answers.values())
    assert page.status_code in (404, 405) and looks(site, reference) == []
    assert path not in site.as_("chair", reference).get(f"/zaken/{reference}/betrokkenen").text


def test_an_address_that_is_not_secret_has_no_such_act(site: Site) -> None:
    reference, path = hidden_mother(site)
    father = party_of(site, reference, "vader")
    elsewhere = path.replace(path.split("/")[-2], str(father.id))

    answer = site.as_("referrer", reference).post(elsewhere, data={"reden": REASON})

    assert answer.status_code == 404 and looks(site, reference) == []


def test_the_family_reads_that_the_referrer_looked(site: Site) -> None:
    reference, path = hidden_mother(site)
    mother = site.as_("moeder", reference)
    before = mother.get(f"/mijn-plan/{reference}/wie-keek-mee").text

    site.as_("referrer", reference).post(path, data={"reden": REASON})

    after = mother.get(f"/mijn-plan/{reference}/wie-keek-mee").text
    assert "Toegang Venlo" in after and after.count("Toegang Venlo") > before.count("Toegang Venlo")
    assert REASON not in after


# ── Who treats at home ──


def hide_mother(site: Site, reference: str) -> str:
    """Where the address of the mother is shown, which is secret from now on."""
    mother = party_of(site, reference, "moeder")
    with site.database.write() as tx:
        row = tx.get_one(Party, mother.id)
        row.secret_address = True
        tx.add(row)
    return f"/zaken/{reference}/betrokkenen/{mother.id}/adres"


def helped(site: Site, *, at_home: bool = True) -> tuple[str, str]:
    """A case with an agreed plan, and where the secret address of its mother is shown."""
    reference = walk.accepted(site)
    plans.agree(site, reference, hulpThuis=at_home)
    return reference, hide_mother(site, reference)


def asks(site: Site, reference: str, path: str, who: str = "zorg_vvg1") -> int:
    """What the provider is answered; the address is never in a refusal, nor its button on a page that goes without."""
    client = site.as_(who, reference)
    page, answer = client.get(f"/zaken/{reference}/betrokkenen"), client.post(path, data={"reden": REASON})
    assert (STREET in answer.text) == (answer.status_code == 200)
    assert (path in page.text) == (answer.status_code == 200) and STREET not in page.text
    return answer.status_code


def test_who_treats_at_home_sees_it_with_a_reason_and_it_is_written_down(site: Site) -> None:
    reference, path = helped(site)
    provider = site.as_("zorg_vvg1")

    unsaid = provider.post(path)
    status = asks(site, reference, path)

    assert unsaid.status_code == 200 and STREET not in unsaid.text
    assert status == 200
    assert [one.permission for one in looks(site, reference)] == ["secret_address.show C10"]
    assert [one.role for one in looks(site, reference)] == ["provider"]
    with site.database.read() as tx:
        row = tx.exec(select(StepRecord).where(StepRecord.step == "secret_address")).one()
        unseal_rows(tx, [row])
        assert row.answers is not None and row.answers.data()["reden"] == REASON and row.holder == "provider"


def test_the_family_reads_that_who_treats_at_home_looked(site: Site) -> None:
    reference, path = helped(site)
    father = site.as_("vader", reference)
    before = father.get(f"/mijn-plan/{reference}/wie-keek-mee").text

    asks(site, reference, path)

    after = father.get(f"/mijn-plan/{reference}/wie-keek-mee").text
    assert after.count("Aanbieder") > before.count("Aanbieder") and "Vincent van Gogh" not in after


def test_without_help_at_home_in_the_plan_no_provider_sees_it(site: Site) -> None:
    reference, path = helped(site, at_home=False)

    assert asks(site, reference, path) == 403
    assert looks(site, reference) == []


def test_a_plan_that_nobody_agreed_to_yet_opens_nothing(site: Site) -> None:
    reference = walk.accepted(site)
    path = hide_mother(site, reference)
    plans.put_up(site, reference, hulpThuis=True)

    assert asks(site, reference, path) == 403


def test_it_closes_after_the_last_day_of_the_plan(site: Site) -> None:
    reference, path = helped(site)

    site.move(days=180)
    on_the_last_day = asks(site, reference, path)
    site.move(days=1)

    assert (on_the_last_day, asks(site, reference, path)) == (200, 403)


def test_it_closes_when_the_help_has_ended(site: Site) -> None:
    reference, path = helped(site)

    take(site, "zorg_vvg1", reference, "end_care", **early(site))

    assert asks(site, reference, path) == 403


def test_it_stays_open_until_an_announced_last_day_of_the_help(site: Site) -> None:
    reference, path = helped(site)
    last = site.on + timedelta(days=3)

    take(site, "zorg_vvg1", reference, "start_help", datum=site.on.isoformat())
    take(site, "zorg_vvg1", reference, "end_care", **early(site) | {"laatsteDag": last.isoformat()})
    announced = asks(site, reference, path)
    site.move(days=4)

    assert (announced, asks(site, reference, path)) == (200, 403)


def test_a_next_plan_without_help_at_home_closes_it(site: Site) -> None:
    reference, path = helped(site)
    with site.database.write() as tx:
        now = tx.exec(select(Plan)).one()
        unseal_rows(tx, [now])
        assert now.content is not None
        content = now.content.data() | {"hulpThuis": False}
        now.state = "replaced"
        again = Plan(
            case_id=now.case_id,
            placement_id=now.placement_id,
            version=2,
            state="agreed",
            ladder_step=3,
            written_at=site.at,
            put_up_at=site.at,
            agreed_at=site.at,
            content=Secret.json(content),
        )
        tx.add_all([now, again])

    assert asks(site, reference, path) == 403


@pytest.mark.parametrize("changed", ["ended", "another organisation"])
def test_the_right_goes_with_the_placement(site: Site, changed: str) -> None:
    """Another consortium that takes over makes a plan of its own; who comes beside the provider treats not at home."""
    reference, path = helped(site)
    with site.database.write() as tx:
        row = tx.exec(select(Placement)).one()
        if changed == "ended":
            row.ended_at = site.at
        else:
            row.provider_organisation = "koraal"
        tx.add(row)

    assert asks(site, reference, path) == 403


def test_a_provider_who_is_no_longer_named_finds_no_case(site: Site) -> None:
    reference, path = helped(site)
    with site.database.write() as tx:
        row = tx.exec(select(CaseAccess).where(CaseAccess.relation == "provider.named")).one()
        row.until = site.at - timedelta(minutes=1)
        tx.add(row)

    assert asks(site, reference, path) == 404


def test_representatives_never_see_it(site: Site) -> None:
    reference, path = helped(site)

    assert {asks(site, reference, path, who) for who in ("vvg1", "muts1", "zorg_muts1")} <= {403, 404}
    assert looks(site, reference) == []


def test_the_page_of_a_provider_tells_how_to_reach_the_family_and_no_more(site: Site) -> None:
    reference, _ = helped(site)
    provider = site.as_("zorg_vvg1")

    page = provider.get(f"/zaken/{reference}/betrokkenen").text
    case = provider.get(f"/zaken/{reference}").text

    assert f"/zaken/{reference}/betrokkenen" in case
    assert "geheim adres" in page and "Aanpassen" not in page and "Bekijk als" not in page and "Inloggen" not in page
