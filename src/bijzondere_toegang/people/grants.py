"""The permission table as data: which relation may do what while which conditions hold. Unnamed: denied."""

from __future__ import annotations

from collections.abc import Mapping

from bijzondere_toegang.people.conditions import (
    Rule,
    among_own_cases,
    at_the_table,
    capable,
    chair_agrees,
    consent_asked,
    delegated,
    escalated,
    fostering,
    glass_broken,
    holds_the_record,
    in_a_crowd,
    in_outline,
    in_turn,
    independent,
    inspected,
    minutes_open,
    needs_the_address,
    new_version,
    on_their_word,
    own,
    own_entry,
    own_placement,
    professionals_looks,
    proven_again,
    pseudonymous,
    shared,
    succeeded,
    ticked,
    ties_asked,
    voluntary,
    with_authority,
    with_two,
    yes,
    youth_agrees,
    youth_incapable,
)
from bijzondere_toegang.people.permissions import Permission, Relation

Grants = dict[Relation, Rule]


def _referrer(rule: Rule) -> Grants:
    """Who registered the case or took it over, and a colleague with a delegation."""
    return {Relation.REFERRER_OWN: rule, Relation.REFERRER_DELEGATE: delegated & rule}


def _family(rule: Rule) -> Grants:
    """Parents with authority and the youth of 12 or older; from 16 parents act with the youth's consent."""
    return {
        Relation.PARENT_CHILD_0_11: rule,
        Relation.PARENT_CHILD_12_15: rule,
        Relation.PARENT_CHILD_16_17: youth_agrees & rule,
        Relation.YOUTH_12_15: capable & rule,
        Relation.YOUTH_16_PLUS: capable & rule,
    }


def _table(rule: Rule) -> Grants:
    """Who leads the table and who takes notes at it."""
    return {Relation.CHAIR_ASSIGNED: rule, Relation.SECRETARY_ASSIGNED: rule}


def _reps(rule: Rule) -> Grants:
    """Consortium representatives: at the table, proposed to, or with the placement."""
    return {Relation.REP_INVITED: rule, Relation.REP_PROPOSED: rule, Relation.REP_ACCEPTED: rule}


def _administrator(rule: Rule) -> Grants:
    """The administrator, with broken glass or without."""
    return {Relation.ADMINISTRATOR: rule, Relation.ADMINISTRATOR_BREAK_GLASS: rule}


