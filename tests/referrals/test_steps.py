"""Asking and giving a supplement, taking up, withdrawing."""

from __future__ import annotations

import pytest

from bijzondere_toegang.cases.items import readable_items
from bijzondere_toegang.errors import NotAllowed
from tests.databases import Database
from tests.support import Site, make_site, register_sample, scene, take


def ready(database: Database, number: int = 1) -> tuple[Site, str]:
    site = make_site(database)
    reference = register_sample(site, number)
    take(site, "chair", reference, "declare_independence", band=False)
    return site, reference


def read_by(site: Site, who: str, reference: str) -> list[str]:
    with site.database.read() as tx:
        items = readable_items(scene(site, tx, who, reference))
        return [item.text.reveal() for item in items if item.text is not None]


def test_a_supplement_goes_between_chair_and_referrer_alone(database: Database) -> None:
    site, reference = ready(database)

    asked = take(site, "chair", reference, "ask_supplement", ontbreekt="Wie heeft gezag?")
    answered = take(site, "referrer", reference, "supplement", antwoord="Moeder en vader allebei.")

    assert (asked.stage, answered.stage) == ("supplementing", "registered")
    assert "Wie heeft gezag?" in read_by(site, "referrer", reference)
    assert "Moeder en vader allebei." in read_by(site, "chair", reference)
    for who in ("moeder", "jeugdige"):
        assert not {"Wie heeft gezag?", "Moeder en vader allebei."} & set(read_by(site, who, reference))


def test_the_referrer_sees_what_the_chair_asked(database: Database) -> None:
    site, reference = ready(database)
    take(site, "chair", reference, "ask_supplement", ontbreekt="Wie heeft gezag?")

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/stappen/supplement")

    assert page.status_code == 200
    assert "Wie heeft gezag?" in page.text


def test_a_chair_takes_up_only_after_declaring_independence(database: Database) -> None:
    site = make_site(database)
    reference = register_sample(site, 1)

    with pytest.raises(NotAllowed):
        take(site, "chair", reference, "take_up")
    take(site, "chair", reference, "declare_independence", band=False)

    assert take(site, "chair", reference, "take_up").stage == "preparing"


@pytest.mark.parametrize("who", ["referrer", "moeder", "jeugdige"])
def test_referrer_and_family_may_withdraw(database: Database, who: str) -> None:
    site, reference = ready(database)

    case = take(site, who, reference, "withdraw", reden="Het gaat weer goed.", watNu="De school helpt verder.")

    assert case.stage == "withdrawn"
    assert case.due_on is None


def test_a_family_does_not_withdraw_in_a_compulsory_framework(database: Database) -> None:
    site, reference = ready(database, 8)

    with pytest.raises(NotAllowed):
        take(site, "moeder", reference, "withdraw", reden="Wij willen niet.", watNu="Niets.")
