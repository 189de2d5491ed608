"""The real commands as processes of their own, to be killed in the middle of what they do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests import databases

KEY = "1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
"""The master key of `tests.support.KEYRING`."""
COMMAND = (str(Path(sys.executable).parent / "bijzondere-toegang"),)
PATIENCE = 60.0


def environment(database: databases.Database, **more: str) -> dict[str, str]:
    told = {"BT_DATABASE_URL": database.app_url, "BT_DATABASE_KEEPER_URL": database.keeper_url, "BT_MASTER_KEY": KEY}
    return {**os.environ, **told, "BT_LOG_LEVEL": "error", "PYTHONDONTWRITEBYTECODE": "", **more}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(folder: Path, env: Mapping[str, str], *verb: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in this folder; killed at the end of the block, whatever it was doing."""
    with (folder / "output.txt").open("ab") as output:
        process = subprocess.Popen([*COMMAND, *verb], cwd=folder, env=env, stdout=output, stderr=output)
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for(client: httpx2.Client, process: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            client.get("/healthz")
            return
        except httpx2.TransportError:
            assert process.poll() is None, "the process ended by itself"
            assert time.monotonic() < until, "the process does not answer"
            time.sleep(0.02)
