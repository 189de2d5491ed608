"""Looking as a person of the family: the real page, nothing to do on it, and never more than one may read oneself."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.family.preview import Preview, inert
from bijzondere_toegang.timeline.models import TimelineEntry
from tests.cases.acting import seat
from tests.support import Site, register_sample, take

THIRTEEN, SIXTEEN = 1, 4


def party(site: Site, reference: str, word: str) -> str:
    with site.database.read() as tx:
        known = select(Party.id).join(Case, col(Case.id) == col(Party.case_id))
        return str(tx.exec(known.where(Case.reference == reference, Party.word == word)).one())


@pytest.fixture
def reference(site: Site) -> str:
    reference = register_sample(site, THIRTEEN)
    take(site, "chair", reference, "declare_independence", band=False)
    return reference


def look(site: Site, reference: str, who: str, word: str, page: str = "") -> str:
    answer = site.as_(who, reference).get(f"/zaken/{reference}/betrokkenen/{party(site, reference, word)}/bekijk{page}")
    assert answer.status_code == 200
    return str(answer.text)


def main_of(page: str) -> str:
    """The words between header and footer, without tags and attributes."""
    inside = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", inside).split())


def test_the_preview_has_the_words_of_the_real_page(site: Site, reference: str) -> None:
    real = site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text

    seen = look(site, reference, "chair", "moeder")

    assert main_of(seen) == main_of(real)
    assert "U kijkt mee als" in seen and "U kunt hier niets doen." in seen


@pytest.mark.parametrize("page", ["", "/afspraken"])
def test_nothing_in_the_preview_sends_or_leads_to_the_pages_of_the_family(
    site: Site, reference: str, page: str
) -> None:
    seen = look(site, reference, "referrer", "moeder", page)

    assert "/mijn-plan/" not in seen and 'method="post"' not in seen and "/uitloggen" not in seen
    for button in re.findall(r"<button[^>]*>", seen):
        assert "disabled" in button
    assert f'/bekijk{"/afspraken" if not page else ""}"' in seen


def test_nothing_can_be_posted_to_a_preview(site: Site, reference: str) -> None:
    mother, chair = party(site, reference, "moeder"), site.as_("chair", reference)
    sent = {"_stap": "add_statement", "tekst": "Ik ben haar niet."}

    to_preview = chair.post(f"/zaken/{reference}/betrokkenen/{mother}/bekijk", data=sent).status_code
    deeper = chair.post(f"/zaken/{reference}/betrokkenen/{mother}/bekijk/stappen", data=sent).status_code
    as_family = chair.post(f"/mijn-plan/{reference}/stappen", data=sent).status_code

    assert (to_preview, deeper, as_family) == (405, 404, 404)


def test_each_look_is_written_down_with_who_looked_as_whom(site: Site, reference: str) -> None:
    look(site, reference, "chair", "moeder")

    with site.database.read() as tx:
        entry = tx.exec(select(TimelineEntry).where(TimelineEntry.object_kind == "preview")).one()
    assert (entry.account_id, entry.object_pseudonym) == (
        site.who("chair", reference),
        party(site, reference, "moeder"),
    )
    assert entry.permission == "family.preview C15" and entry.action == "R"


def test_who_sees_nothing_today_is_shown_as_such(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)

    assert "ziet deze zaak vandaag niet" in look(site, reference, "referrer", "moeder")


def test_only_who_leads_the_case_looks_as_the_family(site: Site, reference: str) -> None:
    code = site.process.region.consortia_of("mutsaersstichting", site.on)[0].code
    seat(site, reference, "zorg_muts1", "provider.named", organisation="mutsaersstichting", consortium=code)
    address = f"/zaken/{reference}/betrokkenen/{party(site, reference, 'moeder')}/bekijk"

    answers = {who: site.as_(who, reference).get(address).status_code for who in ("zorg_muts1", "collega", "vader")}

    assert answers == {"zorg_muts1": 403, "collega": 404, "vader": 303}
    with site.database.read() as tx:
        chain = TimelineEntry.chain == site.case(reference).id
        refused = tx.exec(select(TimelineEntry.account_id).where(chain, TimelineEntry.event_type == "refused")).all()
    assert refused == [site.who("zorg_muts1")]


def test_the_preview_does_not_show_what_a_youth_told_only_to_another(site: Site, reference: str) -> None:
    take(site, "jeugdige", reference, "add_statement", tekst="Woordgeheim.", wieMagLezen=[])

    assert "Woordgeheim" not in look(site, reference, "chair", "jeugdige")


def test_somebody_without_a_page_has_no_preview(site: Site) -> None:
    reference = register_sample(site, SIXTEEN)

    grandparent = party(site, reference, "grootouder")

    assert (
        site.as_("referrer", reference).get(f"/zaken/{reference}/betrokkenen/{grandparent}/bekijk").status_code == 404
    )


def test_links_stay_inside_or_lead_nowhere() -> None:
    preview = Preview("Iemand", "/zaken/BT-1/betrokkenen/1/bekijk", "/zaken/BT-1/betrokkenen")
    links = {
        '<a class="x" href="/mijn-plan/BT-1/afspraken">': '<a class="x" href="/zaken/BT-1/betrokkenen/1/bekijk/afspraken">',
        '<a href="/mijn-plan/BT-1/stappen/score">': '<a role="link" aria-disabled="true">',
        '<a href="https://www.knmi.nl/" data-leave>': '<a data-leave role="link" aria-disabled="true">',
        '<a href="#inhoud">': '<a href="#inhoud">',
        '<form method="post" action="/uitloggen">': "<form>",
        '<input type="hidden" name="csrf" value="geheim">': '<input type="hidden" value="geheim" disabled>',
    }

    assert {before: inert(before, "BT-1", preview) for before in links} == links
