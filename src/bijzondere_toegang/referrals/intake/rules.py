"""Rules beyond the contract. Each looks only at what is right in itself; see Look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from bijzondere_toegang.errors import N_, Fault
from bijzondere_toegang.referrals.intake.documents import document_faults
from bijzondere_toegang.referrals.intake.look import Look
from bijzondere_toegang.region import Organisation

BSN = N_("Dit BSN kan niet bestaan. Kijk de negen cijfers na.")
MUNICIPALITY = N_("Deze gemeente hoort niet bij de regio. Kies een van de veertien gemeenten.")
NO_ORGANISATION = N_("Deze organisatie kennen we niet. Kijk de code na.")
MAY_NOT_REFER = N_("Deze organisatie mag niet verwijzen. Laat de toegang van de gemeente of een GI aanmelden.")
OTHER_MUNICIPALITY = N_(
    "Deze organisatie verwijst niet voor deze gemeente. Kijk de gemeente na, of laat de toegang van die gemeente "
    "aanmelden."
)
CRIMINAL = N_(
    "Een verwijzing van een rechter kan hier nog niet. Laat de GI of de toegang van de gemeente aanmelden, "
    "met haar eigen bevoegdheid."
)
MEDICAL = N_(
    "Een verwijzing van een arts kan hier nog niet. Laat de toegang van de gemeente aanmelden, "
    "met haar eigen bevoegdheid."
)
OTHER_AUTHORITY = N_("Deze bevoegdheid past niet bij de organisatie. Kies {waarden}.")
NOT_YET = N_("Dit mandaat geldt nog niet. Meld aan onder een mandaat dat vandaag geldt.")
NO_LONGER = N_("Dit mandaat geldt niet meer. Meld aan onder een mandaat dat vandaag geldt.")
ENDS_FIRST = N_("Het einde ligt voor het begin. Kijk de datums na.")
NO_GI = N_("Dit is geen GI die we kennen. Kijk de code na.")
OF_AGE = N_(
    "De jongere is 18 of ouder. Dat kan alleen als de hulp van voor die tijd doorloopt, of met een maatregel. "
    "Vul dat in."
)
TOO_OLD = N_("De jongere is 23 of ouder. Aanmelden kan dan niet meer. Kijk de geboortedatum na.")
NO_AUTHORITY = N_(
    "Iemand moet gezag hebben. Zet bij minstens één persoon gezag op ja, of noem de GI die de voogdij heeft."
)

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def rule_faults(look: Look) -> Iterator[Fault]:
    """The faults against all rules."""
    for rule in _RULES:
        yield from rule(look)


def _bsn(look: Look) -> Iterator[Fault]:
    bsn = look.text("/jeugdige", "bsn")
    if bsn is not None and not passes_eleven_test(bsn):
        yield look.fault(BSN, "/jeugdige", "bsn")


def passes_eleven_test(bsn: str) -> bool:
    """Nine digits whose weighted sum is divisible by eleven; 000000000 passes the sum and is refused."""
    return bsn != "000000000" and sum(w * int(d) for w, d in zip(_WEIGHTS, bsn, strict=True)) % 11 == 0


def _organisation(look: Look) -> Iterator[Fault]:
    code = look.text("/verwijzer", "organisatie")
    if code is None:
        return
    organisation = look.region.organisation(code)
    if organisation is None or not organisation.valid_on(look.on):
        yield look.fault(NO_ORGANISATION, "/verwijzer", "organisatie")
    elif organisation.authority is None:
        yield look.fault(MAY_NOT_REFER, "/verwijzer", "organisatie")


def _referrer(look: Look) -> Organisation | None:
    """The organisation, when it may refer."""
    code = look.text("/verwijzer", "organisatie")
    if code is None or any(_organisation(look)):
        return None
    return look.region.organisation(code)


def _municipality(look: Look) -> Iterator[Fault]:
    code = look.text("/jeugdige", "woonplaats")
    if code is None:
        return
    known, referrer = look.region.municipality(code), _referrer(look)
    if known is None or not known.valid_on(look.on):
        yield look.fault(MUNICIPALITY, "/jeugdige", "woonplaats")
    elif referrer is not None and not referrer.acts_for(code):
        yield look.fault(OTHER_MUNICIPALITY, "/jeugdige", "woonplaats")


def _authority(look: Look) -> Iterator[Fault]:
    authority, referrer = look.text("/verwijzer", "bevoegdheid"), _referrer(look)
    if authority == "strafrecht":
        yield look.fault(CRIMINAL, "/verwijzer", "bevoegdheid")
    elif authority == "medisch":
        yield look.fault(MEDICAL, "/verwijzer", "bevoegdheid")
    elif authority is not None and referrer is not None and authority != referrer.authority:
        yield look.fault(OTHER_AUTHORITY, "/verwijzer", "bevoegdheid", waarden=referrer.authority)


def _mandate(look: Look) -> Iterator[Fault]:
    if look.text("/verwijzer", "bevoegdheid") != "college-in-mandaat" or any(_authority(look)):
        return
    begin, end = look.day("/verwijzer/mandaat", "geldigVan"), look.day("/verwijzer/mandaat", "geldigTot")
    if begin is not None and begin > look.on:
        yield look.fault(NOT_YET, "/verwijzer/mandaat", "geldigVan")
    if end is not None and end < look.on:
        yield look.fault(NO_LONGER, "/verwijzer/mandaat", "geldigTot")


def _measures(look: Look) -> Iterator[Fault]:
    for at in look.rows("maatregelen"):
        yield from _ends_first(look, at, "begin", "einde")
        yield from _certified(look, at, "uitvoerendeGi")


def _earlier_help(look: Look) -> Iterator[Fault]:
    for at in look.rows("eerdereHulp", "/hulpvraag"):
        yield from _ends_first(look, at, "van", "tot")


def _ends_first(look: Look, at: str, begin: str, end: str) -> Iterator[Fault]:
    begins, ends = look.day(at, begin), look.day(at, end)
    if begins is not None and ends is not None and ends < begins:
        yield look.fault(ENDS_FIRST, at, end)


def _guardian(look: Look) -> Iterator[Fault]:
    yield from _certified(look, "", "voogdInstelling")


def _certified(look: Look, at: str, name: str) -> Iterator[Fault]:
    code = look.text(at, name)
    if code is None:
        return
    organisation = look.region.organisation(code)
    if organisation is None or not organisation.certified or not organisation.valid_on(look.on):
        yield look.fault(NO_GI, at, name)


def _age(look: Look) -> Iterator[Fault]:
    age = _age_of_youth(look)
    if age is None or age < 18:
        return
    if age >= 23:
        yield look.fault(TOO_OLD, "/jeugdige", "geboortedatum")
    elif not _may_go_on(look):
        yield look.fault(OF_AGE, "/jeugdige", "geboortedatum")


def _age_of_youth(look: Look) -> int | None:
    born = look.day("/jeugdige", "geboortedatum")
    return None if born is None else age_on(born, look.on)


def age_on(born: date, on: date) -> int:
    """Whole years; who is born on 29 February turns a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _may_go_on(look: Look) -> bool:
    """Help after 18 has its ground, or what should say so is itself faulty."""
    if look.is_faulty("", "voortgezetteHulp") or look.is_faulty("", "maatregelen"):
        return True
    return look.value("", "voortgezetteHulp") is True or bool(look.rows("maatregelen"))


def _parental_authority(look: Look) -> Iterator[Fault]:
    age = _age_of_youth(look)
    if look.text("", "kader") != "vrijwillig" or age is None or age >= 18 or "voogdInstelling" in look.document:
        return
    held = [look.text(at, "gezag") for at in look.rows("gezin")]
    if held and None not in held and "ja" not in held:
        yield look.fault(NO_AUTHORITY, "", "gezin")


_RULES: tuple[Callable[[Look], Iterator[Fault]], ...] = (
    _organisation,
    _authority,
    _mandate,
    _measures,
    _bsn,
    _municipality,
    _age,
    _parental_authority,
    _guardian,
    _earlier_help,
    document_faults,
)
