"""The calendar and the clock: days people write, days that are kept, moments that are due.

The only file that asks the clock; everyone else is given the day or the moment.
"""

import re
from calendar import isleap, month_name, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from appreciation.errors import NotUnderstood

Clock = Callable[[], datetime]

# Before this, an address book means "unknown": 1604, 1800 and 1899 are its fillers.
FIRST_YEAR = 1900
# A day of a calendar is reckoned with, in zones and weeks, so none lies at the end of time.
_LAST_YEAR = 2199

_MONTHS = {
    form.casefold(): number
    for number, name in enumerate(month_name)
    if name
    for form in (name, name[:3], "Sept" if number == 9 else name)  # noqa: PLR2004 - September
}


def utc_now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that asks


@dataclass(frozen=True, slots=True)
class YearlyDay:
    """A month and a day that come round each year; ``year`` is None where nobody knows it.

    Day 0 is some day of the month.
    """

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        year = "-" if self.year is None else f"{self.year:04}"
        return f"{year}-{self.month:02}" + (f"-{self.day:02}" if self.day else "")

    @property
    def month_day(self) -> int:
        """Month times a hundred plus the day: 412 is 12 April, 400 some day of it."""
        return self.month * 100 + self.day


LeapDay = Literal["feb28", "mar1"]
LEAP_DAYS: tuple[LeapDay, ...] = get_args(LeapDay)
LEAP_MONTH_DAY = 229


def anniversary(month: int, day: int, year: int, leap_day: LeapDay = "feb28") -> date:
    """Return the day on which (``month``, ``day``) is kept in ``year``; day 0 is an unknown one.

    Whoever is born on 29 February is greeted on ``leap_day`` in a common year.
    It is the 28th unless one chooses: a note a day early is kind, a note a day
    late is an apology. Of whom only the month is known, it is its first day.
    """
    if (month, day) == (2, 29) and not isleap(year):
        return date(year, 2, 28) if leap_day == "feb28" else date(year, 3, 1)
    return date(year, month, day or 1)


class Kept(NamedTuple):
    """A month-day (412 is 12 April, 400 a day of April) and whose it is.

    ``leap_day`` is empty for those who chose none.
    """

    month_day: int
    leap_day: LeapDay | Literal[""] = ""


def kept_on(day: date, leap_day: LeapDay = "feb28") -> list[Kept]:
    """Return whose anniversaries fall on ``day``, its own month-day first.

    The other side of :func:`anniversary`, for those who ask a database.
    ``leap_day`` holds for those who chose none.
    """
    kept = [Kept(day.month * 100 + day.day)]
    if day.day == 1:
        kept.append(Kept(day.month * 100))
    if kept[0].month_day == LEAP_MONTH_DAY:
        kept += [Kept(LEAP_MONTH_DAY, chosen) for chosen in LEAP_DAYS]
    elif not isleap(day.year) and (day.month, day.day) in _INSTEAD:
        chosen = _INSTEAD[day.month, day.day]
        kept += [Kept(LEAP_MONTH_DAY, chosen)] + [Kept(LEAP_MONTH_DAY)] * (chosen == leap_day)
    return kept


_INSTEAD: dict[tuple[int, int], LeapDay] = {(2, 28): "feb28", (3, 1): "mar1"}


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from ``first`` to ``last``, both inclusive."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


# Python itself keeps the last eight, and reads the file of each other one anew.
_zone = cache(ZoneInfo)


def moment(day: date, at: time, zone: str) -> datetime:
    """Return the moment (UTC) at which it is ``at`` o'clock on ``day`` in ``zone``.

    A time that comes twice in autumn is its first; a time that is skipped in
    spring moves forward by the gap.
    """
    return datetime.combine(day, at, _zone(zone)).astimezone(UTC)


