"""All data as tables that a spreadsheet opens safely and that can be imported again."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from appreciation.dates import YearlyDay
from appreciation.money import minor_digits
from appreciation.store import carried, instance
from appreciation.store.tables import (
    OPEN,
    Base,
    Customer,
    Meeting,
    Note,
    Order,
    Referral,
    SpecialDate,
)

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
        *(
            (stem, (*_WHOSE, *what.headers), _carried(session, name, stem))
            for stem, what in carried.CARRIED.items()
        ),
    )
    return [_written(folder / f"{stem}.csv", head, rows) for stem, head, rows in tables]


def guarded(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula; an apostrophe of its own stays."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _written(path: Path, head: Sequence[str], rows: Iterable[Cells]) -> Path:
    # With its mark, or Excel takes UTF-8 for Windows' own letters.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([guarded(cell) for cell in row] for row in rows)
    return path


_WHOSE = ("Appreciation ID", "Customer", "Email", "Phone")
_CUSTOMERS = (
    "Appreciation ID", "Name", "Call name", "Envelope name", "Formality", "Hand", "Kind", "Email",
    "Phone", "Address", "Country", "Language", "Timezone", "Birthday", "Leap day", "About",
    "Email consent", "Post consent", "Opted out", "Deceased",
)  # fmt: skip
_ORDERS = (*_WHOSE, "Order ID", "Date", "Total", "Currency", "Items", "Seen", "Row", "Refund of")
_REFERRALS = ("Appreciation ID", "Referrer", "Email", "Referred ID", "Referred", "Referred email",
              "Date", "Known on", "Waits", "Seen")  # fmt: skip
_MEETINGS = (*_WHOSE, "Met on", "Place", "Seen")
_DATES = (*_WHOSE, "Kind", "Whose", "Day")
# What is written about it in this store is known here only: a number of ours is no one else's.
_OURS = {"referral", "meeting"}


def _customers(session: Session, name: str) -> Iterator[Cells]:
    born = aliased(SpecialDate)
    own = (born.customer_id == Customer.id) & (born.kind == "birthday") & (born.whose == "")
    query = select(Customer, born).join(born, own, isouter=True).order_by(Customer.id)
    for customer, day in session.execute(query, execution_options={"yield_per": _AT_ONCE}):
        yield (
            f"{name}-{customer.id}",
            customer.name,
            customer.call_name,
            customer.envelope_name,
            customer.formality,
            customer.hand,
            customer.kind.value,
            customer.email,
            customer.phone,
            customer.address,
            customer.country,
            customer.language,
            customer.timezone,
            _day(day),
            day and day.leap_day,
            customer.about,
            None if customer.email_consent is None else ("no", "yes")[customer.email_consent],
            None if customer.post_consent is None else ("no", "yes")[customer.post_consent],
            "yes" if customer.opted_out_at else "",
            "yes" if customer.deceased_at else "",
        )


def _orders(session: Session, name: str) -> Iterator[Cells]:
    """Yield each order, a guest's without a customer; those with refunds have a name for them."""
    refund = aliased(Order)
    refunded = exists().where(refund.refund_of_id == Order.id)
    seen = or_(_seen(Order, "order"), Order.total_cents <= 0)
    query = select(Order, Customer, seen, refunded)
    query = query.join(Customer, Customer.id == Order.customer_id, isouter=True)
    for order, who, is_seen, has_refunds in session.execute(
        query.order_by(Order.id), execution_options={"yield_per": _AT_ONCE}
    ):
        yield (
            *_who(name, who),
            order.number,
            order.ordered_on,
            _money(order),
            order.currency,
            order.items,
            _yes(is_seen),
            f"{name}-{order.id}" if has_refunds else "",
            f"{name}-{order.refund_of_id}" if order.refund_of_id else "",
        )


def _referrals(session: Session, name: str) -> Iterator[Cells]:
    referrer, referred = aliased(Customer), aliased(Customer)
    query = (
        select(Referral, referrer, referred, _seen(Referral, "referral"))
        .join(referrer, referrer.id == Referral.referrer_id)
        .join(referred, referred.id == Referral.referred_id, isouter=True)
        .order_by(Referral.id)
    )
    for referral, who, whom, seen in session.execute(query):
        whose = (f"{name}-{whom.id}", whom.name, whom.email) if whom else (
            "", referral.referred_name, "")  # fmt: skip
        yield (f"{name}-{who.id}", who.name, who.email, *whose, referral.referred_on,
               referral.known_on, _yes(whom is None), _yes(seen))  # fmt: skip


def _meetings(session: Session, name: str) -> Iterator[Cells]:
    query = select(Meeting, Customer, _seen(Meeting, "meeting"))
    query = query.join(Customer, Customer.id == Meeting.customer_id).order_by(Meeting.id)
    for meeting, who, seen in session.execute(query):
        yield (*_who(name, who), meeting.met_on, meeting.place, _yes(seen))


def _seen(table: type[Base], occasion: str) -> ColumnElement[bool]:
    """Return whether an event was thanked for, or is not to be; an open note is found anew."""
    rows = table.__table__.c
    is_open = exists().where(
        Note.occasion == occasion, Note.about_id == rows.id, Note.state.in_(OPEN)
    )
    return and_(rows.considered_at.is_not(None), ~is_open)


def _dates(session: Session, name: str) -> Iterator[Cells]:
    """Yield each yearly day but a customer's own birthday, which stands beside the customer."""
    query = select(SpecialDate, Customer).join(Customer, Customer.id == SpecialDate.customer_id)
    others = (SpecialDate.kind != "birthday") | (SpecialDate.whose != "")
    for day, who in session.execute(query.where(others).order_by(SpecialDate.id)):
        yield (*_who(name, who), day.kind, day.whose, _day(day))


def _carried(session: Session, name: str, stem: str) -> Iterator[Cells]:
    """Yield the rows that are carried as they are; what a number of ours tells says whose it is."""
    for customer, cells in carried.rows_of(session, stem):
        if stem == "notes" and (cells[0] in _OURS or cells[1].startswith("id-")):
            cells[1] = f"{name}-{cells[1]}"
        yield (*_who(name, customer), *cells)


def _who(name: str, customer: Customer | None) -> Cells:
    if customer is None:
        return "", "", "", ""
    return f"{name}-{customer.id}", customer.name, customer.email, customer.phone


def _yes(whether: bool) -> str:  # noqa: FBT001 - a cell
    return "yes" if whether else ""


def _day(day: SpecialDate | None) -> str:
    if day is None:
        return ""
    month, number = divmod(day.month_day, 100)
    return str(YearlyDay(month, number, day.year))


def _money(order: Order) -> str:
    digits = minor_digits(order.currency)
    sign = "-" if order.total_cents < 0 else ""
    whole, part = divmod(abs(order.total_cents), 10**digits)
    return f"{sign}{whole}.{part:0{digits}}" if digits else f"{sign}{whole}"
