"""Text documents (DOCX, ODT), packed anew: without who made them, without programs, without reaching outside."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from bijzondere_toegang.documents import pictures
from bijzondere_toegang.documents.kinds import DOCX, JPEG, ODT, PNG
from bijzondere_toegang.documents.limits import MOST_PARTS, MOST_UNPACKED, Unfit

Parts = dict[str, bytes]

_PICTURES = {"png": PNG, "jpg": JPEG, "jpeg": JPEG}
_LEFT_AS_THEY_ARE = frozenset({"gif", "bmp", "emf", "wmf", "odttf"})
_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"MZ")
_PROGRAMS = re.compile(r"(?i)(vbaproject|vbadata|activex|/?basic/|/?scripts/|macros|customui|\.bin\Z|\.exe\Z|\.dll\Z)")
_DROPPED = re.compile(
    r"(?i)\A(docprops/|customxml/|thumbnails/|configurations2/|objectreplacements/|meta\.xml|settings\.xml"
    r"|layout-cache|manifest\.rdf|word/people\.xml|word/printersettings|_xmlsignatures/|.*\.rdf\Z|.*/\Z)"
)
_MACHINE_CODE = re.compile(rb"(?i)<(script:|[\w-]*:?event-listener\b|office:scripts>\s*<)")
_WHO = re.compile(rb'(\s(?:[A-Za-z0-9]+:)(?:author|initials|userId|lastModifiedBy|creator)=)("[^"]*"|\'[^\']*\')')
_WHO_IN_ODT = re.compile(
    rb"<(dc:creator|meta:creator-initials|meta:initial-creator|text:sender-[a-z-]+|text:author-[a-z-]+)\b[^>]*>"
    rb"[^<]*</\1>"
)
_REACHING = re.compile(
    rb"""(?i)<(?!(?:text|draw):a\b|form:)[\w-]+:[\w-]+\b[^>]*\bxlink:href\s*=\s*["'](?:[a-z][a-z0-9+.-]*:|//|\\\\|\.\./|/)"""
)
"""Anything but a link to click on that fetches from outside the document (ODT)."""
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def washed(content: bytes, kind: str) -> bytes:
    """The same text without the rest. Raises Unfit."""
    try:
        parts = _unpacked(content)
        _demand_tame(parts)
        return _packed(_WASH[kind](parts))
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("broken") from error


def _unpacked(content: bytes) -> Parts:
    """Every part, read by hand: what an archive says of its own size is not believed."""
    parts: Parts = {}
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > MOST_PARTS:
            raise Unfit("too-full")
        for part in archive.infolist():
            if part.flag_bits & 1:
                raise Unfit("password")
            if part.filename in parts or part.filename.startswith(("/", "\\")) or ".." in part.filename.split("/"):
                raise Unfit("broken")
            with archive.open(part) as stream:
                read = stream.read(left + 1)
            left -= len(read)
            if left < 0:
                raise Unfit("too-full")
            parts[part.filename] = read
    return parts


def _demand_tame(parts: Parts) -> None:
    for name, content in parts.items():
        if _PROGRAMS.search(name):
            raise Unfit("programs" if "embeddings" not in name.casefold() else "files-inside")
        if "embeddings/" in name.casefold() or content.startswith(_FILES):
            raise Unfit("files-inside")
        if _is_xml(name):
            _demand_plain_xml(content)


def _is_xml(name: str) -> bool:
    return name.casefold().endswith((".xml", ".rels", ".rdf"))


def _demand_plain_xml(content: bytes) -> None:
    """UTF-8 without a document type: nothing that refers to itself, swells, or reads a file."""
    content.decode("utf-8")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unfit("reaches-outside")
    if re.search(rb"encoding\s*=\s*[\"'](?!utf-8)", content[:200], re.IGNORECASE):
        raise Unfit("broken")


def _kept(parts: Parts) -> Iterator[tuple[str, bytes]]:
    """The parts that go along: texts, and pictures drawn anew."""
    for name, content in parts.items():
        if _DROPPED.match(name):
            continue
        ending = name.rpartition(".")[2].casefold()
        if ending in _PICTURES:
            yield name, pictures.washed(content, _PICTURES[ending])
        elif _is_xml(name) or ending in _LEFT_AS_THEY_ARE or name == "mimetype":
            yield name, content
        else:
            raise Unfit("files-inside")


def _docx(parts: Parts) -> Parts:
    if _MAIN.encode() not in parts["[Content_Types].xml"]:
        raise Unfit("programs" if b"macroEnabled" in parts["[Content_Types].xml"] else "kind")
    kept = dict(_kept(parts))
    for name, content in kept.items():
        if name.endswith(".rels"):
            kept[name] = _relations(content)
        elif _is_xml(name):
            kept[name] = _WHO.sub(rb'\1""', content)
    kept["[Content_Types].xml"] = _types(kept["[Content_Types].xml"], set(kept))
    return kept


def _relations(content: bytes) -> bytes:
    """Without those to what was left out; those that fetch from outside are refused, links to click on stay."""
    tree = ElementTree.fromstring(content)
    for one in list(tree.iter(_RELATIONS)):
        target, what = one.get("Target", ""), one.get("Type", "").rpartition("/")[2]
        if one.get("TargetMode") == "External" and what != "hyperlink":
            raise Unfit("reaches-outside")
        if what in ("attachedTemplate", "subDocument", "frame", "vbaProject", "control"):
            raise Unfit("reaches-outside")
        if _DROPPED.match(target.lstrip("./")) or "customXml" in target or target.endswith("people.xml"):
            tree.remove(one)
    return _xml(tree, "http://schemas.openxmlformats.org/package/2006/relationships")


def _types(content: bytes, names: set[str]) -> bytes:
    tree = ElementTree.fromstring(content)
    for one in list(tree):
        part = one.get("PartName")
        if part is not None and part.lstrip("/") not in names:
            tree.remove(one)
    return _xml(tree, "http://schemas.openxmlformats.org/package/2006/content-types")


def _odt(parts: Parts) -> Parts:
    if parts["mimetype"].strip() != ODT.encode():
        raise Unfit("kind")
    manifest = parts.get("META-INF/manifest.xml", b"")
    if b"encryption-data" in manifest:
        raise Unfit("password")
    for name, content in parts.items():
        if _is_xml(name) and _MACHINE_CODE.search(content):
            raise Unfit("programs")
        if _is_xml(name) and _REACHING.search(content):
            raise Unfit("reaches-outside")
    kept = dict(_kept(parts))
    for name, content in kept.items():
        if _is_xml(name):
            kept[name] = _WHO_IN_ODT.sub(b"", content)
    if manifest:
        kept["META-INF/manifest.xml"] = _manifest(manifest, set(kept))
    return kept


def _manifest(content: bytes, names: set[str]) -> bytes:
    tree = ElementTree.fromstring(content)
    for one in list(tree):
        path = one.get(_MANIFEST + "full-path", "")
        if path != "/" and path not in names:
            tree.remove(one)
    return _xml(tree, None)


def _xml(tree: ElementTree.Element, plain: str | None) -> bytes:
    if plain is not None:
        ElementTree.register_namespace("", plain)
    ElementTree.register_namespace("manifest", _MANIFEST[1:-1])
    written: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return written


def _packed(parts: Parts) -> bytes:
    """Every part with the same moment on it; `mimetype` comes first and unpacked, as OpenDocument asks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(parts, key=lambda name: (name != "mimetype", name != "[Content_Types].xml", name)):
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), parts[name], compress_type=how)
    return out.getvalue()


_WASH: dict[str, Callable[[Parts], Parts]] = {DOCX: _docx, ODT: _odt}
