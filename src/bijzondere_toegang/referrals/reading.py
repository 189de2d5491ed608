"""A draft as it is read: the task list, the answers to check, and what is still missing with a way there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bijzondere_toegang.errors import N_
from bijzondere_toegang.referrals.drafts import Draft, documents_in
from bijzondere_toegang.referrals.sections import DOCUMENTS, LABELS, SECTIONS, Section
from bijzondere_toegang.web.forms import Choice, FieldView, day_as_sent, describe, summary
from bijzondere_toegang.web.i18n import Translator
from bijzondere_toegang.web.views import SummaryLine

Choices = Mapping[str, Sequence[Choice]]

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
class Answered:
    """A section on the page to check: each answer with its question, and the way back."""

    section: Section
    href: str
    lines: tuple[tuple[str, str], ...]


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
        Answered(section, _href(draft, section), tuple(_lines(draft, section, translator, choices)))
        for section in SECTIONS
    ]


def _lines(draft: Draft, section: Section, translator: Translator, choices: Choices) -> Iterator[tuple[str, str]]:
    if section.name == DOCUMENTS:
        for number, one in enumerate(documents_in(draft), 1):
            yield translator.gettext(N_("Document {nummer}"), nummer=number), str(one.get("naam", ""))
    elif section.name in draft.saved:
        views = describe(section.form, translator, LABELS, draft.saved[section.name], (), choices)
        yield from _told(views, "", translator)


def _told(views: Iterable[FieldView], above: str, translator: Translator) -> Iterator[tuple[str, str]]:
    for view in views:
        for row in view.rows:
            heading = row.title if view.widget == "rows" else view.label
            yield from _told(row.fields, f"{above}{heading} · ", translator)
        if not view.rows and (words := _words(view, translator)):
            yield above + view.label, words


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
