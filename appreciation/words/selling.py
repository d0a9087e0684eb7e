"""What sounds like selling: each word of a sentence weighed by what many sentences have taught.

A rule finds the usual words; this hears the unusual ones. The weights of a language
lie in ``agenda/LANGUAGE.weights``, learned from the lists of the tests by
``benchmarks/learn_agenda.py``: sums of single words, so that it can always be said
which of them told.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_WEIGHTS = Path(__file__).parent / "agenda"
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[%€$£?]")
# Where a sentence begins, so that "Try" as its first word is another one than "I try".
_BEGINNING = "^"
_FIGURE = "#"
# Of a longer word its beginning counts too: reservation and reserve are one matter.
_STEM = 5
_LONG = 7
# So much and no less: at this, no more than one clean sentence in a hundred is stopped.
ENOUGH = 1.0


def sounds_like_selling(sentence: str, language: str) -> tuple[int, int] | None:
    """Return where in ``sentence`` the words stand that sell, None where nothing does."""
    weights = _weights(language)
    told: dict[tuple[int, int], float] = {}
    for feature, start, end in features(sentence):
        if weight := weights.get(feature):
            told[start, end] = told.get((start, end), 0.0) + weight
    if sum(told.values(), weights.get("", 0.0)) < ENOUGH:
        return None
    loudest = sorted(told, key=lambda place: -told[place])[:2]
    return min(start for start, _ in loudest), max(end for _, end in loudest)


def features(sentence: str) -> Iterator[tuple[str, int, int]]:
    """Yield once each what is weighed of ``sentence``, and where it stands: words, pairs, stems."""
    seen: set[str] = set()
    before, begun = _BEGINNING, 0
    for match in _TOKEN.finditer(sentence.lower().replace("\u2019", "'")):
        start, end = match.span()
        word = _FIGURE if match.group().isdigit() else match.group()
        pair = (f"{before} {word}", begun if before != _BEGINNING else start, end)
        found = [(word, start, end), pair]
        if len(word) >= _LONG:
            found.append((f"{word[:_STEM]}*", start, end))
        for each in found:
            if each[0] not in seen:
                seen.add(each[0])
                yield each
        before, begun = word, start


@cache
def _weights(language: str) -> Mapping[str, float]:
    """Return the weight of each feature in ``language``; of a language not learned, none."""
    spoken = language.partition("-")[0].lower()
    file = _WEIGHTS / f"{spoken}.weights"
    if not (spoken.isalpha() and file.is_file()):
        return {}
    lines = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {feature: float(weight) for feature, weight in lines}
