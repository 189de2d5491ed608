"""What was shared with somebody of the family is there to read; what was not is nowhere."""

from __future__ import annotations

from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Item, ItemReader, Party
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.family.walk import divided
from tests.support import Site, register_sample, take

EMPTY = "Er is nog niets met u gedeeld."


def page(site: Site, who: str, reference: str) -> str:
    return site.as_(who, reference).get(f"/mijn-plan/{reference}/opgeschreven").text


def share(site: Site, reference: str, kind: str, *words: str) -> str:
    """The referrer lets these read an item; its text."""
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        item = tx.exec(select(Item).where(Item.case_id == case.id, Item.kind == kind)).one()
        for word in words:
            tx.add(
                ItemReader(case_id=case.id, item_id=item.id, recipient=word, ground="toestemming", granted_on=site.on)
            )
    return kind


def test_what_was_shared_is_read_whole_by_whom_it_was_shared_with(site: Site) -> None:
    reference = register_sample(site, 7)
    before = page(site, "moeder", reference)
    share(site, reference, "aanmelding", "moeder")

    mother, father = page(site, "moeder", reference), page(site, "vader", reference)

    assert EMPTY in before and "Waarom deze aanmelding" not in before
    assert "Waarom deze aanmelding" in mother and "Opgeschreven op maandag 9 november." in mother
    assert "Waarom deze aanmelding" not in father and EMPTY in father


def test_the_way_there_stands_on_the_own_page(site: Site) -> None:
    reference = register_sample(site, 7)

    mother = site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text
    youth = site.as_("jeugdige", reference).get(f"/mijn-plan/{reference}").text

    assert "Wat over u is opgeschreven en met u is gedeeld" in mother
    assert "Wat over jou is opgeschreven en met je is gedeeld" in youth
    assert f"/mijn-plan/{reference}/opgeschreven" in mother


def test_a_statement_in_confidence_stays_with_who_it_was_told_to(site: Site) -> None:
    reference = register_sample(site, 7)
    take(site, "jeugdige", reference, "add_statement", tekst="Ik durf niet naar huis.", wieMagLezen=[])
    take(site, "moeder", reference, "add_statement", tekst="Ik maak me zorgen.", wieMagLezen=["vader"])

    youth, mother, father = (page(site, who, reference) for who in ("jeugdige", "moeder", "vader"))

    assert "Ik durf niet naar huis." in youth and "Wat je schreef" in youth
    assert "Ik durf niet naar huis." not in mother + father
    assert "Ik maak me zorgen." in mother and "Wat u schreef" in mother
    assert "Ik maak me zorgen." in father and "Verklaring" in father and "Wat u schreef" not in father


def test_what_gives_a_secret_address_away_stays_away(site: Site) -> None:
    reference = register_sample(site, 2)
    take(site, "referrer", reference, "add_statement", tekst="Moeder woont op Akkerlaan 83.", wieMagLezen=["vader"])
    take(site, "referrer", reference, "add_statement", tekst="Vader belt de school.", wieMagLezen=["vader"])

    father = page(site, "vader", reference)

    assert "Akkerlaan" not in father and "Vader belt de school." in father


def test_while_hard_news_waits_nothing_written_since_tells_it(site: Site) -> None:
    reference = divided(site, 7)
    take(site, "referrer", reference, "add_statement", tekst="Er was geen consensus.", wieMagLezen=["moeder"])

    assert "Er was geen consensus." not in page(site, "moeder", reference)


def test_every_look_is_written_down_and_strangers_find_nothing(site: Site) -> None:
    reference = register_sample(site, 7)
    page(site, "moeder", reference)

    strangers = [
        site.as_(who, reference).get(f"/mijn-plan/{reference}/opgeschreven") for who in ("chair", "verwijzer8")
    ]

    assert [answer.status_code for answer in strangers] == [404, 404]
    with site.database.read() as tx:
        assert "shared_items" in tx.exec(select(TimelineEntry.object_kind)).all()


def test_who_lost_authority_reads_nothing_any_more(site: Site) -> None:
    reference = register_sample(site, 7)
    share(site, reference, "aanmelding", "vader")
    with site.database.write() as tx:
        father = tx.exec(select(Party).where(Party.word == "vader")).one()
        father.authority = "no"
        tx.add(father)

    assert site.as_("vader", reference).get(f"/mijn-plan/{reference}/opgeschreven").status_code == 404
