"""Every birthday in every zone, by a machine that runs when it runs, from 2020 to 2032."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy import insert, select

from appreciation.dates import anniversary, days_between
from appreciation.stages import finding
from appreciation.store.tables import Customer, Note, SpecialDate
from tests.conftest import Shop

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
AWKWARD = [date(2024, *day) for day in ((1, 1), (2, 28), (2, 29), (3, 1), (12, 31))]
Person = tuple[str, date]


def _distinct_zones() -> list[str]:
    """Return one zone of each sort: those that differ anywhere in these years."""
    moments = [BEGIN + timedelta(days=days) for days in range(0, (END - BEGIN).days, 5)]
    behaviours: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        zone = ZoneInfo(name)
        behaviours.setdefault(tuple(at.astimezone(zone).utcoffset() for at in moments), name)
    return list(behaviours.values())


def _everybody() -> list[Person]:
    """Return people such that every birthday comes in some zone, and the awkward ones in each."""
    zones = _distinct_zones()
    days = list(days_between(date(2024, 1, 1), date(2024, 12, 31)))
    return [
        (zone, day)
        for index, zone in enumerate(zones)
        for day in [*days[index :: len(zones)], *AWKWARD]
    ]


def _move_in(shop: Shop, people: Sequence[Person]) -> None:
    long_ago = BEGIN - timedelta(days=900)
    known = {"created_at": long_ago}
    with shop.app.store.writing() as session:
        session.execute(
            insert(Customer),
            [
                {
                    "id": number,
                    "kind": "person",
                    "name": f"{day} {zone}",
                    "email": "a@example.org",
                    "timezone": zone,
                    "updated_at": long_ago,
                    **known,
                }
                for number, (zone, day) in enumerate(people, start=1)
            ],
        )
        session.execute(
            insert(SpecialDate),
            [
                {
                    "customer_id": number,
                    "kind": "birthday",
                    "whose": "",
                    "month_day": day.month * 100 + day.day,
                    **known,
                }
                for number, (_, day) in enumerate(people, start=1)
            ],
        )


@pytest.mark.parametrize("send_at", ["00:00", "02:30", "09:00"])
def test_every_birthday_in_every_zone_is_noted_exactly_once_a_year(
    tmp_path: Path, send_at: str
) -> None:
    shop = Shop(tmp_path)
    shop.opened(f"[occasions.birthday]\nsend_at = '{send_at}'\n")
    people = _everybody()
    _move_in(shop, people)
    # Now and then, at all hours.
    now = BEGIN + timedelta(hours=6)
    while now < END:
        with shop.app.store.writing() as session:
            finding.find(session, shop.app.finders[:1], shop.app.rules, now)
        now += timedelta(days=10, hours=7)

    with shop.app.store.reading() as session:
        query = select(Note.customer_id, Note.occurrence, Note.on, Note.due_at)
        noted = session.execute(query).all()
    shop.close()
    counts = Counter((customer, int(year)) for customer, year, _, _ in noted)
    assert set(counts.values()) == {1}
    # What was found ahead, of the next year's first days, is more than was asked for.
    assert counts.keys() >= {
        (number, year)
        for number, _ in enumerate(people, start=1)
        for year in range(BEGIN.year, END.year)
    }
    wished = time.fromisoformat(send_at)
    for number, year, on, due_at in noted:
        zone, born = people[number - 1]
        assert on == anniversary(born.month, born.day, int(year))
        due = due_at.astimezone(ZoneInfo(zone))
        # Later only where the clocks leapt over the hour.
        assert due.date() == on
        assert due.time() == wished or _leaps(on, wished, zone)


def _leaps(day: date, at: time, zone: str) -> bool:
    """Return whether there was no such time on ``day``."""
    there = datetime.combine(day, at, ZoneInfo(zone))
    return there.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != at


def test_asking_by_person_and_by_day_agree(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    people = [(zone, day) for zone in ("Asia/Tokyo", "America/Havana") for day in AWKWARD]
    _move_in(shop, people)
    for now in (datetime(2027, 12, 30, tzinfo=UTC), datetime(2027, 2, 26, 17, tzinfo=UTC)):
        with shop.app.store.reading() as session:

            def ask(customers: list[int] | None, at: datetime = now) -> set[tuple[object, ...]]:
                until = at + timedelta(days=70)
                finders, rules = shop.app.finders, shop.app.rules
                rows = finding.upcoming(session, finders, rules, until, at, customers)
                return {(r["customer_id"], r["occurrence"], r["on"], r["due_at"]) for r in rows}

            together = ask(None)
            alone = [ask([number]) for number in range(1, len(people) + 1)]
        assert set().union(*alone) == together
        assert all(len(each) <= 1 for each in alone)
    shop.close()
