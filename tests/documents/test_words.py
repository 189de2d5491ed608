"""The words of a file are read by a process of its own, to be searched; what can't be read has none."""

from __future__ import annotations

import pytest

from bijzondere_toegang.documents import kinds, washing
from bijzondere_toegang.documents.checking import checked
from bijzondere_toegang.documents.washing import words_in
from bijzondere_toegang.documents.words import bare
from tests.documents import files

SAID = "Moeder woont op Akkerlaan 83, 6008 CK."
FOUND = bare(SAID)
SPLIT = (
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
    b"<w:r><w:t>Moeder woont op Akker</w:t></w:r><w:r><w:t>laan </w:t></w:r></w:p><w:p><w:r><w:t>83, 6008 CK.</w:t></w:r>"
    b"</w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    "content",
    [
        files.letter(SAID),
        files.docx(word__document_xml=SPLIT),
        files.odt("<text:p>Moeder woont op Akkerlaan<text:s/>83,</text:p><text:p>6008 CK.</text:p>"),
        f"Beste Sam.\n{SAID}".encode(),
    ],
)
def test_words_are_found_however_the_file_cuts_them(content: bytes) -> None:
    kept = checked(content, None)

    assert kept.words is not None and FOUND in kept.words


def test_a_note_beside_the_text_and_a_field_that_was_filled_in_are_words_too() -> None:
    kept = checked(files.letter("Beste Sam", note="Akkerlaan 83", filled="6008 CK"), None)

    assert kept.words is not None
    assert all(one in kept.words for one in ("bestesam", "akkerlaan83", "6008ck"))


@pytest.mark.parametrize("content", [files.png(), files.jpeg(), files.pdf()])
def test_a_picture_has_no_words(content: bytes) -> None:
    assert checked(content, None).words == ""


@pytest.mark.parametrize("kind", [kinds.PDF, kinds.DOCX, kinds.ODT])
def test_what_cannot_be_read_has_no_words_and_is_no_error(kind: str) -> None:
    assert words_in(b"onzin", kind) == ""


def test_words_that_are_written_otherwise_are_the_same_words() -> None:
    assert bare("Caf\u00e9\u00adstraat\u00a0\uff11\uff12") == bare("CAFE\u0301-STRAAT 12") == "caféstraat12"


def test_no_more_is_kept_of_a_long_text_than_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(washing, "MOST_LETTERS", 10)

    assert words_in(b"een twee drie vier", kinds.TEXT) == "eentweedri"


def test_while_too_many_files_wait_a_file_is_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(washing, "LONGEST_WAIT", 0)
    with washing._AT_ONCE, washing._AT_ONCE:
        assert words_in(files.letter(SAID), kinds.PDF) is None
