"""Numbers in a letter, as its language writes them: how many, which one, how much.

Filters for templates; each knows the language of the note that is written.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context

from appreciation.errors import NotUnderstood
from appreciation.money import format_money, minor_digits

# Where a template keeps the language of its note; no word of a letter begins like that.
LANGUAGE = "_language"

# What follows the figures, by the language's own kinds of ordinal numbers; the second
# is for a feminine noun. Of other languages we do not know: "21." is read in most.
_AFTER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {"one": ("st",), "two": ("nd",), "few": ("rd",), "other": ("th",)},
    "fr": {"one": ("er", "re"), "other": ("e",)},
    "es": {"other": (".º", ".ª")},
    "it": {"other": ("º", "ª")},
    "nl": {"other": ("e",)},
    "pt": {"other": (".º", ".ª")},
}
_AFTER_ELSEWHERE = {"other": (".",)}
_GENDERS = ("m", "f")


class NotANumber(ValueError):
    """A filter was asked to count what cannot be counted."""


@pass_context
def number(context: Context, value: object) -> str:
    """Return ``value`` as the note's language writes it: ``1,200`` or ``1.200``."""
    from babel.numbers import format_decimal

    return format_decimal(_counted(value), locale=_locale(context))


@pass_context
def ordinal(context: Context, value: object, gender: str = "m") -> str:
    """Return which one ``value`` is: ``21st``, ``21.``, ``1er``, and with ``"f"`` ``1re``."""
    from babel import Locale

    if gender not in _GENDERS:
        raise NotANumber(f"ordinal knows {' and '.join(map(repr, _GENDERS))}, not {gender!r}")
    which = _whole(value)
    locale = Locale.parse(_locale(context))
    after = _AFTER.get(locale.language, _AFTER_ELSEWHERE)
    forms = after.get(locale.ordinal_form(which), after["other"])
    return f"{which}{forms[-1] if gender == 'f' else forms[0]}"


@pass_context
def plural(context: Context, value: object, **forms: str) -> str:
    """Return the one of ``forms`` that ``value`` asks for, with the number in the place of ``#``.

    They are called as the Unicode CLDR calls them: ``one`` and ``other`` in most
    languages, ``few`` or ``many`` in some; ``other`` stands in for any.
    """
    from babel import Locale
    from babel.numbers import format_decimal

    if not forms.get("other"):
        raise NotANumber('plural needs an other="..." for all that is not one')
    locale = Locale.parse(_locale(context))
    how_many = _whole(value)
    form = forms.get(locale.plural_form(how_many)) or forms["other"]
    return form.replace("#", format_decimal(how_many, locale=locale))


@pass_context
def money(context: Context, value: object, currency: str) -> str:
    """Return ``value``, in euros and not in cents, as the note's language has it: ``€340.00``."""
    try:
        cents = _counted(value).scaleb(minor_digits(currency))
    except NotUnderstood as error:
        raise NotANumber(str(error)) from error
    return format_money(round(cents), currency, context[LANGUAGE])


FILTERS: Mapping[str, Callable[..., Any]] = {
    "number": number,
    "ordinal": ordinal,
    "plural": plural,
    "money": money,
}


def _locale(context: Context) -> str:
    return str(context[LANGUAGE]).replace("-", "_")


def _whole(value: object) -> int:
    counted = _counted(value)
    if counted != counted.to_integral_value():
        raise NotANumber(f"{value!r} is not a whole number")
    return int(counted)


def _counted(value: object) -> Decimal:
    """Return ``value`` as a number.

    Raises:
        UndefinedError: it is a word that nobody gave.
        NotANumber: it is no number.
    """
    if isinstance(value, StrictUndefined):
        str(value)
    try:
        if not isinstance(value, bool) and (found := Decimal(str(value))).is_finite():
            return found
    except InvalidOperation:
        pass
    raise NotANumber(f"{value!r} is no number")
