"""Logging in by an OpenID provider of an organisation, of DigiD or of eHerkenning, against one that really speaks it."""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc import jwt
from sqlmodel import col, select

from bijzondere_toegang.clock import FixedClock
from bijzondere_toegang.crypto import token_digest
from bijzondere_toegang.keeping.rotation import rekey_lookups
from bijzondere_toegang.people.elsewhere import Doors
from bijzondere_toegang.people.errands import Distrusted, Errand
from bijzondere_toegang.people.models import Account, LoginAttempt, LoginIdentity, LoginSession, Membership
from bijzondere_toegang.people.openid import LOGGED_OUT
from bijzondere_toegang.people.providers import Provider, Providers, load_providers
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.settings import WrongSetting
from bijzondere_toegang.timeline.models import TimelineEntry
from tests import databases
from tests.entrance import CSRF, deliver, tokens
from tests.keeping.support import keeper
from tests.people.standin import CLIENT, SECRET, Claims, StandIn, ec, rsa, standin
from tests.support import START, Site, make_site, register_sample, sample

VERA = {"sub": "medewerker-17", "email": "consulent1@example.org", "email_verified": True, "acr": "mfa"}
HIGH = "urn:etoegang:core:assurance-class:loa3"
MOTHER = {"sub": "pseudoniem-moeder", "acr": HIGH}
BORN = "2012-11-20"
FIRST = rsa()
LINK_OUT = re.compile(r'href="(http://127[^"]+/authorize[^"]*)"')
GENERAL = "Zo kwam u niet binnen"
NO_ACCOUNT = "Deze organisatie opent geen account voor u"
NOT_KNOWN = "Wij kennen u nog niet op deze manier"


@dataclass
class World:
    """A site with two providers beside it: a municipality's and a broker of DigiD."""

    site: Site
    venlo: StandIn
    digid: StandIn
    kept: databases.Database

    def browser(self) -> TestClient:
        return self.site.anonymous()

    def session(self, browser: TestClient) -> LoginSession | None:
        """The session that this browser holds."""
        digest = token_digest(browser.cookies.get(SESSION_COOKIE) or "")
        with self.site.database.read() as tx:
            return tx.exec(select(LoginSession).where(LoginSession.token_digest == digest)).first()

    def rows(self, model: Any) -> list[Any]:
        with self.site.database.read() as tx:
            return list(tx.exec(select(model)).all())

    def log(self, account: Any) -> list[TimelineEntry]:
        with self.site.database.read() as tx:
            query = select(TimelineEntry).where(TimelineEntry.chain == account).order_by(col(TimelineEntry.seq))
            return list(tx.exec(query).all())


def described(provider: StandIn, **more: Any) -> dict[str, Any]:
    return {"label": "Proef", "issuer": provider.issuer, "client_id": CLIENT, "client_secret_file": "geheim"} | more


@pytest.fixture
def world(database: databases.Database, tmp_path: Path) -> Iterator[World]:
    clock = FixedClock(START)
    (tmp_path / "geheim").write_text(SECRET + "\n", "utf-8")
    with ExitStack() as running:
        venlo = running.enter_context(standin(lambda: clock.at, [FIRST]))
        digid = running.enter_context(standin(lambda: clock.at, [ec()]))
        venlo.person, digid.person = dict(VERA), dict(MOTHER)
        file = tmp_path / "inloggen.yaml"
        providers = {
            "venlo": described(
                venlo,
                kind="organisatie",
                label="Gemeente Venlo",
                organisations=["toegang-venlo"],
                acr=["mfa"],
                scopes=["email"],
            ),
            "digid": described(
                digid,
                kind="digid",
                label="DigiD",
                acr=[HIGH],
                representation=True,
                claims={"bsn": "bsn", "represented": "urn:nl-eid-gdi:1.0:LegalSubjectID"},
            ),
        }
        file.write_text(yaml.safe_dump({"providers": providers}), "utf-8")
        site = make_site(database, login_providers_file=file)
        site.app.state.clock = site.clock = clock
        yield World(site, venlo, digid, database)


