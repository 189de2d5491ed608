"""What the steps of a placement change: who helps, and in the same transaction who may see the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from bijzondere_toegang.cases.access import end, grant
from bijzondere_toegang.cases.process import Act
from bijzondere_toegang.db import Secret
from bijzondere_toegang.decisions import seats
from bijzondere_toegang.decisions.actions import prepare
from bijzondere_toegang.decisions.queries import content_of as decided
from bijzondere_toegang.decisions.queries import issued_decision
from bijzondere_toegang.errors import N_, Fault, Incomplete
from bijzondere_toegang.people.actors import accounts_with_role
from bijzondere_toegang.placements.forms import AcceptPlacement, NameProvider, ProposeAgain, ReturnPlacement
from bijzondere_toegang.placements.models import Placement
from bijzondere_toegang.placements.queries import content_of, placement, placements, runs

FIRST_CONTACT_WITHIN = timedelta(days=14)


def accept(act: Act) -> None:
    """The proposed consortium takes the placement; the others lose sight of the case in this transaction."""
    said: AcceptPlacement = act.answers
    case, consortium = act.case, act.case.proposed_consortium
    _end_what_runs(act)
    row = _answered(act, "accepted", _accepted_content(act, said))
    row.accepted_by, row.accepted_at = act.by.account_id, act.at
    row.provider_organisation, row.first_contact_on = said.provider, said.first_contact_on
    row.bridging = case.bridging = not said.starts_at_once
    case.accepted_consortium = consortium
    seats.keep(act)
    end(act.tx, case, ("provider.named",), act.at)
    _name(act, said.provider, consortium)


def first_contact_is_soon(act: Act) -> Iterator[Fault]:
    last = act.on + FIRST_CONTACT_WITHIN
    if not act.on <= act.answers.first_contact_on <= last:
        sentence = N_("Het eerste contact is binnen twee weken. Kies een dag van {first} tot en met {last}.")
        yield Fault("/eersteContact", sentence, {"first": act.on, "last": last})


def _accepted_content(act: Act, said: AcceptPlacement) -> dict[str, Any]:
    bridging = {"text": said.bridging, "by": said.bridging_by} if not said.starts_at_once else None
    return {
        "lead_practitioner": said.lead_practitioner,
        "contact": {"name": said.contact_name, "phone": said.contact_phone},
        "bridging": bridging,
        "named": [_named(act, said.provider, said.lead_practitioner)],
    }


def _named(act: Act, provider: str, lead_practitioner: str) -> dict[str, str]:
    return {"organisation": provider, "lead_practitioner": lead_practitioner, "on": act.on.isoformat()}


def _end_what_runs(act: Act) -> None:
    for row in placements(act.scene):
        if runs(row):
            row.ended_at = act.at
            row.state = "ended" if row.state == "accepted" else row.state


def _answered(act: Act, state: str, content: dict[str, Any]) -> Placement:
    """The answer to what was proposed to a consortium when the case came into this stage."""
    decision = issued_decision(act.scene)
    row = Placement(
        case_id=act.case.id,
        decision_id=decision.id if decision else None,
        consortium=act.case.proposed_consortium,
        state=state,
        proposed_at=act.case.entered_at,
        content=Secret.json(content),
    )
    act.tx.add(row)
    return row


def _name(act: Act, organisation: str, consortium: str) -> None:
    for account in accounts_with_role(act.tx, "provider", (organisation,), act.on):
        grant(act.tx, act.case, account, "provider.named", act.at, organisation=organisation, consortium=consortium)


def give_back(act: Act) -> None:
    """A consortium gives the placement back; help that runs goes on until the next has taken over."""
    said: ReturnPlacement = act.answers
    row = _returned_row(act)
    row.state, row.return_code, row.returned_at = "returned", said.code, act.at
    row.content = Secret.json({**content_of(row), "return_text": said.text})
    act.tx.add(row)
    _ask_again(act)


def _returned_row(act: Act) -> Placement:
    running = None if act.case.proposed_consortium else placement(act.scene)
    if running is None:
        return _answered(act, "returned", {})
    if not act.case.help_runs:
        running.ended_at = act.at
    return running


def lapse(act: Act) -> None:
    """Nobody answered in time: silence blocks no child."""
    row = _answered(act, "lapsed", {})
    row.returned_at = act.at
    _ask_again(act)


def _ask_again(act: Act) -> None:
    """Both consortia sit at the table again; the one whose help runs keeps what it needs for it."""
    case = act.case
    case.returns += 1
    case.proposed_consortium = ""
    if not case.help_runs:
        seats.release(act)
    for code in seats.consortia(act):
        seats.seat(act, code, "rep.accepted" if code == case.accepted_consortium else "rep.invited")


def propose_again(act: Act) -> None:
    """The decision as it was, for the other consortium; the referrer amends it."""
    said: ProposeAgain = act.answers
    last = issued_decision(act.scene)
    content = {
        **decided(last),
        "reason": said.reason,
        "family_said": said.family_said,
    }
    prepare(act, "amended", content, consortium=said.consortium, conference_id=_conference(act))


def _conference(act: Act) -> UUID | None:
    last = issued_decision(act.scene)
    return last.conference_id if last else None


def name_provider(act: Act) -> None:
    """Another provider of the consortium takes over, or comes beside the one there is."""
    said: NameProvider = act.answers
    row = placement(act.scene)
    if row is None:
        raise Incomplete([Fault("/aanbieder", N_("Er is nog geen plaatsing aangenomen."))])
    known = content_of(row)
    if said.manner == "neemt-over":
        end(act.tx, act.case, ("provider.named",), act.at)
        row.provider_organisation = said.provider
    names = [*known.get("named", []), _named(act, said.provider, said.lead_practitioner)]
    lead = said.lead_practitioner if said.manner == "neemt-over" else known.get("lead_practitioner", "")
    row.content = Secret.json({**known, "lead_practitioner": lead, "named": names})
    act.tx.add(row)
    _name(act, said.provider, row.consortium)
