"""Words added to the record: statements, calls, and asking or deciding to come together again."""

from __future__ import annotations

from collections.abc import Iterator

from bijzondere_toegang.cases.advance import HELD_BY_PROVIDER
from bijzondere_toegang.cases.deadlines import replan_case
from bijzondere_toegang.cases.models import Item, ItemReader
from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.cases.reconvening import askers
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.reminders.plan import post

RETURNS_FOR_EXPERTS = 2
"""Returned placements after which the expert team sits at the table."""


def add_statement(act: Act) -> None:
    """Own words in the record (Jeugdwet 7.3.8 lid 2), with the readers the author chose; nobody ever edits them."""
    answers = act.answers
    item = _item(act, "statement", answers.text)
    item.title = Secret.of(answers.about)
    item.party_id = next(iter(act.scene.sight.parties), None)
    act.tx.add(item)
    act.tx.flush()
    ground = "rechtstreeks-betrokken" if act.by.is_professional else "toestemming"
    for recipient in dict.fromkeys(answers.readers):
        act.tx.add(_reader(act, item, recipient, ground))


def _item(act: Act, kind: str, text: str) -> Item:
    return Item(
        case_id=act.case.id,
        holder="provider" if act.case.stage in HELD_BY_PROVIDER else "referrer",
        kind=kind,
        author_account=act.by.account_id,
        created_at=act.at,
        text=Secret(text),
    )


def _reader(act: Act, item: Item, recipient: str, ground: str) -> ItemReader:
    return ItemReader(
        case_id=act.case.id,
        holder=item.holder,
        item_id=item.id,
        recipient=recipient,
        ground=ground,
        granted_on=act.on,
    )


def record_call(act: Act) -> None:
    """That somebody was called, and what was said; read by its author and the referrer."""
    answers = act.answers
    item = _item(act, "call", answers.words or "")
    item.title = Secret.json({"with": answers.with_whom, "on": answers.day.isoformat(), "reached": answers.reached})
    act.tx.add(item)


def ask_reconvene(act: Act) -> None:
    """The clock for an answer starts with the first who asks."""
    act.case.reconvene_asked_at = act.case.reconvene_asked_at or act.at
    replan_case(act.tx, act.scene.workflow, act.case, act.at)


def decline_reconvene(act: Act) -> None:
    """No new conference now. The reason stands in the answers of this step; everybody who asked is told it is there."""
    told = askers(act.scene)
    act.case.reconvene_asked_at = None
    post(act.tx, sorted(set(told) - {act.by.account_id}, key=str), "news", act.at)


def reconvene(act: Act) -> None:
    """Back to the table, which answers who asked. Help, access and placement stay as they are."""
    act.case.reconvene_asked_at = None


def experts_come(act: Act) -> Iterator[Fault]:
    if act.case.returns >= RETURNS_FOR_EXPERTS and not act.answers.experts:
        text = N_("De plaatsing is {times} keer teruggegeven. Nodig nu ook het deskundigenteam uit.")
        yield Fault("/deskundigenteam", text, {"times": act.case.returns})


def experts_after_returns(scene: Scene) -> dict[str, object]:
    return {"deskundigenteam": True} if scene.case.returns >= RETURNS_FOR_EXPERTS else {}
