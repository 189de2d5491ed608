"""Four cases that are still before the help: a table to come, a registration, a supplement, a decision to take."""

from __future__ import annotations

from datetime import date

from bijzondere_toegang.demo.beats import Story
from bijzondere_toegang.demo.stories.walks import (
    MUT,
    VVG,
    Table,
    concluded,
    confirmed,
    held,
    invited,
    planned,
    recorded_for,
    taken_up,
)


def first() -> Story:
    """01 · Thursday is the table; everybody is invited."""
    story = Story(1).on(2026, 11, 10, 10, 20).registered()
    taken_up(story.on(2026, 11, 11, 9, 5))
    planned(story.on(2026, 11, 12, 14, 10), date(2026, 11, 26), TABLE_1)
    invited(story.on(2026, 11, 16, 9, 30), "anneke", "invite_guest", "Els Maas", date(2026, 12, 3), rol="school")
    return story


TABLE_1 = Table(
    place="Stadskantoor Venlo, kamer 2.14",
    begins="10:00",
    proposal="",
    result="",
    why="",
    consortium=VVG,
    chosen=(),
    rejected="",
    minutes={},
)


def second() -> Story:
    """02 · Came in this morning: acutely unsafe, a secret address."""
    return Story(2).on(2026, 11, 23, 8, 12).registered()


def third() -> Story:
    """03 · Everybody agreed; the consortium has until tomorrow to accept."""
    story = Story(3).on(2026, 10, 26, 11, 5).registered()
    taken_up(story.on(2026, 10, 27, 9, 30))
    planned(story.on(2026, 10, 28, 13, 0), date(2026, 11, 17), TABLE_3)
    story.on(2026, 11, 17, 13, 30)
    held(story, TABLE_3, ("jeugdige",))
    recorded_for(story, "Als er ’s avonds maar iemand opneemt als ik bel.")
    concluded(story, TABLE_3)
    confirmed(story.on(2026, 11, 19, 15, 40), TABLE_3, date(2026, 11, 19), WORDS_3)
    return story


TABLE_3 = Table(
    place="Gemeentehuis Roermond, Maaszaal",
    begins="13:30",
    proposal="Iris krijgt behandeling thuis en op school, drie keer per week. De behandelaar werkt met Iris "
    "én met haar "
    "moeder. Er komt één vaste begeleider die ook ’s avonds te bellen is.",
    result="Iris slaapt elke nacht thuis of waar ze heeft afgesproken. Ze gaat weer vier dagen naar school.",
    why="Iris wil gewoon naar huis. Met iemand die ook ’s avonds komt, is thuis veilig genoeg. Dit verband heeft nu "
    "iemand die dat kan.",
    consortium=VVG,
    chosen=("eigenNetwerk", "thuis"),
    rejected="Iris loopt juist weg van plekken waar ze niet wil zijn. Thuis met hulp is lichter en past beter.",
    minutes={
        "zorgen": "Iris is soms nachten weg. Er dreigt huisuitzetting.",
        "watGoedGaat": "Iris en haar moeder praten weer met elkaar. De mentor van school belt Iris elke week.",
        "wensJeugdige": "Ik wil gewoon naar huis en dat iedereen stopt met praten over mij.",
        "wensOuders": "Moeder wil hulp aan huis.",
        "afwegingen": "Een groep is besproken. Iris zei dat ze daar wegloopt. Iedereen gelooft dat.",
        "afspraken": "De jeugdbeschermer belt de woningstichting voor 24 november.",
    },
    voices={
        "jeugdige": {
            "standpunt": "eens-met-zorg",
            "woorden": "Oké, maar dan wel één iemand. Niet steeds een ander.",
        }
    },
)
WORDS_3 = (
    "Iris, er komt één vaste begeleider. Dat vroeg je zelf. Het samenwerkingsverband laat binnen drie werkdagen "
    "weten of zij dit doen."
)


def fourth() -> Story:
    """04 · Urgent; the chair asked what the school sees, and the referrer has to answer."""
    story = Story(4).on(2026, 11, 19, 9, 40).registered()
    story.on(2026, 11, 19, 15, 30).does("anneke", "declare_independence", {"band": False})
    story.does("anneke", "ask_supplement", {"ontbreekt": MISSING_4})
    return story


MISSING_4 = (
    "Wat heeft school geprobeerd om Emma weer binnen te krijgen, en wat vond Emma daarvan? En: waarom stopte de "
    "begeleiding thuis twee keer? Bel gerust als schrijven te lang duurt."
)


def seventh() -> Story:
    """07 · No consensus: mother is against, and now the referrer decides."""
    story = Story(7).on(2026, 10, 27, 10, 0).registered()
    taken_up(story.on(2026, 10, 28, 9, 15))
    planned(story.on(2026, 10, 29, 11, 0), date(2026, 11, 19), TABLE_7)
    story.on(2026, 11, 19, 9, 30)
    held(story, TABLE_7, ("jeugdige", "moeder", "vader"))
    concluded(story, TABLE_7, SUMMARY_7)
    return story


TABLE_7 = Table(
    place="Huis van de wijk Horst, lokaal 4",
    begins="09:30",
    proposal="Bram gaat vier nachten per week naar een gezinshuis in de buurt. De andere nachten is hij bij "
    "zijn moeder, "
    "met hulp thuis. Na drie maanden kijken we of hij weer helemaal naar huis kan.",
    result="Bram heeft een vaste plek waar hij rust heeft, en weet wanneer hij waar slaapt.",
    why="De plek bij oma houdt over zes weken op. Een gezinshuis is de lichtste plek die dan nog kan.",
    consortium=MUT,
    chosen=("gezin", "thuis"),
    rejected="Oma kan het niet langer alleen. Een groep is zwaarder dan nodig.",
    minutes={
        "zorgen": "De plek bij oma houdt op. Er zijn zorgen over verkeerde vrienden.",
        "watGoedGaat": "Bram gaat elke dag naar school. Met oma lacht hij.",
        "wensOuders": "Moeder en vader willen Bram thuis houden, met steun van oma en de buren.",
        "afwegingen": "Aan tafel bleef verschil van mening over slapen bij een gezinshuis.",
        "afspraken": "Oma krijgt tot het besluit elke week een vrije dag.",
    },
    voices={
        "moeder": {
            "standpunt": "oneens",
            "woorden": "Bram hoort bij mij. Elke keer dat hij ergens anders slaapt, begint alles opnieuw. "
            "Geef ons eerst "
            "drie maanden hulp thuis, elke dag als het moet. Dat is nooit geprobeerd.",
        },
        "jeugdige": {"standpunt": "geen-mening"},
        MUT: {
            "standpunt": "eens-met-zorg",
            "woorden": "Wij hebben een gezinshuis, maar pas vanaf 7 december. Tot die tijd moet er iemand bij "
            "oma zijn.",
        },
    },
)
SUMMARY_7 = (
    "Iedereen wil dat Bram rust krijgt. Vader, de verwijzer en beide samenwerkingsverbanden zien dat in een gezinshuis "
    "voor vier nachten. Moeder wil eerst drie maanden intensieve hulp thuis. De jeugdbeschermer beslist."
)

TELLERS = (first, second, third, fourth, seventh)
