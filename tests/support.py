"""
A site with a standing cast, for every test that goes through the front door.

    site = make_site(database)                    # app, database, clock, process, cast
    reference = register_sample(site, 1)          # BT-1001, registered by import
    take(site, "chair", reference, "declare_independence", band=False)
    site.as_("anneke").get(f"/zaken/{reference}") # a signed-in browser; posts carry their CSRF token
    site.api("chair", reference).get(f"/api/v1/zaken/{reference}")

`who` is a nickname of the cast, an account id, or a part in the case: chair, referrer, moeder, vader, voogd, jeugdige.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, wraps
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from bijzondere_toegang.app import create_app, load_process
from bijzondere_toegang.cases.advance import advance
from bijzondere_toegang.cases.models import Case, CaseAccess, Party
from bijzondere_toegang.cases.process import Process, Scene
from bijzondere_toegang.cases.visibility import find_case
from bijzondere_toegang.clock import FixedClock, local_day
from bijzondere_toegang.crypto import Keyring
from bijzondere_toegang.db import Database, enter
from bijzondere_toegang.documents.checking import Checked, checked, decoded
from bijzondere_toegang.people.accounts import add_membership, make_account
from bijzondere_toegang.people.actors import load_actor
from bijzondere_toegang.people.login import make_token, start_session
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.referrals.reception import receive
from bijzondere_toegang.resources import folder
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.web.i18n import Catalogues
from bijzondere_toegang.web.limits import LIMITS
from tests import databases

P = ParamSpec("P")
T = TypeVar("T")

START = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
SINCE = date(2024, 1, 1)
KEYRING = Keyring({1: b"\x01" * 32})
SAMPLES = folder("workflows") / "voorbeelden"
NUMBERS = tuple(range(1, 9))
PROCESS = cache(load_process)
"""Read once per test process: nothing in it changes."""
CATALOGUES = cache(lambda: Catalogues(folder("locales")))


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody of the cast: display name, organisation, role."""

    name: str
    organisation: str
    role: str
    email: str


CAST: Mapping[str, Part] = {
    "anneke": Part("Anneke Smeets", "bureau", "chair", "anneke@example.org"),
    "joris": Part("Joris Peeters", "bureau", "chair", "joris@example.org"),
    "planner": Part("Petra Planner", "bureau", "planner", "planner@example.org"),
    "notulist": Part("Noor Notulist", "bureau", "secretary", "notulist@example.org"),
    "verwijzer1": Part("Vera Venlo", "toegang-venlo", "referrer", "consulent1@example.org"),
    "verwijzer2": Part("Victor Roermond", "cjg-ml", "referrer", "consulent2@example.org"),
    "verwijzer3": Part("Vivian Limburg", "bjz-limburg", "referrer", "consulent3@example.org"),
    "verwijzer4": Part("Vincent Venray", "toegang-venray", "referrer", "consulent4@example.org"),
    "verwijzer5": Part("Valerie Gennep", "toegang-gennep", "referrer", "consulent5@example.org"),
    "verwijzer6": Part("Veerle Weert", "cjg-ml", "referrer", "consulent6@example.org"),
    "verwijzer7": Part("Viktor Schrikker", "william-schrikker", "referrer", "consulent7@example.org"),
    "verwijzer8": Part("Vicky Bergen", "toegang-bergen", "referrer", "consulent8@example.org"),
    "collega": Part("Coen Collega", "toegang-venlo", "referrer", "collega@example.org"),
    "teamleider": Part("Tessa Teamleider", "toegang-venlo", "coordinator", "teamleider@example.org"),
    "vvg1": Part("Rik Vincent", "vincent-van-gogh", "consortium_rep", "vvg1@example.org"),
    "vvg2": Part("Roos Koraal", "koraal", "consortium_rep", "vvg2@example.org"),
    "muts1": Part("Ria Mutsaers", "mutsaersstichting", "consortium_rep", "muts1@example.org"),
    "muts2": Part("Ralf Daelzicht", "daelzicht", "consortium_rep", "muts2@example.org"),
    "zorg_vvg1": Part("Zoran Vincent", "vincent-van-gogh", "provider", "zorgvvg1@example.org"),
    "zorg_vvg2": Part("Zita Koraal", "koraal", "provider", "zorgvvg2@example.org"),
    "zorg_muts1": Part("Zeger Mutsaers", "mutsaersstichting", "provider", "zorgmuts1@example.org"),
    "zorg_muts2": Part("Zara Daelzicht", "daelzicht", "provider", "zorgmuts2@example.org"),
    "fg": Part("Frans Gegevens", "bureau", "privacy_officer", "fg@example.org"),
    "beheerder": Part("Bea Beheer", "bureau", "administrator", "beheerder@example.org"),
    "analist": Part("Abe Analist", "mgr", "analyst", "analist@example.org"),
}
"""By nickname. `verwijzerN` is the referrer that sample N names."""

