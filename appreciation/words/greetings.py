"""The opening sentence of a note: chosen by what we may call the customer, in its language."""

from typing import NamedTuple

from appreciation.words.name_lists import HOUSEHOLD
from appreciation.words.names import call_name, formal_name, is_a_name, is_one_family

FORMALITIES = ("informal", "formal")


class Openings(NamedTuple):
    """How a letter opens, by whom it is to; ``{}`` is the name, of the business for ``nobody``.

    ``family`` is what a household is called, not yet greeted: the Brandt family.
    """

    informal: str
    formal: str
    family: str
    company: str
    nobody: str


# None of them guesses a gender: no Liebe or Lieber, no Cher or Chère, no Estimado.
_OPENINGS = {
    "en": Openings(
        informal="Dear {},",
        formal="Dear {},",
        family="{} family",
        company="Dear all at {},",
        nobody="Hello from {},",
    ),
    "de": Openings(
        informal="Hallo {},",
        formal="Guten Tag {},",
        family="Familie {}",
        company="Hallo an alle bei {},",
        nobody="Hallo von {},",
    ),
    "es": Openings(
        informal="Hola, {}:",
        formal="Buenos días, {}:",
        family="familia {}",
        company="Hola a todo el equipo de {}:",
        nobody="Un saludo de {}:",
    ),
    "fr": Openings(
        informal="Bonjour {},",
        formal="Bonjour {},",
        family="famille {}",
        company="Bonjour à toute l’équipe chez {},",
        # Not "de la part de", which would have to become "d’" before Atelier.
        nobody="Un bonjour de chez {},",
    ),
    "it": Openings(
        informal="Ciao {},",
        formal="Buongiorno {},",
        family="famiglia {}",
        company="Buongiorno a tutta la squadra di {},",
        nobody="Un saluto da {},",
    ),
    "nl": Openings(
        informal="Beste {},",
        formal="Beste {},",
        family="familie {}",
        company="Beste mensen van {},",
        nobody="Een groet van {},",
    ),
    "pt": Openings(
        informal="Olá, {},",
        formal="Olá, {},",
        family="família {}",
        company="Olá a todos em {},",
        nobody="Uma saudação de {},",
    ),
}
# A bare name and a comma opens a letter in any language.
_ANY_LANGUAGE = Openings("{},", "{},", "{}", "{},", "{},")

# Where a language says du and Sie, being too formal is forgiven; English has one form for all.
_CUSTOM = {"en": "informal"}


def customary_formality(language: str) -> str:
    """Return how a business writes in ``language`` where nobody has said otherwise."""
    return _CUSTOM.get(_tongue(language), "formal")


def number_of(kind: str) -> str:
    """Return whether a note speaks to one person or to several."""
    return "singular" if kind == "person" else "plural"


def greeting(
    name: str,
    kind: str,
    given_call_name: str | None,
    business: str,
    language: str = "en",
    formality: str = "informal",
) -> str:
    """Return the opening sentence of a note, chosen by what we may call the customer.

    ``given_call_name`` is what they or the owner told us, and always wins; a
    company's is the person we know there. Use the wording's ``language``, not
    the customer's: the opening belongs to the letter.
    """
    opening = _OPENINGS.get(_tongue(language), _ANY_LANGUAGE)
    is_formal = formality == "formal"
    to_somebody = opening.formal if is_formal else opening.informal
    told = (given_call_name or "").strip()
    if is_a_name(told):
        return to_somebody.format(told)
    if kind == "company" and is_a_name(name):
        return opening.company.format(name.strip())
    called = (
        formal_name(name, language) if is_formal and kind == "person" else call_name(name, kind)
    )
    if not called:
        return opening.nobody.format(business.strip()) if _has_letters(business) else "Hello,"
    if kind == "household":
        called = household_name(called, language)
    return to_somebody.format(called)


def called(name: str, kind: str, given_call_name: str | None, language: str) -> str | None:
    """Return what a note in ``language`` calls its reader in the middle of a sentence, if it can."""
    if given_call_name:
        return given_call_name
    own = call_name(name, kind)
    return household_name(own, language) if own and kind == "household" else own


def household_name(name: str, language: str) -> str:
    """Return what to call a household in ``language``: "Familie Brandt" is the Brandt family.

    Where it is not one family name alone, it is called as it was given.
    """
    words = name.split()
    several = words[0].casefold() == "the" and len(words) > 1
    words = words[1:] if several else words
    family = [word for word in words if word.casefold() not in HOUSEHOLD] or words
    said = len(family) < len(words)
    if (said or not several) and is_one_family(family, said=said):
        return _OPENINGS.get(_tongue(language), _ANY_LANGUAGE).family.format(" ".join(family))
    return " ".join(family)


def _has_letters(words: str) -> bool:
    return any(map(str.isalnum, words))


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()
