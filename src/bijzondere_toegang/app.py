"""The front door: puts settings, database, clock, process and pages together into one application."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.responses import JSONResponse, Response

from bijzondere_toegang import __version__
from bijzondere_toegang.administration import glass_routes
from bijzondere_toegang.administration import routes as administration
from bijzondere_toegang.administration.glass import reading_by_glass
from bijzondere_toegang.api import routes as api
from bijzondere_toegang.cases import acts, capacity, holds, shielding, sight_routes, steps
from bijzondere_toegang.cases import routes as cases
from bijzondere_toegang.cases.access import is_youth
from bijzondere_toegang.cases.kin import KIN
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.clock import Clock, system_clock
from bijzondere_toegang.conferences import inviting, ticking
from bijzondere_toegang.conferences import routes as conferences
from bijzondere_toegang.conferences import steps as conference_steps
from bijzondere_toegang.crypto import keyring
from bijzondere_toegang.db import Busy, Database
from bijzondere_toegang.decisions import routes as decisions
from bijzondere_toegang.decisions import steps as decision_steps
from bijzondere_toegang.documents.scanner import scanner_of
from bijzondere_toegang.engine import Library
from bijzondere_toegang.errors import Unavailable
from bijzondere_toegang.evaluations import routes as evaluations
from bijzondere_toegang.evaluations import steps as evaluation_steps
from bijzondere_toegang.family import invited, preview
from bijzondere_toegang.family import routes as family
from bijzondere_toegang.inspection import printing
from bijzondere_toegang.inspection import routes as inspection
from bijzondere_toegang.oversight import routes as oversight
from bijzondere_toegang.parties import routes as parties
from bijzondere_toegang.parties import steps as party_steps
from bijzondere_toegang.people import elsewhere, entering, own_login, proving, staying
from bijzondere_toegang.people import routes as entrance
from bijzondere_toegang.people.breached import Breached
from bijzondere_toegang.people.house import House
from bijzondere_toegang.people.providers import load_providers
from bijzondere_toegang.people.visits import session_cookie
from bijzondere_toegang.placements import routes as placements
from bijzondere_toegang.placements import steps as placement_steps
from bijzondere_toegang.plans import routes as plans
from bijzondere_toegang.plans import steps as plan_steps
from bijzondere_toegang.records import erasing as erasures
from bijzondere_toegang.records import routes as records
from bijzondere_toegang.referrals import routes as referrals
from bijzondere_toegang.referrals import steps as referral_steps
from bijzondere_toegang.region import load_region
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.resources import folder
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.web import problem, rerender
from bijzondere_toegang.web.i18n import Catalogues
from bijzondere_toegang.web.limits import LIMITS, AddressLimit, Limiter
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.security import Csrf, protect
from bijzondere_toegang.worklist import routes as worklist

ROOMS = tuple(
    room.ROOM
    for room in (
        acts, capacity, holds, shielding, referral_steps, conference_steps, inviting, ticking, party_steps,
        decision_steps, placement_steps, plan_steps, evaluation_steps, erasures,
    )
)  # fmt: skip
ROUTERS = (
    *(
        room.router
        for room in (
            entrance, entering, elsewhere, proving, own_login, staying,
            steps, cases, sight_routes, referrals, conferences, parties, decisions, placements, plans, evaluations,
            records, worklist, family, preview, invited, oversight, administration, glass_routes, inspection, printing,
            api,
        )
    ),
    oversight.codes,
)  # fmt: skip
READY_FOR = timedelta(seconds=5)
REGION = "regio-noord-midden-limburg.yaml"


def load_process(workflows: Path | None = None) -> Process:
    """The workflow files joined with what the rooms know."""
    workflows = workflows or folder("workflows")
    return Process.of(Library.load(workflows), load_region(workflows / REGION), ROOMS)


def open_database(settings: Settings) -> Database:
    return Database(settings.database_url, keyring(settings.master_key, settings.master_key_file))


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock = system_clock,
    process: Process | None = None,
    catalogues: Catalogues | None = None,
) -> FastAPI:
    """The application; raises WrongKey, WrongSetting, Unsound or SQLAlchemyError when it can't start."""
    app = FastAPI(title="Bijzondere Toegang", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    database = database or open_database(settings)
    app.state.database = database.for_requests()
    app.state.clock = clock
    app.state.seen_ready = datetime.max.replace(tzinfo=UTC) - READY_FOR
    app.state.scanner = scanner_of(settings.clamd)
    app.state.breached = Breached(settings.breached_passwords_file) if settings.breached_passwords_file else ()
    app.state.process = process or load_process()
    organisations = [organisation.code for organisation in app.state.process.region.organisations]
    app.state.providers = load_providers(settings.login_providers_file, organisations)
    app.state.doors = elsewhere.Doors(app.state.providers, settings.base_url)
    app.state.kin = KIN
    app.state.glass = reading_by_glass
    csrf = Csrf(database.keyring.derive("csrf"), session_cookie(settings))
    pages = Pages(folder("templates"), folder("static"), catalogues or Catalogues(folder("locales")), csrf, clock)
    app.state.pages = pages
    app.state.house = House(tell=post, shell=shell, is_youth=is_youth)
    problems = problem.install(app, pages)
    rerender.install(app)
    proving.install(app, problems)
    for busy in (Busy, OperationalError, PoolTimeout):
        app.add_exception_handler(busy, lambda request, _: problems.answer(request, Unavailable()))
    _routes(app)
    app.add_middleware(AddressLimit, limiter=_limiter(settings, database, app), answer=problems.answer)
    protect(app, csrf, problems.answer, secure=settings.secure)
    return app


def _limiter(settings: Settings, database: Database, app: FastAPI) -> Limiter:
    limits = {name: getattr(settings, f"limit_{name}") for name in LIMITS}
    app.state.limiter = limiter = Limiter(limits, database.keyring.derive("limits"))
    return limiter


@cache
def _house() -> APIRouter:
    """Every page and every address of the interface; what FastAPI works out of them it does once in a process."""
    house = APIRouter()
    for router in ROUTERS:
        house.include_router(router)
    return house


def _routes(app: FastAPI) -> None:
    app.router.routes.extend(_house().routes)
    app.add_api_route("/healthz", _healthy, include_in_schema=False)
    app.add_api_route("/readyz", _ready, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=folder("static"), check_dir=False), "static")


def _healthy() -> Response:
    return JSONResponse({"status": "ok"})


def _ready(request: Request) -> Response:
    """Whether the log can be written: without that no page opens. Asked of the database once in a few seconds."""
    state = request.app.state
    if not state.seen_ready <= state.clock() < state.seen_ready + READY_FOR:
        database: Database = state.database
        database.demand_writable()
        state.seen_ready = state.clock()
    return JSONResponse({"status": "ok"})
