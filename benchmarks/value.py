"""How long it takes to find what customers are worth, and how near a known library comes.

python benchmarks/value.py [CUSTOMERS]     1,000,000 unless told
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from math import log
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from appreciation.stages import valuing
from appreciation.store import migrating
from appreciation.store.engine import Store
from appreciation.value.fitting import Prior, fit
from appreciation.value.history import Rhythm
from appreciation.value.model import Kind, expected_orders
from appreciation.value.shop import Question

T = TypeVar("T")
WEEK = 7
START = date(2026, 1, 1)
PEER = """
import sys, time, warnings
warnings.simplefilter("ignore")
import pandas
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
rows = pandas.read_csv(sys.argv[1])
for made in BetaGeoFitter, ModifiedBetaGeoFitter:
    began = time.perf_counter()
    fitter = made().fit(rows.frequency, rows.recency, rows["T"])
    spent = time.perf_counter() - began
    figures = " ".join(f"{value:.4f}" for value in fitter.params_.values)
    print(f"lifetimes {made.__name__}: {figures}, {spent * 1000:.0f} ms")
"""


def timed(what: str, work: Callable[[], T]) -> T:
    began = perf_counter()
    made = work()
    print(f"{what}: {perf_counter() - began:.2f} s", flush=True)
    return made


def customer(luck: random.Random, days: int = 1000) -> list[int]:
    """Return the days on which a customer came, the first being 0."""
    known = luck.randrange(days)
    rate, lost = luck.gammavariate(0.8, 1 / 40), luck.betavariate(0.6, 2)
    visits, at = {0}, 0.0
    while luck.random() >= lost:
        at += luck.expovariate(rate) if rate else known
        if at > known:
            break
        visits.add(int(at))
    return [*sorted(visits), known]


def published(folder: Path) -> None:
    lines = (folder / "cdnow_customers_summary.csv").read_text().splitlines()[1:]
    cells = [line.split(",") for line in lines]
    rows = [Rhythm(int(x), float(t) * WEEK, float(T) * WEEK) for _, x, t, T in cells]
    for kind in Kind:
        for prior in Prior:
            began = perf_counter()
            found = fit(rows, kind, prior)
            spent = (perf_counter() - began) * 1000
            total = sum(expected_orders(found, row, 39 * WEEK) for row in rows)
            likelihood = found.log_likelihood + found.repeats * log(WEEK)
            print(
                f"{kind} with prior {prior}: {found.r:.4f} {found.alpha / WEEK:.4f} {found.a:.4f} "
                f"{found.b:.4f}, LL {likelihood:.3f}, {total:.2f} in 39 weeks, {spent:.0f} ms"
            )
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        beside(Path(name), folder)


def beside(environment: Path, folder: Path) -> None:
    """Let lifetimes fit the same rows, in an environment of its own."""
    python = environment / "bin" / "python"
    wanted = ["lifetimes==0.11.3", "setuptools<80", "pandas<2.2", "numpy<2", "scipy<1.12"]
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    install = [python, "-m", "pip", "install", "--quiet", *wanted]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"pip cannot get lifetimes, so it is left out: {done.stderr.strip()[-200:]}")
        return
    rows = folder / "cdnow_customers_summary.csv"
    done = subprocess.run([python, "-c", PEER, rows], capture_output=True, text=True, check=False)
    print((done.stdout if done.returncode == 0 else f"lifetimes: {done.stderr[-300:]}").strip())


def filled(file: Path, customers: int) -> int:
    """Fill a store with so many customers, a third of them sent by another; return their orders."""
    luck = random.Random(1)  # noqa: S311 - these customers keep no secret
    store = Store(f"sqlite:///{file}")
    migrating.migrate(store, backup_name="before.db")
    now, until = START.isoformat(), START + timedelta(1000)
    orders = [
        (who, (until - timedelta(life[-1] - day)).isoformat(), int(luck.lognormvariate(7.2, 0.6)))
        for who in range(1, customers + 1)
        for life in [customer(luck)]
        for day in life[:-1]
    ]
    # As a shop has them: by day, not by customer.
    orders.sort(key=lambda order: order[1])
    with store.writing() as session:
        cursor = session.connection().connection.cursor()
        cursor.executemany(
            "INSERT INTO customers (id, kind, name, created_at, updated_at)"
            " VALUES (?, 'person', ?, ?, ?)",
            ((who, f"Customer {who}", now, now) for who in range(1, customers + 1)),
        )
        cursor.executemany(
            "INSERT INTO orders (customer_id, ordered_on, total_cents, currency, created_at,"
            " considered_at) VALUES (?, ?, ?, 'EUR', ?, ?)",
            ((*order, now, now) for order in orders),
        )
        cursor.executemany(
            "INSERT INTO referrals (referrer_id, referred_id, referred_name, referred_on,"
            " created_at) VALUES (?, ?, 'x', ?, ?)",
            ((luck.randrange(1, one), one, now, now) for one in range(2, customers + 1, 3)),
        )
    store.close()
    return len(orders)


def valued(file: Path) -> None:
    """Find what all customers of the store are worth, and where they stand; tell how long."""
    store = Store(f"sqlite:///{file}")
    asked = Question(START + timedelta(1000))
    before = peak_memory()
    with store.reading() as session:
        many = timed(
            "orders in the store to values for all",
            lambda: sum(1 for _ in valuing.value(session, asked, "EUR", everybody=True).rows()),
        )
    print(f"{many:,} customers, peak memory {peak_memory()} MB, {before} before")
    now = datetime(2029, 1, 1, tzinfo=UTC)
    timed("the nightly look, standings kept", lambda: keep_standings(store, asked, now))
    store.close()


def peak_memory() -> int:
    """Return the most that this process ever held, in megabytes; another's is not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(peak) // 1024


def keep_standings(store: Store, asked: Question, now: datetime) -> int:
    return valuing.keep_standings(store, asked, "EUR", now)


def imported() -> None:
    """Say how long it takes to import the part, in a process that has nothing else yet."""
    code = (
        "import time; b = time.perf_counter(); import appreciation.value.standing;"
        " print(f'import of the part: {(time.perf_counter() - b) * 1000:.0f} ms')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def many(customers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="value-") as name:
        file = Path(name) / "appreciation.db"
        print(f"{customers:,} customers with {filled(file, customers):,} orders")
        # In a process of its own, whose memory is its own.
        subprocess.run([sys.executable, __file__, "--of", str(file)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--of"]:
        valued(Path(sys.argv[2]))
    else:
        package = find_spec("lifetimes")
        if package and package.origin:
            published(Path(package.origin).parent / "datasets")
        else:
            print("the published example is left out: sh setup.sh installs its files")
        imported()
        many(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
