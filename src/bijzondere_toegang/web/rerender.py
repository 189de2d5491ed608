"""A page to show instead of going on: raised, so that the transaction rolls back, and then sent as it is."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bijzondere_toegang.errors import Refused


class Rerender(Refused):
    """Holds the page to send; a refusal with that page's status, so that it is logged as one."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.status = response.status_code
        self.response = response


def install(app: FastAPI) -> None:
    app.add_exception_handler(Rerender, _send)


def _send(request: Request, error: Exception) -> Response:
    assert isinstance(error, Rerender)
    return error.response
