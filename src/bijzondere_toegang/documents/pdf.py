"""PDFs, written anew: without what tells about their maker, without what runs, without files inside."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from bijzondere_toegang.documents.limits import MOST_OBJECTS, MOST_PAGES, Unfit

_RUNS = frozenset(
    {
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound",
        "/RichMediaExecute", "/GoTo3DView", "/SetOCGState", "/Hide", "/Trans", "/ResetForm",
    }
)  # fmt: skip
"""Actions that do more than go to a page of this document or show an address to click on."""
_CARRIES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
"""Annotations that hold a file, or something that plays."""
_TELLS = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/XFA", "/JS", "/EF", "/RF", "/OpenAction", "/Thumb",
)  # fmt: skip
_DEEPEST = 200


def washed(content: bytes) -> bytes:
    """The same pages without the rest. Streams are never unpacked, so none can swell. Raises Unfit."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            return _written(pdf)
    except pikepdf.PasswordError as error:
        raise Unfit("password") from error
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("broken") from error


def _written(pdf: Pdf) -> bytes:
    if len(pdf.objects) > MOST_OBJECTS or len(pdf.pages) > MOST_PAGES:
        raise Unfit("too-full")
    if not len(pdf.pages):
        raise Unfit("broken")
    for one in pdf.objects:
        _scrub(one, 0)
    _scrub_root(pdf)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    out = io.BytesIO()
    pdf.save(
        out,
        encryption=False,
        deterministic_id=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    return out.getvalue()


def _scrub_root(pdf: Pdf) -> None:
    root = pdf.Root
    names = root.get("/Names")
    if isinstance(names, Dictionary):
        for tree in ("/EmbeddedFiles", "/JavaScript", "/Renditions"):
            _without(names, tree)
    for key in ("/Collection", "/Extensions", "/Threads", "/SpiderInfo"):
        _without(root, key)


def _scrub(one: Any, depth: int) -> None:
    """One object and what is written inside it; what it refers to has its own turn."""
    if depth > _DEEPEST:
        raise Unfit("too-full")
    if isinstance(one, Stream):
        _scrub_keys(one)
        _scrub_picture(one)
        _inside(list(one.stream_dict.values()), depth)
    elif isinstance(one, Dictionary):
        _scrub_keys(one)
        _inside(list(one.values()), depth)
    elif isinstance(one, Array):
        _inside(list(one), depth)


def _inside(values: list[Any], depth: int) -> None:
    for value in values:
        if isinstance(value, Object) and not value.is_indirect:
            _scrub(value, depth + 1)


def _scrub_keys(one: Any) -> None:
    for key in _TELLS:
        _without(one, key)
    if str(one.get("/S", "")) in _RUNS or str(one.get("/Subtype", "")) in _CARRIES or one.get("/Type") == Name.Filespec:
        for key in list(one.keys()):
            if key not in ("/Subtype", "/Rect", "/Type", "/Length", "/Filter"):
                _without(one, key)
        if str(one.get("/Subtype", "")) in _CARRIES:
            one["/Subtype"] = Name.Square


def _without(one: Any, key: str) -> None:
    if key in one:
        del one[key]


def _scrub_picture(stream: Any) -> None:
    """A photograph inside a page keeps its place and camera in its own file: out with them."""
    if str(stream.get("/Filter", "")) == "/DCTDecode" and "/DecodeParms" not in stream:
        stream.write(bare_jpeg(stream.read_raw_bytes()), filter=Name.DCTDecode)


def bare_jpeg(content: bytes) -> bytes:
    """A JPEG without its application segments (but Adobe's, which says how its colours are kept) and comments."""
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF and 0xC0 <= content[at + 1] <= 0xFE:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            break
        if not (marker in range(0xE1, 0xF0) and marker != 0xEE) and marker != 0xFE:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, content[at:]])
