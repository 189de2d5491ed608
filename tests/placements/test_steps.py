from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow, NotThere
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.placements.queries import content_of, placements
from tests.databases import Database
from tests.decisions.walk import MUTS, VVG, accepting, formal, placed, relations, stored_decisions
from tests.support import Site, make_site, once, scene, take

RETURNED = {"reden": "geen-plek", "toelichting": "Pas in maart is er plek."}
AGAIN = {"samenwerkingsverband": MUTS, "gezinGevraagd": "Het gezin vindt het goed.", "reden": "Dichtbij."}


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def stored(site: Site, reference: str) -> list[Placement]:
    with site.database.read() as tx:
        return placements(scene(site, tx, "referrer", reference))


@once
def accepted(site: Site, **where: Any) -> str:
    reference = placed(site, **where)
    take(site, "vvg1", reference, "accept_placement", **accepting(site))
    return reference


def test_an_accepted_placement_names_the_provider_and_its_people_see_the_case(site: Site) -> None:
    reference = placed(site)

    case = take(site, "vvg1", reference, "accept_placement", **accepting(site))

    [row] = stored(site, reference)
    assert (case.stage, case.accepted_consortium, case.proposed_consortium) == ("planning", VVG, "")
    assert (row.state, row.provider_organisation) == ("accepted", "vincent-van-gogh")
    assert relations(site, "zorg_vvg1", reference) == {"provider.named"}
    assert relations(site, "zorg_vvg2", reference) == set()
    assert relations(site, "vvg2", reference) == {"rep.accepted"}


def test_the_other_consortium_loses_sight_in_the_same_transaction(site: Site) -> None:
    reference = placed(site)
    browser = site.as_("muts1")
    before = browser.get(f"/zaken/{reference}/plaatsing").status_code

    take(site, "vvg1", reference, "accept_placement", **accepting(site))

    assert before == 200
    assert browser.get(f"/zaken/{reference}/plaatsing").status_code == 404
    assert relations(site, "muts1", reference) == {"rep.lost"}


def test_of_eight_who_accept_at_once_one_wins(site: Site) -> None:
    reference = placed(site)
    revision = site.case(reference).revision
    data = {"_stap": "accept_placement", "_revisie": str(revision)} | accepting(site, meteenStarten="ja")
    browsers = [site.as_(who) for who in ("vvg1", "vvg2") * 4]

    with ThreadPoolExecutor(8) as pool:
        takes: list[Callable[[], int]] = [
            lambda browser=browser: browser.post(f"/zaken/{reference}/stappen", data=data).status_code  # type: ignore[misc]
            for browser in browsers
        ]
        statuses = sorted(pool.map(lambda go: go(), takes))

    assert statuses == [303] + [409] * 7
    assert [row.state for row in stored(site, reference)] == ["accepted"]


def test_only_the_proposed_consortium_accepts(site: Site) -> None:
    reference = placed(site)

    with pytest.raises(NotAllowed):
        take(site, "muts1", reference, "accept_placement", **accepting(site, "daelzicht"))


def test_a_provider_belongs_to_the_own_consortium(site: Site) -> None:
    reference = placed(site)

    with pytest.raises(Incomplete) as error:
        take(site, "vvg1", reference, "accept_placement", **accepting(site, "daelzicht"))

    assert [fault.pointer for fault in error.value.faults] == ["/aanbieder"]


def test_help_that_can_not_start_at_once_is_bridged(site: Site) -> None:
    reference = placed(site)

    with pytest.raises(Incomplete) as error:
        take(site, "vvg1", reference, "accept_placement", **accepting(site, meteenStarten=False))
    bridged = accepting(site, meteenStarten=False, overbrugging="Elke week bellen.", overbruggingDoor="Het wijkteam")
    case = take(site, "vvg1", reference, "accept_placement", **bridged)

    assert {fault.pointer for fault in error.value.faults} == {"/overbrugging", "/overbruggingDoor"}
    assert case.bridging
    assert content_of(stored(site, reference)[0])["bridging"]["by"] == "Het wijkteam"


def test_the_first_contact_is_within_two_weeks(site: Site) -> None:
    reference = placed(site)

    with pytest.raises(Incomplete) as error:
        take(site, "vvg1", reference, "accept_placement", **accepting(site, eersteContact="2026-11-24"))

    assert [fault.pointer for fault in error.value.faults] == ["/eersteContact"]


def test_a_returned_placement_goes_to_the_other_consortium_after_an_amended_decision(site: Site) -> None:
    reference = placed(site)

    case = take(site, "vvg1", reference, "return_placement", **RETURNED)
    seated = relations(site, "vvg1", reference)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "propose_again", **AGAIN)
    take(site, "referrer", reference, "confirm_outcome", **formal(site, samenwerkingsverband=MUTS))
    take(site, "muts1", reference, "accept_placement", **accepting(site, "daelzicht"))

    first, second = stored_decisions(site, reference)
    assert (case.returns, seated) == (1, {"rep.invited"})
    assert (first.state, second.kind, second.state, second.consortium) == ("superseded", "amended", "issued", MUTS)
    assert [row.state for row in stored(site, reference)] == ["returned", "accepted"]
    assert relations(site, "vvg1", reference) == {"rep.lost"}
    assert relations(site, "zorg_muts2", reference) == {"provider.named"}


