"""A word of its own in every field of a referral: who meets it, on pages, by machine, in documents, mail or calendar?"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import select

from bijzondere_toegang.cases.models import Case, Item, Party
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.plans.models import Plan
from bijzondere_toegang.reminders.models import Outbox
from tests.databases import Databases
from tests.plans import walk as plans
from tests.routes.people import CAST, grow, join
from tests.routes.table import RELATIONS, ROUTES
from tests.support import Site, make_site, register, sample, take

SNEL_WEG = "https://www.knmi.nl/"
PARAMETER = re.compile(r"{(\w+)}")
CSP = ("default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'")

YOUTH = {"voornaam": "Kindvoor", "achternaam": "Kindachter", "school": "Kindschool"}
MOTHER = {"voornaam": "Moedervoor", "achternaam": "Moederachter", "email": "moedermail@example.org"}
FATHER = {"voornaam": "Vadervoor", "achternaam": "Vaderachter", "email": "vadermail@example.org"}
QUESTION = {"aanleiding": "Woordaanleiding.", "wensJeugdige": "Woordwens. Niet zeggen dat ik dat gezegd heb."}
ADDRESSES = {"jeugdige": "Kindstraat", "moeder": "Moederstraat", "vader": "Vaderstraat"}
PHONES = {"moeder": "0611223341", "vader": "0611223342"}

REFERRERS = frozenset({"referrer.own", "referrer.delegate", "administrator.break_glass"})
"""Who reads what is the referrer's; who broke the glass among them, an address and what waits for the child excepted."""
SHARED = frozenset(
    {"chair.assigned", "secretary.assigned", "rep.invited", "rep.proposed", "rep.accepted", "provider.named"}
)
"""Who reads as `voorzitter` or `samenwerkingsverbanden`: the recipients of the part *aanmelding* in the samples."""
CHAIRS = frozenset({"chair.assigned", "secretary.assigned"})

MAY_MEET: Mapping[str, frozenset[str]] = {
    "Woordaanleiding": REFERRERS | SHARED,
    "Woordanalyse": REFERRERS | CHAIRS,
    "Woordwens": REFERRERS | {"jeugdige"},
    "Niet zeggen": REFERRERS | {"jeugdige"},
    "Woordouders": REFERRERS,
    "Woordhulp": REFERRERS,
    "Woordvandaag": REFERRERS,
    "Woorddocument": REFERRERS,
    "woordnaam.txt": REFERRERS,
    "Kindstraat": frozenset({"jeugdige"}),
    "Moederstraat": frozenset({"moeder", "jeugdige"}),
    "Vaderstraat": frozenset({"vader"}),
    "0611223341": REFERRERS | SHARED | {"moeder"},
    "0611223342": REFERRERS | SHARED | {"vader"},
    "moedermail": REFERRERS | SHARED | {"moeder"},
    "vadermail": REFERRERS | SHARED | {"vader"},
    "Kindschool": REFERRERS | {"jeugdige"},
}
"""What each word may reach at most. An address is on no page but its owner's own; a BSN on none at all."""
NAMES = ("Kindvoor", "Kindachter", "Moedervoor", "Vadervoor")
NAMELESS = frozenset(RELATIONS) - REFERRERS - SHARED - {
    "gi.involved", "parent.child_0_11", "parent.child_12_15", "youth.12_15", "youth.16_plus", "foster_parent",
}  # fmt: skip
"""Who never meets a name of the family: outlines, pseudonyms, and those for whom there is no case."""


def marked(number: int) -> dict[str, Any]:
    """The sample with our own words in it."""
    document = sample(number)
    document["bronkenmerk"] = f"WOORDEN-{number}"
    document["jeugdige"] |= YOUTH
    document["jeugdige"].get("adres", {})["straat"] = ADDRESSES["jeugdige"]
    for member in document["gezin"]:
        if member["relatie"] in PHONES:
            member |= (MOTHER if member["relatie"] == "moeder" else FATHER) | {"telefoon": PHONES[member["relatie"]]}
            member.get("adres", {})["straat"] = ADDRESSES[member["relatie"]]
    document["hulpvraag"] |= QUESTION | {"wensOuders": "Woordouders.", "verklarendeAnalyse": "Woordanalyse."}
    for help_before in document["hulpvraag"].get("eerdereHulp", []):
        help_before["resultaat"] = "Woordhulp."
    document["veiligheid"]["watIsVandaagGedaan"] = "Woordvandaag."
    inside = base64.b64encode(b"Woorddocument. Niet delen met vader.").decode()
    document["documenten"] = [{"naam": "woordnaam.txt", "mediatype": "text/plain", "inhoud": inside}]
    return document


