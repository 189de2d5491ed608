"""People in front of a browser: they click the links that a page offers, fill fields by name, and press the button.

anna = browsers.of("chair", reference)         # signed in, at her own width, with or without JavaScript
anna.take("take_up")                           # home, case, step, fields, button; ends on the page it leads to
anna.page, anna.stage, anna.watch.faults
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, WebError, expect

from bijzondere_toegang.cases.advance import choices_of
from bijzondere_toegang.people.login import start_session
from bijzondere_toegang.people.visits import SESSION_COOKIE
from bijzondere_toegang.web.forms import json_schema
from tests.story import Story, answers
from tests.support import Site, scene
from tests.test_stories import Told

FAMILY = frozenset({"moeder", "vader", "voogd", "jeugdige"})
PHONE, DESK = 320, 1280
"""Widths in CSS pixels; 320 is what WCAG 1.4.10 asks."""
PATIENCE = 10_000
"""Milliseconds that a page may take on a busy machine."""

_FIELDS = "form => [...form.elements].filter(e => e.name).map(e => [e.name, e.type, e.value])"
_STORED = """async () => localStorage.length + sessionStorage.length + (await indexedDB.databases()).length
  + (await caches.keys()).length + (await navigator.serviceWorker.getRegistrations()).length
  + (await navigator.storage.estimate()).usage"""


@dataclass
class Live:
    """A site that listens, and its address."""

    site: Site
    url: str

    def told(self, number: int = 1) -> Told:
        """A case of this sample; its `take` goes by `advance`, for what a journey is not about."""
        return Told(self.site, number)

    def words(self, key: str) -> str:
        """The Dutch of a key."""
        translator = self.site.app.state.pages.catalogues.translator("nl")
        return str(translator.gettext(key))


@dataclass
class Watch:
    """What no page may do: complain in the console, break its own policy, ask another host for anything."""

    url: str
    faults: list[str] = field(default_factory=list)
    pages: int = 0

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def forgive(self, status: str) -> None:
        """Drop what the browser said about a refusal that was asked for."""
        self.faults = [fault for fault in self.faults if f"status of {status}" not in fault]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        self.pages += request.is_navigation_request()
        if not request.url.startswith((self.url, "data:")):
            self.faults.append(f"left the house: {urlsplit(request.url).hostname}")


class Browsers:
    """Hands every person a browser of her own, and knows at the end whether all behaved."""

    def __init__(self, live: Live, chromium: Browser) -> None:
        self.live, self.chromium = live, chromium
        self.watch = Watch(live.url)
        self.opened: dict[tuple[Any, ...], Person] = {}

    def of(self, who: str, reference: str, *, scripts: bool = True, width: int = DESK) -> Person:
        """The browser of this person; the same one when she comes back."""
        account = self.live.site.who(who, reference)
        key = (account, reference, scripts, width)
        if key not in self.opened:
            page = self.stranger(scripts=scripts, width=width)
            with self.live.site.database.write() as tx:
                session = start_session(tx, account, self.live.site.at, by="passkey")
            page.context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": self.live.url}])
            self.opened[key] = Person(self.live, page, who, reference)
        return self.opened[key]

    def stranger(self, *, scripts: bool = True, width: int = DESK) -> Page:
        """A page nobody is signed in on."""
        context = self.chromium.new_context(
            base_url=self.live.url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900 if width > 400 else 700},
            locale="nl-NL",
        )
        context.set_default_timeout(PATIENCE)
        self.watch.over(context)
        return context.new_page()

    def pages(self) -> Iterator[Page]:
        for context in self.chromium.contexts:
            yield from context.pages

    def close(self) -> list[str]:
        """Close everything; returns what went wrong."""
        left = [stored for page in self.pages() if (stored := stored_in(page))]
        for context in self.chromium.contexts:
            context.close()
        return self.watch.faults + [f"kept in the browser: {count}" for count in left]


def stored_in(page: Page) -> int:
    """How many things this page's site keeps in the browser, cookies aside."""
    at_home = page.url.startswith("http")
    return int(page.evaluate(_STORED)) if at_home else 0


