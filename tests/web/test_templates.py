from __future__ import annotations

from pathlib import Path

import pytest

from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import LANGUAGES, Messages, Translator
from bijzondere_toegang.web.render import environment

TEMPLATES = folder("templates")


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_every_template_compiles_and_holds_no_inline_style_or_script(path: Path) -> None:
    env = environment((TEMPLATES,), Translator(LANGUAGES["nl"], Messages()), TEMPLATES)
    source = path.read_text("utf-8")

    env.compile(source)

    assert " style=" not in source
    assert "<style" not in source
    assert " onclick=" not in source
    assert "| safe" not in source and "|safe" not in source
