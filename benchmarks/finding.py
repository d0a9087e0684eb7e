"""How long finding takes in a big shop: an idle look, a day's birthdays, new orders.

``python benchmarks/finding.py 1000000`` for a million customers; SQLite, one zone
in ten of them a zone of their own.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load
from appreciation.store import migrating
from appreciation.store.tables import Customer, Order, SpecialDate

NOW = datetime(2026, 11, 21, 11, tzinfo=UTC)
ZONES = ["America/New_York", "Asia/Tokyo", "Europe/London", "Australia/Sydney", "Asia/Kolkata"]
SETTINGS = """\
[business]
name = "A big shop"
signer = "Rosa"
email = "rosa@example.org"
timezone = "Europe/Berlin"
[occasions.birthday]
ahead = "{ahead}"
"""


def filled(folder: Path, customers: int, ahead: str = "0d") -> Appreciation:
    (folder / "config.toml").write_text(SETTINGS.format(ahead=ahead))
    app = assemble(load(folder / "config.toml"), lambda: NOW)
    migrating.migrate(app.store, backup_name="")
    long_ago = NOW - timedelta(days=900)
    for first in range(0, customers, 50_000):
        ids = range(first + 1, min(first + 50_000, customers) + 1)
        with app.store.writing() as session:
            session.execute(
                insert(Customer),
                [
                    {
                        "id": number,
                        "kind": "person",
                        "name": f"Customer {number}",
                        "email": f"c{number}@example.org",
                        "timezone": ZONES[number // 10 % 5] if number % 10 == 0 else None,
                        "created_at": long_ago,
                        "updated_at": long_ago,
                    }
                    for number in ids
                ],
            )
            session.execute(
                insert(SpecialDate),
                [
                    {
                        "customer_id": number,
                        "kind": "birthday",
                        "whose": "",
                        "month_day": (number % 12 + 1) * 100 + number // 12 % 28 + 1,
                        "created_at": long_ago,
                    }
                    for number in ids
                ],
            )
            session.execute(insert(Order), orders(ids, long_ago, considered=True))
    return app


def orders(ids: range, at: datetime, *, considered: bool) -> list[dict[str, object]]:
    return [
        {
            "customer_id": number,
            "ordered_on": at.date(),
            "total_cents": 500,
            "currency": "EUR",
            "created_at": at,
            "considered_at": at if considered else None,
        }
        for number in ids
    ]


def timed(what: str, work: Callable[[], object], runs: int = 1) -> None:
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - begun) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<34} median {statistics.median(times):8.1f} ms  peak {peak} MiB  {result}")


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        app = filled(Path(name), customers)
        timed("the first look, with birthdays", app.find)
        timed("an idle look", app.find, runs=9)
        with app.store.writing() as session:
            few = orders(range(1, 1001), NOW - timedelta(days=1), considered=False)
            session.execute(insert(Order), few)
        timed("1,000 new orders", app.find)
        timed("upcoming, 14 days", lambda: len(app.upcoming(14)))
        app.store.close()


if __name__ == "__main__":
    main()
