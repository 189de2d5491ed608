"""Every page that a story passes, for everybody in it: no fault by axe, no sideways scrolling, and a keyboard is enough."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.walking import DESK, PATIENCE, PHONE, Browsers, Live, Person, width_of
from tests.test_stories import FAMILY, Told

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
MAIN = re.compile(r"/(werkvoorraad|zaken/BT-\d+|mijn-plan/BT-\d+)")
"""Pages that look different for everybody and at every stage; the others are looked at once in a crawl."""
LINKS = "links => links.map(link => link.getAttribute('href'))"
OUTLINE = """() => { const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 }"""
SEND = "form:has(input[name='_stap']) button.nl-button:not([name])"
TABS = 60


class Inspector:
    """Walks from the home page over every link of the page itself, and looks at each kind of page once."""

    def __init__(self, told: Told, browsers: Browsers) -> None:
        self.told, self.browsers = told, browsers
        self.seen: set[tuple[str, ...]] = set()
        self.faults: list[str] = []
        self.axe = Axe()

    def round(self, who: Sequence[str]) -> None:
        """Everybody looks at everything, as the case stands now."""
        stage = self.told.site.case(self.told.reference).stage
        for name in who:
            self._walk(self.browsers.of(name, self.told.reference), stage)

    def _walk(self, person: Person, stage: str) -> None:
        person.page.goto("/")
        waiting, queued = deque([urlsplit(person.page.url).path]), set()
        while waiting:
            path = waiting.popleft()
            key = (path, person.who, stage) if MAIN.fullmatch(path) else (path,)
            if key in self.seen:
                continue
            self.seen.add(key)
            answer = person.page.goto(path)
            if answer is None or answer.status != 200:
                self.faults.append(f"{key}: {answer.status if answer else 'no answer'}")
                continue
            self.faults.extend(f"{key}: {fault}" for fault in self.look(person.page))
            found = person.page.locator("main a[href^='/']:not([download])").evaluate_all(LINKS)
            fresh = [to for link in found if (to := urlsplit(link).path) not in queued]
            queued.update(fresh)
            waiting.extend(fresh)

    def look(self, page: Page) -> list[str]:
        """What is wrong with this page, by axe at a desk's width and by scrolling on a phone."""
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = self.axe.run(page, options=RULES).response["violations"]
        faults = [f"{one['id']} {[node['html'][:160] for node in one['nodes']][:2]}" for one in found]
        page.set_viewport_size({"width": PHONE, "height": 700})
        if (width := width_of(page)) > PHONE:
            faults.append(f"{width} pixels wide on a phone: {widest(page)}")
        page.set_viewport_size({"width": DESK, "height": 900})
        return faults


def widest(page: Page) -> str:
    """The element that sticks out furthest."""
    return str(
        page.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .map(one => [one.getBoundingClientRect().right, one.outerHTML.slice(0, 120)])
              .sort((a, b) => b[0] - a[0])[0].join(" ")"""
        )
    )


def whole_story(told: Told, look: Callable[[], None]) -> None:
    """From registration to closed without consensus; `look` is called wherever the pages change."""
    story = told.story
    look()
    story.to_preparing()
    look()
    told.take("chair", "plan_conference")
    look()
    for rep in ("vvg1", "muts1"):
        told.take(rep, "declare_independence")
    story.wait(7)
    for step in ("record_attendance", "open_conference", "ask_round"):
        told.take("chair", step)
    look()
    story.positions(*FAMILY, vader="oneens")
    told.take("chair", "write_minutes")
    told.take("chair", "conclude_no_consensus")
    look()
    told.take("referrer", "decide")
    for word in FAMILY:
        told.take("referrer", "record_call", metWie=word)
    look()
    told.take("vvg1", "return_placement")
    look()
    told.take("chair", "propose_again")
    told.take("referrer", "confirm_outcome")
    told.provider = "zorg_muts1"
    told.take("muts1", "accept_placement")
    told.take("provider", "write_plan")
    told.take("provider", "put_up_plan")
    told.take("referrer", "confirm_plan")
    look()
    for who in FAMILY:
        told.take(who, "consent")
    told.take("provider", "start_help")
    told.take("provider", "agree_plan")
    look()
    story.evaluation(*FAMILY)
    look()
    told.take("provider", "propose_closing")
    told.take("referrer", "close")
    look()


@pytest.mark.parametrize(
    "roles",
    [
        pytest.param(("chair",), id="chair"),
        pytest.param(("referrer",), id="referrer"),
        pytest.param(("vvg1", "muts1", "zorg_muts1"), id="help"),
        pytest.param(("moeder", "jeugdige", "planner", "fg", "analist"), id="family and office"),
    ],
)
def test_every_page_of_a_story_is_open_to_everybody(live: Live, browsers: Browsers, roles: tuple[str, ...]) -> None:
    told = live.told()
    inspector = Inspector(told, browsers)

    whole_story(told, lambda: inspector.round(roles))

    print(f"{len(inspector.seen)} pages")
    assert inspector.faults == []


def test_pages_for_who_is_not_in_yet_are_open_to_everybody(live: Live, browsers: Browsers) -> None:
    inspector = Inspector(live.told(), browsers)
    page = browsers.stranger()
    faults = []

    for path in ("/inloggen", "/inloglink", "/hulp", "/welkom/bestaat-niet", "/hulp?taal=en"):
        page.goto(path)
        faults += inspector.look(page)

    browsers.watch.forgive("404")
    assert faults == []


def test_a_form_that_is_refused_is_open_to_everybody(live: Live, browsers: Browsers) -> None:
    told = live.told()
    told.take("chair", "declare_independence")
    chair = browsers.of("chair", told.reference)
    chair.come_home()
    chair.open_step("ask_supplement")

    chair.press()

    summary = chair.page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert Inspector(told, browsers).look(chair.page) == []
    summary.get_by_role("link").first.click()
    assert chair.page.evaluate("document.activeElement.name") == "ontbreekt"
    browsers.watch.forgive("422")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; wherever it is on the way, one can see it."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINE), f"no visible focus on {page.evaluate('document.activeElement.outerHTML')[:200]}"
        if page.locator(selector).first.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{selector} can't be reached by keyboard on {page.url}")


def enter(page: Page) -> None:
    """Press Enter on what has the focus, and come to the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_chair_takes_a_step_by_keyboard_alone(live: Live, browsers: Browsers) -> None:
    told = live.told()
    told.take("chair", "declare_independence")
    page = browsers.of("chair", told.reference).page
    page.goto("/")

    for selector in (f".work a[href='/zaken/{told.reference}']", ".card a.nl-button--primary", SEND):
        tab_to(page, selector)
        enter(page)

    expect(page.get_by_role("status")).to_be_visible(timeout=PATIENCE)
    assert told.stage == "preparing"


def test_a_mother_answers_by_keyboard_alone(live: Live, browsers: Browsers) -> None:
    told = live.told()
    told.story.to_preparing()
    told.story.to_the_table()
    page = browsers.of("moeder", told.reference, width=PHONE).page
    page.goto("/")

    tab_to(page, ".now a.nl-button--primary")
    enter(page)
    tab_to(page, "[name='standpunt']")
    page.keyboard.press("Space")
    tab_to(page, SEND)
    enter(page)

    expect(page.get_by_role("status")).to_be_visible(timeout=PATIENCE)
