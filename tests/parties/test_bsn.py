"""A BSN: masked, shown once to referrer and named provider after their password, written down each time."""

from __future__ import annotations

from sqlmodel import select

from bijzondere_toegang.people.login import set_password
from bijzondere_toegang.people.models import Account
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.parties.test_correcting import declared, party_of
from tests.support import Site, register_sample

PASSWORD = "een lang genoeg wachtwoord"


def with_password(site: Site, who: str, reference: str) -> None:
    with site.database.write() as tx:
        account = tx.get_one(Account, site.who(who, reference))
        set_password(account, PASSWORD)
        tx.add(account)


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


def test_the_referrer_sees_it_after_the_password_and_each_try_is_written_down(site: Site) -> None:
    reference, path, number = youth_of(site)
    with_password(site, "referrer", reference)
    referrer = site.as_("referrer", reference)

    people = referrer.get(f"/zaken/{reference}/betrokkenen").text
    asked = referrer.post(path)
    wrong = referrer.post(path, data={"wachtwoord": "iets heel anders dan dat"})
    shown = referrer.post(path, data={"wachtwoord": PASSWORD})

    assert path in people and number not in people + asked.text + wrong.text
    assert [one.status_code for one in (asked, wrong, shown)] == [200, 422, 200]
    assert number in shown.text and shown.headers["cache-control"] == "no-store"
    assert "iets heel anders" not in wrong.text and PASSWORD not in shown.text
    assert looks(site, reference) == ["refused 422", "ok"]


def test_after_too_many_wrong_passwords_the_right_one_shows_nothing(site: Site) -> None:
    reference, path, number = youth_of(site)
    with_password(site, "referrer", reference)
    referrer = site.as_("referrer", reference)

    for _ in range(5):
        referrer.post(path, data={"wachtwoord": "geraden"})
    answer = referrer.post(path, data={"wachtwoord": PASSWORD})

    assert answer.status_code == 422 and number not in answer.text


def test_nobody_else_gets_it(site: Site) -> None:
    reference, path, number = youth_of(site)
    declared(site, reference)

    answers = {
        who: site.as_(who, reference).post(path, data={"wachtwoord": PASSWORD})
        for who in ("chair", "collega", "teamleider", "moeder")
    }

    assert [answer.status_code for answer in answers.values()] == [403, 404, 403, 403]
    assert not any(number in answer.text for answer in answers.values())
    assert looks(site, reference) == []
