"""Ten years of a shop whose machine is often off, beside a slow and obvious calculation.

``python -m tests.ten_years [CUSTOMERS] [YEARS]``: the real stages find, write and send, through
every outage; then each note that should have come of it is worked out anew, a person at a time,
with the standard library alone, and the two must be the same. It ends with 1 where they differ.
"""

import random
import sys
import tempfile
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from appreciation.dates import YearlyDay
from appreciation.simulation.imagined import Imagined
from appreciation.stages import intake
from appreciation.store.tables import Customer, Note, NoteState
from tests.conftest import Shop, StillClock

HOME = "Europe/Berlin"
# Two of them change their clocks at midnight, so that a day begins at one.
ZONES = [None, None, "Africa/Cairo", "America/Havana", "Asia/Kolkata", "Pacific/Auckland"]
SETTINGS = """
[tact]
per_month = 0
together = "0d"
[occasions.birthday]
approve = "auto"
[occasions.anniversary]
approve = "auto"
[occasions.order]
approve = "auto"
[occasions.milestone]
approve = "auto"
weekly = false
"""
BEGIN = datetime(2024, 1, 1, 5, tzinfo=UTC)
LOOKS_EVERY = timedelta(hours=12)
# Who, which occasion, which day it is about, and whether it came on time, belated, or never.
Fates = Counter[tuple[int, str, date, str]]
Deed = Callable[[Session, Shop], object]


@dataclass
class Person:
    """Somebody, and all that they will do; ``born`` on day 0 is on some day of the month."""

    id: int
    joins_at: datetime
    leaves_at: datetime
    zone: str | None
    born: tuple[int, int] | None
    leap_day: str
    orders: Sequence[date]


@dataclass
class World:
    """Who there is, and when the machine is up and looks."""

    people: Sequence[Person]
    looks: Sequence[datetime]

    def look(self, at: datetime) -> datetime:
        """Return the first look at or after ``at``; one that never comes is far away."""
        nth = bisect_left(self.looks, at)
        return self.looks[nth] if nth < len(self.looks) else datetime.max.replace(tzinfo=UTC)


def made_up(people: int, years: int, every: timedelta = LOOKS_EVERY, seed: int = 1) -> World:
    """Return a world in which people come, buy, leave and die, and a machine that fails.

    As long as it is up it looks once in ``every`` so long.
    """
    dice = random.Random(seed)
    end = BEGIN.replace(year=BEGIN.year + years)
    whole = (end - BEGIN).total_seconds()
    # Half of them are there when the shop begins.
    comes = sorted(max(0, round(dice.uniform(-whole, whole))) for _ in range(people))
    joins = [BEGIN + timedelta(seconds=each) for each in comes]
    everybody = [_person(dice, number, at, end) for number, at in enumerate(joins, start=1)]
    return World(everybody, list(_looks(dice, end, every)))


def _person(dice: random.Random, number: int, joins_at: datetime, end: datetime) -> Person:
    day = date(2024, 1, 1) + timedelta(days=dice.randrange(366))
    days = [(day.month, day.day), (day.month, 0), (2, 29), None]
    [born] = dice.choices(days, [85, 5, 3, 7])
    stays = dice.choice([0.5, 1, 1, 1, 1]) * dice.uniform(1, 2) * (end - joins_at)
    often, orders, at = dice.choice([25, 100, 300, 1000]), [], joins_at
    while (at := at + timedelta(days=dice.expovariate(1 / often))) < end:
        orders.append(at.astimezone(ZoneInfo(HOME)).date())
    return Person(
        id=number,
        joins_at=joins_at,
        leaves_at=joins_at + stays,
        zone=dice.choice(ZONES),
        born=born,
        leap_day=dice.choice(["", "feb28", "mar1"]) if born == (2, 29) else "",
        orders=orders,
    )


def _looks(dice: random.Random, end: datetime, every: timedelta) -> Iterator[datetime]:
    at = BEGIN
    while at < end:
        fails_at = at + timedelta(days=dice.randrange(3, 60))
        while at < fails_at:
            yield at
            at += every
        # Off for some hours, or for the holidays.
        at += timedelta(hours=dice.choice([7, 31, 55, 100, 130, 200, 280]))


