"""*Noodtoegang*: an administrator asks to open one case; the privacy officer decides. Both prove anew who they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.administration import glass
from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.errors import N_, Fault, NotProven
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import Answers, Line, Text, describe, field, read_form, rule, summary, validate

router = APIRouter(prefix="/noodtoegang")

LONGEST_REFERENCE = 20
SHORTEST_REASON = 20
"""Letters: a sentence that says something (CFG)."""
DONE = frozenset({"gevraagd", "geopend", "afgewezen", "gesloten"})


class Ask(Answers):
    reference: Line = field("kenmerk")
    reason: Text = field("reden", widget="text")

    @rule
    def reason_says_something(self) -> Iterator[Fault]:
        if len(self.reason.strip()) < SHORTEST_REASON:
            text = N_("Schrijf in een zin waarom dit nodig is, met ten minste {letters} letters.")
            yield Fault("/reden", text, {"letters": SHORTEST_REASON})

    @rule
    def reference_can_be(self) -> Iterator[Fault]:
        if len(self.reference) > LONGEST_REFERENCE:
            yield Fault("/kenmerk", N_("Dit is geen nummer van een zaak. Een nummer ziet eruit als BT-1001."))


@router.get("")
def show_requests(visit: Reading, gedaan: str = "") -> HTMLResponse:
    return _page(visit, done=gedaan if gedaan in DONE else "")


@router.post("")
def ask(posted: Posted, visit: Writing) -> Response:
    if not glass.may_ask(visit.person, visit.at):
        glass.requests(visit.tx, visit.person, visit.at)  # raises NotThere for who has no such page
        return _page(visit)
    data = read_form(Ask, posted)
    answers, faults = validate(Ask, data)
    if answers is None:
        return _page(visit, data=data, faults=faults, status=422)
    if not visit.person.proven:
        raise NotProven
    glass.ask(visit.tx, visit.person, answers.reference.upper(), answers.reason, visit.at)
    return _back("gevraagd")


@router.post("/{glass_id}/besluit")
def decide(visit: Writing, glass_id: UUID, besluit: Literal["ja", "nee"] = Form(), waarom: str = Form("")) -> Response:
    """`waarom`: why telling the family now is unsafe; empty: they are told."""
    if besluit == "nee":
        glass.refuse(visit.tx, visit.person, glass_id, visit.at)
        return _back("afgewezen")
    if glass.may_decide(visit.person, visit.at) and not visit.person.proven:
        raise NotProven
    region = process_of(visit.request).region
    glass.break_it(visit.tx, visit.person, region, glass_id, visit.at, why_silent=waarom.strip()[:2000])
    return _back("geopend")


@router.post("/{glass_id}/einde")
def close(visit: Writing, glass_id: UUID) -> Response:
    glass.close(visit.tx, visit.person, glass_id, visit.at)
    return _back("gesloten")


def _page(
    visit: Visit,
    *,
    data: dict[str, object] | None = None,
    faults: list[Fault] | None = None,
    status: int = 200,
    done: str = "",
) -> HTMLResponse:
    rows = glass.requests(visit.tx, visit.person, visit.at)
    account = visit.person.account_id
    visit.note(account, Event("list", "R", account, object_kind="broken_glass"))
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    fields = describe(Ask, t, "glass", data or {}, faults or ())
    return pages.page(
        visit.request,
        "administration/glass.html",
        status,
        rows=rows,
        asks=glass.may_ask(visit.person, visit.at),
        decides=glass.may_decide(visit.person, visit.at),
        fields=fields,
        summary=summary(fields, faults or (), t),
        done=done,
        **shell(visit),
    )


def _back(done: str) -> Response:
    return RedirectResponse(f"/noodtoegang?gedaan={done}", status_code=303)