def width_of(page: Page) -> int:
    """How wide the page is, in CSS pixels; more than the window means scrolling sideways."""
    return int(page.evaluate("document.scrollingElement.scrollWidth"))


def follow(page: Page, to: Locator) -> None:
    """Click what leads to another page and wait until that is there, whole; a click alone may come back before."""
    with page.expect_navigation(wait_until="load"):
        to.click()


class Person:
    """Somebody with a browser and a case."""

    def __init__(self, live: Live, page: Page, who: str, reference: str) -> None:
        self.live, self.page, self.who, self.reference = live, page, who, reference

    @property
    def is_family(self) -> bool:
        return self.who in FAMILY

    @property
    def case_path(self) -> str:
        return f"/mijn-plan/{self.reference}" if self.is_family else f"/zaken/{self.reference}"

    def come_home(self) -> None:
        """To the case by the ordinary way: the own home page first."""
        self.page.goto("/")
        if self.is_family:
            expect(self.page.locator("html.gezin")).to_be_attached()
        else:
            here = self.page.locator(f"main a[href='/zaken/{self.reference}']").first
            if not here.is_visible():
                follow(self.page, self.page.locator("a.chip", has_text="Klaar"))
            follow(self.page, here)
        assert urlsplit(self.page.url).path == self.case_path, f"{self.who} came to {self.page.url}"

    def take(self, step: str, **said: Any) -> None:
        """Take a step from the own home page on; it must be offered, and it must succeed."""
        self.come_home()
        self.open_step(step)
        fill(self.form, self.answers(step, **said))
        self.press()
        wrong = self.page.locator(".error-summary")
        assert wrong.count() == 0, f"{self.who}, {step}: {wrong.first.inner_text()}"

    def open_step(self, step: str) -> None:
        """Click the link of a step on the page of the case; unfolds what hides it."""
        link = self.page.locator(f"main a[href='{self.case_path}/stappen/{step}']").first
        expect(link, f"{self.who} is offered {step}").to_be_attached()
        if not link.is_visible():
            link.locator("xpath=ancestor::details/summary").first.click()
        follow(self.page, link)
        assert self.page.url.endswith(f"/stappen/{step}"), f"{self.who}, {step}: {self.page.url}"

    @property
    def form(self) -> Locator:
        return self.page.locator("main form:has(input[name='_stap'])")

    def press(self) -> None:
        """The button that sends the form."""
        follow(self.page, self.form.locator("button.nl-button:not([name])"))

    def answers(self, step: str, **said: Any) -> dict[str, Any]:
        """What she says, chosen from what the case offers her now."""
        with self.live.site.database.read() as tx:
            seen = scene(self.live.site, tx, self.who, self.reference)
            form = seen.process.forms[seen.workflow.steps[step].form]
            schema = json_schema(form, choices_of(seen, form))
        return answers(step, schema, self.live.site.on, **said)

    @property
    def stage(self) -> str:
        """Where the case stands, as the page of a professional says it."""
        return self.page.locator(".band .tags > *").first.inner_text()

    @property
    def timeline(self) -> list[str]:
        """The sentences of the timeline, oldest first."""
        lines = self.page.locator(".timeline li").evaluate_all("lines => lines.map(line => line.lastChild.textContent)")
        return [str(line) for line in reversed(lines)]


def fill(form: Locator, data: Mapping[str, Any]) -> None:
    """Fill a form as a person would. What is hidden stays as it came, and must say what was meant."""
    for name, rows in data.items():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            _make_room(form, name, len(rows))
    drawn = form.evaluate(_FIELDS)
    values = _flat(data, {name: value for name, kind, value in drawn if kind == "hidden"})
    kinds = {name: kind for name, kind, _ in drawn}
    # The story asks everybody for a tie; a page asks only who works there.
    unknown = {name for name in values.keys() - kinds.keys() if not name.endswith(".band")}
    assert not unknown, f"no field for {sorted(unknown)}, only {sorted(kinds)}"
    for name in dict.fromkeys(name for name, _, _ in drawn if name in values):
        _fill_one(form, name, kinds[name], values[name])


