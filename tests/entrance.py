"""Mail that really leaves, and what people do with the link in it."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import EmailMessage

from httpx2 import Response

from bijzondere_toegang.jobs import Post
from bijzondere_toegang.reminders.mail import SmtpMailer
from bijzondere_toegang.resources import folder
from bijzondere_toegang.web.i18n import Catalogues
from tests.jobs.sink import Sink
from tests.support import Site

LINK = re.compile(r"http://localhost:8000/welkom/([0-9a-f]{40})")
CSRF = re.compile(r'name="_csrf" value="([0-9a-f]{64})"')
PASSWORD = "vier gewone woorden samen"


def deliver(site: Site, at: datetime | None = None) -> list[EmailMessage]:
    """Everything that is due leaves through a real mail server; what arrived there."""
    with Sink() as sink:
        settings = site.app.state.settings.model_copy(update={"smtp_host": "127.0.0.1", "smtp_port": sink.port})
        post = Post(site.database, site.process, SmtpMailer(settings), Catalogues(folder("locales")), settings)
        post.run(at or site.at)
        return list(sink.mails)


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def tokens(mails: list[EmailMessage], to: str) -> list[str]:
    """The tokens of the links in the mails to this address, in the order in which they came."""
    return [token for mail in mails if mail["To"] == to for token in LINK.findall(words_of(mail))]


def choose(site: Site, token: str, born: str = "", password: str = PASSWORD) -> Response:
    """A stranger's browser sends the form behind the link."""
    return _sent(site, f"/welkom/{token}", wachtwoord=password, geboortedatum=born)


def ask(site: Site, login: str) -> Response:
    """A stranger's browser asks for a new link."""
    return _sent(site, "/inloglink", login=login)


def log_in(site: Site, login: str, password: str = PASSWORD) -> Response:
    return _sent(site, "/inloggen", login=login, wachtwoord=password)


def _sent(site: Site, path: str, **data: str) -> Response:
    browser = site.anonymous()
    found = CSRF.search(browser.get("/inloglink").text)
    assert found
    return browser.post(path, data={"_csrf": found[1], **data})
