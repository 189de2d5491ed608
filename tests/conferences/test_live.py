"""The conference page keeps itself up to date, tells no more than the page, and is cheap about it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from bijzondere_toegang.conferences.live import stamp_of
from bijzondere_toegang.people.models import LoginSession
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.conferences.walk import (
    MUTS,
    OUTCOME,
    VVG,
    agreed,
    ask,
    attend,
    opened,
    planned,
    prepared,
    state_all,
    voices,
)
from tests.statements import statements
from tests.support import Site, scene, take

WORDS = "Ik wil eerst rust thuis."


def stamp(site: Site, who: str, reference: str) -> str:
    with site.database.read() as tx:
        return stamp_of(scene(site, tx, who, reference))


def poll(client: TestClient, reference: str, seen: str = "") -> tuple[int, str]:
    answer = client.get(f"/zaken/{reference}/overleg/nu", headers={"x-gezien": seen})
    return answer.status_code, answer.text


def looks(site: Site, reference: str, who: str = "referrer") -> int:
    """How often this person's look at the conference was written down."""
    with site.database.read() as tx:
        query = select(TimelineEntry.seq).where(
            TimelineEntry.chain == site.case(reference).id,
            TimelineEntry.account_id == site.who(who, reference),
            TimelineEntry.object_kind == "conference",
            TimelineEntry.action == "R",
        )
        return len(tx.exec(query).all())


def test_a_poll_of_a_page_that_did_not_change_is_empty_cheap_and_no_look(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    watching = site.as_("referrer", reference)
    page = watching.get(f"/zaken/{reference}/overleg")
    seen = stamp(site, "referrer", reference)
    before = looks(site, reference)

    with statements(site) as asked:
        answers = [poll(watching, reference, seen) for _ in range(10)]

    assert f'"X-Gezien": "{seen}"' in page.text
    assert answers == [(204, "")] * 10
    assert looks(site, reference) == before
    assert len(asked) / 10 <= 8, asked[: len(asked) // 10]


def test_a_poll_that_brings_something_new_is_a_look(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    watching = site.as_("referrer", reference)
    seen, before = stamp(site, "referrer", reference), looks(site, reference)

    take(site, "vvg1", reference, "state_position", standpunt="eens")
    status, text = poll(watching, reference, seen)

    assert status == 200 and "1 van 6 binnen" in text
    assert 'hx-swap-oob="true"' in text and "<html" not in text and "<textarea" not in text
    assert looks(site, reference) == before + 1
    assert poll(watching, reference, stamp(site, "referrer", reference))[0] == 204


def test_a_poll_never_tells_more_of_a_position_than_the_page(site: Site) -> None:
    reference = opened(site)
    ask(site, reference)
    for rep in ("vvg1", "muts1"):
        take(site, rep, reference, "declare_independence", band=False)
    watching = {who: site.as_(who, reference) for who in ("chair", "referrer", "vvg1", "muts1")}
    told = []

    for word, account in voices(site, reference).items():
        said = (
            {"standpunt": "oneens", "woorden": WORDS}
            if word == "moeder"
            else {"standpunt": "eens-met-zorg", "woorden": "Let op."}
        )
        take(site, account, reference, "state_position", **said)
        for client in watching.values():
            page, part = client.get(f"/zaken/{reference}/overleg").text, poll(client, reference)[1]
            told.append((WORDS in part, WORDS in page))
            assert part.count("eens, met een zorg") == page.count("eens, met een zorg")

    assert all(part == page for part, page in told)
    assert not any(part for part, _ in told[:-4])
    assert all(part for part, _ in told[-4:])


def test_each_change_at_the_table_changes_the_stamp_of_who_watches(site: Site) -> None:
    reference = planned(site)
    site.move(days=8)
    seen = [stamp(site, "referrer", reference)]
    acts = (
        lambda: attend(site, reference),
        lambda: take(site, "chair", reference, "open_conference"),
        lambda: ask(site, reference),
        lambda: take(site, "vvg1", reference, "declare_independence", band=True, toelichting="De vader is mijn neef."),
        lambda: take(site, "referrer", reference, "state_position", standpunt="eens"),
    )

    for act in acts:
        act()
        seen.append(stamp(site, "referrer", reference))

    assert len(set(seen)) == len(acts) + 1


def test_the_page_stops_asking_when_the_table_is_over(site: Site) -> None:
    reference = planned(site)
    chair = site.as_("chair", reference)
    early = chair.get(f"/zaken/{reference}/overleg").text
    site.move(days=8)
    today = chair.get(f"/zaken/{reference}/overleg").text
    attend(site, reference)
    take(site, "chair", reference, "open_conference")
    ask(site, reference)
    state_all(site, reference)
    at_table = chair.get(f"/zaken/{reference}/overleg").text
    take(site, "chair", reference, "conclude_consensus", **OUTCOME)

    last = poll(chair, reference)[1]
    after = chair.get(f"/zaken/{reference}/overleg").text

    asks = f'hx-get="/zaken/{reference}/overleg/nu"'
    assert [asks in text for text in (early, today, at_table, last, after)] == [False, True, True, False, False]
    assert "Bekijk de uitkomst" in last


def test_asking_by_itself_keeps_no_session_alive(site: Site) -> None:
    reference = opened(site)
    watching = site.as_("referrer", reference)
    site.move(minutes=5)

    poll(watching, reference)
    with site.database.read() as tx:
        account = site.who("referrer", reference)
        newest = (
            select(LoginSession).where(LoginSession.account_id == account).order_by(col(LoginSession.seen_at).desc())
        )
        seen_at = tx.exec(newest).first().seen_at  # type: ignore[union-attr]

    assert (site.at - seen_at).total_seconds() == 300


def test_who_may_not_see_the_case_gets_no_part_of_its_table(site: Site) -> None:
    reference = opened(site)

    strangers = [poll(site.as_(who), reference)[0] for who in ("verwijzer2", "analist", "zorg_muts1")]

    assert strangers == [404, 404, 404]
    assert poll(site.as_("moeder", reference), reference)[0] == 404


@pytest.mark.parametrize("seat", [VVG, MUTS])
def test_a_representative_with_a_tie_gets_nothing_any_more(site: Site, seat: str) -> None:
    reference = opened(site)
    who = {VVG: "vvg1", MUTS: "muts1"}[seat]
    client = site.as_(who)
    before = poll(client, reference)[0]

    take(site, who, reference, "declare_independence", band=True, toelichting="De vader is mijn neef.")

    assert (before, poll(client, reference)[0]) == (200, 404)


def test_after_the_table_the_outcome_is_folded_below_the_minutes(site: Site) -> None:
    reference = agreed(site)

    text = site.as_("chair", reference).get(f"/zaken/{reference}/overleg").text

    assert 0 < text.index('id="verslag"') < text.index("<summary>De uitkomst</summary>")
    assert "table--after" in text


def test_before_there_is_a_table_there_is_nothing_to_refresh(site: Site) -> None:
    reference = prepared(site)

    assert poll(site.as_("referrer", reference), reference)[0] == 404
