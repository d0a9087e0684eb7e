"""A wording read before any customer does: every word known, every branch clean."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

from appreciation.errors import NoteBlocked
from appreciation.words.checks import agenda, faults
from appreciation.words.rendering import Letter, Use, is_blank, value_of
from appreciation.words.samples import SAMPLES, sample_words
from appreciation.words.wording import Wording

# What every note has; a wording is proofread with these where an occasion gives no sample.
COMMON: Mapping[str, Any] = {
    "greeting": "Dear Ada,",
    "call_name": "Ada",
    "name": "Ada Byron",
    "signer": "Rosa",
    "business": "Rosa's Bakery",
    "belated": False,
    "formal": False,
    "facts": ["four daughters"],
}

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a template; as words ``FILE:LINE: what``."""

    path: Path
    line: int
    wrong: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.wrong}"


def proofread(
    wording: Wording, letter: Letter, declared: Mapping[str, Mapping[str, Any]]
) -> list[Fault]:
    """Return the faults of one wording, by line."""
    if wording.occasion not in declared:
        known = ", ".join(sorted(declared))
        return [
            Fault(wording.path, 1, f"there is no occasion {wording.occasion!r}; there are {known}")
        ]
    words = {**COMMON, **declared[wording.occasion], "belated": wording.belated}
    found = [*_unknown_words(wording, letter, words), *_agendas(wording)]
    # What is unknown cannot be written; say it once.
    found = found or [*_misprints(wording, letter, words)]
    return sorted(set(found or _read_by_all(wording, letter, declared[wording.occasion])))


def _read_by_all(wording: Wording, letter: Letter, declared: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the note to a customer of each kind, the worst of them first."""
    for called, sample in SAMPLES.items():
        words = sample_words(sample, declared, wording)
        lacks = any(is_blank(value_of(words, word)) for word in wording.needs)
        if lacks or not sample.suits(wording):
            continue
        try:
            subject, body = letter.write(words)
        except NoteBlocked as error:
            line, _, wrong = str(error).removeprefix(f"{wording.path}:").partition(": ")
            yield Fault(wording.path, int(line), f"as written for the sample {called}, {wrong}")
            continue
        for wrong in faults(subject, body, allowed=_told(words), language=wording.language):
            what = f"as written for the sample {called}, {wrong}"
            yield Fault(wording.path, wording.body_line, what)


def _told(words: Mapping[str, Any]) -> list[str]:
    """Return what of ``words`` is a customer's or the business's own, and may look as it likes."""
    groups = (value.values() for value in words.values() if isinstance(value, Mapping))
    told = [*words.values(), *chain.from_iterable(groups)]
    return [each for each in told if isinstance(each, str) and each != words["greeting"]]


def _unknown_words(wording: Wording, letter: Letter, words: Mapping[str, Any]) -> Iterator[Fault]:
    asked = [Use(word, 1, guarded=False) for word in wording.needs]
    for use in {use.word: use for use in [*asked, *letter.uses]}.values():
        if not _is_declared(use.word, words):
            near = get_close_matches(use.word, _all_words(words), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            wrong = f"{wording.occasion} notes have no word {use.word!r}{hint}"
            yield Fault(wording.path, use.line, wrong)


def _agendas(wording: Wording) -> Iterator[Fault]:
    """Yield what the template itself sells, in the branches that no sample takes as well."""
    for source, line in (
        (wording.subject, wording.subject_line),
        (wording.body, wording.body_line),
    ):
        literal = _TAG.sub(_blotted, source)
        for finding in agenda(literal, language=wording.language):
            at = line + literal.count("\n", 0, finding.start)
            yield Fault(wording.path, at, str(finding))


def _misprints(wording: Wording, letter: Letter, words: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the note as written, with and without the words it can spare."""
    spared = [use.word for use in letter.uses if use.guarded and use.word not in wording.needs]
    names = [str(words[word]) for word in ("name", "call_name", "business", "signer")]
    for sample in (words, _lacking(spared, words)):
        try:
            subject, body = letter.write(sample)
        except NoteBlocked as error:
            line, _, wrong = str(error).removeprefix(f"{wording.path}:").partition(": ")
            yield Fault(wording.path, int(line), wrong)
            return
        for wrong in faults(subject, body, allowed=names, language=wording.language):
            yield Fault(wording.path, wording.body_line, f"as written, {wrong}")


def _lacking(spared: list[str], words: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``words`` with each of ``spared`` unknown; flags stay as they are."""
    lacking = dict(words)
    for word in spared:
        first, _, rest = word.partition(".")
        if isinstance(value_of(words, word), bool):
            continue
        lacking[first] = _lacking([rest], lacking[first]) if rest else None
    return lacking


def _is_declared(word: str, words: Mapping[str, Any]) -> bool:
    known: object = words
    for key in word.split("."):
        if not isinstance(known, Mapping) or key not in known:
            return False
        known = known[key]
    return True


def _all_words(words: Mapping[str, Any], before: str = "") -> list[str]:
    found: list[str] = []
    for word, value in words.items():
        deeper = _all_words(value, f"{before}{word}.") if isinstance(value, Mapping) else []
        found += deeper or [f"{before}{word}"]
    return found


def _blotted(tag: re.Match[str]) -> str:
    # Keeps its lines, so that a place in the rest can be told by line.
    return "\u25a1" + "\n" * tag.group().count("\n")
