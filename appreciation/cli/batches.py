"""``appreciation batch``: cards and envelopes."""

from typing import Annotated

import typer

from appreciation.cli.door import AsJson, plural, say, show_json, show_table

noun = typer.Typer(help="Cards and envelopes: print, list, posted.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="batch")


@noun.command("make")
def make(
    context: typer.Context,
    due_by: Annotated[
        str | None, typer.Option(metavar="DAY", help="Also what falls due up to that day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print every approved card that is due, with its envelope and a pick list."""
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import batch_shape
    from appreciation.store.batches import batches_since, last_batch

    app = opened(context)
    until = app.end_of(due_by) if due_by else None
    with app.store.reading() as session:
        before = last_batch(session)
    carrier = app.carriers["post"]
    with app.at_work("batch") as worker:
        counts = app.send(worker, only=carrier, until=until)
    with app.store.reading() as session:
        made = [batch_shape(each) for each in batches_since(session, before)]
    if as_json:
        show_json(made)
    for batch in made:
        if not as_json:
            print(f"batch {batch['id']}: {plural(batch['cards'], 'card')} in {batch['folder']}")
            print(f"once it is in the post: appreciation batch posted {batch['id']}")
    if counts["failed"]:
        say(
            f"{plural(counts['failed'], 'note')} cannot be printed:"
            " appreciation note list --state failed"
        )
    app.tell_rest(carrier)
    if not made and not counts["failed"]:
        say("no approved card is due")
    if counts["failed"]:
        raise typer.Exit(3)


@noun.command("list")
def show_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List batches, the latest first."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes import batch_shape
    from appreciation.store.batches import batches_since

    app = opened(context)
    with app.store.reading() as session:
        batches = list(reversed(batches_since(session, 0)))
        if as_json:
            show_json([batch_shape(each) for each in batches])
            return
        show_table(
            ("batch", "made", "cards", "posted", "folder"),
            [
                (
                    each.id,
                    local(each.made_at, app),
                    len(each.notes),
                    local(each.posted_at, app) or "not yet",
                    each.folder,
                )
                for each in batches
            ],
            "no batch yet",
        )


@noun.command("posted")
def posted(
    context: typer.Context,
    batch_id: Annotated[int, typer.Argument(metavar="BATCH", help="Its number.")],
    except_: Annotated[
        list[int] | None,
        typer.Option("--except", metavar="NUMBER", help="Not this card; may be repeated."),
    ] = None,
) -> None:
    """Record that a batch is in the post."""
    from appreciation.cli.opened import opened
    from appreciation.store.batches import mark_posted

    app = opened(context)
    with app.store.writing() as session:
        count = mark_posted(session, batch_id, except_ or [], app.clock())
    print(f"batch {batch_id}: {plural(count, 'card')} posted")
