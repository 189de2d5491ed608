"""What nobody should send, and what somebody will: values, names, bodies and headers that break careless readers."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote

Pairs = list[tuple[str, str]]

TEXTS = (
    "", " ", "\x00", "a\x00b", "\t\n", "\r\nSet-Cookie: a=b", "\x1b[31m", "\x85", "\u2028", "\u202eabc", "\ufeff", "\ufffe",
    "💥" * 50, "é" * 8001, "x" * 201, "x" * 20_000, "ﷺ", "Zoë ’t Hof-de Vries", "e\u0301", "²", "１２", "٣", "½", "Ⅷ",
    "0", "-1", "1", "11", "1.5", "1e3", "1e309", "NaN", "Infinity", "2147483648", "99999999999999999999", "9" * 5000,
    "2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-11-09T10:00:00Z", "2026-1-1",
    "٢٠٢٦-١١-٠٩", "25:00", "24:00", "00:00", "9:5", "true", "false", "null", "on", "ja", "nee", "[]", "{}", "{", "'",
    "' OR 1=1 --", '"', "<script>alert(1)</script>", "&amp;", "%00", "%s%n", "{0}", "{x}", "{{7*7}}", "${7*7}",
    "../../etc/passwd", "C:\\con", "/", "//voorbeeld.nl", "javascript:alert(1)", "BT-1001", "bt-1001", "BT-9999", "BT-",
    "BT-99999999999999999999", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "ffffffffffffffffffffffffffffffff", "{ffffffff-ffff-ffff-ffff-ffffffffffff}", "urn:uuid:0", "moeder", "__class__",
)  # fmt: skip
DAYS = ("0001-01-01", "1900-01-01", "1970-01-01", "2000-02-29", "2027-02-29", "2199-12-31", "9999-12-31")
"""Where a day stood, these get further than rubbish does: to where is counted."""
ATOMS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**40, 1.5, -0.0, 1e308, [], {}, [[]], [None], {"": ""}, {"a": {"a": {}}},
    "\ud800", "a\udfffb", ["x"] * 300, {str(n): n for n in range(300)},
)  # fmt: skip
"""Values of JSON that are not what a text field waits for; half a surrogate pair is legal JSON and no text."""
NAMES = ("", ".", "..", "a.b.c.d.e.f.g.h.i.j", "0", "-1", "_", "_stap", "_revisie", "_meer", "_minder", "_csrf", "__proto__",
         "doelen.0.tekst", "doelen.99999.tekst", "doelen.0", "doelen", "é", "9" * 5000, "٣", "x" * 3000, "\x00", "[]", "a[0][b]")  # fmt: skip
KINDS = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "application/json",
    "application/x-www-form-urlencoded; charset=klingon", "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x", 'multipart/form-data; boundary="' + "x" * 300 + '"', "text/plain", "text/xml",
    "application/json; charset=utf-16", "application/problem+json", "", ";", "é/é", "a" * 2000, "application/octet-stream",
)  # fmt: skip
BODIES = (
    b"", b"\x00", b"\xff\xfe\xfd", b"%", b"%ff%fe=%00", b"a=%ED%A0%80&_stap=%C0%80", b"=", b"&&&&", b"a" * 70_000, b"=&" * 6_000,
    b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n", b"--x--", b"--x\r\n\r\n\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: form-data; name=\"bestand\"; filename=\"\x00.pdf\"\r\n\r\n%PDF\r\n--x--\r\n",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n", b"--x\r\nContent-Type: \xff\r\n\r\nx\r\n--x--\r\n",
    b"{", b"[]", b"null", b"1", b'"x"', b"NaN", b'{"stap": NaN}', b'{"stap": "\\ud800"}', b'{"a":1,"a":2}', b"\xef\xbb\xbf{}",
    b'{"stap": "x", "revisie": 1e999, "gegevens": {}}', b"[" * 20_000, b'{"a":' * 20_000, b'{"revisie": ' + b"9" * 5000 + b"}",
    "{}".encode("utf-16"), b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
)  # fmt: skip
HEADERS: tuple[dict[str, str | bytes], ...] = (
    {"accept-language": "nl;q=é".encode()}, {"accept-language": ";;;,q=x"}, {"accept": "*"}, {"range": "bytes=-1"}, {"hx-request": "true"},
    {"if-none-match": "*"}, {"if-modified-since": "gisteren"}, {"content-length": "-1"}, {"content-length": "x"},
    {"content-length": "9" * 400}, {"transfer-encoding": "chunked"}, {"host": "x" * 300}, {"host": ""}, {"cookie": "sessie"},
    {"cookie": b"sessie=\xff\xfe; taal=\x80"}, {"cookie": "taal=xx; sessie=%00"}, {"authorization": "Bearer"},
    {"authorization": b"Bearer \xff\xc3\xa9"}, {"authorization": "Basic !!!"}, {"authorization": "Bearer " + "x" * 5000},
    {"origin": "http://[", "sec-fetch-site": ""}, {"sec-fetch-site": "cross-site"}, {"x-csrf-token": b"\xc3\xa9"},
    {"x-forwarded-for": "x" * 500}, {"x-request-id": "\x7f"}, {"referer": "http://[::"}, {"user-agent": b"\xff" * 100},
    {"expect": "100-continue"}, {"x-http-method-override": "DELETE"},
)  # fmt: skip

FILES = (
    b"", b"\x00", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
    b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, b"\xff\xd8\xff\xe1\xff\xff", b"GIF89a\xff\xff\xff\xff", b"PK\x03\x04" + b"\xff" * 60,
    b"PK\x05\x06" + b"\x00" * 18, b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>", b"MZ" + b"\x90" * 200, b"\xd0\xcf\x11\xe0",
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", b"x" * 300_000, "Verslag van Zoë".encode("utf-16"),
)  # fmt: skip
MEDIA = ("application/pdf", "image/png", "text/plain", "text/html", "", "x/y; z=\x22", "image/svg+xml")
FILE_NAMES = (
    "",
    ".",
    "a.pdf",
    "a.PDF.exe",
    "../../a.pdf",
    "a\x00.pdf",
    "é" * 300 + ".png",
    "con",
    "a.svg",
    "\u202efdp.exe",
    "x.docx",
    'a".jpg',
    "a\r\nb.txt",
)


def text(dice: random.Random) -> str:
    """One of the texts, or a few random characters from anywhere in Unicode."""
    if dice.random() < 0.8:
        return dice.choice(TEXTS)
    points = (dice.choice((dice.randrange(0x20), dice.randrange(0x300), dice.randrange(0x110000))) for _ in range(9))
    return "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)


def segment(dice: random.Random) -> str:
    """A part of a path."""
    return quote(text(dice)[:300], safe="") or "%20"


def mutated(dice: random.Random, pairs: Pairs) -> Pairs:
    """A filled form with a few things wrong."""
    pairs = list(pairs)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(pairs)) if pairs else None
        kind = dice.randrange(7)
        if at is None or kind == 0:
            pairs.insert(dice.randint(0, len(pairs)), (dice.choice(NAMES), text(dice)))
        elif kind == 1:
            del pairs[at]
        elif kind == 2:
            pairs.append(pairs[at])
        elif kind == 3:
            pairs[at] = (dice.choice(NAMES), pairs[at][1])
        elif kind == 4:
            pairs[at] = (pairs[at][0] + dice.choice((".0", ".x", ".0.tekst", "x")), text(dice))
        else:
            pairs[at] = (pairs[at][0], instead_of(pairs[at][1], dice))
    return pairs


def instead_of(value: Any, dice: random.Random) -> str:
    """Another text; half the time another day where a day stood."""
    is_day = isinstance(value, str) and len(value) == len("2026-04-14") and value[4::3] == "--"
    return dice.choice(DAYS) if is_day and dice.random() < 0.5 else text(dice)


def mutated_json(dice: random.Random, value: Any) -> Any:
    """The same document with something wrong in one place."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        changed, kind, name = dict(value), dice.random(), dice.choice(list(value))
        if kind < 0.1:
            del changed[name]
        elif kind < 0.2:
            changed[dice.choice(NAMES)] = value[name]
        else:
            changed[name] = mutated_json(dice, value[name])
        return changed
    if isinstance(value, list) and value and dice.random() < 0.85:
        at = dice.randrange(len(value))
        return [*value[:at], mutated_json(dice, value[at]), *value[at + dice.randint(0, 1) :]]
    return dice.choice(ATOMS) if dice.random() < 0.5 else instead_of(value, dice)


def as_body(value: Any) -> bytes:
    """JSON as any library writes it: half a surrogate pair as an escape."""
    return json.dumps(value).encode()


def form_body(dice: random.Random, pairs: Pairs) -> bytes:
    """The form in UTF-8; now and then cut off or with a byte that is no text."""
    body = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs).encode()
    at = dice.randint(0, len(body))
    return dice.choice((body, body, body, body, body, body, body[:at], body[:at] + b"\xff%" + body[at:]))
