"""What every route is for, and what the permission table says of it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

PUBLIC, OWN, LIST, STATIC, STEP = "public", "own", "list", "static", "step"
"""Routes without a row of the table: for all; on the person alone; lists; files; and one row per step."""

ROUTES: Mapping[tuple[str, str], str] = {
    ("GET", "/"): OWN,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/static"): STATIC,
    ("GET", "/hulp"): PUBLIC,
    ("GET", "/inloggen"): PUBLIC,
    ("POST", "/inloggen"): PUBLIC,
    ("GET", "/inloggen/code"): PUBLIC,
    ("POST", "/inloggen/code"): PUBLIC,
    ("POST", "/inloggen/passkey"): PUBLIC,
    ("POST", "/inloggen/passkey/opties"): PUBLIC,
    ("POST", "/bewijs"): OWN,
    ("POST", "/bewijs/met/{name}"): OWN,
    ("GET", "/inloggen/tweede"): PUBLIC,
    ("GET", "/mijn-inlog"): OWN,
    ("GET", "/mijn-inlog/passkeys"): OWN,
    ("POST", "/mijn-inlog/passkeys"): OWN,
    ("POST", "/mijn-inlog/passkeys/opties"): OWN,
    ("POST", "/mijn-inlog/passkeys/{passkey_id}/weg"): OWN,
    ("GET", "/mijn-inlog/codes-app"): OWN,
    ("POST", "/mijn-inlog/codes-app"): OWN,
    ("GET", "/mijn-inlog/codes-app/qr.svg"): OWN,
    ("POST", "/mijn-inlog/codes-app/code"): OWN,
    ("POST", "/mijn-inlog/codes-app/weg"): OWN,
    ("POST", "/mijn-inlog/herstelcodes"): OWN,
    ("GET", "/mijn-inlog/wachtwoord"): OWN,
    ("POST", "/mijn-inlog/wachtwoord"): OWN,
    ("POST", "/mijn-inlog/apparaten/{session_id}/uitloggen"): OWN,
    ("POST", "/mijn-inlog/apparaten/uitloggen"): OWN,
    ("POST", "/mijn-inlog/sleutels"): OWN,
    ("POST", "/mijn-inlog/sleutels/{token_id}/intrekken"): OWN,
    ("POST", "/mijn-inlog/sleutels/{token_id}/ondertekenen"): OWN,
    ("POST", "/uitloggen"): OWN,
    ("GET", "/sessie"): PUBLIC,
    ("GET", "/sessie/verder"): PUBLIC,
    ("GET", "/inloggen/met/{name}"): PUBLIC,
    ("GET", "/inloggen/met/{name}/terug"): PUBLIC,
    ("GET", "/inloggen/namens"): OWN,
    ("GET", "/inloggen/koppelen"): OWN,
    ("POST", "/inloggen/koppelen/{name}"): OWN,
    ("POST", "/inloggen/koppelen/{name}/einde"): OWN,
    ("GET", "/uitgelogd/{name}"): PUBLIC,
    ("POST", "/api/v1/afmeldingen/{name}"): PUBLIC,
    ("GET", "/inloglink"): PUBLIC,
    ("POST", "/inloglink"): PUBLIC,
    ("GET", "/welkom/{token}"): PUBLIC,
    ("POST", "/welkom/{token}"): PUBLIC,
    ("POST", "/welkom/{token}/met/{name}"): PUBLIC,
    ("GET", "/begin"): OWN,
    ("GET", "/werkvoorraad"): LIST,
    ("GET", "/mijn-plan"): LIST,
    ("GET", "/zaken/{reference}"): "case.see",
    ("GET", "/zaken/{reference}/documenten/{item_id}"): "document.read",
    ("POST", "/zaken/{reference}/documenten"): "document.add",
    ("GET", "/zaken/{reference}/stappen/{step_name}"): STEP,
    ("POST", "/zaken/{reference}/stappen"): STEP,
    ("GET", "/zaken/{reference}/betrokkenen"): "parties.edit",
    ("GET", "/zaken/{reference}/betrokkenen/{party_id}"): "parties.edit",
    ("POST", "/zaken/{reference}/betrokkenen/{party_id}"): "parties.edit",
    ("GET", "/zaken/{reference}/betrokkenen/{party_id}/bekijk"): "family.preview",
    ("GET", "/zaken/{reference}/betrokkenen/{party_id}/bekijk/afspraken"): "family.preview",
    ("GET", "/zaken/{reference}/betrokkenen/{party_id}/bekijk/verslag"): "family.preview",
    ("GET", "/zaken/{reference}/wie-ziet-dit"): "readers.see",
    ("POST", "/zaken/{reference}/betrokkenen/{party_id}/adres"): "secret_address.show",
    ("POST", "/zaken/{reference}/betrokkenen/{party_id}/bsn"): "bsn.show",
    ("GET", "/zaken/{reference}/overleg"): "case.see",
    ("GET", "/zaken/{reference}/overleg/nu"): "case.see",
    ("POST", "/zaken/{reference}/overleg/verslag"): "minutes.write",
    ("POST", "/zaken/{reference}/overleg/verslag/{topic}"): "minutes.write",
    ("GET", "/zaken/{reference}/besluit"): "case.see",
    ("GET", "/zaken/{reference}/plaatsing"): "case.see",
    ("GET", "/zaken/{reference}/controlecode"): "case.see",
    ("GET", "/zaken/{reference}/plan"): "plan.read",
    ("GET", "/zaken/{reference}/evaluaties"): "plan.read",
    ("GET", "/mijn-plan/{reference}"): "case.see",
    ("GET", "/uitgenodigd/{reference}"): "case.see",
    ("GET", "/mijn-plan/{reference}/stappen/{step_name}"): STEP,
    ("POST", "/mijn-plan/{reference}/stappen"): STEP,
    ("GET", "/mijn-plan/{reference}/gegevens"): "secret_address.show",
    ("GET", "/mijn-plan/{reference}/documenten"): "case.see",
    ("POST", "/mijn-plan/{reference}/documenten"): "document.add",
    ("GET", "/mijn-plan/{reference}/afspraken"): "case.see",
    ("GET", "/mijn-plan/{reference}/opgeschreven"): "case.see",
    ("GET", "/mijn-plan/{reference}/verslag"): "case.see",
    ("GET", "/zaken/{reference}/inzage"): "inspection.prepare",
    ("GET", "/zaken/{reference}/inzage/{party_id}"): "inspection.prepare",
    ("GET", "/zaken/{reference}/inzage/{party_id}/achterhouden/{key}"): "inspection.prepare",
    ("POST", "/zaken/{reference}/inzage/{party_id}/achterhouden/{key}"): "inspection.prepare",
    ("POST", "/zaken/{reference}/inzage/{party_id}/teruggave"): "inspection.prepare",
    ("POST", "/zaken/{reference}/inzage/{party_id}/uitgifte"): "inspection.prepare",
    ("GET", "/zaken/{reference}/uitdraai"): "export",
    ("POST", "/zaken/{reference}/uitdraai"): "export",
    ("GET", "/mijn-plan/{reference}/inzage"): "export",
    ("GET", "/mijn-plan/{reference}/inzage/dossier.json"): "export",
    ("GET", "/mijn-plan/{reference}/inzage/dossier.pdf"): "export",
    ("GET", "/zoeken"): OWN,
    ("POST", "/zoeken"): "search",
    ("GET", "/vernietigingen"): OWN,
    ("POST", "/vernietigingen/{erasure_id}/advies"): "erase.advise",
    ("POST", "/vernietigingen/{erasure_id}/uitvoering"): "erase.execute",
    ("GET", "/mijn-plan/{reference}/wie-kan-dit-zien"): "case.see",
    ("GET", "/mijn-plan/{reference}/wie-keek-mee"): "read_log.own_case",
    ("GET", "/noodtoegang"): LIST,
    ("POST", "/noodtoegang"): LIST,
    ("POST", "/noodtoegang/{glass_id}/besluit"): LIST,
    ("POST", "/noodtoegang/{glass_id}/einde"): LIST,
    ("GET", "/beheer"): LIST,
    ("POST", "/beheer"): LIST,
    ("GET", "/beheer/personen/{account_id}"): LIST,
    ("GET", "/beheer/personen/{account_id}/vertrek"): LIST,
    ("POST", "/beheer/personen/{account_id}/vertrek"): LIST,
    ("GET", "/beheer/personen/{account_id}/overdracht"): LIST,
    ("POST", "/beheer/personen/{account_id}/overdracht"): LIST,
    ("GET", "/beheer/controle"): LIST,
    ("GET", "/beheer/controle/{review_id}"): LIST,
    ("POST", "/beheer/controle/{review_id}"): LIST,
    ("GET", "/beheer/uitnodigen"): LIST,
    ("POST", "/beheer/uitnodigen"): LIST,
    ("POST", "/beheer/personen/{account_id}/uitnodiging"): LIST,
    ("GET", "/beheer/personen/{account_id}/rol"): LIST,
    ("POST", "/beheer/personen/{account_id}/rol"): LIST,
    ("GET", "/beheer/personen/{account_id}/rollen/{membership_id}"): LIST,
    ("POST", "/beheer/personen/{account_id}/rollen/{membership_id}"): LIST,
    ("GET", "/beheer/personen/{account_id}/adres"): LIST,
    ("POST", "/beheer/personen/{account_id}/adres"): LIST,
    ("GET", "/logboek"): LIST,
    ("GET", "/logboek/{finding_id}"): LIST,
    ("POST", "/logboek/controle"): LIST,
    ("POST", "/logboek/{finding_id}"): LIST,
    ("POST", "/aanmeldingen"): "referral.edit_draft",
    ("GET", "/aanmeldingen/{reference}"): "referral.edit_draft",
    ("GET", "/aanmeldingen/{reference}/controleren"): "referral.edit_draft",
    ("POST", "/aanmeldingen/{reference}/aanmelden"): "referral.register",
    ("GET", "/aanmeldingen/{reference}/documenten"): "referral.edit_draft",
    ("POST", "/aanmeldingen/{reference}/documenten"): "referral.edit_draft",
    ("GET", "/aanmeldingen/{reference}/{section_name}"): "referral.edit_draft",
    ("POST", "/aanmeldingen/{reference}/{section_name}"): "referral.edit_draft",
    ("POST", "/api/v1/aanmeldingen"): "referral.register",
    ("GET", "/api/v1/zaken"): LIST,
    ("GET", "/api/v1/zaken/{kenmerk}"): "case.see",
    ("GET", "/api/v1/zaken/{kenmerk}/tijdlijn"): "case.see",
    ("POST", "/api/v1/zaken/{kenmerk}/stappen"): STEP,
    ("GET", "/api/v1/openapi.json"): PUBLIC,
}

with (Path(__file__).parents[1] / "people" / "permissions.csv").open(encoding="utf-8", newline="") as table:
    CELLS = {row.pop("action"): row for row in csv.DictReader(table)}
RELATIONS = tuple(CELLS["case.see"])

ROLES = {
    "chair.assigned": "chair", "secretary.assigned": "secretary", "planner": "planner", "foster_parent": "foster_parent",
    "coordinator.same_org": "coordinator", "referrer.own": "referrer", "referrer.delegate": "referrer",
    "gi.involved": "involved_gi", "rep.invited": "consortium_rep", "rep.proposed": "consortium_rep",
    "rep.accepted": "consortium_rep", "provider.named": "provider", "parent.child_0_11": "family",
    "parent.child_12_15": "family", "parent.child_16_17": "family", "youth.12_15": "family", "youth.16_plus": "family",
}  # fmt: skip
"""The role of the workflow that a relation plays; who is not here plays none."""

NEVER = frozenset({"C10", "C16", "C20", "C22", "C23", "C24", "C33"})
"""Conditions that hold for nobody of this cast: no incapacity on record, no reason given."""
IN_STAGE = frozenset({"C11", "C12", "C13", "C17", "C19"})
NARROW = frozenset({"C1", "C4", "C5", "C26"})
"""Conditions that open an outline, a pseudonym, what was ticked or an own part, and not the whole case."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the conditions of the table ask about the case."""

    stage: str
    voluntary: bool
    help_runs: bool
    overdue: bool
    consortium: str
    youth_agrees: bool = False
    """the youth of 16 lets this parent read along"""

    def opens(self, act: str, relation: str, *, stage_allows: bool = True) -> bool:
        """Whether the cell is yes, or all its conditions hold here."""
        cell = CELLS[act][relation]
        return cell == "yes" or (cell != "no" and all(self._holds(code, stage_allows) for code in cell.split("&")))

    def _holds(self, code: str, stage_allows: bool) -> bool:
        if code in IN_STAGE:
            return stage_allows and (code != "C12" or self.consortium == "sv-vincent-van-gogh")
        if code == "C31":
            return self.voluntary and not self.help_runs
        return {"C3": self.youth_agrees, "C21": self.voluntary, "C30": self.overdue}.get(code, code not in NEVER)

    def opens_whole(self, relation: str) -> bool:
        """Whether the relation sees the case itself, and not an outline or a part of it."""
        return self.opens("case.see", relation) and not NARROW & set(CELLS["case.see"][relation].split("&"))


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path template of everything the application answers; HEAD comes with GET."""
    return set(_walk(app.routes))


def _walk(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):
            yield from _walk(route.effective_route_contexts())
        else:
            methods = getattr(route, "methods", None) or {"GET"}
            yield from ((method, route.path) for method in methods - {"HEAD"})
