"""Cut Noto Sans to what fonts.css asks for: `cut_fonts.py fonts.css node_modules TARGET`.

Each `url(fonts/NAME.woff2)` gets the characters of its `unicode-range` and the weights 400-700.
"""

from __future__ import annotations

import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

SOURCES = {
    "latin": "noto-sans/files/noto-sans-latin-wght-normal.woff2",
    "latin-ext": "noto-sans/files/noto-sans-latin-ext-wght-normal.woff2",
    "cyrillic": "noto-sans/files/noto-sans-cyrillic-wght-normal.woff2",
    "arabic": "noto-sans-arabic/files/noto-sans-arabic-arabic-wght-normal.woff2",
    "ethiopic": "noto-sans-ethiopic/files/noto-sans-ethiopic-ethiopic-wght-normal.woff2",
}
FACE = re.compile(r"url\(fonts/([\w-]+)\.woff2\).*?unicode-range:([^;}]+)")


def main(stylesheet: Path, modules: Path, target: Path) -> None:
    """Write every font file that the stylesheet names; `target` appears only when all are there."""
    making = target.with_name(target.name + ".part")
    making.mkdir(parents=True, exist_ok=True)
    faces = FACE.findall(stylesheet.read_text("utf-8"))
    with ProcessPoolExecutor() as pool:
        for name, unicodes in sorted(faces, key=lambda face: face[0] != "ethiopic"):
            source = modules / "@fontsource-variable" / SOURCES[name]
            pool.submit(cut, source, unicodes, making / f"{name}.woff2")
    missing = [name for name, _ in faces if not (making / f"{name}.woff2").is_file()]
    if missing:
        raise SystemExit(f"fonts not cut: {', '.join(missing)}")
    making.rename(target)


def cut(source: Path, unicodes: str, target: Path) -> None:
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(drop_tables=["DSIG"]))
    cutter.populate(unicodes=subset.parse_unicodes(unicodes.replace("U+", "")))
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": (400, 700)})
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
