"""The letter to the family, made from the answers, in plain Dutch; a decision is written in Dutch (Awb 2:6).

It says what was decided because it is made of nothing else: help, result, reasons (Awb 3:46, 3:47). What the
referrer types beside it is accompanying words. The parts are kept as they left, so that later sentences change no old
letter. An answer to somebody's dissent is no part of them: it stands in the letter of who was against, and in no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.decisions.forms import BOTH_SIGN, STAY
from bijzondere_toegang.decisions.queries import (
    Proposal,
    consortium_name,
    content_of,
    dissents,
    issued_decision,
    proposal,
    youth_of,
)

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
_ANEW = (
    "Eerder namen we een besluit over de hulp. Daarna kwam er een uitspraak over dat besluit. "
    "Daarom beslis ik opnieuw. Hieronder leest u mijn besluit."
)
_ELSEWHERE = (
    "U vroeg om hulp via de Bijzondere Toegang. De voorzitter keek of die hulp past. "
    "Andere hulp past beter. Ik neem dat advies over."
)
_AGREED_ELSEWHERE = (
    "We spraken samen over de hulp die past. Niemand was het oneens met het voorstel. "
    "Andere hulp past beter. Ik neem het voorstel over."
)
_WHAT = "Welke hulp komt er?\n{help}"
_WHO = "Wie geeft de hulp?\n{who}"
_ASKED = "{name} geeft de hulp. Zij bellen u om een afspraak te maken."
_GOES_ON = "{name} blijft de hulp geven."
_NEW_PLAN = "{name} blijft de hulp geven. Samen met u komt er een nieuw plan."
_RESULT = "Wat willen we bereiken?\n{result}"
_WHERE = "Wie helpt u nu verder?\n{where_to}"
_WHY = "Waarom dit besluit?\n{reason}"
_WHY_THEM = "Waarom helpen zij?\n{reason}"
_WHY_NO_FAMILY = "Waarom geen pleeggezin of gezinshuis?\n{reason}"
_ANSWERED = "Wie het niet eens was, leest mijn antwoord in de eigen brief."
_YOU_SAID = "U was het niet eens met het voorstel. U zei:\n“{words}”\n\nMijn antwoord:\n{answer}"
_SAID_YOUTH = "Jij was het niet eens met het voorstel. Je zei:\n“{words}”\n\nMijn antwoord:\n{answer}"
_GROUND = {
    "college": "Ik beslis namens het college van burgemeester en wethouders (Jeugdwet, artikel 2.3).",
    "college-in-mandaat": "Ik beslis in mandaat van het college (Jeugdwet, artikel 2.3).",
    "gi": "Ik beslis namens de gecertificeerde instelling (Jeugdwet, artikel 3.5).",
}
_REMEDY = (
    "Bent u het er niet mee eens?\nBel mij gerust. U kunt ook iets doen tegen dit besluit. "
    "Onder deze brief staat wat u kunt doen en tot welke dag."
)
_BESIDE = (
    "Wilt u hulp van iemand die naast u staat?\n"
    "Dat kan. Een vertrouwenspersoon van Jeugdstem luistert en helpt. Dat is gratis. "
    "U hebt daar niemand anders voor nodig."
)
_FOOT = "Met vriendelijke groet,\n{signers}"
_UNKNOWN = "[vul in]"
ANSWER_AFTER = "antwoord"
"""The part behind which somebody reads the answer to the own dissent."""

Said = Mapping[str, Any]
"""Answers by their names in the form; as far as they were typed, when somebody looks before deciding."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the letter tells, wherever it comes from: the table, the answers, or the decision before."""

    opening: str
    back: bool
    help: str
    result: str
    where_to: str
    ladder_why: str
    reasons: str
    answered: bool = False


# ── Made from the answers ──


def agreed_letter(scene: Scene, said: Said) -> list[dict[str, str]]:
    """The letter of `confirm_outcome`: what the table agreed or the chair advised, and the answers of the referrer."""
    ready = proposal(scene)
    before = content_of(ready.row)
    told = Decided(
        _opening(ready),
        ready.kind == "elsewhere",
        ready.help,
        ready.result,
        ready.where_to,
        _typed(said, "waaromGeenGezin") or ready.ladder_why,
        "\n\n".join(filter(None, (ready.reason, before.get("motivation", "")))),
        any(row.get("party") for row in before.get("answers", ())),
    )
    return _parts(scene, said, told)


