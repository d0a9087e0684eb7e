"""The lines that go on an envelope, in the casing the owner keeps them in."""

import unicodedata

from babel import Locale, UnknownLocaleError


def address_lines(
    name: str, address: str, country: str | None, home_country: str | None, language: str = "en"
) -> tuple[str, ...]:
    """Return the lines for ``name`` at ``address``: the name first, the country last.

    Countries are ISO codes of two letters. The country is named, in capitals
    and in ``language``, only on mail that leaves ``home_country``: a domestic
    letter carries none. What the address already says is not said twice.
    """
    lines = [line for line in map(_tidy, address.splitlines()) if line]
    first = _tidy(name)
    if first and not (lines and _same(lines[0], first)):
        lines.insert(0, first)
    abroad = _name_abroad(country, home_country, language)
    if abroad and not (lines and _names_country(lines[-1], country, abroad)):
        lines.append(abroad)
    return tuple(lines)


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


def _names_country(line: str, country: str | None, abroad: str) -> bool:
    known = [abroad, country, _territory(country or "", "en")]
    return any(_same(line, name) for name in known if name)


def _territory(country: str, language: str) -> str | None:
    """Return what people who speak ``language`` call ``country``, if Babel knows it."""
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return locale.territories.get(country.upper())
