"""Three cases with help: a plan that waits for consent, care that runs, and one that ended well."""

from __future__ import annotations

from datetime import date
from typing import Any

from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.demo.beats import Story
from bijzondere_toegang.demo.stories.walks import (
    MUT,
    VVG,
    Table,
    accepted,
    concluded,
    confirmed,
    consented,
    held,
    invited,
    plan_agreed,
    plan_put_up,
    planned,
    reacted,
    results,
    scored,
    taken_up,
)


def fifth() -> Story:
    """05 · The plan is up; mother agreed, father has not answered yet."""
    story = Story(5).on(2026, 10, 12, 9, 50).registered()
    taken_up(story.on(2026, 10, 13, 10, 0))
    planned(story.on(2026, 10, 14, 11, 30), date(2026, 10, 29), TABLE_5)
    story.on(2026, 10, 29, 14, 0)
    held(story, TABLE_5, ("moeder", "vader"))
    concluded(story, TABLE_5)
    reacted(story.on(2026, 11, 3, 10, 0), (story.kin("moeder"), story.kin("vader"), story.referrer))
    confirmed(story.on(2026, 11, 3, 14, 0), TABLE_5, date(2026, 11, 3), WORDS_5)
    accepted(story.on(2026, 11, 5, 9, 20), MUT, date(2026, 11, 9))
    story.on(2026, 11, 9, 17, 0).may("anneke", "adopt_minutes")
    plan_put_up(story.on(2026, 11, 18, 11, 0), MUT, PLAN_5)
    consented(story.on(2026, 11, 19, 19, 30), ("moeder",))
    return story


TABLE_5 = Table(
    place="Gemeentehuis Gennep, kamer 1",
    begins="14:00",
    proposal="Hulp in het gezin, twee keer per week, met een tolk. Oma blijft de eerste maanden twee nachten per week "
    "oppassen. Yusuf krijgt op school een eigen maatje.",
    result="Yusuf woont weer bij zijn ouders en weet dat hij mag blijven.",
    why="De ouders doen wat ze kunnen. Met hulp die hun taal spreekt, kan Yusuf naar huis.",
    consortium=MUT,
    chosen=("eigenNetwerk", "thuis"),
    rejected="Zolang het thuis met hulp gaat, is een andere plek niet nodig.",
    minutes={
        "zorgen": "De plek bij oma houdt over zes weken op.",
        "watGoedGaat": "Yusuf leert snel Nederlands. Zijn ouders zijn er elke dag.",
        "wensOuders": "Vader en moeder willen dat Yusuf thuis woont.",
        "afwegingen": "Besproken is of het thuis al kan. Met een tolk en oma erbij durft iedereen het aan.",
        "afspraken": "De verwijzer regelt de tolk voor 6 november.",
    },
)
WORDS_5 = "Er komt een tolk mee naar elk gesprek. Het samenwerkingsverband laat weten wie er komt."
PLAN_5: dict[str, Any] = {
    "doelen": [
        {
            "tekst": "Yusuf slaapt elke nacht thuis",
            "eigenWoorden": "Dat hij in zijn eigen bed ligt.",
            "wieDoetWat": "De behandelaar komt dinsdag en donderdag. Oma past woensdag en zaterdag op.",
            "voor": "2027-02-01",
        },
        {
            "tekst": "Yusuf gaat elke dag met plezier naar school",
            "eigenWoorden": "Vrienden maken.",
            "wieDoetWat": "School zoekt een maatje. Vader brengt hem de eerste weken.",
            "voor": "2027-01-11",
        },
    ],
    "hulp": "Twee keer per week hulp in het gezin, met een tolk.",
    "resultaat": "Yusuf woont bij zijn ouders en het gezin redt het met hulp van oma en de buren.",
    "ladder": "behandeling-thuis",
    "waaromNietLichter": "Oma kan het niet alleen, en de ouders vragen om iemand die meekijkt.",
    "start": "2026-11-30",
    "eind": "2027-05-28",
    "evaluatiedatum": "2027-02-08",
}


def sixth() -> Story:
    """06 · Help runs since the summer; the first evaluation went well, the second comes in February."""
    story = Story(6).on(2026, 6, 29, 13, 0).registered()
    taken_up(story.on(2026, 6, 30, 9, 0))
    planned(story.on(2026, 7, 1, 10, 0), date(2026, 7, 16), TABLE_6)
    story.on(2026, 7, 16, 10, 0)
    held(story, TABLE_6, ("jeugdige", "moeder"))
    concluded(story, TABLE_6)
    reacted(story.on(2026, 7, 20, 16, 0), (story.kin("jeugdige"), story.kin("moeder"), story.referrer))
    confirmed(story.on(2026, 7, 20, 16, 40), TABLE_6, date(2026, 7, 20), WORDS_6)
    accepted(story.on(2026, 7, 22, 11, 0), VVG, date(2026, 7, 24))
    story.on(2026, 7, 27, 9, 0).may("anneke", "adopt_minutes")
    plan_put_up(story.on(2026, 8, 10, 14, 0), VVG, PLAN_6)
    consented(story.on(2026, 8, 11, 20, 0), ("jeugdige", "moeder"))
    plan_agreed(story.on(2026, 8, 13, 10, 0), VVG)
    story.on(2026, 8, 17, 9, 30).does("provider-vvg", "start_help", {"datum": "2026-08-17"})
    trusted, until = "invite_confidant", date(2027, 2, 1)
    invited(story.on(2026, 8, 20, 20, 0), story.kin("jeugdige"), trusted, "Vera Bos", until, plan=True)
    _evaluated(story)
    return story


