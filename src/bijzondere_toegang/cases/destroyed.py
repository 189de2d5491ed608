"""What somebody reads who opens a case of which a part was destroyed."""

from __future__ import annotations

from sqlmodel import col, select

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.db import DataKey
from bijzondere_toegang.errors import N_, Refused, Sentence
from bijzondere_toegang.timeline.models import TimelineEntry

GONE = {
    ("referrer", ""): N_("Het deel van de verwijzer is vernietigd op {dag}."),
    ("referrer", "request"): N_(
        "Het deel van de verwijzer is vernietigd op {dag}. Daarom was gevraagd, en de verwijzer besloot het "
        "(Jeugdwet, artikel 7.3.9)."
    ),
    ("referrer", "term"): N_(
        "Het deel van de verwijzer is vernietigd op {dag}. De bewaartermijn van de wet was voorbij "
        "(Jeugdwet, artikel 7.3.8)."
    ),
    ("provider", ""): N_("Het deel van de aanbieder is vernietigd op {dag}."),
    ("provider", "request"): N_(
        "Het deel van de aanbieder is vernietigd op {dag}. Daarom was gevraagd, en de aanbieder besloot het "
        "(Jeugdwet, artikel 7.3.9)."
    ),
    ("provider", "term"): N_(
        "Het deel van de aanbieder is vernietigd op {dag}. De bewaartermijn van de wet was voorbij "
        "(Jeugdwet, artikel 7.3.8)."
    ),
}
"""By part and ground; without a ground when the log of before a restore does not tell it."""
LEFT = {
    "referrer": N_("De verwijzer bewaart nog het eigen deel. Hier is het niet meer te lezen."),
    "provider": N_("De aanbieder bewaart nog het eigen deel. Hier is het niet meer te lezen."),
}


class Destroyed(Refused):
    """A part of the record was destroyed; what is left opens to its record holder alone, outside these pages."""

    status = 410
    title = N_("Dit dossier is vernietigd")
    half = N_("Een deel van dit dossier is vernietigd")
    when = N_("Een deel van dit dossier is vernietigd op {dag}. Dat moest volgens de wet, of het gezin vroeg erom.")


def destroyed(scene: Scene) -> Destroyed:
    """
    To a professional which part is gone, since when and why, and who keeps another part. To the family that a part is:
    whether it was asked would tell one of them what another did.
    """
    case = scene.case
    if not scene.by.is_professional:
        return Destroyed(Destroyed.when, dag=case.destroyed_on)
    days = {"referrer": case.referrer_destroyed_on, "provider": case.provider_destroyed_on}
    why = _grounds(scene)
    said = [Sentence(GONE[part, why.get(part, "")], {"dag": day}) for part, day in days.items() if day is not None]
    kept = scene.tx.exec(
        select(DataKey.holder).where(DataKey.owner_id == case.id, col(DataKey.wrapped).is_not(None)).distinct()
    ).all()
    said += [Sentence(LEFT[part]) for part in days if part in kept]
    found = Destroyed(said[0].text, **said[0].params)
    found.more = tuple(said[1:])
    found.title = Destroyed.half if set(kept) & days.keys() else Destroyed.title
    return found


def _grounds(scene: Scene) -> dict[str, str]:
    """Why each part was destroyed, `request` or `term`, by the tombstones in the log."""
    query = select(TimelineEntry.object_kind, TimelineEntry.purpose).where(
        TimelineEntry.chain == scene.case.id, TimelineEntry.event_type == "erased"
    )
    return {kind.removeprefix("part_"): ground for kind, ground in scene.tx.exec(query).all()}
