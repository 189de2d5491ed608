"""What each step of the path says: every stage, before, on and after the day it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests import test_stories as stories
from tests.conferences import walk as table
from tests.family.walk import accepted, called, divided
from tests.support import CAST, Site, register_sample, take
from tests.test_stories import Told

STEPS = ("Aanmelding", "Gesprek", "Hulp kiezen", "Plan maken", "Hulp", "Kijken of het helpt")
LINE = re.compile(
    r'<li(?: class="(\w+)")?[^>]*><span class="dot">.*?</span><span>(.*?)(?:<small>(.*?)</small>)?</span>'
)


def path(site: Site, reference: str, who: str = "moeder") -> dict[str, str]:
    """The note of each step."""
    page = site.as_(who, reference).get(f"/mijn-plan/{reference}").text
    steps = page.split('<ol class="steps">')[1].split("</ol>")[0]
    return {label: note for _, label, note in LINE.findall(steps)}


def now(site: Site, reference: str, who: str = "moeder") -> str:
    page = site.as_(who, reference).get(f"/mijn-plan/{reference}").text
    return page.split('aria-labelledby="nu"')[1].split("</section>")[0]


def planned(site: Site) -> str:
    return table.planned(site, table.prepared(site, 7))


def opened_a_day_late(site: Site) -> str:
    """Planned for Tuesday the 17th, held on Wednesday the 18th."""
    reference = planned(site)
    site.move(days=9)
    table.attend(site, reference)
    take(site, "chair", reference, "open_conference")
    return reference


def concluded(site: Site) -> str:
    reference = opened_a_day_late(site)
    table.ask(site, reference)
    table.state_all(site, reference)
    take(site, "chair", reference, "conclude_consensus", **table.OUTCOME)
    site.move(minutes=1)
    return reference


def told(site: Site) -> Told:
    found = Told(site)
    stories.in_care(found)
    return found


def chair_of(site: Site, reference: str) -> str:
    """The name of who leads the case: the rota chose."""
    chair = site.who("chair", reference)
    return next(CAST[nick].name for nick, account in site.cast.items() if account == chair)


def in_words(site: Site, day: date) -> str:
    """A day as the page of today says it."""
    return str(site.app.state.pages.catalogues.translator().day(day, site.on))


TABLE: tuple[tuple[str, Callable[[Site], str], int, str, str], ...] = (
    ("registered, the same day", lambda site: register_sample(site, 7), 0, "Aanmelding", "Dit gebeurt nu."),
    (
        "registered, two days on",
        lambda site: register_sample(site, 7),
        2,
        "Aanmelding",
        "Sinds maandag 9 november. Dit gebeurt nu.",
    ),
    (
        "preparing without a day",
        lambda site: table.prepared(site, 7),
        3,
        "Gesprek",
        "Er is nog geen dag. Die hoort u van {chair}.",
    ),
    ("planned, before", planned, 0, "Gesprek", "Dit is op dinsdag 17 november."),
    ("planned, on the day", planned, 8, "Gesprek", "Dit is vandaag."),
    (
        "planned, after",
        planned,
        9,
        "Gesprek",
        "De dag is voorbij. U hoort van {chair} een nieuwe dag.",
    ),
    ("open, on the day", opened_a_day_late, 0, "Gesprek", "Dit gebeurt nu."),
    (
        "open, after",
        opened_a_day_late,
        12,
        "Gesprek",
        "Het gesprek was op woensdag 18 november. U hoort nog hoe het verder gaat.",
    ),
    ("held on another day", concluded, 0, "Gesprek", "Woensdag 18 november. Klaar."),
    ("choosing, the same day", concluded, 0, "Hulp kiezen", "Dit gebeurt nu."),
    ("choosing, a day on", concluded, 1, "Hulp kiezen", "Sinds woensdag 18 november. Dit gebeurt nu."),
    ("planning, the same day", lambda site: accepted(site), 0, "Plan maken", "Dit gebeurt nu."),
    (
        "planning, a week on",
        lambda site: accepted(site),
        7,
        "Plan maken",
        "Sinds dinsdag 17 november. Dit gebeurt nu.",
    ),
)


@pytest.mark.parametrize(("build", "days", "step", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_step_says_what_is_true_today(
    site: Site, build: Callable[[Site], str], days: int, step: str, says: str
) -> None:
    reference = build(site)
    site.move(days=days)

    notes = path(site, reference)

    assert tuple(notes) == STEPS
    assert notes[step] == says.format(chair=chair_of(site, reference))


def test_help_runs_until_all_is_over(site: Site) -> None:
    found = told(site)
    case = site.case(found.reference)
    began, due_on = case.help_started_on, case.evaluation_due_on
    assert began is not None and due_on is not None
    site.move(days=(began - site.on).days - 1)
    assert path(site, found.reference)["Hulp"] == f"De hulp begint op {in_words(site, began)}."
    site.move(days=1)
    assert path(site, found.reference)["Hulp"] == "De hulp begint vandaag."
    site.move(days=1)
    runs = f"De hulp loopt sinds {in_words(site, began)}."
    assert path(site, found.reference)["Hulp"] == runs

    found.take("provider", "start_evaluation")
    assert path(site, found.reference)["Hulp"] == runs
    assert path(site, found.reference)["Kijken of het helpt"] == "Dit gebeurt nu."


def test_the_day_to_look_again_is_coming_then_today_then_passed(site: Site) -> None:
    found = told(site)
    due_on = site.case(found.reference).evaluation_due_on
    assert due_on is not None
    site.move(days=1)
    assert path(site, found.reference)["Kijken of het helpt"] == f"Dit is op {in_words(site, due_on)}."
    site.move(days=(due_on - site.on).days)
    assert path(site, found.reference)["Kijken of het helpt"] == "Dit is vandaag."
    site.move(days=1)
    assert path(site, found.reference)["Kijken of het helpt"].startswith("De dag is voorbij. U hoort ")


def test_the_last_steps_are_done_on_the_day_they_were(site: Site) -> None:
    found = told(site)
    site.move(days=2)
    found.story.evaluation(*stories.FAMILY)
    found.take("provider", "propose_closing")
    assert path(site, found.reference)["Kijken of het helpt"] == "We ronden de hulp af."
    site.move(days=3)
    found.take("referrer", "close")
    site.move(days=5, minutes=1)

    over = path(site, found.reference)

    closed = in_words(site, site.on - timedelta(days=5))
    assert over["Hulp"] == f"{closed[0].upper()}{closed[1:]}. Klaar."


def test_a_planned_day_that_passed_is_not_promised_any_more(site: Site) -> None:
    reference = planned(site)
    site.move(days=9)

    mother, youth = now(site, reference), now(site, reference, "jeugdige")

    assert "We praten op" not in mother
    assert "De dag van het gesprek is voorbij. Dat was dinsdag 17 november." in mother
    leads = chair_of(site, reference)
    assert f"U hoort van {leads} een nieuwe dag." in mother
    assert f"Je hoort van {leads} een nieuwe dag." in youth


def test_a_talk_of_another_day_is_not_happening_now(site: Site) -> None:
    reference = opened_a_day_late(site)
    site.move(days=2)

    assert "We praten nu" not in now(site, reference)
    assert "We praatten op woensdag 18 november." in now(site, reference)


def test_while_hard_news_waits_the_talk_tells_no_more_than_that_it_was(site: Site) -> None:
    reference = divided(site, 7)

    waiting = path(site, reference)
    called(site, reference, "moeder")
    after = path(site, reference)

    assert waiting["Gesprek"] == "Het gesprek was op dinsdag 17 november. U hoort nog hoe het verder gaat."
    assert waiting["Hulp kiezen"] == "Na het gesprek."
    assert after["Gesprek"] == "Dinsdag 17 november. Klaar."


def test_who_was_advised_elsewhere_without_a_talk_reads_of_none(site: Site) -> None:
    found = Told(site, 7)
    found.take("chair", "declare_independence")
    found.take("chair", "advise_elsewhere")

    assert path(site, found.reference)["Gesprek"] == "Er was geen gesprek."
