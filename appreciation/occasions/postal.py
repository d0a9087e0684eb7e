"""When a card must be posted to be there in time: days in the post, weekends, public holidays."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Protocol

_A_DAY = timedelta(days=1)


class _Calendar(Protocol):
    def is_working_day(self, key: date) -> bool: ...


@dataclass(frozen=True)
class Postal:
    """The post as it leaves ``country``, the shop's own; empty where that is not told.

    ``transit`` is what the owner knows better than our guesses: working days
    under way, by the country that a card goes to.
    """

    country: str = ""
    transit: Mapping[str, int] = field(default_factory=dict)

    def days_under_way(self, to: str = "") -> int:
        """Return the working days that a card to the country ``to`` takes; empty: the shop's."""
        country = to or self.country
        if country in self.transit:
            return self.transit[country]
        guesses = _guesses()
        if country == self.country:
            return int(guesses["home"].get(country, guesses["at_home"]))
        near = any({country, self.country} <= set(region) for region in guesses["regions"].values())
        return int(guesses["near" if near else "elsewhere"])

    def post_day(self, arrival: date, to: str = "") -> date:
        """Return the last day on which a card can be posted to be there by ``arrival``, inclusive.

        A day in the post counts where neither end has a weekend or a public
        holiday; and nobody takes a card in on such a day of the shop's own.
        """
        return self._post_day(arrival, to or self.country)

    def longest(self) -> timedelta:
        """Return more than any card may be under way, holidays among it."""
        days = max([*self.transit.values(), int(_guesses()["elsewhere"])])
        return timedelta(weeks=days // 5 + 3)

    @cached_property
    def _post_days(self) -> dict[tuple[date, str], date]:
        return {}

    def _post_day(self, arrival: date, to: str) -> date:
        known = self._post_days.get((arrival, to))
        if known is not None:
            return known
        here, there = _calendar(self.country), _calendar(to)
        day, left = arrival, self.days_under_way(to)
        while left:
            left -= here.is_working_day(day) and there.is_working_day(day)
            day -= _A_DAY
        while not here.is_working_day(day):
            day -= _A_DAY
        self._post_days[arrival, to] = day
        return day


class _Weekends:
    """A country of whose holidays nothing is known: closed on Saturday and Sunday."""

    def is_working_day(self, key: date) -> bool:
        return key.isoweekday() <= 5  # noqa: PLR2004 - Friday


@cache
def _guesses() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("transit.toml").read_text(encoding="utf-8"))


@cache
def _calendar(country: str) -> _Calendar:
    """Return the working days of ``country``; building a year takes up to 50 ms, so it is kept."""
    import holidays

    try:
        calendar: _Calendar = holidays.country_holidays(country)
    except NotImplementedError:
        return _Weekends()
    return calendar
