"""Every table that owners have: recognised, and read without a row lost. All files are our own."""

from datetime import date
from pathlib import Path

import pytest

from appreciation.dates import YearlyDay
from appreciation.errors import NeedsALook, NotUnderstood
from appreciation.sources.base import NotTaken, Undecided, Unreadable
from appreciation.sources.sales import is_somebody
from tests.reading import FILES, kind_of, people, reasons, rows_in, sales, written

KINDS = {
    "cards-2.1.vcf": "vcard",
    "cards-3.0.vcf": "vcard",
    "cards-4.0.vcf": "vcard",
    "etsy-orders.csv": "etsy-orders",
    "google-old.csv": "google-old",
    "google.csv": "google",
    "hubspot.csv": "hubspot",
    "outlook-desktop.csv": "outlook-desktop",
    "outlook-german.csv": "outlook-german",
    "outlook-web.csv": "outlook-web",
    "outlook.csv": "outlook",
    "paypal-short.csv": "paypal-short",
    "paypal.csv": "paypal",
    "plain-customers.csv": "customers",
    "plain-orders.csv": "orders",
    "plain-referrals.csv": "referrals",
    "quickbooks-contacts.csv": "quickbooks-contacts",
    "quickbooks.csv": "quickbooks",
    "quickbooks.iif": "quickbooks-iif",
    "shopify-customers-old.csv": "shopify-customers",
    "shopify-customers.csv": "shopify-customers",
    "shopify-orders.csv": "shopify-orders",
    "square-directory.csv": "square-directory",
    "square-items.csv": "square-items",
    "square-transactions.csv": "square-transactions",
    "stripe-customers.csv": "stripe-customers",
    "stripe-payments.csv": "stripe-payments",
    "woocommerce-customers.csv": "woocommerce-customers",
    "woocommerce-orders-2.csv": "woocommerce-orders",
    "woocommerce-orders.csv": "woocommerce-orders",
}


def birthdays(name: str) -> list[str]:
    found = people(rows_in(FILES / name))
    return [str(each.day) for person in found for each in person.dates if each.kind == "birthday"]


def test_every_file_that_we_have_is_recognised_for_what_it_is() -> None:
    found = {path.name: kind_of(path) for path in sorted(FILES.iterdir())}

    assert {name: kind and kind[1] for name, kind in found.items()} == KINDS


def test_google_writes_a_birthday_without_year_behind_a_blank() -> None:
    assert birthdays("google.csv") == ["--12-25", "1987-09-07", "1992-02-29"]
    assert reasons(rows_in(FILES / "google.csv")) == ["birthday '1980-02-30' is no day"]


def test_a_contact_of_google_may_have_an_address_and_nothing_else() -> None:
    nameless = people(rows_in(FILES / "google.csv"))[2]

    assert (nameless.name, nameless.email) == ("nameless@example.org", "nameless@example.org")


def test_several_values_in_one_cell_of_google_are_not_one() -> None:
    assert people(rows_in(FILES / "google.csv"))[0].phone == "+49 170 1234567"


def test_a_company_of_google_has_no_person() -> None:
    company = people(rows_in(FILES / "google-old.csv"))[1]

    assert (company.name, company.kind) == ("Kessler & Sons GmbH", "company")


def test_an_anniversary_of_google_stands_among_its_events() -> None:
    ben = people(rows_in(FILES / "google.csv"))[1]

    assert [(each.kind, each.day) for each in ben.dates][1] == (
        "anniversary",
        YearlyDay(6, 20, 2015),
    )


def test_outlook_on_the_desktop_writes_empty_dates_as_zeros_and_saves_as_windows_does() -> None:
    renee, tom = people(rows_in(FILES / "outlook-desktop.csv"))

    assert (renee.name, renee.dates) == ("Renée Lefèvre", ())
    assert renee.referred_by == "Tom Stone"
    assert renee.about == "children: Mia"
    assert str(tom.dates[0].day) == "1960-12-24"


def test_a_german_outlook_has_german_headers() -> None:
    (juergen,) = people(rows_in(FILES / "outlook-german.csv"))

    assert juergen.address == "Ölmühle 5\n50667 Köln"
    assert str(juergen.dates[0].day) == "1960-12-24"


