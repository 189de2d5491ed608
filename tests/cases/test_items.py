from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlmodel import select

from bijzondere_toegang.cases.items import readable_document, readable_items
from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.errors import NotThere
from tests.cases.acting import leave, put, seat
from tests.support import Site, register, register_sample, sample, scene, take

SECRET_WISH = "Niet zeggen dat ik dat gezegd heb"


def kinds(site: Site, who: Any, reference: str) -> set[str]:
    with site.database.read() as tx:
        return {item.kind for item in readable_items(scene(site, tx, who, reference))}


def everything(site: Site, who: Any, reference: str) -> str:
    with site.database.read() as tx:
        found = readable_items(scene(site, tx, who, reference))
        return " ".join(item.text.reveal() for item in found if item.text)


def document_of(site: Site) -> UUID:
    with site.database.read() as tx:
        return tx.exec(select(Item.id).where(Item.kind == "document")).one()


def with_independence(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)


def seated(site: Site, reference: str, who: str, relation: str = "rep.invited") -> None:
    code = site.process.region.consortia_of("mutsaersstichting", site.on)[0].code
    seat(site, reference, who, relation, consortium=code, organisation="mutsaersstichting")


def test_what_a_child_asked_not_to_tell_reaches_its_referrer_and_itself_alone(site: Site) -> None:
    reference = register_sample(site, 7)
    with_independence(site, reference)
    seated(site, reference, "muts1", "rep.accepted")
    seated(site, reference, "zorg_muts1", "provider.named")

    read = {
        who: SECRET_WISH in everything(site, who, reference)
        for who in ("referrer", "jeugdige", "moeder", "vader", "chair", "muts1", "zorg_muts1")
    }

    assert read.pop("referrer") and read.pop("jeugdige")
    assert not any(read.values())


def test_a_document_that_was_shared_with_nobody_stays_with_the_referrer(site: Site) -> None:
    reference = register_sample(site, 4)
    with_independence(site, reference)
    document = document_of(site)

    with site.database.read() as tx:
        item, content = readable_document(scene(site, tx, "referrer", reference), document)
        assert item.title is not None and item.title.reveal() == "schoolverslag.txt"
        assert content == b"Verslag van school. Niet delen met vader."
    for who in ("vader", "moeder", "jeugdige", "chair"):
        with site.database.read() as tx, pytest.raises(NotThere):
            readable_document(scene(site, tx, who, reference), document)


def test_a_document_shared_with_one_parent_opens_to_that_parent(site: Site) -> None:
    document = {**sample(4)}
    document["gegevensdeling"] = [
        *document["gegevensdeling"],
        {"onderdeel": "documenten", "ontvangers": ["moeder"], "grondslag": "rechtstreeks-betrokken"},
    ]
    put(site, reference := register(site, document), turns_16_on=None)

    with site.database.read() as tx:
        assert readable_document(scene(site, tx, "moeder", reference), document_of(site))[1]
    with site.database.read() as tx, pytest.raises(NotThere):
        readable_document(scene(site, tx, "vader", reference), document_of(site))


def test_an_item_that_is_no_document_is_not_there_as_a_document(site: Site) -> None:
    reference = register_sample(site, 4)

    with site.database.read() as tx:
        seen = scene(site, tx, "referrer", reference)
        section = next(item for item in readable_items(seen) if item.kind == "aanmelding")
        for wrong in (section.id, uuid4()):
            with pytest.raises(NotThere):
                readable_document(seen, wrong)


def test_the_chair_reads_what_was_shared_with_her_once_she_declared(site: Site) -> None:
    reference = register_sample(site, 4)

    before = kinds(site, "chair", reference)
    with_independence(site, reference)

    assert before == set()
    assert {"aanmelding", "verklarende-analyse"} & kinds(site, "chair", reference)
    assert "wens-jeugdige" not in kinds(site, "chair", reference)


def test_a_consortium_reads_its_part_once_the_tie_question_is_answered(site: Site) -> None:
    reference = register_sample(site, 4)
    put(site, reference, stage="preparing")
    seated(site, reference, "muts1")

    before = kinds(site, "muts1", reference)
    take(site, "muts1", reference, "declare_independence", band=False)

    assert before == set()
    assert "aanmelding" in kinds(site, "muts1", reference)
    assert "verklarende-analyse" not in kinds(site, "muts1", reference)


def test_the_referrer_reads_all_and_what_others_may_not_read_stays_sealed(site: Site) -> None:
    reference = register_sample(site, 7)
    with_independence(site, reference)

    with site.database.read() as tx:
        readable_items(scene(site, tx, "chair", reference))
        wish = tx.exec(select(Item).where(Item.kind == "wens-jeugdige")).one()
        assert wish.text is not None
        with pytest.raises(ValueError, match="unsealed"):
            wish.text.reveal()
    assert {"aanmelding", "wens-jeugdige", "wens-ouders", "veiligheid"} <= kinds(site, "referrer", reference)


def test_reading_takes_as_many_statements_for_many_items_as_for_few(site: Site) -> None:
    reference = register_sample(site, 7)
    few = statements(site, reference)
    for number in range(5):
        take(site, "referrer", reference, "add_statement", tekst=f"Verklaring {number}", wieMagLezen=["voorzitter"])

    assert statements(site, reference) == few <= 6


def statements(site: Site, reference: str) -> int:
    seen: list[str] = []
    with site.database.read() as tx:
        found = scene(site, tx, "referrer", reference)
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(site.database.engine, "before_cursor_execute", listener)
        readable_items(found)
        event.remove(site.database.engine, "before_cursor_execute", listener)
    return len(seen)


def test_a_leaver_reads_nothing_any_more(site: Site) -> None:
    reference = register_sample(site, 7)
    referrer = site.who("referrer", reference)

    leave(site, referrer)

    with site.database.read() as tx, pytest.raises(NotThere):
        scene(site, tx, referrer, reference)
