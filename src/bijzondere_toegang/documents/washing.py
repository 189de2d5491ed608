"""
Washing a file in a process of its own, which has little memory, little time, no files and no secrets.

`python -m bijzondere_toegang.documents.washing MEDIA-TYPE` is that process: the file comes in, the washed one goes out;
exit 3 means refused, with the word for why.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import threading

from bijzondere_toegang.documents.kinds import DOCX, JPEG, ODT, PDF, PNG
from bijzondere_toegang.documents.limits import MEGABYTE, MOST_BYTES, Unfit
from bijzondere_toegang.documents.scanner import NotScanned

MOST_MEMORY = 1024 * MEGABYTE
MOST_SECONDS = 20
LONGEST_WAIT = 10
REFUSED = 3
_AT_ONCE = threading.BoundedSemaphore(2)
"""washings of this server at the same time, so that many files at once take no more memory than two"""


def washed(content: bytes, kind: str) -> bytes:
    """The file without anything but its content. Raises Unfit, also when it takes too much time or memory, and
    NotScanned when too many others wait: threads that wait for files are threads that show no page."""
    command = [sys.executable, "-I", "-W", "ignore", "-m", __name__, kind]
    if not _AT_ONCE.acquire(timeout=LONGEST_WAIT):
        raise NotScanned
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MOST_SECONDS * 2, env={})
    except (subprocess.TimeoutExpired, BrokenPipeError) as error:
        raise Unfit("too-heavy") from error
    finally:
        _AT_ONCE.release()
    if done.returncode == REFUSED:
        # A library may have complained before; the reason comes last, on a line of its own.
        raise Unfit(done.stderr.decode("ascii", "replace").split()[-1])
    if done.returncode != 0 or not done.stdout:
        raise Unfit("too-heavy")
    if len(done.stdout) > MOST_BYTES:
        raise Unfit("too-large")
    return done.stdout


def main(kind: str) -> int:
    """Wash what comes in. A file that brings this process down is refused by the one that started it."""
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        sys.stdout.buffer.write(_wash(sys.stdin.buffer.read(MOST_BYTES + 1), kind))
    except Unfit as refused:
        sys.stderr.write(f"\n{refused.why}\n")
        return REFUSED
    return 0


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
    sys.exit(main(sys.argv[1]))
