"""``appreciation upcoming``: what is coming."""

from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, show_json, show_table


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("upcoming")(upcoming)


def upcoming(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=0, max=400, help="How far to look ahead.")] = 14,
    as_json: AsJson = False,
) -> None:
    """Show which notes fall due in the days to come."""
    from datetime import datetime

    from appreciation.cli.opened import local, opened

    app = opened(context)
    rows = coming(app, days)
    if as_json:
        show_json(rows)
        return
    show_table(
        ("due", "customer", "occasion", "which", "by", "state"),
        [
            (
                local(datetime.fromisoformat(row["due_at"]), app),
                row["customer"],
                row["occasion"],
                row["occurrence"],
                row["backend"],
                row["state"],
            )
            for row in rows
        ],
        f"nothing falls due within {days} days",
    )


def coming(app: Any, days: int) -> list[dict[str, Any]]:
    """Return the open notes and the occurrences to come within ``days``, first due first."""
    from appreciation.cli.shapes import upcoming_note_shape, upcoming_shape
    from appreciation.store.notes import open_notes

    approve = {name: settings.approve for name, settings in app.config.occasions.by_name().items()}
    with app.store.reading() as session:
        noted = [
            upcoming_note_shape(note, held, approve.get(note.occasion, "ask"))
            for note, held in open_notes(session, app.today(), app.horizon(days))
        ]
    expected = [upcoming_shape(row, approve[row["occasion"]]) for row in app.upcoming(days)]
    return sorted(noted + expected, key=lambda row: (row["due_at"], row["customer_id"]))
