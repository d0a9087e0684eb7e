"""How long it takes to live through a year of a shop: ``python benchmarks/simulating.py 10000``."""

import sys
import tempfile
import time
from pathlib import Path

from finding import filled
from sqlalchemy import update

from appreciation.simulation.living import simulate
from appreciation.store.tables import Customer


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        app, _ = filled(Path(name), "sqlite:///appreciation.db", customers, ahead="7d")
        with app.store.writing() as session:
            # Who is called by a number gets no note.
            session.execute(update(Customer).values(name="Zoë Müller-Łukasz", call_name="Zoë"))
        begun, busy = time.perf_counter(), time.process_time()
        figures = simulate(app, app.today(), 365)
        took, worked = time.perf_counter() - begun, time.process_time() - busy
        app.store.close()
    print(f"a year of {customers:,} customers  {took:.1f} s, {worked:.1f} s of them of a core")
    print(dict(figures.counts))


if __name__ == "__main__":
    main()
