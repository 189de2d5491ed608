"""Every route for every relation of the permission table; a route that is in no row of the table is a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Case, Party
from bijzondere_toegang.engine import Step
from bijzondere_toegang.family.doing import TELLS_NOTHING
from tests import databases
from tests.databases import Databases
from tests.routes.people import CAST, EVERYONE, FAMILY, HOME, INVITED, add_document, grow, join, let_read
from tests.routes.stages import STORIES, reach
from tests.routes.table import (
    CELLS,
    LIST,
    NARROW,
    OWN,
    PUBLIC,
    RELATIONS,
    ROLES,
    ROUTES,
    STATIC,
    STEP,
    Situation,
    routes_of,
)
from tests.statements import statements
from tests.support import Site, make_site

STAGES = ("draft", *STORIES)
GHOST = "BT-9999"
PARAMETER = re.compile(r"{(\w+)}")
CASE_IN = re.compile("{(reference|kenmerk)}")
REQUEST_ID = re.compile(r"[0-9a-f]{16}")
NOTHING = {"bestaat-niet": True}
"""Answers that no form takes, so that an allowed step changes nothing either."""


@dataclass
class Walk:
    """A case in one stage, a document of it, and somebody for every relation."""

    site: Site
    stage: str
    portal: BlockingPortal
    reference: str = ""
    people: dict[str, UUID] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    ghosts: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    youth_agrees: bool = False

    def __post_init__(self) -> None:
        self.reference = reach(self.site, self.stage)
        self.shared = add_document(self.site, self.reference, EVERYONE)
        self.kept = add_document(self.site, self.reference, ())
        self.people = {relation: join(self.site, self.reference, relation) for relation in CAST}
        self.party = mother_of(self.site, self.reference)
        self.clients: dict[tuple[str, bool], TestClient] = {}

    @property
    def situation(self) -> Situation:
        return replace(self._situation, youth_agrees=self.youth_agrees)

    @cached_property
    def _situation(self) -> Situation:
        case = self.site.case(self.reference)
        overdue = case.due_on is not None and case.due_on < self.site.on
        consortium = case.proposed_consortium or case.accepted_consortium
        return Situation(self.stage, case.framework == "voluntary", case.help_runs, overdue, consortium)

    @property
    def steps(self) -> list[Step]:
        return list(self.site.process.library.newest("bijzondere-toegang").steps.values())

    def sources(self, step: Step) -> set[str]:
        return set(self.site.process.library.newest("bijzondere-toegang").sources_of(step))

    def sees(self, relation: str) -> bool:
        return self.situation.opens("case.see", relation)

    def client(self, relation: str, *, machine: bool = False) -> TestClient:
        """Its first refusal is behind it: that one also begins the account's own chain in the log."""
        key = (relation, machine)
        if key not in self.clients:
            client = self.clients[key] = self._client(relation, machine)
            client.portal = self.portal
            client.get(f"/api/v1/zaken/{GHOST}" if machine else f"/zaken/{GHOST}")
        return self.clients[key]

    def _client(self, relation: str, machine: bool) -> TestClient:
        if relation not in self.people:
            return self.site.anonymous()
        account = self.people[relation]
        return self.site.api(account) if machine else self.site.client(account)

    def ask(self, relation: str, method: str, path: str, reference: str = "", **sent: Any) -> Response:
        """`{case}` in the path stands for the reference."""
        client = self.client(relation, machine=path.startswith("/api/"))
        return client.request(method, path.replace("{case}", reference or self.reference), **sent)

    def expect(self, fine: bool, *told: object) -> None:
        if not fine:
            self.wrong.append(" ".join(map(str, told)))

    def seen(self, relation: str, method: str, path: str, reference: str, **sent: Any) -> tuple[int, str, list[str]]:
        """Status, body and statements, without what differs by the reference or the request alone."""
        self.client(relation, machine=path.startswith("/api/"))
        with statements(self.site) as asked:
            answer = self.ask(relation, method, path, reference, **sent)
        body = REQUEST_ID.sub("", answer.text.replace(reference, "REFERENCE"))
        place = answer.headers.get("location", "").replace(reference, "REFERENCE")
        return answer.status_code, place + body, asked

    def is_not_there(self, relation: str, method: str, path: str, **sent: Any) -> None:
        """The very same answer, with as many statements, as for a case that does not exist."""
        ghost = self.ghosts.get((relation, method, path))
        if ghost is None or sent:
            ghost = self.ghosts[(relation, method, path)] = self.seen(relation, method, path, GHOST, **sent)
        found = self.seen(relation, method, path, self.reference, **sent)
        status = found[0]
        missing = status == 404 or (relation == "anonymous" and status in (303, 401, 403))
        self.expect(missing, relation, method, path, sent, f"answered {status}, not 404")
        self.expect(found[:2] == ghost[:2], relation, method, path, sent, f"{found[:2]} is not the ghost's {ghost[:2]}")
        self.expect(found[2] == ghost[2], relation, method, path, sent, "other statements than for a ghost")

    def in_turn(self) -> Iterator[str]:
        """Every relation, with the young person at its age; a parent that depends on the youth's word without and with it."""
        age = 0
        for relation in sorted(RELATIONS, key=lambda one: CAST[one].age if one in CAST else 0):
            wanted = CAST[relation].age if relation in CAST else age
            if wanted != age:
                grow(self.site, self.reference, age := wanted)
            yield relation
            if relation in CAST and "C3" in CELLS["case.see"][relation].split("&"):
                let_read(self.site, self.reference, self.people[relation])
                self.youth_agrees = True
                yield relation
                self.youth_agrees = False


