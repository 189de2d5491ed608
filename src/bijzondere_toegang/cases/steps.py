"""The step pages: `GET …/stappen/{stap}` asks what a step needs, `POST …/stappen` takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bijzondere_toegang.cases.advance import advance, check_may, choices_of, may_take, possible_steps
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import has_own_door, note_look, pages_of, scene_of
from bijzondere_toegang.cases.shell import shell
from bijzondere_toegang.errors import Fault, Incomplete, NotNow, NotThere, Sentence
from bijzondere_toegang.people.visits import Reading, Visit, Writing
from bijzondere_toegang.web.forms import asks_for_rows, describe, read_form, still_needed, summary
from bijzondere_toegang.web.rerender import Rerender

router = APIRouter()

Pairs = Sequence[tuple[str, str]]

LOOK = "_bekijk"
"""The button that shows a letter as it will leave, before the step is taken."""


async def form_pairs(request: Request) -> Pairs:
    """The text fields of a posted form, in order."""
    form = await request.form()
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Posted = Annotated[Pairs, Depends(form_pairs)]


StepPage = Callable[..., HTMLResponse]
"""What draws the page of a step: `step_page`, or another with its signature for other readers."""


@router.get("/zaken/{reference}/stappen/{step_name}")
def show_step(visit: Reading, reference: str, step_name: str) -> Response:
    scene = scene_of(visit, reference)
    if has_own_door(scene):
        return RedirectResponse(f"/mijn-plan/{scene.case.reference}/stappen/{step_name}", status_code=303)
    return ask_step(visit, scene, step_name, step_page)


@router.post("/zaken/{reference}/stappen")
def take_step(posted: Posted, visit: Writing, reference: str) -> Response:
    scene = scene_of(visit, reference)
    if has_own_door(scene):
        return RedirectResponse(f"/mijn-plan/{scene.case.reference}/stappen", status_code=307)
    step_name = taken_step(visit, scene, posted, step_page)
    if scene.handed:
        back = f"/zaken/{scene.case.reference}"
        return pages_of(visit.request).page(
            visit.request, "cases/code.html", code=scene.handed["code"], back=back, **shell(visit)
        )
    return RedirectResponse(after_step(scene, step_name, dict(posted).get("_dan", "")), status_code=303)


def ask_step(visit: Visit, scene: Scene, step_name: str, page: StepPage) -> HTMLResponse:
    """The empty form of a step. Raises NotThere, NotAllowed or NotNow."""
    step = scene.workflow.steps.get(step_name)
    if step is None:
        raise NotThere
    visit.asked = step.name
    check_may(scene, step, scene.case.revision)
    note_look(visit, scene, "step")
    prefill = scene.process.prefills.get(step.name)
    return page(visit, scene, step_name, prefill(scene) if prefill else {})


def taken_step(visit: Visit, scene: Scene, posted: Pairs, page: StepPage) -> str:
    """Take the step that was posted and return its name; raises Rerender with the page that says what is wrong."""
    fields = dict(posted)
    step = scene.workflow.steps.get(fields.get("_stap", ""))
    if step is None:
        raise NotThere
    visit.asked = step.name
    data = read_form(scene.process.forms[step.form], posted)
    revision = _number(fields.get("_revisie"))
    if asks_for_rows(posted):
        check_may(scene, step, scene.case.revision)
        raise Rerender(page(visit, scene, step.name, data, revision=revision))
    if LOOK in fields and step.name in scene.process.looks:
        check_may(scene, step, scene.case.revision)
        raise Rerender(page(visit, scene, step.name, data, revision=revision, look=True))
    try:
        advance(scene, step.name, data=data, revision=revision)
    except Incomplete as error:
        raise Rerender(page(visit, scene, step.name, data, faults=error.faults, status=422)) from error
    except NotNow as error:
        bare = not may_take(scene, step)
        told = {"refusal": error.sentence, "revision": revision, "status": error.status, "bare": bare}
        raise Rerender(page(visit, scene, step.name, data, **told)) from error
    return step.name


def after_step(scene: Scene, step: str, then: str = "") -> str:
    """Where somebody goes after a step; the case page says what was done, if she may still see the case.

    A page may lead on to another step (`_dan`); while something stands in its way, the page itself says what.
    """
    if then not in scene.workflow.steps:
        return f"/zaken/{scene.case.reference}?gedaan={step}"
    stands_open = any(not one.obstacles for one in possible_steps(scene, (then,)))
    return f"/zaken/{scene.case.reference}/stappen/{then if stands_open else step}"


def step_page(
    visit: Visit,
    scene: Scene,
    step_name: str,
    data: Mapping[str, Any],
    *,
    faults: Sequence[Fault] = (),
    refusal: Sentence | None = None,
    revision: int | None = None,
    status: int = 200,
    bare: bool = False,
    look: bool = False,
) -> HTMLResponse:
    """The form of a step with what was typed; a step without `steps/<step>.html` gets `cases/step.html`.

    `look`: with its letter as it will leave.
    `bare`: for somebody who may not take it: what they typed themselves, and nothing that the case would add.
    """
    step = scene.workflow.steps[step_name]
    form = scene.process.forms[step.form]
    pages = pages_of(visit.request)
    translator = pages.translator(visit.request)
    view = None if bare else scene.process.views.get(step_name)
    drafted = scene.process.looks[step_name](scene, data) if look else {}
    fields = describe(form, translator, step.form, data, faults, {} if bare else choices_of(scene, form))
    return pages.page(
        visit.request,
        "cases/step.html" if bare else (f"steps/{step_name}.html", "cases/step.html"),
        status,
        scene=scene,
        case=scene.case,
        step=step,
        fields=fields,
        summary=summary(fields, faults, translator),
        needed=summary(fields, still_needed(form, data), translator),
        look=look,
        refusal=refusal,
        revision=scene.case.revision if revision is None else revision,
        **shell(visit),
        **(view(scene) if view else {}),
        **drafted,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None
