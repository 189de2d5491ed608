"""What is said about a fault of shape: per keyword of the contract, and per field where that helps more."""

from __future__ import annotations

from collections.abc import Mapping

from bijzondere_toegang.errors import N_

UNSOUND = N_("Dit klopt niet. Kijk het na.")

BY_KEYWORD: Mapping[str, str] = {
    "additionalProperties": N_("Dit veld kennen we niet. Haal het weg, of kijk de naam na."),
    "enum": N_("Kies een van deze waarden: {waarden}."),
    "format": N_("Kijk na of dit goed geschreven is."),
    "maxItems": N_("Dit zijn er te veel: hooguit {aantal}."),
    "maxLength": N_("Maak dit korter: hooguit {aantal} tekens."),
    "minItems": N_("Dit zijn er te weinig: minstens {aantal}."),
    "minLength": N_("Schrijf hier minstens {aantal} tekens."),
    "pattern": N_("Kijk na of dit goed geschreven is."),
    "required": N_("Vul dit in."),
    "type": N_("Dit is een ander soort waarde dan hier hoort."),
}

BY_TYPE: Mapping[str, str] = {
    "array": N_("Geef hier een lijst."),
    "boolean": N_("Kies ja of nee: true of false."),
    "object": N_("Geef hier een groep velden."),
    "string": N_("Vul hier tekst in."),
}

BY_FIELD: Mapping[tuple[str, str], str] = {
    ("anyOf", "bsn"): N_("Vul het BSN in, of schrijf waarom het ontbreekt."),
    ("contains", "gegevensdeling"): N_("Deel de aanmelding in elk geval met de voorzitter. Zet dat in de lijst."),
    ("format", "date"): N_("Vul een datum in die bestaat, zoals 2026-04-14."),
    ("format", "email"): N_("Vul een e-mailadres in, zoals naam@voorbeeld.nl."),
    ("minItems", "gegevensdeling"): N_("Zeg met wie u de gegevens deelt. De voorzitter hoort er altijd bij."),
    ("minItems", "gezin"): N_("Noem minstens één persoon uit het gezin."),
    ("minItems", "maatregelen"): N_("Bij het gedwongen kader hoort een maatregel. Noem er minstens één."),
    ("minItems", "ontvangers"): N_("Kies minstens één ontvanger."),
    ("minLength", "aanleiding"): N_("Schrijf iets meer over de aanleiding: minstens {aantal} tekens."),
    ("minLength", "watIsVandaagGedaan"): N_("Schrijf op wat er vandaag is gedaan: minstens {aantal} tekens."),
    ("pattern", "bronkenmerk"): N_("Gebruik alleen letters, cijfers en de tekens . _ / -"),
    ("pattern", "bsn"): N_("Een BSN heeft negen cijfers, zonder punten of spaties."),
    ("pattern", "organisatie"): N_("Vul de code van uw organisatie in: kleine letters, cijfers en streepjes."),
    ("pattern", "postcode"): N_("Schrijf de postcode als vier cijfers en twee hoofdletters, zoals 5911 AB."),
    ("pattern", "uitvoerendeGi"): N_("Vul de code van de GI in: kleine letters, cijfers en streepjes."),
    ("pattern", "voogdInstelling"): N_("Vul de code van de GI in: kleine letters, cijfers en streepjes."),
    ("pattern", "woonplaats"): N_("Vul de code van de gemeente in: vier cijfers."),
    ("required", "aangeboden"): N_("Zeg of er een familiegroepsplan is aangeboden."),
    ("required", "aanleiding"): N_("Schrijf op waarom u deze jongere aanmeldt."),
    ("required", "achternaam"): N_("Vul de achternaam in."),
    ("required", "bevoegdheid"): N_("Zeg met welke bevoegdheid u aanmeldt."),
    ("required", "bronkenmerk"): N_("Vul het kenmerk in dat deze aanmelding in uw eigen systeem heeft."),
    ("required", "datum"): N_("Vul de datum van de toestemming in."),
    ("required", "datumAanvraag"): N_("Vul in op welke dag het gezin om hulp vroeg."),
    ("required", "einde"): N_("Vul in wanneer de maatregel eindigt, of null als dat niet bekend is."),
    ("required", "email"): N_("Vul uw e-mailadres in."),
    ("required", "familiegroepsplan"): N_("Vul het deel over het familiegroepsplan in."),
    ("required", "geboortedatum"): N_("Vul de geboortedatum in."),
    ("required", "gegevensdeling"): N_("Zeg met wie u de gegevens deelt, en op welke grondslag."),
    ("required", "gezag"): N_("Zeg of deze persoon gezag heeft: ja, nee of onbekend."),
    ("required", "gezin"): N_("Noem de mensen van het gezin."),
    ("required", "hulpvraag"): N_("Vul de hulpvraag in."),
    ("required", "inschatting"): N_("Geef uw inschatting van de veiligheid."),
    ("required", "jeugdige"): N_("Vul de gegevens van de jongere in."),
    ("required", "kader"): N_("Zeg of de hulp vrijwillig of gedwongen is."),
    ("required", "maatregelen"): N_("Bij het gedwongen kader hoort een maatregel. Noem er minstens één."),
    ("required", "mandaat"): N_("U beslist in mandaat. Vul het mandaat in."),
    ("required", "redenNiet"): N_("Zeg waarom er geen familiegroepsplan is aangeboden."),
    ("required", "relatie"): N_("Zeg wat deze persoon van de jongere is."),
    ("required", "toestemmingVan"): N_("Schrijf op wie toestemming gaf."),
    ("required", "veiligheid"): N_("Vul het deel over veiligheid in."),
    ("required", "verwijzer"): N_("Vul in wie de verwijzer is."),
    ("required", "voornaam"): N_("Vul de voornaam in."),
    ("required", "watIsVandaagGedaan"): N_("Het is nu niet veilig. Schrijf op wat er vandaag is gedaan."),
    ("required", "woonplaats"): N_("Kies de gemeente waar de jongere woont."),
}


def sentence(keyword: str, field: str) -> str:
    """The catalogue sentence for a fault of `keyword` in `field`."""
    return BY_FIELD.get((keyword, field)) or BY_KEYWORD.get(keyword, UNSOUND)
