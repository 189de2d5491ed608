"""Refusals: each is a class with a status and a sentence for the person who asked; 5xx is left for bugs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogues without translating it yet."""
    return sentence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A catalogue sentence with its named parameters; parameters never hold a value of a person."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in what was sent: a JSON pointer (RFC 6901) and a sentence that says what to do."""

    pointer: str
    text: str
    params: Mapping[str, object] = field(default_factory=dict)


class Refused(Exception):
    """The base of every refusal. `str()` holds the catalogue text only, never what was typed."""

    status = 400
    title = N_("Dit kan niet")
    onward: tuple[str, str] | None = None
    """Where a page sends the reader on, and the words of that link; None: to the beginning."""
    more: tuple[Sentence, ...] = ()
    """What else there is to say, after the sentence."""

    def __init__(self, text: str | None = None, **params: object) -> None:
        super().__init__(text or self.title)
        self.sentence = Sentence(text or self.title, params)


class NotThere(Refused):
    """Nothing here for this person; what is not yours looks just like what does not exist."""

    status = 404
    title = N_("Deze pagina is er niet")


class NotAllowed(Refused):
    """The person may see the case, but this act is not theirs."""

    status = 403
    title = N_("Dit is niet aan u")


class NotSignedIn(Refused):
    status = 401
    title = N_("Log eerst in")


class NotProven(Refused):
    """The person may do this, after a fresh proof of login; what was typed goes along."""

    status = 403
    title = N_("Bewijs eerst opnieuw dat u het bent")


class NotNow(Refused):
    """The case is in another stage, or something has to happen first."""

    status = 409
    title = N_("Dit kan nu niet")


class Stale(NotNow):
    """Somebody else acted on the case after this person loaded it."""

    title = N_("Een collega was u voor")


class Incomplete(Refused):
    """Answers are missing or wrong: all faults at once."""

    status = 422
    title = N_("Er klopt nog iets niet")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class TooOften(Refused):
    """More than anybody does by hand. `wait` is in seconds."""

    status = 429
    title = N_("Even rustig aan")

    def __init__(self, wait: int) -> None:
        super().__init__(N_("U vroeg in korte tijd heel veel. Wacht even en probeer het dan opnieuw."))
        self.wait = wait


class TooLarge(Refused):
    status = 413
    title = N_("Dit is te groot")


class Unavailable(Refused):
    """What happens can't be logged, so it does not happen."""

    status = 503
    title = N_("Dit lukt nu even niet. Probeer het over een paar minuten opnieuw.")
