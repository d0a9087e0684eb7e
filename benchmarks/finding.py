"""How long finding takes in a big shop, on SQLite and on PostgreSQL, beside the usual way.

``python benchmarks/finding.py [CUSTOMERS] [sqlite|postgres]``: a million customers with ten
orders each unless told, one in ten of them in a zone of their own, on both databases. Each
figure is a look with every occasion that looks at birthdays, orders and special dates.
"""

import contextlib
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert, select, text

from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load
from appreciation.dates import anniversary
from appreciation.store import migrating
from appreciation.store.tables import Buyer, Customer, Order, SpecialDate
from tests.postgres import FAST, PostgresServer, programs_found

NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)
ZONES = ["America/New_York", "Asia/Tokyo", "Europe/London", "Australia/Sydney", "Asia/Kolkata"]
SETTINGS = """\
[business]
name = "A big shop"
signer = "Rosa"
email = "rosa@example.org"
timezone = "Europe/Berlin"
[store]
url = "{url}"
[occasions.birthday]
ahead = "{ahead}"
[occasions.anniversary]
ahead = "{ahead}"
"""
AT_ONCE = 50_000
ORDERS_EACH = 10


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON - timedelta(hours=7)

    def __call__(self) -> datetime:
        return self.now


def filled(folder: Path, url: str, customers: int, ahead: str = "0d") -> tuple[Appreciation, Clock]:
    """Return a shop of so many customers whose orders were all looked at long ago."""
    (folder / "config.toml").write_text(SETTINGS.format(url=url, ahead=ahead))
    clock = Clock()
    app = assemble(load(folder / "config.toml"), clock)
    migrating.migrate(app.store, backup_name="")
    long_ago = NOON - timedelta(days=900)
    for first in range(1, customers + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, customers + 1))
        with app.store.writing() as session:
            session.execute(insert(Customer), [_customer(number, long_ago) for number in ids])
            session.execute(insert(SpecialDate), [_birthday(number, long_ago) for number in ids])
            session.execute(insert(Buyer), [_buyer(number, long_ago) for number in ids])
            for nth in range(ORDERS_EACH):
                session.execute(insert(Order), _orders(ids, nth, long_ago, considered=True))
    if not app.store.is_sqlite:
        # As a server does by itself, some minutes after so much has come.
        with app.store.writing() as session:
            session.execute(text("ANALYZE"))
    return app, clock


def _customer(number: int, at: datetime) -> dict[str, object]:
    return {
        "id": number,
        "kind": "person",
        "name": f"Customer {number}",
        "email": f"c{number}@example.org",
        "timezone": ZONES[number // 10 % 5] if number % 10 == 0 else None,
        "created_at": at,
        "updated_at": at,
    }


def _birthday(number: int, at: datetime) -> dict[str, object]:
    month_day = (number % 12 + 1) * 100 + number // 12 % 28 + 1
    return {
        "customer_id": number,
        "kind": "birthday",
        "whose": "",
        "month_day": month_day,
        "created_at": at,
    }


def _first_day(number: int) -> date:
    return date(2023, 6, 1) + timedelta(days=number * 7 % 365)


def _buyer(number: int, at: datetime) -> dict[str, object]:
    first = _first_day(number)
    return {
        "customer_id": number,
        "first_order_on": first,
        "month_day": first.month * 100 + first.day,
        "orders": ORDERS_EACH,
        "known_at": at,
    }


def _orders(ids: range, nth: int, at: datetime, *, considered: bool) -> list[dict[str, object]]:
    return [
        {
            "customer_id": number,
            "ordered_on": _first_day(number) + timedelta(days=nth * 15),
            "total_cents": 500,
            "currency": "EUR",
            "created_at": at,
            "considered_at": at if considered else None,
        }
        for number in ids
    ]


def order_now(app: Appreciation, now: datetime, customers: int) -> None:
    """Let so many customers buy once more, today."""
    ids = range(1, customers + 1)
    rows = [{**row, "ordered_on": now.date()} for row in _orders(ids, 0, now, considered=False)]
    with app.store.writing() as session:
        session.execute(insert(Order), rows)
        session.execute(
            text("UPDATE buyers SET orders = orders + 1 WHERE customer_id <= :last"),
            {"last": customers},
        )


def timed(what: str, work: Callable[[], object], runs: int = 1) -> None:
    """Print the median of ``runs`` and what came of the last one."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    times = []
    for _ in range(runs):
        begun = perf_counter()
        result = work()
        times.append((perf_counter() - begun) * 1000)
    extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 - before
    print(f"  {what:<44} {statistics.median(times):9.1f} ms  +{extra} MiB  {result}", flush=True)


def measure(app: Appreciation, clock: Clock, customers: int) -> None:
    """Let the shop live through some days, and time each look."""

    def pass_by(**time: float) -> Callable[[], object]:
        def look() -> object:
            clock.now += timedelta(**time)
            return dict(app.find())

        return look

    timed("the first look, at five in the morning", app.find)
    timed("an idle look", pass_by(minutes=1), runs=21)
    timed("a day's birthdays and anniversaries, at nine", pass_by(hours=4))
    order_now(app, clock.now, 1_000)
    timed("1,000 new orders", pass_by(minutes=1))
    new = customers // 10
    order_now(app, clock.now, new)
    timed(f"{new:,} new orders", pass_by(minutes=1))
    timed("an idle look with all these notes waiting", pass_by(minutes=1), runs=21)
    timed("the first look of a new day, at one", pass_by(hours=15))
    timed("a catch-up after seven days", pass_by(days=7))
    timed("what is upcoming within 14 days", lambda: len(app.upcoming(14)))


def load_all(app: Appreciation, today: date) -> int:
    """Count who has birthday by the usual way: every customer, tested in Python."""
    with app.store.reading() as session:
        query = select(Customer, SpecialDate).join(SpecialDate)
        return sum(
            anniversary(*divmod(special.month_day, 100), today.year) == today
            for _, special in session.execute(query)
        )


@contextlib.contextmanager
def databases(which: str) -> Iterator[dict[str, str]]:
    """Yield the URL of each database that is asked for."""
    urls = {"sqlite": "sqlite:///appreciation.db"} if which in {"", "sqlite"} else {}
    if which not in {"", "postgres"}:
        yield urls
        return
    server = PostgresServer(next(programs_found()), FAST)
    try:
        yield urls | {"postgres": server.url}
    finally:
        server.remove()


def main() -> None:
    """Measure what was asked for."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with databases(sys.argv[2] if len(sys.argv) > 2 else "") as urls:
        for name, url in urls.items():
            with tempfile.TemporaryDirectory() as folder:
                print(f"{name}: {customers:,} customers, {customers * ORDERS_EACH:,} orders")
                app, clock = filled(Path(folder), url, customers)
                measure(app, clock, customers)
                timed("the usual way: load all, test in Python", lambda: load_all(app, NOON.date()))  # noqa: B023
                app.store.close()


if __name__ == "__main__":
    main()
