"""What is coming, drawn as sheets of a calendar on the terminal."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from rich.box import SQUARE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from appreciation.cli.door import plain, plural, say
from appreciation.outlook.coming import EXPECTED, Coming
from appreciation.outlook.sheet import Month, by_day, months
from appreciation.words.names import call_name

# One for each occasion, so that a look is enough; told apart without colours.
_MARKS = "•○▪▫◆◇"
# A day that has more names tells how many more.
_NAMES = 3
_DAYS_OF_A_WEEK = 7
_NARROW, _WIDE = 80, 120


def draw(rows: Sequence[Coming], app: Any, days: int) -> None:
    """Print a sheet for each month from today on, ``days`` far; what waits is bold."""
    today = app.today()
    locale = _locale(app.config.business)
    found = by_day(rows)
    marks = {name: _MARKS[i % len(_MARKS)] for i, name in enumerate(_occasions(rows))}
    console = Console(width=_width(), highlight=False)
    first, last = min([today, *found]), today + timedelta(days=days)
    for month in months(first, last, locale.first_week_day):
        console.print(_sheet(month, found, marks, today, locale))
    if not rows:
        say(f"nothing falls due within {days} days")
        return
    # What lies behind the last day was not looked at, however empty it is.
    legend = [*(f"{mark} {name}" for name, mark in marks.items())]
    console.print("   ".join([*legend, f"{plural(len(rows), 'note')} up to {last}"]))


def _sheet(
    month: Month,
    found: Mapping[date, Sequence[Coming]],
    marks: Mapping[str, str],
    today: date,
    locale: Locale,
) -> Table:
    names = locale.days["stand-alone"]["abbreviated"]
    table = Table(
        box=SQUARE,
        show_lines=True,
        expand=True,
        title=format_skeleton("yMMMM", month.first, locale=locale),
        title_style="bold",
        pad_edge=False,
        padding=0,
    )
    for offset in range(_DAYS_OF_A_WEEK):
        weekday = (locale.first_week_day + offset) % _DAYS_OF_A_WEEK
        table.add_column(names[weekday], ratio=1, no_wrap=True, overflow="ellipsis")
    for week in month.weeks:
        cells = (day and _cell(day, found.get(day, ()), marks, today) for day in week)
        table.add_row(*(cell or Text() for cell in cells))
    return table


def _cell(day: date, rows: Sequence[Coming], marks: Mapping[str, str], today: date) -> Text:
    is_today = day == today
    cell = Text(f"[{day.day}]" if is_today else f"{day.day}", style="reverse" if is_today else "")
    shown = rows if len(rows) <= _NAMES else rows[: _NAMES - 1]
    for row in shown:
        style = "" if row.state in (EXPECTED, "approved", "found") else "bold"
        name = plain(call_name(row.customer, "person") or row.customer)
        cell.append(f"\n{marks[row.occasion]}{name}", style)
    if len(rows) > len(shown):
        cell.append(f"\n+{len(rows) - len(shown)} more")
    return cell


def _occasions(rows: Sequence[Coming]) -> list[str]:
    return sorted({row.occasion for row in rows})


def _width() -> int:
    """Return how wide to draw: as the terminal is, but no wider than is good to look at."""
    if not sys.stdout.isatty():
        return _NARROW
    return min(Console().width, _WIDE)


def _locale(business: Any) -> Locale:
    """Return how the owner's country writes a calendar: where weeks begin is its custom."""
    language = business.language.partition("-")[0]
    for named in (f"{language}_{business.country}", language, "en"):
        try:
            return Locale.parse(named)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
