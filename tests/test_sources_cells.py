"""Days and amounts as the cells of a column write them, and vCards as programs write them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.dates import YearlyDay
from appreciation.sources import amounts
from appreciation.sources.base import Unreadable
from appreciation.sources.days import Days, NoDay
from tests.reading import FILES, people, rows_in, written

TODAY = date(2026, 11, 22)
MONTH_FIRST = Days("month-first", TODAY, "Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("--0412", "--04-12"),
        ("--04-12", "--04-12"),
        (" --12-25", "--12-25"),
        ("19800412", "1980-04-12"),
        ("1980-04-12", "1980-04-12"),
        ("1980/4/12", "1980-04-12"),
        ("1980-04-12T00:00:00Z", "1980-04-12"),
        ("1604-04-12", "--04-12"),
        ("0000-09-21", "--09-21"),
        ("1900-04-12", "1900-04-12"),
        ("4/12", "--04-12"),
        ("04-12", "--04-12"),
        ("5/7/48", "1948-05-07"),
        ("12/03/1980", "1980-12-03"),
        ("24.12.1980", "1980-12-24"),
        ("24.12.", "--12-24"),
        ("Apr 12", "--04-12"),
        ("12 April 1980", "1980-04-12"),
        ("12th April", "--04-12"),
        ("April 12, 1980", "1980-04-12"),
        ("12. März 1980", "1980-03-12"),
        ("2/29/1992", "1992-02-29"),
        ("--02-29", "--02-29"),
    ],
)
def test_a_birthday_is_read_as_people_write_it(cell: str, kept: str) -> None:
    assert str(MONTH_FIRST.yearly(cell)) == kept


@pytest.mark.parametrize("cell", ["", " ", "0/0/00", "0000-00-00", "--", "-", "N/A"])
def test_no_birthday_is_no_mistake(cell: str) -> None:
    assert MONTH_FIRST.yearly(cell) is None


@pytest.mark.parametrize(
    "cell", ["2/30/1980", "circa 1800", "12", "13/13/1980", "2030-01-01", "---12", "1985"]
)
def test_what_is_no_birthday_is_refused(cell: str) -> None:
    with pytest.raises(NoDay):
        MONTH_FIRST.yearly(cell)


def test_a_cell_that_could_be_two_days_is_never_guessed() -> None:
    with pytest.raises(NoDay, match="can be two days"):
        Days(None, TODAY, "UTC").yearly("03/04/1980")


@given(st.dates(date(1900, 1, 1), TODAY))
def test_a_birthday_that_is_written_is_read_again(day: date) -> None:
    kept = YearlyDay(day.month, day.day, day.year)
    for written_as in ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y"):
        assert MONTH_FIRST.yearly(f"{day:{written_as}}") == kept


def test_a_day_that_a_spreadsheet_counted_is_still_one() -> None:
    assert MONTH_FIRST.day("45384.35") == date(2024, 4, 2)


@pytest.mark.parametrize(
    ("cell", "decimal", "cents"),
    [
        ("$1,234.50", None, 123450),
        ("-$3.00", None, -300),
        ("(12.00)", None, -1200),
        ("€12,00", None, 1200),
        ("CHF 1'234.50", None, 123450),
        ("CHF 1\u2019234.50", None, 123450),
        ("1\u00a0234,50", None, 123450),
        ("1\u202f234,50", None, 123450),
        ("\u22123.00", None, -300),
        ("3,00-", None, -300),
        ("1,23,456.00", None, 12345600),
        ("1.234", ",", 123400),
        ("1,234", ".", 123400),
        ("1.234.567", None, 123456700),
        ("12", None, 1200),
        (".50", None, 50),
        ("0.5", None, 50),
        ("-0.05", None, -5),
        ("12.500", None, 1250),
    ],
)
def test_money_is_read_as_programs_write_it(cell: str, decimal: str | None, cents: int) -> None:
    assert amounts.read(cell, "EUR", decimal)[0] == cents


@pytest.mark.parametrize("cell", ["", "--", "twelve", "1e5", "12..5", "9" * 30, "12.345"])
def test_what_is_no_amount_is_refused(cell: str) -> None:
    with pytest.raises(amounts.NoAmount):
        amounts.read(cell, "EUR", "." if "." in cell else None)


@given(st.integers(-(10**12), 10**12), st.sampled_from([(",", "."), (".", ","), ("\u202f", ",")]))
def test_an_amount_that_is_written_is_read_again(cents: int, marks: tuple[str, str]) -> None:
    grouping, decimal = marks
    whole = f"{abs(cents) // 100:,}".replace(",", grouping)
    cell = f"{'-' if cents < 0 else ''}{whole}{decimal}{abs(cents) % 100:02}"

    assert amounts.read(cell, "EUR", None) == (cents, "EUR")


def test_a_currency_without_cents_has_none() -> None:
    assert amounts.read("1,500", "JPY", None) == (1500, "JPY")


def test_a_card_of_an_old_phone_is_read_with_its_soft_breaks_and_its_picture() -> None:
    zoe, chief = people(rows_in(FILES / "cards-2.1.vcf"))

    assert (zoe.name, zoe.phone) == ("Zoë Müller", "+49 170 1234567")
    assert zoe.address == "Am Tor 3\n2. Stock\n10115 Berlin"
    assert str(zoe.dates[0].day) == "1980-04-12"
    assert (chief.name, chief.email, chief.dates) == ("Ann Chief", "chief@example.org", ())


def test_a_card_that_is_cut_off_costs_no_other() -> None:
    rows = rows_in(FILES / "cards-3.0.vcf")

    assert [each.name for each in people(rows)] == ["Ada Lovelace", "Kessler & Sons", "Lou"]
    assert [each for each in rows if isinstance(each, Unreadable)] == [
        Unreadable(13, "the card has no end")
    ]


def test_apple_labels_a_day_in_another_line_and_marks_a_missing_year() -> None:
    ada = people(rows_in(FILES / "cards-3.0.vcf"))[0]

    assert [(each.kind, str(each.day)) for each in ada.dates] == [
        ("birthday", "--04-12"),
        ("anniversary", "2010-05-06"),
    ]
    assert ada.about == "likes rye, plums; and a long chat\nabout numbers"


def test_a_birthday_in_words_is_kept_as_a_remark() -> None:
    company = people(rows_in(FILES / "cards-3.0.vcf"))[1]

    assert (company.kind, company.about, company.dates) == ("company", "birthday: circa 1800", ())


def test_the_first_birthday_that_can_be_read_counts() -> None:
    assert str(people(rows_in(FILES / "cards-3.0.vcf"))[2].dates[0].day) == "2019-02-10"


def test_a_card_of_version_4_may_be_a_group_or_of_the_dead() -> None:
    rows = rows_in(FILES / "cards-4.0.vcf")
    jose, works = people(rows)

    assert (jose.phone, jose.country, jose.timezone) == ("+34-600-111-222", "ES", "Europe/Madrid")
    assert jose.address == "Calle Mayor 1\n28013 Madrid"
    assert (works.kind, works.deceased) == ("company", True)
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("N:Lovelace;Ada", "Ada Lovelace"),
        ("N:Lovelace", "Lovelace"),
        (r"FN:Lovelace\, Ada", "Lovelace, Ada"),
        (r"N:O\;Hara;Ann", "Ann O;Hara"),
        ("FN;;TYPE=x:Ada", "Ada"),
        ("fn:ada", "ada"),
        ("ORG:Oven Works;Sales", "Oven Works"),
        ("EMAIL:ada@example.org", "ada@example.org"),
        ("FN:Ada \n Lovelace", "Ada Lovelace"),
        ("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Zo=EB", "Zoë"),
        ("FN;QUOTED-PRINTABLE;CHARSET=nonsense:Zo=C3=AB", "Zoë"),
        ("FN;ENCODING=QUOTED-PRINTABLE:=FF=FEx", "\ufffd\ufffdx"),
    ],
)
def test_a_name_is_found_wherever_a_card_has_it(tmp_path: Path, lines: str, name: str) -> None:
    file = written(tmp_path, f"BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n")

    assert people(rows_in(file))[0].name == name


@pytest.mark.parametrize("charset", ["UT\0F-8", "idna", "no-such", "undefined"])
def test_an_encoding_that_is_none_costs_no_card(tmp_path: Path, charset: str) -> None:
    line = f"FN;ENCODING=QUOTED-PRINTABLE;CHARSET={charset}:Zo=C3=AB"
    file = written(tmp_path, f"BEGIN:VCARD\r\n{line}\r\nEND:VCARD\r\n")

    assert [each.name for each in people(rows_in(file))] == ["Zoë"]


def test_a_card_in_windows_letters_is_read(tmp_path: Path) -> None:
    file = written(tmp_path, "END:VCARD\nBEGIN:VCARD\nFN:José\nEND:VCARD\nEND:VCARD\n", "cp1252")

    assert [each.name for each in people(rows_in(file))] == ["José"]
