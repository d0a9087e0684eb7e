"""When a card must be posted to be there in time."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.occasions.postal import Postal

COUNTRIES = ["", "DE", "FR", "US", "IL", "JP", "GB", "ZZ"]


@pytest.mark.parametrize(
    ("arrival", "to", "posted"),
    [
        ("2026-11-26", "", "2026-11-24"),  # two working days at home
        ("2026-11-29", "", "2026-11-25"),  # nobody delivers on Sunday, so it is there on Friday
        ("2026-12-27", "", "2026-12-22"),  # Christmas and the weekend do not count
        ("2026-11-30", "US", "2026-11-13"),  # ten working days, and Thanksgiving
        ("2026-05-18", "FR", "2026-05-11"),  # four, and Ascension Day in both
    ],
)
def test_days_in_the_post_are_working_days_of_both_ends(arrival: str, to: str, posted: str) -> None:
    assert str(Postal("DE").post_day(date.fromisoformat(arrival), to)) == posted


def test_nobody_posts_on_a_holiday_of_the_shops_own() -> None:
    everywhere_at_once = Postal("DE", {"FR": 0})

    assert everywhere_at_once.post_day(date(2026, 10, 3), "FR") == date(2026, 10, 2)


def test_the_owner_knows_better_than_our_guesses() -> None:
    assert Postal("DE").days_under_way() == 2
    assert Postal("DE", {"DE": 1, "US": 7}).days_under_way() == 1
    assert Postal("DE", {"DE": 1, "US": 7}).days_under_way("US") == 7


def test_a_neighbour_is_nearer_than_another_continent() -> None:
    post = Postal("DE")

    assert post.days_under_way("DE") < post.days_under_way("FR") < post.days_under_way("AU")


# A country's holidays take a while the first time.
@settings(deadline=None)
@given(
    arrival=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    home=st.sampled_from(COUNTRIES),
    to=st.sampled_from(COUNTRIES),
    days=st.integers(0, 20),
)
def test_a_card_is_under_way_for_so_many_working_days_and_not_one_more(
    arrival: date, home: str, to: str, days: int
) -> None:
    import holidays

    def works(country: str, day: date) -> bool:
        known = country in holidays.list_supported_countries()
        return (
            holidays.country_holidays(country).is_working_day(day) if known else day.weekday() < 5
        )

    destination = to or home
    posted = Postal(home, {destination: days}).post_day(arrival, to)
    between = [posted + timedelta(days=n) for n in range(1, (arrival - posted).days + 1)]

    assert works(home, posted)
    assert sum(works(home, day) and works(destination, day) for day in between) >= days
    later = [day for day in between if works(home, day)]
    for other in later:
        left = [day for day in between if day > other]
        assert sum(works(home, day) and works(destination, day) for day in left) < days
