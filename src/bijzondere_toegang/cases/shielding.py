"""Keeping an item from somebody: shielding, withholding in the child's interest, lifting, and *Wie mag dit lezen?*"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, exists, or_, select

from bijzondere_toegang.cases.deadlines import replan_case
from bijzondere_toegang.cases.items import (
    ALONE,
    is_answered_by_youth,
    parents_in,
    readable_items,
    reading_answers,
    standing_holds,
    youths,
)
from bijzondere_toegang.cases.models import Item, ItemHold, ReadingAnswer
from bijzondere_toegang.cases.process import Act, Room, Scene
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, Fault, Incomplete, Sentence
from bijzondere_toegang.web.forms import Answers, Choice, Chosen, Day, OptionalDay, Text, field, rule

IN_CHARGE = frozenset({"chair.assigned", "referrer.own", "referrer.delegate"})
"""Relations that read in the timeline that something was kept from somebody."""
QUIET = frozenset(
    {
        "answer_reading", "ask_lift", "confirm_lift", "confirm_withholding", "end_confidant", "invite_confidant",
        "review_withholding", "shield_item", "tick_for_confidants", "withhold_item",
    }
)  # fmt: skip
"""Steps that would tell a reader that something is kept back, or whom somebody trusts."""
PROFESSIONALS = ("samenwerkingsverbanden", "gi", "pleegouder")
FAMILY = ("parent", "guardian")
LONGEST = timedelta(days=183)
"""Within half a year somebody looks again at what is withheld (CFG)."""
_EXCERPT = 80


class ShieldItem(Answers):
    item: Chosen = field("stuk", widget="radio", choices="stukken")
    kept_from: Chosen = field("voor", widget="radio", choices="voor_wie_dicht")
    reason: Text = field("reden", widget="text")


class WithholdItem(Answers):
    item: Chosen = field("stuk", widget="radio", choices="stukken")
    kept_from: Chosen = field("voor", widget="radio", choices="lezend_gezin")
    reason: Text = field("reden", widget="text")
    review_on: Day = field("herzienOp", widget="date")


class ConfirmWithholding(Answers):
    hold: Chosen = field("afscherming", widget="radio", choices="te_bevestigen")
    agrees: bool = field("eens", widget="radio")
    reason: Text = field("reden", widget="text")


class ReviewWithholding(Answers):
    hold: Chosen = field("afscherming", widget="radio", choices="te_herzien")
    still_needed: bool = field("nogNodig", widget="radio")
    review_on: OptionalDay = field(
        "herzienOp", widget="date", default=None, show_when=("nogNodig", True), required_then=True
    )
    reason: Text = field("reden", widget="text")


class AskLift(Answers):
    hold: Chosen = field("afscherming", widget="radio", choices="op_te_heffen")
    reason: Text = field("reden", widget="text")


class ConfirmLift(Answers):
    hold: Chosen = field("afscherming", widget="radio", choices="opheffing_gevraagd")
    agrees: bool = field("eens", widget="radio")
    reason: Text = field("reden", widget="text")


class ReadingRow(Answers):
    item: Chosen = field("stuk", widget="hidden", choices="eigen_woorden")
    who: Literal["niemand", "helpers"] = field("wie", widget="radio")
    parents: list[Chosen] = field("ouders", widget="checks", choices="ouders_om_te_kiezen", default=[])


class AnswerReading(Answers):
    rows: tuple[ReadingRow, ...] = field("woorden", widget="rows", min_rows=1, fixed_rows=True, row_title="stuk")
    opinions: Literal["niemand", "helpers"] = field("mening", widget="radio")

    @rule
    def one_answer_each(self) -> Iterable[Fault]:
        named = [row.item for row in self.rows]
        for index, item in enumerate(named):
            if item in named[:index]:
                yield Fault(f"/woorden/{index}/stuk", N_("Geef per stuk één antwoord."))


# ── Shielding and withholding ──


def shield_item(act: Act) -> None:
    """At once, on one person's word; lifting it takes two."""
    answers: ShieldItem = act.answers
    _hold(act, "shielded", answers.item, answers.kept_from, answers.reason)


def withhold_item(act: Act) -> None:
    """At once too, for harm does not wait; but it ends by itself unless a second professional confirms it."""
    answers: WithholdItem = act.answers
    _hold(act, "withheld", answers.item, answers.kept_from, answers.reason, answers.review_on)


def review_fits(act: Act) -> Iterator[Fault]:
    day: date | None = act.answers.review_on
    if day is not None and not act.on < day <= act.on + LONGEST:
        yield Fault("/herzienOp", N_("Kies een dag na vandaag, binnen een half jaar."))


