"""
*Beheer*: the people of the organisations one manages. Looking is written down in the own log; who lets people in or
out, or changes where their mail goes, proves anew who they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.administration import inviting, people, reviewing
from bijzondere_toegang.administration.forms import AddRole, ChangeAddress, ChangeDates, Invite
from bijzondere_toegang.administration.leaving import ending, give_away, leave
from bijzondere_toegang.administration.managing import Manager, Viewer, manager, person, viewer
from bijzondere_toegang.cases.scenes import pages_of, process_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.steps import Posted
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.errors import Fault, Incomplete, NotNow, NotThere
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.models import Account, Membership
from bijzondere_toegang.people.proving import demand_proof
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.records.erasing import waiting
from bijzondere_toegang.region import Region
from bijzondere_toegang.settings import Settings
from bijzondere_toegang.timeline.record import Event
from bijzondere_toegang.web.forms import Answers, Choice, describe, read_form, summary, validate
from bijzondere_toegang.web.rerender import Rerender

A = TypeVar("A", bound=Answers)

router = APIRouter(prefix="/beheer")

DONE = frozenset({"vertrokken", "overgedragen", "uitgenodigd", "opnieuw", "gewijzigd", "adres"})


@router.get("")
def show_people(visit: Reading, na: str = "", gedaan: str = "") -> HTMLResponse:
    by = manager_of(visit)
    found, more = people.people_of(visit.tx, by, people.Cursor.read(na), visit.on)
    return _list_page(visit, by, found, more=more, first=bool(na), done=gedaan)


@router.post("")
def search_people(visit: Reading, zoek: Annotated[str, Form()] = "", na: Annotated[str, Form()] = "") -> HTMLResponse:
    """By POST, so that no name stands in an address, a history or a log."""
    by = manager_of(visit)
    term = zoek.strip()[: people.LONGEST]
    found, onward = people.search(visit.tx, by, term, people.onward_from(na), visit.on)
    return _list_page(visit, by, found, term=term, asked=True, onward=onward)


def manager_of(visit: Visit) -> Manager:
    """Raises NotThere for who manages nobody. The look goes to the own chain."""
    by = manager(visit.person, visit.on)
    visit.note(by.actor.account_id, look(by, "people"))
    return by


def look(by: Manager, what: str, about: UUID | None = None) -> Event:
    return Event(
        "read", "R", by.actor.account_id, by.role, object_kind=what, permission="people.manage",
        object_pseudonym=str(about or ""),
    )  # fmt: skip


def _list_page(visit: Visit, by: Manager, found: Sequence[people.Person], **context: Any) -> HTMLResponse:
    more = context.pop("more", None)
    asked = reviewing.waiting(visit.tx, by.organisations)
    erasures = waiting(visit.tx, by.actor, visit.at) if by.organisations is None else []
    known = {
        "reviews": asked,
        "erasures": sum(row.may_execute for row in erasures),
        "term": "",
        "asked": False,
        "onward": None,
        "first": False,
        "done": "",
        **context,
    }
    known["done"] = known["done"] if known["done"] in DONE else ""
    return pages_of(visit.request).page(
        visit.request,
        "administration/people.html",
        found=found,
        everywhere=by.organisations is None,
        next_page=f"/beheer?na={more}" if more else None,
        place=place_of(process_of(visit.request).region),
        **known,
        **shell(visit),
    )


def place_of(region: Region):  # type: ignore[no-untyped-def]
    """The name of an organisation or a consortium; the office itself has none in the region file."""

    def named(code: str) -> str:
        found = region.organisation(code) or region.consortium(code)
        return found.name if found else ""

    return named


@router.get("/personen/{account_id}")
def show_person(visit: Reading, account_id: UUID, gedaan: str = "") -> HTMLResponse:
    by = manager_of(visit)
    account, held = person(visit.tx, by, account_id)
    visit.note(by.actor.account_id, look(by, "account", account_id))
    return _person_page(visit, by, account, held, done=gedaan if gedaan in DONE else "")


def _person_page(
    visit: Visit, by: Manager, account: Account, held: list[Membership], *, done: str = ""
) -> HTMLResponse:
    unseal_rows(visit.tx, [account])
    return pages_of(visit.request).page(
        visit.request,
        "administration/person.html",
        who=people.shown(account, held, visit.on, people.been_in(visit.tx, [account])),
        email=account.email.reveal() if account.email else "",
        job=account.job.reveal() if account.job else "",
        oneself=account.id == by.actor.account_id,
        warning=inviting.outside(process_of(visit.request).region, account, held, visit.on),
        place=place_of(process_of(visit.request).region),
        done=done,
        **shell(visit),
    )


@router.get("/uitnodigen")
def show_invitation(visit: Reading) -> HTMLResponse:
    by = manager_of(visit)
    return _form_page(visit, by, Invite, "invite", "/beheer", {"vanaf": visit.on.isoformat()})


@router.post("/uitnodigen")
def send_invitation(posted: Posted, visit: Writing) -> Response:
    by = manager(visit.person, visit.on)
    region = process_of(visit.request).region

    def works_there(said: Invite) -> Iterator[Fault]:
        return inviting.is_at_work(region, [said.role.rsplit(".", 1)[0]], said.email, visit.on)

    checks = (
        works_there,
        lambda said: inviting.is_free(visit.tx, said.email),
        lambda said: inviting.is_to_come(said.until, visit.on),
    )
    answers = _asked(posted, visit, by, Invite, "invite", "/beheer", checks)
    demand_proof(visit)
    made = inviting.invite(visit.tx, by, answers, visit.at)
    return RedirectResponse(f"/beheer/personen/{made}?gedaan=uitgenodigd", status_code=303)


@router.post("/personen/{account_id}/uitnodiging")
def invite_again(visit: Writing, account_id: UUID) -> Response:
    by = manager(visit.person, visit.on)
    account, _ = person(visit.tx, by, account_id)
    demand_proof(visit)
    inviting.invite_again(visit.tx, by, account, visit.at)
    return _back(account_id, "opnieuw")


@router.get("/personen/{account_id}/rol")
def show_role(visit: Reading, account_id: UUID) -> HTMLResponse:
    by = manager_of(visit)
    person(visit.tx, by, account_id)
    return _form_page(visit, by, AddRole, "add_role", _home(account_id), {"vanaf": visit.on.isoformat()})


@router.post("/personen/{account_id}/rol")
def give_role(posted: Posted, visit: Writing, account_id: UUID) -> Response:
    by = manager(visit.person, visit.on)
    account, held = person(visit.tx, by, account_id)
    checks = (
        lambda said: inviting.is_not_held(held, said),
        lambda said: inviting.is_to_come(said.until, visit.on),
    )
    answers = _asked(posted, visit, by, AddRole, "add_role", _home(account_id), checks)
    demand_proof(visit)
    inviting.add_role(visit.tx, by, account, answers, visit.at)
    return _back(account_id, "gewijzigd")


@router.get("/personen/{account_id}/rollen/{membership_id}")
def show_dates(visit: Reading, account_id: UUID, membership_id: UUID) -> HTMLResponse:
    by = manager_of(visit)
    row = _role(visit, by, account_id, membership_id)
    until = {"totEnMet": row.valid_until.isoformat()} if row.valid_until else {}
    return _form_page(visit, by, ChangeDates, "change_dates", _home(account_id), until)


@router.post("/personen/{account_id}/rollen/{membership_id}")
def set_dates(posted: Posted, visit: Writing, account_id: UUID, membership_id: UUID) -> Response:
    by = manager(visit.person, visit.on)
    row = _role(visit, by, account_id, membership_id)
    checks = (lambda said: inviting.is_to_come(said.until, max(visit.on, row.valid_from)),)
    answers = _asked(posted, visit, by, ChangeDates, "change_dates", _home(account_id), checks)
    demand_proof(visit)
    inviting.change_dates(visit.tx, by, row, answers, visit.at)
    return _back(account_id, "gewijzigd")


def _role(visit: Visit, by: Manager, account_id: UUID, membership_id: UUID) -> Membership:
    _, held = person(visit.tx, by, account_id)
    row = next((one for one in held if one.id == membership_id), None)
    if row is None:
        raise NotThere
    return row


@router.get("/personen/{account_id}/adres")
def show_address(visit: Reading, account_id: UUID) -> HTMLResponse:
    by = manager_of(visit)
    person(visit.tx, by, account_id)
    return _form_page(visit, by, ChangeAddress, "change_address", _home(account_id), {})


@router.post("/personen/{account_id}/adres")
def set_address(posted: Posted, visit: Writing, account_id: UUID) -> Response:
    by = manager(visit.person, visit.on)
    account, held = person(visit.tx, by, account_id)
    region, works_at = process_of(visit.request).region, [one.organisation for one in held]
    checks = (
        lambda said: inviting.is_at_work(region, works_at, said.email, visit.on),
        lambda said: inviting.is_free(visit.tx, said.email),
    )
    answers = _asked(posted, visit, by, ChangeAddress, "change_address", _home(account_id), checks)
    demand_proof(visit)
    inviting.change_address(visit.tx, by, account, answers, visit.at)
    return _back(account_id, "adres")


def _home(account_id: UUID) -> str:
    return f"/beheer/personen/{account_id}"


def _back(account_id: UUID, done: str) -> Response:
    return RedirectResponse(f"{_home(account_id)}?gedaan={done}", status_code=303)


def _asked(
    posted: Posted,
    visit: Visit,
    by: Manager,
    form: type[A],
    name: str,
    back: str,
    checks: Iterable[Callable[[A], Iterable[Fault]]],
) -> A:
    """The answers when nothing is wrong with them; else the form again, with every fault, and nothing is kept."""
    data = read_form(form, posted)
    answers, faults = validate(form, data, _choices(visit, by), checks)
    if answers is None:
        raise Rerender(_form_page(visit, by, form, name, back, data, faults))
    return answers


def _form_page(
    visit: Visit,
    by: Manager,
    form: type[Answers],
    name: str,
    back: str,
    data: Mapping[str, Any],
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    pages = pages_of(visit.request)
    t = pages.translator(visit.request)
    fields = describe(form, t, name, data, faults, _choices(visit, by))
    return pages.page(
        visit.request,
        "administration/form.html",
        422 if faults else 200,
        what=name,
        back=back,
        fields=fields,
        summary=summary(fields, faults, t),
        **shell(visit),
    )


def _choices(visit: Visit, by: Manager) -> dict[str, list[Choice]]:
    t = pages_of(visit.request).translator(visit.request)
    region = process_of(visit.request).region
    roles = {role for _, role in inviting.roles_to_give(by, region, visit.on)}
    return {"rollen": inviting.role_choices(by, region, visit.on, {role: t.gettext(f"role.{role}") for role in roles})}


@router.get("/personen/{account_id}/vertrek")
def show_leaving(visit: Reading, account_id: UUID) -> HTMLResponse:
    return _ending_page(visit, account_id, "vertrek")


@router.get("/personen/{account_id}/overdracht")
def show_giving_away(visit: Reading, account_id: UUID) -> HTMLResponse:
    return _ending_page(visit, account_id, "overdracht")


def _ending_page(
    visit: Visit, account_id: UUID, act: str, faults: Sequence[Fault] = (), typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    """What will happen, before it does."""
    by = manager_of(visit)
    account, held = person(visit.tx, by, account_id)
    unseal_rows(visit.tx, [account])
    settings: Settings = visit.request.app.state.settings
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    what = ending(visit.tx, process_of(visit.request), by, account, visit.at, idle, longest)
    return pages_of(visit.request).page(
        visit.request,
        "administration/ending.html",
        422 if faults else 200,
        act=act,
        who=people.shown(account, held, visit.on, people.been_in(visit.tx, [account])),
        what=what,
        everywhere=by.organisations is None,
        oneself=account.id == by.actor.account_id,
        faults={fault.pointer[1:]: fault for fault in faults},
        typed=typed or {},
        place=place_of(process_of(visit.request).region),
        **shell(visit),
    )


@router.post("/personen/{account_id}/vertrek")
def let_leave(posted: Posted, visit: Writing, account_id: UUID) -> Response:
    """Out everywhere at the next request; the cases go to whom was named."""
    return _end(posted, visit, account_id, "vertrek")


@router.post("/personen/{account_id}/overdracht")
def let_give_away(posted: Posted, visit: Writing, account_id: UUID) -> Response:
    return _end(posted, visit, account_id, "overdracht")


def _end(posted: Posted, visit: Visit, account_id: UUID, act: str) -> Response:
    by, process, named = manager(visit.person, visit.on), process_of(visit.request), dict(posted)
    account, _ = person(visit.tx, by, account_id)
    if account.ended_at is not None:
        raise NotNow
    demand_proof(visit)
    try:
        (leave if act == "vertrek" else give_away)(visit.tx, process, by, account, named, visit.at)
    except Incomplete as error:
        raise Rerender(_ending_page(visit, account_id, act, error.faults, named)) from None
    done = "vertrokken" if act == "vertrek" else "overgedragen"
    return RedirectResponse(f"/beheer/personen/{account_id}?gedaan={done}", status_code=303)


@router.get("/controle")
def show_reviews(visit: Reading, gedaan: str = "") -> HTMLResponse:
    """Once a year: who still needs access. The privacy officer looks on."""
    who = _viewer(visit)
    return pages_of(visit.request).page(
        visit.request,
        "administration/reviews.html",
        rows=reviewing.reviews(visit.tx, who.organisations),
        done=gedaan if gedaan in ("klaar", "deel") else "",
        place=place_of(process_of(visit.request).region),
        terms=process_of(visit.request).region.access_review,
        manages=who.by is not None,
        **shell(visit),
    )


def _viewer(visit: Visit) -> Viewer:
    who = viewer(visit.person, visit.on)
    account = who.actor.account_id
    visit.note(account, Event("read", "R", account, who.role, object_kind="access_review", permission="people.look"))
    return who


@router.get("/controle/{review_id}")
def show_review(visit: Reading, review_id: UUID) -> HTMLResponse:
    return _review_page(visit, review_id)


def _review_page(
    visit: Visit, review_id: UUID, faults: Sequence[Fault] = (), typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    who, process = _viewer(visit), process_of(visit.request)
    row = reviewing.review(visit.tx, who.organisations, review_id)
    asks = row.state in (reviewing.OPEN, reviewing.ESCALATED)
    lines = reviewing.lines_of(visit.tx, process, row, visit.at) if asks else []
    answers = reviewing.answers_of(visit.tx, row)
    known = {one.membership.account_id for one in lines} | {held.account_id for _, held in answers}
    names = names_of(visit.tx, known | {one.by_account for one, _ in answers})
    return pages_of(visit.request).page(
        visit.request,
        "administration/review.html",
        422 if faults else 200,
        row=row,
        lines=lines,
        answers=answers,
        names=names,
        may_answer=asks and who.by is not None and who.by.manages(row.organisation),
        oneself=who.actor.account_id,
        faults={fault.pointer[1:]: fault for fault in faults},
        typed=typed or {},
        place=place_of(process.region),
        **shell(visit),
    )


@router.post("/controle/{review_id}")
def answer_review(posted: Posted, visit: Writing, review_id: UUID) -> Response:
    """All in one form; what is left empty stays asked."""
    by, process, given = manager(visit.person, visit.on), process_of(visit.request), dict(posted)
    row = reviewing.review(visit.tx, by.organisations, review_id)
    try:
        done = reviewing.answer(visit.tx, process, by, row, given, visit.at)
    except Incomplete as error:
        raise Rerender(_review_page(visit, review_id, error.faults, given)) from None
    return RedirectResponse(f"/beheer/controle?gedaan={'klaar' if done else 'deel'}", status_code=303)
