"""``appreciation batch``: cards with what they are sent in."""

from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.door import AsJson, plural, say, show_json, show_table

noun = typer.Typer(
    help="Cards and envelopes: make, list, show, reprint, posted.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(metavar="BATCH", help="Its number.")]
StartAt = Annotated[
    int, typer.Option("--start-at", metavar="N", help="The first free place on a begun sheet.")
]
Printer = Annotated[
    str | None, typer.Option(metavar="NAME", help="Send it there; else the folder opens.")
]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="batch")


@noun.command("make")
def make(
    context: typer.Context,
    due_by: Annotated[
        str | None, typer.Option(metavar="DAY", help="Also what falls due up to that day.")
    ] = None,
    stock: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Paper other than usual: a card, an envelope, labels."),
    ] = None,
    start_at: StartAt = 1,
    write_yourself: Annotated[
        bool,
        typer.Option("--write-yourself", help="No cards, but what you need to write them by hand."),
    ] = False,
    printer: Printer = None,
    as_json: AsJson = False,
) -> None:
    """Print every approved card that is due, with its envelope and a pick list."""
    from appreciation.cli.opened import opened
    from appreciation.cli.print_jobs import hand_over, prepare, tell_failed, tell_nothing
    from appreciation.cli.shapes import batch_shape
    from appreciation.store.batches import batches_kept

    app = opened(context)
    until = app.end_of(due_by) if due_by else None
    carrier = prepare(app, stock or (), start_at, printer, by_hand=write_yourself)
    began_at = app.clock()
    begun: list[int] = []
    with app.at_work("batch") as worker:
        counts = app.send(worker, only=carrier, until=until, numbered=begun.append)
    # Where nothing was printed the number went back, and may be another's by now.
    with app.store.reading() as session:
        kept = batches_kept(session, begun) if counts["printed"] else []
        made = [batch_shape(each) for each in kept]
    if as_json:
        show_json(made)
    if counts["failed"]:
        tell_failed(app, carrier, began_at)
    for batch in made:
        if not as_json:
            print(f"batch {batch['id']}: {plural(batch['cards'], 'card')} in {batch['folder']}")
            print(f"once it is in the post: appreciation batch posted {batch['id']}")
        hand_over(Path(batch["folder"]), printer, is_shown=not as_json)
    app.tell_rest(carrier)
    if not made and not counts["failed"]:
        tell_nothing(app, carrier)
    if counts["failed"]:
        raise typer.Exit(3)


@noun.command("list")
def show_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List batches, the latest first."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes import batch_shape
    from appreciation.store.batches import batches_kept, left_printed

    app = opened(context)
    with app.store.reading() as session:
        batches = list(reversed(batches_kept(session)))
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
                    _posted(local(each.posted_at, app), len(left_printed(each))),
                    each.folder or "not printed",
                )
                for each in batches
            ],
            "no batch yet",
        )


@noun.command("show")
def show(context: typer.Context, batch_id: Number, as_json: AsJson = False) -> None:
    """Show the cards of a batch, in its order."""
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import batch_card_shape
    from appreciation.store.batches import batch_meant

    app = opened(context)
    with app.store.reading() as session:
        cards = [batch_card_shape(note) for note in batch_meant(session, batch_id).notes]
    if as_json:
        show_json(cards)
        return
    show_table(
        ("card", "for", "why", "enclose", "state"),
        [
            (each["number"], each["customer"], each["why"], each["enclose"], each["state"])
            for each in cards
        ],
        "",
    )


@noun.command("reprint")
def reprint(
    context: typer.Context,
    batch_id: Number,
    first: Annotated[int, typer.Option("--from", metavar="NUMBER", help="The first card.")],
    last: Annotated[
        int | None, typer.Option("--to", metavar="NUMBER", help="The last one; else the same.")
    ] = None,
    start_at: StartAt = 1,
    printer: Printer = None,
    as_json: AsJson = False,
) -> None:
    """Print some cards of a batch once more, after a jam; nothing is marked anew."""
    from appreciation.cli.opened import opened
    from appreciation.cli.print_jobs import hand_over, measured_of
    from appreciation.printing import typesetting
    from appreciation.printing.spooling import insist_on_lp
    from appreciation.store.batches import folder_of

    app = opened(context)
    if printer:
        insist_on_lp()
    with app.store.reading() as session:
        folder = folder_of(session, batch_id)
    made = typesetting.reprint(
        Path(folder),
        first,
        first if last is None else last,
        start_at=start_at,
        measured=measured_of(app, printer),
    )
    if as_json:
        show_json({"folder": str(made.folder), "files": list(made.names)})
    else:
        print(f"printed once more into {made.folder}")
    hand_over(made.folder, printer, is_shown=not as_json)


@noun.command("posted")
def posted(
    context: typer.Context,
    batch_id: Number,
    except_: Annotated[
        list[int] | None,
        typer.Option("--except", metavar="NUMBER", help="Not this card; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Record that a batch is in the post."""
    from appreciation.cli.opened import opened
    from appreciation.store.batches import batch_meant, left_printed, mark_posted

    app = opened(context)
    with app.store.writing() as session:
        count = mark_posted(session, batch_id, except_ or [], app.clock())
        left = left_printed(batch_meant(session, batch_id))
    if as_json:
        show_json({"id": batch_id, "posted": count, "left": left})
        return
    print(f"batch {batch_id}: {plural(count, 'card')} posted")
    if left:
        numbers = ", ".join(map(str, left))
        say(f"not yet: {numbers}; once in the post: appreciation batch posted {batch_id}")


def _posted(when: str, left: int) -> str:
    """Return when a batch was posted, and how many cards of it were not."""
    if not when:
        return "not yet"
    return f"{when}, but for {left}" if left else when
