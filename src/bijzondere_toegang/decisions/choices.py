"""What can be chosen in a decision, in this case on this day."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.decisions.forms import BOTH_SIGN
from bijzondere_toegang.decisions.queries import dissents, proposal
from bijzondere_toegang.decisions.remedy import remedy_against
from bijzondere_toegang.errors import N_
from bijzondere_toegang.web.forms import Choice

ALONE = "alleen"
TARGETS = {
    "placing": N_("Een samenwerkingsverband wordt gevraagd de hulp te geven"),
    "planning": N_("De hulp gaat door; er komt een nieuw plan"),
    "in_care": N_("De hulp gaat door volgens het plan dat er is"),
    "referred_back": N_("Hulp uit de Bijzondere Toegang is niet nodig; de gewone toegang helpt verder"),
}
REMEDIES = {
    "bezwaar": N_("Bezwaar bij de gemeente, binnen zes weken (Awb 6:7)"),
    "kinderrechter": N_("De kinderrechter (BW 1:262b)"),
}
LADDER = {
    "1": N_("Hulp van het eigen netwerk"),
    "2": N_("Pleeggezin of gezinshuis"),
    "3": N_("Behandeling thuis"),
    "4": N_("Deeltijd verblijf met behandeling"),
    "5": N_("Kleinschalig verblijf met behandeling"),
}
SIGNATURES = {
    ALONE: N_("Ik onderteken alleen"),
    BOTH_SIGN: N_("Een tweede persoon tekent mee"),
}


def outcome_targets(scene: Scene) -> list[Choice]:
    """Where what the table agreed, or the chair advised, can lead."""
    ready = proposal(scene)
    if ready.kind == "elsewhere":
        return _listed(TARGETS, "referred_back")
    if ready.kind == "amended":
        return _listed(TARGETS, "placing")
    return _listed(TARGETS, *_help(scene))


def decision_targets(scene: Scene) -> list[Choice]:
    """Where a decision without consensus can lead; help that runs is not stopped by it."""
    back = () if scene.case.help_runs else ("referred_back",)
    return _listed(TARGETS, *_help(scene), *back)


def _help(scene: Scene) -> tuple[str, ...]:
    if not scene.case.accepted_consortium:
        return ("placing",)
    return ("in_care", "planning", "placing") if scene.case.help_runs else ("planning", "placing")


def agreed_consortium(scene: Scene) -> list[Choice]:
    """The consortium the table named; both when it named none."""
    every = decided_consortium(scene)
    named = [choice for choice in every if choice.value == proposal(scene).consortium]
    return named or every


def decided_consortium(scene: Scene) -> list[Choice]:
    return [Choice(consortium.code, consortium.name) for consortium in scene.region.consortia_on(scene.on)]


def agreed_ladder(scene: Scene) -> list[Choice]:
    agreed = proposal(scene).ladder
    return _listed(LADDER, *([str(agreed)] if agreed else LADDER))


def ladder_steps(scene: Scene) -> list[Choice]:
    return _listed(LADDER, *LADDER)


def remedies(scene: Scene) -> list[Choice]:
    return _listed(REMEDIES, remedy_against(scene.case.authority))


def signatures(scene: Scene) -> list[Choice]:
    """An organisation that also gives help does not sign alone (Awb 2:4; a conflict of roles on record)."""
    organisation = scene.region.organisation(scene.case.referrer_organisation)
    also_provider = organisation is not None and organisation.also_provider
    return _listed(SIGNATURES, *([BOTH_SIGN] if also_provider else SIGNATURES))


def dissent_choices(scene: Scene) -> list[Choice]:
    """Everyone who was opposed, with what they said."""
    return [Choice(each.seat, f"{each.who}: {each.words}" if each.words else each.who) for each in dissents(scene)]


def _listed(words: dict[str, str], *values: str) -> list[Choice]:
    return [Choice(value, words[value]) for value in values]
