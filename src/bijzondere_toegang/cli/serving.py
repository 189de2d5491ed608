"""`serve`, the application, and `schedule`, the process that sends what is due."""

from __future__ import annotations

import argparse
import logging
import sys

import uvicorn

from bijzondere_toegang import settings as environment
from bijzondere_toegang.app import create_app, load_process
from bijzondere_toegang.cli.ground import Verbs, opened, verb
from bijzondere_toegang.cli.readiness import demand_checkpoints, demand_keys, demand_role, demand_schema, demand_sound
from bijzondere_toegang.clock import system_clock
from bijzondere_toegang.jobs import Post, blocking_scheduler
from bijzondere_toegang.reminders.mail import SmtpMailer
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues

_SERVE = """\
It refuses to start, with one sentence, on a wrong setting, an unsound workflow, a database that was not migrated,
or a PostgreSQL role that owns its tables, is a superuser or has BYPASSRLS. Put a proxy with TLS in front and set
BT_BASE_URL to its address.

example: BT_DATABASE_URL=postgresql://bt_app@/bt bijzondere-toegang serve --port 8000
"""
_SCHEDULE = """\
Every minute it turns due reminders into mail and sends what waits. Several may run at once: no reminder goes out
twice. Mail that fails is tried again, later each time, eight times in all. Once an hour it writes a signed checkpoint
of the log to BT_CHECKPOINT_FILE.
"""


NO_SCANNER = "No virus scanner (BT_CLAMD): files that people bring are washed, and not scanned."


def add(verbs: Verbs) -> None:
    serving = verb(verbs, "serve", serve, "serve the application", _SERVE)
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serving.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    scheduling = verb(verbs, "schedule", schedule, "send reminders and mail that are due", _SCHEDULE)
    scheduling.add_argument("--once", action="store_true", help="do what is due now, once, and stop")


def serve(arguments: argparse.Namespace) -> int:
    settings, process = environment.load(), load_process()
    demand_sound(process)
    with opened(settings) as database:
        demand_schema(database)
        demand_role(database)
        demand_keys(database)
        if settings.clamd is None:
            print(NO_SCANNER, file=sys.stderr, flush=True)
        app = create_app(settings, database=database, process=process)
        listen(app, arguments.host, arguments.port, settings.log_level, settings.trusted_proxies)
    return 0


def listen(app: object, host: str, port: int, level: str, proxies: str = "127.0.0.1") -> None:
    """Serve until stopped. No access log: the timeline knows who looked, and an address is nobody else's business."""
    uvicorn.run(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        log_level=level,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=proxies,
    )


def schedule(arguments: argparse.Namespace) -> int:
    settings, process = environment.load(), load_process()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    with opened(settings) as database:
        demand_schema(database)
        demand_keys(database)
        checkpoints = demand_checkpoints(settings)
        post = Post(database, process, SmtpMailer(settings), Catalogues(folder("locales")), settings, checkpoints)
        if arguments.once:
            reminded, sent = post.run(system_clock())
            print(f"{reminded} reminders, {sent} mails sent")
        else:
            blocking_scheduler(post, system_clock).start()
    return 0
