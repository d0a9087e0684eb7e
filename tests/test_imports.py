"""Files that are planned, applied and taken back, on each database."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from appreciation import imports
from appreciation.imports import Wishes
from appreciation.stages import intake
from appreciation.stages.importing.report import End, Report
from appreciation.store.imports import the_import
from appreciation.store.tables import (
    Base,
    Customer,
    Import,
    ImportChange,
    ImportedRow,
    Meeting,
    NoteState,
    Order,
    Referral,
)
from appreciation.store.undoing import undo
from tests.conftest import Shop
from tests.reading import FILES

PEOPLE = """\
Name,Email,Birthday,Phone,Address,Country,Met
Ada Lovelace,ada@example.org,1990-11-25,,,,
Zoë Müller,zoe@example.org,--04-12,+49 170 1234567,"Am Tor 3, 10115 Berlin",Germany,2026-11-20
"""
ORDERS = """\
Order ID,Date,Customer,Email,Total,Currency
1001,2026-11-20,Ada Lovelace,ada@example.org,12.50,EUR
1002,2023-02-01,Ben Okafor,ben@example.org,2.50,EUR
"""


@dataclass
class Desk:
    """An owner with files."""

    shop: Shop

    def file(self, words: str, name: str = "file.csv") -> Path:
        path = self.shop.folder / name
        path.write_text(words, encoding="utf-8")
        return path

    def take(self, words: str | Path, **wishes: object) -> Report:
        path = words if isinstance(words, Path) else self.file(words)
        return imports.apply(self.shop.app, path, Wishes(**wishes))  # type: ignore[arg-type]

    def plan(self, words: str | Path, **wishes: object) -> Report:
        path = words if isinstance(words, Path) else self.file(words)
        return imports.plan(self.shop.app, path, Wishes(**wishes))  # type: ignore[arg-type]

    def undo(self, import_id: int | None) -> dict[str, int]:
        assert import_id is not None
        with self.shop.app.store.writing() as session:
            return dict(undo(session, the_import(session, import_id), self.shop.clock()))

    def names(self) -> list[str]:
        with self.shop.app.store.reading() as session:
            return list(session.scalars(select(Customer.name).order_by(Customer.id)))

    def rows(self, *leave_out: type[Base]) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of the store, but for what tells of imports."""
        told = {Import.__tablename__, ImportedRow.__tablename__}
        told |= {table.__tablename__ for table in leave_out}
        with self.shop.app.store.reading() as session:
            return {
                table.name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
                for table in Base.metadata.sorted_tables
                if table.name not in told
            }


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)


def ends(report: Report) -> dict[str, int]:
    return {end.value: count for end, count in report.counts.items() if count}


def test_a_plan_writes_nothing_and_tells_what_applying_does(desk: Desk) -> None:
    before = desk.rows()

    planned = desk.plan(PEOPLE)

    assert desk.rows() == before
    assert not planned.applied
    applied = desk.take(PEOPLE)
    assert applied.applied
    assert ends(applied) == ends(planned) == {"new": 2}
    assert applied.notes == planned.notes == 2
    assert desk.names() == ["Ada Lovelace", "Zoë Müller"]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    for words in (PEOPLE, ORDERS, "Referrer,Referred,Date\nAda Lovelace,Dan,2026-11-01\n"):
        desk.take(words)
    before = desk.rows()

    for words in (PEOPLE, ORDERS, "Referrer,Referred,Date\nAda Lovelace,Dan,2026-11-01\n"):
        again = desk.take(words)
        assert set(ends(again)) == {"same"}
        assert again.notes == 0

    assert desk.rows() == before


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_each_of_our_files_is_taken_in_twice_without_harm_and_taken_back(
    desk: Desk, name: str
) -> None:
    empty = desk.rows()
    first = desk.take(FILES / name)
    full = desk.rows()

    again = desk.take(FILES / name)

    assert first.counts[End.NEW]
    assert first.rows == again.rows == sum(again.counts.values())
    assert again.counts[End.NEW] == again.counts[End.UPDATED] == 0
    assert desk.rows() == full
    desk.undo(again.import_id)
    desk.undo(first.import_id)
    assert desk.rows() == empty


def test_orders_make_the_customers_whom_nobody_knows_yet(desk: Desk) -> None:
    desk.take(PEOPLE)

    report = desk.take(ORDERS)

    assert ends(report) == {"new": 2}
    assert desk.names() == ["Ada Lovelace", "Zoë Müller", "Ben Okafor"]
    with desk.shop.app.store.reading() as session:
        order = session.scalars(select(Order).where(Order.number == "1001")).one()
        assert (order.customer_id, order.total_cents) == (1, 1250)


