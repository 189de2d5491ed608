"""Cases that have come to a decision: the table's outcome is written straight into its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import select

from bijzondere_toegang.cases.access import grant
from bijzondere_toegang.cases.models import Case, CaseAccess
from bijzondere_toegang.conferences.models import Conference, Seat
from bijzondere_toegang.db import Secret
from bijzondere_toegang.decisions.models import Decision
from bijzondere_toegang.decisions.queries import decisions
from tests.support import Site, once, register_sample, scene, take

VVG, MUTS = "sv-vincent-van-gogh", "sv-mutsaersstichting"
REPS: Mapping[str, tuple[str, str]] = {VVG: ("vvg1", "vvg2"), MUTS: ("muts1", "muts2")}
STEPS = ("eigen-netwerk", "gezin", "thuis", "deeltijd", "kleinschalig")


@once
def at_the_decision(
    site: Site,
    *,
    sample: int = 1,
    consensus: bool = True,
    consortium: str = VVG,
    ladder: str = "thuis",
    where_to: str = "",
    opposed: Sequence[str] = (),
    **columns: Any,
) -> str:
    """A case whose table has just concluded; `opposed` are the words of those who were against."""
    reference = register_sample(site, sample)
    with site.database.write() as tx:
        case = tx.exec(select(Case).where(Case.reference == reference)).one()
        case.stage = "formalising" if consensus else "referrer_decision"
        case.entered_at = site.at
        for name, value in columns.items():
            setattr(case, name, value)
        conference = _conference(case, site.at, consensus)
        tx.add(conference)
        tx.flush()
        seats = [_seat(case, conference) for _ in opposed]
        tx.add_all(seats)
        tx.flush()
        content = _outcome(consortium, ladder, where_to) | {
            "afwijkend": [
                {"zetel": str(seat.id), "soort": seat.kind, "woorden": words}
                for seat, words in zip(seats, opposed, strict=True)
            ]
        }
        conference.content = Secret.json(content)
        tx.add_all([case, conference])
        for code, reps in REPS.items():
            for rep in reps:
                grant(tx, case, site.cast[rep], "rep.invited", site.at, consortium=code)
    return reference


def _conference(case: Case, at: datetime, consensus: bool) -> Conference:
    state = "consensus" if consensus else "no_consensus"
    return Conference(
        case_id=case.id, number=1, state=state, starts_at=at, opened_at=at, ended_at=at, content=Secret.json({})
    )


def _seat(case: Case, conference: Conference) -> Seat:
    content = Secret.json({"naam": "Moeder"})
    return Seat(conference_id=conference.id, case_id=case.id, kind="parent", has_position=True, content=content)


def _outcome(consortium: str, ladder: str, where_to: str) -> dict[str, Any]:
    return {
        "hulp": "Intensieve behandeling thuis, vier keer per week.",
        "resultaat": "Weer samen eten en naar school.",
        "waarom": "Dit is de lichtste hulp die helpt.",
        "samenwerkingsverband": "elders" if where_to else consortium,
        "waarheen": where_to,
        "ladder": [_rung(step, step == ladder) for step in STEPS],
    }


def _rung(step: str, chosen: bool) -> dict[str, str]:
    return {"trede": step, "uitkomst": "gekozen" if chosen else "afgewezen", "waarom": "Past niet."}


def formal(site: Site, target: str = "placing", **answers: Any) -> dict[str, Any]:
    """Answers to confirm_outcome."""
    found: dict[str, Any] = {
        "vervolg": target,
        "toelichting": "Dit schrijf ik er zelf bij.",
        "bekendgemaaktOp": site.on.isoformat(),
        "rechtsmiddel": "bezwaar",
        "ondertekening": "alleen",
    }
    if target != "referred_back":
        found |= {"trede": "3"}
    if target == "placing":
        found |= {"samenwerkingsverband": VVG}
    return found | answers


def motivated(site: Site, target: str = "placing", **answers: Any) -> dict[str, Any]:
    """Answers to decide."""
    extra: dict[str, Any] = {"motivering": "Ik woog wat iedereen zei.", "antwoorden": []}
    if target == "placing":
        extra["waaromDitVerband"] = "Het is dichtbij huis."
    if target == "referred_back":
        extra["waarheen"] = "De wijkcoach helpt verder."
    else:
        extra |= {"hulp": "Behandeling thuis.", "resultaat": "Naar school."}
    return formal(site, target) | extra | answers


@once
def placed(site: Site, **where: Any) -> str:
    """A case that waits for the answer of the consortium the table chose."""
    reference = at_the_decision(site, **where)
    take(site, "referrer", reference, "confirm_outcome", **formal(site))
    return reference


def accepting(site: Site, provider: str = "vincent-van-gogh", **answers: Any) -> dict[str, Any]:
    """Answers to accept_placement."""
    found: dict[str, Any] = {
        "aanbieder": provider,
        "regiebehandelaar": "Dr. De Wit",
        "eersteContact": site.on.isoformat(),
        "contactpersoon": "Zoran Vincent",
        "telefoon": "077 000 00 00",
        "meteenStarten": True,
    }
    return found | answers


def stored_decisions(site: Site, reference: str) -> list[Decision]:
    with site.database.read() as tx:
        return decisions(scene(site, tx, "referrer", reference))


def relations(site: Site, who: str, reference: str) -> set[str]:
    """The relations this person has to the case now; empty when it is not there for them."""
    with site.database.read() as tx:
        rows = tx.exec(
            select(CaseAccess.relation)
            .join(Case, Case.id == CaseAccess.case_id)  # type: ignore[arg-type]
            .where(
                Case.reference == reference,
                CaseAccess.account_id == site.cast[who],
                CaseAccess.until.is_(None),  # type: ignore[union-attr]
            )
        )
        return set(rows.all())


def day(year: int, month: int, on: int) -> datetime:
    return datetime(year, month, on, 9, 0, tzinfo=UTC)
