"""How long it takes to find what customers are worth, and how near a known library comes.

python benchmarks/value.py [CUSTOMERS]     1,000,000 unless told
APPRECIATION_TEST_CDNOW=FOLDER             also the published example, beside lifetimes
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from math import log
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from appreciation.value.fitting import Prior, fit
from appreciation.value.history import Purchase, Rhythm, history
from appreciation.value.model import Kind, expected_orders
from appreciation.value.order_value import usual_orders
from appreciation.value.referrals import referral_values
from appreciation.value.worth import worth

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


def many(customers: int) -> None:
    luck = random.Random(1)  # noqa: S311 - these customers keep no secret
    lives = timed("customers made", lambda: [customer(luck) for _ in range(customers)])
    rhythms = [Rhythm(len(life) - 2, life[-2], life[-1]) for life in lives]
    found = timed(f"{customers:,} fitted ({len(Counter(rhythms)):,} differ)", lambda: fit(rhythms))
    print(f"r {found.r:.3f} alpha {found.alpha:.2f} days, a {found.a:.3f} b {found.b:.3f}")
    some = [
        [Purchase(START + timedelta(1000 - life[-1] + day), 1250) for day in life[:-1]]
        for life in lives[:100_000]
    ]
    as_of = START + timedelta(1000)
    histories = timed(
        f"{len(some):,} histories", lambda: [one for each in some if (one := history(each, as_of))]
    )
    usual = usual_orders(histories)
    timed(f"{len(histories):,} worths", lambda: [worth(one, found, usual) for one in histories])
    sent = [(luck.randrange(one), one) for one in range(1, customers, 3)]
    own = dict.fromkeys(range(customers), 1250)
    timed(f"{customers:,} credits of referrals", lambda: referral_values(own, sent))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    if given := os.environ.get("APPRECIATION_TEST_CDNOW"):
        published(Path(given))
    else:
        print("the published example is left out: APPRECIATION_TEST_CDNOW names no folder")
    many(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
