"""On paper stands what is on the page, also what is folded there, and no tools."""

from __future__ import annotations

import io

from pypdf import PdfReader

from tests.journeys.walking import Browsers, Live
from tests.support import register_sample


def test_the_case_is_printed_with_all_that_is_folded_on_the_screen(live: Live, browsers: Browsers) -> None:
    reference = register_sample(live.site, 1)
    page = browsers.of("referrer", reference).page
    page.goto(f"/zaken/{reference}")
    folded = page.locator("main details:not([open]):not(.no-print) > div").all_text_contents()

    printed = bare("".join(one.extract_text() for one in PdfReader(io.BytesIO(page.pdf())).pages))

    assert len(folded) == 3
    assert [text for text in folded if bare(text)[:40] not in printed] == []
    assert bare("Meer mogelijkheden") not in printed


def bare(text: str) -> str:
    """Without blanks, which a printer puts elsewhere."""
    return "".join(text.split())
