"""Every route in every outcome: the strict headers, cookies that stay with us, and a token for whatever changes things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response

from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.db import Busy
from bijzondere_toegang.web.security import CSP
from tests.databases import Databases
from tests.inspection.test_inspection import party_of
from tests.people.standin import SECRET, ec, standin
from tests.people.test_openid import described
from tests.routes.people import add_document
from tests.routes.stages import reach
from tests.routes.table import ROUTES, routes_of
from tests.support import Site, make_site

PARAMETER = re.compile(r"{(\w+)}")
HERE = "https://localhost"
STRICT = {
    "content-security-policy": CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}
DIRECTIVES = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
OUTCOMES = {200, 303, 400, 401, 403, 404, 405, 409, 413, 422, 429, 503}


class Crawl:
    """A secure site in mid-process, and everything it was heard to answer."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.reference = reach(site, "in_care")
        self.document = add_document(site, self.reference, ("moeder", "voorzitter", "samenwerkingsverbanden"))
        self.party = party_of(site, self.reference, "moeder")
        self.browser("referrer").post(f"/zaken/{self.reference}/inzage/{self.party}/uitgifte")
        self.wrong: list[str] = []
        self.heard: set[int] = set()
        self.kinds: set[str] = set()
        self.files: set[str] = set()
        """the routes that gave a file to keep"""

    def browser(self, who: str | None) -> TestClient:
        """Somebody over https, with the cookie as an https site names it."""
        browser = TestClient(self.site.app, base_url=HERE, follow_redirects=False)
        if who is not None:
            signed = self.site.as_(who, self.reference)
            browser.cookies.set("__Host-sessie", signed.cookies["sessie"])
            browser.headers.update({name: signed.headers[name] for name in ("x-csrf-token", "sec-fetch-site")})
        return browser

    def machine(self, who: str) -> TestClient:
        machine = TestClient(self.site.app, base_url=HERE, follow_redirects=False)
        machine.headers["authorization"] = f"Bearer {self.site.token(who, self.reference)}"
        return machine

    def path(self, template: str, **known: str) -> str:
        right = {
            "reference": self.reference, "kenmerk": self.reference, "item_id": str(self.document),
            "party_id": str(self.party), "section_name": "hulpvraag", "step_name": "add_statement", "key": "gegevens",
            "name": "venlo", "token": "onbekend", "topic": "zorgen", "finding_id": str(uuid4()),
            "erasure_id": str(uuid4()),
        }  # fmt: skip
        return PARAMETER.sub(lambda found: (right | known).get(found[1], "onbekend"), template)

    def hear(self, answer: Response) -> Response:
        """Look at all of its headers."""
        where = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
        self.heard.add(answer.status_code)
        self.kinds.add(answer.headers.get("content-type", "").split(";")[0])
        if answer.headers.get("content-disposition", "").startswith("attachment"):
            self.files.add(answer.request.url.path)
            policies = answer.headers.get_list("content-security-policy")
            if policies[-1] != "sandbox" or answer.status_code != 200:
                self.wrong.append(f"{where}: a file that a browser may open in our name, {policies}")
        for name, wanted in STRICT.items():
            given = answer.headers.get_list(name)
            if not given or given[0] != wanted:
                self.wrong.append(f"{where}: {name} is {given}")
        static = answer.request.url.path.startswith("/static/") and answer.status_code < 400
        caching = answer.headers.get("cache-control", "")
        if not (caching.startswith("public") if static else "no-store" in caching):
            self.wrong.append(f"{where}: cache-control is {caching!r}")
        if "server" in answer.headers or "access-control-allow-origin" in answer.headers:
            self.wrong.append(f"{where}: says too much")
        for cookie in answer.headers.get_list("set-cookie"):
            self.taste(where, cookie)
        return answer

    def taste(self, where: str, cookie: str) -> None:
        flags = {part.strip().lower() for part in cookie.split(";")[1:]}
        right = cookie.startswith("__Host-") and {"secure", "httponly", "path=/"} <= flags
        if not right or not flags & {"samesite=lax", "samesite=strict"} or any("domain=" in flag for flag in flags):
            self.wrong.append(f"{where}: cookie {cookie.split('=')[0]} has {sorted(flags)}")


