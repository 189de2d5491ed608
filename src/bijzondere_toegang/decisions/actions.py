"""What the steps of a decision change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from bijzondere_toegang.cases.process import Act, Check
from bijzondere_toegang.db import Secret
from bijzondere_toegang.decisions import seats
from bijzondere_toegang.decisions.forms import AdviseElsewhere, ConfirmOutcome, Decide, RecordRemedy
from bijzondere_toegang.decisions.letter import agreed_letter, decided_letter, signers, whole
from bijzondere_toegang.decisions.models import Decision
from bijzondere_toegang.decisions.queries import (
    Dissent,
    Proposal,
    content_of,
    decisions,
    dissents,
    issued_decision,
    proposal,
)
from bijzondere_toegang.decisions.remedy import remedy_until
from bijzondere_toegang.errors import N_, Fault

NOTIFY_WITHIN = timedelta(days=14)
QUOTED = N_("Hier staan woorden van iemand die het niet eens was. Anderen lezen dit ook. Zeg het in uw eigen woorden.")
SAME_WORDS, LEAST = 5, 4
"""So many words in a row are a quotation, and the whole when it is shorter; fewer than the least are no sentence."""
NOBODYS = re.compile(r"\bin het belang van (het kind|de jeugdige|de jongere|ons kind|mijn kind)\b")
"""Words of the law (Jeugdwet 2.3; IVRK 3), which everybody says."""


def advise_elsewhere(act: Act) -> None:
    """The chair's advice becomes a decision to be taken by the referrer."""
    said: AdviseElsewhere = act.answers
    prepare(act, "elsewhere", {"reason": said.reason, "where_to": said.where_to})


def prepare(act: Act, kind: str, content: dict[str, Any], **columns: Any) -> Decision:
    """A proposed decision, ready for the referrer."""
    row = Decision(
        case_id=act.case.id,
        number=len(decisions(act.scene)) + 1,
        kind=kind,
        state="proposed",
        prepared_by=act.by.account_id,
        prepared_at=act.at,
        content=Secret.json(content),
        **columns,
    )
    act.tx.add(row)
    return row


def reject_outcome(act: Act) -> None:
    """What lay ready is put aside; the reason stands in the record of the step."""
    ready = proposal(act.scene).row
    if ready is not None:
        ready.state = "rejected"


def confirm_outcome(act: Act) -> None:
    said: ConfirmOutcome = act.answers
    ready = proposal(act.scene)
    content = {
        **content_of(ready.row),
        "ruling": None,
        "help": ready.help,
        "result": ready.result,
        "where_to": ready.where_to,
        "reason": ready.reason,
        "ladder_why": said.ladder_why or ready.ladder_why,
    }
    _issue(act, ready, content, agreed_letter(act.scene, act.answers.model_dump(by_alias=True)))


def decide(act: Act) -> None:
    said: Decide = act.answers
    asked = {each.seat: each for each in dissents(act.scene)}
    content = {
        "help": said.help or "",
        "result": said.result or "",
        "where_to": said.where_to or "",
        "reason": "",
        "ladder_why": said.ladder_why or "",
        "consortium_why": said.consortium_why or "",
        "motivation": said.motivation,
        "answers": [
            {
                "who": asked[row.position].who,
                "party": asked[row.position].party,
                "words": asked[row.position].words,
                "answer": row.answer,
            }
            for row in said.answers
        ],
    }
    _issue(act, proposal(act.scene), content, decided_letter(act.scene, act.answers.model_dump(by_alias=True)))


def is_made_known_soon(act: Act) -> Iterable[Fault]:
    """A decision takes effect once it is made known (Awb 3:40, 3:41), so not before today."""
    if not act.on <= act.answers.notified_on <= act.on + NOTIFY_WITHIN:
        yield Fault(
            "/bekendgemaaktOp",
            N_("Kies een dag van {first} tot en met {last}."),
            {"first": act.on, "last": act.on + NOTIFY_WITHIN},
        )


