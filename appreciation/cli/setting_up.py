"""``appreciation init``, ``migrate``, ``config``, ``doctor`` and ``demo``."""

from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.door import AsJson, Yes, asks, say, show_json

config = typer.Typer(help="The settings.", no_args_is_help=True)


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line."""
    cli.command("demo")(demo)
    cli.command("init")(init)
    cli.command("migrate")(migrate)
    cli.command("doctor")(doctor)
    cli.add_typer(config, name="config")


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A new folder for it.")
    ] = None,
) -> None:
    """See the whole way of a note with a made-up bakery; nothing leaves the machine."""
    from appreciation.cli.opened import asked
    from appreciation.demo import new_folder, play

    play(folder or new_folder(Path()), print, asked(context).clock, _called())


def _called() -> str:
    """Return how this program can be called from here."""
    import os
    import shutil
    import sys

    program = Path(sys.argv[0])
    if shutil.which("appreciation") or program.name != "appreciation":
        return "appreciation"
    return os.path.relpath(program)


def init(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="Of your business.")] = None,
    signer: Annotated[str | None, typer.Option(help="Who signs the notes.")] = None,
    email: Annotated[str | None, typer.Option(help="What notes come from.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Like Europe/Berlin.")] = None,
    language: Annotated[str | None, typer.Option(help="Like en.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters, like DE.")] = None,
    address: Annotated[
        str | None, typer.Option(help=r"For envelopes; lines divided by \n.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Like EUR.")] = None,
    yes: Yes = False,
) -> None:
    """Make the settings file and the store; what is there already stays."""
    from appreciation.app import assemble
    from appreciation.cli.first_steps import answers, write_settings
    from appreciation.cli.opened import asked
    from appreciation.config.reading import find, load
    from appreciation.store.migrating import migrate as make

    path = find(asked(context).config)
    if path.exists():
        say(f"{path} is there already, and stays as it is")
    else:
        named = {
            "name": name,
            "signer": signer,
            "email": email,
            "timezone": timezone,
            "language": language,
            "country": country,
            "address": address.replace("\\n", "\n") if address else None,
            "currency": currency,
        }
        write_settings(path, answers(named, ask=asks() and not yes))
        print(f"settings: {path}")
    app = assemble(load(path), asked(context).clock)
    context.call_on_close(app.store.close)
    make(app.store, backup_name="")
    app.ready()
    print(f"store:    {app.store.shown}")
    print("next:     appreciation customer add 'Ada Lovelace' --email ada@example.org")


def migrate(context: typer.Context) -> None:
    """Bring the store of an older version up to this one; an SQLite store is copied first."""
    from appreciation.cli.opened import unchecked
    from appreciation.store.migrating import migrate as bring_up

    app = unchecked(context)
    stamp = f"{app.clock():%Y%m%d-%H%M%S}"
    # No daemon may be at work on what changes under it.
    with app.alone():
        backup = bring_up(app.store, backup_name=f"appreciation-before-{stamp}.db")
    if backup is not None:
        print(f"copy of before: {backup}")
    print(f"{app.store.shown} is of this version")


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at everything that must be right before a note can leave."""
    import os
    from dataclasses import asdict

    from appreciation.cli.opened import unchecked
    from appreciation.doctor import examine

    seen = []
    for found in examine(lambda: unchecked(context), os.environ):
        seen.append(found)
        if not as_json:
            print(f"{'ok  ' if found.fine else 'LOOK'}  {found.what:<16} {found.told}")
            if found.mend:
                print(f"      {'':<16} mend: {found.mend}")
    if as_json:
        show_json([asdict(found) for found in seen])
    if not all(found.fine for found in seen):
        raise typer.Exit(3)


@config.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every setting in force, from the file and the environment; secrets are hidden."""
    from appreciation.cli.first_steps import as_toml
    from appreciation.cli.opened import asked
    from appreciation.config.reading import find, load

    settings = load(find(asked(context).config))
    data = settings.model_dump(mode="json")
    if as_json:
        show_json(data)
    else:
        print(f"# {settings.path}\n{as_toml(data)}")
