"""A BSN: masked, shown once to referrer and named provider after a fresh proof, written down each time."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bijzondere_toegang.people.models import LoginSession
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.family.walk import accepted
from tests.parties.test_correcting import declared, party_of
from tests.support import Site, register_sample


def youth_of(site: Site) -> tuple[str, str, str]:
    """A case, where the BSN of its young person is shown, and the number."""
    reference = register_sample(site, 1)
    youth = party_of(site, reference, "jeugdige")
    assert youth.bsn is not None
    return reference, f"/zaken/{reference}/betrokkenen/{youth.id}/bsn", youth.bsn.reveal()


def looks(site: Site, reference: str) -> list[str]:
    with site.database.read() as tx:
        of_case = TimelineEntry.chain == site.case(reference).id
        kept = select(TimelineEntry.outcome).where(of_case, TimelineEntry.object_kind == "bsn")
        return list(tx.exec(kept.order_by(TimelineEntry.seq)).all())  # type: ignore[arg-type]


def test_the_referrer_sees_it_after_a_fresh_proof_and_each_look_is_written_down(site: Site) -> None:
    reference, path, number = youth_of(site)
    referrer = site.as_("referrer", reference)

    people = referrer.get(f"/zaken/{reference}/betrokkenen").text
    shown = referrer.post(path)
    with site.database.write() as tx:
        for session in tx.scalars(select(LoginSession)).all():
            session.proved_at = site.at - timedelta(days=10**5)
    later = referrer.post(path)

    assert path in people and number not in people
    assert shown.status_code == 200 and number in shown.text and shown.headers["cache-control"] == "no-store"
    assert later.status_code == 403 and "Even bewijzen dat u het bent" in later.text and number not in later.text
    assert looks(site, reference) == ["ok"]


def test_nobody_else_gets_it(site: Site) -> None:
    reference, path, number = youth_of(site)
    declared(site, reference)

    answers = {who: site.as_(who, reference).post(path) for who in ("chair", "collega", "teamleider", "moeder")}

    assert [answer.status_code for answer in answers.values()] == [403, 404, 403, 403]
    assert not any(number in answer.text for answer in answers.values())
    assert looks(site, reference) == []


def test_a_named_provider_finds_it_on_the_page_of_the_people(site: Site) -> None:
    reference = accepted(site)
    youth = party_of(site, reference, "jeugdige")
    assert youth.bsn is not None
    path, number = f"/zaken/{reference}/betrokkenen/{youth.id}/bsn", youth.bsn.reveal()
    provider = site.as_("zorg_vvg1")

    page = provider.get(f"/zaken/{reference}/betrokkenen").text
    shown = provider.post(path)
    others = [site.as_(who, reference).post(path).status_code for who in ("vvg1", "zorg_vvg2")]

    assert path in page and number not in page
    assert shown.status_code == 200 and number in shown.text
    assert others == [403, 404] and looks(site, reference) == ["ok"]
