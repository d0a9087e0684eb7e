from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.dates import (
    LEAP_DAYS,
    Kept,
    LeapDay,
    YearlyDay,
    anniversary,
    kept_on,
    local_day,
    moment,
    parse_day,
    parse_yearly_day,
    parse_zone,
)
from appreciation.errors import NotUnderstood

TODAY = date(2026, 11, 21)


@given(
    born=st.dates() | st.just(date(2000, 2, 29)),
    day=st.dates() | st.sampled_from([date(2027, 2, 28), date(2027, 3, 1), date(2028, 2, 29)]),
    chosen=st.none() | st.sampled_from(LEAP_DAYS),
    shops=st.sampled_from(LEAP_DAYS),
)
def test_asking_by_person_and_asking_by_day_agree(
    born: date, day: date, chosen: LeapDay | None, shops: LeapDay
) -> None:
    by_person = anniversary(born.month, born.day, day.year, chosen or shops) == day
    by_day = Kept(born.month * 100 + born.day, chosen or "") in kept_on(day, shops)
    if chosen and (born.month, born.day) != (2, 29):
        by_day = Kept(born.month * 100 + born.day) in kept_on(day, shops)

    assert by_person == by_day


@given(day=st.dates())
def test_nobodys_day_is_kept_twice_on_one_day(day: date) -> None:
    kept = kept_on(day, "mar1")

    assert len(kept) == len(set(kept))
    assert kept[0] == Kept(day.month * 100 + day.day)


def test_of_whom_only_the_month_is_known_its_first_day_is_kept() -> None:
    assert anniversary(4, 0, 2027) == date(2027, 4, 1)
    assert Kept(400) in kept_on(date(2027, 4, 1))


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1990-04-12", "1990-04-12"),
        ("--04-12", "--04-12"),
        ("--0412", "--04-12"),
        ("12 Apr", "--04-12"),
        ("12. April", "--04-12"),
        ("April 12 1990", "1990-04-12"),
        ("Apr 12, 1990", "1990-04-12"),
        ("12th april 1990", "1990-04-12"),
        ("12.4.1990", "1990-04-12"),
        ("12.4.", "--04-12"),
        ("19900412", "1990-04-12"),
        ("29 Feb", "--02-29"),
        ("2000-02-29", "2000-02-29"),
        ("13/4", "--04-13"),
        ("4/13/1990", "1990-04-13"),
        ("5/5", "--05-05"),
        ("sept 3", "--09-03"),
        ("in April", "--04"),
        ("Apr 1990", "1990-04"),
        ("1990-04", "1990-04"),
        ("--04", "--04"),
    ],
)
def test_a_birthday_is_read_as_people_write_it(words: str, meant: str) -> None:
    assert str(parse_yearly_day(words, TODAY)) == meant


@pytest.mark.parametrize("filler", ["1604-04-12", "1899-04-12", "0001-04-12"])
def test_a_year_that_is_an_address_books_filler_is_unknown(filler: str) -> None:
    assert parse_yearly_day(filler, TODAY) == YearlyDay(4, 12)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("soon", "'soon' is no day of the year"),
        ("", "'' is no day of the year"),
        ("1990-02-29", "February 1990 has 28 days"),
        ("30 Feb", "February has 29 days"),
        ("1990-13-01", "there is no month 13"),
        ("0 May", "May has 31 days"),
        ("04/12", "'04/12' can be two days"),
        ("2027-01-01", "yet to come"),
        ("12 Apil", "'12 Apil' is no day of the year"),
    ],
)
def test_what_is_no_birthday_is_refused_with_the_persons_own_words(words: str, told: str) -> None:
    with pytest.raises(NotUnderstood, match=told) as refused:
        parse_yearly_day(words, TODAY)

    assert refused.value.mend


@given(st.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_a_birthday_that_we_print_is_read_back(born: date) -> None:
    day = YearlyDay(born.month, born.day, born.year)

    assert parse_yearly_day(str(day), TODAY) == day


@given(st.text(max_size=20))
def test_no_text_makes_the_reader_of_days_stumble(words: str) -> None:
    try:
        day = parse_yearly_day(words, TODAY)
    except NotUnderstood:
        return
    assert anniversary(day.month, day.day, 2024)


def test_a_day_without_a_year_is_the_last_one() -> None:
    assert parse_day("20 Nov", TODAY) == date(2026, 11, 20)
    assert parse_day("22 Nov", TODAY) == date(2025, 11, 22)
    assert parse_day("today", TODAY) == TODAY
    assert parse_day("yesterday", TODAY) == date(2026, 11, 20)


def test_a_time_that_daylight_saving_skips_moves_forward() -> None:
    skipped = moment(date(2026, 3, 29), time(1, 30), "Europe/London")

    assert skipped.isoformat() == "2026-03-29T01:30:00+00:00"


def test_a_time_that_comes_twice_is_the_first() -> None:
    twice = moment(date(2026, 10, 25), time(1, 30), "Europe/London")

    assert twice.isoformat() == "2026-10-25T00:30:00+00:00"


def test_it_is_tomorrow_already_in_the_east() -> None:
    now = datetime.fromisoformat("2026-11-21T23:30:00+00:00")

    assert local_day(now, "Pacific/Kiritimati") == date(2026, 11, 22)
    assert local_day(now, "America/New_York") == date(2026, 11, 21)


@pytest.mark.parametrize("zone", ["Europe/Berln", "", "../etc/passwd", "Mars", "berlin\0"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_zone(zone)


def test_a_misspelt_zone_gets_a_proposal() -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse_zone("Europe/Berln")

    assert "Europe/Berlin" in refused.value.mend