def test_history_causes_no_note_and_what_is_fresh_does(desk: Desk) -> None:
    report = desk.take(ORDERS)

    desk.shop.run()

    assert report.notes == 1
    assert [note.occurrence for note in desk.shop.notes()] == ["1001"]


def test_catching_up_marks_all_as_seen(desk: Desk) -> None:
    yesterday = f"{desk.shop.today - timedelta(days=1):%Y-%m-%d}"
    people = PEOPLE.replace("1990-11-25", f"1990{yesterday[4:]}")
    assert desk.plan(people).notes == 2

    report = desk.take(people, catch_up=True)
    orders = desk.take(ORDERS, catch_up=True)
    desk.shop.run()

    assert report.notes == orders.notes == 0
    assert not [note for note in desk.shop.notes() if note.state is not NoteState.SKIPPED]


def test_a_birthday_to_come_is_written_about_also_after_catching_up(desk: Desk) -> None:
    report = desk.take(PEOPLE, catch_up=True)

    assert report.notes == 1
    desk.shop.run()
    assert [note.occurrence for note in desk.shop.notes(state=NoteState.WAITING)] == ["2026"]


def test_what_was_before_a_day_is_seen(desk: Desk) -> None:
    assert desk.take(ORDERS, since=date(2026, 11, 21)).notes == 0


def test_a_row_with_nothing_but_the_name_of_a_customer_needs_a_look(desk: Desk) -> None:
    desk.shop.customer("Ada Lovelace")

    report = desk.take("Name,Birthday\nada  LOVELACE,1990-11-25\n")

    assert ends(report) == {"needs_a_look": 1}
    assert "customer 1, Ada Lovelace" in report.of(End.NEEDS_A_LOOK)[0].reason
    assert desk.names() == ["Ada Lovelace"]


@pytest.mark.parametrize(
    ("row", "ended"),
    [
        ("Ada Lovelace,ADA@example.org,,,", "same"),
        # The number is written in another way.
        ("Ada Lovelace,,,0170 / 123 45 67,", "same"),
        ("Ada Lovelace,,1990-11-25,,", "same"),
        ('Ada Lovelace,,,,"Am Tor 3, 10115 BERLIN"', "same"),
        ("Lovelace Ada,ada@example.org,,,", "same"),
        # Somebody else with the same phone: a flat that two share.
        ("Ben King,,,+49 170 1234567,", "new"),
        ("Ada Lovelace,ada.l@example.net,,,", "new"),
        ("Ada Lovelace,,1971-01-01,,", "new"),
        ("Ben King,ada@example.org,,,", "needs_a_look"),
    ],
)
def test_somebody_is_known_by_email_phone_or_a_name_with_a_birthday_or_an_address(
    desk: Desk, row: str, ended: str
) -> None:
    desk.shop.customer(
        "Ada Lovelace",
        born="1990-11-25",
        phone="+49 170 1234567",
        address="Am Tor 3\n10115 Berlin",
    )

    report = desk.take(f"Name,Email,Birthday,Phone,Address\n{row}\n")

    assert ends(report) == {ended: 1}, report.told


def test_what_a_source_calls_somebody_tells_them_even_with_another_email(desk: Desk) -> None:
    desk.take(FILES / "shopify-customers.csv")
    words = (FILES / "shopify-customers.csv").read_text().replace("sanne@", "sanne.new@")

    report = desk.take(words)

    assert ends(report) == {"updated": 1, "same": 1}
    with desk.shop.app.store.reading() as session:
        assert session.get_one(Customer, 1).email == "sanne.new@example.org"


def test_what_the_owner_has_edited_stays_and_is_told(desk: Desk) -> None:
    desk.take(PEOPLE)
    desk.shop.edit(1, email="own@example.org", name="Ada King")

    report = desk.take(PEOPLE.replace("ada@", "own@").replace("Ada Lovelace", "Ada L."))

    assert desk.names()[0] == "Ada King"
    assert "kept: name 'Ada King', not 'Ada L.'" in report.told[0].reason


