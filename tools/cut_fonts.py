"""Cut Noto Sans to what fonts.css asks for: `cut_fonts.py fonts.css node_modules TARGET`.

Each `url(fonts/NAME.woff2)` gets the characters of its `unicode-range` and the weights 400-700; `print/NAME.ttf` the
same characters in one weight, for PDF, and `print/emoji-N.ttf` the little pictures that people type. What all of
`print/` together can show stands in `print/shows.json`, as ranges.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
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
EMOJI = "noto-emoji/files/noto-emoji-*-wght-normal.woff2"
"""One file per part of Unicode; digits and letters in them are left to the other fonts."""
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
        for source in sorted((modules / "@fontsource-variable").glob(EMOJI)):
            part = source.name.split("-")[2]
            pool.submit(cut_for_print, source, "U+2000-10FFFF", making / "print" / f"emoji-{part}.ttf")
    wanted = [(name, making / f"{name}.woff2") for name, _ in faces]
    wanted += [(name, making / "print" / f"{name}.ttf") for name, _ in faces]
    missing = [name for name, file in wanted if not file.is_file()]
    if missing:
        raise SystemExit(f"fonts not cut: {', '.join(missing)}")
    shows = json.dumps(list(ranges(shown_by((making / "print").glob("*.ttf")))))
    (making / "print" / "shows.json").write_text(shows, "utf-8")
    making.rename(target)


def shown_by(fonts: Iterable[Path]) -> set[int]:
    return {code for font in fonts for code in TTFont(font).getBestCmap()}


def ranges(codes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The codes as (first, last), in order."""
    ordered = sorted(codes)
    starts = [code for code, before in zip(ordered, [-2, *ordered], strict=False) if code != before + 1]
    ends = [code for code, after in zip(ordered, [*ordered[1:], -2], strict=True) if code != after - 1]
    yield from zip(starts, ends, strict=True)


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
