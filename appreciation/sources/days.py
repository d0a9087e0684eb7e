"""Days as the cells of a column write them. Which comes first, the column decides, or its owner."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from appreciation.dates import FIRST_YEAR, YearlyDay
from appreciation.sources.base import Undecided

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
# Address books write nothing in many ways.
EMPTY = {"", "-", "--", "0/0/00", "0/0/0000", "00/00/0000", "0000-00-00", "null", "n/a"}

_MONTH_NAMES = (
    "jan january januar janvier enero januari gennaio",
    "feb february februar février fevrier febrero februari febbraio",
    "mar march märz maerz mars marzo maart mär",
    "apr april avril abril aprile",
    "may mai mayo mei maggio",
    "jun june juni juin junio giugno",
    "jul july juli juillet julio luglio",
    "aug august août aout agosto augustus",
    "sep sept september septembre septiembre settembre",
    "oct october oktober octobre octubre ottobre okt",
    "nov november novembre noviembre",
    "dec december dezember décembre decembre diciembre dicembre dez",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}

_TIME = r"(?:[T ,]+(?P<clock>\d{1,2}:\d{2}.*))?"
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME)
_FORMS = [
    _ISO,
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T.*)?"),
    re.compile(r"--(?P<month>\d{2})-?(?P<day>\d{2})(?:T.*)?"),
    re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4}|\d{2})?" + _TIME),
    re.compile(
        r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]+(?:de\s+|of\s+)?(?P<name>[^\W\d_]+)\.?"
        r",?(?:[\s-]+(?:de\s+)?(?P<year>\d{4}|\d{2}))?" + _TIME
    ),
    re.compile(
        r"(?P<name>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(?P<year>\d{4}))?"
        + _TIME
    ),
]
_TWO_WAYS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year>\d{4}|\d{2}))?"
    + _TIME
)
# A birthday of which only the month is known.
_MONTH = re.compile(r"(?P<year>-|\d{4})-(?P<month>\d{1,2})")
# A day that a spreadsheet turned into a count since 1900.
_SERIAL = re.compile(r"(?P<days>[2-7]\d{4})(?:[.,]\d+)?")
_MONTHS_OF_A_YEAR = 12
_LEAP_YEAR = 2000
_CENTURY = 100


class NoDay(ValueError):
    """A cell that is no day; the sentence says why."""


class OrderEvidence:
    """What the cells of one column tell of which comes first, the day or the month."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.open_one: str | None = None

    def add(self, cell: str) -> None:
        """Look at one cell more; only a number over twelve tells anything."""
        match = _TWO_WAYS.fullmatch(cell.strip())
        if match is None:
            return
        first, second = int(match["first"]), int(match["second"])
        if first > _MONTHS_OF_A_YEAR >= second:
            self.seen.setdefault(DAY_FIRST, cell.strip())
        elif second > _MONTHS_OF_A_YEAR >= first:
            self.seen.setdefault(MONTH_FIRST, cell.strip())
        elif first != second and max(first, second) <= _MONTHS_OF_A_YEAR:
            self.open_one = self.open_one or cell.strip()

    def verdict(self, header: str) -> str | None:
        """Return what comes first in the column; None where it makes no difference.

        Raises:
            Undecided: cells can be read both ways and none settles it, or they
                contradict each other.
        """
        if len(self.seen) == 1:
            return next(iter(self.seen))
        if self.seen:
            both = " and ".join(map(repr, self.seen.values()))
            raise _undecided(f"the column {header!r} holds both {both}")
        if self.open_one is not None:
            raise _undecided(
                f"the column {header!r} holds {self.open_one!r}, which can be two days"
            )
        return None


def _undecided(wrong: str) -> Undecided:
    answers = {DAY_FIRST: "31/12", MONTH_FIRST: "12/31"}
    return Undecided(wrong, flag="--dates", answers=answers)


