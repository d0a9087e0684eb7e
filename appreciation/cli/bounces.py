"""``appreciation bounces``: what came back, and what to type."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.door import AsJson, say, show_json, show_table

# So often somebody who waits is told how far it is.
_TOLD_EACH = 100


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("bounces")(bounces)


def bounces(
    context: typer.Context,
    mailbox: Annotated[
        Path | None,
        typer.Argument(
            metavar="MAILBOX",
            help="An mbox file or a Maildir folder; else what [bounces] in the settings names.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the mails that came back, and list the notes that need another way."""
    from datetime import timedelta

    from appreciation.app import RETURNS_DAYS, in_words
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import returned_shape
    from appreciation.delivery.mailboxes import OnThisMachine
    from appreciation.errors import NotSetUp
    from appreciation.store.returns import came_back

    app = opened(context)
    box = app.mailbox if mailbox is None else OnThisMachine(mailbox)
    if box is None:
        raise NotSetUp(
            "nobody said where mails that came back are found",
            mend="appreciation bounces MAILBOX, or set mailbox or host under [bounces]",
        )
    since = app.today() - timedelta(days=RETURNS_DAYS)
    counts = app.take_back(_watched(box.mails(since)))
    told = {word: counts[word] for word in ("came_back", "delayed", "known", "not_ours")}
    with app.store.reading() as session:
        notes = [returned_shape(note, bounce) for note, bounce in came_back(session)]
    if as_json:
        show_json({**told, "notes": notes})
        return
    if notes:
        show_table(
            ("note", "customer", "said", "type"),
            [(each["id"], each["customer"], each["said"], each["mend"]) for each in notes],
            "",
        )
    print(in_words(told) or "nothing came back")


def _watched(mails: Iterable[bytes]) -> Iterator[bytes]:
    """Yield ``mails``; tell somebody who waits at a terminal how many were read."""
    shown = sys.stderr.isatty()
    count = 0
    for mail in mails:
        count += 1
        if shown and count % _TOLD_EACH == 0:
            print(f"\r{count} mails read", end="", file=sys.stderr, flush=True)
        yield mail
    if shown and count >= _TOLD_EACH:
        say(f"\r{count} mails read")
