"""Learn what selling sounds like, from the lists in tests/agenda.

python benchmarks/learn_agenda.py            writes appreciation/words/agenda/*.weights
python benchmarks/learn_agenda.py --measure  learns from three quarters, and tells
                                             what that finds in the last one
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from appreciation.words.selling import ENOUGH, features

ROOT = Path(__file__).parent.parent
LISTS = ROOT / "tests" / "agenda"
WEIGHTS = ROOT / "appreciation" / "words" / "agenda"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
ROUNDS, STEP, FORGETTING = 40, 0.1, 0.01
PARTS = 4
# Less than this tells nothing.
LIGHT = 0.12
THRESHOLDS = (ENOUGH - 0.4, ENOUGH, ENOUGH + 0.4)

Sentence = tuple[str, int]


def lines(language: str, name: str) -> list[str]:
    """Return the sentences of one list."""
    return (LISTS / language / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def taught(language: str) -> list[Sentence]:
    """Return all that may be learned from, 1 for what sells: not the unseen second half."""
    sells = [*lines(language, "plain"), *lines(language, "later-plain")]
    sells += [*lines(language, "fresh-plain"), *lines(language, "unseen-plain")[::2]]
    clean = [*lines(language, "clean"), *lines(language, "later-clean")]
    clean += [*lines(language, "fresh-clean"), *lines(language, "unseen-clean")[::2]]
    clean += lines(language, "more-clean")
    return [*((each, 1) for each in sells), *((each, 0) for each in clean)]


def learned(sentences: Sequence[Sentence]) -> dict[str, float]:
    """Return the weight of each feature by logistic regression; "" is where all begin."""
    rows = [([feature for feature, *_ in features(text)], sells) for text, sells in sentences]
    weights: dict[str, float] = {"": 0.0}
    order = random.Random(1)  # noqa: S311 the same each time
    for turn in range(ROUNDS):
        order.shuffle(rows)
        step = STEP / (1 + turn / 10)
        for found, sells in rows:
            score = weights[""] + sum(weights.get(f, 0.0) for f in found)
            off = (sells - 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))) * step
            weights[""] += off
            for f in found:
                weights[f] = weights.get(f, 0.0) * (1 - step * FORGETTING) + off
    return {f: round(w, 2) for f, w in weights.items() if abs(w) >= LIGHT or not f}


def score(weights: Mapping[str, float], sentence: str) -> float:
    """Return how much ``sentence`` sounds like selling."""
    return weights[""] + sum(weights.get(feature, 0.0) for feature, *_ in features(sentence))


def measure() -> None:
    """Print what three quarters of all teach about the last one, for several thresholds."""
    found: Counter[tuple[float, int]] = Counter()
    many: Counter[int] = Counter()
    for language in LANGUAGES:
        every = taught(language)
        for part in range(PARTS):
            weights = learned([each for at, each in enumerate(every) if at % PARTS != part])
            for sentence, sells in every[part::PARTS]:
                many[sells] += 1
                for enough in THRESHOLDS:
                    found[enough, sells] += score(weights, sentence) >= enough
    for enough in THRESHOLDS:
        print(
            f"{enough:.1f}: {found[enough, 1] / many[1]:.1%} of {many[1]} found,"
            f" {found[enough, 0] / many[0]:.2%} of {many[0]} clean ones stopped"
        )


def write(languages: Iterable[str] = LANGUAGES) -> None:
    """Write the weights of ``languages``."""
    for language in languages:
        text = as_text(learned(taught(language)))
        (WEIGHTS / f"{language}.weights").write_text(text, encoding="utf-8")


def as_text(weights: Mapping[str, float]) -> str:
    """Return ``weights`` as they lie in their file: a feature and its weight on each line."""
    return "".join(f"{feature}\t{weight:.2f}\n" for feature, weight in sorted(weights.items()))


if __name__ == "__main__":
    measure() if "--measure" in sys.argv else write()