def utc_text(at: datetime | None) -> str | None:
    """Return ``at`` for a machine to read: ISO, in UTC, to the second."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def local_day(now: datetime, zone: str) -> date:
    """Return which day it is in ``zone`` at ``now``."""
    return now.astimezone(_zone(zone)).date()


def parse_zone(text: str) -> str:
    """Return ``text`` when it names a time zone.

    Raises:
        NotUnderstood: there is no such zone; the mend proposes near names.
    """
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise NotUnderstood(f"there is no time zone {text!r}", mend=_near_zones(text)) from error
    return text


def _near_zones(text: str) -> str:
    from difflib import get_close_matches

    by_city = {name.rpartition("/")[2].casefold(): name for name in sorted(available_timezones())}
    city = text.rpartition("/")[2].strip().replace(" ", "_").casefold()
    near = [by_city[found] for found in get_close_matches(city, by_city, n=3)]
    return f"did you mean {' or '.join(near)}?" if near else "write it like Europe/Berlin"


def parse_yearly_day(text: str, today: date) -> YearlyDay:
    """Read a birthday or another yearly day as people write it, maybe without year or day.

    ``1990-04-12``, ``--04-12``, ``12 Apr``, ``April 12 1990``, ``12.4.1990``,
    ``in April``, ``1990-04``.
    A year before 1900 is a filler of some address book and taken as unknown.

    Raises:
        NotUnderstood: it is no day, could be two days (04/12), or is yet to come.
    """
    parts = _day_parts(text)
    found = parts or _month_parts(text)
    if found is None:
        raise NotUnderstood(
            f"{text!r} is no day of the year",
            mend="write 1990-04-12, or --04-12 without a year",
        )
    year, month, day = found
    _check_day(text, year, month, day if parts else 1)
    if year is not None and year < FIRST_YEAR:
        year = None
    if year is not None and date(year, month, day or 1) > today:
        raise NotUnderstood(f"{text!r} is yet to come", mend="check the year, or leave it out")
    return YearlyDay(month, day, year)


def parse_day(text: str, today: date) -> date:
    """Read one day: ``2026-03-01``, ``1 March 2026``, ``today``, ``yesterday``, ``12 Mar``.

    Without a year it is the latest such day that is not after ``today``.

    Raises:
        NotUnderstood: it is no day, or not one from 1900 to 2199.
    """
    spoken = {"today": 0, "yesterday": 1}.get(text.strip().casefold())
    if spoken is not None:
        return today - timedelta(days=spoken)
    found = _day_parts(text)
    if found is None:
        raise NotUnderstood(f"{text!r} is no day", mend=f"write it like {today}")
    year, month, day = found
    _check_day(text, year, month, day)
    if year is not None:
        if not FIRST_YEAR <= year <= _LAST_YEAR:
            raise NotUnderstood(
                f"{text!r} is too far away: days are read from {FIRST_YEAR} to {_LAST_YEAR}",
                mend=f"write it like {today}",
            )
        return date(year, month, day)
    this_year = anniversary(month, day, today.year)
    return this_year if this_year <= today else anniversary(month, day, today.year - 1)


def parse_coming_day(text: str, today: date) -> date:
    """Read one day that is not past, as :func:`parse_day` does; without a year it is the next.

    Raises:
        NotUnderstood: it is no day, or has passed.
    """
    if text.strip().casefold() == "tomorrow":
        return today + timedelta(days=1)
    day = parse_day(text, today)
    found = _day_parts(text)
    if found is not None and found[0] is None and day < today:
        day = anniversary(day.month, day.day, today.year)
        day = day if day >= today else anniversary(day.month, day.day, today.year + 1)
    if day < today:
        raise NotUnderstood(f"{text!r} has passed", mend="name today or a day to come")
    return day


_FORMS = [
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"--(?P<month>\d{2})-?(?P<day>\d{2})"),
    re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4})?"),
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<name>[a-z]+)\.?,?(?:\s+(?P<year>\d{4}))?"
    ),
    re.compile(r"(?P<name>[a-z]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(?P<year>\d{4}))?"),
    re.compile(r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?:/(?P<year>\d{4}))?"),
]


_MONTH_FORMS = [
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"--(?P<month>\d{2})"),
    re.compile(r"(?:in\s+)?(?P<name>[a-z]+)\.?,?(?:\s+(?P<year>\d{4}))?"),
]


def _month_parts(text: str) -> tuple[int | None, int, int] | None:
    """Return year, month and 0 of a text that names no day."""
    for form in _MONTH_FORMS:
        match = form.fullmatch(text.strip().casefold())
        if match is not None:
            parts = match.groupdict()
            year = int(parts["year"]) if parts.get("year") else None
            month = _MONTHS.get(parts["name"]) if "name" in parts else int(parts["month"])
            return None if month is None else (year, month, 0)
    return None


def _day_parts(text: str) -> tuple[int | None, int, int] | None:
    for form in _FORMS:
        match = form.fullmatch(text.strip().casefold())
        if match is None:
            continue
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else None
        if "first" in parts:
            return (year, *_slashed(text, int(parts["first"]), int(parts["second"])))
        month = _MONTHS.get(parts["name"]) if "name" in parts else int(parts["month"])
        return None if month is None else (year, month, int(parts["day"]))
    return None


def _slashed(text: str, first: int, second: int) -> tuple[int, int]:
    """Return month and day of ``first/second``, which only a number over 12 settles."""
    months = 12
    if first > months:
        return second, first
    if second > months or first == second:
        return first, second
    raise NotUnderstood(
        f"{text!r} can be two days",
        mend=f"write {month_name[first][:3]} {second} or {month_name[second][:3]} {first}",
    )


def _check_day(text: str, year: int | None, month: int, day: int) -> None:
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        raise NotUnderstood(f"{text!r} is no day: there is no month {month}", mend=_HOW)
    leap_year = 2000
    longest = monthrange(leap_year if year is None or year < FIRST_YEAR else year, month)[1]
    if not 1 <= day <= longest:
        when = month_name[month] if year is None else f"{month_name[month]} {year}"
        raise NotUnderstood(f"{text!r} is no day: {when} has {longest} days", mend=_HOW)


_HOW = "write it like 1990-04-12"


_FIRST = {"fr": "1er", "pt": "1º"}


@cache
def day_in_words(month: int, day: int, language: str) -> str:
    """Return a day without its year as ``language`` says it: ``12 April``, or ``April``."""
    from babel.dates import format_date, format_skeleton

    leap_year = 2000
    if not day:
        month_alone = date(leap_year, month, 1)
        return format_date(month_alone, "LLLL", locale=language.replace("-", "_"))
    words = format_skeleton("MMMMd", date(leap_year, month, day), locale=language.replace("-", "_"))
    # Babel writes "1 janvier", and no French letter does.
    first = _FIRST.get(language.partition("-")[0])
    return words.replace("1", first, 1) if day == 1 and first else words


# From one to ten, then the word for one year and for several.
_COUNTED = {
    "en": ("a two three four five six seven eight nine ten", "year", "years"),
    "de": ("ein zwei drei vier fünf sechs sieben acht neun zehn", "Jahr", "Jahre"),
    "fr": ("un deux trois quatre cinq six sept huit neuf dix", "an", "ans"),
    "es": ("un dos tres cuatro cinco seis siete ocho nueve diez", "año", "años"),
    "it": ("un due tre quattro cinque sei sette otto nove dieci", "anno", "anni"),
    "pt": ("um dois três quatro cinco seis sete oito nove dez", "ano", "anos"),
    "nl": ("een twee drie vier vijf zes zeven acht negen tien", "jaar", "jaar"),
}


def years_in_words(years: int, language: str) -> str:
    """Return a number of years as ``language`` says it: ``a year``, ``two years``, ``12 years``."""
    from babel.units import format_unit

    numbers, one, several = _COUNTED.get(language.partition("-")[0], ("", "", ""))
    if not 1 <= years <= len(numbers.split()):
        return format_unit(years, "duration-year", locale=language.replace("-", "_"))
    return f"{numbers.split()[years - 1]} {one if years == 1 else several}"