def test_blanks_are_filled_and_can_be_emptied_again(desk: Desk) -> None:
    desk.shop.customer("Ada Lovelace")
    before = desk.rows()

    report = desk.take(
        "Name,Email,Phone,Birthday\nAda Lovelace,ada@example.org,030 123456,12 Apr\n"
    )

    assert ends(report) == {"updated": 1}
    with desk.shop.app.store.reading() as session:
        ada = session.get_one(Customer, 1)
        assert (ada.phone, ada.birthday is not None) == ("030 123456", True)
    desk.undo(report.import_id)
    after = desk.rows()
    assert {**after, "import_changes": []} == before


def test_an_import_that_was_built_upon_is_taken_back_but_for_that(desk: Desk) -> None:
    report = desk.take(PEOPLE)
    desk.shop.order(1)
    desk.shop.clock.sleep(hours=1)
    desk.shop.edit(2, phone="030 999999")

    counts = desk.undo(report.import_id)

    assert counts["customers"] == 0
    assert counts["kept"] == 2
    assert desk.names() == ["Ada Lovelace", "Zoë Müller"]


def test_what_is_known_of_a_customer_since_keeps_them(desk: Desk) -> None:
    report = desk.take(PEOPLE)
    with desk.shop.app.store.writing() as session:
        ada, zoe = (session.get_one(Customer, each) for each in (1, 2))
        intake.add_fact(session, ada, "four daughters", desk.shop.clock())
        wedding = intake.Expected("wedding", 2029, 300_000, "EUR")
        intake.add_life_event(session, zoe, wedding, desk.shop.clock(), desk.shop.today)

    assert desk.undo(report.import_id)["customers"] == 0
    assert desk.names() == ["Ada Lovelace", "Zoë Müller"]


def test_an_order_with_a_refund_of_ones_own_stays(desk: Desk) -> None:
    report = desk.take(ORDERS)
    with desk.shop.app.store.writing() as session:
        order = session.scalars(select(Order)).first()
        assert order
        intake.refund(session, order, 100, desk.shop.today, desk.shop.clock())
    desk.shop.app.find_standings()

    assert desk.undo(report.import_id)["kept"] >= 1
    with desk.shop.app.store.reading() as session:
        assert session.query(Order).count() == 2


def test_a_note_that_left_keeps_what_it_was_about(desk: Desk) -> None:
    report = desk.take(ORDERS)
    desk.shop.run()
    desk.shop.approve_all()
    desk.shop.clock.sleep(days=1)
    desk.shop.run()
    assert [note.state for note in desk.shop.notes()] == [NoteState.SENT]

    desk.undo(report.import_id)
    desk.take(ORDERS)
    desk.shop.clock.sleep(days=1)
    desk.shop.run()

    assert len(desk.shop.notes()) == 1


def test_an_order_that_was_paid_back_since_is_worth_nothing_and_nobody_is_thanked(
    desk: Desk,
) -> None:
    words = (FILES / "shopify-orders.csv").read_text()
    desk.take(words)
    desk.shop.run()
    assert desk.shop.notes(occurrence="#1001")[0].state is NoteState.WAITING

    report = desk.take(
        words.replace("#1001,zoe@example.org,paid", "#1001,zoe@example.org,refunded")
    )

    assert report.counts[End.UPDATED] == 1
    assert desk.shop.notes(occurrence="#1001")[0].state is NoteState.SKIPPED
    with desk.shop.app.store.reading() as session:
        order = session.scalars(select(Order).where(Order.number == "#1001")).one()
        assert order.total_cents == 0


def test_a_refund_in_a_row_of_its_own_keeps_its_order_from_being_thanked_for(desk: Desk) -> None:
    report = desk.take(FILES / "square-transactions.csv")

    assert report.notes == 0


def test_a_partly_refunded_order_is_kept_and_not_thanked_for(desk: Desk) -> None:
    report = desk.take(FILES / "shopify-orders.csv")

    desk.shop.run()
    assert "#1004" not in {note.occurrence for note in desk.shop.notes()}
    assert any(told.reason == "partially refunded" for told in report.told)


def test_an_order_number_of_another_shop_needs_a_look(desk: Desk) -> None:
    desk.take(ORDERS)

    report = desk.take(
        "order_id,order_date,order_status,billing_email,order_total\n"
        "1001,2026-11-20,completed,cy@example.org,99.00\n"
    )

    assert ends(report) == {"needs_a_look": 1}


def test_two_coffees_on_one_day_are_two_orders_and_stay_two(desk: Desk) -> None:
    words = "Date,Customer,Email,Total\n" + "2026-11-20,Ann,ann@example.org,2.50\n" * 2
    assert ends(desk.take(words)) == {"new": 2}

    assert ends(desk.take(words)) == {"same": 2}
    assert ends(desk.take(words + "2026-11-20,Ann,ann@example.org,2.50\n")) == {
        "same": 2,
        "new": 1,
    }


