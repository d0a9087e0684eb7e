"""When a note about a day is due, when it is late, and when it is too late."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import Kept, LeapDay, kept_on, local_day, moment
from appreciation.occasions.postal import Postal
from appreciation.store.calendar import Day

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every occasion; ``carriers`` names the backend of each channel."""

    timezone: str
    print_day: str
    carriers: Mapping[str, str]
    postal: Postal
    # For whoever was born on 29 February and has not chosen.
    leap_day: LeapDay = "feb28"


class Places(NamedTuple):
    """Where customers are: their time zones and countries, empty for the business's own."""

    zones: Sequence[str]
    countries: Sequence[str]


class _Span(NamedTuple):
    """From when a note is due, and up to when it is on time and may be late."""

    due_at: datetime
    on_time_until: datetime
    expires_at: datetime


def calendar_days(
    settings: OccasionSettings,
    rules: Rules,
    places: Places,
    days: Sequence[date],
    now: datetime,
    *,
    comes_round: bool,
) -> Iterator[Day]:
    """Yield what holds for a note about each of ``days``, for each channel and place.

    Limits count from the start of the local day on which the note is due; who
    was born on some day of a month has all of it. What counts for a card is
    when it arrives: it is due, and late, by as much earlier as it needs.
    Only for a day that ``comes_round`` can it leave before that day.
    """
    for day in days:
        due_day = day + timedelta(days=settings.delay)
        for kept in kept_on(day, rules.leap_day) if comes_round else [Kept(_month_day(day))]:
            last_day = _last_on_time(due_day, settings, kept)
            for channel, places_of in (("email", places.zones), ("post", places.countries)):
                if channel not in settings.channels:
                    continue
                for place in places_of:
                    if channel == "email":
                        span = _email(due_day, last_day, settings, place or rules.timezone)
                    else:
                        first = date.min if comes_round else day
                        span = _card(due_day, last_day, first, settings, rules, place, now)
                    yield Day(channel, place, day, kept.month_day, kept.leap_day, day.year, *span)


def _month_day(day: date) -> int:
    return day.month * 100 + day.day


def _last_on_time(due_day: date, settings: OccasionSettings, kept: Kept) -> date:
    """Return the first day on which a note is late: on time is what comes before it."""
    if kept.month_day % 100:
        return due_day + timedelta(days=settings.on_time_days)
    next_month = due_day.replace(day=28) + timedelta(days=4)
    return next_month.replace(day=1)


def _email(due_day: date, late_from: date, settings: OccasionSettings, zone: str) -> _Span:
    return _Span(
        moment(due_day, settings.send_at, zone),
        moment(late_from, time(0), zone),
        moment(late_from + _belated(settings), time(0), zone),
    )


def _card(
    due_day: date,
    late_from: date,
    first: date,
    settings: OccasionSettings,
    rules: Rules,
    country: str,
    now: datetime,
) -> _Span:
    """Return when a card to ``country`` leaves, not before ``first``, by the shop's own clock."""
    arrival = due_day - timedelta(days=settings.lead)
    post_day = max(first, rules.postal.post_day(arrival, country))
    earlier = due_day - post_day
    on_time_until = moment(late_from - earlier, time(0), rules.timezone)
    expires_at = moment(late_from + _belated(settings) - earlier, time(0), rules.timezone)
    due_at = _print_moment(post_day, settings, rules, expires_at, now)
    return _Span(due_at, on_time_until, expires_at)


def _belated(settings: OccasionSettings) -> timedelta:
    return timedelta(days=settings.belated_until - settings.on_time_days)


def _print_moment(
    day: date, settings: OccasionSettings, rules: Rules, expires_at: datetime, now: datetime
) -> datetime:
    """Return when to print what should be in the post on ``day``, in the shop's own time.

    That is the last print day up to ``day``; where it has passed, the next one
    to come unless that is too late: then at once.
    """
    planned = moment(print_day_before(day, rules.print_day), settings.send_at, rules.timezone)
    if planned >= now:
        return planned
    in_a_week = local_day(now, rules.timezone) + timedelta(days=6)
    next_one = moment(
        print_day_before(in_a_week, rules.print_day), settings.send_at, rules.timezone
    )
    if rules.print_day == "any" or not now <= next_one < expires_at:
        return planned
    return next_one


def print_day_before(day: date, print_day: str) -> date:
    """Return the last day up to ``day``, inclusive, on which the owner prints."""
    if print_day == "any":
        return day
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(print_day)) % 7)
