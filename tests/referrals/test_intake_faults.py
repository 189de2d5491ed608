"""Every kind of invalid intake is refused with all its faults and none that only follows from another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bijzondere_toegang.errors import Incomplete
from bijzondere_toegang.referrals.intake import check, parse
from tests.referrals.samples import GONE, JPEG, ON, PDF, PNG, changed, document, raw, region, sample

TOMORROW = (ON + timedelta(days=1)).isoformat()
YESTERDAY = (ON - timedelta(days=1)).isoformat()
ADULT, GROWN = "2007-01-01", "2003-01-01"
CHAIR_ONLY_ELSEWHERE = [
    {"onderdeel": "veiligheid", "ontvangers": ["voorzitter"], "grondslag": "toegangstaak"},
    {"onderdeel": "aanmelding", "ontvangers": ["gi"], "grondslag": "toegangstaak"},
]
ADDRESS = {"straat": "Dijk", "huisnummer": "1", "postcode": "5911 AB", "plaats": "Venlo"}

Kind = tuple[int, dict[str, Any], set[str]]
KINDS: dict[str, Kind] = {
    # shape
    "a missing top field": (1, {"/kader": GONE}, {"/kader"}),
    "a missing group": (1, {"/hulpvraag": GONE}, {"/hulpvraag"}),
    "a missing youth is one fault": (1, {"/jeugdige": GONE}, {"/jeugdige"}),
    "a missing nested field": (1, {"/jeugdige/voornaam": GONE}, {"/jeugdige/voornaam"}),
    "an unknown field": (1, {"/extra": 1}, {"/extra"}),
    "an unknown field in a group": (1, {"/verwijzer/x": 1}, {"/verwijzer/x"}),
    "two unknown fields in one group": (1, {"/jeugdige/a": 1, "/jeugdige/b": 2}, {"/jeugdige/a", "/jeugdige/b"}),
    "a misspelt field": (
        1,
        {"/jeugdige/achternaam": GONE, "/jeugdige/achternam": "X"},
        {"/jeugdige/achternaam", "/jeugdige/achternam"},
    ),
    "a number for text": (1, {"/verwijzer/naam": 7}, {"/verwijzer/naam"}),
    "a number for a pattern": (1, {"/jeugdige/woonplaats": 983}, {"/jeugdige/woonplaats"}),
    "a number for a date": (1, {"/datumAanvraag": 20261030}, {"/datumAanvraag"}),
    "a number for the BSN": (1, {"/jeugdige/bsn": 999900006}, {"/jeugdige/bsn"}),
    "text for a boolean": (1, {"/spoed": "ja"}, {"/spoed"}),
    "one for a boolean": (1, {"/familiegroepsplan/aangeboden": 1}, {"/familiegroepsplan/aangeboden"}),
    "null for text": (1, {"/verwijzer/functie": None}, {"/verwijzer/functie"}),
    "text for a group": (1, {"/jeugdige": "x"}, {"/jeugdige"}),
    "text for the referrer": (1, {"/verwijzer": "mandaat"}, {"/verwijzer"}),
    "a group for a list": (1, {"/gezin": {}}, {"/gezin"}),
    "text for a list of measures": (3, {"/maatregelen": "ots"}, {"/maatregelen"}),
    "text for a member": (1, {"/gezin/1": "x"}, {"/gezin/1"}),
    "a word outside the list": (1, {"/kader": "misschien"}, {"/kader"}),
    "a closed word with a capital": (1, {"/gezin/0/gezag": "Ja"}, {"/gezin/0/gezag"}),
    "a reference with a space": (1, {"/bronkenmerk": "A 1"}, {"/bronkenmerk"}),
    "a reference with a final newline": (1, {"/bronkenmerk": "A1\n"}, {"/bronkenmerk"}),
    "an empty reference": (1, {"/bronkenmerk": ""}, {"/bronkenmerk"}),
    "a reference of 41": (1, {"/bronkenmerk": "a" * 41}, {"/bronkenmerk"}),
    "a name of 201": (1, {"/verwijzer/naam": "a" * 201}, {"/verwijzer/naam"}),
    "a short reason": (1, {"/hulpvraag/aanleiding": "kort"}, {"/hulpvraag/aanleiding"}),
    "a postcode with small letters": (1, {"/jeugdige/adres/postcode": "5911 ab"}, {"/jeugdige/adres/postcode"}),
    "an address without a street": (1, {"/gezin/0/adres/straat": GONE}, {"/gezin/0/adres/straat"}),
    "an empty family": (1, {"/gezin": []}, {"/gezin"}),
    "a family of 21": (1, {"/gezin": [sample()["gezin"][0]] * 21}, {"/gezin"}),
    "a thousand recipients": (
        1,
        {"/gegevensdeling/0/ontvangers": ["voorzitter"] * 1000},
        {"/gegevensdeling/0/ontvangers"},
    ),
    # dates and addresses
    "a day that is none": (1, {"/datumAanvraag": "2026-02-30"}, {"/datumAanvraag"}),
    "a day without dashes": (1, {"/datumAanvraag": "20261030"}, {"/datumAanvraag"}),
    "a week date": (1, {"/datumAanvraag": "2026-W44-5"}, {"/datumAanvraag"}),
    "a day with other digits": (1, {"/datumAanvraag": "２026-10-30"}, {"/datumAanvraag"}),
    "a day with a final newline": (1, {"/datumAanvraag": "2026-10-30\n"}, {"/datumAanvraag"}),
    "a moment for a day": (1, {"/datumAanvraag": "2026-10-30T00:00:00"}, {"/datumAanvraag"}),
    "an empty required date": (1, {"/datumAanvraag": ""}, {"/datumAanvraag"}),
    "a request tomorrow": (1, {"/datumAanvraag": TOMORROW}, {"/datumAanvraag"}),
    "a request in the year 26": (1, {"/datumAanvraag": "0026-10-30"}, {"/datumAanvraag"}),
    "a youth born tomorrow": (1, {"/jeugdige/geboortedatum": TOMORROW}, {"/jeugdige/geboortedatum"}),
    "a parent born tomorrow": (1, {"/gezin/0/geboortedatum": TOMORROW}, {"/gezin/0/geboortedatum"}),
    "authority seen tomorrow": (1, {"/gezin/1/gezagDatum": TOMORROW}, {"/gezin/1/gezagDatum"}),
    "sharing decided tomorrow": (1, {"/gegevensdeling/1/datum": TOMORROW}, {"/gegevensdeling/1/datum"}),
    "no plan, clear tomorrow": (8, {"/familiegroepsplan/duidelijkOp": TOMORROW}, {"/familiegroepsplan/duidelijkOp"}),
    "a measure that begins tomorrow": (3, {"/maatregelen/0/begin": TOMORROW}, {"/maatregelen/0/begin"}),
    "earlier help from tomorrow": (1, {"/hulpvraag/eerdereHulp/2/van": TOMORROW}, {"/hulpvraag/eerdereHulp/2/van"}),
    "an address without at": (1, {"/verwijzer/email": "consulent"}, {"/verwijzer/email"}),
    "an address with two ats": (1, {"/verwijzer/email": "a@b@example.org"}, {"/verwijzer/email"}),
    "an address without a dot": (1, {"/jeugdige/email": "a@localhost"}, {"/jeugdige/email"}),
    "an address with a header": (1, {"/verwijzer/email": "a@example.org\nBcc:b@x.nl"}, {"/verwijzer/email"}),
    "an empty address of the referrer": (1, {"/verwijzer/email": ""}, {"/verwijzer/email"}),
    # conditions of the contract
    "in mandate without a mandate": (2, {"/verwijzer/mandaat": GONE}, {"/verwijzer/mandaat"}),
    "compulsory without measures": (3, {"/maatregelen": GONE}, {"/maatregelen"}),
    "compulsory with no measure in the list": (3, {"/maatregelen": []}, {"/maatregelen"}),
    "unsafe and nothing done": (2, {"/veiligheid/watIsVandaagGedaan": GONE}, {"/veiligheid/watIsVandaagGedaan"}),
    "unsafe and a blank": (2, {"/veiligheid/watIsVandaagGedaan": " " * 12}, {"/veiligheid/watIsVandaagGedaan"}),
    "unsafe and a word": (2, {"/veiligheid/watIsVandaagGedaan": "niets"}, {"/veiligheid/watIsVandaagGedaan"}),
    "no plan offered and no reason": (1, {"/familiegroepsplan/aangeboden": False}, {"/familiegroepsplan/redenNiet"}),
    "consent by nobody": (1, {"/gegevensdeling/1/toestemmingVan": ""}, {"/gegevensdeling/1/toestemmingVan"}),
    "consent without a day": (1, {"/gegevensdeling/1/datum": GONE}, {"/gegevensdeling/1/datum"}),
    "no sharing at all": (1, {"/gegevensdeling": []}, {"/gegevensdeling"}),
    "the chair left out": (1, {"/gegevensdeling/0/ontvangers": ["gi"]}, {"/gegevensdeling"}),
    "the chair in another entry": (1, {"/gegevensdeling": CHAIR_ONLY_ELSEWHERE}, {"/gegevensdeling"}),
    "an unknown part is no missing chair": (
        1,
        {"/gegevensdeling/0/onderdeel": "aanmeldng"},
        {"/gegevensdeling/0/onderdeel"},
    ),
    "an unknown recipient is no missing chair": (
        1,
        {"/gegevensdeling/0/ontvangers": ["voorziter"]},
        {"/gegevensdeling/0/ontvangers/0"},
    ),
    "an unknown recipient elsewhere and no chair": (
        1,
        {"/gegevensdeling/0/ontvangers": ["gi"], "/gegevensdeling/1/ontvangers": ["x"]},
        {"/gegevensdeling", "/gegevensdeling/1/ontvangers/0"},
    ),
    "no recipients": (1, {"/gegevensdeling/1/ontvangers": []}, {"/gegevensdeling/1/ontvangers"}),
    "no BSN and no reason": (1, {"/jeugdige/bsn": GONE}, {"/jeugdige/bsn"}),
    "BSN null and no reason": (1, {"/jeugdige/bsn": None}, {"/jeugdige/bsn"}),
    "BSN empty and reason blank": (
        1,
        {"/jeugdige/bsn": "", "/jeugdige/bsnOntbreektReden": "  "},
        {"/jeugdige/bsn"},
    ),
    "a reason of two letters": (5, {"/jeugdige/bsnOntbreektReden": "ja"}, {"/jeugdige/bsnOntbreektReden"}),
    # rules beyond the contract
    "a BSN of eight": (1, {"/jeugdige/bsn": "99990000"}, {"/jeugdige/bsn"}),
    "a BSN that fails the test": (1, {"/jeugdige/bsn": "999900007"}, {"/jeugdige/bsn"}),
    "a BSN of zeros": (1, {"/jeugdige/bsn": "000000000"}, {"/jeugdige/bsn"}),
    "a municipality elsewhere": (1, {"/jeugdige/woonplaats": "0363"}, {"/jeugdige/woonplaats"}),
    "a municipality of another access": (1, {"/jeugdige/woonplaats": "0984"}, {"/jeugdige/woonplaats"}),
    "an unknown organisation": (1, {"/verwijzer/organisatie": "toegang-xyz"}, {"/verwijzer/organisatie"}),
    "a provider that refers": (1, {"/verwijzer/organisatie": "koraal"}, {"/verwijzer/organisatie"}),
    "a contract manager that refers": (1, {"/verwijzer/organisatie": "mgr"}, {"/verwijzer/organisatie"}),
    "a municipality as GI": (1, {"/verwijzer/bevoegdheid": "gi"}, {"/verwijzer/bevoegdheid"}),
    "a GI as municipality": (3, {"/verwijzer/bevoegdheid": "college"}, {"/verwijzer/bevoegdheid"}),
    "in mandate where it is not": (
        1,
        {"/verwijzer/bevoegdheid": "college-in-mandaat"},
        {"/verwijzer/bevoegdheid"},
    ),
    "a judge": (3, {"/verwijzer/bevoegdheid": "strafrecht"}, {"/verwijzer/bevoegdheid"}),
    "a doctor": (1, {"/verwijzer/bevoegdheid": "medisch"}, {"/verwijzer/bevoegdheid"}),
    "a doctor of no organisation": (
        1,
        {"/verwijzer/bevoegdheid": "medisch", "/verwijzer/organisatie": "huisarts"},
        {"/verwijzer/bevoegdheid", "/verwijzer/organisatie"},
    ),
    "a mandate from tomorrow": (2, {"/verwijzer/mandaat/geldigVan": TOMORROW}, {"/verwijzer/mandaat/geldigVan"}),
    "a mandate until yesterday": (2, {"/verwijzer/mandaat/geldigTot": YESTERDAY}, {"/verwijzer/mandaat/geldigTot"}),
    "a measure that ends first": (3, {"/maatregelen/0/einde": "2026-04-30"}, {"/maatregelen/0/einde"}),
    "earlier help that ends first": (
        1,
        {"/hulpvraag/eerdereHulp/0/tot": "2025-01-31"},
        {"/hulpvraag/eerdereHulp/0/tot"},
    ),
    "a future begin does not judge the end": (
        3,
        {"/maatregelen/0/begin": "2030-01-01"},
        {"/maatregelen/0/begin"},
    ),
    "eighteen without a ground": (1, {"/jeugdige/geboortedatum": ADULT}, {"/jeugdige/geboortedatum"}),
    "eighteen today": (1, {"/jeugdige/geboortedatum": "2008-11-22"}, {"/jeugdige/geboortedatum"}),
    "twenty-three with continued help": (
        1,
        {"/jeugdige/geboortedatum": GROWN, "/voortgezetteHulp": True},
        {"/jeugdige/geboortedatum"},
    ),
    "nobody with authority": (1, {"/gezin/0/gezag": "nee", "/gezin/1/gezag": "onbekend"}, {"/gezin"}),
    "a measure by no GI": (3, {"/maatregelen/0/uitvoerendeGi": "koraal"}, {"/maatregelen/0/uitvoerendeGi"}),
    "a guardian that does not exist": (1, {"/voogdInstelling": "nidos"}, {"/voogdInstelling"}),
    # text
    "a control character": (1, {"/hulpvraag/aanleiding": "Lange tekst\x07 hier"}, {"/hulpvraag/aanleiding"}),
    "a null character": (1, {"/jeugdige/school": "\x00"}, {"/jeugdige/school"}),
    "a C1 control character": (1, {"/hulpvraag/wensOuders": "Rust\x85"}, {"/hulpvraag/wensOuders"}),
    "a lone carriage return": (1, {"/hulpvraag/wensOuders": "a\rb"}, {"/hulpvraag/wensOuders"}),
    "half a surrogate pair": (1, {"/jeugdige/voornaam": "\ud83d"}, {"/jeugdige/voornaam"}),
    "a blank name": (1, {"/jeugdige/voornaam": " \t"}, {"/jeugdige/voornaam"}),
    "an invisible name": (1, {"/gezin/0/achternaam": "\u200b"}, {"/gezin/0/achternaam"}),
    "a blank reason": (1, {"/hulpvraag/aanleiding": " " * 20}, {"/hulpvraag/aanleiding"}),
    "a blank street": (1, {"/jeugdige/adres": {**ADDRESS, "straat": ""}}, {"/jeugdige/adres/straat"}),
    "a name that turns around": (1, {"/jeugdige/achternaam": "a\u202eb"}, {"/jeugdige/achternaam"}),
    # documents
    "a document with a path": (1, {"/documenten": [document("../a.pdf")]}, {"/documenten/0/naam"}),
    "a document with a backslash": (1, {"/documenten": [document("a\\b.pdf")]}, {"/documenten/0/naam"}),
    "a hidden document": (1, {"/documenten": [document(".env")]}, {"/documenten/0/naam"}),
    "a reserved document": (1, {"/documenten": [document("CON.pdf")]}, {"/documenten/0/naam"}),
    "a document with a newline": (1, {"/documenten": [document("a\nb.pdf")]}, {"/documenten/0/naam"}),
    "a document that turns around": (1, {"/documenten": [document("a\u202efdp.exe")]}, {"/documenten/0/naam"}),
    "two documents of one name": (
        1,
        {"/documenten": [document("Á.pdf"), document("A\u0301.PDF")]},
        {"/documenten/1/naam"},
    ),
    "an empty document": (1, {"/documenten": [document(content=b"")]}, {"/documenten/0/inhoud"}),
    "no base64": (1, {"/documenten": [document() | {"inhoud": "geen!"}]}, {"/documenten/0/inhoud"}),
    "base64 with a newline": (1, {"/documenten": [document() | {"inhoud": "JVBERi0=\n"}]}, {"/documenten/0/inhoud"}),
    "base64 with loose bits": (
        4,
        {"/documenten/0/inhoud": "QR=="},
        {"/documenten/0/inhoud"},
    ),
    "text that says it is a PDF": (1, {"/documenten": [document(content=b"Dag")]}, {"/documenten/0/inhoud"}),
    "a PDF that says it is a PNG": (1, {"/documenten": [document("a.png", "image/png")]}, {"/documenten/0/inhoud"}),
    "a PNG that says it is a JPEG": (
        1,
        {"/documenten": [document("a.jpg", "image/jpeg", PNG)]},
        {"/documenten/0/inhoud"},
    ),
    "a JPEG that says it is text": (
        1,
        {"/documenten": [document("a.txt", "text/plain", JPEG)]},
        {"/documenten/0/inhoud"},
    ),
    "text with a control character": (
        1,
        {"/documenten": [document("a.txt", "text/plain", b"a\x1b[2J")]},
        {"/documenten/0/inhoud"},
    ),
    "a document of another kind": (1, {"/documenten": [document(kind="text/html")]}, {"/documenten/0/mediatype"}),
}

SOUND: dict[str, tuple[int, dict[str, Any]]] = {
    "eighteen tomorrow": (1, {"/jeugdige/geboortedatum": "2008-11-23"}),
    "adult with continued help": (1, {"/jeugdige/geboortedatum": ADULT, "/voortgezetteHulp": True}),
    "adult with a measure": (3, {"/jeugdige/geboortedatum": ADULT}),
    "adult without anyone in authority": (
        1,
        {"/jeugdige/geboortedatum": ADULT, "/voortgezetteHulp": True, "/gezin/0/gezag": "nee", "/gezin/1/gezag": "nee"},
    ),
    "a guardian instead of parents": (
        1,
        {"/gezin/0/gezag": "nee", "/gezin/1/gezag": "nee", "/voogdInstelling": "bjz-limburg"},
    ),
    "compulsory and nobody in authority": (3, {"/gezin/0/gezag": "nee"}),
    "a mandate that ends today": (2, {"/verwijzer/mandaat/geldigTot": ON.isoformat()}),
    "a mandate that is not used": (
        1,
        {"/verwijzer/mandaat": {"kenmerk": "M", "geldigVan": "2020-01-01", "geldigTot": YESTERDAY}},
    ),
    "a measure without an end": (3, {"/maatregelen/0/einde": None}),
    "a measure of one day": (3, {"/maatregelen/0/einde": "2026-05-01"}),
    "a GI in another municipality": (3, {"/jeugdige/woonplaats": "0983"}),
    "empty optional texts": (
        1,
        {"/jeugdige/taal": "", "/gezin/0/geboortedatum": " ", "/verwijzer/functie": "", "/gezin/0/email": ""},
    ),
    "newlines and tabs": (1, {"/hulpvraag/wensOuders": "een\r\n\ttwee\n"}),
    "a text that comes close to its limit by line breaks": (1, {"/hulpvraag/wensOuders": "\r\n" * 7999 + "a"}),
    "documents of every kind": (
        1,
        {
            "/documenten": [
                document("a.pdf", "application/pdf", PDF),
                document("b.png", "image/png", PNG),
                document("c.jpg", "image/jpeg", JPEG),
                document("d e (2) é.txt", "text/plain", "\ufeffDag\r\nécht".encode()),
            ]
        },
    ),
    "names from everywhere": (1, {"/jeugdige/voornaam": "ሰላም", "/jeugdige/achternaam": "عبد الله"}),
}


def refused(content: bytes, on: date = ON) -> list[str]:
    with pytest.raises(Incomplete) as refusal:
        parse(content, region=region(), on=on)
    return [fault.pointer for fault in refusal.value.faults]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_refused_with_exactly_its_faults(kind: str) -> None:
    number, changes, pointers = KINDS[kind]

    found = refused(raw(changed(sample(number), changes)))

    assert len(found) == len(set(found))
    assert set(found) == pointers


@pytest.mark.parametrize("kind", SOUND)
def test_what_only_looks_wrong_is_accepted(kind: str) -> None:
    number, changes = SOUND[kind]

    intake = parse(raw(changed(sample(number), changes)), region=region(), on=ON)

    assert intake.reference == sample(number)["bronkenmerk"]


def test_all_faults_of_many_kinds_come_together_in_the_order_of_the_contract() -> None:
    changes = {
        "/documenten": [document("../a.pdf", content=b"x")],
        "/gezin/1/geboortedatum": TOMORROW,
        "/jeugdige/bsn": "999900007",
        "/jeugdige/voornaam": " ",
        "/onbekend": True,
        "/verwijzer/bevoegdheid": "medisch",
        "/bronkenmerk": GONE,
        "/spoed": "ja",
    }

    found = refused(raw(changed(sample(), changes)))

    assert found == [
        "/bronkenmerk",
        "/spoed",
        "/verwijzer/bevoegdheid",
        "/jeugdige/voornaam",
        "/jeugdige/bsn",
        "/gezin/1/geboortedatum",
        "/documenten/0/naam",
        "/documenten/0/inhoud",
        "/onbekend",
    ]


def test_an_empty_object_misses_exactly_what_is_required() -> None:
    found = refused(b"{}")

    assert found == [
        "/bronkenmerk",
        "/datumAanvraag",
        "/verwijzer",
        "/kader",
        "/veiligheid",
        "/jeugdige",
        "/gezin",
        "/hulpvraag",
        "/familiegroepsplan",
        "/gegevensdeling",
    ]


def test_a_section_of_the_form_hears_only_of_its_own_faults() -> None:
    draft = changed(sample(), {"/jeugdige/bsn": "1", "/kader": GONE, "/bronkenmerk": GONE})

    found = check(draft, region=region(), on=ON, within=["/jeugdige", "/kader"])

    assert [fault.pointer for fault in found] == ["/kader", "/jeugdige/bsn"]


def test_no_fault_repeats_what_was_typed() -> None:
    number, typed = 1, "Zeldzaamheid-7741"
    pointers = ("/jeugdige/bsn", "/verwijzer/email", "/kader", "/datumAanvraag", "/voogdInstelling")

    found = check(changed(sample(number), dict.fromkeys(pointers, typed)), region=region(), on=ON)

    assert {fault.pointer for fault in found} == set(pointers)
    assert typed not in repr(found)


def test_no_more_than_a_thousand_faults_are_told() -> None:
    many = {f"/veld{number}": 1 for number in range(3000)}

    found = refused(raw(changed(sample(), many)))

    assert len(found) == 1000