GRANTS: Mapping[Permission, Mapping[Relation, Rule]] = {
    Permission.ALLOCATION_SEE: {
        Relation.CHAIR_ASSIGNED: yes,
        Relation.CHAIR_OTHER: yes,
        **_reps(in_a_crowd),
        Relation.ANALYST: in_a_crowd,
    },
    Permission.AUDIT_VERIFY: {Relation.PRIVACY_OFFICER: yes, **_administrator(yes)},
    Permission.BSN_SHOW: {Relation.REFERRER_OWN: proven_again, Relation.PROVIDER_NAMED: proven_again},
    Permission.CASE_ASK_RECONVENE: {
        Relation.GI_INVOLVED: yes,
        Relation.REP_ACCEPTED: yes,
        Relation.PROVIDER_NAMED: yes,
        **_family(yes),
        Relation.FOSTER_PARENT: fostering,
    },
    Permission.CASE_CLOSE: _referrer(in_turn),
    Permission.CASE_DECLARE_INDEPENDENCE: {**_table(yes), Relation.REP_INVITED: yes},
    Permission.CASE_END_CARE: {Relation.REFERRER_OWN: in_turn, Relation.PROVIDER_NAMED: in_turn},
    Permission.CASE_HAND_OVER_CHAIR: {Relation.CHAIR_ASSIGNED: yes, **_administrator(succeeded)},
    Permission.CASE_HAND_OVER_REFERRER: {
        Relation.COORDINATOR_SAME_ORG: succeeded,
        Relation.REFERRER_OWN: yes,
    },
    Permission.CASE_PROPOSE_CLOSING: {Relation.PROVIDER_NAMED: in_turn},
    Permission.CASE_READ_BRIEF: {
        Relation.CHAIR_ASSIGNED: yes,
        Relation.REP_INVITED: ties_asked,
        Relation.REP_PROPOSED: yes,
        Relation.REP_ACCEPTED: yes,
    },
    Permission.CASE_READ_CONTENT: {
        **_table(independent & shared),
        **_referrer(yes),
        Relation.GI_INVOLVED: shared,
        Relation.REP_INVITED: ties_asked & shared,
        Relation.REP_PROPOSED: shared,
        Relation.REP_ACCEPTED: shared,
        Relation.PROVIDER_NAMED: shared,
        **_family(inspected),
        Relation.FOSTER_PARENT: fostering,
        Relation.GUEST_INVITED: ticked,
        Relation.CONFIDANT_INVITED: ticked,
        Relation.ADMINISTRATOR_BREAK_GLASS: glass_broken,
    },
    Permission.CASE_RECONVENE: {Relation.CHAIR_ASSIGNED: yes, Relation.REFERRER_OWN: yes},
    Permission.CASE_SEE: {
        **_table(yes),
        Relation.PLANNER: in_outline,
        Relation.COORDINATOR_SAME_ORG: in_outline,
        **_referrer(yes),
        Relation.GI_INVOLVED: shared,
        Relation.REP_INVITED: ties_asked,
        Relation.REP_PROPOSED: yes,
        Relation.REP_ACCEPTED: yes,
        Relation.PROVIDER_NAMED: yes,
        **_family(yes),
        Relation.FOSTER_PARENT: fostering,
        Relation.GUEST_INVITED: in_outline,
        Relation.CONFIDANT_INVITED: ticked,
        Relation.PRIVACY_OFFICER: pseudonymous,
        Relation.ADMINISTRATOR_BREAK_GLASS: glass_broken,
    },
    Permission.CASE_SEE_TIE_DATA: {**_table(yes), Relation.REP_INVITED: yes},
    Permission.CASE_TAKE_UP: {Relation.CHAIR_ASSIGNED: independent & in_turn},
    Permission.CASE_WITHDRAW: {
        Relation.REFERRER_OWN: in_turn,
        Relation.PARENT_CHILD_0_11: voluntary,
        Relation.PARENT_CHILD_12_15: voluntary,
        Relation.YOUTH_12_15: capable & voluntary,
        Relation.YOUTH_16_PLUS: capable & voluntary,
    },
    Permission.CONFERENCE_ADJOURN: {Relation.CHAIR_ASSIGNED: at_the_table},
    Permission.CONFERENCE_CANCEL: {Relation.CHAIR_ASSIGNED: yes, Relation.PLANNER: in_outline},
    Permission.CONFERENCE_CONCLUDE: {Relation.CHAIR_ASSIGNED: at_the_table},
    Permission.CONFERENCE_OPEN: {Relation.CHAIR_ASSIGNED: independent & in_turn},
    Permission.CONFERENCE_PLAN: {**_table(yes), Relation.PLANNER: in_outline},
    Permission.CONFIDANT_INVITE: _family(yes),
    Permission.DECISION_RECORD_REMEDY: _referrer(with_authority),
    Permission.DECISION_TAKE: _referrer(with_authority),
    Permission.DELEGATION_GRANT: {Relation.COORDINATOR_SAME_ORG: succeeded, Relation.REFERRER_OWN: yes},
    Permission.DOCUMENT_ADD: {
        Relation.CHAIR_ASSIGNED: independent,
        **_referrer(yes),
        Relation.GI_INVOLVED: shared,
        Relation.REP_INVITED: ties_asked & shared,
        Relation.PROVIDER_NAMED: yes,
        **_family(yes),
        Relation.FOSTER_PARENT: fostering,
    },
    Permission.DOCUMENT_READ: {
        **_table(independent & shared),
        **_referrer(inspected),
        Relation.GI_INVOLVED: shared,
        Relation.REP_INVITED: ties_asked & shared,
        Relation.REP_PROPOSED: shared,
        Relation.REP_ACCEPTED: shared,
        Relation.PROVIDER_NAMED: shared,
        **_family(inspected),
        Relation.FOSTER_PARENT: fostering,
        Relation.GUEST_INVITED: ticked,
        Relation.CONFIDANT_INVITED: ticked,
        Relation.ADMINISTRATOR_BREAK_GLASS: glass_broken,
    },
    Permission.ERASE_DECIDE: {
        Relation.REFERRER_OWN: holds_the_record,
        Relation.PROVIDER_NAMED: holds_the_record,
    },
    Permission.ERASE_EXECUTE: _administrator(with_two),
    Permission.ERASE_REQUEST: {
        Relation.REFERRER_OWN: yes,
        Relation.PARENT_CHILD_0_11: yes,
        Relation.YOUTH_12_15: capable,
        Relation.YOUTH_16_PLUS: capable,
    },
    Permission.EVALUATION_CONCLUDE: {Relation.PROVIDER_NAMED: in_turn},
    Permission.EVALUATION_REQUEST: {
        Relation.GI_INVOLVED: yes,
        Relation.REP_ACCEPTED: yes,
        **_family(yes),
        Relation.FOSTER_PARENT: fostering,
    },
    Permission.EVALUATION_SCORE: {
        Relation.REFERRER_OWN: own_entry,
        Relation.GI_INVOLVED: own_entry,
        Relation.PROVIDER_NAMED: own_entry,
        **_family(own_entry),
        Relation.FOSTER_PARENT: own_entry,
    },
    Permission.EVALUATION_START: {
        Relation.CHAIR_ASSIGNED: yes,
        Relation.REFERRER_OWN: yes,
        Relation.PROVIDER_NAMED: yes,
    },
    Permission.EXPORT: {
        Relation.CHAIR_ASSIGNED: proven_again,
        Relation.REFERRER_OWN: proven_again,
        Relation.PROVIDER_NAMED: proven_again,
        **_family(inspected),
    },
    Permission.FIGURES_SEE: {
        Relation.CHAIR_ASSIGNED: in_a_crowd,
        Relation.CHAIR_OTHER: in_a_crowd,
        Relation.COORDINATOR_SAME_ORG: in_a_crowd,
        **_administrator(in_a_crowd),
        Relation.ANALYST: in_a_crowd,
    },
    Permission.GUEST_INVITE: {Relation.CHAIR_ASSIGNED: yes, **_family(chair_agrees)},
    Permission.HELP_START: {Relation.PROVIDER_NAMED: in_turn},
    Permission.MINUTES_ADOPT: {Relation.CHAIR_ASSIGNED: in_turn},
    Permission.MINUTES_CORRECT: {Relation.CHAIR_ASSIGNED: new_version},
    Permission.MINUTES_REACT: {
        **_referrer(own_entry),
        Relation.GI_INVOLVED: own_entry,
        **_reps(own_entry),
        Relation.PROVIDER_NAMED: own_entry,
        **_family(own_entry),
    },
    Permission.MINUTES_READ_BEFORE_ADOPTION: {
        **_table(yes),
        **_referrer(minutes_open),
        Relation.GI_INVOLVED: minutes_open,
        **_reps(minutes_open),
        Relation.PROVIDER_NAMED: minutes_open,
        **_family(minutes_open & inspected),
    },
    Permission.MINUTES_WRITE: _table(at_the_table),
    Permission.OUTCOME_CONFIRM: _referrer(with_authority),
    Permission.PARTIES_EDIT: {
        Relation.CHAIR_ASSIGNED: independent,
        Relation.PLANNER: in_outline,
        Relation.REFERRER_OWN: yes,
    },
    Permission.PEOPLE_MANAGE: {Relation.COORDINATOR_SAME_ORG: succeeded, **_administrator(yes)},
    Permission.PLACEMENT_ACCEPT: {Relation.REP_PROPOSED: own_placement},
    Permission.PLACEMENT_LAPSE: {Relation.CHAIR_ASSIGNED: escalated},
    Permission.PLACEMENT_NAME_PROVIDER: {Relation.REP_ACCEPTED: in_turn},
    Permission.PLACEMENT_PROPOSE_AGAIN: {Relation.CHAIR_ASSIGNED: in_turn},
    Permission.PLACEMENT_RETURN: {Relation.REP_PROPOSED: own_placement, Relation.REP_ACCEPTED: own_placement},
    Permission.PLAN_CONFIRM: _referrer(in_turn),
    Permission.PLAN_CONSENT: {
        Relation.PARENT_CHILD_0_11: consent_asked,
        Relation.PARENT_CHILD_12_15: consent_asked,
        Relation.PARENT_CHILD_16_17: youth_incapable,
        Relation.FOSTER_PARENT: fostering,
        Relation.YOUTH_12_15: capable & consent_asked,
        Relation.YOUTH_16_PLUS: capable & consent_asked,
    },
    Permission.PLAN_READ: {
        Relation.CHAIR_ASSIGNED: independent,
        **_referrer(yes),
        Relation.GI_INVOLVED: shared,
        Relation.REP_ACCEPTED: shared,
        Relation.PROVIDER_NAMED: yes,
        **_family(inspected),
        Relation.FOSTER_PARENT: fostering,
        Relation.CONFIDANT_INVITED: ticked,
        Relation.ADMINISTRATOR_BREAK_GLASS: glass_broken,
    },
    Permission.PLAN_WRITE: {Relation.PROVIDER_NAMED: in_turn},
    Permission.POSITION_RECORD_FOR: {Relation.CHAIR_ASSIGNED: at_the_table & on_their_word},
    Permission.POSITION_STATE: {
        **_referrer(own_entry),
        Relation.REP_INVITED: own_entry,
        Relation.REP_ACCEPTED: own_entry,
        **_family(own_entry),
    },
    Permission.PREPARATION_WRITE: {
        Relation.REFERRER_OWN: own_entry,
        Relation.GI_INVOLVED: own_entry,
        Relation.REP_INVITED: own_entry,
        Relation.PROVIDER_NAMED: own_entry,
        **_family(yes),
        Relation.FOSTER_PARENT: own_entry,
        Relation.GUEST_INVITED: own_entry,
    },
    Permission.READ_LOG_ALL: {Relation.PRIVACY_OFFICER: pseudonymous},
    Permission.READ_LOG_HOLD: {Relation.CHAIR_ASSIGNED: independent, **_referrer(yes)},
    Permission.READ_LOG_OWN_CASE: {**_family(professionals_looks), Relation.PRIVACY_OFFICER: pseudonymous},
    Permission.REFERRAL_ADVISE_ELSEWHERE: {Relation.CHAIR_ASSIGNED: independent & in_turn},
    Permission.REFERRAL_ASK_SUPPLEMENT: {Relation.CHAIR_ASSIGNED: independent & in_turn},
    Permission.REFERRAL_EDIT_DRAFT: _referrer(in_turn),
    Permission.REFERRAL_REGISTER: _referrer(in_turn),
    Permission.REFERRAL_SUPPLEMENT: _referrer(in_turn),
    Permission.REMINDER_NUDGE: {
        Relation.CHAIR_ASSIGNED: yes,
        Relation.REFERRER_OWN: yes,
        Relation.REP_ACCEPTED: yes,
        Relation.PROVIDER_NAMED: yes,
        **_family(yes),
    },
    Permission.SEARCH: {
        **_table(among_own_cases),
        Relation.PLANNER: in_outline,
        Relation.COORDINATOR_SAME_ORG: in_outline,
        Relation.REFERRER_OWN: among_own_cases,
        Relation.REFERRER_DELEGATE: among_own_cases,
        Relation.GI_INVOLVED: among_own_cases,
        Relation.REP_PROPOSED: among_own_cases,
        Relation.REP_ACCEPTED: among_own_cases,
        Relation.PROVIDER_NAMED: among_own_cases,
    },
    Permission.SECRET_ADDRESS_SHOW: {
        Relation.REFERRER_OWN: needs_the_address,
        Relation.PROVIDER_NAMED: needs_the_address,
        **_family(own),
        Relation.FOSTER_PARENT: own,
    },
    Permission.SHIELDING_LIFT: {
        Relation.CHAIR_ASSIGNED: with_two,
        Relation.REFERRER_OWN: with_two,
        **_family(own),
    },
    Permission.SHIELDING_SET: {
        Relation.CHAIR_ASSIGNED: independent,
        Relation.REFERRER_OWN: yes,
        Relation.PROVIDER_NAMED: yes,
        **_family(own),
    },
    Permission.STATEMENT_ADD: {
        Relation.CHAIR_ASSIGNED: independent,
        Relation.REFERRER_OWN: yes,
        Relation.GI_INVOLVED: shared,
        Relation.REP_INVITED: ties_asked,
        Relation.PROVIDER_NAMED: yes,
        **_family(yes),
        Relation.FOSTER_PARENT: fostering,
    },
    Permission.STAY_RECORD: {Relation.PROVIDER_NAMED: in_turn},
    Permission.TERM_SUSPEND_OR_EXTEND: {Relation.CHAIR_ASSIGNED: in_turn, Relation.REFERRER_OWN: in_turn},
    Permission.VIEW_GIVE: {
        Relation.GI_INVOLVED: own_entry,
        Relation.PROVIDER_NAMED: own_entry,
        Relation.FOSTER_PARENT: own_entry,
        Relation.GUEST_INVITED: own_entry,
    },
    Permission.WORKFLOW_EDIT: _administrator(yes),
}
