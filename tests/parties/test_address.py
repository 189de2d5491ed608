"""A secret address: for the referrer who has the case, with a reason, written down, shown once."""

from __future__ import annotations

from sqlmodel import select

from bijzondere_toegang.cases.models import Party, StepRecord
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.parties.test_correcting import declared, party_of
from tests.support import Site, register_sample

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
