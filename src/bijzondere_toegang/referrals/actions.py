"""What the steps of this room change beside stage and revision."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import select

from bijzondere_toegang.cases.access import end
from bijzondere_toegang.cases.models import Item, ItemReader
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.db import Secret
from bijzondere_toegang.referrals.drafts import draft_of, wipe_draft
from bijzondere_toegang.referrals.filing import PROSE
from bijzondere_toegang.referrals.forms import AskSupplement, Supplement
from bijzondere_toegang.referrals.intake import accept
from bijzondere_toegang.referrals.reception import check_sender, note_reception, register

ASKED = "vraag-om-aanvulling"
ANSWERED = "aanvulling"
ACCESS_TASK = "toegangstaak"
"""The ground on which the chair reads what completes a referral (Jeugdwet 7.4.0)."""


def register_draft(act: Act) -> None:
    """The sections become the intake document, and that makes the case as a sent one would."""
    intake = accept(draft_of(act.scene).document, region=act.scene.region, on=act.on)
    check_sender(act.by, intake.referrer.organisation)
    note_reception(act.tx, act.case, intake, "web", act.at)
    register(act.tx, act.scene.workflow, act.case, intake, act.at, act.by.account_id, joined=True)
    wipe_draft(act.tx, act.case)


def ask_supplement(act: Act) -> None:
    """The question stands between chair and referrer; nobody else reads it by itself."""
    answers: AskSupplement = act.answers
    _add_item(act, ASKED, answers.missing)


def supplement(act: Act) -> None:
    answers: Supplement = act.answers
    item = _add_item(act, ANSWERED, answers.answer)
    act.tx.add(
        ItemReader(case_id=act.case.id, item_id=item.id, recipient="voorzitter", ground=ACCESS_TASK, granted_on=act.on)
    )


def _add_item(act: Act, kind: str, text: str) -> Item:
    last = act.tx.exec(select(func.max(Item.position)).where(Item.case_id == act.case.id)).one()
    item = Item(
        case_id=act.case.id,
        position=(last or 0) + 1,
        kind=kind,
        author_account=act.by.account_id,
        created_at=act.at,
        media_type=PROSE,
        text=Secret(text),
    )
    act.tx.add(item)
    act.tx.flush()
    return item


def withdraw(act: Act) -> None:
    """A draft that is given up keeps nothing of what was typed, and the table's invitations end."""
    wipe_draft(act.tx, act.case)
    end(act.tx, act.case, ("rep.invited", "rep.proposed", "rep.accepted", "provider.named"), act.at)
