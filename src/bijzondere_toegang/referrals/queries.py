"""What the pages of this room's steps show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from bijzondere_toegang.cases.models import Item
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import unseal_rows
from bijzondere_toegang.referrals.actions import ASKED


def asked_supplement(scene: Scene) -> Mapping[str, Any]:
    """`asked`: what the chair missed, the newest question."""
    query = select(Item).where(Item.case_id == scene.case.id, Item.kind == ASKED)
    item = scene.tx.exec(query.order_by(col(Item.position).desc()).limit(1)).first()
    unseal_rows(scene.tx, [item])
    return {"asked": item.text.reveal() if item and item.text else ""}