def test_after_a_return_of_both_only_the_table_can_help(site: Site) -> None:
    reference = placed(site)
    take(site, "vvg1", reference, "return_placement", **RETURNED)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "propose_again", **AGAIN)
    take(site, "referrer", reference, "confirm_outcome", **formal(site, samenwerkingsverband=MUTS))
    take(site, "muts1", reference, "return_placement", **RETURNED)

    with pytest.raises(NotNow, match="expertteam"):
        take(site, "chair", reference, "propose_again", **AGAIN)

    assert site.case(reference).returns == 2


def test_the_consortium_that_returned_is_not_proposed_again(site: Site) -> None:
    reference = placed(site)
    take(site, "vvg1", reference, "return_placement", **RETURNED)
    take(site, "chair", reference, "declare_independence", band=False)

    with pytest.raises(Incomplete) as error:
        take(site, "chair", reference, "propose_again", **(AGAIN | {"samenwerkingsverband": VVG}))

    assert [fault.pointer for fault in error.value.faults] == ["/samenwerkingsverband"]


def test_help_that_runs_keeps_its_people_until_the_next_took_over(site: Site) -> None:
    reference = accepted(site)
    with site.database.write() as tx:
        scene(site, tx, "referrer", reference).case.help_runs = True
    take(site, "vvg1", reference, "return_placement", **RETURNED)
    between = relations(site, "vvg1", reference), relations(site, "zorg_vvg1", reference)
    again = relations(site, "muts1", reference)

    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "propose_again", **AGAIN)
    take(site, "referrer", reference, "confirm_outcome", **formal(site, samenwerkingsverband=MUTS))
    take(site, "muts1", reference, "accept_placement", **accepting(site, "mutsaersstichting"))

    assert between == ({"rep.accepted"}, {"provider.named"})
    assert again == {"rep.invited"}
    assert relations(site, "vvg1", reference) == {"rep.lost"}
    assert relations(site, "zorg_vvg1", reference) == set()
    assert site.case(reference).accepted_consortium == MUTS


def test_a_return_before_help_started_ends_the_sight_of_the_provider(site: Site) -> None:
    reference = accepted(site)

    case = take(site, "vvg1", reference, "return_placement", **RETURNED)

    assert (case.stage, case.accepted_consortium) == ("placement_returned", "")
    with site.database.read() as tx, pytest.raises(NotThere):
        scene(site, tx, "zorg_vvg1", reference)


def test_silence_lets_a_placement_lapse_once_its_term_has_passed(site: Site) -> None:
    reference = placed(site)
    take(site, "chair", reference, "declare_independence", band=False)

    with pytest.raises((NotNow, NotAllowed)):
        take(site, "chair", reference, "lapse_placement")
    site.move(days=7)
    case = take(site, "chair", reference, "lapse_placement")

    assert case.stage == "placement_returned"
    assert [row.state for row in stored(site, reference)] == ["lapsed"]
    assert relations(site, "vvg1", reference) == {"rep.invited"}


def test_another_provider_takes_over_or_joins(site: Site) -> None:
    reference = accepted(site)

    joins = {"aanbieder": "koraal", "regiebehandelaar": "Drs. Vos", "hoe": "erbij"}
    take(site, "vvg1", reference, "name_provider", **joins)
    beside = relations(site, "zorg_vvg1", reference), relations(site, "zorg_vvg2", reference)
    take(site, "vvg1", reference, "name_provider", **(joins | {"hoe": "neemt-over"}))

    assert beside == ({"provider.named"}, {"provider.named"})
    assert relations(site, "zorg_vvg1", reference) == set()
    assert relations(site, "zorg_vvg2", reference) == {"provider.named"}
    assert stored(site, reference)[0].provider_organisation == "koraal"


def test_who_was_asked_reads_which_help_is_asked_and_the_others_a_brief(site: Site) -> None:
    reference = placed(site)

    asked = site.as_("vvg1").get(f"/zaken/{reference}/plaatsing").text
    other = site.as_("muts1").get(f"/zaken/{reference}/plaatsing").text

    assert "Weer samen eten" in asked
    assert "Weer samen eten" not in other
    assert "12 tot en met 15 jaar" in other


def test_the_history_shows_the_coded_reason_of_a_return(site: Site) -> None:
    reference = placed(site)
    take(site, "vvg1", reference, "return_placement", **RETURNED)

    page = site.as_("referrer", reference).get(f"/zaken/{reference}/plaatsing").text

    assert "Er is geen plek" in page
    assert "Pas in maart is er plek." in page


def test_the_step_of_accepting_shows_what_is_asked(site: Site) -> None:
    reference = placed(site)

    page = site.as_("vvg1").get(f"/zaken/{reference}/stappen/accept_placement").text

    assert "Weer samen eten" in page
