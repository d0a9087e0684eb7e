"""Days to come, lived through in a copy: what would leave, what it would cost; nothing happens."""

import hashlib
import os
import signal
import tempfile
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from appreciation.config.post import postage
from appreciation.config.reading import parse
from appreciation.errors import AppreciationError, ConfigError, NotUnderstood
from appreciation.simulation.figures import ENDS
from appreciation.simulation.living import simulate
from appreciation.store import instance, simulating
from appreciation.store.tables import Base, Note, NoteState
from tests.conftest import NOON, ON_SQLITE, Shop
from tests.processes import Programs, wait_until
from tests.terminal import Terminal

SIMULATED = [
    *("since_at", "until_at", "currency", "totals", "batches", "months", "reasons"),
]
COUNTS = ["found", "drafted", *ENDS, "postage_cents", "unpriced"]
AUTO = "".join(
    f"[occasions.{name}]\napprove = 'auto'\nby = 'email-or-post'\n"
    for name in ("birthday", "order", "referral", "meeting")
)
HOME = "Am Tor 3\n10115 Berlin"


def contents(shop: Shop) -> str:
    """Return a hash of every row of the store, and of all that lies beside it."""
    told = hashlib.sha256()
    with shop.app.store.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in sorted(map(str, session.execute(select(table)))):
                told.update(row.encode())
    files = sorted(str(path) for path in shop.folder.rglob("*") if "-wal" not in path.name)
    return told.hexdigest() + str([name for name in files if "-shm" not in name])


def lively(shop: Shop) -> None:
    """Fill ``shop`` with customers of all kinds."""
    shop.settings += AUTO
    shop.opened()
    people = [
        shop.customer("Ada", born="25 Nov"),
        shop.customer("Ben", born="30 Nov", timezone="Asia/Tokyo"),
        shop.customer("Cleo", born="2 Dec", email=None, address=HOME),
        shop.customer("Dora", born="5 Jan", email=None),
        shop.customer("Emil", born="29 Feb"),
        # The hold ends on a day on which nothing is looked for.
        shop.customer("Fay", born="31 Dec"),
        shop.customer("Gus", born="12 Dec", timezone="America/Los_Angeles"),
        # Found before the last day, and due after it.
        shop.customer("Hedy", born="23 Jan"),
    ]
    for who, ago in ((people[0], 0), (people[0], 1), (people[1], 1), (people[2], 2)):
        shop.order(who, ago=ago)
    shop.referral(people[4], people[5])
    shop.meeting(people[6], ago=0)
    shop.hold(people[5], "order returned", date(2026, 12, 30))
    shop.hold(people[6], "complaint", date(2026, 12, 30))


def ends(notes: list[Note]) -> Counter[str]:
    """Return how notes ended, told from the notes by an eye of its own."""
    counts: Counter[str] = Counter()
    for note in notes:
        reason = note.reason or ""
        if note.state is NoteState.SKIPPED:
            word = "cooldown" if reason.startswith("within") else "too_late"
            word = "held_back" if reason.startswith("on hold") else word
            word = "blocked" if "has no email" in reason else word
            word = "merged" if reason.startswith("told in") else word
            word = "capped" if reason.startswith("over") else word
        else:
            word = {"sent": "sent", "printed": "cards", "blocked": "blocked"}[note.state.value]
        counts[word] += 1
    return counts


def test_what_is_simulated_is_what_comes(shop: Shop) -> None:
    lively(shop)
    figures = simulate(shop.app, shop.today, 60)
    # One that is blocked to the end is told as such, and later as too late.
    last = shop.today + timedelta(days=59)
    while shop.today <= last:
        shop.run()
        shop.clock.sleep(hours=12)
    came = [note for note in shop.notes() if shop.app.today(note.due_at) <= last]

    expected = ends(came)
    assert +Counter({end: figures.counts[end] for end in ENDS}) == expected
    assert {"sent", "cards", "cooldown", "held_back"} <= set(expected)
    assert figures.counts["found"] == len(came)
    by_month = Counter(f"{shop.app.today(note.sent_at or note.due_at):%Y-%m}" for note in came)
    told: Counter[str] = Counter()
    for row in figures.rows:
        told[row.month] += row.counts["found"]
    assert told == by_month


