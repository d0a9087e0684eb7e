from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import insert, select

from appreciation.dates import anniversary, days_between
from appreciation.stages import finding
from appreciation.store.tables import Customer, Note, SpecialDate
from tests.conftest import Shop


def _distinct_zones() -> list[str]:
    """Return one zone of each sort: those that differ anywhere from 2023 to 2032."""
    moments = [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=d) for d in range(0, 3653, 5)]
    behaviours: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        zone = ZoneInfo(name)
        behaviours.setdefault(tuple(at.astimezone(zone).utcoffset() for at in moments), name)
    return list(behaviours.values())


def _move_in(shop: Shop, people: list[tuple[str, date]]) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with shop.app.store.writing() as session:
        for number, (zone, day) in enumerate(people, start=1):
            session.execute(
                insert(Customer).values(
                    id=number,
                    kind="person",
                    name=f"{day} {zone}",
                    email="a@example.org",
                    timezone=zone,
                    created_at=long_ago,
                    updated_at=long_ago,
                )
            )
            session.execute(
                insert(SpecialDate).values(
                    customer_id=number,
                    kind="birthday",
                    whose="",
                    created_at=long_ago,
                    month_day=day.month * 100 + day.day,
                )
            )


def test_every_birthday_in_every_zone_is_noted_exactly_once_a_year_for_ten_years(
    tmp_path: Path,
) -> None:
    shop = Shop(tmp_path)
    zones = _distinct_zones()
    days = list(days_between(date(2024, 1, 1), date(2024, 12, 31)))
    awkward = [date(2024, *day) for day in ((1, 1), (2, 28), (2, 29), (3, 1), (12, 31))]
    # Every birthday comes in some zone, and the awkward ones in each.
    people = [
        (zone, day)
        for index, zone in enumerate(zones)
        for day in [*days[index :: len(zones)], *awkward]
    ]
    _move_in(shop, people)
    # Now and then, at all hours: a shop's machine that runs when it runs.
    now = datetime(2023, 1, 1, 6, tzinfo=UTC)
    while now < datetime(2033, 1, 1, tzinfo=UTC):
        with shop.app.store.writing() as session:
            finding.find(session, shop.app.finders[:1], shop.app.rules, now)
        now += timedelta(days=5, hours=7)

    with shop.app.store.reading() as session:
        noted = session.execute(select(Note.customer_id, Note.occurrence, Note.on)).all()
    counts = Counter((customer, occurrence) for customer, occurrence, _ in noted)
    assert set(counts.values()) == {1}
    for number, person in enumerate(people, start=1):
        for year in range(2023, 2033):
            assert counts[number, str(year)] == 1, (person, year)
    for number, occurrence, on in noted:
        _, born = people[number - 1]
        assert on == anniversary(born.month, born.day, int(occurrence))
