"""The policy against its oracle: `permissions.csv` is a copy of the agreed table and is read cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bijzondere_toegang.people.conditions import CONDITIONS
from bijzondere_toegang.people.facts import Facts, ItemFacts, LookFacts
from bijzondere_toegang.people.permissions import Permission, Relation
from bijzondere_toegang.people.policies import allows, decide, grants

TODAY = date(2026, 11, 10)

with (Path(__file__).parent / "permissions.csv").open(encoding="utf-8", newline="") as table:
    ORACLE = {row.pop("action"): row for row in csv.DictReader(table)}

CELLS = [(act, relation, cell) for act, row in ORACLE.items() for relation, cell in row.items()]
CONDITIONAL = [case for case in CELLS if case[2].startswith("C")]

OVERRIDING = ("leaver", "confidant.ended", "rep.lost")

WORDS = {
    "chair.assigned": "voorzitter",
    "secretary.assigned": "voorzitter",
    "gi.involved": "gi",
    "rep.invited": "samenwerkingsverbanden",
    "rep.proposed": "samenwerkingsverbanden",
    "rep.accepted": "samenwerkingsverbanden",
    "provider.named": "samenwerkingsverbanden",
    "foster_parent": "pleegouder",
    "youth.12_15": "jeugdige",
    "youth.16_plus": "jeugdige",
    "parent.child_0_11": "moeder",
    "parent.child_12_15": "moeder",
    "parent.child_16_17": "moeder",
}

Change = dict[str, Any]

HOLDS: dict[str, Change] = {
    "C1": {},
    "C2": {"delegation_valid": True},
    "C3": {"youth_consented": True},
    "C4": {},
    "C5": {},
    "C7": {},
    "C8": {"break_glass_open": True},
    "C9": {"fresh_login": True},
    "C10": {"reason_given": True, "for_shared_piece": False, "treats_at_home": True},
    "C11": {"conference_open": True, "holds_pen": True},
    "C12": {
        "own_consortium": True,
        "stage_allows": True,
        "revision_matches": True,
        "tie": False,
        "return_coded": True,
    },
    "C13": {
        "stage_allows": True,
        "authority_valid_today": True,
        "in_consortium": False,
        "provider_role": False,
    },
    "C14": {"second_person": True},
    "C15": {"independence_declared": True, "tie": False},
    "C16": {"minutes_shared": True, "participant": True},
    "C17": {"participant": True, "own_data": True, "asked_now": True, "entry_already_made": False},
    "C18": {"youth_incapacitated": False},
    "C19": {"stage_allows": True, "own_part": True},
    "C20": {"reason_given": True},
    "C21": {"own_data": True, "framework": "voluntary"},
    "C22": {"over_own_cases": True, "by_post": True},
    "C23": {"group_size": 10},
    "C24": {"youth_incapacitated": True},
    "C25": {"own_data": True},
    "C26": {"foster_parent_of_child": True},
    "C27": {"tie_answered": True},
    "C28": {"own_organisation": True, "successor_named": True},
    "C29": {"on_persons_word": True},
    "C30": {"term_passed_and_escalated": True},
    "C31": {"framework": "voluntary", "help_runs": False},
    "C32": {},
    "C33": {"chair_agrees": True},
    "C34": {"record_holder": True},
}

FAILS: dict[str, list[Change]] = {
    "C2": [{"delegation_valid": False}],
    "C3": [{"youth_consented": False}],
    "C8": [{"break_glass_open": False}],
    "C9": [{"fresh_login": False}],
    "C10": [{"reason_given": False}, {"for_shared_piece": True}],
    "C11": [{"conference_open": False}, {"holds_pen": False}, {"recused": True}],
    "C12": [{"own_consortium": False}, {"stage_allows": False}, {"revision_matches": False}, {"tie": True}],
    "C13": [
        {"stage_allows": False},
        {"authority_valid_today": False},
        {"in_consortium": True},
        {"in_consortium": True, "second_signer": True},
        {"provider_role": True},
    ],
    "C14": [{"second_person": False}],
    "C15": [{"independence_declared": False}, {"tie": True}],
    "C16": [{"minutes_shared": False}, {"participant": False}],
    "C17": [{"participant": False}, {"own_data": False}, {"asked_now": False}, {"entry_already_made": True}],
    "C18": [{"youth_incapacitated": True}],
    "C19": [{"stage_allows": False}, {"own_part": False}],
    "C20": [{"reason_given": False}],
    "C21": [{"own_data": False}, {"framework": "compulsory"}],
    "C22": [{"over_own_cases": False}, {"by_post": False}],
    "C23": [{"group_size": 9}],
    "C24": [{"youth_incapacitated": False}],
    "C25": [{"own_data": False}],
    "C26": [{"foster_parent_of_child": False}],
    "C27": [{"tie_answered": False}],
    "C28": [{"own_organisation": False}, {"successor_named": False}],
    "C29": [{"on_persons_word": False}, {"on_persons_word": False, "attempts": 1}],
    "C30": [{"term_passed_and_escalated": False}],
    "C31": [{"framework": "compulsory"}, {"help_runs": True}],
    "C32": [{"look": LookFacts(by_professional=False, held_for_safety=False)}, {"look": LookFacts()}],
    "C33": [{"chair_agrees": False}],
    "C34": [{"record_holder": False}],
}

NARROWS = {"C1": "outline", "C5": "pseudonym"}
"""Conditions that never deny but open less."""

NARROWED_BY_TIES = {("case.see", "rep.invited"), ("case.read_brief", "rep.invited")}
"""Where the unanswered tie question leaves "only the brief without names" (C27) instead of nothing."""


def bare(*relations: str) -> Facts:
    return Facts(relations=frozenset(map(Relation, relations)), on=TODAY)


def generous(*relations: str, **changes: Any) -> Facts:
    """Facts in which every condition holds that can hold beside the others."""
    everything: Change = {"youth_incapacitated": False, "party_word": "moeder", "attempts": 2}
    everything["shared_with"] = frozenset(WORDS.values())
    for code, change in HOLDS.items():
        everything |= change if code != "C24" else {}
    return replace(bare(*relations), **(everything | changes))


def codes_of(cell: str) -> list[str]:
    return cell.split("&")


def item_that_opens(relation: str) -> ItemFacts:
    listed = frozenset({WORDS[relation]}) if relation in WORDS else frozenset()
    return ItemFacts(recipients=listed, ticked=True, inviter_reads=True)


def holding(code: str, relation: str) -> Change:
    if code == "C6":
        return {"shared_with": frozenset({WORDS[relation]})}
    return HOLDS[code]


def just_enough(relation: str, cell: str) -> Facts:
    """Facts in which exactly the conditions of the cell hold, and all else keeps its default."""
    facts = replace(bare(relation), party_word="moeder")
    for code in codes_of(cell):
        facts = replace(facts, **holding(code, relation))
    return facts


def failing(code: str, act: str, relation: str) -> Iterator[Change]:
    """Every way in which this one condition may fail for this cell."""
    opens = item_that_opens(relation)
    strange = replace(opens, recipients=frozenset({"school"}))
    kept = (replace(opens, shielded=True), replace(opens, withheld=True), replace(opens, third_party=True))
    yield from FAILS.get(code, [])
    if code == "C6":
        yield {"shared_with": frozenset({"school"})}
    if code in ("C4", "C6", "C7", "C26"):
        yield from ({"item": item} for item in kept)
    if code in ("C6", "C26") or (code == "C7" and not relation.startswith("referrer")):
        yield {"item": strange}
    if code == "C4":
        yield {"item": replace(opens, ticked=False)}
        yield {"item": replace(opens, inviter_reads=False)}
    if code == "C10" and relation == "provider.named":
        yield {"treats_at_home": False}
    if code == "C12" and act == "placement.return":
        yield {"return_coded": False}


def test_rows_and_columns_are_the_vocabularies() -> None:
    assert set(ORACLE) == set(Permission)
    assert all(set(row) == set(Relation) for row in ORACLE.values())
    assert list(Permission) == sorted(Permission, key=lambda act: act.name)
    assert list(Relation) == sorted(Relation, key=lambda relation: relation.name)


def test_every_cell_is_an_answer_this_test_understands() -> None:
    codes = {code for _, _, cell in CONDITIONAL for code in codes_of(cell)}

    assert {cell for *_, cell in CELLS if not cell.startswith("C")} == {"yes", "no"}
    assert codes == set(CONDITIONS) == {f"C{number}" for number in range(1, 35)}
    assert codes == set(HOLDS) | {"C6"} == set(FAILS) | set(NARROWS) | {"C4", "C6", "C7"}


@pytest.mark.parametrize("act", ORACLE)
def test_the_relations_named_for_an_act_are_those_of_the_table(act: str) -> None:
    assert grants(Permission(act)) == {relation for relation, cell in ORACLE[act].items() if cell != "no"}


@pytest.mark.parametrize("act", ORACLE)
def test_no_denies_whatever_the_facts(act: str) -> None:
    for relation in (relation for relation, cell in ORACLE[act].items() if cell == "no"):
        kindest = generous(relation)
        mine = ItemFacts(recipients=frozenset(WORDS.values()), author_is_me=True, about_me=True, ticked=True)
        variants = [bare(relation), kindest, replace(kindest, item=mine)]
        variants += [replace(kindest, youth_incapacitated=True), replace(kindest, second_signer=True)]
        variants += [replace(kindest, **change) for changes in FAILS.values() for change in changes]

        assert not any(allows(Permission(act), facts) for facts in variants), relation


@pytest.mark.parametrize("act", ORACLE)
def test_yes_allows_without_any_other_fact(act: str) -> None:
    for relation in (relation for relation, cell in ORACLE[act].items() if cell == "yes"):
        decision = decide(Permission(act), bare(relation))

        assert (decision.allowed, decision.relation, decision.row) == (True, relation, f"{act} yes")
        assert allows(Permission(act), generous(relation))


@pytest.mark.parametrize(("act", "relation", "cell"), CONDITIONAL)
def test_a_conditional_cell_allows_while_all_its_conditions_hold(act: str, relation: str, cell: str) -> None:
    facts = just_enough(relation, cell)

    decision = decide(Permission(act), facts)

    assert decision.allowed
    assert decision.relation == relation
    assert set(codes_of(decision.row.removeprefix(f"{act} "))) == set(codes_of(cell))


@pytest.mark.parametrize(("act", "relation", "cell"), CONDITIONAL)
def test_a_conditional_cell_opens_an_item_while_all_its_conditions_hold(act: str, relation: str, cell: str) -> None:
    facts = replace(just_enough(relation, cell), item=item_that_opens(relation))

    assert allows(Permission(act), facts)


@pytest.mark.parametrize(("act", "relation", "cell"), CONDITIONAL)
def test_a_conditional_cell_denies_when_one_condition_fails(act: str, relation: str, cell: str) -> None:
    for code in codes_of(cell):
        changes = list(failing(code, act, relation))
        assert changes or code in NARROWS, f"{code} is never tried"
        for change in changes:
            decision = decide(Permission(act), replace(just_enough(relation, cell), **change))

            if code == "C27" and (act, relation) in NARROWED_BY_TIES:
                assert decision.allowed and decision.scope == "brief"
            else:
                assert not decision.allowed, f"{code}: {sorted(change)}"


def test_a_conditional_cell_denies_a_person_of_whom_nothing_else_is_known() -> None:
    needs_no_fact = {*NARROWS, "C4", "C7", "C18", "C32"}
    demanding = [
        (act, relation)
        for act, relation, cell in CONDITIONAL
        if not set(codes_of(cell)) <= needs_no_fact and (act, relation) not in NARROWED_BY_TIES
    ]

    opened = [(act, relation) for act, relation in demanding if allows(Permission(act), bare(relation))]

    assert demanding and not opened


@pytest.mark.parametrize(
    ("act", "relation", "unknown"),
    [
        ("case.take_up", "chair.assigned", "tie"),
        ("placement.accept", "rep.proposed", "tie"),
        ("decision.take", "referrer.own", "in_consortium"),
        ("decision.take", "referrer.own", "provider_role"),
        ("secret_address.show", "referrer.own", "for_shared_piece"),
        ("minutes.react", "referrer.own", "entry_already_made"),
        ("case.withdraw", "parent.child_0_11", "help_runs"),
        ("case.withdraw", "parent.child_0_11", "framework"),
    ],
)
def test_a_fact_that_was_not_loaded_denies(act: str, relation: str, unknown: str) -> None:
    default = getattr(bare(relation), unknown)

    assert allows(Permission(act), generous(relation))
    assert not allows(Permission(act), generous(relation, **{unknown: default}))


def test_a_narrowing_condition_opens_no_more_than_it_names() -> None:
    for act, relation, cell in CONDITIONAL:
        for code in set(codes_of(cell)) & set(NARROWS):
            assert decide(Permission(act), generous(relation)).scope == NARROWS[code], (act, relation)


@pytest.mark.parametrize("act", ORACLE)
@pytest.mark.parametrize("ended", OVERRIDING)
def test_what_ended_overrides_every_other_relation(act: str, ended: str) -> None:
    for relation in Relation:
        assert not allows(Permission(act), generous(ended, relation)), relation


@pytest.mark.parametrize("act", ORACLE)
def test_a_recusal_overrides_every_relation(act: str) -> None:
    for relation in Relation:
        assert not allows(Permission(act), generous(relation, recused=True)), relation


@pytest.mark.parametrize("act", ORACLE)
def test_the_best_cell_of_two_relations_wins(act: str) -> None:
    living = [relation for relation in Relation if relation not in OVERRIDING]
    alone = {relation: allows(Permission(act), generous(relation)) for relation in living}

    for one, other in combinations(living, 2):
        both = allows(Permission(act), generous(one, other))
        assert both == (alone[one] or alone[other]), (one, other)


def test_the_widest_sight_of_two_relations_wins() -> None:
    facts = generous("planner", "referrer.own")

    decision = decide(Permission.CASE_SEE, facts)

    assert (decision.relation, decision.scope) == (Relation.REFERRER_OWN, "full")


def test_a_failing_condition_does_not_spoil_another_relation() -> None:
    facts = bare("referrer.delegate", "provider.named")

    assert decide(Permission.DOCUMENT_ADD, facts).relation is Relation.PROVIDER_NAMED


def test_somebody_without_relations_may_do_nothing() -> None:
    assert not any(allows(act, generous()) for act in Permission)


def test_the_chair_sees_tie_data_alone_until_independence_is_declared() -> None:
    before = replace(bare("chair.assigned"), shared_with=frozenset({"voorzitter"}))
    after = replace(before, independence_declared=True, tie=False)

    assert decide(Permission.CASE_SEE, before).scope == "tie_data"
    assert not allows(Permission.CASE_READ_CONTENT, before)
    assert decide(Permission.CASE_SEE, after).scope == "full"
    assert allows(Permission.CASE_READ_CONTENT, after)


def test_a_consortium_sees_no_names_until_a_sharing_ground_is_recorded() -> None:
    before = replace(bare("rep.proposed"), shared_with=frozenset({"voorzitter"}))
    after = replace(before, shared_with=frozenset({"samenwerkingsverbanden"}))

    assert decide(Permission.CASE_SEE, before).scope == "brief"
    assert decide(Permission.CASE_SEE, after).scope == "full"


@pytest.mark.parametrize(
    ("word", "listed", "opens"),
    [
        ("moeder", "moeder", True),
        ("moeder", "ouders", True),
        ("moeder", "vader", False),
        ("vader", "ouders", True),
        ("vader", "moeder", False),
        ("ouder", "ouders", True),
        ("ouder", "moeder", False),
        ("voogd", "voogd", True),
        ("voogd", "ouders", False),
        ("stiefouder", "ouders", False),
        ("", "ouders", False),
    ],
)
def test_a_parent_reads_what_lists_this_kind_of_parent(word: str, listed: str, opens: bool) -> None:
    item = ItemFacts(recipients=frozenset({listed}))
    facts = replace(bare("parent.child_0_11"), party_word=word, item=item)

    assert allows(Permission.DOCUMENT_READ, facts) is opens


@pytest.mark.parametrize("relation", ["parent.child_0_11", "parent.child_12_15", "youth.12_15", "youth.16_plus"])
def test_what_lists_nobody_stays_with_the_referrer(relation: str) -> None:
    unlisted = ItemFacts(about_me=True)

    assert allows(Permission.CASE_READ_CONTENT, replace(bare("referrer.own"), item=unlisted))
    assert allows(Permission.DOCUMENT_READ, replace(bare("referrer.own"), item=unlisted))
    assert not allows(Permission.CASE_READ_CONTENT, generous(relation, item=unlisted))
    assert not allows(Permission.CASE_READ_CONTENT, generous("chair.assigned", item=unlisted))


def test_an_author_reads_back_what_he_wrote() -> None:
    written = ItemFacts(author_is_me=True, third_party=True)

    assert allows(Permission.DOCUMENT_READ, generous("parent.child_0_11", item=written))


@pytest.mark.parametrize("relation", ["referrer.own", "chair.assigned", "parent.child_0_11", "provider.named"])
def test_a_secret_address_opens_only_to_its_owner_or_through_its_own_act(relation: str) -> None:
    listed = ItemFacts(recipients=frozenset(WORDS.values()), secret_address=True)

    assert not allows(Permission.CASE_READ_CONTENT, generous(relation, item=listed))
    assert allows(Permission.CASE_READ_CONTENT, generous(relation, item=replace(listed, about_me=True)))
    assert allows(Permission.SECRET_ADDRESS_SHOW, generous("referrer.own", item=listed))


@pytest.mark.parametrize("relation", ["referrer.own", "chair.assigned", "parent.child_12_15", "rep.invited"])
def test_a_childs_words_wait_for_the_childs_answer(relation: str) -> None:
    words = ItemFacts(recipients=frozenset(WORDS.values()), waits_for_child=True)

    assert not allows(Permission.CASE_READ_CONTENT, generous(relation, item=words))
    own = replace(words, author_is_me=True)
    assert allows(Permission.CASE_READ_CONTENT, generous("youth.12_15", item=own))


def test_incapacity_opens_the_way_for_the_representative() -> None:
    facts = replace(bare("parent.child_16_17"), youth_incapacitated=True)

    assert allows(Permission.CASE_SEE, facts)
    assert not allows(Permission.CASE_SEE, replace(facts, youth_incapacitated=False))


def test_medical_treatment_asks_consent_in_a_measure_too() -> None:
    facts = replace(bare("parent.child_0_11"), own_data=True, framework="compulsory")

    assert not allows(Permission.PLAN_CONSENT, facts)
    assert allows(Permission.PLAN_CONSENT, replace(facts, medical_treatment=True))


def test_a_provider_role_of_the_decider_needs_a_second_signer() -> None:
    facts = generous("referrer.own", provider_role=True, second_signer=False)

    assert not allows(Permission.DECISION_TAKE, facts)
    assert allows(Permission.DECISION_TAKE, replace(facts, second_signer=True))


def test_accepting_a_placement_needs_no_reason_code() -> None:
    assert allows(Permission.PLACEMENT_ACCEPT, generous("rep.proposed", return_coded=False))


def test_two_attempts_on_record_stand_for_the_persons_word() -> None:
    facts = generous("chair.assigned", on_persons_word=False, attempts=2)

    assert allows(Permission.POSITION_RECORD_FOR, facts)


def test_a_professionals_look_shows_unless_a_safety_hold_covers_it() -> None:
    look = LookFacts(by_professional=True, held_for_safety=False)

    assert allows(Permission.READ_LOG_OWN_CASE, generous("parent.child_0_11", look=look))
    held = replace(look, held_for_safety=True)
    assert not allows(Permission.READ_LOG_OWN_CASE, generous("parent.child_0_11", look=held))


def test_every_condition_names_its_source() -> None:
    assert all(question.__doc__ and question.__doc__.rstrip().endswith(").") for question in CONDITIONS.values())