def _hold(act: Act, kind: str, item_id: str, kept_from: str, reason: str, review_on: date | None = None) -> None:
    by_me = (one for one in standing_holds(act.scene) if one.set_by == act.by.account_id and one.kind == kind)
    if any(str(one.item_id) == item_id and one.kept_from == kept_from for one in by_me):
        raise Incomplete([Fault("/voor", N_("Dit hebt u al afgeschermd."))])
    item = act.tx.get(Item, UUID(item_id))
    act.tx.add(
        ItemHold(
            case_id=act.case.id,
            holder=item.holder if item else "referrer",
            item_id=UUID(item_id),
            kind=kind,
            kept_from=kept_from,
            set_at=act.at,
            set_by=act.by.account_id,
            own=bool(act.scene.sight.parties),
            review_on=review_on,
            reason=Secret(reason),
        )
    )
    _settle(act)


def _settle(act: Act) -> None:
    """The case remembers the first day on which somebody has to look at what is withheld; its reminders follow."""
    act.tx.flush()
    act.scene.forget()
    withheld = [one for one in standing_holds(act.scene) if one.kind == "withheld"]
    act.case.hold_review_on = min(filter(None, map(_look_before, withheld)), default=None)
    replan_case(act.tx, act.scene.workflow, act.case, act.at)


def _look_before(hold: ItemHold) -> date | None:
    return hold.review_on if hold.confirmed_at else local_day(hold.set_at) + ALONE


def confirm_withholding(act: Act) -> None:
    answers: ConfirmWithholding = act.answers
    hold = _chosen(act, answers.hold)
    if answers.agrees:
        hold.confirmed_at, hold.confirmed_by = act.at, act.by.account_id
        act.tx.add(hold)
    else:
        _lift(act, hold, answers.reason)
    _settle(act)


def review_withholding(act: Act) -> None:
    """Still needed, until another day; or it ends here."""
    answers: ReviewWithholding = act.answers
    hold = _chosen(act, answers.hold)
    if answers.still_needed:
        hold.review_on = answers.review_on
        act.tx.add(hold)
    else:
        _lift(act, hold, answers.reason)
    _settle(act)


def ask_lift(act: Act) -> None:
    """A professional asks, another answers. Who shielded the own words lifts that alone, at once (C25)."""
    answers: AskLift = act.answers
    hold = _chosen(act, answers.hold)
    if hold.own:
        _lift(act, hold, answers.reason)
    else:
        hold.lift_asked_at, hold.lift_asked_by, hold.why_lifted = act.at, act.by.account_id, Secret(answers.reason)
        act.tx.add(hold)
    _settle(act)


def confirm_lift(act: Act) -> None:
    answers: ConfirmLift = act.answers
    hold = _chosen(act, answers.hold)
    if answers.agrees:
        _lift(act, hold, answers.reason)
    else:
        hold.lift_asked_at = hold.lift_asked_by = hold.why_lifted = None
        act.tx.add(hold)
    _settle(act)


def _chosen(act: Act, hold_id: str) -> ItemHold:
    return next(one for one in standing_holds(act.scene) if str(one.id) == hold_id)


def _lift(act: Act, hold: ItemHold, reason: str) -> None:
    hold.lifted_at, hold.lifted_by, hold.why_lifted = act.at, act.by.account_id, Secret(reason)
    act.tx.add(hold)


# ── Wie mag dit lezen? ──


def answer_reading(act: Act) -> None:
    """Per item, and once for the words with positions and scores. It counts from the next request on."""
    answers: AnswerReading = act.answers
    known = {str(item.id): item for item in own_words(act.scene)}
    new = [_answer(act, row.who, known[row.item], row.parents) for row in answers.rows]
    new.append(_answer(act, answers.opinions))
    before = reading_answers(act.scene)
    for one in new:
        if former := before.get(one.item_id):
            former.replaced_at = act.at
            act.tx.add(former)
    act.tx.flush()
    act.tx.add_all(new)


def _answer(act: Act, who: str, item: Item | None = None, parents: Iterable[str] = ()) -> ReadingAnswer:
    return ReadingAnswer(
        case_id=act.case.id,
        holder=item.holder if item else "referrer",
        item_id=item.id if item else None,
        answered_at=act.at,
        answered_by=act.by.account_id,
        helpers=who == "helpers",
        parents=Secret.json(sorted(set(parents))),
    )


def own_words(scene: Scene) -> list[Item]:
    """What the young person of this scene said and decides about, unsealed."""
    mine = scene.sight.parties & youths(scene)
    return [item for item in readable_items(scene) if item.party_id in mine and is_answered_by_youth(scene, item)]


def all_answered(scene: Scene) -> bool:
    return {None, *(item.id for item in own_words(scene))} <= reading_answers(scene).keys()


