"""The OpenAPI description of everything under /api/v1: what FastAPI tells, and the refusals that all share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from bijzondere_toegang import __version__
from bijzondere_toegang.referrals.intake.schema import contract
from bijzondere_toegang.web.problem import API_VERSION, PROBLEM

REFUSED = {
    "description": "Geweigerd: 401 zonder token, 403 niet aan u, 404 niet voor u, 409 kan nu niet, 422 met alle fouten",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Probleem"}}},
}


def description(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The document, in OpenAPI 3.1."""
    document = get_openapi(
        title="Bijzondere Toegang",
        version=API_VERSION,
        description=f"De Bijzondere Toegang voor systemen. Software {__version__}.",
        routes=routes,
    )
    for ways in document["paths"].values():
        for operation in ways.values():
            _refuse(operation["responses"])
    schemas = document["components"]["schemas"]
    for ours_is_another in ("HTTPValidationError", "ValidationError"):
        schemas.pop(ours_is_another, None)
    schemas["Probleem"] = PROBLEM
    schemas["Aanmelding"] = {name: value for name, value in contract().items() if not name.startswith("$")}
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    return document


def _refuse(responses: dict[str, Any]) -> None:
    """FastAPI names its own answer to a wrong body; ours is a problem, as every refusal is."""
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    responses["default"] = REFUSED
