from __future__ import annotations

from pathlib import Path

import pytest

import bijzondere_toegang
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import LANGUAGES, read_catalogue, read_messages, used_messages

PACKAGE = Path(bijzondere_toegang.__file__).parent
USED = used_messages([PACKAGE / "web", folder("templates") / "web"])


def is_key(msgid: str) -> bool:
    """A dotted key, which every language needs; a Dutch sentence has a blank or no dot inside."""
    return "." in msgid.strip(".") and " " not in msgid and msgid.islower()


@pytest.mark.parametrize("lang", [code for code in LANGUAGES if code != "nl"])
def test_every_sentence_of_this_room_is_translated(lang: str) -> None:
    known = read_messages(folder("locales") / lang)

    assert not sorted(USED - known.single.keys() - known.plural.keys())


def test_every_key_of_this_room_has_its_dutch_words() -> None:
    known = read_messages(folder("locales") / "nl")

    assert not sorted(m for m in USED if is_key(m) and m not in known.single)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_catalogue_of_this_room_holds_nothing_obsolete(lang: str) -> None:
    used = USED | used_messages([PACKAGE])

    messages = read_catalogue(folder("locales") / lang / "web.po")

    ids = [m.id if isinstance(m.id, str) else m.id[0] for m in messages if m.id]
    assert not sorted(m for m in ids if m not in used and not is_key(m))
    assert not messages.obsolete


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rooms_do_not_contradict_each_other(lang: str) -> None:
    said: dict[object, set[object]] = {}

    for path in sorted((folder("locales") / lang).glob("*.po")):
        for message in read_catalogue(path):
            if message.id and message.string:
                said.setdefault(str(message.id), set()).add(str(message.string))

    assert {k: v for k, v in said.items() if len(v) > 1} == {}


def test_parameters_survive_translation() -> None:
    for message in read_catalogue(folder("locales") / "en" / "web.po"):
        if isinstance(message.id, str) and message.id and " uur" not in message.id:
            assert message.id.count("{") == str(message.string).count("{"), message.id
