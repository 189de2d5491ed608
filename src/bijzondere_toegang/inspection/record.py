"""What stands in somebody's file: all that this person may read, judged as that person, minus what is held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from bijzondere_toegang.cases.contents import piece_of
from bijzondere_toegang.cases.items import readable_items, standing_holds
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.telling import giving_away
from bijzondere_toegang.conferences.lines import in_words
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.decisions.queries import content_of
from bijzondere_toegang.errors import N_, NotAllowed
from bijzondere_toegang.family.agreed import Line, agreed, letter_to, told_decisions
from bijzondere_toegang.family.minutes import put_up, report
from bijzondere_toegang.family.news import Shown, shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.inspection.models import Inspection
from bijzondere_toegang.inspection.sections import Section
from bijzondere_toegang.inspection.words import own_words
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.web.i18n import Translator

NOT_YOURS = N_("Inzage geven is aan de verwijzer van deze zaak.")
OWN = ("first_name", "infix", "last_name", "birth_date", "address", "email", "phone", "school")
ABOUT_ME = "gegevens"


@dataclass(frozen=True, slots=True)
class Held:
    """What the referrer holds back of a section, and why; the person it is kept from never reads this."""

    how_much: str
    passage: str
    ground: str
    reason: str
    second: str = ""
    review_on: str = ""


def demand_referrer(scene: Scene) -> None:
    if not allows(Permission.INSPECTION_PREPARE, scene.sight.facts):
        raise NotAllowed(NOT_YOURS)


def sections_of(reader: Reader, t: Translator) -> list[Section]:
    """Everything this person may read, in the order of the record."""
    seen = shown(reader)
    return [
        Section(ABOUT_ME, t.gettext(N_("Wat wij van u weten")), "", _about(reader, t), own=True),
        *_items(reader, t),
        *own_words(reader, seen, t),
        *_agreed(reader, seen, t),
        *_letters(reader, seen, t),
        *(_minutes(reader, seen, t) if seen.waiting is None else ()),
    ]


def _about(reader: Reader, t: Translator) -> str:
    lines = []
    for name in OWN:
        secret = getattr(reader.party, name)
        if secret is not None and secret.reveal():
            said = secret.reveal()
            told = t.day(date.fromisoformat(said)) if name == "birth_date" else said
            lines.append(f"{t.gettext(f'inspection.own.{name}')}: {told}")
    return "\n".join(lines)


def _items(reader: Reader, t: Translator) -> Iterator[Section]:
    scene = reader.scene
    items = readable_items(scene)
    away = giving_away(scene, items)
    authors = names_of(scene.tx, {item.author_account for item in items})
    for item in items:
        if item.kind == "document":
            title = reader.safe(item.title.reveal() if item.title and item.id not in away else None)
            yield Section(f"item-{item.id}", t.gettext(N_("Document")), "", title)
        elif (piece := piece_of(scene, t, item, authors)) is not None:
            lists = "\n\n".join("\n".join(f"{label}: {value}" for label, value in pairs) for pairs in piece.lists)
            yield Section(f"item-{item.id}", piece.title, piece.note, reader.safe(piece.text or lists))


def _agreed(reader: Reader, seen: Shown, t: Translator) -> Iterator[Section]:
    """The numbers of the first three are those of before there was more: what is held back goes by them."""
    known = agreed(reader, seen)
    goals = "\n\n".join("\n".join(filter(None, (goal.own_words, goal.text, goal.who))) for goal in known.goals)
    lines = "\n".join(", ".join(filter(None, (one.what, one.who, _before(one, t)))) for one in known.lines)
    told = [
        (N_("Afgesproken hulp"), known.help),
        (N_("Afgesproken resultaat"), known.result),
        (N_("Brief"), known.letter),
        (N_("Wie nu verder helpt"), known.where_to),
        (N_("Doelen"), goals),
        (N_("Afspraken"), lines),
        (N_("Na de hulp"), known.aftercare),
    ]
    for number, (title, text) in enumerate(told):
        if text:
            yield Section(f"afspraak-{number}", t.gettext(title), "", text)


def _before(line: Line, t: Translator) -> str:
    return t.day(line.before) if isinstance(line.before, date) else line.before or ""


def _letters(reader: Reader, seen: Shown, t: Translator) -> Iterator[Section]:
    """Of every decision but the last its letter; and the reasons where a letter from before did not hold them."""
    for number, row in enumerate(told_decisions(reader, seen)):
        note = t.moment(row.issued_at) if row.issued_at else ""
        if number and (letter := letter_to(reader, row)):
            yield Section(f"besluit-{row.id}", t.gettext(N_("Eerdere brief")), note, letter)
        said = content_of(row)
        why = reader.safe("" if said.get("parts") else said.get("motivation") or said.get("reason"))
        if why:
            yield Section(f"besluit-{row.id}-waarom", t.gettext(N_("Waarom dit besluit")), note, why)


def _minutes(reader: Reader, seen: Shown, t: Translator) -> Iterator[Section]:
    """What was put up of each talk. `counted`: what the parts of the newest were known by before."""
    say = Voice(t, reader.is_youth, reader.scene.on)
    for row in put_up(reader, seen):
        told = report(reader, row, say)
        for number, part in enumerate(told.parts):
            heading, words = (
                t.gettext(N_("Verslag: {onderdeel}"), onderdeel=part.title),
                in_words(part.text, told.talk_on, t),
            )
            key, before = f"verslag-{row.id}-{number}", f"verslag-{number}"
            yield Section(key, heading, t.day(told.talk_on), part.text, counted=before, words=words)


def hold_on(section: Section, held: Mapping[str, Held]) -> Held | None:
    return held.get(section.key) or held.get(section.counted)


def minus(sections: list[Section], held: Mapping[str, Held]) -> list[Section]:
    """Without what is held back. Nothing shows where it was: the last line of every copy is the same for everybody."""
    kept = []
    for section in sections:
        hold = hold_on(section, held)
        if hold is None:
            kept.append(_as_read(section, section.text))
        elif hold.how_much == "passage" and (text := section.text.replace(hold.passage, "").strip()):
            kept.append(_as_read(section, text))
    return kept


def _as_read(section: Section, text: str) -> Section:
    """After what is held back was looked for in what was typed."""
    lines = "\n".join(section.words.get(line, line) for line in text.split("\n"))
    return replace(section, text=lines, words={})


# ── The row ──


def newest(scene: Scene, party_id: UUID, *, issued: bool) -> Inspection | None:
    query = select(Inspection).where(Inspection.case_id == scene.case.id, Inspection.party_id == party_id)
    done = col(Inspection.issued_at)
    query = query.where(done.is_not(None) if issued else done.is_(None)).order_by(col(Inspection.begun_at).desc())
    row = scene.tx.exec(query.limit(1)).first()
    unseal_rows(scene.tx, [row])
    return row


def held_in(row: Inspection | None) -> dict[str, Held]:
    held: dict[str, Any] = row.held.data() if row is not None and row.held is not None else {}
    return {key: Held(**one) for key, one in held.items()}


def outdated(scene: Scene, issued: Inspection | None, draft: Inspection | None) -> bool:
    """
    Whether more is kept from its reader by now than when this file was issued: held back here, or an item shielded or
    withheld. Whatever it is: nothing in a file says which of its lines a later hold means, and one fetch too many
    can't be undone.
    """
    if issued is None:
        return False
    before = {key: (held.how_much, held.passage) for key, held in held_in(issued).items()}
    now = {key: (held.how_much, held.passage) for key, held in held_in(draft).items()}
    return any(before.get(key) != held for key, held in now.items()) or _kept_since(scene, issued)


def _kept_since(scene: Scene, issued: Inspection) -> bool:
    since = issued.issued_at
    me = str(issued.party_id)
    return any(one.kept_from == me and (since is None or one.set_at >= since) for one in standing_holds(scene))


def as_data(held: Mapping[str, Held]) -> dict[str, Any]:
    return {key: asdict(one) for key, one in held.items()}
