"""Once a year each organisation says who still needs access; who stays silent is told, and then access ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bijzondere_toegang.administration.managing import BUREAU, Manager
from bijzondere_toegang.administration.models import AccessAnswer, AccessReview
from bijzondere_toegang.administration.moving import WORK
from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.cases.process import Process
from bijzondere_toegang.cases.visibility import open_at
from bijzondere_toegang.clock import local_day
from bijzondere_toegang.db import beside, change_rows
from bijzondere_toegang.errors import N_, Fault, Incomplete, NotNow, NotThere
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.people.links import about_account
from bijzondere_toegang.people.models import AccessToken, Account, LoginLink, LoginSession, Membership
from bijzondere_toegang.region import AccessReview as Terms
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Event, append
from bijzondere_toegang.web.forms import day_as_sent

PLANNED, OPEN, ESCALATED, CLOSED = "planned", "open", "escalated", "closed"
KEEP, CHANGE, END, SILENCE = "keep", "change", "end", "silence"
ASKED, LATE = "access_review", "access_review_late"
"""Kinds of mail."""
BEFORE = timedelta(days=7)
"""A reminder comes a week before the last day, and once a week when it is over."""
MANY = 500
CHOOSE = N_("Kies een van de mogelijkheden.")
WHICH_DAY = N_("Vul een dag in van vandaag of later.")
HAS_CASES = N_("Deze persoon heeft lopende zaken. Beëindig de toegang op de eigen pagina, met een opvolger.")
NOT_ONESELF = N_("Voor uzelf kunt u alleen laten staan wat er is.")


@dataclass(frozen=True, slots=True)
class Line:
    """One role of one person that is asked about."""

    membership: Membership
    name: str = ""
    works: bool = False
    """has running cases, so leaving needs a successor"""

    @property
    def key(self) -> str:
        return f"m-{self.membership.id}"

    @property
    def day_key(self) -> str:
        return f"u-{self.membership.id}"


# ── What the clock does ──


def review_access(tx: Session, process: Process, at: datetime) -> None:
    """What is due today of every review. Of several schedulers each change is made by one."""
    on, terms = local_day(at), process.region.access_review
    rows = tx.exec(select(AccessReview).where(col(AccessReview.closed_at).is_(None))).all()
    _plan(tx, {row.organisation for row in rows}, terms, on)
    for row in rows:
        _go_on(tx, process, row, at)


def _plan(tx: Session, known: set[str], terms: Terms, on: date) -> None:
    """An organisation with people and without a review ahead gets one, a year from now."""
    places = set(tx.exec(select(Membership.organisation).where(*_valid(on)).distinct()).all())
    for organisation in sorted(places - known):
        begins = _months_later(on, terms.months)
        due = begins + timedelta(days=terms.answer_days)
        row = AccessReview(
            organisation=organisation, begins_on=begins, due_on=due, ends_on=due + timedelta(days=terms.grace_days)
        )
        try:
            with tx.begin_nested():
                tx.add(row)
        except IntegrityError:
            continue


def _months_later(day: date, months: int) -> date:
    """The first of that month at the latest day that exists: reviews begin on a day every month has."""
    total = day.month - 1 + months
    return date(day.year + total // 12, total % 12 + 1, min(day.day, 28))


def _go_on(tx: Session, process: Process, row: AccessReview, at: datetime) -> None:
    on = local_day(at)
    if row.state == PLANNED and row.begins_on <= on:
        if _claimed(tx, row, PLANNED, state=OPEN):
            _tell(tx, who_answers(tx, row.organisation, on), ASKED, at)
    elif row.state == OPEN and row.due_on < on:
        if _claimed(tx, row, OPEN, state=ESCALATED, reminded_on=on):
            _tell(tx, _office(tx, on), LATE, at)
    elif row.state == OPEN and row.reminded_on is None and row.due_on - BEFORE <= on:
        if _claimed(tx, row, OPEN, col(AccessReview.reminded_on).is_(None), reminded_on=on):
            _tell(tx, who_answers(tx, row.organisation, on), ASKED, at)
    elif row.state == ESCALATED and row.reminded_on is not None and row.reminded_on + BEFORE <= on:
        _insist(tx, process, row, row.reminded_on, at)


def _insist(tx: Session, process: Process, row: AccessReview, reminded: date, at: datetime) -> None:
    """Once a week, and after the last day silence is an answer."""
    on = local_day(at)
    if not _claimed(tx, row, ESCALATED, col(AccessReview.reminded_on) == reminded, reminded_on=on):
        return
    _tell(tx, _office(tx, on), LATE, at)
    if row.ends_on < on:
        _end_the_silent(tx, process, row, at)


def _claimed(tx: Session, row: AccessReview, before: str, *also: ColumnElement[bool], **values: object) -> bool:
    mine = update(AccessReview).where(col(AccessReview.id) == row.id, col(AccessReview.state) == before, *also)
    return tx.connection().execute(mine.values(**values)).rowcount == 1


def _tell(tx: Session, accounts: Iterable[UUID], kind: str, at: datetime) -> None:
    post(tx, sorted(set(accounts), key=str), kind, at)


def who_answers(tx: Session, organisation: str, on: date) -> list[UUID]:
    """The coordinators of the organisation; where there is none, the administrators."""
    own = accounts_with_role(tx, "coordinator", (organisation,), on)
    return own or accounts_with_role(tx, "administrator", None, on)


def _office(tx: Session, on: date) -> list[UUID]:
    roles = ("administrator", "privacy_officer")
    return [account for role in roles for account in accounts_with_role(tx, role, None, on)]


def _end_the_silent(tx: Session, process: Process, row: AccessReview, at: datetime) -> None:
    """Nobody said that they still need it. Who has running cases keeps access: a child without a referrer is worse.
    So do the people of the office: without a chair no child gets a table, and an administrator is to mend this."""
    lines = lines_of(tx, process, row, at)
    gone = [one for one in lines if not one.works and row.organisation != BUREAU]
    _answer(tx, row, gone, SILENCE, None, at)
    entries = _end(tx, [one.membership for one in gone], None, "", at)
    if len(gone) == len(lines):
        tx.connection().execute(
            update(AccessReview).where(col(AccessReview.id) == row.id).values(state=CLOSED, closed_at=at)
        )
    _write(tx, entries, at)


# ── What people do ──


def reviews(tx: Session, organisations: Sequence[str] | None) -> list[AccessReview]:
    """The newest of these organisations, what waits first."""
    query = select(AccessReview)
    if organisations is not None:
        query = query.where(col(AccessReview.organisation).in_(organisations))
    order = col(AccessReview.closed_at).is_not(None), col(AccessReview.begins_on).desc(), col(AccessReview.id)
    return list(tx.exec(query.order_by(*order).limit(MANY)).all())


def waiting(tx: Session, organisations: Sequence[str] | None, states: Sequence[str] = (OPEN, ESCALATED)) -> int:
    """How many reviews wait for an answer."""
    query = select(AccessReview.id).where(col(AccessReview.state).in_(states))
    if organisations is not None:
        query = query.where(col(AccessReview.organisation).in_(organisations))
    return len(tx.exec(query).all())


def review(tx: Session, organisations: Sequence[str] | None, review_id: UUID) -> AccessReview:
    """Raises NotThere; in a writing transaction it is held."""
    query = select(AccessReview).where(AccessReview.id == review_id)
    if tx.info.get("writing"):
        query = query.with_for_update()
    row = tx.exec(query).first()
    if row is None or not (organisations is None or row.organisation in organisations):
        raise NotThere
    return row


def lines_of(
    tx: Session, process: Process, row: AccessReview, at: datetime, names: Mapping[UUID, str] | None = None
) -> list[Line]:
    """Every role of today that was not answered yet. Three statements, however many people there are."""
    answered = select(AccessAnswer.membership_id).where(AccessAnswer.review_id == row.id)
    query = select(Membership).where(
        Membership.organisation == row.organisation, *_valid(local_day(at)), col(Membership.id).not_in(answered)
    )
    held = tx.exec(query.order_by(col(Membership.role), col(Membership.id))).all()
    working = _working(tx, process, {one.account_id for one in held}, at)
    return [Line(one, (names or {}).get(one.account_id, ""), one.account_id in working) for one in held]


def _valid(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Membership.valid_from) <= on,
        or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
    )


def _working(tx: Session, process: Process, accounts: set[UUID], at: datetime) -> set[UUID]:
    """Who has a part in a running case now."""
    with beside(tx, people=accounts):
        query = select(CaseAccess.account_id, CaseAccess.case_id).where(
            col(CaseAccess.account_id).in_(accounts),
            col(CaseAccess.relation).in_(WORK),
            col(CaseAccess.party_id).is_(None),
            open_at(at),
        )
        pairs = tx.exec(query).all()
    final = {name for flow in process.library for name, stage in flow.stages.items() if stage.final}
    with beside(tx, cases={case for _, case in pairs}):
        runs = select(Case.id).where(col(Case.id).in_({case for _, case in pairs}), col(Case.stage).not_in(final))
        running = set(tx.exec(runs).all())
    return {account for account, case in pairs if case in running}


def answers_of(tx: Session, row: AccessReview) -> list[tuple[AccessAnswer, Membership]]:
    """The record: what was answered of whom, by whom and when."""
    query = (
        select(AccessAnswer, Membership)
        .join(Membership, col(Membership.id) == col(AccessAnswer.membership_id))
        .where(AccessAnswer.review_id == row.id)
        .order_by(col(AccessAnswer.at), col(AccessAnswer.id))
    )
    return list(tx.exec(query).all())


def answer(
    tx: Session, process: Process, by: Manager, row: AccessReview, given: Mapping[str, str], at: datetime
) -> bool:
    """Take the answers that were given; what is left empty stays asked. True when everything was answered.

    Raises NotNow when it is over, Incomplete with all faults at once.
    """
    if row.state not in (OPEN, ESCALATED):
        raise NotNow(N_("Deze controle is al klaar."))
    lines = lines_of(tx, process, row, at)
    faults, days = _faults(by, lines, given, local_day(at))
    if faults:
        raise Incomplete(faults)
    entries: list[tuple[UUID, Event]] = []
    for what in (KEEP, CHANGE, END):
        chosen = [one for one in lines if given.get(one.key) == what]
        _answer(tx, row, chosen, what, by.actor.account_id, at)
        entries += _carry_out(tx, by, what, chosen, days, at)
    left = [one for one in lines if not given.get(one.key)]
    done = not left
    if done:
        values = {"state": CLOSED, "closed_at": at, "closed_by": by.actor.account_id}
        change_rows(tx, update(AccessReview).where(col(AccessReview.id) == row.id).values(**values), 1)
    entries.append((by.actor.account_id, _reviewed(by, row, len(lines) - len(left))))
    _write(tx, entries, at)
    return done


def _faults(
    by: Manager, lines: Sequence[Line], given: Mapping[str, str], on: date
) -> tuple[list[Fault], dict[UUID, date]]:
    faults, days = [], {}
    for one in lines:
        said = given.get(one.key, "")
        if said not in ("", KEEP, CHANGE, END):
            faults.append(Fault(f"/{one.key}", CHOOSE))
        elif said in (CHANGE, END) and one.membership.account_id == by.actor.account_id:
            faults.append(Fault(f"/{one.key}", NOT_ONESELF))
        elif said == END and one.works:
            faults.append(Fault(f"/{one.key}", HAS_CASES))
        elif said == CHANGE:
            day = _day(given.get(one.day_key, ""))
            if day is None or day < on:
                faults.append(Fault(f"/{one.day_key}", WHICH_DAY))
            else:
                days[one.membership.id] = day
    return faults, days


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(day_as_sent(text.strip()))
    except ValueError:
        return None


def _answer(tx: Session, row: AccessReview, lines: Sequence[Line], what: str, by: UUID | None, at: datetime) -> None:
    for one in lines:
        tx.add(
            AccessAnswer(
                review_id=row.id,
                membership_id=one.membership.id,
                account_id=one.membership.account_id,
                answer=what,
                by_account=by,
                at=at,
            )
        )
    tx.flush()


def _carry_out(
    tx: Session, by: Manager, what: str, lines: Sequence[Line], days: Mapping[UUID, date], at: datetime
) -> list[tuple[UUID, Event]]:
    rows, who = [one.membership for one in lines], by.actor.account_id
    if what == END:
        return _end(tx, rows, who, by.role, at)
    if what == KEEP:
        return []
    for row in rows:
        row.valid_until = days[row.id]
        tx.add(row)
    tx.flush()
    return [
        (row.account_id, about_account("member_changed", "U", row.account_id, by=who, role=by.role)) for row in rows
    ]


def _end(tx: Session, rows: Sequence[Membership], by: UUID | None, role: str, at: datetime) -> list[tuple[UUID, Event]]:
    """These roles are over today. Who has no other, and is no family in a case, is out everywhere."""
    ids, accounts, on = [row.id for row in rows], {row.account_id for row in rows}, local_day(at)
    over = update(Membership).where(col(Membership.id).in_(ids)).values(valid_until=on - timedelta(days=1))
    change_rows(tx, over, len(ids))
    other = exists().where(
        col(Membership.account_id) == col(Account.id),
        or_(col(Membership.valid_until).is_(None), col(Membership.valid_until) >= on),
    )
    query = select(Account.id).where(col(Account.id).in_(accounts), col(Account.ended_at).is_(None), ~other)
    out = set(tx.exec(query).all())
    with beside(tx, people=out):
        family = select(CaseAccess.account_id).where(
            col(CaseAccess.account_id).in_(out), col(CaseAccess.party_id).is_not(None), open_at(at)
        )
        out -= set(tx.exec(family).all())
    change_rows(tx, update(Account).where(col(Account.id).in_(out)).values(ended_at=at), len(out))
    for table, column in ((LoginSession, "ended_at"), (AccessToken, "revoked_at"), (LoginLink, "used_at")):
        closed = getattr(table, column)
        shut = update(table).where(col(table.account_id).in_(out), closed.is_(None))
        tx.connection().execute(shut.values({column: at}))
    return [
        (row.account_id, about_account("access_not_renewed", "U", row.account_id, by=by, role=role)) for row in rows
    ]


def _reviewed(by: Manager, row: AccessReview, answered: int) -> Event:
    return Event(
        "access_reviewed", "U", by.actor.account_id, by.role, object_kind="access_review",
        object_pseudonym=str(row.id), object_version=answered, permission="people.manage",
    )  # fmt: skip


def _write(tx: Session, entries: Sequence[tuple[UUID, Event]], at: datetime) -> None:
    for chain, event in sorted(entries, key=lambda one: str(one[0])):
        append(tx, chain, event, at)
