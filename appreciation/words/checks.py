"""The finished text read once more: no hole in it, and no agenda."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from appreciation.words.languages import NAMES, other_language
from appreciation.words.markdown import passages

_RULES = Path(__file__).parent / "agenda"

_HOLES = {
    "is a value that nobody gave": r"\bNone\b(?! of\b)|\b(?:nan|NaN|null|undefined)\b",
    "is a hole that nobody filled": (
        r"\{\{.*|.*\}\}|\{%.*|\{\w+\}|%[A-Z_]{3,}%|\|[A-Z_]{3,}\|"
        r"|(?i:\[(?:first|last|full)?[ _]?name\])|\(\s*\)|(?m:^[ \t]*(?:\.\.\.|\u2026)[ \t]*$)"
    ),
    "greets nobody": (
        r"\b(?:Dear|Beste|Liebe|Lieber|Cher|Chère|Guten Tag)\s*[,!:]"
        r"|\b(?:Hi|Hello|Hey|Hallo|Hola|Bonjour|Ciao|Buongiorno|Olá|Buenos días)\s+[,:]"
    ),
    # A blank that cannot break is what French puts there.
    "has a blank before the sign": r"\S*[^\S\u00a0\u202f]+[,.;](?=\s|$)",
    "has two blanks in a row": r"\S+[ \u00a0]{2,}\S+",
    "is garbled": r"\w*(?:\ufffd|Ã[\u0080-\u00bf]|â€)\w*",
    "is HTML, and would be read as it stands": r"</?[a-zA-Z][^<>]*>|&(?:[a-z]+|#\d+);",
}
_HOLE = [(why, re.compile(pattern)) for why, pattern in _HOLES.items()]
_WORD = re.compile(r"[^\W\d_]{4,}")
_ROMAN = re.compile(r"[IVXLCDM]+")
# Two blanks are what is left of a new paragraph.
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)| {2}")
# Not {2,5}, which repeats.
_WORDS = re.compile(r"\{([a-z_]+)\}")
_NEVER = r"(?!)"
_ALWAYS = r"(?=)"
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
    find_exactly: re.Pattern[str]
    along: re.Pattern[str]
    unless: re.Pattern[str]
    disclaimed: re.Pattern[str]


def faults(
    subject: str,
    body: str,
    *,
    allowed: Collection[str] = (),
    language: str = "en",
    overruled: bool = False,
) -> list[str]:
    """Return why the finished note must not leave, one sentence for each fault.

    ``allowed`` holds the names in it, the customer's and the business's: they
    may be in capitals, and a Ms Price or The Sale Room sells nothing. ``body``
    is Markdown and its lines are counted from 1. Where a person has ``overruled``
    the check for an agenda, only what is blank or broken counts.
    """

    def findings(words: str) -> list[Finding]:
        sold = [] if overruled else agenda(words, allowed, language)
        return sorted([*holes(words, allowed), *sold], key=lambda finding: finding.start)

    found = [] if subject.strip() else ["subject: is empty"]
    found += [f"subject: {finding}" for finding in findings(subject)]
    if "\n" in subject:
        found.append("subject: goes on over several lines")
    paragraphs = list(passages(body))
    if not paragraphs:
        return [*found, "line 1: the note is empty"]
    first, opening = paragraphs[0]
    if not re.search(r"\w", opening):
        found.append(f'line {first}: "{opening}" is an empty greeting')
    text = "\n\n".join(words for _, words in paragraphs)
    # What a customer is called, or chose, may be of any language.
    if other := other_language(_without(text, allowed), language):
        own = NAMES[language.partition("-")[0]]
        found.append(f"line {first}: the note reads like {NAMES[other]}, and should be {own}")
    lines = _lines(paragraphs)
    for finding in findings(text):
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
    spared = {word for name in allowed for word in _WORD.findall(name)}
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isupper() and word not in spared and not _ROMAN.fullmatch(word):
            yield Finding(match.start(), word, "is in capitals")


def agenda(text: str, allowed: Collection[str] = (), language: str = "en") -> Iterator[Finding]:
    """Yield what ``text`` sells, offers or asks for."""
    plain = re.sub(r"\s", " ", _without(text, allowed))
    small = _in_small_letters(plain)
    for rule in _rules(language):
        for match in chain(rule.find.finditer(small), rule.find_exactly.finditer(plain)):
            start, end = match.span()
            before, sentence = _around(small, start, end)
            if not rule.along.search(sentence):
                continue
            if not rule.unless.search(sentence) and not rule.disclaimed.search(before):
                words = plain[start:end].lstrip(" .!?:;,)")
                yield Finding(end - len(words), words.rstrip(), rule.why)


def _in_small_letters(text: str) -> str:
    """Return ``text`` in small letters, every one in its place.

    Searching this is twice as fast as a search that ignores case.
    """
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the sentence that holds ``text[start:end]``: what stands before it, and all of it."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    first = ends[-1] if ends else 0
    last = _SENTENCE_END.search(text, end)
    return text[first:start], text[first : last.start() if last else len(text)]


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
    common, own_rules = (
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (_RULES / "any.toml", chosen)
    )
    words = own_rules["words"]
    disclaimed = _any_of([own_rules["disclaimed"]])
    # Money given to a hospice is no price; only the language can tell that it was given.
    excuses = {rule["why"]: rule.get("unless", []) for rule in own_rules["rule"]}
    common_rules = [
        {**rule, "unless": rule.get("unless") or excuses.get(rule["why"], [])}
        for rule in common["rule"]
    ]
    return [
        _Rule(
            rule["why"],
            _any_of(rule.get("find", []), words),
            _any_of(rule.get("find_exactly", []), words),
            _any_of(rule.get("along", [_ALWAYS]), words),
            _any_of(rule.get("unless", []), words),
            disclaimed,
        )
        for rule in (*common_rules, *own_rules["rule"])
    ]


def _any_of(
    patterns: list[str], words: Mapping[str, list[str]] = MappingProxyType({})
) -> re.Pattern[str]:
    """Return what finds any of ``patterns``, where ``{act}`` stands for any of ``words["act"]``."""
    return re.compile(
        _WORDS.sub(lambda name: f"(?:{'|'.join(words[name[1]])})", "|".join(patterns) or _NEVER)
    )
