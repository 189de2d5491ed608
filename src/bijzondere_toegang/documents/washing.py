"""
Washing a file in a process of its own, which has little memory, little time, no files and no secrets.

`python -m bijzondere_toegang.documents.washing MEDIA-TYPE` is that process: the file comes in, the washed one goes out;
exit 3 means refused, with the word for why. With `words` behind it the process gives the words of a washed file.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator

from bijzondere_toegang.documents.kinds import DOCX, JPEG, ODT, PDF, PNG, TEXT
from bijzondere_toegang.documents.limits import MEGABYTE, MOST_BYTES, MOST_LETTERS, Unfit
from bijzondere_toegang.documents.scanner import NotScanned
from bijzondere_toegang.documents.words import bare, words_of

MOST_MEMORY = 1024 * MEGABYTE
MOST_SECONDS = 20
LONGEST_WAIT = 10
REFUSED = 3
WORDS = "words"
READ_APART = frozenset({PDF, DOCX, ODT})
MOST_READ_OUT = 4 * MOST_LETTERS
"""signs, of which blanks and the like fall away"""
_AT_ONCE = threading.BoundedSemaphore(2)
"""washings of this server at the same time, so that many files at once take no more memory than two"""


def washed(content: bytes, kind: str) -> bytes:
    """The file without anything but its content. Raises Unfit, also when it takes too much time or memory, and
    NotScanned when too many others wait: threads that wait for files are threads that show no page."""
    try:
        done = _apart(content, kind)
    except (subprocess.TimeoutExpired, BrokenPipeError) as error:
        raise Unfit("too-heavy") from error
    if done.returncode == REFUSED:
        # A library may have complained before; the reason comes last, on a line of its own.
        raise Unfit(done.stderr.decode("ascii", "replace").split()[-1])
    if done.returncode != 0 or not done.stdout:
        raise Unfit("too-heavy")
    if len(done.stdout) > MOST_BYTES:
        raise Unfit("too-large")
    return done.stdout


def words_in(content: bytes, kind: str) -> str | None:
    """
    What a washed file says, bare: as far as it can be read in the time there is, so nothing of a picture. None when
    too many others wait.
    """
    if kind == TEXT:
        return bare(content.decode("utf-8", "replace"))[:MOST_LETTERS]
    if kind not in READ_APART:
        return ""
    try:
        said = _apart(content, kind, WORDS).stdout
    except NotScanned:
        return None
    except BrokenPipeError:
        return ""
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return bare(said.decode("utf-8", "replace"))[:MOST_LETTERS]


def _apart(content: bytes, *asked: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-W", "ignore", "-m", __name__, *asked]
    if not _AT_ONCE.acquire(timeout=LONGEST_WAIT):
        raise NotScanned
    try:
        return subprocess.run(command, input=content, capture_output=True, timeout=MOST_SECONDS * 2, env={})
    finally:
        _AT_ONCE.release()


def main(kind: str, what: str = "") -> int:
    """Wash what comes in, or read it. A file that brings this process down is refused by the one that started it."""
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        if what == WORDS:
            _read_out(content, kind)
        else:
            sys.stdout.buffer.write(_wash(content, kind))
    except Unfit as refused:
        sys.stderr.write(f"\n{refused.why}\n")
        return REFUSED
    return 0


def _read_out(content: bytes, kind: str) -> None:
    """Piece by piece, so that what was read before the time was up has left already."""
    left = MOST_READ_OUT
    for piece in _words(content, kind):
        sys.stdout.buffer.write(piece[:left].encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
        left -= len(piece)
        if left <= 0:
            return


def _words(content: bytes, kind: str) -> Iterator[str]:
    if kind == PDF:
        from bijzondere_toegang.documents import pdf_words  # noqa: PLC0415

        return pdf_words.words_of(content)
    return words_of(content)


def _wash(content: bytes, kind: str) -> bytes:
    if len(content) > MOST_BYTES:
        raise Unfit("too-large")
    # Only what this file needs is loaded: a text document need not wait for the library of PDFs.
    if kind == PDF:
        from bijzondere_toegang.documents import pdf  # noqa: PLC0415

        return pdf.washed(content)
    if kind in (PNG, JPEG):
        from bijzondere_toegang.documents import pictures  # noqa: PLC0415

        return pictures.washed(content, kind)
    if kind in (DOCX, ODT):
        from bijzondere_toegang.documents import office  # noqa: PLC0415

        return office.washed(content, kind)
    raise Unfit("kind")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
