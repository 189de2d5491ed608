"""Where somebody with a secret address lives or can be reached is no place to meet, and no word of an invitation."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response
from sqlmodel import select

from bijzondere_toegang.cases.models import Party
from tests.conferences.walk import OUTCOME, PLAN, ask, opened, planned, prepared, state_all
from tests.support import Site, take

SECRET, AS_TYPED = "Akkerlaan 77", "bij vader, akkerlaan  77 in Venlo"
REFUSED = "Dit verraadt een geheim adres."


def hide_father(site: Site) -> None:
    """Of sample 1: the father lives at Akkerlaan 77."""
    with site.database.write() as tx:
        row = tx.exec(select(Party).where(Party.word == "vader")).one()
        row.secret_address = True
        tx.add(row)


def sent(site: Site, reference: str, step: str, **said: Any) -> Response:
    data = {"_stap": step, "_revisie": str(site.case(reference).revision), **said}
    return site.as_("chair", reference).post(f"/zaken/{reference}/stappen", data=data)


def faulty(answer: Response) -> set[str]:
    """The fields by which the form says that they give an address away."""
    said = answer.text.split("utrecht-form-field__error-message")[1:]
    return {part.split('id="v-')[1].split("-fout")[0] for part in said if REFUSED in part.split("</div>")[0]}


def test_a_secret_address_is_no_place_to_meet_and_no_name_of_a_guest(site: Site) -> None:
    reference = prepared(site)
    hide_father(site)
    guest = {"genodigden.0.naam": "Oma, 0628450407", "genodigden.0.rol": "netwerk"}

    answer = sent(site, reference, "plan_conference", **PLAN | {"plaats": AS_TYPED, "begintijd": ""}, **guest)

    assert answer.status_code == 422
    assert faulty(answer) == {"plaats", "genodigden-0-naam"}, "also when another field is wrong"
    assert site.case(reference).stage == "preparing"


def test_a_move_and_what_is_said_of_it_tell_no_secret_address(site: Site) -> None:
    reference = planned(site)
    hide_father(site)

    moved = sent(site, reference, "move_conference", **PLAN | {"plaats": AS_TYPED}, reden=f"Liever op {SECRET}.")
    off = sent(site, reference, "cancel_conference", reden="Iedereen gaat naar 6004le.")

    assert faulty(moved) == {"plaats", "reden"}
    assert faulty(off) == {"reden"}
    assert site.case(reference).stage == "conference_planned"


def test_what_the_table_is_asked_and_concludes_tells_no_secret_address(site: Site) -> None:
    reference = opened(site)
    hide_father(site)

    asked = sent(site, reference, "ask_round", voorstel=f"Hulp op {SECRET}.", resultaat="Weer naar school.")
    put_off = sent(site, reference, "adjourn", reden=f"Hij bleef op {SECRET}.", gereed="De brief van school.")
    ask(site, reference)
    state_all(site, reference)
    ladder = {
        f"ladder.{rung}.{name}": value for rung, said in OUTCOME["ladder"].items() for name, value in said.items()
    }
    plain = {name: value for name, value in OUTCOME.items() if name != "ladder"} | ladder
    ended = sent(site, reference, "conclude_consensus", **plain | {"ladder.gezin.waarom": f"Hij woont op {SECRET}."})

    assert faulty(asked) == {"voorstel"}
    assert faulty(put_off) == {"reden"}
    assert faulty(ended) == {"ladder-gezin-waarom"}
    assert site.case(reference).stage == "conference_open"


def test_minutes_with_a_secret_address_are_not_put_up_and_the_topic_is_named(site: Site) -> None:
    reference = opened(site)
    hide_father(site)
    take(site, "chair", reference, "write_minutes", zorgen="Sam slaapt slecht.", afspraken=f"Bellen op {SECRET}.")

    answer = sent(site, reference, "put_up_minutes")

    assert answer.status_code == 422
    assert "Onder “Afspraken: wie, wat, wanneer” staat iets dat een geheim adres verraadt." in answer.text
    assert SECRET not in answer.text


ASK, CHOOSE = "Vraag de voorzitter waar het is.", "Kies een andere plek."


@pytest.mark.parametrize(("who", "said"), [("chair", CHOOSE), ("planner", CHOOSE), ("vvg1", ASK), ("referrer", ASK)])
def test_a_place_that_was_written_before_is_shown_to_nobody(site: Site, who: str, said: str) -> None:
    reference = planned(site, plaats=SECRET)
    hide_father(site)
    if who == "vvg1":
        take(site, who, reference, "declare_independence", band=False)

    page = site.as_(who, reference).get(f"/zaken/{reference}/overleg").text

    assert said in page
    assert SECRET not in page


def test_a_form_to_move_begins_without_the_place_that_tells(site: Site) -> None:
    reference = planned(site, plaats=SECRET)
    hide_father(site)

    page = site.as_("planner").get(f"/zaken/{reference}/stappen/move_conference").text

    assert 'value="10:00"' in page
    assert SECRET not in page
