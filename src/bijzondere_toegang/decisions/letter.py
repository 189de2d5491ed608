"""The letter to the family as a draft, in plain Dutch. A decision is written in Dutch (Awb 2:6), so no catalogue."""

from __future__ import annotations

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.decisions.queries import Proposal, consortium_name, youth_of

_HEAD = "Betreft: besluit over de hulp voor {child}\n\nBeste {child}, beste ouders of verzorgers,"
_AGREED = "We spraken samen over de hulp die past. Niemand was het oneens met het voorstel. Ik neem het voorstel over."
_AMENDED = (
    "Eerder namen we een besluit over de hulp. De hulpverleners die we vroegen, kunnen de hulp niet geven. "
    "Daarom pas ik het besluit aan. De rest van het besluit blijft zoals het was."
)
_NOT_AGREED = (
    "We spraken samen over de hulp die past. Niet iedereen was het eens. Dan moet ik beslissen. "
    "Ik las goed wat iedereen vond. Hieronder leest u mijn besluit."
)
_ELSEWHERE = (
    "U vroeg om hulp via de Bijzondere Toegang. De voorzitter keek of die hulp past. "
    "Andere hulp past beter. Ik neem dat advies over."
)
_WHAT = "Welke hulp komt er?\n{help}"
_WHO = "Wie geeft de hulp?\n{who} geeft de hulp. Zij bellen u om een afspraak te maken."
_RESULT = "Wat willen we bereiken?\n{result}"
_WHERE = "Wie helpt u nu verder?\n{where_to}"
_WHY = "Waarom dit besluit?\n{reason}"
_REMEDY = (
    "Bent u het er niet mee eens?\nBel mij gerust. U kunt ook iets doen tegen dit besluit. "
    "Onder deze brief staat wat u kunt doen en tot welke dag."
)
_BESIDE = (
    "Wilt u hulp van iemand die naast u staat?\n"
    "Dat kan. Een vertrouwenspersoon van Jeugdstem luistert en helpt. Dat is gratis. "
    "U hebt daar niemand anders voor nodig."
)
_FOOT = "Met vriendelijke groet,\n{name}\n{organisation}"
_UNKNOWN = "[vul in]"


def letter(scene: Scene, ready: Proposal) -> str:
    """The draft for what lies ready; gaps are marked, the referrer fills them in."""
    youth = youth_of(scene)
    organisation = scene.region.organisation(scene.case.referrer_organisation)
    parts = [
        _HEAD.format(child=youth.called if youth else _UNKNOWN),
        *(_elsewhere(ready) if ready.kind == "elsewhere" else _help(scene, ready)),
        _REMEDY,
        _BESIDE,
        _FOOT.format(name=scene.by.name, organisation=organisation.name if organisation else ""),
    ]
    return "\n\n".join(parts)


def _elsewhere(ready: Proposal) -> list[str]:
    return [
        _ELSEWHERE,
        _WHERE.format(where_to=ready.where_to or _UNKNOWN),
        _WHY.format(reason=ready.reason or _UNKNOWN),
    ]


def _help(scene: Scene, ready: Proposal) -> list[str]:
    opening = {"consensus": _AGREED, "amended": _AMENDED}.get(ready.kind, _NOT_AGREED)
    code = ready.consortium or ("" if ready.kind == "fallback" else scene.case.accepted_consortium)
    why = [_WHY.format(reason=ready.reason or _UNKNOWN)] if ready.kind != "consensus" else []
    return [
        opening,
        _WHAT.format(help=ready.help or _UNKNOWN),
        _WHO.format(who=consortium_name(scene, code) if code else _UNKNOWN),
        _RESULT.format(result=ready.result or _UNKNOWN),
        *why,
    ]