def test_shopify_guards_figures_and_calls_a_birthday_in_the_shops_language() -> None:
    sanne, otto = people(rows_in(FILES / "shopify-customers.csv"))

    assert (sanne.key, sanne.phone) == ("9013808660771", "+31612345678")
    assert sanne.address == "Dorpsstraat 8\n1234AB 's-Gravenhage"
    assert str(sanne.dates[0].day) == "1984-06-30"
    assert (sanne.email_consent, otto.email_consent) == (True, False)


def test_an_order_of_shopify_is_one_however_many_lines_it_has() -> None:
    first, *others = rows_in(FILES / "shopify-orders.csv")

    (order,) = sales([first])
    assert (order.number, order.cents, order.items) == ("#1001", 2450, "Rye loaf, Plum cake")
    assert others[0] == NotTaken(3, "another line of order #1001")


def test_of_shopify_only_what_was_paid_counts() -> None:
    found = {each.number: each for each in sales(rows_in(FILES / "shopify-orders.csv"))}

    assert {number: each.void for number, each in found.items() if each.void} == {
        "#1002": "voided",
        "#1003": "refunded",
        "#1006": "cancelled",
    }
    assert (found["#1004"].cents, found["#1004"].quiet) == (600, "partially refunded")
    assert "not paid: pending" in reasons(rows_in(FILES / "shopify-orders.csv"))


def test_a_walk_in_of_shopify_is_a_guest_and_nobody_is_made_up() -> None:
    guests = [
        each for each in sales(rows_in(FILES / "shopify-orders.csv")) if not is_somebody(each.buyer)
    ]

    assert [each.number for each in guests] == ["#1007"]


def test_shopify_writes_the_shops_own_day() -> None:
    last = sales(rows_in(FILES / "shopify-orders.csv"))[-1]

    assert last.on == date(2026, 8, 1)


def test_square_tells_a_refund_by_its_type_and_with_a_minus_before_the_sign() -> None:
    sale, refund, _ = sales(rows_in(FILES / "square-transactions.csv"))

    assert (sale.cents, refund.cents, refund.refunds) == (1296, -1296, "tx1")
    assert sale.number != refund.number


def test_the_lines_of_one_visit_to_square_are_added_up() -> None:
    (visit,) = sales(rows_in(FILES / "square-items.csv"))

    assert (visit.cents, visit.items) == (775, "Latte, Scone")


def test_a_birthday_of_square_is_month_first_and_year_zero_is_no_year() -> None:
    assert birthdays("square-directory.csv") == ["--04-12", "--09-21"]
    assert [each.email_consent for each in people(rows_in(FILES / "square-directory.csv"))] == [
        False,
        None,
    ]


def test_a_payment_to_stripe_late_in_the_evening_is_of_the_shops_next_day() -> None:
    assert sales(rows_in(FILES / "stripe-payments.csv"))[0].on == date(2026, 11, 21)


def test_what_stripe_paid_back_is_taken_off() -> None:
    found = {each.number: each for each in sales(rows_in(FILES / "stripe-payments.csv"))}

    assert (found["ch_2"].cents, found["ch_2"].void) == (1500, None)
    assert found["ch_3"].void == "refunded"
    assert (found["ch_5"].cents, found["ch_5"].currency) == (1500, "JPY")
    assert "ch_4" not in found


def test_etsy_knows_an_address_and_no_email_and_a_zip_code_keeps_its_zero() -> None:
    (order,) = sales(rows_in(FILES / "etsy-orders.csv"))

    assert order.buyer.address == "1 Main St\nBoston, MA 02108"
    assert order.buyer.email is None
    assert order.on == date(2026, 9, 4)


def test_paypal_follows_its_accounts_country_and_only_money_that_came_in_counts() -> None:
    german, refund = sales(rows_in(FILES / "paypal.csv"))
    (american,) = sales(rows_in(FILES / "paypal-short.csv"))

    assert (german.cents, german.on) == (123456, date(2026, 11, 20))
    assert (american.cents, american.on) == (125000, date(2026, 10, 13))
    assert (refund.cents, refund.refunds, refund.buyer.email) == (-3456, "P1", "zoe@example.org")
    assert reasons(rows_in(FILES / "paypal.csv")) == [
        "no sale: General Withdrawal",
        "no sale: Payment Hold",
        "not paid: Pending",
    ]