_PARTS_IN_A_CASE = {"chair": "chair.assigned", "referrer": "referrer.own", "jeugdige": "youth"}


@dataclass
class Site:
    """The application on a fresh database, a clock that stands still, and the accounts of the cast by nickname."""

    app: FastAPI
    database: Database
    clock: FixedClock
    process: Process
    copies: databases.Copies | None = None
    """keeps copies of the database while nobody but the cast is in it; None when it no longer is as it was made"""
    cast: dict[str, UUID] = field(default_factory=dict)

    def once(self, name: str, build: Callable[[], Any]) -> Any:
        """What `build` gives, after its acts; in a fresh site they are done once in a run and copied afterwards.

        The answer and the acts may depend on nothing but the name. JSON has to hold the answer. Who races in threads
        does every act. Of two workers who build at once the first is copied, so that all begin from the same rows.
        """
        copies, self.copies = self.copies, None
        if copies is None or self.at != START or self.process is not PROCESS() or current_thread() is not main_thread():
            return build()
        note: Any = copies.become(name)
        if note is None:
            note = {"answer": build(), "at": self.at.isoformat()}
            self.database.dispose()
            if not copies.keep(name, note):
                note = copies.become(name)
        self.clock.move(datetime.fromisoformat(note["at"]) - self.at)
        return note["answer"]

    def touched(self, *_: object) -> None:
        """Somebody opened the database: from now on it is this test's own."""
        self.copies = None

    @property
    def at(self) -> datetime:
        return self.clock()

    @property
    def on(self) -> date:
        return local_day(self.clock())

    def move(self, **by: float) -> None:
        """Move the clock: `site.move(days=3, hours=1)`."""
        self.clock.move(timedelta(**by))

    def who(self, who: str | UUID, reference: str | None = None) -> UUID:
        """The account of a nickname, of a part in a case, or the id itself."""
        if isinstance(who, UUID):
            return who
        if who in self.cast:
            return self.cast[who]
        assert reference is not None, f"{who}: a part in a case needs its reference"
        return _in_case(self, who, reference)

    def client(self, account_id: UUID) -> TestClient:
        """A signed-in browser that doesn't follow redirects; every request carries the CSRF token of its session."""
        with self.database.write() as tx:
            session = start_session(tx, account_id, self.at, by="passkey")
        client = TestClient(self.app, base_url="http://localhost", follow_redirects=False)
        client.cookies.set(SESSION_COOKIE, session)
        return self.trusting(client)

    def trusting(self, client: TestClient) -> TestClient:
        """This browser with the CSRF token of the session in its cookie on every request."""
        session = client.cookies[SESSION_COOKIE].partition(".")[0]
        key = self.database.keyring.derive("csrf")
        client.headers["x-csrf-token"] = hmac.new(key, b"csrf:" + session.encode(), hashlib.sha256).hexdigest()
        client.headers["sec-fetch-site"] = "same-origin"
        return client

    def as_(self, who: str | UUID, reference: str | None = None) -> TestClient:
        """`client` for somebody of the cast, or for a part in a case."""
        return self.client(self.who(who, reference))

    def anonymous(self) -> TestClient:
        """A browser that is not signed in."""
        return TestClient(self.app, base_url="http://localhost", follow_redirects=False)

    def token(self, who: str | UUID, reference: str | None = None) -> str:
        """A personal token for the API, that may sign."""
        account_id = self.who(who, reference)
        with self.database.write() as tx:
            return make_token(tx, account_id, "test", self.at, signs_until=self.at + timedelta(days=10**4))

    def api(self, who: str | UUID, reference: str | None = None) -> TestClient:
        """A machine with a personal token of this person."""
        client = self.anonymous()
        client.headers["authorization"] = f"Bearer {self.token(who, reference)}"
        return client

    @contextmanager
    def writing_as(self, account_id: UUID) -> Iterator[Session]:
        """A transaction as a request of this person has it: on PostgreSQL the wall stands around it."""
        with self.app.state.database.write() as tx:
            enter(tx, account_id, self.at)
            yield tx

    def family(self, reference: str) -> dict[str, UUID]:
        """The accounts of the family by the intake's own word: moeder, vader, jeugdige (from twelve)."""
        with self.database.read() as tx:
            rows = tx.exec(
                select(Party.word, CaseAccess.account_id)
                .join(Case, Case.id == Party.case_id)  # type: ignore[arg-type]
                .join(CaseAccess, CaseAccess.party_id == Party.id)  # type: ignore[arg-type]
                .where(Case.reference == reference)
            ).all()
        return {word: account_id for word, account_id in rows}

    def case(self, reference: str) -> Case:
        """The case as it is stored now."""
        with self.database.read() as tx:
            return tx.exec(select(Case).where(Case.reference == reference)).one()


