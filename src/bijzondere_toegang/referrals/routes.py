"""Referrals by machine, and the pages of the web form."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from bijzondere_toegang.cases.scenes import process_of
from bijzondere_toegang.people.visits import Writing
from bijzondere_toegang.referrals import pages
from bijzondere_toegang.referrals.intake import parse
from bijzondere_toegang.referrals.reception import receive
from bijzondere_toegang.web.problem import API_VERSION

router = APIRouter()
router.include_router(pages.router)


async def whole_body(request: Request) -> bytes:
    """The bytes as sent; the limit on bodies was kept before."""
    return await request.body()


Raw = Annotated[bytes, Depends(whole_body)]


@router.post("/api/v1/aanmeldingen")
def receive_referral(raw: Raw, visit: Writing) -> Response:
    """Register an intake document of `aanmelding.schema.json`: 201, or 200 when it was registered before."""
    person, process = visit.person, process_of(visit.request)
    intake = parse(raw, region=process.region, on=visit.on)
    received = receive(visit.tx, process, intake, sender=person, channel="api", at=visit.at)
    reference = received.case.reference
    headers = {"Location": f"/api/v1/zaken/{reference}", "API-Version": API_VERSION}
    body = {"kenmerk": reference, "status": received.case.stage}
    return JSONResponse(body, 201 if received.created else 200, headers=headers)
