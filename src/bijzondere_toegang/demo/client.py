"""Knocks at the application's own door as somebody, with a personal token, without leaving this process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from starlette.types import ASGIApp, Message

from bijzondere_toegang.clock import Clock
from bijzondere_toegang.db import Database
from bijzondere_toegang.people.login import make_token


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the title and detail of a refusal."""

    status: int
    title: str
    detail: str


def token_for(database: Database, clock: Clock, account_id: UUID) -> str:
    with database.write() as tx:
        at = clock()
        return make_token(tx, account_id, "rondleiding", at, days=1, signs_until=at + timedelta(hours=12))


def knock(app: ASGIApp, method: str, path: str, token: str, body: dict[str, Any] | None = None) -> Answer:
    """One request through every guard of the application."""
    sent = json.dumps(body).encode() if body is not None else b""
    return asyncio.run(_knock(app, method, path, token, sent))


async def _knock(app: ASGIApp, method: str, path: str, token: str, body: bytes) -> Answer:
    got: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        got.append(message)

    await app(_scope(method, path, token, body), receive, send)
    return _read(got)


def _scope(method: str, path: str, token: str, body: bytes) -> dict[str, Any]:
    where = urlsplit(path)
    headers = {
        "host": "localhost",
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": where.path,
        "raw_path": where.path.encode(),
        "query_string": where.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
        "state": {},
    }


def _read(got: list[Message]) -> Answer:
    status = next(int(message["status"]) for message in got if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in got if message["type"] == "http.response.body")
    told = _problem(body) if status >= 400 else {}
    return Answer(status, str(told.get("title", "")), str(told.get("detail", "")))


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All of these at the same moment; the answers in the order of the calls."""
    answers: list[Answer | None] = [None] * len(calls)
    together = threading.Barrier(len(calls))

    def run(index: int) -> None:
        together.wait()
        answers[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]
