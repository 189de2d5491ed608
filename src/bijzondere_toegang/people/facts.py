"""What a policy may know of one person and one case on one day. Every default denies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bijzondere_toegang.people.permissions import Relation

Framework = Literal["voluntary", "compulsory"]

_CHAIR = frozenset({"voorzitter"})
_CONSORTIA = frozenset({"samenwerkingsverbanden"})

RECIPIENTS: Mapping[Relation, frozenset[str]] = {
    Relation.CHAIR_ASSIGNED: _CHAIR,
    Relation.SECRETARY_ASSIGNED: _CHAIR,
    Relation.REP_INVITED: _CONSORTIA,
    Relation.REP_PROPOSED: _CONSORTIA,
    Relation.REP_ACCEPTED: _CONSORTIA,
    Relation.PROVIDER_NAMED: _CONSORTIA,
    Relation.GI_INVOLVED: frozenset({"gi"}),
    Relation.FOSTER_PARENT: frozenset({"pleegouder"}),
    Relation.YOUTH_12_15: frozenset({"jeugdige"}),
    Relation.YOUTH_16_PLUS: frozenset({"jeugdige"}),
}
"""The recipient words of `gegevensdeling` a relation reads as; for a parent see `reads_as`."""

PARTY_RECIPIENTS: Mapping[str, frozenset[str]] = {
    "moeder": frozenset({"moeder", "ouders"}),
    "vader": frozenset({"vader", "ouders"}),
    "ouder": frozenset({"ouders"}),
    "voogd": frozenset({"voogd"}),
}

_PARENTS = frozenset({Relation.PARENT_CHILD_0_11, Relation.PARENT_CHILD_12_15, Relation.PARENT_CHILD_16_17})


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """One section, statement or document, as it stands towards this one reader today."""

    recipients: frozenset[str] = frozenset()
    """recipient words with a recorded sharing ground that is valid today"""
    author_is_me: bool = False
    about_me: bool = False
    """the reader is the owner of the address in it; opens nothing else"""
    shielded: bool = False
    """shielded from this reader"""
    withheld: bool = False
    """withheld from this reader in the child's interest (Jeugdwet 7.3.11 lid 3)"""
    third_party: bool = False
    """holds a passage of or about somebody else that this reader may not see (Jeugdwet 7.3.10)"""
    secret_address: bool = False
    """holds a secret address or what gives it away"""
    waits_for_child: bool = False
    """a child's own words without its answer to *Wie mag dit lezen?*, and this reader is not whom it chose"""
    ticked: bool = False
    """the inviter ticked it for this guest or confidant"""
    inviter_reads: bool = False
    """the inviter may read it himself today"""

    @property
    def kept_back(self) -> bool:
        """Whether it stays away from this reader, even one on the list of recipients."""
        return self.shielded or self.withheld or self.third_party


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFacts:
    """One line of the read log."""

    by_professional: bool = False
    held_for_safety: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person, one case, one day (Europe/Amsterdam); without a case only standing relations are filled."""

    relations: frozenset[Relation]
    """effective on `on`, ages and authority applied; lost and ended are left out after a new invitation"""
    on: date
    stage: str = ""
    framework: Framework = "compulsory"
    help_runs: bool = True
    party_word: str = ""
    """the intake's own word for this family member: moeder, vader, ouder, voogd, …"""
    shared_with: frozenset[str] = frozenset()
    """recipient words for which at least one item of the case has a sharing ground today"""

    recused: bool = False
    """withdrew from this case because of a tie; overrides every relation"""
    independence_declared: bool = False
    tie: bool = True
    """a tie with this family is on record"""
    tie_answered: bool = False
    in_consortium: bool = True
    """member of an organisation in a consortium today"""
    provider_role: bool = True
    """the own organisation also provides help, outside the consortia"""
    second_signer: bool = False
    """somebody outside the help signs too"""
    authority_valid_today: bool = False
    """statutory authority, or a mandate with number and period"""
    delegation_valid: bool = False
    """a dated delegation that names this case is valid today"""

    youth_consented: bool = False
    youth_incapacitated: bool = False
    medical_treatment: bool = False
    """the help is medical treatment, so the WGBO asks for consent in a compulsory measure too"""
    foster_parent_of_child: bool = False

    stage_allows: bool = False
    """the workflow knows this act in this stage"""
    revision_matches: bool = False
    """nobody changed the case since this person loaded it"""
    own_part: bool = False
    """the part of the own organisation or function"""
    own_organisation: bool = False
    """everybody concerned belongs to the person's own organisation"""
    own_consortium: bool = False
    """the placement concerns the person's own consortium"""
    own_data: bool = False
    """what is touched is the person's own: entry, consent, address, shielding"""
    record_holder: bool = False
    """the own organisation holds this part of the record"""
    successor_named: bool = False
    """who takes over is named, or nothing is left to take over"""
    return_coded: bool = False
    term_passed_and_escalated: bool = False

    conference_open: bool = False
    holds_pen: bool = False
    chair_agrees: bool = False
    """the chair agrees to this guest for the conference or a part of it"""
    participant: bool = False
    minutes_shared: bool = False
    """the minutes are *ter reactie* or further"""
    asked_now: bool = False
    """the entry is asked for at this moment"""
    entry_already_made: bool = True
    """an entry for this version exists"""
    on_persons_word: bool = False
    """recorded on the word of the person, who is asked to confirm it afterwards"""
    attempts: int = 0
    """attempts on record to reach the person"""

    reason_given: bool = False
    second_person: bool = False
    """a second, different person takes part"""
    fresh_login: bool = False
    break_glass_open: bool = False
    """a running break-glass with reason, second person, and the family told or a note why that is unsafe"""
    treats_at_home: bool = False
    """the provider comes to the home"""
    for_shared_piece: bool = True
    """meant for something that leaves this page: letter, export, mail, minutes"""

    by_post: bool = False
    over_own_cases: bool = False
    group_size: int = 0
    """cases in the smallest group the figure shows"""

    item: ItemFacts | None = None
    """the item that is read; None judges the case, and items are then filtered one by one"""
    look: LookFacts | None = None
    """the line of the read log that is shown; None judges the page"""


def reads_as(relation: Relation, party_word: str) -> frozenset[str]:
    """The recipient words somebody with this relation is meant by. A guardian is not one of the *ouders*."""
    if relation in _PARENTS:
        return PARTY_RECIPIENTS.get(party_word, frozenset())
    return RECIPIENTS.get(relation, frozenset())
