from bijzondere_toegang.engine import document, mermaid
from tests.engine.helpers import ROOT, catalogue, definition

NL = catalogue("nl")


def test_the_drawing_has_every_stage_and_every_arrow_in_dutch() -> None:
    workflow = definition()

    drawn = mermaid(workflow, NL.__getitem__)

    assert drawn.startswith("stateDiagram-v2\n    ")
    assert "[*] --> draft" in drawn
    assert "registered --> preparing : In behandeling nemen" in drawn
    assert "closed --> [*]" in drawn
    assert "Geen consensus – verwijzer beslist" in drawn
    assert all(f" as {stage}\n" in drawn for stage in workflow.stages)


def test_a_step_from_every_open_stage_is_a_note_and_not_fourteen_arrows() -> None:
    drawn = mermaid(definition(), NL.__getitem__)

    assert "note right of withdrawn" in drawn
    assert "--> withdrawn" not in drawn


def test_the_page_in_the_docs_is_the_one_the_definition_gives() -> None:
    page = (ROOT / "docs" / "process.md").read_text(encoding="utf-8")

    assert page == document(definition(), NL.__getitem__)