def lived(world: World, folder: Path, watch: Callable[[float], object]) -> Fates:
    """Let the real stages live through ``world``; return what became of each note."""
    shop = Shop(folder, StillClock(BEGIN))
    shop.opened(SETTINGS)
    shop.app.backends = {"outbox": Imagined(channel="email")}
    deeds = deque(sorted(_deeds(world), key=itemgetter(0)))
    with shop.app.at_work("once") as worker:
        for nth, look in enumerate(world.looks, start=1):
            shop.clock.now = look
            with shop.app.store.writing() as session:
                while deeds and deeds[0][0] <= look:
                    deeds.popleft()[1](session, shop)
            shop.app.find()
            shop.app.draft()
            shop.app.send(worker)
            watch(nth / len(world.looks))
    fates: Fates = Counter()
    with shop.app.store.reading() as session:
        for note in session.scalars(select(Note)):
            how = "never" if note.state is not NoteState.SENT else _told(belated=note.belated)
            fates[note.customer_id, note.occasion, note.on, how] += 1
    shop.close()
    return fates


def _told(*, belated: bool) -> str:
    return "belated" if belated else "on time"


def _deeds(world: World) -> Iterator[tuple[datetime, Deed]]:
    """Yield what is typed in and when; where the machine is off, it is typed in afterwards."""
    for person in world.people:
        yield person.joins_at, partial(_join, person)
        for day in person.orders:
            yield _typed_at(person, day), partial(_order, person, day)
        yield person.leaves_at, partial(_leave, person)


def _typed_at(person: Person, ordered_on: date) -> datetime:
    return max(person.joins_at, datetime.combine(ordered_on, time(20), UTC))


def _join(person: Person, session: Session, shop: Shop) -> None:
    name = "Ann " + str(person.id).translate(_LETTERS).title()
    fields = {"name": name, "email": f"c{person.id}@example.org", "timezone": person.zone}
    born = YearlyDay(*person.born) if person.born else None
    made = intake.add_customer(session, fields, born, shop.clock(), shop.today)
    assert made.id == person.id
    if person.leap_day:
        intake.choose_leap_day(made, person.leap_day, shop.clock())


def _order(person: Person, day: date, session: Session, shop: Shop) -> None:
    customer = session.get_one(Customer, person.id)
    intake.add_order(session, customer, intake.Purchase(day, 1250, "EUR"), shop.clock())


def _leave(person: Person, session: Session, shop: Shop) -> None:
    now = shop.clock()
    gone = {"deceased_at": now} if person.id % 2 else {"opted_out_at": now}
    intake.edit_customer(session, session.get_one(Customer, person.id), gone, now)


# From here on nothing of the product is asked.


def calculated(world: World) -> Fates:
    """Return what should become of each note, worked out anew with the standard library."""
    fates: Fates = Counter()
    for person in world.people:
        for about in (_birthdays, _thanks, _anniversaries, _milestones):
            for occasion, day, how in about(world, person):
                fates[person.id, occasion, day, how] += 1
    return fates


Fate = tuple[str, date, str]


def _birthdays(world: World, person: Person) -> Iterator[Fate]:
    if person.born is None:
        return
    month, day = person.born
    known_at = world.look(person.joins_at)
    for year in range(BEGIN.year - 1, world.looks[-1].year + 1):
        first = date(year, month, 1)
        late_on = (first + timedelta(days=31)).replace(day=1)
        if day:
            first = _kept(year, month, day, person.leap_day)
            late_on = first + timedelta(days=1)
        how = _fate(world, person, first, late_on, late_on + timedelta(days=4), known_at)
        if how:
            yield "birthday", first, how


def _kept(year: int, month: int, day: int, leap_day: str = "") -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1) if leap_day == "mar1" else date(year, 2, 28)


def _thanks(world: World, person: Person) -> Iterator[Fate]:
    last = date.min
    for day in person.orders:
        how = _after(world, person, day, days=14)
        if how and day - last < timedelta(days=30):
            yield "order", day, "never"
        elif how:
            yield "order", day, how
            last = day


