"""``appreciation backup``, ``restore`` and ``resume``: copies of the store."""

from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.door import AsJson, Yes, asks, plural, say, show_json, show_table


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line."""
    cli.command("backup")(backup)
    cli.command("restore")(restore)
    cli.command("resume")(resume)


def backup(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--list", help="Only show which copies there are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the store while it is in use, prove the copy whole, and remove the oldest ones."""
    from appreciation import upkeep
    from appreciation.cli.opened import opened, unchecked

    if show and unchecked(context).store.is_sqlite:
        listed = upkeep.copies(unchecked(context))
        if as_json:
            show_json([_shape(copy) for copy in listed])
            return
        show_table(
            ("copy", "size"),
            [(copy, _size(copy)) for copy in listed],
            "no copy yet; make one: appreciation backup",
        )
        return
    app = opened(context)
    made, removed = upkeep.back_up(app)
    if as_json:
        show_json({**_shape(made), "removed": [str(copy) for copy in removed]})
        return
    print(f"copy: {made} ({_size(made)}, read back and whole)")
    for copy in removed:
        say(f"removed, older than the {app.config.backup.keep} newest: {copy.name}")


def restore(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="A file that backup made.")],
    yes: Yes = False,
) -> None:
    """Put a copy in the place of the store; the old one stays beside it, and nothing leaves yet."""
    from appreciation import upkeep
    from appreciation.cli.opened import unchecked
    from appreciation.errors import NeedsALook

    app = unchecked(context)
    if app.store.is_sqlite and not yes:
        if not asks():
            raise NeedsALook(
                f"{copy} would take the place of {app.store.shown}: nobody is here to say yes",
                mend=f"appreciation restore {copy} --yes",
            )
        question = f"Put {copy} in the place of {app.store.shown}?"
        typer.confirm(question, abort=True, err=True)
    aside = upkeep.restore(app, copy)
    print(f"restored: {app.store.shown}")
    if aside is not None:
        print(f"the old:  {aside}")
    say("it is on hold, since notes may have left after the copy was made: appreciation resume")


def resume(
    context: typer.Context,
    nothing_left: Annotated[
        bool,
        typer.Option("--nothing-left", help="Nothing has left since: let go out what is due."),
    ] = False,
    yes: Yes = False,
) -> None:
    """Let a restored or copied store work again; what may have left already waits for you."""
    from appreciation import upkeep
    from appreciation.cli.opened import opened

    app = opened(context)
    due = upkeep.due_before_resuming(app)
    if due and not nothing_left and not yes and asks():
        say(f"{plural(due, 'note')} fell due before now, and may have left from the other copy.")
        nothing_left = not typer.confirm(
            "Could some have left? Then you settle each by hand", default=True, err=True
        )
    doubted = upkeep.resume(app, nothing_left=nothing_left)
    print("the store works again")
    say("no other copy of it may work beside it: stop that one, or customers hear twice")
    if doubted:
        print(f"in doubt: {plural(doubted, 'note')} that may have left already")
        say("look: appreciation note list --state in_doubt")
        say("then: appreciation note settle ID... --arrived, or --send-again")


def _shape(copy: Path) -> dict[str, object]:
    return {"file": str(copy), "bytes": copy.stat().st_size}


def _size(copy: Path) -> str:
    return f"{copy.stat().st_size / 1_000_000:.1f} MB"
