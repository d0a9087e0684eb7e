"""``appreciation export`` and ``customer export|forget``: it is theirs, and yours."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.customers import Who, noun
from appreciation.cli.door import Yes, asks, plural, say, show_json


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line and the noun."""
    cli.command("export")(export)
    noun.command("export")(export_one)
    noun.command("forget")(forget)


def export(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--all", help="Everything; there is no less yet.")] = True,
    folder: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where to.")] = Path(
        "export"
    ),
) -> None:
    """Write all data as CSV files, safe to open and to import again."""
    from appreciation.cli.opened import opened
    from appreciation.store.exporting import write_all

    app = opened(context)
    _made(folder)
    with app.store.reading() as session:
        files = write_all(session, folder)
    for file in files:
        print(file)
    say("everything about your customers is in these files: keep them where only you can read them")


def export_one(
    context: typer.Context,
    who: Who,
    folder: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Write it there, with the files.")
    ] = None,
) -> None:
    """Show all that is known of a customer as JSON; with --to also every file about them."""
    import json

    from appreciation.cli.opened import opened
    from appreciation.privacy import files_of
    from appreciation.store.customers import customer_meant
    from appreciation.store.forgetting import everything_of

    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who)
        told = everything_of(session, customer)
        files = files_of(app, [note["id"] for note in told.get("notes", ())])
        customer_id = customer.id
    if folder is None:
        show_json(told)
        return
    _made(folder)
    whole = folder / f"customer-{customer_id}.json"
    words = json.dumps(told, ensure_ascii=False, indent=2, default=str)
    whole.write_text(words, encoding="utf-8")
    for file in files:
        shutil.copy2(file, folder / file.name)
    print(f"{whole} and {plural(len(files), 'file')}")


def _made(folder: Path) -> None:
    from appreciation.errors import AppreciationError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppreciationError(
            f"{folder} cannot be made: {error.strerror}", mend="name another folder: --to FOLDER"
        ) from error


def forget(context: typer.Context, who: Who, yes: Yes = False) -> None:
    """Delete a customer and all that is known of them, for good."""
    from appreciation.cli.opened import opened
    from appreciation.errors import NeedsALook
    from appreciation.privacy import forget as forget_for_good
    from appreciation.store.customers import customer_meant

    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who)
        customer_id, name = customer.id, customer.name
    if not yes and not asks():
        raise NeedsALook(
            f"{name} would be gone for good, with every order and note",
            mend=f"appreciation customer forget {customer_id} --yes",
        )
    if not yes and not typer.confirm(f"Forget {name} for good?", default=False, err=True):
        return
    gone = forget_for_good(app, customer_id)
    files = plural(gone.files, "file")
    print(f"{name} is forgotten, and no file brings them back; {files} deleted")
    for folder, numbers in gone.remade.items():
        cards = ", ".join(map(str, sorted(numbers)))
        say(f"{folder} was made anew without card {cards}: if it is on paper, take it out")
    for folder in gone.holds:
        say(f"{folder} still holds a card or an envelope to them: delete it once it is posted")
    say(
        "what was copied before still knows them until you remove it: copies of the store in the"
        " backup folder, exports, files that you imported, emails that were sent"
    )