def _make_room(form: Locator, name: str, count: int) -> None:
    """Press "another one" until there are enough rows."""
    while (there := _rows(form.evaluate(_FIELDS), name)) < count:
        form.locator(f"button[name='_meer'][value='{name}']").click()
        expect(form.locator(f"[name^='{name}.{there}.']").first).to_be_attached()


def _rows(drawn: list[list[str]], name: str) -> int:
    return len({field.split(".")[1] for field, _, _ in drawn if field.startswith(f"{name}.")})


def _flat(data: Mapping[str, Any], hidden: Mapping[str, str], at: str = "") -> dict[str, Any]:
    """The answers by the names of HTML: `doelen.0.tekst`. A row goes where its hidden field says."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        path = f"{at}{name}"
        if isinstance(value, dict):
            found |= _flat(value, hidden, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, row in enumerate(value):
                found |= _flat(row, hidden, f"{path}.{_place(row, path, index, hidden)}.")
        else:
            found[path] = value
    return found


def _place(row: Mapping[str, Any], path: str, index: int, hidden: Mapping[str, str]) -> str:
    for name, value in hidden.items():
        head, _, last = name.rpartition(".")
        if head.startswith(f"{path}.") and row.get(last) == value:
            return head.removeprefix(f"{path}.")
    return str(index)


def _fill_one(form: Locator, name: str, kind: str, value: Any) -> None:
    drawn = form.locator(f"[name='{name}']")
    if kind == "hidden":
        assert drawn.input_value() == str(value), f"{name}: {drawn.input_value()}"
    elif not drawn.first.is_visible():
        return  # an earlier answer made the page drop this question
    elif kind == "checkbox" and isinstance(value, bool):
        drawn.set_checked(value)
    elif kind in ("checkbox", "radio"):
        for one in value if isinstance(value, list) else [value]:
            form.locator(f"[name='{name}'][value='{_sent(one)}']").check()
    elif kind == "select-one":
        drawn.select_option(_sent(value))
    else:
        drawn.fill(_sent(value))


def _sent(value: Any) -> str:
    return {True: "ja", False: "nee"}[value] if isinstance(value, bool) else str(value)


class Journey:
    """A story told in browsers: `story` is that of tests/story.py, each act through the pages."""

    def __init__(
        self, browsers: Browsers, reference: str, *, scripts: bool = True, provider: str = "zorg_vvg1"
    ) -> None:
        self.browsers, self.live, self.reference = browsers, browsers.live, reference
        self.scripts, self.provider = scripts, provider
        self.accounts: set[Any] = set()
        self.acts: list[str] = []
        self.story = Story(self.take, lambda days: self.live.site.move(days=days))

    def person(self, who: str) -> Person:
        who = self.provider if who == "provider" else who
        self.accounts.add(self.live.site.who(who, self.reference))
        width = PHONE if who in FAMILY else DESK
        return self.browsers.of(who, self.reference, scripts=self.scripts, width=width)

    def take(self, who: str, step: str, **said: Any) -> None:
        """Take the step; afterwards the page says where the case stands, and it says so rightly."""
        person = self.person(who)
        person.take(step, **said)
        self.acts.append(step)
        stage = self.live.site.case(self.reference).stage
        if person.is_family:
            expect(person.page.get_by_role("status")).to_be_visible()
            assert width_of(person.page) <= PHONE
        elif urlsplit(person.page.url).path == person.case_path:
            assert person.stage == self.live.words(f"stage.{stage}")

    def call(self, who: str, *family: str) -> None:
        """Ring each of the family with hard news: before that their pages keep still about it."""
        for word in family:
            self.take(who, "record_call", metWie=word)

    @property
    def stage(self) -> str:
        return self.live.site.case(self.reference).stage