def _milestones(world: World, person: Person) -> Iterator[Fate]:
    for number in (10, 50, 100):
        if len(person.orders) >= number:
            day = person.orders[number - 1]
            if how := _after(world, person, day, days=30):
                yield "milestone", day, how


def _after(world: World, person: Person, day: date, days: int) -> str | None:
    """Return what becomes of a note that waits two days and may be ``days`` late."""
    due = day + timedelta(days=2)
    known_at = world.look(_typed_at(person, day))
    return _fate(world, person, due, due + timedelta(days=14), due + timedelta(days=days), known_at)


def _anniversaries(world: World, person: Person) -> Iterator[Fate]:
    if not person.orders:
        return
    first = person.orders[0]
    known_at = world.look(_typed_at(person, first))
    for year in range(first.year + 1, world.looks[-1].year + 1):
        day = _kept(year, first.month, first.day)
        late_on, over_on = day + timedelta(days=3), day + timedelta(days=10)
        if how := _fate(world, person, day, late_on, over_on, known_at):
            yield "anniversary", day, how


def _fate(
    world: World, person: Person, due_on: date, late_on: date, over_on: date, known_at: datetime
) -> str | None:
    """Return what becomes of a note of nine o'clock, or None where it is history, or to come."""
    due_at, late_at, over_at = (
        datetime.combine(day, time(hour), ZoneInfo(person.zone or HOME)).astimezone(UTC)
        for day, hour in ((due_on, 9), (late_on, 0), (over_on, 0))
    )
    if known_at >= over_at:
        return None
    if world.look(max(known_at, due_at - timedelta(days=7))) > world.looks[-1]:
        return None
    leaves_at = max(due_at, known_at, world.look(max(due_at, known_at)))
    if leaves_at >= over_at or leaves_at >= world.look(person.leaves_at):
        return "never"
    return _told(belated=leaves_at >= late_at)


def settled(fates: Fates, world: World) -> Fates:
    """Return the fates that have come to their end: not what is due in the last weeks."""
    last = world.looks[-1].date() - timedelta(days=60)
    return Counter({each: number for each, number in fates.items() if each[2] <= last})


def differences(ours: Fates, theirs: Fates) -> list[str]:
    """Return where two accounts differ, each in a line."""
    wrong = [(fate, "lived only") for fate in ours - theirs]
    wrong += [(fate, "calculated only") for fate in theirs - ours]
    return [
        f"customer {who}, {what} of {on}: {how} ({where})"
        for (who, what, on, how), where in sorted(wrong)
    ]


def totals(fates: Fates) -> Counter[tuple[str, str]]:
    """Return how many notes of each occasion ended how."""
    counts: Counter[tuple[str, str]] = Counter()
    for (_, occasion, _, how), number in fates.items():
        counts[occasion, how] += number
    return counts


_LETTERS = str.maketrans("0123456789", "aeioubdlnr")


def main() -> int:
    """Live through it, tell what came of it, and return 1 where the calculation differs."""
    people, years = map(int, sys.argv[1:] or ("10000", "10"))
    world = made_up(people, years)
    off = sum(after - before > LOOKS_EVERY for before, after in pairwise(world.looks))
    print(f"{people:,} customers, {years} years, {len(world.looks):,} looks, {off} times off")
    begun = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        ours = settled(lived(world, Path(folder), _progress), world)
    took = perf_counter() - begun
    theirs = settled(calculated(world), world)
    print(f"lived in {took:.0f} s, calculated in {perf_counter() - begun - took:.0f} s")
    calculated_totals = totals(theirs)
    for key, number in sorted(totals(ours).items()):
        print(f"  {', '.join(key):<24}{number:>9,}{calculated_totals[key]:>9,}")
    wrong = differences(ours, theirs)
    print(*wrong[:20], f"{len(wrong)} differ" if wrong else "no note differs", sep="\n")
    return 1 if wrong else 0


def _progress(done: float) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:.0%}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
