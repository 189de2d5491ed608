"""A file as PDF/UA, set by typst from a template of ours; what people wrote goes in as data, not as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typst
from starlette.responses import Response

from bijzondere_toegang.resources import folder


def set_pdf(
    title: str,
    lines: Sequence[str],
    parts: Sequence[dict[str, Any]],
    foot: str,
    lang: str,
    at: datetime,
    *,
    mark: str = "",
) -> bytes:
    """A tagged PDF with page numbers; the same input gives the same bytes. `mark` lies pale behind every page."""
    data = {"title": title, "lines": list(lines), "parts": list(parts), "foot": foot, "lang": lang, "mark": mark}
    made: object = typst.compile(  # type: ignore[misc]
        (folder("templates") / "inspection" / "record.typ").read_bytes(),
        font_paths=[str(folder("static") / "fonts" / "print")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def attached(content: bytes, media_type: str, name: str) -> Response:
    """A file that no browser opens in our name."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"}
    return Response(content, media_type=media_type, headers=headers)
