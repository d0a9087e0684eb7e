"""``appreciation order``, ``referral``, ``meeting``, ``date``: what happened, what comes round."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Annotated, Any

import typer

from appreciation.cli.customers import Who
from appreciation.cli.door import AsJson, show_json
from appreciation.errors import NotUnderstood

order = typer.Typer(help="What customers bought.", no_args_is_help=True)
referral = typer.Typer(help="Who sent whom.", no_args_is_help=True)
meeting = typer.Typer(help="Whom you met.", no_args_is_help=True)
date = typer.Typer(help="Birthdays and other yearly days.", no_args_is_help=True)

# A day may begin with dashes, and so does an amount that cannot be: neither is an option.
_DASHES = {"ignore_unknown_options": True}

On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="When; else today.")]
OfWhom = Annotated[
    str | None, typer.Argument(metavar="[CUSTOMER]", help="Only theirs: an id, an email, a name.")
]


def add_to(cli: typer.Typer) -> None:
    """Hang these nouns into the command line."""
    cli.add_typer(order, name="order")
    cli.add_typer(referral, name="referral")
    cli.add_typer(meeting, name="meeting")
    cli.add_typer(date, name="date")


_Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="Like 12.50 or '12 CHF'.")]
_Number = Annotated[str | None, typer.Option("--number", help="Your own order number.")]
_Items = Annotated[str | None, typer.Option("--items", help="In plain words: 'two rye loaves'.")]
_Currency = Annotated[str | None, typer.Option("--currency", help="Like EUR; else yours.")]
_WhichOrder = Annotated[str, typer.Argument(metavar="ORDER", help="Its number, yours or ours.")]


@order.command("add", context_settings=_DASHES)
def add_order(
    context: typer.Context,
    who: Who,
    total: _Amount,
    on: On = None,
    number: _Number = None,
    items: _Items = None,
    currency: _Currency = None,
    as_json: AsJson = False,
) -> None:
    """Record an order; its thank-you follows."""
    _record(context, who, _Bought(total, on, number, items, currency), as_json)


@order.command("guest", context_settings=_DASHES)
def guest_order(
    context: typer.Context,
    total: _Amount,
    on: On = None,
    number: _Number = None,
    items: _Items = None,
    currency: _Currency = None,
    as_json: AsJson = False,
) -> None:
    """Record an order of somebody you do not know; it counts for the shop alone."""
    _record(context, None, _Bought(total, on, number, items, currency), as_json)


@order.command("assign")
def assign_order(
    context: typer.Context, which: _WhichOrder, who: Who, as_json: AsJson = False
) -> None:
    """Give a guest's order to the customer who it was."""
    from appreciation.cli.opened import opened
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant
    from appreciation.store.people import order_meant

    app = opened(context)
    with app.store.writing() as session:
        found = order_meant(session, which)
        intake.assign(session, found, customer_meant(session, who), app.clock())
        _tell_order(found, app, as_json)