def mother_of(site: Site, reference: str) -> UUID:
    """A mother of the case."""
    with site.database.read() as tx:
        known = select(Party.id).join(Case, col(Case.id) == col(Party.case_id)).where(Case.reference == reference)
        return tx.exec(known.where(Party.word == "moeder")).first() or uuid4()


@pytest.fixture
def walk(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Walk]:
    kind, stage = request.param
    with databases.fresh(kind) as database, start_blocking_portal() as portal:
        yield Walk(make_site(database), stage, portal)


def on(kind: databases.Kind, *stages: str) -> pytest.MarkDecorator:
    cases = [pytest.param((kind, stage), id=f"{kind}-{stage}") for stage in stages]
    return pytest.mark.parametrize("walk", cases, indirect=True)


def test_every_route_is_classified_and_every_class_has_a_route(databases: Databases) -> None:
    with databases.fresh("sqlite") as database:
        found = routes_of(make_site(database).app)

    assert found - ROUTES.keys() == set(), "routes that are in no row of tests/routes/table.py"
    assert ROUTES.keys() - found == set(), "rows of tests/routes/table.py without a route"
    assert set(ROUTES.values()) - {PUBLIC, OWN, LIST, STATIC, STEP} <= CELLS.keys()


def test_every_relation_has_somebody_and_every_step_a_row(databases: Databases) -> None:
    with databases.fresh("sqlite") as database:
        steps = make_site(database).process.library.newest("bijzondere-toegang").steps.values()

    assert set(RELATIONS) == {*CAST, "anonymous"}
    assert {step.permission for step in steps} <= CELLS.keys()


# ── Pages ──

SEEING = [key for key, act in ROUTES.items() if act in CELLS and key[0] == "GET" and PARAMETER.search(key[1])]
FOSTERING = ("/mijn-plan/{reference}", "/mijn-plan/{reference}/documenten")
"""The pages of a foster parent."""
WELCOME = ("/zaken/{reference}", "/uitgenodigd/{reference}", "/zaken/{reference}/documenten/{item_id}")
"""Where somebody invited finds something."""
ELSEWHERE = {303, 404}
"""A family is shown to its own pages, or this page is not there for it."""


def path_of(template: str, item: UUID, party: UUID) -> str:
    filled = {"reference": "{case}", "kenmerk": "{case}", "item_id": str(item), "section_name": "hulpvraag"}
    filled |= {"party_id": str(party), "key": "gegevens", "topic": "zorgen"}
    return PARAMETER.sub(lambda found: filled.get(found[1], str(UUID(int=7))), template)


@on("sqlite", "draft", "registered", "conference_open", "in_care")
def test_who_may_see_a_case_opens_its_pages_and_for_others_it_is_not_there(walk: Walk) -> None:
    check_pages(walk)

    assert not walk.wrong, "\n".join(walk.wrong)


@on("postgresql", "registered", "in_care")
def test_on_postgresql_pages_open_as_the_table_says(walk: Walk) -> None:
    check_pages(walk)

    assert not walk.wrong, "\n".join(walk.wrong)