class Links(HTMLParser):
    """What a page points at: pages of our own to go on with, and whatever leads outside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inside: set[str] = set()
        self.outside: set[tuple[str, str]] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "data", "poster", "formaction") and value:
                parts = urlsplit(value)
                if parts.netloc or parts.scheme not in ("", "tel", "mailto"):
                    self.outside.add((tag, value))
                elif parts.path.startswith("/") and name == "href" and not parts.path.startswith("/static/"):
                    self.inside.add(parts.path)


def crawl(
    site: Site, portal: BlockingPortal, who: UUID | None, references: list[str]
) -> Iterator[tuple[str, Response]]:
    """Every answer to GET that this person can reach: all routes, all links from there, and the machine's."""
    page, machine = (site.client(who), site.api(who)) if who else (site.anonymous(), site.anonymous())
    page.portal = machine.portal = portal
    waiting, seen = list(_starts(site, references)), set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or path == "/uitloggen":
            continue
        seen.add(path)
        client: TestClient = machine if path.startswith("/api/") else page
        answer = client.get(path)
        yield path, answer
        if "text/html" in answer.headers.get("content-type", ""):
            waiting += Links(answer.text).inside
        if answer.headers.get("location", "").startswith("/"):
            waiting.append(answer.headers["location"])


def _starts(site: Site, references: list[str]) -> Iterator[str]:
    for method, template in ROUTES:
        if method == "GET" and template != "/static":
            for reference in references if PARAMETER.search(template) else [""]:
                yield PARAMETER.sub(lambda found: _fill(found[1], reference), template)  # noqa: B023


def _fill(name: str, reference: str) -> str:
    others = {
        "item_id": str(uuid4()),
        "step_name": "add_statement",
        "section_name": "hulpvraag",
        "token": "geen",
        "party_id": str(uuid4()),
        "key": "gegevens",
        "finding_id": str(uuid4()),
    }
    return others.get(name, reference)


def people(site: Site, reference: str) -> dict[str, UUID | None]:
    """Somebody for every relation, and the family of the referral itself."""
    found: dict[str, UUID | None] = {relation: join(site, reference, relation) for relation in CAST}
    return found | {"anonymous": None} | {word: who for word, who in site.family(reference).items()}


def faults_of(who: str, path: str, answer: Response) -> Iterator[str]:
    text = answer.text
    for word, allowed in MAY_MEET.items():
        if word.casefold() in text.casefold() and who not in allowed:
            yield f"{who} meets {word} on {path}"
    for name in NAMES:
        if name in text and who in NAMELESS:
            yield f"{who} meets the name {name} on {path}"
    if re.search(r"9999\d{5}", text):
        yield f"{who} meets a BSN on {path}"
    yield from (f"{who} {path}: {fault}" for fault in unguarded(path, answer))


def unguarded(path: str, answer: Response) -> Iterator[str]:
    """What is missing from the headers, and what leads to others."""
    headers = answer.headers
    policies = headers.get("content-security-policy", "")
    yield from (f"no {part}" for part in CSP if part not in policies)
    if "unsafe" in policies or "http" in policies:
        yield f"a wide policy: {policies}"
    for name, value in (
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ):
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)}"
    if path.startswith("/api/") and not headers.get("api-version"):
        yield "no API-Version"
    if answer.status_code >= 500:
        yield f"failed with {answer.status_code}"
    if "text/html" in headers.get("content-type", ""):
        yield from (f"leads to {place}" for place in Links(answer.text).outside if place != ("a", SNEL_WEG))


@pytest.mark.parametrize("number", [2, 4, 7])
def test_nobody_meets_on_any_page_what_is_not_for_them(databases: Databases, number: int) -> None:
    with databases.fresh("sqlite") as database, start_blocking_portal() as portal:
        site = make_site(database)
        reference = register(site, marked(number))
        wrong, met = list[str](), set[str]()
        for who, account in people(site, reference).items():
            grow(site, reference, CAST[who].age if who in CAST else 14)
            for path, answer in crawl(site, portal, account, [reference]):
                wrong += faults_of(who, path, answer)
                met |= {word for word in MAY_MEET if word.casefold() in answer.text.casefold()}

    assert not wrong, "\n".join(sorted(set(wrong)))
    assert met >= {"Woordaanleiding", "Woordanalyse", "Woordwens", "Woorddocument"}, "the crawl reaches too little"


def test_a_secret_address_stays_where_it_was_shown_to_who_treats_at_home(databases: Databases) -> None:
    with databases.fresh("sqlite") as database, start_blocking_portal() as portal:
        site = make_site(database)
        reference, path = treated_at_home(site)
        shown = site.as_(plans.PROVIDER).post(path, data={"reden": "Woordbezoek."})
        wrong, opened = list[str](), set[str]()
        for who, account in {**people(site, reference), "treats at home": site.who(plans.PROVIDER)}.items():
            grow(site, reference, CAST[who].age if who in CAST else 14)
            for page, answer in crawl(site, portal, account, [reference]):
                found = {word for word in AT_HOME if word.casefold() in answer.text.casefold()}
                wrong += [f"{who} meets {word} on {page}" for word in found if who not in AT_HOME[word]]
                opened |= {who} if path in answer.text else set()

    assert shown.status_code == 200 and "Moederstraat" in shown.text
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert opened == {"referrer.own", "treats at home"}, "the button is for who may"


