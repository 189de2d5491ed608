"""Who is asked to join the case for a part of it: a secretary for the notes, an executing GI."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import Session

from bijzondere_toegang.cases.access import accounts_in_role, end, grant
from bijzondere_toegang.cases.acts_people import choices
from bijzondere_toegang.cases.process import Act, Scene
from bijzondere_toegang.cases.rota import tied
from bijzondere_toegang.errors import N_, Sentence
from bijzondere_toegang.people.accounts import names_of
from bijzondere_toegang.people.actors import accounts_with_role, members_of
from bijzondere_toegang.web.forms import Choice

PEN, GI = "secretary.assigned", "gi.involved"


def hand_pen(act: Act) -> None:
    """There is one pen: who had it before has it no longer."""
    end(act.tx, act.case, (PEN,), act.at)
    grant(act.tx, act.case, UUID(act.answers.secretary), PEN, act.at)


def take_pen_back(act: Act) -> None:
    """The secretary loses sight of the case at once; what was written stays."""
    end(act.tx, act.case, (PEN,), act.at)


def secretary_left(scene: Scene) -> Sentence | None:
    if _free_secretaries(scene):
        return None
    return Sentence(N_("Er is geen notulist om te kiezen. Vraag de beheerder om een account voor een notulist."))


def pen_handed(scene: Scene) -> Sentence | None:
    if _pen_holders(scene):
        return None
    return Sentence(N_("De pen is bij niemand anders. Er is niets terug te nemen."))


def secretaries(scene: Scene) -> list[Choice]:
    """The secretaries without a tie who don't have the pen of this case."""
    return choices(scene, _free_secretaries(scene))


def _free_secretaries(scene: Scene) -> set[UUID]:
    left_out = {*_pen_holders(scene), *tied(scene.tx, scene.case)}
    return set(accounts_with_role(scene.tx, "secretary", None, scene.on)) - left_out


def _pen_holders(scene: Scene) -> list[UUID]:
    return scene.once("pen", lambda: accounts_in_role(scene.tx, scene.case, "secretary", scene.at))


def involve_gi(act: Act) -> None:
    """The professional sees from now on what is shared with the GI, on the ground that was named."""
    account_id = UUID(act.answers.professional)
    organisation = _of_gis(act.tx, act.scene)[account_id]
    grant(act.tx, act.case, account_id, GI, act.at, organisation=organisation, ground=act.answers.ground)


def end_gi(act: Act) -> None:
    end(act.tx, act.case, (GI,), act.at, account_id=UUID(act.answers.professional))


def shared_with_gi(scene: Scene) -> Sentence | None:
    """Who is involved sees only what is shared with the GI; without any of that, nothing at all."""
    if "gi" in scene.sight.facts.shared_with:
        return None
    return Sentence(
        N_("Met de GI is nog niets gedeeld, dus zij ziet niets. Schrijf eerst een verklaring met de GI als lezer.")
    )


def gi_involved(scene: Scene) -> Sentence | None:
    if accounts_in_role(scene.tx, scene.case, "involved_gi", scene.at):
        return None
    return Sentence(N_("Er is nu geen GI betrokken die de zaak niet zelf aanmeldde."))


def gi_professionals(scene: Scene) -> list[Choice]:
    """Everybody of another certified institution who is not involved yet and has no tie, with the institution."""
    left_out = {*accounts_in_role(scene.tx, scene.case, "involved_gi", scene.at), *tied(scene.tx, scene.case)}
    found = {who: code for who, code in _of_gis(scene.tx, scene).items() if who not in left_out}
    names, region = names_of(scene.tx, found), scene.region
    named = {code: found_.name if (found_ := region.organisation(code)) else code for code in found.values()}
    people = [Choice(str(who), names.get(who, ""), named[code]) for who, code in found.items()]
    return sorted(people, key=lambda one: (one.hint, one.label))


def _of_gis(tx: Session, scene: Scene) -> Mapping[UUID, str]:
    """The accounts of the certified institutions that are not the referrer's own, each with its institution."""
    codes = [
        one.code
        for one in scene.region.organisations
        if one.certified and one.valid_on(scene.on) and one.code != scene.case.referrer_organisation
    ]
    return members_of(tx, codes, scene.on)


def involved_gis(scene: Scene) -> list[Choice]:
    return choices(scene, set(accounts_in_role(scene.tx, scene.case, "involved_gi", scene.at)))


GUARDS = {guard.__name__: guard for guard in (secretary_left, pen_handed, shared_with_gi, gi_involved)}
