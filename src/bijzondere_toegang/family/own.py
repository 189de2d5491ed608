"""What is known of the reader: own name, how to reach, address, and the end of a BSN. Never of anybody else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import note_look
from bijzondere_toegang.db import Secret
from bijzondere_toegang.errors import NotAllowed
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Visit

SHOWN_OF_BSN = 3
"""digits; the rest stays masked"""


@dataclass(frozen=True, slots=True)
class Own:
    """Empty texts are not known."""

    name: str
    phone: str
    email: str
    address: str
    is_secret: bool
    """the address is kept from others; only then the page says so"""
    bsn_end: str


def own_of(reader: Reader) -> Own:
    """Raises NotAllowed for who may not read even the own address."""
    if not allows(Permission.SECRET_ADDRESS_SHOW, _own(reader.scene).sight.facts):
        raise NotAllowed
    one = reader.party
    return Own(
        one.full_name,
        _text(one.phone),
        _text(one.email),
        _text(one.address),
        one.secret_address,
        _text(one.bsn)[-SHOWN_OF_BSN:],
    )


def note_own(visit: Visit, reader: Reader, own: Own) -> None:
    """Write down that somebody read the own data; of a secret address as of every look at one (C25)."""
    if own.is_secret:
        note_look(visit, _own(reader.scene), "secret_address", Permission.SECRET_ADDRESS_SHOW, about=reader.party.id)
    else:
        note_look(visit, reader.scene, "own_data", about=reader.party.id)


def _own(scene: Scene) -> Scene:
    """The same scene, in which what is touched is the person's own."""
    return replace(scene, sight=replace(scene.sight, facts=replace(scene.sight.facts, own_data=True)))


def _text(secret: Secret | None) -> str:
    return secret.reveal() if secret else ""
