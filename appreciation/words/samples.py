"""Made-up customers to try wordings on: those for whom a note goes wrong first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appreciation.dates import day_in_words, years_in_words
from appreciation.words.greetings import called, greeting, number_of
from appreciation.words.wording import Wording

# In a sample, whatever is called a day is this one, in the wording's language, and so are years.
_DAY = (4, 12)
_YEARS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """A made-up customer; ``known`` replaces what an occasion gives as its own sample."""

    name: str
    kind: str = "person"
    formality: str = "informal"
    known: tuple[tuple[str, Any], ...] = ()

    def suits(self, wording: Wording) -> bool:
        """Say whether a customer like this would be written to in ``wording``."""
        # Who may be called du is called Sie where there is nothing else.
        manner = wording.formality in {"", self.formality, "formal"}
        return manner and wording.number in {"", number_of(self.kind)}


SAMPLES: Mapping[str, Sample] = {
    "plain": Sample("Ada Byron"),
    "longest": Sample(
        f"Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh {'von und zu Hohenlohe ' * 6}"[
            :200
        ],
        known=(
            ("items", ", ".join(["a hand-thrown bowl with a blue rim and a lid"] * 4)),
            ("where", "the forty-second annual autumn gathering of small workshops"),
            ("name", "Maximiliana Featherstonehaugh-Wolfeschlegelstein"),
        ),
    ),
    "no-year": Sample("Bo Li", known=(("age", None), ("items", None), ("where", None))),
    "household": Sample("The Johnsons", "household"),
    "company": Sample("Acme Ltd", "company", known=(("items", None), ("where", None))),
    "accents": Sample(
        "Zoë Müller-Lévêque", known=(("items", "crème brûlée à l'œuf, ½ Käsekuchen"),)
    ),
    "formal": Sample("Dr. Ada Byron", formality="formal"),
}


def sample_words(
    sample: Sample,
    declared: Mapping[str, Any],
    wording: Wording,
    *,
    signer: str = "Rosa",
    business: str = "Rosa's Bakery",
) -> dict[str, Any]:
    """Return the words with which ``wording`` is written for ``sample``.

    ``declared`` holds what its occasion has to say, each with a sample of its own.
    """
    name, kind, formality = sample.name, sample.kind, sample.formality
    if wording.formality:
        formality = wording.formality
    opening = greeting(name, kind, None, business, wording.language, formality)
    about = {
        key: _told(sample, value, wording.language)
        for key, value in declared.items()
        if isinstance(value, Mapping)
    }
    return {
        "greeting": opening,
        "call_name": called(name, kind, None, wording.language),
        "name": name,
        "signer": signer,
        "business": business,
        "belated": wording.belated,
        "formal": formality == "formal",
        "facts": ["four daughters"],
        "tier": "regular",
        **about,
    }


def _told(sample: Sample, group: Mapping[str, Any], language: str) -> dict[str, Any]:
    known = dict(sample.known)
    told = {word: known.get(word, value) for word, value in group.items()}
    if "day" in told:
        told["day"] = day_in_words(*_DAY, language)
    if "month" in told:
        told["month"] = day_in_words(_DAY[0], 0, language)
    if "years" in told:
        told["years"] = years_in_words(_YEARS, language)
    return told
