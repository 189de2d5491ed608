"""*Logboek*: the privacy officer works through odd reading and sees whether the log is whole. Looking is logged too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy import tuple_, update
from sqlmodel import col, select
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.administration.reviewing import ESCALATED
from bijzondere_toegang.administration.reviewing import waiting as reviews_waiting
from bijzondere_toegang.cases.scenes import has_own_door, note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.db import Secret, unseal_rows
from bijzondere_toegang.errors import N_, Fault, NotNow, NotThere
from bijzondere_toegang.oversight import keeping
from bijzondere_toegang.oversight.checking import verdict
from bijzondere_toegang.oversight.models import FindingStep, LogFinding
from bijzondere_toegang.oversight.names import case_pseudonym, person_pseudonym
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.facts import Facts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import decide
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.records.erasing import waiting as erasures_waiting
from bijzondere_toegang.timeline.checkpoints import newest
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter(prefix="/logboek")

PAGE = 50
LATE = timedelta(hours=2)
"""A checkpoint comes every hour; one that is older is late."""
STATES = {"open": ("seen", "asked", "closed"), "seen": ("asked", "closed"), "asked": ("closed",), "closed": ()}
"""What an officer may do with a finding, by how it stands."""
LONGEST = 2000
OWN = N_("Dit gaat over uw eigen lezen. Een andere functionaris gegevensbescherming handelt het af.")


@router.get("")
def show_log(visit: Reading, toon: str = "", na: str = "") -> HTMLResponse:
    """`toon=alles` shows what was closed too; `na` is where the page before ended."""
    _officer(visit, "log")
    every = toon == "alles"
    rows = _page(visit, every, na)
    more = f"{rows[PAGE - 1].at.isoformat()}_{rows[PAGE - 1].id}" if len(rows) > PAGE else ""
    checkpoint = newest(visit.tx)
    return pages_of(visit.request).page(
        visit.request,
        "oversight/log.html",
        findings=[_shown(visit, row) for row in rows[:PAGE]],
        next_page=f"/logboek?{'toon=alles&' if every else ''}na={more.replace('+', '%2B')}" if more else None,
        first_page="/logboek?toon=alles" if na and every else "/logboek" if na else None,
        every=every,
        waiting=keeping.open_findings(visit.tx),
        advice=sum(row.may_advise for row in erasures_waiting(visit.tx, visit.person, visit.at)),
        reviews=reviews_waiting(visit.tx, None, (ESCALATED,)),
        checkpoint=checkpoint,
        late=checkpoint is not None and visit.at - checkpoint.at > LATE,
        verified=keeping.newest_check(visit.tx, "verify"),
        reviewed=keeping.newest_check(visit.tx, "review"),
        asked=keeping.waits(visit.tx, "verify"),
        pseudonym=lambda case: case_pseudonym(visit.tx, case),
        **shell(visit),
    )


def _officer(visit: Visit, what: str, permission: Permission = Permission.READ_LOG_ALL) -> None:
    """Only with the table's row; to everybody else there is no such page. The look goes to the officer's own chain."""
    roles = {Relation.PRIVACY_OFFICER} if "privacy_officer" in visit.person.roles else set()
    decision = decide(permission, Facts(relations=frozenset(roles), on=visit.on))
    if not decision.allowed:
        raise NotThere
    account = visit.person.account_id
    visit.note(
        account,
        Event(
            "read", "R", account, role="privacy_officer", object_kind=what, permission=decision.row,
            care_relation=str(decision.relation or ""),
        ),
    )  # fmt: skip


def _page(visit: Visit, every: bool, after: str) -> list[LogFinding]:
    query = select(LogFinding)
    if not every:
        query = query.where(LogFinding.state != "closed")
    if (cursor := _cursor(after)) is not None:
        query = query.where(tuple_(LogFinding.at, LogFinding.id) < tuple_(*cursor))
    return list(visit.tx.exec(query.order_by(col(LogFinding.at).desc(), col(LogFinding.id).desc()).limit(PAGE + 1)))


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    moment, _, row = text.partition("_")
    try:
        at, found = datetime.fromisoformat(moment), UUID(row)
    except ValueError:
        return None
    return (at, found) if at.tzinfo is not None else None


def _shown(visit: Visit, row: LogFinding) -> dict[str, Any]:
    return {
        "row": row,
        "case": case_pseudonym(visit.tx, row.case_id) if row.case_id else "",
        "person": person_pseudonym(visit.tx, row.account_id),
    }


@router.get("/{finding_id}")
def show_finding(visit: Reading, finding_id: UUID) -> HTMLResponse:
    _officer(visit, "finding")
    return _finding_page(visit, _finding(visit, finding_id))


def _finding(visit: Visit, finding_id: UUID) -> LogFinding:
    row = visit.tx.get(LogFinding, finding_id)
    if row is None:
        raise NotThere
    return row


def _finding_page(visit: Visit, row: LogFinding, fault: Fault | None = None, typed: str = "") -> HTMLResponse:
    steps = list(
        visit.tx.exec(select(FindingStep).where(FindingStep.finding_id == row.id).order_by(col(FindingStep.at))).all()
    )
    unseal_rows(visit.tx, steps)
    asked = any(step.state == "asked" for step in steps)
    names = names_of(visit.tx, [*(step.account_id for step in steps), *([row.account_id] if asked else [])])
    if asked:
        account = visit.person.account_id
        event = Event("read", "R", account, object_kind="account_name", object_pseudonym=str(row.account_id))
        visit.note(account, event)
    return pages_of(visit.request).page(
        visit.request,
        "oversight/finding.html",
        422 if fault else 200,
        finding=_shown(visit, row),
        steps=steps,
        names=names,
        whom=names.get(row.account_id, "") if asked else "",
        choices=() if row.account_id == visit.person.account_id else STATES[row.state],
        own=row.account_id == visit.person.account_id,
        fault=fault,
        typed=typed,
        **shell(visit),
    )


@router.post("/controle")
def ask_verification(visit: Writing) -> Response:
    """The check may take half a minute, so the scheduler does it; the page shows what came of it."""
    _officer(visit, "log", Permission.AUDIT_VERIFY)
    if not keeping.waits(visit.tx, "verify"):
        keeping.ask(visit.tx, "verify", visit.person.account_id, visit.at)
    return RedirectResponse("/logboek", status_code=303)


@router.post("/{finding_id}")
def do_with_finding(
    visit: Writing, finding_id: UUID, stap: Annotated[str, Form()] = "", notitie: Annotated[str, Form()] = ""
) -> Response:
    """Looked at, asked for an explanation, or closed; always with a note, which is sealed."""
    _officer(visit, "finding")
    row, note = _finding(visit, finding_id), notitie.replace("\r\n", "\n").strip()
    if row.account_id == visit.person.account_id:
        raise NotNow(OWN)
    if stap not in STATES[row.state]:
        raise NotNow(N_("Iemand anders werkte deze melding al bij. Kijk hoe die er nu voor staat."))
    if not note or len(note) > LONGEST:
        fault = Fault("/notitie", N_("Schrijf kort op wat u zag of deed. Hoogstens 2000 tekens."))
        raise Rerender(_finding_page(visit, row, fault, notitie))
    changed = update(LogFinding).where(col(LogFinding.id) == row.id, col(LogFinding.state) == row.state)
    if visit.tx.connection().execute(changed.values(state=stap)).rowcount != 1:
        raise NotNow(N_("Iemand anders werkte deze melding al bij. Kijk hoe die er nu voor staat."))
    by = visit.person.account_id
    visit.tx.add(FindingStep(finding_id=row.id, state=stap, at=visit.at, account_id=by, note=Secret(note)))
    event = Event(
        "finding_" + stap, "U", by, role="privacy_officer", object_kind="finding", object_pseudonym=str(row.id)
    )
    visit.note(by, event)
    return RedirectResponse(f"/logboek/{row.id}" if stap != "closed" else "/logboek", status_code=303)


codes = APIRouter()


@codes.get("/zaken/{reference}/controlecode")
def check_code(visit: Reading, reference: str, code: str = "") -> HTMLResponse:
    """For who sees the whole case, professional or family; whether another case has this code is not told."""
    scene = scene_of(visit, reference)
    if decide(Permission.CASE_SEE, scene.sight.facts).scope != "full":
        raise NotThere
    note_look(visit, scene, "check_code")
    family = has_own_door(scene)
    return pages_of(visit.request).page(
        visit.request,
        "oversight/code.html",
        layout="web/family.html" if family else "web/base.html",
        back=f"/mijn-plan/{scene.case.reference}" if family else f"/zaken/{scene.case.reference}",
        case=scene.case,
        typed=code[:40],
        found=verdict(scene, code) if code else None,
        **shell(visit),
    )
