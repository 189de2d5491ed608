"""Acts that belong to no phase: forms, effects, guards and choices by the names of the workflow file."""

from __future__ import annotations

from bijzondere_toegang.cases import acts_documents, acts_handover, acts_joining, acts_people, acts_terms, acts_words
from bijzondere_toegang.cases import acts_forms as forms
from bijzondere_toegang.cases.guards import GUARDS
from bijzondere_toegang.cases.process import Room
from bijzondere_toegang.cases.reconvening import questions

ROOM = Room(
    forms={
        "declare_independence": forms.DeclareIndependence,
        "hand_over_chair": forms.HandOverChair,
        "hand_over_referrer": forms.HandOverReferrer,
        "take_over": forms.TakeOver,
        "decline_handover": forms.DeclineHandover,
        "recall_handover": forms.RecallHandover,
        "hand_pen": forms.HandPen,
        "take_pen_back": forms.TakePenBack,
        "involve_gi": forms.InvolveGi,
        "end_gi": forms.EndGi,
        "delegate": forms.Delegate,
        "end_delegation": forms.EndDelegation,
        "add_statement": forms.AddStatement,
        "add_document": forms.AddDocument,
        "suspend": forms.Suspend,
        "resume": forms.Resume,
        "extend_term": forms.ExtendTerm,
        "nudge": forms.Nudge,
        "ask_reconvene": forms.AskReconvene,
        "decline_reconvene": forms.DeclineReconvene,
        "reconvene": forms.Reconvene,
        "record_call": forms.RecordCall,
    },
    checks={
        "take_over": (acts_people.not_ahead("called_on", "/gebeldOp"),),
        "delegate": (acts_people.delegation_fits,),
        "suspend": (
            acts_people.not_ahead("since", "/vanaf"),
            acts_people.not_ahead("letter_on", "/briefdatum"),
            acts_terms.stands_still_once,
        ),
        "resume": (acts_people.not_ahead("since", "/vanaf"), acts_terms.runs_after_standstill),
        "extend_term": (acts_terms.extension_fits,),
        "reconvene": (acts_words.experts_come,),
        "record_call": (acts_people.not_ahead("day", "/wanneer"),),
    },
    effects={
        "declare_independence": acts_people.declare_independence,
        "hand_over_chair": acts_people.hand_over_chair,
        "hand_over_referrer": acts_handover.hand_over_referrer,
        "decline_handover": acts_handover.decline_handover,
        "recall_handover": acts_handover.recall_handover,
        "hand_pen": acts_joining.hand_pen,
        "take_pen_back": acts_joining.take_pen_back,
        "involve_gi": acts_joining.involve_gi,
        "end_gi": acts_joining.end_gi,
        "delegate": acts_people.delegate,
        "end_delegation": acts_people.end_delegation,
        "add_statement": acts_words.add_statement,
        "add_document": acts_documents.add_document,
        "suspend": acts_terms.suspend,
        "resume": acts_terms.resume,
        "extend_term": acts_terms.extend_term,
        "nudge": acts_terms.nudge,
        "ask_reconvene": acts_words.ask_reconvene,
        "decline_reconvene": acts_words.decline_reconvene,
        "reconvene": acts_words.reconvene,
        "record_call": acts_words.record_call,
    },
    guards={**GUARDS, **acts_people.GUARDS, **acts_handover.GUARDS, **acts_joining.GUARDS},
    choices={
        "andere_voorzitters": acts_people.other_chairs,
        "collega_verwijzers": acts_people.fellow_referrers,
        "vervangers": acts_people.stand_ins,
        "notulisten": acts_joining.secretaries,
        "gi_professionals": acts_joining.gi_professionals,
        "betrokken_gi": acts_joining.involved_gis,
    },
    views={
        "decline_reconvene": lambda scene: {"questions": questions(scene)},
        "reconvene": lambda scene: {"questions": questions(scene)},
    },
    prefills={
        "suspend": acts_terms.from_today,
        "resume": acts_terms.from_today,
        "reconvene": acts_words.experts_after_returns,
        "record_call": lambda scene: {"wanneer": scene.on.isoformat()},
    },
)
