"""The pages of the family: who they are, what their authority and age mean, and whether they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bijzondere_toegang.cases.models import Party
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.signals import age_on
from bijzondere_toegang.cases.table import language_notes, parties_of
from bijzondere_toegang.errors import N_
from bijzondere_toegang.parties.models import PartyChange
from bijzondere_toegang.parties.queries import AUTHORITY, VOICES, Door, changes, doors, readers
from bijzondere_toegang.parties.reading import is_16_or_17
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Relation
from bijzondere_toegang.web.i18n import Translator

KEPT_BACK = frozenset({"adres", "school"})
"""What a page about corrections names and never shows: it may tell where somebody lives."""

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Person:
    """One of the family, ready to show; `alerts` are what needs attention, in words."""

    id: str
    name: str
    what: str
    facts: Facts
    alerts: tuple[str, ...]
    words: str = ""
    has_page: bool = False
    """a page of the family, which can be looked at as this person"""
    secret: bool = False
    """the address is secret"""
    has_bsn: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What was corrected of whom: each field with its old and new value in words."""

    at: Any
    name: str
    by: str
    reason: str
    fields: Facts


def people_of(scene: Scene, t: Translator) -> list[Person]:
    known = doors(scene)
    return [_person(scene, t, one, known.get(one.id)) for one in parties_of(scene)]


def contacts_of(scene: Scene, t: Translator) -> list[Person]:
    """How to reach each of them, and what is kept secret of them; nothing that only who corrects has to know."""
    return [
        Person(
            str(one.id),
            one.full_name,
            ", ".join(_what(scene, t, one)),
            list(_reached(t, one)),
            (t.gettext(N_("geheim adres")),) if one.secret_address else (),
            secret=one.secret_address,
            has_bsn=one.bsn is not None,
        )
        for one in parties_of(scene)
    ]


def _person(scene: Scene, t: Translator, one: Party, door: Door | None) -> Person:
    return Person(
        str(one.id),
        one.full_name,
        ", ".join(_what(scene, t, one)),
        list(_facts(scene, t, one, door)),
        tuple(_alerts(t, one, door)),
        _words(scene, one),
        one.kind in ("youth", *VOICES),
        one.secret_address,
        one.bsn is not None,
    )


def _what(scene: Scene, t: Translator, one: Party) -> Iterator[str]:
    yield t.gettext(f"party.{one.word}")
    if one.kind == "youth" and scene.case.turns_18_on is not None:
        yield t.ngettext("{n} jaar", "{n} jaar", age_on(scene.case.turns_18_on, scene.on))


def _facts(scene: Scene, t: Translator, one: Party, door: Door | None) -> Iterator[tuple[str, str]]:
    if one.kind != "youth":
        yield t.gettext(N_("Gezag")), _authority(scene, t, one)
    yield t.gettext(N_("Wat dat betekent")), t.gettext(effect_of(scene, one))
    yield from _reached(t, one)
    yield t.gettext(N_("Inloggen")), t.gettext(_signs_in(door))


def _reached(t: Translator, one: Party) -> Iterator[tuple[str, str]]:
    yield t.gettext(N_("Taal")), ", ".join(language_notes(one, t)) or t.gettext(N_("Nederlands, geen tolk"))
    yield t.gettext(N_("Telefoon")), one.phone.reveal() if one.phone else t.gettext(N_("niet bekend"))
    yield t.gettext(N_("E-mail")), one.email.reveal() if one.email else t.gettext(N_("niet bekend"))


def _authority(scene: Scene, t: Translator, one: Party) -> str:
    words = [t.gettext(f"option.correct_party.gezag.{AUTHORITY.get(one.authority, 'onbekend')}")]
    if one.authority_source:
        words.append(t.gettext(f"option.correct_party.gezagBron.{one.authority_source}"))
    if one.authority_on:
        words.append(t.gettext(N_("nagekeken op {dag}"), dag=t.day(one.authority_on, scene.on)))
    return ", ".join(words)


