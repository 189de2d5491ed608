"""A draft as it is read: the task list, the answers to check, and what is still missing with a way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bijzondere_toegang.errors import N_
from bijzondere_toegang.referrals.drafts import Data, Draft, documents_in
from bijzondere_toegang.referrals.sections import DOCUMENTS, LABELS, SECTIONS, Section
from bijzondere_toegang.web.forms import Choice, FieldView, day_as_sent, describe, summary
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.views import SummaryLine

Choices = Mapping[str, Sequence[Choice]]

EMPTY = N_("Leeg")
NOT_BEGUN = N_("Dit deel is nog niet ingevuld.")
STATES: Mapping[str, tuple[str, str]] = {
    "none": ("info", N_("Nog niet begonnen")),
    "begun": ("soon", N_("Begonnen, nog niet klaar")),
    "done": ("ok", N_("Klaar")),
    "optional": ("info", N_("Mag leeg blijven")),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A line of the task list."""

    href: str
    label: str
    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that belong together: one row of a list under its heading, or what stands by itself."""

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A section on the page to check: each answer with its question, and the way back."""

    section: Section
    href: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """What a section still lacks."""

    title: str
    lines: tuple[SummaryLine, ...]


def tasks(draft: Draft, translator: Translator) -> list[Task]:
    """The sections in order, each with its state in words."""
    return [
        Task(_href(draft, section), translator.gettext(section.title), *_state(draft, section, translator))
        for section in SECTIONS
    ]


def _href(draft: Draft, section: Section) -> str:
    return f"/aanmeldingen/{draft.reference}/{section.name}"


def _state(draft: Draft, section: Section, translator: Translator) -> tuple[str, str]:
    kind, words = STATES[draft.state_of(section)]
    return kind, translator.gettext(words)


def answered(draft: Draft, translator: Translator, choices: Choices) -> list[Answered]:
    """Every section with what was answered in it."""
    return [
        Answered(section, _href(draft, section), tuple(_groups(draft, section, translator, choices)))
        for section in SECTIONS
    ]


def _groups(draft: Draft, section: Section, translator: Translator, choices: Choices) -> Iterator[Group]:
    if section.name == DOCUMENTS:
        said = N_("Document {nummer}")
        names = [str(one.get("naam", "")) for one in documents_in(draft)]
        told = [(translator.gettext(said, nummer=number), name) for number, name in enumerate(names, 1)]
        yield from [Group("", tuple(told))] if told else []
        return
    yield from _told_of(section, draft.saved.get(section.name, {}), translator, choices)


def _told_of(section: Section, answers: Data, translator: Translator, choices: Choices) -> Iterator[Group]:
    for heading, fields in _parted(describe(section.form, translator, LABELS, answers, (), choices)):
        if lines := tuple(_told(fields, "", translator)):
            yield Group(heading, lines)


def _parted(views: Iterable[FieldView]) -> Iterator[tuple[str, list[FieldView]]]:
    """Each row of a list under its heading; what stands between lists together."""
    between: list[FieldView] = []
    for view in views:
        if view.widget != "rows":
            between.append(view)
            continue
        yield "", between
        between = []
        yield from ((row.title, list(row.fields)) for row in view.rows)
    yield "", between


def _told(views: Iterable[FieldView], above: str, translator: Translator) -> Iterator[tuple[str, str]]:
    for view in views:
        if view.widget == "group":
            below = view.rows[0].fields
            if view.name.endswith("adres"):
                yield from _address(view.label, below, translator)
            else:
                yield from _told(below, f"{view.label} · ", translator)
        elif words := _words(view, translator):
            yield above + view.label, words


def _address(label: str, fields: Iterable[FieldView], translator: Translator) -> Iterator[tuple[str, str]]:
    """An address as it stands on an envelope, and whether it is secret."""
    street, number, postcode, place, secret = fields
    lines = (f"{street.value} {number.value}".strip(), f"{postcode.value} {place.value}".strip())
    if written := ", ".join(filter(None, lines)):
        yield label, written
    if words := _words(secret, translator):
        yield secret.label, words


def _words(view: FieldView, translator: Translator) -> str:
    """The answer in words: what was chosen, the day, or what was typed."""
    if view.widget == "check":
        return translator.gettext(N_("Ja")) if view.value == "ja" else ""
    if view.options:
        return ", ".join(option.label for option in view.options if option.checked)
    if view.widget in ("date", "birthday"):
        return _day(day_as_sent(view.value), translator)
    return view.value


def _day(text: str, translator: Translator) -> str:
    try:
        return translator.day(date.fromisoformat(text))
    except ValueError:
        return text


def differing(draft: Draft, section: Section, typed: Data, translator: Translator, choices: Choices) -> list[Group]:
    """What was saved in a section and reads otherwise than what was typed, with its questions."""
    saved = _by_question(_told_of(section, draft.saved.get(section.name, {}), translator, choices))
    mine = _by_question(_told_of(section, typed, translator, choices))
    other = [place for place in {**mine, **saved} if saved.get(place) != mine.get(place)]
    empty = translator.gettext(EMPTY)
    return [
        Group(heading, tuple((label, saved.get((heading, label), empty)) for at, label in other if at == heading))
        for heading in dict.fromkeys(heading for heading, _ in other)
    ]


def _by_question(groups: Iterable[Group]) -> dict[tuple[str, str], str]:
    return {(group.heading, label): words for group in groups for label, words in group.lines}


def missing(draft: Draft, translator: Translator, choices: Choices) -> list[Missing]:
    """What still has to be done before registering, by section, each with a link to where."""
    found = (
        Missing(translator.gettext(section.title), tuple(_lacks(draft, section, translator, choices)))
        for section in SECTIONS
    )
    return [part for part in found if part.lines]


def _lacks(draft: Draft, section: Section, translator: Translator, choices: Choices) -> Iterator[SummaryLine]:
    href = _href(draft, section)
    if draft.state_of(section) == "none":
        yield SummaryLine("", translator.gettext(NOT_BEGUN), href)
        return
    faults = draft.faults_of(section)
    views = describe(section.form, translator, LABELS, draft.saved.get(section.name, {}), faults, choices)
    for line in summary(views, faults, translator):
        yield SummaryLine(line.label, line.message, href + line.href)