class Days:
    """Reads the cells of one column; ``order`` is what comes first where that is open."""

    def __init__(self, order: str | None, today: date, zone: str, *, utc: bool = False) -> None:
        self.order = order
        self.today = today
        self.zone = ZoneInfo(zone)
        self.utc = utc
        self._known: dict[str, date] = {}

    def day(self, text: str) -> date:
        """Return the day that ``text`` names, of something that happened.

        A time in UTC is turned into the shop's own; any other time keeps its day.

        Raises:
            NoDay: it is none.
        """
        text = text.strip()
        known = self._known.get(text)
        if known is None:
            known = self._read_day(text)
            if len(self._known) > 100_000:  # noqa: PLR2004 - some memory, not all
                self._known.clear()
            self._known[text] = known
        return known

    def yearly(self, text: str) -> YearlyDay | None:
        """Return the birthday that ``text`` names; None where it is empty.

        Raises:
            NoDay: it is none, or is yet to come.
        """
        text = text.strip()
        if text.casefold() in EMPTY:
            return None
        if month_alone := _MONTH.fullmatch(text):
            year, month, day, short = (
                _year(month_alone["year"]),
                int(month_alone["month"]),
                0,
                False,
            )
        else:
            year, month, day, short, _ = self._parts(text)
        if year is not None and short:
            year = _long_ago(year, month, day, self.today)
        if year is not None and year < FIRST_YEAR:
            year = None
        _check(text, year, month, day or 1)
        if year is not None and date(year, month, day or 1) > self.today:
            raise NoDay(f"{text!r} is yet to come")
        return YearlyDay(month, day, year)

    def _read_day(self, text: str) -> date:
        if serial := _SERIAL.fullmatch(text):
            return date(1899, 12, 30) + timedelta(days=int(serial["days"]))
        year, month, day, short, clock = self._parts(text)
        if year is None:
            raise NoDay(f"{text!r} has no year")
        if short:
            year += _LEAP_YEAR
        _check(text, year, month, day)
        found = date(year, month, day)
        if clock and (self.utc or clock.rstrip().endswith(("Z", "UTC"))):
            return self._local(found, clock)
        return found

    def _local(self, day: date, clock: str) -> date:
        hours = re.match(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", clock)
        assert hours is not None
        hour, minute, second = (int(part or 0) for part in hours.groups())
        try:
            at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)
        except ValueError as error:
            raise NoDay(f"{clock!r} is no time") from error
        return at.astimezone(self.zone).date()

    def _parts(self, text: str) -> tuple[int | None, int, int, bool, str | None]:
        """Return year, month, day, whether the year has two figures only, and the time."""
        folded = text.casefold()
        for form in _FORMS:
            match = form.fullmatch(text) or form.fullmatch(folded)
            if match is None:
                continue
            parts = match.groupdict()
            word = parts.get("name")
            month = _MONTHS.get(word.casefold()) if word else int(parts["month"])
            if month is None:
                continue
            year = parts.get("year")
            short = bool(year) and len(str(year)) < len("2026")
            return int(year) if year else None, month, int(parts["day"]), short, parts.get("clock")
        match = _TWO_WAYS.fullmatch(text)
        if match is None:
            raise NoDay(f"{text!r} is no day")
        first, second = int(match["first"]), int(match["second"])
        if self.order is None and first != second and max(first, second) <= _MONTHS_OF_A_YEAR:
            raise NoDay(f"{text!r} can be two days")
        order = self.order or (DAY_FIRST if first > _MONTHS_OF_A_YEAR else MONTH_FIRST)
        month, day = (second, first) if order == DAY_FIRST else (first, second)
        year = match["year"]
        short = bool(year) and len(year) < len("2026")
        return int(year) if year else None, month, day, short, match["clock"]


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _long_ago(year: int, month: int, day: int, today: date) -> int:
    """Return the year of a birthday that was written with two figures: never one to come."""
    century = today.year // _CENTURY * _CENTURY
    found = century + year
    return found if (found, month, day) <= (today.year, today.month, today.day) else found - 100


def _check(text: str, year: int | None, month: int, day: int) -> None:
    try:
        date(year or _LEAP_YEAR, month, day)
    except ValueError as error:
        raise NoDay(f"{text!r} is no day") from error
