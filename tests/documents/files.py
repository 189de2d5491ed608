"""Files as people send them, good and bad, made here."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

CANARY = "KANARIE-7f3a"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEXT = b"Sam gaat weer naar school.\n"

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELS = '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_CORE = (
    '<Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/'
    'core-properties" Target="docProps/core.xml"/>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def jpeg(width: int = 60, height: int = 40) -> bytes:
    """A photograph that says where and by whom it was made."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = CANARY, CANARY
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", exif=exif, comment=CANARY.encode())
    return out.getvalue()


def png(width: int = 60, height: int = 40) -> bytes:
    told = PngInfo()
    told.add_text("Author", CANARY)
    out = io.BytesIO()
    Image.new("RGBA", (width, height), "teal").save(out, "PNG", pnginfo=told)
    return out.getvalue()


def pdf(**root: pikepdf.Object) -> bytes:
    """A page with a photograph, a maker, a file inside, and a script that runs when it opens."""
    made = pikepdf.new()
    made.add_blank_page()
    photo = pikepdf.Stream(made, jpeg(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    photo["/Filter"] = pikepdf.Name.DCTDecode
    made.pages[0]["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=photo))
    made.pages[0]["/Annots"] = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=_action("/Launch", F=CANARY))]
    )
    made.docinfo["/Author"] = CANARY
    with made.open_metadata() as told:
        told["dc:creator"] = [CANARY]
    made.attachments["los.txt"] = CANARY.encode()
    made.Root["/OpenAction"] = _action("/JavaScript", JS=f"app.alert('{CANARY}')")
    for name, value in root.items():
        made.Root["/" + name] = value
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _action(kind: str, **more: str) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(kind), **more)


def letter(text: str, note: str = "", filled: str = "") -> bytes:
    """A PDF with words on its page, and perhaps beside them and in a field."""
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    name, kind = pikepdf.Name, pikepdf.Dictionary
    font = kind(Type=name.Font, Subtype=name.Type1, BaseFont=name.Helvetica, Encoding=name.WinAnsiEncoding)
    made.pages[0]["/Resources"] = kind(Font=kind(F=made.make_indirect(font)))
    made.pages[0]["/Contents"] = made.make_stream(f"BT /F 12 Tf 50 700 Td ({text}) Tj ET".encode("cp1252"))
    beside = kind(Type=name.Annot, Subtype=name.Text, Rect=[0, 0, 9, 9], Contents=pikepdf.String(note))
    field = kind(
        Type=name.Annot, Subtype=name.Widget, FT=name.Tx, T=pikepdf.String("veld"), V=pikepdf.String(filled),
        Rect=[0, 0, 9, 9],
    )  # fmt: skip
    notes = [made.make_indirect(one) for one in (beside, field)]
    made.pages[0]["/Annots"] = pikepdf.Array(notes)
    made.Root["/AcroForm"] = kind(Fields=pikepdf.Array(notes[1:]))
    made.save(out)
    return out.getvalue()


def locked_pdf() -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(out, encryption=pikepdf.Encryption(owner="geheim", user="geheim"))
    return out.getvalue()


def docx(*, relations: str = "", **parts: bytes) -> bytes:
    """A letter that says who made it, in its properties and at a change; `parts` by path, with `__` for a slash."""
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
        f'<w:ins w:id="1" w:author="{CANARY}"><w:r><w:t>Beste Sam</w:t></w:r></w:ins></w:p></w:body></w:document>'
    )
    main = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    return zipped(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELS.format(main + _CORE).encode(),
            "word/document.xml": body.encode(),
            "word/_rels/document.xml.rels": _RELS.format(relations).encode(),
            "docProps/core.xml": f"<a>{CANARY}</a>".encode(),
            "word/media/image1.jpg": jpeg(),
            **{name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()},
        }
    )


def outside(kind: str, target: str = "https://example.org/x") -> str:
    """A relation of a text document to something outside it."""
    return f'<Relationship Id="x" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def odt(content: str = "<text:p>Beste Sam</text:p>", **parts: bytes) -> bytes:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<office:body><office:text><dc:creator>{CANARY}</dc:creator>{content}</office:text></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": body.encode(),
            "meta.xml": f"<a>{CANARY}</a>".encode(),
            "META-INF/manifest.xml": manifest.encode(),
            **{name.replace("__", "/"): content for name, content in parts.items()},
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}
