"""The virus scanner, asked over a real socket by a stand-in that speaks the protocol of clamd."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bijzondere_toegang.documents.scanner import Clamd, NotScanned, scanner_of
from tests.documents.files import EICAR, TEXT

Answer = Callable[[socket.socket, bytes], None]


def as_clamd(line: socket.socket, content: bytes) -> None:
    line.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@contextmanager
def scanner(answer: Answer = as_clamd, folder: Path | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Its address, and what it was given; `folder`: on a Unix socket in it."""
    seen: list[bytes] = []
    listening = socket.socket(socket.AF_UNIX if folder else socket.AF_INET)
    listening.bind(str(folder / "clamd.ctl") if folder else ("127.0.0.1", 0))
    listening.listen()
    serving = threading.Thread(target=_serve, args=(listening, answer, seen), daemon=True)
    serving.start()
    try:
        yield (f"unix://{folder}/clamd.ctl" if folder else f"tcp://127.0.0.1:{listening.getsockname()[1]}"), seen
    finally:
        listening.close()


def _serve(listening: socket.socket, answer: Answer, seen: list[bytes]) -> None:
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line:
            try:
                content = _received(line)
                seen.append(content)
                answer(line, content)
            except OSError:
                continue


def _received(line: socket.socket) -> bytes:
    stream = line.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    content = b""
    while size := struct.unpack("!L", stream.read(4))[0]:
        content += stream.read(size)
    return content


def test_a_clean_file_and_an_infected_one_are_told_apart() -> None:
    with scanner() as (address, seen):
        assert Clamd(address).is_clean(TEXT)
        assert not Clamd(address).is_clean(b"voor " + EICAR + b" na")

    assert seen[0] == TEXT


def test_a_large_file_arrives_whole(tmp_path: Path) -> None:
    large = bytes(range(256)) * 20_000

    with scanner(folder=tmp_path) as (address, seen):
        assert Clamd(address).is_clean(large)

    assert seen == [large]


def test_a_scanner_that_is_not_there_lets_nothing_in(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    for address in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/nergens.ctl", "tcp://bestaat.invalid:3310"):
        with pytest.raises(NotScanned):
            Clamd(address, seconds=2).is_clean(TEXT)


def drip(line: socket.socket, content: bytes) -> None:
    """One byte now and then, without end: every single call is in time."""
    while True:
        line.sendall(b"s")
        time.sleep(0.2)


@pytest.mark.parametrize(
    "answer",
    [
        lambda line, content: time.sleep(5),
        drip,
        lambda line, content: line.sendall(b"INSTREAM size limit exceeded. ERROR\0"),
        lambda line, content: line.sendall(b"stream: O"),
        lambda line, content: line.sendall(b"stream: OK, maar niet heus\0"),
        lambda line, content: line.sendall(b"x" * 100_000),
        lambda line, content: None,
    ],
)
def test_a_scanner_that_is_slow_or_broken_lets_nothing_in_and_holds_nobody_up(answer: Answer) -> None:
    began = time.monotonic()

    with scanner(answer) as (address, _), pytest.raises(NotScanned):
        Clamd(address, seconds=1).is_clean(TEXT)

    assert time.monotonic() - began < 4


def test_without_an_address_there_is_no_scanner() -> None:
    assert scanner_of(None) is None
