"""What a single cell holds: an address, a number, a country, a name; cleaned, never changed."""

import re
from functools import cache

from appreciation.config.values import email_address
from appreciation.dates import parse_zone
from appreciation.errors import NotUnderstood

# Most addresses are plain, and the whole rule takes a hundred times as long.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]+(?:[.'][A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,24}"
)
_IN_BRACKETS = re.compile(r".*<([^<>]+)>\s*")
# Addresses of a shop's go-between: nobody reads what is sent there.
_NOBODYS = re.compile(
    r"@marketplace\.amazon\.|@guest\.|^(?:no-?reply|do-?not-?reply)@|@members\.ebay\.",
    re.IGNORECASE,
)
_MISTYPED = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gnail.com": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "outlok.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "iclod.com": "icloud.com",
}
_FIGURES = re.compile(r"\d")
_SPOILT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_FEWEST_FIGURES = 5
_LONGEST_LINE = 300
_LONGEST_NAME = 200
# Boston, MA 02108: the comma before the state ends no line.
_STATE_AND_ZIP = re.compile(r",(\s*[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?\s*)$")
_COUNTRY_LETTERS = 2
# They write the town before the postal code.
_TOWN_FIRST = {"US", "CA", "AU", "GB", "IE", "IN", "NZ", "SG", "ZA"}
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
_AKA = {
    "usa": "US",
    "us": "US",
    "united states of america": "US",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "great britain": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
}


class NoValue(ValueError):
    """A cell that does not hold what its column says."""


def guarded(text: str) -> str:
    """Return ``text`` without the apostrophe that keeps a spreadsheet from reckoning with it.

    Of two apostrophes, as our own export writes one that belongs there, one stays.
    """
    if text[:1] == "'" and (text[1:2].isdigit() or text[1:2] in {"=", "+", "-", "@", "'"}):
        return text[1:]
    return text


def one_line(text: str) -> str:
    """Return ``text`` in one line, without blanks around it."""
    return " ".join(text.split()) if text else ""


def check_name(name: str) -> None:
    """Look whether ``name`` is as short as names are.

    Raises:
        NoValue: it is longer than any.
    """
    if len(name) > _LONGEST_NAME:
        raise NoValue(f"{name[:30]!r}... is no name: it has {len(name)} letters")


@cache
def language(text: str) -> str | None:
    """Return ``text`` where it is the code of a language, like de or pt-BR."""
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    return text


@cache
def zone(text: str) -> str | None:
    """Return ``text`` where it names a time zone, like Europe/Berlin."""
    try:
        return parse_zone(text)
    except NotUnderstood:
        return None


def emails(text: str) -> list[str]:
    """Return the addresses in ``text``: several stand apart by commas, semicolons or ``:::``.

    Raises:
        NoValue: something is there, and none of it is an address.
    """
    if _PLAIN_EMAIL.fullmatch(text):
        return [_small_domain(text)]
    found, wrong = [], ""
    for part in re.split(r":::|[;,]\s|[;,](?=\S+@)|\s+:::\s+", text):
        bare = part.strip().removeprefix("mailto:").strip(" ,;'\"")
        if not bare:
            continue
        if in_brackets := _IN_BRACKETS.fullmatch(bare):
            bare = in_brackets[1].strip()
        if _PLAIN_EMAIL.fullmatch(bare):
            found.append(_small_domain(bare))
            continue
        try:
            found.append(email_address(bare))
        except ValueError:
            wrong = bare
    if wrong and not found:
        raise NoValue(f"{wrong!r} is no email address")
    return found


def is_nobodys(email: str) -> bool:
    """Return whether ``email`` belongs to a marketplace or a machine, so that no note may go."""
    return bool(_NOBODYS.search(email))


def likely_meant(email: str) -> str | None:
    """Return the address that was likely meant, where ``email`` has a well-known slip."""
    local, _, domain = email.rpartition("@")
    meant = _MISTYPED.get(domain)
    return f"{local}@{meant}" if meant else None


def _small_domain(email: str) -> str:
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.lower()}"


def phone(text: str) -> str | None:
    """Return a phone number as written, without ``tel:``; None where none is there.

    Raises:
        NoValue: a spreadsheet turned it into 1.5551E+10, and the figures are lost.
    """
    bare = one_line(guarded(text)).removeprefix("tel:")
    if _SPOILT.fullmatch(bare):
        raise NoValue(f"the phone number was lost in a spreadsheet: {bare}")
    return bare if len(_FIGURES.findall(bare)) >= _FEWEST_FIGURES else None


def country_code(text: str) -> str | None:
    """Return the two letters of the country that ``text`` names, or None."""
    if not text:
        return None
    folded = one_line(text).casefold()
    if not folded:
        return None
    return _country_codes().get(folded)


@cache
def _country_codes() -> dict[str, str]:
    from babel import Locale

    codes: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == _COUNTRY_LETTERS and code.isalpha() and code not in {"EU", "UN", "ZZ"}:
                codes.setdefault(name.casefold(), code)
                codes.setdefault(code.casefold(), code)
    return codes | _AKA


def address(
    street: str, more: str, town: str, region: str, postcode: str, country: str | None
) -> str | None:
    """Return the lines of a postal address in the order of its country; None without a street."""
    more, town, region, postcode = (
        one_line(guarded(part))[:_LONGEST_LINE] for part in (more, town, region, postcode)
    )
    street = "\n".join(filter(None, map(one_line, guarded(street).splitlines())))[:_LONGEST_LINE]
    if not street or not (town or postcode):
        return None
    if country in _TOWN_FIRST:
        behind = " ".join(filter(None, (region, postcode)))
        last = ", ".join(filter(None, (town, behind)))
    else:
        last = " ".join(filter(None, (postcode, town)))
    return "\n".join(filter(None, (street, more, last)))


def lines(text: str) -> str | None:
    """Return a whole address as it stands in one cell, each line trimmed."""
    whole = text.replace("\\n", "\n")
    if "\n" not in whole.strip():
        whole = _STATE_AND_ZIP.sub(r"\0\1", whole).replace(",", "\n").replace("\0", ",")
    kept = (" ".join(line.split()) for line in whole.splitlines())
    return "\n".join(line for line in kept if line) or None


def yes_or_no(text: str) -> bool | None:
    """Return whether somebody agreed; None where the cell does not say."""
    if not text:
        return None
    folded = text.strip().casefold()
    if folded in {"yes", "true", "1", "y", "ja", "si", "sí", "oui", "subscribed", "opted in"}:
        return True
    if folded in {"no", "false", "0", "n", "nein", "non", "unsubscribed", "opted out"}:
        return False
    return None
