"""A document for the record: washed and scanned before it comes here, sealed, with the readers its maker chose."""

from __future__ import annotations

import base64
import hashlib
from uuid import uuid4

from bijzondere_toegang.cases.advance import HELD_BY_PROVIDER
from bijzondere_toegang.cases.models import Item, ItemContent, ItemReader
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.cases.telling import words_of
from bijzondere_toegang.db import Secret
from bijzondere_toegang.documents.checking import WHY
from bijzondere_toegang.errors import Fault, Incomplete


def add_document(act: Act) -> None:
    """Nobody edits it afterwards. Without a reader it stays with who brought it and the referrer."""
    if act.enclosed is None:
        raise Incomplete([Fault("/inhoud", WHY["missing"])])
    answers, file = act.answers, act.enclosed
    item = Item(
        id=uuid4(),
        case_id=act.case.id,
        holder="provider" if act.case.stage in HELD_BY_PROVIDER else "referrer",
        kind="document",
        party_id=next(iter(act.scene.sight.parties), None),
        author_account=act.by.account_id,
        created_at=act.at,
        media_type=file.media_type,
        title=Secret(answers.title),
        text=Secret(answers.sort),
    )
    act.tx.add(item)
    act.tx.flush()
    content = Secret(base64.b64encode(file.content).decode())
    act.tx.add(ItemContent(id=item.id, case_id=item.case_id, holder=item.holder, content=content))
    act.tx.add(words_of(item, file.words, act.at))
    ground = "rechtstreeks-betrokken" if act.by.is_professional else "toestemming"
    for recipient in dict.fromkeys(answers.readers):
        act.tx.add(
            ItemReader(
                case_id=item.case_id,
                holder=item.holder,
                item_id=item.id,
                recipient=recipient,
                ground=ground,
                granted_on=act.on,
            )
        )
    act.witnessed["inhoud"] = hashlib.sha256(file.content).hexdigest()