@pytest.fixture
def crawl(databases: Databases, tmp_path: Path) -> Iterator[Crawl]:
    (tmp_path / "geheim").write_text(SECRET, "utf-8")
    with databases.fresh("sqlite") as database, standin(system_clock, [ec()]) as provider:
        entry = described(provider, kind="organisatie", organisations=["toegang-venlo"])
        file = tmp_path / "inloggen.yaml"
        file.write_text(yaml.safe_dump({"providers": {"venlo": entry}}), "utf-8")
        yield Crawl(make_site(database, base_url=HERE, login_providers_file=file, limit_link="3/minute"))


def test_every_answer_of_every_route_is_strict(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[TestClient] = [crawl.browser(who) for who in (None, "referrer", "moeder", "fg")]
    for method, template in sorted(ROUTES):
        path = crawl.path(template) if template != "/static" else "/static/app.css"
        if path.startswith("/api/"):
            clients = [crawl.machine("chair"), crawl.browser(None)]
        else:
            clients = readers if method == "GET" else readers[:2]
        if path == "/uitloggen":
            clients = [crawl.browser("chair")]
        for client in clients:
            crawl.hear(client.request(method, path))
        crawl.hear(readers[0].request("HEAD" if method == "GET" else method, path))
        crawl.hear(readers[0].request("OPTIONS", path))
        if method == "GET":
            crawl.hear(readers[0].request("DELETE", path, headers={"sec-fetch-site": "cross-site"}))
    others(crawl, readers)
    with monkeypatch.context() as broken:
        broken.setattr(crawl.site.app.state.database, "read", busy)
        crawl.hear(readers[1].get("/werkvoorraad"))

    assert not crawl.wrong, "\n".join(crawl.wrong)
    assert crawl.heard >= OUTCOMES, sorted(OUTCOMES - crawl.heard)
    assert {"text/html", "application/json", "application/problem+json", "text/css", "application/pdf"} <= crawl.kinds
    own = f"/mijn-plan/{crawl.reference}/inzage/dossier"
    assert {f"{own}.pdf", f"{own}.json", f"/zaken/{crawl.reference}/uitdraai"} <= crawl.files, crawl.files


def busy(*_: Any, **__: Any) -> Any:
    raise Busy


def others(crawl: Crawl, readers: list[TestClient]) -> None:
    """Outcomes that no plain request meets: stale, too large, too often, a language, a broken header."""
    for path in ("/nergens", "/static/nergens.css", "/api/v1/nergens", "/?taal=en", "/zaken/%00", "//elders.example"):
        crawl.hear(readers[1].get(path))
    crawl.hear(readers[1].post("/zoeken", content=b"x" * (3 * 2**20)))
    crawl.hear(readers[1].put("/hulp"))
    stale = {"stap": "add_statement", "revisie": 0, "gegevens": {}}
    machine = crawl.machine("chair")
    crawl.hear(machine.post(f"/api/v1/zaken/{crawl.reference}/stappen", json=stale))
    crawl.hear(machine.post(f"/api/v1/zaken/{crawl.reference}/stappen", content=b"{"))
    for _ in range(4):
        crawl.hear(readers[1].post("/inloglink", data={"login": "niemand"}))


def test_no_route_changes_anything_without_a_token_of_this_session(crawl: Crawl) -> None:
    """Also on a route that nobody thought of: what the application has is asked, not what the table says."""
    unsafe = [(method, path) for method, path in routes_of(crawl.site.app) if method in UNSAFE]
    let_by = []
    for method, template in unsafe:
        path = crawl.path(template)
        if path.startswith("/api/"):
            cookie_alone = crawl.browser("referrer").request(method, path, json={})
            if cookie_alone.status_code not in (400, 401, 422):
                let_by.append(f"{method} {path} by cookie: {cookie_alone.status_code}")
            continue
        for headers in ({"x-csrf-token": "0" * 64}, {"sec-fetch-site": "cross-site"}, {"x-csrf-token": ""}):
            answer = crawl.browser("referrer").request(method, path, headers=headers)
            if answer.status_code != 403:
                let_by.append(f"{method} {path} {headers}: {answer.status_code}")

    assert unsafe and not let_by, "\n".join(let_by)


def test_the_policy_leaves_nothing_open() -> None:
    assert set(CSP.split("; ")) == DIRECTIVES
