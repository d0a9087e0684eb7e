from datetime import date, timedelta

import pytest

from appreciation.dates import YearlyDay
from appreciation.errors import AppreciationError, NeedsALook, NotUnderstood
from appreciation.stages import intake
from appreciation.store.customers import customer_meant
from appreciation.store.tables import Customer, Referral
from tests.conftest import Shop


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "   "}, "is no name"),
        ({"name": "123"}, "'123' is no name"),
        ({"name": "x" * 300}, "it has 300 letters"),
        ({"email": "ada"}, "'ada' is no email address"),
        ({"email": "a@b@c"}, "is no email address"),
        ({"timezone": "Mars"}, "no time zone 'Mars'"),
        ({"country": "Germany"}, "'Germany' is no country"),
        ({"country": "XX"}, "'XX' is no country"),
        ({"country": "ZZ"}, "'ZZ' is no country"),
        ({"language": "klingon!"}, "is no language"),
        ({"kind": "robot"}, "'robot' is no kind of customer"),
    ],
)
def test_a_field_that_cannot_be_is_refused_and_nothing_is_written(
    shop: Shop, fields: dict[str, str], told: str
) -> None:
    with pytest.raises(NotUnderstood, match=told) as refused:
        shop.customer(**{"name": "Ada", **fields})

    assert refused.value.mend
    with shop.app.store.reading() as session:
        assert session.query(Customer).count() == 0


def test_a_name_is_kept_as_it_is_given_but_for_blanks_around_it(shop: Shop) -> None:
    who = shop.customer("  McDONALD   van der Berg-Ölçer ")

    with shop.app.store.reading() as session:
        assert session.get_one(Customer, who).name == "McDONALD van der Berg-Ölçer"


def test_a_name_cannot_smuggle_in_a_line(shop: Shop) -> None:
    who = shop.customer("Ada\r\nBcc: all@example.org")

    with shop.app.store.reading() as session:
        assert session.get_one(Customer, who).name == "Ada Bcc: all@example.org"


def test_an_address_may_be_written_in_one_line_and_loses_its_blank_ones(shop: Shop) -> None:
    who = shop.customer(address="Am Tor 3\\n\\n  10115   Berlin ")

    with shop.app.store.reading() as session:
        assert session.get_one(Customer, who).address == "Am Tor 3\n10115 Berlin"


def test_the_same_person_is_not_added_twice(shop: Shop) -> None:
    shop.customer("Ada Lovelace")

    with pytest.raises(AppreciationError, match="is a customer already"):
        shop.customer("ada lovelace", email="ADA@example.org")


def test_a_couple_may_share_an_email(shop: Shop) -> None:
    shop.customer("Ada Lovelace", email="both@example.org")
    shop.customer("William King", email="both@example.org")

    with shop.app.store.reading() as session:
        assert session.query(Customer).count() == 2


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1", "Ada Lovelace"),
        ("ada", "Ada Lovelace"),
        ("ADA@EXAMPLE.ORG", "Ada Lovelace"),
        ("lovel", "Ada Lovelace"),
        # The Turkish capital has no simple small letter: it is found as it is spelt.
        ("ÖZİL", "Mesut ÖZİL"),
        ("Adam Smith", "Adam Smith"),
        ("smith", "Adam Smith"),
    ],
)
def test_a_customer_is_meant_by_id_email_or_a_clear_part_of_the_name(
    shop: Shop, words: str, meant: str
) -> None:
    shop.customer("Ada Lovelace")
    shop.customer("Adam Smith")
    shop.customer("Mesut ÖZİL", email="mesut@example.org")
    shop.customer("Goldsmith & Co", email="g@example.org")

    with shop.app.store.reading() as session:
        assert customer_meant(session, words).name == meant


def test_a_name_that_two_have_asks_which(shop: Shop) -> None:
    shop.customer("Ada Lovelace")
    shop.customer("Ada Byron", email="byron@example.org")

    with (
        shop.app.store.reading() as session,
        pytest.raises(NeedsALook, match="'ada' can be 2 customers") as asked,
    ):
        customer_meant(session, "ada")
    assert "1 (Ada Lovelace), 2 (Ada Byron)" in asked.value.mend


@pytest.mark.parametrize("words", ["nobody", "99", "", "%", "x@example.org", "9" * 40, "²"])
def test_a_customer_that_nobody_knows_is_told(shop: Shop, words: str) -> None:
    shop.customer()

    with (
        shop.app.store.reading() as session,
        pytest.raises(AppreciationError, match=r"no customer") as told,
    ):
        customer_meant(session, words)
    assert told.value.mend == "appreciation customer list"


def test_nobody_sends_themselves_nor_in_a_ring(shop: Shop) -> None:
    ada, ben, cleo = shop.customer("Ada"), shop.customer("Ben"), shop.customer("Cleo")
    shop.referral(ada, ben)
    shop.referral(ben, cleo)

    with pytest.raises(AppreciationError, match="cannot have sent themselves"):
        shop.referral(ada, ada)
    with pytest.raises(AppreciationError, match="the other way round"):
        shop.referral(cleo, ada)
    with pytest.raises(AppreciationError, match="Ben was sent by Ada already"):
        shop.referral(cleo, ben)


def test_who_was_waited_for_is_linked_when_they_come(shop: Shop) -> None:
    shop.referral(shop.customer(), "ben okafor")
    ben = shop.customer("Ben Okafor")

    with shop.app.store.reading() as session:
        referral = session.query(Referral).one()
        assert (referral.referred_id, referral.known_on) == (ben, shop.today)


def test_an_order_number_is_taken_once(shop: Shop) -> None:
    who = shop.customer()
    shop.order(who, number="1042")

    with pytest.raises(AppreciationError, match="there is an order '1042' already"):
        shop.order(who, number="1042")


def test_a_second_birthday_of_the_same_person_is_refused(shop: Shop) -> None:
    who = shop.customer(born="12 Apr")
    with shop.app.store.writing() as session:
        customer = session.get_one(Customer, who)
        intake.add_date(session, customer, "birthday", YearlyDay(6, 1), shop.clock(), "son Tom")
        with pytest.raises(AppreciationError, match="the birthday of Ada Lovelace is known"):
            intake.add_date(session, customer, "birthday", YearlyDay(5, 1), shop.clock())


def test_a_hold_lasts_through_its_last_day(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.hold(who, until=shop.today)
    assert "drafted" not in shop.run()

    shop.clock.sleep(days=1)
    assert shop.run() == {"drafted": 1}


def test_a_released_customer_is_written_to(shop: Shop) -> None:
    who = shop.customer(born="21 Nov")
    shop.hold(who)
    shop.run()
    with shop.app.store.writing() as session:
        assert intake.release(session.get_one(Customer, who), shop.clock()) == 1

    assert shop.run() == {"drafted": 1}


def test_the_day_of_a_referral_is_kept(shop: Shop) -> None:
    ada = shop.customer()
    with shop.app.store.writing() as session:
        long_ago = shop.today - timedelta(days=400)
        intake.add_referral(session, session.get_one(Customer, ada), "Ben", long_ago, shop.clock())

    with shop.app.store.reading() as session:
        assert session.query(Referral).one().referred_on < date(2026, 1, 1)
