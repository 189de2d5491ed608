"""What people say in an invented case: answers to every step, for stories through the API, the pages and `advance`.

`answers(step, schema, on)` gives sound answers by their Dutch names; what must be chosen from this case (a seat, a goal, a version of the
plan) is taken from the JSON Schema of the step, as any client would. `said` overrides single answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bijzondere_toegang.engine import add_working_days, is_working_day

Schema = dict[str, Any]
Said = dict[str, Any]

LADDER = {
    "eigenNetwerk": {"uitkomst": "afgewezen", "waarom": "Oma kan een dag in de week, meer niet."},
    "gezin": {"uitkomst": "afgewezen", "waarom": "Thuis wonen kan als er hulp bij komt."},
    "thuis": {"uitkomst": "gekozen"},
    "deeltijd": {"uitkomst": "afgewezen", "waarom": "Niet nodig zolang oma er is."},
    "kleinschalig": {"uitkomst": "afgewezen", "waarom": "Te zwaar voor wat er nu speelt."},
}
DOCUMENT = "SGlqIGtvbXQgZ3JhYWcgbmFhciBzY2hvb2wuCg=="
"""A short text file, as base64."""
HELP = "Behandeling thuis, twee keer in de week, met steun van oma."
RESULT = "Na een half jaar weer vier dagen per week naar school en rust aan tafel."


def answers(step: str, schema: Schema, on: date, **said: Any) -> Said:
    """Sound answers to a step; `said` wins."""
    told = ANSWERS.get(step, _nothing)(_Asked(schema, on))
    return told | said


class _Asked:
    """What a step asks, and on which day."""

    def __init__(self, schema: Schema, on: date) -> None:
        self.schema, self.on = schema, on

    def day(self, days: int = 0) -> str:
        return (self.on + timedelta(days=days)).isoformat()

    def working_day(self, days: int) -> str:
        """The same, or the working day before it: a table on a free day asks for more."""
        day = self.on + timedelta(days=days)
        return (day if is_working_day(day) else add_working_days(day, -1)).isoformat()

    def enum(self, *path: str) -> list[str]:
        """The values a field offers: `enum("scores", "doel")` of the rows of scores."""
        node = self.schema["properties"][path[0]]
        for name in path[1:]:
            node = node["items"]["properties"][name]
        return list(node.get("enum") or node.get("items", {}).get("enum") or [node.get("const")])

    def first(self, *path: str) -> str:
        return self.enum(*path)[0]


def _nothing(asked: _Asked) -> Said:
    return {}


def _attendance(asked: _Asked) -> Said:
    seats = asked.enum("aanwezigheid", "zetel")
    return {"aanwezigheid": [{"zetel": seat, "aanwezig": "aanwezig", "band": "geen"} for seat in seats]}


def _outcome(asked: _Asked) -> Said:
    return {
        "hulp": HELP,
        "resultaat": RESULT,
        "ladder": LADDER,
        "samenwerkingsverband": "sv-vincent-van-gogh",
        "waarom": "Dichtbij huis en er is plek voor behandeling thuis.",
    }


def _issued(asked: _Asked) -> Said:
    target = asked.first("vervolg")
    told: Said = {
        "vervolg": target,
        "toelichting": "Bel mij als iets niet duidelijk is.",
        "bekendgemaaktOp": asked.day(),
        "rechtsmiddel": asked.first("rechtsmiddel"),
        "ondertekening": asked.first("ondertekening"),
    }
    if told["ondertekening"] == "samen":
        told |= {"tweedeNaam": "B. Tweede", "tweedeFunctie": "jurist"}
    if target == "placing":
        told |= {"samenwerkingsverband": asked.first("samenwerkingsverband")}
    if target != "referred_back":
        told |= {"trede": "3" if "3" in asked.enum("trede") else asked.first("trede")}
    return told


def _decided(asked: _Asked) -> Said:
    told = _issued(asked) | {"motivering": "Alle standpunten zijn gewogen. De veiligheid van het kind gaf de doorslag."}
    if told["vervolg"] != "referred_back":
        told |= {"hulp": HELP, "resultaat": RESULT}
    if told["vervolg"] == "placing":
        told |= {
            "samenwerkingsverband": "sv-vincent-van-gogh",
            "waaromDitVerband": "Zij kunnen over twee weken starten.",
        }
    dissents = [one for one in asked.enum("antwoorden", "standpunt") if one]
    return told | {
        "antwoorden": [{"standpunt": one, "antwoord": "Wij begrijpen dit en kiezen toch anders."} for one in dissents]
    }


def _accepted(asked: _Asked) -> Said:
    return {
        "aanbieder": asked.first("aanbieder"),
        "regiebehandelaar": "R. Behandelaar",
        "eersteContact": asked.day(3),
        "contactpersoon": "C. Contact",
        "telefoon": "0770000001",
        "meteenStarten": True,
    }


def _plan(asked: _Asked) -> Said:
    goal = {
        "tekst": "Vier dagen naar school",
        "eigenWoorden": "Ik wil mijn vrienden weer zien.",
        "wieDoetWat": "Mentor en moeder",
    }
    rest = {"tekst": "Rust aan tafel", "eigenWoorden": "Geen geschreeuw meer.", "wieDoetWat": "Gezinsbehandelaar"}
    return {
        "doelen": [goal | {"voor": asked.day(90)}, rest | {"voor": asked.day(60)}],
        "hulp": HELP,
        "hulpDoor": "Team Behandeling thuis",
        "resultaat": RESULT,
        "ladder": "behandeling-thuis",
        "waaromNietLichter": "Eigen netwerk alleen is niet genoeg.",
        "hulpThuis": False,
        "medischeBehandeling": False,
        "start": asked.day(),
        "evaluatiedatum": asked.day(80),
        "contact": "C. Contact, 077 000 00 01",
    }


def _scores(asked: _Asked) -> Said:
    return {
        "scores": [{"doel": goal, "cijfer": 7, "woorden": "Het gaat beter."} for goal in asked.enum("scores", "doel")]
    }


def _results(asked: _Asked) -> list[Said]:
    return [
        {"doel": goal, "uitkomst": "gehaald", "woorden": "Gelukt."} for goal in asked.enum("resultaten", "doel") if goal
    ]


ANSWERS: dict[str, Callable[[_Asked], Said]] = {
    "ask_supplement": lambda a: {"ontbreekt": "De verklarende analyse ontbreekt nog."},
    "supplement": lambda a: {"antwoord": "De analyse is nu toegevoegd."},
    "advise_elsewhere": lambda a: {"reden": "Lichtere hulp past beter.", "waarheen": "Het wijkteam van de gemeente."},
    "declare_independence": lambda a: {"band": False},
    "plan_conference": lambda a: {"datum": a.working_day(7), "begintijd": "10:00", "plaats": "Gemeentehuis Horn"},
    "move_conference": lambda a: {
        "datum": a.working_day(9), "begintijd": "13:30", "plaats": "Gemeentehuis Horn", "reden": "De tolk kon niet."
    },
    "cancel_conference": lambda a: {"reden": "Het gezin is ziek."},
    "record_attendance": _attendance,
    "ask_round": lambda a: {"voorstel": HELP, "resultaat": RESULT},
    "state_position": lambda a: {"standpunt": "eens"},
    "record_position_for": lambda a: {"houder": a.first("houder"), "standpunt": "eens"},
    "adjourn": lambda a: {"reden": "Er ontbreekt informatie van school.", "gereed": "Het verslag van school."},
    "conclude_consensus": _outcome,
    "conclude_no_consensus": lambda a: _outcome(a) | {"samenvatting": "Niet iedereen vond behandeling thuis veilig genoeg."},
    "write_minutes": lambda a: {"zorgen": "School valt stil.", "afspraken": "Anneke belt school."},
    "react_to_minutes": lambda a: {"reactie": "klopt"},
    "confirm_outcome": _issued,
    "reject_outcome": lambda a: {"reden": "Er zijn nieuwe feiten."},
    "decide": _decided,
    "record_remedy": lambda a: {"soort": "bezwaar", "uitspraak": "Het bezwaar is gegrond.", "datum": a.day()},
    "accept_placement": _accepted,
    "return_placement": lambda a: {"reden": "geen-plek", "toelichting": "Er is de komende maanden geen plek."},
    "propose_again": lambda a: {
        "samenwerkingsverband": a.first("samenwerkingsverband"),
        "gezinGevraagd": "Het gezin vindt het goed.",
        "reden": "Het andere verband heeft plek.",
    },
    "reconvene": lambda a: {"reden": "Er is iets veranderd.", "agenda": "Past de hulp nog?", "deskundigenteam": True},
    "write_plan": _plan,
    "confirm_plan": lambda a: {"versie": a.first("versie")},
    "consent": lambda a: {"versie": a.first("versie"), "antwoord": "ja"},
    "record_consent": lambda a: {"wie": a.first("wie"), "hoe": "gesprek", "antwoord": "ja", "datum": a.day()},
    "withdraw_consent": lambda a: {"woorden": "Wij willen dit niet meer."},
    "start_help": lambda a: {"datum": a.day()},
    "score": _scores,
    "continue_care": lambda a: {
        "afspraken": [{"wat": "Moeder en mentor bellen", "wie": "moeder", "wanneer": a.day(14)}],
        "ladder": "behandeling-thuis",
        "volgendeEvaluatie": a.day(80),
    },
    "revise_plan": lambda a: {"reden": "De doelen passen niet meer."},
    "end_care": lambda a: {
        "reden": "verhuisd", "toelichting": "Het gezin verhuist.", "laatsteDag": a.day(), "gezinVerteld": "verteld"
    },
    "propose_closing": lambda a: {
        "resultaten": _results(a), "nazorg": "De huisarts kijkt mee.", "contact": "C. Contact", "laatsteDag": a.day()
    },
    "close": lambda a: {
        "gezinGevraagd": "ja", "watZeiHetGezin": "Het is goed zo.", "resultaten": _results(a),
        "nazorg": "De huisarts kijkt mee.", "contact": "C. Contact",
    },
    "withdraw": lambda a: {"reden": "Wij willen geen hulp meer.", "watNu": "De huisarts blijft betrokken."},
    "add_statement": lambda a: {"tekst": "Ik wil graag dat oma erbij is."},
    "add_document": lambda a: {"titel": "Brief van school", "soort": "brief", "inhoud": DOCUMENT},
    "record_call": lambda a: {"metWie": "moeder", "wanneer": a.day(), "gelukt": True, "wat": "Uitgelegd wat er gebeurt."},
    "ask_erasure": lambda a: {"deel": "verwijzer", "reden": "Het is lang geleden."},
    "decide_erasure": lambda a: {"vernietigen": True, "motivering": "Niemand heeft er nog belang bij."},
    "ask_reconvene": lambda a: {"reden": "Het lukt zo niet."},
    "decline_reconvene": lambda a: {"reden": "De hulp is net begonnen. Over zes weken praten we weer."},
    "correct_party": lambda a: {"wie": a.first("wie"), "telefoon": "0611111111", "reden": "Nieuw nummer."},
    "add_party": lambda a: {
        "relatie": "grootouder", "voornaam": "Oma", "achternaam": "Bos", "gezag": "nee", "reden": "Oma past op."
    },
    "let_parents_read": lambda a: {"ouders": [{"ouder": one, "leestMee": True} for one in a.enum("ouders", "ouder")]},
    "record_parents_reading": lambda a: {
        "ouders": [{"ouder": one, "leestMee": True} for one in a.enum("ouders", "ouder")],
        "hoe": "gesprek", "gezegdOp": a.day(), "woorden": "Mama mag het lezen.",
    },
    "suspend": lambda a: {"grond": "instemming-aanvrager", "vanaf": a.day(), "toelichting": "Het gezin vroeg erom."},
    "resume": lambda a: {"vanaf": a.day()},
    "extend_term": lambda a: {"tot": a.day(40), "reden": "De analyse duurt langer.", "gezinVerteld": True},
    "name_provider": lambda a: {"aanbieder": a.first("aanbieder"), "regiebehandelaar": "N. Nieuw", "hoe": "erbij"},
    "record_incapacity": lambda a: {
        "waarom": "Kan het besluit niet overzien.", "metWie": "J. de Boer, gedragswetenschapper",
        "verteld": "Op school verteld, met oma erbij.", "opnieuwOp": a.day(90),
    },
    "end_incapacity": lambda a: {"waarom": "Kan het nu weer zelf."},
    "invite_guest": lambda a: {
        "naam": "Gijs Gast", "email": "gast@example.org", "totEnMet": a.day(), "rol": "school"
    },
    "tick_for_guests": lambda a: {"genodigden": [{"wie": one, "stukken": []} for one in a.enum("genodigden", "wie")]},
    "tick_for_confidants": lambda a: {
        "genodigden": [{"wie": one, "stukken": [], "plan": False} for one in a.enum("genodigden", "wie")]
    },
    "end_invitation": lambda a: {"wie": a.first("wie")},
    "invite_confidant": lambda a: {
        "naam": "Vera Vertrouwd", "email": "vertrouwd@example.org", "totEnMet": a.day(10), "plan": False
    },
    "end_confidant": lambda a: {"wie": a.first("wie")},
    "end_delegation": lambda a: {"wie": a.first("wie")},
    "delegate": lambda a: {"aan": a.first("aan"), "totEnMet": a.day(10), "reden": "Vakantie."},
    "hand_over_referrer": lambda a: {"opvolger": a.first("opvolger"), "reden": "Andere baan."},
    "take_over": lambda a: {"gezinGebeld": True, "gebeldOp": a.day()},
    "decline_handover": lambda a: {"reden": "Ik ken dit gezin."},
    "hand_pen": lambda a: {"notulist": a.first("notulist")},
    "involve_gi": lambda a: {"professional": a.first("professional"), "grond": "ondertoezichtstelling"},
    "end_gi": lambda a: {"professional": a.first("professional"), "reden": "De maatregel is voorbij."},
    "hand_over_chair": lambda a: {"opvolger": a.first("opvolger"), "reden": "Ziek."},
    "register": lambda a: {"gecontroleerd": True},
    "hold_look": lambda a: {"wie": "iedereen", "reden": "Er is dreiging aan het adres van de behandelaar."},
    "lift_look_hold": lambda a: {"afscherming": a.first("afscherming"), "reden": "De dreiging is voorbij."},
    "shield_item": lambda a: {"stuk": a.first("stuk"), "voor": a.first("voor"), "reden": "Dit geeft ruzie."},
    "withhold_item": lambda a: {
        "stuk": a.first("stuk"), "voor": a.first("voor"), "reden": "Dit schaadt het kind.", "herzienOp": a.day(60)
    },
    "confirm_withholding": lambda a: {"afscherming": a.first("afscherming"), "eens": True, "reden": "Ik zie het ook."},
    "review_withholding": lambda a: {
        "afscherming": a.first("afscherming"), "nogNodig": False, "reden": "Het gevaar is voorbij."
    },
    "ask_lift": lambda a: {"afscherming": a.first("afscherming"), "reden": "Het kan nu."},
    "confirm_lift": lambda a: {"afscherming": a.first("afscherming"), "eens": True, "reden": "Akkoord."},
    "answer_reading": lambda a: {
        "woorden": [{"stuk": one, "wie": "niemand", "ouders": []} for one in a.enum("woorden", "stuk")],
        "mening": "helpers",
    },
    "record_stay": lambda a: {
        "van": a.day(), "soortPlek": "groep", "plek": "De Beuk", "nachtenPerWeek": 2, "gepland": True
    },
    "record_move": lambda a: {
        "datum": a.day(), "soortPlek": "thuis", "plek": "Thuis", "reden": "afschalen", "gepland": True
    },
}  # fmt: skip

Take = Callable[[str, str], None]
"""Takes a step: (who, step). Overrides go in by `said`."""


class Story:
    """The paths of the process as calls of `take(who, step, **said)`; `wait(days)` lets time go by."""

    def __init__(self, take: Callable[..., object], wait: Callable[[int], None]) -> None:
        self.take, self.wait = take, wait

    def to_preparing(self) -> None:
        self.take("chair", "declare_independence")
        self.take("chair", "take_up")

    def to_the_table(self) -> None:
        self.take("chair", "plan_conference")
        for rep in ("vvg1", "muts1"):
            self.take(rep, "declare_independence")
        self.wait(7)
        self.take("chair", "record_attendance")
        self.take("chair", "open_conference")
        self.take("chair", "ask_round")

    def positions(self, *family: str, **values: str) -> None:
        """Everybody agrees, except those named: `positions("moeder", "vader", vader="oneens")`."""
        for who in (*family, "referrer", "vvg1", "muts1"):
            value = values.get(who, "eens")
            words = {"woorden": "Ik maak me zorgen over de avonden."} if value in ("oneens", "eens-met-zorg") else {}
            self.take(who, "state_position", standpunt=value, **words)

    def to_placing(self, *family: str) -> None:
        """By consensus."""
        self.to_preparing()
        self.to_the_table()
        self.positions(*family)
        self.take("chair", "conclude_consensus")
        self.take("referrer", "confirm_outcome")

    def to_placing_without_consensus(self, *family: str, opposed: str) -> None:
        self.to_preparing()
        self.to_the_table()
        self.positions(*family, **{opposed: "oneens"})
        self.take("chair", "conclude_no_consensus")
        self.take("referrer", "decide")

    def plan_to_care(self, *family: str, provider: str = "provider") -> None:
        self.take(provider, "write_plan")
        self.take(provider, "put_up_plan")
        self.take("referrer", "confirm_plan")
        for who in family:
            self.take(who, "consent")
        self.take(provider, "start_help")
        self.take(provider, "agree_plan")

    def evaluation(self, *family: str, provider: str = "provider") -> None:
        self.wait(75)
        self.take(provider, "start_evaluation")
        for who in (*family, provider, "referrer"):
            self.take(who, "score")
