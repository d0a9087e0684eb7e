"""What is coming: as rows, as a calendar on the terminal, as a file for calendar programs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from appreciation.outlook.coming import Coming, coming
from appreciation.outlook.ics import calendar
from appreciation.outlook.sheet import months
from tests.conftest import NOON, ON_SQLITE, Shop
from tests.terminal import Terminal

AT = datetime(2026, 11, 21, 11, tzinfo=UTC)


def a_row(customer: str = "Ada", **having: object) -> Coming:
    row = {
        "customer_id": 1,
        "customer": customer,
        "occasion": "birthday",
        "occurrence": "2026",
        "on": date(2026, 11, 24),
        "due_at": AT,
        "due_on": date(2026, 11, 24),
        "channel": "email",
        "backend": "outbox",
        "approve": "ask",
        "state": "expected",
        "held": None,
    }
    return Coming(**{**row, **having})  # type: ignore[arg-type]


def read(text: str) -> list[dict[str, str]]:
    """Return the events as a calendar program, which is none of ours, reads them."""
    found = Calendar.from_ical(text)
    assert not found.errors
    return [
        {
            "uid": str(event["UID"]),
            "summary": str(event["SUMMARY"]),
            "told": str(event["DESCRIPTION"]),
            "from": str(event.decoded("DTSTART")),
            "to": str(event.decoded("DTEND")),
            "busy": str(event["TRANSP"]),
        }
        for event in found.walk("VEVENT")
    ]


def test_what_is_noted_and_what_is_expected_are_one_list_by_due_day(shop: Shop) -> None:
    shop.customer("Ben", born="12 Dec")
    shop.customer("Ada", born="23 Nov")
    shop.run()

    rows = coming(shop.app, 30)

    assert [(row.customer, row.state) for row in rows] == [("Ada", "waiting"), ("Ben", "expected")]
    assert [row.due_on for row in rows] == [date(2026, 11, 23), date(2026, 12, 12)]


def test_what_would_not_leave_says_why(shop: Shop) -> None:
    dead = shop.customer("Dora", born="12 Dec")
    shop.edit(dead, deceased_at=shop.clock())
    shop.edit(shop.customer("Emil", born="12 Dec"), email_consent=False)
    shop.customer("Finn", born="2010-12-13")
    shop.customer("Kim", born="2010-12-12")
    shop.hold(shop.customer("Hugo", born="12 Dec"), "away", date(2026, 12, 12))
    shop.hold(shop.customer("Ida", born="13 Dec"), "away", date(2026, 12, 12))
    shop.hold(shop.customer("Noted", born="23 Nov"), "away")
    shop.run()

    assert {row.customer: row.held for row in coming(shop.app, 30)} == {
        "Noted": "on hold: away",
        "Dora": "has died",
        "Emil": "has not agreed to emails",
        "Hugo": "on hold: away",
        "Ida": None,
        "Finn": None,
        "Kim": None,
    }
    young = shop.customer("Lea", born="2010-12-14")
    shop.edit(young, address="Am Tor 3\n10115 Berlin")
    shop.opened("[occasions.birthday]\nby = 'post'\n[post]\ntransit = {DE = 0}\n")
    shop.edit(young, post_consent=False)
    held = {row.customer: row.held for row in coming(shop.app, 30)}
    assert held["Lea"] == "wants no cards"


@ON_SQLITE
def test_nobody_who_has_died_stands_on_a_calendar(shop_at: Terminal) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-24")
    shop_at("customer edit ada --deceased")

    assert "expected, held back: has died" in shop_at("upcoming")
    assert shop_at.json("upcoming")[0]["held_back"] == "has died"
    assert "VEVENT" not in shop_at("upcoming --ics -")
    assert "Ada" not in shop_at("upcoming --calendar")
    assert shop_at.json("digest show")["next"]["count"] == 0


def test_an_event_is_a_whole_day_that_takes_no_time_and_tells_no_words_of_the_note(
    shop_at: Terminal,
) -> None:
    shop_at("customer add", "Ada Lovelace", "--email", "ada@example.org", "--birthday", "23 Nov")
    shop_at("run --once")
    (note,) = shop_at.json("note list")
    text = shop_at.json("note show 1")["text"]

    said = shop_at("upcoming --ics -")
    (event,) = read(said)

    assert event["summary"] == "Ada Lovelace: birthday note"
    assert (event["from"], event["to"]) == ("2026-11-23", "2026-11-24")
    assert "DTSTART;VALUE=DATE:20261123\r\n" in said
    assert event["busy"] == "TRANSPARENT"
    assert "ada@example.org" not in said
    assert note["subject"] not in said
    assert not any(line in said for line in text.splitlines() if len(line) > 20)


def test_an_event_keeps_its_id_from_expected_to_approved_and_when_it_moves(shop: Shop) -> None:
    from appreciation.store.instance import instance

    who = shop.customer("Ada", born="12 Dec")
    with shop.app.store.reading() as session:
        store = instance(session).name

    def written() -> dict[str, str]:
        (event,) = read(calendar(coming(shop.app, 40), store=store, name="Rosa", at=NOON))
        return event

    expected = written()
    shop.edit(who, timezone="Pacific/Auckland")
    shop.clock.sleep(days=16)
    shop.run()
    noted = written()

    assert (expected["uid"], expected["from"]) == (noted["uid"], "2026-12-12")
    assert noted["from"] == "2026-12-11"


def test_two_shops_and_two_occurrences_have_ids_of_their_own() -> None:
    rows = [a_row(), a_row(occurrence="2027"), a_row(customer_id=2), a_row(occasion="order")]
    uids = [
        event["uid"]
        for store in ("one", "two")
        for event in read(calendar(rows, store=store, name="R", at=AT))
    ]

    assert len(set(uids)) == 8


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=200))
def test_a_calendar_program_reads_every_name_as_it_is(name: str) -> None:
    said = calendar([a_row(name)], store="s", name=name, at=AT)

    (event,) = read(said)
    assert event["summary"] == f"{name}: birthday note"
    assert all(len(line) <= 75 for line in said.encode().split(b"\r\n"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\u2028", "\x85"])
def test_a_name_of_two_lines_begins_no_line_of_the_file(end: str) -> None:
    said = calendar([a_row(f"Ada{end}END:VCALENDAR")], store="s", name="R", at=AT)

    assert len(read(said)) == 1
    assert said.count("END:VCALENDAR\r\n") == 1
    assert "\nEND:VCALENDAR" not in said.removesuffix("\nEND:VCALENDAR\r\n")


@ON_SQLITE
def test_the_file_is_replaced_whole(shop_at: Terminal, tmp_path: Path) -> None:
    (tmp_path / "coming.ics").write_text("an older one")
    shop_at("customer add Ada --email ada@example.org --birthday --11-23")
    out, err, status = shop_at.all("upcoming --ics coming.ics")

    assert (out, status) == ("", 0)
    assert "1 event written to coming.ics" in err
    assert len(read((tmp_path / "coming.ics").read_bytes().decode())) == 1
    assert not (tmp_path / "coming.ics.half").exists()
    wrong, mend = shop_at.refused("upcoming --ics nowhere/coming.ics", status=1)
    assert "nowhere/coming.ics cannot be written" in wrong
    assert "a folder of yours" in mend


def test_the_calendar_shows_names_on_their_days_and_counts_where_there_are_many(
    shop_at: Terminal,
) -> None:
    shop_at("customer add Ada --email ada@example.org --birthday --11-24")
    for name in ("Ben", "Cleo", "Dora", "Emil"):
        shop_at(f"customer add {name} --email {name}@example.org --birthday --12-02")

    sheet = shop_at("upcoming --calendar --days 14")

    assert "November 2026" in sheet
    assert "December 2026" in sheet
    assert "[21]" in sheet
    assert "•Ada" in sheet
    assert sheet.index("•Ben") < sheet.index("•Cleo") < sheet.index("+2 more")
    assert "Dora" not in sheet
    assert "• birthday   5 notes up to 2026-12-05" in sheet


@ON_SQLITE
def test_weeks_begin_as_is_the_custom_of_the_owners_country(
    shop_at: Terminal, tmp_path: Path
) -> None:
    def head() -> str:
        lines = shop_at("upcoming --calendar").splitlines()
        return next(line for line in lines if "Mon" in line)

    settings = tmp_path / "config.toml"
    text = settings.read_text()
    settings.write_text(text.replace('country = ""', 'country = "DE"'))
    assert head().startswith("│Mon")
    settings.write_text(text.replace('country = ""', 'country = "US"'))
    assert head().startswith("│Sun")


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 400), st.integers(0, 6))
def test_each_day_stands_once_on_the_sheets_under_its_weekday(
    first: date, days: int, first_weekday: int
) -> None:
    from datetime import timedelta

    last = first + timedelta(days=days)
    shown = []
    for month in months(first, last, first_weekday):
        for week in month.weeks:
            for column, day in enumerate(week):
                if day is not None:
                    assert (day.weekday() - first_weekday) % 7 == column
                    shown.append(day)

    assert shown == sorted(set(shown))
    assert {first, last} <= set(shown)
    assert len(shown) == (shown[-1] - shown[0]).days + 1
