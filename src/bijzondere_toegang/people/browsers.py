"""Which kind of browser somebody uses, in two words: enough to know an own device by, and no more."""

from __future__ import annotations

from fastapi import Request

KINDS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
         ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
DEVICES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


def browser_of(request: Request) -> str:
    """As `Firefox|Windows`; a part that nobody knows stays empty."""
    told = request.headers.get("user-agent", "")
    return f"{_first(KINDS, told)}|{_first(DEVICES, told)}"


def _first(known: tuple[tuple[str, str], ...], told: str) -> str:
    return next((word for mark, word in known if mark in told), "")
