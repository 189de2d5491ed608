"""Build hook of the wheel: packs templates, catalogues, workflows and the built assets as `_data`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = {
    "templates": "templates",
    "locales": "locales",
    "workflows": "workflows",
    "static": "build/static",
}


class AssetsHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable install reads the checkout, so it packs nothing and builds nothing."""
        if version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, "tools/build_assets.py"], cwd=root, check=True)
        for name, source in FOLDERS.items():
            if (root / source).is_dir():
                build_data["force_include"][str(root / source)] = f"bijzondere_toegang/_data/{name}"
