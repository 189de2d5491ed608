from __future__ import annotations

import pytest

from bijzondere_toegang.decisions.queries import dissents
from tests.conferences import walk as table
from tests.decisions.walk import motivated
from tests.family.walk import accepted, called, divided, reported
from tests.support import Site, register_sample, scene, take

FIRST = "Wij willen u eerst bellen."
DIVIDED = "Niet iedereen was het eens."


def page(site: Site, who: str, reference: str, rest: str = "") -> str:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}{rest}").text


def test_hard_news_waits_for_a_call(site: Site) -> None:
    reference = divided(site, 7)

    for rest in ("", "/afspraken", "/verslag"):
        assert DIVIDED not in page(site, "moeder", reference, rest)
    assert FIRST in page(site, "moeder", reference)
    assert "Wij willen je eerst bellen." in page(site, "jeugdige", reference)


def test_a_call_opens_the_news_for_who_was_called(site: Site) -> None:
    reference = divided(site, 7)

    called(site, reference, "moeder")

    told, untold = page(site, "moeder", reference), page(site, "vader", reference)
    assert DIVIDED in told and "Viktor Schrikker" in told and "Uiterlijk" in told
    assert FIRST in untold and DIVIDED not in untold


def test_two_attempts_and_a_working_day_open_it_with_a_warning(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "vader", reached=False)
    called(site, reference, "vader", reached=False)

    same_day = page(site, "vader", reference)
    site.move(days=1)
    next_day = page(site, "vader", reference)

    assert FIRST in same_day and DIVIDED not in same_day
    assert DIVIDED in next_day and "misschien geen fijn nieuws" in next_day


def test_a_call_before_the_news_does_not_count(site: Site) -> None:
    reference = table.opened(site, table.prepared(site, 7))
    called(site, reference, "moeder")
    table.ask(site, reference)
    table.state_all(site, reference, vader={"standpunt": "oneens", "woorden": "Ik wil iets anders."})
    site.move(minutes=1)
    take(site, "chair", reference, "conclude_no_consensus", **table.OUTCOME, samenvatting="Vader wil iets anders.")

    assert FIRST in page(site, "moeder", reference)


def test_every_later_hard_news_asks_for_a_call_of_its_own(site: Site) -> None:
    reference = divided(site, 7)
    called(site, reference, "moeder")
    answers = motivated(site, rechtsmiddel="kinderrechter", antwoorden=answered(site, reference))
    take(site, "referrer", reference, "decide", **answers)

    after = page(site, "moeder", reference)

    assert FIRST in after
    assert "Behandeling thuis." not in after


def answered(site: Site, reference: str) -> list[dict[str, str]]:
    """An answer of the referrer to each dissent."""
    with site.database.read() as tx:
        found = dissents(scene(site, tx, "referrer", reference))
        return [{"standpunt": one.seat, "antwoord": "Dat begrijp ik."} for one in found]


def test_a_returned_placement_waits_too(site: Site) -> None:
    reference = accepted(site)
    take(site, "vvg1", reference, "return_placement", reden="geen-plek", toelichting="Alles is vol.")

    after = page(site, "moeder", reference)

    assert FIRST in after
    assert "kan de hulp niet geven" not in after and "Alles is vol." not in after


def test_while_news_waits_no_step_gives_it_away(site: Site) -> None:
    reference = divided(site, 7)
    client = site.as_("moeder", reference)

    for step in ("state_position", "withdraw", "consent", "nudge", "ask_reconvene"):
        shown = client.get(f"/mijn-plan/{reference}/stappen/{step}")
        taken = client.post(f"/mijn-plan/{reference}/stappen", data={"_stap": step})
        assert (shown.status_code, taken.status_code) == (409, 409)
        assert "verwijzer beslist" not in shown.text + taken.text
    assert client.get(f"/mijn-plan/{reference}/stappen/add_statement").status_code == 200


def test_what_somebody_did_is_no_news_to_that_person(site: Site) -> None:
    reference = register_sample(site, 2)
    take(site, "moeder", reference, "withdraw", reden="Wij willen stoppen.", watNu="Niemand.")

    assert "De aanmelding is gestopt." in page(site, "moeder", reference)
    assert FIRST in page(site, "vader", reference)


@pytest.mark.parametrize("who", ["moeder", "jeugdige"])
def test_a_refusal_names_no_stage(site: Site, who: str) -> None:
    reference = register_sample(site, 7)

    answer = site.as_(who, reference).get(f"/mijn-plan/{reference}/stappen/state_position")

    assert answer.status_code == 409
    assert "Aangemeld" not in answer.text


def test_the_minutes_show_each_reader_what_is_meant_for_them(site: Site) -> None:
    reference = divided(site, 7)
    reported(
        site,
        reference,
        zorgen="We maken ons zorgen over school.",
        wensJeugdige="Ik wil niet bij papa.",
        wensOuders="Wij willen hulp thuis.",
    )
    called(site, reference, "moeder", "vader", "jeugdige")

    pages = {who: page(site, who, reference, "/verslag") for who in ("moeder", "vader", "jeugdige")}

    for who in ("moeder", "vader"):
        assert "Ik wil niet bij papa." not in pages[who] and "Wat de jongere wil" not in pages[who]
        assert "Wij willen hulp thuis." in pages[who]
        assert "Niet iedereen krijgt hetzelfde verslag. U leest wat voor u bedoeld is." in pages[who]
    assert "Ik wil niet bij papa." in pages["jeugdige"] and "Wij willen hulp thuis." not in pages["jeugdige"]
    assert all("We maken ons zorgen over school." in text for text in pages.values())


def test_the_report_is_judged_once(site: Site) -> None:
    reference = reported(site, divided(site, 7), zorgen="School.")
    called(site, reference, "moeder")
    client = site.as_("moeder", reference)

    before = client.get(f"/mijn-plan/{reference}").text
    answer = client.post(f"/mijn-plan/{reference}/stappen", data={"_stap": "react_to_minutes", "reactie": "klopt"})
    after = client.get(answer.headers["location"]).text

    assert "Zeg of het verslag klopt" in before and "Zeg of het verslag klopt" not in after
    assert "De voorzitter leest wat u zei over het verslag." in after
