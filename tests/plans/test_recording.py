"""What the provider records for others: a word, a signature, or that a parent could not be reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bijzondere_toegang.errors import Incomplete, NotAllowed, NotNow
from bijzondere_toegang.plans.asked import consents
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.plans.walk import PROVIDER, put_in_planning, put_up, say
from tests.support import Site, scene, take

WHY = "Zonder hulp kan Roos volgende week niet naar school."


def answers(site: Site, reference: str) -> dict[str, str]:
    with site.database.read() as tx:
        found = consents(scene(site, tx, PROVIDER, reference))
        return {one.word.text.removeprefix("consent.of."): one.answer for one in found}


def party(site: Site, reference: str, word: str) -> str:
    with site.database.read() as tx:
        found = consents(scene(site, tx, PROVIDER, reference))
        return next(str(one.party.id) for one in found if one.party.word == word or one.party.kind == word)


def clear(site: Site) -> None:
    with site.database.write() as tx:
        for one in tx.exec(select(Outbox)).all():
            one.state = "sent"
            tx.add(one)


def waiting(site: Site) -> set[object]:
    """Whom a mail waits for."""
    with site.database.read() as tx:
        return set(tx.exec(select(Outbox.account_id).where(Outbox.state == "waiting")).all())


def not_reached(site: Site, reference: str, word: str = "vader", **changes: Any) -> None:
    second = {"wanneer": site.on.isoformat(), "manier": "brief"}
    said = {"hoe": "niet-bereikt", "pogingen": [{**second, "manier": "telefoon"}, second], "waaromNietWachten": WHY}
    take(site, PROVIDER, reference, "record_consent", **{"wie": party(site, reference, word), **said, **changes})
    site.move(minutes=1)


def spoken(site: Site, reference: str, word: str, answer: str = "ja", how: str = "gesprek", **changes: Any) -> None:
    said = {"hoe": how, "antwoord": answer, "datum": site.on.isoformat(), "woorden": "Het is goed zo."}
    take(site, PROVIDER, reference, "record_consent", **{"wie": party(site, reference, word), **said, **changes})
    site.move(minutes=1)


def faults(site: Site, reference: str, word: str, **said: Any) -> set[str]:
    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "record_consent", wie=party(site, reference, word), **said)
    return {fault.pointer for fault in refused.value.faults}


def last_steps(site: Site, reference: str, many: int) -> list[tuple[str, str]]:
    with site.database.read() as tx:
        query = select(TimelineEntry.step, TimelineEntry.role).where(
            TimelineEntry.chain == site.case(reference).id, TimelineEntry.step != "", TimelineEntry.outcome == "ok"
        )
        return list(tx.exec(query.order_by(col(TimelineEntry.seq))).all())[-many:]


def test_a_father_who_never_answers_blocks_no_child_and_his_later_no_is_told(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    say(site, "moeder", reference)
    spoken(site, reference, "youth")
    take(site, "referrer", reference, "confirm_plan", versie="1")
    with pytest.raises(NotNow, match="Nog geen antwoord"):
        take(site, PROVIDER, reference, "agree_plan")

    not_reached(site, reference)
    take(site, PROVIDER, reference, "agree_plan")

    assert site.case(reference).stage == "in_care"
    assert answers(site, reference) == {"jeugdige": "given", "moeder": "given", "vader": "not_reached"}
    site.move(days=3)
    clear(site)
    take(site, "vader", reference, "consent", versie="1", antwoord="nee", woorden="Dit wil ik niet.")
    site.move(minutes=1)
    family = site.family(reference)
    assert answers(site, reference)["vader"] == "refused"
    assert waiting(site) == {site.cast[PROVIDER], site.who("referrer", reference)}
    for who in (PROVIDER, "referrer"):
        page = site.as_(who, reference).get(f"/zaken/{reference}/plan").text
        assert "Dit wil ik niet." in page and "Niet bereikt" not in page
    assert family["vader"] not in waiting(site)
    take(site, "moeder", reference, "withdraw_consent", woorden="Nu ik ook niet meer.")
    assert answers(site, reference) == {"jeugdige": "given", "moeder": "withdrawn", "vader": "refused"}
    assert last_steps(site, reference, 4) == [
        ("record_consent", "provider"), ("agree_plan", "provider"), ("consent", "family"),
        ("withdraw_consent", "family"),
    ]  # fmt: skip


def test_not_reached_is_never_shown_as_consent_and_its_attempts_to_record_holders_only(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    not_reached(site, reference)

    holders = [site.as_(who, reference).get(f"/zaken/{reference}/plan").text for who in (PROVIDER, "referrer")]
    rep = site.as_("vvg1", reference).get(f"/zaken/{reference}/plan")
    home = [site.as_(who, reference).get(f"/mijn-plan/{reference}").text for who in ("moeder", "vader", "jeugdige")]

    assert all("Niet bereikt" in page and WHY in page and "Brief gestuurd" in page for page in holders)
    assert not [page for page in (rep.text, *home) if WHY in page or "Brief gestuurd" in page]
    assert "Zeg ja of nee tegen het plan" in home[1]


def test_a_later_own_answer_replaces_not_reached(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    not_reached(site, reference)

    say(site, "vader", reference)

    assert answers(site, reference)["vader"] == "given"
    page = site.as_(PROVIDER).get(f"/zaken/{reference}/plan").text
    assert "Niet bereikt" not in page and "Zelf gezegd" in page


def test_who_could_not_be_reached_may_still_be_recorded_on_paper(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    not_reached(site, reference)

    spoken(site, reference, "vader", how="papier")

    assert answers(site, reference)["vader"] == "given"
    assert "Op papier" in site.as_("referrer", reference).get(f"/zaken/{reference}/plan").text


def test_a_no_that_was_told_the_provider_holds_the_plan_up(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    say(site, "moeder", reference)
    spoken(site, reference, "youth")

    spoken(site, reference, "vader", "nee")

    assert answers(site, reference)["vader"] == "refused"
    with pytest.raises(NotNow, match="Geen toestemming"):
        take(site, PROVIDER, reference, "agree_plan")


def test_two_attempts_and_a_reason_are_needed(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    once = {"wanneer": site.on.isoformat(), "manier": "telefoon"}

    nothing = faults(site, reference, "vader", hoe="niet-bereikt")
    same = faults(site, reference, "vader", hoe="niet-bereikt", pogingen=[once, once], waaromNietWachten=WHY)

    assert nothing == {"/pogingen", "/waaromNietWachten"}
    assert same == {"/pogingen"}
    assert answers(site, reference)["vader"] == "missing"


def test_nothing_is_recorded_of_a_day_before_the_version_or_to_come(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    early, late = ((site.on + timedelta(days=by)).isoformat() for by in (-1, 1))
    tried = [{"wanneer": early, "manier": "telefoon"}, {"wanneer": late, "manier": "brief"}]

    days = [faults(site, reference, "vader", hoe="papier", antwoord="ja", datum=day) for day in (early, late)]
    attempts = faults(site, reference, "vader", hoe="niet-bereikt", pogingen=tried, waaromNietWachten=WHY)

    assert days == [{"/datum"}, {"/datum"}]
    assert attempts == {"/pogingen/0/wanneer", "/pogingen/1/wanneer"}


def test_without_the_youth_and_without_any_yes_no_plan_is_agreed(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    tried = [{"wanneer": site.on.isoformat(), "manier": how} for how in ("telefoon", "brief")]

    youth = faults(site, reference, "youth", hoe="niet-bereikt", pogingen=tried, waaromNietWachten=WHY)

    assert youth == {"/hoe"}


def test_two_parents_who_cannot_be_reached_are_not_a_yes(site: Site) -> None:
    reference = put_in_planning(site)
    with site.database.write() as tx:
        case = scene(site, tx, PROVIDER, reference).case
        case.turns_12_on, case.turns_16_on = site.on + timedelta(days=900), site.on + timedelta(days=2400)
        tx.add(case)
    put_up(site, reference)
    take(site, "referrer", reference, "confirm_plan", versie="1")
    not_reached(site, reference, "moeder")
    not_reached(site, reference, "vader")

    with pytest.raises(NotNow, match="Nog niemand gaf toestemming"):
        take(site, PROVIDER, reference, "agree_plan")

    say(site, "moeder", reference)
    take(site, PROVIDER, reference, "agree_plan")
    assert site.case(reference).stage == "in_care"


def test_who_answered_can_not_be_recorded_over_and_with_all_answers_in_there_is_nothing_to_record(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    father = party(site, reference, "vader")
    for who in ("vader", "moeder"):
        say(site, who, reference)
    over = {"wie": father, "hoe": "gesprek", "antwoord": "nee", "datum": site.on.isoformat()}

    with pytest.raises(Incomplete) as refused:
        take(site, PROVIDER, reference, "record_consent", **over)
    say(site, "jeugdige", reference)
    with pytest.raises(NotNow, match="heeft al geantwoord"):
        take(site, PROVIDER, reference, "record_consent", **over)

    assert [fault.pointer for fault in refused.value.faults] == ["/wie"]
    assert answers(site, reference)["vader"] == "given"


def test_a_new_version_asks_who_was_not_reached_again(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    not_reached(site, reference)

    put_up(site, reference, resultaat="Iets anders")

    assert set(answers(site, reference).values()) == {"missing"}


def test_who_is_recorded_gets_a_message_and_the_referrer_too(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    clear(site)

    not_reached(site, reference)

    assert waiting(site) == {site.family(reference)["vader"], site.who("referrer", reference)}


def test_only_the_provider_records_and_the_page_keeps_what_was_typed(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    client = site.as_(PROVIDER)
    fields = {
        "_stap": "record_consent", "_revisie": str(site.case(reference).revision), "hoe": "niet-bereikt",
        "wie": party(site, reference, "vader"), "pogingen.0.wanneer": site.on.isoformat(),
        "pogingen.0.manier": "telefoon", "waaromNietWachten": WHY,
    }  # fmt: skip

    shown = client.get(f"/zaken/{reference}/stappen/record_consent")
    refused = client.post(f"/zaken/{reference}/stappen", data=fields)
    done = client.post(
        f"/zaken/{reference}/stappen",
        data=fields | {"pogingen.1.wanneer": site.on.isoformat(), "pogingen.1.manier": "bezoek"},
    )

    assert shown.status_code == 200
    assert refused.status_code == 422 and WHY in refused.text and "twee pogingen" in refused.text
    assert done.status_code == 303
    with pytest.raises(NotAllowed):
        take(site, "referrer", reference, "record_consent")
    assert "legde toestemming vast" in client.get(f"/zaken/{reference}").text


def test_who_was_not_reached_reads_the_agreed_plan_where_he_answers(site: Site) -> None:
    reference = put_in_planning(site)
    put_up(site, reference)
    say(site, "moeder", reference)
    spoken(site, reference, "youth")
    take(site, "referrer", reference, "confirm_plan", versie="1")
    not_reached(site, reference)
    take(site, PROVIDER, reference, "agree_plan")
    site.move(minutes=1)

    page = site.as_("vader", reference).get(f"/mijn-plan/{reference}/stappen/consent").text

    assert "Het plan is al afgesproken." in page and "Het gewicht is weer gezond." in page
