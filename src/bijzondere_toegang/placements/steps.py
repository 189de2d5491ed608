"""What this room adds to the process: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.placements import actions, forms, queries, views

ROOM = Room(
    forms={
        "accept_placement": forms.AcceptPlacement,
        "return_placement": forms.ReturnPlacement,
        "lapse_placement": forms.LapsePlacement,
        "propose_again": forms.ProposeAgain,
        "name_provider": forms.NameProvider,
    },
    checks={"accept_placement": (actions.first_contact_is_soon,)},
    effects={
        "accept_placement": actions.accept,
        "return_placement": actions.give_back,
        "lapse_placement": actions.lapse,
        "propose_again": actions.propose_again,
        "name_provider": actions.name_provider,
    },
    guards={"placement_open": queries.placement_open, "other_consortium_left": queries.other_consortium_left},
    choices={"own_providers": queries.own_providers, "consortia_left": queries.consortium_choices},
    views={
        "accept_placement": views.asked_facts,
        "return_placement": views.asked_facts,
        "lapse_placement": views.asked_facts,
        "propose_again": views.asked_facts,
    },
)
