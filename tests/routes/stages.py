"""One case per stage, brought there by the stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bijzondere_toegang.cases.advance import advance, choices_of
from bijzondere_toegang.web.forms import json_schema
from tests.story import Story, answers
from tests.support import Site, once, register_sample, scene

FAMILY = ("jeugdige", "moeder", "vader")


class Told(Story):
    """A case of sample 1 that is taken through its process by `advance`."""

    def __init__(self, site: Site) -> None:
        self.site, self.reference = site, register_sample(site, 1)
        super().__init__(self._take, lambda days: site.move(days=days))

    def _take(self, who: str, step: str, **said: Any) -> None:
        who = "zorg_vvg1" if who == "provider" else who
        with self.site.database.write() as tx:
            seen = scene(self.site, tx, who, self.reference)
            form = self.site.process.forms[seen.workflow.steps[step].form]
            schema = json_schema(form, choices_of(seen, form))
            advance(seen, step, data=answers(step, schema, self.site.on, **said), revision=seen.case.revision)


def _supplementing(story: Story) -> None:
    story.take("chair", "declare_independence")
    story.take("chair", "ask_supplement")


def _planned(story: Story) -> None:
    story.to_preparing()
    story.take("chair", "plan_conference")


def _at_the_table(story: Story) -> None:
    story.to_preparing()
    story.to_the_table()


def _agreed(story: Story) -> None:
    _at_the_table(story)
    story.positions(*FAMILY)
    story.take("chair", "conclude_consensus")


def _divided(story: Story) -> None:
    _at_the_table(story)
    story.positions(*FAMILY, vader="oneens")
    story.take("chair", "conclude_no_consensus")


def _overdue(story: Story) -> None:
    story.to_placing(*FAMILY)
    story.wait(10)


def _returned(story: Story) -> None:
    story.to_placing(*FAMILY)
    story.take("vvg1", "return_placement")


def _planning(story: Story) -> None:
    story.to_placing(*FAMILY)
    story.take("vvg1", "accept_placement")


def _in_care(story: Story) -> None:
    _planning(story)
    story.plan_to_care(*FAMILY)


def _evaluating(story: Story) -> None:
    _in_care(story)
    story.evaluation(*FAMILY)


def _closing(story: Story) -> None:
    _in_care(story)
    story.take("referrer", "end_care")


def _closed(story: Story) -> None:
    _closing(story)
    story.take("referrer", "close")


STORIES: Mapping[str, Callable[[Story], None]] = {
    "registered": lambda story: None,
    "supplementing": _supplementing,
    "preparing": Story.to_preparing,
    "conference_planned": _planned,
    "conference_open": _at_the_table,
    "formalising": _agreed,
    "referrer_decision": _divided,
    "placing": _overdue,
    "placement_returned": _returned,
    "planning": _planning,
    "in_care": _in_care,
    "evaluating": _evaluating,
    "closing": _closing,
    "closed": _closed,
}
"""Every stage but `draft` (see `drafted`), `referred_back` and `withdrawn`. In `placing` the term has passed."""


@once
def reach(site: Site, stage: str) -> str:
    """A case in this stage; its reference."""
    if stage == "draft":
        return drafted(site)
    story = Told(site)
    STORIES[stage](story)
    assert site.case(story.reference).stage == stage
    return story.reference


def drafted(site: Site) -> str:
    answer = site.as_("verwijzer1").post("/aanmeldingen")
    return str(answer.headers["location"]).rpartition("/")[2]
