"""What is kept of a file is its content; what runs, reaches outside, swells or tells about its maker is not."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from bijzondere_toegang.documents import kinds, washing
from bijzondere_toegang.documents.checking import WHY, checked, checked_in_referral
from bijzondere_toegang.documents.limits import MEGABYTE, MOST_BYTES, Unfit
from bijzondere_toegang.documents.pdf import bare_jpeg
from bijzondere_toegang.documents.scanner import NotScanned
from tests.documents import files

TELLING = files.CANARY.encode()


def why(content: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        checked(content, None)
    return refused.value.why


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.pdf(), kinds.PDF),
        (files.png(), kinds.PNG),
        (files.jpeg(), kinds.JPEG),
        (files.docx(), kinds.DOCX),
        (files.odt(), kinds.ODT),
        (files.TEXT, kinds.TEXT),
    ],
)
def test_a_file_is_what_its_content_is_and_washing_it_twice_changes_nothing_more(content: bytes, kind: str) -> None:
    once = checked(content, None)

    again = checked(once.content, None)

    assert once.media_type == again.media_type == kind
    assert len(again.content) <= len(once.content) + 64


def test_a_photograph_loses_place_maker_and_comment_and_keeps_its_pixels() -> None:
    assert TELLING in files.jpeg() and TELLING in files.png()

    photo, drawing = checked(files.jpeg(), None).content, checked(files.png(), None).content

    assert TELLING not in photo + drawing
    with Image.open(io.BytesIO(photo)) as shown:
        assert (shown.size, dict(shown.getexif()), shown.info.get("comment")) == ((60, 40), {}, None)


def test_a_photograph_that_lies_on_its_side_is_set_upright() -> None:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif)

    with Image.open(io.BytesIO(checked(out.getvalue(), None).content)) as shown:
        assert shown.size == (40, 60)


def test_a_pdf_loses_maker_script_files_and_what_its_photographs_tell() -> None:
    washed = checked(files.pdf(), None).content

    with pikepdf.open(io.BytesIO(washed)) as shown:
        everything = [str(one) for one in shown.objects]
        streams = [one.read_raw_bytes() for one in shown.objects if isinstance(one, pikepdf.Stream)]
        assert len(shown.pages) == 1 and len(shown.attachments) == 0
        assert "/Info" not in shown.trailer and "/OpenAction" not in shown.Root and "/Metadata" not in shown.Root
    assert files.CANARY not in "".join(everything)
    assert not any(TELLING in stream for stream in streams)
    assert not any(word in "".join(everything) for word in ("/JavaScript", "/Launch", "/EmbeddedFile"))


@pytest.mark.parametrize("written", [files.docx(), files.odt()])
def test_a_text_document_loses_who_made_and_changed_it(written: bytes) -> None:
    washed = checked(written, None).content

    parts = files.unzipped(washed)
    assert not any(TELLING in part for part in parts.values())
    assert not any("docProps" in name or name == "meta.xml" for name in parts)
    assert any(b"Beste Sam" in part for part in parts.values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00\x03", "kind"),
        (b"GIF89a" + bytes(20), "kind"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "kind"),
        (b" \n<svg onload=alert(1)>", "kind"),
        (b"{\\rtf1 hallo}", "kind"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "phone-photo"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old-office"),
        (b"%PDF-1.7\n%%EOF\n", "broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(8), "broken"),
        (files.jpeg()[:200], "broken"),
        (files.locked_pdf(), "password"),
        (files.zipped({"a.exe": b"MZ"}), "kind"),
        (files.docx(**{"word/vbaProject.bin": b"x"}), "programs"),
        (files.docx(**{"word/embeddings/blad.xlsx": files.zipped({"x": b""})}), "files-inside"),
        (files.docx(**{"word/media/image2.png": files.zipped({"x": b""})}), "files-inside"),
        (files.docx(**{"word/media/image2.svg": b"<svg/>"}), "files-inside"),
        (files.docx(relations=files.outside("image")), "reaches-outside"),
        (files.docx(relations=files.outside("attachedTemplate")), "reaches-outside"),
        (files.docx(relations=files.outside("oleObject", "file:///etc/passwd")), "reaches-outside"),
        (files.docx(**{"word/x.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), "reaches-outside"),
        (files.odt('<draw:image xlink:href="https://example.org/pixel.png"/>'), "reaches-outside"),
        (files.odt(**{"Basic/Standard/x.xml": b"<a/>"}), "programs"),
    ],
)  # fmt: skip
def test_what_may_not_come_in_is_refused_with_its_own_reason(content: bytes, reason: str) -> None:
    assert why(content) == reason
    assert reason in WHY


def test_a_link_to_click_on_may_stay() -> None:
    letter = files.docx(relations=files.outside("hyperlink"))
    note = files.odt('<text:p><text:a xlink:href="https://example.org/">lees meer</text:a></text:p>')

    assert checked(letter, None) and checked(note, None)


def test_a_small_archive_that_swells_is_refused_before_it_has() -> None:
    began = time.monotonic()

    reason = why(files.docx(**{"word/groot.xml": b" " * (200 * MEGABYTE)}))

    assert (reason, time.monotonic() - began < 20) == ("too-full", True)


def test_an_archive_of_many_small_parts_is_refused() -> None:
    assert why(files.docx(**{f"word/{number}.xml": b"<a/>" for number in range(2100)})) == "too-full"


def test_a_small_picture_of_very_many_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")

    assert len(out.getvalue()) < MEGABYTE
    assert why(out.getvalue()) == "too-many-pixels"


def test_a_pdf_whose_tables_swell_takes_no_more_than_its_share() -> None:
    swollen = zlib.compress(zlib.compress(bytes(600 * MEGABYTE), 9), 9)
    table = (
        b"%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter[/FlateDecode/FlateDecode]/Length "
        + str(len(swollen)).encode() + b">>\nstream\n" + swollen + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    )  # fmt: skip
    began = time.monotonic()

    reason = why(table)

    assert reason in ("broken", "too-heavy") and time.monotonic() - began < 45


def test_pages_that_contain_each_other_do_not_hold_us_up() -> None:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.Root.Pages.Kids.append(made.Root.Pages)
    made.save(out)

    assert why(out.getvalue()) in ("broken", "too-heavy", "too-full")


def test_one_byte_too_many_is_refused_before_anything_looks_at_it() -> None:
    assert why(b"a" * (MOST_BYTES + 1)) == "too-large"


def test_a_referral_is_not_held_up_by_a_file_that_only_cannot_be_opened() -> None:
    kept = checked_in_referral(b"%PDF-1.7\n%%EOF\n", None)

    assert kept.media_type == kinds.UNKNOWN
    with pytest.raises(Unfit):
        checked_in_referral(files.locked_pdf(), None)


def test_a_photograph_in_a_page_keeps_its_colours_and_loses_the_rest() -> None:
    bare = bare_jpeg(files.jpeg())

    assert TELLING not in bare
    with Image.open(io.BytesIO(bare)) as shown:
        assert shown.getpixel((5, 5))[1] > 100


def test_when_too_many_files_wait_one_is_told_so_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(washing, "LONGEST_WAIT", 0.1)
    with washing._AT_ONCE, washing._AT_ONCE, pytest.raises(NotScanned):
        checked(files.png(), None)

    assert checked(files.png(), None)


def test_the_process_that_washes_is_given_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "tells-its-environment"
    told.write_text("#!/bin/sh\n/usr/bin/env\n")
    told.chmod(0o700)
    monkeypatch.setenv("BT_MASTER_KEY", files.CANARY)
    monkeypatch.setattr(sys, "executable", str(told))

    environment = washing.washed(b"", kinds.PNG)

    assert b"PWD=" in environment and files.CANARY.encode() not in environment


def test_the_process_that_washes_writes_no_file_and_takes_no_more_than_its_share(tmp_path: Path) -> None:
    tries = (
        f"try: open({str(tmp_path / 'spoor')!r}, 'wb', 0).write(b'x'); done.append('wrote')\n"
        "        except OSError: pass\n"
        "        try: bytes(2 * washing.MOST_MEMORY); done.append('took')\n"
        "        except MemoryError: pass"
    )
    script = (
        "import sys; from bijzondere_toegang.documents import pictures, washing\n"
        f"def tried(content, kind):\n        done = ['tried']\n        {tries}\n        return ' '.join(done).encode()\n"
        "pictures.washed = tried; sys.exit(washing.main('image/png'))"
    )

    done = subprocess.run([sys.executable, "-I", "-c", script], input=b"x", capture_output=True, check=True)

    assert done.stdout == b"tried"