@order.command("refund", context_settings=_DASHES)
def refund_order(
    context: typer.Context,
    which: _WhichOrder,
    amount: Annotated[
        str | None, typer.Argument(metavar="[AMOUNT]", help="What went back; else all.")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Record what of an order went back; of one that did whole, nobody is thanked."""
    from appreciation.cli.opened import day, opened
    from appreciation.money import parse_money
    from appreciation.stages import intake
    from appreciation.store.people import order_meant

    app = opened(context)
    with app.store.writing() as session:
        found = order_meant(session, which)
        cents, meant = parse_money(amount, found.currency) if amount else (None, found.currency)
        if meant != found.currency:
            raise NotUnderstood(
                f"order {which} was paid in {found.currency}, not in {meant}",
                mend=f"name the amount in {found.currency}",
            )
        back = intake.refund(session, found, cents, day(on, app), app.clock())
        back.customer = found.customer
        _tell_order(back, app, as_json)


@dataclass(frozen=True, slots=True)
class _Bought:
    """An order as a person wrote it."""

    total: str
    on: str | None
    number: str | None
    items: str | None
    currency: str | None


def _record(context: typer.Context, who: str | None, said: _Bought, as_json: bool) -> None:
    from appreciation.cli.opened import day, opened
    from appreciation.money import parse_money
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    currency = (said.currency or app.config.business.currency).upper()
    cents, meant = parse_money(said.total, currency)
    bought = intake.Purchase(
        day(said.on, app), cents, meant, said.number or None, said.items or None
    )
    with app.store.writing() as session:
        customer = customer_meant(session, who) if who is not None else None
        _tell_order(intake.add_order(session, customer, bought, app.clock()), app, as_json)


def _tell_order(told: Any, app: Any, as_json: bool) -> None:
    from appreciation.cli.shapes import order_shape
    from appreciation.money import format_money

    shape = order_shape(told)
    if as_json:
        show_json(shape)
        return
    amount = format_money(abs(told.total_cents), told.currency, app.config.business.language)
    what = (
        f"refund of order {told.refund_of_id}"
        if told.refund_of_id
        else (f"order {told.number or told.id}")
    )
    print(f"{what}: {shape['customer'] or 'a guest'}, {amount} on {told.ordered_on}")


@order.command("list")
def list_orders(context: typer.Context, who: OfWhom = None, as_json: AsJson = False) -> None:
    """List orders, the latest first."""
    from appreciation.cli.listing import show_events
    from appreciation.cli.shapes import order_shape
    from appreciation.money import format_money
    from appreciation.store.customers import orders_of

    columns = {
        **_columns("id", "number", "on", "customer"),
        "amount": lambda shape: format_money(shape["total_cents"], shape["currency"]),
        **_columns("items"),
    }
    show_events(
        context, who, orders_of, order_shape, columns, empty="no order yet", as_json=as_json
    )


@referral.command("add")
def add_referral(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="REFERRER", help="Who sent somebody.")],
    referred: Annotated[
        str,
        typer.Argument(metavar="REFERRED", help="Whom: a customer, or the name of one to come."),
    ],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Record who sent whom; the thank-you follows once you know the referred person."""
    from appreciation.cli.opened import day, opened
    from appreciation.cli.shapes import referral_shape
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant, customer_or_name

    app = opened(context)
    met = day(on, app)
    with app.store.writing() as session:
        referrer = customer_meant(session, who)
        whom = customer_or_name(session, referred)
        added = intake.add_referral(session, referrer, whom, met, app.clock())
        shape = referral_shape(added)
    if as_json:
        show_json(shape)
    elif shape["referred_id"] is None:
        print(f"{shape['referrer']} sent {shape['referred']}, whom you do not know yet")
    else:
        print(f"{shape['referrer']} sent {shape['referred']}")


@referral.command("list")
def list_referrals(context: typer.Context, who: OfWhom = None, as_json: AsJson = False) -> None:
    """List who sent whom, the latest first."""
    from appreciation.cli.listing import show_events
    from appreciation.cli.shapes import referral_shape
    from appreciation.store.customers import referrals_of

    columns = {
        **_columns("on", "referrer", "referred"),
        "": lambda shape: "" if shape["referred_id"] else "not known yet",
    }
    show_events(
        context,
        who,
        referrals_of,
        referral_shape,
        columns,
        empty="no referral yet",
        as_json=as_json,
    )


@meeting.command("add")
def add_meeting(
    context: typer.Context,
    who: Who,
    place: Annotated[str | None, typer.Option("--at", metavar="PLACE", help="Where.")] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Record that you met a customer; a note follows."""
    from appreciation.cli.opened import day, opened
    from appreciation.cli.shapes import meeting_shape
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    met_on = day(on, app)
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        shape = meeting_shape(intake.add_meeting(session, customer, met_on, place, app.clock()))
    if as_json:
        show_json(shape)
    else:
        print(f"met {shape['customer']} on {shape['on']}")


@meeting.command("list")
def list_meetings(context: typer.Context, who: OfWhom = None, as_json: AsJson = False) -> None:
    """List meetings, the latest first."""
    from appreciation.cli.listing import show_events
    from appreciation.cli.shapes import meeting_shape
    from appreciation.store.customers import meetings_of

    columns = _columns("on", "customer", "where")
    show_events(
        context, who, meetings_of, meeting_shape, columns, empty="no meeting yet", as_json=as_json
    )


@date.command("add", context_settings=_DASHES)
def add_date(
    context: typer.Context,
    who: Who,
    yearly: Annotated[str, typer.Argument(metavar="DAY", help="Like 2015-06-20 or '20 June'.")],
    kind: Annotated[str, typer.Option(help="birthday, wedding or a word of yours.")] = "birthday",
    whose: Annotated[str, typer.Option(help="Of someone close: 'daughter Mia'.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record a day that comes round each year."""
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import date_shape
    from appreciation.dates import parse_yearly_day
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    day = parse_yearly_day(yearly, app.today())
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        shape = date_shape(
            intake.add_date(
                session, customer, kind.strip().casefold(), day, app.clock(), whose.strip()
            )
        )
    if as_json:
        show_json(shape)
    else:
        of_whom = f"{shape['whose']} of {shape['customer']}" if whose else shape["customer"]
        print(f"{shape['kind']} of {of_whom}: {shape['day']}")


@date.command("list")
def list_dates(context: typer.Context, who: OfWhom = None, as_json: AsJson = False) -> None:
    """List yearly days in the order of the calendar."""
    from appreciation.cli.listing import show_events
    from appreciation.cli.shapes import date_shape
    from appreciation.store.customers import dates_of

    columns = _columns("day", "kind", "customer", "whose")
    show_events(
        context, who, dates_of, date_shape, columns, empty="no yearly day yet", as_json=as_json
    )


def _columns(*keys: str) -> dict[str, Callable[[dict[str, Any]], object]]:
    """Return columns that show a key of each event as it is."""
    return {key: itemgetter(key) for key in keys}