GUESTS = """\
Order ID,Date,Customer,Email,Total
,2026-11-19,,,3.20
,2026-11-19,,,3.20
G7,2026-11-20,,,5.00
8,2026-11-20,Ada Lovelace,ada@example.org,5.00
"""


def test_orders_of_nobody_are_guests_and_stay_as_many_as_they_are(desk: Desk) -> None:
    assert ends(desk.take(GUESTS)) == {"new": 4}
    assert ends(desk.take(GUESTS)) == {"same": 4}
    assert ends(desk.take(GUESTS + ",2026-11-19,,,3.20\n")) == {"new": 1, "same": 4}

    with desk.shop.app.store.reading() as session:
        theirs = select(Order.total_cents).where(Order.customer_id.is_(None))
        assert sorted(session.scalars(theirs)) == [320, 320, 320, 500]
    assert desk.names() == ["Ada Lovelace"]


def test_guests_are_taken_back_but_for_one_who_became_somebody(desk: Desk) -> None:
    made = desk.take(GUESTS)
    with desk.shop.app.store.writing() as session:
        order = session.scalars(select(Order).where(Order.number == "G7")).one()
        intake.assign(session, order, session.get_one(Customer, 1), desk.shop.clock())

    desk.undo(made.import_id)

    with desk.shop.app.store.reading() as session:
        assert session.scalars(select(Order.number)).all() == ["G7"]
    assert ends(desk.take("Order ID,Date,Customer,Email,Total\nG7,2026-11-20,,,5.00\n")) == {
        "same": 1
    }


def test_orders_of_a_name_alone_belong_to_one_customer_of_that_file_only(desk: Desk) -> None:
    words = "Order ID,Date,Customer,Total\n1,2026-11-01,Ann Lee,2.50\n2,2026-11-02,Ann Lee,2.50\n"
    assert ends(desk.take(words)) == {"new": 2}
    assert desk.names() == ["Ann Lee"]

    desk.shop.customer("Ben King")
    report = desk.take("Order ID,Date,Customer,Total\n3,2026-11-02,Ben King,2.50\n")
    assert ends(report) == {"needs_a_look": 1}


def test_a_referral_refers_to_customers_by_name_and_makes_who_is_missing(desk: Desk) -> None:
    desk.take(PEOPLE)

    report = desk.take(
        "Referrer,Referred,Date\nAda Lovelace,Zoë Müller,2026-11-20\n"
        "Zoë Müller,Dan Poe,2026-11-20\nAda Lovelace,Dan Poe,2026-11-21\n"
        "Dan Poe,Ada Lovelace,2026-11-21\nEve,Eve,2026-11-21\n,Eve,2026-11-21\n"
    )

    assert ends(report) == {"new": 2, "needs_a_look": 3, "unreadable": 1}
    assert desk.names() == ["Ada Lovelace", "Zoë Müller", "Dan Poe"]
    with desk.shop.app.store.reading() as session:
        assert session.query(Referral).count() == 2


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("Referrer,Referred,Date\nAda Lovelace,Dora New,2026-11-01\n", "new"),
        ("Referrer,Referred,Date\nBen Okafor,Dora New,2026-11-01\n", "needs_a_look"),
        ("Name,Email,Referred by\nDora New,dora@example.org,Ada Lovelace\n", "new"),
    ],
)
def test_a_file_may_tell_of_a_referral_that_was_typed_before(
    desk: Desk, words: str, end: str
) -> None:
    desk.take(PEOPLE)
    desk.take(ORDERS)
    desk.shop.referral(1, "Dora New")
    before = desk.rows(ImportChange)

    made = desk.take(words)

    assert ends(made) == {end: 1}
    with desk.shop.app.store.reading() as session:
        (known,) = session.scalars(select(Referral)).all()
        assert (known.referred_id is not None) == (end == "new")
    desk.undo(made.import_id)
    assert desk.rows(ImportChange) == before


def test_somebody_who_was_waited_for_has_arrived_and_undoing_lets_them_wait_again(
    desk: Desk,
) -> None:
    desk.shop.customer("Ada Lovelace")
    desk.shop.referral(1, "Zoë Müller")

    report = desk.take(PEOPLE)

    with desk.shop.app.store.reading() as session:
        assert session.get_one(Referral, 1).referred_id is not None
    desk.undo(report.import_id)
    with desk.shop.app.store.reading() as session:
        assert session.get_one(Referral, 1).referred_id is None
    assert desk.names() == ["Ada Lovelace"]