def test_a_refund_of_woocommerce_is_a_row_of_its_own_with_the_number_of_its_order() -> None:
    order, refund = sales(rows_in(FILES / "woocommerce-orders.csv"))

    assert (order.number, refund.refunds, refund.cents) == ("501", "501", -1000)
    # Every guest of WooCommerce is customer 0.
    assert order.buyer.key is None


def test_a_phone_number_that_a_spreadsheet_spoilt_is_told_and_not_kept() -> None:
    (ann,) = people(rows_in(FILES / "hubspot.csv"))

    assert ann.phone is None
    assert ann.remarks == ("the phone number was lost in a spreadsheet: 1.5551E+10",)
    assert str(ann.dates[0].day) == "1990-04-12"


def test_titles_above_the_header_are_no_header() -> None:
    assert [each.name for each in people(rows_in(FILES / "quickbooks.csv"))] == [
        "Ann Lee",
        "Kessler & Sons Ltd",
    ]


def test_a_job_of_quickbooks_belongs_to_its_customer() -> None:
    (ann,) = people(rows_in(FILES / "quickbooks.iif"))

    assert (ann.name, ann.address) == ("Ann Lee", "1 Main St\nBoston, MA 02108")


PLAIN = "Name,Email,Birthday,Phone,Address,Country,Met\n"


def test_the_contact_list_of_quickbooks_ends_with_the_moment_it_was_made() -> None:
    rows = rows_in(FILES / "quickbooks-contacts.csv")

    ann, mill, bare = people(rows)
    assert (ann.name, ann.phone, ann.email) == ("Ann Lee", "(555) 010-1234", "ann@example.org")
    assert ann.address == "1 Main St\nSuite 4\nBoston, MA 02108"
    assert (mill.name, mill.phone) == ("Old Mill", "(555) 010-7788")
    assert (bare.name, bare.phone, bare.email) == ("Nobody Known 123", None, None)
    assert reasons(rows)[-1] == "no customer: when the list was made"


def test_plain_words_need_no_mapping(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        PLAIN + 'Zoë Müller,zoe@example.org,--04-12,030 123456,"Am Tor 3, 10115 Berlin",Germany,'
        "2026-11-20\n",
    )

    assert kind_of(file) == ("plain", "customers")
    (zoe,) = people(rows_in(file))
    assert (zoe.country, zoe.address) == ("DE", "Am Tor 3\n10115 Berlin")
    assert zoe.met_on == date(2026, 11, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_letters_survive_every_encoding_that_programs_save_in(
    tmp_path: Path, encoding: str
) -> None:
    file = written(tmp_path, PLAIN.replace("Name", "Full name") + "José Núñez,,,,,,\n", encoding)

    assert people(rows_in(file))[0].name == "José Núñez"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found_out(tmp_path: Path, delimiter: str, end: str) -> None:
    text = f"sep=;{end}" if delimiter == ";" else ""
    text += delimiter.join(("Name", "Total", "Date", "Email"))
    row = ("Ann", '"1.234,50"', "2026-11-20", "ann@example.org")
    file = written(tmp_path, f"{text}{end}{delimiter.join(row)}{end}")

    (order,) = sales(rows_in(file))
    assert order.cents == 123450


def test_a_quote_that_is_never_closed_costs_one_row_and_no_other(tmp_path: Path) -> None:
    file = written(tmp_path, 'Name,Email\nAnn,ann@example.org\n"Ben,ben@example.org\nCy,\nDi,\n')

    rows = rows_in(file)
    assert [each.name for each in people(rows)] == ["Ann", "Cy", "Di"]
    assert [each for each in rows if isinstance(each, Unreadable)] == [
        Unreadable(3, "a quotation mark is never closed")
    ]


def test_a_quote_that_swallows_rows_is_taken_apart(tmp_path: Path) -> None:
    file = written(tmp_path, 'Name,Email\n"Ann,ann@example.org\nBen,\nCy,"cy@example.org\nDi,\n')

    rows = rows_in(file)
    assert [each.name for each in people(rows)] == ["Ben", "Di"]
    assert [row.line for row in rows if isinstance(row, Unreadable)] == [2, 4]


def test_a_sign_for_inches_is_no_open_quote(tmp_path: Path) -> None:
    file = written(tmp_path, 'Name,Email,Notes\nAnn,,12" cake\nBen,,none\n')

    assert [each.about for each in people(rows_in(file))] == ['12" cake', "none"]


def test_a_sign_for_inches_hides_no_open_quote_behind_it(tmp_path: Path) -> None:
    path = written(tmp_path, 'Name,Email,Notes\nAnn 6",ann@example.org,"open\n'
                             "Bo,bo@example.org,\nCy,cy@example.org,\n")  # fmt: skip

    assert [row.line for row in rows_in(path)] == [2, 3, 4]
    assert reasons(rows_in(path)) == ["a quotation mark is never closed"]


def test_a_cell_may_have_several_lines(tmp_path: Path) -> None:
    file = written(tmp_path, 'Name,Address\nAnn,"Am Tor 3\r\n10115 Berlin"\nBen,\n')

    assert people(rows_in(file))[0].address == "Am Tor 3\n10115 Berlin"


def test_a_quotation_mark_at_the_end_of_a_line_in_a_cell_closes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, 'Name,Notes\nAnn,"says ""hello""\n""twice"""\nBen,"""\n"\nCy,\n')

    assert [each.about for each in people(rows_in(file))] == ['says "hello"\n"twice"', '"', None]


