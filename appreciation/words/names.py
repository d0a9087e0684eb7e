"""What we call a customer, and what looks odd about a name. No name is ever changed."""

import re
from collections.abc import Sequence
from itertools import takewhile
from unicodedata import category, normalize
from unicodedata import name as letter_name

from appreciation.words.name_lists import (
    COMPANY,
    COMPANY_CAPITALS,
    COMPANY_ENDINGS,
    FAMILY_FIRST,
    HOUSEHOLD,
    JOINERS,
    NO_NAME,
    PARTICLES,
    SUFFIXES,
    TITLES,
    TRIAL,
)

_INITIALS = re.compile(r"(?:\w\.-?)*\w\.?")
_ASIDE = re.compile(r"\([^)]*\)|\"[^\"]*\"|“[^”]*”")
_NUMBER = re.compile(
    r"(?<![-\u2013'\u2019])\b(?!\d+(?:st|nd|rd|th)\b)\d|\d{3}|[^\W\d_]\d", re.IGNORECASE
)
_CODE = re.compile(r"[<>{}\[\]|\\^=;?\x00-\x1f]|\$\(|https?:|www\.", re.IGNORECASE)
_SHORTEST_SHOUT = 4
# What neither a person nor a household nor a company is called.
_NOBODYS = {
    "is empty",
    "stands for no name",
    "looks like a test",
    "is an email address",
    "holds characters that no name has",
}


def call_name(name: str, kind: str) -> str | None:
    """Return what to call the customer unless they have told us otherwise.

    A person's given name where it can be told from the family name beyond
    doubt, else the whole name: too formal is forgiven, a wrong name is not.
    None for a company, and for what is no name at all.
    """
    name = name.strip()
    if kind == "company" or not is_a_name(name):
        return None
    if kind == "household" and {*_words(name)} <= HOUSEHOLD | {"the"}:
        return None
    if kind == "person" and (_is_company(name) or _is_household(name)):
        return name
    if "," in name:
        return _given_after_comma(name) if kind == "person" else None
    if kind == "household":
        return name
    return _given(_ASIDE.sub(" ", name).split()) or name


def formal_name(name: str, language: str = "en") -> str | None:
    """Return what to call a person in a formal letter unless they have told us otherwise.

    A given title and the family name where it can be told beyond doubt
    ("Dr. von Fischer"), else the whole name. In Portuguese a title stands
    before the given name too ("Sr. José da Silva"). No title is ever made up.
    None for what is no name at all.
    """
    name = in_reading_order(name)
    if not is_a_name(name) or "," in name:
        return None
    if _tongue(language) == "pt":
        return name
    words = _without_suffixes(_ASIDE.sub(" ", name).split())
    titles = [*takewhile(lambda word: _is_title(word, language), words)]
    family = _family(words[len(titles) :])
    return " ".join([*titles, *family]) if titles and family else name


def envelope_name(name: str, kind: str) -> str:
    """Return what stands above the address unless we were told otherwise: Ada Byron."""
    return in_reading_order(name) if kind == "person" else name.strip()


def in_reading_order(name: str) -> str:
    """Return "Ada Byron" for "Byron, Ada", and any other name as it is."""
    name = name.strip()
    if "," not in name or _given_after_comma(name) is None:
        return name
    before, _, after = (part.strip() for part in name.partition(","))
    if all(word in SUFFIXES for word in _words(after)):
        return name
    titles = [*takewhile(lambda word: _folded(word) in TITLES, before.split())]
    return " ".join([*titles, after, *before.split()[len(titles) :]])


def suspicious(name: str) -> list[str]:
    """Return what a person should look at before ``name`` is used, in plain words.

    Each reads on from the name: '"ANNA" is written in capitals only'. A flag
    is a question, never a verdict: every one of them is somebody's real name.
    """
    name = name.strip()
    if not name:
        return ["is empty"]
    if _folded(name) in NO_NAME or not any(map(str.isalpha, name)):
        return ["stands for no name"]
    company = _is_company(name)
    flags = {
        "looks like a test": any(word in TRIAL for word in _words(name)),
        "is an email address": "@" in name,
        "holds characters that no name has": bool(_CODE.search(name)),
        "holds an emoji or a symbol": any(category(sign) in {"So", "Sk"} for sign in name),
        "holds digits": bool(_NUMBER.search(name)),
        "is written in capitals only": _is_shouted(name),
        "is written in small letters only": name.islower(),
        "is one letter": _is_one_letter(name),
        "is initials only": len(name.split()) > 1 and all(map(_is_initial, name.split())),
        "has the same first and last name": _is_doubled(name),
        "looks like a company": company,
        "looks like a household": not company and _is_household(name),
        "names two people": not company and _is_two_people(name),
    }
    return [words for words, found in flags.items() if found]


def doubts(name: str, kind: str, told: str | None) -> list[str]:
    """Return what is still suspicious about ``name``, given what its owner has said of it.

    A call name answers all; a household or company may be named as no person is.
    """
    if told:
        return []
    found = suspicious(name)
    return found if kind == "person" else [flag for flag in found if flag in _NOBODYS]


