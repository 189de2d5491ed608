"""Who can see this case, and why: every account judged as for a request of its own, never by a second list of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, or_, select

from bijzondere_toegang.cases.acts_handover import last_day
from bijzondere_toegang.cases.items import read_by, readable_items, standing_holds
from bijzondere_toegang.cases.models import CaseAccess, Item, ItemHold
from bijzondere_toegang.cases.process import Scene, Sight
from bijzondere_toegang.cases.shielding import excerpt, label_of
from bijzondere_toegang.cases.table import parties_of
from bijzondere_toegang.cases.visibility import open_at, sights_of
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.errors import N_
from bijzondere_toegang.people.actors import Actor, load_actors
from bijzondere_toegang.people.models import Membership
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import Decision, decide
from bijzondere_toegang.web.i18n import Translator

EVERYWHERE = ("planner", "privacy_officer")
"""Roles that see something of every case without a part in it."""
SCOPES = {
    "full": N_("de zaak, met namen"),
    "own_part": N_("het eigen deel"),
    "ticked": N_("wat is aangevinkt"),
    "brief": N_("de zaak zonder namen"),
    "tie_data": N_("alleen wat nodig is om een band te melden"),
    "outline": N_("alleen waar de zaak staat, zonder namen"),
    "pseudonym": N_("een nummer in het logboek, geen inhoud"),
    "aggregate": N_("alleen cijfers"),
}
INVITED = frozenset({Relation.GUEST_INVITED.value, Relation.CONFIDANT_INVITED.value})
WITH_PAGE = frozenset({"parent", "youth"})
COMING = ((12, "turns_12_on"), (16, "turns_16_on"), (18, "turns_18_on"))


@dataclass(frozen=True, slots=True)
class Seer:
    """One account: what it is in the case, why it sees something, what, and until when."""

    account_id: UUID
    name: str
    what: str
    organisation: str
    relation: str
    why: tuple[str, ...]
    sees: tuple[str, ...]
    items: tuple[str, ...]
    is_family: bool
    page: str = ""
    """where the pages of this person of the family can be looked at"""

    @property
    def is_invited(self) -> bool:
        """A guest or a confidant."""
        return self.relation in INVITED


@dataclass(frozen=True, slots=True)
class Piece:
    """An item the one who looks may read: who else reads it now, and from whom it is kept."""

    title: str
    words: str
    readers: str
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """Who sees something (`seers`), who has a part and sees nothing today, the items, and what will change."""

    seers: tuple[Seer, ...]
    blind: tuple[Seer, ...]
    pieces: tuple[Piece, ...]
    coming: tuple[str, ...]


def seen_by(scene: Scene, t: Translator) -> Seen:
    """For who may know who sees the case; in a fixed number of statements."""
    people = sighted(scene)
    others = [Scene(scene.process, scene.tx, sight, scene.at, scene.on) for _, sight, _ in people if sight is not None]
    read = {item: [one for one in found if not _is_confidant(one)] for item, found in read_by(scene, others).items()}
    items = readable_items(scene)
    mine: dict[UUID, list[str]] = {}
    for item in items:
        for other in read[item.id]:
            mine.setdefault(other.by.account_id, []).append(t.gettext(label_of(item)))
    found = [_seer(scene, t, *one, tuple(dict.fromkeys(mine.get(one[0].account_id, ())))) for one in people]
    here = {actor.account_id for actor, sight, _ in people if sight is not None}
    return Seen(
        tuple(_in_order(one for one in found if one.account_id in here)),
        tuple(_in_order(one for one in found if one.account_id not in here)),
        tuple(_piece(scene, t, item, read[item.id]) for item in items),
        tuple(_coming(scene, t, people)),
    )


def _is_confidant(scene: Scene) -> bool:
    """What somebody of the family ticked for a confidant is between them."""
    return any(row.relation == Relation.CONFIDANT_INVITED for row in scene.sight.access)


def sighted(scene: Scene) -> list[tuple[Actor, Sight | None, tuple[CaseAccess, ...]]]:
    """Everybody with a part in the case or a role that sees it without one, with what the policy lets them see now."""
    rows = _open_access(scene)
    ids = {row.account_id for row in rows} | set(_standing(scene))
    actors = load_actors(scene.tx, ids, scene.on)
    sights = sights_of(scene.tx, scene.case, actors, scene.region, scene.at)
    return [
        (actor, sights[actor.account_id], tuple(row for row in rows if row.account_id == actor.account_id))
        for actor in actors
    ]


def _open_access(scene: Scene) -> Sequence[CaseAccess]:
    query = select(CaseAccess).where(CaseAccess.case_id == scene.case.id, open_at(scene.at))
    return scene.tx.exec(query.order_by(col(CaseAccess.since), col(CaseAccess.id))).all()


def _standing(scene: Scene) -> Sequence[UUID]:
    leads = (col(Membership.role) == "coordinator") & (col(Membership.organisation) == scene.case.referrer_organisation)
    valid = (col(Membership.valid_from) <= scene.on) & (
        col(Membership.valid_until).is_(None) | (col(Membership.valid_until) >= scene.on)
    )
    query = select(Membership.account_id).where(valid, or_(leads, col(Membership.role).in_(EVERYWHERE)))
    return scene.tx.exec(query.distinct()).all()


def _seer(
    scene: Scene,
    t: Translator,
    actor: Actor,
    sight: Sight | None,
    rows: tuple[CaseAccess, ...],
    items: tuple[str, ...],
) -> Seer:
    decision = decide(Permission.CASE_SEE, sight.facts) if sight is not None else None
    relation = str(decision.relation) if decision is not None and decision.relation else ""
    words = {one.id: one.word for one in parties_of(scene)}
    who = next((row.party_id for row in rows if row.party_id is not None), None)
    party = words.get(who, "") if who is not None else ""
    has_page = sight is not None and any(row.relation in WITH_PAGE for row in rows)
    return Seer(
        actor.account_id,
        actor.name,
        t.gettext(f"party.{party}") if party else t.gettext(f"seer.{relation}") if relation else _part(t, rows),
        ", ".join(_organisations(scene, actor, rows)),
        relation,
        tuple(_why(scene, t, relation, rows)),
        tuple(_sees(t, sight, decision)),
        items,
        bool(party),
        f"/zaken/{scene.case.reference}/betrokkenen/{who}/bekijk" if has_page else "",
    )


def _part(t: Translator, rows: tuple[CaseAccess, ...]) -> str:
    return t.gettext(f"seer.{rows[-1].relation}") if rows else ""


def _organisations(scene: Scene, actor: Actor, rows: tuple[CaseAccess, ...]) -> Iterator[str]:
    codes = [row.organisation for row in rows if row.organisation] or [held.organisation for held in actor.held]
    for code in dict.fromkeys(codes):
        organisation = scene.region.organisation(code)
        if organisation is not None:
            yield organisation.name


def _why(scene: Scene, t: Translator, relation: str, rows: tuple[CaseAccess, ...]) -> Iterator[str]:
    """Why this person sees something, or why not; since when, on which ground, and until when."""
    yield t.gettext(f"seer.{relation}.why") if relation else t.gettext(N_("heeft een deel in de zaak en ziet nu niets"))
    for row in rows:
        if row.until is None:
            yield t.gettext(N_("sinds {dag}"), dag=t.day(local_day(row.since), scene.on))
        else:
            yield t.gettext(
                N_("sinds {dag}, tot en met {einde}"),
                dag=t.day(local_day(row.since), scene.on),
                einde=t.day(last_day(row.until), scene.on),
            )
        if row.ground:
            yield t.gettext(
                N_("grondslag: {grond}"),
                grond=t.first(f"option.involve_gi.grond.{row.ground}", f"option.grond.{row.ground}") or row.ground,
            )


def _sees(t: Translator, sight: Sight | None, decision: Decision | None) -> Iterator[str]:
    if sight is None or decision is None:
        return
    yield t.gettext(SCOPES[decision.scope])
    confided = Relation.CONFIDANT_INVITED in sight.facts.relations  # whether the plan was ticked is told to nobody
    if not confided and decide(Permission.PLAN_READ, sight.facts).allowed:
        yield t.gettext(N_("het plan"))
    if decide(Permission.PARTIES_EDIT, sight.facts).scope == "full":
        yield t.gettext(N_("de gegevens van het gezin"))


def _in_order(seers: Iterator[Seer]) -> list[Seer]:
    return sorted(seers, key=lambda one: (not one.is_family, one.relation, one.name.casefold()))


def _piece(scene: Scene, t: Translator, item: Item, readers: list[Scene]) -> Piece:
    names = sorted({other.by.name for other in readers}, key=str.casefold)
    holds = [one for one in standing_holds(scene) if one.item_id == item.id]
    return Piece(
        t.gettext(label_of(item)),
        excerpt(item) if item.kind == "statement" else "",
        ", ".join(names),
        tuple(_kept(scene, t, one) for one in holds),
    )


def _kept(scene: Scene, t: Translator, hold: ItemHold) -> str:
    people = {str(one.id): one.full_name for one in parties_of(scene)}
    who = people.get(hold.kept_from) or t.gettext(f"recipient.{hold.kept_from}")
    day = t.day(local_day(hold.set_at), scene.on)
    if hold.kind == "shielded":
        asked = t.gettext(N_("vrijgeven is gevraagd")) if hold.lift_asked_at else ""
        return " · ".join(filter(None, (t.gettext(N_("afgeschermd voor {wie}, sinds {dag}"), wie=who, dag=day), asked)))
    said = t.gettext(N_("achtergehouden voor {wie}, sinds {dag}"), wie=who, dag=day)
    if hold.confirmed_at is None:
        return " · ".join((said, t.gettext(N_("wacht op een tweede professional"))))
    look = t.day(hold.review_on, scene.on) if hold.review_on else ""
    return " · ".join((said, t.gettext(N_("opnieuw bekijken voor {dag}"), dag=look)))


def _coming(
    scene: Scene, t: Translator, people: list[tuple[Actor, Sight | None, tuple[CaseAccess, ...]]]
) -> Iterator[str]:
    """Who will see more or less on a day that is known now."""
    for age, column in COMING:
        day: date | None = getattr(scene.case, column)
        if day is not None and day > scene.on:
            yield t.gettext(f"seer.turns_{age}", dag=t.day(day, scene.on))
            break
    for actor, _, rows in people:
        for row in rows:
            if row.until is not None:
                yield t.gettext(
                    N_("{naam} ziet deze zaak tot en met {dag}."),
                    naam=actor.name,
                    dag=t.day(last_day(row.until), scene.on),
                )
