from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.visibility import mine
from bijzondere_toegang.errors import NotThere
from bijzondere_toegang.people.accounts import add_membership
from bijzondere_toegang.people.actors import load_actor
from tests.cases.acting import leave, put, seat
from tests.support import Site, register_sample, scene

PROFESSIONALS = {
    "chair": ("chair", None),
    "referrer": ("referrer", None),
    "collega": ("referrer", "referrer.delegate"),
    "notulist": ("secretary", "secretary.assigned"),
    "muts1": ("consortium_rep", "rep.invited"),
    "muts2": ("consortium_rep", "rep.proposed"),
    "vvg1": ("consortium_rep", "rep.accepted"),
    "zorg_muts1": ("provider", "provider.named"),
    "verwijzer3": ("referrer", "gi.involved"),
}
ORGANISATIONS = {"zorg_muts1": "mutsaersstichting", "verwijzer3": "bjz-limburg", "collega": "toegang-venlo"}
CONSORTIA = {"muts1": "mutsaersstichting", "muts2": "daelzicht", "vvg1": "vincent-van-gogh"}


def sees(site: Site, who: Any, reference: str) -> bool:
    with site.database.read() as tx:
        try:
            scene(site, tx, who, reference)
        except NotThere:
            return False
    return True


def lists(site: Site, who: Any) -> list[str]:
    with site.database.read() as tx:
        actor = load_actor(tx, site.who(who), site.on)
        assert actor is not None
        return list(tx.exec(select(Case.reference).where(mine(actor, site.at))).all())


def cast(site: Site, who: str, reference: str) -> Any:
    _, relation = PROFESSIONALS[who]
    if relation is None:
        return site.who(who, reference)
    organisation = CONSORTIA.get(who)
    code = site.process.region.consortia_of(organisation, site.on)[0].code if organisation else ""
    return seat(site, reference, who, relation, organisation=ORGANISATIONS.get(who, ""), consortium=code)


@pytest.mark.parametrize("who", PROFESSIONALS)
def test_a_leaver_loses_the_case_at_the_next_request(site: Site, who: str) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="preparing")
    account = cast(site, who, reference)
    if who == "verwijzer3":
        share_with_gi(site, reference)
    assert sees(site, account, reference) and lists(site, account) == [reference]

    leave(site, account)

    assert not sees(site, account, reference)
    assert lists(site, account) == []


def share_with_gi(site: Site, reference: str) -> None:
    """A word for the GI, so that the case is there for it at all."""
    with site.database.write() as tx:
        from_referrer = scene(site, tx, "referrer", reference)
        advance(from_referrer, "add_statement", data={"tekst": "Voor de GI.", "wieMagLezen": ["gi"]}, revision=1)


@pytest.mark.parametrize(
    ("who", "elsewhere", "role"),
    [
        ("referrer", "toegang-venray", "referrer"),
        ("muts1", "vincent-van-gogh", "consortium_rep"),
        ("zorg_muts1", "koraal", "provider"),
    ],
)
def test_who_moved_to_another_organisation_does_not_take_the_case_along(
    site: Site, who: str, elsewhere: str, role: str
) -> None:
    reference = register_sample(site, 1)
    put(site, reference, stage="preparing")
    account = cast(site, who, reference)

    leave(site, account)
    with site.database.write() as tx:
        add_membership(tx, account, elsewhere, role, site.on)

    assert not sees(site, account, reference)


def test_another_role_does_not_carry_the_part_of_the_old_one(site: Site) -> None:
    reference = register_sample(site, 1)
    account = site.who("chair", reference)

    leave(site, account)
    with site.database.write() as tx:
        add_membership(tx, account, "bureau", "secretary", site.on)

    assert not sees(site, account, reference)
    assert lists(site, account) == []


def test_the_family_needs_no_membership(site: Site) -> None:
    reference = register_sample(site, 1)

    assert sees(site, "moeder", reference)


def test_an_invitation_that_ended_shuts_out_until_a_new_one(site: Site) -> None:
    reference = register_sample(site, 1)
    seat(site, reference, "analist", "guest.invited")
    seat(site, reference, "analist", "confidant.ended")
    before = sees(site, "analist", reference)

    seat(site, reference, "analist", "confidant.invited")

    assert not before
    assert sees(site, "analist", reference)
