"""The manners of `/api/v1`: who gets in, what a refusal looks like, pages of a list, its description."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from jsonschema import Draft202012Validator

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case
from bijzondere_toegang.db import Database
from tests import databases
from tests.statements import statements
from tests.support import Site, make_site, register_sample, sample, take

READS = ("/api/v1/zaken", "/api/v1/zaken/{}", "/api/v1/zaken/{}/tijdlijn")
PAGE = 100


@pytest.fixture
def site(databases: databases.Databases) -> Any:
    with databases.fresh("sqlite") as database:
        yield make_site(database)


@pytest.fixture
def reference(site: Site) -> str:
    return register_sample(site, 1)


def step(machine: TestClient, reference: str, name: str, revision: int | None = None, **answers: Any) -> Response:
    body = {"stap": name, "revisie": revision, "gegevens": answers}
    return machine.post(f"/api/v1/zaken/{reference}/stappen", json=body)


def is_problem(answer: Response, status: int) -> bool:
    """RFC 9457, in Dutch, without a value."""
    body = answer.json()
    return (
        answer.status_code == body["status"] == status
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["api-version"] == "1.0.0"
        and {"type", "title", "status", "detail", "instance", "requestId"} <= body.keys()
        and bool(body["title"] and body["detail"] and body["requestId"])
    )


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nobody_gets_in(site: Site, reference: str, path: str) -> None:
    wrong = site.anonymous()
    wrong.headers["authorization"] = "Bearer bt_onbekend"

    for client in (site.anonymous(), wrong):
        assert is_problem(client.get(path.format(reference)), 401)


def test_a_session_of_a_browser_is_no_token(site: Site, reference: str) -> None:
    browser = site.as_("chair", reference)

    for path in READS:
        assert is_problem(browser.get(path.format(reference)), 401)
    assert is_problem(step(browser, reference, "take_up", 1), 401)


def test_not_yours_looks_in_every_way_like_not_there(site: Site, reference: str) -> None:
    stranger = site.api("collega")
    stranger.get("/api/v1/zaken/BT-9998")  # from the first refusal on, this person has a chain

    for path in READS[1:]:
        with statements(site) as for_theirs:
            theirs = stranger.get(path.format(reference))
        with statements(site) as for_none:
            none = stranger.get(path.format("BT-9999"))

        assert is_problem(theirs, 404)
        assert _shape(theirs, reference) == _shape(none, "BT-9999")
        assert len(for_theirs) == len(for_none)
    assert is_problem(step(stranger, reference, "take_up", 1), 404)


def _shape(answer: Response, reference: str) -> tuple[int, dict[str, Any], set[str]]:
    body = answer.json()
    body.pop("requestId")
    body["instance"] = body["instance"].replace(reference, "BT")
    return answer.status_code, body, set(answer.headers)


def test_a_step_that_is_not_yours_is_forbidden(site: Site, reference: str) -> None:
    answer = step(site.api("referrer", reference), reference, "take_up", 1)

    assert is_problem(answer, 403)
    assert "niet aan u" in answer.json()["detail"]


def test_a_step_that_is_overtaken_conflicts(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)
    revision = site.case(reference).revision

    early = step(site.api("chair", reference), reference, "open_conference", revision)
    stale = step(site.api("chair", reference), reference, "take_up", revision - 1)

    assert is_problem(early, 409)
    assert is_problem(stale, 409)
    assert site.case(reference).stage == "registered"


def test_wrong_answers_come_back_with_a_pointer_each(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)
    revision = site.case(reference).revision

    answer = step(site.api("chair", reference), reference, "ask_supplement", revision, ontbreekt=" ", onbekend=1)

    assert is_problem(answer, 422)
    faults = {fault["pointer"]: fault["melding"] for fault in answer.json()["fouten"]}
    assert faults == {"/ontbreekt": "Vul dit in.", "/onbekend": "Dit onderdeel kennen we niet. Haal het weg."}
    assert site.case(reference).revision == revision


def test_a_body_of_another_shape_is_named_too(site: Site, reference: str) -> None:
    machine = site.api("chair", reference)

    answer = machine.post(f"/api/v1/zaken/{reference}/stappen", json={"stap": "take_up", "revisie": "1", "meer": 1})

    assert is_problem(answer, 422)
    assert {fault["pointer"] for fault in answer.json()["fouten"]} == {"/revisie", "/meer"}


def test_every_answer_says_which_version_of_the_interface_gave_it(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)
    machine = site.api("chair", reference)

    answers = [machine.get(path.format(reference)) for path in (*READS, "/api/v1/openapi.json", "/api/v1/nergens")]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 404]
    assert {answer.headers.get("api-version") for answer in answers} == {"1.0.0"}
    assert {answer.headers["cache-control"] for answer in answers[:3]} == {"no-store"}


def test_a_case_says_what_may_be_done_now_and_what_has_to_happen_first(site: Site, reference: str) -> None:
    case = site.api("chair", reference).get(f"/api/v1/zaken/{reference}").json()

    open_now = {one["stap"]: one for one in case["mogelijkeStappen"]}
    assert (case["fase"], case["aanZet"]) == ("registered", "chair")
    assert "declare_independence" in open_now
    for one in open_now.values():
        Draft202012Validator.check_schema(one["schema"])
        assert one["naam"]
        assert "." not in one["naam"]
    assert all(one["redenen"] for one in case["nogNietMogelijk"])


def test_the_timeline_tells_every_step_in_order_and_no_look(site: Site, reference: str) -> None:
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "take_up")
    machine = site.api("chair", reference)
    machine.get(f"/api/v1/zaken/{reference}")

    found = machine.get(f"/api/v1/zaken/{reference}/tijdlijn").json()

    told = found["resultaten"]
    assert [one["stap"] for one in told] == ["register", "declare_independence", "take_up"]
    assert [one["volgnummer"] for one in told] == sorted(one["volgnummer"] for one in told)
    assert (told[-1]["van"], told[-1]["naar"], told[-1]["rol"]) == ("registered", "preparing", "chair")
    assert found["volgende"] is None
    later = machine.get(f"/api/v1/zaken/{reference}/tijdlijn?na={told[1]['volgnummer']}").json()
    assert [one["stap"] for one in later["resultaten"]] == ["take_up"]


def test_a_long_list_comes_in_pages_without_a_gap_or_a_double(site: Site, reference: str) -> None:
    many(site.database, site, site.who("chair", reference), reference, PAGE + 20)
    machine = site.api("chair", reference)

    first = machine.get("/api/v1/zaken").json()
    second = machine.get(first["volgende"]).json()

    listed = [one["kenmerk"] for one in (*first["resultaten"], *second["resultaten"])]
    assert (len(first["resultaten"]), len(second["resultaten"]), second["volgende"]) == (PAGE, 21, None)
    assert len(set(listed)) == PAGE + 21
    assert is_problem(machine.get("/api/v1/zaken?na=geen-nummer"), 422)
    assert is_problem(machine.get(f"/api/v1/zaken/BT-1001/tijdlijn?na={2**63}"), 422)


def many(database: Database, site: Site, chair: UUID, reference: str, count: int) -> None:
    """More cases of this chair, with nothing in them."""
    like = site.case(reference).model_dump(exclude={"id", "reference"})
    with database.write() as tx:
        for number in range(count):
            case = Case(**like, id=uuid4(), reference=f"BT-{5000 + number}")
            tx.add(case)
            tx.flush()
            grant(tx, case, chair, "chair.assigned", site.at)


def test_the_description_is_sound_and_names_every_way_in(site: Site) -> None:
    document = site.anonymous().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert document["info"]["version"] == "1.0.0"
    assert document["security"] == [{"token": []}]
    assert set(document["paths"]) == {
        "/api/v1/aanmeldingen",
        "/api/v1/zaken",
        "/api/v1/zaken/{kenmerk}",
        "/api/v1/zaken/{kenmerk}/stappen",
        "/api/v1/zaken/{kenmerk}/tijdlijn",
    }
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    for place in references(document):
        assert place.removeprefix("#/components/schemas/") in schemas
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all("default" in one["responses"] for one in operations)
    assert all(one["responses"]["default"] == operations[0]["responses"]["default"] for one in operations)


def test_the_description_says_how_to_register(site: Site) -> None:
    document = site.anonymous().get("/api/v1/openapi.json").json()

    way = document["paths"]["/api/v1/aanmeldingen"]["post"]
    contract = document["components"]["schemas"]["Aanmelding"]
    Draft202012Validator(contract).validate(sample(1))
    assert way["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Aanmelding"}
    assert {"200", "201", "default"} == set(way["responses"])


def test_a_refused_machine_hears_what_to_do(site: Site) -> None:
    nobody = site.anonymous().get("/api/v1/zaken")
    wrong_way = site.api("verwijzer1").delete("/api/v1/zaken")
    problem = Draft202012Validator(
        site.anonymous().get("/api/v1/openapi.json").json()["components"]["schemas"]["Probleem"]
    )

    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    assert (wrong_way.status_code, wrong_way.headers["allow"]) == (405, "GET")
    problem.validate(nobody.json())
    problem.validate(wrong_way.json())


def references(node: Any) -> list[str]:
    """Every `$ref` in a document."""
    if isinstance(node, list):
        return [place for below in node for place in references(below)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [place for below in node.values() for place in references(below)]
