"""All data as tables that a spreadsheet opens safely and that can be imported again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from appreciation.money import minor_digits
from appreciation.store import instance
from appreciation.store.tables import Customer, Meeting, Note, Order, Referral, SpecialDate

# A spreadsheet takes a cell that begins so for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AT_ONCE = 5_000

Cells = Sequence[Any]


def write_all(session: Session, folder: Path) -> list[Path]:
    """Write every table into ``folder``; return the files, in the order to import them."""
    folder.mkdir(parents=True, exist_ok=True)
    name = instance.instance(session).name
    tables: Sequence[tuple[str, Sequence[str], Iterable[Cells]]] = (
        ("customers", _CUSTOMERS, _customers(session, name)),
        ("dates", _DATES, _dates(session, name)),
        ("orders", _ORDERS, _orders(session, name)),
        ("referrals", _REFERRALS, _referrals(session, name)),
        ("meetings", _MEETINGS, _meetings(session, name)),
        ("notes", _NOTES, _notes(session, name)),
    )
    return [_written(folder / f"{stem}.csv", head, rows) for stem, head, rows in tables]


def guarded(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(path: Path, head: Sequence[str], rows: Iterable[Cells]) -> Path:
    # With its mark, or Excel takes UTF-8 for Windows' own letters.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([guarded(cell) for cell in row] for row in rows)
    return path


_CUSTOMERS = (
    "Appreciation ID", "Name", "Call name", "Kind", "Email", "Phone", "Address", "Country",
    "Language", "Timezone", "Birthday", "About", "Email consent", "Opted out", "Deceased",
)  # fmt: skip
_ORDERS = ("Appreciation ID", "Customer", "Email", "Phone", "Order ID", "Date", "Total",
           "Currency", "Items")  # fmt: skip
_REFERRALS = ("Appreciation ID", "Referrer", "Email", "Referred ID", "Referred", "Referred email",
              "Date")  # fmt: skip
_MEETINGS = ("Appreciation ID", "Customer", "Email", "Phone", "Met on", "Place")
_DATES = ("Appreciation ID", "Customer", "Email", "Phone", "Kind", "Whose", "Day")
_NOTES = ("Appreciation ID", "Customer", "Occasion", "Occurrence", "State", "Sent at", "Subject",
          "Text")  # fmt: skip


def _customers(session: Session, name: str) -> Iterator[Cells]:
    born = aliased(SpecialDate)
    own = (born.customer_id == Customer.id) & (born.kind == "birthday") & (born.whose == "")
    query = select(Customer, born).join(born, own, isouter=True).order_by(Customer.id)
    for customer, day in session.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield (
            f"{name}-{customer.id}",
            customer.name,
            customer.call_name,
            customer.kind.value,
            customer.email,
            customer.phone,
            customer.address,
            customer.country,
            customer.language,
            customer.timezone,
            _day(day),
            customer.about,
            None if customer.email_consent is None else ("no", "yes")[customer.email_consent],
            "yes" if customer.opted_out_at else "",
            "yes" if customer.deceased_at else "",
        )


def _orders(session: Session, name: str) -> Iterator[Cells]:
    query = select(Order, Customer).join(Customer, Customer.id == Order.customer_id)
    for order, who in session.execute(
        query.order_by(Order.id), execution_options={"yield_per": _AT_ONCE}
    ):
        yield (*_who(name, who), order.number, order.ordered_on, _money(order), order.currency,
               order.items)  # fmt: skip


def _referrals(session: Session, name: str) -> Iterator[Cells]:
    referrer, referred = aliased(Customer), aliased(Customer)
    query = (
        select(Referral, referrer, referred)
        .join(referrer, referrer.id == Referral.referrer_id)
        .join(referred, referred.id == Referral.referred_id)
        .order_by(Referral.id)
    )
    for referral, who, whom in session.execute(query):
        yield (f"{name}-{who.id}", who.name, who.email, f"{name}-{whom.id}", whom.name, whom.email,
               referral.referred_on)  # fmt: skip


def _meetings(session: Session, name: str) -> Iterator[Cells]:
    query = select(Meeting, Customer).join(Customer, Customer.id == Meeting.customer_id)
    for meeting, who in session.execute(query.order_by(Meeting.id)):
        yield (*_who(name, who), meeting.met_on, meeting.place)


def _dates(session: Session, name: str) -> Iterator[Cells]:
    """Yield each yearly day but a customer's own birthday, which stands beside the customer."""
    query = select(SpecialDate, Customer).join(Customer, Customer.id == SpecialDate.customer_id)
    others = (SpecialDate.kind != "birthday") | (SpecialDate.whose != "")
    for day, who in session.execute(query.where(others).order_by(SpecialDate.id)):
        yield (*_who(name, who), day.kind, day.whose, _day(day))


def _notes(session: Session, name: str) -> Iterator[Cells]:
    query = select(Note, Customer).join(Customer, Customer.id == Note.customer_id)
    for note, who in session.execute(
        query.order_by(Note.id), execution_options={"yield_per": _AT_ONCE}
    ):
        yield (f"{name}-{who.id}", who.name, note.occasion, note.occurrence, note.state.value,
               note.sent_at, note.subject, note.body)  # fmt: skip


def _who(name: str, customer: Customer) -> Cells:
    return f"{name}-{customer.id}", customer.name, customer.email, customer.phone


def _day(day: SpecialDate | None) -> str:
    if day is None:
        return ""
    month, number = divmod(day.month_day, 100)
    year = "-" if day.year is None else f"{day.year:04}"
    return f"{year}-{month:02}-{number:02}"


def _money(order: Order) -> str:
    digits = minor_digits(order.currency)
    sign = "-" if order.total_cents < 0 else ""
    whole, part = divmod(abs(order.total_cents), 10**digits)
    return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"
