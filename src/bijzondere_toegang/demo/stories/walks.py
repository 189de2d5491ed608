"""The stretches of the process that stories share, from being taken up to being closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences.choices import waiting_holders
from bijzondere_toegang.conferences.inviting import items_to_share
from bijzondere_toegang.conferences.queries import seats
from bijzondere_toegang.decisions.choices import remedies, signatures
from bijzondere_toegang.demo.beats import Answers, Story
from bijzondere_toegang.plans.choices import plan_goals, plan_version

VVG, MUT = "sv-vincent-van-gogh", "sv-mutsaersstichting"
REPS: Mapping[str, str] = {VVG: "rep-vvg", MUT: "rep-mut"}
PROVIDERS: Mapping[str, tuple[str, str, str]] = {
    VVG: ("provider-vvg", "vincent-van-gogh", "Zoran Petrović"),
    MUT: ("provider-mut", "mutsaersstichting", "Femke Aerts"),
}
PHONE = "077 000 00 00"
AGREED: Mapping[str, Any] = {"standpunt": "eens"}
RUNGS = ("eigenNetwerk", "gezin", "thuis", "deeltijd", "kleinschalig")


@dataclass(frozen=True, slots=True)
class Table:
    """What was said at one table. `rejected` says per rung of the ladder why it was not chosen."""

    place: str
    begins: str
    proposal: str
    result: str
    why: str
    consortium: str
    chosen: tuple[str, ...]
    rejected: str
    minutes: Mapping[str, str]
    voices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """by family word, referrer or consortium; who is left out agrees"""


def taken_up(story: Story) -> None:
    story.does("anneke", "declare_independence", {"band": False})
    story.does("anneke", "take_up")


def planned(story: Story, day: date, table: Table) -> None:
    answers = {"datum": day.isoformat(), "begintijd": table.begins, "duur": 90, "plaats": table.place}
    story.does("planner", "plan_conference", answers)
    for rep in REPS.values():
        story.may(rep, "declare_independence", {"band": False})


def invited(story: Story, who: str, step: str, name: str, until: date, **more: Any) -> None:
    """A guest or a confidant, for whom everything is ticked that is no document."""

    def answers(scene: Scene) -> dict[str, Any]:
        shared = [choice.value for choice in items_to_share(scene) if choice.hint]
        email = f"{name.split()[0].casefold()}@example.org"
        return {"naam": name, "email": email, "totEnMet": until.isoformat(), "stukken": shared, **more}

    story.does(who, step, answers)


def held(story: Story, table: Table, kin: Sequence[str]) -> None:
    """The table opens, a proposal is made and everybody with a position states it."""
    story.does("anneke", "record_attendance", attendance)
    story.does("anneke", "open_conference")
    story.does("anneke", "ask_round", {"voorstel": table.proposal, "resultaat": table.result})
    speakers = {word: story.kin(word) for word in kin} | {"referrer": story.referrer} | dict(REPS)
    for word, who in speakers.items():
        story.does(who, "state_position", dict(table.voices.get(word, AGREED)))


def recorded_for(story: Story, words: str) -> None:
    """The chair records the position of who could not state it herself, on her word."""

    def answers(scene: Scene) -> dict[str, Any]:
        return {"houder": waiting_holders(scene)[0].value, "standpunt": "eens-met-zorg", "woorden": words}

    story.does("anneke", "record_position_for", answers)


def attendance(scene: Scene) -> dict[str, Any]:
    """Everybody is there, and nobody who works there has a tie."""
    rows = []
    for seat in seats(scene):
        row: dict[str, Any] = {"zetel": str(seat.id), "aanwezig": "aanwezig"}
        rows.append(row if seat.party_id else {**row, "band": "geen"})
    return {"aanwezigheid": rows}


def concluded(story: Story, table: Table, summary: str = "") -> None:
    """With a summary there was no consensus."""
    outcome = outcome_of(table)
    if summary:
        story.does("anneke", "conclude_no_consensus", {**outcome, "samenvatting": summary})
    else:
        story.does("anneke", "conclude_consensus", outcome)
    story.may("anneke", "write_minutes", dict(table.minutes))
    story.may("anneke", "put_up_minutes")


def outcome_of(table: Table) -> dict[str, Any]:
    rejected = {"uitkomst": "afgewezen", "waarom": table.rejected}
    return {
        "hulp": table.proposal,
        "resultaat": table.result,
        "ladder": {rung: {"uitkomst": "gekozen"} if rung in table.chosen else rejected for rung in RUNGS},
        "samenwerkingsverband": table.consortium,
        "waarom": table.why,
    }


def reacted(story: Story, who: Sequence[str]) -> None:
    for each in who:
        story.may(each, "react_to_minutes", {"reactie": "klopt"})


def confirmed(story: Story, table: Table, day: date, words: str) -> None:
    """The referrer makes a decision of what the table agreed."""

    def answers(scene: Scene) -> dict[str, Any]:
        return formal(scene, table, day, words)

    story.does(story.referrer, "confirm_outcome", answers)


def formal(scene: Scene, table: Table, day: date, words: str) -> dict[str, Any]:
    """Where it leads, the words that go with the letter, the remedy and who signs."""
    found = {
        "vervolg": "placing",
        "samenwerkingsverband": table.consortium,
        "trede": "3",
        "toelichting": words,
        "bekendgemaaktOp": day.isoformat(),
        "rechtsmiddel": remedies(scene)[0].value,
        "ondertekening": signatures(scene)[0].value,
    }
    if found["ondertekening"] == "samen":
        found |= {"tweedeNaam": "Truus Linders", "tweedeFunctie": "teamleider"}
    return found


def accepted(story: Story, consortium: str, first_contact: date) -> None:
    _, organisation, name = PROVIDERS[consortium]
    answers = {
        "aanbieder": organisation,
        "regiebehandelaar": name,
        "eersteContact": first_contact.isoformat(),
        "contactpersoon": name,
        "telefoon": PHONE,
        "meteenStarten": True,
    }
    story.does(REPS[consortium], "accept_placement", answers)


def plan_put_up(story: Story, consortium: str, plan: Mapping[str, Any]) -> None:
    provider, _, name = PROVIDERS[consortium]
    more = {"hulpDoor": name, "contact": f"{name}, {PHONE}", "hulpThuis": True, "medischeBehandeling": False}
    story.does(provider, "write_plan", {**more, **plan})
    story.does(provider, "put_up_plan")


def consented(story: Story, kin: Sequence[str]) -> None:
    """Each family member answers; who is not asked by law is refused, and the story goes on."""
    for word in kin:
        story.may(story.kin(word), "consent", lambda scene: {"versie": version(scene), "antwoord": "ja"})


def plan_agreed(story: Story, consortium: str) -> None:
    provider, _, _ = PROVIDERS[consortium]
    story.does(story.referrer, "confirm_plan", lambda scene: {"versie": version(scene)})
    story.does(provider, "agree_plan")


def version(scene: Scene) -> str:
    return plan_version(scene)[0].value


def scored(story: Story, who: str, marks: Sequence[int], words: str) -> None:
    """A mark for each goal of the plan, in order."""

    def answers(scene: Scene) -> dict[str, Any]:
        goals = [choice.value for choice in plan_goals(scene)]
        rows = zip(goals, marks, strict=False)
        return {"scores": [{"doel": goal, "cijfer": mark, "woorden": words} for goal, mark in rows]}

    story.may(who, "score", answers)


def results(outcome: str, words: str) -> Answers:
    """The same outcome for each goal of the plan."""
    return lambda scene: {
        "resultaten": [{"doel": one.value, "uitkomst": outcome, "woorden": words} for one in plan_goals(scene)],
    }