def decided_letter(scene: Scene, said: Said) -> list[dict[str, str]]:
    """The letter of `decide`: the answers of the referrer, and nothing of what was proposed."""
    told = Decided(
        _ANEW if content_of(issued_decision(scene)).get("ruling") else _NOT_AGREED,
        said.get("vervolg") == "referred_back",
        _typed(said, "hulp"),
        _typed(said, "resultaat"),
        _typed(said, "waarheen"),
        _typed(said, "waaromGeenGezin"),
        _typed(said, "motivering") or _UNKNOWN,
        any(each.party for each in dissents(scene)),
    )
    return _parts(scene, said, told)


def _opening(ready: Proposal) -> str:
    if ready.kind == "elsewhere":
        return _AGREED_ELSEWHERE if ready.conference_id else _ELSEWHERE
    return _AMENDED if ready.kind == "amended" else _AGREED


def _parts(scene: Scene, said: Said, told: Decided) -> list[dict[str, str]]:
    youth = youth_of(scene)
    found = [
        ("aanhef", _HEAD.format(child=youth.called if youth else _UNKNOWN)),
        ("begin", told.opening),
        *(_elsewhere(told) if told.back else _help(scene, said, told)),
        ("waarom", _WHY.format(reason=told.reasons) if told.reasons else ""),
        (ANSWER_AFTER, _ANSWERED if told.answered else ""),
        ("toelichting", _typed(said, "toelichting")),
        ("grond", _GROUND.get(scene.case.authority, "")),
        ("rechtsmiddel", _REMEDY),
        ("naast-u", _BESIDE),
        ("groet", _FOOT.format(signers="\n\n".join(_lines(signers(scene, said))))),
    ]
    return [{"soort": name, "tekst": text} for name, text in found if text]


def _elsewhere(told: Decided) -> list[tuple[str, str]]:
    return [("waarheen", _WHERE.format(where_to=told.where_to or _UNKNOWN))]


def _help(scene: Scene, said: Said, told: Decided) -> list[tuple[str, str]]:
    code = _typed(said, "samenwerkingsverband") if said.get("vervolg") == "placing" else scene.case.accepted_consortium
    manner = {"in_care": _GOES_ON, "planning": _NEW_PLAN}.get(str(said.get("vervolg")), _ASKED)
    who = manner.format(name=consortium_name(scene, code)) if code else _UNKNOWN
    why_them = _typed(said, "waaromDitVerband") if said.get("vervolg") == "placing" else ""
    why_no_family = told.ladder_why if said.get("trede") in STAY else ""
    return [
        ("hulp", _WHAT.format(help=told.help or _UNKNOWN)),
        ("wie", _WHO.format(who=who)),
        ("resultaat", _RESULT.format(result=told.result or _UNKNOWN)),
        ("waarom-zij", _WHY_THEM.format(reason=why_them) if why_them else ""),
        ("waarom-geen-gezin", _WHY_NO_FAMILY.format(reason=why_no_family) if why_no_family else ""),
    ]


def _typed(said: Said, name: str) -> str:
    value = said.get(name)
    return value.strip() if isinstance(value, str) else ""


def signers(scene: Scene, said: Said) -> list[dict[str, str]]:
    organisation = scene.region.organisation(scene.case.referrer_organisation)
    first = {"name": scene.by.name, "job": organisation.name if organisation else ""}
    if said.get("ondertekening") != BOTH_SIGN:
        return [first]
    return [first, {"name": _typed(said, "tweedeNaam"), "job": _typed(said, "tweedeFunctie")}]


def _lines(names: Iterable[Mapping[str, str]]) -> list[str]:
    return ["\n".join(filter(None, (one["name"], one["job"]))) for one in names]


# ── Read ──


def whole(parts: Iterable[Mapping[str, str]]) -> str:
    """The letter as everybody of the family gets it."""
    return "\n\n".join(part["tekst"] for part in parts)


def letter_of(content: Mapping[str, Any], safe: Callable[[str], str], *, party: str, youth: bool) -> str:
    """
    The letter of a decision for one person of the family. A part that gives a secret address away is left out, and no
    more than that part; a letter from before there were parts is one part.
    """
    parts: list[Mapping[str, str]] = content.get("parts") or [{"soort": "", "tekst": content.get("letter", "")}]
    found = []
    for part in parts:
        found.append(safe(part["tekst"]))
        if part["soort"] == ANSWER_AFTER:
            found += [safe(text) for text in _own_answers(content, party, youth=youth)]
    return "\n\n".join(filter(None, found))


def _own_answers(content: Mapping[str, Any], party: str, *, youth: bool) -> list[str]:
    mine = [row for row in content.get("answers", ()) if party and row.get("party") == party]
    return [(_SAID_YOUTH if youth else _YOU_SAID).format(words=row["words"], answer=row["answer"]) for row in mine]
