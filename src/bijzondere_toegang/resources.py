"""Where the files that travel with the code are: inside the wheel, or at the top of a source checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Resource = Literal["locales", "static", "templates", "workflows"]

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent
_IN_CHECKOUT: dict[Resource, str] = {"static": "build/static"}


def folder(name: Resource) -> Path:
    """The folder `name`, absolute. It need not exist: `static` is there only after `make assets`."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _CHECKOUT / _IN_CHECKOUT.get(name, name)