def rule_of(scene: Scene) -> str:
    """The age rule that holds today, and what it means (Jeugdwet 7.3.4, 7.3.5)."""
    case, on = scene.case, scene.on
    if case.turns_18_on is not None and on >= case.turns_18_on:
        return N_("18 of ouder: de jongere beslist zelf. Ouders lezen niets meer, wat er ook was afgesproken.")
    if case.turns_16_on is not None and on >= case.turns_16_on:
        return N_("16 of 17: de jongere geeft zelf toestemming. Ouders lezen alleen mee als de jongere dat goed vindt.")
    if case.turns_12_on is not None and on >= case.turns_12_on:
        return N_("12 tot en met 15: jeugdige en ouders geven samen toestemming.")
    return N_("Jonger dan 12: de ouders met gezag geven toestemming. De jeugdige heeft een eigen stem, geen account.")


def next_birthday(scene: Scene) -> tuple[int, date] | None:
    """The next age at which the rule changes, and the day."""
    case = scene.case
    days = ((12, case.turns_12_on), (16, case.turns_16_on), (18, case.turns_18_on))
    return next(((age, day) for age, day in days if day is not None and day > scene.on), None)


def effect_of(scene: Scene, one: Party) -> str:
    """What age and authority mean for this person today."""
    case, on = scene.case, scene.on
    if one.kind == "youth":
        of_age = case.turns_12_on is not None and on >= case.turns_12_on
        return N_("leest mee en beslist mee") if of_age else N_("heeft een stem aan tafel, en leest nog niet zelf mee")
    if one.kind not in VOICES or one.authority != "yes":
        return N_("leest niet mee en geeft geen toestemming")
    if case.turns_18_on is not None and on >= case.turns_18_on:
        return N_("leest niet meer mee: de jongere is 18")
    if is_16_or_17(scene):
        return (
            N_("leest mee, de jongere vindt dat goed")
            if one.id in readers(scene)
            else N_("leest niet mee zolang de jongere dat niet goed vindt")
        )
    return N_("leest mee en geeft toestemming")


def _signs_in(door: Door | None) -> str:
    if door is None or door.account.ended_at is not None:
        return N_("geen account")
    if not door.is_open:
        return N_("kan deze zaak niet meer zien")
    return N_("kan inloggen") if door.account.password_hash else N_("heeft een account, nog geen wachtwoord")


def _alerts(t: Translator, one: Party, door: Door | None) -> Iterator[str]:
    if door is not None and door.is_open and not door.has_address:
        yield t.gettext(N_("geen e-mailadres: mail komt niet aan"))
    elif door is not None and door.is_open and door.mail_failed:
        yield t.gettext(N_("mail komt niet aan"))
    if one.secret_address:
        yield t.gettext(N_("geheim adres"))


def _words(scene: Scene, one: Party) -> str:
    """What the youth said about this parent reading along; for the referrer alone."""
    consent = readers(scene).get(one.id) if Relation.REFERRER_OWN in scene.sight.facts.relations else None
    return str(consent.content.data().get("words", "")) if consent is not None and consent.content else ""


def corrections_of(scene: Scene, t: Translator) -> list[Correction]:
    rows = changes(scene)
    names = names_of(scene.tx, [row.changed_by for row in rows])
    people = {one.id: one.full_name for one in parties_of(scene)}
    return [_correction(row, names.get(row.changed_by, "") if row.changed_by else "", people, t) for row in rows]


def _correction(row: PartyChange, by: str, people: dict[Any, str], t: Translator) -> Correction:
    said = row.content.data() if row.content else {}
    fields = [
        (t.gettext(f"form.correct_party.{name}"), _from_to(name, pair, t))
        for name, pair in said.get("fields", {}).items()
    ]
    return Correction(row.at, people.get(row.party_id, ""), by, said.get("reason", ""), fields)


def _from_to(name: str, pair: list[Any], t: Translator) -> str:
    if name in KEPT_BACK:
        return t.gettext(N_("veranderd"))
    old, new = (_worded(name, value, t) for value in pair)
    return t.gettext(N_("was {oud}, nu {nieuw}"), oud=old, nieuw=new)


def _worded(name: str, value: Any, t: Translator) -> str:
    if value is None:
        return t.gettext(N_("niet bekend"))
    if isinstance(value, bool):
        return t.gettext(N_("ja") if value else N_("nee"))
    return t.first(f"option.correct_party.{name}.{value}") or str(value)
