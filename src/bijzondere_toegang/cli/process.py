"""`workflow check` proves a process definition sound, `workflow diagram` draws it."""

from __future__ import annotations

import argparse
from pathlib import Path

from bijzondere_toegang.app import load_process
from bijzondere_toegang.cli.ground import Stop, Verbs, below, verb
from bijzondere_toegang.cli.readiness import workflow_faults
from bijzondere_toegang.engine import document, load, mermaid, workflow_files
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import DEFAULT, Catalogues

_CHECK = """\
Every stage reachable and an end reachable from it, one owner and a term where a case waits, every step granted to
somebody, every guard, form, label and sentence there in every language. One line per fault: file, line, place, what
is wrong. The exit code is 1 when there is any.
"""


def add(verbs: Verbs) -> None:
    top = verb(verbs, "workflow", None, "check or draw a process definition")
    under = below(top)
    checking = verb(under, "check", check, "prove definitions sound", _CHECK)
    checking.add_argument("file", nargs="*", type=Path, metavar="FILE", help="default: the definitions in use")
    drawing = verb(under, "diagram", diagram, "print a definition as mermaid")
    drawing.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: the newest definition in use")
    drawing.add_argument("--page", action="store_true", help="a markdown page with tables instead of the drawing alone")
    drawing.add_argument("--language", default=DEFAULT, help="of the labels (default: %(default)s)")


def check(arguments: argparse.Namespace) -> int:
    _demand_files(arguments.file)
    faults = workflow_faults(load_process(), arguments.file or None)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} fault{'s' * (len(faults) > 1)}" if faults else "sound")
    return 1 if faults else 0


def diagram(arguments: argparse.Namespace) -> int:
    _demand_files([arguments.file] if arguments.file else [])
    path = arguments.file or workflow_files(folder("workflows"))[-1]
    translator = Catalogues(folder("locales")).translator(arguments.language)
    draw = document if arguments.page else mermaid
    print(draw(load(path), translator.gettext), end="")
    return 0


def _demand_files(paths: list[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise Stop(f"{path}: there is no such file")
