"""How fast files are taken in: vCards beside vobject, and orders from a CSV file into the store.

python benchmarks/imports.py [ORDERS]     100,000 unless told; 1,000,000 also shows the memory
"""

import random
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from memory import peak_mib
from peers import interpreter

from appreciation import imports
from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load
from appreciation.sources.base import Choices, Person
from appreciation.sources.vcard import VCard
from appreciation.store import migrating

CARDS = 10_000
ROUNDS = 5
SETTINGS = """\
[business]
name = "Rosa's Bakery"
signer = "Rosa"
email = "rosa@example.org"
timezone = "Europe/Berlin"
"""
CHOICES = Choices(today=date(2026, 11, 22), timezone="Europe/Berlin", currency="EUR")
PEER = """
import sys, time, vobject
text = open(sys.argv[1], encoding="utf-8").read()
began = time.process_time()
read = 0
for card in vobject.readComponents(text):
    read += bool(card.fn.value)
    born = card.bday.value
print(read, time.process_time() - began)
"""


def cards(path: Path) -> None:
    """Write cards as an address book does: 380 bytes each, folded, escaped, with letters."""
    made = (_card(number) for number in range(CARDS))
    path.write_text("".join(made), encoding="utf-8", newline="")


def _card(number: int) -> str:
    return (
        "BEGIN:VCARD\r\nVERSION:3.0\r\n"
        f"N:Müller{number};Zoë;;;\r\nFN:Zoë Müller{number}\r\n"
        f"EMAIL;TYPE=INTERNET,HOME,PREF:zoe{number}@example.org\r\n"
        f"TEL;TYPE=CELL:+49 170 {number:07}\r\n"
        f"ADR;TYPE=HOME:;;Am Tor {number % 90};Berlin;;10115;Germany\r\n"
        f"BDAY:19{number % 90 + 10}-{number % 12 + 1:02}-{number % 28 + 1:02}\r\n"
        "NOTE:likes rye\\, plums\\, and a long chat\\nabout the weather in the morn\r\n"
        " ing before the shop is full of people\r\n"
        f"UID:card-{number}\r\nEND:VCARD\r\n"
    )


def orders(path: Path, count: int) -> None:
    """Write the orders of a quarter as many customers over six years."""
    chance = random.Random(6)  # noqa: S311 - the same orders each time
    with path.open("w", encoding="utf-8") as file:
        file.write("Order ID,Date,Customer,Email,Total,Currency\n")
        for number in range(count):
            who = chance.randrange(count // 4 or 1)
            day = f"{2020 + number % 6}-{number % 12 + 1:02}-{number % 28 + 1:02}"
            cents = chance.randrange(100, 9_999)
            file.write(
                f"A{number},{day},Ann{who} Lee{who % 977},ann{who}@example.org,"
                f"{cents // 100}.{cents % 100:02},EUR\n"
            )


def ours(path: Path) -> float:
    began = time.process_time()
    rows = list(VCard().read(path, "vcard", CHOICES).rows)
    took = time.process_time() - began
    assert sum(isinstance(row, Person) and bool(row.dates) for row in rows) == CARDS
    return took


def peers(python: str, path: Path) -> float:
    done = subprocess.run(
        [python, "-c", PEER, str(path)], check=True, capture_output=True, text=True
    )
    read, took = done.stdout.split()
    assert int(read) == CARDS
    return float(took)


def compare(folder: Path) -> None:
    file = folder / "cards.vcf"
    cards(file)
    with interpreter("vobject") as python:
        if python is None:
            print(f"{CARDS:,} vCards: ours {min(ours(file) for _ in range(ROUNDS)):.2f} s")
            return
        pairs = [(ours(file), peers(python, file)) for _ in range(ROUNDS)]
    mine, theirs = (median(each) for each in zip(*pairs, strict=True))
    ratio = median(their / own for own, their in pairs)
    lowest = min(their / own for own, their in pairs)
    print(
        f"{CARDS:,} vCards, in seconds of one core: ours {mine:.2f}, vobject {theirs:.2f},"
        f" {ratio:.1f} times as long ({lowest:.1f} at least)"
    )


def shop(folder: Path) -> Appreciation:
    (folder / "config.toml").write_text(SETTINGS)
    app = assemble(load(folder / "config.toml"))
    migrating.migrate(app.store, backup_name="")
    return app


def take_in(folder: Path, count: int) -> None:
    app = shop(folder)
    idle = peak_mib()
    for what, do in (
        ("planned", imports.plan),
        ("applied", imports.apply),
        ("again", imports.apply),
    ):
        began, own = time.perf_counter(), time.process_time()
        report = do(app, folder / "orders.csv", imports.Wishes())
        took, own = time.perf_counter() - began, time.process_time() - own
        assert report.rows == count
        print(f"{count:,} orders {what}: {took:.1f} s ({own:.1f} s of one core)", flush=True)
    print(f"peak {peak_mib():.0f} MiB, {idle:.0f} of it before the first")


def main() -> None:
    if sys.argv[1:2] == ["--take-in"]:
        take_in(Path(sys.argv[2]), int(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compare(folder)
        orders(folder / "orders.csv", count)
        # A process of its own, so that writing the file is not in its memory.
        subprocess.run([sys.executable, __file__, "--take-in", name, str(count)], check=True)


if __name__ == "__main__":
    main()
