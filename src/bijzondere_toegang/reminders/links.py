"""Requests for a new link become mail, when somebody has that login name; whoever asked hears nothing of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from bijzondere_toegang.people.links import about_account
from bijzondere_toegang.people.models import Account, LinkRequest
from bijzondere_toegang.reminders.models import Outbox
from bijzondere_toegang.reminders.plan import post
from bijzondere_toegang.timeline.record import Origin, append

BATCH = 20
PAUSE = timedelta(minutes=15)
"""One account gets no second link within this time, however often it is asked for."""
ASKED = "link"
INVITED = "welcome"
GUEST = "guest"
MOST_A_DAY = 5
"""Links for one account within a day that anybody asked for; who needs more rings."""
BY_LINK = frozenset({ASKED, INVITED, GUEST})
"""Kinds of mail that are nothing without their link."""


def answer_requests(tx: Session, at: datetime) -> int:
    """Settle the next requests, oldest first; returns how many there were. Of several schedulers each gets others."""
    requests = _claimed(tx, at)
    first = {request.login_key: request for request in reversed(requests)}
    accounts = _accounts(tx, list(first))
    enough = _mailed_enough(tx, accounts, at)
    for account in accounts:
        if account.id not in enough:
            _answer(tx, account, first[account.login_key], at)
    return len(requests)


def _claimed(tx: Session, at: datetime) -> list[LinkRequest]:
    """Ours from now on. The network address goes to the log or nowhere."""
    open_ones = (
        select(LinkRequest)
        .where(col(LinkRequest.settled_at).is_(None))
        .order_by(col(LinkRequest.asked_at), col(LinkRequest.id))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = list(tx.exec(open_ones).all())
    for request in found:
        tx.expunge(request)
    settled = update(LinkRequest).where(col(LinkRequest.id).in_([request.id for request in found]))
    if found:
        tx.connection().execute(settled.values(settled_at=at, network_address=""))
    return found


def _accounts(tx: Session, login_keys: list[str]) -> list[Account]:
    """Held, in the order of their chains, so that two requests for one account do not both become a mail."""
    wanted = select(Account).where(col(Account.login_key).in_(login_keys), col(Account.ended_at).is_(None))
    return list(tx.exec(wanted.order_by(col(Account.id)).with_for_update()).all()) if login_keys else []


def _mailed_enough(tx: Session, accounts: list[Account], at: datetime) -> set[UUID]:
    """Who got one just now, or as many as a day allows."""
    day = select(Outbox.account_id, func.count(), func.max(Outbox.created_at)).where(
        col(Outbox.account_id).in_([account.id for account in accounts]),
        Outbox.kind == ASKED,
        Outbox.created_at > at - timedelta(days=1),
    )
    rows = tx.exec(day.group_by(col(Outbox.account_id))).all() if accounts else []
    return {account_id for account_id, asked, last in rows if asked >= MOST_A_DAY or last > at - PAUSE}


def _answer(tx: Session, account: Account, request: LinkRequest, at: datetime) -> None:
    post(tx, [account.id], ASKED, at)
    tx.info["origin"] = Origin(request.network_address, request.request_id)
    append(tx, account.id, about_account("link_asked", "E", account.id), at)
