"""The finished text read once more: no hole in it, and no agenda."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appreciation.words.markdown import passages

_RULES = Path(__file__).parent / "agenda"

_HOLES = {
    "is a value that nobody gave": r"\bNone\b(?! of\b)|\b(?:nan|NaN|null|undefined)\b",
    "is a hole that nobody filled": (
        r"\{\{.*|.*\}\}|\{%.*|\{\w+\}|%[A-Z_]{3,}%|\*\|\w+"
        r"|(?i:\[(?:first|last|full)?[ _]?name\])|\(\s*\)"
    ),
    "greets nobody": (
        r"\b(?:Dear|Liebe|Lieber|Cher|Chère)\s*[,!:]|\b(?:Hi|Hello|Hey|Hallo|Hola)\s+,"
    ),
    "has a blank before the sign": r"\S*\s+[,.;](?=\s|$)",
    "has two blanks in a row": r"\S+[ \u00a0]{2,}\S+",
    "is garbled": r"\w*(?:\ufffd|Ã[\u0080-\u00bf]|â€)\w*",
    "is HTML, and would be read as it stands": r"</?[a-zA-Z][^<>]*>|&(?:[a-z]+|#\d+);",
}
_HOLE = [(why, re.compile(pattern)) for why, pattern in _HOLES.items()]
_WORD = re.compile(r"[^\W\d_]{4,}")
_ROMAN = re.compile(r"[IVXLCDM]+")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\n")
# A name may excuse a word, but somebody who calls themselves a web address means it.
_NO_EXCUSE = re.compile(r"://|www\.|[{}<>]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that should not stand in a note; ``start`` counts in characters, from 0."""

    start: int
    words: str
    why: str

    def __str__(self) -> str:
        return f'"{self.words}" {self.why}'


@dataclass(frozen=True, slots=True)
class _Rule:
    why: str
    find: re.Pattern[str]
    unless: re.Pattern[str] | None
    disclaimed: re.Pattern[str] | None


def faults(
    subject: str, body: str, *, allowed: Collection[str] = (), language: str = "en"
) -> list[str]:
    """Return why the finished note must not leave, one sentence for each fault.

    ``allowed`` holds the names in it, the customer's and the business's: they
    may be in capitals, and a Ms Price or The Sale Room sells nothing. ``body``
    is Markdown and its lines are counted from 1.
    """
    found = [] if subject.strip() else ["subject: is empty"]
    found += [f"subject: {finding}" for finding in _findings(subject, allowed, language)]
    if "\n" in subject:
        found.append("subject: goes on over several lines")
    paragraphs = list(passages(body))
    if not paragraphs:
        return [*found, "line 1: the note is empty"]
    first, opening = paragraphs[0]
    if not re.search(r"\w", opening):
        found.append(f'line {first}: "{opening}" is an empty greeting')
    text = "\n\n".join(words for _, words in paragraphs)
    lines = _lines(paragraphs)
    for finding in _findings(text, allowed, language):
        found.append(f"line {lines[text.count(chr(10), 0, finding.start)]}: {finding}")
    return found


def _lines(paragraphs: list[tuple[int, str]]) -> list[int]:
    """Return, for each line of the paragraphs put together, its line in the body."""
    lines: list[int] = []
    for first, words in paragraphs:
        # One more, for the blank line after it.
        lines += range(first, first + words.count("\n") + 2)
    return lines


def holes(text: str, allowed: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what a missing or broken value left behind in ``text``."""
    for why, pattern in _HOLE:
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.group(), why)
    if text.islower():
        return
    spared = {word for name in allowed for word in _WORD.findall(name)}
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isupper() and word not in spared and not _ROMAN.fullmatch(word):
            yield Finding(match.start(), word, "is in capitals")


def agenda(text: str, allowed: Collection[str] = (), language: str = "en") -> Iterator[Finding]:
    """Yield what ``text`` sells, offers or asks for."""
    text = _without(text, allowed)
    plain = re.sub(r"\s", " ", text).replace("\u2019", "'")
    for rule in _rules(language):
        for match in rule.find.finditer(plain):
            before, sentence = _around(text, match)
            if rule.unless and rule.unless.search(sentence):
                continue
            if rule.disclaimed and rule.disclaimed.search(before):
                continue
            yield Finding(match.start(), match.group().strip(), rule.why)


def _findings(text: str, allowed: Collection[str], language: str) -> list[Finding]:
    found = [*holes(text, allowed), *agenda(text, allowed, language)]
    return sorted(found, key=lambda finding: finding.start)


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    """Return the sentence in which ``match`` stands: up to it, and whole."""
    ends = [end.end() for end in _SENTENCE_END.finditer(text, 0, match.start())]
    first = ends[-1] if ends else 0
    end = _SENTENCE_END.search(text, match.end())
    return text[first : match.start()], text[first : end.start() if end else len(text)]


def _without(text: str, names: Collection[str]) -> str:
    """Return ``text`` with each name blotted out, every other character in its place."""
    for name in sorted(filter(None, map(str.strip, names)), key=len, reverse=True):
        if not _NO_EXCUSE.search(name):
            whole = rf"(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(whole, "\u25a1" * len(name), text)
    return text


@cache
def _rules(language: str) -> list[_Rule]:
    """Return the rules for ``language``; English ones where there are none yet."""
    spoken = language.partition("-")[0].lower()
    own = _RULES / f"{spoken}.toml"
    chosen = own if spoken.isalpha() and own.is_file() else _RULES / "en.toml"
    return [*_read(_RULES / "any.toml"), *_read(chosen)]


def _read(path: Path) -> Iterator[_Rule]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    disclaimed = data.get("disclaimed")
    for rule in data["rule"]:
        yield _Rule(
            rule["why"],
            _any_of(rule["find"]),
            _any_of(rule["unless"]) if "unless" in rule else None,
            _any_of([disclaimed]) if disclaimed else None,
        )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)
