"""Cut Noto Sans to what fonts.css asks for: `cut_fonts.py fonts.css node_modules TARGET`.

Each `url(fonts/NAME.woff2)` gets the characters of its `unicode-range` and the weights 400-700; `print/NAME.ttf` the
same characters in one weight, for PDF.
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
    (making / "print").mkdir(parents=True, exist_ok=True)
    faces = FACE.findall(stylesheet.read_text("utf-8"))
    with ProcessPoolExecutor() as pool:
        for name, unicodes in sorted(faces, key=lambda face: face[0] != "ethiopic"):
            source = modules / "@fontsource-variable" / SOURCES[name]
            pool.submit(cut, source, unicodes, making / f"{name}.woff2")
            pool.submit(cut_for_print, source, unicodes, making / "print" / f"{name}.ttf")
    wanted = [(name, making / f"{name}.woff2") for name, _ in faces]
    wanted += [(name, making / "print" / f"{name}.ttf") for name, _ in faces]
    missing = [name for name, file in wanted if not file.is_file()]
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


def cut_for_print(source: Path, unicodes: str, target: Path) -> None:
    """One weight, unpacked, under a name of its own: what typesetting a PDF takes."""
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(drop_tables=["DSIG"]))
    cutter.populate(unicodes=subset.parse_unicodes(unicodes.replace("U+", "")))
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": 400})
    for record in [one for one in font["name"].names if one.nameID in (16, 17, 21, 22)]:
        font["name"].names.remove(record)
    for name_id, text in ((1, f"Toegang {target.stem}"), (2, "Regular"), (4, f"Toegang {target.stem}")):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font.flavor = None
    font.save(target)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
