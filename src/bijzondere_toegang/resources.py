"""Where the files that travel with the code are (in the wheel, or a source checkout), and how YAML is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml

Resource = Literal["locales", "static", "templates", "workflows"]

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent
_IN_CHECKOUT: dict[Resource, str] = {"static": "build/static"}

SAFE_YAML: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where PyYAML was built with it, else the plain safe one; no tag builds anything but data."""


def folder(name: Resource) -> Path:
    """The folder `name`, absolute. It need not exist: `static` is there only after `make assets`."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _CHECKOUT / _IN_CHECKOUT.get(name, name)
