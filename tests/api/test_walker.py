"""The process by machine alone: by a client that knows nothing of it, and by one that follows a story."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests import databases
from tests.api.walker import Walker
from tests.story import Story, answers
from tests.support import Site, make_site, register_sample, sample

FAMILY = ("jeugdige", "moeder", "vader")
PROFESSIONALS = ("verwijzer1", "vvg1", "muts1", "zorg_vvg1", "zorg_muts1")
STAY = frozenset(
    {
        "withdraw", "hand_over_chair", "hand_over_referrer", "add_party", "add_document", "invite_guest",
        "invite_confidant",
    }
)  # fmt: skip
"""What nobody at this table wants: to stop, to leave the case, or a say in it, to somebody without a token here, or to
bring the same file again and again, which anybody may at any time."""
WANDER = STAY | {
    "shield_item", "withhold_item", "confirm_withholding", "review_withholding", "ask_lift", "confirm_lift",
    "answer_reading",
}  # fmt: skip
"""Nor, when they wander, to go on for ever about who reads what: these acts stand open to many, in every stage."""
GET_ON = STAY | {
    "ask_supplement", "advise_elsewhere", "cancel_conference", "adjourn", "reject_outcome", "return_placement",
    "record_remedy", "reconvene",
}  # fmt: skip
"""Nor, when they want to get on, a step back."""
HELP_TO_ITS_END = GET_ON | {"end_care", "name_provider", "withdraw_consent"}
FINAL = {"closed", "referred_back"}


def machines(site: Site, reference: str) -> dict[str, TestClient]:
    return {who: site.api(who, reference) for who in (*PROFESSIONALS, "chair", *FAMILY)}


@pytest.mark.parametrize("unwanted", [WANDER, GET_ON, HELP_TO_ITS_END], ids=["any", "forward", "through"])
def test_a_client_that_knows_only_the_schemas_brings_a_case_to_its_end(
    databases: databases.Databases, unwanted: frozenset[str]
) -> None:
    """What its users do not want is all that the client is told; fields, answers and order it finds by itself."""
    with databases.fresh("sqlite") as database:
        site = make_site(database)
        reference = register_sample(site, 1)
        people = machines(site, reference)
        walker = Walker(people, reference, random.Random(3), lambda: site.on, lambda: site.move(days=1), unwanted)

        final = walker.walk()

    assert final in (FINAL if unwanted == WANDER else {"closed"}), walker.trail[-10:]
    assert {status for what, status in walker.statuses if what == "step"} <= {200, 409, 422}
    assert {status for what, status in walker.statuses if what == "look"} <= {200, 404}
    assert {step for _, step, _ in walker.trail} == set(walker.taken), "a step that no answer was accepted for"


class ByMachine:
    """A story that is told through the JSON interface alone, each with a token of his own."""

    def __init__(self, site: Site, document: dict[str, Any]) -> None:
        self.site = site
        self.sent = site.api("verwijzer1").post("/api/v1/aanmeldingen", content=json.dumps(document))
        self.reference: str = self.sent.json()["kenmerk"]
        self.machines: dict[str, TestClient] = {}
        self.story = Story(self.take, lambda days: site.move(days=days))

    def machine(self, who: str) -> TestClient:
        who = {"provider": "zorg_vvg1", "referrer": "verwijzer1"}.get(who, who)
        if who not in self.machines:
            self.machines[who] = self.site.api(who, self.reference)
        return self.machines[who]

    def take(self, who: str, step: str, **said: Any) -> dict[str, Any]:
        """Read the case, fill the schema of this step, send it back with the revision that was read."""
        machine, address = self.machine(who), f"/api/v1/zaken/{self.reference}"
        case = machine.get(address).json()
        offered = {one["stap"]: one["schema"] for one in case.get("mogelijkeStappen", ())}
        # Who was just invited sees the case from the moment a tie was asked; that form is the same for everybody.
        assert step in offered or "kenmerk" not in case, (who, step, case.get("fase"), case.get("nogNietMogelijk"))
        schema = offered.get(step, {"properties": {}})
        told = answers(step, schema, self.site.on, **said)
        done = machine.post(f"{address}/stappen", json={"stap": step, "revisie": case.get("revisie"), "gegevens": told})
        assert done.status_code == 200, (who, step, done.json())
        found: dict[str, Any] = done.json()
        return found

    def ring(self) -> None:
        """The referrer calls the family with hard news; until then it is kept from them, by machine too."""
        self.site.move(minutes=1)
        for who in FAMILY:
            self.take("referrer", "record_call", metWie=who)
        self.site.move(minutes=1)


def test_without_consensus_the_machines_bring_a_case_to_closed(database: databases.Database) -> None:
    told = ByMachine(make_site(database), sample(1))
    story = told.story

    story.to_placing_without_consensus(*FAMILY, opposed="vader")
    told.ring()
    told.take("vvg1", "accept_placement")
    story.plan_to_care(*FAMILY)
    story.evaluation(*FAMILY)
    told.take("provider", "propose_closing")
    closed = told.take("referrer", "close")

    assert told.sent.status_code == 201
    assert (closed["fase"], closed["aanZet"], closed["mogelijkeStappen"] != []) == ("closed", None, True)
    assert len(told.machines) == 8
