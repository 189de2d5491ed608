"""A conference page that keeps itself up to date: whether anything on it changed since it was drawn."""

from __future__ import annotations

import hashlib

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col, select

from bijzondere_toegang.cases.models import Independence
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.conferences.models import Position


def stamp_of(scene: Scene) -> str:
    """Changes with whatever the live parts of the page may show this person; says nothing by itself.

    One statement. Every step but those that several people take together raises the revision; of those, positions
    and declarations of independence show at the table.
    """
    said = (
        select_rows(func.count(), func.max(col(Position.at))).where(col(Position.case_id) == scene.case.id).subquery()
    )
    declared = select(func.count()).where(col(Independence.case_id) == scene.case.id).scalar_subquery()
    counted = scene.tx.connection().execute(select_rows(said, declared)).one()
    facts = scene.sight.facts
    mine = sorted(facts.relations), sorted(str(row.id) for row in scene.sight.access), facts.independence_declared
    known = (scene.case.id, scene.by.account_id, scene.case.revision, scene.on, *counted, mine)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:24]