def _given_after_comma(name: str) -> str | None:
    """Return John for "Smith, John A." and Ada for "Ada Byron, PhD", else None.

    "Dear Smith, J.," is worse than an opening without a name.
    """
    before, _, after = (part.strip() for part in _ASIDE.sub(" ", name).partition(","))
    if all(word in SUFFIXES for word in _words(after)):
        return _given(before.split()) or before
    words = after.split()
    if not words or "," in after or not _is_given(words[0]) or _is_many(words):
        return None
    return words[0]


def is_one_family(words: Sequence[str], *, said: bool) -> bool:
    """Say whether ``words`` are one family name: "Brandt", "von Brandt".

    Where it was ``said`` that they are a family, "García López" may be one too.
    """
    if any(_folded(word) in JOINERS or not word[0].isalpha() for word in words):
        return False
    return said or all(_folded(word) in PARTICLES for word in words[:-1])


def _is_title(word: str, language: str) -> bool:
    # In French M. is Monsieur; elsewhere it is an initial.
    return _folded(word) in TITLES or (word == "M." and _tongue(language) == "fr")


def _tongue(language: str) -> str:
    return language.partition("-")[0].lower()


def _without_suffixes(words: list[str]) -> list[str]:
    while len(words) > 1 and _folded(words[-1]) in SUFFIXES:
        words = words[:-1]
    return words


def _family(words: list[str]) -> list[str]:
    """Return the family name at the end of ``words``; nothing where it could be longer."""
    if len(words) <= 1 or _folded(words[0]) in PARTICLES:
        return words
    joined = next((n for n, word in enumerate(words) if n and _folded(word) in PARTICLES), None)
    if joined is not None:
        return words[joined:]
    is_sure = _is_given(words[0]) and not _is_many(words[:-1])
    return words[-1:] if is_sure and _plain(words[0]) not in FAMILY_FIRST else []


def _given(words: list[str]) -> str | None:
    words = _without_suffixes(words)
    if len(words) == 1:
        return words[0]
    # Mary Ann Smith is not Mary; María García López may be anything.
    if not words or not _is_given(words[0]) or _is_many(words[:-1]):
        return None
    return None if _plain(words[0]) in FAMILY_FIRST else words[0]


def _is_many(words: list[str]) -> bool:
    """Say whether there is more than a given name, its initials, and a van or de la."""
    middle = words[1:]
    return not all(_is_initial(word) or _folded(word) in PARTICLES for word in middle)


def _is_given(word: str) -> bool:
    if _is_initial(word) or _folded(word) in TITLES | PARTICLES:
        return False
    letters = re.sub(r"[-'\u2018\u2019]", "", word)
    return all(sign.isalpha() and letter_name(sign, "").startswith("LATIN") for sign in letters)


def is_a_name(name: str) -> bool:
    """Say whether anybody could be greeted by ``name``."""
    known_as_none = _folded(name.strip()) in NO_NAME | TRIAL
    return any(map(str.isalpha, name)) and "@" not in name and not known_as_none


def _is_company(name: str) -> bool:
    words = _words(name)
    if any(word in COMPANY for word in words) or _folded(name).endswith(COMPANY_ENDINGS):
        return True
    return name.rsplit(maxsplit=1)[-1].replace(".", "") in COMPANY_CAPITALS and len(words) > 1


def _is_household(name: str) -> bool:
    words = _words(name)
    plural = len(words) > 1 and words[0] == "the" and words[-1].endswith("s")
    return plural or any(word in HOUSEHOLD for word in words)


def _is_two_people(name: str) -> bool:
    words = _words(name)
    # Freiherr von und zu Stein is one.
    joined = (
        word in JOINERS and words[at - 1] not in PARTICLES
        for at, word in enumerate(words[1:-1], start=1)
    )
    return bool(re.search(r"[&+/]", name)) or any(joined)


def _is_shouted(name: str) -> bool:
    spelt_out = "".join(word for word in name.split() if not _is_initial(word))
    return name.isupper() and sum(map(str.isupper, spelt_out)) >= _SHORTEST_SHOUT


def _is_one_letter(name: str) -> bool:
    letters = [sign for sign in name if sign.isalpha()]
    # One sign is a whole name in Chinese; a letter with capitals is not.
    return len(letters) == 1 and letters[0].upper() != letters[0].lower()


def _is_initial(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word))


def _is_doubled(name: str) -> bool:
    words = _words(name)
    return len(words) > 1 and words[0] == words[-1]


def _words(name: str) -> list[str]:
    return [_folded(word) for word in re.split(r"[\s,]+", name) if word]


def _folded(word: str) -> str:
    return word.casefold().strip(".,()\"'-") or word


def _plain(word: str) -> str:
    """Return ``word`` without its accents, for looking it up."""
    bare = normalize("NFD", _folded(word).replace("đ", "d").replace("ð", "d"))
    return "".join(sign for sign in bare if category(sign) != "Mn")