def test_a_row_with_too_many_or_too_few_fields_is_set_aside_with_its_line(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Email\nAnn,,extra\nBen\nCy,,\n,\nDi,\n")

    assert [(row.line, type(row).__name__) for row in rows_in(file)] == [
        (2, "Unreadable"),
        (3, "Unreadable"),
        (4, "Person"),
        (5, "NotTaken"),
        (6, "Person"),
    ]


def test_days_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Birthday\nAnn,03/04/1980\nBen,5/5/1980\n")

    with pytest.raises(Undecided, match="'03/04/1980', which can be two days") as asked:
        rows_in(file)
    assert "--dates day-first" in asked.value.mend
    first = people(rows_in(file, date_order="day-first"))[0]
    assert str(first.dates[0].day) == "1980-04-03"


def test_one_cell_settles_the_order_of_its_column(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Birthday\nAnn,03/04/1980\nBen,25/12/1980\n")

    assert [str(each.dates[0].day) for each in people(rows_in(file))] == [
        "1980-04-03",
        "1980-12-25",
    ]


def test_a_column_that_contradicts_itself_is_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Birthday\nAnn,12/31/1980\nBen,25/12/1980\n")

    with pytest.raises(Undecided, match="holds both"):
        rows_in(file)


def test_amounts_that_can_be_read_in_two_ways_are_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, 'Date,Customer,Total\n2026-11-20,Ann,"1,234"\n')

    with pytest.raises(Undecided, match="two amounts"):
        rows_in(file)
    assert sales(rows_in(file, decimal="comma"))[0:1] == []
    assert sales(rows_in(file, decimal="point"))[0].cents == 123400


def test_one_amount_settles_the_mark_of_its_column(tmp_path: Path) -> None:
    file = written(tmp_path, "Date;Customer;Total\n2026-11-20;Ann;1.234\n2026-11-20;Ann;2,50\n")

    assert [each.cents for each in sales(rows_in(file))] == [123400, 250]


def test_columns_that_nobody_knows_are_asked_about_with_a_proposal(tmp_path: Path) -> None:
    file = written(tmp_path, "Wer,Elektropost,Geboren\nAnn Lee,ann@example.org,1980-04-12\n")

    assert kind_of(file) is None
    from appreciation.sources import BUILT_IN
    from appreciation.sources.base import Choices
    from tests.reading import CHOICES

    with pytest.raises(NeedsALook) as asked:
        BUILT_IN["plain"].read(file, "customers", Choices(**CHOICES))
    assert "--map 'Wer=name'" in asked.value.mend
    assert "--map 'Elektropost=email'" in asked.value.mend
    assert "--map 'Geboren=birthday'" in asked.value.mend

    mapping = {"Wer": "name", "Elektropost": "email", "Geboren": "birthday"}
    rows = list(BUILT_IN["plain"].read(file, "customers", Choices(**CHOICES, mapping=mapping)).rows)
    assert people(rows)[0].email == "ann@example.org"


@pytest.mark.parametrize(
    ("mapping", "told"), [({"Who": "name"}, "no column 'Who'"), ({"Name": "hat"}, "mean 'hat'")]
)
def test_a_mapping_of_what_is_not_there_is_refused(
    tmp_path: Path, mapping: dict[str, str], told: str
) -> None:
    with pytest.raises(NotUnderstood, match=told):
        rows_in(written(tmp_path, "Name,Email\nAnn,\n"), mapping=mapping)


def test_a_word_that_nobody_knows_is_a_remark_and_no_kind_language_or_zone(tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Kind,Language,Time zone\nAnn,VIP,Deutsch,Mars/Base\n"
                             "Bo & Cy,Household,de,Europe/Paris\n")  # fmt: skip

    ann, both = people(rows_in(file))

    assert (ann.kind, ann.language, ann.timezone) == ("person", None, None)
    assert ann.remarks == (
        "kind 'VIP' is none that we know",
        "language 'Deutsch' is none that we know",
        "timezone 'Mars/Base' is none that we know",
    )
    assert (both.kind, both.language, both.timezone) == ("household", "de", "Europe/Paris")


def test_a_name_as_long_as_a_letter_is_none_and_nothing_holds_a_zero_byte(tmp_path: Path) -> None:
    file = written(tmp_path, f"Name,Email,Notes\n{'A' * 201},,\nEve\0,eve@example.org,a\0b\n")

    assert reasons(rows_in(file)) == [f"{'A' * 30!r}... is no name: it has 201 letters"]
    (eve,) = people(rows_in(file))
    assert (eve.name, eve.about) == ("Eve", "ab")


def test_a_name_whose_letters_were_spoilt_before_is_told(tmp_path: Path) -> None:
    (zoe,) = people(rows_in(written(tmp_path, "Name,Email\nZoÃ«,\n")))

    assert zoe.name == "ZoÃ«"
    assert "spoilt" in zoe.remarks[0]


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        (" Ann <ann@example.org> ", "ann@example.org"),
        ("mailto:ann@example.org", "ann@example.org"),
        ("Ann@Example.ORG", "Ann@example.org"),
        ("ann@example.org ::: other@example.org", "ann@example.org"),
        ("x1@marketplace.amazon.com", None),
        ("noreply@shop.example", None),
    ],
)
def test_an_address_is_kept_as_written_but_for_what_is_around_it(
    tmp_path: Path, cell: str, email: str | None
) -> None:
    assert people(rows_in(written(tmp_path, f"Name,Email\nAnn,{cell}\n")))[0].email == email


def test_a_slip_in_an_address_is_a_remark_and_no_change(tmp_path: Path) -> None:
    (ann,) = people(rows_in(written(tmp_path, "Name,Email\nAnn,ann@gmial.com\n")))

    assert ann.email == "ann@gmial.com"
    assert ann.remarks == ("ann@gmial.com was likely meant to be ann@gmail.com",)


def test_a_place_where_we_met_is_a_remark_and_no_meeting(tmp_path: Path) -> None:
    ann, ben, cy = rows_in(
        written(tmp_path, "Name,Met\nAnn,the spring fair\nBen,2030-01-01\nCy,2026-02-30\n")
    )

    assert people([ann])[0].about == "met: the spring fair"
    assert reasons([ben, cy]) == ["'2030-01-01' is yet to come", "'2026-02-30' is no day"]


def test_an_address_in_parts_wins_over_one_that_is_whole(tmp_path: Path) -> None:
    whole = '"Am Tor 3\n10115 Berlin\nGermany"'
    file = written(tmp_path, f"Name,Address,Street,City,Zip\nAnn,{whole},Am Tor 3,Berlin,10115\n")

    assert people(rows_in(file))[0].address == "Am Tor 3\n10115 Berlin"
