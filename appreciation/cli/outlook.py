"""``appreciation upcoming``: what is coming, as a table, as a calendar, as a file for one."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, plural, say, show_json, show_table
from appreciation.errors import AppreciationError


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("upcoming")(upcoming)


def upcoming(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=0, max=400, help="How far to look ahead.")] = 14,
    as_calendar: Annotated[
        bool, typer.Option("--calendar", help="Draw the months, with who is on which day.")
    ] = False,
    ics: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write a file for calendar programs; - is stdout."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which notes fall due in the days to come."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes import upcoming_shape
    from appreciation.outlook.coming import coming

    app = opened(context)
    rows = coming(app, days)
    # On a calendar nobody can see why a note would not come.
    leaving = [row for row in rows if row.held is None]
    if ics is not None:
        _write(app, leaving, ics)
        return
    if as_json:
        show_json([upcoming_shape(row) for row in rows])
        return
    if as_calendar:
        from appreciation.cli.sheets import draw

        draw(leaving, app, days)
        return
    show_table(
        ("due", "customer", "occasion", "which", "by", "state"),
        [
            (
                local(row.due_at, app),
                row.customer,
                row.occasion,
                row.occurrence,
                row.backend,
                row.state if row.held is None else f"{row.state}, held back: {row.held}",
            )
            for row in rows
        ],
        f"nothing falls due within {days} days",
    )


def _write(app: Any, rows: Any, ics: str) -> None:
    """Write ``rows`` for a calendar program; a file that was there is replaced, or stays whole."""
    from appreciation.outlook.ics import calendar
    from appreciation.store.instance import instance

    with app.store.reading() as session:
        store = instance(session).name
    written = calendar(rows, store=store, name=app.config.business.name, at=app.clock()).encode()
    if ics == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(written)
        return
    file = Path(ics)
    half = file.with_name(f"{file.name}.half")
    try:
        half.write_bytes(written)
        half.replace(file)
    except OSError as error:
        raise AppreciationError(
            f"{file} cannot be written: {error.strerror}", mend="name a file in a folder of yours"
        ) from error
    say(f"{plural(len(rows), 'event')} written to {file}")
