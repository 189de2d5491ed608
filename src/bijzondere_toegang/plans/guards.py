"""What must be so before a step about the plan: sentences that say what has to happen first."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.plans.asked import asked_about, consents, together
from bijzondere_toegang.plans.queries import current_plan, draft_plan, goals


def plan_complete(scene: Scene) -> Sentence | None:
    plan = draft_plan(scene)
    if plan is None:
        return Sentence(N_("Er is nog geen plan in deze ronde. De aanbieder schrijft het eerst."))
    return None if goals(plan) else Sentence(N_("Het plan heeft nog geen doel."))


def plan_confirmed(scene: Scene) -> Sentence | None:
    plan = draft_plan(scene)
    if plan is None or plan.confirmed_at is not None:
        return None
    return Sentence(N_("De verwijzer bevestigt deze versie van het plan eerst."))


def consents_in(scene: Scene) -> Sentence | None:
    """Those who can't sign in are asked on paper; `agree_plan` records them."""
    plan = draft_plan(scene)
    asked = asked_about(scene, plan) if plan else []
    against = [one.word for one in asked if one.answer in ("refused", "withdrawn")]
    if against:
        return Sentence(
            N_("Geen toestemming voor deze versie van {wie}. Praat erover en pas het plan aan."),
            {"wie": together(against)},
        )
    waiting = [one.word for one in asked if one.answer == "missing" and one.can_sign_in]
    if waiting:
        return Sentence(N_("Nog geen antwoord op deze versie van {wie}."), {"wie": together(waiting)})
    return None


def help_has_date(scene: Scene) -> Sentence | None:
    plan = draft_plan(scene)
    if scene.case.help_started_on is not None or (plan is not None and plan.starts_on is not None):
        return None
    return Sentence(N_("De hulp heeft nog geen begindatum. Zet die in het plan of meld de start."))


def consent_asked(scene: Scene) -> Sentence | None:
    if current_plan(scene) is None:
        return Sentence(N_("Er is nog geen plan. U krijgt bericht als het er is."))
    if any(one.party.id in scene.sight.parties for one in consents(scene)):
        return None
    return Sentence(N_("Voor dit plan is uw toestemming niet nodig."))


def consent_given(scene: Scene) -> Sentence | None:
    mine = [one for one in consents(scene) if one.party.id in scene.sight.parties]
    if any(one.answer == "given" for one in mine):
        return None
    return Sentence(N_("U gaf voor dit plan nog geen toestemming."))
