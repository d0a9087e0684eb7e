"""Words in, words out: the command line. No rule lives here."""

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from typer._click.exceptions import ClickException  # the only door to what Typer raises

from appreciation.cli import (
    batches,
    bounces,
    customers,
    digests,
    events,
    imports,
    life_events,
    merging,
    notes,
    outlook,
    privacy,
    running,
    service,
    setting_up,
    simulating,
    stocks,
    templates,
    upkeep,
    value,
    why,
)
from appreciation.cli.door import Asked
from appreciation.dates import Clock, utc_now
from appreciation.errors import AppreciationError

# What the disk says and no code can help.
_THE_WORLDS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO}

cli = typer.Typer(
    name="appreciation",
    help="Remembers your customers: personal notes, once and on time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: the decorated one takes twice as long to appear.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"appreciation {version('appreciation')}")
        raise typer.Exit


@cli.callback()
def _everywhere(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The settings file.")
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which this is.")
    ] = False,
) -> None:
    context.obj = replace(context.obj, config=config)


for room in (
    setting_up,
    customers,
    merging,
    privacy,
    events,
    imports,
    outlook,
    why,
    simulating,
    digests,
    notes,
    batches,
    stocks,
    bounces,
    running,
    templates,
    value,
    life_events,
    upkeep,
    service,
):
    room.add_to(cli)


def main(words: Sequence[str] | None = None, clock: Clock = utc_now) -> int:
    """Run one command, at the time that ``clock`` tells, and return its exit status.

    0 is done, 1 failed, 2 a command that was not understood, 3 something that
    needs a look, 4 not set up, 5 busy. What went wrong is told in two lines on
    stderr. A bug keeps its traceback.
    """
    try:
        done = cli(args=words, prog_name="appreciation", standalone_mode=False, obj=Asked(clock))
        sys.stdout.flush()
    except (AppreciationError, ClickException, OSError, KeyboardInterrupt, typer.Abort) as error:
        return _told(error)
    return done if isinstance(done, int) else 0


def run() -> None:
    """Be the program."""
    sys.exit(main())


def _told(error: BaseException) -> int:
    """Tell what went wrong and how to mend it, a line each; return the exit status."""
    match error:
        case AppreciationError():
            return _tell(str(error), error.mend, error.exit_code)
        case ClickException() if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            return 0
        case ClickException():
            context = getattr(error, "ctx", None)
            where = context.command_path if context else "appreciation"
            return _tell(error.format_message(), f"{where} --help", 2)
        case BrokenPipeError():
            # Whoever reads has seen enough, as `head` does; what is left has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case OSError() if error.errno in _THE_WORLDS:
            what = f"{error.filename}: " if error.filename else ""
            return _tell(f"{what}{error.strerror}", "make room, or go to a folder of yours", 1)
        case OSError():
            raise error
        case _:
            return _tell("stopped", "", 130)


def _tell(wrong: str, mend: str, status: int) -> int:
    print(f"error: {' '.join(wrong.split())}", file=sys.stderr)
    if mend:
        print(f" mend: {mend}", file=sys.stderr)
    return status
