"""Pages from templates: one environment per language, so that imported macros speak it too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bijzondere_toegang.clock import Clock, local_day, local_time
from bijzondere_toegang.web.i18n import COOKIE, LANGUAGES, Catalogues, Translator, cookie_of
from bijzondere_toegang.web.security import FIELD, Csrf

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main menu; `label` is already in the reader's language."""

    href: str
    label: str
    current: bool = False


class Pages:
    """
    Renders templates for a request. Every template knows: `_`, `ngettext`, `t` (the Translator), `at`,
    `today`, `lang`, `languages`, `path`, `csrf` (the token), `csrf_field` (the hidden input), `person` (any
    object with `name` and `role`, or None), `nav` (a list of NavItem), `lasts` (how long the session does, or None),
    `static(name)`, the filters `day`,
    `short_day`, `time`, `clock_time`, `moment`, `distance`, `sentence`, `iso`.
    """

    def __init__(
        self, templates: Path | Sequence[Path], static: Path, catalogues: Catalogues, csrf: Csrf, clock: Clock
    ) -> None:
        self.catalogues = catalogues
        self.csrf = csrf
        self._clock = clock
        folders = (templates,) if isinstance(templates, Path) else tuple(templates)
        self._environments = {
            lang: environment(folders, translator, static) for lang, translator in catalogues.translators.items()
        }

    def translator(self, request: Request) -> Translator:
        return self.catalogues.translator(self.catalogues.language_of(request))

    def page(self, request: Request, name: str | Sequence[str], status: int = 200, **context: Any) -> HTMLResponse:
        """A whole page, never kept by a cache; of several names the first that is there."""
        template = self._environment(request).get_or_select_template(name if isinstance(name, str) else list(name))
        return self._response(request, template.render(self._common(request) | context), status)

    def csrf_for(self, session_token: str) -> dict[str, Any]:
        """`csrf` and `csrf_field` for a page that comes with a new session cookie."""
        token = self.csrf.token_for(session_token)
        return {"csrf": token, "csrf_field": _hidden(token)}

    def block(self, request: Request, name: str, block: str, status: int = 200, **context: Any) -> HTMLResponse:
        """One block of a page, for htmx."""
        html = render_block(self._environment(request), name, block, self._common(request) | context)
        return self._response(request, html, status)

    def _environment(self, request: Request) -> Environment:
        return self._environments[self.translator(request).lang]

    def _common(self, request: Request) -> dict[str, Any]:
        at = self._clock()
        token = self.csrf.token(request)
        return {
            "request": request,
            "t": self.translator(request),
            "lang": self.translator(request).lang,
            "languages": [LANGUAGES[code] for code in self.catalogues.translators],
            "path": request.url.path,
            "at": at,
            "today": local_day(at),
            "csrf": token,
            "csrf_field": _hidden(token),
            "person": None,
            "nav": [],
            "lasts": getattr(request.state, "lasts", None),
        }

    def _response(self, request: Request, html: str, status: int) -> HTMLResponse:
        response = HTMLResponse(html, status, headers={"cache-control": "no-store"})
        if request.query_params.get(COOKIE) in self.catalogues.translators:
            _remember_language(response, request)
        return response


def _hidden(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token)


def _remember_language(response: HTMLResponse, request: Request) -> None:
    response.set_cookie(
        cookie_of(request),
        request.query_params[COOKIE],
        max_age=int(A_YEAR.total_seconds()),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


@cache
def environment(folders: tuple[Path, ...], translator: Translator, static: Path) -> Environment:
    """Jinja for one language: escaping always, an unknown name is an error. It keeps what it compiled."""
    env = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals |= _words(translator) | {"static": partial(static_url, static)}
    env.filters |= _filters(translator)
    return env


def _words(translator: Translator) -> dict[str, Any]:
    def gettext(msgid: str, **params: object) -> Markup:
        return _filled(translator.gettext(msgid), params)

    def ngettext(one: str, many: str, n: int, **params: object) -> Markup:
        return _filled(translator.plural(one, many, n), {"n": n, "num": n, **params})

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext, "t": translator}


def _filled(text: str, params: Mapping[str, object]) -> Markup:
    """`{name}` and `%(name)s` both work; values are escaped, the sentence itself is ours."""
    if not params:
        return Markup(text.replace("%%", "%"))
    return Markup(text) % params if "%(" in text else Markup(text).format(**params)


def _filters(translator: Translator) -> dict[str, Callable[..., str]]:
    return {
        "day": translator.day,
        "short_day": translator.short_day,
        "time": translator.time,
        "clock_time": _clock_time,
        "moment": translator.moment,
        "distance": translator.distance,
        "sentence": translator.sentence,
        "iso": _iso,
    }


def _clock_time(at: datetime) -> str:
    """14.03, on the wall clock of the Netherlands."""
    return local_time(at).strftime("%H.%M")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def static_url(folder: Path, name: str) -> str:
    """The address of a file of ours, with a fingerprint so that it may be kept for good."""
    mark = _fingerprint(folder / name)
    return f"/static/{name}?v={mark}" if mark else f"/static/{name}"


@cache
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
