"""What was typed goes along while somebody proves who they are: as hidden fields of a page, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

Pairs = Sequence[tuple[str, str]]

TO, METHOD = "_naar", "_wijze"
OWN = frozenset({"_csrf", TO, METHOD, "login", "wachtwoord"})
"""Fields of the pages that carry, and what nobody should find in a page: a password."""
PROOF = "_bewijs"
"""How the fields begin with which somebody proves who they are."""
_LOCAL = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9/_.~%?=&-]*)?")


@dataclass(frozen=True, slots=True)
class Carried:
    """Where somebody was going, how, and what they had typed."""

    to: str
    method: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The hidden fields of the page that asks for something first."""
        return [*self.pairs, (TO, self.to), (METHOD, self.method)]

    @property
    def typed(self) -> list[str]:
        """The words among it, to be shown and copied."""
        return [value.strip() for name, value in self.pairs if not name.startswith("_") and len(value.strip()) > 20]


async def form_pairs(request: Request) -> Pairs:
    """The text fields of a posted form, in order; of anything else nothing."""
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def carried_from(pairs: Pairs) -> Carried | None:
    """What a page that carries brings along; None when it carries nothing, or would lead out of this house."""
    known = dict(pairs)
    to = known.get(TO, "")
    if not _LOCAL.fullmatch(to):
        return None
    return Carried(to, "GET" if known.get(METHOD) == "GET" else "POST", _kept(pairs))


def carry(request: Request, pairs: Pairs) -> Carried | None:
    """The request itself, to be sent again later; or what it carried already."""
    if carried := carried_from(pairs):
        return carried
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    to = request.url.path + query
    return Carried(to, request.method, _kept(pairs)) if _LOCAL.fullmatch(to) else None


def _kept(pairs: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs if name not in OWN and not name.startswith(PROOF))
