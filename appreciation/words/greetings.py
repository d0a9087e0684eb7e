"""The opening sentence of a note: chosen by what we may call the customer, in its language."""

from typing import NamedTuple

from appreciation.words.names import call_name, formal_name, is_a_name

FORMALITIES = ("informal", "formal")


class Openings(NamedTuple):
    """How a letter opens, by whom it is to; ``{}`` is the name, of the business for ``nobody``."""

    person: str
    formal: str
    household: str
    family: str
    formal_household: str
    formal_family: str
    company: str
    nobody: str


# None of them guesses a gender: no Liebe or Lieber, no Cher or Chère, no Estimado.
_OPENINGS = {
    "en": Openings(
        person="Dear {},",
        formal="Dear {},",
        household="Dear {},",
        family="Dear {} family,",
        formal_household="Dear {},",
        formal_family="Dear {} family,",
        company="Dear all at {},",
        nobody="Hello from {},",
    ),
    "de": Openings(
        person="Hallo {},",
        formal="Guten Tag {},",
        household="Hallo {},",
        family="Hallo Familie {},",
        formal_household="Guten Tag {},",
        formal_family="Guten Tag Familie {},",
        company="Hallo an alle bei {},",
        nobody="Hallo von {},",
    ),
    "es": Openings(
        person="Hola, {}:",
        formal="Buenos días, {}:",
        household="Hola, {}:",
        family="Hola, familia {}:",
        formal_household="Buenos días, {}:",
        formal_family="Buenos días, familia {}:",
        company="Hola a todo el equipo de {}:",
        nobody="Un saludo de {}:",
    ),
    "fr": Openings(
        person="Bonjour {},",
        formal="Bonjour {},",
        household="Bonjour {},",
        family="Bonjour famille {},",
        formal_household="Bonjour {},",
        formal_family="Bonjour famille {},",
        company="Bonjour à toute l'équipe chez {},",
        # Not "de la part de", which would have to become "d'" before Atelier.
        nobody="Un bonjour de chez {},",
    ),
    "it": Openings(
        person="Ciao {},",
        formal="Buongiorno {},",
        household="Ciao {},",
        family="Ciao famiglia {},",
        formal_household="Buongiorno {},",
        formal_family="Buongiorno famiglia {},",
        company="Buongiorno a tutta la squadra di {},",
        nobody="Un saluto da {},",
    ),
    "nl": Openings(
        person="Beste {},",
        formal="Beste {},",
        household="Beste {},",
        family="Beste familie {},",
        formal_household="Beste {},",
        formal_family="Beste familie {},",
        company="Beste mensen van {},",
        nobody="Een groet van {},",
    ),
    "pt": Openings(
        person="Olá, {},",
        formal="Olá, {},",
        household="Olá, {},",
        family="Olá, família {},",
        formal_household="Olá, {},",
        formal_family="Olá, família {},",
        company="Olá a todos em {},",
        nobody="Uma saudação de {},",
    ),
}
# A bare name and a comma opens a letter in any language.
_ANY_LANGUAGE = Openings(*["{},"] * len(Openings._fields))

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
    person = opening.formal if is_formal else opening.person
    told = (given_call_name or "").strip()
    if is_a_name(told):
        return person.format(told)
    if kind == "company" and is_a_name(name):
        return opening.company.format(name.strip())
    called = (
        formal_name(name, language) if is_formal and kind == "person" else call_name(name, kind)
    )
    if not called:
        return opening.nobody.format(business.strip()) if _has_letters(business) else "Hello,"
    if kind == "household":
        return _to_household(called, opening, is_formal=is_formal)
    return person.format(called)


def _to_household(called: str, opening: Openings, *, is_formal: bool) -> str:
    words = called.split()
    if words[0].casefold() == "the" and len(words) > 1:
        called = " ".join(words[1:])
    if len(words) == 1:
        return (opening.formal_family if is_formal else opening.family).format(called)
    return (opening.formal_household if is_formal else opening.household).format(called)


def _has_letters(words: str) -> bool:
    return any(map(str.isalnum, words))


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()
