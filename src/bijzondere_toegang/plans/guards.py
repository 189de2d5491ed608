"""What must be so before a step about the plan: sentences that say what has to happen first."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.plans.asked import asked_about, consents, together
from bijzondere_toegang.plans.queries import concept_now, content_of, current_plan, plan_up
from bijzondere_toegang.plans.sound import lacking, listed, unsound

HELP_NEEDS_ONE_YES = N_("Nog niemand gaf toestemming. Iemand niet bereiken is geen toestemming.")


def concept_there(scene: Scene) -> Sentence | None:
    return None if concept_now(scene) else Sentence(N_("Er is nog geen concept van het plan. Schrijf het eerst."))


def concept_complete(scene: Scene) -> Sentence | None:
    """Everything that lacks at once, by the words of the form; then what time has made unsound."""
    plan = concept_now(scene)
    words = lacking(plan) if plan else []
    if words:
        return Sentence(N_("In het concept ontbreekt nog: {wat}."), {"wat": listed(words)})
    return unsound(scene, plan) if plan else None


def concept_changed(scene: Scene) -> Sentence | None:
    up, plan = plan_up(scene), concept_now(scene)
    if up is None or (plan is not None and content_of(plan) != content_of(up)):
        return None
    return Sentence(N_("Er is niets veranderd sinds de versie die er nu ligt."))


def plan_is_up(scene: Scene) -> Sentence | None:
    """A concept is no secret to who writes it; to others the sentence is the same with and without one."""
    if plan_up(scene) is not None:
        return None
    if concept_now(scene) is not None:
        return Sentence(N_("Het plan is nog een concept. Leg het eerst voor aan het gezin en de verwijzer."))
    return Sentence(N_("Er ligt nog geen plan in deze ronde. De aanbieder schrijft het en legt het dan voor."))


def plan_confirmed(scene: Scene) -> Sentence | None:
    plan = plan_up(scene)
    if plan is None or plan.confirmed_at is not None:
        return None
    return Sentence(N_("De verwijzer bevestigt deze versie van het plan eerst."))


def consents_in(scene: Scene) -> Sentence | None:
    """
    Nobody said no, everybody was heard or could not be reached, and somebody with a say in the help said yes.

    Who could not be reached is not counted as a yes (Jeugdwet 7.3.4–5).
    """
    plan = plan_up(scene)
    asked = asked_about(scene, plan) if plan else []
    against = [one.word for one in asked if one.answer in ("refused", "withdrawn")]
    if against:
        return Sentence(
            N_("Geen toestemming voor deze versie van {wie}. Praat erover en pas het plan aan."),
            {"wie": together(against)},
        )
    waiting = [one.word for one in asked if one.answer == "missing"]
    if waiting:
        return Sentence(N_("Nog geen antwoord op deze versie van {wie}."), {"wie": together(waiting)})
    deciding = [one.answer for one in asked if one.party.kind != "foster_parent"]
    return Sentence(HELP_NEEDS_ONE_YES) if deciding and "given" not in deciding else None


def somebody_unheard(scene: Scene) -> Sentence | None:
    if current_plan(scene) is None:
        return plan_is_up(scene)
    if any(one.is_open for one in consents(scene)):
        return None
    return Sentence(N_("Iedereen van wie toestemming nodig is, heeft al geantwoord."))


def help_has_date(scene: Scene) -> Sentence | None:
    plan = plan_up(scene)
    if scene.case.help_started_on is not None or (plan is not None and plan.starts_on is not None):
        return None
    return Sentence(N_("De hulp heeft nog geen begindatum. Zet die in het plan of meld de start."))


def consent_asked(scene: Scene) -> Sentence | None:
    if current_plan(scene) is None:
        return Sentence(N_("Er ligt nog geen plan. U krijgt bericht als het er is."))
    if any(one.party.id in scene.sight.parties for one in consents(scene)):
        return None
    return Sentence(N_("Voor dit plan is uw toestemming niet nodig."))


def consent_given(scene: Scene) -> Sentence | None:
    mine = [one for one in consents(scene) if one.party.id in scene.sight.parties]
    if any(one.answer == "given" for one in mine):
        return None
    return Sentence(N_("U gaf voor dit plan nog geen toestemming."))
