"""The page that makes a printout, and the file it gives. Asking proves who asks once more; each one is in the log."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from bijzondere_toegang.cases.page import scope_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import desk_of, note_look, pages_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.cases.table import youth_name
from bijzondere_toegang.errors import N_, NotAllowed, NotProven
from bijzondere_toegang.inspection.pdf import attached, set_pdf
from bijzondere_toegang.inspection.printout import parts_of
from bijzondere_toegang.people.permissions import Permission
from bijzondere_toegang.people.policies import allows
from bijzondere_toegang.people.visits import Reading, Visit, Writing

router = APIRouter()

FOOT = N_("Deze uitdraai is voor {naam}. Geef hem niet door en vernietig hem na gebruik.")
MARK = N_("{kenmerk} · {naam} · {dag}")


@router.get("/zaken/{reference}/uitdraai")
def show_printout(visit: Reading, reference: str) -> Response:
    scene = _desk(visit, reference)
    note_look(visit, scene, "printout_form")
    return pages_of(visit.request).page(visit.request, "inspection/printout.html", case=scene.case, **shell(visit))


@router.post("/zaken/{reference}/uitdraai")
def make_printout(visit: Writing, reference: str) -> Response:
    scene = _desk(visit, reference)
    if not visit.person.proven:
        raise NotProven
    note_look(visit, scene, "printout", Permission.EXPORT, event="exported")
    t, case = pages_of(visit.request).translator(visit.request), scene.case
    who, day = visit.person.name, t.day(visit.on)
    lines = [youth_name(scene), t.gettext(N_("Zaak {kenmerk}"), kenmerk=case.reference), day]
    mark = t.gettext(MARK, kenmerk=case.reference, naam=who, dag=day)
    pdf = set_pdf(
        t.gettext(N_("Uitdraai")), lines, parts_of(scene, t), t.gettext(FOOT, naam=who), t.lang, visit.at, mark=mark
    )
    return attached(pdf, "application/pdf", "uitdraai.pdf")


def _desk(visit: Visit, reference: str) -> Scene:
    """Raises NotAllowed for who may not make one, with or without a fresh proof, or sees no names (yet)."""
    scene = desk_of(visit, reference)
    if scope_of(scene) != "full" or not allows(Permission.EXPORT, replace(scene.sight.facts, fresh_login=True)):
        raise NotAllowed
    return scene
