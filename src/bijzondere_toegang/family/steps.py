"""The step pages of the family: the same door as for professionals, in the family's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from starlette.responses import HTMLResponse

from bijzondere_toegang.cases.advance import choices_of
from bijzondere_toegang.cases.process import Scene
from bijzondere_toegang.cases.scenes import pages_of
from bijzondere_toegang.conferences.queries import asked_proposal
from bijzondere_toegang.errors import N_, Fault, NotNow, Sentence
from bijzondere_toegang.family.agreed import asked_plan
from bijzondere_toegang.family.news import shown
from bijzondere_toegang.family.readers import Reader
from bijzondere_toegang.family.said import said_of
from bijzondere_toegang.family.voice import Voice
from bijzondere_toegang.people.visits import Visit
from bijzondere_toegang.web.forms import describe, summary

NOT_NOW = N_("Dit kan nu niet. Kijk op uw eigen pagina wat er nu gebeurt.")


def plainly(refusal: Sentence | None) -> Sentence | None:
    """A refusal without the names of stages: those are for professionals, and may be news."""
    if refusal is None or not {"stage", "who"} & refusal.params.keys():
        return refusal
    return Sentence(NOT_NOW)


def not_now() -> NotNow:
    return NotNow(NOT_NOW)


def page_for(reader: Reader, say: Voice):  # type: ignore[no-untyped-def]
    """What draws step pages for this reader, as `cases.steps` asks for it."""
    return partial(_page, reader, say)


def _page(
    reader: Reader,
    say: Voice,
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
) -> HTMLResponse:
    step = scene.workflow.steps[step_name]
    form = scene.process.forms[step.form]
    pages = pages_of(visit.request)
    translator = pages.translator(visit.request)
    audience = "youth" if reader.is_youth else "foster" if reader.is_foster else "family"
    words = f"{step.form}_{audience}"
    fields = describe(form, translator, words, data, faults, {} if bare else choices_of(scene, form))
    return pages.page(
        visit.request,
        "family/step.html",
        status,
        case=scene.case,
        say=say,
        step=step,
        fields=fields,
        summary=summary(fields, faults, translator),
        refusal=plainly(refusal),
        revision=scene.case.revision if revision is None else revision,
        person=scene.by,
        **_above(reader, "" if bare else step_name),
    )


def _above(reader: Reader, step: str) -> dict[str, Any]:
    """What somebody should have read before answering."""
    plan = asked_plan(reader, shown(reader)) if step == "consent" else None
    asked = asked_proposal(reader.scene) if step == "state_position" else {}
    texts = [reader.safe(asked.get(name)) for name in ("voorstel", "resultaat")]
    said = said_of(reader) if step == "state_position" else []
    return {"plan": plan, "proposal": [text for text in texts if text], "said": said}