def _evaluated(story: Story) -> None:
    story.on(2026, 11, 9, 9, 0).does("provider-vvg", "start_evaluation", {"aanleiding": "Drie maanden bezig."})
    scored(story, "provider-vvg", (7, 6), "Aya komt zelf met plannen. School gaat met sprongen.")
    scored(story.on(2026, 11, 10, 19, 0), story.kin("jeugdige"), (6, 7), "Thuis is minder ruzie.")
    scored(story.on(2026, 11, 10, 21, 0), story.kin("moeder"), (7, 5), "School belt nog te vaak.")
    scored(story.on(2026, 11, 11, 9, 0), story.referrer, (7, 6), "Mooie stappen.")
    agreement = {"wat": "Met school afspreken wie belt en wanneer", "wie": "Zoran Petrović", "wanneer": "2026-12-01"}
    answers = {"afspraken": [agreement], "ladder": "behandeling-thuis", "volgendeEvaluatie": "2027-02-08"}
    story.on(2026, 11, 16, 11, 0).does("provider-vvg", "continue_care", answers)


TABLE_6 = Table(
    place="Kulturhus Heythuysen, zaal 3",
    begins="10:00",
    proposal="Behandeling thuis voor Aya en haar moeder samen, twee keer per week, met een tolk Arabisch. Oma blijft "
    "betrokken. Op school een rustige plek als het te veel wordt.",
    result="Aya woont weer thuis, gaat vijf dagen naar school en heeft vrienden die bij haar passen.",
    why="Aya wil naar huis. Moeder ook. Met hulp die blijft tot het gaat, kan dat.",
    consortium=VVG,
    chosen=("eigenNetwerk", "thuis"),
    rejected="Aya wil geen plek ergens anders, en met hulp thuis is dat niet nodig.",
    minutes={
        "zorgen": "Aya heeft vrienden die haar meetrekken. De plek bij oma is tijdelijk.",
        "watGoedGaat": "Aya is eerlijk over wat er gebeurt. Oma en moeder trekken samen op.",
        "wensJeugdige": "Ik wil gewoon naar huis en dat iedereen stopt met praten over mij.",
        "wensOuders": "Moeder wil hulp aan huis.",
        "afwegingen": "Een andere plek is besproken en niet nodig gevonden.",
        "afspraken": "De verwijzer belt school over een rustige plek.",
    },
)
WORDS_6 = "Er komt een tolk mee. Aya en haar moeder doen dit samen."
PLAN_6: dict[str, Any] = {
    "doelen": [
        {
            "tekst": "Thuis praten zonder schreeuwen",
            "eigenWoorden": "Dat mama luistert als ik iets zeg.",
            "wieDoetWat": "Aya en moeder oefenen elke zondag, de behandelaar is er om de week bij.",
            "voor": "2027-02-08",
        },
        {
            "tekst": "Vijf dagen naar school",
            "eigenWoorden": "Niet steeds naar huis gestuurd worden.",
            "wieDoetWat": "De mentor zorgt voor een rustige plek. Aya zegt wanneer ze die nodig heeft.",
            "voor": "2027-02-08",
        },
    ],
    "hulp": "Twee keer per week behandeling thuis, met een tolk Arabisch.",
    "resultaat": "Aya woont thuis en het gaat.",
    "ladder": "behandeling-thuis",
    "waaromNietLichter": "Eerdere hulp was te kort. Moeder kan het niet alleen.",
    "start": "2026-08-17",
    "eind": "2027-04-30",
    "evaluatiedatum": "2026-11-09",
}


def eighth() -> Story:
    """08 · Registered in spring, closed last week; somebody will ask how it goes."""
    story = Story(8).on(2026, 4, 7, 9, 0).registered()
    taken_up(story.on(2026, 4, 8, 9, 0))
    planned(story.on(2026, 4, 9, 9, 0), date(2026, 4, 23), TABLE_8)
    story.on(2026, 4, 23, 15, 0)
    held(story, TABLE_8, ("jeugdige", "moeder"))
    concluded(story, TABLE_8)
    confirmed(story.on(2026, 4, 24, 11, 0), TABLE_8, date(2026, 4, 24), WORDS_8)
    accepted(story.on(2026, 4, 28, 9, 0), MUT, date(2026, 5, 1))
    story.on(2026, 5, 4, 9, 0).may("anneke", "adopt_minutes")
    plan_put_up(story.on(2026, 5, 12, 9, 0), MUT, PLAN_8)
    consented(story.on(2026, 5, 13, 19, 0), ("jeugdige", "moeder"))
    plan_agreed(story.on(2026, 5, 18, 9, 0), MUT)
    story.on(2026, 5, 20, 9, 0).does("provider-mut", "start_help", {"datum": "2026-05-20"})
    _first_evaluation(story)
    _closing(story)
    return story


