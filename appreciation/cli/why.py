"""``appreciation why``: every rule that was asked, and what it answered."""

from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, plain, show_json

# Whether a rule lets a note go, stops it, or only tells something.
_MARKS = {True: "yes", False: "NO ", None: "   "}


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("why")(why)


def why(
    context: typer.Context,
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="An id, an email, or part of the name.")
    ],
    on: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="A day, past or to come; else today and what is next."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell why a customer gets a note on a day, or none: each rule with its answer."""
    from appreciation.cli.opened import opened
    from appreciation.dates import parse_day
    from appreciation.store.customers import customer_meant
    from appreciation.why.explaining import why as explained

    app = opened(context)
    day = parse_day(on, app.today()) if on else None
    with app.store.reading() as session:
        who = customer_meant(session, customer)
        days = explained(app, session, who, day)
        shape = {
            "customer_id": who.id,
            "customer": who.name,
            "days": [day.shape() for day in days],
        }
        name = plain(who.name)
    if as_json:
        show_json(shape)
        return
    for each in days:
        _tell(name, each)


def _tell(name: str, day: Any) -> None:
    print(f"{name}, {day.on:%a %d %b %Y} ({day.tense})")
    _rules(day.customer)
    for each in day.occasions:
        about = f": {plain(each.about)}" if each.about != each.occasion else ""
        print(f"\n  {each.occasion}{about}")
        _rules(each.answers)
        print(f"    =>  {plain(each.verdict)}")
    print()


def _rules(answers: Any) -> None:
    for answer in answers:
        print(f"    {_MARKS[answer.lets]} {answer.rule.replace('_', ' '):<15} {plain(answer.told)}")
