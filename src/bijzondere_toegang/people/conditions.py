"""The 34 conditions of the permission table. Each is a `Rule`; `&` joins rules that must all hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bijzondere_toegang.people.facts import Facts, reads_as
from bijzondere_toegang.people.permissions import Permission, Relation

SMALLEST_GROUP = 10
"""cases; a smaller group in a figure could be recognised"""

ATTEMPTS_ENOUGH = 2

_NARROWED_BY_TIES = frozenset({Permission.CASE_SEE, Permission.CASE_READ_BRIEF})
_WITH_THE_REFERRER = frozenset({Relation.REFERRER_OWN, Relation.REFERRER_DELEGATE})


@dataclass(frozen=True, slots=True)
class Ask:
    """May somebody with this relation do this, given these facts?"""

    permission: Permission
    relation: Relation
    facts: Facts


Condition = Callable[[Ask], bool]

CONDITIONS: dict[str, Condition] = {}
"""Condition code to its question; the docstring of the question names the source."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that must all hold; none at all is a plain yes."""

    codes: tuple[str, ...] = ()

    def __and__(self, other: Rule) -> Rule:
        return Rule((*self.codes, *other.codes))

    def __str__(self) -> str:
        return "&".join(self.codes) or "yes"

    def holds(self, ask: Ask) -> bool:
        return all(CONDITIONS[code](ask) for code in self.codes)


yes = Rule()


def _condition(code: str) -> Callable[[Condition], Rule]:
    def register(question: Condition) -> Rule:
        CONDITIONS[code] = question
        return Rule((code,))

    return register


@_condition("C1")
def in_outline(ask: Ask) -> bool:
    """Reference, time, place, stage, term, professionals' contacts; narrows, never denies (AVG 5, 25)."""
    return True


@_condition("C2")
def delegated(ask: Ask) -> bool:
    """A dated delegation that names this case is valid today (Awb 10:1-10:12)."""
    return ask.facts.delegation_valid


@_condition("C3")
def youth_agrees(ask: Ask) -> bool:
    """The youth of 16 or older consented, or incapacity is recorded (Jeugdwet 7.3.4, 7.3.15)."""
    return ask.facts.youth_consented or ask.facts.youth_incapacitated


@_condition("C4")
def ticked(ask: Ask) -> bool:
    """What the inviter ticked and may read himself, while the invitation runs (Jeugdwet 7.3.11 lid 1)."""
    item = ask.facts.item
    return item is None or (item.ticked and item.inviter_reads and not item.kept_back)


@_condition("C5")
def pseudonymous(ask: Ask) -> bool:
    """A pseudonymous case id, never content, the look logged; narrows, never denies (AVG 38, 39)."""
    return True


@_condition("C6")
def shared(ask: Ask) -> bool:
    """A sharing ground for this item and recipient; for the case: for any item (Jeugdwet 7.3.11, 7.4.0)."""
    item = ask.facts.item
    words = reads_as(ask.relation, ask.facts.party_word)
    if item is None:
        return bool(words & ask.facts.shared_with)
    return item.author_is_me or (not item.kept_back and bool(words & item.recipients))


@_condition("C7")
def inspected(ask: Ask) -> bool:
    """Minus what is shielded, of others, or withheld; a family reads what lists it (Jeugdwet 7.3.10-11)."""
    item = ask.facts.item
    if item is None or item.author_is_me:
        return True
    listed = reads_as(ask.relation, ask.facts.party_word) & item.recipients
    return not item.kept_back and (bool(listed) or ask.relation in _WITH_THE_REFERRER)


@_condition("C8")
def glass_broken(ask: Ask) -> bool:
    """Break-glass is open: reason, second person, told to the family unless unsafe (NEN 7510, NEN 7513)."""
    return ask.facts.break_glass_open


@_condition("C9")
def proven_again(ask: Ask) -> bool:
    """A fresh proof of login; masked or watermarked by default, and logged (Jeugdwet 7.2; NEN 7510)."""
    return ask.facts.fresh_login


@_condition("C10")
def needs_the_address(ask: Ask) -> bool:
    """Reason given and logged, never on anything shared; a provider only if it treats at home (AVG 5, 32)."""
    facts = ask.facts
    at_home = facts.treats_at_home or ask.relation is not Relation.PROVIDER_NAMED
    return facts.reason_given and not facts.for_shared_piece and at_home


@_condition("C11")
def at_the_table(ask: Ask) -> bool:
    """The conference is open and the person holds the pen, not recused (the region's consensus protocol)."""
    return ask.facts.conference_open and ask.facts.holds_pen and not ask.facts.recused


@_condition("C12")
def own_placement(ask: Ask) -> bool:
    """Own consortium, right stage, same revision, no tie; a return has a code (the region's contract)."""
    facts = ask.facts
    coded = facts.return_coded or ask.permission is not Permission.PLACEMENT_RETURN
    return facts.own_consortium and facts.stage_allows and facts.revision_matches and not facts.tie and coded


