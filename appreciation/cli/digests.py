"""``appreciation digest``: what the owner is told by email, shown or sent now."""

import typer

from appreciation.cli.door import AsJson, say, show_json

noun = typer.Typer(
    help="What you are told by email: what went, waits, failed, is next.", no_args_is_help=True
)


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line."""
    cli.add_typer(noun, name="digest")


@noun.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the digest as it would be now; nothing leaves."""
    from appreciation.cli.opened import opened
    from appreciation.digest.posting import written
    from appreciation.words.markdown import to_text

    app = opened(context)
    found = written(app)
    if as_json:
        show_json({"subject": found.subject, **found.report.shape()})
        return
    print(f"{found.subject}\n\n{to_text(found.body)}".rstrip())
    if app.config.digest.every == "never":
        say('it is not sent by itself; to have that: [digest] every = "daily", or "weekly"')


@noun.command("send")
def send(context: typer.Context) -> None:
    """Send the digest now, once more than the settings say."""
    from appreciation.cli.opened import opened
    from appreciation.digest.posting import post_now, recipient

    app = opened(context)
    said = post_now(app)
    print(f"the digest went to {recipient(app)}: {said}")
