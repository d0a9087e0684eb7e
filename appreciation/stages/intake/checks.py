"""What people write is checked before it is kept."""

from collections.abc import Mapping
from typing import Any

from appreciation.config.values import email_address
from appreciation.dates import parse_zone
from appreciation.errors import NotUnderstood
from appreciation.printing.faces import insist_on_hand
from appreciation.store.tables import Kind
from appreciation.words.greetings import FORMALITIES

_COUNTRY_LETTERS = 2
_LONGEST_NAME = 200
# Known by name, but no post goes there.
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``fields`` of a customer as they are kept: without blanks around, codes in capitals.

    Raises:
        NotUnderstood: one cannot be what it should be.
    """
    clean = {name: plain_text(name, value) for name, value in fields.items()}
    if "name" in clean:
        clean["name"] = named(clean["name"] or "")
    if clean.get("email"):
        try:
            clean["email"] = email_address(clean["email"])
        except ValueError as error:
            raise NotUnderstood(str(error), mend="write it like ada@example.org") from error
    if clean.get("timezone"):
        clean["timezone"] = parse_zone(clean["timezone"])
    if clean.get("country"):
        clean["country"] = _country(clean["country"])
    if clean.get("language"):
        clean["language"] = _language(clean["language"])
    if clean.get("formality") and clean["formality"] not in FORMALITIES:
        raise NotUnderstood(
            f"{clean['formality']!r} is no formality",
            mend=f"write one of: {', '.join(FORMALITIES)}",
        )
    if clean.get("hand"):
        insist_on_hand(clean["hand"])
    if "kind" in clean and clean["kind"] not in list(Kind):
        raise NotUnderstood(
            f"{clean['kind']!r} is no kind of customer", mend=f"write one of: {', '.join(Kind)}"
        )
    return clean


def plain_text(name: str, value: Any) -> Any:
    """Return ``value`` without blanks around it; an address alone may have several lines."""
    if not isinstance(value, str):
        return value
    if name == "address":
        lines = (" ".join(line.split()) for line in value.replace("\\n", "\n").splitlines())
        return "\n".join(line for line in lines if line) or None
    return " ".join(value.split()) or None


def named(value: str, what: str = "name") -> str:
    """Return ``what`` is to be read by people, a name or a reason, in one line.

    Raises:
        NotUnderstood: it has no letter, or too many.
    """
    name = " ".join(value.split())
    if not any(letter.isalpha() for letter in name):
        raise NotUnderstood(
            f"{value!r} is no {what}", mend=f"write the {what} as it should be read"
        )
    if len(name) > _LONGEST_NAME:
        raise NotUnderstood(
            f"{name[:30]!r}... is no {what}: it has {len(name)} letters",
            mend=f"use {_LONGEST_NAME} at most",
        )
    return name


def _country(code: str) -> str:
    from babel import Locale

    upper = code.upper()
    is_there = upper in Locale("en").territories and upper not in _NO_COUNTRIES
    if len(upper) != _COUNTRY_LETTERS or not is_there:
        raise NotUnderstood(f"{code!r} is no country", mend="write two letters like DE or US")
    return upper


def _language(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise NotUnderstood(
            f"{code!r} is no language", mend="write it like en, de or pt-BR"
        ) from error
    return code
