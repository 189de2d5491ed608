"""A small site that uses everything of the room, and a form with every kind of field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import Response

from bijzondere_toegang.clock import FixedClock
from bijzondere_toegang.errors import Fault, Incomplete, NotAllowed, Stale, Unavailable
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web import problem, security
from bijzondere_toegang.web.forms import (
    Answers,
    Choice,
    Chosen,
    ClockTime,
    Confirmed,
    Day,
    Line,
    OptionalScore,
    OptionalText,
    Score,
    Text,
    describe,
    field,
    read_form,
    rule,
    summary,
    validate,
)
from bijzondere_toegang.web.i18n import LANGUAGES, Catalogues, Messages, Translator
from bijzondere_toegang.web.render import NavItem, Pages
from bijzondere_toegang.web.security import Csrf

AT = datetime(2026, 4, 14, 7, 12, tzinfo=UTC)
SHOW = Path(__file__).parent / "templates"


class Goal(Answers):
    who: Chosen = field("wie", widget="hidden", choices="mensen")
    text: Text = field("tekst", widget="text")
    score: OptionalScore = field("cijfer", widget="score", default=None)


class Talk(Answers):
    day: Day = field("datum", widget="date")
    start: ClockTime = field("begin", widget="time")
    place: Line = field("plaats", autocomplete="street-address")
    position: Literal["eens", "oneens"] = field("standpunt", widget="radio", options={"eens": "Kies", "oneens": "Meer"})
    reason: OptionalText = field(
        "reden", widget="text", default=None, show_when=("standpunt", "oneens"), required_then=True
    )
    provider: Chosen = field("aanbieder", widget="select", choices="aanbieders")
    guests: list[Chosen] = field("gasten", widget="checks", choices="mensen")
    urgent: bool = field("spoed", widget="check", default=False)
    asked: bool = field("gevraagd", widget="radio")
    score: Score = field("cijfer", widget="score")
    goals: list[Goal] = field("doelen", widget="rows", min_rows=1, max_rows=3, row_title="wie")
    sure: Confirmed = field("klopt", widget="check")

    @rule
    def urgent_is_urgent(self) -> Iterable[Fault]:
        if self.urgent and self.score > 8:
            yield Fault("/spoed", "Spoed past niet bij een {cijfer}.", {"cijfer": 9})


CHOICES = {
    "aanbieders": [Choice("a", "Aanbieder A"), Choice("b", "Aanbieder B", "twee plekken")],
    "mensen": [Choice("sam", "Sam"), Choice("mama", "Moeder")],
}
PAIRS = [
    ("_csrf", "x"),
    ("datum", "2026-04-14"),
    ("begin", "10:00"),
    ("plaats", " Horn "),
    ("standpunt", "eens"),
    ("reden", ""),
    ("aanbieder", "a"),
    ("gasten", "sam"),
    ("gasten", "mama"),
    ("gevraagd", "nee"),
    ("cijfer", "7"),
    ("doelen.0.wie", "sam"),
    ("doelen.0.tekst", "Naar school\r\nelke dag"),
    ("klopt", "on"),
]


def make_pages(csrf: Csrf) -> Pages:
    return Pages([SHOW, folder("templates")], folder("static"), Catalogues(folder("locales")), csrf, FixedClock(AT))


@pytest.fixture(scope="session")
def csrf() -> Csrf:
    return Csrf(b"k" * 32, "bt")


@pytest.fixture(scope="session")
def pages(csrf: Csrf) -> Pages:
    return make_pages(csrf)


@pytest.fixture
def nl() -> Translator:
    return Translator(LANGUAGES["nl"], Messages())


@pytest.fixture(scope="session")
def site(pages: Pages, csrf: Csrf) -> FastAPI:
    app = FastAPI(openapi_url=None)
    security.protect(app, csrf, problem.install(app, pages).answer, limit=10_000)
    refusals: dict[str, Any] = {
        "403": NotAllowed(),
        "409": Stale("Zaak is nu {fase}.", fase="In voorbereiding"),
        "422": Incomplete(
            [
                Fault("/datum", "Vul dit in."),
                Fault("/doelen/0", "Dit zijn er te veel: hooguit {max_length}.", {"max_length": 3}),
            ]
        ),
        "500": RuntimeError("Sam Geheim"),
        "503": Unavailable(),
    }

    @app.get("/stuk/{kind}")
    @app.get("/api/v1/stuk/{kind}")
    def refuse(kind: str) -> Response:
        raise refusals[kind]

    @app.get("/nummer/{number}")
    def number(number: int) -> int:
        return number

    @app.get("/proef")
    def show(request: Request) -> Response:
        return pages.page(request, "proef.html", views=describe(Talk, pages.translator(request)), lines=[], **FRAME)

    @app.get("/gezin")
    def family(request: Request) -> Response:
        return pages.page(request, "gezin.html")

    @app.post("/proef")
    async def send(request: Request) -> Response:
        t = pages.translator(request)
        data = read_form(Talk, [(k, str(v)) for k, v in (await request.form()).multi_items()])
        answers, faults = validate(Talk, data, CHOICES)
        if answers:
            return Response("bewaard")
        views = describe(Talk, t, "proef", data, faults, CHOICES)
        return pages.page(request, "proef.html", 422, views=views, lines=summary(views, faults, t), **FRAME)

    @app.post("/api/v1/proef")
    def by_machine(request: Request) -> dict[str, int]:
        return {"koekjes": len(request.cookies)}

    return app


class _Anneke:
    name = "Anneke <de Vries>"
    role = "Voorzitter"


FRAME: dict[str, Any] = {"person": _Anneke(), "nav": [NavItem("/", "Werkvoorraad", True)]}


@pytest.fixture
def browser(site: FastAPI) -> TestClient:
    return TestClient(site, base_url="http://bt.test", raise_server_exceptions=False, cookies={"bt": "sessie"})
