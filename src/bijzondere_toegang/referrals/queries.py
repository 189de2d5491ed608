"""What the pages of this room's steps show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.referrals.actions import ASKED
from bijzondere_toegang.referrals.models import DraftSection
from bijzondere_toegang.referrals.sections import YOUTH


def asked_supplement(scene: Scene) -> Mapping[str, Any]:
    """`asked`: what the chair missed, the newest question."""
    query = select(Item).where(Item.case_id == scene.case.id, Item.kind == ASKED)
    item = scene.tx.exec(query.order_by(col(Item.position).desc()).limit(1)).first()
    unseal_rows(scene.tx, [item])
    return {"asked": item.text.reveal() if item and item.text else ""}


def typed_first_names(tx: Session, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """What drafts say the young person is called, so that their writer knows one from the other."""
    if not case_ids:
        return {}
    query = select(DraftSection).where(col(DraftSection.case_id).in_(case_ids), DraftSection.section == YOUTH)
    rows = list(tx.exec(query).all())
    unseal_rows(tx, rows)
    typed = {row.case_id: row.answers.data().get("voornaam") for row in rows if row.answers is not None}
    return {case_id: name.strip() for case_id, name in typed.items() if isinstance(name, str)}
