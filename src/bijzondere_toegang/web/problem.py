"""Refusals made visible: RFC 9457 problem+json for machines, a plain page that says what to do for people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bijzondere_toegang.errors import N_, Fault, Incomplete, NotAllowed, NotThere, Refused, Sentence, TooOften
from bijzondere_toegang.web.carrying import PROOF
from bijzondere_toegang.web.checking import pointer_of
from bijzondere_toegang.web.i18n import DEFAULT, Translator
from bijzondere_toegang.web.render import Pages
from bijzondere_toegang.web.security import FIELD, Expired, is_machine

API_VERSION = "1.0.0"
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Probleem",
    "description": "RFC 9457. `fouten` noemt alle fouten tegelijk, elk met een JSON pointer.",
    "required": ["type", "title", "status", "detail", "instance", "requestId"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "requestId": {"type": "string"},
        "fouten": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "melding"],
                "properties": {"pointer": {"type": "string"}, "melding": {"type": "string"}},
            },
        },
    },
}
"""The JSON Schema of what `problem` gives."""
FAILED = N_("Er ging iets mis bij ons")
FAILED_DETAIL = N_("Wij kijken ernaar. Probeer het later opnieuw.")
NOT_READABLE = N_("Wat u stuurde kunnen we niet lezen.")
WRONG_WAY = N_("Zo werkt deze pagina niet")
ODD = N_("Dit kan niet")
RETRY_AFTER = "60"
"""Seconds that a machine had better wait after a 503."""
_CASE = re.compile(r"/(zaken|mijn-plan|aanmeldingen)/(BT-\d+)/")
NEVER_AGAIN = ("wachtwoord", "code", PROOF)
"""How names of fields begin that are not shown again: who typed them types them anew."""


class Problems:
    """Answers for refusals and failures; `answer` fits `protect` of the security module."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def answer(self, request: Request, error: Exception) -> Response:
        refused = error if isinstance(error, Refused) else None
        machine = is_machine(request.scope)
        language = self.pages.catalogues.translator(DEFAULT)
        response = problem(request, refused, language) if machine else self._page(request, refused)
        if response.status_code == 503:
            response.headers["Retry-After"] = RETRY_AFTER
        if isinstance(refused, TooOften):
            response.headers["Retry-After"] = str(refused.wait)
        return response

    def http_error(self, request: Request, error: HTTPException) -> Response:
        response = self.answer(request, _as_refusal(error.status_code))
        if allowed := (error.headers or {}).get("Allow"):
            response.headers["Allow"] = allowed
        return response

    def invalid_request(self, request: Request, error: RequestValidationError) -> Response:
        """A path or query that is not of the right shape is a page that is not there; a body is named."""
        if any(detail["loc"][:1] == ("path",) for detail in error.errors()):
            return self.answer(request, NotThere())
        places = {pointer_of(*detail["loc"][1:]) for detail in error.errors()}
        return self.answer(request, Incomplete([Fault(place, NOT_READABLE) for place in sorted(places)]))

    def _page(self, request: Request, refused: Refused | None) -> Response:
        status = refused.status if refused else 500
        sentence = refused.sentence if refused else Sentence(FAILED_DETAIL)
        if isinstance(refused, Expired):
            return self.pages.page(request, "web/expired.html", status, carried=refused.carried)
        return self.pages.page(
            request,
            "web/error.html",
            status,
            title=refused.title if refused else FAILED,
            sentence=sentence,
            more=refused.more if refused else (),
            faults=refused.faults if isinstance(refused, Incomplete) else (),
            code=status,
            onward=refused.onward if refused else None,
            case=_case_of(request) if status in (403, 409) else None,
            typed=typed(request) if status == 503 else [],
            request_id=_request_id(request),
            minutes=-(-refused.wait // 60) if isinstance(refused, TooOften) else 0,
        )


def _case_of(request: Request) -> tuple[str, str] | None:
    """The page and the reference of the case that this was about; who is refused an act may see it."""
    found = _CASE.match(request.url.path)
    if found is None:
        return None
    home, reference = found.groups()
    return f"/{'mijn-plan' if home == 'mijn-plan' else 'zaken'}/{reference}", reference


def typed(request: Request) -> list[tuple[str, str]]:
    """
    What a posted form held, so that the page can send it once more: while the database is away a browser that goes
    back finds no form. Nothing when a file was in it, or what nobody should see again.
    """
    form: FormData | None = getattr(request, "_form", None)
    pairs = [(name, value) for name, value in form.multi_items() if name != FIELD] if form else []
    whole = all(isinstance(value, str) and not name.startswith(NEVER_AGAIN) for name, value in pairs)
    return pairs if whole else []  # type: ignore[return-value]


def install(app: FastAPI, pages: Pages) -> Problems:
    """Put the handlers in `app`; a handler for a narrower class (NotSignedIn) may be added beside them."""
    problems = Problems(pages)
    app.add_exception_handler(Refused, problems.answer)
    app.add_exception_handler(HTTPException, problems.http_error)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, problems.invalid_request)  # type: ignore[arg-type]
    return problems


def problem(request: Request, refused: Refused | None, translator: Translator) -> JSONResponse:
    """RFC 9457, with `fouten` of `{pointer, melding}` in plain Dutch; without a refusal it is a 500."""
    status = refused.status if refused else 500
    sentence = refused.sentence if refused else Sentence(FAILED_DETAIL)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": translator.gettext(refused.title if refused else FAILED),
        "status": status,
        "detail": " ".join(map(translator.sentence, (sentence, *(refused.more if refused else ())))),
        "instance": request.url.path,
        "requestId": _request_id(request),
    }
    if isinstance(refused, Incomplete):
        body["fouten"] = faults_as_json(refused.faults, translator)
    headers = {"API-Version": API_VERSION} | ({"WWW-Authenticate": "Bearer"} if status == 401 else {})
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


def faults_as_json(faults: Iterable[Fault], translator: Translator) -> list[dict[str, str]]:
    return [{"pointer": fault.pointer, "melding": translator.sentence(fault)} for fault in faults]


def _as_refusal(status: int) -> Refused:
    known: dict[int, type[Refused]] = {403: NotAllowed, 404: NotThere}
    refused = known.get(status, Refused)(WRONG_WAY if status == 405 else None)
    refused.status = status
    return refused


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
