"""What the JSON interface gives and takes: Dutch names, codes, days as YYYY-MM-DD, moments in UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Zaak(_Part):
    """A case in outline: no name of the family is in it."""

    kenmerk: str
    fase: str = Field(description="code of the stage, as in the workflow")
    faseNaam: str = Field(description="the stage in Dutch words")
    revisie: int = Field(description="to be sent back with a step")
    aanZet: str | None = Field(description="code of the role whose turn it is; null when the case has ended")
    uiterlijk: date | None = Field(description="day before which the one whose turn it is should have acted")
    spoed: bool
    kader: str = Field(description="vrijwillig or gedwongen")
    gemeente: str = Field(description="CBS code")
    aangemeldOp: datetime | None


class MogelijkeStap(_Part):
    """A step that this person may take now, with the JSON Schema (2020-12) of its `gegevens`."""

    stap: str
    naam: str
    uitleg: str
    soort: str = Field(description="overgang (changes the stage) or handeling (does not)")
    naar: list[str] = Field(description="stages to which it can lead; empty for a handeling")
    schema_: dict[str, Any] = Field(serialization_alias="schema")


class Belemmering(_Part):
    """A step that is this person's to take, and what has to happen first."""

    stap: str
    naam: str
    redenen: list[str]


class ZaakMetStappen(Zaak):
    mogelijkeStappen: list[MogelijkeStap]
    nogNietMogelijk: list[Belemmering]


class ZaakNaStap(ZaakMetStappen):
    code: str | None = Field(description="shown once: the code that somebody who was invited needs; else null")


class Zaken(_Part):
    """A page of cases; `volgende` is the address of the next page, or null."""

    resultaten: list[Zaak]
    volgende: str | None


class Gebeurtenis(_Part):
    """One entry of the timeline: what was done, not what was said."""

    volgnummer: int
    moment: datetime
    stap: str
    zin: str
    rol: str
    van: str
    naar: str
    hash: str


class Tijdlijn(_Part):
    resultaten: list[Gebeurtenis]
    volgende: str | None


class Stap(BaseModel):
    """A step to take: its name, the revision the client saw, and its answers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    stap: str = Field(max_length=40)
    revisie: int | None = None
    gegevens: dict[str, Any] = Field(default_factory=dict)
