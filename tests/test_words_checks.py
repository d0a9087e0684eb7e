"""The finished note read once more: no hole in it, and no agenda."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.words.checks import faults

CLEAN = "Dear Ada,\n\nThank you for coming to us. It was a pleasure.\n\nRosa\\\nRosa's Bakery"


def test_a_clean_note_has_no_faults() -> None:
    assert faults("Thank you, Ada", CLEAN) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("Dear None,", '"None" is a value that nobody gave'),
        ("You chose nan.", '"nan" is a value that nobody gave'),
        ("You chose null.", '"null" is a value that nobody gave'),
        ("Dear {{ name }},", "is a hole that nobody filled"),
        ("Dear %FIRST_NAME%,", "is a hole that nobody filled"),
        ("Dear [First Name],", "is a hole that nobody filled"),
        ("Dear *|FNAME|*,", "is a hole that nobody filled"),
        ("Your order () is ready.", "is a hole that nobody filled"),
        ("Hi ,", "greets nobody"),
        ("Dear ,", "greets nobody"),
        ("Dear,", "greets nobody"),
        ("Hello from ,", "has a blank before the sign"),
        ("Good to meet you at .", "has a blank before the sign"),
        ("Dear  family,", "has two blanks in a row"),
        ("Thank you SOOO much", '"SOOO" is in capitals'),
        ("Dear JosÃ©,", "is garbled"),
        ("Dear Jos\ufffd,", "is garbled"),
        ("<b>Thank you</b>", "is HTML"),
        ("Rosa&nbsp;", "is HTML"),
        (",", "is an empty greeting"),
        ("", "the note is empty"),
    ],
)
def test_a_hole_is_found(body: str, fault: str) -> None:
    assert fault in "\n".join(faults("Thank you", body))


@pytest.mark.parametrize(
    "subject", ["", "  ", "Thank you, ", "Thank you , Ada", "For None", "A\nB"]
)
def test_a_subject_is_read_as_well(subject: str) -> None:
    found = faults(subject, CLEAN)

    assert (found == []) == (subject == "Thank you, ")
    assert all(fault.startswith("subject: ") for fault in found)


@pytest.mark.parametrize(
    "body",
    [
        "None of this happens without you.",
        "My Nan says hello.",
        "Wait ... what a day!",
        "Louis XVIII and the USA.",
        "A day like this :) ends well.",
        "1 < 2, and R&D is fun.",
        "São Paulo, Ångström, Ärger",
    ],
)
def test_an_odd_but_whole_sentence_is_no_hole(body: str) -> None:
    assert faults("Thank you", body) == []


def test_names_may_be_in_capitals_and_so_may_their_parts() -> None:
    body = "Dear ANNA,\n\nThank you.\n\nRosa\\\nIKEA"

    assert faults("For ANNA", body, allowed=["ANNA MEIER", "IKEA"]) == []
    assert len(faults("For ANNA", body)) == 3


def test_a_fault_names_the_words_and_the_line() -> None:
    body = """\
Dear Ada,

thank you and
come to our *summer sale* now,\\
www.rosa.example

