"""Catalogues read straight from `locales/<language>/<room>.po`, and the words for days and times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from gettext import c2py
from pathlib import Path
from typing import cast

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette.requests import Request

from bijzondere_toegang.clock import local_time
from bijzondere_toegang.errors import N_, Fault, Sentence

DEFAULT = "nl"
COOKIE = "taal"
_ONE_OR_MORE = c2py("n != 1")


@dataclass(frozen=True, slots=True)
class Language:
    """A language a reader can choose: its code, its own name, its direction, and the locale for dates."""

    code: str
    name: str
    direction: str
    locale: str


LANGUAGES: Mapping[str, Language] = {
    "nl": Language("nl", "Nederlands", "ltr", "nl"),
    "en": Language("en", "English", "ltr", "en_GB"),
}


@dataclass(slots=True)
class Messages:
    """The merged texts of one language."""

    single: dict[str, str] = field(default_factory=dict)
    plural: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rule: Callable[[int], int] = field(default=_ONE_OR_MORE)


def cookie_of(request: Request) -> str:
    """Where the choice of a language is kept: over https under a name that no other host can set."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


class Translator:
    """Sentences, days and times in one language. Sentences take `{named}` parameters."""

    def __init__(self, language: Language, messages: Messages) -> None:
        self.language = language
        self.lang = language.code
        self.direction = language.direction
        self._messages = messages

    def has(self, msgid: str) -> bool:
        return msgid in self._messages.single

    def first(self, *msgids: str) -> str | None:
        """The text of the first key that the catalogue knows, or None."""
        return next((self.gettext(m) for m in msgids if self.has(m)), None)

    def gettext(self, msgid: str, **params: object) -> str:
        return self._fill(self._messages.single.get(msgid, msgid), params)

    def ngettext(self, one: str, many: str, n: int, **params: object) -> str:
        """`n` is also a parameter: "{n} dagen"."""
        return self._fill(self.plural(one, many, n), {"n": n, **params})

    def plural(self, one: str, many: str, n: int) -> str:
        """The unfilled form of a plural sentence that fits `n`."""
        forms = self._messages.plural.get(one)
        return forms[self._messages.rule(n)] if forms else (one if n == 1 else many)

    def sentence(self, said: Sentence | Fault) -> str:
        return self.gettext(said.text, **said.params)

    def day(self, day: date, today: date | None = None) -> str:
        """dinsdag 14 april; with the year unless it is the year of `today`."""
        return self._date(day, "EEEE d MMMM", today)

    def short_day(self, day: date, today: date | None = None) -> str:
        """di 14 april; with the year unless it is the year of `today`."""
        return self._date(day, "EEE d MMMM", today)

    def time(self, at: datetime | time) -> str:
        """10.00 uur, on the wall clock of the Netherlands."""
        wall = local_time(at) if isinstance(at, datetime) else at
        return self.gettext(N_("{uur}.{minuten} uur"), uur=wall.hour, minuten=f"{wall.minute:02}")

    def moment(self, at: datetime, today: date | None = None) -> str:
        """di 14 april, 9.12 uur."""
        return f"{self.short_day(local_time(at).date(), today)}, {self.time(at)}"

    def distance(self, day: date, today: date) -> str:
        """vandaag, morgen, over 3 dagen, 2 dagen geleden."""
        days = (day - today).days
        near = {0: N_("vandaag"), 1: N_("morgen"), -1: N_("gisteren")}
        if days in near:
            return self.gettext(near[days])
        if days > 0:
            return self.ngettext("over {n} dag", "over {n} dagen", days)
        return self.ngettext("{n} dag geleden", "{n} dagen geleden", -days)

    def _date(self, day: date, pattern: str, today: date | None) -> str:
        year = "" if today is not None and today.year == day.year else " y"
        return format_date(day, pattern + year, locale=self.language.locale).replace(".", "")

    def _fill(self, text: str, params: Mapping[str, object]) -> str:
        return text.format_map({k: self._word(v) for k, v in params.items()}) if params else text

    def _word(self, value: object) -> object:
        if isinstance(value, Sentence | Fault):
            return self.sentence(value)
        if isinstance(value, datetime):
            return self.moment(value)
        return self.day(value) if isinstance(value, date) else value


class Catalogues:
    """All languages, read once at the start."""

    def __init__(self, folder: Path, languages: Mapping[str, Language] = LANGUAGES) -> None:
        self.translators = {
            code: Translator(language, read_messages(folder / code)) for code, language in languages.items()
        }

    def translator(self, lang: str = DEFAULT) -> Translator:
        return self.translators.get(lang, self.translators[DEFAULT])

    def language_of(self, request: Request) -> str:
        """Chosen in the address (`?taal=en`), else the cookie, else what the browser prefers, else Dutch."""
        chosen = [request.query_params.get(COOKIE), request.cookies.get(cookie_of(request))]
        asked = preferred(request.headers.get("accept-language", ""))
        return next((c for c in [*chosen, *asked] if c in self.translators), DEFAULT)


def preferred(header: str) -> list[str]:
    """The languages of an Accept-Language header (RFC 9110 12.5.4), best first, without their regions."""
    weighted = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        weighted.append((_quality(quality), tag.split("-")[0].lower()))
    return [tag for quality, tag in sorted(weighted, key=lambda pair: -pair[0]) if quality > 0]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def read_messages(folder: Path) -> Messages:
    """The merged messages of the `.po` files of one language."""
    found = Messages()
    for path in sorted(folder.glob("*.po")):
        _merge(found, read_catalogue(path))
    return found


def read_catalogue(path: Path) -> Catalog:
    """One `.po` file as babel reads it; a broken one is an error."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _merge(found: Messages, catalogue: Catalog) -> None:
    found.rule = c2py(catalogue.plural_expr)
    for message in catalogue:
        if not message.id or message.fuzzy or not message.string:
            continue
        if isinstance(message.id, str):
            found.single[message.id] = cast(str, message.string)
        elif all(message.string):
            found.plural[message.id[0]] = tuple(message.string)


def used_messages(folders: Iterable[Path]) -> set[str]:
    """The msgids in templates and Python (`_`, `N_`, `ngettext`, `trans`) below; of a plural the first."""
    found: set[str] = set()
    for folder in folders:
        found |= _extracted(folder)
    return found


def _extracted(folder: Path) -> set[str]:
    rows = extract_from_dir(
        folder,
        method_map=[("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
        options_map={name: {"extensions": "jinja2.ext.i18n"} for name in ("**.html", "**.txt")},
    )
    ids = (message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in rows)
    return {msgid for msgid in ids if msgid}
