"""What is coming as sheets of a calendar, a month each: to be looked at rather than read."""

from calendar import Calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from appreciation.outlook.coming import Coming


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks of seven days; None is a day of another month."""

    first: date
    weeks: Sequence[Sequence[date | None]]


def months(first: date, last: date, first_weekday: int) -> Iterator[Month]:
    """Yield the months from that of ``first`` to that of ``last``; 0 is Monday."""
    month = first.replace(day=1)
    while month <= last:
        weeks = Calendar(first_weekday).monthdatescalendar(month.year, month.month)
        kept = [[day if day.month == month.month else None for day in week] for week in weeks]
        yield Month(month, kept)
        month = (month + timedelta(days=31)).replace(day=1)


def by_day(rows: Sequence[Coming]) -> Mapping[date, Sequence[Coming]]:
    """Return ``rows`` by the shop's day on which each falls due, the days rising."""
    days: dict[date, list[Coming]] = {}
    for row in sorted(rows, key=lambda row: row.due_on):
        days.setdefault(row.due_on, []).append(row)
    return days
