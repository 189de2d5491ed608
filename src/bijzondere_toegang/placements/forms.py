"""What the steps of a placement ask."""

from __future__ import annotations

from typing import Literal

from bijzondere_toegang.web.forms import Answers, Chosen, Day, Line, OptionalLine, OptionalText, Phone, Text, field

ReturnCode = Literal["geen-plek", "geen-expertise", "niet-veilig", "wens-gezin", "regio", "contract", "anders"]


class AcceptPlacement(Answers):
    provider: Chosen = field("aanbieder", widget="select", choices="own_providers")
    lead_practitioner: Line = field("regiebehandelaar")
    first_contact_on: Day = field("eersteContact", widget="date")
    contact_name: Line = field("contactpersoon")
    contact_phone: Phone = field("telefoon", autocomplete="tel")
    starts_at_once: bool = field("meteenStarten", widget="radio")
    bridging: OptionalText = field(
        "overbrugging", widget="text", default=None, show_when=("meteenStarten", False), required_then=True
    )
    bridging_by: OptionalLine = field(
        "overbruggingDoor", default=None, show_when=("meteenStarten", False), required_then=True
    )


class ReturnPlacement(Answers):
    code: ReturnCode = field("reden", widget="radio")
    text: Text = field("toelichting", widget="text")


class LapsePlacement(Answers):
    """Nothing to ask: the term has passed and nobody answered."""


class ProposeAgain(Answers):
    consortium: Chosen = field("samenwerkingsverband", widget="radio", choices="consortia_left")
    family_said: Text = field("gezinGevraagd", widget="text")
    reason: Text = field("reden", widget="text")


class NameProvider(Answers):
    provider: Chosen = field("aanbieder", widget="select", choices="own_providers")
    lead_practitioner: Line = field("regiebehandelaar")
    manner: Literal["neemt-over", "erbij"] = field("hoe", widget="radio")
