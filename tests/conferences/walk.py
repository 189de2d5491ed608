"""Walking a case through a conference, with everybody in agreement unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bijzondere_toegang.conferences.models import Seat
from bijzondere_toegang.conferences.queries import content_of, parties_of, seats
from tests.support import Site, register_sample, scene, take

PLAN: Mapping[str, Any] = {"datum": "2026-11-17", "begintijd": "10:00", "plaats": "Stadhuis Venlo, kamer 3"}
PROPOSAL = {"voorstel": "Behandeling thuis, drie keer per week.", "resultaat": "Weer naar school."}
REJECTED = {"uitkomst": "afgewezen", "waarom": "Niet nodig zolang het thuis gaat."}
OUTCOME: Mapping[str, Any] = {
    "hulp": "Behandeling thuis.",
    "resultaat": "Weer naar school.",
    "ladder": {
        "eigenNetwerk": {"uitkomst": "gekozen"},
        "gezin": REJECTED,
        "thuis": {"uitkomst": "gekozen"},
        "deeltijd": REJECTED,
        "kleinschalig": REJECTED,
    },
    "samenwerkingsverband": "sv-vincent-van-gogh",
    "waarom": "Dichtbij huis, en het team kent het gezin.",
}
VVG, MUTS = "sv-vincent-van-gogh", "sv-mutsaersstichting"
SPEAKERS = {"referrer": "referrer", VVG: "vvg1", MUTS: "muts1"}


def prepared(site: Site, number: int = 1) -> str:
    """A registered case that the chair took up."""
    reference = register_sample(site, number)
    take(site, "chair", reference, "declare_independence", band=False)
    take(site, "chair", reference, "take_up")
    return reference


def planned(site: Site, reference: str | None = None, **changes: Any) -> str:
    """A case with a conference on 17 November 2026, ten o'clock."""
    reference = reference or prepared(site)
    take(site, "chair", reference, "plan_conference", **{**PLAN, **changes})
    return reference


def table(site: Site, reference: str) -> dict[str, Seat]:
    """The seats by word: chair, referrer, a consortium code, jeugdige, moeder, vader, voogd, or a guest's name."""
    with site.database.read() as tx:
        seen = scene(site, tx, "chair", reference)
        words = {party.id: party.word for party in parties_of(seen).values()}
        return {_word(seat, words): seat for seat in seats(seen)}


def _word(seat: Seat, words: Mapping[Any, str]) -> str:
    if seat.party_id is not None:
        return words[seat.party_id]
    return seat.consortium or content_of(seat).get("naam", seat.kind)


def attend(site: Site, reference: str, **changes: Mapping[str, Any] | None) -> None:
    """Record everybody here and without a tie; a change replaces a seat's row, None leaves it out.

    Names with a dash are given as `**{VVG: {…}}`; `door` names the seat that stands in.
    """
    found = table(site, reference)
    rows = [_row(found, name, changes.get(name, {})) for name in found]
    take(site, "chair", reference, "record_attendance", aanwezigheid=[row for row in rows if row])


def _row(found: Mapping[str, Seat], name: str, change: Mapping[str, Any] | None) -> dict[str, Any]:
    if change is None:
        return {}
    seat, told = found[name], dict(change)
    row: dict[str, Any] = {"zetel": str(seat.id), "aanwezig": "aanwezig"}
    if seat.party_id is None:
        row["band"] = "geen"
    if stand_in := told.pop("door", None):
        row["vertegenwoordigdDoor"] = str(found[stand_in].id)
    return {name: value for name, value in (row | told).items() if value is not None}


def opened(site: Site, reference: str | None = None, **changes: Any) -> str:
    """A case whose conference is open, on the day itself."""
    reference = planned(site, reference, **changes)
    site.move(days=8)
    attend(site, reference)
    take(site, "chair", reference, "open_conference")
    return reference


def ask(site: Site, reference: str) -> None:
    take(site, "chair", reference, "ask_round", **PROPOSAL)


def voices(site: Site, reference: str) -> dict[str, Any]:
    """Who speaks for each seat that has a position, by the word of the seat."""
    found = table(site, reference)
    family = site.family(reference)
    return {
        word: family.get(word) or site.who(SPEAKERS[word], reference)
        for word, seat in found.items()
        if seat.has_position
    }


def state_all(site: Site, reference: str, **positions: Mapping[str, Any]) -> None:
    """Everybody agrees, but for who is named with a position."""
    for word, account in voices(site, reference).items():
        take(site, account, reference, "state_position", **positions.get(word, {"standpunt": "eens"}))


def agreed(site: Site, reference: str | None = None) -> str:
    """A case that awaits its decision after consensus (stage formalising)."""
    reference = opened(site, reference)
    ask(site, reference)
    state_all(site, reference)
    take(site, "chair", reference, "conclude_consensus", **OUTCOME)
    return reference


def divided(site: Site, reference: str | None = None) -> str:
    """A case that awaits the referrer's decision: the mother disagrees (stage referrer_decision)."""
    reference = opened(site, reference)
    ask(site, reference)
    state_all(site, reference, moeder={"standpunt": "oneens", "woorden": "Ik wil eerst rust thuis."})
    take(site, "chair", reference, "conclude_no_consensus", **OUTCOME, samenvatting="Moeder wil eerst rust.")
    return reference