def _first_evaluation(story: Story) -> None:
    story.on(2026, 8, 10, 9, 0).does("provider-mut", "start_evaluation", {})
    scored(story, "provider-mut", (6,), "Zoë komt vaker vanzelf naar huis.")
    scored(story.on(2026, 8, 11, 18, 0), story.kin("moeder"), (7,), "Er is één iemand die ons belt.")
    agreement = {"wat": "Samen een bijbaan zoeken", "wie": "Femke Aerts", "wanneer": "2026-09-15"}
    answers = {"afspraken": [agreement], "ladder": "behandeling-thuis", "volgendeEvaluatie": "2026-11-02"}
    story.on(2026, 8, 17, 9, 0).does("provider-mut", "continue_care", answers)


def _closing(story: Story) -> None:
    story.on(2026, 11, 2, 9, 0).does("provider-mut", "start_evaluation", {})
    scored(story, "provider-mut", (9,), "Het gaat nu al twee maanden goed.")
    scored(story.on(2026, 11, 3, 18, 0), story.kin("jeugdige"), (8,), "Ik heb rust. En mijn hond is er ook.")
    scored(story, story.kin("moeder"), (9,), "Wij kunnen het weer zelf.")
    story.on(2026, 11, 9, 9, 0).does("provider-mut", "propose_closing", _ending)
    story.on(2026, 11, 17, 10, 0).does(story.referrer, "close", CLOSING_8)


def _ending(scene: Scene) -> dict[str, Any]:
    told = results("gehaald", "Zoë is al twee maanden niet weggelopen.")
    ended = told(scene) if callable(told) else told
    return {**ended, "nazorg": AFTERCARE_8, "contact": "Femke Aerts, 077 000 00 00", "laatsteDag": "2026-11-16"}


AFTERCARE_8 = "De wijkcoach komt nog drie maanden eens per twee weken. Zoë mag altijd bellen."
CLOSING_8: dict[str, Any] = {
    "gezinGevraagd": "ja",
    "watZeiHetGezin": "Het is goed zo. We weten wie we kunnen bellen.",
    "nazorg": AFTERCARE_8,
    "contact": "Saskia Driessen, 077 000 00 00",
}
TABLE_8 = Table(
    place="Gemeentehuis Nieuw Bergen, kamer 5",
    begins="15:00",
    proposal="Eén vaste begeleider voor het hele gezin, drie keer per week thuis, met een tolk Pools. Hulp bij geld en "
    "wonen door de gemeente.",
    result="Zoë slaapt thuis en het gezin kan in het huis blijven wonen.",
    why="Het gezin vraagt om één plan en één iemand die belt. Dat kan dit verband meteen.",
    consortium=MUT,
    chosen=("thuis",),
    rejected="Zoë wil rust en haar hond bij zich. Dat kan het best thuis.",
    minutes={
        "zorgen": "Zoë was soms nachten weg. Er dreigde huisuitzetting.",
        "watGoedGaat": "Het gezin wil hulp. Zoë zorgt goed voor haar hond.",
        "wensJeugdige": "Ik wil rust. En mijn hond moet mee.",
        "wensOuders": "Wij willen dat er één plan komt en één iemand die ons belt.",
        "afwegingen": "Hulp bij geld is net zo belangrijk als begeleiding.",
        "afspraken": "De gemeente belt de woningstichting deze week.",
    },
)
WORDS_8 = "Er komt één vaste begeleider, op vaste dagen."
PLAN_8: dict[str, Any] = {
    "doelen": [
        {
            "tekst": "Zoë slaapt elke nacht thuis",
            "eigenWoorden": "Rust in huis, en mijn hond.",
            "wieDoetWat": "De begeleider komt maandag, woensdag en vrijdag. Moeder belt als Zoë er om tien "
            "uur niet is.",
            "voor": "2026-11-02",
        }
    ],
    "hulp": "Drie keer per week begeleiding thuis, met een tolk Pools.",
    "resultaat": "Zoë slaapt thuis en het gezin redt het zelf.",
    "ladder": "behandeling-thuis",
    "waaromNietLichter": "De wijkcoach alleen kreeg geen vat op de situatie.",
    "start": "2026-05-20",
    "eind": "2026-11-30",
    "evaluatiedatum": "2026-08-10",
}

TELLERS = (fifth, sixth, eighth)