def check_pages(walk: Walk) -> None:
    for relation in walk.in_turn():
        for method, template in SEEING:
            path = path_of(template, walk.shared, walk.party)
            if not walk.sees(relation) or is_closed(relation, template):
                if walk.stage == ("draft" if "/aanmeldingen" in template else "registered"):
                    walk.is_not_there(relation, method, path)
            else:
                answer = walk.ask(relation, method, path)
                wanted = allowed_statuses(walk, relation, template)
                walk.expect(answer.status_code in wanted, relation, path, f"{answer.status_code} not in {wanted}")


def is_closed(relation: str, template: str) -> bool:
    """Whether an invited person finds no case here: everywhere but at their own page and the way there."""
    return relation in INVITED and template not in WELCOME


def allowed_statuses(walk: Walk, relation: str, template: str) -> set[int]:
    """What somebody who sees the case may be answered on this page."""
    act, situation, is_professional = ROUTES["GET", template], walk.situation, bool(CAST[relation].role)
    if "/inzage" in template:
        return inspection_statuses(walk, relation, template)
    if template.endswith("/wie-keek-mee"):
        opens = situation.opens(act, relation)
        return {200} if relation in FAMILY and opens else {403} if relation in FAMILY else {404}
    if template.startswith("/uitgenodigd"):
        return {200} if relation in INVITED else {404}
    if template.endswith("/gegevens"):
        return {200} if relation in HOME and situation.opens(act, relation) else {404}
    if template.startswith("/mijn-plan") and relation == "foster_parent":
        return {200} if template in FOSTERING else {404}
    if template.startswith("/mijn-plan"):
        none_yet = {404} if template.endswith("/verslag") else set()
        return {200} | none_yet if relation in FAMILY else {404}
    if template.startswith("/aanmeldingen"):
        return draft_statuses(walk, relation, template)
    if act == "document.read":
        return {200} if CELLS[act][relation] != "C4" and situation.opens(act, relation) else {404}
    if template.endswith("/uitdraai"):
        return {303} if relation in HOME else {200} if takes_along(walk, relation) else {403}
    if act in ("family.preview", "readers.see"):
        return {303} if relation in HOME else {200 if situation.opens(act, relation) else 403}
    if act == "parties.edit":
        return people_statuses(walk, relation, template)
    if act == "plan.read":
        return plan_statuses(situation, relation)
    if template.endswith("/controlecode"):
        return {200} if situation.opens_whole(relation) else {404}
    if template.endswith(("/besluit", "/plaatsing", "/overleg", "/overleg/nu", "/tijdlijn")):
        opens = is_professional and ("/overleg" in template or situation.opens_whole(relation))
        told = {200, 204} if template.endswith("/nu") else {200}
        return told if opens else ELSEWHERE if relation in HOME else {404}
    return {200} if is_professional or template.startswith("/api") else {303}


def takes_along(walk: Walk, relation: str) -> bool:
    return walk.situation.opens("export", relation) and walk.situation.opens_whole(relation)


def inspection_statuses(walk: Walk, relation: str, template: str) -> set[int]:
    """No file was issued in these walks; the referrer looks over what the mother would read."""
    if template.startswith("/mijn-plan"):
        return {200 if template.endswith("/inzage") else 404} if relation in FAMILY else {404}
    if walk.situation.opens("inspection.prepare", relation):
        return {200}
    return {403} if CAST[relation].role else {303, 403}


def plan_statuses(situation: Situation, relation: str) -> set[int]:
    if relation in HOME:
        return {303}
    ticked = CELLS["plan.read"][relation] == "C4"
    return {200} if situation.opens("plan.read", relation) and not ticked else {403}


def people_statuses(walk: Walk, relation: str, template: str) -> set[int]:
    """Who sees no names has no such page, whatever the table allows in outline; in a draft nobody is corrected."""
    if relation in HOME:
        return {303}
    if template.endswith("/betrokkenen") and walk.situation.opens("bsn.show", relation):
        return {200}
    if not walk.situation.opens("parties.edit", relation) or NARROW & set(CELLS["parties.edit"][relation].split("&")):
        return {403}
    return {409} if walk.stage == "draft" and template.endswith("{party_id}") else {200}


def draft_statuses(walk: Walk, relation: str, template: str) -> set[int]:
    if walk.stage != "draft":
        return {303} if template == "/aanmeldingen/{reference}" else {409}
    return {200} if walk.situation.opens("referral.edit_draft", relation) else {403}


