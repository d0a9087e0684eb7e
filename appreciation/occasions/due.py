"""When a note about a day is due, when it is late, and when it is too late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from appreciation.config.occasions import OccasionSettings
from appreciation.dates import kept_on, local_day, moment
from appreciation.store.calendar import Day

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every occasion; ``carriers`` names the backend of each channel."""

    timezone: str
    print_day: str
    carriers: Mapping[str, str]


def calendar_days(
    settings: OccasionSettings,
    rules: Rules,
    zones: Iterable[str],
    days: Sequence[date],
    now: datetime,
    *,
    comes_round: bool,
) -> Iterator[Day]:
    """Yield a row per channel for each of ``days`` in each of ``zones``.

    Limits count from the start of the local day on which the note is due. A
    card is due ``lead`` days earlier, and late that much earlier, since what
    counts is when it arrives; it leaves on the owner's print day. Only for a
    day that ``comes_round`` can it leave before that day.
    """
    lead = timedelta(days=settings.lead)
    for zone in zones:
        name = zone or rules.timezone
        for day in days:
            due_day = day + timedelta(days=settings.delay)
            on_time_until = _midnight(due_day, settings.on_time_days, name)
            expires_at = _midnight(due_day, settings.belated_until, name)
            post_day = due_day - lead if comes_round else max(day, due_day - lead)
            for month_day in kept_on(day):
                row = Day(
                    zone=zone,
                    channel="email",
                    day=day,
                    month_day=month_day,
                    year=day.year,
                    due_at=moment(due_day, settings.send_at, name),
                    on_time_until=on_time_until,
                    expires_at=expires_at,
                )
                if "email" in settings.channels:
                    yield row
                if "post" in settings.channels:
                    yield row._replace(
                        channel="post",
                        due_at=_print_moment(post_day, settings, rules, expires_at - lead, now),
                        on_time_until=on_time_until - lead,
                        expires_at=expires_at - lead,
                    )


def _midnight(day: date, later: int, zone: str) -> datetime:
    return moment(day + timedelta(days=later), time(0), zone)


def _print_moment(
    day: date, settings: OccasionSettings, rules: Rules, expires_at: datetime, now: datetime
) -> datetime:
    """Return when to print what should be in the post on ``day``, in the shop's own time.

    That is the last print day up to ``day``; where it has passed, the next one
    to come unless that is too late: then at once.
    """
    planned = moment(_print_day_before(day, rules.print_day), settings.send_at, rules.timezone)
    if planned >= now:
        return planned
    in_a_week = local_day(now, rules.timezone) + timedelta(days=6)
    next_one = moment(
        _print_day_before(in_a_week, rules.print_day), settings.send_at, rules.timezone
    )
    if rules.print_day == "any" or not now <= next_one < expires_at:
        return planned
    return next_one


def _print_day_before(day: date, print_day: str) -> date:
    if print_day == "any":
        return day
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(print_day)) % 7)
