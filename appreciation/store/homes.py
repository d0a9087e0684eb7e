"""Which addresses are one: the same home is spelt in many ways."""

import re
from unicodedata import category, normalize

# What a word of an address is also written as. Only whole words, and only what no town
# is called: a wrong guess would keep a good wording from somebody, and no more.
_SHORT = {
    word: short
    for short, words in {
        "st": "street saint sankt",
        "rd": "road",
        "ave": "avenue av avenida avda",
        "blvd": "boulevard bd",
        "ln": "lane",
        "dr": "drive",
        "ct": "court",
        "sq": "square",
        "pl": "place plaza platz",
        "apt": "apartment appartement",
        "ste": "suite",
        "fl": "floor",
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
        "c": "calle",
        "v": "via",
        "pza": "piazza",
        "r": "rua",
        "pca": "praca",
        "ch": "chemin",
        "str": "strasse straat",
    }.items()
    for word in words.split()
}
# Of one word with its name: Hauptstraße, Dorpsstraat, Marktplatz.
_ENDINGS = (("strasse", "str"), ("straat", "str"), ("platz", "pl"))
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae"})
_NUMBER_SIGN = {"nr", "no", "num", "numero", "n°", "nº", "№"}
# D-10115 and F-75001 name the country before the post code.
_COUNTRY_BEFORE_CODE = re.compile(r"\b[a-z]{1,2}[-\u2013](?=\d{4,5}\b)")
# 12 a is 12a, but 12 E Main Street and 12E Main Street are one as well.
_LETTER_AFTER_NUMBER = re.compile(r"\b(\d+) ([a-z])\b")


def address_key(address: str) -> str:
    """Return what two spellings of an address have in common, but for its words.

    The hashes of forgotten customers are made of it, so it stays as it is.
    """
    return " ".join(filter(None, "".join(
        sign if sign.isalnum() else " " for sign in address.casefold()
    ).split()))  # fmt: skip


def home_key(address: str) -> str | None:
    """Return what all spellings of one home's address have in common; None where it has no words.

    Capitals, accents, line breaks and signs do not count, and "Hauptstr. 1" is
    "Hauptstraße 1", as "5 Main St." is "5 Main Street". It is to be compared,
    not to be read: never print it on an envelope.
    """
    folded = normalize("NFC", address).casefold().translate(_UMLAUTS)
    plain = "".join(sign for sign in normalize("NFD", folded) if category(sign) not in {"Mn", "Cf"})
    spelt = address_key(_COUNTRY_BEFORE_CODE.sub("", plain))
    words = " ".join(_short(word) for word in spelt.split() if word not in _NUMBER_SIGN)
    return _LETTER_AFTER_NUMBER.sub(r"\1\2", words) or None


def _short(word: str) -> str:
    for ending, short in _ENDINGS:
        if word.endswith(ending) and word != ending:
            return word.removesuffix(ending) + short
    return _SHORT.get(word, word)
