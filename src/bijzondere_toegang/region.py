"""The parties of the region: municipalities, organisations, consortia and the contract, from one YAML file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bijzondere_toegang.resources import SAFE_YAML

AUTHORITY_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        "gemeentelijke-toegang": "college",
        "gemeentelijke-toegang-in-mandaat": "college-in-mandaat",
        "gecertificeerde-instelling": "gi",
    }
)
"""The authority (`bevoegdheid` of the intake contract) under which each kind of organisation may refer."""
CERTIFIED = "gecertificeerde-instelling"
LEAD = "penvoerder"
SUBCONTRACTOR = "onderaannemer"


class RegionError(ValueError):
    """The file is not a sound region; the message names the file and the place."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)


class _Dated(_Part):
    valid_from: date | None = Field(default=None, alias="geldigVan")
    valid_until: date | None = Field(default=None, alias="geldigTot")

    def valid_on(self, day: date) -> bool:
        """Both ends belong to the period; an open end has no limit."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Subregion(_Dated):
    code: str
    name: str = Field(alias="naam")


class Municipality(_Dated):
    """`code` is the CBS code: four digits, a string."""

    code: str = Field(pattern=r"^[0-9]{4}$")
    name: str = Field(alias="naam")
    subregion: str = Field(alias="regio")


class MailDomain(_Dated):
    """A domain that an organisation registered for mail; one that lapsed may belong to anybody."""

    domain: str = Field(alias="domein", pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")


class Organisation(_Dated):
    """`municipalities` are CBS codes; only municipal access has them."""

    code: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str = Field(alias="naam")
    kind: str = Field(alias="soort")
    municipalities: tuple[str, ...] = Field(default=(), alias="gemeenten")
    also_provider: bool = Field(default=False, alias="ookAanbieder")
    mail_domains: tuple[MailDomain, ...] = Field(default=(), alias="maildomeinen")

    @property
    def authority(self) -> str | None:
        """The authority under which it refers, or None when it may not."""
        return AUTHORITY_OF_KIND.get(self.kind)

    @property
    def certified(self) -> bool:
        """A certified institution (GI)."""
        return self.kind == CERTIFIED

    def acts_for(self, municipality: str) -> bool:
        """A certified institution acts for every municipality, municipal access for its own."""
        return self.certified or municipality in self.municipalities


class Member(_Dated):
    organisation: str = Field(alias="organisatie")
    role: str = Field(alias="rol")

    @property
    def subcontracts(self) -> bool:
        """Sees only the cases in which it is named."""
        return self.role == SUBCONTRACTOR


class Consortium(_Dated):
    code: str
    name: str = Field(alias="naam")
    members: tuple[Member, ...] = Field(alias="leden")

    def members_on(self, day: date) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.valid_on(day))

    def partners_on(self, day: date) -> tuple[Member, ...]:
        """The members whose people represent the consortium: a subcontractor sees only cases in which it is named."""
        return tuple(member for member in self.members_on(day) if not member.subcontracts)

    def lead_on(self, day: date) -> str | None:
        """The code of the lead partner on that day."""
        return next((m.organisation for m in self.members_on(day) if m.role == LEAD), None)


class Extension(_Part):
    begin: date = Field(alias="van")
    end: date = Field(alias="tot")
    source: str = Field(alias="bron")


class Contract(_Part):
    """Money in whole euros a year; `extensions` are the years of each option, `extended` those used."""

    begin: date
    years: int = Field(alias="looptijdJaren")
    extensions: tuple[int, ...] = Field(default=(), alias="verlengingen")
    ceiling: int = Field(alias="budgetplafondPerJaarEuro")
    advances: dict[str, int] = Field(default_factory=dict, alias="voorschotten")
    manager: str = Field(alias="beheerder")
    extended: tuple[Extension, ...] = Field(default=(), alias="verlengd")


class Retention(_Part):
    """Years that each part of a record is kept after its last change; then it is destroyed."""

    referrer: int = Field(default=15, alias="verwijzer", ge=1)
    provider: int = Field(default=20, alias="aanbieder", ge=1)


class AccessReview(_Part):
    """Once in so many months each organisation says who still needs access, within so many days; after so many more,
    silence ends the access of who has no running case."""

    months: int = Field(default=12, alias="maanden", ge=1, le=12)
    answer_days: int = Field(default=28, alias="antwoordDagen", ge=7)
    grace_days: int = Field(default=14, alias="naloopDagen", ge=7)


class Region(_Part):
    reference_day: date = Field(alias="peildatum")
    retention: Retention = Field(default=Retention(), alias="bewaartermijnen")
    access_review: AccessReview = Field(default=AccessReview(), alias="toegangscontrole")
    subregions: tuple[Subregion, ...] = Field(default=(), alias="regios")
    municipalities: tuple[Municipality, ...] = Field(alias="gemeenten", min_length=1)
    organisations: tuple[Organisation, ...] = Field(alias="organisaties", min_length=1)
    consortia: tuple[Consortium, ...] = Field(alias="samenwerkingsverbanden", min_length=1)
    contract: Contract
    mail_domains: tuple[MailDomain, ...] = Field(default=(), alias="maildomeinen")
    """of the office itself, and of every organisation that names none"""
    source: str = Field(default="", alias="bron")

    def municipality(self, code: str) -> Municipality | None:
        return self._municipalities.get(code)

    def organisation(self, code: str) -> Organisation | None:
        return self._organisations.get(code)

    def consortium(self, code: str) -> Consortium | None:
        return self._consortia.get(code)

    def consortia_on(self, day: date) -> tuple[Consortium, ...]:
        return tuple(consortium for consortium in self.consortia if consortium.valid_on(day))

    def consortia_of(self, organisation: str, day: date) -> tuple[Consortium, ...]:
        """The consortia of which the organisation is a member on that day."""
        return tuple(
            c for c in self.consortia_on(day) if any(m.organisation == organisation for m in c.members_on(day))
        )

    def mails_to(self, organisation: str, address: str, day: date) -> bool:
        """Whether people of this organisation have mail at this address: its domain is registered for it on the day."""
        found = self.organisation(organisation)
        own = found.mail_domains if found is not None else ()
        return any(one.domain == domain_of(address) and one.valid_on(day) for one in own or self.mail_domains)

    def has_lapsed(self, address: str, day: date) -> bool:
        """Whether its domain was registered for mail once and is no longer: nothing is sent there."""
        every = (*self.mail_domains, *(one for each in self.organisations for one in each.mail_domains))
        named = [one for one in every if one.domain == domain_of(address)]
        return bool(named) and not any(one.valid_on(day) for one in named)

    @cached_property
    def _municipalities(self) -> dict[str, Municipality]:
        return {municipality.code: municipality for municipality in self.municipalities}

    @cached_property
    def _organisations(self) -> dict[str, Organisation]:
        return {organisation.code: organisation for organisation in self.organisations}

    @cached_property
    def _consortia(self) -> dict[str, Consortium]:
        return {consortium.code: consortium for consortium in self.consortia}


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].strip().casefold()


def load_region(path: Path) -> Region:
    """The region of a YAML file. Raises RegionError with one line per fault."""
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=SAFE_YAML)
        region = Region.model_validate(data)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RegionError(f"{path.name}: {error}") from None
    except ValidationError as error:
        raise RegionError("\n".join(_lines(path, error))) from None
    if faults := [f"{path.name}: {fault}" for fault in _unsound(region)]:
        raise RegionError("\n".join(faults))
    return region


def _lines(path: Path, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        yield f"{path.name}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"


def _unsound(region: Region) -> Iterator[str]:
    yield from _doubled("gemeenten", (m.code for m in region.municipalities))
    yield from _doubled("organisaties", (o.code for o in region.organisations))
    yield from _doubled("samenwerkingsverbanden", (c.code for c in region.consortia))
    yield from _dangling(region)


def _doubled(place: str, codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield f"{place}: {code} is there twice"
        seen.add(code)


def _dangling(region: Region) -> Iterator[str]:
    """Codes that point at nothing."""
    for organisation in region.organisations:
        for code in organisation.municipalities:
            if region.municipality(code) is None:
                yield f"organisaties.{organisation.code}: no municipality {code}"
    members = ((c.code, m.organisation) for c in region.consortia for m in c.members)
    for consortium, code in members:
        if region.organisation(code) is None:
            yield f"samenwerkingsverbanden.{consortium}: no organisation {code}"
    if region.organisation(region.contract.manager) is None:
        yield f"contract.beheerder: no organisation {region.contract.manager}"