def answers_every_dissent(act: Act) -> Iterable[Fault]:
    answered = {row.position for row in act.answers.answers}
    if any(each.seat not in answered for each in dissents(act.scene)):
        yield Fault("/antwoorden", N_("Geef antwoord op ieder standpunt dat oneens is."))


def repeats_nobody(name: str, pointer: str) -> Check:
    """Of what the whole family reads: words that somebody was against with are repeated to that person alone (0018)."""

    def check(act: Act) -> Iterable[Fault]:
        yield from repeated(getattr(act.answers, name) or "", pointer, dissents(act.scene))

    return check


def repeats_nobody_else(act: Act) -> Iterable[Fault]:
    """The same of an answer, which only who it answers will read."""
    for index, row in enumerate(act.answers.answers):
        others = [each for each in dissents(act.scene) if each.seat != row.position]
        yield from repeated(row.answer, f"/antwoorden/{index}/antwoord", others)


def repeated(text: str, pointer: str, against: Iterable[Dissent]) -> Iterator[Fault]:
    """Whether a text repeats words of somebody of the family who was against; at most one fault."""
    read = f" {' '.join(_words(text))} "
    for each in against:
        if each.party and any(f" {run} " in read for run in _runs(_words(each.words))):
            yield Fault(pointer, QUOTED)
            return


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", NOBODYS.sub("", text.casefold()))


def _runs(words: list[str]) -> Iterator[str]:
    """As many words in a row as nobody writes twice by chance."""
    if len(words) >= LEAST:
        length = min(SAME_WORDS, len(words))
        yield from (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))


def _issue(act: Act, ready: Proposal, content: dict[str, Any], letter: list[dict[str, str]]) -> None:
    said: ConfirmOutcome | Decide = act.answers
    _supersede(act)
    row = ready.row or prepare(act, ready.kind, {}, conference_id=ready.conference_id)
    row.state, row.target = "issued", act.target or ""
    row.consortium = _consortium(act)
    row.authority = act.case.authority
    row.issued_by, row.issued_at = act.by.account_id, act.at
    row.notified_on, row.remedy = said.notified_on, said.remedy
    row.remedy_until = remedy_until(said.remedy, said.notified_on)
    row.content = Secret.json(
        content
        | {
            "ladder": int(said.ladder) if said.ladder else None,
            "letter": whole(letter),
            "parts": letter,
            "mandate": _mandate(act),
            "signers": signers(act.scene, said.model_dump(by_alias=True)),
        }
    )
    act.tx.add(row)
    _follow(act)


def _supersede(act: Act) -> None:
    for row in decisions(act.scene):
        if row.state == "issued":
            row.state = "superseded"


def _consortium(act: Act) -> str:
    if act.target == "placing":
        return str(act.answers.consortium)
    return "" if act.target == "referred_back" else act.case.accepted_consortium


def _mandate(act: Act) -> dict[str, str]:
    case = act.case
    days = {"from": case.mandate_from, "until": case.mandate_until}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _follow(act: Act) -> None:
    """Who may see the case from now on follows from where the decision leads."""
    if act.answers.ladder and act.target != "referred_back":
        act.case.ladder_step = int(act.answers.ladder)
    if act.target == "placing":
        seats.propose(act, act.answers.consortium)
    elif act.target == "referred_back":
        seats.clear(act)
    else:
        seats.keep(act)


def record_remedy(act: Act) -> None:
    """The ruling joins the decision; who was asked but had not accepted goes back to the table."""
    said: RecordRemedy = act.answers
    decision = issued_decision(act.scene)
    if decision is not None:
        ruling = {"kind": said.kind, "text": said.ruling, "on": said.ruled_on.isoformat()}
        decision.content = Secret.json({**content_of(decision), "ruling": ruling})
        act.tx.add(decision)
    if proposed := act.case.proposed_consortium:
        running = ("rep.accepted",) if proposed == act.case.accepted_consortium else ()
        seats.seat(act, proposed, *(running or ("rep.invited",)))
        act.case.proposed_consortium = ""
