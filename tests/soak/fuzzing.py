"""Somebody of every relation who asks for everything and fills in anything; what the application answers is counted."""

from __future__ import annotations

import random
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from httpx2 import Response

from bijzondere_toegang.web.forms import json_schema
from tests.routes.people import FAMILY
from tests.routes.table import RELATIONS, ROUTES
from tests.soak import nasty
from tests.soak.nasty import Pairs
from tests.story import ANSWERS, answers
from tests.support import NUMBERS, sample
from tests.test_routes import Walk

PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
MOST_FORMS = 60
FORM, TOKEN = "application/x-www-form-urlencoded", "x-csrf-token"
UPLOADS = ("bestand", "bestand", "document", "tekst", "")
LAST = frozenset({"withdraw", "close", "hand_over_chair", "hand_over_referrer"})
"""Steps that leave little to do; taken when nothing else stands open."""
STEP_DOOR = "/api/v1/zaken/{case}/stappen"


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and what stands in their fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Pairs]] = []
        self._open: Pairs | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form" and told.get("method", "").lower() == "post":
            self._open = []
            self.found.append((told.get("action", ""), self._open))
        elif tag in ("input", "textarea", "button") and self._open is not None and told.get("name"):
            self._open.append((told["name"], told.get("value", "Tekst")))
        elif tag == "select":
            self._select = told.get("name", "")
        elif tag == "option" and self._open is not None and self._select:
            self._open.append((self._select, told.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


class Fuzzer:
    """Asks one thing after another with the same dice; what was answered with 5xx is kept in `failed`."""

    def __init__(self, walk: Walk, seed: int) -> None:
        self.walk, self.dice = walk, random.Random(seed)
        self.forms: dict[str, list[tuple[str, Pairs]]] = {}
        self.statuses: Counter[int] = Counter()
        self.failed: list[str] = []
        self.ways = [(self._look, 4), (self._post_a_form, 5), (self._take_a_step, 3), (self._use_the_door, 4)]
        self.ways += [(self._post_rubbish, 2), (self._odd_head, 1), (self._upload, 1), (self._refer, 2)]
        self.seers = [relation for relation in RELATIONS if walk.sees(relation)]
        self.reading = [template for method, template in ROUTES if method == "GET"]
        self.writing = [template for method, template in ROUTES if method == "POST"]

    def run(self, count: int) -> None:
        """Two in three by somebody who sees the case now."""
        for _ in range(count):
            relation = self.dice.choice(self.seers if self.dice.random() < 0.67 else RELATIONS)
            way = self.dice.choices([way for way, _ in self.ways], [weight for _, weight in self.ways])[0]
            way(relation)

    # ── What is asked ──

    def _look(self, relation: str) -> None:
        path = self._path(self.dice.choice(self.reading))
        if self.dice.random() < 0.2:
            path += (
                "?"
                + nasty.form_body(self.dice, nasty.mutated(self.dice, [("na", "1"), ("gedaan", "register")])).decode(
                    "latin-1"
                )[:2000]
            )
        self._keep_forms(relation, path, self._ask(relation, "GET", path))

    def _keep_forms(self, relation: str, path: str, answer: Response) -> None:
        if answer.status_code == 200 and "<form" in answer.text:
            kept = self.forms.setdefault(relation, [])
            kept += [(action or path, pairs) for action, pairs in Forms(answer.text).found]
            self.forms[relation] = kept[-MOST_FORMS:]

    def _post_a_form(self, relation: str, *, newest: bool = False) -> None:
        """A form that was shown, perhaps long ago, with something wrong in it."""
        forms = self.forms.get(relation)
        if not forms:
            return self._look(relation)
        action, pairs = forms[-1] if newest else self.dice.choice(forms)
        self._send_form(relation, action, nasty.mutated(self.dice, pairs))

    def _take_a_step(self, relation: str) -> None:
        """The form of a step that stands open, as its page shows it; or of any step, whoever asks and whatever the stage."""
        home = "/mijn-plan" if relation in FAMILY else "/zaken"
        offered = self._offered(relation)
        if offered:
            path = f"{home}/{{case}}/stappen/{self.dice.choice(offered)['stap']}"
            self._keep_forms(relation, path, self._ask(relation, "GET", path))
            return self._post_a_form(relation, newest=True)
        step, data = self._sound()
        pairs = [("_stap", step), ("_revisie", self._revision()), *_flat(data)]
        self._send_form(relation, f"{home}/{self.walk.reference}/stappen", nasty.mutated(self.dice, pairs))

    def _use_the_door(self, relation: str) -> None:
        """The same by machine."""
        offered = self._offered(relation)
        if offered:
            chosen = self.dice.choice(offered)
            step, data = chosen["stap"], self._answers(chosen["stap"], chosen["schema"])
        else:
            step, data = self._sound()
        revision = self.walk.site.case(self.walk.reference).revision
        asked = {"stap": step, "revisie": revision, "gegevens": nasty.mutated_json(self.dice, data)}
        if self.dice.random() < 0.2:
            asked = nasty.mutated_json(self.dice, asked)
        head = {"content-type": "application/json"}
        self._ask(relation, "POST", STEP_DOOR, content=nasty.as_body(asked), headers=head)

    def _offered(self, relation: str) -> list[dict[str, Any]]:
        """Two times in three: the steps that this person can take now."""
        if self.dice.random() < 0.33:
            return []
        answer = self._ask(relation, "GET", "/api/v1/zaken/{case}")
        offered: list[dict[str, Any]] = answer.json()["mogelijkeStappen"] if answer.status_code == 200 else []
        return [one for one in offered if one["stap"] not in LAST] or offered

    def _post_rubbish(self, relation: str) -> None:
        path = self._path(self.dice.choice(self.writing))
        head = {"content-type": self.dice.choice(nasty.KINDS).encode("latin-1")}
        self._ask(relation, "POST", path, content=self.dice.choice(nasty.BODIES), headers=head)

    def _refer(self, relation: str) -> None:
        """A referral by machine with one or a few things wrong, and one that only pretends to be new."""
        document: Any = sample(self.dice.choice(NUMBERS)) | {"bronkenmerk": str(self.dice.randrange(10**9))}
        for _ in range(self.dice.randint(1, 3)):
            document = nasty.mutated_json(self.dice, document)
        head = {"content-type": "application/json"}
        self._ask(relation, "POST", "/api/v1/aanmeldingen", content=nasty.as_body(document), headers=head)

    def _upload(self, relation: str) -> None:
        """Files where files may come, and where they may not."""
        files = [
            (
                self.dice.choice(UPLOADS),
                (self.dice.choice(nasty.FILE_NAMES), self.dice.choice(nasty.FILES), self.dice.choice(nasty.MEDIA)),
            )
            for _ in range(self.dice.randint(1, 3))
        ]
        path = self._path(self.dice.choice(("/aanmeldingen/{reference}/documenten", self.dice.choice(self.writing))))
        self._ask(
            relation, "POST", path, files=files, data={"deel": nasty.text(self.dice), "_revisie": self._revision()}
        )

    def _odd_head(self, relation: str) -> None:
        method = self.dice.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"))
        path = self._path(self.dice.choice(self.reading if method == "GET" else self.writing))
        self._ask(relation, method, path, headers=self.dice.choice(nasty.HEADERS))

    # ── How ──

    def _path(self, template: str) -> str:
        return PARAMETER.sub(lambda found: self._part(found[1]), template)

    def _part(self, name: str) -> str:
        if self.dice.random() < 0.12:
            return nasty.segment(self.dice)
        walk = self.walk
        known: dict[str, tuple[str, ...]] = {
            "reference": ("{case}",) * 9 + ("BT-9999",),
            "kenmerk": ("{case}",) * 9 + ("BT-9999",),
            "item_id": (str(walk.shared), str(walk.kept), str(uuid4())),
            "party_id": (str(walk.party), str(uuid4())),
            "step_name": tuple(ANSWERS),
            "section_name": ("hulpvraag", "jeugdige", "documenten", "gezin", "veiligheid"),
            "topic": ("zorgen", "afspraken", "krachten"),
            "key": ("gegevens", "tijdlijn"),
        }
        return self.dice.choice(known.get(name, (str(uuid4()), "a" * 40)))

    def _sound(self) -> tuple[str, Any]:
        """A step and answers to it that would do for somebody, somewhere."""
        process, step = self.walk.site.process, self.dice.choice(list(ANSWERS))
        form = process.forms.get(step)
        return step, self._answers(step, json_schema(form, {}) if form else {})

    def _answers(self, step: str, schema: Any) -> Any:
        """Nothing when there is nothing to choose from."""
        try:
            return answers(step, schema, self.walk.site.on)
        except (KeyError, IndexError, TypeError):
            return {}

    def _revision(self) -> str:
        now = self.walk.site.case(self.walk.reference).revision
        return self.dice.choice((str(now), str(now), str(now), str(now - 1), nasty.text(self.dice)))

    def _send_form(self, relation: str, path: str, pairs: Pairs) -> None:
        """As a page does it with htmx, or as a plain form: with its token among the fields."""
        sent = {"content": nasty.form_body(self.dice, pairs), "headers": {"content-type": FORM}}
        client = self.walk.client(relation)
        token = client.headers.get(TOKEN)
        if token is None or path.startswith("/api/") or self.dice.random() < 0.5:
            self._ask(relation, "POST", path, **sent)
            return
        del client.headers[TOKEN]
        sent["content"] = nasty.form_body(
            self.dice, [*(pair for pair in pairs if pair[0] != "_csrf"), ("_csrf", token)]
        )
        self._ask(relation, "POST", path, **sent)
        client.headers[TOKEN] = token

    def _ask(self, relation: str, method: str, path: str, **sent: Any) -> Response:
        answer = self.walk.ask(relation, method, path, **sent)
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.failed.append(f"{answer.status_code} {relation} {method} {path} {str(sent)[:600]}")
        if path.endswith("/uitloggen"):
            self.walk.clients.pop((relation, False), None)
        return answer


def _flat(data: Any, at: str = "") -> Pairs:
    """Answers as a form sends them."""
    if isinstance(data, dict):
        return [pair for name, value in data.items() for pair in _flat(value, f"{at}.{name}" if at else name)]
    if isinstance(data, list | tuple) and any(isinstance(value, dict) for value in data):
        return [pair for n, value in enumerate(data) for pair in _flat(value, f"{at}.{n}")]
    if isinstance(data, list | tuple):
        return [(at, str(value)) for value in data]
    return [(at, ("ja" if data else "nee") if isinstance(data, bool) else str(data))]