@on("sqlite", "registered", "in_care")
def test_a_document_that_nobody_is_listed_for_stays_with_the_referrer(walk: Walk) -> None:
    path = f"/zaken/{{case}}/documenten/{walk.kept}"
    for relation in walk.in_turn():
        if walk.sees(relation):
            status = walk.ask(relation, "GET", path).status_code
            wanted = 200 if relation in ("referrer.own", "referrer.delegate", "administrator.break_glass") else 404
            walk.expect(status == wanted, relation, status)
            ghost = walk.ask(relation, "GET", f"/zaken/{{case}}/documenten/{uuid4()}").status_code
            walk.expect(ghost == 404, relation, "a document that does not exist", ghost)

    assert not walk.wrong, "\n".join(walk.wrong)


@on("sqlite", "registered", "draft")
def test_what_is_posted_about_a_case_that_is_not_there_is_refused_as_such(walk: Walk) -> None:
    writes = [
        ("/zaken/{case}/overleg/verslag", "minutes.write"),
        ("/zaken/{case}/overleg/verslag/zorgen", "minutes.write"),
        ("/aanmeldingen/{case}/aanmelden", "referral.register"),
        ("/aanmeldingen/{case}/documenten", "referral.edit_draft"),
        ("/aanmeldingen/{case}/hulpvraag", "referral.edit_draft"),
        (f"/zaken/{{case}}/betrokkenen/{walk.party}", "parties.edit"),
        ("/zaken/{case}/documenten", "document.add"),
        ("/mijn-plan/{case}/documenten", "document.add"),
        (f"/zaken/{{case}}/betrokkenen/{walk.party}/adres", "secret_address.show"),
        (f"/zaken/{{case}}/betrokkenen/{walk.party}/bsn", "bsn.show"),
    ]
    for relation in walk.in_turn():
        for path, act in writes:
            if not walk.sees(relation):
                walk.is_not_there(relation, "POST", path)
            elif not walk.situation.opens(act, relation, stage_allows=False):
                status = walk.ask(relation, "POST", path).status_code
                may_in_a_draft = walk.situation.opens(act, relation) and walk.stage == "draft"
                heard = {303, 409, 422} if may_in_a_draft else {403, 404, 409}
                walk.expect(status in heard, relation, path, status)

    assert not walk.wrong, "\n".join(walk.wrong)


WRITING = [key for key, act in ROUTES.items() if act in CELLS and key[0] == "POST" and CASE_IN.search(key[1])]


@on("sqlite", "registered", "draft")
def test_whatever_is_posted_about_a_case_of_others_is_answered_as_about_none(walk: Walk) -> None:
    asked = 0
    for relation in walk.in_turn():
        for method, template in WRITING if not walk.sees(relation) else ():
            path = path_of(template, walk.shared, walk.party)
            ghost, found = (walk.seen(relation, method, path, one) for one in (GHOST, walk.reference))
            walk.expect(found[0] in (303, 401, 403, 404, 422), relation, path, found[0])
            walk.expect(
                found == ghost, relation, path, "is told otherwise, or asks the database otherwise, than of none"
            )
            asked += 1

    print(
        f"{asked} posts to {len(WRITING)} routes about a case of others: {len(walk.wrong)} differ from no case at all"
    )
    assert asked > 100 and not walk.wrong, "\n".join(walk.wrong)


def test_every_route_about_a_case_is_walked_as_one_that_is_not_there() -> None:
    about = {key for key in ROUTES if CASE_IN.search(key[1])}
    steps = {key for key in about if ROUTES[key] == STEP}

    assert about - steps - {*SEEING, *WRITING} == set()


@on("sqlite", "registered")
def test_only_who_refers_may_begin_a_referral(walk: Walk) -> None:
    for relation in walk.in_turn():
        refers = relation in CAST and CAST[relation].role == "referrer" and not CAST[relation].left
        began = walk.ask(relation, "POST", "/aanmeldingen").status_code
        sent = walk.ask(relation, "POST", "/api/v1/aanmeldingen", json={}).status_code
        walk.expect((began == 303) == refers, relation, "began", began)
        walk.expect(sent in ({401} if relation == "anonymous" else {403, 422}), relation, "sent", sent)

    assert not walk.wrong, "\n".join(walk.wrong)


