"""The guided tour: six stops, each with one button that signs you in as the right person or really does something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import RedirectResponse, Response

from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.demo.beats import Answers, Beat
from bijzondere_toegang.demo.client import Answer, at_once, knock, token_for
from bijzondere_toegang.demo.pages import demo_of, sign_in
from bijzondere_toegang.demo.people import account_of
from bijzondere_toegang.demo.seed import Stage, case_of
from bijzondere_toegang.demo.stories.walks import PHONE
from bijzondere_toegang.demo.tampering import tamper
from bijzondere_toegang.errors import N_, NotThere, Refused
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.visits import Reading, Writing
from bijzondere_toegang.plans.choices import plan_goals

router = APIRouter(prefix="/rondleiding")

TABLE, DIVIDED, PLACING, RUNNING = 1, 7, 3, 6
"""The samples that the stops are about."""
A_QUARTER = timedelta(days=91)

LEAKS: tuple[tuple[str, str, int, str], ...] = (
    ("referrer-1", N_("de verwijzer van deze zaak, ter vergelijking"), TABLE, "/zaken/{ref}"),
    ("family-5-moeder", N_("een moeder uit een ander gezin"), TABLE, "/mijn-plan/{ref}"),
    ("family-5-moeder", N_("dezelfde moeder, via de koppeling voor computers"), TABLE, "/api/v1/zaken/{ref}"),
    ("rep-mut", N_("het samenwerkingsverband dat de plaatsing niet kreeg"), RUNNING, "/zaken/{ref}"),
    ("colleague", N_("een nieuwsgierige collega van de verwijzer"), TABLE, "/zaken/{ref}"),
    ("analyst", N_("de analist, die alleen aantallen mag zien"), TABLE, "/zaken/{ref}"),
    ("referrer-1", N_("een zaak die niet bestaat"), TABLE, "/zaken/BT-9999"),
)
"""Who tries, in words, at which sample, and where."""


@router.get("")
def show_tour(visit: Reading) -> Response:
    return pages_of(visit.request).page(visit.request, "demo/tour.html")


@router.get("/{stop}")
def show_again(stop: str) -> Response:
    """What a button showed has no address of its own: a reload or another language starts at the tour."""
    return RedirectResponse("/rondleiding", status_code=303)


@router.post("/moeder")
def as_mother(visit: Writing) -> Response:
    return _go(visit, "family-1-moeder", f"/mijn-plan/{case_of(visit.tx, TABLE).reference}")


@router.post("/tafel")
def as_referrer(visit: Writing) -> Response:
    return _go(visit, "referrer-7", f"/zaken/{case_of(visit.tx, DIVIDED).reference}")


def _go(visit: Writing, who: str, to: str) -> Response:
    return sign_in(visit, _account(visit.tx, who), to)


def _account(tx: Session, who: str) -> UUID:
    account_id = account_of(tx, who)
    if account_id is None:
        raise NotThere
    return account_id


@router.post("/tegelijk")
def race(request: Request) -> Response:
    """Three people press accept at the same moment, each through the front door with a token of their own."""
    racers = ("rep-vvg", "rep-vvg-2", "rep-mut")
    case, names, tokens = _cast(request, racers, PLACING)
    calls = [_pressing(request, case, tokens[who]) for who in racers]
    answers = at_once(calls)
    with demo_of(request).keeper.post.database.read() as tx:
        after = case_of(tx, PLACING)
    rows = [(names[who], answer) for who, answer in zip(racers, answers, strict=True)]
    return pages_of(request).page(request, "demo/race.html", case=after, rows=rows, won=_won(answers))


def _won(answers: list[Answer]) -> bool:
    return any(answer.status < 300 for answer in answers)


def _cast(request: Request, keys: tuple[str, ...], number: int) -> tuple[Case, dict[str, str], dict[str, str]]:
    """The case, and a name and a token for each of these people."""
    keeper = demo_of(request).keeper
    with keeper.post.database.read() as tx:
        case = case_of(tx, number)
        accounts = {key: _account(tx, key) for key in keys}
        names = names_of(tx, accounts.values())
    tokens = {key: token_for(keeper.post.database, keeper.clock, account) for key, account in accounts.items()}
    return case, {key: names[account] for key, account in accounts.items()}, tokens


def _pressing(request: Request, case: Case, token: str) -> Callable[[], Answer]:
    at = demo_of(request).keeper.clock()
    answers = {
        "aanbieder": "vincent-van-gogh",
        "regiebehandelaar": "Zoran Petrović",
        "eersteContact": (at + timedelta(days=3)).date().isoformat(),
        "contactpersoon": "Zoran Petrović",
        "telefoon": PHONE,
        "meteenStarten": True,
    }
    body = {"stap": "accept_placement", "revisie": case.revision, "gegevens": answers}
    return partial(knock, request.app, "POST", f"/api/v1/zaken/{case.reference}/stappen", token, body)


@router.post("/drie-maanden")
def three_months_later(request: Request) -> Response:
    """Move the clock; then the provider starts the evaluation that has come due and gives her marks."""
    demo = demo_of(request)
    reminded, sent = demo.keeper.move(A_QUARTER)
    stage = Stage(process_of(request), demo.keeper)
    started = _takes(stage, "start_evaluation", {}) and _takes(stage, "score", _marks)
    demo.keeper.post.run(demo.keeper.clock())
    with demo.keeper.post.database.read() as tx:
        case = case_of(tx, RUNNING)
    mail = next((mail for mail in demo.mailbox.mails() if mail.to == "ouder6m@example.org"), None)
    told: dict[str, Any] = {"reminded": reminded, "sent": sent, "started": started, "mail": mail}
    return pages_of(request).page(request, "demo/later.html", case=case, **told)


def _takes(stage: Stage, step: str, answers: Answers) -> bool:
    try:
        stage.take(Beat(stage.keeper.clock(), RUNNING, "provider-vvg", step, answers))
    except Refused:
        return False
    return True


def _marks(scene: Scene) -> dict[str, Any]:
    rows = [{"doel": goal.value, "cijfer": 8, "woorden": "Het gaat steeds beter."} for goal in plan_goals(scene)]
    return {"scores": rows}


@router.post("/lekken")
def leak(request: Request) -> Response:
    """Everybody in LEAKS really asks for the page."""
    rows = []
    for who, words, number, path in LEAKS:
        case, names, tokens = _cast(request, (who,), number)
        where = path.format(ref=case.reference)
        rows.append((names[who], words, where, knock(request.app, "GET", where, tokens[who])))
    return pages_of(request).page(request, "demo/leaks.html", rows=rows)


@router.post("/logboek")
def edited_log(request: Request) -> Response:
    demo = demo_of(request)
    with demo.keeper.post.database.read() as tx:
        reference = case_of(tx, DIVIDED).reference
    found = tamper(demo.keeper.post.database, demo.folder, reference)
    return pages_of(request).page(request, "demo/tampering.html", found=found, reference=reference)