- 20 % off
"""

    assert faults("Only $5 today", body) == [
        'subject: "$5" names a price',
        'line 4: "our summer sale" announces a sale',
        'line 5: "www.rosa.example" is a link',
        'line 7: "20 % off" offers a discount',
    ]


def test_a_phrase_is_found_across_a_line_break() -> None:
    assert faults("Hi Ada", "This is a special\noffer.") == [
        'line 1: "special offer" announces an offer'
    ]


SELLS = [
    "Here is $10 for you.",
    "Only 15 €.",
    "Just EUR 20 this week.",
    "Now for 5 dollars.",
    "Get it at half price.",
    "20% off for you.",
    "Enjoy 15 percent off.",
    "Save 10 % today.",
    "10 % on your next visit.",
    "Buy one, get one.",
    "Two for one this week.",
    "Here is a discount for you.",
    "Here is a coupon.",
    "Use code THANKS10.",
    "Your promo code is inside.",
    "Here is a gift card.",
    "Enjoy free shipping.",
    "Your free check-up waits.",
    "The first coffee is on the house.",
    "A complimentary session for you.",
    "See http://rosa.example/x for more.",
    "More on www.rosa.example today.",
    "More on rosas-bakery.com today.",
    "Here is a special offer.",
    "The offer ends soon.",
    "Valid until Friday.",
    "Do not miss our open day.",
    "Don\u2019t miss out.",
    "Check out our autumn range.",
    "Earn points with us.",
    "Our summer sale starts now.",
    "Cups are on sale.",
    "Book now.",
    "Book now!",
    "Book your next visit.",
    "Please schedule an appointment.",
    "Time for a check-up.",
    "See you at your next appointment.",
    "Order now.",
    "Shop online.",
    "If you are thinking of selling, call me.",
    "Please review us.",
    "Please leave us a review.",
    "Would you write a short Google review?",
    "Rate us.",
    "Take our survey.",
    "Refer a friend.",
    "Tell your friends about us.",
    "If you know anyone who needs us, say so.",
    "Follow us on Instagram.",
    "Subscribe to more.",
    "Click here.",
    "Read our newsletter.",
    "As a valued customer you matter.",
    "Dear customer, thank you.",
    "We appreciate your business.",
    "Thank you for your patronage.",
    "Thank you. Please leave us a review.",
    "Bring this card for a free coffee.",
    "Your next visit is on me.",
    "Type ADA20 at checkout.",
    "Prices from 9.99 only.",
    "Call us to book.",
    "We have just launched a tasting menu.",
    "Say it at g.page/rosa/review please.",
    "I would love to find your next home.",
    "I am never too busy for your referrals.",
    "A birthday treat on us.",
    "We value your feedback.",
    "How did we do?",
    "Leave us five stars.",
    "A Google review would mean a lot.",
    "Only 3 left.",
    "We raised our prices to $5.",
    "New collection from $20 collected by hand? No: $20.",
    "Happy birthday! -15 % all week.",
    "Why not book now?",
    "Great deals inside.",
]

CARES = [
    "The bread comes from a 100-year-old oven.",
    "Say hello to Ms Price.",
    "There was no dress code, luckily.",
    "You give 110 % heart.",
    "A scarf of 100 % wool.",
    "Thank you for the money raised for the hospice.",
    "You helped to raise $500 for the hospice.",
    "The £1,200 you collected was wonderful.",
    "Thank you for helping at the bake sale.",
    "Congratulations on the sale of your house.",
    "Your book now stands on our shelf.",
    "I read the book now and then.",
    "Thank you for the kind review.",
    "You took the time to write a review.",
    "Thank you for recommending us.",
    "No coupon, no offer, just thanks.",
    "There is no discount in here.",
    "I hope you have a free evening.",
    "Feel free to laugh.",
    "May your days be carefree.",
    "You are a valued neighbour.",
    "How is your business doing?",
    "It was good to see you again.",
    "The code you wrote still runs.",
    "It is priceless.",
    "Thank you for the gift card.",
    "You ordered again, and I am glad.",
    "Thank you for your order.",
    "The deal went well, and so did the move.",
    "On 3 November at 10.30 we met.",
    "We planted 20 trees, no less.",
    "Your visit to St. Mary was lovely.",
    "What a day! What an evening!",
    "Write to rosa@example.org if anything is wrong.",
    "The house on Elm Street.",
    "You followed us home.",
    "I will never forget the way you sold the idea.",
    "Wholesale? Salem? Salesforce?",
    "Your trust means a great deal to me.",
    "Congratulations on your promotion.",
    "Congratulations on your new promotion.",
    "Thank you for your order today.",
    "Thank you for your call today.",
    "The sale is through, and the keys are yours.",
    "Thank you for helping at our spring sale.",
    "You were the first to sign up for the fun run.",
    "Please let your family know how sorry I am.",
    "It was nice of you to bring a friend.",
    "Your Google review made my day.",
    "You were very complimentary about the chairs.",
    "All eyes are on us.",
    "That mistake is on me.",
    "You are so good with code.",
    "The zip code 90210 made me laugh.",
    "A 5-10 % chance of rain, and you came.",
    "In the limited time we had, you made me laugh.",
    "My dear friends, thank you.",
    "You earn a place in our hearts.",
    "Good times, while they last!",
    "You are a free spirit with a free hand.",
    "Thank you.It was a pleasure.",
    "May it renew your faith in people.",
    "I hope that you plan a visit to your sister soon.",
    "You make me want to be better, and into the bargain you make me laugh.",
    "A kind offer of help from you is worth more than gold.",
    "We talked about the price of freedom.",
    "The review board passed the plan.",
    "We hope to see you again.",
]


@pytest.mark.parametrize("sentence", SELLS)
def test_a_sentence_that_sells_is_found(sentence: str) -> None:
    assert faults("Thank you", f"Dear Ada,\n\n{sentence}\n\nRosa") != []


@pytest.mark.parametrize("sentence", CARES)
def test_a_sentence_that_only_sounds_like_selling_is_clean(sentence: str) -> None:
    assert faults("Thank you", f"Dear Ada,\n\n{sentence}\n\nRosa") == []


def test_a_business_may_be_called_what_it_likes() -> None:
    body = "Dear Ada,\n\nThank you.\n\nRosa\\\nThe Summer Sale"

    assert faults("Thank you", body) != []
    assert faults("Thank you", body, allowed=["The Summer Sale"]) == []
    assert faults("From Booking.com", "Thanks.", allowed=["Booking.com"]) == []


def test_a_letter_that_grows_when_made_small_moves_no_words() -> None:
    assert faults("x", "\u0130\u0130 went well. Our SUMMER Sale ends.", allowed=["SUMMER"]) == [
        'line 1: "Sale ends" announces a sale'
    ]
    assert faults("x", "\u0130\u0130 went well. BOGO", allowed=["X"])[-1].startswith(
        'line 1: "BOGO" offers'
    )


def test_nobody_may_be_called_a_web_address() -> None:
    name = "You won http://x.example"

    assert faults("Thank you", f"Dear {name},", allowed=[name]) != []


def test_a_language_without_a_list_is_read_with_the_english_one() -> None:
    assert faults("Tak", "Kun 5 €", language="da") != []
    assert faults("Tak", "a special offer", language="da-DK") != []
    assert faults("Danke", "a special offer", language="../../etc") != []


@given(st.text(max_size=80), st.text(max_size=300), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_can_be_read(subject: str, body: str, allowed: list[str]) -> None:
    assert all(faults(subject, body, allowed=allowed)) or True