AT_HOME: Mapping[str, frozenset[str]] = {
    "Moederstraat": frozenset({"moeder"}),
    "Kindstraat": frozenset({"jeugdige"}),
    "adres is geheim": frozenset({"moeder", "jeugdige"}),
    "Woordbezoek": frozenset(),
}
"""Of a case whose mother and youth live at secret addresses: who meets what on any page that can be opened."""


def treated_at_home(site: Site) -> tuple[str, str]:
    """A running case with a plan that brings help home, and where the secret address of the mother is shown."""
    reference = plans.put_in_planning(site, marked(2))
    with site.database.write() as tx:
        running = tx.exec(select(Placement)).one()
        running.accepted_at, running.provider_organisation = site.at, plans.ORGANISATION
        tx.add(running)
    plans.put_up(site, reference, hulpThuis=True)
    with site.database.write() as tx:
        plan = tx.exec(select(Plan)).one()
        plan.state, plan.agreed_at = "agreed", site.at
        case = tx.exec(select(Case)).one()
        case.stage, case.help_runs = "in_care", True
        tx.add_all([plan, case])
        mother = tx.exec(select(Party.id).where(Party.word == "moeder")).one()
    return reference, f"/zaken/{reference}/betrokkenen/{mother}/adres"


@pytest.mark.parametrize("number", [2, 4, 7])
def test_no_mail_and_no_calendar_tells_of_anybody(databases: Databases, number: int) -> None:
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        reference = register(site, marked(number))
        take(site, "chair", reference, "declare_independence", band=False)
        take(site, "chair", reference, "take_up")
        take(
            site, "chair", reference, "plan_conference",
            datum="2026-11-17", begintijd="10:00", plaats="Woordplaats", genodigden=[],
        )  # fmt: skip
        with site.database.read() as tx:
            rows = list(tx.exec(select(Outbox)).all())
            unseal_rows(tx, rows)
            calendars = [(row.account_id, row.attachment.reveal()) for row in rows if row.attachment]

    father = site.family(reference).get("vader")
    told = [word for word in (*MAY_MEET, *NAMES, "9999") for _, text in calendars if word in text]
    assert calendars and told == []
    if number == 2:
        assert [text for who, text in calendars if who == father and "Woordplaats" in text] == []


KEPT: Mapping[str, frozenset[str]] = {
    "Woordkind": REFERRERS | {"jeugdige"},
    "Woordbeide": REFERRERS | {"moeder", "jeugdige"} | frozenset(one for one in CAST if one.startswith("parent.")),
    "Woordmoederzelf": REFERRERS | CHAIRS | {"moeder"},
    "Woordreden": REFERRERS | CHAIRS | {"moeder"},
}
"""What was said, and from whom it is kept; of the cast a parent reads as a mother. A reason is read by who leads."""


def test_what_is_kept_from_somebody_is_met_by_nobody_it_is_kept_from(databases: Databases) -> None:
    with databases.fresh("sqlite") as database, start_blocking_portal() as portal:
        site = make_site(database)
        reference = register(site, marked(7))
        take(site, "chair", reference, "declare_independence", band=False)
        keep_from(site, reference)
        family = site.family(reference)
        wrong, met = list[str](), set[str]()
        for who, account in people(site, reference).items():
            grow(site, reference, CAST[who].age if who in CAST else 14)
            for path, answer in crawl(site, portal, account, [reference]):
                found = {word for word in KEPT if word.casefold() in answer.text.casefold()}
                met |= found
                wrong += [f"{who} meets {word} on {path}" for word in found if who not in KEPT[word]]

    assert "vader" in family and not wrong, "\n".join(sorted(set(wrong)))
    assert met >= KEPT.keys() - {"Woordreden"}, "the crawl reaches too little"


def keep_from(site: Site, reference: str) -> None:
    """A youth told its contact alone; a father is kept from what both parents could read, twice, with reasons."""
    take(site, "jeugdige", reference, "add_statement", tekst="Woordkind.", wieMagLezen=[])
    take(site, "referrer", reference, "add_statement", tekst="Woordbeide.", wieMagLezen=["moeder", "vader"])
    take(site, "moeder", reference, "add_statement", tekst="Woordmoederzelf.", wieMagLezen=["vader", "voorzitter"])
    with site.database.read() as tx:
        items = tx.exec(select(Item).where(Item.kind == "statement")).all()
        unseal_rows(tx, items)
        by_text = {item.text.reveal(): str(item.id) for item in items if item.text}
        father = str(tx.exec(select(Party.id).where(Party.word == "vader")).one())
    reason = {"voor": father, "reden": "Woordreden."}
    take(
        site, "referrer", reference, "withhold_item", stuk=by_text["Woordbeide."], herzienOp="2027-01-15", **reason
    )  # fmt: skip
    take(site, "moeder", reference, "shield_item", stuk=by_text["Woordmoederzelf."], **reason)
