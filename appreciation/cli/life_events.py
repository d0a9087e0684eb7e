"""``appreciation life-event``: what an owner expects of a customer's life."""

from typing import Annotated

import typer

from appreciation.cli.customers import Who
from appreciation.cli.door import AsJson, show_json, show_table

noun = typer.Typer(
    help="What a customer's life may bring: a wedding, a move. Your guess.", no_args_is_help=True
)


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="life-event")


@noun.command("add")
def add(
    context: typer.Context,
    who: Who,
    name: Annotated[str, typer.Argument(help="What it is: 'daughter Mia's wedding'.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What each time would bring.")],
    year: Annotated[int, typer.Option(min=1, help="In which year.")],
    times: Annotated[int, typer.Option(min=1, max=1000, help="How often.")] = 1,
    chance: Annotated[str, typer.Option(help="How likely: 50 or 50%.")] = "100%",
    as_json: AsJson = False,
) -> None:
    """Note something that may come; it is told as a what-if, and never forecast."""
    from appreciation.cli.opened import opened
    from appreciation.cli.value_page import event_shape
    from appreciation.money import format_money, parse_money
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    cents, currency = parse_money(amount, app.config.business.currency)
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        expected = intake.Expected(name, year, cents, currency, times, chance)
        added = intake.add_life_event(session, customer, expected, app.clock(), app.today())
        shape = event_shape(added)
    if as_json:
        show_json(shape)
        return
    each = format_money(cents, currency, app.config.business.language)
    often = f"{times} x " if times > 1 else ""
    likely = f"{shape['chance']:.0%} likely"
    what = f"{customer.name}, {shape['name']} {year}"
    print(f"life event {shape['id']}: {what}, {often}{each}, {likely}")


@noun.command("list")
def show_all(
    context: typer.Context,
    who: Annotated[str | None, typer.Argument(metavar="[CUSTOMER]", help="Only theirs.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what is expected, the soonest first."""
    from appreciation.cli.opened import opened
    from appreciation.cli.value_page import event_shape
    from appreciation.money import format_money
    from appreciation.store.customers import customer_meant
    from appreciation.store.valuing import life_events

    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who) if who else None
        shapes = [event_shape(event) for event in life_events(session, customer)]
    if as_json:
        show_json(shapes)
        return
    show_table(
        ("id", "year", "customer", "what", "times", "each", "chance"),
        [
            (
                shape["id"],
                shape["year"],
                shape["customer"],
                shape["name"],
                shape["times"],
                format_money(shape["cents"], shape["currency"]),
                f"{shape['chance']:.0%}",
            )
            for shape in shapes
        ],
        "nothing is expected yet",
    )


@noun.command("remove")
def remove(
    context: typer.Context,
    event_id: Annotated[
        int, typer.Argument(metavar="ID", max=2**62, help="Its id, as the list shows it.")
    ],
) -> None:
    """Forget what was expected."""
    from appreciation.cli.opened import opened
    from appreciation.stages import intake

    app = opened(context)
    with app.store.writing() as session:
        name = intake.remove_life_event(session, event_id)
    print(f"forgot life event {event_id}: {name}")
