"""Referrals by machine, and the pages of the web form."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from bijzondere_toegang.cases.scenes import process_of
from bijzondere_toegang.documents.checking import checked_in_referral
from bijzondere_toegang.errors import N_, NotAllowed
from bijzondere_toegang.people.visits import Reading, Writing
from bijzondere_toegang.referrals import pages
from bijzondere_toegang.referrals.intake import Intake, parse
from bijzondere_toegang.referrals.reception import receive
from bijzondere_toegang.web.problem import API_VERSION

router = APIRouter()
router.include_router(pages.router)


async def whole_body(request: Request) -> bytes:
    """The bytes as sent; the limit on bodies was kept before."""
    return await request.body()


Raw = Annotated[bytes, Depends(whole_body)]


def read_intake(raw: Raw, visit: Reading) -> Intake:
    """The document, for a referrer only, read before anything is locked. Raises Incomplete with all faults."""
    if "referrer" not in visit.person.roles:
        raise NotAllowed(N_("Alleen een verwijzer kan aanmelden."))
    examine = partial(checked_in_referral, scanner=visit.request.app.state.scanner)
    return parse(raw, region=process_of(visit.request).region, on=visit.on, examine=examine)


def _registered(said: str) -> dict[str, Any]:
    body = {"kenmerk": {"type": "string"}, "status": {"type": "string", "description": "code van de fase"}}
    schema = {"type": "object", "required": list(body), "properties": body}
    return {"description": said, "content": {"application/json": {"schema": schema}}}


ANSWERS: dict[int | str, dict[str, Any]] = {
    201: _registered("Aangemeld"),
    200: _registered("Deze aanmelding was er al: hetzelfde kenmerk"),
}
BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Aanmelding"}}}}


@router.post(
    "/api/v1/aanmeldingen",
    status_code=201,
    summary="Meld een jongere aan",
    responses=ANSWERS,
    openapi_extra={"requestBody": BODY},
)
def receive_referral(intake: Annotated[Intake, Depends(read_intake)], visit: Writing) -> Response:
    """Register an intake document of `aanmelding.schema.json`: 201, or 200 when it was registered before."""
    process = process_of(visit.request)
    received = receive(visit.tx, process, intake, sender=visit.person, channel="api", at=visit.at)
    reference = received.case.reference
    headers = {"Location": f"/api/v1/zaken/{reference}", "API-Version": API_VERSION}
    body = {"kenmerk": reference, "status": received.case.stage}
    return JSONResponse(body, 201 if received.created else 200, headers=headers)