def test_who_is_said_to_have_sent_somebody_is_known_and_not_thanked_years_later(
    desk: Desk,
) -> None:
    desk.shop.customer("Tom Stone")

    report = desk.take("Name,Referred by\nRenée Lefèvre,Tom Stone\nCy Young,Nobody Known\n")

    with desk.shop.app.store.reading() as session:
        (referral,) = session.scalars(select(Referral))
        assert (referral.referrer_id, referral.referred_name) == (1, "Renée Lefèvre")
    assert [told.reason for told in report.told] == [
        "sent by Nobody Known, whom we do not know for sure"
    ]
    assert report.notes == 0
    assert ends(desk.take("Name,Referred by\nRenée Lefèvre,Tom Stone\n")) == {"same": 1}


def test_a_day_on_which_we_met_becomes_a_meeting_once(desk: Desk) -> None:
    desk.take(PEOPLE)
    desk.take(PEOPLE + "Cy,cy@example.org,,,,,\n")

    with desk.shop.app.store.reading() as session:
        assert session.scalars(select(Meeting.met_on)).all() == [date(2026, 11, 20)]


def test_who_has_not_agreed_to_emails_gets_none(desk: Desk) -> None:
    born = f"1990{desk.shop.today:-%m-%d}"
    desk.take(f"Name,Email,Birthday,Newsletter\nAda,ada@example.org,{born},no\n")
    desk.shop.run()
    desk.shop.approve_all()

    desk.shop.run()

    assert not desk.shop.mails


def test_who_agrees_later_gets_emails_again(desk: Desk) -> None:
    born = f"1990{desk.shop.today:-%m-%d}"
    for answer in ("no", "yes"):
        desk.take(f"Name,Email,Birthday,Newsletter\nAda,ada@example.org,{born},{answer}\n")
        desk.shop.run()
        desk.shop.approve_all()
        desk.shop.run()

    assert len(desk.shop.mails) == 1


def test_the_owner_may_say_that_somebody_has_agreed(desk: Desk) -> None:
    born = f"1990{desk.shop.today:-%m-%d}"
    desk.take(f"Name,Email,Birthday,Newsletter\nAda,ada@example.org,{born},no\n")
    desk.shop.run()
    assert not desk.shop.notes(state=NoteState.WAITING)

    desk.shop.edit(1, email_consent=True)
    desk.shop.run()
    desk.shop.approve_all()
    desk.shop.run()

    assert len(desk.shop.mails) == 1


def test_how_each_row_ended_is_kept_with_its_line(desk: Desk) -> None:
    report = desk.take(PEOPLE + "Bad,bad@@example,,,,,\nWrong,,2/30/1980,,,,\n,,,,,,\n")

    with desk.shop.app.store.reading() as session:
        kept = session.execute(select(ImportedRow.line, ImportedRow.outcome)).all()
        assert sorted(map(tuple, kept)) == [(4, "unreadable"), (5, "unreadable"), (6, "same")]
        made = the_import(session, report.import_id or 0)
        assert (made.rows, made.new, made.unreadable, made.same) == (5, 2, 2, 1)


def test_a_mapping_is_remembered_for_the_same_headers(desk: Desk) -> None:
    words = "Wer,Elektropost,Geboren\nAnn Lee,ann@example.org,1980-04-12\n"
    mapping = {"Wer": "name", "Elektropost": "email", "Geboren": "birthday"}
    assert ends(desk.take(words, mapping=mapping)) == {"new": 1}

    assert ends(desk.take(words + "Bo Yi,bo@example.org,1981-01-02\n")) == {"same": 1, "new": 1}


def test_more_rows_than_fit_into_one_batch_know_each_other(desk: Desk) -> None:
    rows = [f"{number},2020-01-01,Ann,ann{number % 700}@example.org,1.00" for number in range(4500)]

    report = desk.take("\n".join(["Order ID,Date,Customer,Email,Total", *rows]) + "\n")

    assert ends(report) == {"new": 4500}
    assert len(desk.names()) == 700


def test_what_an_import_needs_meanwhile_is_gone_afterwards(desk: Desk) -> None:
    desk.take(PEOPLE)
    desk.take(ORDERS)

    with desk.shop.app.store.writing() as session:
        session.execute(text("CREATE TEMPORARY TABLE known (x INTEGER)"))
        session.execute(text("DROP TABLE known"))
