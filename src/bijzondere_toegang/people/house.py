"""What the pages of people need of rooms above them; the front door puts it in `app.state.house`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from fastapi import Request
from sqlmodel import Session

from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.web.render import Pages


class Tell(Protocol):
    """Puts a mail of this kind in the outbox for these accounts."""

    def __call__(self, tx: Session, accounts: list[UUID], kind: str, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class House:
    tell: Tell
    shell: Callable[[Visit], dict[str, Any]]
    """who is signed in and the main menu, for the top of a page"""
    is_youth: Callable[[Session, UUID, datetime], bool]
    """whether this is a young person, to whom pages say *je*"""


def house_of(request: Request) -> House:
    return cast(House, request.app.state.house)


def pages_of(request: Request) -> Pages:
    return cast(Pages, request.app.state.pages)
