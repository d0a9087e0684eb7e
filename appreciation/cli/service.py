"""``appreciation service``: the background service."""

from typing import Annotated

import typer

from appreciation.cli.door import say

noun = typer.Typer(help="Running in the background, under systemd.", no_args_is_help=True)

User = Annotated[bool, typer.Option("--user", help="For your own systemd, without root.")]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="service")


@noun.command("show")
def show(context: typer.Context, user: User = False) -> None:
    """Print the systemd unit that runs this shop's daemon."""
    from appreciation.cli.units import unit_of

    print(unit_of(context, user=user), end="")


@noun.command("install")
def install(context: typer.Context, user: User = False) -> None:
    """Put the unit into place."""
    from appreciation.cli.units import install_unit

    path = install_unit(context, user=user)
    manager = "systemctl --user" if user else "systemctl"
    print(f"written: {path}")
    say(f"start it: {manager} daemon-reload && {manager} enable --now appreciation")