def as_answered(scene: Scene) -> dict[str, Any]:
    known = reading_answers(scene)
    rows: list[dict[str, Any]] = []
    for item in own_words(scene):
        row: dict[str, Any] = {"stuk": str(item.id)}
        if answer := known.get(item.id):
            row |= {
                "wie": "helpers" if answer.helpers else "niemand",
                "ouders": [str(one) for one in sorted(parents_in(answer), key=str)],
            }
        rows.append(row)
    said = known.get(None)
    return {"woorden": rows} | ({"mening": "helpers" if said.helpers else "niemand"} if said else {})


# ── Guards ──


def words_to_decide(scene: Scene) -> Sentence | None:
    """Asked of the young person alone, from the 12th birthday."""
    twelve = scene.case.turns_12_on
    of_age = twelve is not None and scene.on >= twelve and bool(scene.sight.parties & youths(scene))
    return None if of_age and _has_words(scene) else Sentence(N_("Er staat nog niets van jou in het dossier."))


def something_to_shield(scene: Scene) -> Sentence | None:
    """A professional shields what may be read; who is family shields the own words."""
    if scene.sight.parties:
        return None if _has_words(scene) else Sentence(N_("Er staat nog niets van u in het dossier."))
    return None if items_to_shield(scene) else Sentence(N_("Er zijn geen stukken die u mag lezen."))


def _has_words(scene: Scene) -> bool:
    return scene.once("has_words", lambda: bool(scene.tx.exec(select(exists().where(*_mine(scene)))).one()))


def _mine(scene: Scene) -> Iterable[Any]:
    spoken = col(Item.kind).in_(("statement", "wens-jeugdige")) & col(Item.party_id).in_(scene.sight.parties)
    return (col(Item.case_id) == scene.case.id, or_(spoken, col(Item.author_account) == scene.by.account_id))


def _readable(scene: Scene, holds: list[ItemHold]) -> list[ItemHold]:
    """Those over what this person may read. Without any nothing is read."""
    known = {item.id for item in readable_items(scene)} if holds else set()
    return [one for one in holds if one.item_id in known]


def withholding_to_confirm(scene: Scene) -> Sentence | None:
    return (
        None
        if _readable(scene, _to_confirm(scene))
        else Sentence(N_("Er is niets dat op een tweede professional wacht."))
    )


def _to_confirm(scene: Scene) -> list[ItemHold]:
    waiting = [one for one in standing_holds(scene) if one.kind == "withheld" and one.confirmed_at is None]
    return [one for one in waiting if one.set_by != scene.by.account_id]


def withholding_to_review(scene: Scene) -> Sentence | None:
    return None if _readable(scene, _to_review(scene)) else Sentence(N_("Er is nu niets om opnieuw te bekijken."))


def _to_review(scene: Scene) -> list[ItemHold]:
    """From two weeks before the day; before that, only lifting ends it."""
    soon = scene.on + timedelta(days=14)
    done = [one for one in standing_holds(scene) if one.kind == "withheld" and one.confirmed_at is not None]
    return [one for one in done if one.review_on is not None and one.review_on <= soon]


def a_hold_stands(scene: Scene) -> Sentence | None:
    return None if _readable(scene, _to_lift(scene)) else Sentence(N_("Er is niets dat u kunt vrijgeven."))


def _to_lift(scene: Scene) -> list[ItemHold]:
    """What somebody of the family shielded is lifted by that person and by nobody else."""
    if scene.sight.parties:
        return [one for one in standing_holds(scene) if one.own and one.set_by == scene.by.account_id]
    return [one for one in standing_holds(scene) if not one.own and one.lift_asked_at is None]


def lifting_asked(scene: Scene) -> Sentence | None:
    return (
        None
        if _readable(scene, _to_confirm_lift(scene))
        else Sentence(N_("Niemand anders vroeg om iets vrij te geven."))
    )


def _to_confirm_lift(scene: Scene) -> list[ItemHold]:
    return [
        one
        for one in standing_holds(scene)
        if one.lift_asked_at is not None and one.lift_asked_by != scene.by.account_id
    ]


# ── Choices ──


def items_to_shield(scene: Scene) -> list[Choice]:
    """What this person may read; of the family only the own words."""
    mine = scene.sight.parties
    own = [item for item in readable_items(scene) if not mine or _is_own(scene, item)]
    return [Choice(str(item.id), label_for(scene, item), excerpt(item)) for item in own if item.kind != "call"]


def _is_own(scene: Scene, item: Item) -> bool:
    spoken = item.kind in ("statement", "wens-jeugdige") and item.party_id in scene.sight.parties
    return spoken or item.author_account == scene.by.account_id


def label_for(scene: Scene, item: Item) -> str:
    """As `label_of`; to the young person the own wish is called so."""
    own = item.kind == "wens-jeugdige" and item.party_id in scene.sight.parties
    return "item.wens-jeugdige.own" if own else label_of(item)


