"""`keys`: versions of the master key and of the data keys, while the application runs."""

from __future__ import annotations

import argparse

from bijzondere_toegang import settings as environment
from bijzondere_toegang.cli.ground import Stop, Verbs, below, keeping, verb
from bijzondere_toegang.cli.readiness import demand_schema
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.crypto import new_key, read_keys, replace_keys, written
from bijzondere_toegang.keeping.rotation import rekey_lookups, renew, rewrap, survey
from bijzondere_toegang.settings import Settings

_KEYS = """\
A master key wraps the data keys; a data key seals what is in one case for one record holder. To replace the master:

  bijzondere-toegang keys new         # a version is added; keep a copy of the file elsewhere
  bijzondere-toegang keys rotate      # every data key is wrapped by the newest version
  bijzondere-toegang keys retire 1    # the old version goes, once nothing needs it

The application keeps running: with a key file it takes up a new version by itself. With BT_MASTER_KEY, add what
`keys new` prints and restart every process before `keys rotate`.
"""
_ROTATE = """\
Works in small batches beside the application. It can be broken off and run again, and two runs don't hurt each other.
--data gives every data key a new version too and seals every value anew; the old versions are destroyed.
--lookups gives look-ups (logins, BSNs, findings) a new key; writing waits for the seconds that it takes. Of two things
nobody knows what was hashed: the streets where people live are asked again, and links that ask for a date end.
"""
_RETIRE = """\
Refused while a data key needs the version. A backup of before needs it too: keep it apart until that backup is gone.
"""


def add(verbs: Verbs) -> None:
    under = below(verb(verbs, "keys", None, "list, add, rotate and retire keys", _KEYS))
    verb(under, "list", listing, "list the versions and what is under each")
    verb(under, "new", new, "add a version of the master key")
    rotating = verb(under, "rotate", rotate, "put everything under the newest version", _ROTATE)
    rotating.add_argument("--data", action="store_true", help="new versions of the data keys as well")
    rotating.add_argument("--lookups", action="store_true", help="a new key for look-ups as well")
    retiring = verb(under, "retire", retire, "take an old version out of the key file", _RETIRE)
    retiring.add_argument("version", type=int, help="the version of the master key")


def listing(_: argparse.Namespace) -> int:
    with keeping() as database:
        demand_schema(database)
        found, ring = survey(database), database.keyring
    for version in sorted({*ring.versions, *found.wrapped}):
        words = "newest, wraps" if version == ring.version else "wraps"
        missing = "" if version in ring.versions else "  NOT IN THE RING: these can't be read"
        print(f"master key {version}: {words} {found.wrapped.get(version, 0)} keys{missing}")
    print(
        f"data keys: {found.live} open, {found.renewing} being renewed, {found.erased} erased, {found.retired} retired"
    )
    return 0


def new(_: argparse.Namespace) -> int:
    settings = environment.load()
    if settings.master_key is not None:
        with keeping(settings) as database:
            version = database.keyring.version + 1
        print(f"add to BT_MASTER_KEY, after a comma: {written({version: new_key()})}")
        return 0
    keys = _of_file(settings)
    version = max(keys) + 1
    replace_keys(settings.master_key_file, {**keys, version: new_key()})
    print(f"master key {version} was added to the key file; keep a copy elsewhere, then run `keys rotate`")
    return 0


def rotate(arguments: argparse.Namespace) -> int:
    at = system_clock()
    with keeping() as database:
        demand_schema(database)
        print(f"{rewrap(database)} keys wrapped by master key {database.keyring.version}")
        if arguments.data:
            done = renew(database, at)
            print(f"{done.keys} data keys renewed, {done.values} values sealed anew")
        if arguments.lookups:
            lost = rekey_lookups(database, at)
            print("look-ups have a new key")
            if lost.streets:
                print(f"{lost.streets} streets are not known any more: ask for them again, with `people street`")
            if lost.links:
                print(f"{lost.links} links of families ended: they ask for another, or are invited again")
    return 0


def retire(arguments: argparse.Namespace) -> int:
    settings, version = environment.load(), arguments.version
    with keeping(settings) as database:
        demand_schema(database)
        found, ring = survey(database), database.keyring
    if version == ring.version:
        raise Stop(f"master key {version} is the newest: it stays", 1)
    if found.wrapped.get(version):
        raise Stop(f"{found.wrapped[version]} keys need master key {version}: run `keys rotate` first", 1)
    if settings.master_key is not None:
        print(f"nothing needs master key {version}: take it out of BT_MASTER_KEY")
        return 0
    keys = _of_file(settings)
    if keys.pop(version, None) is None:
        raise Stop(f"master key {version} is not in the key file", 1)
    replace_keys(settings.master_key_file, keys)
    print(f"master key {version} is out of the key file")
    return 0


def _of_file(settings: Settings) -> dict[int, bytes]:
    try:
        return read_keys(settings.master_key_file)
    except OSError as error:
        raise Stop(f"BT_MASTER_KEY_FILE can't be read ({type(error).__name__})") from None
