"""What this person said, and what was said with this person: calls, positions, reactions, answers, scores.

Each is found by the seat, the account or the party of this person, so nothing that somebody else said comes along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqlmodel import col, select

from bijzondere_toegang.cases.items import call_of, readable_items, standing_holds
from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.conferences.codes import DUTCH_POSITION
from bijzondere_toegang.conferences.models import Reaction
from bijzondere_toegang.conferences.queries import content_of
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import N_
from bijzondere_toegang.evaluations.models import Score
from bijzondere_toegang.evaluations.queries import evaluations
from bijzondere_toegang.family.news import Shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.said import own_positions
from bijzondere_toegang.inspection.sections import Section
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.facts import reads_as
from bijzondere_toegang.plans.models import Consent
from bijzondere_toegang.web.i18n import Translator

REACTIONS = {"right": N_("Het klopt"), "wrong": N_("Het klopt niet")}
ANSWERS = {"given": N_("Ja"), "refused": N_("Nee"), "not_reached": N_("Niet bereikt")}


def own_words(reader: Reader, seen: Shown, t: Translator) -> list[Section]:
    found = [
        *_calls(reader, t), *_positions(reader, t), *_reactions(reader, t), *_consents(reader, t),
        *_scores(reader, seen, t),
    ]  # fmt: skip
    return [section for section in found if section.text or section.note]


def _calls(reader: Reader, t: Translator) -> Iterator[Section]:
    """
    Calls with this person, when the word for whom was called means nobody else here; unless kept from this person.
    On a page they are the referrer's alone: this is where a record of a talk with somebody reaches that person.
    """
    scene, word = reader.scene, reader.party.word
    if [party.word for party in reader.family].count(word) != 1:
        return
    query = select(Item).where(Item.case_id == scene.case.id, Item.kind == "call").order_by(col(Item.created_at))
    me = {str(party) for party in scene.sight.parties}
    me |= {one for relation in scene.sight.facts.relations for one in reads_as(relation, word)}
    kept = {hold.item_id for hold in standing_holds(scene) if hold.kept_from in me}
    known = kept | {item.id for item in readable_items(scene)}
    items = [item for item in scene.tx.exec(query).all() if item.id not in known]
    unseal_rows(scene.tx, items)
    authors = names_of(scene.tx, {item.author_account for item in items})
    for item in items:
        call = call_of(item)
        if call.with_whom == word:
            who = authors.get(item.author_account, "") if item.author_account else ""
            reached = t.gettext(N_("gesproken") if call.reached else N_("niet bereikt"))
            note = ", ".join(filter(None, (who, t.day(call.on), reached)))
            yield Section(f"gesprek-{item.id}", t.gettext(N_("Gesprek met u")), note, reader.safe(call.words))


def _positions(reader: Reader, t: Translator) -> Iterator[Section]:
    for row in own_positions(reader):
        said = content_of(row)
        why = (said.get("woorden"), said.get("reden"))
        position = t.gettext(f"position.{DUTCH_POSITION[row.value]}")
        told = [position[:1].upper() + position[1:], *(reader.safe(one) for one in why)]
        by = t.gettext(N_("opgeschreven door de voorzitter")) if row.recorded_for else ""
        note = ", ".join(filter(None, (t.day(local_day(row.at)), by)))
        yield Section(f"standpunt-{row.id}", t.gettext(N_("Uw standpunt")), note, _lines(told))


def _reactions(reader: Reader, t: Translator) -> Iterator[Section]:
    scene = reader.scene
    rows = scene.tx.exec(
        select(Reaction)
        .where(Reaction.case_id == scene.case.id, Reaction.account_id == scene.by.account_id)
        .order_by(col(Reaction.at))
    ).all()
    unseal_rows(scene.tx, rows)
    for row in rows:
        told = [t.gettext(REACTIONS.get(row.value, row.value)), reader.safe(row.text.reveal() if row.text else "")]
        title = t.gettext(N_("Uw reactie op het verslag"))
        yield Section(f"reactie-{row.id}", title, t.day(local_day(row.at)), _lines(told))


def _consents(reader: Reader, t: Translator) -> Iterator[Section]:
    scene = reader.scene
    rows = scene.tx.exec(
        select(Consent)
        .where(Consent.case_id == scene.case.id, Consent.party_id == reader.party.id)
        .order_by(col(Consent.at))
    ).all()
    unseal_rows(scene.tx, rows)
    for row in rows:
        said = row.content.data() if row.content else {}
        on = date.fromisoformat(said["on"]) if said.get("on") else local_day(row.at)
        withdrawn = row.withdrawn_at
        back = t.gettext(N_("Ingetrokken op {dag}"), dag=t.day(local_day(withdrawn))) if withdrawn else ""
        told = [
            t.gettext(ANSWERS[row.answer]),
            reader.safe(said.get("words")),
            back,
            reader.safe(said.get("withdrawn")),
        ]
        yield Section(f"antwoord-{row.id}", t.gettext(N_("Uw antwoord op het plan")), t.day(on), _lines(told))


def _scores(reader: Reader, seen: Shown, t: Translator) -> Iterator[Section]:
    """The last scores of this person at each evaluation that this person knows of."""
    me = reader.scene.by.account_id
    for view in evaluations(reader.scene):
        given = [(goal, score) for goal in view.goals for score in goal.scores if score.account_id == me]
        if given and seen.tells(view.row.started_at):
            lines = [
                f"{reader.safe(goal.goal.text)}: {score.value}\n{reader.safe(_words(score))}" for goal, score in given
            ]
            note = t.day(local_day(given[-1][1].at))
            yield Section(f"cijfers-{view.row.id}", t.gettext(N_("Uw cijfers")), note, _lines(lines, "\n\n"))


def _words(score: Score) -> str:
    said = score.content.data() if score.content else {}
    return str(said.get("words") or "")


def _lines(texts: Iterable[str], between: str = "\n") -> str:
    return between.join(text.strip() for text in texts if text.strip())
