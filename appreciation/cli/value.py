"""``appreciation value``: what customers are worth."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, plural, say, show_json
from appreciation.errors import NotUnderstood


class By(StrEnum):
    """What the shop's customers may be ranked by."""

    PAST = "past"
    FUTURE = "future"
    REFERRALS = "referrals"
    AT_RISK = "at-risk"


class Model(StrEnum):
    """Which model of buying."""

    MBG = "mbg"
    BG = "bg"


class PriorKnowledge(StrEnum):
    """What is known of shops before this one is looked at."""

    WEAK = "weak"
    NONE = "none"


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("value")(value)


def value(
    context: typer.Context,
    who: Annotated[
        str | None,
        typer.Argument(metavar="[CUSTOMER]", help="Only theirs: an id, an email, a name."),
    ] = None,
    by: Annotated[By | None, typer.Option(help="What to rank by; else the future.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many customers a table names.")] = 10,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Up to when orders are complete; else the last that is."),
    ] = None,
    model: Annotated[bool, typer.Option("--model", help="Show the fit instead.")] = False,
    kind: Annotated[Model, typer.Option(help="The model of buying.")] = Model.MBG,
    prior: Annotated[
        PriorKnowledge, typer.Option(help="What a small shop is held to.")
    ] = PriorKnowledge.WEAK,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the shop: a .svg, .png or .pdf file.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what customers are worth: past, future and referrals."""
    from appreciation.cli import value_page, value_shapes, value_table
    from appreciation.cli.opened import day, opened
    from appreciation.store import valuing
    from appreciation.store.customers import customer_meant
    from appreciation.value.fitting import Prior
    from appreciation.value.model import Kind

    if as_csv and (as_json or model or who):
        raise NotUnderstood("--csv is for the whole shop's table", mend="appreciation value --csv")
    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who) if who else None
    complete = app.last_complete_day() if as_of is None else day(as_of, app)
    shop = app.worth(complete, Kind(kind), Prior(prior))
    rows = list(shop.rows())
    with app.store.reading() as session:
        names = valuing.names(session)
        guests = valuing.guests(session, complete)
        later = valuing.later_orders(session, complete)
        events = valuing.life_events(session, customer) if customer else []
    currency = app.config.business.currency
    if plot is not None:
        from appreciation.cli import value_plot

        value_plot.draw(shop, rows, names, app, plot)
        say(f"drew the shop: {plot}")
    if model:
        fit = value_shapes.model_shape(shop, currency)
        show_json(fit) if as_json else print(value_table.model(fit))
    elif customer is not None:
        theirs = [row for row in rows if row.customer_id == customer.id]
        if as_json:
            show_json(value_page.shape(theirs, names, events, shop))
        else:
            print(value_page.page(theirs, names, events, shop, app))
    elif as_json or as_csv:
        ordered = value_shapes.ranked(rows, by or By.FUTURE)
        shapes = (value_shapes.row_shape(row, names[row.customer_id]) for row in ordered)
        if as_json:
            show_json(list(shapes))
        else:
            sys.stdout.write(value_shapes.as_csv(shapes))
    else:
        value_table.show(shop, rows, names, guests, app, by=by, top=top)
    _tell(shop, names, later, asked=as_of is not None, today=app.today())


def _tell(shop: Any, names: dict[int, str], later: int, *, asked: bool, today: Any) -> None:
    """Tell what was left out, and what the figures cannot say."""
    as_of = shop.asked.as_of
    if not asked and as_of < today:
        say(
            f"no order is recorded after {as_of}, so this is as of that day;"
            f" if there truly was none: --as-of {today}"
        )
    if later:
        say(f"left out: {plural(later, 'order')} of days after {as_of}")
    if len({part.currency for part in shop.parts}) > 1:
        say("amounts of two currencies are never added up: each stands by itself")
    refused = {each for referrals in shop.referrals.values() for each in referrals.refused}
    for each in sorted(refused):
        say(
            f"not counted: {names.get(each.referrer, each.referrer)} sent"
            f" {names.get(each.referred, each.referred)}; {each.why}"
        )
