"""The papers for the owner: what lies in a batch, and what is needed to write by hand."""

import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from appreciation.printing.cards import address_of
from appreciation.printing.faces import HANDS, Faces
from appreciation.printing.grids import PAPERS
from appreciation.printing.manifest import Manifest
from appreciation.printing.pieces import Piece
from appreciation.printing.print_tree import blocks_to_set, is_right_to_left, text_of, tidy
from appreciation.printing.sheets import Sheet
from appreciation.printing.stocks import Labels

_WORDS = Path(__file__).with_name("words.toml")


def pick_list_sheet(manifest: Manifest, faces: Faces) -> Sheet:
    """Return the list a person ticks off while folding, in the order of the cards."""
    language = manifest.look.language
    words = words_in(language)
    has_enclosures = any(piece.enclose for piece in manifest.pieces)
    rows = [
        {
            "code": piece.code,
            "name": _breakable(piece.name),
            "why": _breakable(piece.why),
            "enclose": _breakable(piece.enclose),
        }
        for piece in manifest.pieces
    ]
    data = {
        "title": tidy(manifest.title),
        "page": _page(manifest),
        "subtitle": _subtitle(manifest, words),
        "families": [face.family for face in faces.behind],
        "language": language.partition("-")[0],
        "words": words,
        "enclosures": has_enclosures,
    }
    return Sheet("pick_list.typ", data, rows, faces.behind)


def to_write_sheet(manifest: Manifest, faces: Faces) -> Sheet:
    """Return a sheet for each piece with all that a person needs to write it with a pen."""
    words = words_in(manifest.look.language)
    hand = next(face for face in faces.hands if face.family == manifest.look.hand)
    data = {
        "title": tidy(manifest.title),
        "page": _page(manifest),
        "families": [face.family for face in faces.behind],
        "hand": [hand.family, *(face.family for face in faces.behind)],
        "weight": HANDS[hand.family].weight,
        "ink": manifest.look.ink_of(manifest.pieces[0]),
        "words": words,
    }
    return Sheet("to_write.typ", data, [_to_write(piece) for piece in manifest.pieces], faces.all)


def words_in(language: str) -> dict[str, str]:
    """Return what stands on the owner's papers, in ``language`` or else in English."""
    book = _book()
    return book.get(language.partition("-")[0], book["en"])


def _page(manifest: Manifest) -> list[float]:
    paper = PAPERS[manifest.look.lists_on]
    return [paper.width, paper.height]


def _subtitle(manifest: Manifest, words: dict[str, str]) -> str:
    count = len(manifest.pieces)
    letters = words["letter"] if count == 1 else words["letters"].format(count=count)
    parts = [_day(manifest.made_on, manifest.look.language), letters, manifest.look.card.name]
    if not manifest.look.card.address:
        envelope = manifest.look.envelope
        start = manifest.start_at
        from_place = words["from_place"].format(place=start)
        later = isinstance(envelope, Labels) and start > 1
        parts.append(f"{envelope.name}, {from_place}" if later else envelope.name)
    return " \N{MIDDLE DOT} ".join(parts)


def _day(day: date, language: str) -> str:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_date(day, "long" if locale.language != "en" else "d MMMM y", locale=locale)


def _to_write(piece: Piece) -> dict[str, Any]:
    blocks = blocks_to_set(piece.body)
    return {
        "code": piece.code,
        "name": tidy(piece.name),
        "why": tidy(piece.why),
        "facts": [tidy(fact) for fact in piece.facts],
        "before": [tidy(line) for line in piece.before.splitlines() if line.strip()],
        "perhaps": [[tidy(line) for line in text_of([block]).splitlines()] for block in blocks],
        "rtl": is_right_to_left(text_of(blocks)),
        "enclose": tidy(piece.enclose),
        **address_of(piece),
    }


def _breakable(text: str) -> str:
    return re.sub(r"(\S{24})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", tidy(text))


@cache
def _book() -> dict[str, dict[str, str]]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