@on("sqlite", "in_care")
def test_lists_hold_only_cases_that_their_reader_may_see(walk: Walk) -> None:
    for relation in walk.in_turn():
        for path in ("/", "/werkvoorraad", "/mijn-plan", "/api/v1/zaken"):
            answer = walk.ask(relation, "GET", path)
            told = answer.text + answer.headers.get("location", "")
            walk.expect(walk.reference not in told or walk.sees(relation), relation, path)
            walk.expect(answer.status_code in (200, 303, 401), relation, path, answer.status_code)

    assert not walk.wrong, "\n".join(walk.wrong)


# ── Steps ──


def stages_for(walk: Walk, step: Step, index: int) -> tuple[str, str]:
    """Every step is walked in one stage that knows it and in one that does not, spread over the stages."""
    sources = walk.sources(step)
    known = [stage for stage in STAGES if stage in sources]
    unknown = [stage for stage in STAGES if stage not in sources]
    return known[index % len(known)], unknown[index % len(unknown)] if unknown else ""


def test_every_step_is_walked_in_a_stage_that_knows_it(databases: Databases) -> None:
    with databases.fresh("sqlite") as database:
        workflow = make_site(database).process.library.newest("bijzondere-toegang")

    assert [step for step in workflow.steps.values() if not set(workflow.sources_of(step)) & set(STAGES)] == []


@on("sqlite", *STAGES)
def test_every_step_answers_every_relation_as_the_table_says(walk: Walk) -> None:
    check_steps(walk)

    assert not walk.wrong, "\n".join(walk.wrong)


@on("postgresql", "registered", "placing")
def test_on_postgresql_steps_answer_as_the_table_says(walk: Walk) -> None:
    check_steps(walk)

    assert not walk.wrong, "\n".join(walk.wrong)


def check_steps(walk: Walk) -> None:
    for relation in walk.in_turn():
        for index, step in enumerate(walk.steps):
            known, unknown = stages_for(walk, step, index)
            if walk.sees(relation) and relation not in INVITED and walk.stage in (known, unknown):
                for door in doors(step, relation)[:: 1 if walk.stage == known else -3]:
                    check_answer(walk, relation, step, *door)
            elif walk.stage == known:
                method, path, sent = doors(step, relation)[index % 3]
                walk.is_not_there(relation, method, path, **sent)


def check_answer(walk: Walk, relation: str, step: Step, method: str, path: str, sent: dict[str, Any]) -> None:
    status, said = walk.ask(relation, method, path, **sent).status_code, fitting(walk, relation, step)
    if said == "refused" and relation in FAMILY and walk.stage in HARD_NEWS and step.name not in TELLS_NOTHING:
        said = "out of stage"
    heard = STATUSES[said] | BEHIND_THE_WALL if relation == "privacy_officer" and method == "POST" else STATUSES[said]
    walk.expect(status in heard, relation, step.name, method, path, f"answered {status}: {said}")


def doors(step: Step, relation: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The ways to a step: its page, the form, the machine. None of them takes it."""
    home = "/mijn-plan" if relation in HOME else "/zaken"
    return [
        ("GET", f"{home}/{{case}}/stappen/{step.name}", {}),
        ("POST", f"{home}/{{case}}/stappen", {"data": {"_stap": step.name, "_revisie": "0"}}),
        ("POST", "/api/v1/zaken/{case}/stappen", {"json": {"stap": step.name, "revisie": 0, "gegevens": NOTHING}}),
    ]


HARD_NEWS = frozenset({"referrer_decision", "placement_returned", "closing", "closed"})
"""Stages that hold news which a family hears by a call first, in these stories; until then every step is refused alike."""
BEHIND_THE_WALL = {404}
"""On PostgreSQL who reads the log alone gets no row of a case to change, so to whoever posts a step it is not there."""
STATUSES = {"allowed": {200, 303, 409, 422}, "out of stage": {409}, "refused": {403}}


def fitting(walk: Walk, relation: str, step: Step) -> str:
    """What the table and the workflow say: allowed, out of stage or refused."""
    stage_allows = walk.stage in walk.sources(step)
    plays = ROLES.get(relation) in step.by
    if not stage_allows:
        return "out of stage" if plays else "refused"
    return "allowed" if plays and walk.situation.opens(step.permission, relation) else "refused"