def test_nothing_of_it_touches_the_store_or_anything_beside_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    private = tmp_path_factory.mktemp("private")
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    lively(shop)
    shop.run()
    before = contents(shop)
    state = sorted(Path(os.environ["XDG_STATE_HOME"]).rglob("*"))
    kept = [path.read_bytes() for path in state if path.is_file()]
    simulate(shop.app, shop.today, 40)

    assert contents(shop) == before
    assert list(private.iterdir()) == []
    after = sorted(Path(os.environ["XDG_STATE_HOME"]).rglob("*"))
    assert [path.read_bytes() for path in after if path.is_file()] == kept


def test_the_copy_is_removed_when_somebody_breaks_it_off(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    private = tmp_path_factory.mktemp("private")
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    seen = []

    def broken_off(_: float) -> None:
        seen.append(list(private.rglob("simulated.db")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(shop.app, shop.today, 40, broken_off)

    assert len(seen[0]) == 1
    assert list(private.iterdir()) == []


@ON_SQLITE
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing_behind(
    shop: Shop, programs: Programs, tmp_path_factory: pytest.TempPathFactory, number: int
) -> None:
    private = tmp_path_factory.mktemp("private")
    shop.customer(born="25 Nov")
    running = programs.start("simulate", "--days", "1100", TMPDIR=str(private))
    wait_until(lambda: list(private.rglob("simulated.db")), what="it was at work")
    assert all(path.stat().st_mode & 0o077 == 0 for path in private.iterdir())
    running.process.send_signal(number)

    assert running.ends() == 130
    assert list(private.iterdir()) == []


@ON_SQLITE
def test_the_days_before_the_first_are_lived_through_but_not_told(shop: Shop) -> None:
    who = shop.customer(born="25 Nov")
    shop.order(who)
    figures = simulate(shop.app, date(2026, 11, 25), 400)

    assert [(row.month, row.occasion) for row in figures.rows] == [
        ("2026-11", "birthday"),
        ("2027-11", "anniversary"),
        ("2027-11", "birthday"),
    ]


@ON_SQLITE
def test_a_customer_whom_nothing_reaches_is_told_with_the_reason(shop: Shop) -> None:
    shop.customer("Dora", born="25 Nov", email=None)
    figures = simulate(shop.app, shop.today, 30)

    assert (figures.counts["sent"], figures.counts["blocked"]) == (0, 1)
    assert figures.reasons == [("somebody has no email address", 1)]


@ON_SQLITE
def test_what_waits_already_is_approved_and_leaves(shop: Shop) -> None:
    shop.customer(born="23 Nov")
    shop.run()
    assert [note.state for note in shop.notes()] == [NoteState.WAITING]

    assert simulate(shop.app, shop.today, 9).counts["sent"] == 1


def test_a_store_on_hold_is_simulated_all_the_same(shop: Shop) -> None:
    shop.customer(born="23 Nov")
    with shop.app.store.writing() as session:
        instance.hold(session, "it is a copy", NOON)

    assert simulate(shop.app, shop.today, 9).counts["sent"] == 1


@ON_SQLITE
def test_a_note_that_is_found_only_as_it_falls_due_is_on_time(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nahead = '0d'\non_time_until = '1d'\nbelated_until = '1d'\n")
    shop.customer("Ada", born="25 Nov")
    shop.customer("Ben", born="25 Nov", timezone="Asia/Tokyo")
    shop.customer("Cleo", born="25 Nov", timezone="America/Los_Angeles")

    assert simulate(shop.app, shop.today, 9).counts["sent"] == 3


@ON_SQLITE
def test_days_that_are_years_away_are_refused(shop: Shop) -> None:
    with pytest.raises(NotUnderstood, match="more than 1100 days ahead"):
        simulate(shop.app, shop.today + timedelta(days=1000), 101)


def test_where_no_copy_can_be_made_that_is_told(shop: Shop) -> None:
    with (
        pytest.raises(AppreciationError, match="nowhere"),
        simulating.private_copy(shop.app.store, shop.folder / "nowhere"),
    ):
        pass


# Postage.


@ON_SQLITE
def test_cards_are_counted_by_month_with_their_postage(shop: Shop) -> None:
    shop.opened(
        "[occasions.birthday]\nby = 'post'\n"
        '[post]\nprice = { home = "0.95", abroad = "1.25", US = 1.7 }\n'
    )
    for name, country in (("Ada", None), ("Ben", "DE"), ("Cleo", "FR"), ("Dora", "US")):
        address = "1 Main St\nSpringfield, IL 62701" if country == "US" else HOME
        shop.customer(name, born="18 Dec", address=address, country=country)
    shop.customer("Emil", born="18 Jan", address=HOME)
    figures = simulate(shop.app, shop.today, 80)

    by_month = {row.month: (row.counts["cards"], row.postage) for row in figures.rows}
    assert by_month == {"2026-12": (4, Decimal("4.85")), "2027-01": (1, Decimal("0.95"))}
    assert (figures.postage_cents, figures.unpriced) == (580, 0)
    assert figures.batches == 4


@ON_SQLITE
def test_a_card_without_a_price_is_told(shop: Shop) -> None:
    shop.opened("[occasions.birthday]\nby = 'post'\n[post]\nprice = { home = '0.95' }\n")
    shop.customer("Ada", born="10 Dec", address=HOME)
    shop.customer("Ben", born="10 Dec", address=HOME, country="FR")
    figures = simulate(shop.app, shop.today, 60)

    assert (figures.postage_cents, figures.unpriced) == (95, 1)


def test_a_country_goes_before_abroad_and_home() -> None:
    prices = {"home": Decimal(1), "abroad": Decimal(2), "FR": Decimal(3), "DE": Decimal(4)}

    assert [postage(prices, country, "DE") for country in ("", "DE", "FR", "US")] == [1, 4, 3, 2]
    assert postage({}, "US", "DE") is None


@pytest.mark.parametrize(
    ("place", "price"),
    [
        ("home", "1,25"),
        ("home", "-1"),
        ("home", "free"),
        ("home", "1e99"),
        ("home", "nan"),
        ("home", "1.23456"),
        ("Germany", "1"),
        ("", "1"),
    ],
)
def test_what_is_no_place_or_no_price_is_refused(place: str, price: str) -> None:
    business = {"name": "B", "signer": "R", "email": "r@example.org"}

    with pytest.raises(ConfigError, match=r"post\.price"):
        parse({"business": business, "post": {"price": {place: price}}}, Path("config.toml"))


# At the desk.


@ON_SQLITE
def test_the_keys_of_a_simulation_are_a_contract(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-25")
    told = shop_at.json("simulate --days 20")

    assert list(told) == SIMULATED
    assert list(told["totals"]) == COUNTS
    assert list(told["months"][0]) == ["month", "occasion", *COUNTS]
    assert (told["totals"]["found"], told["totals"]["sent"]) == (1, 1)
    assert shop_at.json("note list") == []


@ON_SQLITE
def test_it_is_told_as_a_table_with_what_was_left_out_and_why(
    shop_at: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRECIATION_OCCASIONS__BIRTHDAY__BY", "post")
    shop_at("customer add Ada --birthday --12-25", "--address", HOME)
    shop_at("customer add Ben --birthday --12-25")
    out, err, _ = shop_at.all("simulate --days 60")

    assert "2026-12" in out
    assert "     1  somebody has no postal address" in out
    assert "1 card in 1 print run" in out
    assert '1 card without a price: [post] price = { home = "0.95"' in err
    assert "nothing was written" in err
    assert "$" not in out


@ON_SQLITE
@pytest.mark.parametrize("day", ["yesterday", "2026-11-20"])
def test_days_that_have_passed_are_refused(shop_at: Terminal, day: str) -> None:
    wrong, mend = shop_at.refused(f"simulate --from {day}", status=2)

    assert "has passed" in wrong
    assert "today or a day to come" in mend
