"""The one check for every file that comes in, by a page, by machine or with a referral."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from bijzondere_toegang.documents.kinds import TEXT, UNKNOWN, kind_of
from bijzondere_toegang.documents.limits import MOST_BYTES, Unfit
from bijzondere_toegang.documents.scanner import Scanner
from bijzondere_toegang.documents.washing import washed, words_in
from bijzondere_toegang.errors import N_, Sentence

WHY: Mapping[str, str] = {
    "broken": N_("Dit bestand is beschadigd. Maak het opnieuw, of kies een ander bestand."),
    "empty": N_("Dit bestand is leeg. Kies een ander bestand."),
    "encoding": N_("De inhoud is niet goed overgekomen (base64). Voeg het document opnieuw toe."),
    "files-inside": N_("In dit bestand zitten andere bestanden. Voeg die los toe, of bewaar het als PDF."),
    "infected": N_("In dit bestand zit een virus. Het is niet bewaard. Waarschuw wie het u stuurde."),
    "kind": N_("Dit soort bestand kan hier niet. Kies een PDF, foto (JPEG of PNG), Word-bestand (DOCX), ODT of TXT."),
    "missing": N_("Kies eerst een bestand."),
    "old-office": N_("Dit Word-bestand is te oud of heeft een wachtwoord. Bewaar het als PDF."),
    "password": N_("Dit bestand heeft een wachtwoord. Haal het wachtwoord eraf en kies het bestand opnieuw."),
    "phone-photo": N_("Deze foto of film kan hier niet. Bewaar de foto als JPEG en kies haar opnieuw."),
    "programs": N_("In dit bestand zitten macro’s. Bewaar het als PDF, of zonder macro’s."),
    "reaches-outside": N_("Dit bestand haalt iets van buiten op. Bewaar het als PDF en kies het opnieuw."),
    "too-full": N_("Dit bestand is uitgepakt te groot. Maak het kleiner, of verdeel het."),
    "too-heavy": N_("Dit bestand is te zwaar of beschadigd. Maak het opnieuw, of bewaar het als PDF."),
    "too-large": N_("Dit bestand is te groot: hooguit 10 MB. Maak het kleiner, of verdeel het."),
    "too-many-pixels": N_("Deze afbeelding is te groot. Maak haar kleiner en kies haar opnieuw."),
}
"""The one sentence for each cause."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may come in: washed and scanned, with the media type that it is."""

    content: bytes
    media_type: str
    words: str | None = None
    """what it says, bare, to be searched; None: it was not read yet"""


def checked(content: bytes, scanner: Scanner | None) -> Checked:
    """What is kept of a file. Raises Unfit, and NotScanned when the scanner can't be asked."""
    if len(content) > MOST_BYTES:
        raise Unfit("too-large")
    kind = kind_of(content)
    if scanner is not None and not scanner.is_clean(content):
        raise Unfit("infected")
    kept = content if kind == TEXT else washed(content, kind)
    return Checked(kept, kind, words_in(kept, kind))


def checked_in_referral(content: bytes, scanner: Scanner | None) -> Checked:
    """The same for a file in a referral, which is about a child: one that only can't be opened does not hold it up.

    It is kept as it came, scanned, and served as what no program opens by itself.
    """
    try:
        return checked(content, scanner)
    except Unfit as unfit:
        if unfit.why != "broken":
            raise
        return Checked(content, UNKNOWN, "")


def sentence_for(unfit: Unfit) -> Sentence:
    return Sentence(WHY.get(unfit.why, WHY["too-heavy"]))


def decoded(text: str) -> bytes:
    """The bytes of strict base64. Raises Unfit."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unfit("encoding") from error
