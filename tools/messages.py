"""`make messages`: what each catalogue lacks, and what nobody asks for any more. Exit code 1 when something lacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bijzondere_toegang.engine import load, sentence_keys, workflow_files
from bijzondere_toegang.web.i18n import DEFAULT, LANGUAGES, read_catalogue, used_messages

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"


def main() -> int:
    used = used_messages([ROOT / "templates", ROOT / "src"])
    keys = {key for path in workflow_files(ROOT / "workflows") for key in sentence_keys(load(path))}
    missing = [line for lang in LANGUAGES for line in _missing(lang, used, keys)]
    for line in (*missing, *_one_sided(), *_obsolete(used)):
        print(line)
    print(f"{len(missing)} missing", file=sys.stderr)
    return 1 if missing else 0


def _missing(lang: str, used: set[str], keys: set[str]) -> Iterator[str]:
    """A Dutch sentence is its own translation; a dotted key needs one in every language."""
    known = {msgid for path in _catalogues(lang) for msgid in _ids(path)}
    for msgid in sorted((used | keys) - known):
        if lang != DEFAULT or _is_key(msgid):
            yield f"{lang}: missing: {msgid}"


def _one_sided() -> Iterator[str]:
    """Dotted keys that one language has and another lacks."""
    known = {lang: {key for path in _catalogues(lang) for key in _ids(path) if _is_key(key)} for lang in LANGUAGES}
    for lang in LANGUAGES:
        for other in LANGUAGES:
            yield from (f"{lang}: missing, {other} has it: {key}" for key in sorted(known[other] - known[lang]))


def _obsolete(used: set[str]) -> Iterator[str]:
    """Sentences that no template and no code holds; dotted keys are put together at run time, so they are left out."""
    for lang in LANGUAGES:
        for path in _catalogues(lang):
            for msgid in sorted(msgid for msgid in _ids(path) - used if not _is_key(msgid)):
                yield f"{path.relative_to(ROOT)}: obsolete: {msgid}"


def _catalogues(lang: str) -> list[Path]:
    return sorted((LOCALES / lang).glob("*.po"))


def _ids(path: Path) -> set[str]:
    ids = (message.id for message in read_catalogue(path) if message.id and message.string)
    return {one if isinstance(one, str) else one[0] for one in ids}


def _is_key(msgid: str) -> bool:
    return " " not in msgid and "." in msgid.strip(".") and msgid[0].islower()


if __name__ == "__main__":
    sys.exit(main())