def make_site(database: databases.Database, **chosen: Any) -> Site:
    """The application on this database, with the cast in it. Sessions and proofs outlast any move of the clock, and
    nobody asks too often."""
    settings = Settings(
        database_url=database.app_url, session_idle_minutes=10**7, session_hours=10**5, proof_minutes=10**7
    )
    settings = settings.model_copy(update={f"limit_{name}": "" for name in LIMITS} | chosen)
    opened = Database(database.app_url, KEYRING)
    _speak_as_before(opened)
    clock, process = FixedClock(START), PROCESS()
    app = create_app(settings, database=opened, clock=clock, process=process, catalogues=CATALOGUES())
    site = Site(app, opened, clock, process, database.copies)
    found = site.once("cast", lambda: _cast(site))
    site.cast.update({nickname: UUID(account_id) for nickname, account_id in found.items()})
    if not chosen:
        site.copies = database.copies
        event.listen(opened.engine, "connect", site.touched)
    return site


def _speak_as_before(opened: Database) -> None:
    """With the dialect of the first database of its kind, and the statements compiled for it: otherwise every test
    compiles them anew, and SQLAlchemy keeps them all."""
    first = _FIRST.setdefault(opened.engine.dialect.name, opened.engine)
    for engine in (opened.engine, opened._reading, opened._writing):
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


_FIRST: dict[str, Engine] = {}


def _cast(site: Site) -> dict[str, str]:
    with site.database.write() as tx:
        return {nickname: str(join(tx, part, site.at)) for nickname, part in CAST.items()}


def once(build: Callable[Concatenate[Site, P], T]) -> Callable[Concatenate[Site, P], T]:
    """For what leads a fresh site to somewhere and answers with a reference: see `Site.once`."""

    @wraps(build)
    def built(site: Site, *args: P.args, **kwargs: P.kwargs) -> T:
        said = f"{build.__module__}.{build.__qualname__} {args} {sorted(kwargs.items())}"
        answer: T = site.once(said, lambda: build(site, *args, **kwargs))
        return answer

    return built  # type: ignore[return-value]


def join(tx: Session, part: Part, at: datetime) -> UUID:
    """A new account with one membership."""
    account = make_account(tx, part.email, part.name, at=at, email=part.email)
    add_membership(tx, account.id, part.organisation, part.role, SINCE)
    return account.id


def _in_case(site: Site, who: str, reference: str) -> UUID:
    if who not in ("chair", "referrer"):
        return site.family(reference)[who]
    with site.database.read() as tx:
        query = (
            select(CaseAccess.account_id)
            .join(Case, Case.id == CaseAccess.case_id)  # type: ignore[arg-type]
            .where(
                Case.reference == reference,
                CaseAccess.relation == _PARTS_IN_A_CASE[who],
                CaseAccess.until.is_(None),  # type: ignore[union-attr]
            )
        )
        return tx.exec(query).one()


def sample(number: int) -> dict[str, Any]:
    """The document of a sample, to change at will."""
    found: dict[str, Any] = json.loads(sample_path(number).read_text("utf-8"))
    return found


def sample_path(number: int) -> Path:
    return SAMPLES / f"{number:02}.json"


def register(site: Site, document: Mapping[str, Any]) -> str:
    """Register an intake document as the import does; returns the reference of its case."""
    intake = parse(json.dumps(document).encode(), region=site.process.region, on=site.on)
    with site.database.write() as tx:
        return receive(tx, site.process, intake, sender=None, channel="import", at=site.at).case.reference


@once
def register_sample(site: Site, number: int) -> str:
    """Register sample 1 to 8; returns the reference of its case."""
    return register(site, sample(number))


def scene(site: Site, tx: Session, who: str | UUID, reference: str, *, proven: bool = True) -> Scene:
    """The case as this person sees it now, in an open transaction. Raises NotThere."""
    account_id = site.who(who, reference)
    actor = load_actor(tx, account_id, site.on)
    assert actor is not None
    sight = find_case(tx, replace(actor, proven=proven), reference, site.process.region, site.at)
    return Scene(site.process, tx, sight, site.at, site.on)


def take(site: Site, who: str | UUID, reference: str, step: str, **gegevens: Any) -> Case:
    """Take a step with its answers by their Dutch names, at the newest revision. Raises what `advance` raises."""
    account_id = site.who(who, reference)
    with site.writing_as(account_id) as tx:
        seen = scene(site, tx, account_id, reference)
        return advance(seen, step, data=gegevens, revision=seen.case.revision, enclosed=enclosed_in(gegevens))


def enclosed_in(answers: Mapping[str, Any]) -> Checked | None:
    """The document that comes along with answers, checked as the doors do before a step is taken."""
    return checked(decoded(answers["inhoud"]), None) if "inhoud" in answers else None