def out(browser: TestClient, name: str) -> str:
    """To the provider: where the browser is sent."""
    answer = browser.get(f"/inloggen/met/{name}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def at_provider(address: str) -> str:
    """The provider, as the browser sees it: where it sends back to."""
    answer = httpx.get(address, follow_redirects=False, trust_env=False)
    assert answer.status_code == 302
    return answer.headers["location"]


def back(browser: TestClient, address: str) -> Response:
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def travel(browser: TestClient, name: str) -> Response:
    return back(browser, at_provider(out(browser, name)))


# ── An organisation ──


def test_a_referrer_comes_in_by_her_municipality(world: World) -> None:
    browser = world.browser()

    page = browser.get("/inloggen")
    answer = travel(browser, "venlo")
    home = browser.get("/werkvoorraad")

    vera = world.site.who("verwijzer1")
    assert "Inloggen met Gemeente Venlo" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert home.status_code == 200 and "Vera Venlo" in home.text
    [identity] = world.rows(LoginIdentity)
    assert identity.account_id == vera and VERA["sub"] not in identity.subject_key
    session = world.session(browser)
    assert session is not None and session.account_id == vera and session.provider == "venlo"
    assert [(entry.event_type, entry.outcome) for entry in world.log(vera)][:2] == [
        ("login_linked", "ok"),
        ("log_in", "ok"),
    ]


def test_the_way_out_asks_for_a_code_with_pkce_and_leaks_nothing(world: World) -> None:
    browser = world.browser()

    address = out(browser, "venlo")
    cookie = browser.get("/inloggen/met/venlo").headers["set-cookie"]

    asked = dict(parse_qsl(urlsplit(address).query))
    assert address.startswith(world.venlo.url + "/authorize?")
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://localhost:8000/inloggen/met/venlo/terug"
    assert asked["scope"] == "openid email" and asked["acr_values"] == "mfa"
    assert len(asked["state"]) == len(asked["nonce"]) == 43
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=600" in cookie and "Path=/" in cookie
    assert all(secret not in address for secret in browser.cookies.values())


def test_the_second_time_the_person_is_known_and_not_the_address(world: World) -> None:
    travel(world.browser(), "venlo")
    world.venlo.person = VERA | {"email": "heel.anders@example.org", "email_verified": False}

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 303
    session = world.session(browser)
    assert session is not None and session.account_id == world.site.who("verwijzer1")
    assert len(world.rows(LoginIdentity)) == 1


REFUSED: dict[str, Claims] = {
    "unverified": VERA | {"email_verified": False},
    "verified as text": VERA | {"email_verified": "true"},
    "not said to be verified": {"sub": "x", "email": VERA["email"]},
    "nobody here": VERA | {"email": "niemand@example.org"},
    "somebody of another organisation": VERA | {"email": "vvg1@example.org"},
    "the bureau": VERA | {"email": "anneke@example.org"},
}


@pytest.mark.parametrize("who", REFUSED)
def test_an_organisation_opens_nothing_but_its_own(world: World, who: str) -> None:
    world.venlo.person = REFUSED[who]

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 403 and NO_ACCOUNT in answer.text
    assert world.session(browser) is None
    assert world.rows(LoginIdentity) == []


def test_another_of_the_organisation_does_not_take_over_an_account_by_its_address(world: World) -> None:
    travel(world.browser(), "venlo")
    world.venlo.person = VERA | {"sub": "medewerker-18"}

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 403 and world.session(browser) is None


def test_who_also_works_elsewhere_does_not_come_in_by_one_of_them(world: World) -> None:
    with world.site.database.write() as tx:
        vera = world.site.who("verwijzer1")
        tx.add(Membership(account_id=vera, organisation="koraal", role="provider", valid_from=START.date()))

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 403 and world.session(browser) is None


@pytest.mark.parametrize("left", ["account", "membership"])
def test_who_left_comes_in_no_more(world: World, left: str) -> None:
    vera = world.site.who("verwijzer1")
    travel(world.browser(), "venlo")
    with world.site.database.write() as tx:
        if left == "account":
            tx.get_one(Account, vera).ended_at = START
        else:
            for row in tx.exec(select(Membership).where(Membership.account_id == vera)).all():
                row.valid_until = START.date().replace(day=1)

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 403 and NO_ACCOUNT in answer.text and world.session(browser) is None
    assert world.log(vera)[-1].outcome == "refused 403"


# ── Attacks ──


def bent(**changed: Any) -> Callable[[StandIn], None]:
    def bend(provider: StandIn) -> None:
        provider.bend = lambda claims: {key: value for key, value in (claims | changed).items() if value is not None}

    return bend


def signed(sign: Callable[[StandIn, Claims], str]) -> Callable[[StandIn], None]:
    def bend(provider: StandIn) -> None:
        provider.sign = lambda claims: sign(provider, claims)

    return bend


def none(provider: StandIn, claims: Claims) -> str:
    return forged("none", claims, lambda signed: b"")


def hmac_with_public_key(provider: StandIn, claims: Claims) -> str:
    public = FIRST.as_pem(private=False)
    return forged("HS256", claims, lambda signed: hmac.digest(public, signed, "sha256"))


def forged(alg: str, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """By hand: no library helps with these any more."""
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": alg, "kid": FIRST.kid}, claims)
    )
    return b".".join((head, body, urlsafe_b64encode(sign(head + b"." + body)).rstrip(b"="))).decode()


def another_key(provider: StandIn, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": FIRST.kid}, claims, rsa(FIRST.kid or ""))


def own_key_in_the_header(provider: StandIn, claims: Claims) -> str:
    key = rsa("van mij")
    return jwt.encode({"alg": "RS256", "kid": "van mij", "jwk": key.as_dict(private=False)}, claims, key)


def unsigned(provider: StandIn, claims: Claims) -> str:
    return provider_token(claims).rsplit(".", 1)[0] + "."


def provider_token(claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": FIRST.kid}, claims, FIRST)


NOW = int(START.timestamp())
LIES: dict[str, Callable[[StandIn], None]] = {
    "another nonce": bent(nonce="van een ander"),
    "no nonce": bent(nonce=None),
    "another audience": bent(aud="een ander"),
    "no audience": bent(aud=None),
    "two audiences without azp": bent(aud=[CLIENT, "een ander"]),
    "azp of another": bent(azp="een ander"),
    "another issuer": bent(iss="https://elders.example"),
    "no issuer": bent(iss=None),
    "expired": bent(exp=NOW - 61),
    "no end": bent(exp=None),
    "an end that is no number": bent(exp="later"),
    "from the future": bent(iat=NOW + 120),
    "long ago": bent(iat=NOW - 3600),
    "not yet": bent(nbf=NOW + 120),
    "no subject": bent(sub=None),
    "a subject that is no text": bent(sub=["a"]),
    "algorithm none": signed(none),
    "HS256 with the public key": signed(hmac_with_public_key),
    "another key under the same name": signed(another_key),
    "its own key in the header": signed(own_key_in_the_header),
    "no signature": signed(unsigned),
    "no token": signed(lambda provider, claims: "geen.token"),
    "state of another": lambda provider: setattr(provider, "back", lambda answer: answer | {"state": "x" * 43}),
    "no state": lambda provider: setattr(provider, "back", lambda answer: {"code": answer["code"]}),
    "answer names another issuer": lambda provider: setattr(
        provider, "back", lambda answer: answer | {"iss": "https://elders.example"}
    ),
    "answer names no issuer": lambda provider: setattr(
        provider, "back", lambda answer: {"code": answer["code"], "state": answer["state"]}
    ),
    "a code of nobody": lambda provider: setattr(provider, "back", lambda answer: answer | {"code": "verzonnen"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_right_opens_nothing(world: World, lie: str) -> None:
    LIES[lie](world.venlo)

    answer = travel(browser := world.browser(), "venlo")

    assert answer.status_code == 403 and GENERAL in answer.text
    assert world.session(browser) is None
    assert world.rows(LoginIdentity) == []


def test_the_stand_in_lets_in_who_does_not_lie(world: World) -> None:
    """Or every lie above would be refused for nothing."""
    world.venlo.bend = lambda claims: claims | {"aud": [CLIENT, "een ander"], "azp": CLIENT, "nbf": NOW}

    assert travel(world.browser(), "venlo").status_code == 303


def test_an_answer_counts_once(world: World) -> None:
    browser = world.browser()
    address = at_provider(out(browser, "venlo"))
    cookies = dict(browser.cookies)

    first = back(browser, address)
    thief = world.browser()
    for name, value in cookies.items():
        thief.cookies.set(name, value)
    again = back(thief, address)

    assert (first.status_code, again.status_code) == (303, 403)
    assert world.session(thief) is None


def test_an_answer_in_another_browser_is_of_nobody(world: World) -> None:
    address = at_provider(out(world.browser(), "venlo"))
    other = world.browser()

    without = back(other, address)
    out(other, "venlo")
    with_own = back(other, address)

    assert (without.status_code, with_own.status_code) == (403, 403)
    assert world.session(other) is None


def test_the_answer_of_one_provider_is_no_answer_of_another(world: World) -> None:
    """Mix-up: the way out was to one, and the answer comes in at the door of the other."""
    browser = world.browser()
    address = at_provider(out(browser, "venlo"))

    answer = back(browser, address.replace("/met/venlo/", "/met/digid/"))

    assert answer.status_code == 403 and world.session(browser) is None
    assert not any(path == "/token" for path, _ in world.digid.seen)


def test_who_takes_longer_than_ten_minutes_begins_anew(world: World) -> None:
    browser = world.browser()
    address = at_provider(out(browser, "venlo"))
    world.site.move(minutes=11)

    assert back(browser, address).status_code == 403


def test_who_stops_at_the_provider_reads_that_nothing_happened(world: World) -> None:
    world.venlo.back = lambda answer: {"error": "access_denied", "state": answer["state"], "iss": answer["iss"]}

    answer = travel(world.browser(), "venlo")

    assert answer.status_code == 403 and "U bent gestopt met inloggen." in answer.text


def test_a_provider_that_is_away_is_a_calm_page(world: World) -> None:
    world.venlo.broken = True

    answer = world.browser().get("/inloggen/met/venlo")

    assert answer.status_code == 503 and "lukt nu even niet" in answer.text


def test_a_provider_that_names_another_issuer_is_not_believed(world: World) -> None:
    world.venlo.described = {"issuer": "https://elders.example"}

    assert world.browser().get("/inloggen/met/venlo").status_code == 403


@pytest.mark.parametrize("place", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_no_step_goes_over_an_open_line(world: World, place: str) -> None:
    world.venlo.described = {place: "http://elders.example/x"}

    assert world.browser().get("/inloggen/met/venlo").status_code == 403


def test_nothing_of_a_person_reaches_a_log_or_the_page(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.venlo.bend = lambda claims: claims | {"nonce": "x"}
    with caplog.at_level("DEBUG", "bijzondere_toegang"):
        answer = travel(world.browser(), "venlo")

    assert "provider venlo: nonce refused" in caplog.text
    assert not any(str(VERA[name]) in caplog.text + answer.text for name in ("sub", "email"))


def test_a_new_key_is_looked_for_once_a_minute(world: World) -> None:
    travel(world.browser(), "venlo")
    world.venlo.keys = [rsa("tweede")]

    at_once = travel(world.browser(), "venlo")
    world.site.move(minutes=2)
    later = travel(world.browser(), "venlo")

    asked = [path for path, _ in world.venlo.seen if path == "/jwks"]
    assert (at_once.status_code, later.status_code) == (403, 303)
    assert len(asked) == 2


def test_a_key_that_was_withdrawn_ends_within_the_hour(world: World) -> None:
    travel(world.browser(), "venlo")
    world.venlo.sign = lambda claims: provider_token(claims)
    world.venlo.keys = [rsa("tweede")]
    world.site.move(minutes=61)

    assert travel(world.browser(), "venlo").status_code == 403


def test_an_attempt_that_never_came_back_is_forgotten(world: World) -> None:
    out(world.browser(), "venlo")
    world.site.move(hours=2)

    out(world.browser(), "venlo")

    assert len(world.rows(LoginAttempt)) == 1


def test_a_provider_that_is_not_there_is_a_page_that_is_not_there(world: World) -> None:
    browser = world.browser()

    statuses = {browser.get(path).status_code for path in ("/inloggen/met/x", "/inloggen/met/x/terug", "/uitgelogd/x")}

    assert statuses == {404}


# ── DigiD ──


def own_page(browser: TestClient, path: str, post: str, **data: str) -> Response:
    """Post a form of this page with its token."""
    found = CSRF.search(browser.get(path).text)
    assert found
    return browser.post(post, data={"_csrf": found[1], **data})


def onward(page: Response) -> str:
    """Where the one link of the page to the provider leads."""
    assert page.status_code == 200, page.text
    found = LINK_OUT.search(page.text)
    assert found
    return unescape(found[1])


def link_digid(world: World, address: str = "ouder1m@example.org") -> TestClient:
    """With the one-time link of the first mail, instead of a password."""
    [token] = tokens(deliver(world.site), address)[:1]
    browser = world.browser()
    path = f"/welkom/{token}"
    answer = back(browser, at_provider(onward(own_page(browser, path, f"{path}/met/digid", geboortedatum=BORN))))
    assert answer.status_code == 303, answer.text
    return browser


def test_a_mother_links_her_digid_with_the_link_from_her_mail_and_comes_in_by_it(world: World) -> None:
    reference = register_sample(world.site, 1)
    mother = world.site.who("moeder", reference)

    first = link_digid(world)
    second = world.browser()
    answer = travel(second, "digid")

    assert first.get("/mijn-plan").status_code in (200, 303)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session = world.session(second)
    assert session is not None and session.account_id == mother and session.acting == ""
    kinds = [entry.event_type for entry in world.log(mother)]
    assert kinds.count("login_linked") == 1 and kinds.count("log_in") == 2


def test_a_wrong_date_links_nothing_and_counts(world: World) -> None:
    reference = register_sample(world.site, 1)
    [token] = tokens(deliver(world.site), "ouder1m@example.org")
    path, browser = f"/welkom/{token}", world.browser()

    answers = [own_page(browser, path, f"{path}/met/digid", geboortedatum="2012-11-21") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 404]
    assert world.rows(LoginAttempt) == [] and world.rows(LoginIdentity) == []
    assert world.log(world.site.who("moeder", reference))[-1].outcome == "refused 422"


def test_a_digid_that_nobody_linked_opens_nothing(world: World) -> None:
    register_sample(world.site, 1)

    answer = travel(browser := world.browser(), "digid")

    assert answer.status_code == 403 and NOT_KNOWN in answer.text and world.session(browser) is None


def test_a_level_that_is_too_low_is_told_and_opens_nothing(world: World) -> None:
    register_sample(world.site, 1)
    link_digid(world)
    world.digid.person = MOTHER | {"acr": "urn:etoegang:core:assurance-class:loa2"}

    answer = travel(browser := world.browser(), "digid")

    assert answer.status_code == 403 and "Kies bij het inloggen een hoger niveau." in answer.text
    assert world.session(browser) is None


def test_digid_opens_no_account_of_a_professional(world: World) -> None:
    browser = world.site.as_("verwijzer1")

    assert browser.post("/inloggen/koppelen/digid").status_code == 404
    assert browser.get("/inloggen/koppelen").text.count("Koppel Gemeente Venlo") == 1


def test_the_same_digid_does_not_open_a_second_account(world: World) -> None:
    reference = register_sample(world.site, 1)
    link_digid(world)
    father = world.site.as_("vader", reference)

    answer = back(father, at_provider(onward(father.post("/inloggen/koppelen/digid"))))

    assert answer.status_code == 403
    assert [row.account_id for row in world.rows(LoginIdentity)] == [world.site.who("moeder", reference)]


def test_a_link_that_ends_ends_what_it_opened(world: World) -> None:
    reference = register_sample(world.site, 1)
    by_digid = link_digid(world)
    own = world.site.as_("moeder", reference)

    page = own.get("/inloggen/koppelen")
    own.post("/inloggen/koppelen/digid/einde")

    assert "Koppeling stoppen" in page.text
    assert by_digid.get("/inloggen/koppelen").headers["location"] == "/inloggen"
    assert own.get("/inloggen/koppelen").status_code == 200
    assert travel(world.browser(), "digid").status_code == 403


def test_the_digid_of_the_child_opens_the_account_of_the_child_alone(world: World) -> None:
    reference = register_sample(world.site, 1)
    bsn = str(sample(1)["jeugdige"]["bsn"])
    mother, youth = world.site.as_("moeder", reference), world.site.as_("jeugdige", reference)
    outcomes = []
    for browser, said in ((mother, bsn), (youth, "999990019"), (youth, bsn)):
        world.digid.person = {"sub": "iemand", "acr": HIGH, "bsn": said}
        outcomes.append(back(browser, at_provider(onward(browser.post("/inloggen/koppelen/digid")))).status_code)

    assert outcomes == [403, 403, 303]


def test_a_person_is_known_under_a_new_key_for_look_ups_too(world: World) -> None:
    register_sample(world.site, 1)
    link_digid(world)
    before = world.rows(LoginIdentity)[0].subject_key

    rekey_lookups(keeper(world.kept), world.site.at)

    assert world.rows(LoginIdentity)[0].subject_key != before
    assert travel(world.browser(), "digid").status_code == 303


def test_who_is_in_finds_the_page_to_link_on(world: World) -> None:
    reference = register_sample(world.site, 1)

    pages = [
        world.site.as_("verwijzer1").get("/werkvoorraad").text,
        world.site.as_("moeder", reference).get(f"/mijn-plan/{reference}").text,
    ]

    assert all('href="/inloggen/koppelen"' in page for page in pages)


# ── On behalf of another ──


FOR_ANOTHER = {"sub": "pseudoniem-dochter", "acr": HIGH, "urn:nl-eid-gdi:1.0:LegalSubjectID": MOTHER["sub"]}


def test_who_logs_in_on_behalf_of_a_mother_is_told_so_and_written_down(world: World) -> None:
    reference = register_sample(world.site, 1)
    link_digid(world)
    world.digid.person = dict(FOR_ANOTHER)
    browser = world.browser()

    answer = travel(browser, "digid")
    door = browser.get("/inloggen/namens")
    browser.get(f"/mijn-plan/{reference}")

    mother = world.site.who("moeder", reference)
    session = world.session(browser)
    assert answer.headers["location"] == "/inloggen/namens" and "namens" in door.text
    assert session is not None and session.account_id == mother and len(session.acting) == 22
    wanted = f"{mother}/{session.acting}"
    assert world.log(mother)[-1].on_behalf_of == wanted
    with world.site.database.read() as tx:
        looked = tx.exec(select(TimelineEntry).where(TimelineEntry.chain == world.site.case(reference).id)).all()
    assert [entry.on_behalf_of for entry in looked if entry.account_id == mother] == [wanted]


def test_who_acts_for_another_links_nothing(world: World) -> None:
    register_sample(world.site, 1)
    link_digid(world)
    world.digid.person = dict(FOR_ANOTHER)
    travel(browser := world.browser(), "digid")

    answer = own_page(browser, "/inloggen/koppelen", "/inloggen/koppelen/digid/einde")

    assert answer.status_code == 403 and world.rows(LoginIdentity)[0].ended_at is None


def test_nobody_logs_in_on_behalf_of_a_young_person(world: World) -> None:
    reference = register_sample(world.site, 1)
    youth = world.site.as_("jeugdige", reference)
    world.digid.person = {"sub": "pseudoniem-kind", "acr": HIGH}
    assert back(youth, at_provider(onward(youth.post("/inloggen/koppelen/digid")))).status_code == 303
    world.digid.person = FOR_ANOTHER | {"urn:nl-eid-gdi:1.0:LegalSubjectID": "pseudoniem-kind"}

    answer = travel(browser := world.browser(), "digid")

    assert answer.status_code == 403 and "namens iemand anders" in answer.text and world.session(browser) is None
    assert world.log(world.site.who("jeugdige", reference))[-1].outcome == "refused 403"


@pytest.mark.parametrize("name", ["act", "represented", "legal_subject_id"])
def test_a_second_person_that_was_not_expected_is_never_the_first(world: World, name: str) -> None:
    register_sample(world.site, 1)
    link_digid(world)
    world.digid.person = MOTHER | {name: {"sub": "een ander"} if name == "act" else "een ander"}

    answer = travel(browser := world.browser(), "digid")

    assert answer.status_code == 403 and world.session(browser) is None


# ── Out again ──


def test_log_out_goes_by_a_link_to_the_provider_and_nowhere_else(world: World) -> None:
    browser = world.browser()
    travel(browser, "venlo")

    left = own_page(browser, "/inloggen/koppelen", "/uitloggen")
    page = browser.get(left.headers["location"])

    assert left.headers["location"] == "/uitgelogd/venlo"
    assert f"{world.venlo.url}/logout?client_id={CLIENT}" in unescape(page.text)


def goodbye(world: World, **claims: Any) -> Response:
    told = {"iss": world.venlo.issuer, "aud": CLIENT, "iat": NOW, "exp": NOW + 120, "events": {LOGGED_OUT: {}}} | claims
    return world.browser().post("/api/v1/afmeldingen/venlo", data={"logout_token": world.venlo.signed(told)})


@pytest.mark.parametrize("by", ["sid", "sub"])
def test_the_provider_ends_what_it_opened(world: World, by: str) -> None:
    world.venlo.person = VERA | {"sid": "zitting-1"}
    travel(browser := world.browser(), "venlo")
    own = world.site.as_("verwijzer1")

    refused = [
        goodbye(world, sub=VERA["sub"], aud="een ander"),
        goodbye(world, sub=VERA["sub"], events={}),
        goodbye(world, sub=VERA["sub"], nonce="x"),
        goodbye(world),
    ]
    still = browser.get("/werkvoorraad")
    told = goodbye(world, **{by: "zitting-1" if by == "sid" else VERA["sub"]})

    assert {answer.status_code for answer in refused} == {400} and still.status_code == 200
    assert told.status_code == 200
    assert browser.get("/werkvoorraad").headers["location"] == "/inloggen"
    assert own.get("/werkvoorraad").status_code == 200


# ── The file ──


def entry(**changed: Any) -> dict[str, Any]:
    right = {
        "kind": "organisatie", "label": "Proef", "issuer": "https://a.example", "client_id": "a",
        "client_secret_file": "geheim", "organisations": ["toegang-venlo"],
    }  # fmt: skip
    return {key: value for key, value in (right | changed).items() if value is not None}


WRONG = {
    "needs either": entry(client_secret_file=None),
    "https": entry(issuer="http://a.example"),
    "not in the region": entry(organisations=["nergens"]),
    "a secret belongs in a file": entry(client_secret="x"),
    "can't be read": entry(client_secret_file="weg"),
    "levels that are enough": entry(kind="digid", organisations=None),
    "numbers": entry(kind="eherkenning", organisations=None, acr=["a"]),
    "must be some of": entry(algorithms=["HS256"]),
    "PEM": entry(client_secret_file=None, private_key_file="geheim"),
    "representation": entry(representation=True),
    "Extra inputs": entry(isuer="x"),
}


@pytest.mark.parametrize("said", WRONG)
def test_a_wrong_file_stops_the_start_with_one_sentence(tmp_path: Path, said: str) -> None:
    (tmp_path / "geheim").write_text("sleutelwoord", "utf-8")
    file = tmp_path / "inloggen.yaml"
    file.write_text(yaml.safe_dump({"providers": {"proef": WRONG[said]}}), "utf-8")

    with pytest.raises(WrongSetting) as stopped:
        load_providers(file, ["toegang-venlo", "koraal"])

    message = str(stopped.value)
    assert said in message and message.startswith("BT_LOGIN_PROVIDERS_FILE: ") and "\n" not in message
    assert "sleutelwoord" not in message


# ── eHerkenning, and a key instead of a secret ──


def representative(provider: StandIn, key: Any = None, **more: Any) -> Provider:
    right = {
        "name": "eh", "kind": "eherkenning", "label": "eHerkenning", "issuer": provider.issuer, "client_id": CLIENT,
        "numbers": {"12345678": "koraal"}, "acr": [HIGH], "service": "dienst",
        "claims": {"organisation": "kvk", "service": "dienst"},
    }  # fmt: skip
    secret = {"private_key": key.as_pem(private=True).decode()} if key else {"client_secret": SECRET}
    return Provider(**right | secret | more)


ROOS = {"sub": "roos", "acr": HIGH, "kvk": "12345678", "dienst": "dienst"}


def with_eherkenning(world: World, **more: Any) -> None:
    provider = representative(world.venlo, **more)
    world.site.app.state.providers = Providers([provider])
    world.site.app.state.doors = Doors(Providers([provider]), "http://localhost:8000")
    world.venlo.person = dict(ROOS)


def test_a_representative_links_eherkenning_and_comes_in_by_it(world: World) -> None:
    key = ec("onze")
    with_eherkenning(world, key=key, private_key_algorithm="ES256")
    world.venlo.client_keys = [key]
    own = world.site.as_("vvg2")

    unlinked = travel(world.browser(), "eh")
    linked = back(own, at_provider(onward(own.post("/inloggen/koppelen/eh"))))
    answer = travel(browser := world.browser(), "eh")

    session = world.session(browser)
    assert (unlinked.status_code, linked.status_code, answer.status_code) == (403, 303, 303)
    assert session is not None and session.account_id == world.site.who("vvg2")


@pytest.mark.parametrize(
    "changed", [{"kvk": "87654321"}, {"kvk": None}, {"dienst": "andere"}, {"acr": "laag"}], ids=str
)
def test_eherkenning_of_another_organisation_service_or_level_opens_nothing(
    world: World, changed: dict[str, Any]
) -> None:
    with_eherkenning(world)
    own = world.site.as_("vvg2")
    back(own, at_provider(onward(own.post("/inloggen/koppelen/eh"))))
    world.venlo.bend = lambda claims: claims | changed

    answer = travel(browser := world.browser(), "eh")

    assert answer.status_code == 403 and world.session(browser) is None


# ── Proving it again ──


def test_a_fresh_proof_is_asked_for_and_looked_at(world: World) -> None:
    client = world.site.app.state.doors.client("venlo")
    errand, at = Errand("geheim van deze browser"), world.site.at
    address = client.address(errand, at, again=True)

    def answer() -> dict[str, str]:
        return dict(parse_qsl(urlsplit(at_provider(address)).query))

    fresh = client.proven(errand, answer(), at, since=at)
    world.venlo.bend = lambda claims: claims | {"auth_time": NOW - 3600}
    with pytest.raises(Distrusted) as old:
        client.proven(errand, answer(), at, since=at)

    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert fresh.at == at and old.value.reason == "auth_time"


def test_only_the_asserted_level_counts_as_a_second_factor(world: World) -> None:
    client, at = world.site.app.state.doors.client("venlo"), world.site.at
    strengths = []
    for said in ({"acr": None}, {"acr": "pwd"}, {"acr": "mfa"}):
        world.venlo.person, errand = VERA | said, Errand("geheim")
        answer = dict(parse_qsl(urlsplit(at_provider(client.address(errand, at))).query))
        strengths.append(client.proven(errand, answer, at).strong)

    assert strengths == [False, False, True]


def test_a_fresh_proof_counts_for_the_person_who_is_in_and_for_nobody_else(world: World) -> None:
    travel(browser := world.browser(), "venlo")
    vera, client = world.site.who("verwijzer1"), world.site.app.state.doors.client("venlo")
    answers = []
    for secret, person in (("een", VERA), ("twee", VERA | {"sub": "medewerker-18"})):
        world.venlo.person = person
        with world.site.database.write() as tx:
            digest = token_digest(secret)
            attempt = LoginAttempt(
                token_digest=digest, provider="venlo", purpose="again", account_id=vera, created_at=START
            )
            tx.add(attempt)
        browser.cookies.set("heenweg", secret)
        answers.append(back(browser, at_provider(client.address(Errand(secret), START, again=True))).status_code)

    assert answers == [200, 403]
    assert [entry.event_type for entry in world.log(vera)].count("proved") == 1


def test_a_step_that_asks_a_proof_takes_it_from_the_provider_and_keeps_what_was_typed(world: World) -> None:
    travel(browser := world.browser(), "venlo")
    session = world.session(browser)
    assert session is not None
    with world.site.database.write() as tx:
        row = tx.get_one(LoginSession, session.id)
        row.proved_at = START - timedelta(days=10**5)
    form = {"_naar": "/zoeken", "_wijze": "POST", "woorden": "Wat ik typte", "_bewijs_elders": "ja"}

    early = world.site.trusting(browser).post("/bewijs", data=form)
    link = LINK_OUT.search(world.site.trusting(browser).post("/bewijs/met/venlo").text)
    assert link is not None
    proved = back(browser, at_provider(unescape(link[1])))
    onward = world.site.trusting(browser).post("/bewijs", data=form)

    assert early.status_code == 422 and "Wat ik typte" in early.text
    assert "Opnieuw inloggen met Gemeente Venlo" in early.text
    assert proved.status_code == 200 and "Sluit dit tabblad" in proved.text
    assert (onward.status_code, onward.headers["location"]) == (307, "/zoeken")


def test_nobody_proves_at_a_provider_they_did_not_come_by(world: World) -> None:
    travel(browser := world.browser(), "venlo")

    assert world.site.trusting(browser).post("/bewijs/met/digid").status_code == 404
