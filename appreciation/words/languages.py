"""In which language a note is written: told by its small words, as a reader would."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

NAMES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
}

_PROFILES = Path(__file__).with_suffix(".toml")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
# Fewer words than this tell nothing; a note of three sentences has thirty.
_ENOUGH = 15
# How much more another language must be heard than the note's own: Portuguese and Spanish,
# Dutch and German share a good third of their small words.
_CLEARLY = 1.5
_SMALL_WORDS_AT_LEAST = 0.25


def heard(text: str) -> Mapping[str, float]:
    """Return for each language we know which part of ``text`` are its small words, 0 to 1."""
    words = [word.casefold().replace("\u2019", "'") for word in _WORD.findall(text)]
    return {
        language: sum(word in small for word in words) / max(len(words), 1)
        for language, small in _profiles().items()
    }


def other_language(text: str, language: str) -> str | None:
    """Return which language ``text`` is written in where that is clearly not ``language``."""
    own = language.partition("-")[0].lower()
    if own not in _profiles() or len(_WORD.findall(text)) < _ENOUGH:
        return None
    parts = heard(text)
    most = max(parts, key=lambda each: parts[each])
    is_clear = parts[most] >= max(_SMALL_WORDS_AT_LEAST, _CLEARLY * parts[own])
    return most if most != own and is_clear else None


@cache
def _profiles() -> Mapping[str, frozenset[str]]:
    data = tomllib.loads(_PROFILES.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in data.items()}
