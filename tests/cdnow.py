"""What 2,357 customers of a music shop bought in 1997 and 1998: the published example of the field.

The files come with the package Lifetimes 0.11.3, which is never imported; or
APPRECIATION_TEST_CDNOW names their folder.
"""

import csv
import os
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from appreciation.value.history import Purchase, Rhythm

# Read at once: some tests take everything of ours out of the environment.
GIVEN = os.environ.get("APPRECIATION_TEST_CDNOW")
CALIBRATED_TO, JUDGED_TO = date(1997, 9, 30), date(1998, 6, 30)
WEEK = 7


def folder() -> Path:
    """Return where the files are; without any, skip at home and fail in CI."""
    spec = None if GIVEN else find_spec("lifetimes")
    package = Path(spec.origin).parent / "datasets" if spec and spec.origin else None
    found = Path(GIVEN) if GIVEN else package
    if found and (found / "CDNOW_sample.txt").is_file():
        return found
    reason = "the CDNOW files are not here: pip install --no-deps lifetimes==0.11.3"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def read_purchases(files: Path) -> dict[str, list[Purchase]]:
    """Return each customer's orders. The published figures count a free one, so it costs a cent."""
    bought = defaultdict(list)
    for line in (files / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, dollars = line.split()
        cents = max(round(float(dollars) * 100), 1)
        bought[customer].append(Purchase(date.fromisoformat(day), cents))
    return dict(bought)


@cache
def read_summary(files: Path) -> list[Rhythm]:
    """Return the customers as the published summary has them: weeks of two decimals, in days."""
    with (files / "cdnow_customers_summary.csv").open() as text:
        return [
            Rhythm(int(row["frequency"]), float(row["recency"]) * WEEK, float(row["T"]) * WEEK)
            for row in csv.DictReader(text)
        ]
