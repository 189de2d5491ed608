"""A youth of 16 or 17 says which parents read along; the referrer may write it down on their word (Jeugdwet 7.3.11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from bijzondere_toegang.cases.access import accounts_in_role
from bijzondere_toegang.cases.models import ReadingConsent
from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.conferences.seating import accounts_of_parties
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.parties.forms import ReaderRow
from bijzondere_toegang.parties.queries import parents, readers
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.web.forms import Choice


def is_16_or_17(scene: Scene) -> bool:
    """Whether the youth decides today who of the parents reads along."""
    case = scene.case
    if case.turns_16_on is None or scene.on < case.turns_16_on:
        return False
    return case.turns_18_on is None or scene.on < case.turns_18_on


def youth_is_16_or_17(scene: Scene) -> Sentence | None:
    if is_16_or_17(scene):
        return None
    return Sentence(N_("Dit kan alleen als de jongere 16 of 17 jaar is."))


def parent_is_there(scene: Scene) -> Sentence | None:
    return None if parents(scene) else Sentence(N_("Er is geen ouder of voogd met gezag."))


def parents_to_choose(scene: Scene) -> list[Choice]:
    return [Choice(str(one.id), one.full_name) for one in parents(scene)]


def as_it_is(scene: Scene) -> dict[str, Any]:
    given = readers(scene)
    return {"ouders": [{"ouder": str(one.id), "leestMee": one.id in given} for one in parents(scene)]}


def let_parents_read(act: Act) -> None:
    """In the youth's own words, at any time; it counts from the next request on."""
    _let_read(act, {"words": act.answers.words}, recorded_for=False)


def record_parents_reading(act: Act) -> None:
    """On the word of the youth, who is told, sees it on the own page and may change it (C29)."""
    answers = act.answers
    said = {"words": answers.words, "how": answers.how, "said_on": answers.said_on.isoformat()}
    _let_read(act, said, recorded_for=True)
    parents_here = set(accounts_of_parties(act, [one.id for one in parents(act.scene)]))
    post(act.tx, sorted(set(_family(act)) - parents_here, key=str), "news", act.at)


def _family(act: Act) -> Iterable[UUID]:
    return accounts_in_role(act.tx, act.case, "family", act.at)


def _let_read(act: Act, said: Mapping[str, Any], *, recorded_for: bool) -> None:
    known, rows = readers(act.scene), act.answers.rows
    kept = {name: value for name, value in said.items() if value}
    new = [row for row in rows if row.reads and UUID(row.parent) not in known]
    for row in new:
        act.tx.add(_given(act, row, kept, recorded_for))
    for row in rows:
        if not row.reads and (open_one := known.get(UUID(row.parent))):
            open_one.withdrawn_at, open_one.withdrawn_by = act.at, act.by.account_id
            before = open_one.content.data() if open_one.content else {}
            open_one.content = Secret.json(before | {"withdrawn": kept})
            act.tx.add(open_one)
    act.tx.flush()
    post(act.tx, accounts_of_parties(act, [UUID(row.parent) for row in new]), "news", act.at)


def _given(act: Act, row: ReaderRow, said: Mapping[str, Any], recorded_for: bool) -> ReadingConsent:
    return ReadingConsent(
        case_id=act.case.id,
        party_id=UUID(row.parent),
        given_at=act.at,
        given_by=act.by.account_id,
        recorded_for=recorded_for,
        content=Secret.json(dict(said)),
    )