def label_of(item: Item) -> str:
    """What an unsealed item is called: a key of the catalogue, or the name of a document."""
    if item.kind == "document" and item.title is not None:
        return item.title.reveal()
    return f"item.{item.kind}" if item.kind in _NAMED else "item.other"


_NAMED = frozenset(
    {
        "aanmelding", "call", "eerdere-hulp", "familiegroepsplan", "geen-familiegroepsplan", "maatregelen", "statement",
        "veiligheid", "verklarende-analyse", "verwijzer", "wens-jeugdige", "wens-ouders",
    }
)  # fmt: skip


def excerpt(item: Item) -> str:
    """The first words of an unsealed text."""
    if item.text is None or item.media_type == "application/json":
        return ""
    words = " ".join(item.text.reveal().split())
    return words if len(words) <= _EXCERPT else words[:_EXCERPT].rsplit(" ", 1)[0] + " …"


def kept_from(scene: Scene) -> list[Choice]:
    """Everybody else of the family who may get to read, and professionals by the word they read as."""
    step = "wieMagLezen" if scene.by.is_professional else "add_statement_family.wieMagLezen"
    return [*_people(scene), *(Choice(word, f"option.{step}.{word}") for word in PROFESSIONALS)]


def family_that_reads(scene: Scene) -> list[Choice]:
    return _people(scene)


def _people(scene: Scene) -> list[Choice]:
    """By name; to a parent another is what they are to the child."""
    known = [one for one in parties_of(scene) if one.kind in ("youth", *FAMILY) and one.id not in scene.sight.parties]
    unnamed = bool(scene.sight.parties) and not scene.sight.parties & youths(scene)
    return [Choice(str(one.id), f"party.{one.word}" if unnamed else one.full_name) for one in known]


def _holds(scene: Scene, holds: Iterable[ItemHold]) -> list[Choice]:
    """Only what this person may read: a question about an item tells of it. With the words the answer is about."""
    items = {item.id: item for item in readable_items(scene)}
    names = {choice.value: choice.label for choice in kept_from(scene)}
    known = _readable(scene, list(holds))
    unseal_rows(scene.tx, known)
    return [
        Choice(str(one.id), label_of(items[one.item_id]), _about(items[one.item_id], one, names.get(one.kept_from, "")))
        for one in known
    ]


def _about(item: Item, hold: ItemHold, name: str) -> tuple[str, ...]:
    """From whom, the first words, why it was kept back, and why somebody asked to release it."""
    reasons = [one.reveal() for one in (hold.reason, hold.why_lifted) if one is not None]
    return tuple(filter(None, (name, excerpt(item), *reasons)))


def parents_to_choose(scene: Scene) -> list[Choice]:
    return [
        Choice(str(one.id), one.full_name) for one in parties_of(scene) if one.kind in FAMILY and one.authority == "yes"
    ]


def words_to_choose(scene: Scene) -> list[Choice]:
    return [Choice(str(item.id), excerpt(item)) for item in own_words(scene)]


ROOM = Room(
    forms={
        "shield_item": ShieldItem,
        "withhold_item": WithholdItem,
        "confirm_withholding": ConfirmWithholding,
        "review_withholding": ReviewWithholding,
        "ask_lift": AskLift,
        "confirm_lift": ConfirmLift,
        "answer_reading": AnswerReading,
    },
    checks={"withhold_item": (review_fits,), "review_withholding": (review_fits,)},
    effects={
        "shield_item": shield_item,
        "withhold_item": withhold_item,
        "confirm_withholding": confirm_withholding,
        "review_withholding": review_withholding,
        "ask_lift": ask_lift,
        "confirm_lift": confirm_lift,
        "answer_reading": answer_reading,
    },
    guards={
        "something_to_shield": something_to_shield,
        "withholding_to_confirm": withholding_to_confirm,
        "withholding_to_review": withholding_to_review,
        "a_hold_stands": a_hold_stands,
        "lifting_asked": lifting_asked,
        "words_to_decide": words_to_decide,
    },
    choices={
        "stukken": items_to_shield,
        "voor_wie_dicht": kept_from,
        "lezend_gezin": family_that_reads,
        "te_bevestigen": lambda scene: _holds(scene, _to_confirm(scene)),
        "te_herzien": lambda scene: _holds(scene, _to_review(scene)),
        "op_te_heffen": lambda scene: _holds(scene, _to_lift(scene)),
        "opheffing_gevraagd": lambda scene: _holds(scene, _to_confirm_lift(scene)),
        "eigen_woorden": words_to_choose,
        "ouders_om_te_kiezen": parents_to_choose,
    },
    prefills={"answer_reading": as_answered},
)
