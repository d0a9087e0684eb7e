import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.errors import NotUnderstood
from appreciation.money import format_money, parse_money


@pytest.mark.parametrize(
    ("words", "cents", "currency"),
    [
        ("12.50", 1250, "EUR"),
        ("12,50", 1250, "EUR"),
        ("12", 1200, "EUR"),
        ("0", 0, "EUR"),
        ("€12", 1200, "EUR"),
        ("12,5 €", 1250, "EUR"),
        ("1,234.50", 123450, "EUR"),
        ("1.234,50", 123450, "EUR"),
        ("1 234,50", 123450, "EUR"),
        ("CHF 1'234.50", 123450, "CHF"),
        ("12 USD", 1200, "USD"),
        ("$1,234,567.00", 123456700, "USD"),
        ("£3.99", 399, "GBP"),
        ("¥1,200", 1200, "JPY"),
        ("1200 JPY", 1200, "JPY"),
    ],
)
def test_money_is_read_as_people_write_it(words: str, cents: int, currency: str) -> None:
    assert parse_money(words, "EUR") == (cents, currency)


def test_a_dollar_is_the_shops_own_dollar() -> None:
    assert parse_money("$12", "CAD") == (1200, "CAD")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "twelve",
        "-3",
        "12.505",
        "1.234",
        "1,234",
        "12 XYZ",
        "1.500 BHD",
        "--",
        "1e5",
        "12..5",
        "9" * 30,
    ],
)
def test_what_is_no_amount_or_two_is_refused_with_the_persons_own_words(words: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse_money(words, "EUR")

    assert repr(words) in str(refused.value)
    assert refused.value.mend


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["EUR", "USD", "JPY", "CHF"]))
def test_an_amount_that_we_print_is_read_back(cents: int, currency: str) -> None:
    shown = format_money(cents, currency)

    assert parse_money(f"{shown}", currency) == (cents, currency)


@given(st.text(max_size=20))
def test_no_text_makes_the_reader_of_money_stumble(words: str) -> None:
    try:
        cents, _ = parse_money(words, "EUR")
    except NotUnderstood:
        return
    assert cents >= 0
