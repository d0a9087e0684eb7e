"""What a single setting may be, a time in days, a zone, a code; and the table it stands in."""

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import time
from functools import partial
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, PlainValidator

from appreciation.dates import parse_zone
from appreciation.errors import AppreciationError


class Section(BaseModel):
    """A table of the settings file; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_LONGEST_DAYS = 3660


def _days(value: object) -> int:
    """Read ``5d`` or ``2w``, ten years at most; a number alone would not say of what."""
    text = str(value).strip()
    unit = {"d": 1, "w": 7}.get(text[-1:])
    if unit is None or not text[:-1].isdecimal():
        raise ValueError(f"{text!r} is no time in days; write it like 5d or 2w")
    days = int(text[:-1]) * unit
    if days > _LONGEST_DAYS:
        raise ValueError(f"{text!r} is longer than ten years")
    return days


def _time_of_day(value: object) -> time:
    """Read ``09:00``; a number alone, or a zone, would mean something else than it says."""
    if isinstance(value, time) and value.tzinfo is None:
        return value
    written = str(value).strip()
    if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", written):
        with suppress(ValueError):
            return time.fromisoformat(written if written[2] == ":" else f"0{written}")
    raise ValueError(f"{written!r} is no time of day; write it like 09:00")


def _zone(value: str) -> str:
    try:
        return parse_zone(value)
    except AppreciationError as error:
        raise ValueError(f"{error}; {error.mend}") from error


def email_address(text: str) -> str:
    """Return ``text`` as an address that can be written to.

    Raises:
        ValueError: it is none; the sentence holds the address and the reason.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        raise ValueError(f"{text!r} is no email address: {error}") from error


def _plain_address(text: str) -> str:
    """Return the business's own address; every server must take it."""
    address = email_address(text)
    if not address.rpartition("@")[0].isascii():
        raise ValueError(f"{text!r} has letters before the @ that not every server takes")
    return address


def _one_line(text: str) -> str:
    if not str(text).strip() or len(str(text).splitlines()) > 1:
        raise ValueError(f"{text!r} must be one line of words")
    return str(text).strip()


def _code(otherwise: str, lengths: Collection[int], text: str) -> str:
    """Return ``text`` as a code of capitals of one of ``lengths``."""
    code = str(text).strip().upper()
    if len(code) not in lengths or not ((code.isascii() and code.isalpha()) or not code):
        raise ValueError(f"{text!r} is {otherwise}")
    return code


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z]{2,4})?", str(text)):
        raise ValueError(f"{text!r} is no language; write it like en or en-GB")
    return text


class Circle(NamedTuple):
    """Some of the customers by where they stand: the ``top`` so many, or so many percent."""

    whom: Literal["nobody", "everybody", "regulars", "top", "top_percent"]
    many: int = 0

    def __str__(self) -> str:
        words = {"top": f"top {self.many}", "top_percent": f"top {self.many}%"}
        return words.get(self.whom, self.whom)


NOBODY, EVERYBODY, REGULARS = Circle("nobody"), Circle("everybody"), Circle("regulars")


def _circle(value: object) -> Circle:
    """Read ``nobody``, ``everybody``, ``regulars``, ``top 50`` or ``top 10%``."""
    if isinstance(value, Circle):
        return value
    text = " ".join(str(value).lower().split())
    for circle in (NOBODY, EVERYBODY, REGULARS):
        if text == circle.whom:
            return circle
    top = re.fullmatch("top ([1-9][0-9]{0,8}) ?(%?)", text)
    if top is None or (top[2] and int(top[1]) > 100):  # noqa: PLR2004 - percent
        raise ValueError(
            f"{value!r} names no customers; write it like everybody, regulars, top 50 or top 10%"
        )
    return Circle("top_percent" if top[2] else "top", int(top[1]))


Customers = Annotated[Circle, PlainValidator(_circle), PlainSerializer(str)]
Days = Annotated[int, BeforeValidator(_days), PlainSerializer(lambda days: f"{days}d")]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Zone = Annotated[str, BeforeValidator(_zone)]
Email = Annotated[str, BeforeValidator(_plain_address)]
Country = Annotated[str, BeforeValidator(partial(_code, "no country; write it like DE", (0, 2)))]
Currency = Annotated[str, BeforeValidator(partial(_code, "no currency; write it like EUR", (3,)))]
Language = Annotated[str, BeforeValidator(_language)]
OneLine = Annotated[str, BeforeValidator(_one_line)]
Channel = Literal["email", "post"]