@_condition("C13")
def with_authority(ask: Ask) -> bool:
    """Stage asks, authority today, no consortium; a provider role needs a second signer (Awb 2:4, 10:3)."""
    facts = ask.facts
    unbiased = not facts.in_consortium and (facts.second_signer or not facts.provider_role)
    return facts.stage_allows and facts.authority_valid_today and unbiased


@_condition("C14")
def with_two(ask: Ask) -> bool:
    """Two different persons (four eyes; NEN 7510)."""
    return ask.facts.second_person


@_condition("C15")
def independent(ask: Ask) -> bool:
    """Independence is declared and no tie is on record (the region's independent chair)."""
    return ask.facts.independence_declared and not ask.facts.tie


@_condition("C16")
def minutes_open(ask: Ask) -> bool:
    """From *ter reactie* on, being a participant (the region's consensus protocol)."""
    return ask.facts.minutes_shared and ask.facts.participant


@_condition("C17")
def own_entry(ask: Ask) -> bool:
    """A participant's own entry, once per version, while it is asked for (the consensus protocol)."""
    facts = ask.facts
    return facts.participant and facts.own_data and facts.asked_now and not facts.entry_already_made


@_condition("C18")
def capable(ask: Ask) -> bool:
    """Unless incapacity is recorded; then the representative acts (Jeugdwet 7.3.15)."""
    return not ask.facts.youth_incapacitated


@_condition("C19")
def in_turn(ask: Ask) -> bool:
    """In the stage that allows it, the own organisation's part (the workflow)."""
    return ask.facts.stage_allows and ask.facts.own_part


@_condition("C20")
def new_version(ask: Ask) -> bool:
    """A new version with a reason; the old one stays and reactions start again (Jeugdwet 7.3.8)."""
    return ask.facts.reason_given


@_condition("C21")
def consent_asked(ask: Ask) -> bool:
    """Own consent by age; not in a measure, save medical treatment (Jeugdwet 7.3.1 lid 3, 7.3.4-5; WGBO)."""
    facts = ask.facts
    return facts.own_data and (facts.framework == "voluntary" or facts.medical_treatment)


@_condition("C22")
def among_own_cases(ask: Ask) -> bool:
    """Over own cases only, sent with POST so that no name stands in an address (AVG 25)."""
    return ask.facts.over_own_cases and ask.facts.by_post


@_condition("C23")
def in_a_crowd(ask: Ask) -> bool:
    """Groups of ten or more; the figures lead to no case (AVG 25)."""
    return ask.facts.group_size >= SMALLEST_GROUP


@_condition("C24")
def youth_incapable(ask: Ask) -> bool:
    """Incapacity of the youth is recorded (Jeugdwet 7.3.15)."""
    return ask.facts.youth_incapacitated


@_condition("C25")
def own(ask: Ask) -> bool:
    """Own data only (AVG 15)."""
    return ask.facts.own_data


@_condition("C26")
def fostering(ask: Ask) -> bool:
    """Foster parent of this young person: own part of plan and agreements (Jeugdwet 4.1.3 lid 6)."""
    item = ask.facts.item
    words = reads_as(ask.relation, ask.facts.party_word)
    part = item is None or item.author_is_me or (not item.kept_back and bool(words & item.recipients))
    return ask.facts.foster_parent_of_child and part


@_condition("C27")
def ties_asked(ask: Ask) -> bool:
    """The tie question is answered; before that only the brief without names (Jeugdwet 7.4.0)."""
    return ask.facts.tie_answered or ask.permission in _NARROWED_BY_TIES


@_condition("C28")
def succeeded(ask: Ask) -> bool:
    """Within the own organisation, the successor named, logged (Awb 10:3)."""
    return ask.facts.own_organisation and ask.facts.successor_named


@_condition("C29")
def on_their_word(ask: Ask) -> bool:
    """On the person's word, confirmed afterwards, or two attempts on record (the consensus protocol)."""
    return ask.facts.on_persons_word or ask.facts.attempts >= ATTEMPTS_ENOUGH


@_condition("C30")
def escalated(ask: Ask) -> bool:
    """The term has passed and was escalated: silence blocks no child (the region's contract)."""
    return ask.facts.term_passed_and_escalated


@_condition("C31")
def voluntary(ask: Ask) -> bool:
    """Voluntary framework, before care runs (Jeugdwet 7.3.4)."""
    return ask.facts.framework == "voluntary" and not ask.facts.help_runs


@_condition("C32")
def professionals_looks(ask: Ask) -> bool:
    """Professionals' reads only, without what a safety hold covers (AVG 15, 23; NEN 7513)."""
    look = ask.facts.look
    return look is None or (look.by_professional and not look.held_for_safety)


@_condition("C33")
def chair_agrees(ask: Ask) -> bool:
    """For the conference or a part of it, and the chair agrees (the region's consensus protocol)."""
    return ask.facts.chair_agrees


@_condition("C34")
def holds_the_record(ask: Ask) -> bool:
    """The record holder of that part decides; the privacy officer advises (Jeugdwet 7.3.8, 7.3.9)."""
    return ask.facts.record_holder
