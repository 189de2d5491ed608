"""Pictures, drawn anew: nothing but the pixels of the first image goes along, so no place, camera or hidden preview."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageFile, ImageOps

from bijzondere_toegang.documents.kinds import JPEG
from bijzondere_toegang.documents.limits import MOST_BYTES, MOST_PIXELS, Unfit

_QUALITIES = (90, 80, 65)
_MODES = {JPEG: ("RGB", "L")}
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def washed(content: bytes, kind: str) -> bytes:
    """The same picture without anything beside it. Raises Unfit."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _drawn(content, "JPEG" if kind == JPEG else "PNG", kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Unfit("too-many-pixels") from error
        except Unfit:
            raise
        except Exception as error:
            raise Unfit("broken") from error


def _drawn(content: bytes, name: str, kind: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[name]) as found:
        if found.width * found.height > MOST_PIXELS:
            raise Unfit("too-many-pixels")
        upright = ImageOps.exif_transpose(found)
        fits = _MODES.get(kind, ("RGB", "RGBA", "L"))
        mode = upright.mode if upright.mode in fits else ("RGB" if kind == JPEG else "RGBA")
        plain = upright.convert(mode)
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    for quality in _QUALITIES:
        out = io.BytesIO()
        bare.save(out, name, **({"quality": quality} if kind == JPEG else {}))
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
        if kind != JPEG:
            break
    raise Unfit("too-large")
