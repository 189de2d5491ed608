from __future__ import annotations

import logging
import re

import pytest
from fastapi.testclient import TestClient

from bijzondere_toegang.web.security import CSP
from tests.web.conftest import PAIRS

TOKEN = re.compile(r'name="_csrf" value="([0-9a-f]{64})"')
OWN = {"sec-fetch-site": "same-origin"}


def token_of(browser: TestClient) -> str:
    found = TOKEN.search(browser.get("/proef").text)
    assert found
    return found[1]


def filled(token: str, **own: str) -> dict[str, str | list[str]]:
    data: dict[str, str | list[str]] = {}
    for name, value in PAIRS:
        data[name] = [*data[name], value] if name == "gasten" and name in data else value
    return data | {"gasten": ["sam", "mama"], "_csrf": token, **own}


@pytest.mark.parametrize("path", ["/proef", "/gezin", "/stuk/403", "/stuk/500", "/nergens", "/api/v1/stuk/500"])
def test_every_answer_carries_the_strict_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers

    assert headers["content-security-policy"] == CSP
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 16
    assert "strict-transport-security" not in headers


def test_https_is_kept_to(site: object) -> None:
    browser = TestClient(site, base_url="https://bt.test")  # type: ignore[arg-type]

    assert "max-age=63072000" in browser.get("/proef").headers["strict-transport-security"]


def test_pages_hold_no_inline_style_or_script(browser: TestClient) -> None:
    for path in ("/proef", "/gezin", "/stuk/403"):
        html = browser.get(path).text

        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)


def test_what_a_person_is_called_is_escaped(browser: TestClient) -> None:
    assert "Anneke &lt;de Vries&gt;" in browser.get("/proef").text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Dit is niet aan u"),
        (409, "Zaak is nu In voorbereiding."),
        (422, "Dit zijn er te veel: hooguit 3."),
        (500, "Er ging iets mis bij ons"),
        (503, "Dit lukt nu even niet."),
    ],
)
def test_a_refusal_is_a_page_that_says_what_to_do(browser: TestClient, status: int, words: str) -> None:
    answer = browser.get(f"/stuk/{status}")

    assert answer.status_code == status
    assert words in answer.text
    assert "Naar het begin" in answer.text
    assert "Geheim" not in answer.text


def test_a_page_that_is_not_there_looks_the_same_whatever_was_asked(browser: TestClient) -> None:
    answers = [browser.get(path) for path in ("/nergens", "/nummer/x")]

    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = {re.sub(r"/nergens|/nummer/x", "", answer.text) for answer in answers}
    assert len(bodies) == 1


def test_a_machine_gets_all_faults_as_problem_json_in_dutch(browser: TestClient) -> None:
    answer = browser.get("/api/v1/stuk/422", headers={"accept-language": "en"})

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["api-version"]
    body = answer.json()
    assert (body["status"], body["title"]) == (422, "Er klopt nog iets niet")
    assert body["fouten"] == [
        {"pointer": "/datum", "melding": "Vul dit in."},
        {"pointer": "/doelen/0", "melding": "Dit zijn er te veel: hooguit 3."},
    ]


def test_an_unforeseen_failure_is_logged_without_a_value(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = browser.get("/api/v1/stuk/500")

    assert answer.json()["status"] == 500
    assert "RuntimeError" in caplog.text
    assert "Geheim" not in caplog.text + answer.text


def test_an_own_form_with_its_token_is_taken(browser: TestClient) -> None:
    token = token_of(browser)

    assert browser.post("/proef", data=filled(token), headers=OWN).text == "bewaard"
    assert browser.post("/proef", data=filled(token), headers={"origin": "http://bt.test"}).status_code == 200
    assert browser.post("/proef", data=filled(""), headers=OWN | {"x-csrf-token": token}).status_code == 200


def test_a_form_with_files_carries_its_token_too(browser: TestClient) -> None:
    files = {"bestand": ("a.txt", b"x")}

    good = browser.post("/proef", data=filled(token_of(browser)), files=files, headers=OWN)
    bad = browser.post("/proef", data=filled("x"), files=files, headers=OWN)

    assert (good.status_code, bad.status_code) == (422, 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "http://elders.test"},
        {"origin": "http://bt.test.elders.test"},
    ],
)
def test_a_form_from_elsewhere_is_refused(browser: TestClient, headers: dict[str, str]) -> None:
    assert browser.post("/proef", data=filled(token_of(browser)), headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_token_no_act(browser: TestClient, method: str) -> None:
    assert browser.request(method, "/proef", headers=OWN).status_code == 403


def test_a_token_of_another_session_is_refused(browser: TestClient) -> None:
    token = token_of(browser)
    browser.cookies.set("bt", "andere sessie")

    assert browser.post("/proef", data=filled(token), headers=OWN).status_code == 403


def test_the_api_needs_no_token_and_sees_no_cookie(browser: TestClient) -> None:
    assert browser.post("/api/v1/proef").json() == {"koekjes": 0}
    assert browser.post("/proef", headers={"authorization": "Bearer x"}).status_code == 422


def test_too_much_is_refused_before_it_is_read(browser: TestClient) -> None:
    named = browser.post("/proef", content=b"x" * 10_001)
    unnamed = browser.post("/api/v1/proef", content=(b"x" * 1000 for _ in range(11)))

    assert (named.status_code, unnamed.status_code) == (413, 413)
    assert "hooguit 30 MB" in named.text
    assert unnamed.json()["title"] == "Dit is te groot"


def test_faults_come_back_beside_the_fields_with_what_was_typed(browser: TestClient) -> None:
    data = filled(token_of(browser), datum="overmorgen", plaats="")

    answer = browser.post("/proef", data=data, headers=OWN)

    assert answer.status_code == 422
    assert 'href="#v-datum"' in answer.text
    assert 'value="overmorgen"' in answer.text
    assert 'aria-invalid="true" aria-describedby="v-datum-fout"' in answer.text
    assert "Naar school\nelke dag</textarea>" in answer.text


def test_a_chosen_language_is_spoken_and_remembered(browser: TestClient) -> None:
    first = browser.get("/proef?taal=en")

    assert '<html lang="en" dir="ltr"' in first.text
    assert "taal=en" in first.headers["set-cookie"]
    assert "Main menu" in browser.get("/proef").text
    assert "set-cookie" not in browser.get("/proef?taal=xx").headers


def test_dates_in_pages_are_words(browser: TestClient) -> None:
    html = browser.get("/proef").text

    assert "dinsdag 14 april" in html
    assert "di 14 april, 9.12 uur" in html
    assert 'datetime="2026-04-14T07:12Z"' in html
